//! The newest signed head of the ledger, to be kept outside: on paper, or with another body.

use axum::http::StatusCode;
use maud::html;
use register::{Failure, proof};

use crate::answer::Answer;
use crate::parts::{self, Mood, Notice};
use crate::say::{ledger as text, proof as proof_text};
use crate::visit::Page;

/// The page that is printed for the committee's paper.
pub(super) async fn head(page: Page) -> Answer {
    let lang = page.lang;
    let note = page.read(|_, reading| Ok(proof::state(reading)?.note)).await?;
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
        (parts::card(Some(text::NEXT.in_(lang)), html! {
            ol {
                li { (text::KEEP.in_(lang)) }
                li { (text::COMPARE.in_(lang)) pre.sk-code tabindex="0" { "sekimori ledger verify --held " (checkpoint.size) ":" (checkpoint.root) } }
            }
        }))
    };
    Ok(page.show(title, main))
}
