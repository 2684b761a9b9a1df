//! `sekimori restore`: a backup becomes the data folder again, after it was audited once more.

use std::fs;
use std::path::{Path, PathBuf};

use base::clock::Clock;
use register::blob;
use register::built_in::Cause;
use register::proof::{Checkpoint, Head, PublicKey, Signer, state};
use register::store::Server;

use super::backup::{Manifest, cannot, copy_if_there, put, sound};
use super::ledger::{self, must_say_why};
use crate::config::Config;
use crate::folder::{Folder, Holds};
use crate::house::House;
use crate::trouble::{Outcome, Trouble, UNSOUND};
use crate::{house, input, keys, progress, say};

/// Longest key file that is read, in bytes.
const LONGEST_KEY: usize = 4 * 1024;

/// Puts the backup in the place of a data folder that isn't there, and begins a new epoch of its ledger, so that the
/// restore can be seen in it for ever. The config that was named says where the records go, or else the one in the backup.
pub(crate) fn run(
    folder: &Folder,
    config: Option<PathBuf>,
    backup: &Path,
    (key, root_key): (&Path, Option<&Path>),
    (reason, lost): (&str, Option<Head>),
) -> Outcome {
    must_say_why(reason)?;
    must_be_empty(folder)?;
    let manifest = Manifest::read(backup)?;
    let from = Folder::named(Some(backup.to_owned()));
    let named = config.is_some();
    let server = Config::read(config, from.config())?.store.server()?;
    let secret = input::read(key, LONGEST_KEY)?;
    let signer = std::str::from_utf8(&secret).ok().and_then(|text| Signer::from_secret(text.trim_end()).ok());
    let public = house::public_key(&from, None)?;
    let signer = signer.filter(|signer| signer.public() == public).ok_or_else(|| not_its_key(key))?;
    let root_key = root_key
        .map(|path| keys::read(path).and_then(|text| keys::must_be_roots(path, &text).map(|()| text)))
        .transpose()?;
    let head = public.open(&manifest.checkpoint).map_err(|_| differs())?;
    // Beside its place, so that it gets its name at once, whole or not at all. A folder that is there already may be a disk
    // of its own: it is filled, and gets its key last, without which nothing serves it.
    let moment = Clock::system().now().millis();
    let there = folder.path().exists();
    let part = if there {
        folder.path().join(format!(".restoring-{moment}"))
    } else {
        beside(folder.path(), &format!("restoring-{moment}"))
    };
    let part = Folder::named(Some(part));
    part.make()?;
    let restored = part
        .must_be_local()
        .and_then(|()| fill(&from, &part, &signer, (&manifest, &head)))
        .and_then(|()| root_key.as_ref().map_or(Ok(()), |root| house::write_new(&part.root_key(), root, 0o400)))
        .and_then(|()| House::open(&part, house::RESERVE)?.open_epoch(Cause::Restored, reason, lost))
        .and_then(|()| server.as_ref().map_or(Ok(()), |server| hand_over(&part, server, &public)))
        .and_then(|()| if named { Ok(()) } else { copy_if_there(&from.config(), &part.config()) })
        .and_then(|()| if there { move_into(&part, folder) } else { put(part.path(), folder.path()) });
    if restored.is_err() {
        // What can't be removed now is a folder whose name says that it isn't whole.
        let _ = fs::remove_dir_all(part.path());
    }
    restored?;
    let epoch = house::store(&folder.clone().served(server))?.read_now(state)?.head.epoch;
    let (shown, made, Checkpoint { size: entries, root, .. }) = (folder.path().display(), manifest.made, head);
    say::both(
        format!(
            "{made} のバックアップを {shown} に復元しました（操作記録 {entries}件、根 {root}）。\nそれより後の変更は戻りません。復元したことと理由は、操作記録の第{epoch}世代の始まりとして残ります。全員のサインインを終わらせました。外で保管している控えと照合し、証人を使っているときは相手に知らせてください。"
        ),
        format!(
            "Restored the backup of {made} to {shown} ({entries} entries, root {root}).\nLater changes don't come back. That it was restored, and why, stays in the ledger as the beginning of epoch {epoch}. Nobody is signed in any more. Compare the heads that are held outside, and tell your witnesses where you have some."
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
    copy_if_there(&from.public_key(), &part.public_key())?;
    let audited = sound(part, &signer.public(), &copied)?;
    if (audited.entries, audited.root, copied.files) != (head.size, head.root.to_string(), manifest.files) {
        return Err(differs());
    }
    let written = base::durable::write_new(&part.key(), signer.to_secret().as_bytes(), 0o400);
    written.map_err(|e| cannot(&part.key(), &e))
}

/// Moves what was restored into the folder that it lies in, the key last.
fn move_into(part: &Folder, folder: &Folder) -> Outcome {
    let moved = || -> std::io::Result<()> {
        let mut names = Vec::new();
        for item in fs::read_dir(part.path())? {
            names.push(item?.file_name());
        }
        let key = part.key();
        names.sort_by_key(|name| part.path().join(name) == key);
        for name in names {
            fs::rename(part.path().join(&name), folder.path().join(&name))?;
        }
        fs::remove_dir(part.path())?;
        base::durable::sync_dir(folder.path())
    };
    moved().map_err(|e| cannot(folder.path(), &e))?;
    folder.make()
}

/// Takes the records over into an empty database of a server, and audits them there.
fn hand_over(part: &Folder, server: &Server, key: &PublicKey) -> Outcome {
    let served = part.clone().served(Some(server.clone()));
    register::store::copy(part.place(), served.place(), &areas::registers())?;
    let audited = ledger::audit(&served, key, &[])?;
    if let Some(bad) = &audited.bad {
        return Err(ledger::unsound(bad));
    }
    let head = house::store(part)?.read_now(state)?.head;
    if (audited.entries, audited.root) != (head.size, head.root.to_string()) {
        return Err(differs());
    }
    fs::remove_file(part.database()).map_err(|e| cannot(&part.database(), &e))
}

fn must_be_empty(folder: &Folder) -> Outcome {
    // A new disk has this folder of its own.
    let of_the_disk = |item: std::io::Result<fs::DirEntry>| item.is_ok_and(|item| item.file_name() == "lost+found");
    let used = fs::read_dir(folder.path()).is_ok_and(|mut items| !items.all(of_the_disk));
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
