//! The browser journeys: the release build's own demo, and a real browser against it.

use std::net::TcpListener;
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use cargo_metadata::MetadataCommand;
use rustix::process::{Pid, Signal, kill_process};

use crate::process::{cargo, program, run};
use crate::test::Outcome;

/// Builds the house, starts its demo in an empty folder and runs `tests/run.mjs` against it.
pub(crate) fn journeys() -> Result<Outcome> {
    run(&mut cargo(&["build", "--release", "-p", "sekimori"]))?;
    let built = MetadataCommand::new().no_deps().exec().context("ask cargo for its target folder")?;
    let house = built.target_directory.join("release/sekimori");
    let folder = tempfile::tempdir().context("make a folder for the demo")?;
    let address = format!("127.0.0.1:{}", free_port()?);
    let data = folder.path().to_string_lossy();
    println!("$ sekimori demo --data {data} --listen {address}");
    let words = ["demo", "--data", &data, "--listen", &address];
    let mut demo = Demo(program(house.as_str(), &words).spawn().context("start the demo")?);
    let url = format!("http://{address}");
    let journeys = run(program("node", &["tests/run.mjs"]).env("SEKIMORI_URL", url).env("SEKIMORI_DATA", &*data));
    if let Some(status) = demo.0.try_wait().context("look after the demo")? {
        bail!("the demo stopped by itself: {status}");
    }
    journeys.map(|()| Outcome::Done)
}

/// A port that nobody listens on at this moment.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("bind a free port")?;
    Ok(listener.local_addr().context("read the port")?.port())
}

/// The running demo; it is asked to stop when the journeys end, however they end.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        if self.has_ended() {
            return;
        }
        // Asked rather than killed: the demo looks after a process of its own.
        let asked = kill_process(Pid::from_child(&self.0), Signal::TERM);
        let patience = Instant::now() + Duration::from_secs(20);
        while asked.is_ok() && Instant::now() < patience {
            if self.has_ended() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        println!("the demo didn't stop within 20 s: killed");
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Demo {
    fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}
