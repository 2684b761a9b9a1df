//! Docs name only files that are there.

use super::tree::is_left_behind;
use super::{Finding, Tree};

/// Folders of the root whose name makes a path, even when the folder is gone.
const ROOTS: &[&str] = &["crates", "docs", "fuzz", "policy", "tests", "xtask", ".ci", ".cargo"];

/// Files that docs name, between backticks or as a link, and that are missing.
pub(super) fn named_files(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| is_doc(path)) {
        let mut fenced = false;
        for (index, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
            }
            if fenced {
                continue;
            }
            let missing_span = spans(line).filter(|span| is_missing(tree, span));
            let missing_link = links(line).filter(|link| is_broken(tree, path, link));
            let missing = missing_span.chain(missing_link);
            findings.extend(missing.map(|name| {
                Finding::at(path, index + 1, format!("{name} isn't there: name the file that is, or drop the line"))
            }));
        }
    }
    findings
}

fn is_doc(path: &str) -> bool {
    extension(path) == "md" && (!path.contains('/') || path.starts_with("docs/"))
}

/// What stands between backticks.
fn spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The targets of links, without their anchors.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next())
}

/// Whether a span is a path of this tree by its form, and isn't in it.
fn is_missing(tree: &Tree, span: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
    let path = span.trim_end_matches('/');
    if path.is_empty() || !path.chars().all(plain) || path.starts_with('/') || is_left_behind(path) {
        return false;
    }
    match path.split_once('/') {
        Some((root, _)) if ROOTS.contains(&root) => !tree.has(path),
        Some(_) => extension(path) == "rs" && !tree.has_tail(path),
        None => (extension(path) == "rs" || is_upper_md(path)) && !tree.has_tail(path),
    }
}

/// README.md and its like; a name in lower case may be a file of the reader's own.
fn is_upper_md(path: &str) -> bool {
    extension(path) == "md" && path.starts_with(|c: char| c.is_ascii_uppercase())
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Whether a link of this doc leads to no file or folder.
fn is_broken(tree: &Tree, doc: &str, link: &str) -> bool {
    if link.is_empty() || link.contains(':') {
        return false;
    }
    let folder = doc.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = if link.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    !tree.has(path.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    fn missing(text: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("docs/ja/start.md", text),
            ("docs/ja/install.md", ""),
            ("crates/areas/src/assets/lending/mod.rs", ""),
            ("README.md", ""),
        ]);
        told(&named_files(&tree))
    }

    #[test]
    fn a_missing_file_is_told_with_its_line() {
        let say = "isn't there: name the file that is, or drop the line";
        assert_eq!(
            missing("a\n`crates/gone/src/lib.rs`"),
            [format!("docs/ja/start.md:2: crates/gone/src/lib.rs {say}")]
        );
        assert_eq!(missing("[手引](setup.md)"), [format!("docs/ja/start.md:1: setup.md {say}")]);
        assert_eq!(missing("`lending/gone.rs` `MISSING.md`").len(), 2);
    }

    #[test]
    fn files_folders_and_tails_that_are_there_pass() {
        assert!(
            missing("`crates/areas/` `lending/mod.rs` `mod.rs` [次](install.md#a) [上](../../README.md) `README.md`")
                .is_empty()
        );
    }

    #[test]
    fn what_is_no_path_of_this_tree_is_left_alone() {
        let text = "`/healthz` `text/html` `sekimori.toml` `crates/*` `and/or` `tests/shots/a.png` [site](https://example.jp) [a](#b)\n\
            ```\ncrates/gone `crates/gone`\n```";
        assert!(missing(text).is_empty());
    }
}
