//! The commands (コマンド), one file each.

mod backup;
mod demo;
mod doctor;
mod init;
mod keys;
mod ledger;
mod policy;
mod register;
mod restore;
mod serve;
mod user;
mod witness;

use std::path::PathBuf;

use ::register::proof::Head;
use clap::Subcommand;

use crate::config::Config;
use crate::folder::Folder;
use crate::trouble::{Outcome, Trouble, USAGE};

/// What can be done at the command line.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// データフォルダを用意します / Make a data folder
    Init,
    /// 関守を動かします / Serve the house
    Serve,
    /// 架空の団体のデータで試します（データは ./sekimori-data/demo） / Try it with the data of a fictional body
    Demo(demo::Args),
    /// 情報セキュリティポリシーの文書 / Policy documents
    #[command(subcommand)]
    Policy(policy::Command),
    /// 台帳の取込・出力 / Bring registers in, take them out
    #[command(subcommand)]
    Register(register::Command),
    /// 操作記録の検証 / The ledger
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// 根の鍵 / The root key
    #[command(subcommand)]
    Keys(keys::Command),
    /// 利用者アカウント / Accounts
    #[command(subcommand)]
    User(user::Command),
    /// 動かしたまま写しを作り、検証します / Make a copy while it serves, and audit it
    Backup {
        /// 写しを作る場所（日時の名のフォルダができます） / Where to make the folder, named by the moment
        place: PathBuf,
    },
    /// 写しを検証し、データフォルダに戻します / Audit a copy and make it the data folder
    Restore {
        /// backup が作ったフォルダ / The folder that backup made
        backup: PathBuf,
        /// 別に保管していた署名鍵 signing.key / The signing key that was kept apart
        #[arg(long, value_name = "FILE")]
        signing_key: PathBuf,
        /// 別に保管していた根の鍵 root.key（封をした内容を読むため） / The root key that was kept apart, for what is sealed
        #[arg(long, value_name = "FILE")]
        root_key: Option<PathBuf>,
        /// 復元する理由（操作記録に残ります） / Why; it stays in the ledger
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// 失われた操作記録の、外に置いた控え「件数:根」 / A head of what was lost, that was kept outside
        #[arg(long, value_name = "件数:根", value_parser = ledger::head)]
        lost: Option<Head>,
    },
    /// 状態を点検します / Look at the state of the house
    Doctor,
}

impl Command {
    /// Carries it out.
    pub(crate) fn run(self, data: Option<PathBuf>, config: Option<PathBuf>, passphrase: Option<PathBuf>) -> Outcome {
        if let Self::Demo(args) = self {
            if config.is_some() {
                return Err(Trouble::new("demo は設定ファイルを使いません。", "demo takes no config file.").code(USAGE));
            }
            return demo::run(&Folder::demo(data).opened_by(passphrase), &args);
        }
        let folder = Folder::named(data).opened_by(passphrase);
        if let Self::Restore { backup, signing_key, root_key, reason, lost } = self {
            let keys = (&*signing_key, root_key.as_deref());
            return restore::run(&folder, config, &backup, keys, (&reason, lost));
        }
        let config = Config::read(config, folder.config())?;
        let folder = folder.served(config.store.server()?);
        match self {
            Self::Init => init::run(&folder),
            Self::Serve => serve::run(&folder, config),
            Self::Demo(_) | Self::Restore { .. } => unreachable!("they have a folder or config of their own, above"),
            Self::Policy(command) => policy::run(&folder, command),
            Self::Register(command) => register::run(&folder, command),
            Self::Ledger(command) => ledger::run(&folder, &config, &command),
            Self::Keys(command) => keys::run(&folder, command),
            Self::User(command) => user::run(&folder, command),
            Self::Backup { place } => backup::run(&folder, &place),
            Self::Doctor => doctor::run(&folder, &config),
        }
    }
}
