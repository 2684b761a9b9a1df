//! One record: its fields, links both ways, history with differences, comments, files, and the proof of its entry.

use axum::extract::{Path, Query as Pairs};
use axum::http::StatusCode;
use base::id::Id;
use maud::{Markup, html};
use register::built_in::{Attachment, Comment};
use register::change::{self, EXPORTED, SIGN_IN, UNSEALED, VIEWED};
use register::describe::Description;
use register::find::{Act, Linked, Reading, Revision, Row};
use register::lifecycle::ERASED;
use register::permit::{self, Action, Permit, Subject, decide};
use register::{Body, Failure, Refusal, Word, sealed};
use similar::{ChangeTag, TextDiff};

use super::decide;
use super::show::{self, Show};
use crate::answer::Answer;
use crate::parts::{self, Control, Event, Look, Mood, Notice, Piece};
use crate::say::{erase, page as text};
use crate::visit::Page;

/// Records named in each group of links.
const NAMED: usize = 20;

/// A record with the leave to see it.
pub(crate) struct Opened {
    pub(crate) row: Row,
    pub(crate) description: std::sync::Arc<Description>,
    pub(crate) permit: Permit,
}

impl Opened {
    /// The record, unless it was put away: then it is read, but not changed.
    pub(crate) fn live(self) -> Result<Self, Failure> {
        if !self.row.is_live() {
            return Err(Refusal::whole(
                "この記録は保管済みです。変更できません",
                "This record has been archived and can't be changed",
            )
            .into());
        }
        Ok(self)
    }

    /// The record, unless it was erased: then there is nothing left to do with it.
    pub(super) fn there(self) -> Result<Self, Failure> {
        if self.row.state == ERASED {
            return Err(Refusal::whole("この記録は消去済みです", "This record has been erased").into());
        }
        Ok(self)
    }
}

/// Leaves an entry that the visitor looked at a record, where its register is restricted. It is on the disk before anything
/// of the record is sent.
pub(crate) async fn viewed(page: &Page, row: &Row, description: &Description) -> Result<(), Failure> {
    if !description.restricted {
        return Ok(());
    }
    let (store, writer) = (&page.app.store, &page.app.writer);
    sealed::note(store, writer, &page.actor, Action::View, std::slice::from_ref(row), VIEWED).await
}

/// Opens a record by the path's register and id, if the visitor may do this with it. The scope is never the client's.
pub(crate) fn open(
    page: &Page,
    reading: &Reading<'_>,
    register: &str,
    id: &str,
    action: Action,
) -> Result<Opened, Failure> {
    let description = page.registers.description(register).ok_or(Failure::Missing)?.clone();
    let id: Id = id.parse().map_err(|_| Failure::Missing)?;
    let row = reading.find(register, id)?.ok_or(Failure::Missing)?;
    let permit = decide(&page.actor, action, &row.subject(), &description)?;
    Ok(Opened { row, description, permit })
}

/// Whether the visitor may do this with the record.
pub(super) fn may(page: &Page, description: &Description, subject: &Subject, action: Action) -> bool {
    permit::scope(&page.actor, description, action).admits(subject)
}

struct Found {
    opened: Opened,
    show: Show,
    links: Vec<Linked>,
    events: Vec<Event>,
    steps: Vec<Word>,
    decisions: decide::Known,
    comments: Vec<(String, String, String)>,
    files: Vec<(String, u32, String)>,
}

/// The record's page.
pub(super) async fn detail(
    page: Page,
    Path((register, id)): Path<(String, String)>,
    Pairs(pairs): Pairs<Vec<(String, String)>>,
) -> Answer {
    let found = page.read(move |page, reading| find(page, reading, &register, &id)).await?;
    viewed(&page, &found.opened.row, &found.opened.description).await?;
    let told = pairs.iter().find(|(name, _)| name == "notice").and_then(|(_, value)| match value.as_str() {
        "created" => Some(text::CREATED_NOW),
        "applied" => Some(text::APPLIED_NOW),
        "saved" => Some(text::SAVED_NOW),
        "done" => Some(text::DONE_NOW),
        _ => None,
    });
    let notice = told.map(|told| Notice { mood: Mood::Good, text: told.in_(page.lang).to_owned(), more: None });
    let title = title(&page, &found.opened);
    Ok(page.show_with(StatusCode::OK, &title, notice, draw(&page, &found, None)))
}

