//! The API: tokens and how they end, changes that meet another's, wishes sent twice, bad bodies, and its own description.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use axum::http::Method;
use base::id::Id;
use register::change::{Change, Op, Request};
use register::permit::{Action, Actor, Bound, Holding, Role, Subject, Who, decide};
use serde_json::{Value, json};
use testkit::{Client, House, sample};

async fn chief(house: &House) -> (Client<'_>, Client<'_>) {
    let owner = house.signed_in(Role::Chief).await;
    let token = house.token(owner.login(), &["*:write"]).await;
    (owner, Client::program(house, &token))
}

async fn asset(house: &House, program: &Client<'_>) -> Id {
    let body = sample(house, "asset", house.unit_a, "端末").await;
    let made = program.call(Method::POST, "/api/v1/r/asset", None, Some(&json!({ "fields": body }))).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().unwrap().parse().unwrap()
}

/// The value of a token as the page shows it.
fn shown(page: &str) -> &str {
    let at = page.find("skm_").unwrap();
    &page[at..at + 47]
}

#[tokio::test]
async fn a_token_is_shown_once_and_acts_for_its_owner_until_it_is_revoked() {
    let house = testkit::app().start().await;
    let owner = Client::of(&house, house.person(Role::Manager, house.unit_a, None).await);
    let form = [("name", "資産管理"), ("kind", "write"), ("register", "asset"), ("expires_on", "令和9年4月1日")];
    let wrong = owner.post("/account/tokens", &form[..3]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.visible().contains("有効期限を") && !wrong.text.contains("skm_"), "{}", wrong.visible());
    let made = owner.post("/account/tokens", &form).await;
    assert_eq!(made.status, 200, "{}", made.visible());
    let token = shown(&made.text).to_owned();
    let again = owner.get("/account/tokens").await;
    assert!(!again.text.contains("skm_") && again.visible().contains("資産管理 asset:write"), "{}", again.visible());

    let program = Client::program(&house, &token);
    let id = asset(&house, &program).await;
    let entry =
        house.read(|reading| register::proof::show(reading, &house.key, house.row("asset", id).seq)).unwrap().entry;
    let record = house.rows("api_token").pop().unwrap();
    assert_eq!((entry.actor, entry.auth.as_deref()), (owner.person().to_string(), Some("token")));
    assert_eq!(entry.session, Some(record.id.to_string()));
    // Within its bounds, and nowhere but at the API.
    assert_eq!(program.get("/api/v1/r/person").await.status, 403);
    assert_eq!(program.get("/r/asset").await.status, 303);
    assert!(!program.get(&format!("/api/v1/r/asset/{id}")).await.text.contains("mark"));

    let seen = owner.get(&format!("/r/api_token/{}", record.id)).await;
    assert!(seen.visible().contains("失効させる") && !seen.text.contains(record.text("mark")));
    let revoke = owner.post(&format!("/r/api_token/{}/act/revoke", record.id), &[("rev", "1")]).await;
    assert_eq!(revoke.status, 303, "{}", revoke.visible());
    let refused = program.get(&format!("/api/v1/r/asset/{id}")).await;
    assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Bearer realm=\"sekimori\""));
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn a_token_can_do_no_more_than_its_owner_may_today() {
    let house = testkit::app().start().await;
    let owner = house.signed_in(Role::Manager).await;
    let program = Client::program(&house, &house.token(owner.login(), &["*:write"]).await);
    let other = house.put("asset", sample(&house, "asset", house.unit_b, "他課の端末").await).await;
    assert_eq!(program.get(&format!("/api/v1/r/asset/{other}")).await.status, 404);
    asset(&house, &program).await;
    let held = house.rows("role_holding").pop().unwrap().id;
    house.edit("role_holding", held, json!({"until": "2026-11-23"})).await;
    let body = json!({ "fields": sample(&house, "asset", house.unit_a, "端末").await });
    let refused = program.call(Method::POST, "/api/v1/r/asset", None, Some(&body)).await;
    assert_eq!((refused.status, refused.json()["kind"].clone()), (403, json!("refused")));
    house.turn_to("2027-05-23", "10:00");
    assert_eq!(program.get("/api/v1/registers").await.status, 200);
    house.turn_to("2027-05-24", "10:00");
    assert_eq!(program.get("/api/v1/registers").await.status, 401, "after its last day");
}

