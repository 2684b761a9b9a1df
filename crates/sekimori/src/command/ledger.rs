//! `sekimori ledger`: the audit of everything against the ledger.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Subcommand;
use register::built_in::Cause;
use register::heads::leads_to;
use register::proof::{self, Audited, Bad, Checkpoint, Fault, Hash, Head, Proof, PublicKey, What, WitnessKey};
use register::{Failure, Say};
use serde_json::json;

use super::{backup, witness};
use crate::config::Config;
use crate::folder::Folder;
use crate::house::House;
use crate::trouble::{Outcome, Trouble, UNSOUND, USAGE};
use crate::{house, input, progress, say};

/// Longest proof or entry that is read, in bytes.
const LONGEST: usize = 1024 * 1024;

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
        /// 外に置いた控え「件数:根」（何度でも） / A head that was kept outside, any number of times
        #[arg(long, value_name = "件数:根", value_parser = head)]
        held: Vec<Head>,
    },
    /// 一つの操作記録が台帳にあることの証明を作ります / Prove that an entry is in the ledger
    Prove {
        /// 操作記録の番号 / The number of the entry
        seq: u64,
        /// 証明と操作記録を置くフォルダ / The folder for proof and entry
        #[arg(long, value_name = "DIR", default_value = ".")]
        out: PathBuf,
    },
    /// 操作記録とチェックポイントを、監査人に渡せる形で書き出します / Write entries and checkpoints for an auditor
    Export {
        /// 新しく作るフォルダ / The folder to make
        out: PathBuf,
    },
    /// 古いデータへの逆戻りを認め、操作記録の新しい世代を始めます / Accept a rollback: a new epoch of the ledger begins
    AcceptRollback {
        /// 認める理由（操作記録に残ります） / Why; it stays in the ledger
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// 失われた操作記録の、外に置いた控え「件数:根」 / A head of what was lost, that was kept outside
        #[arg(long, value_name = "件数:根", value_parser = head)]
        lost: Option<Head>,
    },
    /// 他団体の台帳の証人になります（データフォルダは要りません） / Witness other houses' ledgers, without any data folder
    Witness(witness::Args),
    /// 証明を確かめます（データフォルダは要りません） / Check a proof, without any data folder
    Check {
        /// 証明（.tlog-proof）。同じ名の操作記録（.json）を隣に置いてください / The proof; its entry lies beside it
        proof: PathBuf,
        /// その台帳の公開鍵 / The public key of that ledger
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
}

/// A kept head on the command line.
pub(crate) fn head(text: &str) -> Result<Head, String> {
    proof::kept(text).map_err(|Say { ja, en }| format!("{ja} / {en}"))
}

/// Carries it out.
pub(crate) fn run(folder: &Folder, config: &Config, command: &Command) -> Outcome {
    match command {
        Command::Verify { json, key, held } => verify(folder, config, *json, (key.as_deref(), held)),
        Command::Witness(args) => witness::run(args),
        Command::Prove { seq, out } => prove(folder, *seq, out),
        Command::Export { out } => export(folder, out),
        Command::AcceptRollback { reason, lost } => accept_rollback(folder, reason, *lost),
        Command::Check { proof, key } => check(folder, proof, key),
    }
}

fn verify(folder: &Folder, config: &Config, json: bool, (key, held): (Option<&Path>, &[Head])) -> Outcome {
    let start = Instant::now();
    house::must_be_there(folder)?;
    let witnesses = config.ledger.keys();
    let key = house::public_key(folder, key)?;
    let known = noted(folder, &key)?;
    let mut audited = audit(folder, &key, &[held, &known].concat())?;
    let (cosigned, fault) = house::store(folder)?.read_now(|reading| proof::cosignatures(reading, &witnesses))?;
    let fault = fault.map(|fault| Bad { seq: fault.seq, record: None, say: Say::new(fault.ja(), fault.to_string()) });
    audited.bad = audited.bad.or(fault);
    let seconds = start.elapsed().as_secs_f64();
    if json {
        say::line(as_json(&audited, &key, seconds, &named(&witnesses, &cosigned)));
    } else {
        say::line(in_words(&audited, &key, held, seconds));
        for (name, count) in named(&witnesses, &cosigned) {
            say::line(format!("証人 witness         {name}（{count}）"));
        }
    }
    match audited.bad {
        None => Ok(()),
        Some(_) if json => Err(Trouble::silent(UNSOUND)),
        Some(bad) => {
            let heads = folder.heads();
            let lost = house::store(folder)?.read_now(|reading| heads.lost(reading, &key))?;
            let Trouble { code, say: Say { ja, en } } = unsound(&bad);
            let Say { ja: closed, en: closed_en } = Trouble::from(Failure::Closed).say;
            Err(if lost.is_some() {
                Trouble::new(format!("{ja}\n{closed}"), format!("{en}\n{closed_en}")).code(code)
            } else {
                Trouble::new(ja, en).code(code)
            })
        }
    }
}

