//! Only `register` knows SQL.

use super::{Finding, Tree};

const DRIVERS: &[&str] = &["rusqlite", "postgres", "tokio-postgres", "sqlx", "diesel"];

/// Who may have one: the testkit makes and drops the schemas of tests.
const MAY: &[&str] = &["crates/register/Cargo.toml", "crates/testkit/Cargo.toml"];

/// Database drivers among the dependencies of other crates. The root only names versions.
pub(super) fn drivers(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.between("", "/Cargo.toml").filter(|(path, _)| !MAY.contains(path)) {
        for (index, line) in text.lines().enumerate() {
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            if DRIVERS.contains(&name) {
                findings.push(Finding::at(
                    path,
                    index + 1,
                    format!("{name}: only register knows SQL; ask it for what you need"),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    #[test]
    fn a_driver_outside_register_is_told() {
        let tree = Tree::of(&[
            ("Cargo.toml", "rusqlite = \"0.43\""),
            ("crates/register/Cargo.toml", "rusqlite.workspace = true"),
            ("crates/areas/Cargo.toml", "[dependencies]\nrusqlite.workspace = true"),
        ]);
        assert_eq!(
            told(&drivers(&tree)),
            ["crates/areas/Cargo.toml:2: rusqlite: only register knows SQL; ask it for what you need"]
        );
    }
}
