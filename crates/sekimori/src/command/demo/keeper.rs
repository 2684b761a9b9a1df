//! Looks after the process that serves the demonstration, as systemd does with `serve`.
//!
//! It is started again when a commit has failed (75), or when it was killed from outside. One that ends again and again
//! within seconds is given up. The pipe to its standard input holds it: should the keeper itself be killed, it stops too.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use register::writer::LOST_COMMIT;
use tokio::sync::oneshot;

use super::serve;
use crate::config::Listen;
use crate::folder::Folder;
use crate::stop;
use crate::trouble::{Outcome, Trouble};

/// A process that lived shorter has hardly served.
const HARDLY: Duration = Duration::from_secs(5);
/// So many of those in a row are enough.
const ENOUGH: u32 = 3;

/// Serves until asked to stop.
pub(super) fn look_after(folder: &Folder, listen: Listen) -> Outcome {
    let runtime = serve::runtime()?;
    let mut short_lives = 0;
    loop {
        let born = Instant::now();
        let mut child = start(folder, listen)?;
        let hold = child.stdin.take();
        let (tell, mut ended) = oneshot::channel();
        std::thread::spawn(move || tell.send(child.wait()));
        let status = runtime.block_on(async {
            let asked = tokio::select! {
                status = &mut ended => return status,
                asked = stop::asked() => asked,
            };
            if let Err(error) = asked {
                tracing::warn!(%error, "signals can't be waited for: {error}");
            }
            drop(hold);
            ended.await
        });
        let status = status.expect("the waiting thread always tells").map_err(|e| {
            Trouble::new(
                format!("デモの状態を確かめられません（{e}）。"),
                format!("The demonstration can't be watched ({e})."),
            )
        })?;
        short_lives = if born.elapsed() < HARDLY { short_lives + 1 } else { 0 };
        match after(status, short_lives) {
            After::Leave(code) => return if code == 0 { Ok(()) } else { Err(Trouble::silent(code)) },
            After::GiveUp => {
                return Err(Trouble::new(
                    "デモが続けて止まりました。ディスクの空きと状態を「sekimori doctor」で確かめてください。",
                    "The demonstration stopped again and again: look at the disk with \"sekimori doctor\".",
                ));
            }
            After::Again => {
                eprintln!("デモが止まったため、起動し直します。\nThe demonstration stopped and is started again.");
            }
        }
    }
}

/// What to do when the process has ended.
#[derive(Debug, PartialEq, Eq)]
enum After {
    Leave(u8),
    Again,
    GiveUp,
}

fn after(status: ExitStatus, short_lives: u32) -> After {
    match status.code() {
        // No code: killed by a signal.
        None | Some(LOST_COMMIT) if short_lives < ENOUGH => After::Again,
        None | Some(LOST_COMMIT) => After::GiveUp,
        Some(code) => After::Leave(u8::try_from(code).unwrap_or(1)),
    }
}

#[expect(clippy::disallowed_methods, reason = "the demonstration starts its own program, and nothing else")]
fn start(folder: &Folder, listen: Listen) -> Outcome<Child> {
    let program = std::env::current_exe();
    let started = program.and_then(|program| {
        let mut command = Command::new(program);
        command.arg("--data").arg(folder.path());
        command.args(["demo", "--kept", "--listen", &listen.0.to_string()]);
        command.stdin(Stdio::piped()).spawn()
    });
    started.map_err(|e| {
        Trouble::new(format!("デモを起動できません（{e}）。"), format!("The demonstration can't be started ({e})."))
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn it_is_started_again_after_a_lost_commit_or_a_kill_but_not_for_ever() {
        let (lost, killed) = (ExitStatus::from_raw(LOST_COMMIT << 8), ExitStatus::from_raw(9));
        assert_eq!((after(lost, 1), after(killed, 2)), (After::Again, After::Again));
        assert_eq!((after(lost, 3), after(killed, 3)), (After::GiveUp, After::GiveUp));
        assert_eq!(after(ExitStatus::from_raw(0), 1), After::Leave(0));
        assert_eq!(after(ExitStatus::from_raw(1 << 8), 1), After::Leave(1));
    }
}
