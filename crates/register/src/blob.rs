//! Frozen bytes (添付資料・版の原本), kept as files under their SHA-256. A file is on disk before the change that names it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::say::{Failure, Refusal};

/// How the file of an upload under way begins.
const INCOMING: &str = "incoming-";
/// An upload that has been under way for this long was broken off.
const BROKEN_OFF: Duration = Duration::from_hours(24);

/// Largest attachment, in bytes.
pub const LARGEST: u64 = 25 * 1024 * 1024;

/// Bytes on their way in. Dropped without [`Incoming::keep`], they leave nothing behind.
#[derive(Debug)]
pub struct Incoming {
    file: File,
    path: PathBuf,
    folder: PathBuf,
    hash: Sha256,
    size: u64,
    limit: u64,
    kept: bool,
}

impl Incoming {
    /// Begins a new file in the data folder; it may hold at most `limit` bytes.
    ///
    /// # Errors
    /// When the folder can't be written, or the disk is full.
    pub(crate) fn begin(data: &Path, limit: u64) -> Result<Self, Failure> {
        let folder = data.join("blobs");
        let path = folder.join(format!("{INCOMING}{}", base::random::token()));
        let file = File::options().write(true).create_new(true).open(&path).map_err(|e| failure(&e))?;
        Ok(Self { file, path, folder, hash: Sha256::new(), size: 0, limit, kept: false })
    }