#[tokio::test]
async fn a_token_that_nobody_made_is_found_by_the_audit() {
    let house = testkit::app().start().await;
    let owner = house.signed_in(Role::Chief).await;
    let bounds: Vec<Bound> = vec!["*:write".parse().unwrap()];
    let token = Id::new(&house.clock);
    let who = Who::Token { account: owner.login().account, person: owner.person(), token, bounds };
    let actor = Actor { who, holdings: vec![Holding { role: Role::Chief, units: None, instead_of: None }] };
    let registers = house.store.registers();
    let description = registers.description("unit").unwrap();
    let permit = decide(&actor, Action::Create, &Subject::register("unit"), description).unwrap();
    let Value::Object(body) = sample(&house, "unit", house.unit_a, "課").await else { panic!("a body is an object") };
    let op = Op::Create { register: "unit".into(), id: Id::new(&house.clock), body };
    house.writer.commit(Change::one(Request::new(), permit, op)).await.unwrap();
    let bad = house.audit().bad.unwrap();
    assert!(bad.say.en.contains("signed in"), "{bad:?}");
}

#[tokio::test]
async fn two_programs_never_overwrite_each_other() {
    let house = testkit::app().start().await;
    let (_, program) = chief(&house).await;
    let id = asset(&house, &program).await;
    let path = format!("/api/v1/r/asset/{id}");
    let patch = |place: &str| json!({"fields": {"place": place}, "reason": "移した"});
    let edit = async |rev: Option<u64>, place: &str| program.call(Method::PATCH, &path, rev, Some(&patch(place))).await;
    assert_eq!(edit(None, "金庫").await.status, 428);
    let done = edit(Some(1), "金庫").await;
    assert_eq!((done.status, done.header("etag")), (200, "\"2\""), "{}", done.text);
    let late = edit(Some(1), "棚").await;
    assert_eq!(late.status, 412);
    let said = late.json();
    assert_eq!((said["kind"].clone(), said["rev"].clone()), (json!("moved"), json!(2)));
    assert_eq!(said["changed"], json!({"place": {"was": "書庫", "now": "金庫"}}));
    let before = house.entries();
    let same = edit(Some(2), "金庫").await;
    assert_eq!((same.status, same.header("etag"), house.entries()), (200, "\"2\"", before), "nothing to change");
    let history = program.get(&format!("{path}/history")).await.json();
    let newest = &history["events"][0];
    assert_eq!((newest["reason"].clone(), newest["rev"].clone()), (json!("移した"), json!(2)));
    assert_eq!(newest["changed"], json!({"place": {"was": "書庫", "now": "金庫"}}));
}

#[tokio::test]
async fn a_wish_sent_twice_is_done_once() {
    let house = testkit::app().with_policy().start().await;
    let (_, program) = chief(&house).await;
    let key = [("idempotency-key".to_owned(), "import-2026-11-24-0001".to_owned())];
    let send = async |method: Method, path: &str, tag: Option<&str>, body: &Value| {
        let mut more = key.to_vec();
        more[0].1 = format!("{}-{}", method.as_str(), &base_of(path));
        more.extend(tag.map(|tag| ("if-match".to_owned(), format!("\"{tag}\""))));
        program.send_with(method, path, Some("application/json"), &more, body.to_string().into_bytes()).await
    };
    let body = json!({ "fields": sample(&house, "asset", house.unit_a, "端末").await });
    let first = send(Method::POST, "/api/v1/r/asset", None, &body).await;
    let entries = house.entries();
    let second = send(Method::POST, "/api/v1/r/asset", None, &body).await;
    assert_eq!((first.status, second.status, house.entries()), (201, 201, entries));
    assert_eq!(first.json(), second.json());
    let path = format!("/api/v1/r/asset/{}", first.json()["id"].as_str().unwrap());
    let change = json!({"fields": {"place": "金庫"}});
    for _ in 0..2 {
        let changed = send(Method::PATCH, &path, Some("1"), &change).await;
        assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""), "{}", changed.text);
    }
    let other = send(Method::PATCH, &path, Some("1"), &json!({"fields": {"place": "棚"}})).await;
    assert_eq!(other.status, 422, "the same key for another wish");
    let put_away = format!("{path}/archive");
    for _ in 0..2 {
        assert_eq!(send(Method::POST, &put_away, Some("2"), &json!({})).await.status, 200);
    }
    let declaration = sample(&house, "declaration", house.unit_a, "該当なし").await;
    let id = house.put("declaration", declaration).await;
    let act = format!("/api/v1/r/declaration/{id}/acts/confirm");
    for _ in 0..2 {
        let done = send(Method::POST, &act, Some("1"), &json!({"note": "確かめた"})).await;
        assert_eq!((done.status, done.header("etag")), (200, "\"2\""), "{}", done.text);
    }
    let late = send(Method::POST, &act, Some("2"), &json!({})).await;
    assert_eq!(late.status, 403, "it is confirmed already");
}

