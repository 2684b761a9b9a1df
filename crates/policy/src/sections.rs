//! The tree's parts as sections: heading apart from text, and an id for each.

use std::collections::HashMap;

use crate::lines::{close_word, is_sentence};
use crate::numbering::{Mark, Style};
use crate::reading::Section;
use crate::tree::{Node, Piece};

/// Turns the parts into sections.
pub(crate) fn from_nodes(nodes: Vec<Node>) -> Vec<Section> {
    level(nodes, None, "", &mut Ids::default())
}

fn level(nodes: Vec<Node>, parent: Option<&Mark>, prefix: &str, ids: &mut Ids) -> Vec<Section> {
    let mut sections = Vec::with_capacity(nodes.len());
    for node in nodes {
        let id = ids.give(&id(&node.mark, parent, prefix));
        let (heading, text) = compose(&node, parent);
        let children = level(node.children, Some(&node.mark), &id, ids);
        sections.push(Section { id, number: node.mark.shown, heading, text, children });
    }
    sections
}

fn id(mark: &Mark, parent: Option<&Mark>, prefix: &str) -> String {
    let own = mark.id();
    // Articles run through the chapters and 2-4-1 names its place itself; an annex counts anew.
    let absolute = matches!(mark.style, Style::Article | Style::Path);
    match parent {
        Some(parent) if !absolute || parent.style == Style::Annex => format!("{prefix}.{own}"),
        _ => own,
    }
}

/// Ids given out so far, each with the number that the next of its name will carry.
#[derive(Debug, Default)]
pub(crate) struct Ids(HashMap<String, u32>);

impl Ids {
    /// The id itself if it is free, else the first of `id-2`, `id-3` … that is.
    pub(crate) fn give(&mut self, id: &str) -> String {
        let mut form = id.to_owned();
        while self.0.contains_key(&form) {
            let next = self.0.entry(id.to_owned()).or_insert(2);
            form = format!("{id}-{next}");
            *next += 1;
        }
        self.0.insert(form.clone(), 2);
        form
    }
}

fn compose(node: &Node, parent: Option<&Mark>) -> (String, String) {
    let first = close_word(&node.mark.rest);
    let body = node.body.as_slice();
    if let Some(before) = &node.before {
        return (close_word(inner(before)), text(&first, body));
    }
    if node.mark.style.divides()
        && let Some((heading, rest)) = bracketed(&first)
    {
        return (close_word(heading), text(rest, body));
    }
    let paragraph = matches!(node.mark.style, Style::Arabic | Style::Dotted)
        && parent.is_some_and(|parent| parent.style == Style::Article);
    if !paragraph && is_heading(&first, node) {
        return (first, text("", body));
    }
    match apart(&first).filter(|_| !paragraph) {
        Some((heading, rest)) => (heading.to_owned(), text(rest, body)),
        None => (String::new(), text(&first, body)),
    }
}

/// A line heads its part if it is no sentence, something follows that it can head, and it did not merely break off.
fn is_heading(first: &str, node: &Node) -> bool {
    if is_sentence(first) || first.is_empty() || first.ends_with(['、', '，']) {
        return false;
    }
    let broken = node.body.first().is_some_and(|piece| piece.continues);
    let most = if broken { 29 } else { 60 };
    let heads = node.mark.style.divides() || !node.body.is_empty() || !node.children.is_empty();
    node.line.level > 0 || (heads && first.chars().count() <= most && apart(first).is_none())
}

/// `（見出し）本文` apart.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let body = text.strip_prefix(['（', '('])?;
    let end = body.find(['）', ')']).filter(|&end| end > 0 && body[..end].chars().count() <= 40)?;
    let close = body[end..].chars().next()?;
    Some((&body[..end], body[end + close.len_utf8()..].trim_start()))
}

fn inner(text: &str) -> &str {
    text.trim_matches(['（', '）', '(', ')']).trim()
}

/// `見出し　本文` and `見出し：本文` apart.
fn apart(text: &str) -> Option<(&str, &str)> {
    let (at, sign) = ["　", "  ", "：", ": "].iter().filter_map(|sign| Some((text.find(sign)?, sign))).min()?;
    let (heading, rest) = (text[..at].trim_end(), text[at + sign.len()..].trim_start());
    let short = (2..=25).contains(&heading.chars().count()) && !heading.contains(['、', '。', '，', '「', '（']);
    (short && !rest.is_empty()).then_some((heading, rest))
}

fn text(first: &str, body: &[Piece]) -> String {
    let mut out = first.to_owned();
    for piece in body {
        if !out.is_empty() {
            match (piece.continues, out.ends_with(|c: char| c.is_ascii_alphanumeric())) {
                (true, true) if piece.text.starts_with(|c: char| c.is_ascii_alphanumeric()) => out.push(' '),
                (true, _) => {}
                (false, _) => out.push('\n'),
            }
        }
        out.push_str(&piece.text);
    }
    out
}
