//! Organs, units, people and who holds which role.

use base::date::Date;
use register::built_in::{OFFICE, SIGNED_IN};
use register::describe::{Register, Topic, Unique, key, key_while_empty};
use register::permit::{Action, Grant, Role};
use register::{Link, Record, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// 適用する機関
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Organ {
    /// 名称
    #[schemars(length(max = 60))]
    pub name: String,
    /// 決裁日
    #[schemars(extend("x-en" = "Decided on"))]
    pub decided_on: Option<Date>,
    /// 施行日
    #[schemars(extend("x-en" = "Effective from"))]
    pub effective_on: Option<Date>,
    /// 公表日
    #[schemars(extend("x-en" = "Published on"))]
    pub published_on: Option<Date>,
    /// 公表先
    /// 基本方針を公表しているホームページ等
    #[schemars(extend("x-en" = "Published at"))]
    pub published_at: Option<String>,
    /// 備考
    #[schemars(length(max = 2000), extend("x-long" = true))]
    pub note: Option<String>,
}

const CHANGE: &[Action] = &[Action::Create, Action::Edit, Action::Import, Action::Describe, Action::Erase];
const READ: &[Action] = &[Action::View, Action::List];
const SPEAK: &[Action] = &[Action::Comment, Action::Attach];
const ORGAN_KEYS: &[Unique] = &[key(&["name"])];

/// What everybody may see and the office keeps.
const KEPT_BY_OFFICE: &[Grant] = &[
    Grant::new(SIGNED_IN, READ),
    Grant::new(OFFICE, CHANGE),
    Grant::new(OFFICE, SPEAK),
    Grant::new(&[Role::Ciso, Role::Chief, Role::Auditor], &[Action::Export]),
];

impl Record for Organ {
    const REGISTER: Register = Register::new("organ", "適用する機関", "Organs in scope")
        .topic(Topic::Organisation)
        .sorts(&["name", "effective_on"])
        .columns(&["name", "decided_on", "effective_on", "published_on"])
        .unique(ORGAN_KEYS)
        .access(KEPT_BY_OFFICE);

    fn check(&self, _: Date) -> Result<(), Refusal> {
        if self.effective_on.zip(self.decided_on).is_some_and(|(effective, decided)| effective < decided) {
            return Err(Refusal::at(
                "effective_on",
                "施行日は決裁日以後の日にしてください",
                "The effective date can't lie before the decision",
            ));
        }
        Ok(())
    }
}

/// 部署
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Unit {
    /// 部署番号
    #[schemars(length(max = 20), extend("x-en" = "Code"))]
    pub code: String,
    /// 部署名
    #[schemars(length(max = 60), extend("x-en" = "Name"))]
    pub name: String,
    /// ふりがな
    #[schemars(length(max = 120), extend("x-en" = "Reading"))]
    pub kana: Option<String>,
    /// 上位の部署
    #[schemars(extend("x-en" = "Part of"))]
    pub parent: Option<Link<Unit>>,
    /// 機関
    pub organ: Option<Link<Organ>>,
    /// 所在地
    pub place: Option<String>,
    /// 備考
    #[schemars(length(max = 2000), extend("x-long" = true))]
    pub note: Option<String>,
}

const UNIT_KEYS: &[Unique] = &[key(&["code"]), key(&["name"])];

impl Record for Unit {
    const REGISTER: Register = Register::new("unit", "部署", "Units")
        .topic(Topic::Organisation)
        .reading("kana")
        .facets(&["organ", "parent"])
        .sorts(&["code", "name"])
        .columns(&["code", "name", "parent", "organ", "place"])
        .unique(UNIT_KEYS)
        .access(KEPT_BY_OFFICE);
}

/// 任用の区分
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Employment {
    /// 常勤の職員
    #[schemars(extend("x-en" = "Regular official"))]
    Regular,
    /// 会計年度任用職員
    #[schemars(extend("x-en" = "Fiscal-year appointee"))]
    FiscalYear,
    /// 臨時・非常勤の職員
    #[schemars(extend("x-en" = "Temporary or part-time official"))]
    Temporary,
    /// 特別職
    #[schemars(extend("x-en" = "Special post"))]
    Special,
    /// 委託先・派遣
    #[schemars(extend("x-en" = "Contractor or agency staff"))]
    Outside,
}

/// 職員等
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    /// 氏名
    #[schemars(length(max = 60), extend("x-en" = "Name"))]
    pub name: String,
    /// ふりがな
    #[schemars(length(max = 120), extend("x-en" = "Reading"))]
    pub kana: Option<String>,
    /// 職員番号
    #[schemars(length(max = 20), extend("x-en" = "Staff number"))]
    pub number: Option<String>,
    /// 所属
    #[schemars(extend("x-en" = "Unit"))]
    pub unit: Link<Unit>,
    /// 職名
    #[schemars(length(max = 60), extend("x-en" = "Post"))]
    pub post: Option<String>,
    /// 任用の区分
    pub employment: Employment,
    /// メールアドレス
    #[schemars(length(max = 120), extend("x-en" = "Mail address"))]
    pub mail: Option<String>,
    /// 電話
    #[schemars(length(max = 40))]
    pub phone: Option<String>,
    /// 業務用パソコン
    /// 業務用パソコンを持たない人には、紙又は集合研修で周知します。
    #[schemars(extend("x-en" = "Has a PC"))]
    pub has_pc: Option<bool>,
    /// 着任日
    pub joined_on: Option<Date>,
    /// 離任日
    pub left_on: Option<Date>,
}

