//! What holds for every record, in a register from a struct and in one given only as data.

use register::change::Op;
use register::find::{Act, Linked};
use register::list::{From, Order, Query};
use register::permit::{Action, Subject};
use register::{Description, Failure, Record as _};
use serde_json::{Value, json};

use crate::common::database::Database;
use crate::common::{Asset, DATA, House, TYPED, body, day, fields, noon, registers};

const BOTH: [&str; 2] = [TYPED, DATA];

#[test]
fn a_struct_and_data_describe_the_same_register() {
    let registers = registers();
    let described = |name: &str| {
        let mut value = serde_json::to_value(&**registers.description(name).unwrap()).unwrap();
        value["name"] = "same".into();
        value["label"] = "same".into();
        serde_json::from_str::<serde_json::Value>(&value.to_string().replace(DATA, TYPED)).unwrap()
    };
    assert_eq!(described(TYPED), described(DATA));
    assert_eq!(registers.of::<Asset>().name, Asset::REGISTER.name);
}

/// What is wrong, and how to make it so.
type Fault = (&'static str, fn(&mut Value));

#[test]
fn a_description_that_is_not_of_one_piece_is_refused() {
    let whole = serde_json::to_value(&**registers().description(DATA).unwrap()).unwrap();
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut changed = whole.clone();
        change(&mut changed);
        let read = serde_json::from_value::<Description>(changed);
        read.map_err(|e| e.to_string()).and_then(|description| description.check()).unwrap_err()
    };
    let faults: [Fault; 16] = [
        ("a name that is no plain word", |d| d["name"] = json!("a; DROP TABLE record")),
        ("no fields", |d| d["fields"] = json!([])),
        ("a field of another name", |d| d["fields"][0]["name"] = json!("Name")),
        ("a field twice", |d| d["fields"][1] = d["fields"][0].clone()),
        ("an unknown title", |d| d["title"] = json!("nothing")),
        ("an unknown facet", |d| d["facets"] = json!(["nothing"])),
        ("a facet of many", |d| d["facets"] = json!(["users"])),
        ("a facet twice", |d| d["facets"] = json!(["medium", "medium"])),
        ("a sort key twice", |d| d["sorts"] = json!(["name", "-name"])),
        ("a link as sort key", |d| d["sorts"] = json!(["unit"])),
        ("a key of nothing", |d| d["unique"] = json!([{"fields": []}])),
        ("a text as unit", |d| d["unit"] = json!("name")),
        ("many units", |d| d["unit"] = json!("users")),
        ("a text as last day", |d| d["lifecycle"]["transitions"][1]["until"] = json!("name")),
        ("an unknown state", |d| d["lifecycle"]["transitions"][0]["to"] = json!("nowhere")),
        ("a state of the house", |d| d["lifecycle"]["states"][0]["name"] = json!("lapsed")),
    ];
    for (what, fault) in faults {
        assert!(!refused(&fault).is_empty(), "{what}");
    }
    let twice = registers().add_data(serde_json::from_value(whole.clone()).unwrap());
    assert!(twice.is_err(), "a register of that name exists");
    let field = |name: &str| {
        serde_json::from_value(json!({"name": name, "label": {"ja": "", "en": ""}, "kind": "bool"})).unwrap()
    };
    assert!(registers().add_field(TYPED, field("label")).is_err(), "added fields begin with x_");
    let grown = registers().add_field(TYPED, field("x_label")).unwrap();
    assert!(grown.add_field(TYPED, field("x_label")).is_err(), "it exists");
    assert!(registers().add_field("nothing", field("x_other")).is_err());
}

#[test]
fn names_that_only_together_look_alike_do_not_meet() {
    let whole = serde_json::to_value(&**registers().description("unit").unwrap()).unwrap();
    let described = |name: &str, field: &str| {
        let mut description = whole.clone();
        description["name"] = json!(name);
        description["fields"][0]["name"] = json!(field);
        description["unique"] = json!([]);
        description["facets"] = json!([field]);
        serde_json::from_value::<Description>(description).unwrap()
    };
    let registers = registers().add_data(described("a", "f_b")).unwrap().add_data(described("a_f", "b")).unwrap();
    let registers = registers.add_data(described("a_f_f_b", "b")).unwrap();
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new());
    register::Store::open(database.place(folder.path()), registers, noon("2026-04-01")).unwrap();
}

