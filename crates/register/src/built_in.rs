//! The registers that hang on every other: scales, comments, files, decisions, imports, exports.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use base::date::Date;

use crate::describe::{Register, Unique, key};
use crate::lifecycle::{Lifecycle, State, Transition};
use crate::permit::{Action, Grant, Reach, Role};
use crate::record::{LinkAny, Record};
use crate::say::Refusal;

/// 分類の区分
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Grade {
    /// 尺度
    #[schemars(length(max = 40), extend("x-names" = "scale"))]
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
    #[schemars(length(max = 64), extend("x-file" = true))]
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

/// 決裁の区分
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// 決裁
    #[schemars(extend("x-en" = "Decided"))]
    Own,
    /// 専決
    #[schemars(extend("x-en" = "Decided by delegation"))]
    Delegated,
    /// 代決
    #[schemars(extend("x-en" = "Decided by a substitute"))]
    Substitute,
}

/// 決裁
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// 対象
    pub about: LinkAny,
    /// 手続
    #[schemars(length(max = 40), extend("x-en" = "Step"))]
    pub step: String,
    /// 起案日
    #[schemars(extend("x-en" = "Drafted on"))]
    pub drafted_on: Option<Date>,
    /// 決裁日
    #[schemars(extend("x-en" = "Decided on"))]
    pub decided_on: Date,
    /// 決裁者
    #[schemars(extend("x-en" = "Decided by"))]
    pub decider: LinkAny,
    /// 決裁の区分
    pub manner: Manner,
    /// 代決された人
    #[schemars(extend("x-en" = "In place of"))]
    pub instead_of: Option<LinkAny>,
    /// 文書番号
    #[schemars(length(max = 60), extend("x-en" = "Document number"))]
    pub number: Option<String>,
    /// 決裁を行った他の仕組み
    /// 文書管理システムの名称や「紙の起案」など。この画面で決裁したときは空です。
    #[schemars(length(max = 60), extend("x-en" = "Decided in"))]
    pub system: Option<String>,
    /// 決裁の写し
    #[schemars(extend("x-en" = "Scan"))]
    pub scan: Option<LinkAny>,
}

/// The states of a decision: one that a substitute made waits until the holder has looked at it (後閲).
pub const DECISION: Lifecycle = Lifecycle::new(
    &[State::new("decided", "決裁済み", "Decided"), State::new("reviewed", "後閲済み", "Reviewed afterwards")],
    &[Transition::new("review", "後閲する", "Review", &["decided"], "reviewed", SIGNED_IN).reach(Reach::Own)],
);

impl Record for Decision {
    const REGISTER: Register = Register::new("decision", "決裁の記録", "Decisions")
        .title("about")
        .facets(&["manner", "decider", "system"])
        .sorts(&["-decided_on"])
        .columns(&["about", "decided_on", "decider", "manner", "number", "system"])
        .owner("instead_of")
        .part_of("*")
        .lifecycle(DECISION)
        .access(&[
            Grant::new(OFFICE, &[Action::View, Action::List, Action::Export]),
            Grant::new(&[Role::Auditor], &[Action::View, Action::List, Action::Export]),
            Grant::new(SIGNED_IN, &[Action::View, Action::List]).reach(Reach::Own),
        ]);

    fn check(&self, today: Date) -> Result<(), Refusal> {
        if self.decided_on > today {
            return Err(Refusal::at(
                "decided_on",
                "決裁日は今日までの日にしてください",
                "A decision can't lie in the future",
            ));
        }
        if self.drafted_on.is_some_and(|drafted| drafted > self.decided_on) {
            return Err(Refusal::at(
                "drafted_on",
                "起案日は決裁日以前の日にしてください",
                "It was drafted before it was decided",
            ));
        }
        if self.system.is_some() && self.number.is_none() && self.scan.is_none() {
            return Err(Refusal::at(
                "number",
                "他の仕組みで決裁したものは、文書番号を入力するか、決裁の写しを選んでください",
                "What was decided elsewhere needs its document number or a scan",
            ));
        }
        if (self.manner == Manner::Substitute) != self.instead_of.is_some() {
            return Err(Refusal::at(
                "manner",
                "代決のときは、代決された人が必要です",
                "A decision by a substitute names the person replaced",
            ));
        }
        Ok(())
    }
}

/// 消去の申請
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Erasure {
    /// 対象
    #[schemars(extend("x-fixed" = true))]
    pub about: LinkAny,
    /// 根拠
    #[schemars(extend("x-fixed" = true))]
    pub ground: Ground,
    /// 理由
    /// 後から見て、なぜ消去したか分かるように書きます。消去する内容そのものは書かないでください。
    #[schemars(length(max = 400), extend("x-fixed" = true))]
    pub why: String,
}

/// Why a record's content may be destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// 保存期間の満了
    #[schemars(extend("x-en" = "Retention period over"))]
    Retention,
    /// 法令による消去
    #[schemars(extend("x-en" = "Required by law"))]
    Law,
    /// 本人の請求
    #[schemars(extend("x-en" = "Asked for by the person concerned"))]
    Subject,
    /// 誤った登録
    #[schemars(extend("x-en" = "Registered by mistake"))]
    Mistake,
}

/// The step of an [`Erasure`] that destroys.
pub const CARRY_OUT: &str = "carry_out";

