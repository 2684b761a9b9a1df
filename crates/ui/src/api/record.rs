//! One record: seen, made, changed, moved along, put away; and how it came to be.

use axum::extract::Path;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use base::id::Id;
use register::change::{Change, Done, Op};
use register::describe::Description;
use register::find::{Reading, Row};
use register::permit::{Action, Subject, decide};
use register::{Body, Failure, Refusal};
use serde_json::{Map, Value, json};

use super::sent::{Sent, base, known, shown, tag_wanted};
use super::{BASE, answer, problem_with};
use crate::answer::{Answer, Said, refuse};
use crate::pages::change::{self, asked, open_step};
use crate::pages::detail::{self, Opened};
use crate::pages::show;
use crate::visit::Page;

/// The fields of a body that pages show.
pub(super) fn fields(description: &Description, body: &Body) -> Value {
    let shown = description.fields.iter().filter(|field| shown(field));
    Value::Object(shown.filter_map(|field| Some((field.name.clone(), body.get(&field.name)?.clone()))).collect())
}

/// A record as programs see it.
pub(super) fn of(description: &Description, row: &Row) -> Value {
    let mut record = json!({
        "id": row.id,
        "register": row.register,
        "rev": row.rev,
        "state": row.state,
        "title": row.title,
        "fields": fields(description, &row.body),
    });
    if let Some(until) = row.until {
        record["until"] = json!(until);
    }
    record
}

fn tagged(mut response: Response, rev: u64) -> Response {
    response.headers_mut().insert(ETAG, format!("\"{rev}\"").parse().expect("a number in quotes is a header value"));
    response
}

/// One record.
pub(super) async fn show(page: Page, Path((register, id)): Path<(String, String)>) -> Answer {
    let Opened { row, description, .. } = change::open(&page, register, id, Action::View).await?;
    detail::viewed(&page, &row, &description).await?;
    Ok(tagged(answer(StatusCode::OK, &of(&description, &row)), row.rev))
}

/// What is answered to a change that is on disk: where the record is, and its revision now.
fn done(status: StatusCode, register: &str, done: &Done) -> Answer {
    let (id, rev) = done.records.first().ok_or_else(|| Failure::Broken("a change without a record".into()))?;
    let mut response = answer(status, &json!({ "id": id, "register": register, "rev": rev }));
    let place = format!("{BASE}/r/{register}/{id}");
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(&place).expect("names and ids are plain letters"));
    Ok(tagged(response, *rev))
}

/// Makes a record.
pub(super) async fn create(page: Page, Path(register): Path<String>, sent: Sent) -> Answer {
    let description = page.registers.description(&register).ok_or(Failure::Missing)?.clone();
    let permit = decide(&page.actor, Action::Create, &Subject::register(&register), &description)?;
    let (body, reason, request) = sent.take("reason")?;
    let body = page.read(move |page, reading| known(page, reading, &description, &body, None).map(|()| body)).await?;
    let op = Op::Create { register: register.clone().into(), id: Id::new(page.app.store.clock()), body };
    let mut change = Change::one(request, permit, op);
    change.reason = reason;
    done(StatusCode::CREATED, &register, &page.app.writer.commit(change).await?)
}

