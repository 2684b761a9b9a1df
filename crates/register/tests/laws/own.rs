//! Registers and fields that the organisation adds while the house runs: the same laws, and what can't be described.

use base::id::Id;
use proptest::prelude::*;
use register::describe::Kind;
use register::exchange;
use register::exchange::{Choices, Format};
use register::list::{self, Facet, From, Order, Query};
use register::own::{Allow, MOST_FIELDS, MOST_REGISTERS};
use register::permit::{Action, Actor, Role, Subject, decide, scope};
use register::{Failure, Registers, Store};
use serde_json::{Value, json};

use crate::common::{DATA, Hand, House, TYPED, body, fields, key, own_field, own_register, registers, someone};

const BOTH: [&str; 2] = [TYPED, DATA];
/// The register of these tests.
const OWN: &str = "x_contract";

fn facets(house: &House, register: &str) -> Vec<Facet> {
    let description = house.description(register);
    let scope = scope(&house.chief(), &description, Action::List);
    house.store.read_now(|reading| list::facets(reading, &description, &scope, &Query::default())).unwrap()
}

fn filtered(field: &str, value: &str) -> Query {
    Query { filters: vec![(field.into(), vec![value.into()])], ..Query::default() }
}

/// A record of the register of these tests.
fn put(house: &House, actor: &Actor, fields: Value) -> Result<Id, Failure> {
    let id = Id::new(&house.clock);
    let op = register::change::Op::Create { register: OWN.into(), id, body: body(fields) };
    house.commit(actor, Action::Create, &Subject::register(OWN), op).map(|_| id)
}

/// A register with a unit, a person in charge, states, and a field of every kind.
fn described(house: &House) {
    let access = ["manager.change.unit", "manager.add.unit", "manager.exchange.unit", "staff.see.own"];
    let more = json!({"label": "契約", "title": "契約名", "unit": true, "owner": true, "states": "approval", "access": access});
    house.describe("own_register", own_register(OWN, more)).unwrap();
    for (name, more) in [
        ("x_text", json!({"facet": true, "sort": true, "column": true})),
        ("x_long", json!({"kind": "long", "facet": true})),
        ("x_bool", json!({"kind": "bool", "facet": true, "sort": true})),
        ("x_number", json!({"kind": "integer", "facet": true, "sort": true})),
        ("x_date", json!({"kind": "date", "facet": true, "sort": true})),
        (
            "x_choice",
            json!({"kind": "choice", "options": ["委託", "保守", "賃貸借"], "facet": true, "sort": true, "column": true}),
        ),
        ("x_grade", json!({"kind": "scale", "scale": "secrecy", "facet": true, "sort": true})),
        ("x_link", json!({"kind": "link", "to": TYPED, "facet": true})),
        ("x_many", json!({"kind": "link", "to": OWN, "many": true})),
        ("x_words", json!({"kind": "text", "many": true})),
    ] {
        house.describe("own_field", own_field(OWN, name, more)).unwrap();
    }
}

