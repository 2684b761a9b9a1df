//! Heads that were signed or told outside (控え), noted as files beside the signing key and not in the database: whoever
//! puts an old database in the place of a newer one has to explain them.

use std::io;
use std::path::{Path, PathBuf};

use ledger::{Checkpoint, Fault, Frontier, Head, PublicKey, What, frontier_at};

use crate::find::Reading;
use crate::proof::{Stored, epochs};
use crate::say::Failure;
use crate::writer::{Edge, head};

/// The head that the writer signed last.
pub(crate) const SIGNED: &str = "signed";
/// The head that the last backup holds.
pub const BACKED_UP: &str = "backup";
/// A head of ours that a witness remembers and that the store did not lead to.
pub const WITNESSED: &str = "witness";
/// What the names of the files end with.
const ENDING: &str = "note";
/// Longest note that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The folder of noted heads.
#[derive(Debug, Clone)]
pub struct Heads {
    folder: PathBuf,
}

impl Heads {
    /// The heads in this folder, which is made with the first of them.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Notes a head, in place of the one of that name. It is on the disk when this returns.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn note(&self, name: &str, note: &str) -> io::Result<()> {
        if !self.folder.exists() {
            std::fs::create_dir_all(&self.folder)?;
            base::durable::sync_dir(self.folder.parent().unwrap_or(Path::new(".")))?;
        }
        base::durable::write(&self.path(name), note.as_bytes())
    }

    /// Every noted head with its name; one that this key did not sign is a fault.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn all(&self, key: &PublicKey) -> io::Result<Vec<(String, Result<Checkpoint, Fault>)>> {
        let items = match std::fs::read_dir(&self.folder) {
            Ok(items) => items,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut all = Vec::new();
        for item in items {
            let path = item?.path();
            if path.extension().is_some_and(|ending| ending == ENDING) {
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                all.push((
                    name,
                    read(&path)?.ok_or_else(|| What::NoteMalformed.into()).and_then(|note| key.open(&note)),
                ));
            }
        }
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(all)
    }

    /// The noted head of that name, where there is one that this key signed.
    pub fn named(&self, name: &str, key: &PublicKey) -> Option<Head> {
        let note = read(&self.path(name)).ok()??;
        Some(key.open(&note).ok()?.head())
    }

    /// When the head of that name was noted, by the clock of the file system.
    pub fn noted_at(&self, name: &str) -> Option<std::time::SystemTime> {
        self.path(name).metadata().ok()?.modified().ok()
    }

    /// The newest noted head that the store does not lead to, where there is one: the store is older than what was signed,
    /// or another. A note that can't be read proves nothing; `doctor` tells it.
    ///
    /// # Errors
    /// When the notes or the store can't be read.
    pub fn lost(&self, reading: &Reading<'_>, key: &PublicKey) -> Result<Option<Head>, Failure> {
        let all =
            self.all(key).map_err(|e| Failure::Broken(format!("{} can't be read: {e}", self.folder.display())))?;
        let mut lost: Option<Head> = None;
        for head in all.iter().filter_map(|(_, checkpoint)| Some(checkpoint.as_ref().ok()?.head())) {
            if !leads_to(reading, head)? && lost.is_none_or(|lost| (lost.epoch, lost.size) < (head.epoch, head.size)) {
                lost = Some(head);
            }
        }
        Ok(lost)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension(ENDING)
    }
}

fn read(path: &Path) -> io::Result<Option<String>> {
    if path.metadata()?.len() > LONGEST {
        return Ok(None);
    }
    Ok(String::from_utf8(std::fs::read(path)?).ok())
}

/// Whether the store leads to this head: it is a beginning of the ledger, or belongs to what the ledger itself says was
/// lost.
///
/// # Errors
/// When the store can't be read.
pub fn leads_to(reading: &Reading<'_>, known: Head) -> Result<bool, Failure> {
    let Edge { frontier, epoch, .. } = head(reading.db())?;
    // Where the epoch of the known head ended, and with which head.
    let ended = epochs(reading)?.into_iter().find(|(_, former)| former.epoch >= known.epoch);
    let size = match ended {
        _ if known.epoch > epoch => return Ok(false),
        Some((seq, former)) if known.size > seq => {
            let beyond = (known.size, known.root) != (former.size, former.root) && known.size >= former.size;
            return Ok(known.epoch < former.epoch || !beyond);
        }
        _ => known.size,
    };
    Ok(size <= frontier.size() && root_at(reading, &frontier, size)? == known.root)
}

fn root_at(reading: &Reading<'_>, now: &Frontier, size: u64) -> Result<ledger::Hash, Failure> {
    if size == now.size() {
        return Ok(now.root());
    }
    Ok(frontier_at(size, &mut Stored { reading })?.root())
}
