//! The form of a record: made from its fields, with every error at its field; two people at once see what the other wrote.

use std::collections::HashMap;

use axum::extract::{Path, Query as Pairs};
use axum::http::StatusCode;
use axum::response::Response;
use base::id::Id;
use maud::{Markup, html};
use register::change::{Change, Op, Request};
use register::describe::{Choices, Description, Field, Kind};
use register::find::{Identified, Reading, Row};
use register::permit::{Action, Permit, Subject, decide};
use register::{Body, Failure, Refusal, check};
use serde_json::Value;

use super::decide;
use super::detail::{self, difference};
use super::show::{self, Show};
use crate::answer::Answer;
use crate::parts::{self, Choice, Control, Fault, Look, Mood, Notice};
use crate::say::{Lang, list as list_text, page as text};
use crate::visit::{Page, Posted, inside, see_other};

/// What a form shows: the values as typed, what they link to, and what is wrong.
pub(super) struct Sheet<'a> {
    pub(super) description: &'a Description,
    /// Typed or stored values as text, by control.
    pub(super) typed: HashMap<String, Vec<String>>,
    pub(super) show: Show,
    pub(super) refusal: Refusal,
}

impl<'a> Sheet<'a> {
    /// The values of a body.
    pub(super) fn of(description: &'a Description, body: &Body, show: Show) -> Self {
        let mut typed = HashMap::new();
        for field in &description.fields {
            let items: &[Value] = match body.get(&field.name) {
                Some(Value::Array(items)) => items,
                Some(single) => std::slice::from_ref(single),
                None => &[],
            };
            let text = |item: &Value| match (&field.kind, item) {
                (Kind::Bool, Value::Bool(yes)) => yes.to_string(),
                (_, Value::String(text)) => text.clone(),
                (_, other) => other.to_string(),
            };
            typed.insert(field.name.clone(), items.iter().map(text).collect());
        }
        Self { description, typed, show, refusal: Refusal::default() }
    }

    /// What was posted, with what is wrong with it.
    pub(super) fn posted(description: &'a Description, form: &Posted, show: Show, refusal: Refusal) -> Self {
        let mut typed: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in &form.fields {
            typed.entry(name.clone()).or_default().push(value.clone());
        }
        Self { description, typed, show, refusal }
    }

