//! The second factor as people and thieves meet it: registering, the second step, recovery, proving again, and the ids of
//! sessions.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeSet;

use base::id::Id;
use proptest::prelude::{Just, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use register::change::{Factor, Side};
use register::permit::Role;
use serde_json::json;
use testkit::{Client, House, Login, Seen};

const PASSWORD: &str = "つきみの かぜの わたる はし";
const OTHER: &str = "あさつゆの ひかる みちを ゆく";

async fn somebody(house: &House, role: Role) -> Login {
    house.person(role, house.unit_a, Some(PASSWORD)).await
}

/// The browser with the cookie that an answer set.
fn with_cookie_of<'a>(house: &'a House, login: &Login, seen: &Seen) -> Client<'a> {
    let mut browser = Client::of(house, login_of(login));
    browser.keep_cookie(Some(seen.cookie().unwrap()));
    browser
}

fn login_of(login: &Login) -> Login {
    let (person, account) = (login.person, login.account);
    Login { person, account, login: login.login.clone(), cookie: login.cookie.clone() }
}

/// A browser after the right password.
async fn after_password<'a>(house: &'a House, login: &Login) -> (Client<'a>, Seen) {
    let form = [("login", login.login.as_str()), ("password", PASSWORD), ("next", "/today")];
    let seen = house.visitor().post("/sign-in", &form).await;
    assert_eq!(seen.status, 303, "{}", seen.visible());
    (with_cookie_of(house, login, &seen), seen)
}

/// A browser after password and code.
async fn signed_in<'a>(house: &'a House, login: &Login) -> Client<'a> {
    let (halfway, _) = after_password(house, login).await;
    let seen = halfway.post("/sign-in/factor", &[("code", &house.code()), ("next", "")]).await;
    assert_eq!(seen.status, 303, "{}", seen.visible());
    with_cookie_of(house, login, &seen)
}

async fn is_in(client: &Client<'_>) -> bool {
    client.get("/account").await.status == 200
}

fn acts(house: &House, account: Id) -> Vec<String> {
    let acts = house.read(|reading| reading.acts(&reading.find("account", account)?.unwrap()));
    acts.into_iter().map(|act| act.what).collect()
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    text.split(from).skip(1).map(|rest| rest.split(to).next().unwrap()).collect()
}

/// Registers an app by what its page shows; the browser with its new cookie, the secret and the recovery codes.
async fn register<'a>(house: &'a House, browser: &Client<'a>) -> (Client<'a>, String, Vec<String>) {
    let page = browser.get("/account/totp").await;
    assert_eq!(page.status, 200, "{}", page.visible());
    let secret = between(&page.text, "<code class=\"sk-code\">", "</code>")[0].replace(' ', "");
    let code = ui::sign_in::app_code(&secret, house.clock.now().millis()).unwrap();
    let rev = page.control("rev").unwrap();
    let done = browser.post("/account/totp", &[("rev", &rev), ("code", &code)]).await;
    assert_eq!(done.status, 200, "{}", done.visible());
    let codes = between(&done.text, "<code class=\"sk-code\">", "</code>").into_iter().map(ToOwned::to_owned).collect();
    (with_cookie_of(house, browser.login(), &done), secret, codes)
}

