//! Sessions: a random id in a cookie, its SHA-256 in the store; idle and absolute ends; a new id at every sign-in.

use axum::http::HeaderMap;
use base::id::Id;
use register::change::{Proof, Side};
use register::find::{Alarm, Reading, Row, Session};
use register::permit::{Actor, Holding, Who};
use register::{Failure, Record};
use sha2::{Digest, Sha256};

use super::account::Account;
use super::factor::{self, Factors, Must};
use crate::app::{App, Areas, Known};
use crate::visit::cookie_of;

/// A session ends after this long without a request, in ms.
pub(crate) const IDLE: i64 = 30 * 60 * 1000;
/// A session ends after this long in any case, in ms.
pub(crate) const LONGEST: i64 = 12 * 60 * 60 * 1000;
/// For so long after a password the second factor is waited for, in ms.
pub(super) const HALFWAY: i64 = 10 * 60 * 1000;
/// For so long a proof is recent, in ms.
pub(crate) const FRESH: i64 = 10 * 60 * 1000;
/// Every way to prove who one is, as it stands in entries.
const WAYS: &[&str] = &[PASSWORD, APP, RECOVERY, PASSKEY];
/// A password alone.
pub(super) const PASSWORD: &str = "password";
/// A password and a code of an authenticator app.
pub(super) const APP: &str = "password+totp";
/// A password and a recovery code.
pub(super) const RECOVERY: &str = "password+recovery";
/// A passkey, which stands for two factors.
pub(super) const PASSKEY: &str = "passkey";
/// A session's life sign is written at most this often, in ms.
pub(crate) const TOUCH: i64 = 5 * 60 * 1000;

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

/// What somebody with a live session has to do before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owes {
    /// Register the second factor that their role needs.
    Factor,
    /// Prove again who they are: their roles are not those of the session.
    Proof,
}

/// Somebody with a live session.
pub(crate) struct Visitor {
    pub(crate) actor: Actor,
    pub(crate) known: Known,
    /// Whether a life sign is due.
    pub(crate) stale: bool,
    /// When they last proved who they are, ms.
    pub(crate) proven: i64,
    /// What they have to do first.
    pub(crate) owes: Option<Owes>,
    /// What an administrator is told on every page: the alarm and the account's login name.
    pub(crate) alarms: Vec<(Alarm, String)>,
}

/// Whether a session is of somebody who has shown all that is asked, and has not ended by itself.
pub(super) fn lives(session: &Session, now: i64) -> bool {
    session.proven > 0 && runs(session, now)
}

fn runs(session: &Session, now: i64) -> bool {
    now >= session.opened && now < session.until && now - session.seen < IDLE
}

/// Who a session belongs to, if it lives and its account and person may still act.
pub(crate) fn visitor(reading: &Reading<'_>, app: &App, hash: &[u8; 32]) -> Result<Option<Visitor>, Failure> {
    let Some(session) = reading.session(hash)? else { return Ok(None) };
    let store = reading.store();
    let now = store.clock().now().millis();
    if !lives(&session, now) {
        return Ok(None);
    }
    let Some((_, account, known)) = usable(reading, &app.areas, session.account)? else { return Ok(None) };
    let way = WAYS.iter().find(|way| **way == session.auth).copied().unwrap_or(PASSWORD);
    let actor = actor(session.account, account.person.0, &known, way, Some(short(hash)));
    let Some(wanting) = wants_factor(reading, app, &actor, &account)? else { return Ok(None) };
    let owes =
        if session.roles == roles(&known.holdings) { wanting.then_some(Owes::Factor) } else { Some(Owes::Proof) };
    let mut alarms = Vec::new();
    if factor::administers(&actor, store) {
        for alarm in reading.alarms()? {
            let login = reading.find(Account::REGISTER.name, alarm.account)?.map(|row| row.title);
            alarms.extend(login.map(|login| (alarm, login)));
        }
    }
    Ok(Some(Visitor { actor, known, stale: now - session.seen >= TOUCH, proven: session.proven, owes, alarms }))
}

