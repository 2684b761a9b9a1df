//! The one promise: what was answered with yes survives any kill, exactly once.
//!
//! This binary runs itself again as a child that writes with eight threads and notes every yes on its standard output;
//! the parent kills it at random moments and compares what was noted with what is stored. `SEKIMORI_KILLS` sets how
//! often, `SEKIMORI_SEED` repeats a run.

#![cfg(test)]

#[path = "../../testkit/src/database.rs"]
#[expect(unreachable_pub, dead_code, reason = "the testkit has it too, with more uses")]
mod database;

use std::collections::HashMap;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use base::clock::Clock;
use base::id::Id;
use ledger::Signer;
use register::change::{Change, Done, Op, Request};
use register::describe::{Register, Unique, key};
use register::heads::Heads;
use register::judge::Rules;
use register::permit::{Action, Actor, Permit, Subject, decide};
use register::proof::{audit, state};
use register::store::Place;
use register::writer::{LOST_COMMIT, Running, Settings, Writer};
use register::{Body, Record, Registers, Store, body_of};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use database::Database;

/// The folder that a child works in.
const FOLDER: &str = "SEKIMORI_KILL_FOLDER";
/// The database that it works on, where that is not a file in the folder.
const SERVER: &str = "SEKIMORI_KILL_SERVER";
const THREADS: u64 = 8;

/// 品目
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Item {
    /// 番号
    code: String,
    /// 回数
    times: u32,
}

const KEYS: &[Unique] = &[key(&["code"])];

impl Record for Item {
    const REGISTER: Register =
        Register::new("item", "品目", "Items").title("code").unique(KEYS).facets(&["times"]).sorts(&["code"]);
}

fn open(place: impl Into<Place>) -> Store {
    Store::open(place, Registers::with_built_in().add::<Item>(), Clock::system()).unwrap()
}

fn signer() -> Signer {
    Signer::generate("kill.test/ledger", [1; 32]).unwrap()
}

fn start(store: &Store) -> (Writer, Running) {
    let lost = || std::process::exit(LOST_COMMIT);
    let heads = Heads::at(store.folder().join("heads"));
    let settings = Settings { signer: signer(), heads, build: "kill".into(), reserve: 0, rules: Rules::none(), lost };
    Writer::start(store, settings).unwrap()
}

fn permit(store: &Store, action: Action, subject: &Subject) -> Permit {
    decide(&Actor::engine("console"), action, subject, store.registers().of::<Item>()).unwrap()
}

/// The change of a line of the journal: the first revision makes the item, the others count.
fn change(store: &Store, request: &str, id: Id, rev: u64) -> Change {
    let request = Request::parse(request).unwrap();
    if rev == 1 {
        let body = body_of(&Item { code: id.to_string(), times: 1 });
        let op = Op::Create { register: "item".into(), id, body };
        return Change::one(request, permit(store, Action::Create, &Subject::register("item")), op);
    }
    let subject = Subject { id: Some(id), rev: rev - 1, state: "current".into(), ..Subject::register("item") };
    let patch = Body::from_iter([("times".to_owned(), rev.into())]);
    let op = Op::Edit { register: "item".into(), id, base: rev - 1, patch };
    Change::one(request, permit(store, Action::Edit, &subject), op)
}

/// The child: makes an item, counts it up to five, takes the next, until it is killed.
#[test]
fn a_child_writes_until_it_is_killed() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let store = match env::var(SERVER) {
        Ok(url) => open(Place::on(folder, url.parse().unwrap())),
        Err(_) => open(folder),
    };
    let (writer, _running) = start(&store);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let id = Id::new(store.clock());
                    for rev in 1..=5 {
                        let change = change(&store, Request::new().as_str(), id, rev);
                        let request = change.request.clone();
                        let done = writer.commit_now(change).unwrap();
                        // Written past the harness, at once and whole.
                        let line = format!("yes {} {id} {rev} {}\n", request.as_str(), done.entries[0]);
                        let mut out = std::io::stdout().lock();
                        out.write_all(line.as_bytes()).and_then(|()| out.flush()).unwrap();
                    }
                }
            });
        }
    });
}

/// A yes as the parent noted it.
struct Yes {
    request: String,
    id: Id,
    rev: u64,
    seq: u64,
}

