//! The registers that hang on every other: scales, comments, files, imports.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::describe::{Register, Unique, key};
use crate::permit::{Action, Grant, Role};
use crate::record::{LinkAny, Record};

/// 分類の区分
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Grade {
    /// 尺度
    #[schemars(length(max = 40))]
    pub scale: String,
    /// 区分
    #[schemars(length(max = 40), extend("x-en" = "Grade"))]
    pub value: String,
    /// 名称
    pub label: String,
    /// 順位
    /// 大きいほど重い区分です。
    #[schemars(range(min = 0, max = 99))]
    pub rank: u32,
    /// 説明
    #[schemars(length(max = 2000), extend("x-long" = true))]
    pub meaning: Option<String>,
}

const GRADE_KEYS: &[Unique] = &[key(&["scale", "value"])];

/// Everyone who has signed in.
pub const SIGNED_IN: &[Role] =
    &[Role::Ciso, Role::Chief, Role::Head, Role::Manager, Role::SystemManager, Role::Auditor, Role::Staff];
/// Those who run the policy for the whole body.
pub const OFFICE: &[Role] = &[Role::Ciso, Role::Chief];

impl Record for Grade {
    const REGISTER: Register = Register::new("grade", "分類の区分", "Grades")
        .title("label")
        .facets(&["scale"])
        .sorts(&["rank", "value"])
        .columns(&["label", "value", "rank", "scale"])
        .unique(GRADE_KEYS)
        .access(&[
            Grant::new(SIGNED_IN, &[Action::View, Action::List]),
            Grant::new(OFFICE, &[Action::Create, Action::Edit, Action::Export, Action::Comment, Action::Attach]),
        ]);
}

/// 意見
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Comment {
    /// 対象
    pub about: LinkAny,
    /// 本文
    #[schemars(length(max = 4000), extend("x-long" = true))]
    pub text: String,
}

impl Record for Comment {
    const REGISTER: Register = Register::new("comment", "意見", "Comments").title("text").part_of("*");
}

/// 添付資料
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Attachment {
    /// 対象
    pub about: LinkAny,
    /// ファイル名
    pub name: String,
    /// 大きさ（バイト）
    pub size: u32,
    /// SHA-256
    #[schemars(length(max = 64))]
    pub sha256: String,
    /// 状態
    pub state: Held,
}

/// Whether a file may be handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// 保留（無害化待ち）
    Held,
}

impl Record for Attachment {
    const REGISTER: Register = Register::new("attachment", "添付資料", "Attachments").part_of("*");
}

/// 取込み
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Import {
    /// 台帳
    #[schemars(length(max = 40))]
    pub register: String,
    /// ファイル名
    pub file: String,
    /// SHA-256
    #[schemars(length(max = 64))]
    pub sha256: String,
    /// 行数
    pub rows: u32,
    /// 追加した件数
    pub created: u32,
    /// 変更した件数
    pub changed: u32,
    /// 完了
    pub done: bool,
}

impl Record for Import {
    const REGISTER: Register = Register::new("import", "取込み", "Imports")
        .title("file")
        .facets(&["register", "done"])
        .columns(&["file", "register", "rows", "created", "changed", "done"])
        .part_of("*")
        .access(&[Grant::new(OFFICE, &[Action::View, Action::List])]);
}
