//! What is sealed, restricted or erased, on the pages: every look leaves an entry first, and two people erase.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use axum::http::Method;
use base::id::Id;
use register::Description;
use register::permit::Role;
use serde_json::json;
use testkit::House;

/// A text that must not be seen without its entry.
const CANARY: &str = "canary-調書-canary";

/// Working papers of an audit, as a register that is given only as data.
fn papers() -> Description {
    let text = |name: &str, ja: &str, sealed: bool| json!({"name": name, "label": {"ja": ja, "en": name}, "kind": {"long": {"max": 4000}}, "sealed": sealed});
    let description = json!({
        "name": "paper", "label": {"ja": "監査調書", "en": "Working papers"}, "title": "name", "restricted": true,
        "fields": [text("name", "件名", false), text("text", "内容", true)],
        "access": [
            {"roles": ["chief", "ciso", "auditor"], "actions": ["view", "list", "create", "edit", "export", "erase"], "reach": "all"},
            {"roles": ["auditor"], "actions": ["seal"], "reach": "all"},
        ],
    });
    serde_json::from_value(description).unwrap()
}

fn acts(house: &House, id: Id) -> Vec<String> {
    let row = house.row("paper", id);
    house.store.read_now(|reading| reading.acts(&row)).unwrap().into_iter().map(|act| act.what).collect()
}

async fn house() -> (House, Id) {
    let house = testkit::app().with_register(papers()).start().await;
    let id = house.put("paper", json!({"name": "令和8年度の監査", "text": CANARY})).await;
    (house, id)
}

#[tokio::test]
async fn every_look_at_a_restricted_record_leaves_an_entry_first() {
    let (house, id) = house().await;
    let chief = house.signed_in(Role::Chief).await;
    let seq = house.row("paper", id).seq;
    for path in ["", "/edit", &format!("/entry/{seq}"), "/paper"] {
        let before = house.entries();
        let seen = chief.get(&format!("/r/paper/{id}{path}")).await;
        assert_eq!((seen.status, house.entries() - before), (200, 1), "{path}");
        assert!(!seen.text.contains("canary"), "{path}");
    }
    let before = house.entries();
    let seen = chief.get("/r/paper/export.csv").await;
    assert_eq!((seen.status, house.entries() - before), (200, 1));
    assert!(seen.text.contains("令和8年度の監査") && !seen.text.contains("canary"));
    assert_eq!(acts(&house, id)[0], "exported");
    assert!(chief.get(&format!("/r/paper/{id}")).await.visible().contains("閲覧"), "the history shows who looked");
    let staff = house.signed_in(Role::Staff).await;
    let before = house.entries();
    assert_eq!(staff.get(&format!("/r/paper/{id}")).await.status, 403);
    assert_eq!(house.entries(), before);
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn a_seal_is_opened_by_whoever_may_and_by_nobody_else() {
    let (house, id) = house().await;
    let (chief, auditor) = (house.signed_in(Role::Chief).await, house.signed_in(Role::Auditor).await);
    let unseal = format!("/r/paper/{id}/unseal");
    let seen = chief.get(&format!("/r/paper/{id}")).await;
    assert!(seen.visible().contains("封をされています") && !seen.text.contains(&unseal), "{}", seen.visible());
    assert_eq!(chief.post(&unseal, &[]).await.status, 403);
    assert!(auditor.get(&format!("/r/paper/{id}")).await.text.contains(&unseal));
    assert_eq!(auditor.send(Method::GET, &unseal, None, Vec::new()).await.status, 405, "a link can't open it");
    let seen = auditor.post(&unseal, &[]).await;
    assert!(seen.status == 200 && seen.visible().contains(CANARY), "{}", seen.visible());
    assert_eq!(acts(&house, id)[0], "unsealed");
    assert_eq!(chief.post("/r/paper/export-sealed.csv", &[]).await.status, 403);
    let seen = auditor.post("/r/paper/export-sealed.csv", &[]).await;
    assert!(seen.status == 200 && seen.text.contains(CANARY));
    assert_eq!(acts(&house, id)[..2], ["unsealed", "unsealed"]);
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn a_form_replaces_what_is_sealed_or_keeps_it() {
    let (house, id) = house().await;
    let (chief, auditor) = (house.signed_in(Role::Chief).await, house.signed_in(Role::Auditor).await);
    let form = chief.get(&format!("/r/paper/{id}/edit")).await;
    assert!(form.visible().contains("空のままなら、いまの内容は変わりません") && !form.text.contains("canary"));
    let edit = format!("/r/paper/{id}/edit");
    let saved = chief.post(&edit, &[("rev", "1"), ("name", "改めた件名"), ("text", "")]).await;
    assert_eq!(saved.status, 303);
    let seen = auditor.post(&format!("/r/paper/{id}/unseal"), &[]).await;
    assert!(seen.visible().contains(CANARY));
    assert_eq!(chief.post(&edit, &[("rev", "2"), ("name", "改めた件名"), ("text", "二度目の内容")]).await.status, 303);
    let page = chief.get(&format!("/r/paper/{id}")).await;
    assert!(!page.text.contains("二度目の内容") && !page.text.contains("$sealed"), "{}", page.visible());
    assert!(auditor.post(&format!("/r/paper/{id}/unseal"), &[]).await.visible().contains("二度目の内容"));
}

#[tokio::test]
async fn two_people_erase_a_record_and_its_place_stays() {
    let (house, id) = house().await;
    let (chief, ciso) = (house.signed_in(Role::Chief).await, house.signed_in(Role::Ciso).await);
    let erase = format!("/r/paper/{id}/erase");
    let page = chief.get(&erase).await;
    assert!(page.visible().contains("元に戻せません"), "{}", page.visible());
    let wrong = chief.post(&erase, &[("ground", "law"), ("why", "")]).await;
    assert!(wrong.status == 422 && wrong.visible().contains("理由を入力してください"), "{}", wrong.visible());
    assert_eq!(chief.post(&erase, &[("ground", "retention"), ("why", "5年の保存期間が満了")]).await.status, 303);
    let own = chief.get(&erase).await;
    assert!(own.visible().contains("承認は、申請した人とは別の人が行います"), "{}", own.visible());
    let request = house.rows("erasure")[0].id;
    let carry_out = format!("{erase}/{request}/carry_out");
    let alone = chief.post(&carry_out, &[("rev", "1")]).await;
    assert_eq!(alone.status, 422, "{}", alone.visible());
    assert_eq!(house.row("paper", id).title, "令和8年度の監査");
    assert!(ciso.get(&erase).await.visible().contains("5年の保存期間が満了"));
    assert_eq!(ciso.post(&carry_out, &[("rev", "1")]).await.status, 303);
    let gone = chief.get(&format!("/r/paper/{id}")).await;
    assert!(gone.visible().contains("消去済み") && !gone.visible().contains("令和8年度"), "{}", gone.visible());
    assert!(gone.visible().contains("5年の保存期間が満了"), "the ground stays: {}", gone.visible());
    for path in ["/edit", "/erase"] {
        assert_eq!(chief.get(&format!("/r/paper/{id}{path}")).await.status, 422, "{path}");
    }
    assert_eq!(house.row("erasure", request).state, "done");
    assert_eq!(house.audit().bad, None);
}
