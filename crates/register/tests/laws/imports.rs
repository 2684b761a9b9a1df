//! Imports as a whole: what is asked before, going on after a stop, and taking back.

use std::fmt::Write as _;

use base::id::Id;
use register::built_in::{Import, Stage};
use register::change::Request;
use register::exchange::{self, Aim, Choices, Trial};
use register::find::Row;
use register::permit::{Action, Permit, Subject};
use register::{Failure, Link};
use serde_json::{Value, json};

use crate::common::{DATA, House, TYPED, someone};

const BOTH: [&str; 2] = [TYPED, DATA];

fn permit(house: &House, register: &str) -> Permit {
    house.permit(&house.chief(), Action::Import, &Subject::register(register)).unwrap()
}

fn look(house: &House, register: &str, text: &str, choices: &Choices) -> Trial {
    let description = &house.description(register);
    house
        .store
        .read_now(|reading| {
            exchange::trial(reading, description, &house.chief(), text.as_bytes(), choices, &mut |_| {})
        })
        .unwrap()
}

fn import(house: &House, register: &str, text: &str, choices: &Choices) -> Trial {
    let file = ("台帳.csv", text.as_bytes());
    exchange::import(&house.store, &house.writer, &permit(house, register), file, choices, &mut |_, _| {}).unwrap()
}

fn last(house: &House) -> (Row, Import) {
    house.values::<Import>().pop().unwrap()
}

fn undo(house: &House, register: &str) -> Result<(), Failure> {
    let (row, _) = last(house);
    let reason = Some("別のファイルだったため".to_owned());
    exchange::undo(&house.store, &house.writer, &permit(house, register), &row, reason, &mut |_, _| {})
}

/// Body and title of every record that is not put away.
fn all(house: &House, register: &str) -> Vec<(Id, String)> {
    let rows = house.store.read_now(|reading| reading.all(register)).unwrap();
    rows.into_iter().map(|row| (row.id, Value::Object(row.body).to_string())).collect()
}

fn words(failure: Failure) -> String {
    let Failure::Refusal(refusal) = failure else { panic!("{failure:?}") };
    refusal.problems[0].say.ja.clone()
}

