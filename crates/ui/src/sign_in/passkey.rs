//! Passkeys (パスキー, WebAuthn): a key in the device or on a stick that the browser uses for this house alone, opened by a
//! finger, a face or a PIN. With that it counts as two factors. Questions to the browser live in memory and are good once.

use axum::http::StatusCode;
use base::id::Id;
use data_encoding::BASE64URL_NOPAD;
use maud::{Markup, html};
use register::change::{Factor, Side};
use register::find::Reading;
use register::{Failure, Refusal};
use serde::Serialize;
use serde_json::Value;
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyAuthentication,
    PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::factor::{Factors, PASSKEY};
use super::pages::{count_at, keys, open, waits};
use super::second::myself;
use super::session::{self, Whole};
use super::{factors, pages};
use crate::answer::Answer;
use crate::parts::{self, Control, Kind, Look};
use crate::say::{factors as words, passkey as text, sign_in};
use crate::visit::{Page, Posted, see_other};

/// A question to the browser, as its script reads it, with what its answer is held against.
type Asked<T> = (String, T);

/// A question for a new passkey.
pub(crate) type New = Asked<PasskeyRegistration>;
/// A question for one of an account's passkeys.
pub(crate) type One = Asked<PasskeyAuthentication>;
/// A question for any passkey.
pub(crate) type Any = Asked<DiscoverableAuthentication>;

/// The house as browsers know it. None where passkeys can't work: they belong to a host name, and need HTTPS, or this
/// machine's own.
fn house(page: &Page) -> Option<Webauthn> {
    let origin = page.app.settings.origin.as_deref();
    let here = page.host.rsplit_once(':').map_or(page.host.as_str(), |(name, _)| name);
    let address = match origin {
        Some(origin) => origin,
        None if here == "localhost" => "http://localhost",
        None => return None,
    };
    let address = Url::parse(address).ok()?;
    let builder = WebauthnBuilder::new(address.domain()?, &address).ok()?;
    builder.rp_name("関守 Sekimori").allow_any_port(origin.is_none()).build().ok()
}

/// Whether passkeys work at the address by which the visitor came.
pub(super) fn works(page: &Page) -> bool {
    house(page).is_some()
}

fn broken(why: WebauthnError) -> Failure {
    Failure::Broken(format!("passkeys: {why}"))
}

fn written(question: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(question).map_err(|e| Failure::Broken(format!("passkeys: {e}")))
}

/// The passkeys of an account.
fn of(factors: &Factors) -> Vec<Passkey> {
    let kept = factors.0.iter().filter(|factor| factor.kind == PASSKEY);
    kept.filter_map(|factor| serde_json::from_str(&factor.secret).ok()).collect()
}

/// A form that a script sends with the browser's answer; without script it stays hidden.
fn question(page: &Page, deed: &str, question: &str, action: &str, fields: Markup, label: &str) -> Markup {
    let lang = page.lang;
    html! {
        form.sk-form hidden method="post" action=(action) data-passkey=(deed) data-question=(question) data-failed=(text::FAILED.in_(lang)) {
            (page.request_id())
            (parts::hidden("credential", ""))
            (fields)
            p.sk-error role="alert" hidden {}
            div.sk-acts { (parts::submit(label, Look::Main)) }
        }
        noscript { p.sk-quiet { (text::SCRIPT.in_(lang)) } }
    }
}

/// The page where a passkey is registered.
pub(super) async fn page(page: Page) -> Answer {
    let whole = myself(&page).await?;
    shown(&page, StatusCode::OK, &whole, &Refusal::default())
}

fn shown(page: &Page, status: StatusCode, whole: &Whole, refusal: &Refusal) -> Answer {
    let lang = page.lang;
    let title = text::TITLE.in_(lang);
    let body = match house(page) {
        None => html! { p { (text::NOT_HERE.in_(lang)) } },
        Some(house) => {
            let session = page.session.ok_or(Failure::Refused)?;
            let begin = || begin_new(&house, whole);
            let (asked, _) = page.app.new_passkeys.try_begun(session, page.now(), begin)?;
            let error = refusal.problems.first().map(|problem| page.say(&problem.say));
            let label = Control::line("label", "", Kind::Plain).required().longest(40);
            let fields = html! {
                (parts::hidden("rev", &whole.row.rev.to_string()))
                (parts::field(lang, text::LABEL.in_(lang), label, Some(text::LABEL_HINT.in_(lang)), error))
            };
            html! {
                p { (text::LEAD.in_(lang)) }
                (question(page, "create", &asked, "/account/passkey", fields, text::ADD.in_(lang)))
            }
        }
    };
    let main = html! {
        (parts::head(title, None, None))
        (pages::faults(page, refusal))
        (parts::card(None, body))
        p { a href="/account/factors" { (words::TITLE.in_(lang)) } }
    };
    Ok(factors::framed(page, status, title, None, main))
}