/// Witnesses by name, with what they cosigned.
fn named(witnesses: &[WitnessKey], cosigned: &[u64]) -> BTreeMap<String, u64> {
    witnesses.iter().map(|key| key.name().to_owned()).zip(cosigned.iter().copied()).collect()
}

/// The heads that are noted beside the key.
fn noted(folder: &Folder, key: &PublicKey) -> Outcome<Vec<Head>> {
    let all = folder.heads().all(key).map_err(|e| backup::cannot(&folder.path().join("heads"), &e))?;
    Ok(all.into_iter().filter_map(|(_, checkpoint)| Some(checkpoint.ok()?.head())).collect())
}

fn accept_rollback(folder: &Folder, reason: &str, told: Option<Head>) -> Outcome {
    must_say_why(reason)?;
    house::must_be_real(folder)?;
    let _lock = folder.lock()?;
    let key = house::signer(folder)?.public();
    let store = house::current(folder)?;
    let heads = folder.heads();
    let lost = store.read_now(|reading| heads.lost(reading, &key))?;
    // One that was kept on paper may be newer than what is noted here.
    let newer = |told: &Head| lost.is_none_or(|lost| (lost.epoch, lost.size) < (told.epoch, told.size));
    let told = match told.filter(newer) {
        Some(told) if !store.read_now(|reading| leads_to(reading, told))? => Some(told),
        _ => None,
    };
    let Some(lost) = told.or(lost) else {
        return Err(Trouble::new(
            "失われた操作記録は見つかりません。世代は変えていません。外に置いた控えより件数が少ないときは、その控えを --lost で指定してください。",
            "Nothing that is known was lost, and no epoch was begun. If there are fewer entries than a head that was kept outside says, give that head by --lost.",
        ));
    };
    let kept = store.read_now(proof::state)?.head.size;
    drop(store);
    House::open(folder, house::RESERVE)?.open_epoch(Cause::RolledBack, reason, Some(lost))?;
    let Head { epoch, size, root } = lost;
    let next = epoch + 1;
    say::both(
        format!(
            "逆戻りを認め、第{next}世代を始めました。操作記録は{kept}件を引き継ぎ、前の世代の最後は{size}件（根 {root}）です。\n全員のサインインを終わらせました。控えを委員会の資料と比べ、証人を使っているときは相手に知らせてください。"
        ),
        format!(
            "The rollback is accepted and epoch {next} begins: {kept} entries go on, and the epoch before ended with {size} (root {root}).\nNobody is signed in any more. Compare with the heads on paper, and tell your witnesses where you have some."
        ),
    );
    Ok(())
}

/// Refuses an empty reason: it is what an auditor will read.
pub(crate) fn must_say_why(reason: &str) -> Outcome {
    if !reason.trim().is_empty() && reason.chars().count() <= 2_000 {
        return Ok(());
    }
    Err(Trouble::new("理由を2,000文字以内で書いてください。", "Give a reason of at most 2,000 characters.").code(USAGE))
}

fn prove(folder: &Folder, seq: u64, out: &Path) -> Outcome {
    house::must_be_there(folder)?;
    let key = house::public_key(folder, None)?;
    let shown = house::store(folder)?.read_now(|reading| proof::show(reading, &key, seq))?;
    let shown = shown
        .ok_or_else(|| Trouble::new(format!("操作記録 {seq} はありません。"), format!("There is no entry {seq}.")))?;
    let Some((checkpoint, note, proof)) = shown.covered else {
        return Err(Trouble::new(
            format!(
                "操作記録 {seq} を含むチェックポイントがまだありません。serve の動作中なら、1秒ほど待ってから実行してください。"
            ),
            format!("No checkpoint covers entry {seq} yet: while it serves, try again in a second."),
        ));
    };
    let (proof_path, entry_path) = (out.join(format!("entry-{seq}.tlog-proof")), out.join(format!("entry-{seq}.json")));
    for (path, text) in [(&proof_path, proof.to_text(&note)), (&entry_path, shown.text)] {
        base::durable::write(path, text.as_bytes()).map_err(|e| backup::cannot(path, &e))?;
    }
    let (proof_path, entry_path) = (proof_path.display(), entry_path.display());
    say::both(
        format!(
            "操作記録 {seq} が、{}件の時点の台帳にあることの証明を {proof_path} に、操作記録を {entry_path} に書きました。公開鍵を別の方法で受け取った人は、「sekimori ledger check」で確かめられます。",
            checkpoint.size
        ),
        format!(
            "The proof that entry {seq} is in the ledger of {} entries is in {proof_path}, the entry in {entry_path}. Whoever got the public key another way can check it by \"sekimori ledger check\".",
            checkpoint.size
        ),
    );
    Ok(())
}

