//! What proves a clause: declarations for a period, and evidence with its three dates.

use base::date::Date;
use register::built_in::{OFFICE, SIGNED_IN};
use register::describe::{Register, Topic};
use register::lifecycle::{Lifecycle, State, Transition};
use register::permit::{Action, Grant, Role};
use register::{Link, Record, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::documents::Clause;
use crate::organisation::Person;

/// 申告の種類
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeclarationKind {
    /// 該当なし
    #[schemars(extend("x-en" = "Nothing occurred"))]
    NothingOccurred,
    /// 提供元で実施
    #[schemars(extend("x-en" = "Provided by another body"))]
    Provided,
    /// 適用外
    #[schemars(extend("x-en" = "Not applicable"))]
    NotApplicable,
}

/// 申告
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Declaration {
    /// 条項
    pub clause: Link<Clause>,
    /// 申告者
    /// この申告に責任を持つ人です。
    #[schemars(extend("x-en" = "Declared by"))]
    pub declared_by: Link<Person>,
    /// 申告の種類
    pub kind: DeclarationKind,
    /// 内容・理由
    #[schemars(length(max = 2000), extend("x-long" = true, "x-en" = "Statement and reason"))]
    pub statement: String,
    /// 始期
    #[schemars(extend("x-en" = "From"))]
    pub from: Date,
    /// 終期
    /// この日の翌日に、自動的に未確認へ戻ります。
    #[schemars(extend("x-en" = "Until"))]
    pub until: Date,
    /// 提供元
    /// 提供元で実施している場合に、実施している団体や事業者の名称
    #[schemars(extend("x-en" = "Provider"))]
    pub provider: Option<String>,
    /// 根拠となる協定・契約
    #[schemars(extend("x-en" = "Agreement"))]
    pub agreement: Option<String>,
    /// 報告の確認者
    /// 提供元からの定期的な報告を読んで確認する職
    #[schemars(extend("x-en" = "Reports are read by"))]
    pub reports_read_by: Option<String>,
    /// 団体に残る対応
    #[schemars(length(max = 2000), extend("x-long" = true, "x-en" = "What remains the body's own duty"))]
    pub remaining: Option<String>,
}

/// Longest period of a declaration, in months.
const LONGEST: i32 = 12;

/// The states of a declaration. It lapses by itself; 適用外 counts only once a second person has confirmed it.
pub const DECLARATION: Lifecycle = Lifecycle::new(
    &[
        State::new("declared", "申告済み", "Declared"),
        State::new("confirmed", "確認済み", "Confirmed"),
        State::new("withdrawn", "取下げ", "Withdrawn"),
    ],
    &[
        Transition::new("confirm", "確認する", "Confirm", &["declared"], "confirmed", OFFICE)
            .not_same_as(&["create", "declared_by"])
            .until("until"),
        Transition::new("withdraw", "取り下げる", "Withdraw", &["declared", "confirmed"], "withdrawn", OFFICE),
    ],
)
.until("until");

const READ: &[Action] = &[Action::View, Action::List];
const HANDING_IN: &[Role] = &[Role::Ciso, Role::Chief, Role::Head, Role::Manager, Role::SystemManager];

impl Record for Declaration {
    const REGISTER: Register = Register::new("declaration", "該当なし等の申告", "Declarations")
        .topic(Topic::Evaluation)
        .title("clause")
        .facets(&["kind", "declared_by", "clause"])
        .sorts(&["-until", "from"])
        .columns(&["clause", "kind", "declared_by", "from", "until"])
        .lifecycle(DECLARATION)
        .access(&[
            Grant::new(SIGNED_IN, READ),
            Grant::new(HANDING_IN, &[Action::Create, Action::Comment, Action::Attach]),
            Grant::new(OFFICE, &[Action::Describe, Action::Erase]),
            Grant::new(&[Role::Ciso, Role::Chief, Role::Auditor], &[Action::Export, Action::Comment]),
        ]);

    fn check(&self, _: Date) -> Result<(), Refusal> {
        if self.until < self.from {
            return Err(Refusal::at(
                "until",
                "終期は始期以後の日にしてください",
                "The end can't lie before the beginning",
            ));
        }
        if self.until > self.from.plus_months(LONGEST) {
            return Err(Refusal::at(
                "until",
                "申告の期間は1年までです。終期を早め、期限が来たら改めて確認してください",
                "A declaration lasts a year at most: choose an earlier end and confirm again when it comes",
            ));
        }
        if self.kind == DeclarationKind::Provided {
            let need = |field: &str, value: &Option<String>, ja: &str, en: &str| {
                if value.is_some() { Ok(()) } else { Err(Refusal::at(field, ja, en)) }
            };
            need("provider", &self.provider, "提供元の名称を入力してください", "Name the provider")?;
            need("agreement", &self.agreement, "根拠となる協定や契約を入力してください", "Name the agreement")?;
            need(
                "reports_read_by",
                &self.reports_read_by,
                "提供元の報告を確認する職を入力してください",
                "Name who reads the reports",
            )?;
        }
        Ok(())
    }
}

/// 証拠の強さ
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// 記録（議事録、名簿、帳票等がある）
    #[schemars(extend("x-en" = "Recorded (minutes, lists, forms)"))]
    Recorded,
    /// 申告（記録はないが、担当者が述べている）
    #[schemars(extend("x-en" = "Declared (no record, but stated)"))]
    Declared,
}

