//! `sekimori demo`: a fictional association on this machine, looked after so that it comes back after a stop.
//!
//! The first start builds it; later ones go on where it was left. It has a folder of its own, marked by the file `DEMO`,
//! that no other command takes for a house in earnest.

mod build;
mod keeper;
mod marker;

use std::io::Read;

use register::Say;
use ui::App;

use super::serve;
use crate::config::{Level, Listen, Log};
use crate::folder::{Folder, Holds};
use crate::house::{self, House, Kind, VERSION};
use crate::listen::Visitors;
use crate::trouble::{Outcome, Trouble};
use crate::{log, say, stop};

/// How the demonstration is started.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// 待受けの番号 / Port to listen on
    #[arg(long, value_name = "PORT", default_value_t = 8600)]
    port: u16,
    /// 待受けアドレス（このコンピュータの中だけ） / Address to listen on, within this machine
    #[arg(long, value_name = "ADDR", conflicts_with = "port")]
    listen: Option<Listen>,
    /// The process that serves, as the one that looks after it starts it.
    #[arg(long, hide = true)]
    kept: bool,
}

/// Builds what is missing, says where to look, and looks after the process that serves.
pub(crate) fn run(folder: &Folder, args: &Args) -> Outcome {
    log::start(&Log { level: Level::Warn, ..Log::default() });
    let listen = args.listen.unwrap_or_else(|| Listen(([127, 0, 0, 1], args.port).into()));
    if args.kept {
        return serve(folder, listen);
    }
    if folder.holds() == Holds::Real {
        let path = folder.path().display();
        return Err(Trouble::new(
            format!(
                "{path} は実際の業務のデータフォルダです。デモには使いません。--data で別のフォルダを指定してください。"
            ),
            format!(
                "{path} holds a house in earnest, which the demonstration leaves alone: name another folder by --data."
            ),
        ));
    }
    // Before the work of building, so that nobody waits for a port that is taken.
    drop(serve::runtime()?.block_on(serve::bind(listen.0))?);
    let password = prepared(folder)?;
    welcome(listen, &password);
    keeper::look_after(folder, listen)
}

/// The demonstration's folder with everything in it; its password.
fn prepared(folder: &Folder) -> Outcome<String> {
    folder.make()?;
    folder.must_be_local()?;
    let _lock = folder.lock()?;
    let password = marker::password(folder)?;
    if !is_whole(folder)? {
        say::both("架空の団体のデータを作っています。", "Making the data of the fictional association.");
        build::anew(folder, &password)?;
    }
    Ok(password)
}

/// Whether it was built to its end: the setting comes with its last change.
fn is_whole(folder: &Folder) -> Outcome<bool> {
    Ok(folder.key().exists() && folder.database().exists() && house::is_finished(&house::current(folder)?, Kind::Demo)?)
}

/// Serves until asked to stop, or until whoever looks after this process is gone.
fn serve(folder: &Folder, listen: Listen) -> Outcome {
    let _lock = folder.lock()?;
    let runtime = serve::runtime()?;
    let listener = runtime.block_on(serve::bind(listen.0))?;
    let (store, writer, key, running) = House::open_demo(folder)?.apart();
    let accounts =
        build::accounts().into_iter().map(|account| (account.login, Say::new(account.ja, account.en))).collect();
    let settings = ui::app::Settings {
        demo: true,
        demo_accounts: accounts,
        version: VERSION.to_owned(),
        ..ui::app::Settings::default()
    };
    let app = App::new(store, writer, key, settings, areas::house());
    let (left, alone) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Ends when the other side of the pipe is closed, by its end or on purpose.
        let _end = std::io::stdin().read_to_end(&mut Vec::new());
        let _stopping = left.send(());
    });
    let stop = async {
        tokio::select! {
            asked = stop::asked() => asked,
            _ = alone => Ok(()),
        }
    };
    serve::attend(runtime, running, app, listener, Visitors::Direct, stop)
}

fn welcome(listen: Listen, password: &str) {
    let usual = listen.0.ip() == std::net::Ipv4Addr::LOCALHOST;
    let host = if usual { format!("localhost:{}", listen.0.port()) } else { listen.0.to_string() };
    say::line(format!("\n関守のデモ Sekimori demo:  http://{host}\n"));
    say::both(
        format!("越路広域事務組合は架空の団体です。パスワードは全員 {password}"),
        format!("The association and everybody in it are invented. The password of all accounts is {password}"),
    );
    for account in build::accounts() {
        say::line(format!("\n  {}\n    {}\n    {}", account.login, account.ja, account.en));
    }
    say::both(
        "\nまず myoko でサインインし、左の「遵守状況」を開いてください。終わるには Ctrl-C を押します。データは残ります。",
        "Begin by signing in as myoko and opening \"Standing\" on the left. Ctrl-C leaves; the data stay.\n",
    );
}
