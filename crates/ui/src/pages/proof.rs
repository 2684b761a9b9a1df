//! The proof of one entry: what it shows, and what it does not.

use axum::extract::Path;
use maud::html;
use register::permit::Action;
use register::{Failure, proof};

use super::detail;
use super::show;
use crate::answer::Answer;
use crate::parts::{self, Mood, Notice};
use crate::say::{page as page_text, proof as text};
use crate::visit::Page;

/// The proof of an entry about this record.
pub(super) async fn entry(page: Page, Path((register, id, seq)): Path<(String, String, String)>) -> Answer {
    let lang = page.lang;
    let (opened, shown, who) = page
        .read(move |page, reading| {
            let opened = detail::open(page, reading, &register, &id, Action::View)?;
            let seq = seq.parse().map_err(|_| Failure::Missing)?;
            let shown = proof::show(reading, &page.app.key, seq)?.ok_or(Failure::Missing)?;
            // An entry is shown under its own record only, so that its number is no way around the permit.
            if shown.entry.object.id != opened.row.id.to_string() {
                return Err(Failure::Missing);
            }
            let who = show::who(reading, page.lang, &shown.entry.actor)?;
            Ok((opened, shown, who))
        })
        .await?;
    detail::viewed(&page, &opened.row, &opened.description).await?;
    let row = &opened.row;
    let here = page.app.page_of(&row.register, row.id);
    let at = shown.entry.ts.parse().map_or_else(|_| shown.entry.ts.clone(), |at| page.moment(at));
    let title = page_text::PROOF.in_(lang);
    let notice = match &shown.covered {
        Some(_) => Notice { mood: Mood::Good, text: text::LEAD.in_(lang).to_owned(), more: None },
        None => Notice { mood: Mood::Info, text: text::WAITING.in_(lang).to_owned(), more: None },
    };
    let label = page.say(&opened.description.label);
    let list_href = format!("/r/{}", row.register);
    let main = html! {
        (parts::breadcrumb(lang, &[(label, &list_href), (&row.title, &here)], title))
        (parts::head(title, None, None))
        (parts::card(None, parts::detail_list(&[
            (text::SEQ.in_(lang), html! { span.sk-num { (shown.entry.seq) } }),
            (text::AT.in_(lang), html! { (at) }),
            (text::WHO.in_(lang), html! { (who) }),
            (text::WHAT.in_(lang), html! { (detail::label_of(&page, &opened.description, &shown.entry.action)) }),
            (text::OBJECT.in_(lang), html! { a href=(here) { (row.title) } " " span.sk-quiet { (text::REVISION.in_(lang)) " " (shown.entry.object.rev) } }),
        ])))
        (parts::columns(&[
            parts::card(Some(text::SHOWS.in_(lang)), html! { ul { li { (text::SHOWS_1.in_(lang)) } li { (text::SHOWS_2.in_(lang)) } } }),
            parts::card(Some(text::SHOWS_NOT.in_(lang)), html! { ul { li { (text::SHOWS_NOT_1.in_(lang)) } li { (text::SHOWS_NOT_2.in_(lang)) } } }),
        ]))
        (parts::card(None, html! {
            details {
                summary { (text::BYTES.in_(lang)) }
                pre.sk-code tabindex="0" { (shown.text) }
                p { (text::LEAF.in_(lang)) }
                pre.sk-code tabindex="0" { (shown.leaf) }
                @if let Some((_, note, proof)) = &shown.covered {
                    p { (text::PATH.in_(lang)) }
                    pre.sk-code tabindex="0" { @for hash in &proof.hashes { (hash) "\n" } }
                    p { (text::HEAD.in_(lang)) }
                    pre.sk-code tabindex="0" { (note) }
                }
                p { (text::KEY.in_(lang)) }
                pre.sk-code tabindex="0" { (page.app.key) }
            }
        }))
    };
    Ok(page.show_with(axum::http::StatusCode::OK, title, Some(notice), main))
}
