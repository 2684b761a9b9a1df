//! Pages carry neither inline styles nor inline scripts, which the content security policy would drop anyway, and
//! text stays escaped.

use super::{Finding, Tree};

/// The modules that may hand over markup as it is, since they made it themselves.
const MAY_BE_RAW: &[&str] = &["crates/ui/src/raw.rs"];

/// Inline styles and scripts in the Rust files that write pages.
pub(super) fn inline(tree: &Tree) -> Vec<Finding> {
    let pages = tree.between("crates/", ".rs").filter(|(_, text)| text.contains("html!"));
    find(
        pages,
        |line| {
            line.split_whitespace().any(is_inline_attribute) || line.contains(" style {") || line.contains(" script {")
        },
        "inline style or script: use a class of the style sheets, or a module of crates/ui/look",
    )
}

/// Unescaped markup outside its modules.
pub(super) fn raw(tree: &Tree) -> Vec<Finding> {
    let others = tree.between("crates/", ".rs").filter(|(path, _)| !MAY_BE_RAW.contains(path));
    find(others, |line| line.contains("PreEscaped"), "PreEscaped: write it with html!, or in crates/ui/src/raw.rs")
}

fn find<'a>(files: impl Iterator<Item = (&'a str, &'a str)>, is_bad: fn(&str) -> bool, say: &str) -> Vec<Finding> {
    files
        .flat_map(|(path, text)| text.lines().enumerate().map(move |(index, line)| (path, index + 1, line)))
        .filter(|(_, _, line)| !line.trim_start().starts_with("//") && is_bad(line))
        .map(|(path, line, _)| Finding::at(path, line, say))
        .collect()
}

/// An attribute of maud, `style="…"` or `onclick=(…)`. In Rust itself an `=` stands between spaces.
fn is_inline_attribute(word: &str) -> bool {
    let Some((name, value)) = word.split_once('=') else { return false };
    let handler = name.len() > 2 && name.starts_with("on") && name.chars().all(|c| c.is_ascii_lowercase());
    (name == "style" || handler) && value.starts_with(['"', '(', '[', '{'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, rule: fn(&Tree) -> Vec<Finding>) -> Vec<usize> {
        rule(&Tree::of(&[("crates/areas/src/a.rs", text)])).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn inline_styles_and_handlers_are_told() {
        let page = "html! {\n p style=\"color:red\" { }\n button onclick=(call) { }\n script { (text) }\n style { \"p{}\" }\n}";
        assert_eq!(lines(page, inline), [2, 3, 4, 5]);
    }

    #[test]
    fn plain_markup_and_plain_rust_pass() {
        let page = "html! {\n p class=\"a\" { }\n script src=\"/live.js\" type=\"module\" { }\n}\nlet style = \"a\";\n\
            // never style=\"…\"\nassert!(!body.contains(\"style=\"));\nlet once = on(1);";
        assert_eq!(lines(page, inline), [0; 0]);
    }

    #[test]
    fn raw_markup_has_its_own_module() {
        assert_eq!(lines("a\nPreEscaped(text)", raw), [2]);
        assert!(raw(&Tree::of(&[("crates/ui/src/raw.rs", "PreEscaped(text)")])).is_empty());
    }
}