    /// The first value under a name; empty when there is none.
    pub(super) fn first(&self, name: &str) -> &str {
        self.typed.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Whether something is wrong with one of these fields.
    pub(super) fn refuses(&self, names: &[&str]) -> bool {
        let named = |name: &str| names.contains(&name);
        self.refusal.problems.iter().any(|problem| problem.field.as_deref().is_some_and(named))
    }

    /// The summary of what is wrong, and what concerns no field.
    pub(super) fn faults(&self, page: &Page) -> Markup {
        let known = |name: &str| self.description.field(name).is_some_and(|field| !field.hidden);
        let problems = &self.refusal.problems;
        let (at, whole): (Vec<_>, Vec<_>) =
            problems.iter().partition(|problem| problem.field.as_deref().is_some_and(known));
        let faults: Vec<_> = at
            .iter()
            .map(|problem| Fault { name: problem.field.as_deref().unwrap_or(""), message: page.say(&problem.say) })
            .collect();
        html! {
            (parts::error_summary(page.lang, &faults))
            @for problem in at.iter().filter(|problem| problem.clause.is_some()) {
                (parts::notice(page.lang, &Notice { mood: Mood::Bad, text: page.say(&problem.say).to_owned(), more: Some(decide::ways(page, problem.clause)) }))
            }
            @for problem in whole { (parts::notice(page.lang, &Notice { mood: Mood::Bad, text: page.say(&problem.say).to_owned(), more: problem.clause.map(|clause| decide::ways(page, Some(clause))) })) }
        }
    }

    /// One field with its control.
    pub(super) fn field(&self, page: &Page, field: &Field) -> Markup {
        let lang = page.lang;
        let value = self.first(&field.name);
        let error = self.refusal.problems.iter().find(|problem| problem.field.as_deref() == Some(&field.name));
        let error = error.map(|problem| page.say(&problem.say));
        let label = page.say(&field.label);
        let hint = (!field.help.is_empty() && lang == Lang::Ja).then_some(field.help.as_str());
        let draw = |control: Control<'_>| {
            let control = if field.required { control.required() } else { control };
            parts::field(lang, label, control, hint, error)
        };
        let names = show::names_in(&page.registers, field);
        let most = |max: usize| u32::try_from(max).unwrap_or(u32::MAX);
        match &field.kind {
            Kind::Choice { options } if field.many => {
                let chosen: Vec<&str> = self.typed.get(&field.name).into_iter().flatten().map(String::as_str).collect();
                let options: Vec<_> = offered(page, options, &chosen);
                // A browser sends nothing of boxes that are all empty.
                html! { (parts::hidden(&field.name, "")) (draw(Control::many(&field.name, &chosen, &options))) }
            }
            Kind::Text { .. } | Kind::Integer { .. } | Kind::Date if field.many => {
                let lines = self.typed.get(&field.name).map(|values| values.join("\n")).unwrap_or_default();
                let each = text::EACH_LINE.in_(lang);
                let hint = hint.map_or_else(|| each.to_owned(), |hint| format!("{hint} {each}"));
                let control = Control::area(&field.name, &lines);
                let control = if field.required { control.required() } else { control };
                parts::field(lang, label, control, Some(&hint), error)
            }
            Kind::Text { .. } if !names.is_empty() => {
                let options: Vec<_> =
                    names.iter().map(|(value, label)| Choice { value, label: page.say(label) }).collect();
                draw(Control::choice(&field.name, value, &options))
            }
            Kind::Text { max } => draw(Control::line(&field.name, value, parts::Kind::Plain).longest(most(*max))),
            Kind::Long { max } => draw(Control::area(&field.name, value).longest(most(*max))),
            Kind::Integer { min, max } => draw(Control::number(&field.name, value).between(*min, *max)),
            Kind::Date => {
                let shown = value.parse().map_or_else(|_| value.to_owned(), |date| page.day(date));
                draw(Control::date(&field.name, &shown))
            }
            Kind::Bool => {
                let options = [
                    Choice { value: "true", label: text::YES.in_(lang) },
                    Choice { value: "false", label: text::NO.in_(lang) },
                ];
                draw(Control::choice(&field.name, value, &options))
            }
            Kind::Choice { options } => {
                let options: Vec<_> = offered(page, options, &[value]);
                draw(Control::choice(&field.name, value, &options))
            }
            Kind::Scale { scale } => {
                let grades = self.show.scales.grades(scale);
                let options: Vec<_> = grades.iter().map(|(value, _, label)| Choice { value, label }).collect();
                draw(Control::choice(&field.name, value, &options))
            }
            Kind::Link { to } => {
                let register = to.as_deref().unwrap_or("");
                let title = |id: &str| id.parse().ok().and_then(|id| self.show.title(id)).unwrap_or("").to_owned();
                if field.many {
                    let ids = self.typed.get(&field.name).cloned().unwrap_or_default();
                    let chosen: Vec<(String, String)> = ids.into_iter().map(|id| (title(&id), id)).collect();
                    let chosen: Vec<(&str, &str)> =
                        chosen.iter().map(|(title, id)| (id.as_str(), title.as_str())).collect();
                    return draw(Control::picks(&field.name, register, &chosen));
                }
                let typed = self.typed.get(&format!("{}_text", field.name)).and_then(|texts| texts.first()).cloned();
                let shown = typed.unwrap_or_else(|| title(value));
                draw(Control::pick(&field.name, register, value, &shown))
            }
        }
    }
}

