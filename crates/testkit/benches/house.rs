//! How fast a house of 100,000 assets is, on SQLite, or where `TEST_DATABASE_URL` says so
//! on PostgreSQL, and this machine's disk. Speeds of writing are told beside the disk's
//! own rate of synced writes in the same run, since without it they mean nothing.

#![expect(clippy::print_stdout, reason = "its figures are read at a terminal")]
#![expect(clippy::cast_precision_loss, reason = "rates are told to three digits")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use areas::assets::{Asset, first_grades};
use areas::organisation::{Employment, Person, RoleHolding, Unit};
use base::clock::Clock;
use base::id::Id;
use register::change::{Change, Factor, Op, Request, Side};
use register::exchange::{Choices, Format};
use register::heads::Heads;
use register::judge::{Known, Reads, Rules};
use register::list::{self, Order, Query};
use register::permit::{Action, Actor, Holding, Role, Scope, Subject, decide};
use register::proof::{self, Signer};
use register::record::body_of;
use register::store::Place;
use register::writer::{Settings, Writer};
use register::{Body, Link, Record, Store, exchange};

const ASSETS: u32 = 100_000;
const UNITS: u32 = 40;
/// How often each question is asked.
const ASKED: usize = 60;

fn main() {
    let folder = tempfile::tempdir().expect("a folder for the house");
    let synced = fdatasync_rate(folder.path());
    row("fdatasync of a 4 kB append", &format!("{synced:.0}/s"), "–", "this disk, this run");
    let signer = Signer::generate("sekimori/bench", [7; 32]).expect("the origin is well formed");
    let key = signer.public();
    let database = testkit::Database::new();
    let place = database.place(folder.path());
    let store = Store::open(place.clone(), areas::registers(), Clock::system()).expect("a store");
    let heads = Heads::at(folder.path().join("heads"));
    let (rules, lost) = (rules(), || std::process::exit(75));
    let settings = Settings { signer, heads, build: "bench".into(), reserve: 0, rules, lost };
    let (writer, running) = Writer::start(&store, settings).expect("a writer");
    let units = found(&store, &writer);

    let csv = assets_csv();
    let before = resident("VmRSS");
    let start = Instant::now();
    let permit = permit(&store, "asset");
    let took =
        exchange::import(&store, &writer, &permit, ("assets.csv", csv.as_bytes()), &Choices::default(), &mut |_, _| {})
            .expect("an import");
    assert_eq!((took.created, took.problems.len()), (ASSETS.into(), 0));
    row("CSV in, 100,000 rows, checked, each with its entry", &seconds(start.elapsed()), "< 90 s", "–");
    let peak = resident("VmHWM");
    row(
        "  memory at its highest (the file itself is 13 MB)",
        &format!("{peak} MB (before: {before} MB)"),
        "< 300 MB",
        "–",
    );

    // The planner looks at the tables in the first quiet moment after so many changes.
    std::thread::sleep(Duration::from_millis(2_500));
    let description = store.registers().of::<Asset>().clone();
    let console = Actor::engine("console");
    let mut out = Vec::new();
    let mut export = |format| {
        out.clear();
        let start = Instant::now();
        let form: (Format, exchange::Lingua) = (format, |say| &say.ja);
        let rows = store
            .read_now(|reading| exchange::export(reading, &description, &console, form, &mut out, &mut |_| {}))
            .expect("an export");
        assert_eq!(rows, u64::from(ASSETS));
        (start.elapsed(), out.len())
    };
    row("CSV out, 100,000 rows", &seconds(export(Format::Csv).0), "< 10 s", "–");
    let (took, size) = export(Format::Xlsx);
    row(&format!("Excel out, 100,000 rows ({} MB)", size / 1_000_000), &seconds(took), "< 60 s", "–");
    people(&store, &writer);

    lists(&store, &writer, &units);
    changes(&store, &writer, &key, units[0], synced);
    audit(&store, &key);
    http(&store, &writer, &key, units[0]);
    drop(writer);
    running.join();
    drop(store);
    opening(place);
}

