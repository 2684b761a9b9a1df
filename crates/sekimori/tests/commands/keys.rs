//! The root key under a passphrase.

use crate::common::Place;

#[test]
fn the_root_key_is_locked_by_a_passphrase_and_opened_again() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::initialised();
    let key = place.data().join("root.key");
    let plain = std::fs::read_to_string(&key).unwrap();
    let right = place.file("passphrase", "覚えやすい言葉を 四つ 並べる\n");
    let wrong = place.file("wrong", "覚えやすい言葉を 五つ 並べる\n");
    let short = place.file("short", "みじかい\n");
    let told = place.run(&["--passphrase-file", &short, "keys", "lock"]);
    assert_eq!((told.code, std::fs::read_to_string(&key).unwrap() == plain), (Some(1), true), "{told:?}");

    assert_eq!(place.run(&["--passphrase-file", &right, "keys", "lock"]).code, Some(0));
    assert!(!std::fs::read_to_string(&key).unwrap().contains(plain.trim()), "the key lies open no more");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o400);
    let again = place.run(&["--passphrase-file", &right, "keys", "lock"]);
    assert_eq!(again.code, Some(1), "{again:?}");

    // Whatever needs the key asks for the passphrase, and takes no other.
    let list = ["user", "list"];
    let without = place.run(&list);
    assert!(without.code == Some(1) && without.err.contains("--passphrase-file"), "{without:?}");
    let other = place.run(&["--passphrase-file", &wrong, "user", "list"]);
    assert!(other.code == Some(1) && other.err.contains("The passphrase is wrong"), "{other:?}");
    assert_eq!(place.run(&["--passphrase-file", &right, "user", "list"]).code, Some(0));
    assert!(place.run(&["--passphrase-file", &right, "doctor"]).out.contains("locked by a passphrase"));

    assert_eq!(place.run(&["--passphrase-file", &wrong, "keys", "unlock"]).code, Some(1));
    assert_eq!(place.run(&["--passphrase-file", &right, "keys", "unlock"]).code, Some(0));
    assert_eq!(std::fs::read_to_string(&key).unwrap(), plain);
    assert_eq!(place.run(&list).code, Some(0));
}
