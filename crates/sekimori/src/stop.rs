//! Being asked to stop.

/// Returns when the process is asked to stop: by Ctrl-C, or by its supervisor.
#[cfg(unix)]
pub(crate) async fn asked() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! { _ = term.recv() => {} _ = interrupt.recv() => {} }
    Ok(())
}

/// Returns when the process is asked to stop.
#[cfg(not(unix))]
pub(crate) async fn asked() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