/// Reads a posted form into a patch of these fields; a field that the form did not have stays as it is.
pub(super) fn read(
    page: &Page,
    reading: &Reading<'_>,
    fields: &[&Field],
    form: &Posted,
    old: Option<&Row>,
) -> Result<Result<Body, Refusal>, Failure> {
    let mut refusal = Refusal::default();
    let mut patch = Body::new();
    for field in fields {
        let extra = format!("{}_text", field.name);
        if !form.has(&field.name) && !form.has(&extra) {
            continue;
        }
        let value = match &field.kind {
            Kind::Link { to } => link(page, reading, field, to.as_deref(), form, old)?,
            _ if field.many => {
                let lines = form.all(&field.name).flat_map(str::lines);
                let items: Result<Vec<_>, _> = lines.map(|text| check::read_text(field, text)).collect();
                items.map(|items| Value::Array(items.into_iter().flatten().collect())).map_err(Box::new)
            }
            _ => check::read_text(field, form.get(&field.name))
                .map(|value| value.unwrap_or(Value::Null))
                .map_err(Box::new),
        };
        match value {
            Ok(value) => {
                patch.insert(field.name.clone(), value);
            }
            Err(say) => refusal.and(Refusal::at(&field.name, say.ja, say.en)),
        }
    }
    Ok(if refusal.problems.is_empty() { Ok(patch) } else { Err(refusal) })
}

/// The records that a link control names. An id counts only beside its own title, and only where the visitor may see the
/// record or it was chosen before.
fn link(
    page: &Page,
    reading: &Reading<'_>,
    field: &Field,
    to: Option<&str>,
    form: &Posted,
    old: Option<&Row>,
) -> Result<Result<Value, Box<register::Say>>, Failure> {
    let chosen_before = |id: Id| {
        let before = old.and_then(|row| row.body.get(&field.name));
        before.is_some_and(|value| match value {
            Value::Array(items) => items.iter().any(|item| item.as_str() == Some(&id.to_string())),
            single => single.as_str() == Some(&id.to_string()),
        })
    };
    let visible = |id: Id| -> Result<bool, Failure> {
        let names = reading.names(&page.actor, &[id])?;
        Ok(names.first().is_some_and(|name| name.title.is_some() && to.is_none_or(|to| to == name.register)))
    };
    let text = form.get(&format!("{}_text", field.name)).trim();
    let mut ids = Vec::new();
    for id in form.all(&field.name).filter_map(|id| id.parse::<Id>().ok()) {
        let same_title = || -> Result<bool, Failure> {
            let names = reading.names(&page.actor, &[id])?;
            Ok(names.first().is_some_and(|name| name.title.as_deref().unwrap_or("").trim() == text))
        };
        let meant = field.many
            || (chosen_before(id) && text.is_empty() && !visible(id)?)
            || (!text.is_empty() && same_title()?);
        if meant && (chosen_before(id) || visible(id)?) {
            ids.push(id);
        }
    }
    let added = if field.many || ids.is_empty() { text } else { "" };
    if !added.is_empty() {
        // Of records with the same title only those count that the visitor may see: the others must not show here.
        let candidates = match reading.identify(to, added)? {
            Identified::One(id) => vec![id],
            Identified::None => Vec::new(),
            Identified::Several => reading.by_title(to.unwrap_or(""), added)?.into_iter().map(|row| row.id).collect(),
        };
        let seen = candidates.into_iter().filter_map(|id| visible(id).map(|seen| seen.then_some(id)).transpose());
        let seen: Vec<Id> = seen.collect::<Result<_, _>>()?;
        let found = match seen.as_slice() {
            [id] => Ok(*id),
            [] => Err((
                format!("{}の「{added}」が見つかりません。番号か名称を確かめてください", field.label.ja),
                format!("{}: {added} was not found; check the number or name", field.label.en),
            )),
            _ => Err((
                format!("{}の「{added}」に当てはまる記録が複数あります。番号で入力してください", field.label.ja),
                format!("{}: more than one record is named {added}; enter its number", field.label.en),
            )),
        };
        match found {
            Ok(id) => ids.push(id),
            Err((ja, en)) => return Ok(Err(Box::new(register::Say::new(ja, en)))),
        }
    }
    let mut ids: Vec<Value> = ids.into_iter().map(|id| Value::String(id.to_string())).collect();
    Ok(Ok(if field.many { Value::Array(ids) } else { ids.pop().unwrap_or(Value::Null) }))
}

