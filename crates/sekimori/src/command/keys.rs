//! `sekimori keys`: the root key of the house, for whoever holds the data folder.

use clap::Subcommand;

use crate::folder::Folder;
use crate::keys;
use crate::say;
use crate::trouble::Outcome;

/// What can be done with the root key.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Command {
    /// 根の鍵をパスフレーズで保護します（起動のたびに必要になります） / Lock the root key by a passphrase
    Lock,
    /// 根の鍵のパスフレーズをやめます / Take the passphrase away
    Unlock,
}

/// Locks or opens it.
pub(crate) fn run(folder: &Folder, command: Command) -> Outcome {
    match command {
        Command::Lock => {
            keys::relock(folder, true)?;
            say::line(
                "根の鍵をパスフレーズで保護しました。次の起動から必要です。忘れると、封をした内容は読めなくなります。",
            );
            say::line(
                "The root key is locked. Each start asks for the passphrase; without it, what is sealed can't be read.",
            );
        }
        Command::Unlock => {
            keys::relock(folder, false)?;
            say::line("根の鍵のパスフレーズをやめました。");
            say::line("The root key needs no passphrase any more.");
        }
    }
    Ok(())
}