    /// Takes more bytes.
    ///
    /// # Errors
    /// A refusal past the limit; a failure of the disk.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            let most = self.limit / 1024 / 1024;
            return Err(Refusal::at(
                "file",
                format!("ファイルは{most}MBまでです。分割するか、小さくしてから添付してください"),
                format!("Files may have up to {most} MB: split it or make it smaller"),
            )
            .into());
        }
        self.hash.update(bytes);
        self.file.write_all(bytes).map_err(|e| failure(&e))
    }

    /// Syncs the file and puts it in its place; its SHA-256 in hexadecimal, and its size.
    ///
    /// # Errors
    /// A failure of the disk: then nothing is kept.
    pub fn keep(mut self) -> Result<(String, u64), Failure> {
        self.file.sync_all().map_err(|e| failure(&e))?;
        let name = hex(&std::mem::take(&mut self.hash).finalize());
        let shelf = self.folder.join(&name[..2]);
        fs::create_dir_all(&shelf).map_err(|e| failure(&e))?;
        // Also where the shelf was there: whoever made it may not have synced it yet.
        base::durable::sync_dir(&self.folder).map_err(|e| failure(&e))?;
        fs::rename(&self.path, shelf.join(&name)).map_err(|e| failure(&e))?;
        base::durable::sync_dir(&shelf).map_err(|e| failure(&e))?;
        self.kept = true;
        Ok((name, self.size))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.kept {
            // What can't be removed now is a file that nothing names.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes what uploads that were broken off a day ago or more have left, as after a power cut.
pub(crate) fn sweep(data: &Path) {
    let Ok(items) = fs::read_dir(data.join("blobs")) else { return };
    for item in items.flatten() {
        let old = |meta: fs::Metadata| meta.modified().ok().and_then(|at| at.elapsed().ok()) >= Some(BROKEN_OFF);
        if item.file_name().to_string_lossy().starts_with(INCOMING) && item.metadata().is_ok_and(old) {
            // What can't be removed now is tried again.
            let _ = fs::remove_file(item.path());
        }
    }
}

/// When the file of that SHA-256 was laid there, in ms; nothing where there is none.
pub(crate) fn laid(data: &Path, sha256: &str) -> Option<i64> {
    let path = data.join("blobs").join(sha256.get(..2)?).join(sha256);
    let modified = fs::metadata(path).and_then(|meta| meta.modified()).ok()?;
    i64::try_from(modified.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// Removes the file of that SHA-256, unless it has been laid there anew since.
pub(crate) fn remove(data: &Path, sha256: &str, laid_at: i64) -> Result<(), Failure> {
    if laid(data, sha256) != Some(laid_at) {
        return Ok(());
    }
    let shelf = data.join("blobs").join(&sha256[..2]);
    fs::remove_file(shelf.join(sha256)).and_then(|()| base::durable::sync_dir(&shelf)).map_err(|e| failure(&e))
}

/// Whether a file of that SHA-256 is there.
pub fn is_there(data: &Path, sha256: &str) -> bool {
    sha256.get(..2).is_some_and(|shelf| data.join("blobs").join(shelf).join(sha256).is_file())
}

/// The bytes of that SHA-256, if they are there and unchanged.
///
/// # Errors
/// When the file can't be read, or no longer has its hash.
pub fn read(data: &Path, sha256: &str) -> Result<Option<Vec<u8>>, Failure> {
    let plain = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !plain {
        return Ok(None);
    }
    match fs::read(data.join("blobs").join(&sha256[..2]).join(sha256)) {
        Ok(bytes) => {
            if self::sha256(&bytes) == sha256 {
                Ok(Some(bytes))
            } else {
                Err(Failure::Broken(format!("the file {sha256} was changed on disk")))
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failure(&error)),
    }
}

/// What was copied.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// How many files.
    pub files: u64,
    /// The files whose content no longer has their name's SHA-256; they were copied as they are.
    pub damaged: Vec<String>,
}

/// Copies every kept file of one data folder into another, and looks whether each still has its SHA-256. What is being
/// uploaded is left out. `each` is told how many files are done.
///
/// # Errors
/// A failure of either disk.
pub fn copy_all(from: &Path, to: &Path, each: &mut dyn FnMut(u64)) -> Result<Copied, Failure> {
    let (from, to) = (from.join("blobs"), to.join("blobs"));
    fs::create_dir(&to).map_err(|e| failure(&e))?;
    let mut copied = Copied::default();
    for shelf in names(&from)?.into_iter().filter(|name| name.len() == 2 && from.join(name).is_dir()) {
        let (old, new) = (from.join(&shelf), to.join(&shelf));
        fs::create_dir(&new).map_err(|e| failure(&e))?;
        for name in names(&old)? {
            copied.files += 1;
            if copy(&old.join(&name), &new.join(&name))? != name {
                copied.damaged.push(name);
            }
            each(copied.files);
        }
        base::durable::sync_dir(&new).map_err(|e| failure(&e))?;
    }
    base::durable::sync_dir(&to).map_err(|e| failure(&e))?;
    Ok(copied)
}

fn names(folder: &Path) -> Result<Vec<String>, Failure> {
    if !folder.exists() {
        // Whatever carried the folder here may have left out empty ones.
        return Ok(Vec::new());
    }
    let items = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(|e| failure(&e))?;
    let mut names: Vec<_> = items.into_iter().filter_map(|item| item.file_name().into_string().ok()).collect();
    names.sort_unstable();
    Ok(names)
}

/// Copies a file's bytes into a new one, which is on the disk when it returns; their SHA-256 in hexadecimal.
///
/// # Errors
/// When the new one is there already, or a failure of either disk.
pub fn copy(from: &Path, to: &Path) -> Result<String, Failure> {
    let copied = File::create_new(to).and_then(|mut target| {
        let hash = each_part(from, |part| target.write_all(part))?;
        target.sync_all()?;
        Ok(hash)
    });
    copied.map_err(|e| failure(&e))
}

/// SHA-256 of a whole file, whose parts are handed to `each`.
fn each_part(path: &Path, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hash, mut part) = (Sha256::new(), vec![0; 64 * 1024]);
    loop {
        let read = file.read(&mut part)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&part[..read]);
        each(&part[..read])?;
    }
}

/// SHA-256 of a whole file, in hexadecimal.
///
/// # Errors
/// When it can't be read.
pub fn sha256_of(path: &Path) -> Result<String, Failure> {
    each_part(path, |_| Ok(())).map_err(|e| failure(&e))
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn failure(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Failure::Full,
        _ => Failure::Broken(format!("the folder of files can't be written: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_uploads_that_were_broken_off_long_ago_are_removed() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("blobs");
        fs::create_dir(&folder).unwrap();
        for (name, age) in [("incoming-old", BROKEN_OFF), ("incoming-new", Duration::ZERO), ("other", BROKEN_OFF)] {
            let file = File::create(folder.join(name)).unwrap();
            let modified = file.metadata().unwrap().modified().unwrap();
            file.set_modified(modified - age).unwrap();
        }
        sweep(data.path());
        let mut left: Vec<_> = fs::read_dir(&folder).unwrap().map(|item| item.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["incoming-new", "other"]);
    }
}
