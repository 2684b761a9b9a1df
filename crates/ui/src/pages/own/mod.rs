//! Pages for registers and fields of the organisation's own (独自の台帳と項目): what there is, a form for each with a look
//! at what it makes, and no word of how it is kept.

mod fields;
mod preview;
mod registers;

pub(crate) use registers::places;

use std::collections::HashSet;

use axum::http::Method;
use axum::routing::get;
use base::date::Date;
use base::id::Id;
use maud::{Markup, html};
use register::change::{Change, Op};
use register::find::{Reading, Row};
use register::permit::{Action, Permit, Subject, decide};
use register::{Body, Description, Failure, Record, Refusal, Registers};
use serde_json::Value;

use self::preview::Preview;
use crate::parts::{self, Fault, Mood, Notice};
use crate::route::{Guard, Limits, Route};
use crate::say::{Text, text};
use crate::visit::{Page, Posted};
use register::own::{OwnField, OwnRegister};

const REGISTER: &str = OwnRegister::REGISTER.name;
const FIELD: &str = OwnField::REGISTER.name;

/// The routes of these pages.
pub const ROUTES: &[Route] = &[
    Route::new(Method::GET, "/own", Guard::On(REGISTER, Action::List), Limits::PAGE, || get(registers::all)),
    Route::new(Method::GET, "/own/registers/new", Guard::On(REGISTER, Action::Describe), Limits::PAGE, || {
        get(registers::new)
    }),
    Route::new(Method::POST, "/own/registers/new", Guard::On(REGISTER, Action::Describe), Limits::FORM, || {
        axum::routing::post(registers::add)
    }),
    Route::new(Method::GET, "/own/registers/{id}", Guard::On(REGISTER, Action::Describe), Limits::PAGE, || {
        get(registers::one)
    }),
    Route::new(Method::POST, "/own/registers/{id}", Guard::On(REGISTER, Action::Describe), Limits::FORM, || {
        axum::routing::post(registers::change)
    }),
    Route::new(Method::GET, "/own/fields", Guard::On(FIELD, Action::List), Limits::PAGE, || get(fields::all)),
    Route::new(Method::GET, "/own/fields/new", Guard::On(FIELD, Action::Describe), Limits::PAGE, || get(fields::new)),
    Route::new(Method::POST, "/own/fields/new", Guard::On(FIELD, Action::Describe), Limits::FORM, || {
        axum::routing::post(fields::add)
    }),
    Route::new(Method::GET, "/own/fields/{id}", Guard::On(FIELD, Action::Describe), Limits::PAGE, || get(fields::one)),
    Route::new(Method::POST, "/own/fields/{id}", Guard::On(FIELD, Action::Describe), Limits::FORM, || {
        axum::routing::post(fields::change)
    }),
];

const TITLE: Text = text("独自の台帳と項目", "Own registers and fields");
const FIELDS: Text = text("追加した項目", "Fields added");
const LOOK: Text = text("見え方を確かめる", "See how it looks");
const ADD: Text = text("追加する", "Add");
const SAVE: Text = text("変更を保存する", "Save the changes");
const IN_DATA: Text = text("データ上の名前（任意）", "Name in data (optional)");
const IN_DATA_HINT: Text = text(
    "CSVなどのデータで使う名前です。空のままでかまいません。決める場合は半角の英小文字・数字・下線（_）で入力してください。後から変更できません。",
    "Used in data such as CSV. It may stay empty. Otherwise use lower-case letters, digits and underscores. It can't be changed later.",
);
const ENGLISH: Text = text("英語の名前（任意）", "Name in English (optional)");
const RETIRED: Text = text("使用をやめる", "No longer in use");
const IN_USE: Text = text("使用中", "In use");
const OUT_OF_USE: Text = text("使用をやめた", "Retired");
const HISTORY: Text = text("変更の履歴", "History");
const STATE: Text = text("使用", "Use");

/// Whether a form is of something that is there.
#[derive(Clone, Copy)]
enum Kept<'a> {
    /// With the name that it gets when nobody gives one.
    New(&'a str),
    There(&'a Row),
}

/// What a description would be with this body.
type Tried = fn(&Registers, Body, Date) -> Result<Description, Refusal>;

/// A look at the register that would come of it, where it fits.
async fn seen(page: &Page, tried: Tried, body: &Body) -> Result<Result<Preview, Refusal>, Failure> {
    let body = body.clone();
    let look = move |page: &Page, reading: &Reading<'_>| match tried(reading.registers(), body, reading.today()) {
        Ok(description) => Preview::of(page, reading, description).map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    };
    page.read(look).await
}

/// How often a made-up name is tried again when somebody else takes it in the meantime.
const TRIES: usize = 5;

/// What a form shows: the fields as they stand or were sent, and what is wrong with them.
struct Sheet {
    body: Body,
    refusal: Refusal,
}

impl Sheet {
    fn text(&self, field: &str) -> &str {
        self.body.get(field).and_then(Value::as_str).unwrap_or("")
    }

    fn is(&self, field: &str) -> bool {
        self.body.get(field) == Some(&Value::Bool(true))
    }

