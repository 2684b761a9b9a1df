//! Documents, their editions and clauses, and the glossary.

use base::date::Date;
use register::built_in::{OFFICE, SIGNED_IN};
use register::describe::{Register, Topic, Unique, key};
use register::lifecycle::{Lifecycle, State, Transition};
use register::permit::{Action, Grant, Role};
use register::{Link, Record, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// 階層
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// 基本方針
    #[schemars(extend("x-en" = "Basic policy"))]
    Basic,
    /// 対策基準
    #[schemars(extend("x-en" = "Standards"))]
    Standard,
    /// 実施手順
    #[schemars(extend("x-en" = "Procedure"))]
    Procedure,
}

/// 文書
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// 名称
    #[schemars(extend("x-en" = "Title"))]
    pub name: String,
    /// 階層
    pub tier: Tier,
    /// 制定日
    #[schemars(extend("x-en" = "Enacted on"))]
    pub enacted_on: Option<Date>,
}

const DOCUMENT_KEYS: &[Unique] = &[key(&["name"])];
const READ: &[Action] = &[Action::View, Action::List];

impl Record for Document {
    const REGISTER: Register = Register::new("document", "方針・基準の文書", "Documents")
        .topic(Topic::Documents)
        .facets(&["tier"])
        .sorts(&["name", "enacted_on"])
        .columns(&["name", "tier", "enacted_on"])
        .unique(DOCUMENT_KEYS)
        .access(&[
            Grant::new(SIGNED_IN, READ),
            Grant::new(OFFICE, &[Action::Create, Action::Edit, Action::Import, Action::Comment, Action::Attach]),
        ]);
}

/// 版
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Edition {
    /// 版の名称
    #[schemars(extend("x-en" = "Name"))]
    pub name: String,
    /// 文書
    pub document: Link<Document>,
    /// 改正日
    #[schemars(extend("x-en" = "Amended on"))]
    pub amended_on: Option<Date>,
    /// 決裁日
    #[schemars(extend("x-en" = "Decided on"))]
    pub decided_on: Option<Date>,
    /// 施行日
    #[schemars(extend("x-en" = "Effective from"))]
    pub effective_on: Option<Date>,
    /// 原本のファイル名
    #[schemars(extend("x-en" = "Source file"))]
    pub source: String,
    /// 原本のSHA-256
    #[schemars(length(max = 64), extend("x-en" = "SHA-256 of the source", "x-file" = true))]
    pub source_sha256: String,
    /// 読み取った内容のSHA-256
    #[schemars(length(max = 64), extend("x-en" = "SHA-256 of what was read", "x-file" = true))]
    pub reading_sha256: String,
    /// 確認が必要な箇所の数
    #[schemars(extend("x-en" = "Places to confirm"))]
    pub unsure: u32,
}

/// The states of an edition. Its bytes never change; only what is known of its decision does.
pub const EDITION: Lifecycle = Lifecycle::new(
    &[State::new("draft", "案", "Draft"), State::new("adopted", "決裁済み", "Adopted")],
    &[Transition::new("adopt", "決裁を記録する", "Record the decision", &["draft"], "adopted", OFFICE)
        .requires(&["decided_on", "effective_on"])],
);

impl Record for Edition {
    const REGISTER: Register = Register::new("edition", "版", "Editions")
        .topic(Topic::Documents)
        .facets(&["document"])
        .sorts(&["-amended_on", "name"])
        .columns(&["name", "document", "decided_on", "effective_on", "unsure"])
        .part_of("document")
        .lifecycle(EDITION)
        .access(&[Grant::new(SIGNED_IN, READ), Grant::new(OFFICE, &[Action::Comment, Action::Attach])]);

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

// The identity of a clause: it survives renumbering and new editions. Its text in each edition stands in the edition.
/// 条項
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Clause {
    /// 文書
    pub document: Link<Document>,
    /// 識別名
    #[schemars(length(max = 80), extend("x-en" = "Slug"))]
    pub slug: String,
    /// 番号
    #[schemars(length(max = 40))]
    pub number: String,
    /// 見出し
    #[schemars(length(max = 400))]
    pub heading: String,
    /// 本文
    /// この条項が最初に定められた版の本文。版ごとの本文は文書の画面にあります。
    #[schemars(length(max = 10000), extend("x-long" = true))]
    pub text: Option<String>,
    /// 順序
    pub place: u32,
}

const CLAUSE_KEYS: &[Unique] = &[key(&["document", "slug"])];

impl Record for Clause {
    const REGISTER: Register = Register::new("clause", "条項", "Clauses")
        .topic(Topic::Documents)
        .title("heading")
        .facets(&["document"])
        .sorts(&["place"])
        .columns(&["number", "heading", "document"])
        .unique(CLAUSE_KEYS)
        .part_of("document")
        .access(&[
            Grant::new(SIGNED_IN, READ),
            Grant::new(&[Role::Ciso, Role::Chief, Role::Auditor], &[Action::Export]),
            Grant::new(SIGNED_IN, &[Action::Comment]),
        ]);
}

/// 用語
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Term {
    /// 用語
    #[schemars(length(max = 80), extend("x-en" = "Term"))]
    pub term: String,
    /// 意味
    #[schemars(length(max = 4000), extend("x-long" = true, "x-en" = "Meaning"))]
    pub text: String,
    /// 定めのある文書
    #[schemars(extend("x-en" = "Defined in"))]
    pub document: Link<Document>,
    /// 番号
    #[schemars(length(max = 20))]
    pub number: Option<String>,
}

const TERM_KEYS: &[Unique] = &[key(&["document", "term"])];

impl Record for Term {
    const REGISTER: Register = Register::new("term", "用語", "Glossary")
        .topic(Topic::Documents)
        .title("term")
        .facets(&["document"])
        .sorts(&["number", "term"])
        .columns(&["term", "text", "document"])
        .unique(TERM_KEYS)
        .part_of("document")
        .access(&[Grant::new(SIGNED_IN, READ), Grant::new(OFFICE, &[Action::Create, Action::Edit, Action::Comment])]);
}