/// The options to choose from: those in use, and what is chosen already.
fn offered<'a>(page: &Page, options: &'a [Choices], chosen: &[&str]) -> Vec<Choice<'a>> {
    let there = options.iter().filter(|option| !option.retired || chosen.contains(&option.value.as_str()));
    there
        .map(|option| Choice {
            value: &option.value,
            label: if page.lang == Lang::Ja { &option.label.ja } else { &option.label.en },
        })
        .collect()
}

fn shown(description: &Description) -> Vec<&Field> {
    description.fields.iter().filter(|field| !field.hidden && !field.retired).collect()
}

/// Names for whatever a posted form links to.
pub(super) fn show_posted(
    page: &Page,
    reading: &Reading<'_>,
    description: &Description,
    form: &Posted,
) -> Result<Show, Failure> {
    let mut body = Body::new();
    for field in description.fields.iter().filter(|field| matches!(field.kind, Kind::Link { .. })) {
        let ids = form.all(&field.name).filter(|id| !id.is_empty()).map(|id| Value::String(id.to_owned()));
        body.insert(field.name.clone(), Value::Array(ids.collect()));
    }
    Show::of(&page.app, page.lang, reading, &page.actor, std::iter::once((description, &body)))
}

/// The empty form; the address may fill in fields beforehand (`?clause=…`).
pub(super) async fn new(
    page: Page,
    Path(register): Path<String>,
    Pairs(pairs): Pairs<Vec<(String, String)>>,
) -> Answer {
    let description = page.registers.description(&register).ok_or(Failure::Missing)?.clone();
    let mut body = Body::new();
    for (name, value) in &pairs {
        if description.field(name).is_some_and(|field| !field.hidden) {
            body.insert(name.clone(), Value::String(value.clone()));
        }
    }
    let back = pairs.iter().find(|(name, _)| name == "back").map(|(_, value)| value.clone()).unwrap_or_default();
    let show = show::names(&page, &description, &body).await?;
    Ok(draw_new(&page, StatusCode::OK, &Sheet::of(&description, &body, show), &Request::new(), &back))
}

fn draw_new(page: &Page, status: StatusCode, sheet: &Sheet<'_>, request: &Request, back: &str) -> Response {
    let lang = page.lang;
    let label = page.say(&sheet.description.label);
    let applied = is_application(sheet.description);
    let (title, verb) = match lang {
        _ if applied => (label.to_owned(), text::APPLY),
        crate::say::Lang::Ja => (format!("{label}の登録"), text::NEW),
        crate::say::Lang::En => (format!("{label}: new"), text::NEW),
    };
    let list_href = format!("/r/{}", sheet.description.name);
    let cancel = inside(back).unwrap_or(&list_href);
    let main = html! {
        (parts::breadcrumb(lang, &[(label, &list_href)], verb.in_(lang)))
        (parts::head(&title, None, None))
        (sheet.faults(page))
        (parts::form(
            &format!("/r/{}/new", sheet.description.name),
            request.as_str(),
            html! {
                @if !back.is_empty() { (parts::hidden("back", back)) }
                @for field in shown(sheet.description) { @if !comes_later(sheet.description, field) { (sheet.field(page, field)) } }
            },
            html! { (parts::submit(verb.in_(lang), Look::Main)) (parts::go(cancel, list_text::BACK.in_(lang), Look::Second)) },
        ))
    };
    page.show_with(status, &title, None, main)
}