/// 証拠資料
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// 条項
    pub clause: Link<Clause>,
    /// 資料の名称
    #[schemars(extend("x-en" = "Title"))]
    pub name: String,
    /// 証拠の強さ
    pub strength: Strength,
    /// 実施日
    /// 対策を実際に行った日
    #[schemars(extend("x-en" = "Done on"))]
    pub done_on: Date,
    /// 受領日
    /// 担当が資料を受け取った日
    #[schemars(extend("x-en" = "Received on"))]
    pub received_on: Date,
    /// 有効期限
    /// この日の翌日に、自動的に未確認へ戻ります。
    #[schemars(extend("x-en" = "Fresh until"))]
    pub fresh_until: Date,
    /// 原本の所在
    #[schemars(extend("x-en" = "Where the original is"))]
    pub place: Option<String>,
    /// 説明
    #[schemars(length(max = 2000), extend("x-long" = true))]
    pub note: Option<String>,
}

/// Longest time for which evidence stays fresh, in months.
const FRESH: i32 = 36;

impl Record for Evidence {
    const REGISTER: Register = Register::new("evidence", "証拠資料", "Evidence")
        .topic(Topic::Evaluation)
        .facets(&["clause", "strength"])
        .sorts(&["-done_on", "received_on", "fresh_until"])
        .columns(&["name", "clause", "strength", "done_on", "received_on", "fresh_until"])
        .access(&[
            Grant::new(SIGNED_IN, READ),
            Grant::new(HANDING_IN, &[Action::Create, Action::Comment, Action::Attach]),
            Grant::new(OFFICE, &[Action::Edit, Action::Describe, Action::Erase]),
            Grant::new(&[Role::Ciso, Role::Chief, Role::Auditor], &[Action::Export, Action::Comment]),
        ]);

    fn check(&self, today: Date) -> Result<(), Refusal> {
        if self.done_on > today {
            return Err(Refusal::at(
                "done_on",
                "実施日は今日までの日にしてください",
                "What was done can't lie in the future",
            ));
        }
        if self.received_on < self.done_on || self.received_on > today {
            return Err(Refusal::at(
                "received_on",
                "受領日は実施日から今日までの日にしてください",
                "It was received between the day it was done and today",
            ));
        }
        if self.fresh_until < self.done_on || self.fresh_until > self.done_on.plus_months(FRESH) {
            return Err(Refusal::at(
                "fresh_until",
                "有効期限は実施日から3年以内の日にしてください",
                "Evidence stays fresh for three years at most",
            ));
        }
        Ok(())
    }
}
