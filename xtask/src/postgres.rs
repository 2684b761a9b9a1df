//! A PostgreSQL for tests: a data folder of its own, a Unix socket and no other way in. It goes when it is let go of.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::process::{on_path, program, run};

/// Where Debian puts the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// Longest wait for it to start.
const PATIENCE: Duration = Duration::from_mins(1);
/// Users that may run it for root, which it refuses to be run by.
const USERS: &[&str] = &["postgres", "nobody"];

/// Whether the programs are there.
pub(crate) fn is_there() -> bool {
    programs().is_some()
}

/// The folder with `initdb` and `postgres`, the newest where there are several.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut numbered: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .collect();
    numbered.sort();
    let on_the_path = || {
        let found = std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| folder.join("initdb").is_file());
        found.filter(|_| on_path("postgres"))
    };
    numbered.pop().map(|(_, folder)| folder).or_else(on_the_path)
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    folder: TempDir,
}

impl Server {
    /// Makes a cluster and serves it.
    pub(crate) fn start() -> Result<Self> {
        let programs = programs().context("PostgreSQL isn't installed: apt-get install postgresql")?;
        let folder = tempfile::tempdir().context("make a folder for PostgreSQL")?;
        let user = user(folder.path())?;
        let (place, data) = (folder.path().display().to_string(), folder.path().join("data").display().to_string());
        let initdb = ["-D", &data, "-E", "UTF8", "--locale=C", "-A", "trust", "-U", "sekimori", "--no-instructions"];
        run(of(user, &programs.join("initdb"), &initdb).current_dir("/").stdout(Stdio::null()))?;
        let settings = [
            "fsync=on",
            "listen_addresses=",
            &format!("unix_socket_directories={place}"),
            "max_connections=200",
            "max_locks_per_transaction=256",
        ];
        let mut command = of(user, &programs.join("postgres"), &["-D", &data]);
        for setting in settings {
            command.args(["-c", setting]);
        }
        let log = fs::File::create(folder.path().join("log")).context("make the log of PostgreSQL")?;
        let child = command.current_dir("/").stdout(Stdio::null()).stderr(log).spawn().context("start PostgreSQL")?;
        let mut server = Self { child, folder };
        server.wait()?;
        println!("PostgreSQL of {} serves in {place}", programs.display());
        Ok(server)
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("postgres://sekimori@{}/postgres", self.folder.path().display().to_string().replace('/', "%2F"))
    }

    fn wait(&mut self) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        let told = self.folder.path().join("data/postmaster.pid");
        while !fs::read_to_string(&told).is_ok_and(|told| told.contains("ready")) {
            if self.child.try_wait()?.is_some() || Instant::now() > end {
                bail!(
                    "PostgreSQL doesn't start: {}",
                    fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fast: whoever is still connected is sent away.
        let _gone = kill_process(Pid::from_child(&self.child), Signal::INT);
        let _gone = self.child.wait();
    }
}

/// The user to run it as, who then owns its folder; nobody else where we are not root.
fn user(folder: &Path) -> Result<Option<&'static str>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let known = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let is_known = |user: &str| known.lines().any(|line| line.split(':').next() == Some(user));
    let user = USERS.iter().find(|user| is_known(user)).context("there is no user to run PostgreSQL as")?;
    run(&mut program("chown", &[user, &folder.display().to_string()]))?;
    Ok(Some(user))
}

fn of(user: Option<&str>, name: &Path, words: &[&str]) -> Command {
    let name = name.display().to_string();
    match user {
        None => program(&name, words),
        Some(user) => {
            let as_user = [&format!("--reuid={user}"), "--regid=nogroup", "--clear-groups", &name];
            program("setpriv", &[as_user.as_slice(), words].concat())
        }
    }
}
