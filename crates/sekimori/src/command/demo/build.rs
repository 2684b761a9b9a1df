//! Builds the fictional association from its files.

use std::fs;
use std::io;

use base::id::Id;
use register::change::{Change, Op, Request, Side};
use register::permit::{Action, Actor, Who, decide};
use register::{Body, Failure, Record, Store};
use serde::Deserialize;
use serde_json::Value;

use super::super::{init, register as registers, user};
use crate::folder::Folder;
use crate::house::{self, House, Kind};
use crate::progress;
use crate::trouble::{Outcome, Trouble};

/// What the policy is and when it was decided. The other organs have days of their own, in their register.
const POLICY: (&str, &[u8]) = ("policy.md", include_bytes!("../../../demo/policy.md"));
const DECIDED_ON: &str = "2026-03-26";
const EFFECTIVE_ON: &str = "2026-04-01";
/// Whose decision it is: the login of the chief.
const CHIEF: &str = "murakami";
/// The name of the association.
const BODY: &str = "越路広域事務組合";

/// Register, file and its content, in order: a row can only link to what is in already.
const FILES: &[(&str, &str, &[u8])] = &[
    ("organ", "organs.csv", include_bytes!("../../../demo/organs.csv")),
    ("unit", "units.csv", include_bytes!("../../../demo/units.csv")),
    ("unit", "units-parents.csv", include_bytes!("../../../demo/units-parents.csv")),
    ("person", "people.csv", include_bytes!("../../../demo/people.csv")),
    ("role_holding", "roles.csv", include_bytes!("../../../demo/roles.csv")),
    ("asset", "assets.csv", include_bytes!("../../../demo/assets.csv")),
    ("asset", "assets-depends.csv", include_bytes!("../../../demo/assets-depends.csv")),
    ("evidence", "evidence.csv", include_bytes!("../../../demo/evidence.csv")),
    ("declaration", "declarations.csv", include_bytes!("../../../demo/declarations.csv")),
    ("carry_out", "carry-outs.csv", include_bytes!("../../../demo/carry-outs.csv")),
    ("exception", "exceptions.csv", include_bytes!("../../../demo/exceptions.csv")),
];

/// An account of the demonstration.
#[derive(Debug, Deserialize)]
pub(super) struct Account {
    /// Login name.
    pub(super) login: String,
    /// The staff number of its person.
    person: String,
    /// What to look at first, in Japanese.
    pub(super) ja: String,
    /// The same in English.
    pub(super) en: String,
}

#[derive(Deserialize)]
struct Accounts {
    account: Vec<Account>,
}

/// The accounts of the demonstration.
pub(super) fn accounts() -> Vec<Account> {
    let text = include_str!("../../../demo/accounts.toml");
    toml::from_str::<Accounts>(text).expect("the file is part of the program, and a test reads it").account
}

/// Builds it in place of one that was broken off half-way.
pub(super) fn anew(folder: &Folder, password: &str) -> Outcome {
    clear(folder)?;
    let house = House::begin(folder)?;
    let steps = FILES.len() + accounts().len() + 3;
    let bar = progress::bar(steps as u64, "準備 building");
    init::first_grades(&house, Vec::new())?;
    bar.inc(1);
    let console = Actor::engine("console");
    let brought = areas::documents::bring_in(&house.store, &house.writer, &console, POLICY.0, POLICY.1)?;
    bar.inc(1);
    for (register, file, bytes) in FILES {
        let trial = registers::bring_in(&house, register, (file, bytes), &register::exchange::Choices::default())?;
        if !trial.problems.is_empty() {
            return Err(registers::problems(&trial));
        }
        bar.inc(1);
    }
    let mut chief = None;
    for account in accounts() {
        let person = person(&house.store, &account.person)?;
        let id = user::make(&house, &account.login, person, ui::sign_in::hash(password)?, Vec::new())?;
        if account.login == CHIEF {
            chief = Some((id, person));
        }
        bar.inc(1);
    }
    let chief = chief.expect("the chief is one of the accounts, which a test sees");
    adopt(&house, chief, brought.edition)?;
    bar.finish_and_clear();
    house.close();
    Ok(())
}

/// The chief records the decision on the edition; with this last change the demonstration is whole.
fn adopt(house: &House, (account, person): (Id, Id), edition: Id) -> Outcome {
    let store = &house.store;
    let areas = areas::house();
    let (known, subject) = store.read_now(|reading| {
        let known = (areas.person)(reading, person)?.ok_or(Failure::Missing)?;
        let row = reading.find(areas::documents::Edition::REGISTER.name, edition)?.ok_or(Failure::Missing)?;
        Ok((known, row.subject()))
    })?;
    let who = Who::Person { account, person, auth: "demo", session: None };
    let actor = Actor { who, holdings: known.holdings };
    let transition = &areas::documents::EDITION.transitions[0];
    let description = store.registers().of::<areas::documents::Edition>().clone();
    let permit = decide(&actor, Action::Act(transition.name), &subject, &description)?;
    let mut patch = Body::new();
    for (field, day) in [("decided_on", DECIDED_ON), ("effective_on", EFFECTIVE_ON)] {
        patch.insert(field.to_owned(), Value::String(day.to_owned()));
    }
    let (register, name) = (subject.register.into(), transition.name.0.into());
    let op = Op::Act { register, id: edition, base: subject.rev, transition: name, patch, note: None };
    let side = vec![Side::Setting { name: "body_name", value: Some(BODY.to_owned()) }, house::finished(Kind::Demo)];
    house.writer.commit_now(Change { request: Request::new(), permit, ops: vec![op], reason: None, side })?;
    Ok(())
}

fn person(store: &Store, number: &str) -> Outcome<Id> {
    let found = store.read_now(|reading| reading.by_key("person", "number", number))?;
    Ok(found.ok_or(Failure::Missing)?.id)
}

/// Removes what an earlier start left: only what a house consists of, and only below the marker.
fn clear(folder: &Folder) -> Outcome {
    let database = folder.database();
    let beside = |ending: &str| {
        let mut path = database.clone().into_os_string();
        path.push(ending);
        path.into()
    };
    for file in [folder.key(), folder.public_key(), database.clone(), beside("-wal"), beside("-shm")] {
        gone(fs::remove_file(&file))?;
    }
    gone(fs::remove_dir_all(folder.path().join("blobs")))
}

fn gone(removed: io::Result<()>) -> Outcome {
    match removed {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Trouble::new(
            format!("作りかけのデモを片付けられません（{e}）。デモのフォルダを削除してください。"),
            format!("The half-built demonstration can't be cleared away ({e}): delete its folder."),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_account_says_what_to_look_at_and_the_chief_is_among_them() {
        let accounts = accounts();
        assert!(accounts.iter().all(|account| !account.ja.is_empty() && !account.en.is_empty()));
        assert!(accounts.iter().any(|account| account.login == CHIEF));
    }
}
