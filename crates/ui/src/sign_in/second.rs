//! The second step of sign-in, and proving again who one is (再確認) before what is dangerous in the hands of somebody else.

use axum::extract::Query;
use axum::http::header::REFERER;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use base::id::Id;
use maud::html;
use register::Failure;
use register::change::{Op, Proof as Shown, Side};
use register::find::Reading;

use super::factor::{Code, Factors};
use super::pages::{count, keys, open, renew, waits, with_cookie};
use super::session::{self, FRESH, Owes, Whole};
use super::{acts, own, passkey, password};
use crate::answer::Answer;
use crate::parts::{self, Control, Kind, Look};
use crate::route::Proof;
use crate::say::{Text, second as text, sign_in as words};
use crate::visit::{Page, Posted, inside, see_other, value_of};

/// The answer to somebody who has not shown what a route asks for.
pub(crate) fn unproven(page: &Page, asked: Proof, parts: &Parts) -> Option<Response> {
    if asked == Proof::Session {
        return None;
    }
    if page.owes == Some(Owes::Factor) && asked != Proof::Enrolling {
        return Some(see_other("/account/factors"));
    }
    let age = page.app.store.clock().now().millis() - page.proven;
    let recent = asked == Proof::Usual || (0..FRESH).contains(&age);
    if recent && page.owes != Some(Owes::Proof) {
        return None;
    }
    let back = if parts.method.is_safe() { page.path.clone() } else { page_before(parts) };
    Some(see_other(&format!("/sign-in/again?next={}", crate::pages::address::encode(&back))))
}

/// The page that a form was sent from: what was typed on it must be typed again, but nothing was done.
fn page_before(parts: &Parts) -> String {
    let before = parts.headers.get(REFERER).and_then(|value| value.to_str().ok()?.parse::<Uri>().ok());
    before.and_then(|uri| uri.path_and_query().map(ToString::to_string)).unwrap_or_else(|| "/account".to_owned())
}

/// After a right password: a session that opens nothing but the question for the second factor.
pub(super) async fn wait_for(page: &Page, account: Id, next: &str) -> Answer {
    let (value, now) = (base::random::token(), page.app.store.clock().now().millis());
    let proof = Shown { at: 0, auth: session::PASSWORD, roles: String::new() };
    let hash = session::hash(&value);
    let mut side = vec![Side::SessionOpen { hash, account, at: now, until: now + session::HALFWAY, proof }];
    side.extend(page.cookie.map(|hash| Side::SessionEnd { hash }));
    page.app.writer.operate(side).await?;
    let next = inside(next).unwrap_or("/");
    let to = format!("/sign-in/factor?next={}", crate::pages::address::encode(next));
    Ok(with_cookie(see_other(&to), &session::set_cookie(&page.app, &value)))
}

/// What is asked of somebody.
#[derive(Clone, Copy)]
enum Question {
    /// The second step of sign-in: a code.
    Second,
    /// Who it is, again: a code.
    AgainByCode,
    /// Who it is, again: the password, where there is no second factor.
    AgainByPassword,
}

impl Question {
    fn again(factors: &Factors) -> Self {
        if factors.strong() { Self::AgainByCode } else { Self::AgainByPassword }
    }
}

fn ask(
    page: &Page,
    (question, whole): (Question, &Whole),
    status: StatusCode,
    next: &str,
    problem: Option<Text>,
) -> Answer {
    let lang = page.lang;
    let (title, lead, action) = match question {
        Question::Second => (text::TITLE, text::LEAD, "/sign-in/factor"),
        Question::AgainByCode => (text::AGAIN, text::AGAIN_CODE, "/sign-in/again"),
        Question::AgainByPassword => (text::AGAIN, text::AGAIN_PASSWORD, "/sign-in/again"),
    };
    let field = match question {
        Question::AgainByPassword => parts::field(
            lang,
            words::PASSWORD.in_(lang),
            Control::line("password", "", Kind::Password).required().focused(),
            None,
            None,
        ),
        _ => parts::field(
            lang,
            text::CODE.in_(lang),
            Control::line("code", "", Kind::OneTime).required().focused(),
            Some(text::CODE_HINT.in_(lang)),
            None,
        ),
    };
    let key = match question {
        Question::AgainByPassword => None,
        _ => passkey::ask(page, whole, action, next)?,
    };
    let why = (page.owes == Some(Owes::Proof)).then_some(text::ROLES_CHANGED);
    let main = html! {
        h1 { (title.in_(lang)) }
        @if let Some(why) = why { p { (why.in_(lang)) } }
        @if let Some(key) = &key { p { (text::BY_KEY.in_(lang)) } (key) h2 { (text::BY_CODE.in_(lang)) } }
        p { (lead.in_(lang)) }
        @if let Some(problem) = problem { p.sk-error role="alert" { (problem.in_(lang)) } }
        form.sk-form method="post" action=(action) {
            (page.request_id())
            (parts::hidden("next", next))
            (field)
            div.sk-acts { (parts::submit(text::SUBMIT.in_(lang), Look::Main)) }
        }
        @if !matches!(question, Question::AgainByPassword) {
            details { summary { (text::LOST.in_(lang)) } p { (text::LOST_HOW.in_(lang)) } }
        }
        @if matches!(question, Question::Second) { p { a href="/sign-in" { (text::OTHER.in_(lang)) } } }
    };
    Ok(page.show_bare(status, title.in_(lang), main))
}

fn found(reading: &Reading<'_>, page: &Page, account: Id) -> Result<Option<Whole>, Failure> {
    session::whole(reading, &page.app.areas, account)
}

