//! The log, on the standard error: lines for people, or JSON for collectors.

use tracing_subscriber::filter::LevelFilter;

use crate::config::{Format, Log};

/// Starts the log; a second start changes nothing.
pub(crate) fn start(log: &Log) {
    let builder = tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(LevelFilter::from(log.level));
    let _already = match log.format {
        Format::Text => builder.with_ansi(false).with_target(false).try_init(),
        Format::Json => builder.json().with_target(false).try_init(),
    };
}
