//! Sealed fields: nothing of them lies open anywhere, and nobody reads them without an entry that says so.

use std::path::Path;

use base::id::Id;
use register::Failure;
use register::change::{UNSEALED, VIEWED};
use register::describe::Description;
use register::exchange::{self, Choices, Format};
use register::find::Row;
use register::list::Query;
use register::permit::{Action, Actor, Role};
use register::sealed::{self, SHUT, name_in};
use serde_json::json;

use crate::common::{House, Paper, body, fields, someone};

/// A text that stands nowhere else.
const CANARY: &str = "canary-調書-canary";

fn auditor(house: &House) -> Actor {
    someone(house.second, &[(Role::Auditor, None)])
}

pub(crate) fn paper(house: &House, text: &str) -> Id {
    let id = Id::new(&house.clock);
    let fields = body(json!({"name": format!("調書 {id}"), "text": text}));
    let op = register::change::Op::Create { register: "paper".into(), id, body: fields };
    house.commit(&house.chief(), Action::Create, &register::permit::Subject::register("paper"), op).unwrap();
    id
}

fn open(house: &House, actor: &Actor, row: Row) -> Result<Vec<String>, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let opened = runtime.block_on(sealed::unseal(&house.store, &house.writer, actor, vec![row]))?;
    Ok(opened.into_iter().flat_map(|one| one.texts).map(|(_, text)| text.as_str().to_owned()).collect())
}

fn acts(house: &House, id: Id) -> Vec<String> {
    let row = house.row("paper", id);
    let acts = house.store.read_now(|reading| reading.acts(&row)).unwrap();
    acts.into_iter().map(|act| act.what).collect()
}

/// Whether any file under the folder holds the text.
pub(crate) fn lies_in(folder: &Path, text: &str) -> bool {
    let needle = text.as_bytes();
    std::fs::read_dir(folder).unwrap().any(|item| {
        let path = item.unwrap().path();
        if path.is_dir() {
            return lies_in(&path, text);
        }
        std::fs::read(&path).unwrap().windows(needle.len()).any(|part| part == needle)
    })
}

#[test]
fn a_sealed_text_is_read_by_whoever_may_and_only_after_its_entry() {
    let house = House::new();
    let id = paper(&house, CANARY);
    let row = house.row("paper", id);
    assert!(name_in(&row.body["text"]).is_some(), "{:?}", row.body);
    assert_eq!(row.value::<Paper>().unwrap().text, None);
    let before = house.size();
    assert_eq!(open(&house, &house.chief(), row.clone()), Err(Failure::Refused));
    assert_eq!((house.size(), acts(&house, id)), (before, vec!["create".to_owned()]));
    assert_eq!(open(&house, &auditor(&house), row).unwrap(), [CANARY]);
    assert_eq!(acts(&house, id), [UNSEALED, "create"]);
    assert_eq!(house.audit().bad, None);
}

#[test]
fn no_file_search_export_or_history_holds_a_sealed_text() {
    let house = House::new();
    let id = paper(&house, CANARY);
    house.edit("paper", id, json!({"text": format!("{CANARY} 二度目")})).unwrap();
    let chief = house.chief();
    let found = house.store.read_now(|reading| reading.search(&chief, "canary", 10)).unwrap();
    assert_eq!(found.len(), 0);
    let mut out = Vec::new();
    let description = &*house.description("paper");
    house
        .store
        .read_now(|reading| {
            exchange::export(reading, description, &chief, (Format::Csv, |say| &say.ja), &mut out, &mut |_| {})
        })
        .unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains("内容") && !text.contains("canary"), "{text}");
    let row = house.row("paper", id);
    let revisions = house.store.read_now(|reading| reading.revisions(&row)).unwrap();
    assert!(revisions.iter().all(|revision| name_in(&revision.body["text"]).is_some()));
    assert_eq!(house.audit().bad, None);
    let still = house.still();
    for part in ["canary-", "二度目"] {
        assert!(!lies_in(still.folder.path(), part), "{part}");
    }
}

#[test]
fn whoever_edits_replaces_or_keeps_a_sealed_text_without_reading_it() {
    let house = House::new();
    let id = paper(&house, "初め");
    let shut = house.row("paper", id).body["text"].clone();
    house.edit("paper", id, json!({"name": "改めた件名"})).unwrap();
    assert_eq!(house.row("paper", id).body["text"], shut);
    house.edit("paper", id, json!({"text": "次"})).unwrap();
    assert_ne!(house.row("paper", id).body["text"], shut);
    assert_eq!(open(&house, &auditor(&house), house.row("paper", id)).unwrap(), ["次"]);
    // A reference can't be sent: not an old one of the record's own, and not another record's.
    assert_eq!(fields(house.edit("paper", id, json!({"text": shut}))), ["text"]);
    let other = house.row("paper", paper(&house, "他")).body["text"].clone();
    assert_eq!(fields(house.edit("paper", id, json!({"text": other}))), ["text"]);
    assert_eq!(fields(house.edit("paper", id, json!({"text": "長".repeat(4_001)}))), ["text"]);
    house.edit("paper", id, json!({"text": null})).unwrap();
    assert_eq!(house.row("paper", id).body.get("text"), None);
    assert_eq!(house.audit().bad, None);
}

