//! How values, states and people are shown: used by lists, details and the sections' own pages.

use std::collections::HashMap;
use std::sync::Arc;

use base::id::Id;
use maud::{Markup, html};
use register::describe::{Description, Field, Kind, Names};
use register::find::{Named, Reading, Row};
use register::lifecycle::{ARCHIVED, CURRENT, ERASED, LAPSED};
use register::permit::Actor;
use register::{Failure, Registers, Say, Scales, check, sealed};
use serde_json::Value;

use crate::app::App;
use crate::parts::{self, Tone};
use crate::say::{Lang, erase, page as text};
use crate::visit::Page;

/// What showing a value needs beside the value.
#[derive(Clone)]
pub struct Show {
    lang: Lang,
    /// The grades of all scales.
    pub scales: Scales,
    names: HashMap<Id, Named>,
    registers: Registers,
    app: App,
}

impl Show {
    /// Looks up the names of everything that these bodies link to, as far as the actor may know them.
    ///
    /// # Errors
    /// The store's failure.
    pub fn of<'a>(
        app: &App,
        lang: Lang,
        reading: &Reading<'_>,
        actor: &Actor,
        bodies: impl Iterator<Item = (&'a Description, &'a register::Body)>,
    ) -> Result<Self, Failure> {
        let mut ids: Vec<Id> = bodies
            .flat_map(|(description, body)| check::links(description, body).map(|(_, id)| id).collect::<Vec<_>>())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let names = reading.names(actor, &ids)?.into_iter().map(|name| (name.id, name)).collect();
        let registers = reading.registers().clone();
        Ok(Self { lang, scales: reading.scales()?, names, registers, app: app.clone() })
    }

    /// The title of a linked record, if the visitor may know it.
    pub fn title(&self, id: Id) -> Option<&str> {
        self.names.get(&id).and_then(|name| name.title.as_deref())
    }

    /// A value of a field; nothing for what is absent.
    pub fn value(&self, field: &Field, value: Option<&Value>) -> Markup {
        match value {
            None | Some(Value::Null) => html! {},
            Some(value) if sealed::name_in(value).is_some() => {
                html! { span.sk-quiet { (erase::SEALED.in_(self.lang)) } }
            }
            Some(Value::Array(items)) => {
                html! { ul.sk-plain-list { @for item in items { li { (self.one(field, item)) } } } }
            }
            Some(value) => self.one(field, value),
        }
    }

    /// A value of a field as a page about this record alone shows it: a grade with its name.
    pub fn whole(&self, field: &Field, value: Option<&Value>) -> Markup {
        let grade = match (&field.kind, value) {
            (Kind::Scale { scale }, Some(Value::String(grade))) => self.scales.label(scale, grade),
            _ => None,
        };
        html! { (self.value(field, value)) @if let Some(name) = grade { " " (name) } }
    }

    fn one(&self, field: &Field, value: &Value) -> Markup {
        let text = value.as_str().unwrap_or_default();
        match &field.kind {
            Kind::Link { .. } => self.link(text),
            Kind::Scale { scale } => {
                let rank = self.scales.rank(scale, text).unwrap_or(1);
                let label = self.scales.label(scale, text).unwrap_or(text);
                html! { span title=(label) { (parts::grade(text, u8::try_from(rank).unwrap_or(4))) } }
            }
            Kind::Date => {
                html! { span.sk-num { (text.parse().map_or_else(|_| text.to_owned(), |date| day(self.lang, date))) } }
            }
            Kind::Bool => html! { (if value == &Value::Bool(true) { text::YES } else { text::NO }.in_(self.lang)) },
            Kind::Choice { options } => {
                let label = options.iter().find(|option| option.value == text).map(|option| &option.label);
                html! { (label.map_or(text, |label| if self.lang == Lang::Ja { &label.ja } else { &label.en })) }
            }
            Kind::Long { .. } => html! { div.sk-prose { @for line in text.split('\n') { p { (line) } } } },
            Kind::Text { .. } => html! { (self.named(field, text).unwrap_or(text)) },
            Kind::Integer { .. } => html! { (check::write_text(field, value)) },
        }
    }

    /// What people call the thing that this text names, where it names one.
    fn named<'a>(&'a self, field: &Field, text: &str) -> Option<&'a str> {
        let mut names = names_in(&self.registers, field).into_iter();
        let (_, label) = names.find(|(name, _)| *name == text)?;
        Some(if self.lang == Lang::Ja { &label.ja } else { &label.en })
    }

    fn link(&self, id: &str) -> Markup {
        let name = id.parse().ok().and_then(|id: Id| self.names.get(&id));
        let shown = name.and_then(|name| Some((name, name.title.as_deref()?)));
        html! {
            @if let Some((name, title)) = shown { a href=(self.app.page_of(&name.register, name.id)) { (title) } }
            @else { span.sk-quiet { (text::HIDDEN.in_(self.lang)) } }
        }
    }

    /// A value as plain text, for differences.
    pub fn text(&self, field: &Field, value: Option<&Value>) -> String {
        let Some(value) = value else { return String::new() };
        match (&field.kind, value) {
            (Kind::Link { .. }, Value::String(id)) => {
                let title = id.parse().ok().and_then(|id| self.title(id));
                title.unwrap_or(text::HIDDEN.in_(self.lang)).to_owned()
            }
            (Kind::Link { .. }, Value::Array(items)) => {
                items.iter().map(|item| self.text(field, Some(item))).collect::<Vec<_>>().join("、")
            }
            (Kind::Text { .. }, Value::String(text)) => self.named(field, text).unwrap_or(text).to_owned(),
            (Kind::Date, Value::String(date)) => {
                date.parse().map_or_else(|_| date.clone(), |date| day(self.lang, date))
            }
            _ => check::write_text(field, value),
        }
    }
}