#[test]
fn a_record_is_stored_as_it_was_made_and_keeps_added_fields() {
    let house = House::new();
    for register in BOTH {
        let parent = house.create(register, json!({"name": "基幹系"})).unwrap();
        let all = json!({
            "name": " 住民情報端末 ", "kana": "じゅうみんじょうほうたんまつ", "code": "A-1", "note": "一行目\r\n二行目\n",
            "medium": "device", "grade": "3A", "acquired_on": "2025-04-01", "copies": 3, "personal": true,
            "parent": parent, "users": [house.unit, house.other, house.unit], "owner": house.person,
            "loan": "L1", "x_label": "備品 12", "returned_on": "", "valid_until": null,
        });
        let id = house.create(register, all).unwrap();
        let row = house.row(register, id);
        assert_eq!(
            row.body,
            body(json!({
                "name": "住民情報端末", "kana": "じゅうみんじょうほうたんまつ", "code": "A-1", "note": "一行目\n二行目",
                "medium": "device", "grade": "3A", "acquired_on": "2025-04-01", "copies": 3, "personal": true,
                "parent": parent, "users": [house.unit, house.other], "unit": house.unit, "owner": house.person,
                "loan": "L1", "x_label": "備品 12",
            })),
        );
        assert_eq!((row.rev, row.state.as_str(), row.title.as_str()), (1, "draft", "住民情報端末"));
        assert_eq!((row.unit, row.owner), (Some(house.unit), Some(house.person)));
        house.edit(register, id, json!({"name": "戸籍端末"})).unwrap();
        assert_eq!(house.row(register, id).text("x_label"), "備品 12", "{register}: a typed change keeps it");
    }
    let typed: Vec<Asset> = house.values::<Asset>().into_iter().map(|(_, asset)| asset).collect();
    assert_eq!((typed.len(), typed[1].acquired_on), (2, Some(day("2025-04-01"))));
}

