//! A house for a test: a store in a temporary folder, its writer, two units, two people and the grades of a scale.

#[path = "../../../../testkit/src/database.rs"]
#[expect(unreachable_pub, reason = "the testkit has it too")]
pub(crate) mod database;
mod hand;
mod samples;

use std::sync::Arc;

use base::clock::Clock;
use base::date::Date;
use base::id::Id;
use base::secrets::{Root, Secrets};
use ledger::{PublicKey, Signer};
use register::change::{Change, Done, Op, Request};
use register::find::{Reading, Row};
use register::heads::Heads;
use register::judge::Rules;
use register::list::{self, Page, Query};
use register::permit::{Action, Actor, Holding, Permit, Role, Subject, Who, decide, scope};
use register::proof::{Audited, audit};
use register::writer::{Running, Settings, Writer};
use register::{Body, Description, Failure, Record, Refusal, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

use database::Database;
pub(crate) use hand::{Hand, copy};
pub(crate) use samples::{Asset, DATA, Paper, TYPED, registers};

/// The secret of a test's ledger.
const SEED: [u8; 32] = [7; 32];

/// A running house.
pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) writer: Writer,
    running: Option<Running>,
    /// 総務課
    pub(crate) unit: Id,
    /// 税務課
    pub(crate) other: Id,
    /// A person of the unit.
    pub(crate) person: Id,
    /// Somebody else.
    pub(crate) second: Id,
    pub(crate) database: Database,
}

/// A body from JSON.
pub(crate) fn body(value: Value) -> Body {
    match value {
        Value::Object(body) => body,
        other => panic!("not a body: {other}"),
    }
}

/// A field of the organisation's own: text, unless `more` says otherwise.
pub(crate) fn own_field(register: &str, name: &str, more: Value) -> Value {
    let mut all = body(
        json!({"register": register, "name": name, "label": format!("独自 {name}"), "kind": "text", "search": true}),
    );
    all.extend(body(more));
    Value::Object(all)
}

/// A register of the organisation's own, with states and open to whoever the tests need.
pub(crate) fn own_register(name: &str, more: Value) -> Value {
    let mut all = body(json!({"name": name, "label": format!("台帳 {name}"), "states": "none"}));
    all.extend(body(more));
    Value::Object(all)
}

/// A day.
pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A fixed clock at noon in Japan.
pub(crate) fn noon(date: &str) -> Clock {
    Clock::fixed(format!("{date}T03:00:00.000Z").parse().unwrap())
}

/// The secret key of it.
pub(crate) fn signer() -> Signer {
    Signer::generate("register.test/ledger", SEED).unwrap()
}

/// The key that a test's checkpoints are signed with.
pub(crate) fn key() -> PublicKey {
    signer().public()
}

/// Somebody who holds roles: each for units, or for the whole body.
pub(crate) fn someone(person: Id, holdings: &[(Role, Option<&[Id]>)]) -> Actor {
    let holdings = holdings
        .iter()
        .map(|(role, units)| Holding::own(*role, units.map(|units| units.iter().copied().collect())))
        .collect();
    Actor { who: Who::Person { account: person, person, auth: "password", session: None }, holdings }
}

impl House {
    /// A house on the first day of a fiscal year.
    pub(crate) fn new() -> Self {
        Self::built(noon("2026-04-01"))
    }

    /// A house with this clock.
    pub(crate) fn built(clock: Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::new();
        let store = Store::open(database.place(folder.path()), registers(), clock.clone()).unwrap();
        store.hold(Secrets::new(Root::generate()));
        let (writer, running) = start(&store, 0);
        let [unit, other, person, second] = [(); 4].map(|()| Id::new(&clock));
        let house =
            Self { folder, clock, store, writer, running: Some(running), unit, other, person, second, database };
        for (id, code, name) in [(unit, "U1", "総務課"), (other, "U2", "税務課")] {
            house.put("unit", id, json!({"code": code, "name": name}));
        }
        for (id, name) in [(person, "関 守"), (second, "渡邉 花子")] {
            house.put("person", id, json!({"name": name}));
        }
        for (rank, value, label) in [(1, "1", "公開"), (2, "2", "内部"), (3, "3A", "自治体機密性３Ａ")] {
            let grade = json!({"scale": "secrecy", "value": value, "label": label, "rank": rank});
            house.put("grade", Id::new(&house.clock), grade);
        }
        // Whatever holds in a register holds with a field that the organisation added while the house ran.
        for register in [TYPED, DATA] {
            house.describe("own_field", own_field(register, "x_label", json!({}))).unwrap();
        }
        house
    }

