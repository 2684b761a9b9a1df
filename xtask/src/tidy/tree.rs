//! The files of the tree, read once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// What builds and runs leave behind: not part of the tree.
const LEFT_BEHIND: &[&str] = &[
    ".git",
    "target",
    "sekimori-data",
    "fuzz/target",
    "fuzz/corpus",
    "fuzz/artifacts",
    "tests/node_modules",
    "tests/shots",
];

/// Every file by its path from the root; one that isn't text counts as empty.
pub(crate) struct Tree(BTreeMap<String, String>);

impl Tree {
    /// Reads all files below the root.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let place = root.join(&folder);
            for item in fs::read_dir(&place).with_context(|| format!("read {}", place.display()))? {
                let item = item.with_context(|| format!("read {}", place.display()))?;
                let name = item.file_name().to_string_lossy().into_owned();
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                let kind = item.file_type().with_context(|| format!("look at {path}"))?;
                if is_left_behind(&path) {
                    continue;
                }
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() {
                    let bytes = fs::read(item.path()).with_context(|| format!("read {path}"))?;
                    files.insert(path, String::from_utf8(bytes).unwrap_or_default());
                }
            }
        }
        Ok(Self(files))
    }

    /// Files given as pairs of path and text.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned())).collect())
    }

    /// The text of one file.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// All files as path and text.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files whose path starts and ends so.
    pub(super) fn between(&self, start: &str, end: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(move |(path, _)| path.starts_with(start) && path.ends_with(end))
    }

    /// Whether a file or a folder has this path.
    pub(super) fn has(&self, path: &str) -> bool {
        let inside = format!("{path}/");
        self.0.contains_key(path) || self.files().any(|(file, _)| file.starts_with(&inside))
    }

    /// Whether some file's path ends with this one, as `lending/mod.rs` ends a longer one.
    pub(super) fn has_tail(&self, tail: &str) -> bool {
        let inside = format!("/{tail}");
        self.0.contains_key(tail) || self.files().any(|(file, _)| file.ends_with(&inside))
    }

    /// The names of the folders directly inside a folder, in order.
    pub(super) fn folders(&self, of: &str) -> Vec<&str> {
        let inside = self.files().filter_map(|(path, _)| path.strip_prefix(of)?.strip_prefix('/')?.split_once('/'));
        let mut names: Vec<&str> = inside.map(|(name, _)| name).collect();
        names.dedup();
        names
    }
}

/// Whether a path lies where builds and runs leave their files.
pub(super) fn is_left_behind(path: &str) -> bool {
    LEFT_BEHIND.iter().any(|left| path.strip_prefix(left).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_builds_leave_behind_is_not_read() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["target/debug", "crates/base", "targets"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
            fs::File::create(root.path().join(folder).join("x")).unwrap();
        }
        let tree = Tree::read(root.path()).unwrap();
        assert_eq!(tree.files().map(|(path, _)| path).collect::<Vec<_>>(), ["crates/base/x", "targets/x"]);
    }

    #[test]
    fn a_folder_is_there_when_a_file_is_in_it() {
        let tree = Tree::of(&[("crates/ui/src/lib.rs", ""), ("crates/ui/src/look/a.js", ""), ("crates/base/b", "")]);
        assert!(tree.has("crates/ui") && !tree.has("crates/u"));
        assert!(tree.has_tail("src/lib.rs") && !tree.has_tail("b.rs"));
        assert_eq!(tree.folders("crates"), ["base", "ui"]);
    }
}
