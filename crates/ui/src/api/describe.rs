//! The registers that a program may use, as it sees them.

use std::sync::Arc;

use axum::http::StatusCode;
use register::Description;
use register::describe::{Field, Kind};
use register::permit::{self, Action};
use serde_json::{Value, json};

use super::answer;
use super::sent::shown;
use crate::answer::Answer;
use crate::visit::Page;

/// What can be done with a register as a whole or with a record of it, by its name here.
pub(super) const ACTIONS: [(&str, Action); 5] = [
    ("list", Action::List),
    ("view", Action::View),
    ("create", Action::Create),
    ("edit", Action::Edit),
    ("attach", Action::Attach),
];

/// The registers of which this program may see something.
pub(super) fn open_to(page: &Page) -> Vec<Arc<Description>> {
    let registers = page.registers.all().cloned();
    registers.filter(|description| !may(page, description).is_empty()).collect()
}

/// The names of what this program may do with some record of a register.
pub(super) fn may(page: &Page, description: &Description) -> Vec<&'static str> {
    let allowed = |action: Action| !permit::scope(&page.actor, description, action).is_nothing();
    ACTIONS.into_iter().filter(|(_, action)| allowed(*action)).map(|(name, _)| name).collect()
}

/// The registers.
pub(super) async fn registers(page: Page) -> Answer {
    let all: Vec<Value> = open_to(&page).iter().map(|description| register(&page, description)).collect();
    Ok(answer(StatusCode::OK, &json!({ "registers": all })))
}

fn register(page: &Page, description: &Description) -> Value {
    let steps = description.lifecycle.iter().flat_map(|lifecycle| lifecycle.transitions.iter());
    let steps: Vec<Value> = steps
        .map(|step| {
            json!({
                "name": step.name, "label": { "ja": step.ja, "en": step.en }, "from": step.from, "to": step.to,
                "requires": step.requires,
            })
        })
        .collect();
    json!({
        "name": description.name,
        "label": description.label,
        "title": description.title,
        "fields": description.fields.iter().filter(|field| shown(field)).map(field).collect::<Vec<_>>(),
        "filters": description.facets,
        "sorts": description.sorts.iter().map(|sort| sort.trim_start_matches('-')).collect::<Vec<_>>(),
        "transitions": steps,
        "may": may(page, description),
    })
}

fn field(field: &Field) -> Value {
    let kind = match &field.kind {
        Kind::Text { .. } => "text",
        Kind::Long { .. } => "long",
        Kind::Bool => "bool",
        Kind::Integer { .. } => "integer",
        Kind::Date => "date",
        Kind::Choice { .. } => "choice",
        Kind::Scale { .. } => "scale",
        Kind::Link { .. } => "link",
    };
    let mut one = json!({
        "name": field.name, "label": field.label, "help": field.help, "kind": kind,
        "required": field.required, "many": field.many, "fixed": field.fixed,
    });
    match &field.kind {
        Kind::Text { max } | Kind::Long { max } => one["max"] = json!(max),
        Kind::Integer { min, max } => (one["min"], one["max"]) = (json!(min), json!(max)),
        Kind::Choice { options } => one["options"] = json!(options),
        Kind::Scale { scale } => one["scale"] = json!(scale),
        Kind::Link { to } => one["to"] = json!(to.as_deref().unwrap_or("*")),
        Kind::Bool | Kind::Date => {}
    }
    one
}
