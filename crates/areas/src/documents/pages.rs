//! The page of a document: its text as in force, its editions, and what must still be confirmed.

use axum::extract::{Path, Query as Pairs};
use axum::http::Method;
use axum::routing::get;
use base::id::Id;
use maud::{Markup, html};
use policy::{Reading as Understood, Section};
use register::find::Row;
use register::permit::{self, Action, decide};
use register::{Failure, Record, Word};
use ui::parts::{self, Look, Mood, Notice, Tone};
use ui::say::{Lang, Text, text};
use ui::{Answer, Guard, Limits, Page, Route};

use super::bring_in;
use super::edition::{Current, current};
use super::records::{Clause, Document, Edition};

/// The document's page.
pub const ROUTES: &[Route] = &[Route::new(
    Method::GET,
    "/documents/{id}",
    Guard::On(Document::REGISTER.name, Action::View),
    Limits::PAGE,
    || get(document),
)];

const EDITIONS: Text = text("版の履歴", "Editions");
const TEXT: Text = text("本文", "Text");
const UNSURE: Text = text("読み取りに自信がない箇所", "Places read with doubt");
const UNSURE_HOW: Text = text(
    "原本と見比べて確かめてください。直す場合は、原本を直してから取り込み直します。",
    "Compare them with the source. To correct one, correct the source and import it again.",
);
const LINE: Text = text("行", "Line");
const DRAFT: Text = text(
    "この版は案です。決裁日と施行日を記録すると、施行日から有効になります。",
    "This edition is a draft. Once its decision and effective date are recorded, it holds from that day.",
);
const ADOPT: Text = text("決裁を記録する", "Record the decision");
const NO_EDITION: Text = text("まだ版がありません。", "There is no edition yet.");
const AMENDED: Text = text("改正日", "Amended on");
const DECIDED: Text = text("決裁日", "Decided on");
const EFFECTIVE: Text = text("施行日", "Effective from");
const NAME: Text = text("版", "Edition");
const STATE: Text = text("状態", "State");
const ENACTED: Text = text("制定", "enacted");
const THIS: Text = text("表示中", "shown");
const SOURCE: Text = text("原本", "Source");

struct Found {
    document: (Row, Document),
    editions: Vec<(Row, Edition)>,
    shown: Option<Current>,
    /// Clause records by slug.
    clauses: Vec<(String, Id)>,
    may_adopt: bool,
}

async fn document(page: Page, Path(id): Path<String>, Pairs(pairs): Pairs<Vec<(String, String)>>) -> Answer {
    let wanted = pairs.iter().find(|(name, _)| name == "edition").and_then(|(_, id)| id.parse::<Id>().ok());
    let found = page.read(move |page, reading| {
        let id: Id = id.parse().map_err(|_| Failure::Missing)?;
        let row = reading.find(Document::REGISTER.name, id)?.ok_or(Failure::Missing)?;
        let registers = &page.registers;
        decide(&page.actor, Action::View, &row.subject(), registers.of::<Document>())?;
        let editions = reading.pointing::<Edition>(&row, "document")?;
        let asked = wanted.and_then(|wanted| editions.iter().find(|(row, _)| row.id == wanted));
        let shown = match asked {
            Some((row, edition)) => Some(Current {
                row: row.clone(),
                edition: edition.clone(),
                understood: bring_in::understood(reading, edition)?,
                draft: row.state == "draft",
            }),
            None => current(reading, &row)?,
        };
        let clauses = reading.pointing::<Clause>(&row, "document")?;
        let clauses = clauses.into_iter().map(|(row, clause)| (clause.slug, row.id)).collect();
        let adopt = permit::scope(&page.actor, registers.of::<Edition>(), Action::Act(Word("adopt")));
        let may_adopt = shown.as_ref().is_some_and(|shown| adopt.admits(&shown.row.subject()));
        let document = row.value()?;
        Ok(Found { document: (row, document), editions, shown, clauses, may_adopt })
    });
    let found = found.await?;
    let title = found.document.1.name.clone();
    Ok(page.show(&title, draw(&page, &found)))
}

