//! Frozen bytes (添付資料・版の原本), kept as files under their SHA-256. A file is on disk before the change that names it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::say::{Failure, Refusal};

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
    pub fn begin(data: &Path, limit: u64) -> Result<Self, Failure> {
        let folder = data.join("blobs");
        let path = folder.join(format!("incoming-{}", base::random::token()));
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

/// Keeps bytes that are already at hand; their SHA-256 in hexadecimal.
///
/// # Errors
/// A failure of the disk.
pub fn keep(data: &Path, bytes: &[u8]) -> Result<String, Failure> {
    let mut incoming = Incoming::begin(data, u64::MAX)?;
    incoming.take(bytes)?;
    incoming.keep().map(|(name, _)| name)
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

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
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
