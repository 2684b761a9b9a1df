//! The hook for the policy's rules (判断基準): what they want to read is fetched inside the writer's transaction and handed
//! over as plain facts; what they refuse is not written.
//!
//! Rules do no input or output. They see one change at a time, and answer within the commit, so they have to be quick.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::date::Date;
use base::id::Id;
use serde_json::Value;

use crate::describe::{Description, Kind};
use crate::find::{Reading, Row};
use crate::flat;
use crate::lifecycle::{Transition, effective};
use crate::record::Body;
use crate::say::{Failure, Problem, Refusal, Say};
use crate::store::{Db, DbError};

/// Most records that one path or one table may lead to.
pub const MOST: usize = 1_000;
/// Most steps of a path.
pub const DEPTH: usize = 2;
/// A judgement that takes longer than this is told in the log: everybody else waits for it.
const SLOW: Duration = Duration::from_millis(10);

/// What rules want to read for an act on a register.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// Paths of link fields from the record, at most [`DEPTH`] steps: `asset`, `asset.owner`.
    pub links: Vec<String>,
    /// Registers to read whole, at most [`MOST`] records each.
    pub tables: Vec<String>,
}

/// Another record as rules see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Its id.
    pub id: Id,
    /// Its state as it reads today.
    pub state: String,
    /// Its fields.
    pub body: Body,
}

/// The record that a change is about, before or after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Its state as it reads today.
    pub state: String,
    /// Its fields.
    pub body: Body,
    /// What its links lead to, by path.
    pub links: BTreeMap<String, Vec<Known>>,
}

/// Everything that rules know of a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The register.
    pub register: String,
    /// `create`, `edit`, or `act:` and the transition's name.
    pub act: String,
    /// The record.
    pub id: Id,
    /// Today, in Japan.
    pub today: Date,
    /// The record before the change; nothing when it is new.
    pub before: Option<Seen>,
    /// The record as the change leaves it.
    pub after: Seen,
    /// Tables that were asked for, by register.
    pub tables: BTreeMap<String, Arc<Vec<Known>>>,
}

/// Why a rule refuses a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The field to put right, where there is one.
    pub at: Option<String>,
    /// What is wrong, and what to do about it (是正方法).
    pub say: Say,
    /// The record of the clause that it follows from.
    pub clause: Option<Id>,
}

type ReadsOf = dyn Fn(&str, &str) -> Option<Reads> + Send + Sync;
type Judge = dyn Fn(&Facts) -> Vec<Verdict> + Send + Sync;

/// The rules of the policy, as the writer asks them: what they read for an act on a register, and what they refuse.
#[derive(Clone)]
pub struct Rules {
    reads: Arc<ReadsOf>,
    judge: Arc<Judge>,
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rules")
    }
}

impl Rules {
    /// Rules from their two functions. `reads` says `None` where no rule concerns the act, which then costs nothing.
    pub fn new(
        reads: impl Fn(&str, &str) -> Option<Reads> + Send + Sync + 'static,
        judge: impl Fn(&Facts) -> Vec<Verdict> + Send + Sync + 'static,
    ) -> Self {
        Self { reads: Arc::new(reads), judge: Arc::new(judge) }
    }

    /// A house without rules.
    pub fn none() -> Self {
        Self::new(|_, _| None, |_| Vec::new())
    }

    /// What is read for this act. Rules act where a record is made or changed, and where it has a lifecycle only at
    /// transitions that give leave for something.
    pub(crate) fn reads(&self, description: &Description, act: &str) -> Option<Reads> {
        let judged = match (&description.lifecycle, act.strip_prefix("act:")) {
            (Some(lifecycle), Some(name)) => lifecycle.transition(name).is_some_and(|step| step.grants),
            (Some(_), None) => false,
            (None, _) => act == "create" || act == "edit",
        };
        if judged { (self.reads)(&description.name, act) } else { None }
    }

    /// Asks the rules. One that breaks refuses: nothing is let through since a rule could not be asked.
    pub(crate) fn ask(&self, facts: &Facts) -> Result<(), Refusal> {
        let begun = Instant::now();
        let verdicts = catch_unwind(AssertUnwindSafe(|| (self.judge)(facts))).unwrap_or_else(|_| {
            tracing::error!(register = facts.register, act = facts.act, "a rule of the policy broke");
            vec![Verdict { at: None, say: unjudged(), clause: None }]
        });
        let took = begun.elapsed();
        if took > SLOW {
            tracing::warn!(register = facts.register, act = facts.act, ?took, "rules of the policy were slow");
        }
        let problems =
            verdicts.into_iter().map(|verdict| Problem { field: verdict.at, say: verdict.say, clause: verdict.clause });
        Refusal { problems: problems.collect() }.or_ok()
    }
}