#[tokio::test]
async fn after_the_password_a_code_is_asked_for_and_nothing_opens_before() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Chief).await;
    let before = house.entries();
    let (halfway, seen) = after_password(&house, &login).await;
    assert_eq!(seen.location(), "/sign-in/factor?next=/today");
    assert!(!is_in(&halfway).await, "the password alone opens nothing");
    assert_eq!(halfway.post("/account/sessions", &[]).await.status, 401);
    assert_eq!(house.entries(), before, "and is no sign-in");
    let page = halfway.get("/sign-in/factor?next=/today").await;
    assert!(page.visible().contains("確認コード"), "{}", page.visible());
    let wrong = halfway.post("/sign-in/factor", &[("code", "000000"), ("next", "/today")]).await;
    assert_eq!((wrong.status, wrong.control("next").as_deref()), (422, Some("/today")));
    let done = halfway.post("/sign-in/factor", &[("code", &house.code()), ("next", "/today")]).await;
    assert_eq!((done.status, done.location(), house.entries() - before), (303, "/today", 1));
    assert!(is_in(&with_cookie_of(&house, &login, &done)).await && !is_in(&halfway).await, "under a new id");
    assert_eq!(house.visitor().get("/sign-in/factor").await.location(), "/sign-in", "a stranger begins at the start");
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn a_code_cannot_be_replayed() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Chief).await;
    let (first, _) = after_password(&house, &login).await;
    let (second, _) = after_password(&house, &login).await;
    let code = house.code();
    assert_eq!(first.post("/sign-in/factor", &[("code", &code), ("next", "")]).await.status, 303);
    assert_eq!(second.post("/sign-in/factor", &[("code", &code), ("next", "")]).await.status, 422);
    house.wait(30);
    assert_eq!(second.post("/sign-in/factor", &[("code", &code), ("next", "")]).await.status, 422);
    assert_eq!(second.post("/sign-in/factor", &[("code", &house.code()), ("next", "")]).await.status, 303);
}

#[tokio::test]
async fn one_code_sent_by_two_at_once_lets_one_in() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Chief).await;
    let (first, _) = after_password(&house, &login).await;
    let (second, _) = after_password(&house, &login).await;
    let code = house.code();
    let form = [("code", code.as_str()), ("next", "")];
    let (one, two) = tokio::join!(first.post("/sign-in/factor", &form), second.post("/sign-in/factor", &form));
    assert_eq!([one.status, two.status].iter().filter(|status| **status == 303).count(), 1, "{one:?} {two:?}");
}

#[tokio::test]
async fn wrong_codes_count_as_wrong_passwords_and_a_right_password_forgives_none() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Auditor).await;
    for _ in 0..10 {
        let (halfway, _) = after_password(&house, &login).await;
        assert_eq!(halfway.post("/sign-in/factor", &[("code", "000000"), ("next", "")]).await.status, 422);
    }
    let form = [("login", login.login.as_str()), ("password", PASSWORD), ("next", "")];
    assert_eq!(house.visitor().post("/sign-in", &form).await.status, 429);
    house.wait(15 * 60);
    assert!(is_in(&signed_in(&house, &login).await).await);
}

#[tokio::test]
async fn a_second_step_that_takes_too_long_begins_anew() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Chief).await;
    let (halfway, _) = after_password(&house, &login).await;
    house.wait(10 * 60);
    let late = halfway.post("/sign-in/factor", &[("code", &house.code()), ("next", "")]).await;
    assert_eq!((late.status, late.location()), (303, "/sign-in"));
    assert_eq!(late.cookie(), None);
}

