//! Sign-in as people and guessers meet it: passwords, limits, sessions and their ends, the first set-up.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use register::change::Side;
use register::permit::Role;
use serde_json::json;
use testkit::{Client, House, Login, Seen};

const PASSWORD: &str = "つきみの かぜの わたる はし";
const OTHER: &str = "あさつゆの ひかる みちを ゆく";

async fn try_in(client: &Client<'_>, login: &str, password: &str) -> Seen {
    client.post("/sign-in", &[("login", login), ("password", password), ("next", "")]).await
}

async fn somebody(house: &House) -> Login {
    house.person(Role::Manager, house.unit_a, Some(PASSWORD)).await
}

/// Signs in from a browser that nobody has used; the browser afterwards.
async fn signed_in<'a>(house: &'a House, login: &Login) -> Client<'a> {
    let mut browser = house.visitor();
    let seen = try_in(&browser, &login.login, PASSWORD).await;
    browser.keep_cookie(Some(seen.cookie().unwrap()));
    browser
}

async fn is_in(client: &Client<'_>) -> bool {
    client.get("/account").await.status == 200
}

/// Waits until a life sign, which is written beside the answer, is on disk.
async fn settled() {
    tokio::time::sleep(Duration::from_millis(30)).await;
}

#[tokio::test]
async fn the_right_password_opens_a_session_and_an_entry_says_so() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    let before = house.entries();
    let mut browser = house.visitor();
    let seen = try_in(&browser, &login.login, PASSWORD).await;
    assert_eq!((seen.status, seen.location(), house.entries() - before), (303, "/", 1));
    let set = seen.header("set-cookie");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
    browser.keep_cookie(Some(seen.cookie().unwrap()));
    assert!(is_in(&browser).await);
    assert_eq!(house.entries() - before, 1, "opening pages is no entry");
    let history = house.read(|reading| reading.acts(&reading.find("account", login.account)?.unwrap()));
    assert_eq!(history[0].what, "sign_in");
    assert_eq!(history[0].actor, login.person.to_string());
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_page() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    let before = house.entries();
    let wrong = try_in(&house.visitor(), &login.login, OTHER).await;
    let unknown = try_in(&house.visitor(), "nobody", PASSWORD).await;
    assert_eq!((wrong.status, unknown.status), (422, 422));
    assert_eq!((wrong.cookie(), unknown.cookie()), (None, None));
    let same = |seen: &Seen, login: &str| {
        let request = seen.control("request").unwrap();
        seen.text.replace(&request, "REQUEST").replace(login, "LOGIN")
    };
    assert_eq!(same(&wrong, &login.login), same(&unknown, "nobody"));
    assert_eq!(house.entries(), before);
}

#[tokio::test]
async fn ten_failures_lock_an_account_for_a_quarter_of_an_hour() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    for _ in 0..10 {
        assert_eq!(try_in(&house.visitor(), &login.login, OTHER).await.status, 422);
    }
    assert_eq!(try_in(&house.visitor(), &login.login, PASSWORD).await.status, 429);
    let full_width = login.login.replace("manager", "ＭＡＮＡＧＥＲ");
    assert_eq!(try_in(&house.visitor(), &full_width, PASSWORD).await.status, 429, "another spelling is no way around");
    house.wait(15 * 60 - 1);
    assert_eq!(try_in(&house.visitor(), &login.login, PASSWORD).await.status, 429);
    house.wait(1);
    assert_eq!(try_in(&house.visitor(), &login.login, PASSWORD).await.status, 303);
}

#[tokio::test]
async fn guesses_that_are_sent_at_once_are_counted_all_the_same() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    let browser = house.visitor();
    let mut guesses: Vec<Pin<Box<dyn Future<Output = Seen> + '_>>> = Vec::new();
    for _ in 0..30 {
        guesses.push(Box::pin(try_in(&browser, &login.login, OTHER)));
    }
    let (mut compared, mut refused) = (0, 0);
    poll_fn(|cx| {
        guesses.retain_mut(|guess| match guess.as_mut().poll(cx) {
            Poll::Ready(seen) => {
                if seen.status == 422 {
                    compared += 1;
                } else {
                    refused += 1;
                }
                false
            }
            Poll::Pending => true,
        });
        if guesses.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    // Two are compared side by side, so that one may slip in beside the tenth.
    assert!(compared <= 11, "{compared} of 30 guesses were compared");
    assert_eq!(compared + refused, 30);
}

#[tokio::test]
async fn a_hundred_failures_lock_an_address() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    let at = house.clock.now().millis();
    let failed = (0..99).map(|_| Side::Failed { key: "address:unknown".to_owned(), at }).collect();
    house.writer.operate(failed).await.unwrap();
    assert_eq!(try_in(&house.visitor(), "nobody", OTHER).await.status, 422);
    assert_eq!(try_in(&house.visitor(), &login.login, PASSWORD).await.status, 429);
    house.wait(15 * 60);
    assert_eq!(try_in(&house.visitor(), &login.login, PASSWORD).await.status, 303);
}