/// 10,000 people as a workbook: looked through, then brought in, which looks through them once more.
fn people(store: &Store, writer: &Writer) {
    let mut csv = String::from("氏名,ふりがな,職員番号,所属,職名,任用の区分,メールアドレス,着任日\r\n");
    for at in 0..10_000_u32 {
        let _ = write!(
            csv,
            "職員 {at},しょくいん {at},{at:05},{:02},主事,常勤の職員,p{at}@example.lg.jp,令和{}年4月1日\r\n",
            at % UNITS,
            1 + at % 8,
        );
    }
    let permit = permit(store, "person");
    let description = store.registers().of::<Person>().clone();
    let book = workbook(&csv);
    let start = Instant::now();
    let choices = Choices::default();
    let looked = store
        .read_now(|reading| exchange::trial(reading, &description, permit.actor(), &book, &choices, &mut |_| {}))
        .expect("a trial");
    assert_eq!((looked.created, looked.problems.len()), (10_000, 0));
    let dry = start.elapsed();
    exchange::import(store, writer, &permit, ("people.xlsx", &book), &choices, &mut |_, _| {}).expect("an import");
    row(
        "Excel in, 10,000 people: dry run / with the import",
        &format!("{} / {}", seconds(dry), seconds(start.elapsed())),
        "< 10 s",
        "–",
    );
}

/// The rows of a CSV as a workbook of texts.
fn workbook(csv: &str) -> Vec<u8> {
    let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let rows = csv.lines().map(|line| format!("<row>{}</row>", line.split(',').map(cell).collect::<String>()));
    let sheet = format!("<worksheet><sheetData>{}</sheetData></worksheet>", rows.collect::<String>());
    let parts = [
        ("xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"1\" r:id=\"a\"/></sheets></workbook>"),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"a\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("a part");
    }
    zip.finish().expect("a workbook").into_inner()
}

fn row(what: &str, figure: &str, goal: &str, against: &str) {
    println!("| {what} | {figure} | {goal} | {against} |");
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

fn millis(took: Duration) -> String {
    format!("{:.2} ms", took.as_secs_f64() * 1_000.0)
}

/// How often this disk syncs a small append.
fn fdatasync_rate(folder: &Path) -> f64 {
    let mut file = File::create(folder.join("sync")).expect("a file");
    let start = Instant::now();
    let mut times = 0_u32;
    while start.elapsed() < Duration::from_secs(2) {
        file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).expect("a synced write");
        times += 1;
    }
    f64::from(times) / start.elapsed().as_secs_f64()
}

/// Megabytes that the system counts for this process.
fn resident(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) / 1_024
}

fn permit(store: &Store, register: &str) -> register::permit::Permit {
    let description = store.registers().description(register).expect("a known register").clone();
    decide(&Actor::engine("console"), Action::Import, &Subject::register(register), &description)
        .expect("the console may")
}

/// Grades and units; gives the units.
fn found(store: &Store, writer: &Writer) -> Vec<Id> {
    let mut ops = first_grades(store);
    let mut units = Vec::new();
    for at in 0..UNITS {
        let unit = Unit {
            code: format!("{at:02}"),
            name: format!("第{at}課"),
            kana: None,
            parent: None,
            organ: None,
            place: None,
            note: None,
        };
        let id = Id::new(store.clock());
        units.push(id);
        ops.push(Op::Create { register: "unit".into(), id, body: body_of(&unit) });
    }
    let change = Change { request: Request::new(), permit: permit(store, "unit"), ops, reason: None, side: Vec::new() };
    writer.commit_now(change).expect("grades and units");
    units
}

const WORDS: [&str; 12] = [
    "端末",
    "サーバ",
    "台帳",
    "帳票",
    "名簿",
    "契約書",
    "ネットワーク",
    "記憶媒体",
    "バックアップ",
    "会議録",
    "複合機",
    "システム",
];

fn assets_csv() -> String {
    let mut csv = String::from(
        "資産番号,資産名,資産の種類,管理部署,機密性,完全性,可用性,個人情報,保管場所,次回棚卸期限,備考\r\n",
    );
    for at in 0..ASSETS {
        let word = |at: u32| WORDS[at as usize % WORDS.len()];
        let (word, other) = (word(at), word(at / 12));
        let grade = ["1", "2", "2", "2", "3C", "3B"][at as usize % 6];
        let place = if at % 50 == 0 { "" } else { "本庁舎 情報システム室" };
        let rare = if at == 77_777 { "希少な資産" } else { "" };
        let _ = write!(
            csv,
            "A-{at:06},{word}の{other} {at},情報（電子データ）,{:02},{grade},{},{},{},{place},{}-{:02}-{:02},第{at}号の{word}について、{other}とあわせて管理する。更新は毎年度末に行い、担当課で確認する。{rare}\r\n",
            at % UNITS,
            1 + at % 2,
            1 + at / 2 % 2,
            if at % 3 == 0 { "はい" } else { "いいえ" },
            2026 + at % 3,
            1 + at % 12,
            1 + at % 28,
        );
    }
    csv
}

fn filter(field: &str, value: &str) -> (String, Vec<String>) {
    (field.to_owned(), vec![value.to_owned()])
}

