//! API tokens (APIトークン): a program acts for a person by one, within bounds, until a day. The value is shown once; the
//! record holds its SHA-256, so that neither the store nor a copy of it lets anyone in.

use std::fmt::Write as _;
use std::str::FromStr;

use base::date::Date;
use base::id::Id;
use register::built_in::{OFFICE, SIGNED_IN};
use register::change::{API_TOKEN, Op};
use register::describe::{Register, Topic, Unique, key};
use register::find::Reading;
use register::lifecycle::{Lifecycle, State, Transition};
use register::permit::{Action, Actor, Bound, Grant, Reach, Who};
use register::{Failure, Link, LinkAny, Record, Refusal, Word, body_of};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::sign_in::Account;
use crate::sign_in::session::{self, Visitor};

/// How a token begins, so that one that leaked is known for what it is.
pub(crate) const PREFIX: &str = "skm_";
/// Longest life of a token, in days.
pub(crate) const LONGEST: i64 = 366;

/// APIトークン
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ApiToken {
    /// 用途
    #[schemars(length(max = 80), extend("x-en" = "Purpose", "x-fixed" = true))]
    pub name: String,
    /// 利用者
    #[schemars(extend("x-en" = "Person", "x-fixed" = true))]
    pub person: LinkAny,
    /// 利用者アカウント
    #[schemars(extend("x-fixed" = true))]
    pub account: Link<Account>,
    /// 権限
    /// 「台帳:read」は読むだけ、「台帳:write」は登録と変更もできます。「*」はすべての台帳です。
    #[schemars(length(min = 1, max = 200), extend("x-en" = "Bounds", "x-fixed" = true))]
    pub bounds: Vec<String>,
    /// 有効期限
    /// この日の翌日から使えなくなります。
    #[schemars(extend("x-en" = "Expires on", "x-fixed" = true))]
    pub expires_on: Date,
    /// 照合値
    #[schemars(length(max = 64), extend("x-hidden" = true, "x-fixed" = true))]
    pub mark: String,
}

const KEYS: &[Unique] = &[key(&["mark"])];
const STATES: &[State] = &[State::new("active", "有効", "Active"), State::new("revoked", "失効", "Revoked")];
const STEPS: &[Transition] =
    &[Transition::new("revoke", "失効させる", "Revoke", &["active"], "revoked", SIGNED_IN).reach(Reach::Own)];

impl Record for ApiToken {
    const REGISTER: Register = Register::new(API_TOKEN, "APIトークン", "API tokens")
        .topic(Topic::Technical)
        .facets(&["person"])
        .sorts(&["expires_on", "name"])
        .columns(&["name", "person", "bounds", "expires_on"])
        .owner("person")
        .part_of("account")
        .unique(KEYS)
        .lifecycle(Lifecycle::new(STATES, STEPS).until("expires_on"))
        .access(&[
            Grant::new(SIGNED_IN, &[Action::View, Action::List]).reach(Reach::Own),
            Grant::new(OFFICE, &[Action::View, Action::List]),
            Grant::new(OFFICE, &[Action::Act(Word("revoke"))]).states(&["active"]),
        ]);

    fn check(&self, today: Date) -> Result<(), Refusal> {
        if self.bounds.iter().any(|bound| Bound::from_str(bound).is_err()) {
            return Err(Refusal::at(
                "bounds",
                "権限は「台帳:read」か「台帳:write」です",
                "Bounds are register:read or register:write",
            ));
        }
        if self.expires_on < today || self.expires_on > today.plus_days(LONGEST) {
            return Err(Refusal::at(
                "expires_on",
                "有効期限は今日から1年以内の日にしてください",
                "The last day must be within a year from today",
            ));
        }
        Ok(())
    }
}

/// A token just made.
pub struct Minted {
    /// The value, to be shown once.
    pub value: String,
    /// The step that makes its record, under leave to administer the account.
    pub op: Op,
}

/// Makes a token of 256 random bits for an account.
pub fn mint(id: Id, name: &str, (account, person): (Id, Id), bounds: Vec<String>, expires_on: Date) -> Minted {
    let value = format!("{PREFIX}{}", base::random::token());
    let token = ApiToken {
        name: name.to_owned(),
        person: LinkAny(person),
        account: Link::new(account),
        bounds,
        expires_on,
        mark: hex(&session::hash(&value)),
    };
    Minted { value, op: Op::Create { register: API_TOKEN.into(), id, body: body_of(&token) } }
}

fn hex(hash: &[u8; 32]) -> String {
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Who a token belongs to, if it is in force, its account and person may still act, and they have the second factor that
/// their role needs.
pub(crate) fn visitor(reading: &Reading<'_>, app: &App, hash: &[u8; 32]) -> Result<Option<Visitor>, Failure> {
    let mark = hex(hash);
    let Some(row) = reading.by_key(API_TOKEN, "mark", &mark)? else { return Ok(None) };
    let token: ApiToken = row.value()?;
    // The record says it: a key alone, which is derived, lets nobody in. And nobody but its owner can have made it.
    if token.mark != mark || row.state != "active" || reading.origin(&row)?.actor != token.person.0.to_string() {
        return Ok(None);
    }
    let Some((_, account, known)) = session::usable(reading, &app.areas, token.account.id)? else { return Ok(None) };
    let bounds = token.bounds.iter().filter_map(|bound| bound.parse().ok()).collect();
    let who = Who::Token { account: token.account.id, person: token.person.0, token: row.id, bounds };
    let actor = Actor { who, holdings: known.holdings.clone() };
    if account.person != token.person || session::wants_factor(reading, app, &actor, &account)? != Some(false) {
        return Ok(None);
    }
    let used = reading.token_used(row.id)?.unwrap_or(0);
    let stale = reading.store().clock().now().millis() - used >= session::TOUCH;
    Ok(Some(Visitor { actor, known, stale, proven: 0, owes: None, alarms: Vec::new() }))
}
