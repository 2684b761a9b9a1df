//! The pages of sign-in: in, out, the first set-up, and one's own password.

use axum::extract::{Path, Query};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use register::change::{Change, FAILED_FOR, Op, Request, SIGN_IN, STEP_UP, Side};
use register::find::{Reading, Row};
use register::permit::{Action, Actor, Permit, decide};
use register::{Failure, Refusal};

use super::factor::{self, Must};
use super::session::Whole;
use super::{acts, alarm, factors, first, own, passkey, password, people, recover, second, session, tokens};
use crate::answer::Answer;
use crate::app::{App, First};
use crate::parts::{self, Control, Kind, Look};
use crate::route::{Guard, Limits, Proof, Route};
use crate::say::{Text, own as words, setup, sign_in as text};
use crate::visit::{Page, Posted, inside, see_other, value_of};

/// Failed sign-ins after which an account waits.
const PER_ACCOUNT: u64 = 10;
/// Failed sign-ins after which an address waits; a whole office may share one.
const PER_ADDRESS: u64 = 100;
/// Longest name that is looked for, in characters: the count keeps it.
const LONGEST_NAME: usize = 100;

/// Whoever may see all accounts runs them.
const ADMINISTRATORS: Guard = Guard::On("account", Action::List);

/// The routes of sign-in.
pub const ROUTES: &[Route] = &[
    Route::new(Method::GET, "/sign-in", Guard::Anyone, Limits::PAGE, || get(sign_in_page)),
    Route::new(Method::POST, "/sign-in", Guard::Anyone, Limits::STRANGER, || post(sign_in)),
    Route::new(Method::GET, "/sign-in/factor", Guard::Anyone, Limits::PAGE, || get(second::factor_page)),
    Route::new(Method::POST, "/sign-in/factor", Guard::Anyone, Limits::STRANGER, || post(second::factor)),
    Route::new(Method::GET, "/sign-in/again", Guard::SignedIn, Limits::PAGE, || get(second::again_page))
        .asking(Proof::Session),
    Route::new(Method::POST, "/sign-in/again", Guard::SignedIn, Limits::FORM, || post(second::again))
        .asking(Proof::Session),
    Route::new(Method::GET, "/sign-in/passkey", Guard::Anyone, Limits::PAGE, || get(passkey::sign_in_page)),
    Route::new(Method::POST, "/sign-in/passkey", Guard::Anyone, Limits::STRANGER, || post(passkey::sign_in)),
    Route::new(Method::GET, "/sign-in/recover", Guard::Anyone, Limits::PAGE, || get(recover::page)),
    Route::new(Method::POST, "/sign-in/recover", Guard::Anyone, Limits::STRANGER, || post(recover::recover)),
    Route::new(Method::POST, "/sign-out", Guard::SignedIn, Limits::FORM, || post(sign_out)).asking(Proof::Session),
    Route::new(Method::GET, "/setup/{token}", Guard::Anyone, Limits::PAGE, || get(setup_page)),
    Route::new(Method::POST, "/setup/{token}", Guard::Anyone, Limits::STRANGER, || post(set_up)),
    Route::new(Method::GET, "/account", Guard::SignedIn, Limits::PAGE, || get(own::account)),
    Route::new(Method::POST, "/account", Guard::SignedIn, Limits::FORM, || post(own::change_password)),
    Route::new(Method::POST, "/account/sessions", Guard::SignedIn, Limits::FORM, || post(own::end_others)),
    Route::new(Method::GET, "/account/factors", Guard::SignedIn, Limits::PAGE, || get(factors::page))
        .asking(Proof::Enrolling),
    Route::new(Method::GET, "/account/totp", Guard::SignedIn, Limits::PAGE, || get(factors::app_page))
        .asking(Proof::Enrolling),
    Route::new(Method::POST, "/account/totp", Guard::SignedIn, Limits::FORM, || post(factors::add_app))
        .asking(Proof::Enrolling),
    Route::new(Method::GET, "/account/passkey", Guard::SignedIn, Limits::PAGE, || get(passkey::page))
        .asking(Proof::Enrolling),
    Route::new(Method::POST, "/account/passkey", Guard::SignedIn, Limits::FORM, || post(passkey::add))
        .asking(Proof::Enrolling),
    Route::new(Method::GET, "/account/factors/{factor}/remove", Guard::SignedIn, Limits::PAGE, || {
        get(factors::remove_page)
    })
    .asking(Proof::Fresh),
    Route::new(Method::POST, "/account/factors/{factor}/remove", Guard::SignedIn, Limits::FORM, || {
        post(factors::remove)
    })
    .asking(Proof::Fresh),
    Route::new(Method::POST, "/account/codes", Guard::SignedIn, Limits::FORM, || post(factors::new_codes))
        .asking(Proof::Fresh),
    Route::new(Method::GET, "/accounts", ADMINISTRATORS, Limits::PAGE, || get(people::list)),
    Route::new(Method::GET, "/accounts/{id}", ADMINISTRATORS, Limits::PAGE, || get(people::one)),
    Route::new(Method::GET, "/accounts/{id}/{step}", ADMINISTRATORS, Limits::PAGE, || get(people::ask))
        .asking(Proof::Fresh),
    Route::new(Method::POST, "/accounts/{id}/{step}", ADMINISTRATORS, Limits::FORM, || post(people::carry_out))
        .asking(Proof::Fresh),
    Route::new(Method::POST, "/alarms", ADMINISTRATORS, Limits::FORM, || post(alarm::seen)),
    Route::new(Method::GET, "/account/tokens", Guard::SignedIn, Limits::PAGE, || get(tokens::tokens))
        .asking(Proof::Fresh),
    Route::new(Method::POST, "/account/tokens", Guard::SignedIn, Limits::FORM, || post(tokens::make))
        .asking(Proof::Fresh),
];

