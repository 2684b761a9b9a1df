//! `sekimori backup`: a copy of the house at one moment, made while it serves, and audited before it counts.

use std::fs;
use std::path::{Path, PathBuf};

use base::clock::{Clock, Timestamp};
use register::proof::{Audited, Hash, PublicKey, Signer};
use register::{Say, blob};
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
    let now = Clock::system().now();
    let name = format!("sekimori-{}", now.to_string().replace([':', '.'], "").replace('T', "-"));
    let (whole, part) = (place.join(&name), Folder::named(Some(place.join(format!(".{name}.part")))));
    part.make()?;
    match fill(folder, &part, &signer, now) {
        Ok((audited, files)) => {
            put(part.path(), &whole)?;
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

/// Copies everything but the secret key, and audits the copy; what was audited, and how many files there are.
fn fill(folder: &Folder, part: &Folder, signer: &Signer, made: Timestamp) -> Outcome<(Audited, u64)> {
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
        checkpoint: signer.sign(audited.entries, root),
        database,
        files: copied.files,
    };
    let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
    base::durable::write(&Manifest::path(part.path()), &text).map_err(|e| cannot(part.path(), &e))?;
    Ok((audited, copied.files))
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
