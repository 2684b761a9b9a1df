//! Decisions of the office (決裁): who may make them, in whose place, and what was decided elsewhere.

use base::id::Id;
use register::change::{Change, Done, Op, Request};
use register::permit::{Action, Actor, Authority, Holding, Role, Who, authority};
use register::{Body, Failure, Word};
use serde_json::{Value, json};

use crate::common::{House, TYPED, body, fields, noon, someone};

/// A loan that the house's first person has asked for, entered by the second.
fn asked(house: &House) -> Id {
    let asset = house.create(TYPED, json!({})).unwrap();
    let id = Id::new(&house.clock);
    let fields = json!({"name": "端末の貸出", "asset": asset, "applicant": house.person, "due_on": "2026-04-03"});
    let op = Op::Create { register: "loan".into(), id, body: body(fields) };
    let clerk = someone(house.second, &[(Role::Staff, None)]);
    house.commit(&clerk, Action::Create, &register::permit::Subject::register("loan"), op).unwrap();
    id
}

fn decision(about: Id, step: &str, decider: Id, more: &Value) -> Body {
    let mut all =
        body(json!({"about": about, "step": step, "decided_on": "2026-04-01", "decider": decider, "manner": "own"}));
    all.extend(body(more.clone()));
    all
}

fn decide(house: &House, actor: &Actor, id: Id, step: &'static str, made: Option<Body>) -> Result<Done, Failure> {
    let row = house.row("loan", id);
    let permit = house.permit(actor, Action::Act(Word(step)), &row.subject())?;
    let made = made.map(|body| Op::Create { register: "decision".into(), id: Id::new(&house.clock), body });
    let act =
        Op::Act { register: "loan".into(), id, base: row.rev, transition: step.into(), patch: Body::new(), note: None };
    let ops = made.into_iter().chain([act]).collect();
    house.writer.commit_now(Change { request: Request::new(), permit, ops, reason: None, side: Vec::new() })
}

/// Somebody else than the two people of the house.
fn third(house: &House, name: &str) -> Id {
    house.put_person(name);
    let found = house.store.read_now(|reading| reading.by_title("person", name)).unwrap();
    found[0].id
}

fn substitute(person: Id, role: Role, holder: Id) -> Actor {
    let holding = Holding { role, units: None, instead_of: Some(holder) };
    Actor { who: Who::Person { account: person, person, auth: "password", session: None }, holdings: vec![holding] }
}

