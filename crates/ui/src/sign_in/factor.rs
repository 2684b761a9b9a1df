//! What an account is proven by beside its password (認証の要素), and what gets it back. The rows lie beside the account's
//! record, which holds a mark of them: rows that were exchanged or taken away behind the application's back let nobody in.

use base::id::Id;
use base::secrets::Zeroizing;
use data_encoding::BASE64URL_NOPAD;
use register::change::{Factor, Op, Side};
use register::find::{Reading, Row};
use register::permit::{Action, Actor, Role, scope};
use register::{Body, Failure, Store};
use serde_json::Value;

use super::account::Account;
use super::{codes, totp};
use crate::app::App;

/// An authenticator app.
pub(super) const TOTP: &str = "totp";
/// A passkey.
pub(super) const PASSKEY: &str = "passkey";
/// Recovery codes: one row with the hashes of those that are left.
pub(super) const RECOVERY: &str = "recovery";
/// A recovery by two administrators under way.
pub(super) const RESET: &str = "reset";

/// What a house does about people whose role needs a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Must {
    /// They can do nothing before they have registered one.
    Register,
    /// Nothing: the data are fictional.
    Nothing,
}

/// Whether somebody with these roles must have a second factor: those who answer for the whole body or examine it, and
/// whoever may run the accounts of others. No setting turns it off.
pub(crate) fn must_have(actor: &Actor, store: &Store) -> bool {
    [Role::Ciso, Role::Chief, Role::Auditor].into_iter().any(|role| actor.holds(role)) || administers(actor, store)
}

/// What this house does about people whose role needs a second factor.
pub(crate) fn must(app: &App) -> Must {
    if app.settings.demo { Must::Nothing } else { Must::Register }
}

/// Whether somebody runs the accounts of others.
pub(crate) fn administers(actor: &Actor, store: &Store) -> bool {
    let registers = store.registers();
    let Some(description) = registers.description("account") else { return false };
    scope(actor, description, Action::Administer).allow.iter().any(|part| part.own.is_none())
}

/// The mark of an account's factors; none where there are none. How often they were used is no part of it.
pub fn mark(factors: &[Factor]) -> Option<String> {
    let mut all: Vec<_> =
        factors.iter().map(|factor| (&factor.id, &factor.kind, &factor.label, &factor.secret, factor.added)).collect();
    all.sort_unstable();
    let text = serde_json::to_string(&all).expect("texts and numbers are always JSON");
    (!all.is_empty()).then(|| register::blob::sha256(text.as_bytes()))
}

/// The secret of an account's authenticator app as it is stored: sealed under a key that lies apart from the data.
///
/// # Errors
/// When the house has no such key.
pub fn sealed(store: &Store, account: Id, secret: &str) -> Result<String, Failure> {
    let sealed = store.secrets()?.seal(TOTP, &["account", &account.to_string()], secret.as_bytes());
    Ok(BASE64URL_NOPAD.encode(&sealed))
}

fn opened(store: &Store, account: Id, sealed: &str) -> Result<Zeroizing<String>, Failure> {
    let broken = |why: String| Failure::Broken(format!("the secret of an authenticator app: {why}"));
    let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).map_err(|e| broken(e.to_string()))?;
    let opened = store.secrets()?.open(TOTP, &["account", &account.to_string()], &sealed);
    let opened = opened.map_err(|e| broken(e.to_string()))?;
    let text = std::str::from_utf8(&opened).map_err(|e| broken(e.to_string()))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// What a code turned out to be.
pub(super) enum Code {
    /// One of the authenticator app, of this step.
    App(i64),
    /// A recovery code; the row without it.
    Recovery(Factor),
}

/// The factors of an account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Factors(pub(super) Vec<Factor>);

impl Factors {
    /// The factors of an account, if they agree with its record.
    pub(crate) fn of(reading: &Reading<'_>, id: Id, account: &Account) -> Result<Option<Self>, Failure> {
        let factors = reading.factors(id)?;
        if mark(&factors) == account.factor_mark {
            return Ok(Some(Self(factors)));
        }
        tracing::warn!(account = %id, "the factors of an account are not those that its record names: nobody is let in");
        Ok(None)
    }

