//! Bad requests, as bytes over TCP to the running binary: whatever comes in, no answer is a failure of ours, and the house
//! serves on. `SEKIMORI_BAD_REQUESTS` sets how many, `SEKIMORI_SEED` the seed, `SEKIMORI_BIN` another build.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::common::{Place, free_port};

const THREADS: u64 = 16;
/// How long an answer to a request that is whole may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one that is not whole is waited for, before the rest is withheld for good.
const SHORT: Duration = Duration::from_millis(5);

/// Random numbers that a seed repeats (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }
    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[3]
    }
    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.byte()).collect()
    }
}

/// Somebody who has signed in, with a token, and what they can see.
struct Known {
    host: String,
    cookie: String,
    token: String,
    ids: Vec<(String, String)>,
}

const METHODS: &[&str] = &[
    "GET", "POST", "PATCH", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "G\0T", "GE T",
    "", "漢字", "M-SEARCH", "\x7f", "POST\t",
];
const PATHS: &[&str] = &[
    "/",
    "/healthz",
    "/today",
    "/standing",
    "/ledger",
    "/search?q=",
    "/sign-in",
    "/account",
    "/account/tokens",
    "/account/sessions",
    "/setup/x",
    "/r/R",
    "/r/R/new",
    "/r/R/export.csv",
    "/r/R/I",
    "/r/R/I/edit",
    "/r/R/I/archive",
    "/r/R/I/act/confirm",
    "/r/R/I/act/adopt",
    "/r/R/I/comment",
    "/r/R/I/attach",
    "/r/R/I/entry/1",
    "/pick/R?q=",
    "/documents/I",
    "/clauses/I",
    "/look/1/app.css",
    "/api/v1/openapi.json",
    "/api/v1/registers",
    "/api/v1/search?q=",
    "/api/v1/ledger/checkpoint",
    "/api/v1/r/R",
    "/api/v1/r/R/I",
    "/api/v1/r/R/I/history",
    "/api/v1/r/R/I/files?name=a.txt",
    "/api/v1/r/R/I/archive",
    "/api/v1/r/R/I/acts/confirm",
    "/api/v1/r/R/I/acts/revoke",
    "/api/v2/",
    "/api",
];
const SPOILED: &[&str] = &[
    "%00",
    "%ff",
    "%",
    "%2e%2e%2f",
    "../../etc/passwd",
    "\0",
    "\u{202e}",
    "端末",
    "%E7%AB",
    "'",
    "\"",
    "<script>",
    "${7*7}",
    ";",
    "//",
    "\\",
    "%0d%0aX:1",
    "9223372036854775808",
    "-1",
    "%F0%9F%92%A9",
    "{}",
    "[]",
    "?",
    "#",
    "&&&=",
    "+",
];
const QUERIES: &[&str] = &[
    "after=",
    "before=",
    "sort=",
    "sort=-",
    "state=",
    "q=",
    "at=",
    "lang=",
    "notice=",
    "unit=",
    "review_by.from=",
    "name=",
    "edition=",
    "kind=",
    "back=",
    "next=",
    "clause=",
];
const KINDS: &[&str] = &[
    "application/json",
    "application/json; charset=utf-16",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=edge",
    "multipart/form-data; boundary=",
    "text/plain",
    "application/octet-stream",
    "\u{ff}",
    "",
];
const FIELDS: &[&str] = &[
    "name",
    "text",
    "code",
    "unit",
    "person",
    "login",
    "place",
    "note",
    "expires_on",
    "from",
    "until",
    "kind",
    "rank",
    "rev",
    "request",
    "fields",
    "reason",
    "password",
    "about",
    "bounds",
    "secret_mark",
    "mark",
    "register",
    "confidentiality",
];

fn json(random: &mut Random, known: &Known, depth: usize) -> String {
    match random.below(if depth > 4 { 9 } else { 12 }) {
        0 => "null".to_owned(),
        1 => (random.next() as i64).to_string(),
        2 => "1e400".to_owned(),
        3 => "-0.1".to_owned(),
        4 => "\"\\ud800\"".to_owned(),
        5 => format!("\"{}\"", random.of(SPOILED).replace(['"', '\\', '\0'], "x")),
        6 => format!("\"{}\"", known.ids[random.below(known.ids.len())].1),
        7 => format!("\"{}\"", "長".repeat(random.below(3_000))),
        8 => random
            .of(&["\"2026-11-24\"", "\"2026-02-30\"", "true", "\"\"", "NaN", "'a'", "\"2\"", "\"+999999-01-01\""])
            .to_owned(),
        9 => {
            format!("[{}]", (0..random.below(4)).map(|_| json(random, known, depth + 1)).collect::<Vec<_>>().join(","))
        }
        _ => {
            let pairs = (0..random.below(6))
                .map(|_| format!("\"{}\":{}", random.of(FIELDS), json(random, known, depth + 1)))
                .collect::<Vec<_>>();
            format!("{{{}}}", pairs.join(","))
        }
    }
}

