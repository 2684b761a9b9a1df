//! Acts on a record beside editing: transitions, archiving, comments, files. Each asks before what can't be taken back.

use axum::extract::Path;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::http::StatusCode;
use axum::response::Response;
use base::id::Id;
use maud::html;
use register::blob;
use register::built_in::{Attachment, Comment, Held};
use register::change::{Change, Op, Request};
use register::describe::{Description, Field};
use register::find::{Reading, Row};
use register::lifecycle::Transition;
use register::permit::Action;
use register::{Failure, LinkAny, Refusal, body_of};

use super::decide;
use super::detail::{self, Opened};
use super::form::{self, Sheet};
use super::show;
use crate::answer::{Answer, refuse};
use crate::parts::{self, Confirm, Control, Look};
use crate::say::{Lang, page as text};
use crate::visit::{Page, Posted, see_other};

pub(crate) async fn open(page: &Page, register: String, id: String, action: Action) -> Result<Opened, Failure> {
    page.read(move |page, reading| detail::open(page, reading, &register, &id, action)).await
}

/// Asks before archiving.
pub(super) async fn archive_ask(page: Page, Path((register, id)): Path<(String, String)>) -> Answer {
    let Opened { row, .. } = open(&page, register, id, Action::Edit).await?.live()?;
    let (lang, here) = (page.lang, page.app.page_of(&row.register, row.id));
    let title = text::ARCHIVE_ASK.in_(lang);
    let request = Request::new();
    let ask = Confirm {
        question: title,
        consequence: html! { p { b { (row.title) } } p { (text::ARCHIVE_HOW.in_(lang)) } },
        action: &format!("/r/{}/{}/archive", row.register, row.id),
        request: request.as_str(),
        fields: html! {
            (parts::hidden("rev", &row.rev.to_string()))
            (parts::field(lang, text::REASON.in_(lang), Control::line("reason", "", parts::Kind::Plain).longest(400), Some(text::REASON_HINT.in_(lang)), None))
        },
        label: text::ARCHIVE.in_(lang),
        look: Look::Danger,
        back: &here,
    };
    Ok(page.show(title, parts::confirm(lang, &ask)))
}

/// Archives a record.
pub(super) async fn archive(page: Page, Path((register, id)): Path<(String, String)>, form: Posted) -> Answer {
    let Opened { row, permit, .. } = open(&page, register, id, Action::Edit).await?;
    let base = form.get("rev").parse().unwrap_or(0);
    let op = Op::Archive { register: row.register.clone().into(), id: row.id, base };
    let mut change = Change::one(form.request.clone(), permit, op);
    change.reason = Some(form.get("reason").trim().to_owned()).filter(|reason| !reason.is_empty());
    page.app.writer.commit(change).await?;
    Ok(see_other(&format!("/r/{}", row.register)))
}

/// Fields that a transition asks for: what it requires and what says until when.
pub(crate) fn asked<'a>(description: &'a Description, step: &Transition) -> Vec<&'a Field> {
    let mut names: Vec<&str> = step.requires.to_vec();
    names.extend(step.until.iter().map(|word| word.0).filter(|until| !step.requires.contains(until)));
    names.into_iter().filter_map(|name| description.field(name)).collect()
}

fn step_of(opened: &Opened, name: &str) -> Result<Transition, Failure> {
    let lifecycle = opened.description.lifecycle.as_ref().ok_or(Failure::Missing)?;
    lifecycle.transition(name).copied().ok_or(Failure::Missing)
}

/// The record, with leave for a transition named in the path. The name must be one of the register's own.
pub(crate) async fn open_step(
    page: &Page,
    register: String,
    id: String,
    name: &str,
) -> Result<(Opened, Transition), Failure> {
    let description = page.registers.description(&register).ok_or(Failure::Missing)?.clone();
    let lifecycle = description.lifecycle.as_ref().ok_or(Failure::Missing)?;
    let word = lifecycle.transition(name).ok_or(Failure::Missing)?.name;
    let opened = open(page, register, id, Action::Act(word)).await?;
    let step = step_of(&opened, name)?;
    Ok((opened, step))
}

