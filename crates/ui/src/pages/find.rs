//! Search over everything that the visitor may list, and the records to pick from in forms.

use std::collections::BTreeMap;

use axum::extract::{Path, Query as Pairs};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use maud::html;
use register::Failure;
use register::find::Row;

use crate::answer::Answer;
use crate::parts::{self, Control, Look};
use crate::say::page as text;
use crate::visit::{Page, value_of};

/// Hits shown.
const HITS: usize = 100;
/// Records offered to pick from.
const OFFERED: usize = 20;

/// The page of a search.
pub(super) async fn search(page: Page, Pairs(pairs): Pairs<Vec<(String, String)>>) -> Answer {
    let lang = page.lang;
    let words: String = value_of(&pairs, "q").chars().take(100).collect();
    let asked = words.clone();
    let rows = page.read(move |page, reading| reading.search(&page.actor, &asked, HITS)).await?;
    let mut groups: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &rows {
        groups.entry(row.register.as_str()).or_default().push(row);
    }
    let title = text::SEARCH.in_(lang);
    let registers = &page.registers;
    let main = html! {
        (parts::head(title, None, None))
        (parts::card(None, html! {
            form.sk-search-here role="search" action="/search" {
                (parts::field(lang, text::WORDS.in_(lang), Control::line("q", &words, parts::Kind::Search).longest(100), Some(text::SEARCH_HOW.in_(lang)), None))
                (parts::submit(title, Look::Main))
            }
        }))
        @if !words.trim().is_empty() && rows.is_empty() { (parts::empty_state(text::NO_HIT.in_(lang), None)) }
        @for (register, rows) in groups {
            @if let Some(description) = registers.description(register) {
                (parts::card(Some(&format!("{} {}", page.say(&description.label), crate::say::count(lang, rows.len() as u64))), html! {
                    ul { @for row in rows { li { a href=(page.app.page_of(&row.register, row.id)) { (row.title) } } } }
                    @if !description.facets.is_empty() { p { a href={ "/r/" (register) "?q=" (super::address::encode(&words)) } { (text::AS_LIST.in_(lang)) } } }
                }))
            }
        }
    };
    Ok(page.show(title, main))
}

/// Records to pick from, as `[{id, title, note}]`.
pub(super) async fn pick(
    page: Page,
    Path(register): Path<String>,
    Pairs(pairs): Pairs<Vec<(String, String)>>,
) -> Answer {
    let description = page.registers.description(&register).ok_or(Failure::Missing)?.clone();
    let asked = description.clone();
    let rows =
        page.read(move |page, reading| reading.pick(&page.actor, &asked, value_of(&pairs, "q"), OFFERED)).await?;
    let code = description.code();
    let offered: Vec<_> = rows
        .iter()
        .map(|row| {
            let note = code.map(|code| row.text(code)).filter(|code| *code != row.title).unwrap_or("");
            serde_json::json!({ "id": row.id.to_string(), "title": row.title, "note": note })
        })
        .collect();
    Ok(([(CONTENT_TYPE, "application/json")], serde_json::Value::Array(offered).to_string()).into_response())
}
