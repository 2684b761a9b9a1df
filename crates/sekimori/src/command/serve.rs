//! `sekimori serve`: from the config to the last checkpoint.
//!
//! Runs in the foreground, and stops on SIGTERM or SIGINT when the requests under way are answered. After a failed commit
//! it ends with 75, so that a new process reads the truth from the disk: let systemd start it again, by
//! `Restart=on-failure`.

use std::time::Duration;

use register::writer::Running;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use ui::App;

use crate::config::Config;
use crate::folder::Folder;
use crate::house::{House, VERSION};
use crate::listen::{self, Visitors};
use crate::trouble::{Outcome, Trouble};
use crate::{house, log, say, stop};

/// Serves a house in earnest. A folder that isn't there is not made: its name may be mistyped.
pub(crate) fn run(folder: &Folder, config: Config) -> Outcome {
    log::start(&config.log);
    house::must_be_real(folder)?;
    let _lock = folder.lock_to_serve()?;
    let runtime = runtime()?;
    let listener = runtime.block_on(bind(config.web.listen.0))?;
    let (store, writer, key, running) = House::open(folder, u64::from(config.store.reserve_mb) * 1024 * 1024)?.apart();
    let origin = config.web.origin.map(|origin| origin.0);
    let address = origin.clone().unwrap_or_else(|| format!("http://{}", config.web.listen.0));
    let visitors = if origin.is_some() { Visitors::BehindProxy } else { Visitors::Direct };
    let settings = ui::app::Settings { origin, version: VERSION.to_owned(), ..ui::app::Settings::default() };
    let app = App::new(store, writer, key, settings, areas::house());
    if let Some(token) = ui::sign_in::open_setup(&app)? {
        say::both(
            format!("最初の設定をするには、次の番地を開いてください（一度だけ使えます）。\n  {address}/setup/{token}"),
            "Open this address for the first set-up; it works once.",
        );
    }
    tracing::info!(address, version = VERSION, "sekimori {VERSION} serves {address}");
    attend(runtime, running, app, listener, visitors, stop::asked())
}

/// Serves until asked to stop, then lets everything be written.
pub(crate) fn attend(
    runtime: Runtime,
    running: Running,
    app: App,
    listener: TcpListener,
    visitors: Visitors,
    stop: impl Future<Output = std::io::Result<()>>,
) -> Outcome {
    let router = ui::route::router(app, &areas::routes());
    let served = runtime.block_on(listen::serve(listener, router, visitors, stop));
    // Whatever still holds the writer goes with its tasks.
    runtime.shutdown_timeout(Duration::from_secs(1));
    running.join();
    tracing::info!("sekimori has stopped, and everything is written");
    served.map_err(|e| Trouble::new(format!("待受けが止まりました（{e}）。"), format!("Listening ended ({e}).")))
}

/// The threads that serve.
pub(crate) fn runtime() -> Outcome<Runtime> {
    Runtime::new().map_err(|e| {
        Trouble::new(format!("スレッドを用意できません（{e}）。"), format!("The threads can't be started ({e})."))
    })
}

/// Takes the address, or says what to do.
pub(crate) async fn bind(address: std::net::SocketAddr) -> Outcome<TcpListener> {
    TcpListener::bind(address).await.map_err(|e| {
        let taken = e.kind() == std::io::ErrorKind::AddrInUse;
        let (ja, en) = if taken {
            ("ほかのプログラムが使っています", "another program uses it")
        } else {
            ("使えません", "it can't be used")
        };
        Trouble::new(
            format!(
                "{address} で待ち受けられません：{ja}（{e}）。そのプログラムを止めるか、別の番号を指定してください（serve では設定の [web] listen、demo では --port）。"
            ),
            format!(
                "Can't listen on {address}: {en} ({e}). Stop that program, or choose another port ([web] listen in the config of serve, --port of demo)."
            ),
        )
    })
}