/// Whether a field of an application is filled in by a later step, such as the day of a return.
fn comes_later(description: &Description, field: &Field) -> bool {
    let steps = description.lifecycle.iter().flat_map(|lifecycle| lifecycle.transitions.iter());
    let asked = |step: &register::lifecycle::Transition| step.requires.contains(&field.name.as_str());
    is_application(description) && !field.required && steps.into_iter().any(asked)
}

fn is_application(description: &Description) -> bool {
    description.lifecycle.is_some_and(|lifecycle| lifecycle.is_application())
}

/// Registers a new record.
pub(super) async fn create(page: Page, Path(register): Path<String>, form: Posted) -> Answer {
    let description = page.registers.description(&register).ok_or(Failure::Missing)?.clone();
    let permit = decide(&page.actor, Action::Create, &Subject::register(&register), &description)?;
    let form = std::sync::Arc::new(form);
    let (asked, posted) = (description.clone(), form.clone());
    let (read, show) = page
        .read(move |page, reading| {
            let (description, form) = (asked, posted);
            let read = read(page, reading, &shown(&description), &form, None)?;
            Ok((read, show_posted(page, reading, &description, &form)?))
        })
        .await?;
    let refused = |refusal: Refusal| {
        let sheet = Sheet::posted(&description, &form, show, refusal);
        Ok(draw_new(&page, StatusCode::UNPROCESSABLE_ENTITY, &sheet, &form.request, form.get("back")))
    };
    let body = match read {
        Ok(body) => body,
        Err(refusal) => return refused(refusal),
    };
    let id = Id::new(page.app.store.clock());
    let op = Op::Create { register: description.name.clone().into(), id, body };
    match page.app.writer.commit(Change::one(form.request.clone(), permit, op)).await {
        Ok(done) => {
            // Sending the same form again gives the first record, not a second one.
            let made = done.records.first().map_or(id, |(id, _)| *id);
            let notice = if is_application(&description) { "applied" } else { "created" };
            Ok(see_other(
                &inside(form.get("back")).map_or_else(|| told(&page, &description.name, made, notice), str::to_owned),
            ))
        }
        Err(Failure::Refusal(refusal)) => refused(refusal),
        Err(failure) => Err(failure.into()),
    }
}

/// The page of a record, with a word of what was done.
pub(super) fn told(page: &Page, register: &str, id: Id, notice: &str) -> String {
    format!("{}?notice={notice}", page.app.page_of(register, id))
}

/// The form of a record.
pub(super) async fn edit(page: Page, Path((register, id)): Path<(String, String)>) -> Answer {
    let (opened, show) = page
        .read(move |page, reading| {
            let opened = detail::open(page, reading, &register, &id, Action::Edit)?.live()?;
            let show = Show::of(
                &page.app,
                page.lang,
                reading,
                &page.actor,
                std::iter::once((&*opened.description, &opened.row.body)),
            )?;
            Ok((opened, show))
        })
        .await?;
    let sheet = Sheet::of(&opened.description, &opened.row.body, show);
    Ok(draw_edit(&page, StatusCode::OK, &sheet, &opened.row, &Request::new(), "", None))
}

