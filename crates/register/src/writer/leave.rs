//! Whether a permit gives leave for what a change wants to do.

use base::id::Id;
use serde_json::Value;

use crate::built_in::Decision;
use crate::change::Op;
use crate::describe::Description;
use crate::own::describes;
use crate::permit::{Action, Permit, Subject, Who};
use crate::record::{Body, Record};
use crate::say::{Failure, Refusal};

/// Whether the permit covers this operation: the record that it names, or a part of it.
pub(super) fn covered(permit: &Permit, op: &Op, description: &Description) -> Result<(), Failure> {
    let (register, id) = op.object();
    let own = permit.register() == register;
    let part = description.part_of.as_deref() == Some(permit.register());
    let same = own && permit.id() == Some(id);
    let about = |body: &Body| {
        let about = body.get("about").and_then(Value::as_str).and_then(|about| about.parse().ok());
        permit.id().is_some() && about == permit.id()
    };
    let decision = |body: &Body, name: &str| {
        register == Decision::REGISTER.name && about(body) && body.get("step").and_then(Value::as_str) == Some(name)
    };
    // A part of the house that brings in brings in whole documents and houses, over all registers.
    let engine = matches!(permit.actor().who, Who::Engine(_));
    let hidden_only = |patch: &Body| patch.keys().all(|name| description.field(name).is_some_and(|field| field.hidden));
    let covered = match (permit.action(), op) {
        (Action::Create, Op::Create { .. }) => own || part,
        (Action::Edit, Op::Edit { .. } | Op::Archive { .. }) => same || part,
        (Action::Act(name), Op::Create { body, .. }) => part || decision(body, &name),
        (Action::Create | Action::Edit | Action::Act(_), Op::Create { .. } | Op::Edit { .. } | Op::Archive { .. }) => {
            part
        }
        (Action::Import, Op::Create { .. } | Op::Edit { .. }) => own || part || engine || register == "import",
        (Action::Import, Op::Archive { .. }) => own || register == "import",
        (Action::Import, Op::Restore { .. }) => own,
        (Action::Export, Op::Create { .. }) => register == "export",
        (Action::Act(name), Op::Act { transition, .. }) => same && &*name == transition.as_ref(),
        (Action::Comment, Op::Create { body, .. }) => register == "comment" && about(body),
        (Action::Attach, Op::Create { body, .. }) => register == "attachment" && about(body),
        (Action::View | Action::Export | Action::Seal | Action::Administer, Op::Noted { .. })
        | (Action::Erase, Op::Erase { .. }) => same,
        (Action::Erase, Op::Create { body, .. }) => register == "erasure" && about(body),
        // Whether it is about this record is looked at where its body is known.
        (Action::Erase, Op::Act { .. }) => register == "erasure",
        (Action::Administer, Op::Edit { patch, .. }) => same && hidden_only(patch),
        (Action::Describe, Op::Create { .. }) => own && describes(register),
        (Action::Describe, Op::Edit { .. }) => same && describes(register),
        (Action::Administer, Op::Create { .. }) => part,
        _ => false,
    };
    if covered { Ok(()) } else { Err(Failure::Refused) }
}

/// A record that is made or changed under a permit must be in the permit's scope, before and after. What is only part of
/// another record follows that record.
pub(super) fn still_inside(
    permit: &Permit,
    description: &Description,
    id: Id,
    (rev, state): (u64, &str),
    (unit, owner): (Option<Id>, Option<Id>),
) -> Result<(), Failure> {
    if permit.register() != description.name {
        return Ok(());
    }
    let subject =
        Subject { register: description.name.clone(), id: Some(id), rev, state: state.to_owned(), unit, owner };
    if permit.scope().admits(&subject) { Ok(()) } else { Err(outside(description)) }
}

fn outside(description: &Description) -> Failure {
    match &description.unit {
        Some(field) => Refusal::at(
            field,
            "この部署の記録を登録・変更する権限がありません。担当の部署を選んでください",
            "You may not keep records of this unit: choose a unit of yours",
        )
        .into(),
        None => Failure::Refused,
    }
}
