//! The newest signed head of the ledger, to be kept outside: on paper, or with another body.

use axum::http::StatusCode;
use base::clock::Timestamp;
use maud::{Markup, html};
use register::proof::Witnessed;
use register::{Failure, proof};

use crate::answer::Answer;
use crate::app::Witnesses;
use crate::parts::{self, Mood, Notice};
use crate::say::{ledger as text, proof as proof_text};
use crate::visit::Page;

/// The page that is printed for the committee's paper.
pub(super) async fn head(page: Page) -> Answer {
    let lang = page.lang;
    let read = page.read(|page, reading| {
        let Witnesses { keys, needed } = &page.app.settings.witnesses;
        Ok((proof::state(reading)?.note, proof::witnessed(reading, keys, *needed)?))
    });
    let (note, witnessed) = read.await?;
    let title = text::TITLE.in_(lang);
    let Some(note) = note else {
        let notice = Notice { mood: Mood::Info, text: text::NONE.in_(lang).to_owned(), more: None };
        let main = html! { (parts::head(title, None, None)) };
        return Ok(page.show_with(StatusCode::OK, title, Some(notice), main));
    };
    let checkpoint = page.app.key.open(&note).map_err(|fault| Failure::Broken(fault.to_string()))?;
    let now = page.moment(page.app.store.clock().now());
    let main = html! {
        (parts::head(title, Some(text::WHY.in_(lang)), None))
        (parts::beside(
            parts::card(Some(text::HEAD.in_(lang)), html! {
                (parts::detail_list(&[
                    (text::ENTRIES.in_(lang), html! { span.sk-num { (checkpoint.size) } }),
                    (text::ROOT.in_(lang), html! { code.sk-hash { (checkpoint.root) } }),
                    (text::EPOCH.in_(lang), html! {
                        @if checkpoint.epoch == 0 { (text::FIRST_EPOCH.in_(lang)) }
                        @else { a href="/r/epoch" { (checkpoint.epoch) } }
                    }),
                    (text::ORIGIN.in_(lang), html! { code.sk-hash { (checkpoint.origin) } }),
                    (proof_text::KEY.in_(lang), html! { code.sk-hash { (page.app.key) } }),
                    (text::SEEN.in_(lang), html! { (now) }),
                ]))
            }),
            parts::card(Some(text::CODE.in_(lang)), html! {
                @if let Some(code) = parts::qr(text::CODE.in_(lang), &note) { (code) }
                p.sk-quiet { (text::CODE_HOLDS.in_(lang)) }
            }),
        ))
        (parts::card(Some(text::WITNESSES.in_(lang)), witnesses(&page, &witnessed)))
        (parts::card(Some(text::NEXT.in_(lang)), html! {
            ol {
                li { (text::KEEP.in_(lang)) }
                li { (text::COMPARE.in_(lang)) pre.sk-code tabindex="0" { "sekimori ledger verify --held " (proof::written(checkpoint.head())) } }
            }
        }))
    };
    Ok(page.show(title, main))
}

/// Who else vouches for the ledger, and until when.
fn witnesses(page: &Page, witnessed: &Witnessed) -> Markup {
    let lang = page.lang;
    let Witnesses { keys, needed } = &page.app.settings.witnesses;
    if keys.is_empty() {
        return html! { p { (text::NO_WITNESS.in_(lang)) } };
    }
    let moment = |seconds: u64| {
        let millis = i64::try_from(seconds).unwrap_or_default().saturating_mul(1000);
        page.moment(Timestamp::from_millis(millis))
    };
    let lines: Vec<_> = keys
        .iter()
        .zip(&witnessed.last)
        .map(|(key, last)| (key.name(), html! { (last.map_or_else(|| text::NEVER.in_(lang).to_owned(), moment)) }))
        .collect();
    html! {
        p { (text::witnessed(lang, *needed, keys.len(), witnessed.enough.map(|(size, at)| (size, moment(at))))) }
        (parts::detail_list(&lines))
    }
}
