//! The list of a register: filters with counts, search, order, pages.

use axum::extract::{Path, Query as Pairs};
use axum::response::Response;
use maud::{Markup, html};
use register::Failure;
use register::describe::{Description, Field, Kind};
use register::find::Row;
use register::list::{self, Count, Facet, From, Order, Page as Rows};
use register::permit::{self, Action};

use super::address::Address;
use super::show::{self, Show};
use crate::answer::Answer;
use crate::parts::{self, Align, Choice, Column, Control, Filter, Look, Pager, Sort};
use crate::say::{self, Lang, Total, erase, page as text};
use crate::visit::Page;

/// Filters that stand open above a list; the others are in the form.
const OPEN: usize = 8;
/// Up to this many values of a facet may stand open.
const FEW: usize = 7;

struct Found {
    rows: Rows,
    facets: Vec<Facet>,
    show: Show,
    facet_names: Show,
}

/// The list.
pub(super) async fn list(
    page: Page,
    Path(register): Path<String>,
    Pairs(pairs): Pairs<Vec<(String, String)>>,
) -> Answer {
    let description = page.registers.description(&register).ok_or(Failure::Missing)?.clone();
    let address = Address::read(&pairs);
    let (asked, wanted) = (description.clone(), address.clone());
    let found = page
        .read(move |page, reading| {
            let (description, address) = (asked, wanted);
            let scope = permit::scope(&page.actor, &description, Action::List);
            let rows = list::page(reading, &description, &scope, &address.query)?;
            let facets = list::facets(reading, &description, &scope, &address.query)?;
            let bodies = rows.rows.iter().map(|row| (&*description, &row.body));
            let show = Show::of(&page.app, page.lang, reading, &page.actor, bodies)?;
            let linked = facet_bodies(&description, &facets);
            let facet_names =
                Show::of(&page.app, page.lang, reading, &page.actor, linked.iter().map(|body| (&*description, body)))?;
            Ok(Found { rows, facets, show, facet_names })
        })
        .await?;
    Ok(draw(&page, &description, &address, &found))
}

/// Bodies that link to what the facets name, so that their names are looked up as any other.
fn facet_bodies(description: &Description, facets: &[Facet]) -> Vec<register::Body> {
    let linked = facets
        .iter()
        .filter(|facet| description.field(&facet.field).is_some_and(|field| matches!(field.kind, Kind::Link { .. })));
    linked
        .flat_map(|facet| {
            let body = |(value, _): &(String, u64)| [(facet.field.clone(), value.clone().into())].into_iter().collect();
            facet.values.iter().map(body).collect::<Vec<register::Body>>()
        })
        .collect()
}

fn draw(page: &Page, description: &Description, address: &Address, found: &Found) -> Response {
    let lang = page.lang;
    let path = format!("/r/{}", description.name);
    let may = |action| !permit::scope(&page.actor, description, action).is_nothing();
    let title = page.say(&description.label).to_owned();
    let total = match found.rows.count {
        Count::Exactly(count) => Total::Exactly(count),
        Count::AtLeast(count) => Total::AtLeast(count),
    };
    let quiet = say::total(lang, total);
    let acts = html! {
        @if may(Action::Describe) { (parts::go(&format!("/own/fields?register={}", description.name), text::OWN_FIELDS.in_(lang), Look::SmallSecond)) }
        (files(page, description, address, &path))
        @if may(Action::Seal) && description.fields.iter().any(|field| field.sealed) {
            form method="post" action=(address.from(From::Start, 1).write(&format!("{path}/export-sealed.csv"))) { (page.request_id()) (parts::submit(erase::EXPORT.in_(lang), Look::SmallSecond)) }
        }
        @if may(Action::Create) { (parts::go(&format!("{path}/new"), text::NEW.in_(lang), Look::Small)) }
    };
    let main = html! {
        (parts::head(&title, Some(&quiet), Some(acts)))
        (parts::card(None, html! {
            (filters(page, description, address, found, &path))
            @if found.rows.rows.is_empty() {
                @if address.narrowed() {
                    (parts::empty_state(text::NO_MATCH.in_(lang), Some(parts::go(&path, text::CLEAR.in_(lang), Look::Second))))
                } @else {
                    (parts::empty_state(text::EMPTY.in_(lang), may(Action::Create).then(|| parts::go(&format!("{path}/new"), text::NEW.in_(lang), Look::Main))))
                }
            } @else {
                (table(page, description, address, found, &path))
                (pager(page, address, &found.rows, total, &path))
            }
        }))
    };
    page.show(&title, main)
}

