//! The records that describe registers and fields of the organisation's own.

use base::date::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::built_in::OFFICE;
use crate::describe::{OWN, Register, Unique, key, plain};
use crate::own::{Allow, MOST_OPTIONS};
use crate::permit::{Action, Grant, Reach, Role};
use crate::record::Record;
use crate::say::Refusal;

/// The states that the records of a register have (状態の決め方).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum States {
    /// 状態なし
    #[schemars(extend("x-en" = "No states"))]
    None,
    /// 下書き→承認済み
    #[schemars(extend("x-en" = "Draft, then approved"))]
    Approval,
    /// 使用中→廃止
    #[schemars(extend("x-en" = "In use, then ended"))]
    Use,
}

/// 独自の台帳
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OwnRegister {
    /// データ上の名前
    /// データや画面の番地で使います。
    #[schemars(length(max = 40), extend("x-fixed" = true, "x-en" = "Name in data"))]
    pub name: String,
    /// 台帳の名称
    #[schemars(length(max = 40), extend("x-en" = "Name"))]
    pub label: String,
    /// 英語の名称
    #[schemars(length(max = 60), extend("x-en" = "Name in English"))]
    pub label_en: Option<String>,
    /// 記録の名前の見出し
    /// 「契約名」「件名」など、記録を何と呼ぶかです。
    #[schemars(length(max = 40), extend("x-en" = "Heading of a record's name"))]
    pub title: Option<String>,
    /// 番号の見出し
    #[schemars(length(max = 40), extend("x-en" = "Heading of a record's number"))]
    pub code: Option<String>,
    /// 担当部署の欄
    #[serde(default)]
    #[schemars(extend("x-fixed" = true, "x-en" = "With a unit in charge"))]
    pub unit: bool,
    /// 担当者の欄
    #[serde(default)]
    #[schemars(extend("x-fixed" = true, "x-en" = "With a person in charge"))]
    pub owner: bool,
    /// 状態の決め方
    #[schemars(extend("x-fixed" = true, "x-en" = "States"))]
    pub states: States,
    /// だれに何を許すか
    #[serde(default)]
    #[schemars(extend("x-en" = "Who may do what"))]
    pub access: Vec<Allow>,
    /// 使用をやめた
    #[serde(default)]
    #[schemars(extend("x-en" = "Retired"))]
    pub retired: bool,
}

/// What a field of the organisation's own holds (項目の種類).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnKind {
    /// 一行の文字
    #[schemars(extend("x-en" = "Line of text"))]
    Text,
    /// 長い文章
    #[schemars(extend("x-en" = "Long text"))]
    Long,
    /// はい・いいえ
    #[schemars(extend("x-en" = "Yes or no"))]
    Bool,
    /// 整数
    #[schemars(extend("x-en" = "Whole number"))]
    Integer,
    /// 日付
    #[schemars(extend("x-en" = "Date"))]
    Date,
    /// 選択肢
    #[schemars(extend("x-en" = "Choice"))]
    Choice,
    /// 分類の尺度
    #[schemars(extend("x-en" = "Scale"))]
    Scale,
    /// ほかの記録への参照
    #[schemars(extend("x-en" = "Link to another record"))]
    Link,
}

/// 独自の項目
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the form")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OwnField {
    /// 台帳
    #[schemars(length(max = 40), extend("x-fixed" = true, "x-names" = "register"))]
    pub register: String,
    /// データ上の名前
    /// CSVやAPIなど、データで使います。
    #[schemars(length(max = 40), extend("x-fixed" = true, "x-en" = "Name in data"))]
    pub name: String,
    /// 項目名
    #[schemars(length(max = 40), extend("x-en" = "Label"))]
    pub label: String,
    /// 英語の項目名
    #[schemars(length(max = 60), extend("x-en" = "Label in English"))]
    pub label_en: Option<String>,
    /// 入力の説明
    #[schemars(length(max = 200), extend("x-en" = "Help"))]
    pub help: Option<String>,
    /// 種類
    #[schemars(extend("x-en" = "Kind"))]
    pub kind: OwnKind,
    /// 選択肢
    #[serde(default)]
    #[schemars(inner(length(max = 60)), extend("x-en" = "Options"))]
    pub options: Vec<String>,
    /// 使用をやめた選択肢
    #[serde(default)]
    #[schemars(inner(length(max = 60)), extend("x-en" = "Retired options"))]
    pub retired_options: Vec<String>,
    /// 尺度
    #[schemars(length(max = 40), extend("x-names" = "scale"))]
    pub scale: Option<String>,
    /// 参照先の台帳
    #[schemars(length(max = 40), extend("x-names" = "register", "x-en" = "Register that it links to"))]
    pub to: Option<String>,
    /// 複数の値
    #[serde(default)]
    #[schemars(extend("x-en" = "Several values"))]
    pub many: bool,
    /// 必須
    #[serde(default)]
    pub required: bool,
    /// 絞り込み
    #[serde(default)]
    #[schemars(extend("x-en" = "Filter by it"))]
    pub facet: bool,
    /// 並べ替え
    #[serde(default)]
    #[schemars(extend("x-en" = "Sort by it"))]
    pub sort: bool,
    /// 一覧に表示
    #[serde(default)]
    #[schemars(extend("x-en" = "Column of the list"))]
    pub column: bool,
    /// 検索の対象
    #[serde(default)]
    #[schemars(extend("x-en" = "Found by search"))]
    pub search: bool,
    /// 使用をやめた
    #[serde(default)]
    #[schemars(extend("x-en" = "Retired"))]
    pub retired: bool,
}

