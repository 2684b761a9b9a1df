//! Registers and fields of the organisation's own, made on pages and used on pages, without script.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use register::permit::Role;
use testkit::{Client, Seen};

fn has(seen: &Seen, words: &str) {
    assert!(seen.visible().contains(words), "「{words}」 is not in: {}", seen.visible());
}

fn has_not(seen: &Seen, words: &str) {
    assert!(!seen.visible().contains(words), "「{words}」 is in: {}", seen.visible());
}

/// A choice on assets, to filter and sort by.
const PLACE: &[(&str, &str)] = &[
    ("register", "asset"),
    ("proposed", "x_1"),
    ("label", "設置場所"),
    ("kind", "choice"),
    ("options", "本庁\r\n支所\r\n\r\n 倉庫 "),
    ("column", "true"),
    ("facet", "true"),
    ("sort", "true"),
    ("search", "true"),
];

fn with<'a>(form: &[(&'a str, &'a str)], other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = form.iter().filter(|(name, _)| other.iter().all(|(known, _)| known != name)).copied();
    kept.chain(other.iter().copied()).collect()
}

/// The address of the first link of a page that begins so.
fn link(seen: &Seen, begin: &str) -> String {
    let at =
        seen.text.find(&format!("href=\"{begin}")).unwrap_or_else(|| panic!("no link to {begin}: {}", seen.visible()));
    seen.text[at + 6..].split('"').next().unwrap().to_owned()
}

async fn asset(client: &Client<'_>, code: &str, other: &[(&str, &str)]) -> Seen {
    let form = [
        ("code", code),
        ("name", "端末"),
        ("kind", "device"),
        ("unit_text", "A"),
        ("confidentiality", "2"),
        ("integrity", "1"),
        ("availability", "1"),
        ("place", "執務室"),
    ];
    client.post("/r/asset/new", &with(&form, other)).await
}

#[tokio::test]
async fn a_field_is_added_from_the_list_seen_before_it_is_and_used_at_once() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    let list = chief.get("/r/asset").await;
    let fields = chief.get(&link(&list, "/own/fields")).await;
    has(&fields, "追加した項目はまだありません");
    let new = chief.get(&link(&fields, "/own/fields/new")).await;
    assert_eq!(new.control("proposed").as_deref(), Some("x_1"));
    let before = house.entries();
    let looked = chief.post("/own/fields/new", &with(PLACE, &[("look", "true")])).await;
    assert_eq!((looked.status, house.entries()), (200, before), "a look writes nothing");
    for words in ["見え方", "設置場所", "本庁", "倉庫", "絞り込みに使える項目"] {
        has(&looked, words);
    }
    assert_eq!(chief.post("/own/fields/new", PLACE).await.location(), "/own/fields?register=asset");
    has(&chief.get("/own/fields?register=asset").await, "設置場所");
    assert_eq!(asset(&chief, "A-1", &[("x_1", "支所")]).await.status, 303);
    assert_eq!(asset(&chief, "A-2", &[("x_1", "本庁")]).await.status, 303);
    let wrong = asset(&chief, "A-3", &[("x_1", "屋上")]).await;
    assert_eq!(wrong.status, 422);
    has(&wrong, "本庁、支所、倉庫から選んでください");
    let filtered = chief.get("/r/asset?x_1=支所").await;
    has(&filtered, "1件");
    has(&filtered, "支所");
    let csv = chief.get("/r/asset/export.csv").await;
    assert!(csv.text.contains("設置場所") && csv.text.contains("支所"), "{}", csv.text);
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_control_and_what_was_typed_stays() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    for (other, control, said) in [
        (("label", ""), "f-label", "項目名を入力してください"),
        (("options", ""), "f-options", "選択肢を1つ以上"),
        (("options", "Ａ\na"), "f-options", "同じ選択肢が2つ"),
        (("name", "設置"), "f-name", "半角の英小文字"),
        (("label", "資産名"), "f-label", "同じ名前の項目"),
        (("kind", "scale"), "f-scale", "尺度を選んでください"),
        (("many", "true"), "f-facet", "絞り込めません"),
    ] {
        let seen = chief.post("/own/fields/new", &with(PLACE, &[other])).await;
        assert_eq!(seen.status, 422, "{other:?}");
        has(&seen, said);
        assert!(seen.text.contains(&format!("href=\"#{control}\"")), "{other:?}: {}", seen.visible());
        if other.0 != "label" {
            assert_eq!(seen.control("label").as_deref(), Some("設置場所"));
        }
    }
    assert_eq!(house.rows("own_field").len(), 0);
}

