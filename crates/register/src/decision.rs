//! Decisions and separation of duties (決裁、職務の分離): whether those who stand behind an act may do it.
//!
//! What was decided is a record of its own ([`Decision`]), made in the same change as the transition that it is about.

use std::collections::BTreeSet;

use base::id::Id;
use serde_json::Value;

use crate::built_in::{Decision, Manner};
use crate::change::{Change, Op};
use crate::describe::Description;
use crate::find::{Reading, Row};
use crate::lifecycle::Transition;
use crate::permit::{Actor, Authority, Subject, authority};
use crate::record::{Body, Record};
use crate::say::{Failure, Refusal};
use crate::store::{Db, DbError};

/// The people who stand behind an act, by their names in entries: who did it or decided it elsewhere, and in whose place.
type People = BTreeSet<String>;

/// How the actor stands to this transition of a record as it is now; `None` when they may not do it, or someone behind an
/// earlier step must not. A recorder is always asked whose decision it was.
///
/// # Errors
/// The store's failure.
pub fn standing(
    reading: &Reading<'_>,
    actor: &Actor,
    row: &Row,
    step: &Transition,
) -> Result<Option<Authority>, Failure> {
    let description = reading.registers().description(&row.register).ok_or(Failure::Missing)?;
    let authority = authority(actor, step, &row.subject(), description);
    let mut people = People::from([actor.ledger_name()]);
    match authority {
        None | Some(Authority::Recorder) => return Ok(authority),
        Some(Authority::Own) => {}
        Some(Authority::InsteadOf(holder)) => _ = people.insert(holder.to_string()),
    }
    match apart(reading.db(), row.n, &row.body, step, &people) {
        Ok(()) => Ok(authority),
        Err(Failure::Refusal(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The people behind the transition that a change wants. A decision of the office must come with what was decided, and
/// must be theirs to make or to record.
pub(crate) fn behind(
    change: &Change,
    step: &Transition,
    subject: &Subject,
    description: &Description,
) -> Result<People, Failure> {
    let actor = change.permit.actor();
    if !step.decides {
        return Ok(People::from([actor.ledger_name()]));
    }
    let decision = decision(change, subject.id, step)?;
    let instead = decision.instead_of.map(|holder| holder.0);
    if decision.system.is_none() {
        let whole = decision.instead_of.is_none() && decision.manner != Manner::Substitute;
        let rightly = Some(decision.decider.0) == actor.person()
            && match authority(actor, step, subject, description).ok_or(Failure::Refused)? {
                Authority::Own => whole,
                Authority::InsteadOf(holder) => instead == Some(holder),
                Authority::Recorder => false,
            };
        if !rightly {
            return Err(Failure::Refused);
        }
    }
    Ok(people(&decision))
}

fn people(decision: &Decision) -> People {
    std::iter::once(decision.decider.0)
        .chain(decision.instead_of.map(|holder| holder.0))
        .map(|id| id.to_string())
        .collect()
}

/// What was decided, from the record that the change makes of it.
fn decision(change: &Change, about: Option<Id>, step: &Transition) -> Result<Decision, Failure> {
    let decisions = change.ops.iter().filter_map(|op| match op {
        Op::Create { register, body, .. } if register == Decision::REGISTER.name => {
            serde_json::from_value::<Decision>(Value::Object(body.clone())).ok()
        }
        _ => None,
    });
    let fitting: Vec<_> =
        decisions.filter(|decision| Some(decision.about.0) == about && decision.step == *step.name).collect();
    let [decision] = <[Decision; 1]>::try_from(fitting).map_err(|_| {
        Refusal::whole(
            "決裁日や決裁者などの決裁の内容を入力してください",
            "Enter what was decided: the day, by whom, and how",
        )
    })?;
    Ok(decision)
}

/// Separation of duties: whoever stands behind one of these steps can't stand behind the next one. A substitute counts as
/// the holder whose place they take.
pub(crate) fn apart(db: &Db, n: i64, body: &Body, step: &Transition, people: &People) -> Result<(), Failure> {
    for earlier in step.not_same_as.iter() {
        // A field of the record names somebody who must not do it either.
        let named = body.get(*earlier).and_then(Value::as_str).is_some_and(|id| people.contains(id));
        if named || !before(db, n, earlier)?.is_disjoint(people) {
            return Err(Refusal::whole(
                "申請や起案をした人は、この手続を行えません（代理の人も、代わる相手と同じ人とみなします）。ほかの人が行ってください（職務の分離）",
                "Whoever applied or drafted can't do this step, nor can their substitute: another person must (separation of duties)",
            )
            .into());
        }
    }
    Ok(())
}

/// The people behind the last time that this step was taken.
fn before(db: &Db, n: i64, step: &str) -> Result<People, Failure> {
    let what = if step == "create" { "create".to_owned() } else { format!("act:{step}") };
    let last = db.first(
        "SELECT actor FROM act WHERE n = ?1 AND what = ?2 ORDER BY seq DESC LIMIT 1",
        &[n.into(), what.into()],
    )?;
    let Some(last) = last else { return Ok(People::new()) };
    let mut newest = None;
    db.each::<DbError>(
        "SELECT r.body FROM record r WHERE r.register = 'decision'
         AND r.n IN (SELECT l.source FROM link l WHERE l.target = ?1 AND l.field = 'about') ORDER BY r.n",
        &[n.into()],
        |line| {
            let decision = serde_json::from_str::<Decision>(line.text(0)).ok();
            newest = decision.filter(|decision| decision.step == step).or(newest.take());
            Ok(())
        },
    )?;
    Ok(match newest {
        Some(decision) => people(&decision),
        None => People::from([last.text(0).to_owned()]),
    })
}