/// Asks each question often; before each time one asset changes, so that no count is answered from memory.
fn lists(store: &Store, writer: &Writer, units: &[Id]) {
    let description = store.registers().of::<Asset>().clone();
    let everything = Scope::everything();
    let ask = |what: &str, goal: &str, question: &dyn Fn(&register::find::Reading<'_>)| {
        let mut times = Vec::with_capacity(ASKED);
        for _ in 0..ASKED {
            touch(store, writer);
            let start = Instant::now();
            let answered = store.read_now(|reading| {
                question(reading);
                Ok(())
            });
            answered.expect("an answer");
            times.push(start.elapsed());
        }
        times.sort_unstable();
        row(
            what,
            &format!("{} (p90 {})", millis(times[ASKED / 2]), millis(times[ASKED * 9 / 10])),
            goal,
            "nothing from memory",
        );
    };
    let page = |reading: &register::find::Reading<'_>, query: &Query| {
        let page = list::page(reading, &description, &everything, query).expect("a page");
        assert!(!page.rows.is_empty());
    };
    let one = Query { filters: vec![filter("confidentiality", "3B")], ..Query::default() };
    ask("one facet + order + count + 50 rows, p50", "< 5 ms", &|reading| page(reading, &one));
    let unit = units[3].to_string();
    let two = Query { filters: vec![filter("confidentiality", "2"), filter("unit", &unit)], ..Query::default() };
    ask("two filters + order + count + 50 rows, p50", "< 25 ms", &|reading| page(reading, &two));
    let dates = Query {
        filters: vec![filter("personal_data", "yes"), filter("review_by.to", "2027-03-31")],
        order: Order::Up("review_by".into()),
        ..Query::default()
    };
    ask("a facet and a range of days, by day, p50", "< 25 ms", &|reading| page(reading, &dates));
    ask("counts of all 8 facets, p50", "< 30 ms", &|reading| {
        let facets = list::facets(reading, &description, &everything, &Query::default()).expect("facets");
        assert_eq!(facets.len(), 8);
    });
    for (words, what) in [
        ("端末", "two characters, a sixth of all"),
        ("希少", "two characters, one hit"),
        ("記憶媒体", "four characters"),
    ] {
        let query = Query { text: words.to_owned(), ..Query::default() };
        ask(&format!("search 「{words}」 ({what}) + count + 50 rows, p50"), "< 20 ms", &|reading| {
            page(reading, &query);
        });
    }
    let deep = store
        .read_now(|reading| Ok(reading.by_key("asset", "code", "A-090000")?.expect("it was imported").id))
        .expect("an answer");
    let far = Query { from: list::From::After(deep), ..Query::default() };
    ask("the page behind row 90,000, p50", "< 5 ms", &|reading| page(reading, &far));
}

/// Changes one asset.
fn touch(store: &Store, writer: &Writer) {
    let row = store
        .read_now(|reading| reading.by_key("asset", "code", "A-000001"))
        .expect("an answer")
        .expect("it was imported");
    let mut patch = Body::new();
    patch.insert("place".into(), format!("書庫 {}", row.rev).into());
    let op = Op::Edit { register: "asset".into(), id: row.id, base: row.rev, patch };
    writer.commit_now(Change::one(Request::new(), permit(store, "asset"), op)).expect("a change");
}

/// Full changes (record, revision, links, key, flat row, search, entry) by 64 clients that each wait for their answer; then
/// the same while a copy of the house is made and audited.
fn changes(store: &Store, writer: &Writer, key: &proof::PublicKey, unit: Id, synced: f64) {
    let (rate, calm) = load(store, writer, unit, "C", || ());
    row(
        "full durable changes by 64 clients",
        &format!("{rate:.0}/s = {:.0} × fdatasync", rate / synced),
        "≥ 20 × fdatasync, or 4,000/s",
        "fdatasync of this run",
    );
    JUDGED.store(true, Ordering::Relaxed);
    let (judged, _) = load(store, writer, unit, "J", || ());
    JUDGED.store(false, Ordering::Relaxed);
    row(
        "  while rules of the policy read a link and a table for each",
        &format!("{judged:.0}/s = {:.0} µs more a change", (1.0 / judged - 1.0 / rate) * 1e6),
        "< 1,000 µs",
        "the row above",
    );
    let folder = tempfile::tempdir().expect("a folder for the copy");
    let mut times = Vec::new();
    let (_, loaded) = load(store, writer, unit, "D", || {
        let start = Instant::now();
        store.snapshot(&folder.path().join("sekimori.db")).expect("a copy");
        times.push(start.elapsed());
        let copy = Store::look(folder.path(), areas::registers(), Clock::system()).expect("the copy");
        let audited = copy.read_now(|reading| proof::audit(reading, key.clone(), &[], |_| {})).expect("an audit");
        assert_eq!(audited.bad, None);
        times.push(start.elapsed());
    });
    row(
        "backup under that load: copied / audited too",
        &format!("{} / {}", seconds(times[0]), seconds(times[1])),
        "< 30 s",
        "–",
    );
    row(
        "  p99 of a change meanwhile",
        &format!("{} = {:.1} × without", millis(loaded), loaded.as_secs_f64() / calm.as_secs_f64()),
        "< 3 ×",
        "the row above",
    );
}

