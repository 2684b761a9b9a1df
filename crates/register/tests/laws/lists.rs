//! Lists: facets, filters, order, pages and counts, in both kinds of registers.

use base::id::Id;
use register::change::Op;
use register::list::{Count, From, Order, Page, Query, facets};
use register::permit::{Action, Actor, Scope, Subject, scope};
use serde_json::json;

use crate::common::{DATA, House, TYPED, body, fields};

const BOTH: [&str; 2] = [TYPED, DATA];

fn by(order: Order) -> Query {
    Query { order, ..Query::default() }
}

fn with(field: &str, values: &[&str]) -> Query {
    Query { filters: vec![(field.into(), values.iter().map(ToString::to_string).collect())], ..Query::default() }
}

fn ids(page: &Page) -> Vec<Id> {
    page.rows.iter().map(|row| row.id).collect()
}

#[test]
fn every_sort_key_orders_as_people_expect() {
    let house = House::new();
    for register in BOTH {
        for (name, kana, grade, day, copies, medium) in [
            ("山", "やま", "2", "2024-01-01", 10, "device"),
            ("川", "かわ", "3A", "2025-01-01", 9, "paper"),
            ("係10", "かかり10", "1", "2023-01-01", 1, "disk"),
            ("係2", "かかり2", "1", "2026-01-01", 2, "disk"),
        ] {
            let all = json!({"name": name, "kana": kana, "grade": grade, "acquired_on": day, "copies": copies, "medium": medium});
            house.create(register, all).unwrap();
        }
        let up = |field: &str| house.titles(register, &by(Order::Up(field.into())));
        let down = |field: &str| house.titles(register, &by(Order::Down(field.into())));
        assert_eq!(
            house.titles(register, &Query::default()),
            ["係2", "係10", "川", "山"],
            "by reading, numbers by value"
        );
        assert_eq!(down("name"), ["山", "川", "係10", "係2"]);
        assert_eq!(up("grade"), ["係10", "係2", "山", "川"]);
        assert_eq!(down("acquired_on"), ["係2", "川", "山", "係10"]);
        assert_eq!(up("copies"), ["係10", "係2", "川", "山"]);
        assert_eq!(up("medium"), ["川", "係10", "係2", "山"], "a choice sorts in the order of its list");
        assert_eq!(house.titles(register, &by(Order::Newest)), ["係2", "係10", "川", "山"]);
        assert_eq!(fields(house.page(register, &by(Order::Up("note".into())))), ["note"]);
        assert_eq!(fields(house.page(register, &with("kana", &["x"]))), ["kana"]);
    }
}

#[test]
fn pages_over_equal_keys_lose_nothing_and_double_nothing_in_either_direction() {
    let house = House::new();
    for register in BOTH {
        for at in 0..23 {
            house.create(register, json!({"name": "同じ", "copies": at / 9, "note": "語"})).unwrap();
        }
        let orders = [
            Order::Usual,
            Order::Newest,
            Order::Up("copies".into()),
            Order::Down("copies".into()),
            Order::Down("name".into()),
        ];
        for (order, text) in orders.iter().flat_map(|order| [(order, ""), (order, "語")]) {
            let ask = |from, rows| {
                let query = Query { order: order.clone(), text: text.into(), from, rows, ..Query::default() };
                house.page(register, &query).unwrap()
            };
            let whole = ids(&ask(From::Start, 200));
            assert_eq!(whole.len(), 23, "{order:?} {text}");
            let (mut forward, mut from) = (Vec::new(), From::Start);
            loop {
                let page = ask(from, 5);
                assert_eq!((page.count, page.earlier), (Count::Exactly(23), !forward.is_empty()));
                forward.extend(ids(&page));
                if !page.later {
                    break;
                }
                from = From::After(*forward.last().unwrap());
            }
            assert_eq!(forward, whole, "{order:?} {text} forward");
            let (mut backward, mut edge) = (vec![whole[22]], whole[22]);
            loop {
                let page = ask(From::Before(edge), 5);
                assert!(page.later);
                let part = ids(&page);
                edge = part[0];
                backward.splice(0..0, part);
                if !page.earlier {
                    break;
                }
            }
            assert_eq!(backward, whole, "{order:?} {text} backward");
        }
    }
}

