//! The work as people do it on pages: forms, lists, the policy and its proof, and what each must do today.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use axum::http::Method;
use base::id::Id;
use register::exchange;
use register::permit::Role;
use serde_json::json;
use testkit::{Client, House, POLICY, Seen, sample};

/// The fields of a new asset as typed, with some of them otherwise.
fn typed<'a>(other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("code", "A-001"),
        ("name", "給水契約の台帳"),
        ("kind", "data"),
        ("unit_text", "A"),
        ("confidentiality", "2"),
        ("integrity", "1"),
        ("availability", "1"),
        ("place", "書庫"),
    ];
    for (name, value) in other {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    form
}

/// Registers an asset; its id.
async fn registered(client: &Client<'_>, other: &[(&str, &str)]) -> Id {
    let seen = client.post("/r/asset/new", &typed(other)).await;
    assert_eq!(seen.status, 303, "{}", seen.visible());
    let path = seen.location().split('?').next().unwrap().to_owned();
    path.rsplit('/').next().unwrap().parse().unwrap()
}

/// The record of the clause with this number.
fn clause(house: &House, number: &str) -> Id {
    house.rows("clause").iter().find(|row| row.text("number") == number).unwrap().id
}

/// The first chip of a clause's page: how it stands.
async fn standing(client: &Client<'_>, clause: Id) -> String {
    let page = client.get(&format!("/clauses/{clause}")).await.visible();
    let words = ["一部遵守", "未遵守", "提供元で実施", "未確認", "適用外", "遵守"];
    let head = page.split("本文へ移動").nth(1).unwrap().split("理由").next().unwrap();
    let last = head.split(' ').rfind(|word| words.contains(word));
    last.unwrap_or_else(|| panic!("{page}")).to_owned()
}

fn has(seen: &Seen, words: &str) {
    assert!(seen.visible().contains(words), "「{words}」 is not in: {}", seen.visible());
}

fn has_not(seen: &Seen, words: &str) {
    assert!(!seen.visible().contains(words), "「{words}」 is in: {}", seen.visible());
}

#[tokio::test]
async fn a_form_says_every_fault_at_its_field_and_keeps_what_was_typed() {
    let house = testkit::app().start().await;
    let manager = house.signed_in(Role::Manager).await;
    let before = house.entries();
    let faults = [("name", ""), ("review_by", "来年のいつか"), ("unit_text", "ない課"), ("note", "申し送り")];
    let seen = manager.post("/r/asset/new", &typed(&faults)).await;
    assert_eq!(seen.status, 422);
    has(&seen, "入力に2件の誤りがあります");
    for words in ["管理部署の「ない課」が見つかりません", "次回棚卸期限は日付として読み取れません"]
    {
        has(&seen, words);
    }
    for (name, value) in [("code", "A-001"), ("review_by", "来年のいつか"), ("unit_text", "ない課"), ("place", "書庫")]
    {
        assert_eq!(seen.control(name).as_deref(), Some(value), "{name}");
    }
    assert!(seen.text.contains("申し送り</textarea>") && seen.text.contains("href=\"#f-review_by\""));
    let seen = manager.post("/r/asset/new", &typed(&[("name", ""), ("confidentiality", ""), ("code", "  ")])).await;
    for words in [
        "入力に3件の誤りがあります",
        "資産名を入力してください",
        "機密性を選んでください",
        "資産番号を入力してください",
    ] {
        has(&seen, words);
    }
    let seen = manager.post("/r/asset/new", &typed(&[("my_number", "true"), ("personal_data", "false")])).await;
    has(&seen, "特定個人情報は個人情報です");
    assert_eq!(house.entries(), before);
}

#[tokio::test]
async fn a_form_sent_twice_makes_one_record() {
    let house = testkit::app().start().await;
    let manager = house.signed_in(Role::Manager).await;
    let request = manager.get("/r/asset/new").await.control("request").unwrap();
    let mut form = typed(&[]);
    form.push(("request", &request));
    let (first, again) =
        (manager.post_form("/r/asset/new", &form).await, manager.post_form("/r/asset/new", &form).await);
    assert_eq!((first.status, again.status), (303, 303));
    assert_eq!(first.location(), again.location());
    assert_eq!(house.rows("asset").len(), 1);
    let other = house.signed_in(Role::Manager).await;
    assert_eq!(other.post_form("/r/asset/new", &form).await.status, 403, "a request is its sender's own");
    form.retain(|(name, _)| *name != "request");
    assert_eq!(manager.post_form("/r/asset/new", &form).await.status, 422, "no request, no record");
    let twice = manager.post("/r/asset/new", &typed(&[("code", "ａ－００１")])).await;
    has(&twice, "同じ資産番号の記録が既にあります");
}

#[tokio::test]
async fn two_people_at_once_see_what_the_other_wrote() {
    let house = testkit::app().start().await;
    let (one, two) = (house.signed_in(Role::Manager).await, house.signed_in(Role::Manager).await);
    let id = registered(&one, &[]).await;
    let path = format!("/r/asset/{id}/edit");
    let form = two.get(&path).await;
    assert_eq!(form.control("rev").as_deref(), Some("1"));
    assert_eq!(one.post(&path, &[("rev", "1"), ("place", "金庫")]).await.status, 303);
    let mine = typed(&[("rev", "1"), ("place", "倉庫"), ("reason", "移した")]);
    let seen = two.post(&path, &mine).await;
    assert_eq!(seen.status, 409);
    for words in ["ほかの人が先に変更しました", "金庫", "倉庫"] {
        has(&seen, words);
    }
    assert_eq!(seen.control("place").as_deref(), Some("倉庫"), "what was typed stays");
    assert_eq!(seen.control("reason").as_deref(), Some("移した"));
    assert_eq!(seen.control("rev").as_deref(), Some("2"), "and can be saved over what was seen");
    let request = seen.control("request").unwrap();
    let again: Vec<_> = typed(&[("rev", "2"), ("place", "倉庫"), ("request", &request)]);
    assert_eq!(two.post_form(&path, &again).await.status, 303);
    let detail = one.get(&format!("/r/asset/{id}")).await;
    for words in ["倉庫", "金庫", "変更"] {
        has(&detail, words);
    }
    assert_eq!(house.row("asset", id).rev, 3);
}

