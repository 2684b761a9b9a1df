//! The writer: the one place where state changes. One thread, one order; what is answered with yes is on disk.
//!
//! Changes that wait together are committed together, with one fsync for all. A failed commit is never
//! tried again, since it may have reached the disk all the same: everyone is told that the outcome is unknown, and the
//! process stops, so that the truth is read from the disk at the next start.

mod apply;
mod leave;
mod side;
mod stats;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ledger::{Frontier, Head, Signer};
use tokio::sync::oneshot;

use crate::blob::{self, Incoming};
use crate::change::{Change, Done, Opening, Side};
use crate::heads::{self, Heads};
use crate::judge::Rules;
use crate::say::Failure;
use crate::store::{Db, DbError, Store};
use apply::Batch;
pub(crate) use apply::{fixed, reasoned, stated, stated_text, unique_value};
pub use stats::{COMMIT_MS, Counted, Stats};

/// The exit code after a failed commit: the supervisor starts the process again.
pub const LOST_COMMIT: i32 = 75;
/// Most changes that wait.
const WAITING: usize = 4_096;
/// Most changes in one transaction.
const BATCH: usize = 512;
/// Entries after which the planner looks at the tables anew, when nobody waits.
const STUDY_EVERY: u64 = 5_000;
/// How often rows whose time is over are let go, in ms.
const SWEEP_EVERY: i64 = 60 * 60 * 1000;
/// Entries after which a checkpoint is made at the latest.
const CHECKPOINT_EVERY: u64 = 1_000;
/// Time after which it is, however few there are.
const CHECKPOINT_WITHIN: Duration = Duration::from_secs(1);

/// How the writer works.
pub struct Settings {
    /// Signs the checkpoints.
    pub signer: Signer,
    /// Where the heads that were signed or told outside are noted.
    pub heads: Heads,
    /// The build of this program, as it stands in entries.
    pub build: String,
    /// Free bytes on the disk below which changes are refused, so that reading and recovery always have room.
    pub reserve: u64,
    /// The rules of the policy, which may refuse a change.
    pub rules: Rules,
    /// What to do when a commit has failed. It must stop the process; see [`LOST_COMMIT`].
    pub lost: fn(),
}

/// What somebody wants written.
enum Wish {
    Change(Box<Change>),
    Side(Vec<Side>),
    Epoch(Box<Opening>),
}

impl Wish {
    fn erases(&self) -> bool {
        matches!(self, Wish::Change(change) if change.ops.iter().any(|op| matches!(op, crate::change::Op::Erase { .. })))
    }
}

type Job = (Wish, oneshot::Sender<Result<Done, Failure>>);

/// The outcome of every wish of a batch, and the ledger's size after it.
type Written = (Vec<Result<Done, Failure>>, u64);

/// A handle to the writer; clones share it.
#[derive(Clone)]
pub struct Writer {
    queue: SyncSender<Job>,
    room: Room,
    rules: Rules,
    grown: Grown,
    closed: Arc<AtomicBool>,
    stats: Arc<Stats>,
}

/// Tells whoever follows the ledger that it has grown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grown(Arc<(Mutex<u64>, Condvar)>);

impl Grown {
    fn to(&self, size: u64) {
        if let Ok(mut known) = self.0.0.lock() {
            *known = size;
            self.0.1.notify_all();
        }
    }

    /// Waits until the ledger is larger than this, or the time is over: another process may have written.
    pub(crate) fn past(&self, size: u64, within: Duration) {
        if let Ok(known) = self.0.0.lock() {
            // Whether it was woken or not, the store says how large the ledger is.
            let _ = self.0.1.wait_timeout_while(known, within, |known| *known <= size);
        }
    }
}

/// The room that the disk must keep.
#[derive(Clone)]
struct Room {
    folder: PathBuf,
    reserve: u64,
}

impl Room {
    fn is_left(&self) -> bool {
        match rustix::fs::statvfs(&self.folder) {
            Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize) >= self.reserve,
            Err(_) => true,
        }
    }
}

/// The running writer. Dropping every [`Writer`] and joining ends it after its last batch and checkpoint.
pub struct Running {
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Waits until the writer has written everything. All handles must be dropped before.
    pub fn join(mut self) {
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer panicked");
        }
    }
}