fn read(line: &str) -> Option<Yes> {
    // The last line may have been cut by the kill: then nobody heard it.
    let line = line.strip_suffix('\n')?;
    let words: Vec<&str> = line[line.find("yes ")?..].split(' ').collect();
    let [_, request, id, rev, seq] = words[..] else { return None };
    Some(Yes { request: request.to_owned(), id: id.parse().ok()?, rev: rev.parse().ok()?, seq: seq.parse().ok()? })
}

/// Runs a child and kills it so long after its first yes; what it noted, and how long the first yes took.
#[expect(clippy::disallowed_methods, reason = "a kill needs a process of its own")]
fn killed(folder: &Path, database: &Database, after: Duration) -> (Vec<Yes>, Duration) {
    let began = Instant::now();
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["a_child_writes_until_it_is_killed", "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .envs(database.url().map(|url| (SERVER, url)))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut journal = Vec::new();
    let mut line = String::new();
    while journal.is_empty() {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "the child ended by itself: {:?}", child.wait());
        journal.extend(read(&line));
    }
    let first = began.elapsed();
    let killer = thread::spawn(move || {
        thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap()
    });
    loop {
        line.clear();
        if out.read_line(&mut line).unwrap() == 0 {
            break;
        }
        journal.extend(read(&line));
    }
    assert!(!killer.join().unwrap().success());
    (journal, first)
}

/// Small steps of a linear congruential sequence: enough for moments, and a seed repeats them.
fn draw(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are the result")]
fn what_was_answered_with_yes_survives_every_kill_exactly_once() {
    let kills = number("SEKIMORI_KILLS").unwrap_or(20);
    let mut seed = number("SEKIMORI_SEED").unwrap_or_else(|| u64::from_le_bytes(base::random::bytes()));
    println!("seed {seed}");
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new());
    let (mut acks, mut lost, mut doubled, mut faults) = (0, 0, 0, 0);
    let mut firsts = Vec::new();
    for _ in 0..kills {
        let (journal, first) =
            killed(folder.path(), &database, Duration::from_micros(2_000 + draw(&mut seed) % 60_000));
        firsts.push(first);
        acks += journal.len();
        let store = open(database.place(folder.path()));
        lost += store.read_now(|reading| Ok(journal.iter().filter(|yes| !stored(reading, yes)).count())).unwrap();

        // Whoever didn't hear the yes asks again.
        let before = store.read_now(state).unwrap().head.size;
        let (writer, running) = start(&store);
        for some in journal.chunks(1_000) {
            let again = some.iter().map(|yes| change(&store, &yes.request, yes.id, yes.rev)).collect();
            for (yes, answer) in some.iter().zip(writer.commit_many(again).unwrap()) {
                let first = Done { entries: vec![yes.seq], records: vec![(yes.id, yes.rev)] };
                doubled += usize::from(answer != Ok(first));
            }
        }
        drop(writer);
        running.join();
        let audited = store.read_now(|reading| audit(reading, signer().public(), &[], |_| {})).unwrap();
        doubled += usize::from(audited.entries != before);
        faults += usize::from(audited.bad.is_some());
        if let Some(bad) = audited.bad {
            println!("fault: {bad:?}");
        }
    }
    let twice = open(database.place(folder.path())).read_now(requests_twice).unwrap();
    doubled += twice;
    firsts.sort();
    let at = |part: usize| firsts.get(firsts.len() * part / 100).map_or(0, Duration::as_millis);
    println!(
        "{kills} kills, {acks} acks, {lost} lost, {doubled} doubled, {faults} faults; first yes after {} ms (p50), {} ms (p99)",
        at(50),
        at(99),
    );
    assert_eq!((lost, doubled, faults), (0, 0, 0));
}

/// Whether the revision of this yes is there, as it was answered.
fn stored(reading: &register::find::Reading<'_>, yes: &Yes) -> bool {
    let Ok(Some(row)) = reading.find("item", yes.id) else { return false };
    let revisions = reading.revisions(&row).unwrap();
    revisions
        .iter()
        .any(|revision| (revision.rev, revision.seq) == (yes.rev, yes.seq) && revision.body["times"] == yes.rev)
}

/// How many requests stand in more than one entry.
fn requests_twice(reading: &register::find::Reading<'_>) -> Result<usize, register::Failure> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let key = signer().public();
    let mut seq = 0;
    while let Some(shown) = register::proof::show(reading, &key, seq)? {
        *seen.entry(shown.entry.request_id).or_default() += 1;
        seq += 1;
    }
    Ok(seen.values().filter(|times| **times > 1).count())
}