#[tokio::test]
async fn a_name_as_long_as_a_book_is_not_kept() {
    let house = testkit::app().start().await;
    let long = "a".repeat(200_000);
    for _ in 0..10 {
        assert_eq!(try_in(&house.visitor(), &long, OTHER).await.status, 422);
    }
    let kept = format!("account:{}", &long[..100]);
    assert_eq!(house.read(|reading| reading.failed(&kept)).0, 10);
}

#[tokio::test]
async fn every_sign_in_has_a_new_session_and_the_old_one_ends() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    let old = signed_in(&house, &login).await;
    let again = try_in(&old, &login.login, PASSWORD).await;
    let mut new = house.visitor();
    new.keep_cookie(Some(again.cookie().unwrap()));
    assert_ne!(again.cookie().unwrap(), old.login().cookie);
    assert!(is_in(&new).await && !is_in(&old).await);
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_without_a_request() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    let browser = signed_in(&house, &login).await;
    let before = house.entries();
    house.wait(30 * 60 - 1);
    assert!(is_in(&browser).await);
    settled().await;
    house.wait(30 * 60 - 1);
    assert!(is_in(&browser).await, "the life sign counts");
    settled().await;
    assert_eq!(house.entries(), before, "and is no entry");
    house.wait(30 * 60);
    let out = browser.get("/account").await;
    assert_eq!((out.status, out.location()), (303, "/sign-in?next=/account"));
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_however_busy() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    let browser = signed_in(&house, &login).await;
    for _ in 0..35 {
        house.wait(20 * 60);
        assert!(is_in(&browser).await);
        settled().await;
    }
    house.wait(20 * 60 - 1);
    assert!(is_in(&browser).await);
    settled().await;
    house.wait(1);
    assert!(!is_in(&browser).await);
}

#[tokio::test]
async fn a_clock_set_back_revives_no_session() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    let browser = signed_in(&house, &login).await;
    house.wait(-60);
    assert!(!is_in(&browser).await);
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    let (here, there) = (signed_in(&house, &login).await, signed_in(&house, &login).await);
    let before = house.entries();
    let wrong = here.post("/account", &[("old", OTHER), ("password", OTHER)]).await;
    assert_eq!(wrong.status, 422);
    let weak = here.post("/account", &[("old", PASSWORD), ("password", "みじかい")]).await;
    assert_eq!(weak.status, 422);
    assert!(weak.visible().contains("12文字以上"), "{}", weak.visible());
    assert_eq!(house.entries(), before);
    let done = here.post("/account", &[("old", PASSWORD), ("password", OTHER)]).await;
    assert_eq!((done.status, house.entries() - before), (200, 1));
    assert!(is_in(&here).await && !is_in(&there).await);
    assert_eq!(try_in(&house.visitor(), &login.login, PASSWORD).await.status, 422);
    assert_eq!(try_in(&house.visitor(), &login.login, OTHER).await.status, 303);
    assert_eq!(house.audit().bad, None);
}