#[tokio::test]
async fn staff_register_an_app_by_choice_and_are_asked_from_then_on() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Staff).await;
    let (browser, elsewhere) = (after_password(&house, &login).await.0, after_password(&house, &login).await.0);
    assert!(is_in(&browser).await, "no second step before there is a factor");
    let again = browser.get("/account/totp").await;
    let rev = again.control("rev").unwrap();
    let wrong = browser.post("/account/totp", &[("rev", &rev), ("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    let secret = |seen: &Seen| between(&seen.text, "<code class=\"sk-code\">", "</code>")[0].to_owned();
    assert_eq!(secret(&again), secret(&wrong), "the code in the app stays good");
    let before = house.entries();
    let (new, _, codes) = register(&house, &browser).await;
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 10);
    assert!(is_in(&new).await && !is_in(&browser).await, "the session has a new id");
    assert!(!is_in(&elsewhere).await, "sessions that were opened by less have ended");
    assert_eq!(acts(&house, login.account)[..3], ["recovery_codes_made", "factor_added", "step_up"]);
    assert_eq!(house.entries() - before, 4);
    assert!(after_password(&house, &login).await.1.location().starts_with("/sign-in/factor"));
    let stored = house.read(|reading| reading.factors(login.account));
    assert!(stored.iter().all(|factor| codes.iter().all(|code| !factor.secret.contains(&code.replace('-', "")))));
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn a_recovery_code_works_once_and_administrators_hear_of_it() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Staff).await;
    let (_, _, codes) = register(&house, &after_password(&house, &login).await.0).await;
    let (halfway, _) = after_password(&house, &login).await;
    let typed = codes[4].to_uppercase().replace('-', " ");
    let done = halfway.post("/sign-in/factor", &[("code", &typed), ("next", "")]).await;
    assert_eq!(done.status, 303, "{}", done.visible());
    assert!(acts(&house, login.account).contains(&"recovery_code_used".to_owned()));
    let (again, _) = after_password(&house, &login).await;
    assert_eq!(again.post("/sign-in/factor", &[("code", &codes[4]), ("next", "")]).await.status, 422);
    let inside = with_cookie_of(&house, &login, &done);
    assert!(inside.get("/account/factors").await.visible().contains("残り9個"));
    let chief = house.signed_in(Role::Chief).await;
    let told = chief.get("/today").await;
    assert!(told.visible().contains("回復コードを使用") && told.visible().contains(&login.login), "{}", told.visible());
    assert!(!inside.get("/today").await.visible().contains("回復コードを使用"), "nobody else is told");
    let at = told.control("at").unwrap();
    assert_eq!(chief.post("/alarms", &[("at", &at)]).await.status, 303);
    assert!(!chief.get("/today").await.visible().contains("回復コードを使用"));
    assert_eq!(acts(&house, login.account)[0], "alarm_seen");
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn new_recovery_codes_replace_the_old_ones() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Staff).await;
    let (browser, _, old) = register(&house, &after_password(&house, &login).await.0).await;
    let rev = browser.get("/account/factors").await.control("rev").unwrap();
    let made = browser.post("/account/codes", &[("rev", &rev)]).await;
    assert_eq!(made.status, 200, "{}", made.visible());
    assert!(!made.text.contains(&old[0]));
    let (halfway, _) = after_password(&house, &login).await;
    assert_eq!(halfway.post("/sign-in/factor", &[("code", &old[0]), ("next", "")]).await.status, 422);
    assert_eq!(browser.post("/account/codes", &[("rev", &rev)]).await.status, 422, "an old page does nothing");
}

#[tokio::test]
async fn whose_role_needs_a_factor_does_nothing_before_it_is_registered() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Staff).await;
    let held = json!({"role": "auditor", "post": "監査委員", "person": login.person, "from": "2020-04-01"});
    house.put("role_holding", held).await;
    let (browser, _) = after_password(&house, &login).await;
    assert_eq!(acts(&house, login.account)[..2], ["factor_wanted", "sign_in"]);
    for path in ["/", "/today", "/account", "/r/asset", "/ledger", "/search", "/accounts"] {
        let seen = browser.get(path).await;
        assert!(matches!((seen.status, seen.location()), (303, "/account/factors") | (403, _)), "{path} {seen:?}");
    }
    assert_eq!(browser.post("/account/sessions", &[]).await.location(), "/account/factors");
    assert_eq!(browser.post("/account", &[("old", PASSWORD), ("password", OTHER)]).await.status, 303);
    let told = browser.get("/account/factors").await;
    assert!(told.visible().contains("登録が済むまで"), "{}", told.visible());
    let (browser, ..) = register(&house, &browser).await;
    assert_eq!(browser.get("/r/asset").await.status, 200);
    let (last, rev) = ("/account/factors/totp/remove", house.row("account", login.account).rev.to_string());
    assert_eq!(browser.post(last, &[("rev", &rev)]).await.status, 422, "the last one stays");
    assert_eq!(browser.get(last).await.status, 422);
}

