//! Taking an import back as one act, while nothing has touched its records since: what it added is put away, what it
//! changed has its former values again, what it put away comes back.

use base::id::Id;
use serde_json::Value;

use super::import::kept;
use super::plan::{self, Step};
use super::{AT_ONCE, STEP};
use crate::built_in::{Import, Stage};
use crate::change::{Change, Op, Request};
use crate::find::{Reading, Row};
use crate::permit::Permit;
use crate::record::Body;
use crate::say::{Failure, Refusal};
use crate::store::Store;
use crate::writer::Writer;

/// A record that was touched after an import, so that the import can't be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// The record.
    pub id: Id,
    /// What it is called.
    pub title: String,
}

/// Records that are named at most.
const NAMED: usize = 200;

/// How much of an import stands: so many steps from the first.
fn standing(import: &Import) -> Result<(&str, usize), Failure> {
    let begun = matches!(import.stage, Stage::Running | Stage::Done | Stage::Undoing);
    match &import.plan_sha256 {
        Some(plan) if begun => Ok((plan, import.written as usize)),
        _ => {
            Err(Refusal::whole("この取込みは、取り消すものがありません", "There is nothing to undo in this import")
                .into())
        }
    }
}

/// The records of an import that were touched since, the first of them; none when it can be undone.
///
/// # Errors
/// That there is nothing to undo; the store's failure.
pub fn touched(store: &Store, reading: &Reading<'_>, import: &Import) -> Result<Vec<Touched>, Failure> {
    let (plan, steps) = standing(import)?;
    let bytes = kept(store, plan)?;
    let mut touched = Vec::new();
    for line in plan::lines(&bytes).into_iter().take(steps) {
        let (id, rev) = plan::step(line)?.leaves();
        let row = reading.any(id)?.ok_or_else(|| Failure::Broken(format!("the imported record {id} is gone")))?;
        if row.rev != rev {
            touched.push(Touched { id, title: row.title });
            if touched.len() >= NAMED {
                break;
            }
        }
    }
    Ok(touched)
}

/// Undoes an import: the whole of it in one change, or in steps where it is large.
///
/// # Errors
/// A refusal that names records that were touched since; what the writer says.
pub fn undo(
    store: &Store,
    writer: &Writer,
    permit: &Permit,
    row: &Row,
    reason: Option<String>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), Failure> {
    let import: Import = row.value()?;
    let (plan, steps) = standing(&import)?;
    let later = store.read_now(|reading| touched(store, reading, &import))?;
    if let [first, ..] = later.as_slice() {
        let count = later.len();
        return Err(Refusal::whole(
            format!("取込みの後に変更された記録が{count}件あるため（「{}」など）、取り消せません", first.title),
            format!("{count} records were changed after the import ({} and others): it can't be undone", first.title),
        )
        .into());
    }
    let bytes = kept(store, plan)?;
    let lines = plan::lines(&bytes);
    let (mut row, mut left) = (row.clone(), steps.min(lines.len()));
    let total = left;
    let most = if total <= AT_ONCE { AT_ONCE } else { STEP };
    loop {
        let from = left.saturating_sub(most);
        let steps = lines[from..left].iter().rev().map(|line| plan::step(line)).collect::<Result<Vec<Step>, _>>()?;
        let own = Op::Edit {
            register: "import".into(),
            id: row.id,
            base: row.rev,
            patch: Body::from_iter([
                ("stage".to_owned(), Value::from(if from == 0 { "undone" } else { "undoing" })),
                ("written".to_owned(), Value::from(u32::try_from(from).unwrap_or(u32::MAX))),
            ]),
        };
        let back = steps.into_iter().map(|step| step.back(permit.register()));
        let change = Change {
            request: Request::parse(&format!("undo-{}-{left}", row.id))?,
            permit: permit.clone(),
            ops: std::iter::once(own).chain(back).collect(),
            reason: reason.clone(),
            side: Vec::new(),
        };
        row.rev = match writer.commit_now(change) {
            Ok(done) => done.records.first().map_or(row.rev + 1, |(_, rev)| *rev),
            Err(Failure::Moved { .. }) => {
                return Err(Refusal::whole(
                    "取り消している間に、ほかの人が記録を変更しました。画面を開き直して確かめてください",
                    "Somebody changed a record meanwhile: open the page again",
                )
                .into());
            }
            Err(failure) => return Err(failure),
        };
        left = from;
        progress((total - left) as u64, total as u64);
        if left == 0 {
            return Ok(());
        }
    }
}