#[test]
fn a_decision_comes_with_what_was_decided_and_by_whom_or_not_at_all() {
    let house = House::new();
    let id = asked(&house);
    let chief = third(&house, "決裁 花子");
    let actor = someone(chief, &[(Role::Chief, None)]);
    let size = house.size();
    assert_eq!(fields(decide(&house, &actor, id, "grant", None)), [""]);
    let somebody_else = decision(id, "grant", house.second, &json!({}));
    assert_eq!(decide(&house, &actor, id, "grant", Some(somebody_else)), Err(Failure::Refused));
    let of_another_step = decision(id, "check", chief, &json!({}));
    assert_eq!(decide(&house, &actor, id, "grant", Some(of_another_step)), Err(Failure::Refused));
    let tomorrow = decision(id, "grant", chief, &json!({"decided_on": "2026-04-02"}));
    assert_eq!(fields(decide(&house, &actor, id, "grant", Some(tomorrow))), ["decided_on"]);
    let drafted_after = decision(id, "grant", chief, &json!({"drafted_on": "2026-04-02"}));
    assert_eq!(fields(decide(&house, &actor, id, "grant", Some(drafted_after))), ["drafted_on"]);
    assert_eq!((house.size(), house.row("loan", id).state.as_str()), (size, "asked"));
    decide(&house, &actor, id, "grant", Some(decision(id, "grant", chief, &json!({"number": "総第12号"})))).unwrap();
    assert_eq!(house.row("loan", id).state, "granted");
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn whoever_applied_decides_nothing_nor_does_their_substitute() {
    let house = House::new();
    let id = asked(&house);
    let deputy = third(&house, "代理 次郎");
    for (actor, decider, more) in [
        // The one whom the record names, and the one who entered it.
        (someone(house.person, &[(Role::Chief, None)]), house.person, json!({})),
        (someone(house.second, &[(Role::Chief, None)]), house.second, json!({})),
        // Whoever takes the place of the applicant counts as the applicant.
        (
            substitute(deputy, Role::Chief, house.person),
            deputy,
            json!({"manner": "substitute", "instead_of": house.person}),
        ),
    ] {
        let outcome = decide(&house, &actor, id, "grant", Some(decision(id, "grant", decider, &more)));
        assert_eq!(fields(outcome), [""], "{more}");
    }
    assert_eq!(house.row("loan", id).state, "asked");
}

#[test]
fn a_substitute_decides_in_the_holders_place_and_the_holder_looks_at_it_afterwards() {
    let house = House::new();
    let id = asked(&house);
    let (holder, deputy) = (third(&house, "課長 太郎"), third(&house, "補佐 三郎"));
    let actor = substitute(deputy, Role::Chief, holder);
    let own = decision(id, "grant", deputy, &json!({}));
    assert_eq!(decide(&house, &actor, id, "grant", Some(own)), Err(Failure::Refused), "as if it were their own");
    let of_another = decision(id, "grant", deputy, &json!({"manner": "substitute", "instead_of": house.second}));
    assert_eq!(decide(&house, &actor, id, "grant", Some(of_another)), Err(Failure::Refused));
    let made = decision(id, "grant", deputy, &json!({"manner": "substitute", "instead_of": holder}));
    let done = decide(&house, &actor, id, "grant", Some(made)).unwrap();
    let decision = done.records[0].0;
    let review = |actor: &Actor| house.act(actor, "decision", decision, "review", json!({}));
    assert_eq!(review(&someone(deputy, &[(Role::Staff, None)])).unwrap_err(), Failure::Missing, "not theirs to see");
    review(&someone(holder, &[(Role::Staff, None)])).unwrap();
    assert_eq!(house.row("decision", decision).state, "reviewed");
}

#[test]
fn the_place_that_a_substitute_took_counts_at_the_next_step_too() {
    let house = House::new();
    let id = asked(&house);
    let (holder, deputy, other) = (third(&house, "課長 太郎"), third(&house, "補佐 三郎"), third(&house, "部長 四郎"));
    let made = decision(id, "check", deputy, &json!({"manner": "substitute", "instead_of": holder}));
    decide(&house, &substitute(deputy, Role::Chief, holder), id, "check", Some(made)).unwrap();
    for again in [holder, deputy] {
        let actor = someone(again, &[(Role::Chief, None)]);
        let outcome = decide(&house, &actor, id, "grant", Some(decision(id, "grant", again, &json!({}))));
        assert_eq!(fields(outcome), [""]);
    }
    let actor = someone(other, &[(Role::Chief, None)]);
    decide(&house, &actor, id, "grant", Some(decision(id, "grant", other, &json!({})))).unwrap();
}

#[test]
fn what_was_decided_elsewhere_is_recorded_with_its_proof_and_its_decider() {
    let house = House::new();
    let id = asked(&house);
    let (head, clerk) = (third(&house, "管理 者子"), third(&house, "書記 五郎"));
    let recorder = someone(clerk, &[(Role::Ciso, None)]);
    let here = decision(id, "grant", clerk, &json!({}));
    assert_eq!(decide(&house, &recorder, id, "grant", Some(here)), Err(Failure::Refused), "no authority of their own");
    let elsewhere = json!({"system": "文書管理システム"});
    let unproven = decision(id, "grant", head, &elsewhere);
    assert_eq!(fields(decide(&house, &recorder, id, "grant", Some(unproven))), ["number"]);
    let by_the_applicant = json!({"system": "紙の起案", "number": "1"});
    let outcome = decision(id, "grant", house.person, &by_the_applicant);
    assert_eq!(fields(decide(&house, &recorder, id, "grant", Some(outcome))), [""]);
    let made = decision(id, "grant", head, &json!({"system": "文書管理システム", "number": "総第7号"}));
    decide(&house, &recorder, id, "grant", Some(made)).unwrap();
    assert_eq!(house.row("loan", id).state, "granted");
}

#[test]
fn of_two_who_decide_at_once_the_second_is_told_that_it_moved() {
    let house = House::new();
    let id = asked(&house);
    let (one, two) = (third(&house, "課長 太郎"), third(&house, "部長 四郎"));
    let row = house.row("loan", id);
    let change = |person: Id| {
        let actor = someone(person, &[(Role::Chief, None)]);
        let permit = house.permit(&actor, Action::Act(Word("grant")), &row.subject()).unwrap();
        let made = decision(id, "grant", person, &json!({}));
        let ops = vec![
            Op::Create { register: "decision".into(), id: Id::new(&house.clock), body: made },
            Op::Act {
                register: "loan".into(),
                id,
                base: row.rev,
                transition: "grant".into(),
                patch: Body::new(),
                note: None,
            },
        ];
        Change { request: Request::new(), permit, ops, reason: None, side: Vec::new() }
    };
    let answers = house.writer.commit_many(vec![change(one), change(two)]).unwrap();
    assert!(answers[0].is_ok());
    assert_eq!(answers[1], Err(Failure::Moved { now: row.rev + 1 }));
    let decisions = house.store.read_now(|reading| reading.all("decision")).unwrap();
    assert_eq!(decisions.len(), 1, "the second left nothing behind");
}

#[test]
fn a_permission_is_over_after_its_last_day_with_nobody_signed_in() {
    let house = House::new();
    let id = asked(&house);
    let chief = third(&house, "課長 太郎");
    decide(
        &house,
        &someone(chief, &[(Role::Chief, None)]),
        id,
        "grant",
        Some(decision(id, "grant", chief, &json!({}))),
    )
    .unwrap();
    for (day, state) in [("2026-04-03", "granted"), ("2026-04-04", "lapsed")] {
        let store =
            register::Store::look(house.database.place(house.folder.path()), crate::common::registers(), noon(day))
                .unwrap();
        assert_eq!(store.read_now(|reading| reading.find("loan", id)).unwrap().unwrap().state, state, "{day}");
    }
}

#[test]
fn authority_is_ones_own_before_it_is_a_substitutes() {
    let house = House::new();
    let id = asked(&house);
    let subject = house.row("loan", id).subject();
    let description = house.description("loan");
    let step = description.lifecycle.unwrap();
    let step = step.transition("grant").unwrap();
    let of = |actor: &Actor| authority(actor, step, &subject, &description);
    let mut both = substitute(house.second, Role::Manager, house.person);
    assert_eq!(of(&both), Some(Authority::InsteadOf(house.person)));
    both.holdings.push(Holding::own(Role::Chief, None));
    assert_eq!(of(&both), Some(Authority::Own));
    assert_eq!(of(&someone(house.second, &[(Role::Ciso, None)])), Some(Authority::Recorder));
    assert_eq!(of(&someone(house.second, &[(Role::Staff, None)])), None);
}