#[tokio::test]
async fn a_field_is_changed_retired_and_its_values_stay_on_the_record() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    chief.post("/own/fields/new", PLACE).await;
    let made = asset(&chief, "A-1", &[("x_1", "支所")]).await.location().split('?').next().unwrap().to_owned();
    let id = house.rows("own_field")[0].id;
    let form = |rev: &'static str, other: &[(&'static str, &'static str)]| {
        let mut form = with(PLACE, other);
        form.push(("rev", rev));
        form
    };
    let path = format!("/own/fields/{id}");
    let wrong = chief.post(&path, &form("1", &[("kind", "text")])).await;
    has(&wrong, "値の入った記録があるため、種類は変更できません");
    let gone = chief.post(&path, &form("1", &[("options", "本庁\n倉庫")])).await;
    has(&gone, "使用をやめることはできます");
    let seen = chief.post(&path, &form("1", &[("retired_options", "支所"), ("label", "置き場所")])).await;
    assert_eq!(seen.status, 303, "{}", seen.visible());
    has(&asset(&chief, "A-2", &[("x_1", "支所")]).await, "使用をやめた選択肢です");
    let edit = chief.get(&format!("{made}/edit")).await;
    has(&edit, "置き場所");
    let seen = chief.post(&path, &form("2", &[("retired", "true"), ("label", "置き場所")])).await;
    assert_eq!(seen.status, 303, "{}", seen.visible());
    has_not(&chief.get(&format!("{made}/edit")).await, "置き場所");
    has(&chief.get(&made).await, "支所");
    has_not(&chief.get("/r/asset").await, "置き場所");
    let stale = chief.post(&path, &form("1", &[("label", "別")])).await;
    assert_eq!(stale.status, 409, "somebody changed it meanwhile");
}