#[test]
fn the_same_form_sent_twice_seals_once() {
    let house = House::new();
    let id = Id::new(&house.clock);
    let op = register::change::Op::Create {
        register: "paper".into(),
        id,
        body: body(json!({"name": "件", "text": "同じ"})),
    };
    let subject = register::permit::Subject::register("paper");
    let permit = house.permit(&house.chief(), Action::Create, &subject).unwrap();
    let change = register::change::Change::one(register::change::Request::new(), permit, op);
    let first = house.writer.commit_now(change.clone()).unwrap();
    assert_eq!(house.writer.commit_now(change).unwrap(), first);
}

#[test]
fn a_file_keeps_what_it_does_not_show_and_brings_nothing_that_is_to_be_sealed() {
    let house = House::new();
    let id = paper(&house, "元");
    let chief = house.chief();
    let subject = register::permit::Subject::register("paper");
    let permit = house.permit(&chief, Action::Import, &subject).unwrap();
    let bring = |csv: String| {
        let (store, writer, choices) = (&house.store, &house.writer, Choices::default());
        exchange::import(store, writer, &permit, ("a.csv", csv.as_bytes()), &choices, &mut |_, _| {}).unwrap()
    };
    let looked = bring(format!("記録ID,件名,内容\n{id},件名,\n"));
    assert_eq!((looked.problems, looked.changed), (vec![], 1));
    let looked = bring(format!("記録ID,件名,内容\n{id},改めた件名,{SHUT}\n,新しい調書,\n"));
    assert_eq!((looked.problems, looked.created, looked.changed), (vec![], 1, 1));
    assert_eq!(open(&house, &auditor(&house), house.row("paper", id)).unwrap(), ["元"]);
    let looked = bring(format!("記録ID,件名,内容\n{id},件名,新しい内容\n"));
    let places: Vec<_> = looked.problems.iter().map(|problem| problem.place.as_deref()).collect();
    assert_eq!((places, looked.changed), (vec![Some("C2")], 0));
}

#[test]
fn sealed_texts_are_taken_out_by_whoever_may_with_an_entry_for_each() {
    let house = House::new();
    let ids = [paper(&house, "=一"), paper(&house, "二")];
    let auditor = auditor(&house);
    let description = &*house.description("paper");
    let rows = house
        .store
        .read_now(|reading| exchange::in_view(reading, description, &auditor, Action::Seal, &Query::default()))
        .unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let opened = runtime.block_on(sealed::unseal(&house.store, &house.writer, &auditor, rows)).unwrap();
    let mut out = Vec::new();
    house
        .store
        .read_now(|reading| exchange::export_sealed(reading, description, &auditor, opened, |say| &say.ja, &mut out))
        .unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("内容") && text.contains("'=一") && text.contains("二"), "{text}");
    for id in ids {
        assert_eq!(acts(&house, id), [UNSEALED, "create"]);
    }
    let none = house
        .store
        .read_now(|reading| exchange::in_view(reading, description, &house.chief(), Action::Seal, &Query::default()));
    assert_eq!(none.unwrap().len(), 0);
}

#[test]
fn whoever_looks_leaves_an_entry_first() {
    let house = House::new();
    let row = house.row("paper", paper(&house, "秘"));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let look = |actor: &Actor| {
        runtime.block_on(sealed::note(
            &house.store,
            &house.writer,
            actor,
            Action::View,
            std::slice::from_ref(&row),
            VIEWED,
        ))
    };
    assert_eq!(look(&house.manager()), Err(Failure::Missing));
    look(&house.chief()).unwrap();
    assert_eq!(acts(&house, row.id), [VIEWED, "create"]);
    assert_eq!(house.audit().bad, None);
}

#[test]
fn without_the_root_key_everything_works_but_what_is_sealed() {
    let house = House::new();
    let id = paper(&house, "秘");
    let still = house.still();
    let store = register::Store::open(
        still.database.place(still.folder.path()),
        crate::common::registers(),
        still.store.clock().clone(),
    )
    .unwrap();
    let row = store.read_now(|reading| reading.find("paper", id)).unwrap().unwrap();
    assert!(!row.title.is_empty());
    let refused = store.secrets().unwrap_err();
    assert!(matches!(&refused, Failure::Refusal(refusal) if refusal.to_string().contains("root.key")), "{refused:?}");
}

#[test]
fn a_description_that_shows_a_sealed_field_is_refused() {
    let with = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut data = json!({
            "name": "note", "label": {"ja": "覚え", "en": "Notes"}, "title": "name",
            "fields": [
                {"name": "name", "label": {"ja": "名", "en": "Name"}, "kind": {"text": {"max": 50}}},
                {"name": "text", "label": {"ja": "内容", "en": "Text"}, "kind": {"text": {"max": 50}}, "sealed": true},
            ],
        });
        change(&mut data);
        serde_json::from_value::<Description>(data).unwrap().check()
    };
    assert_eq!(with(&|_| {}), Ok(()));
    for (key, value) in [
        ("title", json!("text")),
        ("reading", json!("text")),
        ("facets", json!(["text"])),
        ("sorts", json!(["-text"])),
        ("columns", json!(["text"])),
        ("unique", json!([{"fields": ["text"]}])),
        ("unique", json!([{"fields": ["name"], "while_empty": "text"}])),
    ] {
        let said = with(&|data| data[key] = value.clone()).unwrap_err();
        assert!(said.contains("is sealed"), "{key}: {said}");
    }
    for (key, value) in
        [("required", json!(true)), ("many", json!(true)), ("hidden", json!(true)), ("kind", json!("date"))]
    {
        let said = with(&|data| data["fields"][1][key] = value.clone()).unwrap_err();
        assert!(said.contains("can't be sealed"), "{key}: {said}");
    }
}
