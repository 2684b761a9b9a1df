//! Registers to try: one from a struct, the same given only as data, and what both link to.

use base::date::Date;
use register::describe::{Register, Unique, key, key_while_empty};
use register::lifecycle::{Lifecycle, State, Transition};
use register::permit::{Action, Grant, Reach, Role};
use register::{Choice, Description, Link, Record, Registers, Scale};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The register of [`Asset`].
pub(crate) const TYPED: &str = "asset";
/// The same register, given only as data.
pub(crate) const DATA: &str = "asset_as_data";

/// 部署
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Unit {
    /// 番号
    pub(crate) code: String,
    /// 名称
    pub(crate) name: String,
}

impl Record for Unit {
    const REGISTER: Register = Register::new("unit", "部署", "Units").unique(&[key(&["code"])]).access(OPEN);
}

/// 職員
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Person {
    /// 氏名
    pub(crate) name: String,
    /// 職員番号
    pub(crate) number: Option<String>,
    /// メールアドレス
    pub(crate) mail: Option<String>,
    /// 所属
    pub(crate) unit: Option<Link<Unit>>,
}

impl Record for Person {
    const REGISTER: Register = Register::new("person", "職員", "People")
        .columns(&["name", "unit"])
        .unit("unit")
        .unique(&[key(&["number"]), key(&["mail"])])
        .access(OPEN);
}

const OPEN: &[Grant] = &[Grant::new(
    &[Role::Chief, Role::Manager],
    &[Action::View, Action::List, Action::Create, Action::Edit, Action::Import, Action::Export],
)];

/// 機密性
pub(crate) struct Secrecy;

impl Scale for Secrecy {
    const NAME: &'static str = "secrecy";
}

/// 媒体の種類
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Medium {
    /// 紙
    Paper,
    /// 磁気ディスク
    Disk,
    /// 端末機器
    Device,
}

/// 情報資産
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Asset {
    /// 資産名
    pub(crate) name: String,
    /// ふりがな
    pub(crate) kana: Option<String>,
    /// 管理番号
    #[schemars(length(max = 20))]
    pub(crate) code: Option<String>,
    /// 説明
    #[schemars(length(max = 2000), extend("x-long" = true))]
    pub(crate) note: Option<String>,
    /// 媒体
    pub(crate) medium: Option<Medium>,
    /// 機密性
    pub(crate) grade: Option<Choice<Secrecy>>,
    /// 取得日
    pub(crate) acquired_on: Option<Date>,
    /// 部数
    #[schemars(range(min = 0, max = 9999))]
    pub(crate) copies: Option<u32>,
    /// 個人情報
    #[serde(default)]
    pub(crate) personal: bool,
    /// 上位の資産
    pub(crate) parent: Option<Link<Asset>>,
    /// 利用する部署
    #[serde(default)]
    pub(crate) users: Vec<Link<Unit>>,
    /// 所管部署
    pub(crate) unit: Link<Unit>,
    /// 管理責任者
    pub(crate) owner: Option<Link<Person>>,
    /// 貸出番号
    pub(crate) loan: Option<String>,
    /// 返却日
    pub(crate) returned_on: Option<Date>,
    /// 有効期限
    pub(crate) valid_until: Option<Date>,
}

const ALL: &[Action] = &[
    Action::View,
    Action::List,
    Action::Create,
    Action::Edit,
    Action::Import,
    Action::Export,
    Action::Comment,
    Action::Administer,
    Action::Describe,
];