/// A key of its own for each address.
fn base_of(path: &str) -> String {
    path.chars().filter(char::is_ascii_alphanumeric).rev().take(40).collect()
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_in_both_languages() {
    let field = |name: &str, hidden: bool| json!({"name": name, "label": {"ja": name, "en": name}, "kind": {"text": {"max": 80}}, "hidden": hidden});
    let thing = json!({
        "name": "thing", "label": {"ja": "もの", "en": "Thing"}, "title": "name",
        "fields": [field("name", false), field("inner", true)],
        "access": [{"roles": ["chief"], "actions": ["view", "list", "create"], "reach": "all"}],
    });
    let house = testkit::app().with_register(serde_json::from_value(thing).unwrap()).start().await;
    let (_, program) = chief(&house).await;
    let mut body = sample(&house, "asset", house.unit_a, "端末").await;
    body["confidentiality"] = json!("9");
    let send = async |text: &str, kind: &str| {
        program.send(Method::POST, "/api/v1/r/asset", Some(kind), text.as_bytes().to_vec()).await
    };
    let json = "application/json";
    let refused = send(&json!({ "fields": body }).to_string(), json).await;
    assert_eq!((refused.status, refused.header("content-type")), (422, "application/problem+json"));
    let errors = refused.json()["errors"].clone();
    assert_eq!(errors[0]["field"], "confidentiality");
    assert!(errors[0]["ja"].as_str().unwrap().contains("区分") && errors[0]["en"].as_str().unwrap().contains("grade"));
    for (text, kind, status) in [
        (r#"{"fields": {}, "fields": {}}"#, json, 422),
        (r#"{"fields": {"rank_of": 1}}"#, json, 422),
        (r#"{"felds": {}}"#, json, 422),
        (r#"{"fields": []}"#, json, 422),
        (r#"{"fields": {"name": 1.5}}"#, json, 422),
        ("{", json, 422),
        ("{}", "text/plain", 415),
        (&format!("{{\"fields\": \"{}\"}}", "長".repeat(100_000)), json, 413),
        (&"[".repeat(200_000), json, 422),
    ] {
        let seen = send(text, kind).await;
        let head: String = text.chars().take(40).collect();
        assert_eq!(seen.status, status, "{head}: {}", seen.text);
        assert_eq!(seen.json()["status"], status, "{head}");
    }
    let hidden = json!({"fields": {"name": "x", "inner": "y"}});
    let hidden = program.call(Method::POST, "/api/v1/r/thing", None, Some(&hidden)).await;
    assert_eq!(hidden.status, 422, "a hidden field is none for programs");
    assert!(hidden.text.contains("There is no field named inner"), "{}", hidden.text);
    let thing = house.put("thing", json!({"name": "x", "inner": "y"})).await;
    let path = format!("/api/v1/r/thing/{thing}");
    for path in [path.clone(), format!("{path}/history"), "/api/v1/r/thing".into(), "/api/v1/openapi.json".into()] {
        let seen = program.get(&path).await;
        assert!(seen.status == 200 && !seen.text.contains("inner"), "{path}: {}", seen.text);
    }
    let key = [("idempotency-key".to_owned(), "short".to_owned())];
    assert_eq!(program.send_with(Method::POST, "/api/v1/r/asset", None, &key, Vec::new()).await.status, 422);
}

#[tokio::test]
async fn a_link_leads_only_to_what_the_owner_may_see() {
    let house = testkit::app().start().await;
    let owner = house.signed_in(Role::Manager).await;
    let program = Client::program(&house, &house.token(owner.login(), &["*:write"]).await);
    let other = house.put("asset", sample(&house, "asset", house.unit_b, "他課の端末").await).await;
    let fields: Vec<String> = {
        let registers = house.store.registers();
        let description = registers.description("asset").unwrap();
        let to_asset = |field: &&register::describe::Field| matches!(&field.kind, register::describe::Kind::Link { to: Some(to) } if to == "asset");
        description.fields.iter().filter(to_asset).map(|field| field.name.clone()).collect()
    };
    let mut body = sample(&house, "asset", house.unit_a, "端末").await;
    body[&fields[0]] = json!([other]);
    let refused = program.call(Method::POST, "/api/v1/r/asset", None, Some(&json!({ "fields": body }))).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    body[&fields[0]] = json!([Id::new(&house.clock)]);
    let nothing = program.call(Method::POST, "/api/v1/r/asset", None, Some(&json!({ "fields": body }))).await;
    assert_eq!(refused.json()["errors"], nothing.json()["errors"], "hidden and missing are told alike");
}

#[tokio::test]
async fn a_list_is_read_page_by_page_by_the_words_of_its_address() {
    let house = testkit::app().start().await;
    let (_, program) = chief(&house).await;
    for _ in 0..60 {
        house.put("asset", sample(&house, "asset", house.unit_a, "端末").await).await;
    }
    house.put("asset", sample(&house, "asset", house.unit_b, "端末").await).await;
    let first = program.get(&format!("/api/v1/r/asset?unit={}&sort=-code", house.unit_a)).await.json();
    assert_eq!((first["count"].clone(), first["records"].as_array().unwrap().len()), (json!(60), 50));
    let second = program.get(first["next"].as_str().unwrap()).await.json();
    assert_eq!((second["records"].as_array().unwrap().len(), second.get("next")), (10, None));
    let refused = program.get("/api/v1/r/asset?colour=red").await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert_eq!(program.get("/api/v1/search?q=端末").await.json()["found"].as_array().unwrap().len(), 61);
    let (_, _) = house.signed_head().await;
    let note = program.get("/api/v1/ledger/checkpoint").await;
    assert!(house.key.open(&note.text).is_ok(), "{}", note.text);
}

#[tokio::test]
async fn a_file_is_taken_in_and_held() {
    let house = testkit::app().start().await;
    let (_, program) = chief(&house).await;
    let path = format!("/api/v1/r/asset/{}/files", asset(&house, &program).await);
    let kind = Some("application/octet-stream");
    let name = ui::pages::address::encode("C:\\共有\\配置図.pdf");
    let sent = program.send(Method::POST, &format!("{path}?name={name}"), kind, b"%PDF-1.7".to_vec()).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    assert_eq!(program.send(Method::POST, &path, kind, b"%PDF-1.7".to_vec()).await.status, 422, "a file has a name");
    let file = &program.get(&path).await.json()["files"][0];
    assert_eq!(
        (file["name"].clone(), file["size"].clone(), file["state"].clone()),
        (json!("配置図.pdf"), json!(8), json!("held"))
    );
    assert_eq!(file["sha256"], register::blob::sha256(b"%PDF-1.7"));
}

#[tokio::test]
async fn other_methods_and_addresses_are_problems_too() {
    let house = testkit::app().start().await;
    let (owner, program) = chief(&house).await;
    for (method, path, status) in [
        (Method::DELETE, "/api/v1/r/asset", 405),
        (Method::PUT, "/api/v1/registers", 405),
        (Method::OPTIONS, "/api/v1/search", 405),
        (Method::GET, "/api/v2/registers", 404),
        (Method::GET, "/api", 404),
        (Method::GET, "/api/v1/r/nothing", 404),
        (Method::GET, "/api/v1/r/asset/nothing", 404),
        (Method::GET, "/api/v1/r/asset/%ff", 404),
    ] {
        let seen = program.send(method.clone(), path, None, Vec::new()).await;
        assert_eq!(seen.status, status, "{method} {path}: {}", seen.text);
        assert_eq!(
            (seen.header("content-type"), seen.json()["status"].clone()),
            ("application/problem+json", json!(status))
        );
        assert_eq!(seen.header("allow").is_empty(), status != 405, "{method} {path}: {}", seen.header("allow"));
    }
    assert_eq!(owner.get("/api/v1/registers").await.status, 401, "a cookie doesn't count");
    let foreign = Client::program(&house, "skm_").sending("host", Some("example.com"));
    assert_eq!(foreign.get("/api/v1/registers").await.json()["status"], 421);
}

/// Every `$ref` of a document.
fn refs(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| refs(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| refs(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_description_is_of_one_piece_and_names_every_route() {
    let house = testkit::app().with_policy().start().await;
    let (_, program) = chief(&house).await;
    let document = program.get("/api/v1/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut found = Vec::new();
    refs(&document, &mut found);
    assert!(found.len() > 100);
    for name in found {
        let pointer = name.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{name} leads nowhere");
    }
    let paths = document["paths"].as_object().unwrap();
    let mut ids = std::collections::BTreeSet::new();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{method} {path} has another's name");
            assert!(operation["responses"]["401"].is_object(), "{method} {path}");
            let named = path.matches('{').count();
            let given = operation["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "path").count();
            assert_eq!(named, given, "{method} {path}");
        }
    }
    // Each route of the table stands in it for some register, and nothing else does.
    let routes = ui::api::ROUTES.iter().filter(|route| !route.path.ends_with("openapi.json"));
    let shapes: std::collections::BTreeSet<(String, String)> =
        routes.map(|route| (route.method.as_str().to_lowercase(), shape(route.path))).collect();
    let described: std::collections::BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| (method.clone(), shape(path)))
        })
        .collect();
    assert_eq!(shapes, described);
    let all = document.to_string();
    assert!(!all.contains("secret_mark") && all.contains("confidentiality"));
    // What a token can't reach is not described to it.
    let staff = house.signed_in(Role::Staff).await;
    let reader = Client::program(&house, &house.token(staff.login(), &["asset:read"]).await);
    let little = reader.get("/api/v1/openapi.json").await.json();
    let little: Vec<&String> = little["paths"].as_object().unwrap().keys().collect();
    assert!(little.iter().all(|path| !path.contains("/r/") || path.starts_with("/api/v1/r/asset")), "{little:?}");
}

/// An address with its register and transition taken out.
fn shape(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    for at in [4, 7] {
        let named = at == 4 && parts.get(3) == Some(&"r") || at == 7 && parts.get(6) == Some(&"acts");
        if let Some(part) = parts.get_mut(at).filter(|_| named) {
            *part = "*";
        }
    }
    parts.join("/")
}

/// What one `curl` of the documents sends: method, address, headers, body.
type Example = (Method, String, Vec<(String, String)>, Option<String>);

/// The `curl` commands of a document, as a shell would read them.
fn examples(document: &str, values: &[(&str, &str)]) -> Vec<Example> {
    let blocks = document.split("```").skip(1).step_by(2).filter(|block| block.trim_start().starts_with("curl"));
    let read = |block: &str| {
        let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
        let block = block.trim().replace("\\\n", " ");
        for letter in block.chars() {
            match (quote, letter) {
                (Some(open), letter) if letter == open => quote = None,
                (None, '"' | '\'') => quote = Some(letter),
                (None, ' ') if !word.is_empty() => words.push(std::mem::take(&mut word)),
                (None, ' ') => {}
                (_, letter) => word.push(letter),
            }
        }
        words.push(word);
        let (mut method, mut address, mut headers, mut body) = (Method::GET, String::new(), Vec::new(), None);
        let mut words = words.into_iter().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "-X" => method = words.next().unwrap().parse().unwrap(),
                "-d" => body = words.next(),
                "-H" => {
                    let header = words.next().unwrap();
                    let (name, value) = header.split_once(": ").unwrap();
                    headers.push((name.to_lowercase(), value.to_owned()));
                }
                _ => word.strip_prefix("https://sekimori.example.lg.jp").unwrap().clone_into(&mut address),
            }
        }
        for (name, value) in values {
            address = address.replace(name, value);
        }
        (method, address, headers, body)
    };
    blocks.map(read).collect()
}

#[tokio::test]
async fn the_examples_of_the_documents_do_what_they_say() {
    for document in [include_str!("../../../docs/api.md"), include_str!("../../../docs/api.en.md")] {
        let house = testkit::app().start().await;
        let (_, program) = chief(&house).await;
        let id = asset(&house, &program).await;
        house.edit("asset", id, json!({"note": "一度"})).await;
        house.edit("asset", id, json!({"note": "二度"})).await;
        let examples = examples(document, &[("$ID", &id.to_string())]);
        assert_eq!(examples.len(), 3);
        for (method, address, headers, body) in examples {
            assert_eq!(headers[0], ("authorization".to_owned(), "Bearer $TOKEN".to_owned()));
            let body = body.unwrap_or_default().into_bytes();
            let seen = program.send_with(method, &address, None, &headers[1..], body).await;
            assert!(matches!(seen.status, 200 | 201), "{address}: {}", seen.text);
        }
        assert_eq!(house.row("asset", id).text("place"), "本庁舎3階");
    }
}
