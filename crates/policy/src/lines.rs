//! The lines of a document, freed of their decoration; what is no text (page numbers, contents) is set aside and said.

use std::collections::BTreeMap;

use crate::reading::{Unreadable, Unsure};

const MOST_BYTES: usize = 2 * 1024 * 1024;
const MOST_LINES: usize = 5_000;
const MOST_CHARS: usize = 20_000;

/// Signs that a sentence may leave alone on its last line.
const CLOSING: [char; 5] = ['。', '．', '）', '」', '』'];

/// One line that carries text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number in the file, from 1.
    pub(crate) at: usize,
    /// How many `#` stood before it; 0 for a bare line.
    pub(crate) level: usize,
    /// A list sign (`-`, `・`) stood before it.
    pub(crate) bullet: bool,
    /// Columns of white space before it.
    pub(crate) indent: usize,
    /// Two spaces or a backslash at its end: the next line is a new one, not a continuation.
    pub(crate) hard: bool,
    /// A blank line stood before it.
    pub(crate) after_blank: bool,
    pub(crate) text: String,
}

/// Splits a document into its lines, within the limits of what a policy can be.
pub(crate) fn split(text: &str) -> Result<(Vec<Line>, Vec<Unsure>), Unreadable> {
    within_limits(text)?;
    let (mut lines, mut unsure) = (Vec::new(), Vec::new());
    let mut after_blank = true;
    for (index, raw) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let at = index + 1;
        if raw.trim().chars().all(is_rule) {
            after_blank = true;
            continue;
        }
        if !raw.chars().any(|c| c.is_alphanumeric() || CLOSING.contains(&c)) {
            unsure.push(Unsure::new(at, format!("文字のない行を読み飛ばしました：「{}」", raw.trim())));
            continue;
        }
        if let Some(why) = set_aside(raw.trim()) {
            unsure.push(Unsure::new(at, format!("{why}とみて読み飛ばしました：「{}」", raw.trim())));
            continue;
        }
        lines.push(undecorate(raw, at, after_blank));
        after_blank = false;
    }
    unsure.extend(close_up(&mut lines));
    Ok((lines, unsure))
}

fn within_limits(text: &str) -> Result<(), Unreadable> {
    if text.len() > MOST_BYTES {
        return Err(Unreadable::new(
            1,
            "ファイルが2MBを超えています。情報セキュリティポリシーの本文だけを取り出して、もう一度取り込んでください",
            "The file is larger than 2 MiB. Take out the text of the policy alone and import it again",
        ));
    }
    let (mut odd, mut all, mut first_odd) = (0, 0, 1);
    for (index, line) in text.lines().enumerate() {
        let at = index + 1;
        if at > MOST_LINES {
            return Err(Unreadable::new(
                at,
                "5,000行を超えています。文書ごとに分けて、もう一度取り込んでください",
                "The text has more than 5,000 lines. Split it into its documents and import them one by one",
            ));
        }
        let (mut chars, mut odd_here) = (0, 0);
        for c in line.chars() {
            chars += 1;
            odd_here += usize::from(c == '\u{fffd}' || (c.is_control() && !c.is_whitespace()));
        }
        if line.contains('\0') {
            return Err(not_text(at));
        }
        if chars > MOST_CHARS {
            return Err(Unreadable::new(
                at,
                "1行が20,000文字を超えています。改行のある文書を取り込んでください",
                "A line is longer than 20,000 characters. Import a document that has line breaks",
            ));
        }
        if odd == 0 && odd_here > 0 {
            first_odd = at;
        }
        (odd, all) = (odd + odd_here, all + chars);
    }
    if odd > 1 + all / 100 { Err(not_text(first_odd)) } else { Ok(()) }
}

fn not_text(line: usize) -> Unreadable {
    Unreadable::new(
        line,
        "文字として読めません。文字コードがUTF-8のテキストかMarkdownで保存し直して、もう一度取り込んでください",
        "This is not readable text. Save it again as UTF-8 text or Markdown and import that",
    )
}