/// Nobody takes these steps by themselves: they belong to the change of the record that is to be erased.
const ERASING: Lifecycle = Lifecycle::new(
    &[
        State::new("asked", "申請中", "Asked for"),
        State::new("done", "消去済み", "Carried out"),
        State::new("dropped", "取下げ", "Withdrawn"),
    ],
    &[
        Transition::new(CARRY_OUT, "承認して消去する", "Approve and erase", &["asked"], "done", &[])
            .not_same_as(&["create"]),
        Transition::new("drop", "申請を取り下げる", "Withdraw", &["asked"], "dropped", &[]),
    ],
);

impl Record for Erasure {
    const REGISTER: Register = Register::new("erasure", "消去の申請", "Erasures")
        .title("why")
        .facets(&["ground"])
        .columns(&["why", "ground", "about"])
        .part_of("*")
        .lifecycle(ERASING)
        .access(&[
            Grant::new(OFFICE, &[Action::View, Action::List]),
            Grant::new(&[Role::Auditor], &[Action::View, Action::List]),
        ]);
}

/// 取込み
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Import {
    /// 台帳
    #[schemars(length(max = 40), extend("x-names" = "register"))]
    pub register: String,
    /// ファイル名
    pub file: String,
    /// 段階
    pub stage: Stage,
    /// 行数
    #[serde(default)]
    pub rows: u32,
    /// 追加する件数
    #[serde(default)]
    #[schemars(extend("x-en" = "Added"))]
    pub created: u32,
    /// 変更する件数
    #[serde(default)]
    #[schemars(extend("x-en" = "Changed"))]
    pub changed: u32,
    /// 保管済みにする件数
    #[serde(default)]
    #[schemars(extend("x-en" = "Archived"))]
    pub archived: u32,
    /// 書き込んだ件数
    #[serde(default)]
    #[schemars(extend("x-en" = "Written"))]
    pub written: u32,
    /// 取り込む人
    #[schemars(extend("x-en" = "Brought in by"))]
    pub by: Option<LinkAny>,
    /// SHA-256
    #[schemars(length(max = 64), extend("x-file" = true))]
    pub sha256: String,
    /// 手順のSHA-256
    #[schemars(length(max = 64), extend("x-en" = "SHA-256 of the plan", "x-file" = true))]
    pub plan_sha256: Option<String>,
    /// 選んだこと
    #[schemars(length(max = 200_000), extend("x-hidden" = true, "x-long" = true))]
    pub choices: Option<String>,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 確認待ち
    #[schemars(extend("x-en" = "Waits to be confirmed"))]
    Staged,
    /// 取込み中
    #[schemars(extend("x-en" = "Under way"))]
    Running,
    /// 完了
    Done,
    /// 取消し中
    #[schemars(extend("x-en" = "Being undone"))]
    Undoing,
    /// 取消し済み
    Undone,
}

impl Record for Import {
    const REGISTER: Register = Register::new("import", "取込み", "Imports")
        .title("file")
        .facets(&["stage", "register"])
        .columns(&["file", "register", "stage", "rows", "created", "changed", "archived"])
        .owner("by")
        .part_of("*")
        .access(&[
            Grant::new(OFFICE, &[Action::View, Action::List]),
            Grant::new(SIGNED_IN, &[Action::View]).reach(Reach::Own),
        ]);
}

/// 出力
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Export {
    /// 台帳
    #[schemars(length(max = 40), extend("x-names" = "register"))]
    pub register: String,
    /// 形式
    #[schemars(length(max = 10))]
    pub format: String,
    /// 件数
    pub rows: u32,
    /// 絞り込み
    #[schemars(length(max = 4000), extend("x-en" = "Filter"))]
    pub filter: Option<String>,
}

impl Record for Export {
    const REGISTER: Register = Register::new("export", "出力", "Exports")
        .title("register")
        .facets(&["register"])
        .columns(&["register", "format", "rows", "filter"])
        .part_of("*")
        .access(&[
            Grant::new(OFFICE, &[Action::View, Action::List]),
            Grant::new(&[Role::Auditor], &[Action::View, Action::List]),
        ]);
}

/// 台帳の世代
/// 操作記録が、それまでに署名したものから続けられなくなったときに始まります。
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Epoch {
    /// 世代
    pub number: u64,
    /// きっかけ
    #[schemars(extend("x-en" = "Cause"))]
    pub cause: Cause,
    /// 引き継いだ件数
    #[schemars(extend("x-en" = "Entries kept"))]
    pub kept: u64,
    /// 前の世代の件数
    /// 引き継いだ件数より多い分は、失われました。
    #[schemars(extend("x-en" = "Entries of the epoch before"))]
    pub former_entries: u64,
    /// 前の世代の根
    #[schemars(length(max = 44), extend("x-en" = "Root of the epoch before"))]
    pub former_root: String,
    /// 理由
    #[schemars(length(max = 2000), extend("x-long" = true, "x-en" = "Reason"))]
    pub reason: String,
}

/// What a new epoch begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// バックアップからの復元
    Restored,
    /// 古いデータへの逆戻りの承認
    RolledBack,
}

impl Record for Epoch {
    const REGISTER: Register = Register::new("epoch", "台帳の世代", "Epochs of the ledger")
        .title("reason")
        .facets(&["cause"])
        .sorts(&["-number"])
        .columns(&["number", "cause", "kept", "former_entries", "reason"])
        .access(&[Grant::new(SIGNED_IN, &[Action::View, Action::List])]);
}
