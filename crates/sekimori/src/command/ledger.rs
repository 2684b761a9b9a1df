//! `sekimori ledger`: the audit of everything against the ledger.

use std::path::PathBuf;
use std::time::Instant;

use clap::Subcommand;
use register::Failure;
use register::proof::{self, Audited, Bad, PublicKey};
use serde_json::json;

use crate::folder::Folder;
use crate::trouble::{Outcome, Trouble, UNSOUND};
use crate::{house, progress, say};

/// What can be done with the ledger.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 全ての操作記録、チェックポイント及び記録を検証します / Audit entries, checkpoints and records
    Verify {
        /// 結果をJSONで出力します / As JSON
        #[arg(long)]
        json: bool,
        /// 公開鍵の写し（省略時はデータフォルダの signing.pub） / A copy of the public key
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
}

/// Carries it out.
pub(crate) fn run(folder: &Folder, command: &Command) -> Outcome {
    let Command::Verify { json, key } = command;
    let start = Instant::now();
    house::must_be_there(folder)?;
    let key = house::public_key(folder, key.as_deref())?;
    let audited = audit(folder, &key)?;
    let seconds = start.elapsed().as_secs_f64();
    if *json {
        say::line(as_json(&audited, &key, seconds));
    } else {
        say::line(in_words(&audited, &key, seconds));
    }
    match audited.bad {
        None => Ok(()),
        Some(_) if *json => Err(Trouble::silent(UNSOUND)),
        Some(bad) => Err(unsound(&bad)),
    }
}

/// Audits the store of a folder, while a bar shows how far it is.
pub(crate) fn audit(folder: &Folder, key: &PublicKey) -> Outcome<Audited> {
    let store = house::store(folder).map_err(unreadable)?;
    let size = store.read_now(proof::state).map_or(0, |(size, ..)| size);
    let bar = progress::bar(size, "検証 verifying");
    let audited = store.read_now(|reading| proof::audit(reading, key.clone(), |read| bar.set_position(read)));
    bar.finish_and_clear();
    audited.map_err(unreadable)
}

/// The first thing that is wrong, and where.
pub(crate) fn unsound(bad: &Bad) -> Trouble {
    let place = bad.record.as_ref().filter(|(register, _)| !register.is_empty());
    let (ja, en) = place.map_or_else(Default::default, |(register, id)| {
        (format!("\n対象の記録：{register} {id}"), format!("\nThe record: {register} {id}"))
    });
    Trouble::new(
        format!("異常があります。最初の箇所：{}{ja}", bad.say.ja),
        format!("Something is wrong, first here: {}{en}", bad.say.en),
    )
    .code(UNSOUND)
}

fn in_words(audited: &Audited, key: &PublicKey, seconds: f64) -> String {
    let Audited { entries, records, checkpoints, root, .. } = audited;
    let origin = key.origin();
    let verdict = if audited.bad.is_none() {
        "異常はありません。外部で保管しているチェックポイントとも照合してください。\nNothing is wrong. Compare the checkpoints that are held outside too.\n"
    } else {
        ""
    };
    format!(
        "{verdict}操作記録 entries      {entries}\n記録 records          {records}\nチェックポイント checkpoints {checkpoints}\n根 root               {root}\n台帳の名 origin       {origin}\n時間 time             {seconds:.1} s"
    )
}

fn as_json(audited: &Audited, key: &PublicKey, seconds: f64) -> String {
    let bad = audited.bad.as_ref().map(|bad| {
        let (register, id) = bad.record.clone().unzip();
        json!({ "seq": bad.seq, "register": register, "id": id, "ja": bad.say.ja, "en": bad.say.en })
    });
    let all = json!({
        "ok": bad.is_none(),
        "origin": key.origin(),
        "entries": audited.entries,
        "records": audited.records,
        "checkpoints": audited.checkpoints,
        "root": audited.root,
        "seconds": seconds,
        "bad": bad,
    });
    all.to_string()
}

/// A store that can't be read through is as unsound as one that reads wrongly.
fn unreadable(failure: Failure) -> Trouble {
    match failure {
        Failure::Broken(why) => Trouble::new(
            format!("データベースが壊れているため、検証を続けられません（{why}）。このまま保全し、バックアップと照合してください。"),
            format!("The database is damaged and can't be read through ({why}): keep it as it is, and compare it with the backup."),
        )
        .code(UNSOUND),
        other => other.into(),
    }
}