/// The account whose second factor is waited for at this browser.
async fn waiting(page: &Page) -> Result<Option<Whole>, Failure> {
    let Some(hash) = page.cookie.filter(|_| page.known.is_none()) else { return Ok(None) };
    page.read(move |page, reading| {
        let account = session::halfway(reading, &hash)?;
        account.map_or(Ok(None), |account| found(reading, page, account))
    })
    .await
}

pub(super) async fn factor_page(page: Page, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let Some(whole) = waiting(&page).await? else { return Ok(see_other("/sign-in")) };
    ask(&page, (Question::Second, &whole), StatusCode::OK, value_of(&pairs, "next"), None)
}

pub(super) async fn factor(page: Page, form: Posted) -> Answer {
    // Before the count is looked at, so that guesses sent at once are counted one after another.
    let _room = password::room(&page.app).await?;
    let Some(whole) = waiting(&page).await? else { return Ok(see_other("/sign-in")) };
    let next = form.get("next");
    let (status, problem) = match checked(&page, &whole, &form).await? {
        Answered::Right(way, more) => return open(&page, whole, way, more, next).await,
        Answered::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, text::WRONG),
        Answered::Waits => (StatusCode::TOO_MANY_REQUESTS, words::WAIT),
    };
    ask(&page, (Question::Second, &whole), status, next, Some(problem))
}

/// What became of an answer.
enum Answered {
    /// The way that was shown, with what must be written for it.
    Right(&'static str, (Vec<Op>, Vec<Side>)),
    /// It was wrong, and is counted.
    Wrong,
    /// Too many were wrong.
    Waits,
}

/// Whether a code is one of the account. What is good once is used up by the change that the answer goes into.
async fn checked(page: &Page, whole: &Whole, form: &Posted) -> Result<Answered, Failure> {
    let (app, id) = (&page.app, whole.row.id);
    let keys = keys(&whole.account.login, &page.address);
    let now = app.store.clock().now().millis();
    let counted = keys.clone();
    if page.read(move |_, reading| waits(reading, &counted, now)).await? {
        return Ok(Answered::Waits);
    }
    if form.has("credential") {
        if let Some(side) = passkey::checked(page, whole, form.get("credential")) {
            return Ok(Answered::Right(session::PASSKEY, (Vec::new(), side)));
        }
        count(app, keys, now).await?;
        return Ok(Answered::Wrong);
    }
    Ok(match whole.factors.code(&app.store, id, form.get("code"), now)? {
        Some(Code::App(step)) => {
            let used = Side::FactorUsed { account: id, id: super::factor::TOTP.to_owned(), used: step };
            Answered::Right(session::APP, (Vec::new(), vec![used]))
        }
        Some(Code::Recovery(left)) => {
            let (op, mut side) = whole.factors.with(vec![left]).instead_of(&whole.factors, &whole.row);
            side.push(Side::Alarm { account: id, at: now, what: acts::CODE_USED });
            let noted = Op::Noted { register: "account".into(), id, what: acts::CODE_USED };
            Answered::Right(session::RECOVERY, (vec![op, noted], side))
        }
        None => {
            count(app, keys, now).await?;
            Answered::Wrong
        }
    })
}

/// Whoever is signed in, with what they are proven by.
pub(super) async fn myself(page: &Page) -> Result<Whole, Failure> {
    let account = own::account_of(page)?;
    page.read(move |page, reading| found(reading, page, account)).await?.ok_or(Failure::Refused)
}

pub(super) async fn again_page(page: Page, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let whole = myself(&page).await?;
    let question = (Question::again(&whole.factors), &whole);
    ask(&page, question, StatusCode::OK, value_of(&pairs, "next"), None)
}

pub(super) async fn again(page: Page, form: Posted) -> Answer {
    let room = password::room(&page.app).await?;
    let (app, next) = (&page.app, form.get("next"));
    let whole = myself(&page).await?;
    let question = Question::again(&whole.factors);
    let answered = if whole.factors.strong() {
        checked(&page, &whole, &form).await?
    } else {
        let keys = keys(&whole.account.login, &page.address);
        let (now, counted, id) = (app.store.clock().now().millis(), keys.clone(), whole.row.id);
        let look = move |page: &Page, reading: &Reading<'_>| {
            let whole = found(reading, page, id)?.ok_or(Failure::Refused)?;
            Ok((waits(reading, &counted, now)?, password::stored(reading, &whole)?))
        };
        let (waits, phc) = page.read(look).await?;
        if waits {
            Answered::Waits
        } else if password::verify(&room, form.get("password").to_owned(), phc).await? {
            Answered::Right(session::PASSWORD, (Vec::new(), Vec::new()))
        } else {
            count(app, keys, now).await?;
            Answered::Wrong
        }
    };
    let no = |status, problem| ask(&page, (question, &whole), status, next, Some(problem));
    match answered {
        Answered::Right(way, more) => {
            let cookie = renew(&page, &whole, way, more).await?;
            Ok(with_cookie(see_other(inside(next).unwrap_or("/")), &cookie))
        }
        Answered::Wrong if matches!(question, Question::AgainByPassword) => {
            no(StatusCode::UNPROCESSABLE_ENTITY, text::WRONG_PASSWORD)
        }
        Answered::Wrong => no(StatusCode::UNPROCESSABLE_ENTITY, text::WRONG),
        Answered::Waits => no(StatusCode::TOO_MANY_REQUESTS, words::WAIT),
    }
}