fn begin_new(house: &Webauthn, whole: &Whole) -> Result<New, Failure> {
    let user = Uuid::from_bytes(*whole.row.id.as_bytes());
    let known = of(&whole.factors).iter().map(|key| key.cred_id().clone()).collect();
    let begun = house.start_passkey_registration(user, &whole.account.login, &whole.known.name, Some(known));
    let (asked, state) = begun.map_err(broken)?;
    let mut asked = written(&asked)?;
    // Where the device can, it remembers whose the key is, so that no login name need be typed.
    asked["publicKey"]["authenticatorSelection"]["residentKey"] = Value::from("preferred");
    Ok((asked.to_string(), state))
}

/// Registers a passkey.
pub(super) async fn add(page: Page, form: Posted) -> Answer {
    let whole = myself(&page).await?;
    factors::current(&whole, &form)?;
    let (session, label) = (page.session.ok_or(Failure::Refused)?, form.get("label").trim().to_owned());
    let wrong = |field: &str, ja: &str, en: &str| {
        shown(&page, StatusCode::UNPROCESSABLE_ENTITY, &whole, &Refusal::at(field, ja, en))
    };
    if label.is_empty() || label.chars().count() > 40 {
        return wrong("label", "呼び名を40字以内で入力してください", "Enter a name of at most 40 characters");
    }
    let asked = page.app.new_passkeys.taken(&session, page.now());
    let answer: Option<RegisterPublicKeyCredential> = serde_json::from_str(form.get("credential")).ok();
    let made = house(&page).zip(asked).zip(answer).and_then(|((house, (_, state)), answer)| {
        house.finish_passkey_registration(&answer, &state).inspect_err(|why| tracing::info!(%why, "no passkey")).ok()
    });
    let Some(key) = made else {
        return wrong(
            "label",
            "パスキーを登録できませんでした。もう一度「登録する」を押し、端末の案内に従ってください",
            "The passkey could not be registered: press the button again and follow your device",
        );
    };
    let id = BASE64URL_NOPAD.encode(key.cred_id());
    let secret = serde_json::to_string(&key).map_err(|e| Failure::Broken(format!("passkeys: {e}")))?;
    let factor = Factor { id, kind: PASSKEY.to_owned(), label, secret, added: page.now(), used: 0 };
    Ok(factors::added(&page, &whole, factor, session::PASSKEY).await?)
}

/// The question for one of somebody's passkeys, below the one for a code; nothing where there is none, or it can't work.
pub(super) fn ask(page: &Page, whole: &Whole, action: &str, next: &str) -> Result<Option<Markup>, Failure> {
    let keys = of(&whole.factors);
    let (Some(house), Some(session), false) = (house(page), page.cookie, keys.is_empty()) else { return Ok(None) };
    let begin = || {
        let (asked, state) = house.start_passkey_authentication(&keys).map_err(broken)?;
        Ok::<One, Failure>((written(&asked)?.to_string(), state))
    };
    let (asked, _) = page.app.passkeys.try_begun(session, page.now(), begin)?;
    Ok(Some(question(page, "get", &asked, action, parts::hidden("next", next), text::USE.in_(page.lang))))
}

/// What must be written for the browser's answer, if it is good.
pub(super) fn checked(page: &Page, whole: &Whole, answer: &str) -> Option<Vec<Side>> {
    let (_, state) = page.app.passkeys.taken(&page.cookie?, page.now())?;
    let answer: PublicKeyCredential = serde_json::from_str(answer).ok()?;
    let result = house(page)?.finish_passkey_authentication(&answer, &state);
    let result = result.inspect_err(|why| tracing::info!(%why, "a passkey was refused")).ok()?;
    used(whole, &result)
}

