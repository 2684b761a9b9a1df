//! Every crate and every area stands on the map of ARCHITECTURE.md.

use super::{Finding, Tree};

const MAP: &str = "ARCHITECTURE.md";

/// Folders without their line on the map.
pub(super) fn folders(tree: &Tree) -> Vec<Finding> {
    let text = tree.text(MAP).unwrap_or_default();
    let shown: Vec<&str> = text.lines().filter_map(subject).collect();
    ["crates", "crates/areas/src"]
        .into_iter()
        .flat_map(|parent| tree.folders(parent).into_iter().map(move |name| (parent, name)))
        .filter(|(_, name)| !shown.contains(name))
        .map(|(parent, name)| {
            Finding::at(MAP, 1, format!("give {parent}/{name} its line on the map: | `{name}` | … |"))
        })
        .collect()
}

/// What a line of a table, a list or a drawn tree is about: the folder at its head, by its last name.
fn subject(line: &str) -> Option<&str> {
    let head = line.trim_start_matches([' ', '|', '`', '*', '-', '│', '├', '└', '─']);
    let end = head.find(|c: char| !(c.is_ascii_lowercase() || "/_".contains(c))).unwrap_or(head.len());
    head[..end].trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    #[test]
    fn a_folder_without_its_line_is_told() {
        let map = "| `crates/ui/` | pages |\n- `areas`: the sections\n  assets/   資産\nthreats are named here only\n";
        let tree = Tree::of(&[
            ("ARCHITECTURE.md", map),
            ("crates/ui/src/lib.rs", ""),
            ("crates/areas/src/assets/mod.rs", ""),
            ("crates/areas/src/people/mod.rs", ""),
        ]);
        assert_eq!(
            told(&folders(&tree)),
            ["ARCHITECTURE.md:1: give crates/areas/src/people its line on the map: | `people` | … |"]
        );
    }

    #[test]
    fn a_tree_without_a_map_is_told_for_every_crate() {
        assert_eq!(folders(&Tree::of(&[("crates/base/a", ""), ("crates/ui/a", "")])).len(), 2);
    }
}
