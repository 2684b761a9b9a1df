//! A data folder of a test's own, and the binary on it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a command told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A place for a data folder.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A place with a house in earnest.
    pub(crate) fn initialised() -> Self {
        let place = Self::new();
        let told = place.run(&["init"]);
        assert_eq!(told.code, Some(0), "{told:?}");
        place
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// Lays out a file beside the data folder.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The binary on the data folder.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let built = std::env::var_os("SEKIMORI_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_sekimori").into());
        let mut command = Command::new(built);
        command.arg("--data").arg(self.data()).args(words).current_dir(self.0.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Told {
        told(self.command(words).output().unwrap())
    }

    /// Runs the binary with these words alone.
    pub(crate) fn run_bare(&self, words: &[&str]) -> Told {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sekimori"));
        told(command.args(words).current_dir(self.0.path()).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs a command that reads this.
    pub(crate) fn run_with(&self, words: &[&str], input: &str) -> Told {
        let mut child = self.command(words).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        told(child.wait_with_output().unwrap())
    }

    /// Brings rows in and says what happened.
    pub(crate) fn import(&self, register: &str, csv: &str) -> Told {
        self.run(&["register", "import", register, &self.file("rows.csv", csv)])
    }

    /// Starts what serves, and waits until it is well.
    pub(crate) fn start(&self, words: &[&str], port: u16) -> Server {
        let mut server = Server { child: self.command(words).spawn().unwrap(), port };
        wait_for(|| {
            assert_eq!(server.child.try_wait().unwrap(), None, "it ended before it was well");
            server.is_well()
        });
        server
    }
}

fn told(output: std::process::Output) -> Told {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Told { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A process that serves; killed when the test ends.
pub(crate) struct Server {
    pub(crate) child: Child,
    port: u16,
}

impl Server {
    pub(crate) fn is_well(&self) -> bool {
        self.get("/healthz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200") && answer.contains("\"ok\":true"))
    }

    /// The whole answer to a request, if there is one.
    pub(crate) fn get(&self, path: &str) -> Option<String> {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", self.port))
    }

    /// The whole answer to these bytes.
    pub(crate) fn send(&self, request: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        Some(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> (ExitStatus, Told) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let mut status = None;
        wait_for(|| {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        let mut told = Told { code: status.unwrap().code(), out: String::new(), err: String::new() };
        self.child.stdout.take().unwrap().read_to_string(&mut told.out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut told.err).unwrap();
        (status.unwrap(), told)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has stopped can't be killed any more.
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// Waits until it is so.
pub(crate) fn wait_for(mut so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < end, "it took longer than {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A port that nobody listens on at this moment.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A section and a person in it.
pub(crate) fn with_people(place: &Place) {
    assert_eq!(place.import("unit", "部署番号,部署名\n10,総務課\n").code, Some(0));
    let people = "氏名,職員番号,所属,任用の区分\nYahiko Tanuki,7,総務課,常勤の職員\n佐渡 花子,8,総務課,常勤の職員\n佐渡 花子,9,総務課,常勤の職員\n";
    assert_eq!(place.import("person", people).code, Some(0));
}

/// Paths of a test are its own.
pub(crate) fn shown(text: &str, path: &Path) -> String {
    text.replace(path.to_str().unwrap(), "DIR")
}
