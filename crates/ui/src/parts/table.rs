//! Lists of records (一覧): filters above, a table that becomes cards on a phone, the pager below.

use maud::{Markup, html};

use super::buttons::{Look, submit};
use crate::say::{self, Lang, Total, list};

/// A column (列).
pub struct Column<'a> {
    /// Its heading.
    pub label: &'a str,
    /// How it can be sorted.
    pub sort: Sort<'a>,
    /// Where its cells stand.
    pub align: Align,
}

/// How a column is or can be sorted (並べ替え); each link leads to the next order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort<'a> {
    /// It can't.
    Fixed,
    /// It can, but isn't.
    Unsorted(&'a str),
    /// Smallest first.
    Ascending(&'a str),
    /// Largest first.
    Descending(&'a str),
}

/// Where cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text, from the left.
    Text,
    /// Figures, to the right.
    Figure,
}

impl<'a> Column<'a> {
    /// A column of text that isn't sorted.
    pub const fn text(label: &'a str) -> Self {
        Self { label, sort: Sort::Fixed, align: Align::Text }
    }

    /// A column of figures that isn't sorted.
    pub const fn figure(label: &'a str) -> Self {
        Self { label, sort: Sort::Fixed, align: Align::Figure }
    }

    /// The column with links to sort by it.
    pub const fn sorted(self, sort: Sort<'a>) -> Self {
        Self { sort, ..self }
    }
}

/// A row (行): the first cell names it.
pub struct Row {
    /// As many cells as the table has columns.
    pub cells: Vec<Markup>,
}

impl From<Vec<Markup>> for Row {
    fn from(cells: Vec<Markup>) -> Self {
        Self { cells }
    }
}

/// Draws a table. The caption is read aloud, not shown. Roles are given, since cards on a phone would lose them.
pub fn table(lang: Lang, caption: &str, columns: &[Column<'_>], rows: &[Row]) -> Markup {
    html! {
        div.sk-scroll {
            table.sk-table role="table" {
                caption.sk-unseen { (caption) }
                thead role="rowgroup" {
                    tr role="row" {
                        @for column in columns { (column_head(lang, column)) }
                    }
                }
                tbody role="rowgroup" {
                    @for row in rows {
                        tr role="row" {
                            @for (at, (column, cell)) in columns.iter().zip(&row.cells).enumerate() {
                                @let class = column.align.class();
                                @if at == 0 {
                                    th class=[class] role="rowheader" scope="row" { (cell) }
                                } @else {
                                    td class=[class] role="cell" data-label=(column.label) { (cell) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Align {
    const fn class(self) -> Option<&'static str> {
        match self {
            Self::Text => None,
            Self::Figure => Some("sk-figure"),
        }
    }
}

fn column_head(lang: Lang, column: &Column<'_>) -> Markup {
    let (href, sorted, word) = match column.sort {
        Sort::Fixed => (None, None, None),
        Sort::Unsorted(href) => (Some(href), None, None),
        Sort::Ascending(href) => (Some(href), Some("ascending"), Some(list::SORT_ASCENDING)),
        Sort::Descending(href) => (Some(href), Some("descending"), Some(list::SORT_DESCENDING)),
    };
    html! {
        th class=[column.align.class()] role="columnheader" scope="col" aria-sort=[sorted] {
            @if let Some(href) = href {
                a.sk-sort href=(href) { (column.label) @if let Some(word) = word { span.sk-unseen { "（" (word.in_(lang)) "）" } } }
            } @else { (column.label) }
        }
    }
}

/// A ready filter (絞り込み条件): pressing it again takes it away.
pub struct Filter<'a> {
    /// What it keeps.
    pub label: &'a str,
    /// How many that are.
    pub count: Option<u64>,
    /// The list with the filter turned the other way.
    pub href: &'a str,
    /// Whether it is in force.
    pub on: bool,
}

/// The filters of a list, and the form for more. `more` holds the form's fields; what is already in force stands in it
/// as hidden fields.
pub fn filters(lang: Lang, action: &str, ready: &[Filter<'_>], more: Option<Markup>) -> Markup {
    html! {
        div.sk-filters role="group" aria-label=(list::FILTERS.in_(lang)) {
            @for filter in ready {
                a.sk-filter href=(filter.href) aria-current=[filter.on.then_some("true")] {
                    (filter.label) @if let Some(count) = filter.count { " " span.sk-num { (say::number(count)) } }
                }
            }
            @if let Some(fields) = more {
                details {
                    summary { (list::ADD_FILTER.in_(lang)) }
                    form.sk-form action=(action) { (fields) (submit(list::APPLY.in_(lang), Look::Small)) }
                }
            }
        }
    }
}

/// Where a list stands (ページ送り).
pub struct Pager<'a> {
    /// Number of the first row shown, from 1.
    pub from: u64,
    /// Number of the last row shown.
    pub to: u64,
    /// All that match.
    pub of: Total,
    /// The rows before.
    pub previous: Option<&'a str>,
    /// The rows after.
    pub next: Option<&'a str>,
}

/// Says which rows these are, with the ways to the others.
pub fn pager(lang: Lang, pager: &Pager<'_>) -> Markup {
    html! {
        nav.sk-pager aria-label=(list::PAGES.in_(lang)) {
            span.sk-num { (say::stretch(lang, pager.from, pager.to, pager.of)) }
            @if let Some(href) = pager.previous { a.sk-button.sk-second.sk-small rel="prev" href=(href) { (list::PREVIOUS.in_(lang)) } }
            @if let Some(href) = pager.next { a.sk-button.sk-second.sk-small rel="next" href=(href) { (list::NEXT.in_(lang)) } }
        }
    }
}
