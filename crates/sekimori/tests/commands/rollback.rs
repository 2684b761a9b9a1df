use std::path::Path;
use std::process::Command;

use crate::common::{Place, Told, free_port, with_people};

/// A house that was put back to an older copy of its database; the head that was signed last.
fn rolled_back() -> (Place, String) {
    let place = Place::initialised();
    let database = place.data().join("sekimori.db");
    let old = std::fs::read(&database).unwrap();
    with_people(&place);
    let lost = kept(&place.run(&["ledger", "verify"]));
    std::fs::write(&database, old).unwrap();
    (place, lost)
}

/// The head that a verification shows, to be kept.
fn kept(told: &Told) -> String {
    let line = told.out.lines().find(|line| line.starts_with("控え head to keep"));
    line.unwrap_or_else(|| panic!("{told:?}")).split_whitespace().last().unwrap().to_owned()
}

fn accept(place: &Place, more: &[&str]) -> Told {
    place.run(&[&["ledger", "accept-rollback", "--reason", "誤って古い写しを戻した"], more].concat())
}

#[test]
fn an_older_database_is_only_read_until_an_operator_accepts_it() {
    let (place, lost) = rolled_back();
    let port = free_port();
    std::fs::write(place.data().join("sekimori.toml"), format!("[web]\nlisten = \"127.0.0.1:{port}\"\n")).unwrap();
    let server = place.start(&["serve"], port);
    let page = server.get("/sign-in").unwrap();
    assert!(page.contains("sk-closed") && page.contains("書込みを止めています"), "{page}");
    let form = "login=a&password=b&request=0123456789abcdef";
    let answer = server
        .send(&format!(
            "POST /sign-in HTTP/1.1\r\nHost: localhost:{port}\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        ))
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    let told = accept(&place, &[]);
    assert!(told.code == Some(1) && told.err.contains("Another Sekimori"), "{told:?}");
    let told = place.run(&["doctor"]);
    assert!(told.code == Some(1) && told.out.contains("accept-rollback"), "{told:?}");
    assert!(server.stop().0.success());
    for words in [&["ledger", "verify"][..], &["backup", "copies"], &["register", "import", "unit", "rows.csv"]] {
        place.file("rows.csv", "部署番号,部署名\n20,税務課\n");
        let told = place.run(words);
        assert_eq!(told.code, Some(4), "{words:?} {told:?}");
        assert!(told.err.contains("accept-rollback"), "{words:?} {told:?}");
    }

    let told = place.run(&["ledger", "accept-rollback", "--reason", " "]);
    assert_eq!(told.code, Some(2), "{told:?}");
    let told = accept(&place, &[]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{told:?}");
    let told = accept(&place, &[]);
    assert!(told.code == Some(1) && told.err.contains("Nothing that is known was lost"), "{told:?}");
    with_people(&place);
    let told = place.run(&["ledger", "verify", "--held", &lost]);
    assert_eq!(told.code, Some(0), "what was lost is explained: {told:?}");
    assert!(told.out.contains("世代 epoch           1"), "{}", told.out);
    let now = kept(&told);
    assert!(now.ends_with(":1"), "{now}");
    assert_eq!(place.run(&["ledger", "verify", "--held", &now]).code, Some(0));
    let (size, root) = lost.split_once(':').unwrap();
    let longer = format!("{}:{root}", size.parse::<u64>().unwrap() + 1);
    let told = place.run(&["ledger", "verify", "--held", &longer]);
    assert!(told.code == Some(4) && told.err.contains("more than this entry says was lost"), "{told:?}");
    assert_eq!(place.run(&["doctor"]).code, Some(0));

    let told = place.run(&["ledger", "export", "exported"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let python = |folder: &Path, heads: &[&str]| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/verify_ledger.py");
        let mut command = Command::new("python3");
        command.arg(script).arg(folder).arg(place.data().join("signing.pub")).args(heads);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let exported = place.data().with_file_name("exported");
    let (code, said) = python(&exported, &[&lost, &now]);
    assert!(code == Some(0) && said.contains("epoch: 1") && said.contains("lost: 1"), "{said}");
    assert_eq!(python(&exported, &[&longer]).0, Some(1));
    let entries = exported.join("entries.jsonl");
    let text = std::fs::read_to_string(&entries).unwrap();
    std::fs::write(&entries, text.replacen("\"former\":", "\"formes\":", 1)).unwrap();
    let (code, said) = python(&exported, &[]);
    assert!(code == Some(1) && said.contains("does not name"), "{said}");
}

#[test]
fn a_head_that_was_kept_on_paper_can_be_named_where_nothing_else_knows_of_it() {
    let (place, lost) = rolled_back();
    std::fs::remove_dir_all(place.data().join("heads")).unwrap();
    assert_eq!(place.run(&["ledger", "verify"]).code, Some(0), "nothing here remembers");
    let told = place.run(&["ledger", "verify", "--held", &lost]);
    assert_eq!(told.code, Some(4), "{told:?}");
    let told = accept(&place, &["--lost", &lost]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let told = place.run(&["ledger", "verify", "--held", &lost]);
    assert_eq!(told.code, Some(0), "{told:?}");
}
