//! Lists, search, and the newest signed head of the ledger.

use axum::extract::{Path, Query as Pairs};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use register::list::{self, Count, From};
use register::permit::{self, Action};
use register::{Failure, proof};
use serde_json::{Value, json};

use super::{BASE, answer, record};
use crate::answer::Answer;
use crate::pages::address::Address;
use crate::pages::detail;
use crate::visit::{Page, value_of};

/// Hits shown.
const HITS: usize = 100;

/// One page of a register, as the same address of its list says.
pub(super) async fn list(
    page: Page,
    Path(register): Path<String>,
    Pairs(pairs): Pairs<Vec<(String, String)>>,
) -> Answer {
    let description = page.registers.description(&register).ok_or(Failure::Missing)?.clone();
    let address = Address::read(&pairs);
    let (asked, query) = (description.clone(), address.query.clone());
    let found = page
        .read(move |page, reading| {
            let scope = permit::scope(&page.actor, &asked, Action::List);
            list::page(reading, &asked, &scope, &query)
        })
        .await?;
    for row in &found.rows {
        detail::viewed(&page, row, &description).await?;
    }
    let (count, exact) = match found.count {
        Count::Exactly(count) => (count, true),
        Count::AtLeast(count) => (count, false),
    };
    let path = format!("{BASE}/r/{register}");
    let records: Vec<Value> = found.rows.iter().map(|row| record::of(&description, row)).collect();
    let mut list = json!({ "count": count, "exact": exact, "records": records });
    if let Some(last) = found.rows.last().filter(|_| found.later) {
        list["next"] = json!(address.from(From::After(last.id), address.at + found.rows.len() as u64).write(&path));
    }
    Ok(answer(StatusCode::OK, &list))
}

/// Records of any register in which words occur.
pub(super) async fn search(page: Page, Pairs(pairs): Pairs<Vec<(String, String)>>) -> Answer {
    let words: String = value_of(&pairs, "q").chars().take(100).collect();
    let rows = page.read(move |page, reading| reading.search(&page.actor, &words, HITS)).await?;
    let found: Vec<Value> =
        rows.iter().map(|row| json!({ "id": row.id, "register": row.register, "title": row.title })).collect();
    Ok(answer(StatusCode::OK, &json!({ "found": found })))
}

/// The newest signed head of the ledger: a note that anybody checks with the public key.
pub(super) async fn checkpoint(page: Page) -> Answer {
    let note = page.read(|_, reading| Ok(proof::state(reading)?.note)).await?.ok_or(Failure::Missing)?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], note).into_response())
}