fn export(folder: &Folder, out: &Path) -> Outcome {
    house::must_be_there(folder)?;
    let store = house::store(folder)?;
    let cannot = |e: std::io::Error| backup::cannot(out, &e);
    fs::create_dir(out).map_err(cannot)?;
    let write = |name: &str| File::create_new(out.join(name)).map(BufWriter::new).map_err(cannot);
    let (mut entries, mut notes) = (write("entries.jsonl")?, write("checkpoints.jsonl")?);
    let lost = |e: std::io::Error| Failure::Broken(format!("{} can't be written: {e}", out.display()));
    let bar = progress::count("操作記録 entries");
    let (mut size, mut signed) = (0, 0);
    store.read_now(|reading| {
        proof::each_entry(
            reading,
            |bytes| {
                size += 1;
                bar.set_position(size);
                entries.write_all(bytes).and_then(|()| entries.write_all(b"\n")).map_err(lost)
            },
            |note| {
                signed += 1;
                writeln!(notes, "{}", serde_json::Value::from(note)).map_err(lost)
            },
        )
    })?;
    bar.finish_and_clear();
    for file in [entries, notes] {
        file.into_inner().map_err(|e| cannot(e.into_error()))?.sync_all().map_err(cannot)?;
    }
    let shown = out.display();
    say::both(
        format!(
            "操作記録 {size}件とチェックポイント {signed}件を {shown} に書き出しました。公開鍵は別の方法で渡してください。"
        ),
        format!("{size} entries and {signed} checkpoints are in {shown}. Hand over the public key another way."),
    );
    Ok(())
}

fn check(folder: &Folder, path: &Path, key: &Path) -> Outcome {
    let key = house::public_key(folder, Some(key))?;
    let text = String::from_utf8(input::read(path, LONGEST)?).map_err(|_| wrong(&What::ProofMalformed.into()))?;
    let entry = input::read(&path.with_extension("json"), LONGEST)?;
    let (proof, checkpoint) = Proof::from_text(&text, &key).map_err(|fault| wrong(&fault))?;
    proof.verify(proof::leaf_hash(&entry), checkpoint.root).map_err(|fault| wrong(&fault))?;
    let Checkpoint { origin, size, root, .. } = checkpoint;
    let seq = proof.seq;
    say::both(
        format!("操作記録 {seq} は、台帳 {origin} の{size}件の時点（根 {root}）に、この内容で入っています。"),
        format!("Entry {seq} is in the ledger {origin} of {size} entries (root {root}), with this content."),
    );
    say::line(String::from_utf8_lossy(&entry));
    Ok(())
}

fn wrong(fault: &Fault) -> Trouble {
    Trouble::new(fault.ja(), fault.to_string()).code(UNSOUND)
}

/// Audits the store of a folder, while a bar shows how far it is.
pub(crate) fn audit(folder: &Folder, key: &PublicKey, held: &[Head]) -> Outcome<Audited> {
    let store = house::store(folder).map_err(unreadable)?;
    let size = store.read_now(proof::state).map_or(0, |state| state.head.size);
    let bar = progress::bar(size, "検証 verifying");
    let audited = store.read_now(|reading| proof::audit(reading, key.clone(), held, |read| bar.set_position(read)));
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

fn in_words(audited: &Audited, key: &PublicKey, held: &[Head], seconds: f64) -> String {
    let Audited { entries, records, checkpoints, signed, epoch, lost, root, .. } = audited;
    let origin = key.origin();
    let unsigned = entries.saturating_sub(*signed);
    let size = *entries;
    let head = Hash::parse(root).map(|root| proof::written(Head { epoch: *epoch, root, size })).unwrap_or_default();
    let epochs = match (epoch, lost) {
        (0, _) => String::new(),
        (epoch, lost) => {
            format!("\n世代 epoch           {epoch}（前の世代とともに失われた控え heads lost before: {lost}）")
        }
    };
    let verdict = match (&audited.bad, held.len()) {
        (Some(_), _) => String::new(),
        (None, 0) => "異常はありません。外に置いた控えとも、--held で照合してください。\nNothing is wrong. Compare the heads that are held outside too, by --held.\n".into(),
        (None, some) => format!("異常はありません。外に置いた控え{some}件とも一致します。\nNothing is wrong, and all {some} heads given agree.\n"),
    };
    format!(
        "{verdict}操作記録 entries      {entries}\n記録 records          {records}\nチェックポイント checkpoints {checkpoints}\n最後の署名より後 after the last signature {unsigned}{epochs}\n根 root               {root}\n控え head to keep    {head}\n台帳の名 origin       {origin}\n時間 time             {seconds:.1} s"
    )
}

fn as_json(audited: &Audited, key: &PublicKey, seconds: f64, cosigned: &BTreeMap<String, u64>) -> String {
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
        "signed": audited.signed,
        "epoch": audited.epoch,
        "lost_heads": audited.lost,
        "cosigned": cosigned,
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