fn unjudged() -> Say {
    Say::new(
        "方針の判断基準を確かめられなかったため、保存していません。情報セキュリティの担当に知らせてください",
        "The policy's criteria could not be checked, so nothing was saved: tell those in charge of information security",
    )
}

/// What the rules would refuse if this transition were taken now: for whoever is about to ask for it or to decide.
///
/// # Errors
/// The store's failure.
pub fn ahead(reading: &Reading<'_>, rules: &Rules, row: &Row, step: &Transition) -> Result<Refusal, Failure> {
    let description = reading.registers().description(&row.register).ok_or(Failure::Missing)?;
    let act = format!("act:{}", step.name);
    let Some(reads) = rules.reads(description, &act) else { return Ok(Refusal::default()) };
    let reader = Reader { db: reading.db(), today: reading.today() };
    let mut tables = BTreeMap::new();
    for register in &reads.tables {
        tables.insert(register.clone(), Arc::new(reader.table(register)?));
    }
    let before = reader.seen(description, &row.state, &row.body, &reads)?;
    let after = Seen { state: step.to.to_string(), ..before.clone() };
    let (register, today) = (row.register.clone(), reading.today());
    let facts = Facts { register, act, id: row.id, today, before: Some(before), after, tables };
    Ok(rules.ask(&facts).err().unwrap_or_default())
}

/// Reads what rules ask for, at one moment of the database.
pub(crate) struct Reader<'a> {
    pub(crate) db: &'a Db,
    pub(crate) today: Date,
}

impl Reader<'_> {
    /// A record with what its links lead to.
    pub(crate) fn seen(
        &self,
        description: &Description,
        state: &str,
        body: &Body,
        reads: &Reads,
    ) -> Result<Seen, Failure> {
        let mut links = BTreeMap::new();
        for path in &reads.links {
            let mut steps = path.split('.');
            let first = steps.next().unwrap_or_default();
            let is_link = description.field(first).is_some_and(|field| matches!(field.kind, Kind::Link { .. }));
            if !is_link || path.split('.').count() > DEPTH {
                return Err(Failure::Broken(format!(
                    "a rule reads {path} of {}, which is no such path",
                    description.name
                )));
            }
            let mut found = self.linked(std::iter::once(body), first)?;
            for step in steps {
                found = self.linked(found.iter().map(|known| &known.body), step)?;
            }
            links.insert(path.clone(), found);
        }
        Ok(Seen { state: state.to_owned(), body: body.clone(), links })
    }

    fn linked<'b>(&self, bodies: impl Iterator<Item = &'b Body>, field: &str) -> Result<Vec<Known>, Failure> {
        let mut found = Vec::new();
        for body in bodies {
            let ids = match body.get(field) {
                Some(Value::Array(items)) => items.as_slice(),
                Some(one) => std::slice::from_ref(one),
                None => &[],
            };
            for id in ids.iter().filter_map(Value::as_str) {
                self.add(&mut found, "WHERE id = ?1", id)?;
            }
        }
        Ok(found)
    }

    /// A register whole, without what was put away.
    pub(crate) fn table(&self, register: &str) -> Result<Vec<Known>, Failure> {
        let mut found = Vec::new();
        let rest = format!("WHERE register = ?1 AND archived = 0 ORDER BY n LIMIT {}", MOST + 1);
        self.add(&mut found, &rest, register)?;
        Ok(found)
    }

    fn add(&self, found: &mut Vec<Known>, rest: &str, cell: &str) -> Result<(), Failure> {
        let sql = format!("SELECT id, state, until, archived, body FROM record {rest}");
        let mut lines = Vec::new();
        self.db.each::<DbError>(&sql, &[cell.into()], |line| {
            lines.push(line);
            Ok(())
        })?;
        for line in lines {
            let broken = |what: String| Failure::Broken(what);
            found.push(Known {
                id: line.text(0).parse().map_err(|_| broken(format!("a record has the id {}", line.text(0))))?,
                state: effective(line.text(1), flat::end(line.text(2)), line.int(3) != 0, self.today).to_owned(),
                body: serde_json::from_str(line.text(4)).map_err(|e| broken(e.to_string()))?,
            });
        }
        if found.len() > MOST {
            return Err(Refusal::whole(
                format!("方針の判断基準が見る記録が{MOST}件を超えるため、保存できません。情報セキュリティの担当に知らせてください"),
                format!("The policy's criteria would look at more than {MOST} records: tell those in charge of information security"),
            )
            .into());
        }
        Ok(())
    }
}