/// The record's page again, with a comment that was refused.
pub(super) async fn refused(page: Page, row: Row, comment: String, refusal: &Refusal) -> Answer {
    let found = page.read(move |page, reading| find(page, reading, &row.register, &row.id.to_string())).await?;
    viewed(&page, &found.opened.row, &found.opened.description).await?;
    let why: Vec<_> = refusal.problems.iter().map(|problem| page.say(&problem.say)).collect();
    let main = draw(&page, &found, Some((&comment, &why.join(" "))));
    Ok(page.show_with(StatusCode::UNPROCESSABLE_ENTITY, &title(&page, &found.opened), None, main))
}

fn title(page: &Page, opened: &Opened) -> String {
    if opened.row.title.is_empty() { page.say(&opened.description.label).to_owned() } else { opened.row.title.clone() }
}

fn find(page: &Page, reading: &Reading<'_>, register: &str, id: &str) -> Result<Found, Failure> {
    let opened = open(page, reading, register, id, Action::View)?;
    let revisions = reading.revisions(&opened.row)?;
    let bodies = revisions.iter().map(|revision| (&*opened.description, &revision.body));
    let bodies = bodies.chain(std::iter::once((&*opened.description, &opened.row.body)));
    let show = Show::of(&page.app, page.lang, reading, &page.actor, bodies)?;
    let links = reading.links_to(&page.actor, &opened.row, NAMED)?;
    let acts = reading.acts(&opened.row)?;
    let events = events(page, reading, &opened, &show, &revisions, &acts)?;
    let steps = steps(page, &opened, &acts);
    let mut comments = Vec::new();
    for (row, comment) in reading.pointing::<Comment>(&opened.row, "about")? {
        let first = reading.origin(&row)?;
        comments.push((show::who(reading, page.lang, &first.actor)?, page.moment(first.at), comment.text));
    }
    let mut files = Vec::new();
    for (row, file) in reading.pointing::<Attachment>(&opened.row, "about")? {
        let first = reading.origin(&row)?;
        let who = show::who(reading, page.lang, &first.actor)?;
        files.push((file.name, file.size, format!("{}　{who}", page.moment(first.at))));
    }
    let decisions = decide::known(page, reading, &opened)?;
    Ok(Found { opened, show, links, events, steps, decisions, comments, files })
}

fn events(
    page: &Page,
    reading: &Reading<'_>,
    opened: &Opened,
    show: &Show,
    revisions: &[Revision],
    acts: &[Act],
) -> Result<Vec<Event>, Failure> {
    let lang = page.lang;
    let mut all: Vec<(u64, Event)> = Vec::new();
    for (at, revision) in revisions.iter().enumerate() {
        let before = revisions.get(at + 1);
        let act = acts.iter().find(|act| act.seq == revision.seq);
        let what = label_of(page, &opened.description, act.map_or("edit", |act| &act.what));
        let href = format!("/r/{}/{}/entry/{}", opened.row.register, opened.row.id, revision.seq);
        let detail = html! {
            @if let Some(reason) = &revision.reason { p { "「" (reason) "」" } }
            @if let Some(before) = before { (difference(page, &opened.description, show, &before.body, &revision.body)) }
            p { a href=(href) { (text::ENTRY.in_(lang)) " " (revision.seq) } }
        };
        let who = show::who(reading, lang, &revision.actor)?;
        all.push((revision.seq, Event { who, when: page.moment(revision.at), what, detail: Some(detail) }));
    }
    for act in acts.iter().filter(|act| revisions.iter().all(|revision| revision.seq != act.seq)) {
        let what = label_of(page, &opened.description, &act.what);
        let who = show::who(reading, lang, &act.actor)?;
        all.push((act.seq, Event { who, when: page.moment(act.at), what, detail: None }));
    }
    all.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    Ok(all.into_iter().map(|(_, event)| event).collect())
}

/// Label of an act, such as `create` or `act:confirm`.
pub(super) fn label_of(page: &Page, description: &Description, act: &str) -> String {
    let known = match act {
        "create" => Some(text::CREATED),
        "edit" => Some(text::EDITED),
        "archive" => Some(text::ARCHIVED),
        "restore" => Some(text::RESTORED),
        VIEWED => Some(text::VIEWED),
        EXPORTED => Some(text::EXPORTED),
        UNSEALED => Some(text::UNSEALED),
        change::ERASED => Some(text::ERASED),
        SIGN_IN => Some(text::SIGNED_IN),
        other => crate::sign_in::acts::label(other),
    };
    if let Some(known) = known {
        return known.in_(page.lang).to_owned();
    }
    let name = act.strip_prefix("act:").unwrap_or(act);
    let step = description.lifecycle.as_ref().and_then(|lifecycle| lifecycle.transition(name));
    step.map_or_else(
        || act.to_owned(),
        |step| match page.lang {
            crate::say::Lang::Ja => step.ja.0.to_owned(),
            crate::say::Lang::En => step.en.0.to_owned(),
        },
    )
}

