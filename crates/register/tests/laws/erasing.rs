//! Erasure: what was erased is nowhere in the data folder, and every proof still holds.

use base::id::Id;
use register::blob;
use register::built_in::CARRY_OUT;
use register::change::{Change, Done, ERASED, Op, Request};
use register::lifecycle;
use register::permit::{Action, Actor, Role};
use register::{Failure, LinkAny};
use serde_json::json;

use crate::common::{House, TYPED, body, fields, someone};
use crate::sealing::{lies_in, paper};

/// Texts that stand nowhere else.
const CANARY: &str = "canary-消す-canary";

fn auditor(house: &House) -> Actor {
    someone(house.second, &[(Role::Auditor, None)])
}

/// Somebody asks for a record to be erased.
fn ask(house: &House, actor: &Actor, register: &str, id: Id) -> Result<Id, Failure> {
    let request = Id::new(&house.clock);
    let fields = json!({"about": LinkAny(id), "ground": "retention", "why": "保存期間の満了"});
    let op = Op::Create { register: "erasure".into(), id: request, body: body(fields) };
    house.commit(actor, Action::Erase, &house.row(register, id).subject(), op).map(|_| request)
}

/// Somebody carries a request out.
fn carry_out(house: &House, actor: &Actor, register: &str, id: Id, request: Id) -> Result<Done, Failure> {
    let row = house.row(register, id);
    let act = Op::Act {
        register: "erasure".into(),
        id: request,
        base: 1,
        transition: CARRY_OUT.into(),
        patch: body(json!({})),
        note: None,
    };
    let erase =
        Op::Erase {
            register: register.to_owned().into(), id, base: row.rev, ground: "保存期間の満了（5年）".into()
        };
    let permit = house.permit(actor, Action::Erase, &row.subject())?;
    let ops = vec![act, erase];
    house.writer.commit_now(Change { request: Request::new(), permit, ops, reason: None, side: Vec::new() })
}

fn attach(house: &House, to: Id, name: &str, bytes: &[u8]) -> (Id, String) {
    let sha256 = house.writer.keep(bytes).unwrap();
    let id = Id::new(&house.clock);
    let fields = json!({"about": LinkAny(to), "name": name, "size": bytes.len(), "sha256": sha256, "state": "held"});
    let op = Op::Create { register: "attachment".into(), id, body: body(fields) };
    house.commit(&house.chief(), Action::Attach, &house.row("paper", to).subject(), op).unwrap();
    (id, sha256)
}

#[test]
fn what_was_erased_is_nowhere_in_the_data_folder_and_every_proof_holds() {
    let house = House::new();
    let id = paper(&house, CANARY);
    house.edit("paper", id, json!({"name": CANARY, "text": "二度目"})).unwrap();
    let mut change = Change::one(
        Request::new(),
        house.permit(&house.chief(), Action::Edit, &house.row("paper", id).subject()).unwrap(),
        Op::Edit { register: "paper".into(), id, base: 2, patch: body(json!({"name": "改めた件名"})) },
    );
    change.reason = Some(format!("{CANARY} のため"));
    house.writer.commit_now(change).unwrap();
    let said = json!({"about": LinkAny(id), "text": format!("意見 {CANARY}")});
    let comment = Op::Create { register: "comment".into(), id: Id::new(&house.clock), body: body(said) };
    house.commit(&house.chief(), Action::Comment, &house.row("paper", id).subject(), comment).unwrap();
    let (file, alone) = attach(&house, id, CANARY, format!("{CANARY} 一つだけ").as_bytes());
    let (_, shared) = attach(&house, id, CANARY, "二つの記録が持つ".as_bytes());
    attach(&house, paper(&house, "他"), "写し", "二つの記録が持つ".as_bytes());

    let request = ask(&house, &house.chief(), "paper", id).unwrap();
    carry_out(&house, &auditor(&house), "paper", id, request).unwrap();
    let row = house.row("paper", id);
    assert_eq!((row.state.as_str(), row.title.as_str(), row.body.len()), (lifecycle::ERASED, "消去済み Erased", 0));
    let acts = house.store.read_now(|reading| reading.acts(&row)).unwrap();
    assert_eq!(acts[0].what, ERASED);
    let last = house.store.read_now(|reading| reading.revisions(&row)).unwrap().remove(0);
    assert_eq!(last.reason.as_deref(), Some("保存期間の満了（5年）"));
    assert_eq!(house.row("attachment", file).state, lifecycle::ERASED);
    assert_eq!(house.audit().bad, None);
    // Its unique key is free again.
    paper(&house, "新しい");
    let again = json!({"name": "改めた件名"});
    let op = Op::Create { register: "paper".into(), id: Id::new(&house.clock), body: body(again) };
    house.commit(&house.chief(), Action::Create, &register::permit::Subject::register("paper"), op).unwrap();
    // The writer forgets while the house runs on.
    let folder = house.folder.path().to_owned();
    house.until(|_| (!blob::is_there(&folder, &alone)).then_some(()));
    assert!(blob::is_there(&folder, &shared));
    house.until(|_| (!lies_in(&folder, "canary-")).then_some(()));
    let still = house.still();
    assert_eq!(still.audit().bad, None);
    assert!(!lies_in(still.folder.path(), "canary-"));
}

#[test]
fn nobody_erases_alone_and_nothing_is_erased_by_itself() {
    let house = House::new();
    let id = paper(&house, "秘");
    let chief = house.chief();
    let row = house.row("paper", id);
    let alone = Op::Erase { register: "paper".into(), id, base: row.rev, ground: "満了".into() };
    assert_eq!(house.commit(&chief, Action::Erase, &row.subject(), alone), Err(Failure::Refused));
    let request = ask(&house, &chief, "paper", id).unwrap();
    assert_eq!(fields(carry_out(&house, &chief, "paper", id, request)), [""], "whoever asked can't approve");
    // The request for one record doesn't cover another, and an act of its own erases nothing.
    let other = paper(&house, "別");
    assert_eq!(carry_out(&house, &auditor(&house), "paper", other, request), Err(Failure::Refused));
    assert_eq!(ask(&house, &house.manager(), "paper", id), Err(Failure::Missing));
    assert_eq!(house.row("paper", id).body.len(), 2);
    carry_out(&house, &auditor(&house), "paper", id, request).unwrap();
    assert!(
        matches!(carry_out(&house, &chief, "paper", id, request), Err(Failure::Moved { .. })),
        "it was carried out"
    );
    assert_eq!(fields(house.edit("paper", id, json!({"name": "戻す"}))), [""]);
    assert_eq!(house.audit().bad, None);
}

#[test]
fn a_record_without_its_counterpart_is_linked_as_erased() {
    let house = House::new();
    let asset = house.create(TYPED, json!({"name": "端末"})).unwrap();
    let chief = house.chief();
    assert_eq!(ask(&house, &house.manager(), TYPED, asset), Err(Failure::Refused), "not for a manager to ask");
    let child = house.create(TYPED, json!({"name": "部品", "parent": asset})).unwrap();
    let request = ask(&house, &chief, TYPED, asset).unwrap();
    carry_out(&house, &auditor(&house), TYPED, asset, request).unwrap();
    let names = house.store.read_now(|reading| reading.names(&chief, &[asset])).unwrap();
    assert_eq!(names[0].title.as_deref(), Some("消去済み Erased"));
    // What links to it can still be changed.
    house.edit(TYPED, child, json!({"note": "親は消去済み"})).unwrap();
    assert_eq!(house.titles(TYPED, &register::list::Query::default()), ["部品"]);
    assert_eq!(house.audit().bad, None);
}