fn draw_edit(
    page: &Page,
    status: StatusCode,
    sheet: &Sheet<'_>,
    row: &Row,
    request: &Request,
    reason: &str,
    moved: Option<Markup>,
) -> Response {
    let lang = page.lang;
    let label = page.say(&sheet.description.label);
    let (list_href, here) = (format!("/r/{}", row.register), page.app.page_of(&row.register, row.id));
    let notice =
        moved.map(|more| Notice { mood: Mood::Warn, text: text::MOVED.in_(lang).to_owned(), more: Some(more) });
    let main = html! {
        (parts::breadcrumb(lang, &[(label, &list_href), (&row.title, &here)], text::EDIT.in_(lang)))
        (parts::head(&row.title, None, None))
        (sheet.faults(page))
        (parts::form(
            &format!("/r/{}/{}/edit", row.register, row.id),
            request.as_str(),
            html! {
                (parts::hidden("rev", &row.rev.to_string()))
                @for field in shown(sheet.description) { (sheet.field(page, field)) }
                (parts::field(lang, text::REASON.in_(lang), Control::line("reason", reason, parts::Kind::Plain).longest(400), Some(text::REASON_HINT.in_(lang)), None))
            },
            html! { (parts::submit(text::SAVE.in_(lang), Look::Main)) (parts::go(&here, list_text::BACK.in_(lang), Look::Second)) },
        ))
    };
    page.show_with(status, &row.title, notice, main)
}

/// Saves a record's form.
pub(super) async fn save(page: Page, Path((register, id)): Path<(String, String)>, form: Posted) -> Answer {
    let form = std::sync::Arc::new(form);
    let posted = form.clone();
    let (opened, read, show) = page
        .read(move |page, reading| {
            let form = posted;
            let opened = detail::open(page, reading, &register, &id, Action::Edit)?;
            let read = read(page, reading, &shown(&opened.description), &form, Some(&opened.row))?;
            let show = show_posted(page, reading, &opened.description, &form)?;
            Ok((opened, read, show))
        })
        .await?;
    let detail::Opened { row, description, permit } = opened;
    let refused = |status, refusal, moved| {
        let sheet = Sheet::posted(&description, &form, show, refusal);
        // A request id that was answered is spent; after a refusal nothing was written, so it may serve again.
        Ok(draw_edit(&page, status, &sheet, &row, &form.request, form.get("reason"), moved))
    };
    let mut patch = match read {
        Ok(patch) => patch,
        Err(refusal) => return refused(StatusCode::UNPROCESSABLE_ENTITY, refusal, None),
    };
    patch.retain(|name, value| row.body.get(name).unwrap_or(&Value::Null) != value);
    let base = form.get("rev").parse().unwrap_or(0);
    if patch.is_empty() && base == row.rev {
        return Ok(see_other(&page.app.page_of(&row.register, row.id)));
    }
    match commit(&page, permit, &row, base, patch, &form).await {
        Ok(()) => Ok(see_other(&told(&page, &row.register, row.id, "saved"))),
        Err(Failure::Refusal(refusal)) => refused(StatusCode::UNPROCESSABLE_ENTITY, refusal, None),
        Err(Failure::Moved { .. }) => {
            let (row, description, form) = (row.clone(), description.clone(), form.clone());
            let difference = page
                .read(move |page, reading| {
                    let read = self::read(page, reading, &shown(&description), &form, Some(&row))?.unwrap_or_default();
                    let mut mine = row.body.clone();
                    mine.extend(read);
                    mine.retain(|_, value| !value.is_null() && !matches!(value, Value::Array(items) if items.is_empty()));
                    let bodies = [(&*description, &row.body), (&*description, &mine)];
                    let show = Show::of(&page.app, page.lang, reading, &page.actor, bodies.into_iter())?;
                    Ok(html! { p { (text::NOW.in_(page.lang)) } (difference(page, &description, &show, &row.body, &mine)) })
                })
                .await?;
            refused(StatusCode::CONFLICT, Refusal::default(), Some(difference))
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn commit(page: &Page, permit: Permit, row: &Row, base: u64, patch: Body, form: &Posted) -> Result<(), Failure> {
    let op = Op::Edit { register: row.register.clone().into(), id: row.id, base, patch };
    let mut change = Change::one(form.request.clone(), permit, op);
    change.reason = Some(form.get("reason").trim().to_owned()).filter(|reason| !reason.is_empty());
    page.app.writer.commit(change).await.map(|_| ())
}