/// Whether somebody lacks the second factor that their role needs; `None` for who lost their factors behind the
/// application's back, and is not led to register others.
pub(crate) fn wants_factor(
    reading: &Reading<'_>,
    app: &App,
    actor: &Actor,
    account: &Account,
) -> Result<Option<bool>, Failure> {
    if factor::must(app) != Must::Register || !factor::must_have(actor, reading.store()) {
        return Ok(Some(false));
    }
    let (Who::Person { account: id, .. } | Who::Token { account: id, .. }) = actor.who else { return Ok(None) };
    Ok(Factors::of(reading, id, account)?.map(|factors| !factors.strong()))
}

/// The account whose password was right a while ago, and whose second factor is waited for.
pub(super) fn halfway(reading: &Reading<'_>, hash: &[u8; 32]) -> Result<Option<Id>, Failure> {
    let now = reading.store().clock().now().millis();
    let waits = |session: &Session| session.proven == 0 && runs(session, now);
    Ok(reading.session(hash)?.filter(waits).map(|session| session.account))
}

/// The account and its person, if both may act today.
pub(crate) fn usable(
    reading: &Reading<'_>,
    areas: &Areas,
    account: Id,
) -> Result<Option<(Row, Account, Known)>, Failure> {
    let Some(row) = reading.find(Account::REGISTER.name, account)? else { return Ok(None) };
    let account: Account = row.value()?;
    if row.state != register::lifecycle::CURRENT || !account.usable(reading.today()) {
        return Ok(None);
    }
    let known = (areas.person)(reading, account.person.0)?.filter(|known| known.active);
    Ok(known.map(|known| (row, account, known)))
}

/// An account that may be used, with whose it is and what it is proven by.
pub(super) struct Whole {
    pub(super) row: Row,
    pub(super) account: Account,
    pub(super) known: Known,
    pub(super) factors: Factors,
}

/// All about an account, if it and its person may act today and its factors are those that it names.
pub(super) fn whole(reading: &Reading<'_>, areas: &Areas, id: Id) -> Result<Option<Whole>, Failure> {
    let Some((row, account, known)) = usable(reading, areas, id)? else { return Ok(None) };
    let factors = Factors::of(reading, id, &account)?;
    Ok(factors.map(|factors| Whole { row, account, known, factors }))
}

/// The actor that a person is.
pub(crate) fn actor(account: Id, person: Id, known: &Known, auth: &'static str, session: Option<String>) -> Actor {
    Actor { who: Who::Person { account, person, auth, session }, holdings: known.holdings.clone() }
}

/// What was shown for a session, by somebody with these roles.
pub fn proof(at: i64, auth: &'static str, holdings: &[Holding]) -> Proof {
    Proof { at, auth, roles: roles(holdings) }
}

/// Digest of roles and the units that they cover.
fn roles(holdings: &[Holding]) -> String {
    let mut all: Vec<String> = holdings
        .iter()
        .map(|holding| format!("{} {:?} {:?}", holding.role.name(), holding.units, holding.instead_of))
        .collect();
    all.sort_unstable();
    all.dedup();
    register::blob::sha256(all.join("\n").as_bytes())
}

/// Writes a life sign of a session or a token, without making anyone wait.
pub(crate) fn touch(app: &App, actor: &Actor, hash: Option<[u8; 32]>) {
    let at = app.store.clock().now().millis();
    let sign = match (&actor.who, hash) {
        (Who::Token { token, .. }, _) => Side::TokenUsed { token: *token, at },
        (_, Some(hash)) => Side::SessionTouch { hash, at },
        _ => return,
    };
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(failure) = app.writer.operate(vec![sign]).await {
            tracing::warn!(%failure, "a session's life sign was not written");
        }
    });
}