impl Record for Asset {
    const REGISTER: Register = Register::new("asset", "情報資産", "Assets")
        .reading("kana")
        .facets(&["medium", "grade", "personal", "copies", "unit", "owner", "note", "acquired_on"])
        .sorts(&["name", "grade", "-acquired_on", "copies", "medium"])
        .unique(KEYS)
        .unit("unit")
        .owner("owner")
        .access(&[
            Grant::new(&[Role::Chief], ALL),
            Grant::new(&[Role::Manager], ALL).reach(Reach::Unit),
            Grant::new(&[Role::Auditor], &[Action::View, Action::List]),
            Grant::new(&[Role::Chief, Role::Auditor], &[Action::Erase]),
            Grant::new(&[Role::Staff], &[Action::View, Action::List]).reach(Reach::Own),
        ])
        .lifecycle(Lifecycle::new(
            &[
                State::new("draft", "作成中", "Draft"),
                State::new("asked", "申請中", "Asked"),
                State::new("granted", "許可", "Granted"),
            ],
            &[
                Transition::new("ask", "申請", "Ask", &["draft", "lapsed"], "asked", &[Role::Chief, Role::Manager]),
                Transition::new("grant", "許可", "Grant", &["asked"], "granted", &[Role::Chief, Role::Manager])
                    .reach(Reach::Unit)
                    .not_same_as(&["ask"])
                    .requires(&["valid_until"])
                    .until("valid_until"),
            ],
        ));
}

const KEYS: &[Unique] = &[key(&["code"]), key_while_empty(&["loan"], "returned_on")];

/// All registers of a test's house, before the organisation adds anything.
pub(crate) fn registers() -> Registers {
    let data: Description = serde_json::from_str(include_str!("asset.json")).unwrap();
    let registers = Registers::with_built_in()
        .add::<Unit>()
        .add::<Person>()
        .add::<Asset>()
        .add::<Part>()
        .add::<Loan>()
        .add::<Paper>();
    registers.add_data(data).unwrap()
}

/// 貸出の申請
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Loan {
    /// 件名
    pub(crate) name: String,
    /// 資産
    pub(crate) asset: Link<Asset>,
    /// 申請者
    pub(crate) applicant: Link<Person>,
    /// 返却期限
    pub(crate) due_on: Option<Date>,
}

const DECIDERS: &[Role] = &[Role::Chief, Role::Manager];

impl Record for Loan {
    const REGISTER: Register = Register::new("loan", "貸出の申請", "Loans")
        .access(&[Grant::new(
            &[Role::Chief, Role::Manager, Role::Staff],
            &[Action::View, Action::List, Action::Create, Action::Edit],
        )])
        .lifecycle(Lifecycle::new(
            &[
                State::new("asked", "申請中", "Asked"),
                State::new("checked", "確認済み", "Checked"),
                State::new("granted", "許可", "Granted"),
            ],
            &[
                Transition::new("check", "確認", "Check", &["asked"], "checked", DECIDERS)
                    .not_same_as(&["create", "applicant"])
                    .decides(&[Role::Ciso]),
                Transition::new("grant", "許可", "Grant", &["asked", "checked"], "granted", DECIDERS)
                    .not_same_as(&["create", "applicant", "check"])
                    .decides(&[Role::Ciso])
                    .grants()
                    .until("due_on"),
            ],
        ));
}

/// 監査調書
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Paper {
    /// 件名
    pub(crate) name: String,
    /// 対象
    pub(crate) about: Option<Link<Asset>>,
    /// 内容
    #[schemars(length(max = 4000), extend("x-long" = true))]
    pub(crate) text: Option<String>,
}

impl Record for Paper {
    const REGISTER: Register = Register::new("paper", "監査調書", "Working papers")
        .sealed(&["text"])
        .restricted()
        .sorts(&["name"])
        .unique(&[key(&["name"])])
        .access(&[
            Grant::new(&[Role::Chief], ALL),
            Grant::new(&[Role::Chief], &[Action::Attach, Action::Erase]),
            Grant::new(&[Role::Auditor], ALL),
            Grant::new(&[Role::Auditor], &[Action::Seal, Action::Erase]),
        ]);
}

/// 部品
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Part {
    /// 資産
    pub(crate) asset: Link<Asset>,
    /// 説明
    pub(crate) text: String,
}

impl Record for Part {
    const REGISTER: Register = Register::new("part", "部品", "Parts").title("text").part_of("asset");
}
