//! The account record. Its secret lies beside it, and the record holds a mark of it, so that a secret that was exchanged
//! behind the application's back does not let anyone in.

use base::date::Date;
use base::id::Id;
use register::built_in::{OFFICE, SIGNED_IN};
use register::change::{Op, Side};
use register::describe::{Register, Topic, Unique, key};
use register::permit::{Action, Grant, Reach};
use register::{LinkAny, Record, Refusal, body_of};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::password;

/// 利用者アカウント
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// 利用者名
    /// サインインに使う名前です。半角の英小文字、数字、記号（. _ - @）で入力してください。
    #[schemars(length(max = 80), extend("x-en" = "Login name"))]
    pub login: String,
    /// 利用者
    /// 登録した後は変更できません。
    #[schemars(extend("x-en" = "Person", "x-fixed" = true, "x-link" = "person"))]
    pub person: LinkAny,
    /// 停止
    #[schemars(extend("x-en" = "Disabled"))]
    pub disabled: Option<bool>,
    /// 有効期限
    /// この日の翌日から使えなくなります。
    #[schemars(extend("x-en" = "Expires on"))]
    pub expires_on: Option<Date>,
    /// 緊急用
    /// 管理者がサインインできなくなったときのためのアカウントです。使うと、すべての管理者に知らせます。
    #[schemars(extend("x-en" = "For emergencies"))]
    pub emergency: Option<bool>,
    /// 秘密の照合値
    #[schemars(length(max = 64), extend("x-hidden" = true))]
    pub secret_mark: Option<String>,
    /// 要素の照合値
    #[schemars(length(max = 64), extend("x-hidden" = true))]
    pub factor_mark: Option<String>,
}

const KEYS: &[Unique] = &[key(&["login"]), key(&["person"])];

impl Record for Account {
    const REGISTER: Register = Register::new("account", "利用者アカウント", "Accounts")
        .topic(Topic::Technical)
        .title("login")
        .facets(&["disabled"])
        .sorts(&["login", "expires_on"])
        .columns(&["login", "person", "disabled", "expires_on"])
        .owner("person")
        .unique(KEYS)
        .access(&[
            Grant::new(
                OFFICE,
                &[Action::View, Action::List, Action::Create, Action::Edit, Action::Administer, Action::Comment],
            ),
            Grant::new(SIGNED_IN, &[Action::View, Action::Administer]).reach(Reach::Own),
            // Nobody prolongs their own account.
            Grant::new(SIGNED_IN, &[Action::Edit]).reach(Reach::Own).deny(),
        ]);

    fn check(&self, _: Date) -> Result<(), Refusal> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-@".contains(c);
        if self.login.is_empty() || !self.login.chars().all(plain) {
            return Err(Refusal::at(
                "login",
                "利用者名は半角の英小文字、数字、記号（. _ - @）で入力してください",
                "Use lower-case letters, digits and . _ - @ only",
            ));
        }
        Ok(())
    }
}

impl Account {
    /// Whether it may be used on this day.
    pub fn usable(&self, today: Date) -> bool {
        self.disabled != Some(true) && self.expires_on.is_none_or(|last| today <= last)
    }
}

/// A new account with its secret: the step, and the row that stands or falls with it.
pub fn new_account(id: Id, login: &str, person: Id, phc: String) -> (Op, Side) {
    let account = Account {
        login: login.to_owned(),
        person: LinkAny(person),
        disabled: None,
        expires_on: None,
        emergency: None,
        secret_mark: Some(password::digest(&phc)),
        factor_mark: None,
    };
    (Op::Create { register: "account".into(), id, body: body_of(&account) }, Side::Credential { account: id, phc })
}