#[test]
fn an_import_is_undone_as_one_act_and_everything_is_as_before() {
    let house = House::new();
    for register in BOTH {
        for (code, note) in [("A1", json!("説明")), ("A2", Value::Null), ("A3", Value::Null)] {
            house.create(register, json!({"code": code, "note": note})).unwrap();
        }
        let before = all(&house, register);
        let csv = "管理番号,資産名,所管部署,説明,保管済みにする\nA1,新しい名,総務課,,\nA2,端末,総務課,,\nN1,追加,税務課,,\nA3,端末,総務課,,○\n";
        let done = import(&house, register, csv, &Choices::default());
        assert_eq!((done.created, done.changed, done.same, done.archived), (1, 1, 1, 1));
        assert_eq!(all(&house, register).len(), 3);
        let size = house.size();
        undo(&house, register).unwrap();
        assert_eq!(all(&house, register), before);
        assert_eq!(house.size(), size + 4, "an entry for each record, and one for the import");
        let (row, record) = last(&house);
        assert_eq!((record.stage, record.written), (Stage::Undone, 0));
        let reason = house.store.read_now(|reading| reading.revisions(&row)).unwrap().remove(0).reason;
        assert_eq!(reason.as_deref(), Some("別のファイルだったため"));
        assert!(words(undo(&house, register).unwrap_err()).contains("取り消すものがありません"));
        // Its codes are free again, or held again.
        assert_eq!(import(&house, register, csv, &Choices::default()).writes(), 3);
    }
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn an_import_that_was_touched_later_is_not_undone_and_the_records_are_named() {
    let house = House::new();
    for register in BOTH {
        import(&house, register, "管理番号,資産名,所管部署\nB1,一,総務課\nB2,二,総務課\n", &Choices::default());
        let rows = house.store.read_now(|reading| reading.all(register)).unwrap();
        house.edit(register, rows[1].id, json!({"note": "後で"})).unwrap();
        let before = all(&house, register);
        let (_, record) = last(&house);
        let touched = house.store.read_now(|reading| exchange::touched(&house.store, reading, &record)).unwrap();
        assert_eq!(touched.iter().map(|each| each.title.as_str()).collect::<Vec<_>>(), ["二"]);
        assert!(words(undo(&house, register).unwrap_err()).contains("「二」"));
        assert_eq!(all(&house, register), before);
    }
}

#[test]
fn a_large_import_that_stopped_goes_on_where_it_stood_and_is_undone_in_steps() {
    let house = House::new();
    let mut csv = String::from("管理番号,資産名,所管部署\n");
    for at in 0..2_300 {
        writeln!(csv, "L{at},端末 {at},総務課").unwrap();
    }
    let permit = permit(&house, TYPED);
    let looked = look(&house, TYPED, &csv, &Choices::default());
    let sha256 = house.writer.keep(csv.as_bytes()).unwrap();
    let id = exchange::stage(
        &house.store,
        &house.writer,
        &permit,
        Request::new(),
        ("多い.csv", sha256),
        &Choices::default(),
    )
    .unwrap();
    // Whoever shows the progress breaks off after the second step, as a crash would.
    let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let row = house.row("import", id);
        exchange::confirm(&house.store, &house.writer, &permit, &row, &looked.digest, &mut |done, total| {
            assert!(total == 0 || done < 1_000, "the power goes");
        })
    }));
    assert!(stopped.is_err());
    let (row, record) = last(&house);
    assert_eq!((record.stage, record.written, all(&house, TYPED).len()), (Stage::Running, 1_000, 1_000));
    let house = house.restarted(0);
    exchange::resume(&house.store, &house.writer, &permit, &row, &mut |_, _| {}).unwrap();
    let (row, record) = last(&house);
    assert_eq!((record.stage, record.written, all(&house, TYPED).len()), (Stage::Done, 2_300, 2_300));
    let size = house.size();
    assert!(exchange::resume(&house.store, &house.writer, &permit, &row, &mut |_, _| {}).is_err());
    assert_eq!(import(&house, TYPED, &csv, &Choices::default()).same, 2_300, "nothing is doubled");
    assert_eq!(house.size(), size);
    undo(&house, TYPED).unwrap();
    assert_eq!((last(&house).1.stage, all(&house, TYPED).len()), (Stage::Undone, 0));
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn the_same_file_at_the_console_goes_on_with_an_import_that_stopped() {
    let house = House::new();
    let mut csv = String::from("管理番号,資産名,所管部署\n");
    for at in 0..2_100 {
        writeln!(csv, "L{at},端末 {at},総務課").unwrap();
    }
    let permit = permit(&house, TYPED);
    let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let file = ("多い.csv", csv.as_bytes());
        exchange::import(&house.store, &house.writer, &permit, file, &Choices::default(), &mut |done, total| {
            assert!(total == 0 || done < 500, "the power goes");
        })
    }));
    assert!(broken.is_err());
    assert_eq!(import(&house, TYPED, &csv, &Choices::default()).created, 2_100);
    assert_eq!((house.values::<Import>().len(), all(&house, TYPED).len()), (1, 2_100));
}

#[test]
fn what_was_shown_is_what_is_done_or_nothing_is() {
    let house = House::new();
    let permit = permit(&house, TYPED);
    let id = house.create(TYPED, json!({"code": "A1"})).unwrap();
    let csv = "管理番号,資産名\nA1,新しい名\n";
    let looked = look(&house, TYPED, csv, &Choices::default());
    let sha256 = house.writer.keep(csv.as_bytes()).unwrap();
    let import =
        exchange::stage(&house.store, &house.writer, &permit, Request::new(), ("一.csv", sha256), &Choices::default())
            .unwrap();
    house.edit(TYPED, id, json!({"note": "ほかの人"})).unwrap();
    let confirm = |seen: &str| {
        exchange::confirm(&house.store, &house.writer, &permit, &house.row("import", import), seen, &mut |_, _| {})
    };
    assert!(words(confirm(&looked.digest).unwrap_err()).contains("もう一度、内容を確かめて"));
    assert_eq!(house.row(TYPED, id).rev, 2);
    let again = look(&house, TYPED, csv, &Choices::default());
    assert_eq!(confirm(&again.digest).unwrap().changed, 1);
    assert!(words(confirm(&again.digest).unwrap_err()).contains("もう始まっているか終わって"));
    assert_eq!((house.row(TYPED, id).rev, house.row(TYPED, id).title.as_str()), (3, "新しい名"));
}

