//! What the sections are about: definitions, threats, scope and measures, found by the words of their headings.

use serde::{Deserialize, Serialize};

use crate::reading::{Section, Unsure};

/// A defined term (用語).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Its number in the list, as shown.
    pub number: String,
    /// The term.
    pub term: String,
    /// What it means.
    pub text: String,
}

/// An entry of a list: a threat (脅威), a kind of asset (情報資産).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number in the list, as shown.
    pub number: String,
    /// Its words.
    pub text: String,
}

/// A measure (対策).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Its number in the list, as shown.
    pub number: String,
    /// Its heading.
    pub heading: String,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Subjects {
    pub(crate) definitions: Vec<Definition>,
    pub(crate) threats: Vec<Entry>,
    pub(crate) organs: Vec<String>,
    pub(crate) asset_kinds: Vec<Entry>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) unsure: Vec<Unsure>,
}

/// Looks for the subjects.
pub(crate) fn find(sections: &[Section]) -> Subjects {
    let mut found = Subjects::default();
    if let Some(section) = found.section(sections, "用語の定義", |heading| has(heading, &["定義", "用語"])) {
        found.definitions = items(section).iter().map(|item| definition(item)).collect();
        found.expect(!found.definitions.is_empty(), "定義の条項に、用語が見つかりません");
        found.expect(
            found.definitions.iter().all(|each| !each.term.is_empty()),
            "定義の条項に、用語を読み取れない項目があります",
        );
    }
    if let Some(section) = found.section(sections, "対象とする脅威", |heading| has(heading, &["脅威"])) {
        found.threats = items(section).iter().map(|item| entry(item)).collect();
        found.expect(!found.threats.is_empty(), "脅威の条項に、項目が見つかりません");
    }
    if let Some(section) = found
        .section(sections, "適用範囲", |heading| has(heading, &["適用範囲", "対象範囲", "適用の範囲", "適用対象"]))
    {
        found.scope(section);
    }
    let measures = |heading: &str| has(heading, &["対策"]) && !has(heading, &["基準", "手順", "脅威", "体制", "定義"]);
    if let Some(section) = found.section(sections, "情報セキュリティ対策", measures) {
        found.measures = items(section).iter().map(|item| measure(item)).collect();
        found.expect(!found.measures.is_empty(), "対策の条項に、項目が見つかりません");
    }
    found
}

fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

impl Subjects {
    fn expect(&mut self, held: bool, why: &str) {
        if !held {
            self.unsure.push(Unsure::new(0, why.to_owned()));
        }
    }

    /// The section about a subject: the outermost whose heading says so; of several the one with most items.
    fn section<'a>(
        &mut self,
        sections: &'a [Section],
        subject: &str,
        about: impl Fn(&str) -> bool,
    ) -> Option<&'a Section> {
        let mut level: Vec<&Section> = sections.iter().collect();
        while !level.is_empty() {
            let fits: Vec<&Section> = level.iter().filter(|each| about(&close(&each.heading))).copied().collect();
            // The first of those with most items.
            if let Some(&best) = fits.iter().rev().max_by_key(|each| items(each).len()) {
                if fits.iter().filter(|each| !items(each).is_empty()).count() > 1 {
                    let why = format!(
                        "「{subject}」に当たる条項が複数あります。{}「{}」を採りました",
                        best.number, best.heading
                    );
                    self.unsure.push(Unsure::new(0, why));
                }
                return Some(best);
            }
            level = level.iter().flat_map(|each| &each.children).collect();
        }
        self.unsure.push(Unsure::new(0, format!("「{subject}」に当たる条項が見つかりません")));
        None
    }

    fn scope(&mut self, section: &Section) {
        let named = |words: &[&str]| {
            let about = |item: &&&Section| {
                has(&close(&item.heading), words) || (item.heading.is_empty() && has(&item.text, words))
            };
            items(section).iter().find(about).copied()
        };
        match named(&["組織", "機関", "行政"]) {
            Some(item) if !item.children.is_empty() => {
                self.organs = item.children.iter().map(|each| words(each).replace('\n', "")).collect();
            }
            Some(item) => self.organs = organs(&item.text),
            None => {}
        }
        self.expect(!self.organs.is_empty(), "適用範囲の条項に、対象とする組織が見つかりません");
        if let Some(item) = named(&["情報資産"]) {
            self.asset_kinds = items(item).iter().map(|each| entry(each)).collect();
        }
        self.expect(!self.asset_kinds.is_empty(), "適用範囲の条項に、対象とする情報資産の項目が見つかりません");
    }
}