fn draw(page: &Page, found: &Found) -> Markup {
    let lang = page.lang;
    let (row, document) = &found.document;
    let enacted = document.enacted_on.map(|day| format!("{} {}", page.day(day), ENACTED.in_(lang)));
    let list = page.say(&page.registers.of::<Document>().label).to_owned();
    html! {
        (parts::breadcrumb(lang, &[(&list, "/r/document")], &document.name))
        (parts::head(&document.name, enacted.as_deref(), found.shown.as_ref().filter(|_| found.may_adopt).map(|shown| {
            parts::go(&format!("/r/edition/{}/act/adopt", shown.row.id), ADOPT.in_(lang), Look::Main)
        })))
        @if let Some(shown) = &found.shown {
            @if shown.draft { (parts::notice(lang, &Notice { mood: Mood::Warn, text: DRAFT.in_(lang).to_owned(), more: None })) }
            @if shown.draft { (unsure(lang, &shown.understood)) }
            (parts::card(Some(&format!("{}　{}", TEXT.in_(lang), shown.edition.name)), whole(found, &shown.understood)))
        } @else {
            (parts::empty_state(NO_EDITION.in_(lang), None))
        }
        (editions(page, row, found))
        // Once decided, it is no more than a note on how the source was read.
        @if let Some(shown) = found.shown.as_ref().filter(|shown| !shown.draft) { (unsure(lang, &shown.understood)) }
    }
}

fn unsure(lang: Lang, understood: &Understood) -> Markup {
    if understood.unsure.is_empty() {
        return html! {};
    }
    parts::card(
        Some(&format!("{}　{}", UNSURE.in_(lang), ui::say::count(lang, understood.unsure.len() as u64))),
        html! {
            p { (UNSURE_HOW.in_(lang)) }
            ul lang="ja" { @for place in &understood.unsure { li { @if place.line > 0 { b.sk-num { (place.line) (LINE.in_(lang)) } "　" } (place.why) } } }
        },
    )
}

/// The whole text, each clause a link to its page.
fn whole(found: &Found, understood: &Understood) -> Markup {
    html! { div.sk-policy lang="ja" { @for section in &understood.sections { (part(found, section, 2)) } } }
}

fn part(found: &Found, section: &Section, level: usize) -> Markup {
    let id = found.clauses.iter().find(|(slug, _)| *slug == section.id).map(|(_, id)| *id);
    let name = html! { b { (section.number) } @if !section.heading.is_empty() { "　" (section.heading) } };
    let name = match id {
        Some(id) => html! { a href={ "/clauses/" (id) } { (name) } },
        None => name,
    };
    html! {
        section.sk-clause {
            @match level { 2 => h3 { (name) }, _ => p.sk-name { (name) } }
            @for line in section.text.lines() { p { (line) } }
            @for child in &section.children { (part(found, child, level + 1)) }
        }
    }
}

fn editions(page: &Page, document: &Row, found: &Found) -> Markup {
    let lang = page.lang;
    let description = page.registers.of::<Edition>();
    let day =
        |day: Option<base::date::Date>| html! { span.sk-num { (day.map(|day| page.day(day)).unwrap_or_default()) } };
    let columns = [NAME, STATE, AMENDED, DECIDED, EFFECTIVE, SOURCE].map(|label| parts::Column::text(label.in_(lang)));
    let rows: Vec<parts::Row> = found
        .editions
        .iter()
        .rev()
        .map(|(row, edition)| {
            let shown = found.shown.as_ref().is_some_and(|shown| shown.row.id == row.id);
            let tone = if row.state == "draft" { Tone::Held } else { Tone::Good };
            let label = description.state_label(&row.state);
            vec![
                html! { a href={ "/documents/" (document.id) "?edition=" (row.id) } { (edition.name) } @if shown { " " span.sk-quiet { (THIS.in_(lang)) } } },
                parts::chip(tone, page.say(&label)),
                day(edition.amended_on),
                day(edition.decided_on),
                day(edition.effective_on),
                html! { a href={ "/r/edition/" (row.id) } { (edition.source) } },
            ]
            .into()
        })
        .collect();
    parts::card(Some(EDITIONS.in_(lang)), parts::table(lang, EDITIONS.in_(lang), &columns, &rows))
}
