//! `sekimori backup`: a copy of the house at one moment, made while it serves, and audited before it counts.

use std::fs;
use std::path::{Path, PathBuf};

use base::clock::{Clock, Timestamp};
use register::heads::BACKED_UP;
use register::proof::{Audited, Hash, PublicKey, Signer};
use register::{Failure, Say, blob};
use serde::{Deserialize, Serialize};

use super::ledger;
use crate::folder::Folder;
use crate::house::{self, VERSION};
use crate::trouble::{Outcome, Trouble, UNSOUND};
use crate::{input, progress, say};

/// Largest manifest that is read, in bytes.
const LARGEST: usize = 64 * 1024;

/// What a backup says of itself (目録), in `backup.json`.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The version of this form.
    pub(crate) v: u32,
    /// When it was made.
    pub(crate) made: Timestamp,
    /// The program that made it.
    pub(crate) build: String,
    /// Its ledger's name, size and root as a signed checkpoint: whoever lacks the key can't forge a backup.
    pub(crate) checkpoint: String,
    /// SHA-256 of `sekimori.db`.
    pub(crate) database: String,
    /// How many files `blobs/` holds.
    pub(crate) files: u64,
}

impl Manifest {
    const V: u32 = 1;

    fn path(folder: &Path) -> PathBuf {
        folder.join("backup.json")
    }

    /// Reads the manifest of a backup.
    pub(crate) fn read(folder: &Path) -> Outcome<Self> {
        let path = Self::path(folder);
        let bytes = input::read(&path, LARGEST)?;
        let read: Result<Self, _> = serde_json::from_slice(&bytes);
        read.ok().filter(|manifest| manifest.v == Self::V).ok_or_else(|| {
            let path = path.display();
            Trouble::new(
                format!("{path} は、この版の関守が作ったバックアップの目録ではありません。backup が作ったフォルダを指定してください。"),
                format!("{path} is not the manifest of a backup that this version makes: name a folder that backup made."),
            )
        })
    }
}

/// Makes a backup in a new folder under `place`, named by the moment.
pub(crate) fn run(folder: &Folder, place: &Path) -> Outcome {
    house::must_be_real(folder)?;
    house::must_be_there(folder)?;
    let signer = house::signer(folder)?;
    let (heads, key) = (folder.heads(), signer.public());
    if house::store(folder)?.read_now(|reading| heads.lost(reading, &key))?.is_some() {
        // A copy of what is older than what was signed would pass for a good one.
        return Err(Failure::Closed.into());
    }
    let now = Clock::system().now();
    let name = format!("sekimori-{}", now.to_string().replace([':', '.'], "").replace('T', "-"));
    let (whole, part) = (place.join(&name), Folder::named(Some(place.join(format!(".{name}.part")))));
    part.make()?;
    if let Err(trouble) = must_fit(folder, part.path()) {
        let _ = fs::remove_dir_all(part.path());
        return Err(trouble);
    }
    match fill(folder, &part, &signer, now) {
        Ok((audited, manifest)) => {
            put(part.path(), &whole)?;
            let noted = heads.note(BACKED_UP, &manifest.checkpoint);
            noted.map_err(|e| cannot(&folder.path().join("heads"), &e))?;
            let files = manifest.files;
            told(&whole, &audited, files);
            Ok(())
        }
        Err(trouble) if trouble.code == UNSOUND => {
            let kept = place.join(format!("{name}.unsound"));
            put(part.path(), &kept)?;
            let kept = kept.display();
            let Say { ja, en } = trouble.say;
            Err(Trouble::new(
                format!("{ja}\n写しは、調べるために {kept} に残しました。バックアップとしては使えません。"),
                format!("{en}\nThe copy stays in {kept}, to be looked into; it is no backup."),
            )
            .code(UNSOUND))
        }
        Err(trouble) => {
            // What can't be removed now is a folder whose name says that it isn't whole.
            let _ = fs::remove_dir_all(part.path());
            Err(trouble)
        }
    }
}

fn told(whole: &Path, Audited { entries, root, .. }: &Audited, files: u64) {
    let whole = whole.display();
    say::both(
        format!(
            "{whole} にバックアップしました（操作記録 {entries}件、ファイル {files}件、根 {root}）。署名鍵 signing.key と根の鍵 root.key は含みません。別に保管してください。根の鍵がないと、封をした内容は復元しても読めません。"
        ),
        format!(
            "Backed up to {whole} ({entries} entries, {files} files, root {root}). The keys signing.key and root.key are not in it: keep them apart. Without root.key, what is sealed can't be read from it."
        ),
    );
}