fn close(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The numbered items of a section; those of its paragraphs, where the items stand in a paragraph.
fn items(section: &Section) -> Vec<&Section> {
    let numbered: Vec<&Section> = section.children.iter().filter(|each| !each.number.is_empty()).collect();
    let inner: Vec<&Section> =
        numbered.iter().flat_map(|each| &each.children).filter(|each| !each.number.is_empty()).collect();
    let paragraphs =
        numbered.iter().all(|each| each.number.chars().all(|c| c.is_ascii_digit()) && each.heading.is_empty());
    if paragraphs && !inner.is_empty() { inner } else { numbered }
}

/// Heading and text together.
fn words(section: &Section) -> String {
    match (section.heading.as_str(), section.text.as_str()) {
        ("", text) => text.to_owned(),
        (heading, "") => heading.to_owned(),
        (heading, text) => format!("{heading}\n{text}"),
    }
}

fn entry(section: &Section) -> Entry {
    Entry { number: section.number.clone(), text: words(section) }
}

fn measure(section: &Section) -> Measure {
    let heading = if section.heading.is_empty() { &section.text } else { &section.heading };
    Measure { number: section.number.clone(), heading: heading.clone() }
}

/// The term is the heading, or what stands before とは.
fn definition(section: &Section) -> Definition {
    let (term, text) = if section.heading.is_empty() {
        match section.text.split_once("とは") {
            Some((term, rest)) => (term, rest.trim_start_matches(['、', '，', ',', ' ', '　'])),
            None => ("", section.text.as_str()),
        }
    } else {
        (section.heading.as_str(), section.text.as_str())
    };
    let term = term.trim().trim_matches(['「', '」', '『', '』']);
    Definition { number: section.number.clone(), term: term.to_owned(), text: text.to_owned() }
}

/// 「甲、乙及び丙とする。」 → 甲, 乙, 丙. What stands in brackets belongs to its name.
fn organs(text: &str) -> Vec<String> {
    let mut sentence = outside_brackets(text, &["。", "．", "\n"]).into_iter().next().unwrap_or_default();
    for end in ["とする", "をいう", "である", "とします"] {
        sentence = sentence.strip_suffix(end).unwrap_or(sentence);
    }
    // 「この方針を適用する機関は、甲、乙…」
    if let Some(subject) = outside_brackets(sentence, &["は、", "は，"]).into_iter().next()
        && subject.len() < sentence.len()
    {
        sentence = &sentence[subject.len() + "は、".len()..];
    }
    let names = outside_brackets(sentence, &["、", "，", "及び", "並びに", "又は", "若しくは"]);
    names.into_iter().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Splits at any of the signs, except within brackets.
fn outside_brackets<'a>(text: &'a str, signs: &[&str]) -> Vec<&'a str> {
    let (mut parts, mut from, mut at, mut depth) = (Vec::new(), 0, 0, 0_u32);
    while let Some(c) = text[at..].chars().next() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match signs.iter().find(|sign| depth == 0 && text[at..].starts_with(**sign)) {
            Some(sign) => {
                parts.push(&text[from..at]);
                at += sign.len();
                from = at;
            }
            None => at += c.len_utf8(),
        }
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organs_are_split_as_an_official_would() {
        let table = [
            ("理事会、監事及び事務局とする。", vec!["理事会", "監事", "事務局"]),
            (
                "この方針を適用する機関は、町長、教育委員会（学校を除く。）並びに議会とする。なお、例外がある。",
                vec!["町長", "教育委員会（学校を除く。）", "議会"],
            ),
            ("組合長，監査委員又は議会", vec!["組合長", "監査委員", "議会"]),
            ("", vec![]),
        ];
        for (text, names) in table {
            assert_eq!(organs(text), names, "{text}");
        }
    }
}
