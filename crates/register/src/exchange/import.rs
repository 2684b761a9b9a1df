//! Bringing a file in: staged with the choices of a person, confirmed as it was shown, carried out in steps.

use std::sync::Arc;

use base::id::Id;
use serde_json::Value;

use super::head::Choices;
use super::plan::{self, Planner, Step};
use super::trial::{Trial, trial, walk};
use super::{AT_ONCE, STEP};
use crate::blob;
use crate::built_in::{Import, Stage};
use crate::change::{Change, Op, Request};
use crate::describe::Description;
use crate::find::{Reading, Row};
use crate::permit::Permit;
use crate::record::{Body, LinkAny, body_of};
use crate::say::{Failure, Refusal};
use crate::store::Store;
use crate::writer::Writer;

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn description(store: &Store, permit: &Permit) -> Result<Arc<Description>, Failure> {
    store.registers().description(permit.register()).cloned().ok_or(Failure::Missing)
}

/// A record of an import that waits: the file is kept already.
fn staged(permit: &Permit, name: &str, sha256: String, choices: &Choices) -> Import {
    Import {
        register: permit.register().to_owned(),
        file: name.chars().filter(|c| !c.is_control()).take(200).collect(),
        stage: Stage::Staged,
        rows: 0,
        created: 0,
        changed: 0,
        archived: 0,
        written: 0,
        sha256,
        plan_sha256: None,
        choices: Some(written(choices)),
        by: permit.actor().person().map(LinkAny),
    }
}

fn written(choices: &Choices) -> String {
    serde_json::to_string(choices).expect("choices are plain data")
}

/// The choices of an import.
///
/// # Errors
/// When they can't be read.
pub(super) fn choices_of(import: &Import) -> Result<Choices, Failure> {
    let text = import.choices.as_deref().unwrap_or("{}");
    serde_json::from_str(text).map_err(|e| Failure::Broken(format!("an import's choices can't be read: {e}")))
}

/// Makes the record of an import whose file is kept under this SHA-256; it waits until it is confirmed.
///
/// # Errors
/// What the writer says.
pub fn stage(
    store: &Store,
    writer: &Writer,
    permit: &Permit,
    request: Request,
    (name, sha256): (&str, String),
    choices: &Choices,
) -> Result<Id, Failure> {
    let id = Id::new(store.clock());
    let body = body_of(&staged(permit, name, sha256, choices));
    let done =
        writer.commit_now(Change::one(request, permit.clone(), Op::Create { register: "import".into(), id, body }))?;
    Ok(done.records.first().map_or(id, |(id, _)| *id))
}

/// The choices of a waiting import, and others in their place.
///
/// # Errors
/// That it no longer waits, or what the writer says.
pub fn choose(
    writer: &Writer,
    permit: &Permit,
    request: Request,
    row: &Row,
    change: impl FnOnce(&mut Choices),
) -> Result<(), Failure> {
    let import: Import = waiting(row)?;
    let mut choices = choices_of(&import)?;
    let before = choices.clone();
    change(&mut choices);
    if choices == before {
        return Ok(());
    }
    let patch = Body::from_iter([("choices".to_owned(), Value::String(written(&choices)))]);
    edit(writer, permit, request, row, patch, Vec::new()).map(|_| ())
}

/// Gives a waiting import up.
///
/// # Errors
/// That it no longer waits, or what the writer says.
pub fn cancel(writer: &Writer, permit: &Permit, request: Request, row: &Row) -> Result<(), Failure> {
    waiting(row)?;
    let op = Op::Archive { register: "import".into(), id: row.id, base: row.rev };
    writer.commit_now(Change::one(request, permit.clone(), op)).map(|_| ())
}

fn waiting(row: &Row) -> Result<Import, Failure> {
    let import: Import = row.value()?;
    if import.stage == Stage::Staged {
        return Ok(import);
    }
    Err(Refusal::whole(
        "この取込みは、もう始まっているか終わっています。取込みの画面を開き直してください",
        "This import has begun or ended already: open its page again",
    )
    .into())
}