/// The names that a text field may hold, with their labels: an import names a register, a grade its scale.
pub(super) fn names_in<'a>(registers: &'a Registers, field: &Field) -> Vec<(&'a str, &'a Say)> {
    match field.names {
        Some(Names::Register) => registers.all().map(|register| (register.name.as_str(), &register.label)).collect(),
        Some(Names::Scale) => registers.scales(),
        None => Vec::new(),
    }
}

/// What showing one body needs.
///
/// # Errors
/// The store's failure.
pub async fn names(page: &Page, description: &Arc<Description>, body: &register::Body) -> Result<Show, Failure> {
    let (description, body) = (description.clone(), body.clone());
    page.read(move |page, reading| {
        Show::of(&page.app, page.lang, reading, &page.actor, std::iter::once((&*description, &body)))
    })
    .await
}

/// A day in a language.
pub fn day(lang: Lang, date: base::date::Date) -> String {
    match lang {
        Lang::Ja => base::calendar::wareki(date),
        Lang::En => date.to_string(),
    }
}

/// The chip of a state; nothing for the plain one.
pub fn state(page: &Page, description: &Description, row: &Row) -> Markup {
    if row.state == CURRENT {
        return html! {};
    }
    let tone = match row.state.as_str() {
        LAPSED => Tone::Bad,
        ARCHIVED | ERASED => Tone::Void,
        _ => Tone::Plain,
    };
    let label = description.state_label(&row.state);
    html! { (parts::chip(tone, page.say(&label))) }
}

/// The name of whoever stands in an entry.
///
/// # Errors
/// The store's failure.
pub fn who(reading: &Reading<'_>, lang: Lang, actor: &str) -> Result<String, Failure> {
    match actor.strip_prefix("engine:") {
        Some("console") => return Ok(text::CONSOLE.in_(lang).to_owned()),
        Some(_) => return Ok(text::SYSTEM.in_(lang).to_owned()),
        None => {}
    }
    let person = actor.parse().ok().map(|id| reading.any(id)).transpose()?.flatten();
    Ok(person.map_or_else(|| actor.to_owned(), |row| row.title))
}