const ACCESS: &[Grant] = &[
    Grant::new(OFFICE, &[Action::View, Action::List, Action::Describe]),
    Grant::new(&[Role::Auditor], &[Action::View, Action::List]),
];
const REGISTER_KEYS: &[Unique] = &[key(&["name"]), key(&["label"])];
const FIELD_KEYS: &[Unique] = &[key(&["name", "register"]), key(&["label", "register"])];

impl Record for OwnRegister {
    const REGISTER: Register = Register::new("own_register", "独自の台帳", "Own registers")
        .title("label")
        .facets(&["retired"])
        .sorts(&["label", "name"])
        .columns(&["label", "name", "states", "retired"])
        .unique(REGISTER_KEYS)
        .access(ACCESS);

    fn check(&self, _: Date) -> Result<(), Refusal> {
        named(&self.name)?;
        let needs = |reach| self.access.iter().any(|allow| allow.reach == reach);
        if (needs(Reach::Unit) && !self.unit) || (needs(Reach::Own) && !self.owner) {
            return Err(Refusal::at(
                "access",
                "担当部署・担当者の欄がない台帳では、「担当部署の記録」「自分が担当する記録」を選べません",
                "A register without a unit or a person in charge can't be opened for records of a unit or of one's own",
            ));
        }
        Ok(())
    }
}

impl Record for OwnField {
    const REGISTER: Register = Register::new("own_field", "独自の項目", "Own fields")
        .title("label")
        .facets(&["register", "kind", "retired"])
        .sorts(&["label", "name"])
        .columns(&["label", "register", "kind", "required", "retired"])
        .unique(FIELD_KEYS)
        .access(ACCESS);

    fn check(&self, _: Date) -> Result<(), Refusal> {
        let mut refusal = Refusal::default();
        let mut no = |ok: bool, field: &str, ja: &str, en: &str| {
            if !ok {
                refusal.and(Refusal::at(field, ja, en));
            }
        };
        let choice = self.kind == OwnKind::Choice;
        let mut known: Vec<String> = self.options.iter().map(|option| base::text::fold(option)).collect();
        known.sort_unstable();
        let twice = known.windows(2).any(|two| two[0] == two[1]);
        no(
            !choice || !self.options.is_empty(),
            "options",
            "選択肢を1つ以上入力してください",
            "Give at least one option",
        );
        no(
            choice || self.options.is_empty(),
            "options",
            "選択肢は、種類が「選択肢」の項目だけのものです",
            "Only a choice has options",
        );
        no(
            self.options.len() <= MOST_OPTIONS,
            "options",
            &format!("選択肢は{MOST_OPTIONS}個までにしてください"),
            &format!("At most {MOST_OPTIONS} options"),
        );
        no(
            !twice,
            "options",
            "同じ選択肢が2つあります（全角・半角、大文字・小文字の違いだけのものも同じです）",
            "Two options are the same, apart from width or case",
        );
        no(
            self.retired_options.iter().all(|option| self.options.contains(option)),
            "retired_options",
            "使用をやめる選択肢は、選択肢の中から選んでください",
            "Only an option can be retired",
        );
        no(
            self.options.is_empty() || self.options.iter().any(|option| !self.retired_options.contains(option)),
            "retired_options",
            "使う選択肢を1つは残してください。すべてやめるときは、項目の使用をやめてください",
            "Leave one option in use, or retire the field",
        );
        let scale = self.kind == OwnKind::Scale;
        no(
            scale == self.scale.is_some(),
            "scale",
            "種類が「分類の尺度」の項目だけ、尺度を選んでください",
            "Choose a scale for a field of that kind, and for no other",
        );
        let link = self.kind == OwnKind::Link;
        no(
            link == self.to.is_some(),
            "to",
            "種類が「ほかの記録への参照」の項目だけ、参照先の台帳を選んでください",
            "Choose the register for a link, and for no other kind",
        );
        no(
            !(self.many && matches!(self.kind, OwnKind::Bool | OwnKind::Long | OwnKind::Scale)),
            "many",
            "「はい・いいえ」「長い文章」「分類の尺度」には複数の値を入れられません",
            "Yes or no, long text and scales have one value",
        );
        no(
            !(self.many && self.facet),
            "facet",
            "複数の値が入る項目では絞り込めません",
            "A field of several values can't be filtered by",
        );
        let sorted = !self.many && !matches!(self.kind, OwnKind::Link | OwnKind::Long);
        no(
            sorted || !self.sort,
            "sort",
            "長い文章、参照、複数の値が入る項目では並べ替えられません",
            "Long text, links and fields of several values can't be sorted by",
        );
        refusal.or_ok()?;
        named(&self.name)
    }
}

/// The name of a register or field of the organisation's own.
fn named(name: &str) -> Result<(), Refusal> {
    if plain(name) && name.strip_prefix(OWN).is_some_and(|rest| !rest.is_empty()) {
        return Ok(());
    }
    Err(Refusal::at(
        "name",
        "データ上の名前は、x_ に続けて半角の英小文字・数字・下線（_）で、全部で40文字以内にしてください",
        "The name in data is x_ and then lower-case letters, digits and underscores, at most 40 characters in all",
    ))
}
