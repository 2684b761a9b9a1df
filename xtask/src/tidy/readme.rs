//! The README says the same in every language: its headings run side by side.

use super::{Finding, Tree};

const FIRST: &str = "README.md";

/// The first heading where another language leaves the first one's order.
pub(super) fn headings(tree: &Tree) -> Vec<Finding> {
    let first = levels(tree.text(FIRST).unwrap_or_default());
    let is_other = |path: &str| !path.contains('/') && path != FIRST;
    tree.between("README", ".md")
        .filter(|(path, _)| is_other(path))
        .filter_map(|(path, text)| {
            let other = levels(text);
            let level = |(_, level): &(usize, usize)| *level;
            let parted = (0..first.len().max(other.len()))
                .find(|&index| first.get(index).map(level) != other.get(index).map(level))?;
            let line = other.get(parted).or(other.last()).map_or(1, |(line, _)| *line);
            let say = format!(
                "{} headings here, {} in {FIRST}; they part at heading {}: give both the same sections",
                other.len(),
                first.len(),
                parted + 1
            );
            Some(Finding::at(path, line, say))
        })
        .collect()
}

/// The headings outside code blocks: line and level.
fn levels(text: &str) -> Vec<(usize, usize)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        fenced ^= line.starts_with("```");
        let level = line.chars().take_while(|c| *c == '#').count();
        if !fenced && level > 0 && line[level..].starts_with(' ') {
            found.push((index + 1, level));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    #[test]
    fn languages_with_the_same_headings_pass() {
        let tree = Tree::of(&[
            ("README.md", "# 関守\n```\n# a comment\n```\n## 始め方\n"),
            ("README.en.md", "# Sekimori\n\n## Start\n"),
        ]);
        assert!(headings(&tree).is_empty());
    }

    #[test]
    fn a_heading_in_one_language_only_is_told() {
        let tree =
            Tree::of(&[("README.md", "# 関守\n## 始め方\n"), ("README.en.md", "# Sekimori\n\n## Start\n## More\n")]);
        assert_eq!(
            told(&headings(&tree)),
            ["README.en.md:4: 3 headings here, 2 in README.md; they part at heading 3: give both the same sections"]
        );
    }
}