const PERSON_KEYS: &[Unique] = &[key(&["number"]), key(&["mail"])];

impl Record for Person {
    const REGISTER: Register = Register::new("person", "職員等", "People")
        .topic(Topic::Organisation)
        .reading("kana")
        .facets(&["unit", "employment", "has_pc", "left_on"])
        .sorts(&["name", "number", "joined_on"])
        .columns(&["name", "unit", "post", "employment", "number"])
        .unit("unit")
        .unique(PERSON_KEYS)
        .access(KEPT_BY_OFFICE);

    fn check(&self, _: Date) -> Result<(), Refusal> {
        if self.left_on.zip(self.joined_on).is_some_and(|(left, joined)| left < joined) {
            return Err(Refusal::at(
                "left_on",
                "離任日は着任日以後の日にしてください",
                "The last day can't lie before the first",
            ));
        }
        if self.mail.as_ref().is_some_and(|mail| !mail.contains('@') || mail.contains(char::is_whitespace)) {
            return Err(Refusal::at(
                "mail",
                "メールアドレスの形になっていません。例：name@example.lg.jp",
                "Not a mail address",
            ));
        }
        Ok(())
    }
}

/// 役割の割当
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RoleHolding {
    /// 役割
    pub role: Role,
    /// 職名
    /// 役割を担う職の名称です。例：総務課長
    #[schemars(length(max = 60), extend("x-en" = "Post"))]
    pub post: String,
    /// 担当者
    #[schemars(extend("x-en" = "Held by"))]
    pub person: Link<Person>,
    /// 対象の部署
    /// 空にすると全体が対象です。下位の部署を含みます。
    #[schemars(extend("x-en" = "For unit"))]
    pub unit: Option<Link<Unit>>,
    /// 代理
    /// 担当者が不在のときに代わって行う人です。
    #[schemars(extend("x-en" = "Substitute"))]
    pub substitute: Option<bool>,
    /// 始期
    #[schemars(extend("x-en" = "From"))]
    pub from: Date,
    /// 終期
    #[schemars(extend("x-en" = "Until"))]
    pub until: Option<Date>,
}

const HOLDING_KEYS: &[Unique] = &[key_while_empty(&["role", "person", "post"], "until")];

impl RoleHolding {
    /// Whether the role is held on this day.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|last| day <= last)
    }
}

impl Record for RoleHolding {
    const REGISTER: Register = Register::new("role_holding", "役割の割当", "Role holdings")
        .topic(Topic::Organisation)
        .title("post")
        .facets(&["role", "unit", "substitute"])
        .sorts(&["role", "post", "from"])
        .columns(&["role", "post", "person", "unit", "from", "until"])
        .unit("unit")
        .owner("person")
        .unique(HOLDING_KEYS)
        .access(KEPT_BY_OFFICE);

    fn check(&self, _: Date) -> Result<(), Refusal> {
        if matches!(self.role, Role::Staff | Role::Anyone) {
            return Err(Refusal::at(
                "role",
                "職員等は全員が自動的に該当します。別の役割を選んでください",
                "Everybody is staff already: choose another role",
            ));
        }
        if self.until.is_some_and(|until| until < self.from) {
            return Err(Refusal::at(
                "until",
                "終期は始期以後の日にしてください",
                "The end can't lie before the beginning",
            ));
        }
        Ok(())
    }
}
