//! One's own second factors: the authenticator app and the recovery codes.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use base::clock::Timestamp;
use maud::{Markup, html};
use register::change::{Change, Factor, Op, Request, Side};
use register::{Failure, Refusal};

use super::factor::{self, Factors, Must, PASSKEY, RECOVERY, RESET, TOTP};
use super::pages::{permit, renew, with_cookie};
use super::second::myself;
use super::session::{self, Owes, Whole};
use super::{acts, codes, own, passkey, totp};
use crate::answer::Answer;
use crate::parts::{self, Column, Confirm, Control, Kind, Look, Mood, Notice};
use crate::say::{Text, factors as text};
use crate::visit::{Page, Posted, see_other};

/// What a kind of factor is called.
pub(super) fn name_of(kind: &str) -> Text {
    match kind {
        TOTP => text::APP,
        PASSKEY => text::PASSKEY,
        RECOVERY => text::CODES,
        _ => text::RESET,
    }
}

pub(super) async fn page(page: Page) -> Answer {
    let whole = myself(&page).await?;
    Ok(shown(&page, &whole, None))
}

/// A page that whoever must still register sees without a navigation that leads nowhere.
pub(super) fn framed(page: &Page, status: StatusCode, title: &str, notice: Option<Notice>, main: Markup) -> Response {
    if page.owes != Some(Owes::Factor) {
        return page.show_with(status, title, notice, main);
    }
    let lang = page.lang;
    let main = html! {
        (main)
        form method="post" action="/sign-out" { (parts::submit(crate::say::shell::SIGN_OUT.in_(lang), Look::SmallSecond)) }
    };
    page.show_bare_with(status, title, notice, main)
}

fn shown(page: &Page, whole: &Whole, notice: Option<Notice>) -> Response {
    let lang = page.lang;
    let (app, must) = (&page.app, factor::must_have(&page.actor, &page.app.store));
    let told = |mood: Mood, text: Text| Notice { mood, text: text.in_(lang).to_owned(), more: None };
    let notice = notice.or_else(|| match (page.owes, must, factor::must(app)) {
        (Some(Owes::Factor), ..) => Some(told(Mood::Warn, text::MUST)),
        (_, true, Must::Nothing) => Some(told(Mood::Info, text::DEMO)),
        _ => None,
    });
    let columns = [text::WHAT, text::SINCE, text::ACT].map(|label| Column::text(label.in_(lang)));
    let registered = whole.factors.0.iter().filter(|factor| !matches!(factor.kind.as_str(), RESET | RECOVERY));
    let rows: Vec<parts::Row> = registered
        .map(|factor| {
            let since = html! { span.sk-num { (page.moment(Timestamp::from_millis(factor.added))) } };
            let remove = format!("/account/factors/{}/remove", factor.id);
            let act = parts::go(&remove, text::REMOVE.in_(lang), Look::SmallSecond);
            let what =
                html! { (name_of(&factor.kind).in_(lang)) @if !factor.label.is_empty() { "（" (factor.label) "）" } };
            vec![what, since, act].into()
        })
        .collect();
    let main = html! {
        (parts::head(text::TITLE.in_(lang), None, None))
        p { (text::LEAD.in_(lang)) }
        @if !rows.is_empty() { (parts::card(None, parts::table(lang, text::TITLE.in_(lang), &columns, &rows))) }
        (parts::card(Some(text::APP.in_(lang)), html! {
            p { (text::APP_WHAT.in_(lang)) }
            @let (label, look) = if whole.factors.app().is_some() { (text::APP_AGAIN, Look::Second) } else { (text::APP_ADD, Look::Main) };
            p.sk-acts { (parts::go("/account/totp", label.in_(lang), look)) }
        }))
        (parts::card(Some(text::PASSKEY.in_(lang)), html! {
            p { (text::PASSKEY_WHAT.in_(lang)) }
            @if passkey::works(page) {
                p.sk-acts { (parts::go("/account/passkey", text::PASSKEY_ADD.in_(lang), Look::Second)) }
            } @else { p.sk-quiet { (crate::say::passkey::NOT_HERE.in_(lang)) } }
        }))
        @if whole.factors.strong() {
            (parts::card(Some(text::CODES.in_(lang)), html! {
                p { (text::CODES_WHAT.in_(lang)) }
                p { (text::codes_left(lang, whole.factors.codes_left())) }
                form method="post" action="/account/codes" {
                    (page.request_id())
                    (parts::hidden("rev", &whole.row.rev.to_string()))
                    div.sk-acts { (parts::submit(text::CODES_NEW.in_(lang), Look::Second)) }
                }
            }))
        }
        @if page.owes.is_none() { p { a href="/account" { (text::BACK.in_(lang)) } } }
    };
    framed(page, StatusCode::OK, text::TITLE.in_(lang), notice, main)
}

