//! CSV in and out, in both kinds of registers.

use std::fmt::Write as _;

use encoding_rs::SHIFT_JIS;
use register::Failure;
use register::built_in::{Import, Stage};
use register::exchange::{self, Choices, Format, Trial};
use register::find::Row;
use register::list::{Order, Query};
use register::permit::{Action, Subject};
use serde_json::json;

use crate::common::{DATA, House, TYPED, body};

const BOTH: [&str; 2] = [TYPED, DATA];

fn export(house: &House, register: &str) -> String {
    let mut out = Vec::new();
    let description = &house.description(register);
    house
        .store
        .read_now(|reading| {
            exchange::export(reading, description, &house.chief(), (Format::Csv, |say| &say.ja), &mut out, &mut |_| {})
        })
        .unwrap();
    String::from_utf8(out).unwrap()
}

fn trial(house: &House, register: &str, bytes: &[u8]) -> Trial {
    let description = &house.description(register);
    house
        .store
        .read_now(|reading| {
            exchange::trial(reading, description, &house.chief(), bytes, &Choices::default(), &mut |_| {})
        })
        .unwrap()
}

fn import(house: &House, register: &str, bytes: &[u8]) -> Result<Trial, Failure> {
    let permit = house.permit(&house.chief(), Action::Import, &Subject::register(register))?;
    exchange::import(&house.store, &house.writer, &permit, ("台帳.csv", bytes), &Choices::default(), &mut |_, _| {})
}

/// Line and column of every problem.
fn places(trial: &Trial) -> Vec<(u64, &str)> {
    trial.problems.iter().map(|problem| (problem.line, problem.column.as_deref().unwrap_or(""))).collect()
}

fn counts(trial: &Trial) -> (u64, u64, u64) {
    assert_eq!(trial.problems, []);
    (trial.created, trial.changed, trial.same)
}

fn rows(house: &House, register: &str) -> Vec<Row> {
    house.store.read_now(|reading| reading.all(register)).unwrap()
}

#[test]
fn what_goes_out_comes_in_again_and_changes_nothing() {
    let house = House::new();
    for register in BOTH {
        let parent = house.create(register, json!({"name": "親", "code": "P-1"})).unwrap();
        let twin = house.create(register, json!({"name": "双子"})).unwrap();
        house.create(register, json!({"name": "双子"})).unwrap();
        let gone = house.create(register, json!({"name": "旧式", "code": "OLD"})).unwrap();
        let strange =
            ["=SUM(A1)", "+81", "-1", "@here", "'=1", "''=1", "'''", "'普通", "引用\"符", "コンマ,と；と;", "髙﨑①"];
        for (at, text) in strange.iter().enumerate() {
            let parent = [parent, twin, gone][at % 3];
            let all = json!({
                "name": text, "kana": text, "code": format!("{text}{at}"), "loan": text, "note": format!("{text}\n\t{text}"),
                "medium": "disk", "grade": "3A", "acquired_on": "2019-05-01", "copies": at, "personal": at % 2 == 0,
                "parent": parent, "users": [house.unit, house.other], "owner": house.second, "x_label": text,
            });
            house.create(register, all).unwrap();
        }
        house.archive(register, gone).unwrap();
        let csv = export(&house, register);
        assert!(csv.starts_with('\u{feff}') && !csv.contains(",=") && !csv.contains(",\"="));
        let before = rows(&house, register);
        assert_eq!(counts(&trial(&house, register, csv.as_bytes())), (0, 0, before.len() as u64), "{csv}");
        let size = house.size();
        import(&house, register, csv.as_bytes()).unwrap();
        assert_eq!(house.size(), size);

        // The same rows as new ones: the same bodies.
        for row in &before {
            house.archive(register, row.id).unwrap();
        }
        let new = csv.trim_start_matches('\u{feff}').as_bytes();
        let mut reader = csv::ReaderBuilder::new().from_reader(new);
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(reader.headers().unwrap().iter().skip(1)).unwrap();
        let parent_at = reader.headers().unwrap().iter().position(|head| head == "上位の資産").unwrap();
        for record in reader.records() {
            let record = record.unwrap();
            out.write_record(
                record.iter().enumerate().skip(1).map(|(at, cell)| if at == parent_at { "" } else { cell }),
            )
            .unwrap();
        }
        import(&house, register, &out.into_inner().unwrap()).unwrap();
        let after = rows(&house, register);
        assert_eq!(after.len(), before.len());
        for (mut old, new) in before.into_iter().zip(after) {
            old.body.remove("parent");
            assert_eq!(old.body, new.body);
        }
    }
}