/// The ways of files in and out, behind one button.
fn files(page: &Page, description: &Description, address: &Address, path: &str) -> Markup {
    let lang = page.lang;
    let may = |action| !permit::scope(&page.actor, description, action).is_nothing();
    let (out, into) = (may(Action::Export), may(Action::Import) && description.part_of.is_none());
    let whole = |tail: &str| address.from(From::Start, 1).write(&format!("{path}/{tail}"));
    html! {
        @if out || into {
            details.sk-drop {
                summary class="sk-button sk-second sk-small" { (text::FILES.in_(lang)) }
                ul {
                    @if into {
                        li { a href={ (path) "/import" } { (text::IMPORT.in_(lang)) } }
                        li { a href={ (path) "/paste" } { (text::PASTE.in_(lang)) } }
                        li { a href={ (path) "/template.xlsx" } { (text::TEMPLATE.in_(lang)) } }
                    }
                    @if out {
                        li { a href=(whole("export.xlsx")) { (text::EXPORT_XLSX.in_(lang)) } }
                        li { a href=(whole("export.csv")) { (text::EXPORT_CSV.in_(lang)) } }
                    }
                }
            }
        }
    }
}

fn table(page: &Page, description: &Description, address: &Address, found: &Found, path: &str) -> Markup {
    let shown = columns(description);
    let sorts: Vec<String> = shown.iter().map(|field| sort_address(description, address, field, path)).collect();
    let mut heads: Vec<Column<'_>> = Vec::new();
    for (field, href) in shown.iter().zip(&sorts) {
        let align = if matches!(field.kind, Kind::Integer { .. }) { Align::Figure } else { Align::Text };
        let sort = if href.is_empty() { Sort::Fixed } else { sort_now(description, address, field, href) };
        heads.push(Column { label: page.say(&field.label), sort, align });
    }
    if description.lifecycle.is_some() {
        heads.push(Column::text(text::STATE.in_(page.lang)));
    }
    let rows: Vec<parts::Row> =
        found.rows.rows.iter().map(|row| cells(page, description, &shown, row, found).into()).collect();
    parts::table(page.lang, page.say(&description.label), &heads, &rows)
}

fn cells(page: &Page, description: &Description, shown: &[&Field], row: &Row, found: &Found) -> Vec<Markup> {
    let mut cells = Vec::with_capacity(shown.len() + 1);
    for (at, field) in shown.iter().enumerate() {
        let value = row.body.get(&field.name);
        let cell = if at == 0 {
            let label = match &field.kind {
                Kind::Link { .. } => row.title.clone(),
                _ => value.map(|value| register::check::write_text(field, value)).unwrap_or_default(),
            };
            let label = if label.is_empty() { row.title.clone() } else { label };
            let label = if label.is_empty() { text::DETAIL.in_(page.lang).to_owned() } else { label };
            html! { a href=(page.app.page_of(&row.register, row.id)) { (label) } }
        } else if let (Kind::Long { .. }, Some(text)) = (&field.kind, value.and_then(|value| value.as_str())) {
            let short: String = text.chars().take(60).collect();
            html! { (short) @if short.len() < text.len() { "…" } }
        } else {
            found.show.value(field, value)
        };
        cells.push(cell);
    }
    if description.lifecycle.is_some() {
        cells.push(show::state(page, description, row));
    }
    cells
}

