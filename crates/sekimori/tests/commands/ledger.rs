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
    assert_eq!(json["entries"], json["records"]);
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