#[test]
fn a_file_is_read_in_every_usual_encoding_and_by_any_name_of_a_field() {
    let house = House::new();
    for register in BOTH {
        let csv = "資産名,管理番号,所管部署,機密性,媒体,取得日,個人情報,利用する部署\r\n髙橋の端末,E1,総務課,3A,磁気ディスク,令和元年5月1日,○,U1；税務課\r\n";
        let (cp932, _, lossy) = SHIFT_JIS.encode(csv);
        assert!(!lossy);
        let with_bom = [b"\xEF\xBB\xBF", csv.as_bytes()].concat();
        for (at, bytes) in [csv.as_bytes(), &with_bom, &cp932].into_iter().enumerate() {
            let trial = import(&house, register, bytes).unwrap();
            assert_eq!(counts(&trial), if at == 0 { (1, 0, 0) } else { (0, 0, 1) }, "{register} {at}");
        }
        assert_eq!(
            rows(&house, register)[0].body,
            body(json!({
                "name": "髙橋の端末", "code": "E1", "unit": house.unit, "grade": "3A", "medium": "disk",
                "acquired_on": "2019-05-01", "personal": true, "users": [house.unit, house.other],
            })),
        );
        let english = "code,Name\nE1,別の名\n";
        assert_eq!(counts(&import(&house, register, english.as_bytes()).unwrap()), (0, 1, 0));
        assert_eq!(rows(&house, register)[0].title, "別の名");
    }
    let broken = trial(&house, TYPED, b"\x8e\x91\x8e\x59\x96\xbc\n\x92\x5b\xff\n");
    assert_eq!(places(&broken), [(2, "")], "no encoding has these bytes");
}

#[test]
fn every_problem_is_told_with_line_and_column_and_nothing_is_written() {
    let house = House::new();
    let head = "資産名,所管部署,";
    for (register, csv, expected) in [
        ("", "資産名,知らない項目\n", vec![(1, "知らない項目")]),
        ("", "資産名,所管部署,Name\n", vec![(1, "Name")]),
        ("", "", vec![(1, "")]),
        ("", "資産名,所管部署\n端末\n端末,総務課,余分\n", vec![(2, ""), (3, "")]),
        ("", "資産名,所管部署\n\r\n\n端末\n", vec![(4, "")]),
        ("", "資産名,所管部署\r\n端末,総務課\r\n端末\r\n", vec![(3, "")]),
        ("", "資産名,所管部署\n\"端\n末\",総務課\n端末\n", vec![(2, "資産名"), (4, "")]),
        ("", "所管部署,資産名\n総務課,\"閉じない\n総務課,次\n", vec![(2, "")]),
        ("", "所管部署,説明\n総務課,5\"\n", vec![(2, "")]),
        ("管理番号", "端末,総務課,A\n端末,総務課,Ａ\n", vec![(3, "管理番号")]),
        ("貸出番号", "端末,総務課,A\n端末,総務課,a\n", vec![(3, "貸出番号")]),
        ("管理責任者", "端末,総務課,不在者\n", vec![(2, "管理責任者")]),
        ("管理責任者", "端末,総務課,関 守;渡邉 花子\n", vec![(2, "管理責任者")]),
        ("利用する部署", "端末,総務課,U1;U9\n", vec![(2, "利用する部署")]),
        ("取得日", "端末,総務課,令和8年2月30日\n端末,総務課,昨日\n", vec![(2, "取得日"), (3, "取得日")]),
        ("機密性", "端末,総務課,4\n", vec![(2, "機密性")]),
        ("媒体", "端末,総務課,石板\n", vec![(2, "媒体")]),
        ("個人情報", "端末,総務課,たぶん\n", vec![(2, "個人情報")]),
        ("部数", "端末,総務課,-1\n端末,総務課,一\n", vec![(2, "部数"), (3, "部数")]),
        ("部数", ",総務課,1\n端末,,1\n", vec![(2, "資産名"), (3, "所管部署")]),
        ("記録ID", "端末,総務課,ない\n", vec![(2, "記録ID")]),
        ("部数", "端末,総務課,1\n\n\n端末,総務課,x\n", vec![(5, "部数")]),
    ] {
        for of in BOTH {
            let csv = if register.is_empty() { csv.to_owned() } else { format!("{head}{register}\n{csv}") };
            let size = house.size();
            let trial = import(&house, of, csv.as_bytes()).unwrap();
            assert_eq!(places(&trial), expected, "{of}: {csv}");
            assert_eq!(house.size(), size);
        }
    }
    let many = format!("資産名\n{}", "端末\n".repeat(500));
    assert_eq!(trial(&house, TYPED, many.as_bytes()).problems.len(), exchange::MOST_PROBLEMS);
}

