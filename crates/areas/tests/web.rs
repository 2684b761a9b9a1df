//! Safety on the web: headers, scripts, hosts, limits, uploads, and what a guesser can reach.

use axum::http::Method;
use base::id::Id;
use register::permit::Role;
use serde_json::{Value, json};
use testkit::{Client, House, Seen, fields, sample};

/// Texts that would run, or break out of their place, on a page that forgot to escape one.
const PAYLOADS: [&str; 32] = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</option></select><script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "\" onmouseover=\"alert(1)",
    "' onfocus='alert(1)' autofocus='",
    "\" style=\"background:url(//e.example)",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<form action=//e.example><input>",
    "<base href=//e.example/>",
    "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=//e.example>",
    "<style>*{display:none}</style>",
    "<math><mtext><mglyph><style>",
    "<!--><script>alert(1)</script>-->",
    "--><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<template><script>alert(1)</script>",
    "<noscript><p title=\"</noscript><b>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "{{constructor.constructor('1')()}}",
    "javascript:alert(1)//",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
];

/// The tags of a page, each with its attributes, read as a browser does.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        if name.is_empty() {
            continue;
        }
        rest = &rest[name.len()..];
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches([' ', '\n', '\t', '/']);
            if rest.is_empty() || rest.starts_with('>') {
                break;
            }
            let key: String = rest.chars().take_while(|c| !" =>\n\t/".contains(*c)).collect();
            rest = &rest[key.len().max(1)..];
            let mut value = String::new();
            if let Some(after) = rest.strip_prefix('=') {
                let quote = after.chars().next().filter(|c| "\"'".contains(*c));
                let until = |c: char| quote.map_or(" >\n\t".contains(c), |quote| c == quote);
                let after = &after[quote.map_or(0, char::len_utf8)..];
                value = after.chars().take_while(|c| !until(*c)).collect();
                rest = after[value.len()..].trim_start_matches(|c| Some(c) == quote);
            }
            attributes.push((key.to_lowercase(), value));
        }
        tags.push((name.to_lowercase(), attributes));
    }
    tags
}

/// What no page may hold.
fn clean(seen: &Seen, what: &str) {
    if !seen.header("content-type").starts_with("text/html") {
        return;
    }
    for (name, attributes) in tags(&seen.text) {
        let value = |key: &str| attributes.iter().find(|(other, _)| other == key).map(|(_, value)| value.as_str());
        assert!(
            !["iframe", "object", "embed", "base", "style", "math", "template"].contains(&name.as_str()),
            "{what}: <{name}>"
        );
        if name == "script" {
            assert!(value("src").is_some_and(|src| src.starts_with("/look/")), "{what}: a script of its own");
        }
        for (key, value) in &attributes {
            assert!(key != "style" && !key.starts_with("on"), "{what}: <{name} {key}={value}>");
            if ["href", "src", "action", "formaction"].contains(&key.as_str()) {
                let inside = value.starts_with('#') || (value.starts_with('/') && !value.starts_with("//"));
                assert!(inside, "{what}: <{name} {key}={value}>");
            }
        }
    }
}

/// What every answer has.
fn headed(seen: &Seen, what: &str) {
    let csp = seen.header("content-security-policy");
    assert_eq!(csp, ui::visit::CSP, "{what}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(seen.header(name), value, "{what}: {name}");
    }
    let cached = seen.header("cache-control");
    assert!(cached == "no-store" || what.contains("/look/"), "{what}: {cached}");
}

/// Every route with its method, filled in for a record of the register.
fn addresses(house: &House, register: &str, id: Id) -> Vec<(Method, String)> {
    let seq = house.row(register, id).seq.to_string();
    let (document, clause) = (house.rows("document")[0].id.to_string(), house.rows("clause")[0].id.to_string());
    let fill = |path: &str| {
        let own = if path.starts_with("/documents") { document.clone() } else { clause.clone() };
        let record = if path.starts_with("/r/") { id.to_string() } else { own };
        path.replace("{register}", register)
            .replace("{id}", &record)
            .replace("{seq}", &seq)
            .replace("{transition}", "confirm")
            .replace("{token}", "guess")
            .replace("{edition}", "0")
            .replace("{file}", "none.css")
    };
    areas::routes()
        .iter()
        .flat_map(|table| table.iter())
        .map(|route| (route.method.clone(), fill(route.path)))
        .collect()
}

