//! One's own account: the password, and where one is signed in.

use axum::extract::Query;
use axum::http::StatusCode;
use base::clock::Timestamp;
use base::id::Id;
use maud::{Markup, html};
use register::change::{Change, Op, Request, Side};
use register::find::{Row, Session};
use register::permit::{Action, Actor, Who, decide};
use register::{Body, Failure, Refusal};
use serde_json::Value;

use super::pages::{count, keys, waits};
use super::{password, session};
use crate::answer::Answer;
use crate::app::App;
use crate::parts::{self, Column, Control, Kind, Look, Tone};
use crate::say::{Lang, factors, own, sign_in as text, tokens};
use crate::visit::{Page, Posted, see_other, value_of};

pub(super) async fn account(page: Page, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let ended = (value_of(&pairs, "others") == "ended").then(|| good(own::ENDED.in_(page.lang)));
    shown(&page, StatusCode::OK, ended, &Refusal::default()).await
}

async fn shown(page: &Page, status: StatusCode, notice: Option<parts::Notice>, refusal: &Refusal) -> Answer {
    let lang = page.lang;
    let account = account_of(page)?;
    let whole = super::second::myself(page).await?;
    let mut sessions = page.app.store.read(move |reading| reading.sessions(account)).await?;
    let now = page.app.store.clock().now().millis();
    sessions.retain(|(_, kept)| session::lives(kept, now));
    let error = |name: &str| {
        let problem = refusal.problems.iter().find(|problem| problem.field.as_deref() == Some(name));
        problem.map(|problem| page.say(&problem.say))
    };
    let line = |name: &'static str, label: &str, kind: Kind, hint: Option<&str>| {
        parts::field(lang, label, Control::line(name, "", kind).required(), hint, error(name))
    };
    let title = own::TITLE.in_(lang);
    let main = html! {
        (parts::head(title, None, None))
        (super::pages::faults(page, refusal))
        (parts::form(
            "/account",
            Request::new().as_str(),
            html! {
                h2 { (own::PASSWORD.in_(lang)) }
                (line("old", own::OLD.in_(lang), Kind::Password, None))
                (line("password", own::NEW.in_(lang), Kind::NewPassword, Some(own::HINT.in_(lang))))
            },
            parts::submit(own::SUBMIT.in_(lang), Look::Main),
        ))
        (parts::card(Some(factors::TITLE.in_(lang)), html! {
            @let strong = whole.factors.strong();
            p { (if strong { factors::ON } else { factors::OFF }.in_(lang)) " " (factors::LEAD.in_(lang)) }
            p.sk-acts { (parts::go("/account/factors", factors::MANAGE.in_(lang), Look::Second)) }
        }))
        (parts::card(Some(own::SESSIONS.in_(lang)), signed_in(page, &sessions)))
        (parts::card(Some(tokens::TITLE.in_(lang)), html! {
            p { (tokens::WHAT.in_(lang)) }
            (parts::go("/account/tokens", tokens::LINK.in_(lang), Look::Second))
        }))
    };
    Ok(page.show_with(status, title, notice, main))
}

fn signed_in(page: &Page, sessions: &[([u8; 32], Session)]) -> Markup {
    let lang = page.lang;
    let moment = |millis| html! { span.sk-num { (page.moment(Timestamp::from_millis(millis))) } };
    let columns = [own::SINCE, own::LAST, own::DEVICE].map(|label| Column::text(label.in_(lang)));
    let rows: Vec<parts::Row> = sessions
        .iter()
        .map(|(hash, kept)| {
            let here = page.session.as_ref() == Some(hash);
            let device =
                html! { @if here { (parts::chip(Tone::Good, own::HERE.in_(lang))) } @else { (own::OTHER.in_(lang)) } };
            vec![moment(kept.opened), moment(kept.seen), device].into()
        })
        .collect();
    html! {
        (parts::table(lang, own::SESSIONS.in_(lang), &columns, &rows))
        p.sk-quiet { (own::RENEWED.in_(lang)) }
        @if sessions.len() > 1 {
            (parts::form("/account/sessions", Request::new().as_str(), html! { p { (own::END_WHY.in_(lang)) } }, parts::submit(own::END.in_(lang), Look::Second)))
        }
    }
}

pub(super) async fn end_others(page: Page, _: Posted) -> Answer {
    let side = vec![Side::SessionsEnd { account: account_of(&page)?, but: page.session }];
    page.app.writer.operate(side).await?;
    Ok(see_other("/account?others=ended"))
}

pub(super) fn account_of(page: &Page) -> Result<Id, Failure> {
    match page.actor.who {
        Who::Person { account, .. } => Ok(account),
        Who::Anyone | Who::Token { .. } | Who::Engine(_) => Err(Failure::Refused),
    }
}

pub(super) fn good(text: &str) -> parts::Notice {
    parts::Notice { mood: parts::Mood::Good, text: text.to_owned(), more: None }
}

pub(super) async fn change_password(page: Page, form: Posted) -> Answer {
    let account = account_of(&page)?;
    let app = &page.app;
    let (address, now) = (page.address.clone(), app.store.clock().now().millis());
    let room = password::room(app).await?;
    let (row, phc, keys, waits) = app
        .store
        .read(move |reading| {
            let row = reading.find("account", account)?.ok_or(Failure::Missing)?;
            let keys = keys(row.text("login"), &address);
            let waits = waits(reading, &keys, now)?;
            Ok((row, reading.credential(account)?, keys, waits))
        })
        .await?;
    if waits {
        let wait = Refusal::at("old", text::WAIT.in_(Lang::Ja), text::WAIT.in_(Lang::En));
        return shown(&page, StatusCode::TOO_MANY_REQUESTS, None, &wait).await;
    }
    if !password::verify(&room, form.get("old").to_owned(), phc).await? {
        count(app, keys, now).await?;
        let wrong = Refusal::at("old", "いまのパスワードが違います", "That is not the current password");
        return shown(&page, StatusCode::UNPROCESSABLE_ENTITY, None, &wrong).await;
    }
    let phc = match password::hash(form.get("password")) {
        Ok(phc) => phc,
        Err(refusal) => return shown(&page, StatusCode::UNPROCESSABLE_ENTITY, None, &refusal).await,
    };
    let mut change = secret_change(app, &page.actor, &row, &phc, form.request)?;
    let [key, _] = keys;
    change.side.push(Side::Forgive { key });
    change.side.push(Side::SessionsEnd { account, but: page.session });
    app.writer.commit(change).await?;
    shown(&page, StatusCode::OK, Some(good(own::DONE.in_(page.lang))), &Refusal::default()).await
}

fn secret_change(app: &App, actor: &Actor, row: &Row, phc: &str, request: Request) -> Result<Change, Failure> {
    let description = app.store.registers().description("account").ok_or(Failure::Missing)?.clone();
    let permit = decide(actor, Action::Administer, &row.subject(), &description)?;
    let id: Id = row.id;
    let mut patch = Body::new();
    patch.insert("secret_mark".into(), Value::String(password::digest(phc)));
    let op = Op::Edit { register: "account".into(), id, base: row.rev, patch };
    let side = vec![Side::Credential { account: id, phc: phc.to_owned() }];
    Ok(Change { request, permit, ops: vec![op], reason: None, side })
}
