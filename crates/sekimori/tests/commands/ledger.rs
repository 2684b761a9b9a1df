use std::process::Command;

use crate::common::{Place, with_people};

#[test]
fn a_sound_house_verifies_in_words_and_as_json() {
    let place = Place::initialised();
    with_people(&place);
    let told = place.run(&["ledger", "verify"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    assert!(told.out.starts_with("異常はありません"), "{}", told.out);
    let told = place.run(&["ledger", "verify", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!((&json["ok"], &json["bad"]), (&true.into(), &serde_json::Value::Null));
    let number = |name: &str| json[name].as_u64().unwrap();
    assert_eq!(number("entries"), number("records") + 2, "each of the two imports was staged, then carried out");
}

#[test]
fn an_auditor_verifies_a_copy_without_the_secret_and_with_a_key_of_their_own() {
    let place = Place::initialised();
    with_people(&place);
    std::fs::remove_file(place.data().join("signing.key")).unwrap();
    let before = std::fs::read(place.data().join("sekimori.db")).unwrap();
    assert_eq!(place.run(&["ledger", "verify"]).code, Some(0));
    let kept = place.file("kept.pub", std::fs::read(place.data().join("signing.pub")).unwrap());
    assert_eq!(place.run(&["ledger", "verify", "--key", &kept]).code, Some(0));
    let other = Place::initialised();
    let foreign = other.data().join("signing.pub").display().to_string();
    let told = place.run(&["ledger", "verify", "--key", &foreign]);
    assert_eq!(told.code, Some(4), "checkpoints of another ledger's key: {told:?}");
    let told = place.run(&["ledger", "verify", "--key", "gone.pub"]);
    assert_eq!(told.code, Some(1));
    assert!(told.err.contains("--key"), "{}", told.err);
    assert_eq!(std::fs::read(place.data().join("sekimori.db")).unwrap(), before, "looking changes nothing");
}

#[test]
fn a_head_that_was_kept_outside_must_still_lead_here() {
    let place = Place::initialised();
    with_people(&place);
    let told = place.run(&["ledger", "verify"]);
    let line = told.out.lines().find(|line| line.starts_with("控え head to keep")).unwrap();
    let kept = line.split_whitespace().last().unwrap().to_owned();
    assert_eq!(place.import("unit", "部署番号,部署名\n20,税務課\n").code, Some(0));
    let verify = |held: &str| place.run(&["ledger", "verify", "--held", held]);
    let told = verify(&kept);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(told.out.contains("控え1件とも一致"), "{}", told.out);
    let (size, root) = kept.split_once(':').unwrap();
    let other = if root.starts_with('A') { "B" } else { "A" };
    for wrong in [format!("{size}:{other}{}", &root[1..]), format!("1{size}:{root}"), format!("1:{root}")] {
        assert_eq!(verify(&wrong).code, Some(4), "{wrong}");
    }
    for malformed in ["", "12", "12:abc", "x:y"] {
        let told = verify(malformed);
        assert!(told.code == Some(2) && told.err.contains("件数:根"), "{told:?}");
    }
}

#[test]
fn a_proof_stands_alone() {
    let place = Place::initialised();
    with_people(&place);
    assert_eq!(place.run(&["ledger", "prove", "3"]).code, Some(0));
    let here = place.data().parent().unwrap().to_owned();
    let key = place.file("kept.pub", std::fs::read(place.data().join("signing.pub")).unwrap());
    assert_eq!(place.run(&["ledger", "prove", "999"]).code, Some(1));
    std::fs::remove_dir_all(place.data()).unwrap();
    let check = |key: &str| place.run(&["ledger", "check", "entry-3.tlog-proof", "--key", key]);
    let told = check(&key);
    assert!(told.code == Some(0) && told.out.contains("\"seq\":3"), "{told:?}");
    let other = Place::initialised();
    assert_eq!(check(other.data().join("signing.pub").to_str().unwrap()).code, Some(4), "another ledger's key");
    for name in ["entry-3.json", "entry-3.tlog-proof"] {
        let old = std::fs::read(here.join(name)).unwrap();
        for at in (0..old.len()).step_by(7) {
            let mut new = old.clone();
            new[at] ^= 1;
            std::fs::write(here.join(name), new).unwrap();
            let told = check(&key);
            assert_eq!(told.code, Some(4), "{name}, byte {at}: {told:?}");
        }
        std::fs::write(here.join(name), old).unwrap();
    }
    assert_eq!(check(&key).code, Some(0));
}

#[test]
fn a_verifier_of_another_hand_agrees_and_finds_every_flipped_byte() {
    const VERIFIER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/verify_ledger.py");
    let place = Place::initialised();
    with_people(&place);
    let (ledger, key) = (place.data().with_file_name("ledger"), place.data().join("signing.pub"));
    let folder = ledger.to_str().unwrap();
    assert_eq!(place.run(&["ledger", "export", folder]).code, Some(0));
    assert_eq!(place.run(&["ledger", "export", folder]).code, Some(1), "nothing is written over");
    let verify = |held: &[&str]| {
        let told = Command::new("python3").args([VERIFIER, folder, key.to_str().unwrap()]).args(held).output().unwrap();
        (told.status.code(), String::from_utf8(told.stdout).unwrap())
    };
    let ours: serde_json::Value = serde_json::from_str(&place.run(&["ledger", "verify", "--json"]).out).unwrap();
    let root = ours["root"].as_str().unwrap();
    let kept = format!("{}:{root}", ours["entries"]);
    let (code, told) = verify(&[&kept]);
    assert!(code == Some(0) && told.contains(root), "{told}");
    assert_eq!(verify(&[&format!("1{kept}")]).0, Some(1), "more entries were promised");
    assert_eq!(verify(&[&format!("1:{root}")]).0, Some(1), "another root");
    for (name, step) in [("entries.jsonl", 1_499), ("checkpoints.jsonl", 149)] {
        let old = std::fs::read(ledger.join(name)).unwrap();
        for at in (0..old.len()).step_by(step) {
            let mut new = old.clone();
            new[at] ^= 1;
            std::fs::write(ledger.join(name), new).unwrap();
            let (code, told) = verify(&[]);
            assert_eq!(code, Some(1), "{name}, byte {at}: {told}");
        }
        std::fs::write(ledger.join(name), old).unwrap();
    }
    assert_eq!(verify(&[]).0, Some(0));
    std::fs::write(ledger.join("checkpoints.jsonl"), "").unwrap();
    assert_eq!(verify(&[]).0, Some(1), "nobody signed it");
}

#[test]
fn a_byte_that_was_changed_in_the_file_is_found_wherever_it_lies() {
    let place = Place::initialised();
    with_people(&place);
    let database = place.data().join("sekimori.db");
    let bytes = std::fs::read(&database).unwrap();
    let name = b"Yahiko Tanuki";
    let found: Vec<_> = bytes.windows(name.len()).enumerate().filter(|(_, at)| at == name).map(|(at, _)| at).collect();
    assert!(found.len() >= 3, "record, title and revision hold the name: {found:?}");
    for at in found {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        std::fs::write(&database, altered).unwrap();
        let told = place.run(&["ledger", "verify"]);
        assert_eq!(told.code, Some(4), "byte {at}: {told:?}");
        assert!(told.err.contains("異常があります。最初の箇所："), "{}", told.err);
        let json = place.run(&["ledger", "verify", "--json"]);
        assert_eq!((json.code, json.err.as_str()), (Some(4), ""));
        let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!((&json["ok"], &json["bad"]["register"]), (&false.into(), &"person".into()), "{json}");
    }
}

#[test]
fn a_database_that_cannot_be_read_is_unsound_too() {
    let place = Place::initialised();
    with_people(&place);
    let database = place.data().join("sekimori.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let end = bytes.len();
    bytes[4096..end].fill(0xff);
    std::fs::write(&database, bytes).unwrap();
    let told = place.run(&["ledger", "verify"]);
    assert_eq!(told.code, Some(4), "{told:?}");
    assert!(!told.err.contains("Err("), "{}", told.err);
}