    /// Adds a register or a field of the organisation's own.
    pub(crate) fn describe(&self, register: &str, fields: Value) -> Result<Id, Failure> {
        let id = Id::new(&self.clock);
        let op = Op::Create { register: register.to_owned().into(), id, body: body(fields) };
        self.commit(&self.chief(), Action::Describe, &Subject::register(register), op).map(|_| id)
    }

    /// Changes the description of one.
    pub(crate) fn redescribe(&self, register: &str, id: Id, patch: Value) -> Result<Done, Failure> {
        let row = self.row(register, id);
        let op = Op::Edit { register: register.to_owned().into(), id, base: row.rev, patch: body(patch) };
        self.commit(&self.chief(), Action::Describe, &row.subject(), op)
    }

    fn put(&self, register: &'static str, id: Id, fields: Value) {
        let op = Op::Create { register: register.into(), id, body: body(fields) };
        self.commit(&Actor::engine("console"), Action::Create, &Subject::register(register), op).unwrap();
    }

    /// Another person of that name.
    pub(crate) fn put_person(&self, name: &str) {
        self.put("person", Id::new(&self.clock), json!({"name": name}));
    }

    /// The one who runs the policy for the whole body.
    pub(crate) fn chief(&self) -> Actor {
        someone(self.person, &[(Role::Chief, None)])
    }

    /// The head of the first unit.
    pub(crate) fn manager(&self) -> Actor {
        someone(self.second, &[(Role::Manager, Some(&[self.unit]))])
    }

    pub(crate) fn description(&self, register: &str) -> Arc<Description> {
        self.store.registers().description(register).unwrap().clone()
    }

    pub(crate) fn permit(&self, actor: &Actor, action: Action, subject: &Subject) -> Result<Permit, Failure> {
        decide(actor, action, subject, &self.description(&subject.register))
    }

    pub(crate) fn commit(&self, actor: &Actor, action: Action, subject: &Subject, op: Op) -> Result<Done, Failure> {
        self.writer.commit_now(Change::one(Request::new(), self.permit(actor, action, subject)?, op))
    }

    /// An asset of the unit, with these fields beside.
    pub(crate) fn create(&self, register: &str, fields: Value) -> Result<Id, Failure> {
        self.create_as(&self.chief(), register, fields)
    }

    pub(crate) fn create_as(&self, actor: &Actor, register: &str, fields: Value) -> Result<Id, Failure> {
        let id = Id::new(&self.clock);
        let op = Op::Create { register: register.to_owned().into(), id, body: self.asset(fields) };
        self.commit(actor, Action::Create, &Subject::register(register), op).map(|_| id)
    }

    /// The fields of an asset of the unit; `null` takes one away.
    pub(crate) fn asset(&self, fields: Value) -> Body {
        let mut all = body(json!({"name": "端末", "unit": self.unit, "personal": false}));
        all.extend(body(fields));
        all.retain(|_, value| !value.is_null());
        all
    }

    pub(crate) fn edit(&self, register: &str, id: Id, patch: Value) -> Result<Done, Failure> {
        self.edit_as(&self.chief(), register, id, patch)
    }

    pub(crate) fn edit_as(&self, actor: &Actor, register: &str, id: Id, patch: Value) -> Result<Done, Failure> {
        let row = self.row(register, id);
        let op = Op::Edit { register: register.to_owned().into(), id, base: row.rev, patch: body(patch) };
        self.commit(actor, Action::Edit, &row.subject(), op)
    }

    pub(crate) fn archive(&self, register: &str, id: Id) -> Result<Done, Failure> {
        let row = self.row(register, id);
        let op = Op::Archive { register: register.to_owned().into(), id, base: row.rev };
        self.commit(&self.chief(), Action::Edit, &row.subject(), op)
    }