    fn find(&self, id: &str) -> Option<&Factor> {
        self.0.iter().find(|factor| factor.id == id)
    }

    /// Whether there is a second factor. Recovery codes stand in for one, and are none.
    pub(crate) fn strong(&self) -> bool {
        self.0.iter().any(|factor| [TOTP, PASSKEY].contains(&factor.kind.as_str()))
    }

    /// The authenticator app.
    pub(super) fn app(&self) -> Option<&Factor> {
        self.find(TOTP)
    }

    /// Recovery codes that are left.
    pub(super) fn codes_left(&self) -> usize {
        self.find(RECOVERY).map_or(0, |codes| codes.secret.split_whitespace().count())
    }

    /// A recovery by two administrators under way.
    pub(super) fn reset(&self) -> Option<&Factor> {
        self.find(RESET)
    }

    /// What a typed code is, if it is good now.
    pub(super) fn code(&self, store: &Store, account: Id, typed: &str, now: i64) -> Result<Option<Code>, Failure> {
        if let Some(app) = self.app() {
            let secret = opened(store, account, &app.secret)?;
            if let Some(step) = totp::step_of(&secret, typed, now, app.used) {
                return Ok(Some(Code::App(step)));
            }
        }
        let Some(kept) = self.find(RECOVERY) else { return Ok(None) };
        let left = codes::without(&kept.secret, typed);
        Ok(left.map(|secret| Code::Recovery(Factor { secret, ..kept.clone() })))
    }

    /// These with others in the place of those with the same id.
    pub(super) fn with(&self, new: Vec<Factor>) -> Self {
        let kept = self.0.iter().filter(|old| new.iter().all(|factor| factor.id != old.id));
        Self(kept.cloned().chain(new.iter().cloned()).collect())
    }

    /// These without one; without any second factor recovery codes have no use either.
    pub(super) fn without(&self, id: &str) -> Self {
        let left = Self(self.0.iter().filter(|factor| factor.id != id).cloned().collect());
        if left.strong() { left } else { Self(left.0.into_iter().filter(|factor| factor.kind != RECOVERY).collect()) }
    }

    /// The step and the rows that make an account's factors these.
    pub(super) fn instead_of(&self, old: &Self, row: &Row) -> (Op, Vec<Side>) {
        let account = row.id;
        let gone = old.0.iter().filter(|factor| self.find(&factor.id).is_none());
        let mut side: Vec<Side> =
            gone.map(|factor| Side::FactorsEnd { account, id: Some(factor.id.clone()) }).collect();
        let fresh = self.0.iter().filter(|factor| !old.0.contains(factor)).cloned();
        side.extend(fresh.map(|factor| Side::Factor { account, factor }));
        let mut patch = Body::new();
        patch.insert("factor_mark".into(), mark(&self.0).map_or(Value::Null, Value::String));
        (Op::Edit { register: "account".into(), id: account, base: row.rev, patch }, side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(id: &str, kind: &str, secret: &str) -> Factor {
        let (id, kind, secret) = (id.to_owned(), kind.to_owned(), secret.to_owned());
        Factor { id, kind, label: String::new(), secret, added: 1, used: 0 }
    }

    #[test]
    fn the_mark_changes_with_every_part_but_the_use() {
        let all = vec![factor(TOTP, TOTP, "A"), factor(RECOVERY, RECOVERY, "b c")];
        let marked = mark(&all);
        let mut turned = all.clone();
        turned.reverse();
        turned[0].used = 7;
        assert_eq!(mark(&turned), marked);
        turned[0].secret = "b".to_owned();
        assert_ne!(mark(&turned), marked);
        assert_ne!(mark(&all[..1]), marked);
        assert_eq!(mark(&[]), None);
    }

    #[test]
    fn with_the_last_second_factor_go_the_recovery_codes() {
        let all = Factors(vec![factor(TOTP, TOTP, "A"), factor(RECOVERY, RECOVERY, "b c")]);
        assert!(all.strong() && !all.without(TOTP).strong());
        assert!(all.without(TOTP).0.is_empty());
        assert_eq!(all.codes_left(), 2);
    }
}
