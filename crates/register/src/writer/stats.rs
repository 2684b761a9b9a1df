//! What the writer counts of its own work, for whoever watches over the house.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper ends of the classes of commit times, in milliseconds.
pub const COMMIT_MS: [u64; 9] = [1, 2, 5, 10, 20, 50, 100, 500, 2_000];

/// Counts since the writer was started. Nothing in them is about a person.
#[derive(Debug, Default)]
pub struct Stats {
    waiting: AtomicU64,
    batches: AtomicU64,
    wishes: AtomicU64,
    commit_micros: AtomicU64,
    commits: [AtomicU64; COMMIT_MS.len()],
}

/// The counts at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Wishes that wait.
    pub waiting: u64,
    /// Transactions that were committed.
    pub batches: u64,
    /// Wishes that they held.
    pub wishes: u64,
    /// Time that the commits took together, in microseconds.
    pub commit_micros: u64,
    /// Commits up to each end of [`COMMIT_MS`]; longer ones are in `batches` only.
    pub commits: [u64; COMMIT_MS.len()],
}

impl Stats {
    /// The counts now.
    pub fn now(&self) -> Counted {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counted {
            waiting: read(&self.waiting),
            batches: read(&self.batches),
            wishes: read(&self.wishes),
            commit_micros: read(&self.commit_micros),
            commits: std::array::from_fn(|at| read(&self.commits[at])),
        }
    }

    pub(super) fn came(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn went(&self, wishes: usize) {
        self.waiting.fetch_sub(wishes as u64, Ordering::Relaxed);
    }

    pub(super) fn committed(&self, wishes: usize, took: Duration) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.wishes.fetch_add(wishes as u64, Ordering::Relaxed);
        self.commit_micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        for (end, count) in COMMIT_MS.iter().zip(&self.commits) {
            if took <= Duration::from_millis(*end) {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}