/// Sends a visitor to sign in, and back afterwards.
pub(crate) fn to_sign_in(next: &str) -> Response {
    if next == "/" {
        return see_other("/sign-in");
    }
    see_other(&format!("/sign-in?next={}", crate::pages::address::encode(next)))
}

async fn sign_in_page(page: Page, Query(pairs): Query<Vec<(String, String)>>) -> Response {
    if page.known.is_some() {
        return see_other("/");
    }
    let notice = (value_of(&pairs, "recovered") == "1").then(|| own::good(text::RECOVERED.in_(page.lang)));
    let main = sign_in_parts(&page, value_of(&pairs, "next"), "", None);
    page.show_bare_with(StatusCode::OK, text::TITLE.in_(page.lang), notice, main)
}

fn sign_in_form(page: &Page, status: StatusCode, next: &str, login: &str, problem: Option<&str>) -> Response {
    page.show_bare(status, text::TITLE.in_(page.lang), sign_in_parts(page, next, login, problem))
}

fn sign_in_parts(page: &Page, next: &str, login: &str, problem: Option<&str>) -> Markup {
    let lang = page.lang;
    let title = text::TITLE.in_(lang);
    html! {
        h1 { (title) }
        @if let Some(problem) = problem { p.sk-error role="alert" { (problem) } }
        form.sk-form method="post" action="/sign-in" {
            (page.request_id())
            (parts::hidden("next", next))
            (parts::field(lang, text::LOGIN.in_(lang), Control::line("login", login, Kind::Username).required().focused(), None, None))
            (parts::field(lang, text::PASSWORD.in_(lang), Control::line("password", "", Kind::Password).required(), None, None))
            div.sk-acts { (parts::submit(text::SUBMIT.in_(lang), Look::Main)) }
        }
        @if passkey::works(page) { p { a href="/sign-in/passkey" { (text::PASSKEY_LINK.in_(lang)) } } }
        p { a href="/sign-in/recover" { (text::RECOVER_LINK.in_(lang)) } }
        @if !page.app.settings.demo_accounts.is_empty() {
            h2 { (text::DEMO_ACCOUNTS.in_(lang)) }
            p.sk-quiet { (text::DEMO_HOW.in_(lang)) " " (text::DEMO_FACTOR.in_(lang)) }
            ul { @for (login, what) in &page.app.settings.demo_accounts { li { b { (login) } " — " (page.say(what)) } } }
        }
    }
}

/// What guesses are counted under.
pub(super) fn keys(login: &str, address: &str) -> [String; 2] {
    [account_key(login), format!("address:{address}")]
}

pub(super) fn account_key(login: &str) -> String {
    format!("account:{login}")
}