/// Changes the record of an import, with other steps in the same change; its revision afterwards.
pub(super) fn edit(
    writer: &Writer,
    permit: &Permit,
    request: Request,
    row: &Row,
    patch: Body,
    ops: Vec<Op>,
) -> Result<u64, Failure> {
    let own = Op::Edit { register: "import".into(), id: row.id, base: row.rev, patch };
    let ops = std::iter::once(own).chain(ops).collect();
    let done = writer.commit_now(Change { request, permit: permit.clone(), ops, reason: None, side: Vec::new() })?;
    Ok(done.records.first().map_or(row.rev + 1, |(_, rev)| *rev))
}

/// Carries out a waiting import, if the file would still do what was shown (the digest of its trial). What it did, or
/// what stands against it now.
///
/// # Errors
/// That the register moved on since the trial; a failure of the store or the writer.
pub fn confirm(
    store: &Store,
    writer: &Writer,
    permit: &Permit,
    row: &Row,
    seen: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Trial, Failure> {
    let import = waiting(row)?;
    let choices = choices_of(&import)?;
    let bytes = kept(store, &import.sha256)?;
    let description = description(store, permit)?;
    let mut planner = Planner::new(Some(writer.incoming(u64::MAX)?));
    let mut looked = store.read_now(|reading| {
        walk(reading, &description, permit.actor(), (&bytes, &choices), &mut planner, &mut |rows| progress(rows, 0))
    })?;
    looked.digest = planner.digest();
    if looked.is_clean() && looked.digest != seen {
        return Err(Refusal::whole(
            "確かめた後に台帳が変わったため、取り込みませんでした。もう一度、内容を確かめてから取り込んでください",
            "The register changed after you looked, so nothing was brought in: look again, then confirm",
        )
        .into());
    }
    if !looked.is_clean() || looked.writes() == 0 {
        return Ok(looked);
    }
    drop(bytes);
    let plan = planner.keep()?;
    let total = looked.writes();
    let mut patch = Body::from_iter([
        ("stage".to_owned(), Value::from("running")),
        ("rows".to_owned(), count(looked.rows).into()),
        ("created".to_owned(), count(looked.created).into()),
        ("changed".to_owned(), count(looked.changed).into()),
        ("archived".to_owned(), count(looked.archived).into()),
        ("plan_sha256".to_owned(), plan.as_str().into()),
    ]);
    if total > AT_ONCE as u64 {
        let rev = edit(writer, permit, Request::parse(&format!("import-{}-start", row.id))?, row, patch, Vec::new())?;
        let row = Row { rev, ..row.clone() };
        carry_out(store, writer, permit, &row, (&plan, 0), progress)?;
        return Ok(looked);
    }
    let bytes = kept(store, &plan)?;
    let ops = plan::lines(&bytes).into_iter().map(|line| Ok(plan::step(line)?.forth(permit.register())));
    let ops = ops.collect::<Result<Vec<_>, Failure>>()?;
    patch.insert("stage".into(), "done".into());
    patch.insert("written".into(), count(total).into());
    edit(writer, permit, Request::parse(&format!("import-{}-whole", row.id))?, row, patch, ops)?;
    progress(total, total);
    Ok(looked)
}

pub(super) fn kept(store: &Store, sha256: &str) -> Result<Vec<u8>, Failure> {
    blob::read(store.folder(), sha256)?
        .ok_or_else(|| Failure::Broken(format!("the file {sha256} of an import is gone")))
}

/// Goes on with an import that stopped on its way.
///
/// # Errors
/// That it is not on its way; a failure of the store or the writer.
pub fn resume(
    store: &Store,
    writer: &Writer,
    permit: &Permit,
    row: &Row,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), Failure> {
    let import: Import = row.value()?;
    match (import.stage, &import.plan_sha256) {
        (Stage::Running, Some(plan)) => carry_out(store, writer, permit, row, (plan, import.written), progress),
        _ => Err(Refusal::whole("この取込みは途中ではありません", "This import is not under way").into()),
    }
}

/// Writes the steps of a plan from the `from`th on, so many at a time. Each step and how far the import has come are one
/// change: after a crash it goes on exactly where it stood.
fn carry_out(
    store: &Store,
    writer: &Writer,
    permit: &Permit,
    row: &Row,
    (plan, from): (&str, u32),
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), Failure> {
    let bytes = kept(store, plan)?;
    let lines = plan::lines(&bytes);
    let (mut row, mut at) = (row.clone(), from as usize);
    let total = lines.len();
    while at < total {
        let end = (at + STEP).min(total);
        let steps = lines[at..end].iter().map(|line| plan::step(line)).collect::<Result<Vec<_>, _>>()?;
        let rows = (steps.iter().map(Step::row).min().unwrap_or(0), steps.iter().map(Step::row).max().unwrap_or(0));
        let ops = steps.into_iter().map(|step| step.forth(permit.register())).collect();
        let mut patch = Body::from_iter([("written".to_owned(), count(end as u64).into())]);
        if end == total {
            patch.insert("stage".into(), "done".into());
        }
        let request = Request::parse(&format!("import-{}-{at}", row.id))?;
        row.rev = edit(writer, permit, request, &row, patch, ops).map_err(|failure| stopped(failure, rows))?;
        at = end;
        progress(at as u64, total as u64);
    }
    Ok(())
}

/// Why a step did not go: with its rows, and what to do.
fn stopped(failure: Failure, (first, last): (u32, u32)) -> Failure {
    let why = match failure {
        Failure::Refusal(refusal) => refusal.problems.into_iter().next().map(|problem| problem.say).unwrap_or_default(),
        Failure::Moved { .. } | Failure::Missing => {
            crate::say::Say::new("ほかの人が先に記録を変更しました", "Somebody changed a record meanwhile")
        }
        other => return other,
    };
    let (ja, en) = (why.ja, why.en);
    Refusal::whole(
        format!("{first}行目から{last}行目までのところで止まりました（{ja}）。その前の行は取り込み済みです。取り消すか、直したファイルを改めて取り込んでください（残りだけが変わります）"),
        format!("Stopped between rows {first} and {last} ({en}). The rows before are in: undo the import, or bring the corrected file in again, which changes only the rest"),
    )
    .into()
}

/// Brings a file in at once, as at the console: nothing is written when any row has a problem. An import of the same file
/// that stopped on its way goes on.
///
/// # Errors
/// A failure of the store or the writer.
pub fn import(
    store: &Store,
    writer: &Writer,
    permit: &Permit,
    (name, bytes): (&str, &[u8]),
    choices: &Choices,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Trial, Failure> {
    let sha256 = blob::sha256(bytes);
    let all = |reading: &Reading<'_>| reading.values::<Import>();
    let begun = store.read_now(all)?.into_iter().rev().find(|(_, import)| {
        import.stage == Stage::Running && import.register == permit.register() && import.sha256 == sha256
    });
    if let Some((row, import)) = begun {
        resume(store, writer, permit, &row, progress)?;
        let (rows, created) = (import.rows.into(), import.created.into());
        let (changed, archived) = (import.changed.into(), import.archived.into());
        return Ok(Trial { rows, created, changed, archived, ..Trial::default() });
    }
    let description = description(store, permit)?;
    let looked = store.read_now(|reading| {
        trial(reading, &description, permit.actor(), bytes, choices, &mut |rows| progress(rows, 0))
    })?;
    if !looked.is_clean() || looked.writes() == 0 {
        return Ok(looked);
    }
    let sha256 = writer.keep(bytes)?;
    let id = stage(store, writer, permit, Request::new(), (name, sha256), choices)?;
    let row = store.read_now(|reading| reading.find("import", id))?.ok_or(Failure::Missing)?;
    confirm(store, writer, permit, &row, &looked.digest, progress)
}