/// The columns: those that the register names, or its first few fields.
fn columns(description: &Description) -> Vec<&Field> {
    if description.columns.is_empty() {
        return description.fields.iter().filter(|field| !field.hidden && !field.retired).take(5).collect();
    }
    description.columns.iter().filter_map(|name| description.field(name)).collect()
}

fn sortable(description: &Description, field: &Field) -> bool {
    description.sorts.iter().any(|sort| sort.trim_start_matches('-') == field.name)
}

fn is_usual(description: &Description, field: &Field, down: bool) -> bool {
    let usual = description.sorts.first();
    usual.is_some_and(|usual| usual.trim_start_matches('-') == field.name && usual.starts_with('-') == down)
}

fn sort_address(description: &Description, address: &Address, field: &Field, path: &str) -> String {
    if !sortable(description, field) {
        return String::new();
    }
    let usual_up =
        address.query.order == Order::Usual && address.query.text.is_empty() && is_usual(description, field, false);
    let next = if address.query.order == Order::Up(field.name.clone()) || usual_up {
        Order::Down(field.name.clone())
    } else {
        Order::Up(field.name.clone())
    };
    address.sorted(next).write(path)
}

fn sort_now<'a>(description: &Description, address: &Address, field: &Field, href: &'a str) -> Sort<'a> {
    let usual = address.query.order == Order::Usual && address.query.text.is_empty();
    let is = |order: Order, down: bool| address.query.order == order || (usual && is_usual(description, field, down));
    if is(Order::Up(field.name.clone()), false) {
        Sort::Ascending(href)
    } else if is(Order::Down(field.name.clone()), true) {
        Sort::Descending(href)
    } else {
        Sort::Unsorted(href)
    }
}

fn pager(page: &Page, address: &Address, rows: &Rows, total: Total, path: &str) -> Markup {
    let shown = rows.rows.len() as u64;
    let (first, last) = (rows.rows.first().map(|row| row.id), rows.rows.last().map(|row| row.id));
    let previous = first.filter(|_| rows.earlier).map(|id| {
        address.from(From::Before(id), address.at.saturating_sub(super::address::ROWS as u64).max(1)).write(path)
    });
    let next = last.filter(|_| rows.later).map(|id| address.from(From::After(id), address.at + shown).write(path));
    let at = if rows.earlier { address.at } else { 1 };
    parts::pager(
        page.lang,
        &Pager { from: at, to: at + shown - 1, of: total, previous: previous.as_deref(), next: next.as_deref() },
    )
}

/// One value of a facet as people read it.
fn label(page: &Page, description: &Description, facet: &Facet, value: &str, found: &Found) -> String {
    let lang = page.lang;
    if facet.field == "state" {
        return page.say(&description.state_label(value)).to_owned();
    }
    let Some(field) = description.field(&facet.field) else { return value.to_owned() };
    let name = page.say(&field.label);
    match (&field.kind, value) {
        (_, "") => say::beside(lang, name, text::BLANK.in_(lang)),
        (Kind::Link { .. }, id) => {
            let title = id.parse().ok().and_then(|id| found.facet_names.title(id));
            title.unwrap_or(text::HIDDEN.in_(lang)).to_owned()
        }
        (Kind::Scale { .. }, value) if lang == Lang::Ja => format!("{name}{value}"),
        (Kind::Scale { .. }, value) => format!("{name} {value}"),
        (_, value) if field.names.is_some() => {
            let mut names = show::names_in(&page.registers, field).into_iter();
            let called = names.find(|(name, _)| *name == value).map_or(value, |(_, label)| page.say(label));
            say::named(lang, name, called)
        }
        (Kind::Bool, value) => say::named(lang, name, if value == "yes" { text::YES } else { text::NO }.in_(lang)),
        (Kind::Choice { options }, value) => options
            .iter()
            .find(|option| option.value == value)
            .map_or(value, |option| page.say(&option.label))
            .to_owned(),
        (_, _) => say::beside(lang, name, text::FILLED.in_(lang)),
    }
}