#[tokio::test]
async fn saving_what_stands_there_already_is_no_entry() {
    let house = testkit::app().start().await;
    let manager = house.signed_in(Role::Manager).await;
    let id = registered(&manager, &[]).await;
    let before = house.entries();
    let same = manager.post(&format!("/r/asset/{id}/edit"), &typed(&[("rev", "1")])).await;
    assert_eq!((same.status, house.entries()), (303, before));
    let reason = "x".repeat(2_001);
    let long =
        manager.post(&format!("/r/asset/{id}/edit"), &[("rev", "1"), ("place", "棚"), ("reason", &reason)]).await;
    assert_eq!(long.status, 422);
    let empty = manager.post(&format!("/r/asset/{id}/edit"), &[("rev", "1"), ("place", "")]).await;
    assert_eq!(empty.status, 303);
    assert!(!house.row("asset", id).body.contains_key("place"), "an emptied field is gone");
}

#[tokio::test]
async fn a_link_is_typed_as_number_or_name_and_never_guessed() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    let first = registered(&chief, &[]).await;
    let same = registered(&chief, &[("code", "A-002")]).await;
    let other = registered(&chief, &[("code", "A-003"), ("name", "検針の端末"), ("unit_text", "業務課")]).await;
    assert_eq!(house.row("asset", other).link("unit"), Some(house.unit_b), "a name leads to its unit");
    let path = format!("/r/asset/{other}/edit");
    let several = chief.post(&path, &[("rev", "1"), ("depends_on_text", "給水契約の台帳")]).await;
    assert_eq!(several.status, 422);
    has(&several, "当てはまる記録が複数あります。番号で入力してください");
    let by_number = chief.post(&path, &[("rev", "1"), ("depends_on_text", "ａ-002")]).await;
    assert_eq!(by_number.status, 303);
    assert_eq!(house.row("asset", other).body["depends_on"], json!([same.to_string()]));
    // An id counts beside its own title only: whoever types another name means that.
    let unit_a = house.unit_a.to_string();
    let stale = chief.post(&path, &[("rev", "2"), ("unit", &unit_a), ("unit_text", "業務課")]).await;
    assert_eq!(stale.status, 303);
    assert_eq!(house.row("asset", other).link("unit"), Some(house.unit_b));
    let chosen = chief.post(&path, &[("rev", "2"), ("unit", &unit_a), ("unit_text", "総務課")]).await;
    assert_eq!(chosen.status, 303);
    assert_eq!(house.row("asset", other).link("unit"), Some(house.unit_a));
    let (first, same) = (first.to_string(), same.to_string());
    let many = [("rev", "3"), ("depends_on", first.as_str()), ("depends_on", same.as_str()), ("depends_on_text", "")];
    assert_eq!(chief.post(&path, &many).await.status, 303);
    let detail = chief.get(&format!("/r/asset/{first}")).await;
    has(&detail, "検針の端末");
    let picked = chief.get("/pick/asset?q=A-00").await;
    assert!(picked.text.contains("A-002") && picked.text.contains(&first), "{}", picked.text);
}

#[tokio::test]
async fn days_are_typed_and_read_in_japanese_years() {
    let house = testkit::app().start().await;
    let manager = house.signed_in(Role::Manager).await;
    for (at, text) in ["令和9年3月31日", "R9.3.31", "2027/3/31", "2027-03-31", "令和９年３月３１日"].iter().enumerate()
    {
        let id = registered(&manager, &[("code", &format!("D-{at}")), ("review_by", text)]).await;
        assert_eq!(house.row("asset", id).text("review_by"), "2027-03-31", "{text}");
        has(&manager.get(&format!("/r/asset/{id}")).await, "令和9年3月31日");
        let form = manager.get(&format!("/r/asset/{id}/edit")).await;
        assert_eq!(form.control("review_by").as_deref(), Some("令和9年3月31日"));
    }
}

#[tokio::test]
async fn a_list_is_filtered_sorted_and_turned_by_its_address_alone() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    for at in 0..120 {
        let body = json!({
            "code": format!("A-{at:03}"), "name": format!("台帳{at}号"), "kind": if at % 2 == 0 { "data" } else { "paper" },
            "unit": if at % 3 == 0 { house.unit_b } else { house.unit_a }, "confidentiality": if at < 10 { "3A" } else { "1" },
            "integrity": "1", "availability": "1", "review_by": format!("2027-{:02}-01", at % 12 + 1),
        });
        house.put("asset", body).await;
    }
    let codes = |seen: &Seen| -> Vec<String> {
        seen.visible().split(' ').filter(|word| word.starts_with("A-") && word.len() == 5).map(str::to_owned).collect()
    };
    let first = chief.get("/r/asset").await;
    has(&first, "120件");
    assert_eq!((codes(&first).len(), codes(&first)[0].as_str()), (50, "A-000"));
    // The way through all pages and back is the one that the pages themselves offer.
    let link = |seen: &Seen, rel: &str| {
        let at = seen.text.find(&format!("rel=\"{rel}\""))?;
        let href = seen.text[at..].split("href=\"").nth(1)?.split('"').next()?;
        Some(href.replace("&amp;", "&"))
    };
    let second = chief.get(&link(&first, "next").unwrap()).await;
    let third = chief.get(&link(&second, "next").unwrap()).await;
    assert_eq!((codes(&second)[0].as_str(), codes(&third).len(), link(&third, "next")), ("A-050", 20, None));
    let back = chief.get(&link(&third, "prev").unwrap()).await;
    assert_eq!(codes(&back), codes(&second));
    assert_eq!(codes(&chief.get(&link(&back, "prev").unwrap()).await), codes(&first));
    let down = chief.get("/r/asset?sort=-code").await;
    assert_eq!(codes(&down)[0], "A-119");
    let secret = chief.get("/r/asset?confidentiality=3A&kind=paper&sort=-code").await;
    assert_eq!(codes(&secret), ["A-009", "A-007", "A-005", "A-003", "A-001"]);
    let unit = chief.get(&format!("/r/asset?unit={}&confidentiality=3A", house.unit_b)).await;
    assert_eq!(codes(&unit), ["A-000", "A-003", "A-006", "A-009"]);
    let both = chief.get("/r/asset?confidentiality=3A&confidentiality=1").await;
    has(&both, "120件");
    let range = chief
        .get("/r/asset?review_by.from=R9.2.1&review_by.to=%E4%BB%A4%E5%92%8C9%E5%B9%B42%E6%9C%8828%E6%97%A5")
        .await;
    assert_eq!(codes(&range).len(), 10);
    let found = chief.get("/r/asset?q=%E5%8F%B0%E5%B8%B3119%E5%8F%B7").await;
    assert_eq!(codes(&found), ["A-119"]);
    has(&chief.get("/r/asset?q=nothing").await, "条件に合うものがありません");
    for wrong in ["/r/asset?none=1", "/r/asset?sort=none", "/r/asset?unit=x", "/r/asset?review_by.from=x"] {
        assert_eq!(chief.get(wrong).await.status, 422, "{wrong}");
    }
    let manager = house.signed_in(Role::Manager).await;
    has(&manager.get("/r/asset").await, "80件");
}

