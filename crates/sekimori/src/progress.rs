//! Progress on the standard error, where a person watches.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of so many steps; without a terminal it stays silent.
pub(crate) fn bar(steps: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {human_pos}/{human_len} ({eta})");
    ProgressBar::new(steps).with_style(style.expect("the template is well formed")).with_message(what)
}

/// A count without a known end.
pub(crate) fn count(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {human_pos}");
    ProgressBar::no_length().with_style(style.expect("the template is well formed")).with_message(what)
}
