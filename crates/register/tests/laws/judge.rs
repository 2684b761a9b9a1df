//! The hook for rules: what they read is what the change leaves, what they refuse is not written, and a rule that breaks refuses.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base::id::Id;
use register::judge::{Facts, Reads, Rules, Verdict};
use register::permit::{Action, Subject};
use register::{Failure, Refusal, Say};
use serde_json::json;

use crate::common::{House, TYPED, body, fields};

fn verdict(at: &str) -> Verdict {
    Verdict { at: Some(at.to_owned()), say: Say::new("直してください", "Put it right"), clause: None }
}

/// A part may only be kept in a unit whose name begins with 総, and with no more than three parts in all.
fn rules() -> Rules {
    let reads = |register: &str, act: &str| {
        let wanted = Reads { links: vec!["asset".into(), "asset.unit".into()], tables: vec!["part".into()] };
        (register == "part" && act != "archive").then_some(wanted)
    };
    Rules::new(reads, |facts: &Facts| {
        let fails = |seen: &register::judge::Seen| {
            let unit = seen.links["asset.unit"].first().map(|unit| unit.body["name"].as_str().unwrap_or(""));
            unit.is_none_or(|name| !name.starts_with('総'))
        };
        let mut verdicts = Vec::new();
        if fails(&facts.after) && !facts.before.as_ref().is_some_and(fails) {
            verdicts.push(verdict("asset"));
        }
        if facts.tables["part"].len() > 3 {
            verdicts.push(verdict("text"));
        }
        verdicts
    })
}

fn part(house: &House, asset: Id, text: &str) -> Result<Id, Failure> {
    let id = Id::new(&house.clock);
    let op =
        register::change::Op::Create { register: "part".into(), id, body: body(json!({"asset": asset, "text": text})) };
    let row = house.row(TYPED, asset);
    house.commit(&house.chief(), Action::Edit, &row.subject(), op).map(|_| id)
}

#[test]
fn rules_see_two_links_far_and_whole_tables_and_what_they_refuse_is_not_written() {
    let house = House::new().under(rules());
    let (good, bad) =
        (house.create(TYPED, json!({})).unwrap(), house.create(TYPED, json!({"unit": house.other})).unwrap());
    let size = house.size();
    assert_eq!(fields(part(&house, bad, "電源")), ["asset"]);
    assert_eq!(house.size(), size);
    for name in ["画面", "鍵盤", "本体"] {
        part(&house, good, name).unwrap();
    }
    // The table is as this very change leaves it.
    assert_eq!(fields(part(&house, good, "四つ目")), ["text"]);
    assert_eq!(house.store.read_now(|reading| reading.all("part")).unwrap().len(), 3);
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn only_the_change_that_makes_it_fail_is_refused() {
    let house = House::new();
    let bad = house.create(TYPED, json!({"unit": house.other})).unwrap();
    let id = part(&house, bad, "前からあった部品").unwrap();
    let house = house.under(rules());
    let row = house.row("part", id);
    let op = register::change::Op::Edit {
        register: "part".into(),
        id,
        base: row.rev,
        patch: body(json!({"text": "名前を変えた部品"})),
    };
    let whole = house.row(TYPED, bad);
    house.commit(&house.chief(), Action::Edit, &whole.subject(), op).unwrap();
}

#[test]
fn where_there_is_a_lifecycle_only_what_gives_leave_is_judged() {
    let asked = Arc::new(AtomicU64::new(0));
    let count = asked.clone();
    let rules = Rules::new(
        |_, _| Some(Reads::default()),
        move |facts| {
            count.fetch_add(1, Ordering::Relaxed);
            if facts.act == "act:grant" { vec![verdict("due_on")] } else { Vec::new() }
        },
    );
    let house = House::new().under(rules);
    // An asset has a lifecycle, of which nothing is marked as giving leave.
    let asset = house.create(TYPED, json!({})).unwrap();
    house.edit(TYPED, asset, json!({"note": "変更"})).unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    let id = Id::new(&house.clock);
    let loan = body(json!({"name": "貸出", "asset": asset, "applicant": house.person}));
    let op = register::change::Op::Create { register: "loan".into(), id, body: loan };
    house.commit(&house.chief(), Action::Create, &Subject::register("loan"), op).unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    let row = house.row("loan", id);
    let description = house.description("loan");
    let lifecycle = description.lifecycle.unwrap();
    let ahead = |step: &str| {
        let step = lifecycle.transition(step).unwrap();
        house.store.read_now(|reading| register::judge::ahead(reading, house.writer.rules(), &row, step)).unwrap()
    };
    assert_eq!(ahead("check"), Refusal::default());
    assert_eq!(ahead("grant").problems[0].field.as_deref(), Some("due_on"));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[test]
fn a_rule_that_breaks_or_reads_too_much_refuses() {
    let broken = Rules::new(|register, _| (register == "part").then(Reads::default), |_| panic!("a broken rule"));
    let house = House::new();
    let asset = house.create(TYPED, json!({})).unwrap();
    let house = house.under(broken);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| part(&house, asset, "部品"))).unwrap();
    assert_eq!(fields(outcome), [""]);
    // The writer goes on.
    house.create(TYPED, json!({})).unwrap();

    let nonsense = |links: &str| {
        let links = vec![links.to_owned()];
        Rules::new(
            move |register, _| (register == "part").then(|| Reads { links: links.clone(), tables: Vec::new() }),
            |_| Vec::new(),
        )
    };
    let mut house = house;
    for path in ["text", "nothing", "asset.unit.parent"] {
        house = house.under(nonsense(path));
        assert!(matches!(part(&house, asset, "部品"), Err(Failure::Broken(_))), "{path}");
    }
    let much = Rules::new(
        |register, _| (register == "part").then(|| Reads { links: Vec::new(), tables: vec!["person".into()] }),
        |_| Vec::new(),
    );
    let house = house.under(much);
    part(&house, asset, "部品").unwrap();
    for n in 0..register::judge::MOST {
        house.put_person(&format!("職員{n}"));
    }
    assert_eq!(fields(part(&house, asset, "部品")), [""]);
}