#[tokio::test]
async fn the_csv_of_a_list_is_what_exchange_takes_out_for_that_person() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    let theirs = registered(&chief, &[("code", "B-001"), ("name", "非公開の控え"), ("unit_text", "B")]).await;
    registered(&chief, &[("note", "=SUM(A1)"), ("depends_on_text", "B-001")]).await;
    let manager = house.signed_in(Role::Manager).await;
    let seen = manager.get("/r/asset/export.csv").await;
    assert_eq!(seen.status, 200);
    assert_eq!(seen.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(seen.header("content-disposition"), "attachment; filename=\"asset-2026-11-24.csv\"");
    let expected = house.read(|reading| {
        let known = areas::organisation::person(reading, manager.person())?.unwrap();
        let login = manager.login();
        let who = register::permit::Who::Person {
            account: login.account,
            person: login.person,
            auth: "password",
            session: None,
        };
        let actor = register::permit::Actor { who, holdings: known.holdings };
        let mut bytes = Vec::new();
        exchange::export(
            reading,
            house.store.registers().description("asset").unwrap(),
            &actor,
            (exchange::Format::Csv, |say| &say.ja),
            &mut bytes,
            &mut |_| {},
        )?;
        Ok(bytes)
    });
    assert_eq!(seen.bytes, expected);
    assert!(seen.text.contains("A-001") && seen.text.contains("'=SUM(A1)"), "{}", seen.text);
    let other = house.row("asset", theirs);
    assert!(
        !seen.text.contains("B-001") && !seen.text.contains(&other.title),
        "another unit's record goes out by its id only"
    );
    assert!(seen.text.contains(&theirs.to_string()), "{}", seen.text);
}

#[tokio::test]
async fn an_archived_record_is_read_and_no_more() {
    let house = testkit::app().start().await;
    let manager = house.signed_in(Role::Manager).await;
    let id = registered(&manager, &[]).await;
    let path = format!("/r/asset/{id}");
    let ask = manager.get(&format!("{path}/archive")).await;
    has(&ask, "保管済みにしますか");
    let request = ask.control("request").unwrap();
    let form = [("rev", "1"), ("request", request.as_str()), ("reason", "廃棄した")];
    for _ in 0..2 {
        let done = manager.post_form(&format!("{path}/archive"), &form).await;
        assert_eq!((done.status, done.location()), (303, "/r/asset"), "sent twice, done once");
    }
    has_not(&manager.get("/r/asset").await, "給水契約の台帳");
    has(&manager.get("/r/asset?state=archived").await, "給水契約の台帳");
    has_not(&manager.get("/search?q=%E7%B5%A6%E6%B0%B4%E5%A5%91%E7%B4%84").await, "台帳 給水");
    let page = manager.get(&path).await;
    assert_eq!(page.status, 200);
    for words in ["保管済み", "廃棄した", "給水契約の台帳"] {
        has(&page, words);
    }
    assert!(!page.text.contains(&format!("{path}/edit")) && !page.text.contains(&format!("{path}/comment")));
    for tail in ["/edit", "/archive"] {
        let seen = manager.get(&format!("{path}{tail}")).await;
        assert_eq!(seen.status, 422);
        has(&seen, "この記録は保管済みです。変更できません");
    }
    // Its number is free again.
    registered(&manager, &[]).await;
}

#[tokio::test]
async fn search_finds_over_all_registers_what_the_visitor_may_see() {
    let house = testkit::app().with_policy().start().await;
    let chief = house.signed_in(Role::Chief).await;
    registered(&chief, &[("name", "委託先の一覧"), ("unit_text", "B")]).await;
    let words = "/search?q=%E5%A7%94%E8%A8%97";
    let all = chief.get(words).await;
    has(&all, "委託先の一覧");
    assert!(all.text.contains(&format!("/clauses/{}", clause(&house, "4(3)"))), "{}", all.visible());
    let staff = house.signed_in(Role::Staff).await;
    let some = staff.get(words).await;
    has_not(&some, "委託先の一覧");
    has(&some, "委託");
    has(&chief.get("/search?q=%E3%81%AA%E3%81%84%E3%82%82%E3%81%AE").await, "見つかりません。語句を短くするか");
}