#[tokio::test]
async fn a_register_is_made_opened_to_a_unit_and_found_in_the_navigation_and_by_search() {
    let house = testkit::app().start().await;
    let (chief, manager, staff) =
        (house.signed_in(Role::Chief).await, house.signed_in(Role::Manager).await, house.signed_in(Role::Staff).await);
    has(&chief.get("/own").await, "独自の台帳はまだありません");
    let new = chief.get("/own/registers/new").await;
    has(&new, "だれに何を許すか");
    let form = [
        ("proposed", "x_1"),
        ("label", "契約台帳"),
        ("title", "契約名"),
        ("code", "契約番号"),
        ("unit", "true"),
        ("states", "approval"),
        ("manager.add", "unit"),
        ("manager.change", "unit"),
        ("staff.see", "unit"),
    ];
    let looked = chief.post("/own/registers/new", &with(&form, &[("look", "true")])).await;
    for words in ["契約名", "契約番号", "担当部署", "下書き"] {
        has(&looked, words);
    }
    assert_eq!(chief.post("/own/registers/new", &form).await.location(), "/own?made=x_1");
    has(&chief.get("/own?made=x_1").await, "続けて、この台帳に項目を追加できます");
    let field = [
        ("register", "x_1"),
        ("proposed", "x_1"),
        ("label", "満了日"),
        ("kind", "date"),
        ("sort", "true"),
        ("column", "true"),
    ];
    assert_eq!(chief.post("/own/fields/new", &field).await.status, 303);
    has(&manager.get("/today").await, "その他の台帳 契約台帳");
    let made = manager
        .post(
            "/r/x_1/new",
            &[("code", "K-1"), ("name", "清掃業務の委託"), ("unit_text", "A"), ("x_1", "令和9年3月31日")],
        )
        .await;
    assert_eq!(made.status, 303, "{}", made.visible());
    let other = manager.post("/r/x_1/new", &[("name", "他課の契約"), ("unit_text", "B")]).await;
    assert_eq!(other.status, 422, "only of the unit");
    has(&staff.get("/search?q=清掃業務").await, "契約台帳 1件");
    let record = made.location().split('?').next().unwrap().to_owned();
    has(&staff.get(&record).await, "令和9年3月31日");
    assert_eq!(staff.get(&format!("{record}/edit")).await.status, 403);
    assert_eq!(staff.get("/r/x_1/new").await.status, 403);
    let step = format!("{record}/act/approve");
    assert_eq!(manager.post(&step, &[("rev", "1")]).await.status, 422, "not by whoever made it");
    assert_eq!(chief.post(&step, &[("rev", "1")]).await.status, 303);
    has(&chief.get("/r/x_1").await, "承認済み");
    has(&chief.post(&format!("{record}/comment"), &[("text", "確認しました")]).await, "");
    // A register that is no longer used leaves the navigation.
    let id = house.rows("own_register")[0].id;
    let mut retired = with(&form, &[("retired", "true")]);
    retired.push(("rev", "1"));
    assert_eq!(chief.post(&format!("/own/registers/{id}"), &retired).await.status, 303);
    has_not(&manager.get("/today").await, "契約台帳");
    has(&manager.get(&record).await, "清掃業務の委託");
    assert_eq!(manager.get("/r/x_1/new").await.status, 403);
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn lists_of_values_are_typed_line_by_line_and_boxes_can_be_emptied() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    let many = with(PLACE, &[("facet", ""), ("sort", ""), ("many", "true")]);
    assert_eq!(chief.post("/own/fields/new", &many).await.status, 303);
    let words = [("register", "asset"), ("proposed", "x_2"), ("label", "別名"), ("kind", "text"), ("many", "true")];
    assert_eq!(chief.post("/own/fields/new", &words).await.status, 303);
    let boxes = [("x_1", ""), ("x_1", "本庁"), ("x_1", "倉庫"), ("x_2", "甲\r\n乙")];
    let made = asset(&chief, "A-1", &boxes).await.location().split('?').next().unwrap().to_owned();
    let row = || house.rows("asset").into_iter().find(|row| row.text("code") == "A-1").unwrap();
    assert_eq!(
        (row().body["x_1"].clone(), row().body["x_2"].clone()),
        (["本庁", "倉庫"].into_iter().collect(), ["甲", "乙"].into_iter().collect())
    );
    assert_eq!(chief.post(&format!("{made}/edit"), &[("rev", "1"), ("x_1", ""), ("x_2", "")]).await.status, 303);
    assert!(!row().body.contains_key("x_1") && !row().body.contains_key("x_2"));
}

#[tokio::test]
async fn two_administrators_who_add_at_once_both_get_their_field() {
    let house = testkit::app().start().await;
    let (first, second) = (house.signed_in(Role::Chief).await, house.signed_in(Role::Ciso).await);
    // Both opened the form when no name was taken.
    let (here, there) = (with(PLACE, &[("label", "甲")]), with(PLACE, &[("label", "乙")]));
    let both = tokio::join!(first.post("/own/fields/new", &here), second.post("/own/fields/new", &there));
    assert_eq!((both.0.status, both.1.status), (303, 303), "{} {}", both.0.visible(), both.1.visible());
    let mut names: Vec<_> = house.rows("own_field").iter().map(|row| row.text("name").to_owned()).collect();
    names.sort();
    assert_eq!(names, ["x_1", "x_2"]);
}
