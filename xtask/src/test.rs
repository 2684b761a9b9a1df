//! The whole check: what a change must pass before it is taken.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::process::{cargo, on_path, run};
use crate::{browser, fuzz, install, postgres, tidy};

/// How much of the check is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Extent {
    /// What an engineer waits for.
    Fast,
    /// All of it.
    Whole,
}

/// How a step that didn't fail ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It ran and found nothing wrong.
    Done,
    /// It had nothing to run; the reason is printed.
    Skipped(&'static str),
}

struct Step {
    name: &'static str,
    /// The smallest extent that includes it.
    from: Extent,
    run: fn(Extent) -> Result<Outcome>,
}

const STEPS: &[Step] = &[
    Step { name: "Rust components", from: Extent::Fast, run: |_| install::components() },
    Step { name: "Debian packages", from: Extent::Fast, run: install::packages },
    Step { name: "npm packages", from: Extent::Whole, run: |_| install::node_modules() },
    Step { name: "format", from: Extent::Fast, run: |_| done(run(&mut cargo(&["fmt", "--all", "--check"]))) },
    Step { name: "tidy", from: Extent::Fast, run: |_| done(tidy::check()) },
    Step { name: "clippy", from: Extent::Fast, run: |_| clippy() },
    Step { name: "tests", from: Extent::Fast, run: |_| tests() },
    Step { name: "tests on PostgreSQL", from: Extent::Whole, run: |_| tests_on_postgres() },
    Step { name: "doc tests", from: Extent::Fast, run: |_| done(run(&mut cargo(&["test", "--workspace", "--doc"]))) },
    Step { name: "docs", from: Extent::Fast, run: |_| docs() },
    Step { name: "licences and sources", from: Extent::Fast, run: |_| deny() },
    Step { name: "fuzz smoke", from: Extent::Whole, run: |_| fuzz::smoke() },
    Step { name: "kill loop", from: Extent::Whole, run: |_| kill_loop() },
    Step { name: "browser journeys", from: Extent::Whole, run: |_| browser::journeys() },
];

/// Runs the steps of this extent.
pub(crate) fn check(extent: Extent) -> Result<()> {
    walk(extent, STEPS.iter().filter(|step| step.from <= extent))
}

/// Runs one step by its name.
pub(crate) fn one(name: &str) -> Result<()> {
    let Some(step) = STEPS.iter().find(|step| step.name == name) else {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("no step {name:?}: there are {}", names.join(", "));
    };
    walk(Extent::Whole, [step].into_iter())
}

/// Runs all steps, even after a failure, and fails if any failed.
fn walk(extent: Extent, steps: impl Iterator<Item = &'static Step>) -> Result<()> {
    let mut table = vec![row("step", "result", "time"), row("---", "---", "---:")];
    let mut failed = Vec::new();
    for step in steps {
        println!("\n== {}", step.name);
        let start = Instant::now();
        let result = match (step.run)(extent) {
            Ok(Outcome::Done) => "passed".to_owned(),
            Ok(Outcome::Skipped(reason)) => format!("skipped: {reason}"),
            Err(error) => {
                println!("{error:#}");
                failed.push(step.name);
                "FAILED".to_owned()
            }
        };
        let took = seconds(start.elapsed());
        println!("== {}: {result}, {took}", step.name);
        table.push(row(step.name, &result, &took));
    }
    println!("\n{}", table.join("\n"));
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

fn done(result: Result<()>) -> Result<Outcome> {
    result.map(|()| Outcome::Done)
}

fn clippy() -> Result<Outcome> {
    done(run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--keep-going", "--", "-D", "warnings"])))
}

fn tests() -> Result<Outcome> {
    if !on_path("cargo-nextest") {
        println!("cargo-nextest isn't installed: the tests run under plain cargo test");
        return done(run(&mut cargo(&["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"])));
    }
    let mut command = cargo(&["nextest", "run", "--workspace", "--no-fail-fast"]);
    command.args(["-E", "not binary(kill_loop)"]); // has its own step, with more kills
    done(run(&mut command))
}

/// The same laws on the other database: what stands on the store, and commands that work on it.
fn tests_on_postgres() -> Result<Outcome> {
    let server = postgres::Server::start()?;
    let nextest = on_path("cargo-nextest");
    let mut command =
        if nextest { cargo(&["nextest", "run", "--no-fail-fast"]) } else { cargo(&["test", "--no-fail-fast"]) };
    command
        .args(["-p", "register", "-p", "areas", "-p", "testkit", "-p", "sekimori"])
        .env("TEST_DATABASE_URL", server.url());
    if nextest {
        // Of the commands, those that read a config with the server in it.
        command.args(["-E", "not binary(kill_loop) and (not package(sekimori) or test(/^server::/))"]);
    }
    done(run(&mut command))
}

fn docs() -> Result<Outcome> {
    done(run(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings")))
}

/// Licences, bans and sources only: the advisories come from outside and change without us.
fn deny() -> Result<Outcome> {
    if !on_path("cargo-deny") {
        return Ok(Outcome::Skipped("cargo-deny isn't installed"));
    }
    done(run(&mut cargo(&["deny", "--workspace", "check", "licenses", "bans", "sources"])))
}

fn kill_loop() -> Result<Outcome> {
    let words = ["test", "-p", "register", "--test", "kill_loop", "--", "--nocapture"];
    run(cargo(&words).env("SEKIMORI_KILLS", "200"))?;
    let server = postgres::Server::start()?;
    done(run(cargo(&words).env("SEKIMORI_KILLS", "40").env("TEST_DATABASE_URL", server.url())))
}

fn row(step: &str, result: &str, time: &str) -> String {
    format!("| {step:<22} | {result:<36} | {time:>8} |")
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_check_leaves_out_fuzzing_kills_and_browsers() {
        let slow: Vec<&str> = STEPS.iter().filter(|step| step.from > Extent::Fast).map(|step| step.name).collect();
        assert_eq!(slow, ["npm packages", "tests on PostgreSQL", "fuzz smoke", "kill loop", "browser journeys"]);
    }

    #[test]
    fn a_row_keeps_its_columns() {
        assert_eq!(row("a", "b", "c").len(), row("step", "passed", "1.0 s").len());
    }
}