#[tokio::test]
async fn registers_and_scales_are_called_as_people_call_them() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    let import = json!({
        "register": "asset", "file": "assets.csv", "sha256": "0", "stage": "staged",
    });
    house.put("import", import).await;
    for (list, ja, en, stored) in [
        ("/r/grade", "機密性", "Confidentiality", "confidentiality"),
        ("/r/import", "情報資産", "Information assets", "asset "),
    ] {
        let seen = chief.get(list).await;
        has(&seen, ja);
        has_not(&seen, stored);
        has(&chief.get(&format!("{list}?lang=en")).await, en);
    }
    let form = chief.get("/r/grade/new").await;
    assert!(form.text.contains(r#"type="radio" name="scale" value="confidentiality""#), "{}", form.text);
}

#[tokio::test]
async fn evidence_meets_a_clause_until_its_last_day_and_lapses_by_the_clock_alone() {
    let house = testkit::app().with_policy().start().await;
    let manager = house.signed_in(Role::Manager).await;
    let id = clause(&house, "4(2)");
    assert_eq!(standing(&manager, id).await, "未確認");
    let page = manager.get(&format!("/clauses/{id}")).await;
    let slot = format!("/r/evidence/new?clause={id}&amp;back=/clauses/{id}");
    assert!(page.text.contains(&slot), "{}", page.text);
    let form = manager.get(&slot.replace("&amp;", "&")).await;
    let (link, text) = (form.control("clause").unwrap(), form.control("clause_text").unwrap());
    assert_eq!((link.as_str(), text.as_str()), (id.to_string().as_str(), "保管"));
    let back = form.control("back").unwrap();
    let paper = [
        ("clause", link.as_str()),
        ("clause_text", text.as_str()),
        ("name", "施錠の点検表"),
        ("strength", "recorded"),
        ("done_on", "R8.11.20"),
        ("received_on", "R8.11.21"),
        ("fresh_until", "R9.3.31"),
        ("back", back.as_str()),
    ];
    let done = manager.post("/r/evidence/new", &paper).await;
    assert_eq!((done.status, done.location()), (303, format!("/clauses/{id}").as_str()), "{}", done.visible());
    assert_eq!(standing(&manager, id).await, "遵守");
    let page = manager.get(&format!("/clauses/{id}")).await;
    for words in ["施錠の点検表", "令和8年11月20日", "令和8年11月21日", "令和8年11月24日", "令和9年3月31日まで"]
    {
        has(&page, words);
    }
    let entries = house.entries();
    house.turn_to("2027-03-31", "23:59");
    let late = house.signed_in(Role::Manager).await;
    assert_eq!(standing(&late, id).await, "遵守");
    house.turn_to("2027-04-01", "00:00");
    assert_eq!(standing(&late, id).await, "未確認");
    has(&late.get(&format!("/clauses/{id}")).await, "期限切れ");
    assert_eq!(house.entries(), entries + 4, "nothing but the one who looks was added");
    let future = manager_post_evidence(&late, id, "R9.5.1").await;
    assert_eq!(future.status, 422);
    has(&future, "実施日は今日までの日にしてください");
}

async fn manager_post_evidence(client: &Client<'_>, clause: Id, done_on: &str) -> Seen {
    let clause = clause.to_string();
    let paper = [
        ("clause_text", clause.as_str()),
        ("name", "点検表"),
        ("strength", "recorded"),
        ("done_on", done_on),
        ("received_on", done_on),
        ("fresh_until", done_on),
    ];
    client.post("/r/evidence/new", &paper).await
}

async fn declared(client: &Client<'_>, clause: Id, kind: &str, more: &[(&str, &str)]) -> Seen {
    let (clause, person) = (clause.to_string(), client.person().to_string());
    let mut form = vec![
        ("clause_text", clause.as_str()),
        ("declared_by_text", person.as_str()),
        ("kind", kind),
        ("statement", "当月は貸出しがなかった"),
        ("from", "R8.11.1"),
        ("until", "R8.11.30"),
    ];
    form.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    form.extend(more);
    client.post("/r/declaration/new", &form).await
}

#[tokio::test]
async fn nothing_occurred_holds_until_its_last_day() {
    let house = testkit::app().with_policy().start().await;
    let manager = house.signed_in(Role::Manager).await;
    let id = clause(&house, "4(3)");
    assert_eq!(declared(&manager, id, "nothing_occurred", &[]).await.status, 303);
    assert_eq!(standing(&manager, id).await, "遵守");
    house.turn_to("2026-11-30", "23:59");
    let late = house.signed_in(Role::Manager).await;
    assert_eq!(standing(&late, id).await, "遵守");
    house.turn_to("2026-12-01", "00:00");
    assert_eq!(standing(&late, id).await, "未確認");
}

#[tokio::test]
async fn what_another_body_provides_names_provider_agreement_and_reader() {
    let house = testkit::app().with_policy().start().await;
    let manager = house.signed_in(Role::Manager).await;
    let id = clause(&house, "4(2)");
    let bare = declared(&manager, id, "provided", &[]).await;
    assert_eq!(bare.status, 422);
    has(&bare, "提供元の名称を入力してください");
    let whole = [("provider", "県"), ("agreement", "令和8年度の協定"), ("reports_read_by", "総務課長")];
    assert_eq!(declared(&manager, id, "provided", &whole).await.status, 303);
    assert_eq!(standing(&manager, id).await, "提供元で実施");
}

#[tokio::test]
async fn not_applicable_counts_only_after_another_person_confirmed_it() {
    let house = testkit::app().with_policy().start().await;
    let (chief, ciso) = (house.signed_in(Role::Chief).await, house.signed_in(Role::Ciso).await);
    let id = clause(&house, "4(3)");
    assert_eq!(declared(&chief, id, "not_applicable", &[]).await.status, 303);
    assert_eq!(standing(&chief, id).await, "未確認");
    let declaration = house.rows("declaration")[0].id;
    let path = format!("/r/declaration/{declaration}/act/confirm");
    has_not(&chief.get("/today").await, "適用外の申告を確認する");
    has(&ciso.get("/today").await, "適用外の申告を確認する");
    let own = chief.post(&path, &[("rev", "1"), ("note", "妥当")]).await;
    assert_eq!(own.status, 422);
    has(&own, "職務の分離");
    assert_eq!(own.visible().matches("職務の分離").count(), 1);
    assert!(own.text.contains("妥当"), "the note stays");
    assert_eq!(standing(&chief, id).await, "未確認");
    let ask = ciso.get(&path).await;
    let request = ask.control("request").unwrap();
    let form = [("rev", "1"), ("request", request.as_str()), ("until", "令和8年11月30日"), ("note", "委託がない")];
    for _ in 0..2 {
        let done = ciso.post_form(&path, &form).await;
        assert_eq!(done.status, 303, "sent twice, done once: {}", done.visible());
    }
    assert_eq!(standing(&chief, id).await, "適用外");
    let withdraw = format!("/r/declaration/{declaration}/act/withdraw");
    assert_eq!(chief.post(&withdraw, &[("rev", "2")]).await.status, 303);
    assert_eq!(standing(&chief, id).await, "未確認");
}

#[tokio::test]
async fn a_policy_brought_in_twice_keeps_its_clauses_and_a_new_edition_holds_from_its_day() {
    let house = testkit::app().with_policy().start().await;
    let chief = house.signed_in(Role::Chief).await;
    let before: Vec<(Id, String)> =
        house.rows("clause").iter().map(|row| (row.id, row.text("slug").to_owned())).collect();
    let again = house.bring_in(POLICY).await.unwrap();
    assert_eq!((again.clauses, again.terms, again.organs), (0, 0, 0));
    let after: Vec<(Id, String)> =
        house.rows("clause").iter().map(|row| (row.id, row.text("slug").to_owned())).collect();
    assert_eq!(after, before);
    let first = house.policy.unwrap();
    assert_eq!(again.document, first.document);
    let adopt = async |edition: Id, decided: &str, effective: &str| {
        let form = [("rev", "1"), ("decided_on", decided), ("effective_on", effective)];
        chief.post(&format!("/r/edition/{edition}/act/adopt"), &form).await
    };
    let missing = adopt(first.edition, "R8.11.1", "").await;
    assert_eq!(missing.status, 422);
    has(&missing, "施行日を入力してください");
    assert_eq!(missing.control("decided_on").as_deref(), Some("R8.11.1"));
    let early = adopt(first.edition, "R8.11.1", "R8.10.1").await;
    has(&early, "施行日は決裁日以後の日にしてください");
    assert_eq!(adopt(first.edition, "R8.11.1", "R8.11.1").await.status, 303);
    // The clause on storage moves and is worded otherwise: its identity stays, its proof too.
    let storage = clause(&house, "4(2)");
    assert_eq!(manager_post_evidence(&chief, storage, "R8.11.24").await.status, 303);
    let revised = POLICY
        .replace("## 5 点検", "- (4) 記録\n操作の記録を残し、後から追えるようにする。\n\n## 5 点検")
        .replace("令和8年4月1日改正", "令和8年12月1日改正")
        .replace("鍵のかかる所に置く", "鍵のかかる所に置き、出し入れを書き留める");
    let new = house.bring_in(&revised).await.unwrap();
    assert_eq!((new.clauses, new.document), (1, first.document));
    assert_eq!(adopt(new.edition, "R8.11.24", "R8.12.1").await.status, 303);
    let document = format!("/documents/{}", first.document);
    let today = chief.get(&document).await;
    has_not(&today, "出し入れを書き留める");
    has_not(&today, "この版は案です");
    has_not(&chief.get(&format!("/clauses/{storage}")).await, "出し入れを書き留める");
    house.turn_to("2026-11-30", "23:59");
    let eve = house.signed_in(Role::Staff).await;
    has_not(&eve.get(&document).await, "出し入れを書き留める");
    house.turn_to("2026-12-01", "00:00");
    has(&eve.get(&document).await, "出し入れを書き留める");
    has(&eve.get(&format!("/clauses/{storage}")).await, "出し入れを書き留める");
    has(&eve.get(&format!("{document}?edition={}", first.edition)).await, "鍵のかかる所に置く。");
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn a_draft_says_so_until_it_is_adopted() {
    let house = testkit::app().with_policy().start().await;
    let chief = house.signed_in(Role::Chief).await;
    let policy = house.policy.unwrap();
    let page = chief.get(&format!("/documents/{}", policy.document)).await;
    for words in
        ["この版は案です", "決裁を記録する", "月見野組合情報セキュリティ基本方針", "情報資産は、鍵のかかる所に置く。"]
    {
        has(&page, words);
    }
    has_not(
        &house.signed_in(Role::Staff).await.get(&format!("/documents/{}", policy.document)).await,
        "決裁を記録する",
    );
    let map = chief.get("/standing").await;
    has(&map, "未確認");
    has(&map, "0 / ");
    for (register, words) in [("term", "情報資産"), ("organ", "議会"), ("clause", "保管")] {
        has(&chief.get(&format!("/r/{register}")).await, words);
    }
    let terms = house.rows("term");
    assert_eq!(terms.len(), 2, "{terms:?}");
}

#[tokio::test]
async fn a_definition_with_a_long_number_is_brought_in() {
    let house = testkit::app().start().await;
    let long = "2-1-1-1-1-1-1-1-1-1-1";
    house.bring_in(&POLICY.replace("- (1) 情報資産", &format!("- {long} 情報資産"))).await.unwrap();
    let terms = house.rows("term");
    assert!(terms.iter().any(|row| row.text("number") == &long[..20]), "{terms:?}");
}

#[tokio::test]
async fn a_definition_without_a_term_is_left_out_and_one_cut_to_fit_is_known_again() {
    let house = testkit::app().start().await;
    let long = format!("情報{}資産", "システム等".repeat(20));
    let nameless = POLICY.replace("- (1) 情報資産", &format!("- (1) {long}"));
    house.bring_in(&nameless).await.unwrap();
    assert_eq!(house.rows("term").len(), 1);
    let named = POLICY.replace("- (1) 情報資産", &format!("- (1) {long}とは、"));
    assert_eq!(house.bring_in(&named).await.unwrap().terms, 1);
    let again = house.bring_in(&named.replace("保管", "保存")).await.unwrap();
    assert_eq!((again.terms, again.organs, house.rows("term").len()), (0, 0, 2));
}

#[tokio::test]
async fn the_head_of_the_ledger_is_shown_for_paper() {
    let house = testkit::app().start().await;
    let staff = house.signed_in(Role::Staff).await;
    let (size, root) = house.signed_head().await;
    let page = staff.get("/ledger").await;
    for words in [size.to_string(), root.clone(), format!("--held {size}:{root}"), "控え".to_owned()] {
        has(&page, &words);
    }
    assert!(page.text.contains("sk-qr"));
    has(&staff.get("/ledger?lang=en").await, "Head of the ledger");
    assert_eq!(house.visitor().get("/ledger").await.status, 303);
}

#[tokio::test]
async fn today_tells_each_person_their_own_duties() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    has(&chief.get("/today").await, "情報セキュリティ基本方針を取り込む");
    let manager = house.signed_in(Role::Manager).await;
    let staff = house.signed_in(Role::Staff).await;
    has_not(&manager.get("/today").await, "情報セキュリティ基本方針を取り込む");
    has(&manager.get("/today").await, "本日の対応はありません");
    let policy = house.bring_in(POLICY).await.unwrap();
    has_not(&chief.get("/today").await, "情報セキュリティ基本方針を取り込む");
    has(&chief.get("/today").await, "決裁を記録する：令和8年4月1日改正");
    has_not(&manager.get("/today").await, "決裁を記録する");
    assert!(policy.clauses > 5);
    registered(&chief, &[("review_by", "R8.11.20"), ("place", "")]).await;
    registered(&chief, &[("code", "A-002"), ("review_by", "R8.12.24")]).await;
    registered(&chief, &[("code", "A-003"), ("review_by", "R8.12.25")]).await;
    registered(&chief, &[("code", "B-001"), ("unit_text", "B"), ("review_by", "R8.11.24")]).await;
    let page = manager.get("/today").await;
    for words in
        ["本日の対応 2件（期限超過 1件）", "情報資産の棚卸し 2件", "4日超過", "保管場所の記録がない情報資産 1件"]
    {
        has(&page, words);
    }
    has(&chief.get("/today").await, "情報資産の棚卸し 3件");
    has(&staff.get("/today").await, "本日の対応はありません");
    let storage = clause(&house, "4(2)");
    assert_eq!(manager_post_evidence(&manager, storage, "R8.11.24").await.status, 303);
    has(&manager.get("/today").await, "4(2) 保管");
    has(&chief.get("/today").await, "「点検表」の有効期限です");
    has_not(&staff.get("/today").await, "保管");
    // A declaration that was taken back renews nothing.
    assert_eq!(declared(&manager, storage, "nothing_occurred", &[]).await.status, 303);
    has(&manager.get("/today").await, "申告の期間が終わります");
    assert_eq!(declared(&manager, storage, "nothing_occurred", &[("until", "R9.3.31")]).await.status, 303);
    has_not(&manager.get("/today").await, "申告の期間が終わります");
    let newer = house.rows("declaration").last().unwrap().id;
    assert_eq!(chief.post(&format!("/r/declaration/{newer}/act/withdraw"), &[("rev", "1")]).await.status, 303);
    has(&manager.get("/today").await, "申告の期間が終わります");
}

#[tokio::test]
async fn a_register_given_only_as_data_has_the_same_pages() {
    let key = json!({
        "name": "key", "label": {"ja": "鍵の台帳", "en": "Keys"}, "title": "name", "facets": ["kind"], "sorts": ["name"], "unit": "unit",
        "unique": [{"fields": ["name"]}],
        "fields": [
            {"name": "name", "label": {"ja": "鍵の名称", "en": "Key"}, "kind": {"text": {"max": 40}}, "required": true},
            {"name": "unit", "label": {"ja": "部署", "en": "Unit"}, "kind": {"link": {"to": "unit"}}, "required": true},
            {"name": "kind", "label": {"ja": "種類", "en": "Kind"}, "kind": {"choice": {"options": [
                {"value": "metal", "label": {"ja": "金属", "en": "Metal"}}, {"value": "card", "label": {"ja": "カード", "en": "Card"}},
            ]}}},
            {"name": "count", "label": {"ja": "本数", "en": "Count"}, "kind": {"integer": {"min": 1, "max": 99}}},
            {"name": "until", "label": {"ja": "期限", "en": "Until"}, "kind": "date"},
        ],
        "access": [{"roles": ["manager"], "actions": ["view", "list", "create", "edit", "export", "comment", "attach"], "reach": "unit"}],
        "lifecycle": {
            "states": [{"name": "kept", "ja": "保管", "en": "Kept"}, {"name": "lent", "ja": "貸出中", "en": "Lent"}],
            "transitions": [{"name": "lend", "ja": "貸し出す", "en": "Lend", "from": ["kept"], "to": "lent", "roles": ["manager"], "reach": "unit", "requires": ["until"], "until": "until"}],
        },
    });
    let house = testkit::app().with_register(serde_json::from_value(key).unwrap()).start().await;
    let manager = house.signed_in(Role::Manager).await;
    has(&manager.get("/r/key").await, "まだ登録がありません");
    let form = manager.get("/r/key/new").await;
    for words in ["鍵の台帳の登録", "鍵の名称", "金属", "本数", "期限"] {
        has(&form, words);
    }
    let wrong = manager.post("/r/key/new", &[("name", "書庫"), ("unit_text", "総務課"), ("count", "100")]).await;
    assert_eq!(wrong.status, 422);
    has(&wrong, "本数は1から99までの数にしてください");
    let made = manager
        .post("/r/key/new", &[("name", "書庫"), ("unit_text", "総務課"), ("kind", "card"), ("count", "2")])
        .await;
    assert_eq!(made.status, 303, "{}", made.visible());
    let path = made.location().split('?').next().unwrap().to_owned();
    for words in ["書庫", "カード", "総務課", "保管", "貸し出す"] {
        has(&manager.get(&path).await, words);
    }
    has(&manager.get("/r/key?kind=card").await, "書庫");
    assert_eq!(manager.post(&format!("{path}/edit"), &[("rev", "1"), ("count", "３")]).await.status, 303);
    has(&manager.get(&path).await, "3");
    let early = manager.post(&format!("{path}/act/lend"), &[("rev", "2"), ("until", "")]).await;
    assert_eq!(early.status, 422);
    assert_eq!(manager.post(&format!("{path}/act/lend"), &[("rev", "2"), ("until", "R8.11.30")]).await.status, 303);
    has(&manager.get(&path).await, "貸出中");
    house.turn_to("2026-12-01", "00:00");
    let late = house.signed_in(Role::Manager).await;
    has(&late.get(&path).await, "期限切れ");
    let csv = late.get("/r/key/export.csv").await;
    assert!(csv.text.contains("書庫,A,カード,3,2026-11-30"), "{}", csv.text);
    assert_eq!(late.post(&format!("{path}/comment"), &[("text", "返却待ち")]).await.status, 303);
    assert_eq!(late.upload(&format!("{path}/attach"), "受領書.pdf", b"x").await.status, 303);
    assert_eq!(house.signed_in_of(house.unit_b, Role::Manager).await.get(&path).await.status, 404);
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn pages_speak_english_to_who_asks_for_it() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    let page = chief.get("/r/asset?lang=en").await;
    has(&page, "Information assets");
    assert!(page.header("set-cookie").starts_with("sekimori-lang=en;"));
    let missing = chief.send(Method::GET, "/r/asset/none?lang=en", None, Vec::new()).await;
    assert_eq!(missing.status, 404);
    assert!(!missing.visible().contains("見つかりません"));
}

#[tokio::test]
async fn the_proof_of_an_entry_shows_its_bytes_and_its_way_to_the_head() {
    let house = testkit::app().with_policy().start().await;
    let manager = house.signed_in(Role::Manager).await;
    let id = registered(&manager, &[("note", "秘密の申し送り")]).await;
    let seq = house.row("asset", id).seq;
    let page = manager.get(&format!("/r/asset/{id}/entry/{seq}")).await;
    has(&page, "操作記録の証明");
    has(&page, &format!("\"seq\":{seq}"));
    has_not(&page, "秘密の申し送り");
    let body = sample(&house, "evidence", house.unit_a, "議事録").await;
    let paper = house.put("evidence", body).await;
    has(&manager.get(&format!("/r/evidence/{paper}")).await, "議事録");
}

/// A workbook with these rows on its sheet, texts all.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    use std::io::Write as _;
    let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = |cells: &&[&str]| format!("<row>{}</row>", cells.iter().map(cell).collect::<String>());
    let sheet = format!("<worksheet><sheetData>{}</sheetData></worksheet>", rows.iter().map(row).collect::<String>());
    let parts = [
        ("xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"職員\" r:id=\"a\"/></sheets></workbook>"),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"a\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", sheet.as_str()),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_workbook_is_matched_checked_brought_in_and_taken_back() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    let before = house.rows("person").len();
    for page in ["/r/person", "/r/person/import"] {
        has(&chief.get(page).await, "貼り付け");
    }
    let file = workbook(&[
        &["職員名簿"],
        &["氏名（必須）", "課", "任用の区分", "めも"],
        &["佐渡 一郎", "総務課", "常勤の職員", "x"],
        &["両津 次郎", "ない課", "正規", ""],
    ]);
    let sent = chief.upload("/r/person/import", "名簿.xlsx", &file).await;
    assert_eq!(sent.status, 303, "{}", sent.visible());
    let import = sent.location().to_owned();
    let matching = chief.get(&import).await;
    for words in ["2 列を合わせる", "B列「課」", "例：佐渡 一郎、両津 次郎", "ファイルに列のない必須の項目"]
    {
        has(&matching, words);
    }
    // The unknown column is the section.
    let chosen = [("c0", "name"), ("c1", "unit"), ("c2", "employment"), ("c3", "")];
    let next = chief.post(&import, &chosen).await;
    assert_eq!(next.location(), format!("{import}/check"));
    let check = chief.get(next.location()).await;
    for words in ["B4 課 所属の「ない課」が見つかりません", "C4 任用の区分", "2 誤り", "めも（D）"]
    {
        has(&check, words);
    }
    assert!(check.control("seen").is_none(), "nothing can be brought in while there are errors");
    let faults = chief.get(&format!("{import}/faults.csv")).await;
    assert!(
        faults.text.contains("両津 次郎,ない課,正規,,\"B4: ") || faults.text.contains("両津 次郎,ない課,正規,,B4: "),
        "{}",
        faults.text
    );
    assert_eq!(house.rows("person").len(), before);

    let file = workbook(&[&["氏名", "職名"], &["佐渡 一郎", "主事"], &["両津 次郎", ""]]);
    let import = chief.upload("/r/person/import", "名簿2.xlsx", &file).await.location().to_owned();
    let fixed = [("c0", "name"), ("c1", "post"), ("unit_text", "総務課"), ("employment", "regular")];
    chief.post(&import, &fixed).await;
    has(&chief.get(&import).await, "総務課");
    let check = chief.get(&format!("{import}/check")).await;
    for words in ["2 追加", "0 誤り", "職名：主事", "取り込む（追加2件）"] {
        has(&check, words);
    }
    let seen = check.control("seen").unwrap();
    let done = chief.post(&format!("{import}/check"), &[("seen", &seen)]).await;
    assert_eq!(done.location(), format!("{import}?notice=done"));
    has(&chief.get(done.location()).await, "取り込みました。");
    assert_eq!(house.rows("person").len(), before + 2);
    has(&chief.get("/r/import").await, "名簿2.xlsx");

    let ask = chief.get(&format!("{import}/undo")).await;
    has(&ask, "この取込みを取り消しますか");
    let undone = chief.post(&format!("{import}/undo"), &[("reason", "別の名簿だった")]).await;
    assert_eq!(undone.location(), format!("{import}?notice=undone"));
    has(&chief.get(undone.location()).await, "取り消しました。");
    assert_eq!(house.rows("person").len(), before);
    // Whoever may not import sees none of it.
    let manager = house.signed_in(Role::Manager).await;
    assert_eq!(manager.get(&import).await.status, 404);
    assert_eq!(manager.get("/r/person/import").await.status, 403);
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn an_import_that_was_touched_is_not_undone_and_names_the_records() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    let csv = "部署番号,部署名\n71,相川課\n72,金井課\n";
    let import = chief.upload("/r/unit/import", "部署.csv", csv.as_bytes()).await.location().to_owned();
    let seen = chief.get(&format!("{import}/check")).await.control("seen").unwrap();
    chief.post(&format!("{import}/check"), &[("seen", &seen)]).await;
    let unit = house.read(|reading| reading.by_key("unit", "code", "72")).unwrap();
    house.edit("unit", unit.id, json!({"place": "別館"})).await;
    let ask = chief.get(&format!("{import}/undo")).await;
    has(&ask, "取り消せません");
    has(&ask, "金井課");
    has_not(&ask, "相川課");
    assert_eq!(chief.post(&format!("{import}/undo"), &[]).await.status, 422);
}

