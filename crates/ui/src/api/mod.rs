//! The API (`/api/v1`): what every register's pages do, for programs. JSON in and out, as the registers' descriptions say.
//!
//! A program comes with a token of a person (`Authorization: Bearer skm_…`) and passes the same gate, permits and scopes as
//! pages do; cookies don't count here, and tokens nowhere else. No field that pages hide is read or written here.

mod describe;
mod file;
mod find;
mod openapi;
mod record;
mod sent;
pub(crate) mod token;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use register::Failure;
use register::permit::Action;
use serde_json::{Value, json};

use crate::answer::{Oops, Said};
use crate::route::{Guard, Limits, Route};
use crate::say::{Lang, Text, text};
use crate::sign_in::session;

pub use token::{ApiToken, Minted, mint};

/// Where the API begins.
pub(crate) const BASE: &str = "/api/v1";

/// The routes of the API.
pub const ROUTES: &[Route] = &[
    Route::new(Method::GET, "/api/v1/openapi.json", Guard::SignedIn, Limits::PAGE, || get(openapi::document)),
    Route::new(Method::GET, "/api/v1/registers", Guard::SignedIn, Limits::PAGE, || get(describe::registers)),
    Route::new(Method::GET, "/api/v1/search", Guard::SignedIn, Limits::PAGE, || get(find::search)),
    Route::new(Method::GET, "/api/v1/ledger/checkpoint", Guard::SignedIn, Limits::PAGE, || get(find::checkpoint)),
    Route::new(Method::GET, "/api/v1/r/{register}", Guard::May(Action::List), Limits::PAGE, || get(find::list)),
    Route::new(Method::POST, "/api/v1/r/{register}", Guard::May(Action::Create), Limits::FORM, || post(record::create)),
    Route::new(Method::GET, "/api/v1/r/{register}/{id}", Guard::May(Action::View), Limits::PAGE, || get(record::show)),
    Route::new(Method::PATCH, "/api/v1/r/{register}/{id}", Guard::May(Action::Edit), Limits::FORM, || {
        patch(record::edit)
    }),
    Route::new(
        Method::POST,
        "/api/v1/r/{register}/{id}/acts/{transition}",
        Guard::May(Action::View),
        Limits::FORM,
        || post(record::act),
    ),
    Route::new(Method::POST, "/api/v1/r/{register}/{id}/archive", Guard::May(Action::Edit), Limits::FORM, || {
        post(record::archive)
    }),
    Route::new(Method::GET, "/api/v1/r/{register}/{id}/history", Guard::May(Action::View), Limits::PAGE, || {
        get(record::history)
    }),
    Route::new(Method::GET, "/api/v1/r/{register}/{id}/files", Guard::May(Action::View), Limits::PAGE, || {
        get(file::list)
    }),
    Route::new(Method::POST, "/api/v1/r/{register}/{id}/files", Guard::May(Action::Attach), Limits::FILE, || {
        post(file::attach)
    }),
];

/// Whether an address is one of the API's.
pub(crate) fn is_at(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// The hash of the token that a request carries.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<[u8; 32]> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (all.next(), all.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let ours = scheme.eq_ignore_ascii_case("bearer") && token.len() == token::PREFIX.len() + 43;
    (ours && token.starts_with(token::PREFIX)).then(|| session::hash(token))
}

const TOKEN: Text = text(
    "使えるトークンがありません。「自分のアカウント」でトークンを作り、Authorization: Bearer で送ってください",
    "No token that may be used: make one under “your account” and send it as Authorization: Bearer",
);
const METHOD: Text = text("この番地では使えないメソッドです", "This address doesn't take that method");
const HOST: Text = text(
    "この名前のサーバではありません。案内された番地を確かめてください",
    "This server does not answer to that name",
);

/// The answer to a request without a token that may be used.
pub(crate) fn token_wanted() -> Response {
    let mut response = Oops(Failure::Refused).with(StatusCode::UNAUTHORIZED);
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"sekimori\""));
    response
}

/// What was not done and why, as a problem (RFC 9457) in both languages.
pub(crate) fn problem(lang: Lang, status: StatusCode, said: &Said) -> Response {
    problem_with(lang, status, said, json!({}))
}

fn problem_with(lang: Lang, status: StatusCode, said: &Said, more: Value) -> Response {
    let words = match status {
        StatusCode::UNAUTHORIZED => TOKEN.both(),
        StatusCode::METHOD_NOT_ALLOWED => METHOD.both(),
        StatusCode::MISDIRECTED_REQUEST => HOST.both(),
        _ => [Lang::Ja, Lang::En].map(|lang| said.in_(lang).1),
    };
    let [ja, en] = &words;
    let kind = match &said.failure {
        Failure::Refusal(_) => "refusal",
        Failure::Refused => "refused",
        Failure::Moved { .. } => "moved",
        Failure::Missing => "missing",
        Failure::Full => "full",
        Failure::Busy => "busy",
        Failure::Unknown => "unknown",
        Failure::Closed => "closed",
        Failure::Broken(_) => "broken",
    };
    let mut problem = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "kind": kind,
        "detail": if lang == Lang::Ja { ja } else { en },
        "ja": ja,
        "en": en,
    });
    if let Failure::Refusal(refusal) = &said.failure {
        let one = |problem: &register::say::Problem| {
            let mut error = json!({ "ja": problem.say.ja, "en": problem.say.en });
            if let Some(field) = &problem.field {
                error["field"] = json!(field);
            }
            error
        };
        problem["errors"] = refusal.problems.iter().map(one).collect();
    }
    if let (Some(problem), Value::Object(more)) = (problem.as_object_mut(), more) {
        problem.extend(more);
    }
    (status, [(CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response()
}

/// An answer in JSON.
fn answer(status: StatusCode, value: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