/// Lines of these alone are rules, fences and the frames of tables.
fn is_rule(c: char) -> bool {
    matches!(c, '-' | '*' | '_' | '=' | '`' | '~' | '─' | '━' | ' ' | '　' | '\t' | '|' | ':')
}

/// What a line is that belongs to the paper and not to the text.
fn set_aside(text: &str) -> Option<&'static str> {
    let close: String = text.chars().filter(|c| !c.is_whitespace()).map(fold).collect();
    if close.trim_matches(['#', '*']) == "目次" {
        return Some("目次");
    }
    let bare = close.trim_matches(|c: char| "-~()[]".contains(c));
    let bare = bare.trim_start_matches("P.").trim_start_matches("p.").trim_start_matches(['P', 'p']);
    let bare = bare.trim_end_matches("ページ").trim_end_matches('頁');
    let pages = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    // A number in brackets alone may be an item whose text follows on the next line.
    let item = close.starts_with('(') && close.ends_with(')');
    if !item && (pages(bare) || bare.split_once('/').is_some_and(|(page, of)| pages(page) && pages(of))) {
        return Some("ページ番号");
    }
    let before_page = close.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    let dots = before_page.chars().rev().take_while(|c| matches!(c, '.' | '…' | '‥' | '・' | '·' | '⋯'));
    let width: usize = dots.map(|c| if matches!(c, '…' | '⋯') { 3 } else { 1 }).sum();
    (width >= 3 && before_page.len() < close.len()).then_some("目次の行")
}

/// A character in the form that numbers are read in: half-width digits and brackets, one kind of dash, dot and space.
pub(crate) fn fold(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).expect("the full-width forms mirror ASCII"),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        '　' | '\u{a0}' | '\t' => ' ',
        '〔' => '(',
        '〕' => ')',
        c => c,
    }
}

/// Whether a text has the end of a sentence in it: 。 or, in documents that write ，．, that full stop.
pub(crate) fn is_sentence(text: &str) -> bool {
    let stops = |(at, _)| !text[at + '．'.len_utf8()..].starts_with(|c: char| fold(c).is_ascii_digit());
    text.contains('。') || text.match_indices('．').any(stops)
}

/// `目　的` is `目的`.
pub(crate) fn close_word(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let letters = words.len() > 1 && words.iter().all(|word| word.chars().count() == 1);
    if letters { words.concat() } else { text.to_owned() }
}

fn undecorate(raw: &str, at: usize, after_blank: bool) -> Line {
    let hard = raw.ends_with("  ") || raw.ends_with('\\');
    let mut rest = raw.trim_end().trim_end_matches('\\').trim_end();
    let body = rest.trim_start();
    let mut indent = rest.chars().take_while(|c| c.is_whitespace()).map(|c| if c == ' ' { 1 } else { 2 }).sum();
    rest = body;
    while let Some(quoted) = rest.strip_prefix("> ") {
        rest = quoted.trim_start();
    }
    let hashes = rest.bytes().take_while(|&b| b == b'#').count();
    let level = if (1..=6).contains(&hashes) { hashes } else { 0 };
    if level > 0 {
        rest = rest[level..].trim_start().trim_end_matches('#').trim_end();
        indent = 0;
    }
    let (bullet, rest) = bullet(rest);
    Line { at, level, bullet, indent, hard, after_blank, text: plain(rest) }
}

fn bullet(text: &str) -> (bool, &str) {
    for sign in ["- ", "* ", "+ ", "-　", "・", "•", "●", "○ ", "○　", "◆", "■", "□"] {
        if let Some(rest) = text.strip_prefix(sign) {
            return (true, rest.trim_start());
        }
    }
    (false, text)
}