#[tokio::test]
async fn pasted_names_are_checked_corrected_and_asked_about() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    for number in ["001", "002"] {
        let person = json!({"name": "佐藤 太郎", "number": number, "unit": house.unit_a, "employment": "regular"});
        house.put("person", person).await;
    }
    assert_eq!(chief.post("/r/person/paste", &[("cells", " ")]).await.status, 422);
    let sent = chief.post("/r/person/paste", &[("cells", "佐藤太郎\n本間 花子\n")]).await;
    let import = sent.location().to_owned();
    has(&chief.get(&import).await, "A列");
    // A section that doesn't exist, then the one that does.
    chief.post(&import, &[("c0", "name"), ("unit_text", "ない課"), ("employment", "regular")]).await;
    has(&chief.get(&format!("{import}/check")).await, "ない課");
    chief.post(&import, &[("c0", "name"), ("unit_text", "総務課"), ("employment", "regular")]).await;
    let check = chief.get(&format!("{import}/check")).await;
    has(&check, "1行目の「佐藤太郎」は、登録されているどの記録ですか");
    has(&check, "佐藤 太郎（002、総務課");
    let key = check.control("k0").unwrap();
    chief.post(&format!("{import}/answers"), &[("k0", &key), ("d0", "new")]).await;
    let check = chief.get(&format!("{import}/check")).await;
    has(&check, "取り込む（追加2件）");
    // Cells that are corrected keep what was chosen; the import before is given up.
    let page = chief.get(&format!("/r/person/paste?from={}", import.trim_start_matches("/imports/"))).await;
    has(&page, "本間 花子");
    let from = page.control("from").unwrap();
    let again = chief.post("/r/person/paste", &[("from", &from), ("cells", "本間 花子\n")]).await;
    assert!(again.location().ends_with("/check"), "{}", again.location());
    has(&chief.get(again.location()).await, "取り込む（追加1件）");
    has(&chief.get(&import).await, "取りやめ");
}