impl Writer {
    /// Starts the writer's thread. Where the store doesn't lead to a noted head, it takes nothing but a new epoch.
    ///
    /// # Errors
    /// When the store can't be opened for writing.
    pub fn start(store: &Store, settings: Settings) -> Result<(Writer, Running), Failure> {
        let key = settings.signer.public();
        let lost = store.read_now(|reading| settings.heads.lost(reading, &key))?;
        let closed = Arc::new(AtomicBool::new(lost.is_some()));
        let stats = Arc::new(Stats::default());
        let db = store.writing()?;
        let (queue, jobs) = sync_channel(WAITING);
        let room = Room { folder: store.folder().to_owned(), reserve: settings.reserve };
        let (rules, grown) = (settings.rules.clone(), Grown::default());
        let mut desk = Desk {
            store: store.clone(),
            db,
            settings,
            room: room.clone(),
            grown: grown.clone(),
            closed: closed.clone(),
            stats: stats.clone(),
            signed: 0,
            signed_at: Instant::now(),
            studied: 0,
            swept: 0,
            // What was erased just before a crash may still lie there.
            doomed: true,
        };
        desk.signed = desk.last_checkpoint()?;
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || desk.serve(&jobs))
            .map_err(|e| Failure::Broken(format!("the writer's thread can't start: {e}")))?;
        Ok((Writer { queue, room, rules, grown, closed, stats }, Running { thread: Some(thread) }))
    }

    /// Carries out a change. When it answers yes, the change and its entries are on disk.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn commit(&self, change: Change) -> Result<Done, Failure> {
        self.send(Wish::Change(Box::new(change)))?.await.unwrap_or(Err(Failure::Unknown))
    }

    /// Like [`Writer::commit`], for threads that may block.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn commit_now(&self, change: Change) -> Result<Done, Failure> {
        self.send(Wish::Change(Box::new(change)))?.blocking_recv().unwrap_or(Err(Failure::Unknown))
    }

    /// Carries out many changes, in order and mostly together; one answer for each. For threads that may block: it waits
    /// for room in the queue, since a part that is handed over can't be taken back.
    ///
    /// # Errors
    /// That the writer has gone.
    pub fn commit_many(&self, changes: Vec<Change>) -> Result<Vec<Result<Done, Failure>>, Failure> {
        let mut answers = Vec::with_capacity(changes.len());
        for change in changes {
            let (answer, receiver) = oneshot::channel();
            self.stats.came();
            self.queue.send((Wish::Change(Box::new(change)), answer)).map_err(|_| Failure::Unknown)?;
            answers.push(receiver);
        }
        Ok(answers.into_iter().map(|answer| answer.blocking_recv().unwrap_or(Err(Failure::Unknown))).collect())
    }

    /// Writes operational rows, which have no entry.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn operate(&self, side: Vec<Side>) -> Result<(), Failure> {
        self.send(Wish::Side(side))?.await.unwrap_or(Err(Failure::Unknown)).map(|_| ())
    }

    /// Like [`Writer::operate`], for threads that may block.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn operate_now(&self, side: Vec<Side>) -> Result<(), Failure> {
        self.send(Wish::Side(side))?.blocking_recv().unwrap_or(Err(Failure::Unknown)).map(|_| ())
    }

    /// The rules of the policy that it asks.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(crate) fn grown(&self) -> &Grown {
        &self.grown
    }

    /// Begins a new epoch of the ledger, which names what was lost; from then on changes are taken again. For threads that
    /// may block.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn open_epoch(&self, opening: Opening) -> Result<Done, Failure> {
        self.send(Wish::Epoch(Box::new(opening)))?.blocking_recv().unwrap_or(Err(Failure::Unknown))
    }

    /// What it counts of its own work.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Takes no more changes: something that was signed is not in this ledger.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Whether changes are refused since something that was signed is not in this ledger.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Begins a file of at most `limit` bytes in the data folder, to be named by a record of a later change.
    ///
    /// # Errors
    /// [`Failure::Full`] when the disk has no more room than its reserve; a failure of the folder.
    pub fn incoming(&self, limit: u64) -> Result<Incoming, Failure> {
        if self.room.is_left() { Incoming::begin(&self.room.folder, limit) } else { Err(Failure::Full) }
    }

    /// Keeps a file whose bytes are at hand; their SHA-256 in hexadecimal.
    ///
    /// # Errors
    /// As [`Writer::incoming`].
    pub fn keep(&self, bytes: &[u8]) -> Result<String, Failure> {
        let mut incoming = self.incoming(u64::MAX)?;
        incoming.take(bytes)?;
        incoming.keep().map(|(name, _)| name)
    }

    fn send(&self, wish: Wish) -> Result<oneshot::Receiver<Result<Done, Failure>>, Failure> {
        let (answer, receiver) = oneshot::channel();
        self.stats.came();
        self.queue.try_send((wish, answer)).map(|()| receiver).map_err(|error| {
            self.stats.went(1);
            match error {
                TrySendError::Full(_) => Failure::Busy,
                TrySendError::Disconnected(_) => Failure::Unknown,
            }
        })
    }
}

