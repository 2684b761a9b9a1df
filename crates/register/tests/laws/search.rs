//! Search by words, in both kinds of registers.

use base::id::Id;
use proptest::prelude::*;
use register::change::{Change, Op, Request};
use register::list::{Count, Query};
use register::permit::{Action, Subject};
use serde_json::json;

use crate::common::{DATA, House, TYPED};

const BOTH: [&str; 2] = [TYPED, DATA];

fn filled() -> House {
    let house = House::new();
    for register in BOTH {
        for (name, note) in [
            ("総務課の端末", "ノートＰＣ a-1"),
            ("窓口アンケート", "回答は○×の二択"),
            ("強靱化設計書", "NEAR OR AND NOT \"引用\""),
            ("サーバ", "機密 100% 完了*"),
        ] {
            house.create(register, json!({"name": name, "note": note})).unwrap();
        }
    }
    house
}

fn hits(house: &House, register: &str, text: &str) -> Vec<String> {
    house.titles(register, &Query { text: text.into(), ..Query::default() })
}

#[test]
fn words_are_found_however_they_are_spelled() {
    let house = filled();
    for register in BOTH {
        for (text, title) in [
            ("端末", "総務課の端末"),
            ("課", "総務課の端末"),
            ("a-1", "総務課の端末"),
            ("Ａ－１", "総務課の端末"),
            ("ﾉｰﾄpc", "総務課の端末"),
            ("端末 ノート", "総務課の端末"),
            ("○×", "窓口アンケート"),
            ("×", "窓口アンケート"),
            ("強靭", "強靱化設計書"),
            ("靭", "強靱化設計書"),
            ("near", "強靱化設計書"),
            ("\"引用\"", "強靱化設計書"),
            ("AND NOT", "強靱化設計書"),
            ("さーば", "サーバ"),
            ("100%", "サーバ"),
            ("完了*", "サーバ"),
        ] {
            assert_eq!(hits(&house, register, text), [title], "{register}: {text}");
        }
        for text in
            ["末端", "端末 サーバ", "NEAR(端末)", "端末*", "\"端末\"", "reg:asset", "text : 端末", "^端末", "a+1"]
        {
            assert!(hits(&house, register, text).is_empty(), "{register}: {text}");
        }
        assert_eq!(hits(&house, register, " 　").len(), 4, "no word is no filter");
    }
}

#[test]
fn a_count_of_hits_stops_at_a_thousand() {
    let house = House::new();
    let permit = house.permit(&house.chief(), Action::Create, &Subject::register(TYPED)).unwrap();
    let change = |_| {
        let op = Op::Create { register: TYPED.into(), id: Id::new(&house.clock), body: house.asset(json!({})) };
        Change::one(Request::new(), permit.clone(), op)
    };
    let count = |text: &str| house.page(TYPED, &Query { text: text.into(), ..Query::default() }).unwrap().count;
    house.writer.commit_many((0..999).map(change).collect()).unwrap();
    assert_eq!(count("端末"), Count::Exactly(999));
    house.writer.commit_many((0..9_001).map(change).collect()).unwrap();
    assert_eq!(
        (count("端末"), count("")),
        (Count::AtLeast(1_000), Count::Exactly(10_000)),
        "more than ever wait at once"
    );
}

#[test]
fn a_search_follows_edits_and_never_finds_what_was_put_away() {
    let house = House::new();
    for register in BOTH {
        let id = house.create(register, json!({"name": "複合機"})).unwrap();
        house.edit(register, id, json!({"name": "印刷機"})).unwrap();
        assert!(hits(&house, register, "複合").is_empty());
        assert_eq!(hits(&house, register, "印刷"), ["印刷機"]);
        house.archive(register, id).unwrap();
        assert!(hits(&house, register, "印刷").is_empty());
    }
}

#[test]
fn what_was_refused_among_others_leaves_no_words() {
    let house = House::new();
    let permit = house.permit(&house.chief(), Action::Create, &Subject::register(TYPED)).unwrap();
    let change = |all: &[serde_json::Value]| {
        let create = |fields: &serde_json::Value| {
            let body = house.asset(fields.clone());
            Op::Create { register: TYPED.into(), id: Id::new(&house.clock), body }
        };
        let ops = all.iter().map(create).collect();
        Change { request: Request::new(), permit: permit.clone(), ops, reason: None, side: Vec::new() }
    };
    let together = house.writer.commit_many(vec![
        change(&[json!({"name": "複写機"})]),
        change(&[json!({"name": "消耗品"}), json!({"grade": "9Z"})]),
        change(&[json!({"name": "拡声器"})]),
    ]);
    let yes: Vec<bool> = together.unwrap().iter().map(Result::is_ok).collect();
    assert_eq!(yes, [true, false, true]);
    for (text, found) in [("複写", &["複写機"][..]), ("消耗", &[]), ("拡声", &["拡声器"])] {
        assert_eq!(hits(&house, TYPED, text), found, "{text}");
    }
}

#[test]
fn a_search_over_all_registers_shows_only_what_the_actor_may_list() {
    let house = filled();
    let found = |actor| house.store.read_now(|reading| reading.search(&actor, "端末", 10)).unwrap().len();
    assert_eq!(found(house.chief()), 2);
    assert_eq!(found(register::permit::Actor::anyone()), 0);
}

#[test]
fn newer_hits_that_are_not_for_the_actor_hide_no_older_one() {
    let house = House::new();
    house.create(TYPED, json!({"name": "古い端末"})).unwrap();
    let permit = house.permit(&house.chief(), Action::Create, &Subject::register(TYPED)).unwrap();
    let foreign = |_| {
        let body = house.asset(json!({"unit": house.other}));
        Change::one(
            Request::new(),
            permit.clone(),
            Op::Create { register: TYPED.into(), id: Id::new(&house.clock), body },
        )
    };
    house.writer.commit_many((0..1_100).map(foreign).collect()).unwrap();
    let found = house.store.read_now(|reading| reading.search(&house.manager(), "端末", 10)).unwrap();
    assert_eq!(found.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), ["古い端末"]);
    let all = house.store.read_now(|reading| reading.search(&house.chief(), "端末", 500)).unwrap();
    assert_eq!(all.len(), 500);
}

#[test]
fn a_grade_is_found_by_its_label() {
    let house = House::new();
    for register in BOTH {
        house.create(register, json!({"name": "台帳", "grade": "3A"})).unwrap();
        assert_eq!(hits(&house, register, "自治体機密性"), ["台帳"]);
    }
}

#[test]
fn no_text_breaks_a_search() {
    let house = filled();
    let signs =
        ["\"", "\"\"", "*", "(", ")", ":", "^", "-", "+", "'", "\\", "\0", "端\0末", "\u{1}", "{}", "%", "_", ";--"];
    for text in signs {
        hits(&house, TYPED, text);
    }
    proptest!(ProptestConfig::with_cases(300), |(text in any::<String>(), near in "[\"*()^:+a端課○ \0-]{0,20}")| {
        for text in [text, near] {
            hits(&house, TYPED, &text);
            house.store.read_now(|reading| reading.search(&house.chief(), &text, 10)).unwrap();
        }
    });
}
