//! Files out: what a list shows as CSV or a workbook, and templates to fill in. What is taken out leaves an entry.

use axum::extract::{Path, Query as Pairs};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use register::Failure;
use register::exchange::{self, Format, Lingua};
use register::list::From;
use register::permit::{Action, Subject, decide};

use super::address::Address;
use crate::answer::Answer;
use crate::say::Lang;
use crate::visit::Page;

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