#[test]
fn facets_count_under_all_other_filters_and_agree_with_the_list() {
    let house = House::new();
    for register in BOTH {
        for (medium, grade, personal, owner) in [
            (Some("paper"), Some("2"), true, true),
            (Some("paper"), Some("3A"), false, true),
            (Some("disk"), Some("3A"), true, false),
            (None, None, false, false),
        ] {
            let owner = owner.then_some(house.person);
            let note = personal.then_some("記載");
            let all = json!({"medium": medium, "grade": grade, "personal": personal, "owner": owner, "note": note, "copies": 7});
            house.create(register, all).unwrap();
        }
        let found = |query: &Query| {
            let description = &house.description(register);
            let scope = scope(&house.chief(), description, Action::List);
            house.store.read_now(|reading| facets(reading, description, &scope, query)).unwrap()
        };
        let query = with("medium", &["paper"]);
        let values = |query: &Query, field: &str| {
            let mut values = found(query).into_iter().find(|facet| facet.field == field).unwrap().values;
            values.sort();
            values
        };
        let pair = |value: &str, count| (value.to_owned(), count);
        assert_eq!(values(&query, "medium"), [pair("", 1), pair("disk", 1), pair("paper", 2)], "not under itself");
        assert_eq!(values(&query, "grade"), [pair("2", 1), pair("3A", 1)]);
        assert_eq!(values(&query, "personal"), [pair("no", 1), pair("yes", 1)]);
        assert_eq!(values(&query, "note"), [pair("", 1), pair("filled", 1)]);
        assert_eq!(values(&Query::default(), "state"), [pair("draft", 4)]);
        for facet in found(&Query::default()) {
            for (value, count) in &facet.values {
                let listed = house.page(register, &with(&facet.field, &[value])).unwrap();
                assert_eq!(listed.rows.len() as u64, *count, "{register} {} = {value:?}", facet.field);
                assert_eq!(listed.count, Count::Exactly(*count));
            }
        }
        let either = with("medium", &["paper", "disk"]);
        assert_eq!(house.page(register, &either).unwrap().rows.len(), 3);
    }
}

#[test]
fn a_count_is_never_older_than_the_register() {
    let house = House::new();
    for register in BOTH {
        let count = || house.page(register, &Query::default()).unwrap().count;
        assert_eq!(count(), Count::Exactly(0));
        let id = house.create(register, json!({})).unwrap();
        assert_eq!(count(), Count::Exactly(1));
        assert!(house.create(register, json!({"medium": "x"})).is_err());
        assert_eq!(count(), Count::Exactly(1));
        house.archive(register, id).unwrap();
        assert_eq!(count(), Count::Exactly(0));
    }
}

#[test]
fn counts_over_a_whole_register_follow_each_change() {
    let house = House::new();
    let console = Actor::engine("console");
    let (mut done, mut staged) = (0, 0);
    for stage in ["done", "done", "staged", "staged", "staged", "done", "done", "done"] {
        let id = Id::new(&house.clock);
        let body = body(json!({"file": "assets.csv", "register": TYPED, "sha256": "0", "rows": 1, "stage": stage}));
        let op = Op::Create { register: "import".into(), id, body };
        house.commit(&console, Action::Create, &Subject::register("import"), op).unwrap();
        *(if stage == "done" { &mut done } else { &mut staged }) += 1;
        let facets = house
            .store
            .read_now(|reading| facets(reading, &house.description("import"), &Scope::everything(), &Query::default()));
        let mut values = facets.unwrap().into_iter().find(|facet| facet.field == "stage").unwrap().values;
        values.sort();
        let expected = [("done", done), ("staged", staged)].map(|(value, count)| (value.to_owned(), count));
        assert_eq!(values, expected.into_iter().filter(|(_, count)| *count > 0).collect::<Vec<_>>());
    }
}

#[test]
fn days_filter_by_range_with_both_ends_and_a_missing_day_is_in_none() {
    let house = House::new();
    for register in BOTH {
        for day in [Some("2026-03-31"), Some("2026-04-01"), Some("2026-04-30"), None] {
            house.create(register, json!({"name": day.unwrap_or("なし"), "acquired_on": day})).unwrap();
        }
        let mut query = with("acquired_on.from", &["令和8年4月1日"]);
        query.order = Order::Up("acquired_on".into());
        assert_eq!(house.titles(register, &query), ["2026-04-01", "2026-04-30"]);
        query.filters.push(("acquired_on.to".into(), vec!["2026/4/1".into()]));
        assert_eq!(house.titles(register, &query), ["2026-04-01"]);
        assert_eq!(house.titles(register, &with("acquired_on.to", &["2026-03-31"])), ["2026-03-31"]);
        assert_eq!(fields(house.page(register, &with("acquired_on.to", &["いつか"]))), ["acquired_on.to"]);
        assert_eq!(fields(house.page(register, &with("valid_until.to", &["2026-03-31"]))), ["valid_until.to"]);
    }
}
