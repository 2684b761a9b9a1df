//! The asset register and its scales.

use base::date::Date;
use base::id::Id;
use register::built_in::{Grade, OFFICE};
use register::change::Op;
use register::describe::{Register, Topic, Unique, key};
use register::permit::{Action, Grant, Reach, Role};
use register::{Choice, Link, Record, Refusal, Scale, Store, body_of};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::organisation::{RoleHolding, Unit};

/// 機密性
#[derive(Debug)]
pub struct Confidentiality;
impl Scale for Confidentiality {
    const NAME: &'static str = "confidentiality";
}
/// 完全性
#[derive(Debug)]
pub struct Integrity;
impl Scale for Integrity {
    const NAME: &'static str = "integrity";
}
/// 可用性
#[derive(Debug)]
pub struct Availability;
impl Scale for Availability {
    const NAME: &'static str = "availability";
}

/// The grades that a new house begins with: scale, value, label, rank. A body may change them.
pub const GRADES: &[(&str, &str, &str, u32)] = &[
    ("confidentiality", "1", "機密性1（公開できる情報）", 1),
    ("confidentiality", "2", "機密性2（直ちに公表することを前提としない情報）", 2),
    ("confidentiality", "3C", "機密性3C（原則として公表しない情報）", 3),
    ("confidentiality", "3B", "機密性3B（漏えいが個人の権利利益を大きく害する情報）", 4),
    ("confidentiality", "3A", "機密性3A（秘密文書に相当する情報）", 5),
    ("integrity", "1", "完全性1", 1),
    ("integrity", "2", "完全性2（誤りや破壊が住民の権利や業務に重大な影響を及ぼす情報）", 2),
    ("availability", "1", "可用性1", 1),
    ("availability", "2", "可用性2（利用できないと住民の権利や業務に重大な影響を及ぼす情報）", 2),
];

/// 資産の種類
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    /// 情報（電子データ）
    #[schemars(extend("x-en" = "Information (data)"))]
    Data,
    /// 情報（印刷した文書）
    #[schemars(extend("x-en" = "Information (paper)"))]
    Paper,
    /// 情報システム
    #[schemars(extend("x-en" = "Information system"))]
    System,
    /// ネットワーク・通信機器
    #[schemars(extend("x-en" = "Network and its devices"))]
    Network,
    /// 端末・サーバ等の機器
    #[schemars(extend("x-en" = "Computers"))]
    Device,
    /// 電磁的記録媒体
    #[schemars(extend("x-en" = "Storage media"))]
    Medium,
    /// 設備（電源・空調・部屋等）
    #[schemars(extend("x-en" = "Facilities"))]
    Facility,
    /// システム関連文書
    #[schemars(extend("x-en" = "System documents"))]
    SystemDocument,
}

/// 情報資産
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Asset {
    /// 資産番号
    #[schemars(length(max = 30), extend("x-en" = "Asset number"))]
    pub code: String,
    /// 資産名
    #[schemars(length(max = 120), extend("x-en" = "Name"))]
    pub name: String,
    /// ふりがな
    #[schemars(length(max = 200), extend("x-en" = "Reading"))]
    pub kana: Option<String>,
    /// 資産の種類
    pub kind: AssetKind,
    /// 管理部署
    #[schemars(extend("x-en" = "Unit"))]
    pub unit: Link<Unit>,
    /// 管理責任者
    #[schemars(extend("x-en" = "Responsible post"))]
    pub owner: Option<Link<RoleHolding>>,
    /// 機密性
    pub confidentiality: Choice<Confidentiality>,
    /// 完全性
    pub integrity: Choice<Integrity>,
    /// 可用性
    pub availability: Choice<Availability>,
    /// 個人情報
    #[schemars(extend("x-en" = "Personal data"))]
    pub personal_data: Option<bool>,
    /// 特定個人情報
    #[schemars(extend("x-en" = "My Number data"))]
    pub my_number: Option<bool>,
    /// 保管場所
    #[schemars(extend("x-en" = "Kept at"))]
    pub place: Option<String>,
    /// 保存期間
    #[schemars(length(max = 60), extend("x-en" = "Retention"))]
    pub retention: Option<String>,
    /// バックアップ
    pub backup: Option<String>,
    /// 依存する資産
    /// この資産が動くために必要な資産です。
    #[serde(default)]
    pub depends_on: Vec<Link<Asset>>,
    /// 最終棚卸日
    #[schemars(extend("x-en" = "Last inventory"))]
    pub reviewed_on: Option<Date>,
    /// 次回棚卸期限
    #[schemars(extend("x-en" = "Next inventory"))]
    pub review_by: Option<Date>,
    /// 備考
    #[schemars(length(max = 4000), extend("x-long" = true))]
    pub note: Option<String>,
}

const KEYS: &[Unique] = &[key(&["code"])];
const READ: &[Action] = &[Action::View, Action::List, Action::Comment];
const KEEP: &[Action] = &[Action::Create, Action::Edit, Action::Attach, Action::Export];
const KEEPERS: &[Role] = &[Role::Head, Role::Manager, Role::SystemManager];

impl Record for Asset {
    const REGISTER: Register = Register::new("asset", "情報資産", "Information assets")
        .topic(Topic::Classification)
        .reading("kana")
        .facets(&[
            "confidentiality",
            "unit",
            "kind",
            "personal_data",
            "place",
            "integrity",
            "availability",
            "my_number",
        ])
        .sorts(&["code", "name", "confidentiality", "reviewed_on", "review_by"])
        .columns(&["code", "name", "confidentiality", "integrity", "availability", "unit", "place"])
        .unit("unit")
        .unique(KEYS)
        .access(&[
            Grant::new(&[Role::Ciso, Role::Chief, Role::Auditor], READ),
            Grant::new(&[Role::Head, Role::Manager, Role::SystemManager, Role::Staff], READ).reach(Reach::Unit),
            Grant::new(OFFICE, KEEP),
            Grant::new(OFFICE, &[Action::Import, Action::Describe, Action::Erase]),
            Grant::new(&[Role::Auditor], &[Action::Export]),
            Grant::new(KEEPERS, KEEP).reach(Reach::Unit),
        ]);

    fn check(&self, today: Date) -> Result<(), Refusal> {
        if self.reviewed_on.is_some_and(|day| day > today) {
            return Err(Refusal::at(
                "reviewed_on",
                "最終棚卸日は今日までの日にしてください",
                "The last inventory can't lie in the future",
            ));
        }
        if self.my_number == Some(true) && self.personal_data == Some(false) {
            return Err(Refusal::at(
                "personal_data",
                "特定個人情報は個人情報です。「個人情報」も「はい」にしてください",
                "My Number data is personal data: say yes here too",
            ));
        }
        Ok(())
    }
}

/// The scales that a new house begins with.
pub fn first_grades(store: &Store) -> Vec<Op> {
    let grade = |(scale, value, label, rank): &(&str, &str, &str, u32)| {
        let grade = Grade {
            scale: (*scale).to_owned(),
            value: (*value).to_owned(),
            label: (*label).to_owned(),
            rank: *rank,
            meaning: None,
        };
        Op::Create { register: Grade::REGISTER.name.into(), id: Id::new(store.clock()), body: body_of(&grade) }
    };
    GRADES.iter().map(grade).collect()
}
