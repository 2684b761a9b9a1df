//! Sekimori (関守): one binary that holds an organisation's information-security policy, carries it out, and proves it.

mod command;
mod config;
mod folder;
mod house;
mod input;
mod keys;
mod listen;
mod log;
mod progress;
mod say;
mod stop;
mod trouble;
mod witnesses;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::command::Command;

/// 関守：情報セキュリティポリシーを定め、実施し、その記録が変わっていないことを示します。
/// Sekimori holds an information-security policy, carries it out, and shows that its records are unchanged.
#[derive(Debug, Parser)]
#[command(name = "sekimori", version)]
struct Cli {
    /// データフォルダ（省略時は ./sekimori-data） / Data folder
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// 設定ファイル（省略時はデータフォルダの sekimori.toml） / Config file
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// 根の鍵のパスフレーズを1行目に書いたファイル（/dev/fd/3 等も可。省略時は端末で尋ねます） / File with the passphrase of the root key
    #[arg(long, global = true, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let Cli { data, config, passphrase_file, command } = Cli::parse();
    match command.run(data, config, passphrase_file) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => trouble.told(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}
