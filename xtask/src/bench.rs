//! The bench programs and their figures, in one table.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::process::cargo;

/// A program that prints its figures as rows `| what | figure | goal | against |`.
struct Program {
    name: &'static str,
    package: &'static str,
    file: &'static str,
}

const PROGRAMS: &[Program] = &[
    Program { name: "audit", package: "ledger", file: "crates/ledger/benches/audit.rs" },
    Program { name: "house", package: "testkit", file: "crates/testkit/benches/house.rs" },
];

const HEAD: &str = "| what | figure | goal | against |\n| --- | ---: | ---: | --- |";

/// Runs every program and prints one table.
pub(crate) fn all() -> Result<()> {
    table(PROGRAMS.iter())
}

/// Runs one program.
pub(crate) fn one(name: &str) -> Result<()> {
    let names: Vec<&str> = PROGRAMS.iter().map(|program| program.name).collect();
    let Some(program) = PROGRAMS.iter().find(|program| program.name == name) else {
        bail!("no bench program {name}: there are {}", names.join(", "));
    };
    table([program].into_iter())
}

/// Runs the house on a PostgreSQL that is there for it alone.
pub(crate) fn house_on_postgres() -> Result<()> {
    let server = crate::postgres::Server::start()?;
    let program = PROGRAMS.iter().find(|program| program.name == "house").expect("it is in the list");
    let rows = figures(program, &[("TEST_DATABASE_URL", &server.url())])?;
    println!("\n{HEAD}\n{}", rows.join("\n"));
    Ok(())
}

fn table(programs: impl Iterator<Item = &'static Program>) -> Result<()> {
    let mut rows = Vec::new();
    for program in programs {
        if !Path::new(program.file).exists() {
            println!("skipped {}: {} isn't there yet", program.name, program.file);
            continue;
        }
        rows.extend(figures(program, &[])?);
    }
    println!("\n{HEAD}\n{}", rows.join("\n"));
    Ok(())
}

/// Passes the program's output on while it runs, and keeps its rows.
fn figures(program: &Program, variables: &[(&str, &str)]) -> Result<Vec<String>> {
    println!("\n== {}", program.name);
    let mut child = cargo(&["bench", "-p", program.package, "--bench", program.name])
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("start {}", program.name))?;
    let mut rows = Vec::new();
    for line in BufReader::new(child.stdout.take().expect("its output is piped")).lines() {
        let line = line.with_context(|| format!("read what {} prints", program.name))?;
        println!("{line}");
        rows.extend(is_figure(&line).then_some(line));
    }
    let status = child.wait().with_context(|| format!("wait for {}", program.name))?;
    if !status.success() {
        bail!("{}: {status}", program.name);
    }
    Ok(rows)
}

/// A row of figures: of a Markdown table, but neither its head nor the rule below it.
fn is_figure(line: &str) -> bool {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let rule = cells.iter().all(|cell| cell.chars().all(|c| "-: ".contains(c)));
    line.starts_with('|') && cells.len() == 6 && !rule && cells[1] != "what"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_with_figures_are_kept() {
        assert!(is_figure("| verify, 10,000 entries | 0.4 s | 1 s | trust |"));
        for line in ["| what | figure | goal | against |", "| --- | ---: | ---: | --- |", "reading …", "| a | b |"] {
            assert!(!is_figure(line), "{line}");
        }
    }

    #[test]
    fn every_program_lies_where_cargo_looks_for_it() {
        for program in PROGRAMS {
            assert_eq!(program.file, format!("crates/{}/benches/{}.rs", program.package, program.name));
        }
    }
}