#[tokio::test]
async fn what_is_taken_out_leaves_an_entry_with_its_filter() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    registered(&chief, &[]).await;
    for ending in ["csv", "xlsx"] {
        assert_eq!(chief.get(&format!("/r/asset/export.{ending}?confidentiality=2")).await.status, 200);
    }
    let exports: Vec<_> = house.rows("export").into_iter().map(|row| row.body).collect();
    assert_eq!(exports.len(), 2);
    assert_eq!(
        serde_json::Value::Object(exports[1].clone()),
        json!({"register": "asset", "format": "xlsx", "rows": 1, "filter": "confidentiality=2"})
    );
    let template = chief.get("/r/asset/template.xlsx").await;
    assert_eq!((template.status, &template.bytes[..2]), (200, &b"PK"[..]));
    assert_eq!(house.rows("export").len(), 2, "a template holds no record");
}

#[tokio::test]
async fn every_register_of_the_house_goes_out_and_comes_in_unchanged_in_both_forms() {
    let house = testkit::app().with_policy().start().await;
    for description in house.store.registers().all().cloned().collect::<Vec<_>>() {
        if description.fields.iter().any(|field| field.hidden) {
            continue;
        }
        // What describes registers is named in ASCII.
        let marks = if description.name.starts_with("own_") { ["m1", "m2", "m3"] } else { ["一", "=二", "003"] };
        for mark in marks {
            let body = testkit::sample(&house, &description.name, house.unit_a, mark).await;
            house.put(Box::leak(description.name.clone().into_boxed_str()), body).await;
        }
        let console = register::permit::Actor::engine("console");
        for (format, lingua) in [
            (exchange::Format::Csv, (|say| &say.ja) as exchange::Lingua),
            (exchange::Format::Xlsx, |say| &say.ja),
            (exchange::Format::Xlsx, |say| &say.en),
        ] {
            let mut bytes = Vec::new();
            let (trial, rows) = house.read(|reading| {
                let rows =
                    exchange::export(reading, &description, &console, (format, lingua), &mut bytes, &mut |_| {})?;
                let choices = exchange::Choices::default();
                Ok((exchange::trial(reading, &description, &console, &bytes, &choices, &mut |_| {})?, rows))
            });
            assert_eq!(
                (trial.problems.as_slice(), trial.same, trial.writes()),
                (&[][..], rows, 0),
                "{}",
                description.name
            );
        }
    }
}