#[test]
fn a_waiting_import_is_chosen_for_and_given_up() {
    let house = House::new();
    let permit = permit(&house, TYPED);
    let sha256 = house.writer.keep(b"a").unwrap();
    let id = exchange::stage(
        &house.store,
        &house.writer,
        &permit,
        Request::new(),
        ("一\n.csv", sha256),
        &Choices::default(),
    )
    .unwrap();
    let head = |choices: &mut Choices| choices.head = Some(3);
    exchange::choose(&house.writer, &permit, Request::new(), &house.row("import", id), head).unwrap();
    exchange::choose(&house.writer, &permit, Request::new(), &house.row("import", id), head).unwrap();
    let row = house.row("import", id);
    assert_eq!((row.rev, row.title.as_str(), row.text("choices").contains("\"head\":3")), (2, "一.csv", true));
    exchange::cancel(&house.writer, &permit, Request::new(), &row).unwrap();
    assert_eq!(house.values::<Import>().len(), 0);
    // A permit of another register changes nothing of it.
    let other = house.permit(&house.chief(), Action::Import, &Subject::register(DATA)).unwrap();
    let sha256 = house.writer.keep(b"b").unwrap();
    let id =
        exchange::stage(&house.store, &house.writer, &permit, Request::new(), ("二.csv", sha256), &Choices::default())
            .unwrap();
    let refused = exchange::cancel(&house.writer, &other, Request::new(), &house.row("import", id));
    assert_eq!(refused, Err(Failure::Refused));
}

#[test]
fn people_are_known_by_number_mail_or_name_and_asked_about_when_in_doubt() {
    let house = House::new();
    let people = |text: &str, choices: &Choices| look(&house, "person", text, choices);
    let put = |csv: &str| import(&house, "person", csv, &Choices::default());
    put(
        "氏名,職員番号,メールアドレス,所属\n佐藤 太郎,001,a@example.jp,総務課\n佐藤太郎,002,,税務課\n鈴木 一郎,,,総務課\n",
    );
    // By number, by mail, by name however its blanks are written.
    let known = people("氏名,職員番号,メールアドレス\n佐藤 太郎,００１,\n別の名,,A@example.jp\n", &Choices::default());
    assert_eq!((known.problems.len(), known.doubts.len()), (1, 0), "the same person twice");
    let known = people("氏名\n鈴木　一郎\n高橋 花子\n", &Choices::default());
    assert_eq!((known.changed + known.same, known.created, known.doubts.len()), (1, 1, 0));
    // Two of them: which?
    let asked = people("氏名\n佐藤 太郎\n", &Choices::default());
    assert!(!asked.is_clean());
    let [doubt] = asked.doubts.as_slice() else { panic!("{:?}", asked.doubts) };
    let offered: Vec<_> = doubt.offered.iter().map(|(_, told)| told.as_str()).collect();
    assert_eq!(
        (doubt.places.as_slice(), offered),
        (&["A2".to_owned()][..], vec!["佐藤 太郎（001、総務課）", "佐藤太郎（002、税務課）"])
    );
    for (answer, counts) in [(doubt.offered[1].0.to_string(), (0, 1)), ("new".to_owned(), (1, 0))] {
        let choices = Choices { answers: [(doubt.key.clone(), answer)].into(), ..Choices::default() };
        let told = people("氏名\n佐藤 太郎\n", &choices);
        assert_eq!((told.created, told.changed + told.same, told.is_clean()), (counts.0, counts.1, true));
    }
    // One of that name, but elsewhere: moved, or somebody else?
    assert_eq!(people("氏名,所属\n鈴木 一郎,税務課\n", &Choices::default()).doubts.len(), 1);
    // The same question about a link is asked once for all cells.
    let link = look(
        &house,
        TYPED,
        "資産名,所管部署,管理責任者\n一,U1,佐藤　太郎\n二,U1,佐藤　太郎\n三,U1,鈴木一郎\n",
        &Choices::default(),
    );
    assert_eq!((link.created, link.doubts.len(), link.doubts[0].places.join(" ")), (1, 1, "C2 C3".to_owned()));
    let answer = link.doubts[0].offered[0].0;
    let choices = Choices { answers: [(link.doubts[0].key.clone(), answer.to_string())].into(), ..Choices::default() };
    let told = look(
        &house,
        TYPED,
        "資産名,所管部署,管理責任者\n一,U1,佐藤　太郎\n二,U1,佐藤　太郎\n三,U1,鈴木一郎\n",
        &choices,
    );
    assert_eq!((told.created, told.samples[1].new["owner"].as_str()), (3, Some(answer.to_string().as_str())));
    // Nobody is offered whom the asker may not know.
    let manager = someone(house.second, &[(register::permit::Role::Auditor, None)]);
    let description = &house.description(TYPED);
    let blind = house.store.read_now(|reading| {
        exchange::trial(
            reading,
            description,
            &manager,
            "資産名,所管部署,管理責任者\n一,U1,佐藤　太郎\n".as_bytes(),
            &Choices::default(),
            &mut |_| {},
        )
    });
    assert!(blind.unwrap().doubts.iter().all(|doubt| doubt.offered.is_empty()));
}