#[test]
fn an_edit_changes_what_it_names_and_null_or_empty_text_clears() {
    let house = House::new();
    for register in BOTH {
        let id =
            house.create(register, json!({"note": "古い", "owner": house.person, "copies": 2, "loan": "L"})).unwrap();
        let done = house.edit(register, id, json!({"note": null, "owner": null, "copies": 5, "loan": ""})).unwrap();
        let row = house.row(register, id);
        assert_eq!(done.records, [(id, 2)]);
        assert_eq!(row.body, house.asset(json!({"copies": 5})));
        assert_eq!(row.owner, None, "{register}: a record without owner belongs to nobody");
        let revisions = house.store.read_now(|reading| reading.revisions(&row)).unwrap();
        assert_eq!(revisions.iter().map(|revision| revision.rev).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(revisions[1].body["note"], "古い");
        assert_eq!(revisions[0].actor, house.person.to_string());
    }
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn an_archived_record_leaves_lists_and_can_no_longer_change_but_stays() {
    let house = House::new();
    for register in BOTH {
        let id = house.create(register, json!({"code": "A-1"})).unwrap();
        house.archive(register, id).unwrap();
        assert!(house.titles(register, &Query::default()).is_empty());
        let archived = Query { filters: vec![("state".into(), vec!["archived".into()])], ..Query::default() };
        assert_eq!(house.titles(register, &archived), ["端末"]);
        assert_eq!(house.row(register, id).state, "archived");
        assert_eq!(fields(house.edit(register, id, json!({"name": "別"}))), [""]);
        house.create(register, json!({"code": "a-1"})).expect("the key of an archived record is free");
    }
}

#[test]
fn a_lifecycle_moves_only_along_its_transitions_and_keeps_its_acts() {
    let house = House::new();
    let (chief, manager) = (house.chief(), house.manager());
    for register in BOTH {
        let id = house.create(register, json!({})).unwrap();
        let early = house.act(&manager, register, id, "grant", json!({"valid_until": "2026-04-30"}));
        assert_eq!(early.unwrap_err(), Failure::Refused, "{register}: not from draft");
        house.act(&chief, register, id, "ask", json!({})).unwrap();
        let same = house.act(&chief, register, id, "grant", json!({"valid_until": "2026-04-30"}));
        assert_eq!(fields(same), [""], "{register}: whoever asked can't grant");
        assert_eq!(fields(house.act(&manager, register, id, "grant", json!({}))), ["valid_until"]);
        house.act(&manager, register, id, "grant", json!({"valid_until": "2026-04-30"})).unwrap();
        let row = house.row(register, id);
        assert_eq!((row.state.as_str(), row.until), ("granted", Some(day("2026-04-30"))));
        let acts: Vec<Act> = house.store.read_now(|reading| reading.acts(&row)).unwrap();
        let acts: Vec<_> = acts.iter().map(|act| (act.what.as_str(), act.actor.as_str())).collect();
        let (first, second) = (house.person.to_string(), house.second.to_string());
        assert_eq!(acts, [("act:grant", &*second), ("act:ask", &first), ("create", &first)]);
    }
}

#[test]
fn a_permission_lapses_by_the_date_alone() {
    let house = House::new();
    let count = |register, state: &str| {
        let filters = vec![("state".to_owned(), vec![state.to_owned()])];
        house.titles(register, &Query { filters, ..Query::default() }).len()
    };
    let granted = BOTH.map(|register| {
        let id = house.create(register, json!({})).unwrap();
        house.act(&house.chief(), register, id, "ask", json!({})).unwrap();
        house.act(&house.manager(), register, id, "grant", json!({"valid_until": "2026-04-30"})).unwrap();
        id
    });
    house.clock.set(noon("2026-04-30").now());
    for (register, id) in BOTH.into_iter().zip(granted) {
        assert_eq!(house.row(register, id).state, "granted", "the last day still holds");
        assert_eq!((count(register, "granted"), count(register, "lapsed")), (1, 0));
    }
    house.clock.set(noon("2026-05-01").now());
    for (register, id) in BOTH.into_iter().zip(granted) {
        assert_eq!(house.row(register, id).state, "lapsed");
        assert_eq!((count(register, "granted"), count(register, "lapsed")), (0, 1));
        house.act(&house.chief(), register, id, "ask", json!({})).expect("lapsed is a state to start from");
        assert_eq!(house.row(register, id).state, "asked");
    }
}

#[test]
fn a_key_occurs_once_however_it_is_spelled() {
    let house = House::new();
    for register in BOTH {
        let first = house.create(register, json!({"code": "ＮＷ－１"})).unwrap();
        assert_eq!(fields(house.create(register, json!({"code": "nw-1"}))), ["code"]);
        let other = house.create(register, json!({"code": "NW-2"})).unwrap();
        assert_eq!(fields(house.edit(register, other, json!({"code": "ｎｗ-1"}))), ["code"]);
        house.edit(register, first, json!({"code": "nw-1"})).expect("its own key is no obstacle");
        let found = house.store.read_now(|reading| reading.by_key(register, "code", "NWー1")).unwrap();
        assert_eq!(found.unwrap().id, first);
    }
}

#[test]
fn a_conditional_key_holds_while_its_field_is_empty() {
    let house = House::new();
    for register in BOTH {
        let lent = house.create(register, json!({"loan": "M1"})).unwrap();
        assert_eq!(fields(house.create(register, json!({"loan": "M1"}))), ["loan"]);
        house.edit(register, lent, json!({"returned_on": "2026-04-01"})).unwrap();
        house.create(register, json!({"loan": "M1"})).expect("it came back");
        assert_eq!(fields(house.edit(register, lent, json!({"returned_on": null}))), ["loan"]);
    }
}

#[test]
fn links_are_seen_from_both_ends_and_lead_only_to_what_is_there() {
    let house = House::new();
    for register in BOTH {
        let parent = house.create(register, json!({"name": "親"})).unwrap();
        let child = house.create(register, json!({"name": "子", "parent": parent, "users": [house.other]})).unwrap();
        let back = |id, of: &str| {
            house
                .store
                .read_now(|reading| {
                    let row = reading.find(of, id)?.unwrap();
                    reading.links_to(&house.chief(), &row, 10)
                })
                .unwrap()
        };
        let [Linked { register: from, field, count, names }] = &back(parent, register)[..] else {
            panic!("one link comes back")
        };
        assert_eq!((from.as_str(), field.as_str(), *count, names[0].id), (register, "parent", 1, child));
        assert!(back(house.other, "unit").iter().any(|back| back.register == register && back.field == "users"));
        house.edit(register, child, json!({"parent": null})).unwrap();
        assert!(back(parent, register).is_empty());

        let nowhere = base::id::Id::new(&house.clock);
        assert_eq!(fields(house.create(register, json!({"parent": nowhere}))), ["parent"]);
        assert_eq!(fields(house.create(register, json!({"parent": house.unit}))), ["parent"], "of another register");
        house.archive(register, parent).unwrap();
        assert_eq!(fields(house.create(register, json!({"parent": parent}))), ["parent"], "put away");
    }
}

#[test]
fn a_link_to_what_was_put_away_later_does_not_stop_an_edit() {
    let house = House::new();
    for register in BOTH {
        let parent = house.create(register, json!({"name": "親"})).unwrap();
        let child = house.create(register, json!({"parent": parent})).unwrap();
        house.archive(register, parent).unwrap();
        house.edit(register, child, json!({"note": "点検済み"})).unwrap();
    }
}

#[test]
fn a_change_may_link_its_own_records_in_any_order() {
    let house = House::new();
    for register in BOTH {
        let [first, second] = [(); 2].map(|()| base::id::Id::new(&house.clock));
        let make = |id, parent: base::id::Id| Op::Create {
            register: register.into(),
            id,
            body: house.asset(json!({"parent": parent})),
        };
        let permit = house.permit(&house.chief(), Action::Create, &Subject::register(register)).unwrap();
        let mut change = register::change::Change::one(register::change::Request::new(), permit, make(first, second));
        change.ops.push(make(second, first));
        house.writer.commit_now(change).unwrap();
        assert_eq!(house.row(register, first).link("parent"), Some(second));
    }
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn a_new_grade_counts_in_order_at_once_and_a_refused_one_never_does() {
    let house = House::new();
    for register in BOTH {
        house.create(register, json!({"name": "内部", "grade": "2"})).unwrap();
        house.create(register, json!({"name": "機密", "grade": "3A"})).unwrap();
    }
    let by_grade = Query { order: Order::Down("grade".into()), from: From::Start, ..Query::default() };
    let id = house.store.read_now(|reading| reading.all("grade")).unwrap()[1].id;
    let row = house.row("grade", id);
    let op = Op::Edit { register: "grade".into(), id, base: 1, patch: body(json!({"rank": 9})) };
    house.commit(&house.chief(), Action::Edit, &row.subject(), op).unwrap();
    for register in BOTH {
        assert_eq!(house.titles(register, &by_grade), ["内部", "機密"]);
    }
    assert_eq!(house.still().audit().bad, None);
}
