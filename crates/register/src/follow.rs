//! Following the ledger (追従): work that is done for every entry, soon after it was written and never inside the commit.
//!
//! A follower remembers how far it has come in the same transaction as what it writes, so that an entry is worked on again
//! only when nothing came of it: after a crash nothing is left out and nothing is written twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use base::id::Id;
use ledger::Entry;

use crate::change::Side;
use crate::find::Reading;
use crate::say::Failure;
use crate::store::Store;
use crate::writer::Writer;

/// Entries handed over at a time.
const AT_ONCE: u64 = 500;
/// How long to wait before looking by oneself: another process may have written.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long to wait after a failure.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// What an entry says, for a follower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its place in the ledger.
    pub seq: u64,
    /// What was done, as in the entry.
    pub action: String,
    /// The register of the record.
    pub register: String,
    /// The record.
    pub id: Id,
    /// Its revision after it.
    pub rev: u64,
}

/// A follower at work. Dropping it lets go of its thread without waiting.
pub struct Follower {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    /// Ends it after what it is working on. Must be called before the writer is joined, since it holds a handle to it.
    pub fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a follower of the ledger panicked");
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Starts following the ledger from where this name has come. `work` gets entries in order, at one moment of the store, and
/// says what operational rows they lead to.
///
/// # Errors
/// When the thread can't be started.
pub fn start(
    store: &Store,
    writer: &Writer,
    name: &'static str,
    work: impl FnMut(&Reading<'_>, &[Told]) -> Result<Vec<Side>, Failure> + Send + 'static,
) -> Result<Follower, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let (store, writer, mut work, stopped) = (store.clone(), writer.clone(), work, stop.clone());
    let run = move || {
        let mut failing = false;
        while !stopped.load(Ordering::Relaxed) {
            match some(&store, &writer, name, &mut work) {
                Ok(None) => failing = false,
                Ok(Some(size)) => {
                    failing = false;
                    writer.grown().past(size, LOOK_EVERY);
                }
                // The process is stopping: it goes on after its next start.
                Err(Failure::Unknown) => break,
                Err(failure) => {
                    if !failing {
                        tracing::warn!(follower = name, %failure, "a follower of the ledger can't go on; it tries again");
                    }
                    failing = true;
                    std::thread::sleep(AGAIN_AFTER);
                }
            }
        }
    };
    let thread = std::thread::Builder::new()
        .name(format!("follow {name}"))
        .spawn(run)
        .map_err(|e| Failure::Broken(format!("a follower's thread can't start: {e}")))?;
    Ok(Follower { stop, thread: Some(thread) })
}

/// Works on the next entries; the ledger's size when there are none.
fn some(
    store: &Store,
    writer: &Writer,
    name: &'static str,
    work: &mut impl FnMut(&Reading<'_>, &[Told]) -> Result<Vec<Side>, Failure>,
) -> Result<Option<u64>, Failure> {
    let (next, sides) = store.read_now(|reading| {
        let from = reading.cursor(name)?;
        let told = told(reading, from)?;
        let next = from + told.len() as u64;
        let sides = if told.is_empty() { Vec::new() } else { work(reading, &told)? };
        Ok((if told.is_empty() { Err(next) } else { Ok(next) }, sides))
    })?;
    let next = match next {
        Err(size) => return Ok(Some(size)),
        Ok(next) => next,
    };
    let mut rows = sides;
    rows.push(Side::Cursor { name, seq: next });
    writer.operate_now(rows)?;
    Ok(None)
}

fn told(reading: &Reading<'_>, from: u64) -> Result<Vec<Told>, Failure> {
    let mut all = Vec::new();
    reading.db().each::<Failure>(
        "SELECT bytes FROM entry WHERE seq >= ?1 AND seq < ?2 ORDER BY seq",
        &[from.into(), (from + AT_ONCE).into()],
        |line| {
            let entry = Entry::from_bytes(line.blob(0)).map_err(|fault| Failure::Broken(fault.to_string()))?;
            let id =
                entry.object.id.parse().map_err(|_| Failure::Broken(format!("entry {} has no record", entry.seq)))?;
            all.push(Told {
                seq: entry.seq,
                action: entry.action,
                register: entry.object.register,
                id,
                rev: entry.object.rev,
            });
            Ok(())
        },
    )?;
    Ok(all)
}
