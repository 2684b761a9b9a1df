//! Pages of the house itself: home, health, and the files of the look.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use register::Failure;

use crate::answer::Answer;
use crate::parts;
use crate::visit::{Page, see_other};

/// Home is today.
pub(super) async fn home() -> Response {
    see_other("/today")
}

/// Whether the house can read its store: for supervisors.
pub(super) async fn health(page: Page) -> Answer {
    let entries = page.app.store.read(register::proof::state).await?.head.size;
    let body = serde_json::json!({ "ok": true, "entries": entries, "version": page.app.settings.version });
    Ok(([(CONTENT_TYPE, "application/json")], body.to_string()).into_response())
}

/// A file of the look. Its address holds a hash of all of them, so it may be kept for ever.
pub(super) async fn look(uri: Uri) -> Answer {
    let (kind, bytes) = parts::asset(uri.path()).ok_or(Failure::Missing)?;
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(kind)), (CACHE_CONTROL, forever)], bytes).into_response())
}
