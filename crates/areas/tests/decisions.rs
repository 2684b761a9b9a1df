//! Applications from the form to the last day: applied for, decided, decided in another's place, and over by the date alone.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use base::id::Id;
use register::permit::Role;
use serde_json::json;
use testkit::{Client, House, app, sample};

async fn house() -> House {
    app().on("2026-11-24").with_policy().start().await
}

/// Applies for taking an asset out, as the form does; the record's id.
async fn apply(house: &House, who: &Client<'_>, name: &str) -> Id {
    let body = sample(house, "asset", house.unit_a, "端末").await;
    let asset = house.put("asset", body).await;
    let (asset, carrier, unit) = (asset.to_string(), who.person().to_string(), house.unit_a.to_string());
    let seen = who
        .post(
            "/r/carry_out/new",
            &[
                ("name", name),
                ("asset_text", &asset),
                ("carrier_text", &carrier),
                ("unit_text", &unit),
                ("destination", "県庁"),
                ("purpose", "説明会のため"),
                ("protection", "encrypted"),
                ("from", "令和8年11月24日"),
                ("until", "令和8年11月24日"),
            ],
        )
        .await;
    assert_eq!(seen.status, 303, "{}", seen.visible());
    seen.location().split(['/', '?']).nth(3).unwrap().parse().unwrap()
}

fn state(house: &House, id: Id) -> String {
    house.row("carry_out", id).state
}

#[tokio::test]
async fn an_application_is_applied_for_decided_and_brought_back() {
    let house = house().await;
    house.turn_to("2026-11-24", "23:50");
    let (staff, manager) = (house.signed_in(Role::Staff).await, house.signed_in(Role::Manager).await);
    let offered = staff.get("/apply").await;
    let form = format!("/r/carry_out/new?carrier={}&amp;unit={}", staff.person(), house.unit_a);
    assert!(offered.text.contains(&form), "{}", offered.text);
    let id = apply(&house, &staff, "説明会への持ち出し").await;
    assert!(staff.get("/apply").await.visible().contains("説明会への持ち出し 申請中"));
    // Whose turn it is stands on the record's page.
    let page = staff.get(&format!("/r/carry_out/{id}")).await;
    assert!(page.visible().contains("決裁する人 関 manager managerの職"), "{}", page.visible());
    assert!(!staff.get("/decide").await.visible().contains("説明会への持ち出し"));
    assert!(manager.get("/decide").await.visible().contains("説明会への持ち出し"));
    assert!(manager.get("/today").await.visible().contains("決裁待ち 1件"));
    let ask = manager.get(&format!("/r/carry_out/{id}/act/permit")).await;
    assert_eq!(ask.control("decided_on").as_deref(), Some("令和8年11月24日"), "{}", ask.text);
    let act = format!("/r/carry_out/{id}/act/permit");
    let rev = house.row("carry_out", id).rev.to_string();
    let tomorrow =
        manager.post(&act, &[("rev", &rev), ("decided_on", "令和8年11月25日"), ("note", "気をつけて")]).await;
    assert_eq!(tomorrow.status, 422);
    assert!(tomorrow.visible().contains("決裁日は今日までの日にしてください"));
    assert!(tomorrow.text.contains("気をつけて"), "nothing that was typed is lost");
    let done = manager
        .post(&act, &[("rev", &rev), ("decided_on", "令和8年11月24日"), ("number", "総第9号"), ("manner", "delegated")])
        .await;
    assert_eq!((done.status, state(&house, id).as_str()), (303, "permitted"));
    let page = staff.get(&format!("/r/carry_out/{id}")).await.visible();
    assert!(page.contains("関 manager 専決") && page.contains("総第9号"), "{page}");
    let paper = staff.get(&format!("/r/carry_out/{id}/paper")).await.visible();
    assert!(
        paper.contains("起案文") && paper.contains("文書番号 総第9号") && paper.contains("許可する 関 manager 専決"),
        "{paper}"
    );
    // The permission ends by the date alone.
    house.turn_to("2026-11-25", "00:01");
    assert_eq!(state(&house, id), "lapsed");
    assert!(staff.get("/today").await.visible().contains("持ち出した資産を返却する：説明会への持ち出し"));
    let rev = house.row("carry_out", id).rev.to_string();
    let back = format!("/r/carry_out/{id}/act/give_back");
    let done = staff.post(&back, &[("rev", &rev), ("returned_on", "令和8年11月25日")]).await;
    assert_eq!((done.status, state(&house, id).as_str()), (303, "returned"), "{}", done.visible());
}

