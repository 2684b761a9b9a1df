//! The root key of the house (根の鍵): where it lies, and the passphrase that may lock it.
//!
//! It comes from a systemd credential named `root.key`, or from the file of that name in the data folder. No backup holds
//! it.

use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};

use base::secrets::{self, BadRoots, Root, Secrets, Zeroizing};

use crate::folder::Folder;
use crate::house::write_new;
use crate::input;
use crate::trouble::{Outcome, Trouble};

/// Longest key file and longest passphrase that are read, in bytes.
const LONGEST: usize = 4 * 1024;
/// Shortest passphrase, in characters.
const SHORTEST: usize = 12;
/// Where systemd puts credentials.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// The file that holds the root key, if there is one.
pub(crate) fn find(folder: &Folder) -> Option<PathBuf> {
    let credential = std::env::var_os(CREDENTIALS).map(|place| Path::new(&place).join("root.key"));
    [credential, Some(folder.root_key())].into_iter().flatten().find(|path| path.exists())
}

/// Makes a root key for a new house, unless it was given one.
pub(crate) fn make(folder: &Folder) -> Outcome {
    match find(folder) {
        Some(_) => Ok(()),
        None => write_new(&folder.root_key(), &Secrets::new(Root::generate()).to_text(None), 0o400),
    }
}

/// The root keys of the house; nothing where the file is missing, which is told.
pub(crate) fn load(folder: &Folder) -> Outcome<Option<Secrets>> {
    let Some(path) = find(folder) else {
        let path = folder.root_key();
        tracing::warn!(path = %path.display(), "the root key is missing: what is sealed can't be read");
        return Ok(None);
    };
    let text = read(&path)?;
    let passphrase = if secrets::is_locked(&text) { Some(passphrase(folder)?) } else { None };
    Secrets::from_text(&text, passphrase.as_ref().map(|it| it.as_str())).map(Some).map_err(|bad| unusable(&path, bad))
}

/// The text of a key file.
pub(crate) fn read(path: &Path) -> Outcome<Zeroizing<String>> {
    let text = String::from_utf8(input::read(path, LONGEST)?).map_err(|_| unusable(path, BadRoots::Malformed))?;
    Ok(Zeroizing::new(text))
}

/// Refuses a file that holds no root key. One that is locked can't be looked into here.
pub(crate) fn must_be_roots(path: &Path, text: &str) -> Outcome {
    match Secrets::from_text(text, None) {
        Ok(_) | Err(BadRoots::Passphrase) => Ok(()),
        Err(bad) => Err(unusable(path, bad)),
    }
}

/// Locks the root key of the data folder by a passphrase, or opens it for good; the house must be asked for the passphrase
/// at each start from then on, or no more.
pub(crate) fn relock(folder: &Folder, lock: bool) -> Outcome {
    let path = folder.root_key();
    let text = read(&path)?;
    if secrets::is_locked(&text) == lock {
        return Err(Trouble::new(
            format!("根の鍵 {} は、既にその状態です。", path.display()),
            format!("The root key {} is so already.", path.display()),
        ));
    }
    let typed = passphrase(folder)?;
    if lock && typed.chars().count() < SHORTEST {
        return Err(Trouble::new(
            format!("パスフレーズは{SHORTEST}文字以上にしてください。"),
            format!("A passphrase has at least {SHORTEST} characters."),
        ));
    }
    // What is typed unseen is typed twice: a slip would lock the key for ever.
    if lock && folder.passphrase().is_none() && *passphrase(folder)? != *typed {
        return Err(Trouble::new("2回の入力が違います。", "The two passphrases differ."));
    }
    let secrets = Secrets::from_text(&text, (!lock).then_some(&*typed)).map_err(|bad| unusable(&path, bad))?;
    let text = secrets.to_text(lock.then_some(&*typed));
    // The new file is on the disk before it takes the place of the old one: the key is never without a file.
    let new = path.with_extension("key.new");
    let cannot = |e: io::Error| {
        Trouble::new(
            format!("{} を書き換えられません（{e}）。", path.display()),
            format!("{} can't be replaced ({e}).", path.display()),
        )
    };
    std::fs::remove_file(&new)
        .or_else(|e| if e.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(cannot(e)) })?;
    write_new(&new, &text, 0o400)?;
    std::fs::rename(&new, &path).and_then(|()| base::durable::sync_dir(folder.path())).map_err(cannot)
}

/// Which root key a file holds, without its content.
pub(crate) fn describe(path: &Path) -> Outcome<String> {
    let text = read(path)?;
    match Secrets::from_text(&text, None) {
        Ok(secrets) => Ok(format!("{} ({})", path.display(), secrets.root().id())),
        Err(BadRoots::Passphrase) => Ok(format!("{}（パスフレーズ付き locked by a passphrase）", path.display())),
        Err(bad) => Err(unusable(path, bad)),
    }
}

/// The passphrase: the first line of the file that was named, or what is typed at the terminal.
fn passphrase(folder: &Folder) -> Outcome<Zeroizing<String>> {
    let cannot = |e: io::Error| {
        Trouble::new(
            format!("根の鍵のパスフレーズを読み取れません（{e}）。"),
            format!("The passphrase of the root key can't be read ({e})."),
        )
    };
    if let Some(path) = folder.passphrase() {
        let mut line = Zeroizing::new(String::new());
        let limited = std::fs::File::open(path).map_err(cannot)?.take(LONGEST as u64);
        BufReader::new(limited).read_line(&mut line).map_err(cannot)?;
        return Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()));
    }
    if !io::stdin().is_terminal() {
        return Err(Trouble::new(
            "根の鍵がパスフレーズで保護されています。端末から起動するか、--passphrase-file でパスフレーズのファイルを指定してください。",
            "The root key is locked by a passphrase: start from a terminal, or name a file with it by --passphrase-file.",
        ));
    }
    rpassword::prompt_password("根の鍵のパスフレーズ Passphrase of the root key: ").map(Zeroizing::new).map_err(cannot)
}

fn unusable(path: &Path, bad: BadRoots) -> Trouble {
    let path = path.display();
    match bad {
        BadRoots::Malformed => Trouble::new(
            format!("根の鍵 {path} の中身が鍵の形ではありません。別に保管した root.key の写しから戻してください。"),
            format!(
                "The root key {path} is not in the form of a key: put back the copy of root.key that was kept apart."
            ),
        ),
        BadRoots::Passphrase => Trouble::new(
            format!("パスフレーズが違うため、根の鍵 {path} を開けません。"),
            format!("The passphrase is wrong: the root key {path} doesn't open."),
        ),
    }
}
