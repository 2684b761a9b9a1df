//! The fuzz targets that the manifest lists are the ones that are there.

use super::{Finding, Tree};

const MANIFEST: &str = "fuzz/Cargo.toml";

/// A `[[bin]]` of the fuzz manifest.
#[derive(Debug, Default)]
pub(crate) struct Target {
    /// Its name, which is its program's.
    pub(crate) name: String,
    path: String,
    line: usize,
}

/// The targets that the manifest lists.
pub(crate) fn listed(tree: &Tree) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    let mut in_bin = false;
    for (index, line) in tree.text(MANIFEST).unwrap_or_default().lines().enumerate() {
        if line.starts_with('[') {
            in_bin = line.trim() == "[[bin]]";
            targets.extend(in_bin.then(|| Target { line: index + 1, ..Target::default() }));
        }
        let (Some((key, value)), Some(target), true) = (line.split_once('='), targets.last_mut(), in_bin) else {
            continue;
        };
        let value = value.trim().trim_matches('"').to_owned();
        match key.trim() {
            "name" => target.name = value,
            "path" => target.path = format!("fuzz/{value}"),
            _ => {}
        }
    }
    targets
}

/// Targets listed without a file, and files that no line lists.
pub(super) fn targets(tree: &Tree) -> Vec<Finding> {
    let listed = listed(tree);
    let gone = listed.iter().filter(|target| tree.text(&target.path).is_none()).map(|target| {
        Finding::at(MANIFEST, target.line, format!("target {}: its path names no file ({})", target.name, target.path))
    });
    let idle = tree
        .between("fuzz/", ".rs")
        .filter(|(path, text)| text.contains("fuzz_target!(") && listed.iter().all(|target| target.path != *path))
        .map(|(path, _)| Finding::at(path, 1, format!("nothing runs this target: give it a [[bin]] in {MANIFEST}")));
    gone.chain(idle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    #[test]
    fn the_list_and_the_files_must_agree() {
        let manifest = "[package]\nname = \"fuzz\"\n\n[[bin]]\nname = \"url\"\npath = \"targets/url.rs\"\ntest = false\n\n\
            [[bin]]\nname = \"csv\"\npath = \"targets/csv.rs\"\n\n[dependencies]\n";
        let target = "libfuzzer_sys::fuzz_target!(|data: &[u8]| {});";
        let tree = Tree::of(&[
            ("fuzz/Cargo.toml", manifest),
            ("fuzz/targets/url.rs", target),
            ("fuzz/targets/cookie.rs", target),
            ("fuzz/targets/shared.rs", "pub fn shared() {}"),
        ]);
        assert_eq!(listed(&tree).iter().map(|target| target.name.as_str()).collect::<Vec<_>>(), ["url", "csv"]);
        assert_eq!(
            told(&targets(&tree)),
            [
                "fuzz/Cargo.toml:9: target csv: its path names no file (fuzz/targets/csv.rs)",
                "fuzz/targets/cookie.rs:1: nothing runs this target: give it a [[bin]] in fuzz/Cargo.toml",
            ]
        );
    }

    #[test]
    fn a_tree_without_fuzz_targets_passes() {
        assert!(targets(&Tree::of(&[])).is_empty());
    }
}