async fn house() -> (House, Id, Id) {
    let house = testkit::app().with_policy().start().await;
    let ours = house.put("asset", sample(&house, "asset", house.unit_a, "mark-ours").await).await;
    let theirs = house.put("asset", sample(&house, "asset", house.unit_b, "mark-theirs").await).await;
    (house, ours, theirs)
}

#[test]
fn the_reader_of_pages_finds_what_it_must() {
    let html = "<p class=a ONclick='x y'>a<br><script src=\"/look/a.js\" defer></script><a href=\"/b\">";
    let all = tags(html);
    assert_eq!(all[0].1[1], ("onclick".to_owned(), "x y".to_owned()));
    assert_eq!(all[2].1, [("src".to_owned(), "/look/a.js".to_owned()), ("defer".to_owned(), String::new())]);
    assert_eq!(all[3].1, [("href".to_owned(), "/b".to_owned())]);
}

#[tokio::test]
async fn a_name_given_twice_and_a_method_that_is_not_known_get_a_page() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    for path in ["/search?q=a&q=b", "/pick/unit?q=a&q=b"] {
        assert_eq!(chief.get(path).await.status, 200, "{path}");
    }
    assert_eq!(house.visitor().get("/sign-in?next=/a&next=/b").await.status, 200);
    let wrong = chief.send(Method::DELETE, "/today", None, Vec::new()).await;
    assert_eq!(wrong.status, 405);
    assert!(wrong.visible().contains("見つかりません"), "{}", wrong.visible());
    assert!(wrong.header("content-security-policy").contains("default-src 'none'"));
}

#[tokio::test]
async fn a_comment_that_is_refused_is_shown_again() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    let path = format!("/r/account/{}", house.person(Role::Staff, house.unit_a, None).await.account);
    let long = "長".repeat(4_001);
    let refused = chief.post(&format!("{path}/comment"), &[("text", &long)]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains(&long));
    assert!(house.rows("comment").is_empty());
}

#[tokio::test]
async fn every_answer_has_its_headers_and_no_script_or_style_of_its_own() {
    let (house, ours, _) = house().await;
    let declaration = sample(&house, "declaration", house.unit_a, "mark").await;
    let declaration = house.put("declaration", declaration).await;
    for client in [house.visitor(), house.signed_in(Role::Chief).await, house.signed_in(Role::Staff).await] {
        for (register, id) in [("asset", ours), ("declaration", declaration)] {
            for (method, path) in addresses(&house, register, id) {
                for path in [path.clone(), format!("{path}?lang=en")] {
                    let seen = client.send(method.clone(), &path, None, Vec::new()).await;
                    headed(&seen, &format!("{method} {path}"));
                    clean(&seen, &path);
                    assert!(seen.status < 500, "{method} {path}: {}", seen.status);
                }
            }
        }
        for odd in [
            "/nowhere",
            "/r/%FF",
            "/r/asset/%00",
            "/r/asset/x/entry/x",
            "/search?q=a&q=b",
            "/search?q=%FF",
            "/r/asset?sort=none",
        ] {
            let seen = client.get(odd).await;
            headed(&seen, odd);
            assert!((200..500).contains(&seen.status), "{odd}: {}", seen.status);
        }
        for method in [Method::DELETE, Method::PUT, Method::PATCH, Method::OPTIONS, Method::TRACE] {
            let seen = client.send(method.clone(), "/today", None, Vec::new()).await;
            headed(&seen, method.as_str());
            assert!((400..500).contains(&seen.status), "{method}: {}", seen.status);
        }
    }
}

