//! What is refused at which field, in both kinds of registers.

use register::check::{read_text, write_text};
use serde_json::{Value, json};

use crate::common::{DATA, House, TYPED, fields};

const BOTH: [&str; 2] = [TYPED, DATA];

#[test]
fn a_value_of_the_wrong_type_or_beyond_its_limits_is_refused_at_its_field() {
    let house = House::new();
    let bad: &[(&str, Value)] = &[
        ("name", json!(1)),
        ("name", json!("あ".repeat(201))),
        ("name", json!("二\n行")),
        ("name", json!("タブ\tも")),
        ("name", json!("制\u{1}御")),
        ("name", json!("向き\u{202e}反転")),
        ("name", json!(["一", "二"])),
        ("code", json!("a".repeat(21))),
        ("note", json!("\u{0}")),
        ("note", json!("あ".repeat(2001))),
        ("note", json!({"nested": true})),
        ("medium", json!("cloud")),
        ("medium", json!(1)),
        ("grade", json!("9Z")),
        ("grade", json!(3)),
        ("acquired_on", json!("2026-02-30")),
        ("acquired_on", json!("令和8年4月1日")),
        ("acquired_on", json!(20_260_401)),
        ("copies", json!(-1)),
        ("copies", json!(10_000)),
        ("copies", json!(1.5)),
        ("copies", json!(1e30)),
        ("copies", json!("3")),
        ("personal", json!("yes")),
        ("personal", json!(1)),
        ("parent", json!("no-id")),
        ("parent", json!({"id": "x"})),
        ("users", json!(["no-id"])),
        ("users", json!([["nested"]])),
        ("unit", json!(null)),
        ("unit", json!("")),
    ];
    let size = house.size();
    for register in BOTH {
        for (field, value) in bad {
            let mut all = json!({});
            all[field] = value.clone();
            assert_eq!(fields(house.create(register, all)), [*field], "{register}: {value}");
        }
        assert_eq!(fields(house.create(register, json!({"surprise": 1}))), [""], "{register}: an unknown field");
        let many = json!({"name": "", "medium": "x", "copies": -1, "x_label": 5});
        assert_eq!(
            fields(house.create(register, many)),
            ["name", "medium", "copies", "x_label"],
            "in the form's order"
        );
    }
    assert_eq!(house.size(), size, "nothing was entered");
}

#[test]
fn what_people_type_is_read_and_what_is_shown_can_be_read_again() {
    let house = House::new();
    let description = &house.description(TYPED);
    let read = |field: &str, text: &str| read_text(description.field(field).unwrap(), text);
    let yes = [
        ("personal", "○", json!(true)),
        ("personal", "はい", json!(true)),
        ("personal", "Ｎｏ", json!(false)),
        ("personal", "×", json!(false)),
        ("copies", "１，２３４", json!(1234)),
        ("acquired_on", "令和8年4月1日", json!("2026-04-01")),
        ("acquired_on", "Ｒ８．４．１", json!("2026-04-01")),
        ("acquired_on", "平成31年4月30日", json!("2019-04-30")),
        ("medium", "磁気ディスク", json!("disk")),
        ("medium", "disk", json!("disk")),
        ("medium", "Device", json!("device")),
        ("name", "　端末　", json!("端末")),
    ];
    for (field, text, value) in yes {
        assert_eq!(read(field, text), Ok(Some(value.clone())), "{field} {text}");
        assert_eq!(read(field, &write_text(description.field(field).unwrap(), &value)), Ok(Some(value)));
    }
    for field in ["personal", "copies", "acquired_on", "medium", "name", "note"] {
        assert_eq!(read(field, " 　\t"), Ok(None), "{field}: empty text is no value");
    }
    for (field, text) in [
        ("personal", "たぶん"),
        ("copies", "三"),
        ("acquired_on", "平成31年5月1日"),
        ("acquired_on", "4月1日"),
        ("medium", "石板"),
    ] {
        assert!(read(field, text).is_err(), "{field} {text}");
    }
}
