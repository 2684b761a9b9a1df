use std::net::TcpListener;

use crate::common::{Place, Server, free_port};

/// A server on a port of its own.
fn serve(place: &Place) -> (Server, u16) {
    let port = free_port();
    let config = place.file("config.toml", format!("[web]\nlisten = \"127.0.0.1:{port}\"\n"));
    (place.start(&["--config", &config, "serve"], port), port)
}

#[test]
fn the_first_start_gives_the_link_for_the_set_up() {
    let place = Place::initialised();
    let (server, _) = serve(&place);
    let (status, told) = server.stop();
    assert!(status.success(), "{told:?}");
    let link = told.out.lines().find(|line| line.contains("/setup/")).expect("the link is printed");
    assert!(link.trim().starts_with("http://127.0.0.1:"), "{link}");
    assert!(told.err.contains("everything is written"), "{}", told.err);
}

#[test]
fn a_folder_that_is_not_there_is_not_made_by_serving() {
    let place = Place::new();
    let told = place.run(&["serve"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.err.contains("init") && !place.data().exists(), "{}", told.err);
}

#[test]
fn an_initialised_house_serves_stops_and_serves_again() {
    let place = Place::initialised();
    let (server, _) = serve(&place);
    assert!(server.get("/").unwrap().starts_with("HTTP/1.1 303"));
    assert!(server.stop().0.success());
    let (again, _) = serve(&place);
    assert!(again.is_well());
}

#[test]
fn a_second_init_changes_nothing() {
    let place = Place::initialised();
    let key = std::fs::read(place.data().join("signing.key")).unwrap();
    let told = place.run(&["init"]);
    assert_eq!(told.code, Some(1));
    assert!(told.err.contains("initialised already"), "{}", told.err);
    assert_eq!(std::fs::read(place.data().join("signing.key")).unwrap(), key);
}

#[test]
fn an_init_that_was_broken_off_is_finished_by_the_next() {
    let place = Place::initialised();
    // Nothing is signed before the house has its last piece.
    std::fs::remove_dir_all(place.data().join("heads")).unwrap();
    std::fs::remove_file(place.data().join("sekimori.db")).unwrap();
    let told = place.run(&["user", "list"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert_eq!(place.run(&["init"]).code, Some(0));
    assert_eq!(place.run(&["user", "list"]).code, Some(0));
}

#[test]
fn a_folder_that_was_never_initialised_is_not_taken_for_a_house() {
    let place = Place::new();
    std::fs::create_dir(place.data()).unwrap();
    for words in [&["serve"][..], &["user", "list"], &["ledger", "verify"], &["register", "export", "unit"]] {
        let told = place.run(words);
        assert_eq!(told.code, Some(1), "{words:?}");
        assert!(told.err.contains("init"), "{words:?}: {}", told.err);
    }
    assert_eq!(std::fs::read_dir(place.data()).unwrap().count(), 0);
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let place = Place::initialised();
    let (_server, _) = serve(&place);
    let told = place.run(&["serve"]);
    assert_eq!(told.code, Some(1));
    assert!(told.err.contains("Another Sekimori is serving"), "{}", told.err);
}

#[test]
fn a_port_that_is_taken_is_told_with_what_to_do() {
    let place = Place::initialised();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = place.file("config.toml", format!("[web]\nlisten = \"{}\"\n", taken.local_addr().unwrap()));
    let told = place.run(&["--config", &config, "serve"]);
    assert_eq!(told.code, Some(1));
    assert!(told.err.contains("choose another port"), "{}", told.err);
}

#[test]
fn heads_that_are_too_large_or_have_too_many_fields_are_refused() {
    let place = Place::initialised();
    let (server, port) = serve(&place);
    let head = |fields: String| {
        format!("GET /healthz HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n{fields}\r\n")
    };
    for fields in [format!("X-A: {}\r\n", "a".repeat(40 * 1024)), "X-A: a\r\n".repeat(70)] {
        assert!(server.send(&head(fields)).unwrap().starts_with("HTTP/1.1 431"));
    }
    assert!(server.is_well());
}

#[test]
fn commands_work_beside_a_running_server() {
    let place = Place::initialised();
    let (server, _) = serve(&place);
    crate::common::with_people(&place);
    assert_eq!(place.run(&["ledger", "verify"]).code, Some(0));
    assert!(server.stop().0.success());
    assert_eq!(place.run(&["ledger", "verify"]).code, Some(0));
}

#[test]
fn figures_are_for_a_watcher_on_this_machine_and_not_for_visitors() {
    let place = Place::initialised();
    let (server, _) = serve(&place);
    let told = server.get("/metrics").unwrap();
    assert!(told.starts_with("HTTP/1.1 200") && told.contains("text/plain"), "{told}");
    let value = |name: &str| -> u64 {
        let line = told.lines().find(|line| line.starts_with(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("{name}: {told}")).rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert!(
        value("sekimori_ledger_entries") > 0
            && value("sekimori_ledger_entries") >= value("sekimori_ledger_signed_entries")
    );
    assert!(value("sekimori_disk_free_bytes") > 0 && value("sekimori_writer_closed") == 0);
    assert!(value("sekimori_answers_total{class=\"2xx\"}") > 0, "the wait for its start was answered");
    assert!(told.contains("sekimori_commit_milliseconds_bucket{le=\"+Inf\"}"));
    assert!(server.stop().0.success());

    let port = free_port();
    let config = format!("[web]\nlisten = \"127.0.0.1:{port}\"\norigin = \"https://a.example\"\n");
    std::fs::write(place.data().join("sekimori.toml"), config).unwrap();
    let server = place.start(&["serve"], port);
    let through = |more: &str| {
        let request = format!("GET /metrics HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n{more}\r\n");
        server.send(&request).unwrap()
    };
    assert!(through("X-Forwarded-For: 192.0.2.1\r\n").starts_with("HTTP/1.1 404"));
    assert!(through("").starts_with("HTTP/1.1 200"));
}