/// Refuses to begin where the copy has no room.
fn must_fit(folder: &Folder, place: &Path) -> Outcome {
    let needed = size_of(folder.path()).map_err(|e| cannot(folder.path(), &e))?;
    let free = rustix::fs::statvfs(place).map_or(u64::MAX, |disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    if needed <= free {
        return Ok(());
    }
    let [needed, free] = [needed, free].map(|bytes| bytes / 1024 / 1024);
    Err(Trouble::new(
        format!(
            "写しを置く場所の空きが足りません（必要 {needed} MB、空き {free} MB）。何も作っていません。古い写しを別の場所に移すか、別のディスクを指定してください。"
        ),
        format!(
            "There is too little room for the copy ({needed} MB needed, {free} MB free), and nothing was made: move older copies away, or name another disk."
        ),
    ))
}

fn size_of(path: &Path) -> std::io::Result<u64> {
    let meta = fs::symlink_metadata(path)?;
    if !meta.is_dir() {
        return Ok(meta.len());
    }
    fs::read_dir(path)?.map(|item| size_of(&item?.path())).sum()
}

/// Copies everything but the secret key, and audits the copy; what was audited, and what the copy says of itself.
fn fill(folder: &Folder, part: &Folder, signer: &Signer, made: Timestamp) -> Outcome<(Audited, Manifest)> {
    house::store(folder)?.snapshot(&part.database())?;
    // Files are on the disk before a record names them, so those of the moment are all there.
    let bar = progress::count("ファイル files");
    let copied = blob::copy_all(folder.path(), part.path(), &mut |files| bar.set_position(files))?;
    bar.finish_and_clear();
    for (from, to) in [(folder.public_key(), part.public_key()), (folder.config(), part.config())] {
        copy_if_there(&from, &to)?;
    }
    let database = blob::sha256_of(&part.database())?;
    let audited = sound(part, &signer.public(), &copied)?;
    let root = Hash::parse(&audited.root).expect("the audit writes a root in its one form");
    let manifest = Manifest {
        v: Manifest::V,
        made,
        build: format!("sekimori {VERSION}"),
        checkpoint: signer.sign(audited.epoch, audited.entries, root),
        database,
        files: copied.files,
    };
    let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
    base::durable::write(&Manifest::path(part.path()), &text).map_err(|e| cannot(part.path(), &e))?;
    Ok((audited, manifest))
}

/// Audits a copy: its ledger, its records, and every file's SHA-256.
pub(crate) fn sound(copy: &Folder, key: &PublicKey, copied: &blob::Copied) -> Outcome<Audited> {
    let audited = ledger::audit(copy, key, &[])?;
    if let Some(bad) = &audited.bad {
        return Err(ledger::unsound(bad));
    }
    let missing: Vec<_> = house::store(copy)?.read_now(|reading| {
        let named = reading.files()?.into_iter();
        Ok(named.filter(|name| !blob::is_there(copy.path(), name)).collect())
    })?;
    let lost = [copied.damaged.as_slice(), &missing].concat();
    match lost.as_slice() {
        [] => Ok(audited),
        damaged => {
            let names = damaged.join("\n  ");
            Err(Trouble::new(
                format!("なくなったか、内容が変わってしまったファイルがあります（{}件）。ディスクを点検し、以前のバックアップと照合してください。\n  {names}", damaged.len()),
                format!("{} files are gone or no longer have their content: look at the disk, and compare with an earlier backup.", damaged.len()),
            )
            .code(UNSOUND))
        }
    }
}

pub(crate) fn copy_if_there(from: &Path, to: &Path) -> Outcome {
    if !from.exists() {
        return Ok(());
    }
    let bytes = fs::read(from).map_err(|e| cannot(from, &e))?;
    base::durable::write(to, &bytes).map_err(|e| cannot(to, &e))
}

/// Gives a folder that is whole its name.
pub(crate) fn put(part: &Path, whole: &Path) -> Outcome {
    let place = whole.parent().filter(|place| *place != Path::new("")).unwrap_or(Path::new("."));
    let put = base::durable::sync_dir(part)
        .and_then(|()| fs::rename(part, whole))
        .and_then(|()| base::durable::sync_dir(place));
    put.map_err(|e| cannot(whole, &e))
}

pub(crate) fn cannot(path: &Path, error: &std::io::Error) -> Trouble {
    let path = path.display();
    Trouble::new(
        format!("{path} を読み書きできません（{error}）。場所、権限、空きを確かめてください。"),
        format!("{path} can't be read or written ({error}): look at its place, permissions and room."),
    )
}
