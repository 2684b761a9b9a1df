use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::common::{Place, free_port, wait_for, with_people};

/// A witness of its own, killed when the test ends.
struct Witness {
    child: Child,
    port: u16,
    key: String,
}

impl Witness {
    /// Starts a witness named `name` beside a place, for these houses.
    fn start(place: &Place, name: &str, of: &[&Place]) -> Self {
        let beside = |file: &str| place.data().with_file_name(file);
        let port = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sekimori"));
        command.args(["ledger", "witness", "--listen", &format!("127.0.0.1:{port}"), "--name", name]);
        command.arg("--key").arg(beside(&format!("{name}.key"))).arg("--state").arg(beside(&format!("{name}.state")));
        for house in of {
            command.arg("--allow").arg(house.data().join("signing.pub"));
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
        let key = lines.find(|line| line.as_ref().unwrap().starts_with(name)).unwrap().unwrap();
        let witness = Self { child, port, key };
        wait_for(|| witness.exchange("GET /checkpoint?origin=nobody HTTP/1.1").is_some());
        witness
    }

    /// What a house writes into its config.
    fn config(&self) -> String {
        format!("[[ledger.witness]]\nurl = \"http://127.0.0.1:{}\"\nkey = \"{}\"\n", self.port, self.key)
    }

    fn exchange(&self, head: &str) -> Option<String> {
        crate::common::exchange(self.port, &format!("{head}\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
    }

    /// The status and body of an answer to a checkpoint.
    fn add(&self, body: &str) -> (u16, String) {
        let request = format!(
            "POST /add-checkpoint HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = crate::common::exchange(self.port, &request).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn configure(place: &Place, witnesses: &[&Witness], needed: usize) -> u16 {
    let port = free_port();
    let witnesses: String = witnesses.iter().map(|witness| witness.config()).collect();
    let config = format!("[web]\nlisten = \"127.0.0.1:{port}\"\n[ledger]\nneeded = {needed}\n{witnesses}");
    std::fs::write(place.data().join("sekimori.toml"), config).unwrap();
    port
}

fn cosigned(place: &Place, name: &str) -> u64 {
    let told = place.run(&["ledger", "verify", "--json"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    serde_json::from_str::<serde_json::Value>(&told.out).unwrap()["cosigned"][name].as_u64().unwrap()
}

/// The newest checkpoint of a house, as it is exported.
fn checkpoint(place: &Place, to: &str) -> (PathBuf, String) {
    assert_eq!(place.run(&["ledger", "export", to]).code, Some(0));
    let folder = place.data().with_file_name(to);
    let notes = std::fs::read_to_string(folder.join("checkpoints.jsonl")).unwrap();
    (folder, serde_json::from_str(notes.lines().last().unwrap()).unwrap())
}

#[test]
fn two_houses_witness_each_other_and_an_export_shows_it() {
    let (one, other) = (Place::initialised(), Place::initialised());
    let witnesses = [Witness::start(&one, "one.example", &[&other]), Witness::start(&other, "other.example", &[&one])];
    let [by_one, by_other] = &witnesses;
    let servers = [(&one, by_other), (&other, by_one)].map(|(place, witness)| {
        let port = configure(place, &[witness], 1);
        place.start(&["serve"], port)
    });
    wait_for(|| cosigned(&one, "other.example") > 0 && cosigned(&other, "one.example") > 0);
    let told = one.run(&["doctor"]);
    assert!(told.code == Some(0) && told.out.contains("other.example"), "{told:?}");
    for server in servers {
        assert!(server.stop().0.success());
    }
    let (folder, note) = checkpoint(&one, "exported");
    assert!(note.contains("\n— other.example "), "{note}");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/verify_ledger.py");
    let keys =
        [("right", by_other.key.as_str()), ("wrong", by_one.key.as_str())].map(|(name, key)| one.file(name, key));
    let python = |folder: &PathBuf, key: &str| {
        let mut command = Command::new("python3");
        command.arg(script).arg(folder).arg(one.data().join("signing.pub")).args(["--witness", key]);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = python(&folder, &keys[0]);
    assert!(code == Some(0) && said.contains("other.example"), "{said}");
    let (code, said) = python(&folder, &keys[1]);
    assert!(code == Some(1) && said.contains("one.example"), "{said}");
    let path = folder.join("checkpoints.jsonl");
    let notes = std::fs::read_to_string(&path).unwrap();
    let line = note.lines().last().unwrap();
    let (start, octets) = line.rsplit_once(' ').unwrap();
    let turned = octets.chars().rev().skip_while(|c| *c == '=').collect::<String>();
    let forged = format!("{start} {}{}", &octets[..20], turned.get(..octets.len() - 20).unwrap_or_default());
    std::fs::write(&path, notes.replace(line, &forged)).unwrap();
    assert_eq!(python(&folder, &keys[0]).0, Some(1));
}

#[test]
fn a_witness_refuses_a_fork_an_unknown_ledger_and_what_is_not_asked_well() {
    let place = Place::initialised();
    let twin = Place::new();
    let copied = Command::new("cp").arg("-r").arg(place.data()).arg(twin.data()).status().unwrap();
    assert!(copied.success());
    with_people(&place);
    assert_eq!(twin.import("unit", "部署番号,部署名\n99,別の歴史\n").code, Some(0));
    let witness = Witness::start(&place, "w.example", &[&place]);
    let note = checkpoint(&place, "one").1;
    let size: u64 = note.lines().nth(1).unwrap().parse().unwrap();
    let (status, line) = witness.add(&format!("old 0\n\n{note}"));
    assert!(status == 200 && line.starts_with("— w.example "), "{status} {line}");
    let fork = checkpoint(&twin, "two").1;
    assert_eq!(witness.add(&format!("old 0\n\n{fork}")), (409, format!("{size}\n")));
    let behind = format!("old {size}\n\n{fork}");
    assert_eq!(witness.add(&behind).0, 400, "the old size is larger than the new one");
    for row in 0..size {
        assert_eq!(twin.import("unit", &format!("部署番号,部署名\n{},課{row}\n", 100 + row)).code, Some(0));
    }
    let fork = checkpoint(&twin, "three").1;
    assert_eq!(witness.add(&format!("old {size}\n\n{fork}")).0, 422, "no proof leads there");
    let stranger = Place::initialised();
    assert_eq!(witness.add(&format!("old 0\n\n{}", checkpoint(&stranger, "four").1)).0, 404);
    assert_eq!(witness.add(&format!("old {size}\n\n{}", note.replace(&format!("\n{size}\n"), "\n9999\n"))).0, 403);
    assert_eq!(witness.add("hello").0, 400);
    assert_eq!(witness.add(&format!("old {size}\n\n{note}")).0, 200, "the same again");
}

#[test]
fn a_witness_that_is_killed_remembers_what_it_answered() {
    let place = Place::initialised();
    let first = checkpoint(&place, "one").1;
    let mut witness = Witness::start(&place, "w.example", &[&place]);
    assert_eq!(witness.add(&format!("old 0\n\n{first}")).0, 200);
    for round in 0..10 {
        assert_eq!(place.import("unit", &format!("部署番号,部署名\n{round},課{round}\n")).code, Some(0));
        let note = checkpoint(&place, &format!("round-{round}")).1;
        let request = format!(
            "POST /add-checkpoint HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\nold 0\n\n{note}",
            note.len() + 7
        );
        // It may die before, while or after it looks at the request.
        let port = witness.port;
        let asking = std::thread::spawn(move || crate::common::exchange(port, &request));
        std::thread::sleep(std::time::Duration::from_millis(round));
        drop(witness);
        let _answer = asking.join().unwrap();
        witness = Witness::start(&place, "w.example", &[&place]);
        let (status, size) = witness.add(&format!("old 0\n\n{note}"));
        assert_eq!((status, size.as_str()), (409, format!("{}\n", first.lines().nth(1).unwrap()).as_str()));
    }
}

#[test]
fn a_house_that_went_back_with_all_its_notes_learns_it_from_its_witness() {
    let place = Place::initialised();
    let witness = Witness::start(&place, "w.example", &[&place]);
    let port = configure(&place, &[&witness], 1);
    let old = place.data().with_file_name("snapshot");
    assert!(Command::new("cp").arg("-r").arg(place.data()).arg(&old).status().unwrap().success());
    with_people(&place);
    let server = place.start(&["serve"], port);
    wait_for(|| cosigned(&place, "w.example") > 0);
    assert!(server.stop().0.success());
    std::fs::remove_dir_all(place.data()).unwrap();
    std::fs::rename(&old, place.data()).unwrap();
    let server = place.start(&["serve"], port);
    wait_for(|| server.get("/sign-in").unwrap().contains("sk-closed"));
    assert!(server.stop().0.success());
    let told = place.run(&["ledger", "verify"]);
    assert!(told.code == Some(4) && told.err.contains("accept-rollback"), "{told:?}");
    let told = place.run(&["ledger", "accept-rollback", "--reason", "仮想マシンを戻した"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let server = place.start(&["serve"], port);
    std::thread::sleep(std::time::Duration::from_secs(4));
    assert!(!server.get("/sign-in").unwrap().contains("sk-closed"), "what the witness remembers is explained");
    let (_, told) = server.stop();
    assert!(told.err.contains("must be told of the new epoch"), "{told:?}");
}