/// What changed between two bodies, field by field.
pub(super) fn difference(page: &Page, description: &Description, show: &Show, old: &Body, new: &Body) -> Markup {
    let fields =
        description.fields.iter().filter(|field| !field.hidden && old.get(&field.name) != new.get(&field.name));
    html! {
        @for field in fields {
            @let (old, new) = (show.text(field, old.get(&field.name)), show.text(field, new.get(&field.name)));
            p.sk-quiet { (page.say(&field.label)) }
            (lines(page, &old, &new))
        }
    }
}

fn lines(page: &Page, old: &str, new: &str) -> Markup {
    let long = old.lines().count().max(new.lines().count()) > 1;
    if !long {
        let mut line = Vec::new();
        if !old.is_empty() {
            line.push(Piece::Removed(old));
        }
        if !new.is_empty() {
            line.push(Piece::Added(new));
        }
        return parts::diff(page.lang, &[line]);
    }
    let diff = TextDiff::from_lines(old, new);
    let changed: Vec<(ChangeTag, String)> =
        diff.iter_all_changes().map(|change| (change.tag(), change.value().trim_end().to_owned())).collect();
    let pieces: Vec<Vec<Piece<'_>>> = changed
        .iter()
        .map(|(tag, text)| {
            vec![match tag {
                ChangeTag::Equal => Piece::Same(text),
                ChangeTag::Delete => Piece::Removed(text),
                ChangeTag::Insert => Piece::Added(text),
            }]
        })
        .collect();
    parts::diff(page.lang, &pieces)
}

/// The page; with the comment that was refused, and why.
fn draw(page: &Page, found: &Found, refused: Option<(&str, &str)>) -> Markup {
    let lang = page.lang;
    let Found { opened, show, .. } = found;
    let (row, description) = (&opened.row, &opened.description);
    let path = format!("/r/{}/{}", row.register, row.id);
    let subject = row.subject();
    let live = row.is_live();
    let list_label = page.say(&description.label);
    let list_href = format!("/r/{}", row.register);
    let facts: Vec<(&str, Markup)> = description
        .fields
        .iter()
        .filter(|field| !field.hidden && row.body.contains_key(&field.name))
        .map(|field| (page.say(&field.label), show.whole(field, row.body.get(&field.name))))
        .collect();
    let until = row.until.map(|until| crate::say::until(lang, &page.day(until)));
    let title = title(page, opened);
    html! {
        (parts::breadcrumb(lang, &[(list_label, &list_href)], &title))
        (parts::head(&title, until.as_deref(), Some(html! {
            (show::state(page, description, row))
            @for (at, step) in found.steps.iter().enumerate() {
                (parts::go(&format!("{path}/act/{}", step.0), &label_of(page, description, step.0), if at == 0 { Look::Small } else { Look::SmallSecond }))
            }
            @if live && may(page, description, &subject, Action::Edit) {
                (parts::go(&format!("{path}/edit"), text::EDIT.in_(lang), Look::SmallSecond))
                (parts::go(&format!("{path}/archive"), text::ARCHIVE.in_(lang), Look::SmallSecond))
            }
            @if row.state != ERASED && may(page, description, &subject, Action::Erase) {
                (parts::go(&format!("{path}/erase"), erase::ERASE.in_(lang), Look::SmallSecond))
            }
        })))
        (parts::beside(
            html! {
                (parts::card(Some(text::FIELDS.in_(lang)), html! {
                    (parts::detail_list(&facts))
                    @if row.body.values().any(|value| sealed::name_in(value).is_some()) && may(page, description, &subject, Action::Seal) {
                        form method="post" action={ (path) "/unseal" } { (page.request_id()) (parts::submit(erase::OPEN.in_(lang), Look::SmallSecond)) }
                    }
                }))
                (linked(page, found))
                (comments(page, found, &path, live, refused))
                (files(page, found, &path, live))
            },
            html! {
                (decide::card(page, opened, &found.decisions))
                (parts::card(Some(text::HISTORY.in_(lang)), parts::history(&found.events)))
            },
        ))
    }
}