/// Whether the rules are asked.
static JUDGED: AtomicBool = AtomicBool::new(false);

/// Rules as a policy would have them: over the unit of an asset, and over the grades.
fn rules() -> Rules {
    let reads = |register: &str, _: &str| {
        let reads = || Reads { links: vec!["unit".into(), "unit.parent".into()], tables: vec!["grade".into()] };
        (register == "asset" && JUDGED.load(Ordering::Relaxed)).then(reads)
    };
    Rules::new(reads, |facts| {
        let graded = |grade: &Known| grade.body.get("value") == facts.after.body.get("confidentiality");
        assert!(
            facts.after.links["unit"].len() == 1 && facts.tables["grade"].iter().any(graded),
            "all that was asked for"
        );
        Vec::new()
    })
}

/// Changes by 64 clients for five seconds, or as long as `beside` takes: how many a second, and how long the slowest
/// hundredth waited.
fn load(store: &Store, writer: &Writer, unit: Id, name: &'static str, beside: impl FnOnce()) -> (f64, Duration) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let (start, over) = (Instant::now(), Arc::new(AtomicBool::new(false)));
    let clients: Vec<_> = (0..64)
        .map(|client| {
            let (store, writer, over) = (store.clone(), writer.clone(), over.clone());
            runtime.spawn(async move {
                let permit = permit(&store, "asset");
                let mut times = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let asset = asset(&format!("{name}-{client}-{}", times.len()), unit);
                    let op = Op::Create { register: "asset".into(), id: Id::new(store.clock()), body: body_of(&asset) };
                    let asked = Instant::now();
                    writer.commit(Change::one(Request::new(), permit.clone(), op)).await.expect("a change");
                    times.push(asked.elapsed());
                }
                times
            })
        })
        .collect();
    beside();
    std::thread::sleep(Duration::from_secs(5).saturating_sub(start.elapsed()));
    over.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for client in clients {
        times.extend(runtime.block_on(client).expect("a client"));
    }
    let rate = times.len() as f64 / start.elapsed().as_secs_f64();
    times.sort_unstable();
    (rate, times[times.len() * 99 / 100])
}

fn asset(code: &str, unit: Id) -> Asset {
    Asset {
        code: code.to_owned(),
        name: format!("業務端末 {code}"),
        kana: None,
        kind: areas::assets::AssetKind::Device,
        unit: Link::new(unit),
        owner: None,
        confidentiality: register::Choice::new("2"),
        integrity: register::Choice::new("1"),
        availability: register::Choice::new("1"),
        personal_data: Some(true),
        my_number: None,
        place: Some("本庁舎 1階".to_owned()),
        retention: None,
        backup: None,
        depends_on: Vec::new(),
        reviewed_on: None,
        review_by: None,
        note: Some("毎年度末に担当課で確認し、返却時に初期化する。".to_owned()),
    }
}

fn audit(store: &Store, key: &proof::PublicKey) {
    let start = Instant::now();
    let audited = store.read_now(|reading| proof::audit(reading, key.clone(), &[], |_| {})).expect("an audit");
    assert_eq!(audited.bad, None);
    let took = start.elapsed();
    let rate = audited.entries as f64 / took.as_secs_f64();
    row(
        &format!("ledger verify: {} entries, {} records and their list rows", audited.entries, audited.records),
        &format!("{rate:.0} entries/s ({})", seconds(took)),
        "≥ 100,000/s",
        "one store, whole",
    );
}

