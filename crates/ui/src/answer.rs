//! Answers: the one place where refusals and failures become HTTP status codes.

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use register::say::Problem;
use register::{Failure, Refusal};

use crate::say::{Lang, answer as text};

/// What a handler gives back.
pub type Answer<T = Response> = Result<T, Oops>;

/// A failure on its way to the person. The page around it is made where the language is known.
#[derive(Debug)]
pub struct Oops(pub Failure);

impl<T: Into<Failure>> From<T> for Oops {
    fn from(failure: T) -> Self {
        Self(failure.into())
    }
}

impl Oops {
    /// The same page under another status.
    pub(crate) fn with(self, status: StatusCode) -> Response {
        let mut response = self.into_response();
        *response.status_mut() = status;
        response
    }
}

/// What the page of a failure says; travels with the response to where it is dressed.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) failure: Failure,
    /// Number to quote, for what is ours to mend.
    pub(crate) number: String,
}

impl Said {
    /// Its title, and what to do next.
    pub(crate) fn in_(&self, lang: Lang) -> (&'static str, String) {
        let (title, words) = match &self.failure {
            Failure::Refusal(refusal) => {
                let one = |problem: &Problem| if lang == Lang::Ja { &problem.say.ja } else { &problem.say.en }.clone();
                return (text::REFUSAL.in_(lang), refusal.problems.iter().map(one).collect::<Vec<_>>().join(" "));
            }
            Failure::Refused => (text::REFUSED, text::REFUSED_HOW),
            Failure::Moved { .. } => (text::MOVED, text::MOVED_HOW),
            Failure::Missing => (text::MISSING, text::MISSING_HOW),
            Failure::Full => (text::FULL, text::FULL_HOW),
            Failure::Busy => (text::BUSY, text::BUSY_HOW),
            Failure::Unknown => (text::UNKNOWN, text::UNKNOWN_HOW),
            Failure::Closed => (text::CLOSED, text::CLOSED_HOW),
            Failure::Broken(_) => {
                return (text::BROKEN.in_(lang), format!("{} {}", text::BROKEN_HOW.in_(lang), self.number));
            }
        };
        (title.in_(lang), words.in_(lang).to_owned())
    }
}

/// The status code of a failure.
pub fn status(failure: &Failure) -> StatusCode {
    match failure {
        Failure::Refusal(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Failure::Refused => StatusCode::FORBIDDEN,
        Failure::Moved { .. } => StatusCode::CONFLICT,
        Failure::Missing => StatusCode::NOT_FOUND,
        Failure::Full => StatusCode::INSUFFICIENT_STORAGE,
        Failure::Busy | Failure::Unknown | Failure::Closed => StatusCode::SERVICE_UNAVAILABLE,
        Failure::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        let number: String = base::random::token().chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        if let Failure::Broken(why) = &self.0 {
            tracing::error!(number, why, "request failed ({number}): {why}");
        }
        let mut response = status(&self.0).into_response();
        if matches!(self.0, Failure::Busy | Failure::Unknown) {
            response.headers_mut().insert(RETRY_AFTER, "5".parse().expect("digits are a header value"));
        }
        response.extensions_mut().insert(Said { failure: self.0, number });
        response
    }
}

/// A refusal that has no form to be shown in.
pub fn refuse(ja: &str, en: &str) -> Oops {
    Oops(Failure::Refusal(Refusal::whole(ja, en)))
}