fn body(random: &mut Random, known: &Known) -> Vec<u8> {
    let mut body = match random.below(8) {
        0 => Vec::new(),
        1 => random.bytes(300),
        2 | 3 => {
            format!("{{\"fields\":{},\"reason\":{}}}", json(random, known, 0), json(random, known, 3)).into_bytes()
        }
        4 => json(random, known, 0).into_bytes(),
        5 => {
            let mut form = format!("request={}", "r".repeat(random.below(80)));
            for _ in 0..random.below(12) {
                form = format!("{form}&{}={}", random.of(FIELDS), random.of(SPOILED));
            }
            form.into_bytes()
        }
        6 => {
            let edge = random.of(&["--edge\r\n", "--edge\n", "--edge--\r\n", "----edge\r\n"]);
            let name = random.of(FIELDS);
            format!(
                "{edge}Content-Disposition: form-data; name=\"{name}\"; filename=\"{}\"\r\n\r\n{}\r\n--edge--",
                random.of(SPOILED),
                json(random, known, 2)
            )
            .into_bytes()
        }
        _ => "[".repeat(random.below(40_000)).into_bytes(),
    };
    if random.one_in(6) && !body.is_empty() {
        let at = random.below(body.len());
        body[at] = random.byte();
    }
    body
}

fn target(random: &mut Random, known: &Known) -> Vec<u8> {
    let (register, id) = &known.ids[random.below(known.ids.len())];
    let register = if random.one_in(8) { random.of(SPOILED) } else { register };
    let other = &known.ids[random.below(known.ids.len())].1;
    let id = match random.below(8) {
        0 => random.of(SPOILED),
        1 => other,
        _ => id,
    };
    let mut path = random.of(PATHS);
    // Whoever puts the visitor's own records away sees nothing but 401 from then on.
    if path.ends_with("/archive") && ["person", "account", "unit"].contains(&register) {
        path = "/r/R/I";
    }
    let mut path = path.replace("/R", &format!("/{register}")).replace("/I", &format!("/{id}"));
    if random.one_in(4) {
        let mark = if path.contains('?') { '&' } else { '?' };
        path = format!("{path}{mark}{}{}", random.of(QUERIES), random.of(SPOILED));
    }
    match random.below(30) {
        0 => path.push_str(&"a".repeat(random.below(40_000))),
        1 => path = format!("http://example.com{path}"),
        2 => "*".clone_into(&mut path),
        3 => path.insert_str(random.below(2).min(path.len()), random.of(SPOILED)),
        4 => drop(path.drain(..1)),
        _ => {}
    }
    if random.one_in(8) {
        return path.into_bytes();
    }
    // What a client would send: else most requests end at the parser of heads.
    let plain = |byte: u8| (b'!'..=b'~').contains(&byte);
    path.bytes().flat_map(|byte| if plain(byte) { vec![byte] } else { format!("%{byte:02x}").into_bytes() }).collect()
}

