//! `sekimori restore`: a backup becomes the data folder again, after it was audited once more.

use std::fs;
use std::path::{Path, PathBuf};

use base::clock::Clock;
use register::blob;
use register::proof::{Checkpoint, Signer};

use super::backup::{Manifest, cannot, copy_if_there, put, sound};
use crate::folder::{Folder, Holds};
use crate::trouble::{Outcome, Trouble, UNSOUND};
use crate::{house, input, keys, progress, say};

/// Longest key file that is read, in bytes.
const LONGEST_KEY: usize = 4 * 1024;

/// Puts the backup in the place of a data folder that isn't there.
pub(crate) fn run(folder: &Folder, backup: &Path, key: &Path, root_key: Option<&Path>) -> Outcome {
    must_be_empty(folder)?;
    let manifest = Manifest::read(backup)?;
    let from = Folder::named(Some(backup.to_owned()));
    let secret = input::read(key, LONGEST_KEY)?;
    let signer = std::str::from_utf8(&secret).ok().and_then(|text| Signer::from_secret(text.trim_end()).ok());
    let public = house::public_key(&from, None)?;
    let signer = signer.filter(|signer| signer.public() == public).ok_or_else(|| not_its_key(key))?;
    let root_key = root_key
        .map(|path| keys::read(path).and_then(|text| keys::must_be_roots(path, &text).map(|()| text)))
        .transpose()?;
    let head = public.open(&manifest.checkpoint).map_err(|_| differs())?;
    // Beside its place, so that it gets its name at once, whole or not at all.
    let moment = Clock::system().now().millis();
    let part = Folder::named(Some(beside(folder.path(), &format!("restoring-{moment}"))));
    part.make()?;
    let restored = part
        .must_be_local()
        .and_then(|()| fill(&from, &part, &signer, (&manifest, &head)))
        .and_then(|()| root_key.as_ref().map_or(Ok(()), |root| house::write_new(&part.root_key(), root, 0o400)))
        .and_then(|()| put(part.path(), folder.path()));
    if restored.is_err() {
        // What can't be removed now is a folder whose name says that it isn't whole.
        let _ = fs::remove_dir_all(part.path());
    }
    restored?;
    let (shown, made, Checkpoint { size: entries, root, .. }) = (folder.path().display(), manifest.made, head);
    say::both(
        format!(
            "{made} のバックアップを {shown} に復元しました（操作記録 {entries}件、根 {root}）。\nそれより後の変更は戻りません。外で保管している根と件数を照合し、復元した日時と理由を記録してください。"
        ),
        format!(
            "Restored the backup of {made} to {shown} ({entries} entries, root {root}).\nLater changes don't come back: compare the heads that are held outside, and write down when and why you restored."
        ),
    );
    if root_key.is_none() {
        let kept = folder.root_key();
        let kept = kept.display();
        say::both(
            format!("封をした内容を読むには、別に保管した根の鍵を {kept} に置いてください（権限は0400）。"),
            format!("To read what is sealed, put the root key that was kept apart at {kept} (mode 0400)."),
        );
    }
    Ok(())
}

fn fill(from: &Folder, part: &Folder, signer: &Signer, (manifest, head): (&Manifest, &Checkpoint)) -> Outcome {
    if blob::copy(&from.database(), &part.database())? != manifest.database {
        return Err(differs());
    }
    let bar = progress::bar(manifest.files, "ファイル files");
    let copied = blob::copy_all(from.path(), part.path(), &mut |files| bar.set_position(files))?;
    bar.finish_and_clear();
    for (old, new) in [(from.public_key(), part.public_key()), (from.config(), part.config())] {
        copy_if_there(&old, &new)?;
    }
    let audited = sound(part, &signer.public(), &copied)?;
    if (audited.entries, audited.root, copied.files) != (head.size, head.root.to_string(), manifest.files) {
        return Err(differs());
    }
    let written = base::durable::write_new(&part.key(), signer.to_secret().as_bytes(), 0o400);
    written.map_err(|e| cannot(&part.key(), &e))
}

fn must_be_empty(folder: &Folder) -> Outcome {
    let used = fs::read_dir(folder.path()).is_ok_and(|mut items| items.next().is_some());
    if folder.holds() == Holds::Nothing && !used {
        return Ok(());
    }
    let path = folder.path().display();
    Err(Trouble::new(
        format!(
            "{path} には既にデータがあります。上書きはしません。停止してから、いまのフォルダを別の場所に移してください。"
        ),
        format!("{path} holds data already, and nothing is written over: stop Sekimori and move that folder away."),
    ))
}

fn beside(path: &Path, mark: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{mark}"));
    path.with_file_name(name)
}

fn not_its_key(key: &Path) -> Trouble {
    let key = key.display();
    Trouble::new(
        format!(
            "{key} は、このバックアップの署名鍵ではありません。そのデータフォルダの signing.key の写しを指定してください。"
        ),
        format!("{key} is not the signing key of this backup: name the copy of signing.key of that data folder."),
    )
}

fn differs() -> Trouble {
    Trouble::new(
        "バックアップの内容が、目録（backup.json）と一致しません。別のバックアップを使ってください。",
        "The backup does not fit its manifest (backup.json): use another backup.",
    )
    .code(UNSOUND)
}
