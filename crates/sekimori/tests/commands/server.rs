//! A house whose config names its database: a PostgreSQL where `TEST_DATABASE_URL` names one, else the file that it has
//! anyway.

use std::path::Path;

use testkit::Database;

use crate::common::{Place, Told, free_port};

/// A config that names a database, as people keep it: the address lies in a file of its owner's.
fn config(place: &Place, name: &str, database: &Database, port: u16) -> String {
    use std::os::unix::fs::PermissionsExt;
    let store = database.url().map_or_else(String::new, |url| {
        let file = place.file(&format!("{name}.url"), url);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).unwrap();
        format!("[store]\ndatabase = \"{file}\"\n")
    });
    place.file(&format!("{name}.toml"), format!("[web]\nlisten = \"127.0.0.1:{port}\"\n{store}"))
}

fn root(told: &Told) -> String {
    assert_eq!(told.code, Some(0), "{told:?}");
    serde_json::from_str::<serde_json::Value>(&told.out).unwrap()["root"].as_str().unwrap().to_owned()
}

#[test]
fn a_house_is_made_filled_served_backed_up_and_restored_where_its_config_says() {
    let (place, database, other) = (Place::new(), Database::new(), Database::new());
    let port = free_port();
    let config = [config(&place, "first", &database, port), config(&place, "second", &other, port)];
    let run = |words: &[&str]| place.run(&[&["--config", &config[0]], words].concat());
    assert_eq!(run(&["init"]).code, Some(0));
    assert_eq!(place.data().join("sekimori.db").exists(), database.url().is_none(), "records are in one place");
    assert!(run(&["init"]).err.contains("initialised already"));
    let units = place.file("units.csv", "部署番号,部署名\n10,総務課\n20,税務課\n");
    assert_eq!(run(&["register", "import", "unit", &units]).code, Some(0));
    let doctor = run(&["doctor"]);
    assert_eq!(doctor.code, Some(0), "{doctor:?}");
    assert_eq!(doctor.out.contains("PostgreSQL sekimori@"), database.url().is_some(), "{}", doctor.out);
    let server = place.start(&["--config", &config[0], "serve"], port);
    let backups = place.data().with_file_name("backups");
    let told = run(&["backup", backups.to_str().unwrap()]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let before = root(&run(&["ledger", "verify", "--json"]));
    assert!(server.stop().0.success());

    // The copy is a folder with a file, whatever the house is on, and can become either.
    let backup = std::fs::read_dir(&backups).unwrap().next().unwrap().unwrap().path();
    let verify = |folder: &Path, config: &[&str]| {
        let words = [&["--data", folder.to_str().unwrap()], config, &["ledger", "verify", "--json"]].concat();
        root(&place.run_bare(&words))
    };
    assert_eq!(verify(&backup, &[]), before);
    let again = place.data().with_file_name("again");
    let key = place.file("kept.key", std::fs::read(place.data().join("signing.key")).unwrap());
    let restore = |config: &str| {
        let [again, backup] = [&again, &backup].map(|path| path.to_str().unwrap());
        place.run_bare(&[
            "--data",
            again,
            "--config",
            config,
            "restore",
            backup,
            "--signing-key",
            &key,
            "--reason",
            "試し",
        ])
    };
    if database.url().is_some() {
        let told = restore(&config[0]);
        assert!(told.code == Some(1) && told.err.contains("nothing is written over"), "{told:?}");
    }
    let told = restore(&config[1]);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert_eq!(again.join("sekimori.db").exists(), other.url().is_none());
    assert_ne!(verify(&again, &["--config", &config[1]]), before, "a restore begins an epoch");
}
