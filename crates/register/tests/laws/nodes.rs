//! Several nodes on one PostgreSQL, and connections that break. A house in a file has one node.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::id::Id;
use register::change::{Change, Op, Request};
use register::judge::Rules;
use register::list::{Count, Query};
use register::permit::{Action, Subject};
use register::store::Place;
use register::writer::{Settings, Writer};
use register::{Failure, Store};
use serde_json::json;

use crate::common::{House, TYPED, heads, own_field, registers, signer, start};

fn making(house: &House, code: String) -> Change {
    let permit = house.permit(&house.chief(), Action::Create, &Subject::register(TYPED)).unwrap();
    let op = Op::Create { register: TYPED.into(), id: Id::new(&house.clock), body: house.asset(json!({"code": code})) };
    Change::one(Request::new(), permit, op)
}

/// Another node of the house.
fn node(house: &House) -> Store {
    Store::open(house.database.place(house.folder.path()), registers(), house.clock.clone()).unwrap()
}

#[test]
fn two_nodes_write_one_ledger_without_a_gap_and_see_each_other() {
    let house = House::new();
    let before = house.size();
    let other = node(&house);
    let (second, running) = start(&other, 0);
    let count = |store: &Store| {
        store
            .read_now(|reading| {
                let description = reading.registers().description(TYPED).unwrap();
                let scope = register::permit::scope(&house.chief(), description, Action::List);
                register::list::count(reading, description, &scope, &Query::default())
            })
            .unwrap()
    };
    let writers = [house.writer.clone(), second];
    std::thread::scope(|scope| {
        for client in 0..8 {
            let (house, writer) = (&house, &writers[client % 2]);
            scope.spawn(move || {
                for at in 0..15 {
                    writer.commit_now(making(house, format!("C{client}-{at}"))).unwrap();
                }
            });
        }
    });
    assert_eq!(house.size(), before + 120);
    assert_eq!((count(&house.store), count(&other)), (Count::Exactly(120), Count::Exactly(120)));
    // What one node counted holds no longer when the other has written.
    writers[1].commit_now(making(&house, "last".into())).unwrap();
    assert_eq!((count(&house.store), count(&other)), (Count::Exactly(121), Count::Exactly(121)));
    let taken = writers[0].commit_now(making(&house, "last".into()));
    assert_eq!(crate::common::fields(taken), ["code"]);
    drop(writers);
    running.join();
    let audited = house.still().audit();
    assert_eq!((audited.bad, audited.entries), (None, before + 121));
}

#[test]
fn a_connection_that_breaks_never_makes_a_yes_of_a_no() {
    let house = House::new();
    if house.database.schema().is_none() {
        // A file has no connection that could break; what a crash leaves is tried by the kill loop.
        assert_eq!(house.audit().bad, None);
        return;
    }
    // The house would stop, and read the truth at its next start; here the truth is looked at below.
    let heads = heads(&house.store);
    let settings =
        Settings { signer: signer(), heads, build: "test".into(), reserve: 0, rules: Rules::none(), lost: || () };
    let (writer, running) = Writer::start(&house.store, settings).unwrap();
    let over = AtomicBool::new(false);
    let (made, refused) = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                house.database.by_hand(|client| {
                    // Whoever writes in this schema holds the lock that has its number; readers hold one on a table of it.
                    let broken = "SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.pid <> pg_backend_pid()
                        AND (l.locktype = 'advisory' AND l.objid = (current_schema()::regnamespace)::oid
                        OR l.relation = 'flat'::regclass)";
                    client.execute(broken, &[]).unwrap();
                });
                std::thread::sleep(Duration::from_millis(40));
            }
        });
        let clients: Vec<_> = (0..4)
            .map(|client| {
                let (house, writer) = (&house, &writer);
                scope.spawn(move || {
                    let codes = (0..25).map(|at| format!("B{client}-{at}"));
                    let (mut made, mut refused) = (Vec::new(), Vec::new());
                    for code in codes {
                        match writer.commit_now(making(house, code.clone())) {
                            Ok(_) => made.push(code),
                            Err(Failure::Busy | Failure::Broken(_)) => refused.push(code),
                            // Broken while it committed: it may be there or not.
                            Err(Failure::Unknown) => {}
                            Err(other) => panic!("{other}"),
                        }
                    }
                    (made, refused)
                })
            })
            .collect();
        let answers: Vec<_> = clients.into_iter().map(|client| client.join().unwrap()).collect();
        over.store(true, Ordering::Relaxed);
        let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
        (made.concat(), refused.concat())
    });
    let is_there =
        |code: &String| house.store.read_now(|reading| reading.by_key(TYPED, "code", code)).map(|row| row.is_some());
    drop(writer);
    running.join();
    assert!(!made.is_empty());
    for (codes, there) in [(&made, true), (&refused, false)] {
        for code in codes {
            // A reader whose connection was broken gets another.
            assert_eq!(is_there(code), Ok(there), "{code}");
        }
    }
    house.create(TYPED, json!({})).unwrap();
    assert_eq!(house.still().audit().bad, None);
}

/// What the administrator of a PostgreSQL runs once.
const ROLES: &str = include_str!("../../../../docs/postgresql.sql");

#[test]
fn whoever_serves_need_not_be_able_to_change_an_entry() {
    let house = House::new();
    let Some(schema) = house.database.schema() else {
        // A file has no roles: whoever can write it can change it, and the audit finds it.
        assert_eq!(house.audit().bad, None);
        return;
    };
    let app = format!("a_{schema}");
    let url = house.database.url().unwrap();
    let user = url.split_once("//").and_then(|(_, rest)| rest.split_once('@')).unwrap().0;
    house.database.by_hand(|client| {
        client.batch_execute(&format!("CREATE ROLE {app} LOGIN")).unwrap();
        client.batch_execute(&ROLES.replace("sekimori_app", &app)).unwrap();
    });
    let place = Place::on(house.folder.path(), url.replacen(user, &app, 1).parse().unwrap());
    let store = Store::open(place, registers(), house.clock.clone()).unwrap();
    let (writer, running) = start(&store, 0);
    writer.commit_now(making(&house, "by the app".into())).unwrap();
    drop(writer);
    running.join();
    house.describe("own_field", own_field(TYPED, "x_place", json!({"facet": true}))).unwrap();
    let refused = house.database.by_hand(|client| {
        client.batch_execute(&format!("SET ROLE {app}")).unwrap();
        let all = ["UPDATE entry SET leaf = bytes", "DELETE FROM node", "DELETE FROM checkpoint", "TRUNCATE entry"];
        all.map(|sql| client.execute(sql, &[]).unwrap_err().code().unwrap().code().to_owned())
    });
    assert_eq!(refused, ["42501"; 4], "insufficient privilege");
    drop(store);
    assert_eq!(house.audit().bad, None);
    house.database.by_hand(|client| {
        client
            .batch_execute(&format!("REASSIGN OWNED BY {app} TO {user}; DROP OWNED BY {app}; DROP ROLE {app}"))
            .unwrap();
    });
}