pub(super) async fn app_page(page: Page) -> Answer {
    let whole = myself(&page).await?;
    let secret = page.app.secrets.begun(page.session.ok_or(Failure::Refused)?, page.now(), totp::new_secret);
    Ok(app_form(&page, StatusCode::OK, &whole, &secret, &Refusal::default()))
}

fn app_form(page: &Page, status: StatusCode, whole: &Whole, secret: &str, refusal: &Refusal) -> Response {
    let lang = page.lang;
    let address = totp::address(&page.body, &whole.account.login, secret);
    let error = refusal.problems.first().map(|problem| page.say(&problem.say));
    let title = text::APP_TITLE.in_(lang);
    let main = html! {
        (parts::head(title, None, None))
        (super::pages::faults(page, refusal))
        ol {
            li { (text::STEP_APP.in_(lang)) }
            li { (text::STEP_SCAN.in_(lang)) }
            li { (text::STEP_CODE.in_(lang)) }
        }
        @if let Some(picture) = parts::qr(text::QR.in_(lang), &address) { (picture) }
        p { (text::BY_HAND.in_(lang)) }
        p { code.sk-code { (totp::in_groups(secret)) } }
        form.sk-card.sk-narrow method="post" action="/account/totp" {
            (page.request_id())
            (parts::hidden("rev", &whole.row.rev.to_string()))
            (parts::field(lang, text::CODE.in_(lang), Control::line("code", "", Kind::OneTime).required(), Some(text::CODE_HINT.in_(lang)), error))
            div.sk-acts { (parts::submit(text::CONFIRM.in_(lang), Look::Main)) (parts::go("/account/factors", text::CANCEL.in_(lang), Look::Second)) }
        }
    };
    framed(page, status, title, None, main)
}

/// The account as the page showed it: whoever sends an older page is told so.
async fn seen(page: &Page, form: &Posted) -> Result<Whole, Failure> {
    let whole = myself(page).await?;
    current(&whole, form)?;
    Ok(whole)
}

/// Refuses a form that was made before the account changed.
pub(super) fn current(whole: &Whole, form: &Posted) -> Result<(), Failure> {
    if form.get("rev") == whole.row.rev.to_string() {
        return Ok(());
    }
    Err(Refusal::whole(
        "開いた後にアカウントが変わりました。画面を開き直して、もう一度操作してください",
        "The account has changed since the page was opened: open it again and repeat",
    )
    .into())
}

pub(super) async fn add_app(page: Page, form: Posted) -> Answer {
    let whole = seen(&page, &form).await?;
    let now = page.now();
    let session = page.session.ok_or(Failure::Refused)?;
    let secret = page.app.secrets.begun(session, now, totp::new_secret);
    let Some(step) = totp::step_of(&secret, form.get("code"), now, 0) else {
        let wrong = Refusal::at(
            "code",
            "確認コードが違います。アプリに表示されている6桁の数字を、変わらないうちに入力してください。続けて違うときは、スマートフォンの時刻を合わせてください",
            "The code is wrong: enter the six digits that the app shows before they change. If it stays wrong, set the clock of the telephone",
        );
        return Ok(app_form(&page, StatusCode::UNPROCESSABLE_ENTITY, &whole, &secret, &wrong));
    };
    let (id, kind, label) = (TOTP.to_owned(), TOTP.to_owned(), String::new());
    let secret = factor::sealed(&page.app.store, whole.row.id, &secret)?;
    let app = Factor { id, kind, label, secret, added: now, used: step };
    let answer = added(&page, &whole, app, session::APP).await?;
    page.app.secrets.end(&session);
    Ok(answer)
}

/// Registers a second factor: with new recovery codes where there are none left, with a new id for this session, and
/// without any other, since those were opened by less.
pub(super) async fn added(page: &Page, whole: &Whole, factor: Factor, way: &'static str) -> Result<Response, Failure> {
    let mut new = vec![factor];
    let fresh = (whole.factors.codes_left() == 0).then(recovery_codes);
    new.extend(fresh.as_ref().map(|codes| recovery_factor(codes, page.now())));
    let (op, mut side) = whole.factors.with(new).instead_of(&whole.factors, &whole.row);
    side.insert(0, Side::SessionsEnd { account: whole.row.id, but: page.session });
    let noted = |what| Op::Noted { register: "account".into(), id: whole.row.id, what };
    let mut ops = vec![op, noted(acts::FACTOR_ADDED)];
    ops.extend(fresh.is_some().then(|| noted(acts::CODES_MADE)));
    let cookie = renew(page, whole, way, (ops, side)).await?;
    let answer = match fresh {
        Some(codes) => codes_page(page, &codes, text::ADDED),
        None => see_other("/account/factors"),
    };
    Ok(with_cookie(answer, &cookie))
}

