//! Rules of the tree that no compiler knows. Each is a function from the files to its findings.

mod docs;
mod edges;
pub(crate) mod fuzz;
mod map;
mod markup;
mod readme;
mod scripts;
mod sql;
mod tree;

pub(crate) use tree::Tree;

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[Rule] = &[
    docs::named_files,
    map::folders,
    scripts::dangers,
    markup::inline,
    markup::raw,
    readme::headings,
    sql::drivers,
    fuzz::targets,
];

/// Something to put right, and how.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    say: String,
}

impl Finding {
    /// A finding in a line, counted from 1.
    fn at(path: &str, line: usize, say: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, say: say.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.say)
    }
}

/// Reads the tree, prints what every rule finds, and fails if there is anything.
pub(crate) fn check() -> Result<()> {
    let tree = Tree::read(Path::new("."))?;
    let mut findings = edges::unlawful(&tree, &edges::of_workspace()?);
    findings.extend(RULES.iter().flat_map(|rule| rule(&tree)));
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy: {} to put right", findings.len());
    }
    Ok(())
}

#[cfg(test)]
fn told(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(Finding::to_string).collect()
}