/// The counter of a passkey only grows, where it has one: a copy of it is found out.
fn used(whole: &Whole, result: &AuthenticationResult) -> Option<Vec<Side>> {
    let id = BASE64URL_NOPAD.encode(result.cred_id());
    let factor = whole.factors.0.iter().find(|factor| factor.kind == PASSKEY && factor.id == id)?;
    let counter = i64::from(result.counter());
    if !result.user_verified() || (counter > 0 || factor.used > 0) && counter <= factor.used {
        return None;
    }
    let used = Side::FactorUsed { account: whole.row.id, id, used: counter };
    Some(if counter > 0 { vec![used] } else { Vec::new() })
}

/// The page where a passkey alone signs in.
pub(super) async fn sign_in_page(page: Page) -> Answer {
    if page.known.is_some() {
        return Ok(see_other("/"));
    }
    sign_in_shown(&page, StatusCode::OK, None)
}

fn sign_in_shown(page: &Page, status: StatusCode, problem: Option<crate::say::Text>) -> Answer {
    let lang = page.lang;
    let title = text::SIGN_IN.in_(lang);
    let body = match house(page) {
        None => html! { p { (text::NOT_HERE.in_(lang)) } },
        Some(house) => {
            let token = base::random::token();
            let (mut asked, state) = house.start_discoverable_authentication().map_err(broken)?;
            // The question is asked when the button is pressed, not while a name is typed.
            asked.mediation = None;
            let begun = (String::new(), state);
            page.app.any_passkeys.begun(session::hash(&token), page.now(), || begun);
            let asked = written(&asked)?.to_string();
            html! {
                p { (text::SIGN_IN_LEAD.in_(lang)) }
                (question(page, "get", &asked, "/sign-in/passkey", parts::hidden("token", &token), text::USE.in_(lang)))
            }
        }
    };
    let main = html! {
        h1 { (title) }
        @if let Some(problem) = problem { p.sk-error role="alert" { (problem.in_(lang)) } }
        (body)
        p { a href="/sign-in" { (text::BY_PASSWORD.in_(lang)) } }
    };
    Ok(page.show_bare(status, title, main))
}

/// Signs in with a passkey alone.
pub(super) async fn sign_in(page: Page, form: Posted) -> Answer {
    let app = &page.app;
    let (now, by_address) = (page.now(), keys("", &page.address)[1].clone());
    let answer: Option<PublicKeyCredential> = serde_json::from_str(form.get("credential")).ok();
    let asked = app.any_passkeys.taken(&session::hash(form.get("token")), now);
    let account = answer.as_ref().and_then(|answer| {
        let user = answer.get_user_unique_id().and_then(|user| user.try_into().ok());
        user.and_then(Id::from_bytes)
    });
    let (areas, address) = (app.areas, page.address.clone());
    let look = move |reading: &Reading<'_>| {
        let whole = account.map_or(Ok(None), |account| session::whole(reading, &areas, account))?;
        let keys = keys(whole.as_ref().map_or("", |whole| &whole.account.login), &address);
        Ok((waits(reading, &keys, now)?, whole))
    };
    let (waits, whole) = app.store.read(look).await?;
    if waits {
        return sign_in_shown(&page, StatusCode::TOO_MANY_REQUESTS, Some(sign_in::WAIT));
    }
    let good = house(&page).zip(asked).zip(answer).and_then(|((house, (_, state)), answer)| {
        let whole = whole?;
        let key = of(&whole.factors).into_iter().find(|key| key.cred_id().as_slice() == answer.get_credential_id())?;
        let result = house.finish_discoverable_authentication_v2(&answer, state, DiscoverableKey::from(key));
        let result = result.inspect_err(|why| tracing::info!(%why, "a passkey was refused")).ok()?;
        let side = used(&whole, &result)?;
        Some((whole, side))
    });
    if let Some((whole, side)) = good {
        return open(&page, whole, session::PASSKEY, (Vec::new(), side), form.get("next")).await;
    }
    count_at(app, by_address, now).await?;
    sign_in_shown(&page, StatusCode::UNPROCESSABLE_ENTITY, Some(text::WRONG))
}