/// Takes away Markdown's emphasis and escapes.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let twice = matches!(c, '*' | '_') && chars.peek() == Some(&c);
        let escapes = c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
        if twice {
            chars.next();
        } else if escapes {
            out.extend(chars.next());
        } else if !c.is_control() || c == '\t' {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

/// Closes up the lines whose letters all stand apart, as they come out of some PDF files, and says so.
fn close_up(lines: &mut [Line]) -> Option<Unsure> {
    let long = lines.iter().filter(|line| closed_up(&line.text, 5).is_some()).count();
    // Where most lines are so, the short ones are too.
    let fewest = if long * 2 > lines.len() { 2 } else { 5 };
    let mut closed = Vec::new();
    for line in lines {
        if let Some(text) = closed_up(&line.text, fewest) {
            line.text = text;
            closed.push(line.at);
        }
    }
    let why = format!("文字と文字の間に空白のある行が{}行あり、詰めて読みました。原文と見比べてください", closed.len());
    closed.first().map(|&first| Unsure::new(first, why))
}

/// The text without the spaces between its letters; `None` for an ordinary line or one of fewer words.
fn closed_up(text: &str, fewest: usize) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let single = words.iter().filter(|word| word.chars().count() == 1).count();
    if words.len() < fewest || single * 10 < words.len() * 8 {
        return None;
    }
    let mut gaps: Vec<String> = Vec::new();
    let mut gap = String::new();
    for c in text.chars() {
        if c.is_whitespace() {
            gap.push(c);
        } else if !gap.is_empty() {
            gaps.push(std::mem::take(&mut gap));
        }
    }
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for gap in &gaps {
        *counts.entry(gap).or_default() += 1;
    }
    let (usual, _) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    let mut out = String::from(words[0]);
    for (gap, word) in gaps.iter().zip(&words[1..]) {
        if gap != usual && gap.len() > usual.len() {
            out.push(' ');
        }
        out.push_str(word);
    }
    Some(apart_again(&out))
}

/// Gives the number at the head of a closed-up line its space back.
fn apart_again(text: &str) -> String {
    let number = text.char_indices().find(|(_, c)| !(fold(*c).is_ascii_digit() || matches!(fold(*c), '-' | '.')));
    match number {
        Some((at, next)) if at > 0 && !next.is_whitespace() && !"年月日時分章節条項号)）".contains(next) => {
            format!("{} {}", &text[..at], &text[at..])
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Line {
        split(text).unwrap().0.remove(0)
    }

    #[test]
    fn decoration_is_taken_away_and_remembered() {
        let line = first("#### 5 **遵守**の義務 ##  ");
        assert_eq!((line.level, line.bullet, line.hard, line.text.as_str()), (4, false, true, "5 遵守の義務"));
        let line = first("  - \\(1\\) 組織");
        assert_eq!((line.indent, line.bullet, line.text.as_str()), (2, true, "(1) 組織"));
    }

    #[test]
    fn letters_that_stand_apart_are_closed_up() {
        assert_eq!(first("７ 点 検 の 実 施").text, "７ 点検の実施");
        assert_eq!(first("第 １ ２ 条　こ の 規 程 は").text, "第１２条 この規程は");
        assert_eq!(first("平 成 2 1 年 6 月 1 日 制 定").text, "平成21年6月1日制定");
        assert_eq!(first("Web mail and a list").text, "Web mail and a list");
    }

    #[test]
    fn paper_is_set_aside_and_said() {
        for paper in ["- 3 -", "－ １２ －", "3/10", "P.4", "12", "目　次", "1 目的 ………… 3", "第2条 定義......12"]
        {
            let (lines, unsure) = split(paper).unwrap();
            assert!(lines.is_empty() && unsure.len() == 1, "{paper}");
        }
        for text in ["(3)", "3 範囲", "等々……"] {
            assert_eq!(split(text).unwrap().0.len(), 1, "{text}");
        }
    }

    #[test]
    fn what_is_no_policy_is_refused_with_its_line() {
        let line_of = |text: &str| split(text).unwrap_err().line;
        assert_eq!(line_of(&"a\n".repeat(5_001)), 5_001);
        assert_eq!(line_of(&format!("a\n{}", "あ".repeat(20_001))), 2);
        assert_eq!(line_of(&"a".repeat(2 * 1024 * 1024 + 1)), 1);
        assert_eq!(line_of("a\nb\0"), 2);
        assert_eq!(line_of("a\n\u{1}\u{2}\u{3}"), 2);
    }
}