#[tokio::test]
async fn a_role_that_is_given_later_asks_for_proof_and_then_for_the_factor() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Staff).await;
    let (browser, _) = after_password(&house, &login).await;
    assert!(is_in(&browser).await);
    let held = json!({"role": "ciso", "post": "副市長", "person": login.person, "from": "2020-04-01"});
    house.put("role_holding", held).await;
    let seen = browser.get("/today").await;
    assert_eq!((seen.status, seen.location()), (303, "/sign-in/again?next=/today"));
    let page = browser.get(seen.location()).await.visible();
    assert!(page.contains("役割が変わりました"), "{page}");
    assert_eq!(browser.post("/sign-in/again", &[("password", OTHER), ("next", "/today")]).await.status, 422);
    let done = browser.post("/sign-in/again", &[("password", PASSWORD), ("next", "/today")]).await;
    assert_eq!((done.status, done.location()), (303, "/today"));
    let new = with_cookie_of(&house, &login, &done);
    assert!(!is_in(&browser).await, "the old id is no longer good");
    assert_eq!(new.get("/today").await.location(), "/account/factors");
}

#[tokio::test]
async fn what_is_dangerous_asks_again_after_ten_minutes() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Chief).await;
    let browser = signed_in(&house, &login).await;
    let other = somebody(&house, Role::Staff).await;
    let (there, _) = after_password(&house, &other).await;
    let path = format!("/accounts/{}/sessions", other.account);
    house.wait(10 * 60 - 1);
    let rev = browser.get(&path).await.control("rev").unwrap();
    house.wait(1);
    let late = browser.post(&path, &[("rev", &rev)]).await;
    assert_eq!((late.status, late.location()), (303, "/sign-in/again?next=/account"));
    assert!(is_in(&there).await, "nothing was done");
    let back = browser.get(&path).await;
    assert_eq!(back.location(), format!("/sign-in/again?next={path}"));
    assert_eq!(browser.get("/accounts").await.status, 200, "looking needs no new proof");
    assert_eq!(browser.post("/sign-in/again", &[("code", "000000"), ("next", &path)]).await.status, 422);
    let done = browser.post("/sign-in/again", &[("code", &house.code()), ("next", &path)]).await;
    assert_eq!((done.status, done.location()), (303, path.as_str()));
    let new = with_cookie_of(&house, &login, &done);
    assert!(!is_in(&browser).await);
    assert_eq!(new.post(&path, &[("rev", &rev)]).await.status, 303);
    assert!(!is_in(&there).await);
    assert_eq!(acts(&house, other.account)[0], "sessions_ended");
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn factors_that_were_exchanged_behind_the_house_let_nobody_in() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Chief).await;
    let browser = signed_in(&house, &login).await;
    let account = login.account;
    house.writer.operate(vec![Side::FactorsEnd { account, id: None }]).await.unwrap();
    assert!(!is_in(&browser).await);
    let form = [("login", login.login.as_str()), ("password", PASSWORD), ("next", "")];
    assert_eq!(house.visitor().post("/sign-in", &form).await.status, 422, "a factor taken away is not one less");
    let own = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJR".to_owned();
    let factor =
        Factor { id: "totp".into(), kind: "totp".into(), label: String::new(), secret: own, added: 1, used: 0 };
    house.writer.operate(vec![Side::Factor { account, factor }]).await.unwrap();
    assert_eq!(house.visitor().post("/sign-in", &form).await.status, 422);
}

