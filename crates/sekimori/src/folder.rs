//! The data folder (データフォルダ): its files, whose house it holds, and the lock of the one server.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use register::heads::Heads;
use register::store::{Place, Server};

use crate::trouble::{Outcome, Trouble};

/// Where a house lies unless told otherwise.
const USUAL: &str = "sekimori-data";

/// What a folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// No house yet, or one whose making was broken off before its key.
    Nothing,
    /// A house in earnest.
    Real,
    /// The demonstration.
    Demo,
}

/// A data folder, whether or not it is there yet, and the server that holds its records where no file in it does.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
    passphrase: Option<PathBuf>,
    server: Option<Server>,
}

impl Folder {
    /// The folder that was named, or the usual one.
    pub(crate) fn named(path: Option<PathBuf>) -> Self {
        Self { path: path.unwrap_or_else(|| PathBuf::from(USUAL)), passphrase: None, server: None }
    }

    /// The demonstration's folder: the one that was named, or `demo` in the usual one.
    pub(crate) fn demo(path: Option<PathBuf>) -> Self {
        Self { path: path.unwrap_or_else(|| Path::new(USUAL).join("demo")), passphrase: None, server: None }
    }

    /// The same with a file whose first line opens a root key that is locked.
    pub(crate) fn opened_by(self, passphrase: Option<PathBuf>) -> Self {
        Self { passphrase, ..self }
    }

    /// The file with the passphrase, where one was named.
    pub(crate) fn passphrase(&self) -> Option<&Path> {
        self.passphrase.as_deref()
    }

    /// The same folder with its records on a server, where there is one.
    pub(crate) fn served(self, server: Option<Server>) -> Self {
        Self { server, ..self }
    }

    /// Where the house lies.
    pub(crate) fn place(&self) -> Place {
        match &self.server {
            None => self.path().into(),
            Some(server) => Place::on(self.path(), server.clone()),
        }
    }

    /// The server that holds the records, where there is one.
    pub(crate) fn server(&self) -> Option<&Server> {
        self.server.as_ref()
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
    /// The database.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("sekimori.db")
    }
    /// The key that checkpoints are signed with.
    pub(crate) fn key(&self) -> PathBuf {
        self.path.join("signing.key")
    }
    /// Its public half, for auditors.
    pub(crate) fn public_key(&self) -> PathBuf {
        self.path.join("signing.pub")
    }
    /// The root key of what is sealed.
    pub(crate) fn root_key(&self) -> PathBuf {
        self.path.join("root.key")
    }
    /// The heads of the ledger that were signed or told outside, beside the key and not in the database.
    pub(crate) fn heads(&self) -> Heads {
        Heads::at(self.path.join("heads"))
    }
    /// The config that is read unless another is named.
    pub(crate) fn config(&self) -> PathBuf {
        self.path.join("sekimori.toml")
    }
    /// The file that marks a demonstration.
    pub(crate) fn marker(&self) -> PathBuf {
        self.path.join("DEMO")
    }

    /// What it holds, by its files alone.
    pub(crate) fn holds(&self) -> Holds {
        if self.marker().exists() {
            Holds::Demo
        } else if self.key().exists() || self.database().exists() {
            Holds::Real
        } else {
            Holds::Nothing
        }
    }

    /// Makes it, or what it lacks, so that only its owner can look into it.
    pub(crate) fn make(&self) -> Outcome {
        let made = fs::create_dir_all(&self.path).and_then(|()| own(&self.path));
        made.map_err(|e| {
            let path = self.path.display();
            Trouble::new(
                format!(
                    "データフォルダ {path} を用意できません（{e}）。場所と権限を確かめるか、--data で別の場所を指定してください。"
                ),
                format!(
                    "The data folder {path} can't be made ({e}): look at its place and permissions, or name another by --data."
                ),
            )
        })
    }

    /// Refuses a database on a file server: a lock that only seems to hold there would break the promise.
    pub(crate) fn must_be_local(&self) -> Outcome {
        match network(&self.path).filter(|_| self.server.is_none()) {
            None => Ok(()),
            Some(kind) => Err(Trouble::new(
                format!(
                    "データフォルダ {} はネットワーク上のファイルサーバ（{kind}）にあります。停電や障害のときに記録が失われるため使いません。\
                     このコンピュータのディスクを --data で指定してください。",
                    self.path.display()
                ),
                format!(
                    "The data folder {} lies on a file server ({kind}), where records could be lost: name a local disk by --data.",
                    self.path.display()
                ),
            )),
        }
    }

    /// Takes the lock of the one process that works on the house; it ends with it.
    pub(crate) fn lock(&self) -> Outcome<File> {
        self.lock_by(File::try_lock)
    }

    /// The same for one that serves. Where the records are on a server, others may serve them too.
    pub(crate) fn lock_to_serve(&self) -> Outcome<File> {
        self.lock_by(if self.server.is_none() { File::try_lock } else { File::try_lock_shared })
    }

    fn lock_by(&self, lock: fn(&File) -> Result<(), TryLockError>) -> Outcome<File> {
        let path = self.path.join("lock");
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|e| {
            let path = path.display();
            Trouble::new(
                format!("{path} を開けません（{e}）。データフォルダの権限を確かめてください。"),
                format!("{path} can't be opened ({e}): look at the permissions of the data folder."),
            )
        })?;
        match lock(&file) {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Trouble::new(
                format!(
                    "データフォルダ {} は、動作中の別の関守が使っています。そちらを停止してから、もう一度実行してください。",
                    self.path.display()
                ),
                format!(
                    "Another Sekimori is serving the data folder {}: stop it and run this again.",
                    self.path.display()
                ),
            )),
            Err(TryLockError::Error(e)) => Err(Trouble::new(
                format!("{} をロックできません（{e}）。", path.display()),
                format!("{} can't be locked ({e}).", path.display()),
            )),
        }
    }
}

#[cfg(unix)]
fn own(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn own(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The kind of network file system that the folder lies on, if it does.
#[cfg(target_os = "linux")]
pub(crate) fn network(path: &Path) -> Option<&'static str> {
    // From Linux's magic.h; CIFS and SMB2 in the kernel's own client.
    match rustix::fs::statfs(path).ok()?.f_type & 0xffff_ffff {
        0x6969 => Some("NFS"),
        0xff53_4d42 => Some("CIFS"),
        0x517b | 0xfe53_4d42 => Some("SMB"),
        _ => None,
    }
}

/// Elsewhere nothing tells.
#[cfg(not(target_os = "linux"))]
pub(crate) fn network(_: &Path) -> Option<&'static str> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_is_refused_and_a_later_one_is_not() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::named(Some(place.path().to_owned()));
        let lock = folder.lock().unwrap();
        assert!(folder.lock().unwrap_err().say.en.starts_with("Another Sekimori is serving"));
        drop(lock);
        folder.lock().unwrap();
    }

    #[test]
    fn a_folder_is_what_its_files_say() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::named(Some(place.path().join("new")));
        assert_eq!(folder.holds(), Holds::Nothing);
        folder.make().unwrap();
        assert_eq!(folder.holds(), Holds::Nothing);
        base::durable::write(&folder.key(), b"key").unwrap();
        assert_eq!(folder.holds(), Holds::Real);
        base::durable::write(&folder.marker(), b"").unwrap();
        assert_eq!(folder.holds(), Holds::Demo);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_look_into_a_folder() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::named(Some(place.path().join("new")));
        folder.make().unwrap();
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(network(folder.path()), None);
    }
}