fn recovery_codes() -> Vec<String> {
    (0..codes::AT_ONCE).map(|_| codes::new_code()).collect()
}

fn recovery_factor(all: &[String], now: i64) -> Factor {
    let hashes: Vec<String> = all.iter().filter_map(|code| codes::hash(code)).collect();
    let (id, label, secret) = (RECOVERY.to_owned(), String::new(), hashes.join(" "));
    Factor { kind: id.clone(), id, label, secret, added: now, used: 0 }
}

/// The codes, this once.
fn codes_page(page: &Page, all: &[String], done: Text) -> Response {
    let lang = page.lang;
    let title = text::CODES_TITLE.in_(lang);
    let main = html! {
        (parts::head(title, None, None))
        p { (text::CODES_KEEP.in_(lang)) }
        ul.sk-codes { @for code in all { li { code.sk-code { (code) } } } }
        p.sk-quiet { (page.body) " / " (page.known.as_ref().map_or("", |known| known.name.as_str())) }
        p.sk-acts { (parts::go("/", text::CODES_KEPT.in_(lang), Look::Main)) }
    };
    page.show_bare_with(StatusCode::OK, title, Some(own::good(done.in_(lang))), main)
}

pub(super) async fn new_codes(page: Page, form: Posted) -> Answer {
    let whole = seen(&page, &form).await?;
    if !whole.factors.strong() {
        return Err(Refusal::whole(
            "回復コードは、認証アプリを登録してから発行してください",
            "Register an authenticator app before you make recovery codes",
        )
        .into());
    }
    let all = recovery_codes();
    let factor = recovery_factor(&all, page.now());
    change(&page, &whole, &whole.factors.with(vec![factor]), acts::CODES_MADE, form.request).await?;
    Ok(codes_page(&page, &all, text::CODES_MADE))
}

async fn change(
    page: &Page,
    whole: &Whole,
    new: &Factors,
    what: &'static str,
    request: Request,
) -> Result<(), Failure> {
    let (op, side) = new.instead_of(&whole.factors, &whole.row);
    let ops = vec![op, Op::Noted { register: "account".into(), id: whole.row.id, what }];
    let permit = permit(&page.app, &page.actor, &whole.row)?;
    page.app.writer.commit(Change { request, permit, ops, reason: None, side }).await?;
    Ok(())
}

fn removable<'a>(page: &Page, whole: &'a Whole, id: &str) -> Result<&'a Factor, Failure> {
    let found =
        whole.factors.0.iter().find(|factor| factor.id == id && !matches!(factor.kind.as_str(), RESET | RECOVERY));
    let found = found.ok_or(Failure::Missing)?;
    let must = factor::must(&page.app) == Must::Register && factor::must_have(&page.actor, &page.app.store);
    if must && !whole.factors.without(id).strong() {
        return Err(Refusal::whole(
            "あなたの役割には二要素認証が必要なため、最後の一つは解除できません。機種を変えるときは「登録し直す」を使ってください",
            "Your role needs a second factor, so the last one can't be removed. To change the device, register it again",
        )
        .into());
    }
    Ok(found)
}

pub(super) async fn remove_page(page: Page, Path(id): Path<String>) -> Answer {
    let lang = page.lang;
    let whole = myself(&page).await?;
    let factor = removable(&page, &whole, &id)?;
    let question = text::REMOVE_ASK.in_(lang);
    let (action, request) = (format!("/account/factors/{}/remove", factor.id), Request::new());
    let ask = Confirm {
        question,
        consequence: html! { p { (name_of(&factor.kind).in_(lang)) } p { (text::REMOVE_WHAT.in_(lang)) } },
        action: &action,
        request: request.as_str(),
        fields: parts::hidden("rev", &whole.row.rev.to_string()),
        label: text::REMOVE.in_(lang),
        look: Look::Danger,
        back: "/account/factors",
    };
    Ok(page.show(question, parts::confirm(lang, &ask)))
}

pub(super) async fn remove(page: Page, Path(id): Path<String>, form: Posted) -> Answer {
    let whole = seen(&page, &form).await?;
    let factor = removable(&page, &whole, &id)?;
    let left = whole.factors.without(&factor.id);
    change(&page, &whole, &left, acts::FACTOR_REMOVED, form.request.clone()).await?;
    Ok(see_other("/account/factors"))
}