    fn words(&self, field: &str) -> Vec<&str> {
        let items = self.body.get(field).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    fn error<'a>(&'a self, page: &'a Page, field: &str) -> Option<&'a str> {
        let problem = self.refusal.problems.iter().find(|problem| problem.field.as_deref() == Some(field));
        problem.map(|problem| page.say(&problem.say))
    }

    /// What is wrong, with links to the controls; what concerns none of them stands for itself.
    fn faults(&self, page: &Page, controls: &[&str]) -> Markup {
        let known = |name: &str| controls.contains(&name);
        let (at, whole): (Vec<_>, Vec<_>) =
            self.refusal.problems.iter().partition(|problem| problem.field.as_deref().is_some_and(known));
        let faults: Vec<_> = at
            .iter()
            .map(|problem| Fault { name: problem.field.as_deref().unwrap_or(""), message: page.say(&problem.say) })
            .collect();
        html! {
            (parts::error_summary(page.lang, &faults))
            @for problem in whole { (parts::notice(page.lang, &Notice { mood: Mood::Bad, text: page.say(&problem.say).to_owned(), more: None })) }
        }
    }
}

/// Trimmed text of a control; nothing when it is empty.
fn typed(form: &Posted, name: &str) -> Value {
    let text = form.get(name).trim();
    if text.is_empty() { Value::Null } else { text.into() }
}

/// Whether a box is ticked.
fn ticked(form: &Posted, name: &str) -> Value {
    Value::Bool(form.get(name) == "true")
}

/// The name in data that a form gives, or the one that was made up for it.
fn name_in_data(form: &Posted) -> String {
    let given = form.get("name").trim();
    match given {
        "" => form.get("proposed").to_owned(),
        given if given.starts_with("x_") => given.to_owned(),
        given => format!("x_{given}"),
    }
}

/// The first name that nobody has: `x_1`, `x_2` and so on.
fn free_name<'a>(taken: impl Iterator<Item = &'a str>) -> String {
    let taken: HashSet<&str> = taken.collect();
    let mut numbers = 1..;
    let free =
        numbers.find_map(|number: u32| Some(format!("x_{number}")).filter(|name| !taken.contains(name.as_str())));
    free.expect("numbers don't end before names do")
}

/// Leave to describe a register or field of the organisation's own as a whole.
fn permit(page: &Page, register: &str) -> Result<Permit, Failure> {
    let description = page.registers.description(register).ok_or(Failure::Missing)?;
    decide(&page.actor, Action::Describe, &Subject::register(register), description)
}

/// Opens the description of that id for a change.
fn open(page: &Page, reading: &Reading<'_>, register: &str, id: &str) -> Result<(Row, Permit), Failure> {
    let row = reading.find(register, id.parse().map_err(|_| Failure::Missing)?)?.ok_or(Failure::Missing)?;
    let description = reading.registers().description(register).ok_or(Failure::Missing)?;
    let permit = decide(&page.actor, Action::Describe, &row.subject(), description)?;
    Ok((row, permit))
}

/// Adds a description; its name in data. One that was made up is made up again when somebody took it meanwhile.
async fn create(page: &Page, register: &'static str, form: &Posted, mut body: Body) -> Result<String, Failure> {
    let made_up = form.get("name").trim().is_empty();
    for _ in 0..TRIES {
        let op = Op::Create { register: register.into(), id: Id::new(page.app.store.clock()), body: body.clone() };
        let change = Change::one(form.request.clone(), permit(page, register)?, op);
        let refusal = match page.app.writer.commit(change).await {
            Ok(_) => return Ok(body.get("name").and_then(Value::as_str).unwrap_or("").to_owned()),
            Err(Failure::Refusal(refusal)) => refusal,
            Err(failure) => return Err(failure),
        };
        let taken = refusal.problems.iter().all(|problem| problem.field.as_deref() == Some("name"));
        if !(made_up && taken) {
            return Err(refusal.into());
        }
        let rows = page.read(move |_, reading| reading.all(register)).await?;
        body.insert("name".into(), free_name(rows.iter().map(|row| row.text("name"))).into());
    }
    Err(Failure::Busy)
}

/// Changes a description; a value that is gone is emptied.
async fn save(page: &Page, row: &Row, permit: Permit, form: &Posted, body: Body) -> Result<(), Failure> {
    let mut patch = body;
    patch.retain(|name, value| row.body.get(name).unwrap_or(&Value::Null) != value);
    let base = form.get("rev").parse().unwrap_or(0);
    if patch.is_empty() && base == row.rev {
        return Ok(());
    }
    let op = Op::Edit { register: row.register.clone().into(), id: row.id, base, patch };
    page.app.writer.commit(Change::one(form.request.clone(), permit, op)).await.map(|_| ())
}

/// The word for whether something is still in use.
fn use_of(page: &Page, retired: bool) -> Markup {
    let (tone, word) = if retired { (parts::Tone::Void, OUT_OF_USE) } else { (parts::Tone::Good, IN_USE) };
    parts::chip(tone, word.in_(page.lang))
}
