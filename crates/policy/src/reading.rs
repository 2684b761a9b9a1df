//! A policy's text read into its parts: nothing lost, nothing guessed silently.

use std::fmt;

use base::date::Date;
use serde::{Deserialize, Serialize};

use crate::subjects::{Definition, Entry, Measure};
use crate::{head, lines, sections, subjects, tree};

/// A policy as it was understood (読取結果).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// 題名; empty where none was found.
    pub title: String,
    /// 制定日
    pub enacted: Option<Date>,
    /// The last 改正日.
    pub revised: Option<Date>,
    /// Every 改正日, in order.
    pub amendments: Vec<Date>,
    /// The numbered parts.
    pub sections: Vec<Section>,
    /// 定義
    pub definitions: Vec<Definition>,
    /// 脅威
    pub threats: Vec<Entry>,
    /// The organs (組織) to which the policy applies.
    pub organs: Vec<String>,
    /// The kinds of information asset (情報資産) to which it applies.
    pub asset_kinds: Vec<Entry>,
    /// 対策
    pub measures: Vec<Measure>,
    /// What an official must check, in the order of the lines.
    pub unsure: Vec<Unsure>,
}

/// A numbered part of a document (条項).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Stable and unique in the document: `6`, `6.3`, `4.2.a`.
    pub id: String,
    /// As shown, in half width: `6`, `(3)`, `ア`; empty for a heading without a number.
    pub number: String,
    /// The heading alone; empty where there is none.
    pub heading: String,
    /// Its own paragraphs, one a line, without those of its children.
    pub text: String,
    /// The parts within it.
    pub children: Vec<Section>,
}

/// A line that an official must check (要確認).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unsure {
    /// The line in the file, from 1; 0 for the document as a whole.
    pub line: usize,
    /// Why, as a sentence in Japanese.
    pub why: String,
}

impl Unsure {
    pub(crate) fn new(line: usize, why: String) -> Unsure {
        Unsure { line, why }
    }
}

/// The text is no policy that can be read; both sentences say what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// The line at which reading stopped, from 1.
    pub line: usize,
    /// For the user, in Japanese.
    pub ja: String,
    /// For the user, in English.
    pub en: String,
}

impl Unreadable {
    pub(crate) fn new(line: usize, ja: &str, en: &str) -> Unreadable {
        Unreadable { line, ja: ja.to_owned(), en: en.to_owned() }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}行目：{}", self.line, self.ja)
    }
}

impl std::error::Error for Unreadable {}

/// Reads a policy from Markdown or plain text.
pub fn read(text: &str) -> Result<Reading, Unreadable> {
    let (lines, mut unsure) = lines::split(text)?;
    let tree = tree::build(&lines)?;
    if tree.parts.iter().all(|part| part.mark.shown.is_empty() && part.children.is_empty()) {
        return Err(Unreadable::new(
            1,
            "番号の付いた条項が見つかりません。「1 目的」「第1条」「(1)」のように番号のある文書を取り込んでください",
            "No numbered section was found. Import a document whose parts are numbered, such as 「1 目的」, 「第1条」 or 「(1)」",
        ));
    }
    let head = head::read(&tree.head);
    let sections = sections::from_nodes(tree.parts);
    let found = subjects::find(&sections);
    unsure.extend(tree.unsure.into_iter().chain(head.unsure).chain(found.unsure));
    // By line; what was noticed first stays first.
    unsure.sort_by_key(|each| each.line);
    Ok(Reading {
        title: head.title,
        enacted: head.enacted,
        revised: head.amendments.last().copied(),
        amendments: head.amendments,
        sections,
        definitions: found.definitions,
        threats: found.threats,
        organs: found.organs,
        asset_kinds: found.asset_kinds,
        measures: found.measures,
        unsure,
    })
}