#[tokio::test]
async fn the_files_of_the_look_are_served_as_what_they_are() {
    let house = testkit::app().start().await;
    let page = house.visitor().get("/sign-in").await;
    let links: Vec<String> = tags(&page.text)
        .into_iter()
        .flat_map(|(_, attributes)| attributes)
        .filter(|(key, value)| (key == "href" || key == "src") && value.starts_with("/look/"))
        .map(|(_, value)| value)
        .collect();
    assert!(links.len() >= 2, "{links:?}");
    for link in links {
        let seen = house.visitor().get(&link).await;
        assert_eq!(seen.status, 200, "{link}");
        headed(&seen, &link);
        assert!(!seen.header("content-type").is_empty() && seen.header("cache-control").contains("immutable"));
    }
}

#[tokio::test]
async fn a_request_that_comes_from_elsewhere_changes_nothing() {
    let (house, ours, _) = house().await;
    let site = "sec-fetch-site";
    let before = house.fingerprint();
    for value in ["cross-site", "same-site", "none", "", "SAME-ORIGIN", "same-origin, cross-site"] {
        let chief = house.signed_in(Role::Chief).await.sending(site, Some(value));
        refused_everywhere(&house, &chief, ours, 403).await;
    }
    for origin in [
        "https://example.com",
        "http://localhost.example.com",
        "http://localhost:81",
        "null",
        "localhost",
        "",
        "://localhost.",
    ] {
        let chief = house.signed_in(Role::Chief).await.sending(site, None).sending("origin", Some(origin));
        refused_everywhere(&house, &chief, ours, 403).await;
    }
    let untold = house.signed_in(Role::Chief).await.sending(site, None);
    refused_everywhere(&house, &untold, ours, 401).await;
    // The people whose sessions were used are new; nothing else is.
    assert_ne!(house.fingerprint(), before);
    assert_eq!(house.row("asset", ours).rev, 1);
    assert!(house.rows("comment").is_empty() && house.rows("attachment").is_empty());
    let same = house.signed_in(Role::Chief).await.sending(site, None).sending("origin", Some("http://localhost"));
    assert_eq!(same.post(&format!("/r/asset/{ours}/comment"), &[("text", "確認済み")]).await.status, 303);
}

async fn refused_everywhere(house: &House, client: &Client<'_>, asset: Id, status: u16) {
    let before = house.entries();
    for (method, path) in addresses(house, "asset", asset).into_iter().filter(|(method, _)| *method != Method::GET) {
        let seen = client
            .send(method, &path, Some("application/x-www-form-urlencoded"), b"request=aaaaaaaaaaaaaaaaaaaa".to_vec())
            .await;
        let anyone = ["/sign-in", "/sign-in/factor", "/sign-in/passkey", "/sign-in/recover"].contains(&path.as_str())
            || path.starts_with("/setup/");
        // At the API no cookie counts, wherever it comes from.
        let expected = match path.starts_with("/api/") {
            true => 401,
            false if anyone => 403,
            false => status,
        };
        assert_eq!(seen.status, expected, "{path}");
        assert_eq!(seen.cookie(), None, "{path}");
    }
    assert_eq!(house.entries(), before);
}