/// The bytes of a request, and whether they are one from end to end, so that an answer must come.
fn request(random: &mut Random, known: &Known) -> (Vec<u8>, bool) {
    match random.below(40) {
        0 => return (random.bytes(2_000), false),
        1 => return (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec(), false),
        2 => return ([b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03".as_slice(), &random.bytes(500)].concat(), false),
        3 => return (Vec::new(), false),
        _ => {}
    }
    let method = if random.one_in(12) { random.of(METHODS) } else { random.of(&METHODS[..3]) };
    let version =
        if random.one_in(20) { random.of(&["HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "", "http/1.1"]) } else { "HTTP/1.1" };
    let mut head: Vec<u8> =
        [method.as_bytes(), b" ", &target(random, known), b" ", version.as_bytes(), b"\r\n"].concat();
    let mut add = |line: String| head.extend_from_slice(format!("{line}\r\n").as_bytes());
    if !random.one_in(20) {
        add(format!("Host: {}", if random.one_in(20) { random.of(SPOILED) } else { &known.host }));
    }
    if random.one_in(2) {
        let cookie = if random.one_in(6) { random.of(SPOILED) } else { &known.cookie };
        add(format!("Cookie: {cookie}"));
        add(format!(
            "Sec-Fetch-Site: {}",
            random.of(&["same-origin", "same-origin", "same-origin", "none", "cross-site", "\u{1}"])
        ));
    } else {
        let token = if random.one_in(12) { random.of(SPOILED) } else { &known.token };
        add(format!("Authorization: Bearer {token}"));
    }
    for _ in 0..random.below(3) {
        add(match random.below(12) {
            0 => format!("If-Match: \"{}\"", random.below(4)),
            1 => format!("If-Match: {}", random.of(SPOILED)),
            2 => format!("Idempotency-Key: {}", "k".repeat(random.below(90))),
            3 => format!("Accept-Language: {}", random.of(SPOILED)),
            4 => "Expect: 100-continue".to_owned(),
            5 => format!("Range: bytes={}-", random.next()),
            6 => "X-Y: 1\r\n".repeat(random.below(120)) + "X: 1",
            7 => format!("X: {}", "a".repeat(random.below(50_000))),
            8 => "X: a\r\n folded".to_owned(),
            9 => format!("Origin: {}", random.of(SPOILED)),
            10 => format!("Upgrade: {}", random.of(&["websocket", "h2c", "TLS/1.0"])),
            _ => format!("X-Forwarded-For: {}", random.of(SPOILED)),
        });
    }
    add("Connection: close".to_owned());
    let body = if method == "GET" && !random.one_in(10) { Vec::new() } else { body(random, known) };
    if !body.is_empty() {
        let kind = if random.one_in(3) { random.of(KINDS) } else { random.of(&KINDS[..1]) };
        add(format!("Content-Type: {kind}"));
    }
    let mut whole = true;
    let mut sent = body.clone();
    match random.below(14) {
        0 => {
            add("Transfer-Encoding: chunked".to_owned());
            sent = [format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
            if body.is_empty() {
                sent = b"0\r\n\r\n".to_vec();
            }
        }
        1 => {
            whole = false;
            add("Transfer-Encoding: chunked".to_owned());
            sent = [random.of(&["zz\r\n", "ffffffffffffffff\r\n", "-1\r\n", "5\r\n"]).as_bytes(), &body].concat();
        }
        2 => {
            whole = false;
            add(format!("Content-Length: {}", body.len() + 1 + random.below(1_000_000_000)));
        }
        3 => {
            whole = false;
            add(format!("Content-Length: {}", random.of(&["-1", "1, 2", "18446744073709551616", "x", "0x10", ""])));
        }
        4 => {
            whole = false;
            add("Content-Length: 5".to_owned());
            add("Transfer-Encoding: chunked".to_owned());
        }
        _ if body.is_empty() => {}
        _ => add(format!("Content-Length: {}", body.len())),
    }
    head.extend_from_slice(b"\r\n");
    head.extend_from_slice(&sent);
    match random.below(20) {
        0 => {
            whole = false;
            head.truncate(random.below(head.len()));
        }
        1 => {
            whole = false;
            let at = random.below(head.len());
            head[at] = random.byte();
        }
        _ => {}
    }
    (head, whole)
}

/// Sends the bytes, in one piece or two, and reads what comes back.
fn exchange(port: u16, random: &mut Random, bytes: &[u8], whole: bool) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the house takes connections");
    stream.set_nodelay(true).unwrap();
    let cut = if random.one_in(10) { random.below(bytes.len() + 1) } else { 0 };
    // The house may hang up in the middle: that is its right.
    let _hung_up = stream.write_all(&bytes[..cut]).and_then(|()| stream.write_all(&bytes[cut..]));
    let mut answer = Vec::new();
    if !whole {
        if random.one_in(8) {
            return answer;
        }
        stream.set_read_timeout(Some(SHORT)).unwrap();
        let _nothing_yet = stream.read_to_end(&mut answer);
        let _hung_up = stream.shutdown(Shutdown::Write);
    }
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let _cut_off = stream.read_to_end(&mut answer);
    answer
}

fn status(answer: &[u8]) -> Option<u16> {
    let answer = answer.strip_prefix(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap_or(answer);
    let line = answer.strip_prefix(b"HTTP/1.1 ").or_else(|| answer.strip_prefix(b"HTTP/1.0 "))?;
    std::str::from_utf8(line.get(..3)?).ok()?.parse().ok()
}

/// A plain request, and its answer as text.
fn plain(port: u16, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request =
        format!("{head}Host: localhost:{port}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Signs in as the chief officer of the demonstration and makes a token, as a person does.
fn enter(place: &Place, port: u16) -> Known {
    let marker = std::fs::read_to_string(place.data().join("DEMO")).unwrap();
    let password = marker.split("password = \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let sign_in = format!("request=0123456789abcdef-in&login=myoko&password={password}");
    let answer = plain(port, &format!("POST /sign-in HTTP/1.1\r\n{form}"), &sign_in);
    let cookie = answer.split("sekimori-loopback=").nth(1).unwrap_or_else(|| panic!("{answer}"));
    let cookie = format!("sekimori-loopback={}", cookie.split(';').next().unwrap());
    let asked = "request=0123456789abcdef-tk&name=bad&kind=write&expires_on=2099-01-01";
    let make =
        |asked: &str| plain(port, &format!("POST /account/tokens HTTP/1.1\r\nCookie: {cookie}\r\n{form}"), asked);
    assert!(make(asked).starts_with("HTTP/1.1 422"), "a token ends within a year");
    let soon = base::clock::Clock::system().today().plus_days(30).to_string();
    let made = make(&asked.replace("2099-01-01", &soon));
    let at = made.find("skm_").unwrap_or_else(|| panic!("{made}"));
    let token = made[at..at + 47].to_owned();
    let mut ids = Vec::new();
    for register in
        ["asset", "person", "unit", "declaration", "evidence", "clause", "document", "edition", "account", "api_token"]
    {
        let list = plain(port, &format!("GET /api/v1/r/{register} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n"), "");
        let found = list.split("\"id\":\"").skip(1).filter_map(|rest| rest.get(..26));
        ids.extend(found.map(|id| (register.to_owned(), id.to_owned())));
    }
    assert!(ids.len() > 50, "{} records", ids.len());
    Known { host: format!("localhost:{port}"), cookie, token, ids }
}

#[test]
fn no_bytes_make_the_house_fail_or_fall_silent() {
    let wanted = std::env::var("SEKIMORI_BAD_REQUESTS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_500);
    let random = || u64::from_le_bytes(base::random::bytes::<32>()[..8].try_into().unwrap());
    let seed = std::env::var("SEKIMORI_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or_else(random) | 1;
    let (place, port) = (Place::new(), free_port());
    let server = place.start(&["demo", "--port", &port.to_string()], port);
    let known = enter(&place, port);
    let (next, start) = (AtomicU64::new(0), Instant::now());
    let (seen, bad) = (Mutex::new(BTreeMap::<u16, u64>::new()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= wanted {
                        break;
                    }
                    let mut random = Random(seed.wrapping_mul(number.wrapping_mul(2).wrapping_add(1)) | 1);
                    for _ in 0..8 {
                        random.next();
                    }
                    let (bytes, whole) = request(&mut random, &known);
                    let answer = exchange(port, &mut random, &bytes, whole);
                    let status = status(&answer).unwrap_or(0);
                    *seen.lock().unwrap().entry(status).or_default() += 1;
                    if status >= 500 {
                        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).into_owned();
                        bad.lock().unwrap().push(format!("request {number}: {status} to {head:?}"));
                    }
                }
            });
        }
    });
    let (took, seen, bad) = (start.elapsed(), seen.into_inner().unwrap(), bad.into_inner().unwrap());
    eprintln!(
        "{wanted} bad requests in {:.1} s, seed {seed}: {} of 5xx; by status {seen:?}",
        took.as_secs_f64(),
        bad.len()
    );
    assert!(bad.is_empty(), "seed {seed}: {} answers of 5xx:\n{}", bad.len(), bad[..bad.len().min(10)].join("\n"));
    assert!(server.is_well(), "seed {seed}: the house serves on");
    let list = plain(port, &format!("GET /api/v1/registers HTTP/1.1\r\nAuthorization: Bearer {}\r\n", known.token), "");
    assert!(list.starts_with("HTTP/1.1 200"), "seed {seed}: {list}");
    // Requests of every kind got through to what they were made for.
    for status in [200, 303, 400, 401, 403, 404, 405, 422] {
        assert!(seen.contains_key(&status), "seed {seed}: none was answered by {status}: {seen:?}");
    }
    let (status, told) = server.stop();
    assert!(status.success() && !told.err.contains("panicked"), "seed {seed}: {}", told.err);
}
