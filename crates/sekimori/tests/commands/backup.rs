use std::path::{Path, PathBuf};

use crate::common::{Place, Told, free_port, with_people};

const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/policy.md");

/// A house with people and an imported policy, whose sources are files; the copy of its key that is kept apart.
fn furnished() -> (Place, String) {
    let place = Place::initialised();
    with_people(&place);
    assert_eq!(place.run(&["policy", "import", POLICY]).code, Some(0));
    let key = place.file("kept.key", std::fs::read(place.data().join("signing.key")).unwrap());
    place.file("kept.root", std::fs::read(place.data().join("root.key")).unwrap());
    (place, key)
}

fn backed_up(place: &Place) -> PathBuf {
    let to = place.data().with_file_name("backups");
    let told = place.run(&["backup", to.to_str().unwrap()]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{told:?}");
    let mut made: Vec<_> = std::fs::read_dir(&to).unwrap().map(|item| item.unwrap().path()).collect();
    assert_eq!(made.len(), 1, "nothing but the backup is left: {made:?}");
    made.remove(0)
}

fn restore(place: &Place, backup: &Path, key: &str) -> Told {
    place.run(&["restore", backup.to_str().unwrap(), "--signing-key", key, "--reason", "ディスクの障害"])
}

fn root(place: &Place) -> String {
    let told = place.run(&["ledger", "verify", "--json"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    serde_json::from_str::<serde_json::Value>(&told.out).unwrap()["root"].as_str().unwrap().to_owned()
}

/// The first kept file under a data folder.
fn kept_file(folder: &Path) -> PathBuf {
    let first = |folder: &Path| std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    first(&first(&folder.join("blobs")))
}

#[test]
fn a_house_that_serves_is_backed_up_and_restored_whole() {
    use std::os::unix::fs::PermissionsExt;
    let (place, key) = furnished();
    let port = free_port();
    let config = format!("[web]\nlisten = \"127.0.0.1:{port}\"\n");
    std::fs::write(place.data().join("sekimori.toml"), &config).unwrap();
    let server = place.start(&["serve"], port);
    let backup = backed_up(&place);
    for key in ["signing.key", "root.key"] {
        assert!(!backup.join(key).exists(), "{key} is kept apart");
    }
    assert!(server.stop().0.success());
    let before = root(&place);
    assert_eq!(place.import("unit", "部署番号,部署名\n20,税務課\n").code, Some(0));

    let told = restore(&place, &backup, &key);
    assert_eq!(told.code, Some(1));
    assert!(told.err.contains("nothing is written over"), "{}", told.err);
    std::fs::rename(place.data(), place.data().with_file_name("broken")).unwrap();
    let with_root = |root: &str| {
        place.run(&[
            "restore",
            backup.to_str().unwrap(),
            "--signing-key",
            &key,
            "--root-key",
            root,
            "--reason",
            "ディスクの障害",
        ])
    };
    let told = with_root("kept.key");
    assert!(
        told.code == Some(1) && told.err.contains("not in the form of a key") && !place.data().exists(),
        "{told:?}"
    );
    let told = with_root("kept.root");
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{told:?}");
    assert_ne!(root(&place), before, "the restore itself is in the ledger");
    assert!(told.out.contains("第1世代"), "{}", told.out);
    for key in ["signing.key", "root.key"] {
        let mode = std::fs::metadata(place.data().join(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o400);
    }
    assert_eq!(std::fs::read_to_string(place.data().join("sekimori.toml")).unwrap(), config);
    let server = place.start(&["serve"], port);
    assert!(server.stop().0.success());
    let restored = root(&place);
    assert_eq!(place.import("unit", "部署番号,部署名\n20,税務課\n").code, Some(0));
    assert_ne!(root(&place), restored, "work goes on");
    let told = place.run(&["doctor"]);
    assert_eq!(told.code, Some(0), "{told:?}");
}

#[test]
fn an_empty_folder_that_is_there_is_filled_and_one_in_use_is_not() {
    let (place, key) = furnished();
    let backup = backed_up(&place);
    std::fs::rename(place.data(), place.data().with_file_name("broken")).unwrap();
    std::fs::create_dir_all(place.data().join("lost+found")).unwrap();
    std::fs::write(place.data().join("other"), "").unwrap();
    let told = restore(&place, &backup, &key);
    assert!(told.code == Some(1) && told.err.contains("nothing is written over"), "{told:?}");
    std::fs::remove_file(place.data().join("other")).unwrap();
    let told = restore(&place, &backup, &key);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{told:?}");
    root(&place);
    let names = std::fs::read_dir(place.data()).unwrap().map(|item| item.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().all(|name| !name.contains("restoring")));
    let told = restore(&place, &backup, &key);
    assert!(told.code == Some(1) && told.err.contains("nothing is written over"), "{told:?}");
}

#[test]
fn a_restore_says_what_was_lost_where_a_kept_head_tells() {
    let (place, key) = furnished();
    let backup = backed_up(&place);
    assert_eq!(place.import("unit", "部署番号,部署名\n20,税務課\n").code, Some(0));
    let told = place.run(&["ledger", "verify"]);
    let kept = told.out.lines().find(|line| line.starts_with("控え")).unwrap().split_whitespace().last().unwrap();
    std::fs::rename(place.data(), place.data().with_file_name("broken")).unwrap();
    let words = ["restore", backup.to_str().unwrap(), "--signing-key", &key];
    let told = place.run(&[&words[..], &["--reason", "障害", "--lost", kept]].concat());
    assert_eq!(told.code, Some(0), "{told:?}");
    let told = place.run(&["ledger", "verify", "--held", kept]);
    assert_eq!(told.code, Some(0), "{told:?}");
}

#[test]
fn a_backup_is_a_folder_that_an_auditor_can_verify() {
    let (place, _) = furnished();
    let backup = backed_up(&place);
    std::fs::rename(place.data(), place.data().with_file_name("away")).unwrap();
    std::fs::rename(backup, place.data()).unwrap();
    root(&place);
    let told = place.run(&["register", "export", "person"]);
    assert!(told.code == Some(0) && told.out.contains("Yahiko Tanuki"), "{told:?}");
}

#[test]
fn only_a_sound_backup_with_its_own_key_is_restored() {
    let (place, key) = furnished();
    let backup = backed_up(&place);
    std::fs::rename(place.data(), place.data().with_file_name("away")).unwrap();
    let other = Place::initialised();
    let foreign = place.file("foreign.key", std::fs::read(other.data().join("signing.key")).unwrap());
    for (key, code) in [(foreign.as_str(), 1), ("gone.key", 1)] {
        assert_eq!(restore(&place, &backup, key).code, Some(code), "{key}");
    }
    let spoilt = |path: PathBuf, spoil: &dyn Fn(&mut Vec<u8>)| {
        let old = std::fs::read(&path).unwrap();
        let mut new = old.clone();
        spoil(&mut new);
        std::fs::write(&path, new).unwrap();
        let told = restore(&place, &backup, &key);
        assert!(!place.data().exists(), "{told:?}");
        std::fs::write(&path, old).unwrap();
        (told.code, told.err)
    };
    let flip = |bytes: &mut Vec<u8>| *bytes.last_mut().unwrap() ^= 1;
    let (code, said) = spoilt(backup.join("sekimori.db"), &flip);
    assert!(code == Some(4) && said.contains("backup.json"), "{said}");
    let (code, said) = spoilt(kept_file(&backup), &flip);
    assert!(code == Some(4) && said.contains("no longer have their content"), "{said}");
    let (code, said) = spoilt(backup.join("backup.json"), &|bytes| bytes.truncate(40));
    assert!(code == Some(1) && said.contains("manifest"), "{said}");
    let more = |bytes: &mut Vec<u8>| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        *bytes = text.replacen("\"files\": ", "\"files\": 1", 1).into_bytes();
    };
    let (code, said) = spoilt(backup.join("backup.json"), &more);
    assert!(code == Some(4) && said.contains("backup.json"), "{said}");
    let unsigned = |bytes: &mut Vec<u8>| {
        let mut manifest: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        manifest["checkpoint"] = "".into();
        *bytes = manifest.to_string().into_bytes();
    };
    let (code, said) = spoilt(backup.join("backup.json"), &unsigned);
    assert!(code == Some(4) && said.contains("backup.json"), "{said}");
    let left: Vec<_> = std::fs::read_dir(place.data().parent().unwrap()).unwrap().collect();
    assert!(left.iter().all(|item| !item.as_ref().unwrap().file_name().to_string_lossy().contains("restoring")));
    let told = restore(&place, &backup, &key);
    assert!(told.code == Some(0) && told.out.contains("put the root key that was kept apart"), "{told:?}");
    let told = place.run(&["doctor"]);
    assert!(told.code == Some(1) && told.out.contains("put back the copy of root.key"), "{told:?}");
}

#[test]
fn what_is_not_sound_is_kept_apart_and_never_called_a_backup() {
    let (place, _) = furnished();
    let path = kept_file(&place.data());
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let told = place.run(&["backup", place.data().with_file_name("other").to_str().unwrap()]);
    assert!(told.code == Some(4) && told.err.contains("are gone"), "a record names it: {told:?}");
    std::fs::write(&path, bytes).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::write(&path, "別の内容").unwrap();
    let to = place.data().with_file_name("backups");
    let told = place.run(&["backup", to.to_str().unwrap()]);
    assert_eq!(told.code, Some(4), "{told:?}");
    let name = |item: std::io::Result<std::fs::DirEntry>| item.unwrap().file_name().into_string().unwrap();
    let made: Vec<_> = std::fs::read_dir(&to).unwrap().map(name).collect();
    assert!(made.len() == 1 && made[0].ends_with(".unsound"), "{made:?}");
    let told = Place::new().run(&["backup", to.to_str().unwrap()]);
    assert!(told.code == Some(1) && told.err.contains("init"), "{told:?}");
}