/// Whether there were so many guesses that no other is heard for a while.
pub(super) fn waits(reading: &Reading<'_>, keys: &[String; 2], now: i64) -> Result<bool, Failure> {
    for (key, most) in keys.iter().zip([PER_ACCOUNT, PER_ADDRESS]) {
        let (count, since) = reading.failed(key)?;
        if count >= most && now - since < FAILED_FOR {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Counts a wrong guess.
pub(super) async fn count(app: &App, keys: [String; 2], at: i64) -> Result<(), Failure> {
    app.writer.operate(keys.map(|key| Side::Failed { key, at }).to_vec()).await
}

/// Counts a wrong guess that names no account.
pub(super) async fn count_at(app: &App, key: String, at: i64) -> Result<(), Failure> {
    app.writer.operate(vec![Side::Failed { key, at }]).await
}

async fn sign_in(page: Page, form: Posted) -> Answer {
    let app = &page.app;
    let login = login_of(&form);
    let keys = keys(&login, &page.address);
    // Before the count is looked at, so that guesses sent at once are counted one after another.
    let room = password::room(app).await?;
    let now = app.store.clock().now().millis();
    let look = {
        let (keys, login, areas) = (keys.clone(), login.clone(), app.areas);
        move |reading: &Reading<'_>| {
            if waits(reading, &keys, now)? {
                return Ok(Err(()));
            }
            let row = reading.by_key("account", "login", &login)?;
            let Some(row) = row else { return Ok(Ok(None)) };
            let Some(whole) = session::whole(reading, &areas, row.id)? else { return Ok(Ok(None)) };
            let phc = password::stored(reading, &whole)?;
            Ok(Ok(phc.map(|phc| (whole, phc))))
        }
    };
    let again = |status: StatusCode, problem: Text| {
        sign_in_form(&page, status, form.get("next"), form.get("login"), Some(problem.in_(page.lang)))
    };
    let Ok(found) = app.store.read(look).await? else { return Ok(again(StatusCode::TOO_MANY_REQUESTS, text::WAIT)) };
    let phc = found.as_ref().map(|(_, phc)| phc.clone());
    let right = password::verify(&room, form.get("password").to_owned(), phc).await?;
    let Some((whole, _)) = found.filter(|_| right) else {
        count(app, keys, now).await?;
        return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, text::WRONG));
    };
    if whole.factors.strong() {
        return second::wait_for(&page, whole.row.id, form.get("next")).await;
    }
    open(&page, whole, session::PASSWORD, (Vec::new(), Vec::new()), form.get("next")).await
}

/// The login name as accounts have it, however it was typed.
pub(super) fn login_of(form: &Posted) -> String {
    base::text::fold(form.get("login").trim()).chars().take(LONGEST_NAME).collect()
}

/// Opens the session of somebody who has shown all that is asked, and sends them on.
pub(super) async fn open(
    page: &Page,
    whole: Whole,
    way: &'static str,
    (more, mut side): (Vec<Op>, Vec<Side>),
    next: &str,
) -> Answer {
    let app = &page.app;
    let (id, now) = (whole.row.id, app.store.clock().now().millis());
    let value = base::random::token();
    let hash = session::hash(&value);
    let actor = session::actor(id, whole.account.person.0, &whole.known, way, Some(session::short(&hash)));
    let noted = |what| Op::Noted { register: "account".into(), id, what };
    let mut ops = vec![noted(SIGN_IN)];
    let must = factor::must(app) == Must::Register && factor::must_have(&actor, &app.store);
    if must && !whole.factors.strong() {
        ops.push(noted(acts::FACTOR_WANTED));
    }
    if whole.account.emergency == Some(true) {
        ops.push(noted(acts::EMERGENCY));
        side.push(Side::Alarm { account: id, at: now, what: acts::EMERGENCY });
        let login = &whole.account.login;
        tracing::warn!(login, address = page.address, "the account for emergencies, {login}, has signed in");
    }
    ops.extend(more);
    let proof = session::proof(now, way, &whole.known.holdings);
    side.push(Side::SessionOpen { hash, account: id, at: now, until: now + session::LONGEST, proof });
    side.push(Side::Forgive { key: account_key(&whole.account.login) });
    side.extend(page.cookie.map(|hash| Side::SessionEnd { hash }));
    let permit = permit(app, &actor, &whole.row)?;
    app.writer.commit(Change { request: Request::new(), permit, ops, reason: None, side }).await?;
    let next = inside(next).filter(|next| !next.starts_with("/sign-")).unwrap_or("/");
    Ok(with_cookie(see_other(next), &session::set_cookie(app, &value)))
}

/// Gives the session of somebody who proved again who they are a new id; the cookie to set.
pub(super) async fn renew(
    page: &Page,
    whole: &Whole,
    way: &'static str,
    (more, mut side): (Vec<Op>, Vec<Side>),
) -> Result<String, Failure> {
    let app = &page.app;
    let old = page.session.ok_or(Failure::Refused)?;
    let (id, now) = (whole.row.id, app.store.clock().now().millis());
    let value = base::random::token();
    let hash = session::hash(&value);
    let actor = session::actor(id, whole.account.person.0, &whole.known, way, Some(session::short(&hash)));
    let mut ops = vec![Op::Noted { register: "account".into(), id, what: STEP_UP }];
    ops.extend(more);
    side.push(Side::SessionRenew { old, hash, proof: session::proof(now, way, &whole.known.holdings) });
    side.push(Side::Forgive { key: account_key(&whole.account.login) });
    let permit = permit(app, &actor, &whole.row)?;
    app.writer.commit(Change { request: Request::new(), permit, ops, reason: None, side }).await?;
    Ok(session::set_cookie(app, &value))
}