#[test]
fn a_row_of_an_archived_record_is_told_before_anything_is_written() {
    let house = House::new();
    for register in BOTH {
        let id = house.create(register, json!({})).unwrap();
        let csv = format!("記録ID,資産名\n{id},端末\n");
        house.archive(register, id).unwrap();
        assert_eq!(places(&trial(&house, register, csv.as_bytes())), [(2, "記録ID")]);
    }
}

#[test]
fn only_what_differs_is_edited_and_an_empty_cell_clears() {
    let house = House::new();
    for register in BOTH {
        let [first, second] = ["A1", "A2"].map(|code| {
            house.create(register, json!({"code": code, "note": "説明", "copies": 1, "owner": house.person})).unwrap()
        });
        let csv = "管理番号,部数,説明,管理責任者\nA1,2,,\nA2,1,説明,関 守\n";
        assert_eq!(counts(&import(&house, register, csv.as_bytes()).unwrap()), (0, 1, 1));
        assert_eq!(house.row(register, second).rev, 1);
        let row = house.row(register, first);
        assert_eq!((row.rev, row.body), (2, house.asset(json!({"code": "A1", "copies": 2}))));
    }
}

#[test]
fn whoever_keeps_one_unit_imports_into_no_other() {
    let house = House::new();
    for register in BOTH {
        house.create(register, json!({"code": "F1", "unit": house.other})).unwrap();
        let description = &house.description(register);
        let csv = "資産名,管理番号,所管部署\n端末,M1,総務課\n端末,M2,税務課\n端末,F1,総務課\n";
        let trial = house
            .store
            .read_now(|reading| {
                exchange::trial(
                    reading,
                    description,
                    &house.manager(),
                    csv.as_bytes(),
                    &Choices::default(),
                    &mut |_| {},
                )
            })
            .unwrap();
        assert_eq!(places(&trial).iter().map(|place| place.0).collect::<Vec<_>>(), [3, 4]);
    }
}

#[test]
fn a_large_file_goes_in_steps_under_an_import_record_and_again_changes_nothing() {
    let house = House::new();
    let before = house.size();
    let mut csv = String::from("管理番号,資産名,所管部署,部数\n");
    for at in 0..2_500 {
        writeln!(csv, "L{at},端末 {at},総務課,{}", at % 7).unwrap();
    }
    assert_eq!(counts(&import(&house, TYPED, csv.as_bytes()).unwrap()), (2_500, 0, 0));
    assert_eq!(house.size(), before + 2_500 + 7, "an entry a row, one to stage, one to begin and one for each step");
    let imports = house.values::<Import>();
    let [(row, record)] = &imports[..] else { panic!("one import") };
    assert_eq!((record.stage, record.written, row.rev), (Stage::Done, 2_500, 7));
    assert_eq!((record.rows, record.created, record.changed, record.register.as_str()), (2_500, 2_500, 0, TYPED));
    let size = house.size();
    assert_eq!(counts(&import(&house, TYPED, csv.as_bytes()).unwrap()), (0, 0, 2_500));
    assert_eq!(house.size(), size);
    let mut found =
        house.page(TYPED, &Query { text: "2499".into(), order: Order::Newest, ..Query::default() }).unwrap();
    assert_eq!(found.rows.remove(0).text("code"), "L2499");
    assert_eq!(house.still().audit().bad, None);
}
