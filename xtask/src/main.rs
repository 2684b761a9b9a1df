//! Developer commands: the whole check, the rules that no compiler knows, and the bench programs.

#![expect(clippy::disallowed_methods, reason = "a developer tool starts cargo, browsers and the house itself")]
#![expect(clippy::print_stdout, reason = "its output is read at a terminal")]

mod bench;
mod browser;
mod fuzz;
mod install;
mod postgres;
mod process;
mod test;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::test::Extent;

const USAGE: &str = "\
cargo xtask test [--fast]   the whole check; --fast leaves out fuzzing, the kill loop and the browser
cargo xtask test STEP       one step of it, as its table names it
cargo xtask tidy            the rules of the tree that no compiler knows
cargo xtask bench [NAME]    the bench programs, or one of them, and a table of their figures
cargo xtask bench house --postgres
                            the house on a PostgreSQL of its own";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace's root");
    std::env::set_current_dir(root).with_context(|| format!("enter {}", root.display()))?;
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test"] => test::check(Extent::Whole),
        ["test", "--fast"] => test::check(Extent::Fast),
        ["test", step] => test::one(step),
        ["tidy"] => tidy::check(),
        ["bench"] => bench::all(),
        ["bench", name] => bench::one(name),
        ["bench", "house", "--postgres"] => bench::house_on_postgres(),
        _ => bail!("usage:\n{USAGE}"),
    }
}