/// Leave to change what an account is proven by, and to note what happened to it.
pub(super) fn permit(app: &App, actor: &Actor, row: &Row) -> Result<Permit, Failure> {
    let description = app.store.registers().description("account").ok_or(Failure::Missing)?.clone();
    decide(actor, Action::Administer, &row.subject(), &description)
}

pub(super) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    response.headers_mut().append(SET_COOKIE, HeaderValue::from_str(cookie).expect("a cookie of plain letters"));
    response
}

async fn sign_out(page: Page) -> Answer {
    if let Some(hash) = page.session {
        page.app.writer.operate(vec![Side::SessionEnd { hash }]).await?;
    }
    Ok(with_cookie(see_other("/sign-in"), &session::set_cookie(&page.app, "")))
}

async fn setup_page(page: Page, Path(token): Path<String>) -> Answer {
    if !first::is_open(&page.app, &token) {
        return Err(Failure::Missing.into());
    }
    Ok(setup_form(&page, StatusCode::OK, &token, &|_| "", &Refusal::default()))
}

fn setup_form<'a>(
    page: &Page,
    status: StatusCode,
    token: &str,
    value: &dyn Fn(&str) -> &'a str,
    refusal: &Refusal,
) -> Response {
    let lang = page.lang;
    let error = |name: &str| {
        let problem = refusal.problems.iter().find(|problem| problem.field.as_deref() == Some(name));
        problem.map(|problem| page.say(&problem.say))
    };
    let line = |name: &'static str, label: &str, kind: Kind, hint: Option<&str>| {
        parts::field(lang, label, Control::line(name, value(name), kind).required().longest(120), hint, error(name))
    };
    let title = setup::TITLE.in_(lang);
    let main = html! {
        h1 { (title) }
        p { (setup::LEAD.in_(lang)) }
        (faults(page, refusal))
        form.sk-form method="post" action={ "/setup/" (token) } {
            (page.request_id())
            (line("body", setup::BODY.in_(lang), Kind::Plain, Some(setup::BODY_HINT.in_(lang))))
            (line("unit", setup::UNIT.in_(lang), Kind::Plain, Some(setup::UNIT_HINT.in_(lang))))
            (line("person", setup::PERSON.in_(lang), Kind::Plain, None))
            (line("post", setup::POST.in_(lang), Kind::Plain, Some(setup::POST_HINT.in_(lang))))
            (line("login", text::LOGIN.in_(lang), Kind::Username, Some(setup::LOGIN_HINT.in_(lang))))
            (parts::field(lang, text::PASSWORD.in_(lang), Control::line("password", "", Kind::NewPassword).required(), Some(words::HINT.in_(lang)), error("password")))
            div.sk-acts { (parts::submit(setup::SUBMIT.in_(lang), Look::Main)) }
        }
    };
    page.show_bare(status, title, main)
}

pub(super) fn faults(page: &Page, refusal: &Refusal) -> Markup {
    let all: Vec<_> = refusal
        .problems
        .iter()
        .map(|problem| parts::Fault {
            name: problem.field.as_deref().unwrap_or("main"),
            message: page.say(&problem.say),
        })
        .collect();
    parts::error_summary(page.lang, &all)
}

async fn set_up(page: Page, Path(token): Path<String>, form: Posted) -> Answer {
    let open = first::take(&page.app, &token).ok_or(Failure::Missing)?;
    let first = First {
        body: form.get("body").to_owned(),
        unit: form.get("unit").to_owned(),
        person: form.get("person").to_owned(),
        post: form.get("post").to_owned(),
    };
    match first::set_up(&page.app, form.request.clone(), &first, form.get("login").trim(), form.get("password")).await {
        Ok(_) => Ok(see_other("/sign-in")),
        // It may have been made all the same.
        Err(Failure::Unknown) => Err(Failure::Unknown.into()),
        Err(Failure::Refusal(refusal)) => {
            first::put_back(&page.app, open);
            Ok(setup_form(&page, StatusCode::UNPROCESSABLE_ENTITY, &token, &|name| form.get(name), &refusal))
        }
        Err(failure) => {
            first::put_back(&page.app, open);
            Err(failure.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_is_only_sent_back_into_this_house() {
        assert_eq!(inside("/r/asset?q=a"), Some("/r/asset?q=a"));
        for elsewhere in [
            "https://example.com",
            "//example.com",
            "/\\example.com",
            "example",
            "/a\r\nSet-Cookie: x",
            "/\t/example.com",
        ] {
            assert_eq!(inside(elsewhere), None, "{elsewhere}");
        }
    }
}
