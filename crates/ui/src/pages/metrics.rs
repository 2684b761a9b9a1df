//! Figures for whoever watches over the house, in the text format of Prometheus. None is about a person.

use std::fmt::Write as _;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use register::Failure;
use register::proof::{self, State, Witnessed};
use register::writer::COMMIT_MS;

use crate::answer::Answer;
use crate::app::{App, Witnesses};
use crate::visit::Page;

/// The text, a line after the other.
#[derive(Default)]
struct Text(String);

impl Text {
    fn of(&mut self, kind: &str, name: &str, help: &str, values: &[(String, u64)]) {
        let _ = writeln!(self.0, "# HELP sekimori_{name} {help}\n# TYPE sekimori_{name} {kind}");
        for (labels, value) in values {
            let _ = writeln!(self.0, "sekimori_{name}{labels} {value}");
        }
    }

    fn one(&mut self, kind: &str, name: &str, help: &str, value: u64) {
        self.of(kind, name, help, &[(String::new(), value)]);
    }
}

/// Answers only what comes from this machine: a watcher beside the house, never a visitor through the proxy.
pub(super) async fn metrics(page: Page) -> Answer {
    let here = page.address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    if !here {
        return Err(Failure::Missing.into());
    }
    let app = page.app.clone();
    let read = page.read(move |page, reading| {
        let Witnesses { keys, needed } = &page.app.settings.witnesses;
        let now = page.app.store.clock().now().millis();
        Ok((proof::state(reading)?, proof::witnessed(reading, keys, *needed)?, reading.open_sessions(now)?))
    });
    let (state, witnessed, sessions) = read.await?;
    let mut text = Text::default();
    writer(&mut text, &app);
    ledger(&mut text, &app, &state, &witnessed);
    let version = format!("{{version=\"{}\"}}", app.settings.version);
    text.of("gauge", "build_info", "The version of the program.", &[(version, 1)]);
    text.one("gauge", "sessions", "Signed-in browsers.", sessions);
    text.one("gauge", "readers_free", "Readers of the store that have nothing to do.", app.store.readers_free() as u64);
    let answers =
        app.answers().into_iter().zip(1_u8..).map(|(count, class)| (format!("{{class=\"{class}xx\"}}"), count));
    text.of("counter", "answers_total", "Answers by the class of their status.", &answers.collect::<Vec<_>>());
    if let Some(free) = app.store.free_bytes() {
        text.one("gauge", "disk_free_bytes", "Free room on the disk of the data folder.", free);
    }
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text.0).into_response())
}

fn writer(text: &mut Text, app: &App) {
    let counted = app.writer.stats().now();
    text.one("gauge", "writer_waiting", "Changes that wait for the writer.", counted.waiting);
    text.one("counter", "writer_changes_total", "Changes in transactions that were committed.", counted.wishes);
    text.one(
        "gauge",
        "writer_closed",
        "1 while nothing is written, since the ledger went back.",
        app.writer.is_closed().into(),
    );
    let name = "commit_milliseconds";
    let _ = writeln!(text.0, "# HELP sekimori_{name} Time that a commit takes.\n# TYPE sekimori_{name} histogram");
    for (end, count) in COMMIT_MS.iter().zip(counted.commits) {
        let _ = writeln!(text.0, "sekimori_{name}_bucket{{le=\"{end}\"}} {count}");
    }
    let _ = writeln!(
        text.0,
        "sekimori_{name}_bucket{{le=\"+Inf\"}} {all}\nsekimori_{name}_sum {}\nsekimori_{name}_count {all}",
        counted.commit_micros / 1000,
        all = counted.batches,
    );
}

fn ledger(text: &mut Text, app: &App, state: &State, witnessed: &Witnessed) {
    let signed = state.note.as_deref().and_then(|note| app.key.open(note).ok());
    text.one("gauge", "ledger_entries", "Entries of the ledger.", state.head.size);
    text.one("gauge", "ledger_epoch", "Its epoch.", state.head.epoch);
    text.one("gauge", "ledger_signed_entries", "Entries that are signed.", signed.map_or(0, |signed| signed.size));
    let Witnesses { keys, needed } = &app.settings.witnesses;
    text.one("gauge", "witnesses", "Witnesses that are asked.", keys.len() as u64);
    text.one("gauge", "witnesses_needed", "How many must cosign.", *needed as u64);
    let (size, at) = witnessed.enough.unwrap_or_default();
    text.one("gauge", "witnessed_entries", "Entries that enough witnesses cosigned.", size);
    text.one("gauge", "witnessed_timestamp_seconds", "When they did.", at);
}
