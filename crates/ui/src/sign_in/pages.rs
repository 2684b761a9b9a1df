//! The pages of sign-in: in, out, the first set-up, and one's own password.

use axum::extract::{Path, Query};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use register::change::{Change, FAILED_FOR, Op, Request, SIGN_IN, Side};
use register::find::Reading;
use register::permit::{Action, decide};
use register::{Failure, Refusal};

use super::{first, own, password, session};
use crate::answer::Answer;
use crate::app::{App, First};
use crate::parts::{self, Control, Kind, Look};
use crate::route::{Guard, Limits, Route};
use crate::say::{own as words, setup, sign_in as text};
use crate::visit::{Page, Posted, inside, see_other, value_of};

/// Failed sign-ins after which an account waits.
const PER_ACCOUNT: u64 = 10;
/// Failed sign-ins after which an address waits; a whole office may share one.
const PER_ADDRESS: u64 = 100;
/// Longest name that is looked for, in characters: the count keeps it.
const LONGEST_NAME: usize = 100;

/// The routes of sign-in.
pub const ROUTES: &[Route] = &[
    Route::new(Method::GET, "/sign-in", Guard::Anyone, Limits::PAGE, || get(sign_in_page)),
    Route::new(Method::POST, "/sign-in", Guard::Anyone, Limits::STRANGER, || post(sign_in)),
    Route::new(Method::POST, "/sign-out", Guard::SignedIn, Limits::FORM, || post(sign_out)),
    Route::new(Method::GET, "/setup/{token}", Guard::Anyone, Limits::PAGE, || get(setup_page)),
    Route::new(Method::POST, "/setup/{token}", Guard::Anyone, Limits::STRANGER, || post(set_up)),
    Route::new(Method::GET, "/account", Guard::SignedIn, Limits::PAGE, || get(own::account)),
    Route::new(Method::POST, "/account", Guard::SignedIn, Limits::FORM, || post(own::change_password)),
    Route::new(Method::POST, "/account/sessions", Guard::SignedIn, Limits::FORM, || post(own::end_others)),
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
    sign_in_form(&page, StatusCode::OK, value_of(&pairs, "next"), "", None)
}

fn sign_in_form(page: &Page, status: StatusCode, next: &str, login: &str, problem: Option<&str>) -> Response {
    let lang = page.lang;
    let title = text::TITLE.in_(lang);
    let main = html! {
        h1 { (title) }
        @if let Some(problem) = problem { p.sk-error role="alert" { (problem) } }
        form.sk-form method="post" action="/sign-in" {
            (page.request_id())
            (parts::hidden("next", next))
            (parts::field(lang, text::LOGIN.in_(lang), Control::line("login", login, Kind::Username).required().focused(), None, None))
            (parts::field(lang, text::PASSWORD.in_(lang), Control::line("password", "", Kind::Password).required(), None, None))
            div.sk-acts { (parts::submit(text::SUBMIT.in_(lang), Look::Main)) }
        }
        @if !page.app.settings.demo_accounts.is_empty() {
            h2 { (text::DEMO_ACCOUNTS.in_(lang)) }
            p.sk-quiet { (text::DEMO_HOW.in_(lang)) }
            ul { @for (login, what) in &page.app.settings.demo_accounts { li { b { (login) } " — " (page.say(what)) } } }
        }
    };
    page.show_bare(status, title, main)
}

/// What guesses are counted under.
pub(super) fn keys(login: &str, address: &str) -> [String; 2] {
    [format!("account:{login}"), format!("address:{address}")]
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

async fn sign_in(page: Page, form: Posted) -> Answer {
    let app = &page.app;
    let login: String = base::text::fold(form.get("login").trim()).chars().take(LONGEST_NAME).collect();
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
            let Some((account, known)) = session::usable(reading, &areas, row.id)? else { return Ok(Ok(None)) };
            let phc = reading
                .credential(row.id)?
                .filter(|phc| account.secret_mark.as_deref() == Some(&password::digest(phc)));
            Ok(Ok(phc.map(|phc| (row.subject(), account, known, phc))))
        }
    };
    let Ok(found) = app.store.read(look).await? else {
        let words = text::WAIT.in_(page.lang);
        return Ok(sign_in_form(
            &page,
            StatusCode::TOO_MANY_REQUESTS,
            form.get("next"),
            form.get("login"),
            Some(words),
        ));
    };
    let phc = found.as_ref().map(|(.., phc)| phc.clone());
    let right = password::verify(&room, form.get("password").to_owned(), phc).await?;
    let Some((subject, account, known, _)) = found.filter(|_| right) else {
        count(app, keys, now).await?;
        let words = text::WRONG.in_(page.lang);
        return Ok(sign_in_form(
            &page,
            StatusCode::UNPROCESSABLE_ENTITY,
            form.get("next"),
            form.get("login"),
            Some(words),
        ));
    };
    let id = subject.id.ok_or(Failure::Missing)?;
    let value = base::random::token();
    let hash = session::hash(&value);
    let actor = session::actor(id, account.person.0, &known, Some(session::short(&hash)));
    let description = app.store.registers().description("account").ok_or(Failure::Missing)?.clone();
    let permit = decide(&actor, Action::Administer, &subject, &description)?;
    let mut side = vec![
        Side::SessionOpen { hash, account: id, at: now, until: now + session::LONGEST },
        Side::Forgive { key: format!("account:{login}") },
    ];
    side.extend(page.session.map(|hash| Side::SessionEnd { hash }));
    let op = Op::Noted { register: "account".into(), id, what: SIGN_IN };
    app.writer.commit(Change { request: Request::new(), permit, ops: vec![op], reason: None, side }).await?;
    let next = inside(form.get("next")).filter(|next| !next.starts_with("/sign-")).unwrap_or("/");
    Ok(with_cookie(see_other(next), &session::set_cookie(app, &value)))
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
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
