//! What one person must do: found in the records of the day, for whoever may act on them.

use base::date::Date;
use register::find::{Reading, Row};
use register::lifecycle::LAPSED;
use register::list::{self, Count, Query};
use register::permit::{Action, Actor, Role, scope};
use register::{Failure, Record, Word};

use ui::pages::applications::{own, to_review, waiting};

use crate::assets::{Asset, CarryOut};
use crate::documents::{Clause, Document, Edition};
use crate::standing::{Declaration, DeclarationKind, Evidence};

/// Days before an end from which it is a duty.
const AHEAD: i64 = 30;

/// One thing to do.
pub(super) enum Duty {
    /// No policy is there yet.
    ImportPolicy,
    /// An edition waits for its decision.
    Adopt { edition: Row, unsure: u32 },
    /// Applications wait for a decision.
    Decide { count: u64 },
    /// A substitute has decided in one's place.
    Review { decision: Row },
    /// An application was sent back.
    Correct { application: Row },
    /// What was carried out is to be brought back, or its return recorded.
    BringBack { carry_out: Row, until: Date },
    /// A declaration of 適用外 waits for a second person.
    Confirm { declaration: Row },
    /// Evidence is no longer fresh, or soon.
    Renew { clause: Row, paper: Row, until: Date },
    /// A declaration ends soon, or has ended.
    DeclareAgain { clause: Row, declaration: Row, until: Date },
    /// Assets wait for their inventory, the first by this day.
    Inventory { count: u64, until: Date },
    /// Assets have no place.
    Place { count: u64 },
}

impl Duty {
    /// The day by which it must be done.
    pub(super) fn due(&self) -> Option<Date> {
        match self {
            Duty::Renew { until, .. }
            | Duty::DeclareAgain { until, .. }
            | Duty::Inventory { until, .. }
            | Duty::BringBack { until, .. } => Some(*until),
            Duty::ImportPolicy
            | Duty::Adopt { .. }
            | Duty::Decide { .. }
            | Duty::Review { .. }
            | Duty::Correct { .. }
            | Duty::Confirm { .. }
            | Duty::Place { .. } => None,
        }
    }
}

/// The duties of an actor today: what is overdue, then what has no day of its own, then what comes.
pub(super) fn of(reading: &Reading<'_>, actor: &Actor) -> Result<Vec<Duty>, Failure> {
    let mut duties = Vec::new();
    let office = actor.holds(Role::Ciso) || actor.holds(Role::Chief);
    if office && reading.all(Document::REGISTER.name)?.is_empty() {
        duties.push(Duty::ImportPolicy);
    }
    applications(reading, actor, &mut duties)?;
    editions(reading, actor, &mut duties)?;
    declarations(reading, actor, office, &mut duties)?;
    evidence(reading, actor, office, &mut duties)?;
    assets(reading, actor, &mut duties)?;
    let today = reading.today();
    duties.sort_by_key(|duty| duty.due().unwrap_or(today));
    Ok(duties)
}

fn applications(reading: &Reading<'_>, actor: &Actor, duties: &mut Vec<Duty>) -> Result<(), Failure> {
    let count = waiting(reading, actor)?.len() as u64;
    if count > 0 {
        duties.push(Duty::Decide { count });
    }
    duties.extend(to_review(reading, actor)?.into_iter().map(|decision| Duty::Review { decision }));
    for row in own(reading, actor)? {
        match (row.state.as_str(), row.date("until")) {
            ("sent_back", _) => duties.push(Duty::Correct { application: row }),
            ("permitted" | LAPSED, Some(until)) if row.register == CarryOut::REGISTER.name => {
                duties.push(Duty::BringBack { carry_out: row, until });
            }
            _ => {}
        }
    }
    Ok(())
}

fn editions(reading: &Reading<'_>, actor: &Actor, duties: &mut Vec<Duty>) -> Result<(), Failure> {
    let adopt = scope(actor, reading.registers().of::<Edition>(), Action::Act(Word("adopt")));
    for (row, edition) in reading.values::<Edition>()? {
        if row.state == "draft" && adopt.admits(&row.subject()) {
            duties.push(Duty::Adopt { edition: row, unsure: edition.unsure });
        }
    }
    Ok(())
}

/// Whether the actor made this record: then it is theirs to renew.
fn mine(reading: &Reading<'_>, actor: &Actor, row: &Row) -> Result<bool, Failure> {
    Ok(reading.origin(row)?.actor == actor.ledger_name())
}

fn declarations(reading: &Reading<'_>, actor: &Actor, office: bool, duties: &mut Vec<Duty>) -> Result<(), Failure> {
    let today = reading.today();
    let confirm = scope(actor, reading.registers().of::<Declaration>(), Action::Act(Word("confirm")));
    let all = reading.values::<Declaration>()?;
    for (row, declaration) in &all {
        let theirs = mine(reading, actor, row)?;
        let waits = row.state == "declared" && declaration.kind == DeclarationKind::NotApplicable;
        if waits && !theirs && confirm.admits(&row.subject()) {
            duties.push(Duty::Confirm { declaration: row.clone() });
        }
        let newer = all.iter().any(|(row, other)| {
            let same = other.clause == declaration.clause && other.kind == declaration.kind;
            same && row.state != "withdrawn" && other.until > declaration.until
        });
        let ends = declaration.until <= today.plus_days(AHEAD) && row.state != "withdrawn";
        if ends
            && !newer
            && (office || theirs)
            && let Some(clause) = reading.find(Clause::REGISTER.name, declaration.clause.id)?
        {
            duties.push(Duty::DeclareAgain { clause, declaration: row.clone(), until: declaration.until });
        }
    }
    Ok(())
}

fn evidence(reading: &Reading<'_>, actor: &Actor, office: bool, duties: &mut Vec<Duty>) -> Result<(), Failure> {
    let soon = reading.today().plus_days(AHEAD);
    let all = reading.values::<Evidence>()?;
    for (row, paper) in &all {
        let newer = all.iter().any(|(_, other)| other.clause == paper.clause && other.fresh_until > paper.fresh_until);
        if paper.fresh_until > soon || newer || !(office || mine(reading, actor, row)?) {
            continue;
        }
        if let Some(clause) = reading.find(Clause::REGISTER.name, paper.clause.id)? {
            duties.push(Duty::Renew { clause, paper: row.clone(), until: paper.fresh_until });
        }
    }
    Ok(())
}

/// Assets that the actor keeps: whoever may edit them takes stock of them.
fn assets(reading: &Reading<'_>, actor: &Actor, duties: &mut Vec<Duty>) -> Result<(), Failure> {
    let description = reading.registers().of::<Asset>();
    let kept = scope(actor, description, Action::Edit);
    if kept.is_nothing() {
        return Ok(());
    }
    let soon = reading.today().plus_days(AHEAD);
    let due = Query {
        filters: vec![("review_by.to".to_owned(), vec![soon.to_string()])],
        order: list::Order::Up("review_by".to_owned()),
        rows: 1,
        ..Query::default()
    };
    let found = list::page(reading, description, &kept, &due)?;
    if let Some(until) = found.rows.first().and_then(|row| row.date("review_by")) {
        duties.push(Duty::Inventory { count: exactly(found.count), until });
    }
    let nowhere = Query { filters: vec![("place".to_owned(), vec![String::new()])], ..Query::default() };
    let count = exactly(list::count(reading, description, &kept, &nowhere)?);
    if count > 0 {
        duties.push(Duty::Place { count });
    }
    Ok(())
}

fn exactly(count: Count) -> u64 {
    match count {
        Count::Exactly(count) | Count::AtLeast(count) => count,
    }
}
