//! Limits: of lists, words, requests and files.

use register::blob;
use register::change::{Change, Op, Request};
use register::permit::{Action, Subject};
use serde_json::json;

use crate::common::{DATA, House, TYPED, body, fields};

#[test]
fn a_list_holds_at_most_a_thousand_items() {
    let house = House::new();
    for register in [TYPED, DATA] {
        let many = vec![json!(house.unit); 1_001];
        assert_eq!(fields(house.create(register, json!({"users": many}))), ["users"]);
        let id = house.create(register, json!({"users": many[..1_000]})).unwrap();
        assert_eq!(house.row(register, id).body["users"], json!([house.unit]));
    }
}

#[test]
fn reasons_and_notes_have_their_length() {
    let house = House::new();
    let permit = house.permit(&house.chief(), Action::Create, &Subject::register(TYPED)).unwrap();
    for (reason, fits) in [("あ".repeat(2_000), true), ("あ".repeat(2_001), false), ("制\u{7}御".into(), false)] {
        let id = base::id::Id::new(&house.clock);
        let op = Op::Create { register: TYPED.into(), id, body: house.asset(json!({})) };
        let mut change = Change::one(Request::new(), permit.clone(), op);
        change.reason = Some(reason);
        let answer = house.writer.commit_now(change);
        if fits {
            answer.unwrap();
        } else {
            assert_eq!(fields(answer), ["reason"]);
        }
    }
}

#[test]
fn a_request_id_has_one_form() {
    for bad in ["", "short", "with space in it", "ひらがなひらがなひらがな", &"x".repeat(65), "slash/slash/slash"]
    {
        assert!(Request::parse(bad).is_err(), "{bad}");
    }
    assert_eq!(Request::parse(Request::new().as_str()).unwrap().as_str().len(), 26);
}

#[test]
fn a_file_beyond_its_limit_leaves_nothing_behind() {
    let house = House::new();
    let folder = house.folder.path();
    let mut incoming = house.writer.incoming(10).unwrap();
    incoming.take(b"12345").unwrap();
    assert_eq!(fields(incoming.take(b"678901")), ["file"]);
    drop(incoming);
    assert_eq!(std::fs::read_dir(folder.join("blobs")).unwrap().count(), 0);
    let mut incoming = house.writer.incoming(10).unwrap();
    incoming.take(b"1234567890").unwrap();
    let (name, size) = incoming.keep().unwrap();
    assert_eq!((size, blob::read(folder, &name)), (10, Ok(Some(b"1234567890".to_vec()))));
}

#[test]
fn a_file_that_changed_on_disk_is_not_handed_out() {
    let house = House::new();
    let folder = house.folder.path();
    let name = house.writer.keep(b"bytes").unwrap();
    assert_eq!(house.writer.keep(b"bytes").unwrap(), name, "the same bytes are one file");
    let path = folder.join("blobs").join(&name[..2]).join(&name);
    base::durable::write(&path, b"other").unwrap();
    assert!(blob::read(folder, &name).is_err());
    std::fs::remove_file(&path).unwrap();
    assert_eq!(blob::read(folder, &name), Ok(None));
    for odd in ["../sekimori.db", "", &"g".repeat(64), &name.to_uppercase()] {
        assert_eq!(blob::read(folder, odd), Ok(None), "{odd}");
    }
}

#[test]
fn a_comment_has_its_length() {
    let house = House::new();
    let id = house.create(TYPED, json!({})).unwrap();
    let row = house.row(TYPED, id);
    let op = Op::Create {
        register: "comment".into(),
        id: base::id::Id::new(&house.clock),
        body: body(json!({"about": id, "text": "あ".repeat(4_001)})),
    };
    assert_eq!(fields(house.commit(&house.chief(), Action::Comment, &row.subject(), op)), ["text"]);
}
