//! A copy of a house is the same house, in either kind of database.

use register::list::{self, Count, Query};
use register::permit::{Action, scope};
use register::store::{Place, copy};
use register::{Store, proof};
use serde_json::json;

use crate::common::database::Database;
use crate::common::{DATA, House, TYPED, fields, key};

/// What a store answers: its head, titles in their order, and who is found by a word.
fn answers(store: &Store, house: &House) -> (u64, String, Vec<String>, Vec<String>) {
    let asked = |register: &str, text: &str| {
        let registers = store.registers();
        let description = registers.description(register).unwrap();
        let scope = scope(&house.chief(), description, Action::List);
        let query = Query { text: text.into(), ..Query::default() };
        let page = store.read_now(|reading| list::page(reading, description, &scope, &query)).unwrap();
        assert_eq!(page.count, Count::Exactly(page.rows.len() as u64));
        page.rows.into_iter().map(|row| row.title).collect()
    };
    let head = store.read_now(proof::state).unwrap().head;
    (head.size, head.root.to_string(), asked(TYPED, ""), asked(DATA, "端末"))
}

#[test]
fn a_copy_answers_like_the_house_and_is_sound_wherever_it_goes() {
    let house = House::new();
    for register in [TYPED, DATA] {
        for name in ["端末 二", "端末", "サーバ", "Ａ", "z", "あ", "亜"] {
            house.create(register, json!({"name": name, "grade": "3A", "code": name})).unwrap();
        }
        let old = house.create(register, json!({"name": "旧い端末"})).unwrap();
        house.archive(register, old).unwrap();
    }
    let own = answers(&house.store, &house);
    assert_eq!(own.3.len(), 2);
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    house.store.snapshot(&first.path().join("sekimori.db")).unwrap();
    let database = Database::new();
    let (registers, clock) = (house.store.registers().clone(), house.clock.clone());
    let places: [Place; 2] = [first.path().into(), database.place(second.path())];
    copy(places[0].clone(), places[1].clone(), &registers).unwrap();
    assert_eq!(fields(copy(places[0].clone(), places[1].clone(), &registers)), [""], "nothing is written over");
    for place in places {
        let store = Store::look(place, registers.clone(), clock.clone()).unwrap();
        assert_eq!(answers(&store, &house), own);
        let audited = store.read_now(|reading| proof::audit(reading, key(), &[], |_| {})).unwrap();
        assert_eq!((audited.bad, audited.entries), (None, own.0));
    }
}