#[tokio::test]
async fn two_administrators_get_an_account_back_and_one_alone_does_not() {
    let house = testkit::app().start().await;
    let lost = somebody(&house, Role::Auditor).await;
    let (one, two) = (house.signed_in(Role::Chief).await, house.signed_in(Role::Ciso).await);
    let path = |step: &str| format!("/accounts/{}/{step}", lost.account);
    let rev = || house.row("account", lost.account).rev.to_string();
    assert_eq!(one.post(&path("reset"), &[("rev", &rev())]).await.status, 422, "this role needs two for it");
    assert_eq!(one.post(&path("confirm"), &[("rev", &rev())]).await.status, 422);
    assert_eq!(one.post(&path("recover"), &[("rev", &rev())]).await.status, 303);
    assert_eq!(one.post(&path("confirm"), &[("rev", &rev())]).await.status, 422, "nobody confirms themselves");
    let asked = two.get(&path("confirm")).await;
    assert_eq!(asked.status, 200);
    let shown = two.post(&path("confirm"), &[("rev", &rev())]).await;
    assert_eq!(shown.status, 200, "{}", shown.visible());
    let code = between(&shown.text, "<code class=\"sk-code\">", "</code>")[0].to_owned();
    assert!(!two.get(&format!("/accounts/{}", lost.account)).await.text.contains(&code), "it is shown once");
    let recover = |code: &str, password: &str| {
        [("login", lost.login.clone()), ("code", code.to_owned()), ("password", password.to_owned())]
    };
    let send = |form: [(&'static str, String); 3]| {
        let visitor = house.visitor();
        async move {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            visitor.post("/sign-in/recover", &form).await
        }
    };
    assert_eq!(send(recover("0000-0000-0000-0000", OTHER)).await.status, 422);
    assert_eq!(send(recover(&code, "みじかい")).await.status, 422);
    assert_eq!(send(recover(&code, OTHER)).await.location(), "/sign-in?recovered=1");
    assert_eq!(send(recover(&code, PASSWORD)).await.status, 422, "once");
    let form = [("login", lost.login.as_str()), ("password", OTHER), ("next", "")];
    let seen = house.visitor().post("/sign-in", &form).await;
    assert_eq!(seen.status, 303);
    assert_eq!(with_cookie_of(&house, &lost, &seen).get("/today").await.location(), "/account/factors");
    let told = acts(&house, lost.account);
    for what in ["recovery_started", "recovery_confirmed", "recovered"] {
        assert_eq!(told.iter().filter(|act| *act == what).count(), 1, "{told:?}");
    }
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn a_recovery_is_over_after_a_day_and_can_be_taken_back() {
    let house = testkit::app().start().await;
    let lost = somebody(&house, Role::Staff).await;
    let path = |step: &str| format!("/accounts/{}/{step}", lost.account);
    let rev = || house.row("account", lost.account).rev.to_string();
    let code_of = |seen: &Seen| between(&seen.text, "<code class=\"sk-code\">", "</code>")[0].to_owned();
    for late in [true, false] {
        let (one, two) = (house.signed_in(Role::Chief).await, house.signed_in(Role::Chief).await);
        assert_eq!(one.post(&path("recover"), &[("rev", &rev())]).await.status, 303);
        let code = code_of(&two.post(&path("confirm"), &[("rev", &rev())]).await);
        if late {
            house.wait(24 * 60 * 60);
        } else {
            assert_eq!(two.post(&path("withdraw"), &[("rev", &rev())]).await.status, 303);
        }
        let form = [("login", lost.login.as_str()), ("code", &code), ("password", OTHER)];
        assert_eq!(house.visitor().post("/sign-in/recover", &form).await.status, 422);
    }
}

#[tokio::test]
async fn administrators_see_who_has_which_factor_and_stop_accounts() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    let staff = somebody(&house, Role::Staff).await;
    let (browser, ..) = register(&house, &after_password(&house, &staff).await.0).await;
    let list = chief.get(&format!("/accounts?q={}", staff.login)).await.visible();
    assert!(list.contains("認証アプリ") && !list.contains(&chief.login().login), "{list}");
    let path = |step: &str| format!("/accounts/{}/{step}", staff.account);
    let rev = || house.row("account", staff.account).rev.to_string();
    assert_eq!(chief.post(&path("reset"), &[("rev", &rev())]).await.status, 303);
    assert!(!is_in(&browser).await);
    let (browser, _) = after_password(&house, &staff).await;
    assert!(is_in(&browser).await, "the password alone, as before");
    assert_eq!(chief.post(&path("disable"), &[("rev", &rev())]).await.status, 303);
    assert!(!is_in(&browser).await);
    assert_eq!(chief.post(&path("enable"), &[("rev", &rev())]).await.status, 303);
    assert!(is_in(&after_password(&house, &staff).await.0).await);
    let own = format!("/accounts/{}/disable", chief.login().account);
    assert_eq!(chief.get(&own).await.status, 422, "nobody stops themselves");
    let manager = house.signed_in(Role::Manager).await;
    assert_eq!(manager.post(&path("disable"), &[("rev", &rev())]).await.status, 403);
}

#[tokio::test]
async fn the_account_for_emergencies_raises_an_alarm() {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Chief).await;
    house.edit("account", login.account, json!({"emergency": true})).await;
    let browser = signed_in(&house, &login).await;
    assert_eq!(acts(&house, login.account)[..2], ["emergency_sign_in", "sign_in"]);
    let ciso = house.signed_in(Role::Ciso).await;
    for client in [&browser, &ciso] {
        assert!(client.get("/ledger").await.visible().contains("緊急用アカウントでサインイン"));
    }
    assert!(!house.signed_in(Role::Staff).await.get("/ledger").await.visible().contains("緊急用アカウント"));
    let at = ciso.get("/today").await.control("at").unwrap();
    assert_eq!(ciso.post("/alarms", &[("at", &at)]).await.status, 303);
    assert!(!browser.get("/ledger").await.visible().contains("緊急用アカウントでサインイン"));
}

