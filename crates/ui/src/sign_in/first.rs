//! The first set-up of a house, by a one-time link on the console.

use base::id::Id;
use register::change::{Change, Request, Side};
use register::permit::{Action, Actor, Subject, decide};
use register::{Failure, Refusal};

use super::{account, password, session};
use crate::app::{App, First};

/// Opens the set-up, if no account exists yet: the token of the link, which works once and until the process ends.
///
/// # Errors
/// When the store can't be read.
///
/// # Panics
/// When another thread panicked while it held the token.
pub fn open_setup(app: &App) -> Result<Option<String>, Failure> {
    let new = app.store.read_now(|reading| Ok(reading.all("account")?.is_empty()))?;
    if !new {
        return Ok(None);
    }
    let token = base::random::token();
    *app.setup.lock().expect("nobody panics while holding the token") = Some(session::hash(&token));
    Ok(Some(token))
}

/// Whether the token is the one of the open set-up.
pub(super) fn is_open(app: &App, token: &str) -> bool {
    app.setup.lock().expect("nobody panics while holding the token").is_some_and(|open| same(&open, token))
}

/// An open set-up in the hands of one request, so that two can't use it at once.
pub(super) struct Open([u8; 32]);

/// Takes the open set-up, if the token is its own.
pub(super) fn take(app: &App, token: &str) -> Option<Open> {
    let mut open = app.setup.lock().expect("nobody panics while holding the token");
    open.take_if(|open| same(open, token)).map(Open)
}

/// Opens the set-up again, after a refusal.
pub(super) fn put_back(app: &App, Open(hash): Open) {
    *app.setup.lock().expect("nobody panics while holding the token") = Some(hash);
}

fn same(open: &[u8; 32], token: &str) -> bool {
    use subtle::ConstantTimeEq;
    open.ct_eq(&session::hash(token)).into()
}

/// Makes the first records and the first account: the house is then in use.
///
/// # Errors
/// A refusal at the field to correct; failures of the writer.
pub async fn set_up(app: &App, request: Request, first: &First, login: &str, secret: &str) -> Result<Id, Failure> {
    let mut refusal = Refusal::default();
    for (field, value, ja, en) in [
        ("body", &first.body, "団体名を入力してください", "Enter the name of your organisation"),
        ("unit", &first.unit, "所属を入力してください", "Enter your section"),
        ("person", &first.person, "氏名を入力してください", "Enter your name"),
        ("post", &first.post, "職名を入力してください", "Enter your post"),
    ] {
        if value.trim().is_empty() {
            refusal.and(Refusal::at(field, ja, en));
        }
    }
    let phc = match password::hash(secret) {
        Ok(phc) => phc,
        Err(short) => {
            refusal.and(short);
            String::new()
        }
    };
    refusal.or_ok()?;
    let description = app.store.registers().description("account").ok_or(Failure::Missing)?.clone();
    let permit = decide(&Actor::engine("setup"), Action::Import, &Subject::register("account"), &description)?;
    let (person, mut ops) = (app.areas.first_records)(&app.store, first);
    let id = Id::new(app.store.clock());
    let (op, credential) = account::new_account(id, login, person, phc);
    ops.push(op);
    let body = Side::Setting { name: "body_name", value: Some(first.body.trim().to_owned()) };
    app.writer.commit(Change { request, permit, ops, reason: None, side: vec![credential, body] }).await?;
    Ok(id)
}
