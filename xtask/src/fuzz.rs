//! Fuzz targets on stable Rust: built with coverage, run for a few seconds each.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::process::{cargo, program, run};
use crate::test::Outcome;
use crate::tidy::{Tree, fuzz::listed};

/// The coverage that libFuzzer steers by, asked of LLVM directly: no nightly, no cargo-fuzz.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions";

const SECONDS: u32 = 5;

/// Builds every target and runs each for a few seconds, from its seeds where it has some.
pub(crate) fn smoke() -> Result<Outcome> {
    let targets = listed(&Tree::read(Path::new("."))?);
    if targets.is_empty() {
        return Ok(Outcome::Skipped("no fuzz target yet"));
    }
    let host = host()?;
    // A target triple keeps the flags away from build scripts.
    let words = ["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target-dir", "fuzz/target", "--target"];
    run(cargo(&[&words, [host.as_str()].as_slice()].concat()).env("RUSTFLAGS", FLAGS))?;
    let failed: Vec<String> = targets
        .iter()
        .filter_map(|target| fuzz(&host, &target.name).err().map(|error| format!("{}: {error:#}", target.name)))
        .collect();
    if !failed.is_empty() {
        bail!("{}", failed.join("\n"));
    }
    Ok(Outcome::Done)
}

fn fuzz(host: &str, name: &str) -> Result<()> {
    let corpus = std::env::temp_dir().join("sekimori-fuzz").join(name);
    fs::create_dir_all(&corpus).with_context(|| format!("make {}", corpus.display()))?;
    let seeds = Path::new("fuzz/seeds").join(name);
    let mut command = program(&format!("fuzz/target/{host}/release/{name}"), &["-timeout=10", "-rss_limit_mb=2048"]);
    command.arg(format!("-max_total_time={SECONDS}")).arg(format!("-artifact_prefix={}-", corpus.display()));
    command.arg(&corpus).args(seeds.is_dir().then_some(&seeds));
    let output = command.output().context("start the target")?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        println!("{told}");
        bail!("{}; the input lies beside {}", output.status, corpus.display());
    }
    println!("{name}: {}", told.lines().rfind(|line| line.starts_with("Done")).unwrap_or("no closing line"));
    Ok(())
}

/// The triple of this machine.
fn host() -> Result<String> {
    let output = program("rustc", &["-vV"]).output().context("start rustc")?;
    let told = String::from_utf8(output.stdout).context("read what rustc says")?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    Ok(host.to_owned())
}