/// Asks before a transition.
pub(super) async fn act_ask(page: Page, Path((register, id, name)): Path<(String, String, String)>) -> Answer {
    let (opened, step) = open_step(&page, register, id, &name).await?;
    detail::viewed(&page, &opened.row, &opened.description).await?;
    if step.decides {
        return decide::ask(page, opened, step).await;
    }
    let show = show::names(&page, &opened.description, &opened.row.body).await?;
    let sheet = Sheet::of(&opened.description, &opened.row.body, show);
    Ok(draw_act(&page, StatusCode::OK, &opened, &step, &sheet, &Request::new(), ""))
}

fn draw_act(
    page: &Page,
    status: StatusCode,
    opened: &Opened,
    step: &Transition,
    sheet: &Sheet<'_>,
    request: &Request,
    note: &str,
) -> Response {
    let (lang, row) = (page.lang, &opened.row);
    let here = page.app.page_of(&row.register, row.id);
    let verb = match lang {
        Lang::Ja => step.ja.0,
        Lang::En => step.en.0,
    };
    let ask = Confirm {
        question: verb,
        consequence: html! { p { b { (row.title) } } },
        action: &format!("/r/{}/{}/act/{}", row.register, row.id, step.name),
        request: request.as_str(),
        fields: html! {
            (parts::hidden("rev", &row.rev.to_string()))
            @for field in asked(&opened.description, step) { (sheet.field(page, field)) }
            (parts::field(lang, text::NOTE.in_(lang), Control::area("note", note).longest(2_000), None, None))
        },
        label: verb,
        look: Look::Main,
        back: &here,
    };
    let main = html! { (sheet.faults(page)) (parts::confirm(lang, &ask)) };
    page.show_with(status, verb, None, main)
}

/// The record, where its last act was this transition by this very visitor: then a form that is sent twice was done once.
pub(crate) fn done(page: &Page, reading: &Reading<'_>, register: &str, id: &str, name: &str) -> Result<Row, Failure> {
    let opened = detail::open(page, reading, register, id, Action::View)?;
    let step = step_of(&opened, name)?;
    let last = reading.acts(&opened.row)?.into_iter().next();
    let theirs = last.is_some_and(|act| act.what == format!("act:{name}") && act.actor == page.actor.ledger_name());
    if theirs && opened.row.state == *step.to { Ok(opened.row) } else { Err(Failure::Refused) }
}