    pub(crate) fn act(
        &self,
        actor: &Actor,
        register: &str,
        id: Id,
        name: &'static str,
        patch: Value,
    ) -> Result<Done, Failure> {
        let row = self.row(register, id);
        let op = Op::Act {
            register: register.to_owned().into(),
            id,
            base: row.rev,
            transition: name.into(),
            patch: body(patch),
            note: None,
        };
        self.commit(actor, Action::Act(register::Word(name)), &row.subject(), op)
    }

    pub(crate) fn row(&self, register: &str, id: Id) -> Row {
        self.store.read_now(|reading| reading.find(register, id)).unwrap().unwrap()
    }

    /// All values of a typed register.
    pub(crate) fn values<T: Record>(&self) -> Vec<(Row, T)> {
        let all = |reading: &Reading<'_>| reading.values();
        self.store.read_now(all).unwrap()
    }

    pub(crate) fn page(&self, register: &str, query: &Query) -> Result<Page, Failure> {
        let description = self.description(register);
        let scope = scope(&self.chief(), &description, Action::List);
        self.store.read_now(|reading| list::page(reading, &description, &scope, query))
    }

    /// The titles of the answer to a query.
    pub(crate) fn titles(&self, register: &str, query: &Query) -> Vec<String> {
        self.page(register, query).unwrap().rows.into_iter().map(|row| row.title).collect()
    }

    /// Size of the ledger.
    pub(crate) fn size(&self) -> u64 {
        self.store.read_now(register::proof::state).unwrap().head.size
    }

    pub(crate) fn audit(&self) -> Audited {
        self.store.read_now(|reading| audit(reading, key(), &[], |_| {})).unwrap()
    }

    /// Stops the writer, so that everything is written and signed.
    pub(crate) fn still(mut self) -> Still {
        drop(self.writer);
        self.running.take().unwrap().join();
        Still { folder: self.folder, store: self.store, database: self.database }
    }

    /// What `ready` says once it says something: for what the writer does in its own time.
    pub(crate) fn until<T>(&self, ready: impl Fn(&Reading<'_>) -> Option<T>) -> T {
        for _ in 0..600 {
            if let Some(found) = self.store.read_now(|reading| Ok(ready(reading))).unwrap() {
                return found;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("a minute was not enough");
    }

    /// Stops the writer and starts one that asks these rules.
    pub(crate) fn under(mut self, rules: Rules) -> Self {
        drop(self.writer);
        self.running.take().unwrap().join();
        let (writer, running) = begin(&self.store, 0, rules);
        Self { writer, running: Some(running), ..self }
    }

    /// Stops the writer and starts another.
    pub(crate) fn restarted(mut self, reserve: u64) -> Self {
        drop(self.writer);
        self.running.take().unwrap().join();
        let (writer, running) = start(&self.store, reserve);
        Self { writer, running: Some(running), ..self }
    }
}

/// A house whose writer has stopped.
pub(crate) struct Still {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) database: Database,
}

impl Still {
    pub(crate) fn audit(&self) -> Audited {
        self.store.read_now(|reading| audit(reading, key(), &[], |_| {})).unwrap()
    }
}

/// A writer on a store that refuses below so many free bytes.
pub(crate) fn start(store: &Store, reserve: u64) -> (Writer, Running) {
    begin(store, reserve, Rules::none())
}

fn begin(store: &Store, reserve: u64, rules: Rules) -> (Writer, Running) {
    let lost = || panic!("a commit has failed");
    let heads = heads(store);
    Writer::start(store, Settings { signer: signer(), heads, build: "test".into(), reserve, rules, lost }).unwrap()
}

/// The heads that are noted beside a store.
pub(crate) fn heads(store: &Store) -> Heads {
    Heads::at(store.folder().join("heads"))
}

/// The fields that a refusal is about.
pub(crate) fn fields<T: std::fmt::Debug>(result: Result<T, Failure>) -> Vec<String> {
    let Failure::Refusal(Refusal { problems }) = result.unwrap_err() else { panic!("not a refusal") };
    problems.into_iter().map(|problem| problem.field.unwrap_or_default()).collect()
}
