//! Sessions: a random id in a cookie, its SHA-256 in the store; idle and absolute ends; a new id at every sign-in.

use axum::http::HeaderMap;
use base::id::Id;
use register::change::Side;
use register::find::{Reading, Session};
use register::permit::{Actor, Who};
use register::{Failure, Record};
use sha2::{Digest, Sha256};

use super::account::Account;
use crate::app::{App, Areas, Known};
use crate::visit::cookie_of;

/// A session ends after this long without a request, in ms.
pub(crate) const IDLE: i64 = 30 * 60 * 1000;
/// A session ends after this long in any case, in ms.
pub(crate) const LONGEST: i64 = 12 * 60 * 60 * 1000;
/// A session's life sign is written at most this often, in ms.
const TOUCH: i64 = 5 * 60 * 1000;

/// Where people reach this house by HTTPS the cookie is bound to host and path by its prefix; on plain loopback no browser
/// would keep such a cookie reliably.
pub(crate) fn cookie_name(app: &App) -> &'static str {
    let secure = app.settings.origin.as_deref().is_some_and(|origin| origin.starts_with("https://"));
    if secure { "__Host-sekimori" } else { "sekimori-loopback" }
}

/// The `Set-Cookie` of a session; an empty value ends it.
pub(crate) fn set_cookie(app: &App, value: &str) -> String {
    let name = cookie_name(app);
    let secure = if name.starts_with("__Host-") { "; Secure" } else { "" };
    let age = if value.is_empty() { "; Max-Age=0" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")
}

/// The hash of the session that a request carries.
pub(crate) fn cookie(app: &App, headers: &HeaderMap) -> Option<[u8; 32]> {
    cookie_of(headers, cookie_name(app)).filter(|value| value.len() == 43).map(|value| hash(&value))
}

/// What the store keeps of a session's cookie.
pub fn hash(value: &str) -> [u8; 32] {
    Sha256::digest(value).into()
}

/// How a session stands in entries.
pub fn short(hash: &[u8; 32]) -> String {
    hash[..6].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Somebody with a live session.
pub(crate) struct Visitor {
    pub(crate) actor: Actor,
    pub(crate) known: Known,
    /// Whether a life sign is due.
    pub(crate) stale: bool,
}

/// Whether a session has not ended by itself.
pub(super) fn lives(session: &Session, now: i64) -> bool {
    now >= session.opened && now < session.until && now - session.seen < IDLE
}

/// Who a session belongs to, if it lives and its account and person may still act.
pub(crate) fn visitor(reading: &Reading<'_>, areas: &Areas, hash: &[u8; 32]) -> Result<Option<Visitor>, Failure> {
    let Some(session) = reading.session(hash)? else { return Ok(None) };
    let now = reading.store().clock().now().millis();
    if !lives(&session, now) {
        return Ok(None);
    }
    let Some((account, known)) = usable(reading, areas, session.account)? else { return Ok(None) };
    let actor = actor(session.account, account.person.0, &known, Some(short(hash)));
    Ok(Some(Visitor { actor, known, stale: now - session.seen >= TOUCH }))
}

/// The account and its person, if both may act today.
pub(crate) fn usable(reading: &Reading<'_>, areas: &Areas, account: Id) -> Result<Option<(Account, Known)>, Failure> {
    let Some(row) = reading.find(Account::REGISTER.name, account)? else { return Ok(None) };
    let account: Account = row.value()?;
    if row.state != register::lifecycle::CURRENT || !account.usable(reading.today()) {
        return Ok(None);
    }
    let known = (areas.person)(reading, account.person.0)?.filter(|known| known.active);
    Ok(known.map(|known| (account, known)))
}

/// The actor that a person is.
pub(crate) fn actor(account: Id, person: Id, known: &Known, session: Option<String>) -> Actor {
    Actor { who: Who::Person { account, person, auth: "password", session }, holdings: known.holdings.clone() }
}

/// Writes a life sign, without making anyone wait.
pub(crate) fn touch(app: &App, hash: Option<[u8; 32]>) {
    let Some(hash) = hash else { return };
    let app = app.clone();
    tokio::spawn(async move {
        let at = app.store.clock().now().millis();
        if let Err(failure) = app.writer.operate(vec![Side::SessionTouch { hash, at }]).await {
            tracing::warn!(%failure, "a session's life sign was not written");
        }
    });
}