#[tokio::test]
async fn a_foreign_host_is_misdirected() {
    let (house, ours, _) = house().await;
    let hosts = [
        Some("example.com"),
        Some("localhost.example.com"),
        Some("localhost@example.com"),
        Some("localhost:80a"),
        Some("127.0.0.2"),
        Some(""),
        None,
    ];
    for host in hosts {
        let chief = house.signed_in(Role::Chief).await.sending("host", host);
        for (method, path) in addresses(&house, "asset", ours) {
            let seen = chief.send(method, &path, None, Vec::new()).await;
            assert_eq!(seen.status, 421, "{host:?} {path}");
            assert!(!seen.text.contains("mark-ours"));
        }
    }
    for host in ["localhost", "localhost:8787", "127.0.0.1:80", "[::1]:8787"] {
        let chief = house.signed_in(Role::Chief).await.sending("host", Some(host));
        assert_eq!(chief.get("/today").await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn opening_pages_changes_nothing() {
    let (house, ours, _) = house().await;
    let mut clients = vec![house.visitor()];
    for role in [Role::Chief, Role::Manager, Role::Staff, Role::Auditor] {
        clients.push(house.signed_in(role).await);
    }
    let before = house.fingerprint();
    for client in &clients {
        for (method, path) in addresses(&house, "asset", ours) {
            // What is taken out leaves an entry.
            if method == Method::GET && !path.contains("/export.") {
                client.get(&path).await;
                client.send(Method::HEAD, &path, None, Vec::new()).await;
                client.get(&format!("{path}?notice=saved&q=a&name=x&lang=en&back=/x")).await;
            }
        }
    }
    assert_eq!(house.fingerprint(), before);
    assert!(house.blobs().len() == 2, "only the frozen bytes of the policy: {:?}", house.blobs());
}

#[tokio::test]
async fn what_is_too_long_is_refused_before_it_is_read() {
    let (house, ours, _) = house().await;
    let chief = house.signed_in(Role::Chief).await;
    let before = house.entries();
    let long = "あ".repeat(100_000);
    for (method, path) in addresses(&house, "asset", ours) {
        let file = path.ends_with("/attach") || path.ends_with("/import");
        if method == Method::GET || file || path == "/sign-out" || path.starts_with("/api/") {
            continue;
        }
        let seen = chief.post(&path, &[("name", &long), ("text", &long), ("note", &long)]).await;
        // Nobody in this house may open seals.
        let shut = seen.status == 403 && (path.ends_with("/unseal") || path.ends_with("-sealed.csv"));
        assert!(seen.status == 413 || seen.status == 404 || shut, "{path}: {}", seen.status);
        if seen.status == 413 {
            assert!(seen.visible().contains("入力が長すぎます。短くしてから送ってください"), "{}", seen.visible());
        }
    }
    let many: Vec<(&str, &str)> = std::iter::repeat_n(("x", ""), 2_001).collect();
    assert_eq!(chief.post("/r/asset/new", &many).await.status, 422);
    assert_eq!(house.entries(), before);
    assert_eq!(house.visitor().sending("cookie", Some(&"a=b;".repeat(50_000))).get("/today").await.status, 303);
    let deep = format!("/r/asset?q={}", "%E3%81%82".repeat(5_000));
    assert_eq!(chief.get(&deep).await.status, 200);
    assert_eq!(chief.get(&format!("/r/asset?{}", "unit=x&".repeat(5_000))).await.status, 422);
}

#[tokio::test]
async fn nobody_is_sent_to_another_house() {
    let house = testkit::app().start().await;
    let login = house.person(Role::Manager, house.unit_a, Some("つきみの かぜの わたる はし")).await;
    let elsewhere = [
        "https://example.com",
        "//example.com",
        "/\\example.com",
        "\\\\example.com",
        "/\t/example.com",
        "\t//example.com",
        "/\n/example.com",
        "/\r/example.com",
        " //example.com",
        "javascript:alert(1)",
        "data:text/html,x",
        "///example.com",
        "example.com",
        "http:example.com",
        "/\u{0}/example.com",
    ];
    for next in elsewhere {
        let page = house.visitor().get(&format!("/sign-in?next={}", ui::pages::address::encode(next))).await;
        clean(&page, next);
        let form = [("login", login.login.as_str()), ("password", "つきみの かぜの わたる はし"), ("next", next)];
        let seen = house.visitor().post("/sign-in", &form).await;
        assert_eq!((seen.status, seen.location()), (303, "/"), "{next:?}");
    }
    let chief = house.signed_in(Role::Chief).await;
    for back in elsewhere {
        let form = chief.get(&format!("/r/organ/new?back={}", ui::pages::address::encode(back))).await;
        clean(&form, back);
        let name = base::random::token();
        let seen = chief.post("/r/organ/new", &[("name", &name), ("back", back)]).await;
        assert_eq!(seen.status, 303, "{back:?}");
        assert!(seen.location().starts_with("/r/organ/"), "{back:?}: {}", seen.location());
    }
    let seen = chief.post("/r/organ/new", &[("name", "議会"), ("back", "/standing?standing=met")]).await;
    assert_eq!(seen.location(), "/standing?standing=met");
}

#[tokio::test]
async fn whatever_is_written_into_a_record_comes_back_as_text() {
    let (house, _, _) = house().await;
    let chief = house.signed_in(Role::Chief).await;
    let description = house.store.registers().description("asset").unwrap().clone();
    for (at, payload) in PAYLOADS.iter().enumerate() {
        let cut = |most: usize| payload.chars().take(most).collect::<String>();
        let mut body = sample(&house, "asset", house.unit_a, "x").await;
        for (field, most) in
            [("name", 120), ("kana", 200), ("place", 200), ("retention", 60), ("backup", 200), ("note", 4_000)]
        {
            body[field] = json!(cut(most));
        }
        body["code"] = json!(format!("{at:02}{}", cut(28)));
        let form = fields(&description, &body);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let made = chief.post("/r/asset/new", &form).await;
        assert_eq!(made.status, 303, "{payload}: {}", made.visible());
        let path = made.location().split('?').next().unwrap().to_owned();
        let id: Id = path.rsplit('/').next().unwrap().parse().unwrap();
        let edited = chief.post(&format!("{path}/edit"), &[("rev", "1"), ("note", "x"), ("reason", payload)]).await;
        assert_eq!(edited.status, 303, "{payload}");
        assert_eq!(chief.post(&format!("{path}/comment"), &[("text", payload)]).await.status, 303);
        let name = payload.replace(['"', '/', '\\'], "");
        assert_eq!(chief.upload(&format!("{path}/attach"), &name, b"x").await.status, 303, "{name}");
        assert_eq!(house.row("asset", id).text("name"), cut(120).trim());
        let q = ui::pages::address::encode(&cut(20));
        let seq = house.row("asset", id).seq;
        let pages = [
            format!("/r/asset?q={q}"),
            format!("/r/asset?sort=-code&q={q}"),
            path.clone(),
            format!("{path}?notice={q}"),
            format!("{path}/edit"),
            format!("{path}/archive"),
            format!("{path}/entry/{seq}"),
            format!("/search?q={q}"),
            format!("/r/asset/new?name={q}&note={q}&unit={q}&back={q}"),
            format!("/sign-in?next={q}"),
            format!("/nowhere/{q}?q={q}"),
        ];
        for page in pages {
            let seen = chief.get(&page).await;
            clean(&seen, &format!("{payload} in {page}"));
            if payload.contains(['<', '"']) {
                assert!(!seen.text.contains(payload), "{payload} stands in {page} as it is");
            }
        }
        let detail = chief.get(&path).await;
        assert!(detail.visible().contains(payload.split('<').next().unwrap().trim()), "{payload}");
        let refused = chief
            .post(
                "/r/asset/new",
                &[
                    ("name", payload),
                    ("note", payload),
                    ("unit_text", payload),
                    ("kind", payload),
                    ("review_by", payload),
                ],
            )
            .await;
        assert_eq!(refused.status, 422);
        clean(&refused, payload);
        let moved = chief.post(&format!("{path}/edit"), &[("rev", "1"), ("note", payload), ("place", payload)]).await;
        assert_eq!(moved.status, 409, "{payload}");
        clean(&moved, payload);
        let offered = chief.get(&format!("/pick/asset?q={q}")).await;
        assert_eq!(offered.header("content-type"), "application/json");
        let offered: Value = serde_json::from_str(&offered.text).unwrap();
        assert!(offered.as_array().is_some());
    }
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn a_file_past_the_limit_leaves_nothing_behind() {
    let (house, ours, theirs) = house().await;
    let manager = house.signed_in(Role::Manager).await;
    let (kept, entries) = (house.blobs(), house.entries());
    let attach = format!("/r/asset/{ours}/attach");
    let most = usize::try_from(register::blob::LARGEST).unwrap();
    for size in [most + 1, 27 * 1024 * 1024] {
        let seen = manager.upload(&attach, "大きい.bin", &vec![7; size]).await;
        assert_eq!(seen.status, 422, "{size}");
        assert!(seen.visible().contains("25MBまで"), "{}", seen.visible());
    }
    for (name, path) in
        [("", attach.as_str()), ("a.txt", &format!("/r/asset/{theirs}/attach")), ("a.txt", "/r/asset/none/attach")]
    {
        let seen = manager.upload(path, name, b"x").await;
        assert_eq!(seen.status, if name.is_empty() { 422 } else { 404 }, "{path}");
    }
    let form = "multipart/form-data; boundary=edge";
    for cut in ["", "--edge", "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhalf"] {
        let seen = manager.send(Method::POST, &attach, Some(form), cut.into()).await;
        assert!((400..500).contains(&seen.status), "{cut}: {}", seen.status);
    }
    let old = house.put("asset", sample(&house, "asset", house.unit_a, "mark-old").await).await;
    house.archive("asset", old).await;
    assert_eq!(manager.upload(&format!("/r/asset/{old}/attach"), "a.txt", b"x").await.status, 422);
    assert_eq!((house.blobs(), house.entries()), (kept.clone(), entries + 2));
    assert_eq!(manager.upload(&attach, "ちょうど.bin", &vec![7; most]).await.status, 303);
    assert_eq!(house.blobs().len(), kept.len() + 1);
}

#[tokio::test]
async fn a_files_name_is_its_own_and_no_path() {
    let (house, ours, _) = house().await;
    let manager = house.signed_in(Role::Manager).await;
    let long = "長".repeat(300);
    for (sent, name) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\共有\\\\議事録.pdf", "議事録.pdf"),
        ("/", ""),
        ("..", ".."),
        ("a\u{202e}fdp.exe", "afdp.exe"),
        (long.as_str(), &long[..600]),
    ] {
        let seen = manager.upload(&format!("/r/asset/{ours}/attach"), sent, b"x").await;
        assert_eq!(seen.status, if name.is_empty() { 422 } else { 303 }, "{sent}");
        if !name.is_empty() {
            assert_eq!(house.rows("attachment").last().unwrap().text("name"), name);
        }
    }
    let inside = house.folder.path().join("blobs");
    assert!(house.blobs().iter().all(|path| std::path::Path::new(path).starts_with(&inside)));
}

#[tokio::test]
async fn a_guessed_id_or_entry_leads_to_nothing_of_another_unit() {
    let (house, ours, theirs) = house().await;
    let manager = house.signed_in(Role::Manager).await;
    let before = house.entries();
    for tail in ["", "/edit", "/archive", "/entry/0"] {
        let seen = manager.get(&format!("/r/asset/{theirs}{tail}")).await;
        assert_eq!(seen.status, 404, "{tail}");
        assert!(!seen.text.contains("mark-theirs"));
    }
    let nobody = manager.get(&format!("/r/asset/{}", Id::new(&house.clock))).await;
    let hidden = manager.get(&format!("/r/asset/{theirs}")).await;
    let ids = |text: String| text.split(' ').filter(|word| !word.contains("/r/asset/")).collect::<Vec<_>>().join(" ");
    assert_eq!(ids(hidden.visible()), ids(nobody.visible()), "what is hidden looks as what is not there");
    for (tail, form) in [
        ("/edit", [("rev", "1"), ("note", "x")]),
        ("/archive", [("rev", "1"), ("reason", "x")]),
        ("/comment", [("text", "x"), ("rev", "1")]),
    ] {
        assert_eq!(manager.post(&format!("/r/asset/{theirs}{tail}"), &form).await.status, 404, "{tail}");
    }
    // An id under another register, and entries under another record.
    for path in [
        format!("/r/unit/{ours}"),
        format!("/r/declaration/{ours}"),
        format!("/r/import/{ours}"),
        format!("/clauses/{ours}"),
        format!("/documents/{ours}"),
        format!("/r/asset/{}", house.unit_a),
        format!("/r/asset/{ours}/entry/{}", house.row("asset", theirs).seq),
        format!("/r/asset/{ours}/entry/{}", house.row("unit", house.unit_a).seq),
        format!("/r/asset/{ours}/entry/999999"),
        format!("/r/asset/{ours}/entry/-1"),
        format!("/r/asset/{ours}/entry/18446744073709551615"),
        format!("/r/asset/{ours}/entry/x"),
        format!("/r/asset/{}", ours.to_string().to_uppercase()),
        "/r/asset/%2e%2e".to_owned(),
        "/r/none/x".to_owned(),
    ] {
        let seen = manager.get(&path).await;
        assert!(seen.status == 404 || (seen.status == 403 && path.starts_with("/r/import")), "{path}: {}", seen.status);
        assert!(!seen.text.contains("mark-theirs"));
    }
    assert_eq!(house.entries(), before);
}

#[tokio::test]
async fn a_form_can_not_name_what_its_address_does_not() {
    let (house, ours, theirs) = house().await;
    let manager = house.signed_in(Role::Manager).await;
    let foreign = theirs.to_string();
    let done = manager
        .post(&format!("/r/asset/{ours}/comment"), &[("text", "確認済み"), ("about", &foreign), ("id", &foreign)])
        .await;
    assert_eq!(done.status, 303);
    assert_eq!(house.rows("comment")[0].link("about"), Some(ours));
    let unit = house.unit_b.to_string();
    let moved = manager.post(&format!("/r/asset/{ours}/edit"), &[("rev", "1"), ("unit_text", &unit)]).await;
    assert_eq!(moved.status, 422, "a record is not handed to a unit that one does not keep");
    let linked = manager
        .post(
            &format!("/r/asset/{ours}/edit"),
            &[("rev", "1"), ("depends_on", &foreign), ("depends_on_text", &foreign)],
        )
        .await;
    assert_eq!(linked.status, 422);
    assert!(!linked.text.contains("mark-theirs"));
    let account = manager.login().account;
    let chief = house.signed_in(Role::Chief).await;
    let (before, mark) = (house.entries(), [("rev", "1"), ("secret_mark", "0000")]);
    assert_eq!(chief.post(&format!("/r/account/{account}/edit"), &mark).await.status, 303);
    assert_eq!(house.entries(), before, "a hidden field is no field of the form");
}

#[tokio::test]
async fn titles_of_another_unit_can_not_be_probed_through_a_link() {
    let (house, ours, _) = house().await;
    for _ in 0..2 {
        let mut body = sample(&house, "asset", house.unit_b, "x").await;
        body["name"] = json!("監査の控え");
        house.put("asset", body).await;
    }
    let manager = house.signed_in(Role::Manager).await;
    let ask = async |title: &str| {
        let seen = manager.post(&format!("/r/asset/{ours}/edit"), &[("rev", "1"), ("depends_on_text", title)]).await;
        (seen.status, seen.visible().replace(title, "TITLE"))
    };
    assert_eq!(ask("監査の控え").await, ask("監査の写し").await);
}

fn free(folder: &std::path::Path) -> u64 {
    let disk = rustix::fs::statvfs(folder).expect("the disk says how much is free");
    disk.f_bavail * disk.f_frsize
}

/// Enough that nobody else on the disk decides the test.
fn ballast(folder: &std::path::Path) -> u64 {
    (free(folder) / 2).min(1 << 30)
}

#[tokio::test]
async fn on_a_full_disk_changes_get_507_reading_goes_on_and_room_is_enough_to_recover() {
    let house = testkit::app().reserve(|folder| free(folder) - ballast(folder) / 2).start().await;
    let chief = house.signed_in(Role::Chief).await;
    let asset = |code: &str| {
        json!({"code": code, "name": "資産", "kind": "data", "unit": house.unit_a,
        "confidentiality": "2", "integrity": "1", "availability": "1"})
    };
    let form = |code: &str| fields(house.store.registers().description("asset").unwrap(), &asset(code));
    let post = async |code: &str| {
        let form = form(code);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        chief.post("/r/asset/new", &form).await.status
    };
    assert_eq!(post("A-1").await, 303);
    let heavy = house.folder.path().join("ballast");
    let file = std::fs::File::create(&heavy).unwrap();
    let much = ballast(house.folder.path());
    rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, much).unwrap();
    let before = house.entries();
    assert_eq!(post("A-2").await, 507);
    assert_eq!(chief.get("/r/asset").await.status, 200);
    assert_eq!(house.entries(), before);
    drop(file);
    std::fs::remove_file(&heavy).unwrap();
    assert_eq!(post("A-2").await, 303);
}