#[tokio::test]
async fn everybody_sees_where_they_are_signed_in_and_ends_the_others() {
    let house = testkit::app().start().await;
    let (login, stranger) = (somebody(&house).await, somebody(&house).await);
    let (here, elsewhere) = (signed_in(&house, &login).await, signed_in(&house, &stranger).await);
    let ends = "ほかの端末をサインアウトする";
    assert_eq!(elsewhere.post("/account/sessions", &[]).await.status, 303);
    let alone = elsewhere.get("/account").await.visible();
    assert!(alone.contains("この端末") && !alone.contains(ends), "{alone}");
    let there = signed_in(&house, &login).await;
    let seen = here.get("/account").await.visible();
    assert!(seen.contains("この端末") && seen.contains(ends), "{seen}");
    let before = house.entries();
    let done = here.post("/account/sessions", &[]).await;
    assert_eq!(done.status, 303);
    let done = here.get(done.location()).await.visible();
    assert!(done.contains("サインアウトしました") && !done.contains(ends), "{done}");
    assert_eq!(house.entries(), before, "only the operational rows go");
    assert!(is_in(&here).await && !is_in(&there).await && is_in(&elsewhere).await);
}

#[tokio::test]
async fn guesses_of_the_current_password_count_as_guesses_at_sign_in_do() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    let browser = signed_in(&house, &login).await;
    for _ in 0..10 {
        assert_eq!(browser.post("/account", &[("old", OTHER), ("password", OTHER)]).await.status, 422);
    }
    assert_eq!(browser.post("/account", &[("old", PASSWORD), ("password", OTHER)]).await.status, 429);
    assert_eq!(try_in(&house.visitor(), &login.login, PASSWORD).await.status, 429);
    house.wait(15 * 60);
    assert_eq!(browser.post("/account", &[("old", PASSWORD), ("password", OTHER)]).await.status, 200);
}

#[tokio::test]
async fn an_account_never_becomes_somebody_elses_and_nobody_edits_their_own() {
    let house = testkit::app().start().await;
    let (chief, login) = (house.signed_in(Role::Chief).await, somebody(&house).await);
    let other = house.person(Role::Staff, house.unit_a, None).await.person;
    let path = format!("/r/account/{}/edit", login.account);
    let rev = house.row("account", login.account).rev.to_string();
    let (name, other) = (house.row("person", other).title, other.to_string());
    let wish = [("rev", rev.as_str()), ("login", &login.login), ("person", &other), ("person_text", &name)];
    let refused = chief.post(&path, &wish).await;
    assert_eq!(refused.status, 422);
    assert!(refused.visible().contains("利用者は登録した後に変更できません"), "{}", refused.visible());
    let wish = [("rev", rev.as_str()), ("login", "renamed")];
    assert_eq!(chief.post(&path, &wish).await.status, 303);
    let own = format!("/r/account/{}", chief.login().account);
    assert_eq!(chief.get(&own).await.status, 200);
    assert_eq!(chief.get(&format!("{own}/edit")).await.status, 403);
}

#[tokio::test]
async fn signing_out_ends_the_session_itself() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    let browser = signed_in(&house, &login).await;
    let out = browser.post("/sign-out", &[]).await;
    assert_eq!((out.status, out.location()), (303, "/sign-in"));
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert!(!is_in(&browser).await, "the cookie's old value opens nothing");
}

#[tokio::test]
async fn who_is_disabled_expired_or_gone_is_out_at_once() {
    let house = testkit::app().start().await;
    for (register, fields) in [
        ("account", json!({"disabled": true})),
        ("account", json!({"expires_on": "2026-11-23"})),
        ("person", json!({"left_on": "2026-11-23"})),
    ] {
        let login = somebody(&house).await;
        let browser = signed_in(&house, &login).await;
        assert!(is_in(&browser).await);
        let id = if register == "account" { login.account } else { login.person };
        house.edit(register, id, fields.clone()).await;
        assert!(!is_in(&browser).await, "{fields}");
        assert_eq!(try_in(&house.visitor(), &login.login, PASSWORD).await.status, 422, "{fields}");
    }
}

#[tokio::test]
async fn the_last_day_of_an_account_and_of_a_person_still_counts() {
    let house = testkit::app().on("2027-03-31").start().await;
    let login = somebody(&house).await;
    house.edit("account", login.account, json!({"expires_on": "2027-03-31"})).await;
    house.edit("person", login.person, json!({"left_on": "2027-03-31"})).await;
    house.turn_to("2027-03-31", "23:50");
    let browser = signed_in(&house, &login).await;
    assert!(is_in(&browser).await);
    house.turn_to("2027-04-01", "00:00");
    assert!(!is_in(&browser).await, "with nobody doing anything");
}

