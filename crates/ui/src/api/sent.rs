//! What a program sends with a change: a JSON object with fields and words, the revision it saw, and the key of its wish.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_TYPE, IF_MATCH};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use register::change;
use register::describe::{Description, Field};
use register::find::{Reading, Row};
use register::permit::{Actor, Bound, Who};
use register::{Body, Failure, Refusal, check, json};
use serde_json::Value;

use crate::answer::{Oops, refuse};
use crate::app::App;
use crate::visit::Page;

/// What a program sends with a change.
pub(super) struct Sent {
    body: Body,
    /// So that sending it twice does it once.
    pub(super) request: change::Request,
}

impl FromRequest<App> for Sent {
    type Rejection = Response;
    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let key = key(request.headers()).map_err(IntoResponse::into_response)?;
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
        let bytes = Bytes::from_request(request, app).await.map_err(|cut| unread(cut.into_response().status()))?;
        // A transition or a putting away needs no words.
        if bytes.is_empty() && kind.is_none() {
            return Ok(Self { body: Body::new(), request: key });
        }
        let kind = kind.unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            let wrong =
                refuse("Content-Type は application/json にしてください", "Send it as Content-Type: application/json");
            return Err(wrong.with(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let body = json::read(&bytes).map_err(|refusal| Oops::from(refusal).into_response())?;
        Ok(Self { body, request: key })
    }
}

/// The key of a wish (`Idempotency-Key`), made anew where there is none.
pub(super) fn key(headers: &HeaderMap) -> Result<change::Request, Oops> {
    let Some(key) = headers.get(HeaderName::from_static("idempotency-key")) else { return Ok(change::Request::new()) };
    key.to_str().ok().and_then(|key| change::Request::parse(key).ok()).ok_or_else(|| {
        refuse(
            "Idempotency-Key は半角の英数字と _ - で16〜64文字にしてください",
            "Idempotency-Key takes 16 to 64 letters, digits, _ and -",
        )
    })
}

/// The answer to a body that could not be read, from the status that stands for why.
fn unread(status: StatusCode) -> Response {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return refuse("本文が大きすぎます。小さくしてください", "The body is too large: make it smaller").with(status);
    }
    refuse("本文が途中で切れました。もう一度送ってください", "The body was cut off: send it again").into_response()
}

/// The revision that the program saw (`If-Match`, with the `ETag` of the record).
pub(super) fn base(headers: &HeaderMap) -> Option<u64> {
    let tag = headers.get(IF_MATCH)?.to_str().ok()?;
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// The answer to a change that doesn't say which revision it is of.
pub(super) fn tag_wanted() -> Response {
    let wanted = refuse(
        "If-Match に、読んだ記録の ETag（例：\"3\"）を付けてください",
        "Send the ETag of the record that you read as If-Match, such as \"3\"",
    );
    wanted.with(StatusCode::PRECONDITION_REQUIRED)
}

impl Sent {
    /// The fields, and the words under this name; anything else is refused.
    pub(super) fn take(mut self, words: &str) -> Result<(Body, Option<String>, change::Request), Refusal> {
        let fields = match self.body.remove("fields") {
            Some(Value::Object(fields)) => fields,
            None => Body::new(),
            Some(_) => {
                return Err(Refusal::at("fields", "fields はオブジェクトにしてください", "fields must be an object"));
            }
        };
        let said = match self.body.remove(words) {
            Some(Value::String(said)) => Some(said.trim().to_owned()).filter(|said| !said.is_empty()),
            None | Some(Value::Null) => None,
            Some(_) => {
                return Err(Refusal::at(
                    words,
                    format!("{words} は文字列にしてください"),
                    format!("{words} must be text"),
                ));
            }
        };
        match self.body.keys().next() {
            Some(other) => Err(unknown(other)),
            None => Ok((fields, said, self.request)),
        }
    }
}

fn unknown(name: &str) -> Refusal {
    let shown: String = name.chars().take(60).collect();
    Refusal::whole(format!("「{shown}」という項目はありません"), format!("There is no field named {shown}"))
}

/// Whether pages show a field: only then do programs read or write it.
pub(super) fn shown(field: &Field) -> bool {
    !field.hidden
}

/// Refuses fields that pages don't show, and links to records that this visitor may not see. One that was chosen before
/// may stay.
pub(super) fn known(
    page: &Page,
    reading: &Reading<'_>,
    description: &Description,
    fields: &Body,
    old: Option<&Row>,
) -> Result<(), Failure> {
    let mut refusal = Refusal::default();
    for name in fields.keys().filter(|name| !description.field(name).is_some_and(shown)) {
        refusal.and(unknown(name));
    }
    // What a link may lead to is the owner's to see: a token for one register needs no other to name a unit.
    let owner = owner(page);
    let before: Vec<_> = old.map(|row| check::links(description, &row.body).collect()).unwrap_or_default();
    for (field, id) in check::links(description, fields) {
        if before.iter().any(|(other, chosen)| other.name == field.name && *chosen == id) {
            continue;
        }
        if reading.names(&owner, &[id])?.first().is_none_or(|name| name.title.is_none()) {
            refusal.and(Refusal::at(
                &field.name,
                format!("{}の選んだ記録が見つかりません。選び直してください", field.label.ja),
                format!("{}: the chosen record does not exist; choose again", field.label.en),
            ));
        }
    }
    Ok(refusal.or_ok()?)
}

fn owner(page: &Page) -> Actor {
    let mut owner = page.actor.clone();
    if let Who::Token { bounds, .. } = &mut owner.who {
        *bounds = vec![Bound { register: None, write: false }];
    }
    owner
}
