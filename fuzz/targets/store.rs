//! A small store for targets that need one.

use std::sync::OnceLock;

use base::clock::Clock;
use base::id::Id;
use ledger::Signer;
use register::change::{Change, Op, Request};
use register::heads::Heads;
use register::judge::Rules;
use register::permit::{Action, Actor, Subject, decide};
use register::writer::{Settings, Writer};
use register::{Body, Registers, Store};

/// Who asks.
pub fn actor() -> Actor {
    Actor::engine("console")
}

/// A store with one register and two records, in a temporary folder that lives as long as the process.
pub fn store() -> &'static Store {
    static STORE: OnceLock<Store> = OnceLock::new();
    STORE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        let thing = serde_json::from_str(include_str!("../seeds/description_json/thing.json")).expect("a description");
        let registers = Registers::with_built_in().add_data(thing).expect("of one piece");
        let store = Store::open(folder.as_path(), registers, Clock::system()).expect("a new store");
        let signer = Signer::generate("fuzz/ledger", [1; 32]).expect("an origin");
        let (heads, rules, lost) = (Heads::at(folder.join("heads")), Rules::none(), || panic!("a commit failed"));
        let settings = Settings { signer, heads, build: "fuzz".into(), reserve: 0, rules, lost };
        let (writer, running) = Writer::start(&store, settings).expect("a writer");
        for (code, name) in [("A1", "総務課の端末 a-1"), ("A2", "台帳")] {
            let description = store.registers().description("thing").expect("added above").clone();
            let permit =
                decide(&actor(), Action::Create, &Subject::register("thing"), &description).expect("the console may");
            let body = Body::from_iter([("code".to_owned(), code.into()), ("name".to_owned(), name.into())]);
            let op = Op::Create { register: "thing".into(), id: Id::new(store.clock()), body };
            writer.commit_now(Change::one(Request::new(), permit, op)).expect("it fits");
        }
        drop(writer);
        running.join();
        store
    })
}
