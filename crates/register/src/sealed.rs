//! Sealed fields (封をした項目): texts that are kept encrypted beside their records, and looking at what is restricted.
//!
//! A body holds `{"$sealed": name}` where the text would stand. The name is the SHA-256 of the ciphertext, so an entry's
//! commitment to the body covers the ciphertext too; what is sealed twice is never alike, so the name says nothing. The
//! data key lies wrapped before the ciphertext: deleting the row destroys the text.

use std::sync::Arc;

use base::id::Id;
use base::secrets::{Secrets, Zeroizing, content};
use serde_json::Value;

use crate::change::{Change, Op, Request, UNSEALED};
use crate::describe::Description;
use crate::find::Row;
use crate::permit::{Action, Actor, decide};
use crate::record::{Body, Registers};
use crate::say::Failure;
use crate::store::{Cell, DbError, Store};
use crate::writer::Writer;

/// The class of secrets that fields are.
pub(crate) const CLASS: &str = "field";
/// The key of a reference in a body.
const REFERENCE: &str = "$sealed";
/// What stands where a sealed text would be shown or taken out.
pub const SHUT: &str = "（封をされています）";

/// The name of the sealed text that a value refers to.
pub fn name_in(value: &Value) -> Option<&str> {
    value.as_object().filter(|object| object.len() == 1)?.get(REFERENCE)?.as_str()
}

/// The names of all sealed texts of a body.
pub(crate) fn names(body: &Body) -> impl Iterator<Item = &str> {
    body.values().filter_map(name_in)
}

/// The body without its references.
pub(crate) fn without(body: &Body) -> Body {
    body.iter()
        .filter(|(_, value)| name_in(value).is_none())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Takes the references out of a body, so that its other fields can be checked.
pub(crate) fn take(description: &Description, body: &mut Body) -> Body {
    let mut shut = Body::new();
    for field in description.fields.iter().filter(|field| field.sealed) {
        if let Some((name, value)) = body.remove_entry(&field.name) {
            let place = if name_in(&value).is_some() { &mut shut } else { &mut *body };
            place.insert(name, value);
        }
    }
    shut
}

/// A body whose sealed texts are replaced by what only the house can recognise again.
pub(crate) fn masked(store: &Store, registers: &Registers, register: &str, body: &Body) -> Body {
    let mut body = body.clone();
    let Some(description) = registers.description(register) else { return body };
    for field in description.fields.iter().filter(|field| field.sealed) {
        if let Some(Value::String(text)) = body.get_mut(&field.name) {
            *text = store.secrets().map_or_else(|_| String::new(), |secrets| secrets.mark("wish", text));
        }
    }
    body
}

/// A text just sealed: its name, its field and its bytes.
pub(crate) struct Fresh {
    pub(crate) name: String,
    pub(crate) field: String,
    pub(crate) bytes: Vec<u8>,
}

/// Seals the open texts of sealed fields and leaves references in their place.
pub(crate) fn shut(store: &Store, description: &Description, id: Id, body: &mut Body) -> Result<Vec<Fresh>, Failure> {
    let mut all = Vec::new();
    for field in description.fields.iter().filter(|field| field.sealed) {
        let Some(Value::String(text)) = body.get(&field.name) else { continue };
        let id = id.to_string();
        let bytes = store.secrets()?.seal(CLASS, &[&description.name, &id, &field.name], text.as_bytes());
        let name = name_of(&bytes).expect("what was just sealed has the form");
        body.insert(field.name.clone(), serde_json::json!({ REFERENCE: name }));
        all.push(Fresh { name, field: field.name.clone(), bytes });
    }
    Ok(all)
}

/// The name of sealed bytes, if they have the form.
pub(crate) fn name_of(bytes: &[u8]) -> Option<String> {
    content(bytes).map(crate::blob::sha256)
}

/// A record whose sealed fields were opened.
#[derive(Debug)]
pub struct Unsealed {
    /// The record.
    pub row: Row,
    /// Its sealed texts, by field.
    pub texts: Vec<(String, Zeroizing<String>)>,
}

/// Opens the sealed fields of records as they stand. Each record first gets an entry that says who opened it; only when
/// these are on the disk is anything opened. The one way to read what is sealed.
///
/// # Errors
/// When one of them may not be opened, or the entry can't be written: then nothing is.
pub async fn unseal(store: &Store, writer: &Writer, actor: &Actor, rows: Vec<Row>) -> Result<Vec<Unsealed>, Failure> {
    store.secrets()?;
    note(store, writer, actor, Action::Seal, &rows, UNSEALED).await?;
    let held = store.clone();
    store
        .read(move |reading| {
            let secrets = held.secrets()?;
            let open = |row: Row| {
                let mut texts = Vec::new();
                for (field, name) in row.body.iter().filter_map(|(field, value)| Some((field, name_in(value)?))) {
                    let place = [row.register.as_str(), &row.id.to_string(), field];
                    texts.push((field.clone(), open(reading.db(), secrets, &place, name)?));
                }
                Ok(Unsealed { row, texts })
            };
            rows.into_iter().map(open).collect()
        })
        .await
}

fn open(db: &crate::store::Db, secrets: &Secrets, place: &[&str], name: &str) -> Result<Zeroizing<String>, Failure> {
    let line = db.first("SELECT bytes FROM sealed WHERE name = ?1", &[name.into()])?;
    let lost = || Failure::Broken(format!("the sealed text {name} is missing"));
    let bytes = secrets.open(CLASS, place, line.ok_or_else(lost)?.blob(0));
    let bytes = bytes.map_err(|why| Failure::Broken(format!("the sealed text {name}: {why}")))?;
    String::from_utf8(bytes.to_vec())
        .map(Zeroizing::new)
        .map_err(|_| Failure::Broken(format!("the sealed text {name} is no text")))
}

/// Leaves an entry for each record that somebody looks at or takes out, before anything of it is handed out.
///
/// # Errors
/// When the actor may not do this with one of them, or an entry can't be written.
pub async fn note(
    store: &Store,
    writer: &Writer,
    actor: &Actor,
    action: Action,
    rows: &[Row],
    what: &'static str,
) -> Result<(), Failure> {
    let mut changes = Vec::with_capacity(rows.len());
    let registers = store.registers();
    for row in rows {
        let description = registers.description(&row.register).ok_or(Failure::Missing)?;
        let permit = decide(actor, action, &row.subject(), description)?;
        let op = Op::Noted { register: row.register.clone().into(), id: row.id, what };
        changes.push(Change::one(Request::new(), permit, op));
    }
    if changes.len() == 1 {
        // The usual case needs no thread that may block.
        return writer.commit(changes.remove(0)).await.map(|_| ());
    }
    let writer = Arc::new(writer.clone());
    let answers = tokio::task::spawn_blocking(move || writer.commit_many(changes)).await;
    let answers = answers.map_err(|e| Failure::Broken(format!("the entries of a view stopped: {e}")))??;
    answers.into_iter().try_for_each(|answer| answer.map(|_| ()))
}

/// Writes one row of the sealed texts.
pub(crate) fn keep(db: &crate::store::Db, n: i64, fresh: Fresh) -> Result<(), DbError> {
    db.run(
        "INSERT INTO sealed (name, n, field, bytes) VALUES (?1, ?2, ?3, ?4)",
        &[fresh.name.into(), n.into(), fresh.field.into(), Cell::Blob(fresh.bytes)],
    )
    .map(|_| ())
}
