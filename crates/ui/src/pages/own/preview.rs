//! A look at what a description makes: the form as people fill it, and the list as they read it.

use std::collections::HashMap;

use maud::{Markup, html};
use register::Refusal;
use register::describe::{Description, Field, Kind};
use register::find::Reading;

use crate::pages::form;
use crate::pages::show::Show;
use crate::parts::{self, Column};
use crate::say::{Text, page as page_text, text};
use crate::visit::Page;

const TITLE: Text = text("見え方", "How it looks");
const IN_FORM: Text = text("入力画面", "On the form");
const IN_LIST: Text = text("一覧", "In the list");
const FILTERS: Text = text("絞り込みに使える項目", "Filters");
const SAMPLE: Text = text("記入例", "Example");
const NOT_SAVED: Text =
    text("まだ保存していません。下の入力欄は見本です。", "Nothing is saved yet. The controls below are samples.");

/// Columns shown, but for the one that it is about.
const COLUMNS: usize = 3;

/// The description with what its controls need.
pub(super) struct Preview {
    description: Description,
    show: Show,
}

impl Preview {
    pub(super) fn of(page: &Page, reading: &Reading<'_>, description: Description) -> Result<Self, register::Failure> {
        let show = Show::of(&page.app, page.lang, reading, &page.actor, std::iter::empty())?;
        Ok(Self { description, show })
    }

    /// Draws it: on the form only these fields, or all of them.
    pub(super) fn draw(self, page: &Page, only: Option<&str>) -> Markup {
        let lang = page.lang;
        let Self { description, show } = self;
        let wanted = |field: &&Field| only.is_none_or(|only| field.name == only) && !field.hidden && !field.retired;
        // Its controls must not be taken for those of the form above.
        let sample = |field: &Field| Field { name: format!("sample-{}", field.name), ..field.clone() };
        let fields: Vec<Field> = description.fields.iter().filter(wanted).map(sample).collect();
        let sheet = form::Sheet { description: &description, typed: HashMap::new(), show, refusal: Refusal::default() };
        // The first columns, and the one that this is about: a sample needs no scrolling.
        let named = |at: usize, name: &str| at < COLUMNS || only == Some(name);
        let columns = description.columns.iter().enumerate().filter(|(at, name)| named(*at, name.as_str()));
        let columns: Vec<&Field> = columns.filter_map(|(_, name)| description.field(name)).collect();
        let state = description.lifecycle.as_ref().map(|lifecycle| description.state_label(lifecycle.first()));
        let mut heads: Vec<Column<'_>> = columns.iter().map(|field| Column::text(page.say(&field.label))).collect();
        let mut row: Vec<Markup> = columns.iter().map(|field| html! { (example(page, field)) }).collect();
        if let Some(state) = &state {
            heads.push(Column::text(page_text::STATE.in_(lang)));
            row.push(parts::chip(parts::Tone::Plain, page.say(state)));
        }
        let facets: Vec<&str> = description
            .facets
            .iter()
            .filter_map(|name| description.field(name))
            .map(|field| page.say(&field.label))
            .collect();
        parts::card(
            Some(TITLE.in_(lang)),
            html! {
                p.sk-quiet { (NOT_SAVED.in_(lang)) }
                h3 { (IN_FORM.in_(lang)) }
                @for field in &fields { (sheet.field(page, field)) }
                @if !heads.is_empty() {
                    h3 { (IN_LIST.in_(lang)) }
                    (parts::table(lang, IN_LIST.in_(lang), &heads, &[row.into()]))
                }
                @if !facets.is_empty() { p { (FILTERS.in_(lang)) "：" (facets.join("、")) } }
            },
        )
    }
}

/// What a cell may hold.
fn example(page: &Page, field: &Field) -> String {
    match &field.kind {
        Kind::Bool => page_text::YES.in_(page.lang).to_owned(),
        Kind::Integer { .. } => "12".to_owned(),
        Kind::Date => page.day(page.app.store.clock().today()),
        Kind::Choice { options } => {
            options.first().map(|option| page.say(&option.label).to_owned()).unwrap_or_default()
        }
        Kind::Text { .. } | Kind::Long { .. } | Kind::Scale { .. } | Kind::Link { .. } => {
            format!("（{}）", SAMPLE.in_(page.lang))
        }
    }
}