#[test]
fn names_alone_are_enough_where_the_rest_is_chosen_once() {
    let house = House::new();
    for register in BOTH {
        let fixed = [("unit".to_owned(), "税務課".to_owned())].into();
        let choices = Choices { head: Some(0), fixed, ..Choices::default() };
        let pasted = look(&house, register, "端末一\n端末二\n", &choices);
        assert_eq!((pasted.created, pasted.problems.len()), (2, 0), "{:?}", pasted.problems);
        assert_eq!(pasted.samples[1].new["unit"], json!(Link::<()>::new(house.other).id));
        let wrong =
            Choices {
                head: Some(0), fixed: [("unit".to_owned(), "ない課".to_owned())].into(), ..Choices::default()
            };
        assert_eq!(look(&house, register, "端末一\n", &wrong).problems.len(), 1);
        // Cells copied from a spreadsheet are divided by tabs.
        let tabs =
            look(&house, register, "資産名\t所管部署\t説明\n\"二\n行\"\t税務課\t=1+1\n三\tU1\n", &Choices::default());
        assert_eq!((tabs.created, tabs.problems[0].place.as_deref(), tabs.problems[0].row), (1, Some("A2"), 2));
    }
}

#[test]
fn what_the_file_does_not_have_is_put_away_only_when_asked() {
    let house = House::new();
    for register in BOTH {
        for code in ["A1", "A2", "A3"] {
            house.create(register, json!({"code": code})).unwrap();
        }
        let csv = "管理番号\nA2\n";
        assert_eq!(look(&house, register, csv, &Choices::default()).writes(), 0);
        let choices = Choices { archive_missing: true, ..Choices::default() };
        let told = import(&house, register, csv, &choices);
        assert_eq!((told.archived, told.same, all(&house, register).len()), (2, 1, 1));
        undo(&house, register).unwrap();
        assert_eq!(all(&house, register).len(), 3);
        // A row that can't be told keeps everything as it is.
        let wrong = look(&house, register, "管理番号,部数\nA2,x\n", &choices);
        assert_eq!((wrong.archived, wrong.problems.len()), (0, 1));
    }
}

#[test]
fn columns_are_left_out_or_used_as_chosen_whatever_they_are_called() {
    let house = House::new();
    for register in BOTH {
        let field = |name: &str| Aim::Field(name.into());
        let columns = Some(vec![field("name"), Aim::Out, field("unit")]);
        let told = look(
            &house,
            register,
            "なまえ,めも,課\n端末,x,総務課\n",
            &Choices { columns, head: Some(1), ..Choices::default() },
        );
        assert_eq!((told.created, told.problems.len()), (1, 0));
        assert!(told.notes[0].ja.contains("めも（B）"));
    }
}
