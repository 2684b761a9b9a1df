use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::common::{Place, Server, free_port, wait_for};

fn start(place: &Place) -> Server {
    let port = free_port();
    place.start(&["demo", "--port", &port.to_string()], port)
}

/// The process that serves, as the kernel knows it.
#[cfg(target_os = "linux")]
fn kept(server: &Server) -> Option<Pid> {
    let id = server.child.id();
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    children.split_whitespace().next().and_then(|pid| Pid::from_raw(pid.parse().unwrap()))
}

#[test]
fn the_demonstration_is_built_stops_and_goes_on_where_it_was_left() {
    let place = Place::new();
    let (status, told) = start(&place).stop();
    assert!(status.success(), "{told:?}");
    assert!(told.out.contains("http://localhost:") && told.out.contains("myoko"), "{}", told.out);
    let password = told.out.lines().find(|line| line.contains("パスワードは全員")).unwrap().to_owned();
    let verified = place.run(&["ledger", "verify", "--json"]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    let (status, again) = start(&place).stop();
    assert!(status.success());
    assert!(again.out.contains(&password), "the password stays");
    assert!(!again.out.contains("作っています"), "it is not built again");
}

#[test]
fn no_other_command_takes_the_demonstration_for_a_house_in_earnest() {
    let place = Place::new();
    start(&place).stop();
    let refused = |words: &[&str]| {
        let told = place.run(words);
        assert_eq!(told.code, Some(1), "{words:?}");
        assert!(told.err.contains("not for real use"), "{words:?}: {}", told.err);
    };
    let file = place.file("unit.csv", "部署番号,部署名\n1,x\n");
    let all = [
        &["serve"][..],
        &["init"],
        &["user", "list"],
        &["register", "import", "unit", &file],
        &["policy", "import", &file],
    ];
    for words in all {
        refused(words);
    }
    // The database knows it too.
    std::fs::remove_file(place.data().join("DEMO")).unwrap();
    for words in &all[..4] {
        refused(words);
    }
}

#[test]
fn a_house_in_earnest_is_left_alone() {
    let place = Place::initialised();
    let told = place.run(&["demo", "--port", &free_port().to_string()]);
    assert_eq!(told.code, Some(1));
    assert!(told.err.contains("in earnest"), "{}", told.err);
    assert!(!place.data().join("DEMO").exists());
}

#[test]
fn a_config_that_would_not_be_read_is_refused() {
    let told = Place::new().run(&["--config", "sekimori.toml", "demo"]);
    assert_eq!((told.code, told.out.as_str()), (Some(2), ""));
    assert!(told.err.contains("takes no config file"), "{}", told.err);
}

#[test]
fn one_that_was_killed_while_it_was_built_is_built_anew() {
    for file in ["DEMO", "signing.key", "sekimori.db"] {
        let place = Place::new();
        let mut building = place.command(&["demo", "--port", &free_port().to_string()]).spawn().unwrap();
        wait_for(|| place.data().join(file).exists());
        std::thread::sleep(Duration::from_millis(30));
        building.kill().unwrap();
        building.wait().unwrap();
        let (status, told) = start(&place).stop();
        assert!(status.success(), "{file}: {told:?}");
        assert_eq!(place.run(&["ledger", "verify"]).code, Some(0), "{file}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_serves_is_started_again_when_it_was_killed() {
    let place = Place::new();
    let server = start(&place);
    let first = kept(&server).expect("a child serves");
    kill_process(first, Signal::KILL).unwrap();
    wait_for(|| kept(&server).is_some_and(|pid| pid != first) && server.is_well());
    let (status, told) = server.stop();
    assert!(status.success(), "{told:?}");
    assert!(told.err.contains("started again"), "{}", told.err);
}

#[cfg(target_os = "linux")]
#[test]
fn what_serves_does_not_outlive_its_keeper() {
    let place = Place::new();
    let mut server = start(&place);
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    wait_for(|| server.get("/healthz").is_none());
}