#[tokio::test]
async fn the_applicant_decides_nothing_but_may_record_what_another_decided() {
    let house = house().await;
    let (manager, head) = (house.signed_in(Role::Manager).await, house.signed_in(Role::Head).await);
    let id = apply(&house, &manager, "管理者の持ち出し").await;
    assert!(!manager.get("/decide").await.visible().contains("管理者の持ち出し"));
    let act = format!("/r/carry_out/{id}/act/permit");
    let ask = manager.get(&act).await;
    assert!(ask.visible().contains("自分の申請を決裁できません"), "{}", ask.visible());
    let rev = house.row("carry_out", id).rev.to_string();
    let own = manager.post(&act, &[("rev", &rev), ("decided_on", "令和8年11月24日"), ("manner", "own")]).await;
    assert_eq!((own.status, state(&house, id).as_str()), (422, "applied"));
    let me = manager.person().to_string();
    let elsewhere =
        [("rev", rev.as_str()), ("decided_on", "令和8年11月20日"), ("system", "文書管理システム"), ("number", "7")];
    let by_me = manager.post(&act, &[&elsewhere[..], &[("decider_text", &me)]].concat()).await;
    assert_eq!(by_me.status, 422);
    assert!(by_me.visible().contains("職務の分離"));
    let head = head.person().to_string();
    let by_head = manager.post(&act, &[&elsewhere[..], &[("decider_text", &head)]].concat()).await;
    assert_eq!((by_head.status, state(&house, id).as_str()), (303, "permitted"), "{}", by_head.visible());
    assert!(manager.get(&format!("/r/carry_out/{id}")).await.visible().contains("文書管理システム"));
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn a_substitute_decides_while_the_holder_is_away_and_the_holder_reviews() {
    let house = house().await;
    let (staff, manager) = (house.signed_in(Role::Staff).await, house.signed_in(Role::Manager).await);
    let deputy = house.signed_in(Role::Staff).await;
    let held = json!({
        "role": "manager", "post": "課長補佐", "person": deputy.person(), "unit": house.unit_a, "substitute": true,
        "from": "2026-04-01",
    });
    house.put("role_holding", held).await;
    let deputy = house.again(&deputy).await;
    let id = apply(&house, &staff, "不在の間の持ち出し").await;
    let act = format!("/r/carry_out/{id}/act/permit");
    let ask = deputy.get(&act).await;
    assert!(ask.visible().contains("関 managerさんが不在のため、代わって決裁します"), "{}", ask.visible());
    let rev = house.row("carry_out", id).rev.to_string();
    let done = deputy.post(&act, &[("rev", &rev), ("decided_on", "令和8年11月24日")]).await;
    assert_eq!((done.status, state(&house, id).as_str()), (303, "permitted"), "{}", done.visible());
    let decision = house.rows("decision")[0].id;
    assert!(manager.get("/today").await.visible().contains("後閲する：不在の間の持ち出し"));
    assert!(staff.get(&format!("/r/carry_out/{id}")).await.visible().contains("後閲待ち"));
    let review = format!("/r/decision/{decision}/act/review");
    assert_eq!(deputy.post(&review, &[("rev", "1")]).await.status, 404, "not theirs");
    let done = manager.post(&review, &[("rev", "1"), ("note", "了解しました")]).await;
    assert_eq!(done.status, 303, "{}", done.visible());
    assert!(staff.get(&format!("/r/carry_out/{id}")).await.visible().contains("後閲済み"));
    assert!(!manager.get("/today").await.visible().contains("後閲する"));
}

#[tokio::test]
async fn of_two_deciders_at_once_the_second_is_told() {
    let house = house().await;
    let (staff, manager, head) =
        (house.signed_in(Role::Staff).await, house.signed_in(Role::Manager).await, house.signed_in(Role::Head).await);
    let id = apply(&house, &staff, "二人の決裁").await;
    let rev = house.row("carry_out", id).rev.to_string();
    let form = [("rev", rev.as_str()), ("decided_on", "令和8年11月24日"), ("manner", "own")];
    let (permit, reject) = (format!("/r/carry_out/{id}/act/permit"), format!("/r/carry_out/{id}/act/reject"));
    let (one, other) = tokio::join!(manager.post(&permit, &form), head.post(&reject, &form));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 303);
    assert!([403, 409].contains(&statuses[1]), "{statuses:?}");
    assert_eq!(house.rows("decision").len(), 1);
}

#[tokio::test]
async fn an_exception_makes_its_clause_excepted_for_its_time_only() {
    let house = house().await;
    let (staff, ciso) = (house.signed_in(Role::Staff).await, house.signed_in(Role::Ciso).await);
    let mut body = sample(&house, "exception", house.unit_a, "古い機器の例外").await;
    body["applicant"] = json!(staff.person());
    // One that has no parts of its own.
    let clause = house.rows("clause").into_iter().rfind(|row| !row.text("text").is_empty()).unwrap().id;
    body["clause"] = json!(clause);
    let id = house.put("exception", body.clone()).await;
    let page = format!("/clauses/{clause}");
    assert!(!ciso.get(&page).await.visible().contains("例外措置中"));
    let act = format!("/r/exception/{id}/act/permit");
    let form = [("rev", "1"), ("decided_on", "令和8年11月24日"), ("until", "令和8年11月27日"), ("manner", "own")];
    let done = ciso.post(&act, &form).await;
    assert_eq!(done.status, 303, "{}", done.visible());
    assert!(ciso.get(&page).await.visible().contains("例外措置中"));
    house.turn_to("2026-11-28", "00:01");
    assert_eq!(house.row("exception", id).state, "lapsed");
    assert!(!ciso.get(&page).await.visible().contains("例外措置中"));
}

#[tokio::test]
async fn nobody_links_to_a_record_of_another_unit_by_guessing_its_id() {
    let house = house().await;
    let staff = house.signed_in(Role::Staff).await;
    let body = sample(&house, "asset", house.unit_b, "よその課の端末").await;
    let theirs = house.put("asset", body).await.to_string();
    let (carrier, unit) = (staff.person().to_string(), house.unit_a.to_string());
    let (size, there) = (house.entries(), house.rows("carry_out").len());
    for named in
        [[("asset_text", theirs.as_str()), ("asset", "")], [("asset", &theirs), ("asset_text", "よその課の端末")]]
    {
        let rest = [
            ("name", "推測した番号"),
            ("carrier_text", &carrier),
            ("unit_text", &unit),
            ("destination", "県庁"),
            ("purpose", "説明会"),
            ("protection", "locked"),
            ("from", "令和8年11月24日"),
            ("until", "令和8年11月24日"),
        ];
        let seen = staff.post("/r/carry_out/new", &[&named[..], &rest[..]].concat()).await;
        assert_eq!(seen.status, 422, "{}", seen.visible());
        assert!(seen.visible().contains("見つかりません"), "{}", seen.visible());
    }
    assert_eq!((house.entries(), house.rows("carry_out").len()), (size, there));
}