/// The writer's own side.
struct Desk {
    // Let go before the connection that writes: the last one to close folds the log into the database, and readers can't.
    store: Store,
    db: Db,
    settings: Settings,
    room: Room,
    grown: Grown,
    closed: Arc<AtomicBool>,
    stats: Arc<Stats>,
    /// Size of the newest checkpoint.
    signed: u64,
    /// When it was made, or this began.
    signed_at: Instant,
    /// Size of the ledger when the planner last looked at the tables.
    studied: u64,
    /// When rows whose time is over were last let go, ms.
    swept: i64,
    /// Whether something was erased that the disk still holds.
    doomed: bool,
}

impl Desk {
    fn serve(&mut self, jobs: &Receiver<Job>) {
        let mut unsigned = false;
        loop {
            let first = match jobs.recv_timeout(Duration::from_secs(1)) {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) => {
                    if unsigned {
                        unsigned = !self.checkpoint();
                    }
                    self.forget();
                    if !self.is_closed() {
                        self.study();
                        self.sweep(SWEEP_EVERY);
                    }
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let mut batch = vec![first];
            while batch.len() < BATCH {
                let Ok(job) = jobs.try_recv() else { break };
                batch.push(job);
            }
            self.doomed |= batch.iter().any(|(wish, _)| wish.erases());
            let grown = self.write(batch);
            self.grown.to(grown);
            unsigned |= grown > self.signed;
            let due = grown >= self.signed + CHECKPOINT_EVERY || self.signed_at.elapsed() >= CHECKPOINT_WITHIN;
            if unsigned && due {
                unsigned = !self.checkpoint();
            }
            // Where no moment is quiet, one of every other hour has to do.
            self.sweep(2 * SWEEP_EVERY);
        }
        self.checkpoint();
        self.forget();
    }

    /// Once an erasure is on the disk, what it leaves there goes: files that no record names any more, words in the index of
    /// search, and the database's log. What fails is tried again in the next quiet moment.
    fn forget(&mut self) {
        if self.doomed && !self.is_closed() {
            match self.forgotten() {
                Ok(()) => self.doomed = false,
                Err(failure) => tracing::warn!(%failure, "what was erased is not yet off the disk; it is tried again"),
            }
        }
    }

    fn forgotten(&mut self) -> Result<(), Failure> {
        let mut doomed = Vec::new();
        self.db.each::<DbError>("SELECT sha256, laid FROM doomed", &[], |line| {
            doomed.push((line.text(0).to_owned(), line.int(1)));
            Ok(())
        })?;
        if doomed.is_empty() {
            return Ok(());
        }
        // Long answers are read within a transaction.
        let named = self.apart(|desk| crate::find::Reading::new(&desk.store, &desk.db)?.files())?;
        for (file, laid) in doomed.iter().filter(|(file, _)| !named.contains(file)) {
            blob::remove(self.store.folder(), file, *laid)?;
        }
        self.db.forget()?;
        self.apart(|desk| {
            for (file, laid) in &doomed {
                desk.db.run(
                    "DELETE FROM doomed WHERE sha256 = ?1 AND laid = ?2",
                    &[file.as_str().into(), (*laid).into()],
                )?;
            }
            Ok(())
        })?;
        // The log was written once more: by rows that say nothing.
        self.store.renew_readers();
        Ok(self.db.truncate_log()?)
    }

    /// Writes a batch and answers everyone in it; the ledger's size afterwards.
    fn write(&mut self, jobs: Vec<Job>) -> u64 {
        self.stats.went(jobs.len());
        let (wishes, answers): (Vec<_>, Vec<_>) = jobs.into_iter().unzip();
        let epochs = wishes.iter().filter(|wish| matches!(wish, Wish::Epoch(_))).count();
        let outcome = match () {
            () if self.is_closed() && epochs < wishes.len() => Err(Failure::Closed),
            () if self.room.is_left() => self.transaction(&wishes),
            () => Err(Failure::Full),
        };
        let (results, size) = match outcome {
            Ok((results, size)) => {
                if epochs > 0 && results.iter().all(Result::is_ok) {
                    self.closed.store(false, Ordering::Release);
                }
                (results, size)
            }
            Err(failure) => (answers.iter().map(|_| Err(failure.clone())).collect(), self.signed),
        };
        for (answer, result) in answers.into_iter().zip(results) {
            if let Err(Failure::Broken(why)) = &result {
                tracing::error!(why, "a change failed: {why}");
            }
            // Whoever asked may have gone; the change stands all the same.
            let _ = answer.send(result);
        }
        size
    }

    fn transaction(&mut self, wishes: &[Wish]) -> Result<Written, Failure> {
        // A savepoint makes the database copy what every change touches, and hardly any needs to be taken back: the batch
        // is tried without them first.
        match self.attempt(wishes, false)? {
            Some(written) => Ok(written),
            None => self.attempt(wishes, true)?.ok_or_else(|| Failure::Broken("a savepoint took nothing back".into())),
        }
    }

    /// Writes a batch; nothing when something is to be taken back and there are no savepoints.
    fn attempt(&mut self, wishes: &[Wish], savepoints: bool) -> Result<Option<Written>, Failure> {
        self.begin()?;
        match self.wishes(wishes, savepoints) {
            Ok(Some(written)) => {
                let start = Instant::now();
                self.commit()?;
                self.stats.committed(wishes.len(), start.elapsed());
                // Whoever is answered finds the registers as they have just been described.
                if let Err(failure) = self.store.registers_at(&self.db) {
                    tracing::warn!(%failure, "the registers are read again by the next reader");
                }
                Ok(Some(written))
            }
            undone => {
                self.roll_back();
                undone
            }
        }
    }

    /// Begins, with another connection where the one before has ended.
    fn begin(&mut self) -> Result<(), Failure> {
        if !self.db.has_ended() {
            match self.db.begin_writing() {
                Err(_) if self.db.has_ended() => {}
                begun => return Ok(begun?),
            }
        }
        self.db = self.store.writing()?;
        Ok(self.db.begin_writing()?)
    }

    fn wishes(&self, wishes: &[Wish], savepoints: bool) -> Result<Option<Written>, Failure> {
        let mut batch = Batch::begin(&self.db, &self.store, &self.settings)?;
        let mut results = Vec::with_capacity(wishes.len());
        for wish in wishes {
            if savepoints {
                self.db.savepoint()?;
            }
            let (before, rows) = (batch.mark(), self.db.rows_written());
            let result = match wish {
                Wish::Change(change) => batch.change(change),
                Wish::Epoch(opening) => batch.open(opening),
                Wish::Side(side) => {
                    side::write(&self.db, side).map(|()| Done { entries: Vec::new(), records: Vec::new() })
                }
            };
            if let Some(failure) = self.db.transaction_lost() {
                return Err(failure);
            }
            if result.is_err() {
                if savepoints {
                    self.db.back_to_savepoint()?;
                } else if self.db.rows_written() != rows || self.db.is_spoilt() {
                    return Ok(None);
                }
                batch.back_to(before);
            }
            if savepoints {
                self.db.release()?;
            }
            results.push(result);
        }
        let size = batch.finish()?;
        Ok(Some((results, size)))
    }

    fn commit(&self) -> Result<(), Failure> {
        self.db.commit().map_err(|error| {
            tracing::error!(?error, "a commit failed; the process stops and reads the truth at its next start");
            self.stop();
            Failure::Unknown
        })
    }

    /// In a quiet moment after many changes the planner looks at the tables anew.
    fn study(&mut self) {
        if self.signed < self.studied + STUDY_EVERY {
            return;
        }
        self.studied = self.signed;
        match self.db.study() {
            Ok(()) => self.store.renew_readers(),
            Err(error) => tracing::warn!(?error, "the planner could not look at the tables"),
        }
    }

    /// In a quiet moment of every hour, rows whose time is over go, and files whose upload was broken off.
    fn sweep(&mut self, every: i64) {
        let now = self.store.clock().now().millis();
        if now < self.swept + every {
            return;
        }
        self.swept = now;
        if let Err(failure) = self.apart(|desk| Ok(side::sweep(&desk.db, now)?)) {
            tracing::warn!(%failure, "old sessions and requests could not be let go");
        }
        blob::sweep(self.store.folder());
    }

    /// Carries out work of the writer's own in a transaction, while the disk has room for it.
    fn apart<T>(&mut self, work: impl FnOnce(&Self) -> Result<T, Failure>) -> Result<T, Failure> {
        if !self.room.is_left() {
            return Err(Failure::Full);
        }
        self.begin()?;
        match work(self) {
            Ok(done) => self.commit().map(|()| done),
            Err(failure) => {
                self.roll_back();
                Err(failure)
            }
        }
    }

    fn roll_back(&self) {
        if let Err(error) = self.db.roll_back() {
            tracing::error!(?error, "the transaction can't be rolled back");
            self.stop();
        }
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn stop(&self) {
        (self.settings.lost)();
    }

    fn last_checkpoint(&self) -> Result<u64, DbError> {
        let line = self.db.first("SELECT coalesce(max(size), 0) FROM checkpoint", &[])?;
        Ok(line.map_or(0, |line| line.count(0)))
    }

    /// Signs the ledger's head, which is on disk already. Whether there is nothing left to sign.
    fn checkpoint(&mut self) -> bool {
        match self.sign_head() {
            Ok(size) => {
                (self.signed, self.signed_at) = (size, Instant::now());
                true
            }
            Err(failure) => {
                tracing::warn!(%failure, "no checkpoint this time");
                false
            }
        }
    }

    fn sign_head(&mut self) -> Result<u64, Failure> {
        if self.is_closed() {
            return Err(Failure::Closed);
        }
        self.apart(|desk| {
            let Edge { frontier, epoch, .. } = head(&desk.db)?;
            let size = frontier.size();
            if size == 0 {
                return Ok(size);
            }
            let signer = &desk.settings.signer;
            let ours = Head { epoch, root: frontier.root(), size };
            let known = desk.settings.heads.named(heads::SIGNED, &signer.public());
            let place = |head: &Head| (head.epoch, head.size);
            let fits = |known: &Head| place(known) < place(&ours) || *known == ours;
            if !known.as_ref().is_none_or(fits) {
                // The database was exchanged while we work on it.
                desk.closed.store(true, Ordering::Release);
                return Err(Failure::Closed);
            }
            let note = signer.sign(epoch, size, ours.root);
            // Noted before anybody can see it, and after its entries are on the disk.
            if known != Some(ours) {
                let noted = desk.settings.heads.note(heads::SIGNED, &note);
                noted.map_err(|e| Failure::Broken(format!("the signed head can't be noted: {e}")))?;
            }
            desk.db.run(
                "INSERT INTO checkpoint (size, note, cosigned) VALUES (?1, ?2, 0) ON CONFLICT (size) DO NOTHING",
                &[size.into(), note.into()],
            )?;
            Ok(size)
        })
    }
}

/// What the ledger goes on from.
pub(crate) struct Edge {
    /// The right edge of its tree.
    pub(crate) frontier: Frontier,
    /// The next row number of a record.
    pub(crate) next_n: i64,
    /// The last moment written, ms.
    pub(crate) last_at: i64,
    /// The epoch.
    pub(crate) epoch: u64,
}

/// Reads what the ledger goes on from.
pub(crate) fn head(db: &Db) -> Result<Edge, Failure> {
    let line = db.first("SELECT frontier, next_n, last_at, epoch FROM head", &[])?;
    let line = line.ok_or_else(|| Failure::Broken("the ledger's head is missing".into()))?;
    let frontier = Frontier::from_bytes(line.blob(0)).map_err(|fault| Failure::Broken(fault.to_string()))?;
    Ok(Edge { frontier, next_n: line.int(1), last_at: line.int(2), epoch: line.count(3) })
}