#[test]
fn a_field_added_while_the_house_runs_filters_sorts_and_is_found_at_once() {
    let house = House::new();
    for register in BOTH {
        let old = house.create(register, json!({"name": "古い端末"})).unwrap();
        let more = json!({"kind": "choice", "options": ["本庁", "支所"], "facet": true, "sort": true, "column": true, "label": "設置場所"});
        house.describe("own_field", own_field(register, "x_place", more)).unwrap();
        house.create(register, json!({"name": "支所の端末", "x_place": "支所"})).unwrap();
        house.create(register, json!({"name": "本庁の端末", "x_place": "本庁"})).unwrap();
        assert_eq!(house.titles(register, &filtered("x_place", "支所")), ["支所の端末"]);
        assert_eq!(house.titles(register, &filtered("x_place", "")), ["古い端末"]);
        let sorted = Query { order: Order::Up("x_place".into()), from: From::Start, ..Query::default() };
        assert_eq!(
            house.titles(register, &sorted),
            ["古い端末", "本庁の端末", "支所の端末"],
            "in the order of the options"
        );
        let facet = facets(&house, register).into_iter().find(|facet| facet.field == "x_place").unwrap();
        assert_eq!(facet.values.len(), 3);
        house.edit(register, old, json!({"x_place": "支所"})).unwrap();
        assert_eq!(fields(house.edit(register, old, json!({"x_place": "倉庫"}))), ["x_place"]);
        assert_eq!(house.row(register, old).text("x_place"), "支所");
    }
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn a_register_added_while_the_house_runs_has_everything_that_registers_have() {
    let house = House::new();
    let asset = house.create(TYPED, json!({"name": "基幹系"})).unwrap();
    described(&house);
    let all = json!({
        "code": "K-1", "name": "清掃の委託", "unit": house.unit, "owner": house.person, "x_text": "特記", "x_long": "一行目\n二行目",
        "x_bool": true, "x_number": 12, "x_date": "2026-04-01", "x_choice": "委託", "x_grade": "3A", "x_link": asset,
        "x_words": ["あ", "い"],
    });
    let id = put(&house, &house.chief(), all.clone()).unwrap();
    assert_eq!(house.row(OWN, id).body, body(all));
    assert_eq!(
        fields(put(&house, &house.chief(), json!({"code": "ｋ-1", "name": "別", "unit": house.unit}))),
        ["code"]
    );
    assert_eq!(fields(put(&house, &house.chief(), json!({"x_number": "多い"}))), ["name", "unit", "x_number"]);
    let second =
        put(&house, &house.chief(), json!({"name": "庁舎の保守", "unit": house.other, "x_many": [id]})).unwrap();
    for (field, value) in [
        ("x_text", "filled"),
        ("x_long", "filled"),
        ("x_bool", "yes"),
        ("x_number", "12"),
        ("x_date", "filled"),
        ("x_choice", "委託"),
        ("x_grade", "3A"),
        ("x_link", &asset.to_string()),
        ("unit", &house.unit.to_string()),
        ("state", "draft"),
    ] {
        assert!(facets(&house, OWN).iter().any(|facet| facet.field == field), "{field} is offered");
        let titles = house.titles(OWN, &filtered(field, value));
        assert!(
            titles.contains(&"清掃の委託".to_owned()) && (titles.len() == 1 || field == "state"),
            "{field}: {titles:?}"
        );
    }
    let found = house.store.read_now(|reading| reading.search(&house.chief(), "二行目", 10)).unwrap();
    assert_eq!(found[0].id, id);
    let back = |id, register: &str| {
        let row = house.row(register, id);
        house.store.read_now(|reading| reading.links_to(&house.chief(), &row, 10)).unwrap()
    };
    assert_eq!((back(asset, TYPED)[0].field.as_str(), back(id, OWN)[0].names[0].id), ("x_link", second));
    // Whoever made it doesn't approve it.
    assert_eq!(fields(house.act(&house.chief(), OWN, id, "approve", json!({}))), [""]);
    house.act(&house.manager(), OWN, id, "approve", json!({})).unwrap();
    assert_eq!(
        house.edit(OWN, id, json!({"name": "変更"})).unwrap_err(),
        Failure::Refused,
        "an approved record stands"
    );
    house.act(&house.manager(), OWN, id, "reopen", json!({})).unwrap();
    house.edit(OWN, id, json!({"name": "清掃の委託（変更）"})).unwrap();
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn a_register_goes_out_as_csv_and_comes_in_again_in_another_house() {
    let (house, other) = (House::new(), House::new());
    described(&house);
    described(&other);
    let grant = |house: &House, action| house.permit(&house.chief(), action, &Subject::register(OWN)).unwrap();
    put(&house, &house.chief(), json!({"code": "K-1", "name": "保守", "unit": house.unit, "x_choice": "保守", "x_date": "2026-04-01", "x_words": ["あ", "い"]})).unwrap();
    let mut csv = Vec::new();
    let description = house.description(OWN);
    let export = |reading: &register::find::Reading<'_>| {
        exchange::export(reading, &description, &house.chief(), (Format::Csv, |say| &say.ja), &mut csv, &mut |_| {})
    };
    house.store.read_now(export).unwrap();
    let text = String::from_utf8(csv).unwrap();
    assert!(text.contains("独自 x_choice") && text.contains("保守"), "{text}");
    // Another house makes records of its own.
    let id = house.store.read_now(|reading| reading.all(OWN)).unwrap()[0].id;
    let csv = text.replace(&id.to_string(), "").into_bytes();
    let permit = grant(&other, Action::Import);
    let brought =
        exchange::import(&other.store, &other.writer, &permit, ("契約.csv", &csv), &Choices::default(), &mut |_, _| {})
            .unwrap();
    assert_eq!((brought.created, brought.problems.len()), (1, 0), "{:?}", brought.problems);
    let row = other.store.read_now(|reading| reading.by_key(OWN, "code", "K-1")).unwrap().unwrap();
    assert_eq!(row.body["x_words"], json!(["あ", "い"]));
}

#[test]
fn a_second_node_sees_a_description_at_its_next_reading() {
    let house = House::new();
    let second = Store::open(house.database.place(house.folder.path()), registers(), house.clock.clone()).unwrap();
    described(&house);
    put(&house, &house.chief(), json!({"name": "清掃", "unit": house.unit})).unwrap();
    let titles = |registers: &Registers| registers.description(OWN).map(|description| description.fields.len());
    let seen = second.read_now(|reading| Ok(titles(reading.registers()))).unwrap();
    assert_eq!((seen, titles(&second.registers())), (Some(14), Some(14)));
}

#[test]
fn an_earlier_moment_is_described_as_it_was() {
    let house = House::new();
    let late = || house.describe("own_field", own_field(TYPED, "x_late", json!({"facet": true})));
    if house.database.schema().is_some() {
        // A server waits until nobody reads at an earlier moment.
        assert_eq!(house.store.read_now(|_| Ok(late())).unwrap().unwrap_err(), Failure::Busy);
        late().unwrap();
        return;
    }
    house
        .store
        .read_now(|reading| {
            let description = house.description(TYPED);
            late().unwrap();
            house.create(TYPED, json!({"x_late": "遅い"})).unwrap();
            assert!(
                house
                    .store
                    .read_now(|later| Ok(later.registers().of::<crate::common::Asset>().field("x_late").is_some()))
                    .unwrap()
            );
            // The newer description is asked of the older moment, whose table has no such column.
            let newer = house.description(TYPED);
            let scope = scope(&house.chief(), &newer, Action::List);
            assert!(
                list::facets(reading, &newer, &scope, &Query::default())?.iter().all(|facet| facet.field != "x_late")
            );
            assert_eq!(list::page(reading, &description, &scope, &Query::default())?.rows.len(), 0);
            Ok(())
        })
        .unwrap();
    assert_eq!(facets(&house, TYPED).iter().filter(|facet| facet.field == "x_late").count(), 1);
}

#[test]
fn only_whoever_may_describe_changes_descriptions_and_nobody_by_other_ways() {
    let house = House::new();
    let fields = body(own_field(TYPED, "x_other", json!({})));
    for action in [Action::Create, Action::Edit, Action::Import] {
        assert!(house.permit(&house.chief(), action, &Subject::register("own_field")).is_err(), "{action:?}");
    }
    assert!(house.permit(&house.manager(), Action::Describe, &Subject::register("own_field")).is_err());
    // Leave to describe another register is none to make records in it.
    let permit = house.permit(&house.chief(), Action::Describe, &Subject::register(TYPED)).unwrap();
    let id = Id::new(&house.clock);
    for register in [TYPED, "own_field"] {
        let op = register::change::Op::Create { register: register.into(), id, body: fields.clone() };
        let change = register::change::Change::one(register::change::Request::new(), permit.clone(), op);
        assert_eq!(house.writer.commit_now(change).unwrap_err(), Failure::Refused);
    }
}

#[test]
fn what_cannot_be_described_is_refused_at_its_field() {
    let house = House::new();
    described(&house);
    let own = |more: Value| house.describe("own_field", own_field(TYPED, "x_new", more));
    let refused: &[(Value, &str)] = &[
        (json!({"register": "nothing"}), "register"),
        (json!({"register": "own_field"}), "register"),
        (json!({"register": "unit"}), "register"),
        (json!({"name": "new"}), "name"),
        (json!({"name": "x_"}), "name"),
        (json!({"name": "x_ "}), "name"),
        (json!({"name": "x_a; DROP TABLE record"}), "name"),
        (json!({"name": "X_NEW"}), "name"),
        (json!({"name": "x_label"}), "name"),
        (json!({"label": "資産名"}), "label"),
        (json!({"label": " "}), "label"),
        (json!({"label": "請求書\u{202E}txt"}), "label"),
        (json!({"label": "あ".repeat(41)}), "label"),
        (json!({"kind": "secret"}), "kind"),
        (json!({"kind": "choice"}), "options"),
        (json!({"kind": "choice", "options": ["Ａ", "a"]}), "options"),
        (json!({"kind": "choice", "options": (0..201).map(|n| n.to_string()).collect::<Vec<_>>()}), "options"),
        (json!({"kind": "choice", "options": ["あ"], "retired_options": ["い"]}), "retired_options"),
        (json!({"kind": "choice", "options": ["あ"], "retired_options": ["あ"]}), "retired_options"),
        (json!({"options": ["あ"]}), "options"),
        (json!({"kind": "scale"}), "scale"),
        (json!({"kind": "scale", "scale": "unheard"}), "scale"),
        (json!({"kind": "link"}), "to"),
        (json!({"kind": "link", "to": "unheard"}), "to"),
        (json!({"kind": "link", "to": "comment"}), "to"),
        (json!({"kind": "bool", "many": true}), "many"),
        (json!({"kind": "scale", "scale": "secrecy", "many": true}), "many"),
        (json!({"many": true, "facet": true}), "facet"),
        (json!({"kind": "long", "sort": true}), "sort"),
        (json!({"kind": "link", "to": TYPED, "sort": true}), "sort"),
    ];
    let before = house.size();
    for (more, field) in refused {
        assert_eq!(fields(own(more.clone())), [*field], "{more}");
    }
    let own = |more: Value| house.describe("own_register", own_register("x_other", more));
    let refused: &[(Value, &str)] = &[
        (json!({"name": TYPED}), "name"),
        (json!({"name": OWN}), "name"),
        (json!({"label": "契約"}), "label"),
        (json!({"states": "odd"}), "states"),
        (json!({"access": ["chief.see.all"]}), "access"),
        (json!({"access": ["manager.see.unit"]}), "access"),
        (json!({"access": ["manager.see.own"], "unit": true}), "access"),
    ];
    for (more, field) in refused {
        assert_eq!(fields(own(more.clone())), [*field], "{more}");
    }
    assert_eq!(house.size(), before);
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn labels_may_hold_whatever_people_write() {
    let house = House::new();
    for (at, label) in ["<b>太字</b>&amp;", "🗾印", "שלום", "外字\u{E000}", "a\"b'c--"].into_iter().enumerate()
    {
        let options: Vec<String> = (0..200).map(|n| format!("{label}{n}")).collect();
        let more = json!({"label": label, "kind": "choice", "options": options, "facet": true, "sort": true});
        let name = format!("x_{at}");
        house.describe("own_field", own_field(TYPED, &name, more)).unwrap();
        house.create(TYPED, json!({name.as_str(): options[199]})).unwrap();
        assert_eq!(house.titles(TYPED, &filtered(&name, &options[199])).len(), 1);
        let wrong = house.create(TYPED, json!({name.as_str(): "なし"})).unwrap_err().to_string();
        assert!(wrong.contains(label) && wrong.len() < 2_000, "{wrong}");
    }
}

#[test]
fn a_field_with_values_keeps_its_kind_and_its_options() {
    let house = House::new();
    for register in BOTH {
        let more = json!({"kind": "choice", "options": ["甲", "乙"], "label": "区分け"});
        let field = house.describe("own_field", own_field(register, "x_kind", more)).unwrap();
        // Nobody has a value: all can still change.
        house.redescribe("own_field", field, json!({"kind": "text", "options": null})).unwrap();
        house.redescribe("own_field", field, json!({"kind": "choice", "options": ["甲", "乙", "丙"]})).unwrap();
        let id = house.create(register, json!({"x_kind": "甲"})).unwrap();
        house.edit(register, id, json!({"x_kind": null})).unwrap();
        for (patch, at) in [
            (json!({"kind": "text", "options": null}), "kind"),
            (json!({"options": ["乙", "丙"]}), "options"),
            (json!({"many": true}), "many"),
            (json!({"register": "unit"}), "register"),
            (json!({"name": "x_other"}), "name"),
        ] {
            assert_eq!(fields(house.redescribe("own_field", field, patch.clone())), [at], "{patch}: it had one once");
        }
        house.redescribe("own_field", field, json!({"options": ["乙", "甲", "丙", "丁"], "label": "区別"})).unwrap();
    }
}

#[test]
fn a_retired_option_or_field_stays_where_it_is_and_is_given_to_nobody() {
    let house = House::new();
    for register in BOTH {
        let more = json!({"kind": "choice", "options": ["甲", "乙"], "facet": true, "column": true});
        let field = house.describe("own_field", own_field(register, "x_kind", more)).unwrap();
        let id = house.create(register, json!({"x_kind": "甲"})).unwrap();
        house.redescribe("own_field", field, json!({"retired_options": ["甲"]})).unwrap();
        assert_eq!(fields(house.create(register, json!({"x_kind": "甲"}))), ["x_kind"]);
        house.edit(register, id, json!({"note": "甲のまま"})).unwrap();
        house.redescribe("own_field", field, json!({"retired": true})).unwrap();
        assert_eq!(fields(house.create(register, json!({"x_kind": "乙"}))), ["x_kind"]);
        house.edit(register, id, json!({"note": "甲のままです"})).unwrap();
        assert_eq!(house.row(register, id).text("x_kind"), "甲");
        assert!(house.page(register, &filtered("x_kind", "甲")).is_err(), "{register}: nothing to filter by");
        assert!(facets(&house, register).iter().all(|facet| facet.field != "x_kind"));
        house.redescribe("own_field", field, json!({"retired": false})).unwrap();
        assert_eq!(house.titles(register, &filtered("x_kind", "甲")).len(), 1);
    }
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn what_must_be_filled_is_asked_of_those_who_write_and_not_of_what_is_there() {
    let house = House::new();
    for register in BOTH {
        let id = house.create(register, json!({})).unwrap();
        house.describe("own_field", own_field(register, "x_must", json!({"required": true}))).unwrap();
        assert_eq!(fields(house.create(register, json!({}))), ["x_must"]);
        house.act(&house.chief(), register, id, "ask", json!({})).expect("a step in its life shows no such field");
        assert_eq!(fields(house.edit(register, id, json!({"note": "変更"}))), ["x_must"]);
        house.edit(register, id, json!({"note": "変更", "x_must": "あり"})).unwrap();
    }
}

#[test]
fn text_leaves_and_joins_the_search_with_its_switch() {
    let house = House::new();
    let hits = |words: &str| house.store.read_now(|reading| reading.search(&house.chief(), words, 10)).unwrap().len();
    for (at, register) in BOTH.into_iter().enumerate() {
        let field = house.describe("own_field", own_field(register, "x_word", json!({}))).unwrap();
        house.create(register, json!({"x_word": "珍しい言葉"})).unwrap();
        house.create(register, json!({"name": "ほか"})).unwrap();
        assert_eq!((hits("珍しい"), hits("ほか")), (1, at + 1));
        house.redescribe("own_field", field, json!({"search": false})).unwrap();
        assert_eq!((hits("珍しい"), hits("ほか")), (0, at + 1), "{register}");
        house.redescribe("own_field", field, json!({"search": true})).unwrap();
        assert_eq!(hits("珍しい"), 1);
        house.redescribe("own_field", field, json!({"retired": true})).unwrap();
        assert_eq!(hits("珍しい"), 0);
    }
}

#[test]
fn a_retired_register_is_read_and_no_more() {
    let house = House::new();
    let register = house.describe("own_register", own_register(OWN, json!({"access": ["staff.add.all"]}))).unwrap();
    let id = put(&house, &house.chief(), json!({"name": "古い"})).unwrap();
    house.redescribe("own_register", register, json!({"retired": true})).unwrap();
    let staff = someone(house.second, &[(Role::Staff, None)]);
    for actor in [house.chief(), staff] {
        assert_eq!(put(&house, &actor, json!({"name": "新しい"})).unwrap_err(), Failure::Refused);
        let description = house.description(OWN);
        decide(&actor, Action::View, &house.row(OWN, id).subject(), &description).unwrap();
        assert!(decide(&actor, Action::Edit, &house.row(OWN, id).subject(), &description).is_err());
    }
}

#[test]
fn there_is_an_end_to_what_can_be_added() {
    let house = House::new();
    for at in 1..MOST_FIELDS {
        house.describe("own_field", own_field(TYPED, &format!("x_{at}"), json!({}))).unwrap();
    }
    assert_eq!(fields(house.describe("own_field", own_field(TYPED, "x_50", json!({})))), ["register"]);
    for at in 0..MOST_REGISTERS {
        house.describe("own_register", own_register(&format!("x_{at}"), json!({}))).unwrap();
    }
    assert_eq!(fields(house.describe("own_register", own_register("x_100", json!({})))), [""]);
}

#[test]
fn of_two_who_add_at_once_both_get_theirs_or_one_hears_why() {
    let house = House::new();
    let add = |name: &'static str| {
        let permit = house.permit(&house.chief(), Action::Describe, &Subject::register("own_field")).unwrap();
        let (id, writer) = (Id::new(&house.clock), house.writer.clone());
        let fields = body(own_field(TYPED, name, json!({"label": format!("{name} {id}")})));
        let op = register::change::Op::Create { register: "own_field".into(), id, body: fields };
        let change = register::change::Change::one(register::change::Request::new(), permit, op);
        std::thread::spawn(move || writer.commit_now(change))
    };
    let both = [add("x_1"), add("x_2")].map(|added| added.join().unwrap());
    assert!(both.iter().all(Result::is_ok), "{both:?}");
    let both = [add("x_3"), add("x_3")].map(|added| added.join().unwrap());
    assert_eq!(both.iter().filter(|added| added.is_ok()).count(), 1);
    assert_eq!(
        both.into_iter().filter_map(Result::err).map(|failure| fields(Err::<(), _>(failure))).collect::<Vec<_>>(),
        [["name"]]
    );
    let mut names: Vec<_> =
        house.description(TYPED).fields.iter().filter(|field| field.is_own()).map(|field| field.name.clone()).collect();
    // Which of the two came first is nobody's promise.
    names.sort_unstable();
    assert_eq!(names, ["x_1", "x_2", "x_3", "x_label"]);
}

#[test]
fn a_description_altered_behind_the_house_is_found_and_never_stops_it() {
    for (what, sql) in [
        ("its label", "UPDATE record SET body = replace(body, '設置場所', '偽の場所') WHERE register = 'own_field'"),
        ("its kind", "UPDATE record SET body = replace(body, '\"text\"', '\"bool\"') WHERE register = 'own_field'"),
        ("all of it", "UPDATE record SET body = '{}' WHERE register = 'own_field'"),
        (
            "its register",
            "UPDATE record SET body = replace(body, '\"asset\"', '\"unit\"') WHERE register = 'own_field'",
        ),
    ] {
        let house = House::new();
        let more = json!({"label": "設置場所", "facet": true});
        house.describe("own_field", own_field(TYPED, "x_place", more)).unwrap();
        house.create(TYPED, json!({"x_place": "本庁"})).unwrap();
        let still = house.still();
        Hand::at(still.folder.path(), &still.database, |db| assert!(db.run(sql) > 0));
        // The house that starts next reads what stands there, without what it can't read.
        let store =
            Store::open(still.database.place(still.folder.path()), registers(), still.store.clock().clone()).unwrap();
        let bad = store.read_now(|reading| register::proof::audit(reading, key(), &[], |_| {})).unwrap().bad;
        assert_eq!(bad.unwrap().record.unwrap().0, "own_field", "{what}");
    }
}

/// A description of a field of any kind, sound or not.
fn any_field() -> impl Strategy<Value = Value> {
    let words = || proptest::collection::vec("[ａ-ｅa-e一-三 <>&\"'\\\\🗾]{0,4}", 0..4);
    let kinds = vec!["text", "long", "bool", "integer", "date", "choice", "scale", "link", "odd"];
    let registers = vec![TYPED, DATA, "unit", "own_field", "x_none", ""];
    (
        (proptest::sample::select(registers.clone()), "x?_?[a-z0-9_]{0,3}", "[a-z一-三<🗾 ]{0,5}"),
        (proptest::sample::select(kinds), words(), words()),
        (proptest::option::of(Just("secrecy")), proptest::option::of(proptest::sample::select(registers))),
        proptest::collection::vec(any::<bool>(), 7),
    )
        .prop_map(|((register, name, label), (kind, options, retired), (scale, to), is)| {
            json!({"register": register, "name": name, "label": label, "kind": kind, "options": options, "retired_options": retired,
                "scale": scale, "to": to, "many": is[0], "required": is[1], "facet": is[2], "sort": is[3], "column": is[4],
                "search": is[5], "retired": is[6]})
        })
}

#[test]
fn any_description_is_taken_and_works_or_is_refused_and_leaves_nothing() {
    let house = std::cell::RefCell::new((House::new(), 0));
    proptest!(ProptestConfig::with_cases(300), |(fields in any_field())| {
        let mut kept = house.borrow_mut();
        if kept.1 > 40 {
            *kept = (House::new(), 0);
        }
        let house = &kept.0;
        let before = (house.size(), house.description(TYPED).fields.len(), house.description(DATA).fields.len());
        match house.describe("own_field", fields.clone()) {
            Ok(_) => {
                let (register, name) = (fields["register"].as_str().unwrap().to_owned(), fields["name"].as_str().unwrap().to_owned());
                let description = house.description(&register);
                let field = description.field(&name).unwrap().clone();
                let value = match &field.kind {
                    Kind::Text { .. } | Kind::Long { .. } => json!("文字"),
                    Kind::Bool => json!(true),
                    Kind::Integer { .. } => json!(7),
                    Kind::Date => json!("2026-04-01"),
                    Kind::Choice { options } => json!(options.iter().find(|option| !option.retired).unwrap().value),
                    Kind::Scale { .. } => json!("3A"),
                    Kind::Link { .. } => return Ok(()),
                };
                let value = if field.many { json!([value]) } else { value };
                let must: Value = description.fields.iter().filter(|other| other.is_own() && other.required).map(|other| other.name.clone()).collect();
                if must.as_array().unwrap().iter().all(|must| must == name.as_str()) {
                    let made = house.create(&register, json!({name.as_str(): value}));
                    prop_assert_eq!(made.is_ok(), !field.retired, "{:?}", made);
                }
                house.page(&register, &Query::default()).unwrap();
                facets(house, &register);
                kept.1 += 1;
            }
            Err(Failure::Refusal(refusal)) => {
                prop_assert!(refusal.problems.iter().all(|problem| !problem.say.ja.is_empty() && !problem.say.en.is_empty()));
                prop_assert!(refusal.problems.iter().any(|problem| problem.field.is_some()), "{:?}", refusal);
                let after = (house.size(), house.description(TYPED).fields.len(), house.description(DATA).fields.len());
                prop_assert_eq!(before, after);
            }
            Err(other) => prop_assert!(false, "{:?}: {:?}", fields, other),
        }
    });
    let (house, _) = house.into_inner();
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn a_row_of_an_own_register_is_listed_exactly_when_the_decision_permits_it() {
    let house = House::new();
    described(&house);
    let register = house.store.read_now(|reading| reading.all("own_register")).unwrap()[0].id;
    for (unit, owner) in [house.unit, house.other]
        .into_iter()
        .flat_map(|unit| [None, Some(house.person), Some(house.second)].map(|owner| (unit, owner)))
    {
        for approved in [false, true] {
            let mut fields = json!({"name": "契約", "unit": unit, "owner": owner});
            fields.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            let id = put(&house, &house.chief(), fields).unwrap();
            if approved {
                house.act(&someone(house.second, &[(Role::Manager, None)]), OWN, id, "approve", json!({})).unwrap();
            }
        }
    }
    let rows = house.store.read_now(|reading| reading.all(OWN)).unwrap();
    assert_eq!(rows.len(), 12);
    let rules = proptest::sample::subsequence(Allow::all().map(|allow| allow.to_string()).collect::<Vec<_>>(), 0..6);
    let roles = proptest::sample::subsequence(Role::ALL.to_vec(), 0..3);
    let units = proptest::option::of(proptest::sample::subsequence(vec![house.unit, house.other], 0..2));
    let actions =
        proptest::sample::select(vec![Action::List, Action::View, Action::Edit, Action::Export, Action::Comment]);
    proptest!(ProptestConfig::with_cases(60), |(rules in rules, roles in roles, units in units, action in actions)| {
        house.redescribe("own_register", register, json!({"access": rules})).unwrap();
        let holdings: Vec<_> = roles.iter().map(|role| (*role, units.as_deref())).collect();
        let actor = someone(house.person, &holdings);
        let description = house.description(OWN);
        let scope = scope(&actor, &description, action);
        let page = house.store.read_now(|reading| list::page(reading, &description, &scope, &Query::default())).unwrap();
        for row in &rows {
            let decided = decide(&actor, action, &row.subject(), &description).is_ok();
            prop_assert_eq!(decided, page.rows.iter().any(|listed| listed.id == row.id));
            // Whoever may do anything with a record may see it.
            prop_assert!(!decided || decide(&actor, Action::View, &row.subject(), &description).is_ok());
        }
    });
}