/// What somebody does with their session.
#[derive(Debug, Clone, Copy)]
enum Deed {
    SignIn,
    Prove,
    Codes,
    ChangeRole,
    Leave,
}

#[test]
fn an_id_that_was_replaced_never_works_again() {
    let deed = prop_oneof![
        Just(Deed::SignIn),
        Just(Deed::Prove),
        Just(Deed::Codes),
        Just(Deed::ChangeRole),
        Just(Deed::Leave)
    ];
    let deeds = proptest::collection::vec(deed, 1..8);
    let mut runner = TestRunner::new(Config { cases: 12, ..Config::default() });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runner
        .run(&deeds, |deeds| {
            runtime.block_on(replaced(&deeds));
            Ok(())
        })
        .unwrap();
}

async fn replaced(deeds: &[Deed]) {
    let house = testkit::app().start().await;
    let login = somebody(&house, Role::Chief).await;
    let mut now: Option<Client<'_>> = None;
    let mut old: Vec<Client<'_>> = vec![Client::of(&house, login_of(&login))];
    house.writer.operate(vec![Side::SessionsEnd { account: login.account, but: None }]).await.unwrap();
    let mut further = ["head", "manager", "system_manager", "auditor", "ciso"].into_iter();
    for deed in deeds {
        house.wait(31);
        let answer = match (&now, deed) {
            (None, Deed::SignIn) => {
                let (halfway, _) = after_password(&house, &login).await;
                let seen = halfway.post("/sign-in/factor", &[("code", &house.code()), ("next", "")]).await;
                old.push(halfway);
                Some(seen)
            }
            (Some(browser), Deed::Prove) => {
                Some(browser.post("/sign-in/again", &[("code", &house.code()), ("next", "")]).await)
            }
            (Some(browser), Deed::Codes) => {
                let rev = house.row("account", login.account).rev.to_string();
                browser.post("/account/codes", &[("rev", &rev)]).await;
                None
            }
            (Some(browser), Deed::ChangeRole) => {
                let Some(role) = further.next() else { continue };
                let held = json!({"role": role, "post": "部長", "person": login.person, "from": "2020-04-01"});
                house.put("role_holding", held).await;
                assert!(!is_in(browser).await);
                Some(browser.post("/sign-in/again", &[("code", &house.code()), ("next", "")]).await)
            }
            (Some(browser), Deed::Leave) => {
                browser.post("/sign-out", &[]).await;
                old.extend(now.take());
                None
            }
            _ => None,
        };
        if let Some(seen) = answer {
            assert_eq!(seen.status, 303, "{deed:?}: {}", seen.visible());
            old.extend(now.replace(with_cookie_of(&house, &login, &seen)));
        }
        if let Some(browser) = &now {
            assert!(is_in(browser).await, "{deed:?}");
        }
        for gone in &old {
            assert!(!is_in(gone).await, "{deed:?}: an old id works");
        }
    }
    assert_eq!(house.audit().bad, None);
}
