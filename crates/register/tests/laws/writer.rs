//! The writer: all of a change or nothing, once, in one order, and only under its permit.

use base::clock::Timestamp;
use base::id::Id;
use register::change::{Change, Op, Proof, Request, Side};
use register::permit::{Action, Subject};
use register::writer::Writer;
use register::{Body, Failure};
use serde_json::json;

use crate::common::{DATA, House, TYPED, body, fields, someone, start};

fn creating(house: &House, id: Id, fields: serde_json::Value) -> Change {
    let permit = house.permit(&house.chief(), Action::Create, &Subject::register(TYPED)).unwrap();
    Change::one(Request::new(), permit, op(house, id, fields))
}

fn op(house: &House, id: Id, fields: serde_json::Value) -> Op {
    Op::Create { register: TYPED.into(), id, body: house.asset(fields) }
}

fn ids<const N: usize>(house: &House) -> [Id; N] {
    [(); N].map(|()| Id::new(&house.clock))
}

#[test]
fn a_change_with_a_bad_third_step_leaves_nothing() {
    let house = House::new();
    let [first, second, third] = ids(&house);
    for bad in [json!({"name": ""}), json!({"code": "Ａ"}), json!({"parent": Id::new(&house.clock)})] {
        let mut change = creating(&house, first, json!({"code": "a"}));
        change.ops.extend([op(&house, second, json!({})), op(&house, third, bad)]);
        change.side.push(Side::Setting { name: "test", value: Some("set".into()) });
        let size = house.size();
        fields(house.writer.commit_now(change));
        assert_eq!(house.size(), size);
        house
            .store
            .read_now(|reading| {
                assert!(reading.all(TYPED)?.is_empty());
                assert!(reading.search(&house.chief(), "端末", 10)?.is_empty());
                assert_eq!(reading.setting("test")?, None);
                Ok(())
            })
            .unwrap();
    }
    let done = house.writer.commit_now(creating(&house, third, json!({"code": "a"}))).unwrap();
    assert_eq!(done.entries, [house.size() - 1], "seq goes on without a gap");
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn what_is_refused_in_a_batch_leaves_the_others_whole() {
    let house = House::new();
    let change = |at: usize| creating(&house, Id::new(&house.clock), json!({"code": format!("c{}", at % 40)}));
    let answers = house.writer.commit_many((0..60).map(change).collect()).unwrap();
    let (made, refused) = answers.split_at(40);
    assert!(made.iter().all(Result::is_ok));
    for answer in refused {
        assert_eq!(fields(answer.clone()), ["code"], "the code is taken, which shows only after rows were written");
    }
    let seqs: Vec<_> = made.iter().flat_map(|answer| answer.clone().unwrap().entries).collect();
    assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "{seqs:?}");
    assert_eq!(house.store.read_now(|reading| Ok(reading.all(TYPED)?.len())), Ok(40));
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn a_refused_grade_is_not_taken_by_what_waits_behind_it() {
    let house = House::new();
    let permit = house.permit(&house.chief(), Action::Create, &Subject::register("grade")).unwrap();
    let grade = |value: &str| Op::Create {
        register: "grade".into(),
        id: Id::new(&house.clock),
        body: body(json!({"scale": "secrecy", "value": value, "label": value, "rank": 5})),
    };
    let mut refused = Change::one(Request::new(), permit, grade("S"));
    refused.side.push(Side::SessionTouch { hash: [0; 32], at: 0 });
    refused.side.push(Side::Credential { account: Id::new(&house.clock), phc: "x".into() });
    let follower = creating(&house, Id::new(&house.clock), json!({"grade": "S"}));
    let answers = house.writer.commit_many(vec![refused, follower]).unwrap();
    assert_eq!(answers[0], Err(Failure::Missing), "there is no such account");
    assert_eq!(fields(answers[1].clone()), ["grade"]);
}

#[test]
fn a_repeated_request_gets_the_first_answer_and_writes_nothing() {
    let house = House::new();
    let change = creating(&house, Id::new(&house.clock), json!({}));
    let first = house.writer.commit_now(change.clone()).unwrap();
    let size = house.size();
    let together = house.writer.commit_many(vec![change.clone(), change.clone()]).unwrap();
    assert_eq!(together, [Ok(first.clone()), Ok(first.clone())]);
    let mut other_wish = change.clone();
    other_wish.ops = vec![op(&house, Id::new(&house.clock), json!({}))];
    assert_eq!(house.writer.commit_now(other_wish), Ok(first.clone()), "a new id is no new wish");
    let more = Change { reason: Some("もう一つ".into()), ..change.clone() };
    assert!(matches!(house.writer.commit_now(more), Err(Failure::Refusal(_))), "another wish is never said yes to");
    let house = house.restarted(0);
    assert_eq!(house.writer.commit_now(change.clone()), Ok(first));
    let foreign =
        Change { permit: house.permit(&house.manager(), Action::Create, &Subject::register(TYPED)).unwrap(), ..change };
    assert_eq!(house.writer.commit_now(foreign), Err(Failure::Refused));
    assert_eq!(house.size(), size);
}

#[test]
fn a_request_that_was_refused_may_be_put_right_under_the_same_id() {
    let house = House::new();
    let mut change = creating(&house, Id::new(&house.clock), json!({"name": ""}));
    assert_eq!(fields(house.writer.commit_now(change.clone())), ["name"]);
    change.ops = vec![op(&house, Id::new(&house.clock), json!({}))];
    house.writer.commit_now(change).unwrap();
}

#[test]
fn a_stale_base_is_told_where_the_record_is_now() {
    let house = House::new();
    for register in [TYPED, DATA] {
        let id = house.create(register, json!({})).unwrap();
        let seen = house.row(register, id);
        house.edit(register, id, json!({"note": "先"})).unwrap();
        let named = || register.to_owned().into();
        let late = Op::Edit { register: named(), id, base: seen.rev, patch: body(json!({"note": "後"})) };
        assert_eq!(house.commit(&house.chief(), Action::Edit, &seen.subject(), late), Err(Failure::Moved { now: 2 }));
        let late = Op::Archive { register: named(), id, base: 1 };
        assert_eq!(house.commit(&house.chief(), Action::Edit, &seen.subject(), late), Err(Failure::Moved { now: 2 }));
        assert_eq!(house.row(register, id).text("note"), "先");
    }
}

#[test]
fn sixty_four_clients_at_once_lose_nothing() {
    let house = House::new();
    let before = house.size();
    let counter = house.create(TYPED, json!({"copies": 0})).unwrap();
    std::thread::scope(|scope| {
        for client in 0..64 {
            let house = &house;
            scope.spawn(move || {
                for at in 0..5 {
                    house.create(TYPED, json!({"code": format!("C{client}-{at}")})).unwrap();
                }
                while let Err(failure) = {
                    let row = house.row(TYPED, counter);
                    let patch = body(json!({"copies": row.body["copies"].as_i64().unwrap() + 1}));
                    let op = Op::Edit { register: TYPED.into(), id: counter, base: row.rev, patch };
                    house.commit(&house.chief(), Action::Edit, &row.subject(), op)
                } {
                    assert!(matches!(failure, Failure::Moved { .. }), "{failure}");
                }
            });
        }
    });
    assert_eq!(house.row(TYPED, counter).body["copies"], 64);
    assert_eq!(house.size(), before + 1 + 64 * 5 + 64);
    let audited = house.still().audit();
    assert_eq!((audited.bad, audited.entries), (None, before + 1 + 64 * 6));
}

#[test]
fn a_permit_for_one_record_covers_no_other() {
    let house = House::new();
    let [mine, other] = ["一", "二"].map(|name| house.create(TYPED, json!({"name": name})).unwrap());
    let data = house.create(DATA, json!({})).unwrap();
    let subject = house.row(TYPED, mine).subject();
    let edit = |register: &'static str, id| Op::Edit { register: register.into(), id, base: 1, patch: Body::new() };
    let archive = |id| Op::Archive { register: TYPED.into(), id, base: 1 };
    let ask =
        |id| Op::Act { register: TYPED.into(), id, base: 1, transition: "ask".into(), patch: Body::new(), note: None };
    let comment = |about: Id| Op::Create {
        register: "comment".into(),
        id: Id::new(&house.clock),
        body: body(json!({"about": about, "text": "意見"})),
    };
    let noted = |id| Op::Noted { register: TYPED.into(), id, what: "viewed" };
    let fresh = op(&house, Id::new(&house.clock), json!({}));
    let size = house.size();
    for (action, op) in [
        (Action::Edit, edit(TYPED, other)),
        (Action::Edit, edit(DATA, data)),
        (Action::Edit, archive(other)),
        (Action::Edit, ask(mine)),
        (Action::Edit, fresh.clone()),
        (Action::Edit, comment(mine)),
        (Action::Edit, noted(mine)),
        (Action::View, edit(TYPED, mine)),
        (Action::View, noted(other)),
        (Action::List, noted(mine)),
        (Action::Comment, comment(other)),
        (Action::Comment, edit(TYPED, mine)),
        (Action::Export, edit(TYPED, mine)),
        (Action::Administer, edit(TYPED, other)),
        (Action::Administer, edit(DATA, data)),
        (Action::Act(register::Word("ask")), ask(other)),
        (Action::Act(register::Word("ask")), edit(TYPED, mine)),
        (Action::Create, edit(TYPED, mine)),
        (Action::Create, archive(mine)),
    ] {
        assert_eq!(house.commit(&house.chief(), action, &subject, op), Err(Failure::Refused), "{action:?}");
    }
    assert_eq!(house.size(), size);
    house.commit(&house.chief(), Action::Comment, &subject, comment(mine)).unwrap();
    house.commit(&house.chief(), Action::View, &subject, noted(mine)).unwrap();
}

#[test]
fn a_permit_for_a_record_covers_its_own_parts_and_no_others() {
    let house = House::new();
    let [mine, other] = [(); 2].map(|()| house.create(TYPED, json!({})).unwrap());
    let part = |of: Id| Op::Create {
        register: "part".into(),
        id: Id::new(&house.clock),
        body: body(json!({"asset": of, "text": "部品"})),
    };
    let put = |id, op: Op| house.commit(&house.chief(), Action::Edit, &house.row(TYPED, id).subject(), op);
    let own = put(mine, part(mine)).unwrap().records[0].0;
    let foreign = put(other, part(other)).unwrap().records[0].0;
    assert_eq!(put(mine, part(other)), Err(Failure::Refused));
    let edit = |id, patch| Op::Edit { register: "part".into(), id, base: 1, patch: body(patch) };
    assert_eq!(put(mine, edit(foreign, json!({"text": "別"}))), Err(Failure::Refused));
    assert_eq!(put(mine, edit(foreign, json!({"asset": mine}))), Err(Failure::Refused), "not even to take it over");
    assert_eq!(put(mine, edit(own, json!({"asset": other}))), Err(Failure::Refused), "nor to give it away");
    assert_eq!(put(mine, Op::Archive { register: "part".into(), id: foreign, base: 1 }), Err(Failure::Refused));
    put(mine, edit(own, json!({"text": "別"}))).unwrap();

    // A new record comes with its parts in one change.
    let whole = Id::new(&house.clock);
    let mut change = creating(&house, whole, json!({}));
    change.ops.push(part(whole));
    house.writer.commit_now(change).unwrap();
    let mut change = creating(&house, Id::new(&house.clock), json!({}));
    change.ops.push(part(other));
    assert_eq!(house.writer.commit_now(change), Err(Failure::Refused));
}

#[test]
fn a_record_stays_within_the_units_of_whoever_changes_it() {
    let house = House::new();
    let manager = house.manager();
    for register in [TYPED, DATA] {
        assert_eq!(fields(house.create_as(&manager, register, json!({"unit": house.other}))), ["unit"]);
        let id = house.create_as(&manager, register, json!({})).unwrap();
        assert_eq!(fields(house.edit_as(&manager, register, id, json!({"unit": house.other}))), ["unit"]);
        let act = house.act(&manager, register, id, "ask", json!({"unit": house.other}));
        act.expect("this step reaches every unit");
        let back = house.act(&manager, register, id, "grant", json!({"valid_until": "2026-05-01"}));
        assert_eq!(back, Err(Failure::Missing), "and so has taken it out of the manager's reach");

        let id = house.create_as(&manager, register, json!({})).unwrap();
        house.act(&house.chief(), register, id, "ask", json!({})).unwrap();
        let moved = json!({"valid_until": "2026-05-01", "unit": house.other});
        assert_eq!(fields(house.act(&manager, register, id, "grant", moved)), ["unit"]);

        let foreign = house.create(register, json!({"unit": house.other})).unwrap();
        assert_eq!(house.edit_as(&manager, register, foreign, json!({"unit": house.unit})), Err(Failure::Missing));

        // The scope is looked at again when the change is written, not only when the permit was given.
        let id = house.create_as(&manager, register, json!({})).unwrap();
        let row = house.row(register, id);
        let permit = house.permit(&manager, Action::Edit, &row.subject()).unwrap();
        house.edit(register, id, json!({"unit": house.other})).unwrap();
        let op = Op::Edit { register: register.into(), id, base: 2, patch: body(json!({"note": "横"})) };
        let late = house.writer.commit_now(Change::one(Request::new(), permit, op));
        assert_eq!(fields(late), ["unit"]);
    }
}

#[test]
fn duties_stay_separated_whatever_other_roles_somebody_holds() {
    let house = House::new();
    let both = someone(house.person, &[(register::permit::Role::Chief, None), (register::permit::Role::Manager, None)]);
    for register in [TYPED, DATA] {
        let id = house.create(register, json!({"valid_until": "2026-05-01"})).unwrap();
        house.act(&both, register, id, "ask", json!({})).unwrap();
        assert_eq!(fields(house.act(&both, register, id, "grant", json!({}))), [""]);
        assert_eq!(house.row(register, id).state, "asked");
        house.act(&house.manager(), register, id, "grant", json!({})).unwrap();
    }
}

#[test]
fn a_full_disk_refuses_changes_but_not_reading_and_work_resumes() {
    let house = House::new();
    let id = house.create(TYPED, json!({})).unwrap();
    let house = house.restarted(u64::MAX);
    let size = house.size();
    assert_eq!(house.create(TYPED, json!({})), Err(Failure::Full));
    assert_eq!(house.edit(TYPED, id, json!({"note": "x"})), Err(Failure::Full));
    assert_eq!((house.size(), house.row(TYPED, id).rev), (size, 1));
    let house = house.restarted(0);
    house.edit(TYPED, id, json!({"note": "x"})).unwrap();
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn two_writers_on_one_folder_take_turns_without_a_gap() {
    let house = House::new();
    let before = house.size();
    let (second, running) = start(&house.store, 0);
    std::thread::scope(|scope| {
        for writer in [house.writer.clone(), second] {
            let house = &house;
            scope.spawn(move || many(house, &writer));
        }
    });
    running.join();
    assert_eq!(house.size(), before + 300);
    let audited = house.still().audit();
    assert_eq!((audited.bad, audited.entries), (None, before + 300));
}

fn many(house: &House, writer: &Writer) {
    for _ in 0..150 {
        writer.commit_now(creating(house, Id::new(&house.clock), json!({}))).unwrap();
    }
}

fn proof() -> Proof {
    Proof { at: 1, auth: "password", roles: String::new() }
}

#[test]
fn operational_rows_have_no_entry_and_stand_or_fall_together() {
    let house = House::new();
    let size = house.size();
    let account = house.person;
    let open = |hash| Side::SessionOpen { hash, account, at: 1, until: i64::MAX, proof: proof() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let operate = |sides| runtime.block_on(house.writer.operate(sides));
    operate(vec![open([1; 32]), open([2; 32]), Side::SessionTouch { hash: [1; 32], at: 5 }]).unwrap();
    let nobody = Side::Credential { account: Id::new(&house.clock), phc: "x".into() };
    assert_eq!(operate(vec![open([3; 32]), nobody]), Err(Failure::Missing));
    operate(vec![Side::SessionsEnd { account, but: Some([1; 32]) }]).unwrap();
    let session = |hash| house.store.read_now(move |reading| reading.session(&hash)).unwrap();
    assert_eq!(session([1; 32]).unwrap().seen, 5);
    assert_eq!((session([2; 32]), session([3; 32])), (None, None));
    assert_eq!(house.size(), size);
}

#[test]
fn rows_whose_time_is_over_go_in_a_quiet_moment() {
    let house = House::new();
    let now = house.clock.now().millis();
    let later = now + 3_600_000;
    let open = |hash, until| Side::SessionOpen { hash, account: house.person, at: 1, until, proof: proof() };
    let failed = |key: &str, at| Side::Failed { key: key.into(), at };
    let sides =
        vec![open([1; 32], later), open([2; 32], i64::MAX), failed("account:old", now), failed("account:new", later)];
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(house.writer.operate(sides)).unwrap();
    house.clock.set(Timestamp::from_millis(later));
    house.until(|reading| {
        let session = |hash| reading.session(&hash).unwrap().is_some();
        let failed = |key| reading.failed(key).unwrap().0 == 1;
        assert!(session([2; 32]) && failed("account:new"), "what is still of use stays");
        (!session([1; 32]) && !failed("account:old")).then_some(())
    });
}