/// Changes fields of a record.
pub(super) async fn edit(
    page: Page,
    Path((register, id)): Path<(String, String)>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer {
    let opened = change::open(&page, register, id, Action::Edit).await?;
    let Some(base) = base(&headers) else { return Ok(tag_wanted()) };
    let (patch, reason, request) = sent.take("reason")?;
    let Opened { row, description, permit } = opened;
    let asked = (row.clone(), description.clone());
    let patch =
        page.read(move |page, reading| known(page, reading, &asked.1, &patch, Some(&asked.0)).map(|()| patch)).await?;
    let same = patch.iter().all(|(name, value)| row.body.get(name).unwrap_or(&Value::Null) == value);
    if same && base == row.rev {
        return done(StatusCode::OK, &row.register, &Done { entries: Vec::new(), records: vec![(row.id, row.rev)] });
    }
    let op = Op::Edit { register: row.register.clone().into(), id: row.id, base, patch };
    let mut change = Change::one(request, permit, op);
    change.reason = reason;
    carry_out(&page, &row, base, change).await
}

/// Puts a record away.
pub(super) async fn archive(
    page: Page,
    Path((register, id)): Path<(String, String)>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer {
    let opened = change::open(&page, register, id, Action::Edit).await?;
    let Some(base) = base(&headers) else { return Ok(tag_wanted()) };
    let (fields, reason, request) = sent.take("reason")?;
    only(&fields, &[])?;
    let Opened { row, permit, .. } = opened;
    let mut change =
        Change::one(request, permit, Op::Archive { register: row.register.clone().into(), id: row.id, base });
    change.reason = reason;
    carry_out(&page, &row, base, change).await
}

/// Moves a record along its lifecycle.
pub(super) async fn act(
    page: Page,
    Path((register, id, name)): Path<(String, String, String)>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer {
    let Some(base) = base(&headers) else {
        // Whoever may not see the record learns no more from a missing header.
        change::open(&page, register, id, Action::View).await?;
        return Ok(tag_wanted());
    };
    let (opened, step) = match open_step(&page, register.clone(), id.clone(), &name).await {
        // The state that it started from is gone once it is done: the same wish again gets the same answer.
        Err(Failure::Refused) => {
            let row = page.read(move |page, reading| change::done(page, reading, &register, &id, &name)).await?;
            if row.rev != base + 1 {
                return Err(Failure::Refused.into());
            }
            let before = Done { entries: Vec::new(), records: vec![(row.id, row.rev)] };
            return done(StatusCode::OK, &row.register, &before);
        }
        opened => opened?,
    };
    if step.decides {
        return Err(refuse(
            "決裁は人が画面で行います。この記録のページを開いてください",
            "A decision is made by a person, on the page of the record",
        ));
    }
    let (patch, note, request) = sent.take("note")?;
    let names: Vec<&str> = asked(&opened.description, &step).iter().map(|field| field.name.as_str()).collect();
    only(&patch, &names)?;
    let Opened { row, description, permit } = opened;
    let (asked, old) = (description.clone(), row.clone());
    let patch =
        page.read(move |page, reading| known(page, reading, &asked, &patch, Some(&old)).map(|()| patch)).await?;
    let op = Op::Act {
        register: row.register.clone().into(),
        id: row.id,
        base,
        transition: step.name.0.into(),
        patch,
        note,
    };
    carry_out(&page, &row, base, Change::one(request, permit, op)).await
}

/// Refuses fields other than these.
fn only(fields: &Body, names: &[&str]) -> Result<(), Refusal> {
    match fields.keys().find(|name| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some(other) => Err(Refusal::at(
            other,
            "この手続では変更できない項目です。記録の変更として送ってください",
            "This step doesn't change that field: send it as a change of the record",
        )),
    }
}

async fn carry_out(page: &Page, row: &Row, base: u64, change: Change) -> Answer {
    match page.app.writer.commit(change).await {
        Ok(written) => done(StatusCode::OK, &row.register, &written),
        Err(Failure::Moved { now }) => moved(page, row, base, now).await,
        Err(failure) => Err(failure.into()),
    }
}

/// The answer to a change of a record that has moved on: what others changed since.
async fn moved(page: &Page, row: &Row, base: u64, now: u64) -> Answer {
    let (register, id) = (row.register.clone(), row.id.to_string());
    if let Some(description) = page.registers.description(&register) {
        detail::viewed(page, row, description).await?;
    }
    let changed = page
        .read(move |page, reading| {
            let opened = detail::open(page, reading, &register, &id, Action::View)?;
            let revisions = reading.revisions(&opened.row)?;
            let seen = revisions.iter().find(|revision| revision.rev == base);
            Ok(seen.map(|seen| changes(&opened.description, &seen.body, &opened.row.body)))
        })
        .await?;
    // The precondition failed; or it held, and the record's state is no longer one to start from.
    let status = if base == now { StatusCode::CONFLICT } else { StatusCode::PRECONDITION_FAILED };
    let said = Said { failure: Failure::Moved { now }, number: String::new() };
    Ok(problem_with(page.lang, status, &said, json!({ "rev": now, "changed": changed.unwrap_or_default() })))
}

/// Field → what it was and what it is, for the fields that differ.
fn changes(description: &Description, old: &Body, new: &Body) -> Value {
    let mut all = Map::new();
    for field in description.fields.iter().filter(|field| shown(field)) {
        let (was, is) = (old.get(&field.name), new.get(&field.name));
        if was != is {
            all.insert(field.name.clone(), json!({ "was": was, "now": is }));
        }
    }
    Value::Object(all)
}

/// How a record came to be what it is, newest first.
pub(super) async fn history(page: Page, Path((register, id)): Path<(String, String)>) -> Answer {
    let (events, row, description) = page
        .read(move |page, reading| {
            let Opened { row, description, .. } = detail::open(page, reading, &register, &id, Action::View)?;
            Ok((events(page, reading, &row, &description)?, row, description))
        })
        .await?;
    detail::viewed(&page, &row, &description).await?;
    Ok(answer(StatusCode::OK, &json!({ "events": events })))
}

fn events(page: &Page, reading: &Reading<'_>, row: &Row, description: &Description) -> Result<Vec<Value>, Failure> {
    let revisions = reading.revisions(row)?;
    let acts = reading.acts(row)?;
    let mut all: Vec<(u64, Value)> = Vec::new();
    for (at, revision) in revisions.iter().enumerate() {
        let act = acts.iter().find(|act| act.seq == revision.seq);
        let before = revisions.get(at + 1).map(|before| &before.body);
        let mut event = json!({
            "seq": revision.seq,
            "at": revision.at.to_string(),
            "by": show::who(reading, page.lang, &revision.actor)?,
            "what": act.map_or("edit", |act| &act.what),
            "rev": revision.rev,
            "changed": changes(description, before.unwrap_or(&Body::new()), &revision.body),
        });
        if let Some(reason) = &revision.reason {
            event["reason"] = json!(reason);
        }
        all.push((revision.seq, event));
    }
    for act in acts.iter().filter(|act| revisions.iter().all(|revision| revision.seq != act.seq)) {
        let by = show::who(reading, page.lang, &act.actor)?;
        all.push((act.seq, json!({ "seq": act.seq, "at": act.at.to_string(), "by": by, "what": act.what })));
    }
    all.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    Ok(all.into_iter().map(|(_, event)| event).collect())
}