fn filters(page: &Page, description: &Description, address: &Address, found: &Found, path: &str) -> Markup {
    let mut all: Vec<(String, u64, String, bool)> = Vec::new();
    // What is on stands first; then what decides most: high grades and blanks before the rest of the values.
    for facet in &found.facets {
        for (value, count) in &facet.values {
            let on = address.has(&facet.field, value);
            if !on && facet.values.len() > FEW {
                continue;
            }
            let href = address.turned(&facet.field, value).write(path);
            all.push((label(page, description, facet, value, found), *count, href, on));
        }
        for (field, values) in address.query.filters.iter().filter(|(field, _)| *field == facet.field) {
            for value in values.iter().filter(|value| !facet.values.iter().any(|(known, _)| known == *value)) {
                all.push((
                    label(page, description, facet, value, found),
                    0,
                    address.turned(field, value).write(path),
                    true,
                ));
            }
        }
    }
    // What every record has narrows nothing, and a facet of many values is for the form.
    let whole = match found.rows.count {
        Count::Exactly(count) | Count::AtLeast(count) => count,
    };
    all.retain(|(_, count, _, on)| *on || *count < whole);
    all.sort_by_key(|(_, _, _, on)| !on);
    let open = all.iter().filter(|(.., on)| *on).count().max(OPEN);
    let ready: Vec<Filter<'_>> = all
        .iter()
        .take(open)
        .map(|(label, count, href, on)| Filter { label, count: Some(*count), href, on: *on })
        .collect();
    html! {
        form.sk-search-here role="search" action=(path) {
            @for (field, values) in &address.query.filters { @for value in values { (parts::hidden(field, value)) } }
            (parts::field(page.lang, text::WORDS.in_(page.lang), Control::line("q", &address.query.text, parts::Kind::Search).longest(100), None, None))
            (parts::submit(text::SEARCH.in_(page.lang), Look::SmallSecond))
        }
        @let more = more(page, description, address, found);
        @if !ready.is_empty() || more.is_some() { (parts::filters(page.lang, path, &ready, more)) }
    }
}

/// The form with every facet, and ranges of days; none where there is nothing to choose.
fn more(page: &Page, description: &Description, address: &Address, found: &Found) -> Option<Markup> {
    let lang = page.lang;
    let dates = description.fields.iter().filter(|field| field.kind == Kind::Date && sortable(description, field));
    let dates: Vec<_> = dates.collect();
    let chosen = |name: &str| -> Vec<&str> {
        let values = address.query.filters.iter().find(|(field, _)| field == name);
        values.map(|(_, values)| values.iter().map(String::as_str).collect()).unwrap_or_default()
    };
    let facets = found.facets.iter().filter(|facet| facet.values.len() > 1 || !chosen(&facet.field).is_empty());
    let facets: Vec<_> = facets.collect();
    let form = html! {
        @if !address.query.text.is_empty() { (parts::hidden("q", &address.query.text)) }
        @for facet in &facets {
            @let labels: Vec<(String, String)> = facet.values.iter().map(|(value, count)| {
                (value.clone(), say::beside(lang, &label(page, description, facet, value, found), &say::number(*count)))
            }).collect();
            @let options: Vec<Choice<'_>> = labels.iter().map(|(value, label)| Choice { value, label }).collect();
            @let name = description.field(&facet.field).map_or(text::STATE.in_(lang), |field| page.say(&field.label));
            (parts::field(lang, name, Control::many(&facet.field, &chosen(&facet.field), &options), None, None))
        }
        @for field in &dates {
            @for (end, word) in [("from", text::FROM), ("to", text::TO)] {
                @let name = format!("{}.{end}", field.name);
                @let label = say::beside(lang, page.say(&field.label), word.in_(lang));
                (parts::field(lang, &label, Control::date(&name, chosen(&name).first().copied().unwrap_or("")), None, None))
            }
        }
    };
    (!facets.is_empty() || !dates.is_empty()).then_some(form)
}