/// Names of the transitions that the visitor may do now. One that needs another person is not offered to this one.
fn steps(page: &Page, opened: &Opened, acts: &[Act]) -> Vec<Word> {
    let (row, me) = (&opened.row, page.actor.ledger_name());
    let by_me = |name: &&str| {
        let what = if *name == "create" { (*name).to_owned() } else { format!("act:{name}") };
        row.text(name) == me || acts.iter().find(|act| act.what == what).is_some_and(|act| act.actor == me)
    };
    let lifecycle = opened.description.lifecycle.iter().flat_map(|lifecycle| lifecycle.transitions.iter());
    lifecycle
        .filter(|step| may(page, &opened.description, &row.subject(), Action::Act(step.name)))
        // What another decided elsewhere can be recorded all the same.
        .filter(|step| step.decides || !step.not_same_as.iter().any(by_me))
        .map(|step| step.name)
        .collect()
}

fn linked(page: &Page, found: &Found) -> Markup {
    let lang = page.lang;
    if found.links.is_empty() {
        return html! {};
    }
    let registers = &page.registers;
    parts::card(
        Some(text::LINKS.in_(lang)),
        html! {
            @for Linked { register, field, count, names } in &found.links {
                @if let Some(other) = registers.description(register) {
                    @let label = other.field(field).map_or("", |field| page.say(&field.label));
                    h3 { (crate::say::beside(lang, page.say(&other.label), label)) " " span.sk-num.sk-quiet { (crate::say::count(lang, *count)) } }
                    ul {
                        @for name in names { li { a href=(page.app.page_of(&name.register, name.id)) { (name.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(text::DETAIL.in_(lang))) } } }
                    }
                    @if *count > names.len() as u64 && other.facets.contains(field) {
                        p { a href={ "/r/" (register) "?" (field) "=" (found.opened.row.id) } { (text::LINKS.in_(lang)) " " (crate::say::count(lang, *count)) } }
                    }
                }
            }
        },
    )
}

fn comments(page: &Page, found: &Found, path: &str, live: bool, refused: Option<(&str, &str)>) -> Markup {
    let lang = page.lang;
    let may = live && may(page, &found.opened.description, &found.opened.row.subject(), Action::Comment);
    if !may && found.comments.is_empty() {
        return html! {};
    }
    parts::card(
        Some(text::COMMENTS.in_(lang)),
        html! {
            @for (who, when, words) in &found.comments {
                p.sk-quiet { span.sk-num { (when) } "　" (who) }
                div.sk-prose { @for line in words.lines() { p { (line) } } }
            }
            @if may {
                form.sk-form method="post" action={ (path) "/comment" } {
                    (page.request_id())
                    (parts::field(lang, text::COMMENT.in_(lang), Control::area("text", refused.map_or("", |(text, _)| text)).longest(4_000), None, refused.map(|(_, why)| why)))
                    (parts::submit(text::COMMENT_SEND.in_(lang), Look::SmallSecond))
                }
            }
        },
    )
}

fn files(page: &Page, found: &Found, path: &str, live: bool) -> Markup {
    let lang = page.lang;
    let may = live && may(page, &found.opened.description, &found.opened.row.subject(), Action::Attach);
    if !may && found.files.is_empty() {
        return html! {};
    }
    parts::card(
        Some(text::ATTACHMENTS.in_(lang)),
        html! {
            @if !found.files.is_empty() {
                ul {
                    @for (name, size, who) in &found.files {
                        li { (name) " " span.sk-quiet.sk-num { (size_text(*size)) } " " (parts::chip(parts::Tone::Held, text::HELD.in_(lang))) br; span.sk-quiet { (who) } }
                    }
                }
            }
            @if may {
                (parts::upload_slot(lang, &format!("{path}/attach"), register::change::Request::new().as_str(), text::ATTACH.in_(lang), Control::file("file", ""), Some(text::ATTACH_HINT.in_(lang)), text::ATTACH_SEND.in_(lang)))
            }
        },
    )
}

fn size_text(size: u32) -> String {
    match size {
        0..1_024 => format!("{size} B"),
        1_024..1_048_576 => format!("{} kB", size / 1_024),
        _ => format!("{}.{} MB", size / 1_048_576, size % 1_048_576 * 10 / 1_048_576),
    }
}
