//! Which crate may use which. The direction is the architecture: what would need an upward edge is a function or a
//! channel that `sekimori` hands over at start-up.

use anyhow::{Context as _, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

use super::{Finding, Tree};

/// The allowed edges beside the general ones: all may use `base`, `sekimori` and `testkit` may use all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("ledger", &[]),
    ("policy", &[]),
    ("sanitise", &[]),
    ("lake", &[]),
    ("post", &[]),
    ("browser", &[]),
    ("register", &["ledger"]),
    ("report", &["browser"]),
    ("ui", &["register", "report"]),
    ("areas", &["ui", "register", "policy", "report", "ledger", "post"]),
    ("gate", &["sanitise", "lake", "post"]),
    ("watch", &["lake"]),
    ("screen", &["sanitise", "lake", "browser"]),
    ("sekimori", &[]),
    ("testkit", &[]),
    ("xtask", &[]),
];

/// A use of one of our crates by another.
#[derive(Debug)]
pub(super) struct Edge {
    manifest: String,
    from: String,
    to: String,
    kind: DependencyKind,
}

/// All edges between our crates, as cargo sees them.
pub(super) fn of_workspace() -> Result<Vec<Edge>> {
    let workspace = MetadataCommand::new().no_deps().exec().context("ask cargo for the workspace")?;
    let mut edges = Vec::new();
    for package in &workspace.packages {
        let manifest = package.manifest_path.strip_prefix(&workspace.workspace_root).unwrap_or(&package.manifest_path);
        let ours = package.dependencies.iter().filter(|dependency| dependency.path.is_some());
        edges.extend(ours.map(|dependency| Edge {
            manifest: manifest.to_string(),
            from: package.name.to_string(),
            to: dependency.name.clone(),
            kind: dependency.kind,
        }));
    }
    Ok(edges)
}

/// The edges that the table doesn't allow, and the crates that it doesn't know.
pub(super) fn unlawful(tree: &Tree, edges: &[Edge]) -> Vec<Finding> {
    let unknown =
        tree.folders("crates").into_iter().filter(|name| !MAY_USE.iter().any(|(from, _)| from == name)).map(|name| {
            Finding::at(&format!("crates/{name}/Cargo.toml"), 1, "add this crate to the table in xtask's edges.rs")
        });
    let upward = edges.iter().filter(|edge| !is_lawful(edge)).map(|edge| {
        let line = line_of(tree.text(&edge.manifest).unwrap_or_default(), &edge.to);
        let say = if edge.to == "testkit" {
            "testkit is for [dev-dependencies] only".to_owned()
        } else {
            format!("{} may not use {}: let sekimori hand over a function at start-up", edge.from, edge.to)
        };
        Finding::at(&edge.manifest, line, say)
    });
    unknown.chain(upward).collect()
}

fn is_lawful(edge: &Edge) -> bool {
    let listed = |to: &str| MAY_USE.iter().any(|(from, may)| *from == edge.from && may.contains(&to));
    match (edge.from.as_str(), edge.to.as_str()) {
        (_, "testkit") => edge.kind == DependencyKind::Development,
        ("xtask", _) => false,
        (_, "base") | ("sekimori" | "testkit", _) => true,
        (_, to) => listed(to),
    }
}

/// The line where a manifest names a dependency.
fn line_of(manifest: &str, name: &str) -> usize {
    let names = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', ' ', '=']));
    manifest.lines().position(names).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    fn edge(from: &str, to: &str, kind: DependencyKind) -> Edge {
        Edge { manifest: format!("crates/{from}/Cargo.toml"), from: from.to_owned(), to: to.to_owned(), kind }
    }

    #[test]
    fn an_upward_edge_is_told_with_its_line() {
        let tree =
            Tree::of(&[("crates/ledger/Cargo.toml", "[dependencies]\nbase.workspace = true\nui.workspace = true\n")]);
        let edges = [edge("ledger", "base", DependencyKind::Normal), edge("ledger", "ui", DependencyKind::Normal)];
        assert_eq!(
            told(&unlawful(&tree, &edges)),
            ["crates/ledger/Cargo.toml:3: ledger may not use ui: let sekimori hand over a function at start-up"]
        );
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        let tree = Tree::of(&[]);
        assert!(unlawful(&tree, &[edge("areas", "testkit", DependencyKind::Development)]).is_empty());
        assert_eq!(unlawful(&tree, &[edge("areas", "testkit", DependencyKind::Normal)]).len(), 1);
    }

    #[test]
    fn a_crate_outside_the_table_is_told() {
        let tree = Tree::of(&[("crates/manager/src/lib.rs", "")]);
        assert_eq!(
            told(&unlawful(&tree, &[])),
            ["crates/manager/Cargo.toml:1: add this crate to the table in xtask's edges.rs"]
        );
    }

    #[test]
    fn the_table_has_no_ring_and_names_only_its_own_crates() {
        for (index, (from, may)) in MAY_USE.iter().enumerate() {
            for to in *may {
                let place = MAY_USE.iter().position(|(name, _)| name == to);
                assert!(place.is_some_and(|place| place < index), "{from} → {to}: a crate stands below those it uses");
            }
        }
    }
}
