//! What the check needs beyond Rust and a C compiler. What is already there is left alone.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::process::{cargo, on_path, program, run};
use crate::test::{Extent, Outcome};

struct Need {
    package: &'static str,
    why: &'static str,
    from: Extent,
    present: fn() -> bool,
}

const CJK_FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

const NEEDS: &[Need] = &[
    Need { package: "python3", why: "the second verifier", from: Extent::Fast, present: || on_path("python3") },
    Need {
        package: "postgresql",
        why: "the tests on PostgreSQL",
        from: Extent::Whole,
        present: crate::postgres::is_there,
    },
    Need { package: "g++", why: "the fuzz engine", from: Extent::Whole, present: || on_path("g++") },
    Need { package: "nodejs", why: "browser journeys", from: Extent::Whole, present: || on_path("node") },
    Need { package: "npm", why: "browser journeys", from: Extent::Whole, present: || on_path("npm") },
    Need { package: "chromium", why: "browser journeys", from: Extent::Whole, present: || on_path("chromium") },
    Need {
        package: "fonts-noto-cjk",
        why: "Japanese text in pictures",
        from: Extent::Whole,
        present: || Path::new(CJK_FONT).exists(),
    },
];

/// Adds the missing Debian packages of this extent, as root or by sudo.
pub(crate) fn packages(extent: Extent) -> Result<Outcome> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| need.from <= extent && !(need.present)()).collect();
    for need in &missing {
        println!("missing: {} ({})", need.package, need.why);
    }
    let names: Vec<&str> = missing.iter().map(|need| need.package).collect();
    if names.is_empty() {
        return Ok(Outcome::Skipped("all are there"));
    }
    if !on_path("apt-get") {
        bail!("install {} by hand: there is no apt-get", names.join(", "));
    }
    let as_root: &[&str] = match () {
        () if rustix::process::geteuid().is_root() => &["env"],
        () if on_path("sudo") => &["sudo", "-n", "env"],
        () => bail!("run as root, or: apt-get install {}", names.join(" ")),
    };
    let apt = |words: &[&str]| {
        let words = [as_root, &["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"], words].concat();
        run(&mut program(words[0], &words[1..]))
    };
    apt(&["update"])?;
    apt(&[&["install", "-y", "--no-install-recommends"], names.as_slice()].concat())?;
    Ok(Outcome::Done)
}

/// Adds rustfmt and clippy where rustup installed its minimal profile.
pub(crate) fn components() -> Result<Outcome> {
    let there = |name: &str| cargo(&[name, "--version"]).output().is_ok_and(|output| output.status.success());
    let missing: Vec<&str> = [("fmt", "rustfmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(word, _)| !there(word))
        .map(|(_, c)| c)
        .collect();
    if missing.is_empty() {
        return Ok(Outcome::Skipped("all are there"));
    }
    run(&mut program("rustup", &[&["component", "add"], missing.as_slice()].concat()))?;
    Ok(Outcome::Done)
}

/// Installs what the browser journeys use, as the lock file of `tests/` says.
pub(crate) fn node_modules() -> Result<Outcome> {
    let changed = |path: &str| fs::metadata(path).and_then(|file| file.modified()).ok();
    let installed = changed("tests/node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("tests/package-lock.json") {
        return Ok(Outcome::Skipped("all are there"));
    }
    run(program("npm", &["ci", "--no-audit", "--no-fund"]).current_dir("tests"))?;
    Ok(Outcome::Done)
}
