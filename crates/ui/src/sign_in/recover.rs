//! Getting an account back (復旧): with a code that two administrators issued, its owner sets a new password. The second
//! factors go, and where the role needs one, the next sign-in asks for a new one.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use register::Refusal;
use register::change::{Change, Op, Side};
use register::find::Reading;
use serde_json::Value;

use super::factor::Factors;
use super::pages::{account_key, count, faults, keys, login_of, permit, waits};
use super::{acts, codes, password, session};
use crate::answer::Answer;
use crate::parts::{self, Control, Kind, Look};
use crate::say::{Lang, own as words, recover as text, sign_in};
use crate::visit::{Page, Posted, see_other};

pub(super) async fn page(page: Page) -> Response {
    form_page(&page, StatusCode::OK, "", &Refusal::default())
}

fn form_page(page: &Page, status: StatusCode, login: &str, refusal: &Refusal) -> Response {
    let lang = page.lang;
    let error = |name: &str| {
        let problem = refusal.problems.iter().find(|problem| problem.field.as_deref() == Some(name));
        problem.map(|problem| page.say(&problem.say))
    };
    let main = html! {
        h1 { (text::TITLE.in_(lang)) }
        p { (text::LEAD.in_(lang)) }
        (faults(page, refusal))
        form.sk-form method="post" action="/sign-in/recover" {
            (page.request_id())
            (parts::field(lang, sign_in::LOGIN.in_(lang), Control::line("login", login, Kind::Username).required(), None, error("login")))
            (parts::field(lang, text::CODE.in_(lang), Control::line("code", "", Kind::Plain).required(), Some(text::CODE_HINT.in_(lang)), error("code")))
            (parts::field(lang, words::NEW.in_(lang), Control::line("password", "", Kind::NewPassword).required(), Some(words::HINT.in_(lang)), error("password")))
            div.sk-acts { (parts::submit(text::SUBMIT.in_(lang), Look::Main)) }
        }
        p { a href="/sign-in" { (text::BACK.in_(lang)) } }
    };
    page.show_bare(status, text::TITLE.in_(lang), main)
}

pub(super) async fn recover(page: Page, form: Posted) -> Answer {
    let app = &page.app;
    let login = login_of(&form);
    let keys = keys(&login, &page.address);
    let no = |status, refusal: &Refusal| Ok(form_page(&page, status, form.get("login"), refusal));
    let _room = password::room(app).await?;
    // Before the code is looked at, so that the answer takes as long whatever it is.
    let new = form.get("password").to_owned();
    let hashed = tokio::task::spawn_blocking(move || password::hash(&new)).await;
    let phc = match hashed.map_err(|e| register::Failure::Broken(format!("hashing a password: {e}")))? {
        Ok(phc) => phc,
        Err(refusal) => return no(StatusCode::UNPROCESSABLE_ENTITY, &refusal),
    };
    let now = app.store.clock().now().millis();
    let (counted, typed, areas, named) = (keys.clone(), codes::hash(form.get("code")), app.areas, login.clone());
    let look = move |reading: &Reading<'_>| {
        if waits(reading, &counted, now)? {
            return Ok(Err(()));
        }
        let Some(row) = reading.by_key("account", "login", &named)? else { return Ok(Ok(None)) };
        let whole = session::whole(reading, &areas, row.id)?;
        let holds = |typed: &str, whole: &session::Whole| {
            whole.factors.reset().is_some_and(|reset| reset.used > now && reset.secret == format!("code {typed}"))
        };
        Ok(Ok(whole.filter(|whole| typed.as_ref().is_some_and(|typed| holds(typed, whole)))))
    };
    let Ok(found) = app.store.read(look).await? else {
        let wait = Refusal::at("code", sign_in::WAIT.in_(Lang::Ja), sign_in::WAIT.in_(Lang::En));
        return no(StatusCode::TOO_MANY_REQUESTS, &wait);
    };
    let Some(whole) = found else {
        count(app, keys, now).await?;
        let wrong = Refusal::at("code", text::WRONG.in_(Lang::Ja), text::WRONG.in_(Lang::En));
        return no(StatusCode::UNPROCESSABLE_ENTITY, &wrong);
    };
    let id = whole.row.id;
    let (mut op, mut side) = Factors::default().instead_of(&whole.factors, &whole.row);
    if let Op::Edit { patch, .. } = &mut op {
        patch.insert("secret_mark".into(), Value::String(password::digest(&phc)));
    }
    side.push(Side::Credential { account: id, phc });
    side.push(Side::SessionsEnd { account: id, but: None });
    side.push(Side::Forgive { key: account_key(&login) });
    side.push(Side::Alarm { account: id, at: now, what: acts::RECOVERED });
    let actor = session::actor(id, whole.account.person.0, &whole.known, "recovery", None);
    let permit = permit(app, &actor, &whole.row)?;
    let ops = vec![op, Op::Noted { register: "account".into(), id, what: acts::RECOVERED }];
    app.writer.commit(Change { request: form.request, permit, ops, reason: None, side }).await?;
    Ok(see_other("/sign-in?recovered=1"))
}