/// Does a transition.
pub(super) async fn act(
    page: Page,
    Path((register, id, name)): Path<(String, String, String)>,
    posted: Posted,
) -> Answer {
    let (opened, step) = match open_step(&page, register.clone(), id.clone(), &name).await {
        Err(Failure::Refused) => {
            let done = page.read(move |page, reading| done(page, reading, &register, &id, &name)).await?;
            return Ok(see_other(&form::told(&page, &done.register, done.id, "done")));
        }
        opened => opened?,
    };
    if step.decides {
        return decide::take(page, opened, step, posted).await;
    }
    let posted = std::sync::Arc::new(posted);
    let names: Vec<String> = asked(&opened.description, &step).iter().map(|field| field.name.clone()).collect();
    let (form, description, row) = (posted.clone(), opened.description.clone(), opened.row.clone());
    let read = page
        .read(move |page, reading| {
            let fields: Vec<_> = names.iter().filter_map(|name| description.field(name)).collect();
            form::read(page, reading, &fields, &form, Some(&row))
        })
        .await?;
    let outcome = match read {
        Ok(patch) => {
            let (base, note) = (posted.get("rev").parse().unwrap_or(0), posted.get("note").trim().to_owned());
            let op = Op::Act {
                register: opened.row.register.clone().into(),
                id: opened.row.id,
                base,
                transition: step.name.0.into(),
                patch,
                note: Some(note).filter(|note| !note.is_empty()),
            };
            page.app.writer.commit(Change::one(posted.request.clone(), opened.permit.clone(), op)).await.map(|_| ())
        }
        Err(refusal) => Err(Failure::Refusal(refusal)),
    };
    match outcome {
        Ok(()) => Ok(see_other(&form::told(&page, &opened.row.register, opened.row.id, "done"))),
        Err(Failure::Refusal(refusal)) => {
            detail::viewed(&page, &opened.row, &opened.description).await?;
            let show = show::names(&page, &opened.description, &opened.row.body).await?;
            let sheet = Sheet::posted(&opened.description, &posted, show, refusal);
            Ok(draw_act(
                &page,
                StatusCode::UNPROCESSABLE_ENTITY,
                &opened,
                &step,
                &sheet,
                &posted.request,
                posted.get("note"),
            ))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Adds a comment.
pub(super) async fn comment(page: Page, Path((register, id)): Path<(String, String)>, form: Posted) -> Answer {
    let Opened { row, permit, .. } = open(&page, register, id, Action::Comment).await?.live()?;
    let comment = Comment { about: LinkAny(row.id), text: form.get("text").to_owned() };
    let op = Op::Create { register: "comment".into(), id: Id::new(page.app.store.clock()), body: body_of(&comment) };
    match page.app.writer.commit(Change::one(form.request, permit, op)).await {
        Ok(_) => Ok(see_other(&form::told(&page, &row.register, row.id, "done"))),
        Err(Failure::Refusal(refusal)) => detail::refused(page, row, comment.text, &refusal).await,
        Err(failure) => Err(failure.into()),
    }
}

/// Takes a file in and holds it: it is on disk before the record that names it.
pub(super) async fn attach(page: Page, Path((register, id)): Path<(String, String)>, mut parts: Multipart) -> Answer {
    let Opened { row, permit, .. } = open(&page, register, id, Action::Attach).await?.live()?;
    let mut request = None;
    let mut file = None;
    while let Some(mut part) = parts.next_field().await.map_err(cut)? {
        match part.name() {
            Some("request") => request = Some(Request::parse(&part.text().await.map_err(cut)?)?),
            Some("file") if file.is_none() => {
                let name = name(part.file_name().unwrap_or(""));
                let mut incoming = page.app.writer.incoming(blob::LARGEST)?;
                while let Some(bytes) = part.chunk().await.map_err(cut)? {
                    incoming.take(&bytes)?;
                }
                file = Some((name, incoming));
            }
            _ => {}
        }
    }
    let request = request.ok_or_else(|| {
        refuse("ページを開き直してから、もう一度送ってください", "Open the page again and send the file once more")
    })?;
    let Some((name, incoming)) = file.filter(|(name, _)| !name.is_empty()) else {
        return Err(Failure::Refusal(Refusal::at("file", "ファイルを選んでください", "Choose a file")).into());
    };
    let (sha256, size) =
        tokio::task::spawn_blocking(|| incoming.keep()).await.map_err(|e| Failure::Broken(e.to_string()))??;
    let size = u32::try_from(size).map_err(|_| Failure::Broken("a file past its limit".into()))?;
    let file = Attachment { about: LinkAny(row.id), name, size, sha256, state: Held::Held };
    let op = Op::Create { register: "attachment".into(), id: Id::new(page.app.store.clock()), body: body_of(&file) };
    page.app.writer.commit(Change::one(request, permit, op)).await?;
    Ok(see_other(&form::told(&page, &row.register, row.id, "done")))
}

/// A file's own name, without any path and without control characters.
pub(crate) fn name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or("");
    last.chars().filter(|c| !base::text::has_control(&c.to_string())).take(200).collect::<String>().trim().to_owned()
}

/// What is said of an upload that did not come through.
pub(super) fn cut(error: MultipartError) -> crate::answer::Oops {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return refuse(
            "ファイルは25MBまでです。小さくするか、分けてから送ってください",
            "Files may have up to 25 MB: make it smaller or split it",
        );
    }
    refuse("ファイルが途中で切れました。もう一度送ってください", "The file was cut off: send it again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_own_name_and_no_path() {
        assert_eq!(name("C:\\共有\\議事録.pdf"), "議事録.pdf");
        assert_eq!(name("../../etc/passwd"), "passwd");
        assert_eq!(name("a\u{202e}fdp.exe"), "afdp.exe");
    }
}
