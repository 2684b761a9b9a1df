//! Files out: what a list shows as CSV or a workbook, and templates to fill in. What is taken out leaves an entry.

use std::sync::Arc;

use axum::extract::{Path, Query as Pairs};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use register::change::EXPORTED;
use register::exchange::{self, Format, Lingua};
use register::find::Row;
use register::list::{From, Query};
use register::permit::{Action, Subject, decide};
use register::{Description, Failure, Refusal, sealed};

use super::address::Address;
use crate::answer::Answer;
use crate::say::Lang;
use crate::visit::{Page, Posted};

/// Most records that are taken out at once with their sealed fields.
const MOST_SEALED: usize = 2_000;

/// The list as CSV: what the address asks for, in its order.
pub(super) async fn csv(page: Page, path: Path<String>, pairs: Pairs<Vec<(String, String)>>) -> Answer {
    out(page, path, pairs, Format::Csv).await
}

/// The list as a workbook.
pub(super) async fn xlsx(page: Page, path: Path<String>, pairs: Pairs<Vec<(String, String)>>) -> Answer {
    out(page, path, pairs, Format::Xlsx).await
}

async fn out(
    page: Page,
    Path(register): Path<String>,
    Pairs(pairs): Pairs<Vec<(String, String)>>,
    format: Format,
) -> Answer {
    let description = page.registers.description(&register).ok_or(Failure::Missing)?.clone();
    let permit = decide(&page.actor, Action::Export, &Subject::register(&register), &description)?;
    let name = format!("{}-{}.{}", description.name, page.app.store.clock().today(), format.ending());
    let address = Address::read(&pairs).from(From::Start, 1);
    let filter = address.write("").trim_start_matches('?').to_owned();
    if description.restricted {
        let rows = in_view(&page, &description, Action::Export, &address.query, usize::MAX).await?;
        sealed::note(&page.app.store, &page.app.writer, &page.actor, Action::Export, &rows, EXPORTED).await?;
        let bytes = page
            .read(move |page, reading| {
                let (mut bytes, form) = (Vec::new(), (format, lingua(page.lang)));
                exchange::export_rows(reading, &description, &page.actor, &rows, form, &mut bytes)?;
                Ok(bytes)
            })
            .await?;
        return Ok(file(&name, format, bytes));
    }
    let bytes = page
        .read(move |page, reading| {
            let mut bytes = Vec::new();
            let form = (format, lingua(page.lang));
            let rows = exchange::export_view(reading, &description, &page.actor, &address.query, form, &mut bytes)?;
            exchange::note_export(&page.app.store, &page.app.writer, &permit, format, rows, Some(filter))?;
            Ok(bytes)
        })
        .await?;
    Ok(file(&name, format, bytes))
}

/// The records that the visitor would take out.
async fn in_view(
    page: &Page,
    description: &Arc<Description>,
    action: Action,
    query: &Query,
    most: usize,
) -> Result<Vec<Row>, Failure> {
    let (asked, query) = (description.clone(), query.clone());
    let rows = page.read(move |page, reading| exchange::in_view(reading, &asked, &page.actor, action, &query)).await?;
    if rows.len() > most {
        return Err(Refusal::whole(
            format!("封をした項目は一度に{most}件まで出力できます。一覧の条件で絞り込んでください"),
            format!("At most {most} records can be taken out with sealed fields: narrow the list"),
        )
        .into());
    }
    Ok(rows)
}

/// The list as CSV with its sealed fields, each of whose records gets an entry first.
pub(super) async fn csv_sealed(
    page: Page,
    Path(register): Path<String>,
    Pairs(pairs): Pairs<Vec<(String, String)>>,
    _form: Posted,
) -> Answer {
    let description = page.registers.description(&register).ok_or(Failure::Missing)?.clone();
    let name = format!("{}-{}.csv", description.name, page.app.store.clock().today());
    let query = Address::read(&pairs).query;
    let rows = in_view(&page, &description, Action::Seal, &query, MOST_SEALED).await?;
    let opened = sealed::unseal(&page.app.store, &page.app.writer, &page.actor, rows).await?;
    let bytes = page
        .read(move |page, reading| {
            let mut bytes = Vec::new();
            exchange::export_sealed(reading, &description, &page.actor, opened, lingua(page.lang), &mut bytes)?;
            Ok(bytes)
        })
        .await?;
    Ok(file(&name, Format::Csv, bytes))
}

/// An empty workbook to fill in.
pub(super) async fn template(page: Page, Path(register): Path<String>) -> Answer {
    let description = page.registers.description(&register).ok_or(Failure::Missing)?.clone();
    let name = format!("{}-template.xlsx", description.name);
    let bytes = page
        .read(move |page, reading| exchange::template(reading, &description, &page.actor, lingua(page.lang)))
        .await?;
    Ok(file(&name, Format::Xlsx, bytes))
}

/// The language of a file's heads.
pub(super) fn lingua(lang: Lang) -> Lingua {
    match lang {
        Lang::Ja => |say| &say.ja,
        Lang::En => |say| &say.en,
    }
}

/// A file that is handed out.
pub(super) fn file(name: &str, format: Format, bytes: Vec<u8>) -> Response {
    let kind = match format {
        Format::Csv => "text/csv; charset=utf-8",
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}