/// The list page over HTTP, by 32 connections at once.
fn http(store: &Store, writer: &Writer, key: &proof::PublicKey, unit: Id) {
    let cookie = sign_in(store, writer, unit);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let app = ui::App::new(store.clone(), writer.clone(), key.clone(), ui::app::Settings::default(), areas::house());
    let router = ui::route::router(app, &areas::routes());
    let (address, server) = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        (address, tokio::spawn(async move { axum::serve(listener, service).await }))
    });
    for (what, path) in [
        ("list page over HTTP, whole (filters, counts, 50 rows), 32 connections", "/r/asset?confidentiality=3B"),
        ("search page over HTTP, whole, 32 connections", "/r/asset?q=%E7%AB%AF%E6%9C%AB"),
    ] {
        let clients: Vec<_> = (0..32)
            .map(|_| {
                let cookie = cookie.clone();
                std::thread::spawn(move || browse(address, path, &cookie))
            })
            .collect();
        let start = Instant::now();
        let mut times: Vec<Duration> =
            clients.into_iter().flat_map(|client| client.join().expect("a client")).collect();
        let rate = times.len() as f64 / start.elapsed().as_secs_f64();
        times.sort_unstable();
        let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        row(
            what,
            &format!("p50 {}, p99 {} ({rate:.0} pages/s)", millis(p50), millis(p99)),
            "p99 < 30 ms",
            "clients on the same 2 cores",
        );
    }
    server.abort();
}

/// Opens pages one after the other on one connection.
fn browse(address: SocketAddr, path: &str, cookie: &str) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n");
    let mut times = Vec::new();
    let mut buffer = vec![0; 256 * 1024];
    for _ in 0..300 {
        let start = Instant::now();
        stream.write_all(request.as_bytes()).expect("a request");
        let mut got = 0;
        let whole = loop {
            let read = stream.read(&mut buffer[got..]).expect("an answer");
            assert!(read > 0, "the server hung up");
            got += read;
            if let Some(head) = buffer[..got].windows(4).position(|w| w == b"\r\n\r\n") {
                let text = String::from_utf8_lossy(&buffer[..head]).to_lowercase();
                assert!(text.starts_with("http/1.1 200"), "{text}");
                let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
                break head + 4 + length.parse::<usize>().expect("a number");
            }
        };
        while got < whole {
            got += stream.read(&mut buffer[got..]).expect("the rest");
        }
        times.push(start.elapsed());
    }
    times
}

/// A chief officer with a session; gives their cookie.
fn sign_in(store: &Store, writer: &Writer, unit: Id) -> String {
    let clock = store.clock();
    let (person, account) = (Id::new(clock), Id::new(clock));
    let somebody = Person {
        name: "佐渡 みのり".into(),
        kana: None,
        number: None,
        unit: Link::new(unit),
        post: None,
        employment: Employment::Regular,
        mail: None,
        phone: None,
        has_pc: None,
        joined_on: None,
        left_on: None,
    };
    let chief = RoleHolding {
        role: Role::Chief,
        post: "総務課長".into(),
        person: Link::new(person),
        unit: None,
        substitute: None,
        from: clock.today(),
        until: None,
    };
    let (mut made, secret) = ui::sign_in::new_account(account, "sado", person, "no password".into());
    let (id, kind, label) = ("totp".to_owned(), "totp".to_owned(), String::new());
    let factor = Factor { id, kind, label, secret: "no secret".to_owned(), added: 1, used: 0 };
    if let Op::Create { body, .. } = &mut made {
        body.insert("factor_mark".into(), ui::sign_in::factor_mark(std::slice::from_ref(&factor)).into());
    }
    let ops = vec![
        Op::Create { register: Person::REGISTER.name.into(), id: person, body: body_of(&somebody) },
        Op::Create { register: RoleHolding::REGISTER.name.into(), id: Id::new(clock), body: body_of(&chief) },
        made,
    ];
    let value = base::random::token();
    let now = clock.now().millis();
    let unit_of = BTreeSet::from([unit]);
    let holdings = [Holding::own(Role::Staff, Some(unit_of)), Holding::own(Role::Chief, None)];
    let proof = ui::sign_in::proof(now, "password", &holdings);
    let hash = ui::sign_in::session_hash(&value);
    let session = Side::SessionOpen { hash, account, at: now, until: now + 3_600_000, proof };
    let side = vec![secret, Side::Factor { account, factor }, session];
    writer
        .commit_now(Change { request: Request::new(), permit: permit(store, "person"), ops, reason: None, side })
        .expect("an account");
    format!("sekimori-loopback={value}")
}

/// From nothing to the first page of a list, on the folder as it is now.
fn opening(place: Place) {
    let start = Instant::now();
    let store = Store::open(place, areas::registers(), Clock::system()).expect("a store");
    let description = store.registers().of::<Asset>().clone();
    store
        .read_now(|reading| list::page(reading, &description, &Scope::everything(), &Query::default()))
        .expect("a page");
    row("opening the store and the first page of the list", &millis(start.elapsed()), "< 1 s", "same data");
}
