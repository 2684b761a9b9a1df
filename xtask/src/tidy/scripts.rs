//! Our scripts build nodes by DOM calls: text never becomes markup or code.

use super::{Finding, Tree};

/// The one module that puts markup of our own server into a page, under the policy `sk`.
const MAY_SET_MARKUP: &str = "live.js";

const MARKUP: &[&str] = &["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"];
const CODE: &[&str] = &["eval(", "new Function("];

/// Lines that turn text into markup or code.
pub(super) fn dangers(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.between("crates/ui/look/", ".js") {
        let markup = if path.ends_with(MAY_SET_MARKUP) { &[] } else { MARKUP };
        for (index, line) in text.lines().enumerate() {
            let found = markup.iter().chain(CODE).filter(|word| line.contains(**word));
            findings.extend(found.map(|word| {
                let say = format!("{word}: build nodes with createElement and textContent");
                Finding::at(path, index + 1, say)
            }));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    #[test]
    fn text_that_becomes_markup_or_code_is_told() {
        let tree = Tree::of(&[
            ("crates/ui/look/date.js", "const a = 1;\nnode.innerHTML = text;\neval(text);"),
            ("crates/ui/look/live.js", "node.innerHTML = policy.createHTML(text);"),
            ("tests/run.mjs", "eval(text)"),
        ]);
        assert_eq!(
            told(&dangers(&tree)),
            [
                "crates/ui/look/date.js:2: innerHTML: build nodes with createElement and textContent",
                "crates/ui/look/date.js:3: eval(: build nodes with createElement and textContent",
            ]
        );
    }
}
