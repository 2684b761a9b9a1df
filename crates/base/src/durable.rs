//! Files that survive a crash (永続化): whole or not at all, and on the disk before the call returns.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;

use crate::random;

/// Writes the file, in place of one that may be there, whose permissions it keeps.
///
/// A crash leaves the old or the new content, never a mixture; at worst a `.tmp` file lies beside it.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let permissions = fs::metadata(path).ok().map(|old| old.permissions());
    let temporary = Temporary::beside(path, None)?;
    if let Some(permissions) = permissions {
        temporary.file.set_permissions(permissions)?;
    }
    temporary.fill(bytes)?;
    fs::rename(&temporary.path, path)?;
    sync_dir(temporary.folder())
}

/// Writes a file that must not be there yet, with this mode from the first moment (0o400 for keys).
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] if there is one, which stays as it is.
pub fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let temporary = Temporary::beside(path, Some(mode))?;
    temporary.fill(bytes)?;
    // A rename would overwrite; a link never does.
    fs::hard_link(&temporary.path, path)?;
    fs::remove_file(&temporary.path)?;
    sync_dir(temporary.folder())
}

/// Puts a folder's names on the disk: what was made, renamed or removed in it.
pub fn sync_dir(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) } // elsewhere a folder can't be opened
}

/// A file of a chance name in the same folder, so that it can be renamed; removed unless it was.
struct Temporary {
    path: PathBuf,
    file: File,
}

impl Temporary {
    fn beside(path: &Path, mode: Option<u32>) -> io::Result<Temporary> {
        let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file's name"))?;
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.tmp", HEXLOWER.encode(&random::bytes::<8>())));
        let path = path.with_file_name(hidden);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if let Some(mode) = mode {
            set_mode(&mut options, mode);
        }
        Ok(Temporary { file: options.open(&path)?, path })
    }

    fn fill(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = &self.file;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename it isn't there any more, which is as well.
        let _gone = fs::remove_file(&self.path);
    }
}

#[cfg(unix)]
fn set_mode(options: &mut OpenOptions, mode: u32) {
    std::os::unix::fs::OpenOptionsExt::mode(options, mode);
}

#[cfg(not(unix))]
fn set_mode(_: &mut OpenOptions, _: u32) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_lies_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("方針.md");
        write(&path, "初版の長い本文".as_bytes()).unwrap();
        write(&path, "改定".as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "改定");
        assert_eq!(names(folder.path()), ["方針.md"]);
    }

    #[test]
    fn a_new_file_never_replaces_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_new(&path, b"first", 0o400).unwrap();
        let again = write_new(&path, b"second", 0o400).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(names(folder.path()), ["key"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_is_its_owners_alone_and_stays_so() {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_new(&path, b"secret", 0o400).unwrap();
        assert_eq!(mode(&path), 0o400);
        write(&path, b"another").unwrap();
        assert_eq!(mode(&path), 0o400);
    }

    #[test]
    fn a_write_that_fails_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        assert!(write(&path, b"text").is_err());
        assert!(write(Path::new("/"), b"text").is_err());
        assert!(write(&folder.path().join("missing/file"), b"text").is_err());
        assert_eq!(names(folder.path()), ["taken"]);
    }
}