#[tokio::test]
async fn a_role_that_ended_is_gone_with_the_day() {
    let house = testkit::app().start().await;
    let chief = house.signed_in(Role::Chief).await;
    assert_eq!(chief.get("/r/account").await.status, 200);
    let held = house.rows("role_holding").iter().find(|row| row.link("person") == Some(chief.person())).unwrap().id;
    house.edit("role_holding", held, json!({"until": "2026-11-23"})).await;
    assert_eq!(chief.get("/r/account").await.status, 403);
}

#[tokio::test]
async fn a_secret_that_was_exchanged_behind_the_house_lets_nobody_in() {
    let house = testkit::app().start().await;
    let login = somebody(&house).await;
    let phc = ui::sign_in::hash(OTHER).unwrap();
    house.writer.operate(vec![Side::Credential { account: login.account, phc }]).await.unwrap();
    assert_eq!(try_in(&house.visitor(), &login.login, OTHER).await.status, 422);
    assert_eq!(try_in(&house.visitor(), &login.login, PASSWORD).await.status, 422);
}

#[tokio::test]
async fn two_set_ups_at_once_make_one_account() {
    let house = testkit::app().before_set_up().start().await;
    let path = format!("/setup/{}", ui::sign_in::open_setup(&house.app).unwrap().unwrap());
    let browser = house.visitor();
    let answers = |login: &'static str| {
        let (body, unit) = (("body", "月見野組合"), ("unit", "総務課"));
        [body, unit, ("person", "関 守"), ("post", "総務課長"), ("login", login), ("password", PASSWORD)]
    };
    let (one, two) = (answers("seki"), answers("mori"));
    let (one, two) = tokio::join!(browser.post(&path, &one), browser.post(&path, &two));
    let answers = [one.status, two.status];
    assert!(answers.contains(&303) && answers.contains(&404), "{answers:?}");
    assert_eq!(house.rows("account").len(), 1);
}

#[tokio::test]
async fn the_first_set_up_works_once_and_wants_a_good_password() {
    let house = testkit::app().before_set_up().start().await;
    let token = ui::sign_in::open_setup(&house.app).unwrap().unwrap();
    let path = format!("/setup/{token}");
    let mut browser = house.visitor();
    assert_eq!(browser.get("/setup/guess").await.status, 404);
    assert_eq!(browser.get(&path).await.status, 200);
    let answers = |password: &'static str| {
        [
            ("body", "月見野組合"),
            ("unit", "総務課"),
            ("person", "関 守"),
            ("post", "総務課長"),
            ("login", "seki"),
            ("password", password),
        ]
    };
    let weak = browser.post(&path, &answers("みじかい")).await;
    assert_eq!(weak.status, 422);
    assert_eq!(weak.control("body").as_deref(), Some("月見野組合"), "what was typed stays");
    assert_eq!(weak.control("password").as_deref(), Some(""), "a password does not");
    assert_eq!(house.entries(), 0);
    assert_eq!(browser.post("/setup/guess", &answers(PASSWORD)).await.status, 404);
    let done = browser.post(&path, &answers(PASSWORD)).await;
    assert_eq!(done.status, 303, "{}", done.visible());
    assert_eq!(browser.get(&path).await.status, 404);
    assert_eq!(browser.post(&path, &answers(PASSWORD)).await.status, 404);
    assert_eq!(ui::sign_in::open_setup(&house.app).unwrap(), None);
    let seen = try_in(&browser, "seki", PASSWORD).await;
    browser.keep_cookie(Some(seen.cookie().unwrap()));
    assert_eq!(browser.get("/today").await.location(), "/account/factors", "the first person registers a factor first");
    let page = browser.get("/account/totp").await;
    assert!(page.visible().contains("月見野組合"), "{}", page.visible());
    let secret =
        page.text.split("<code class=\"sk-code\">").nth(1).unwrap().split('<').next().unwrap().replace(' ', "");
    let code = ui::sign_in::app_code(&secret, house.clock.now().millis()).unwrap();
    let rev = page.control("rev").unwrap();
    let done = browser.post("/account/totp", &[("rev", &rev), ("code", &code)]).await;
    browser.keep_cookie(Some(done.cookie().unwrap()));
    let today = browser.get("/today").await;
    assert!(today.visible().contains("月見野組合") && today.visible().contains("関 守"), "{}", today.visible());
    assert_eq!(house.audit().bad, None);
}
