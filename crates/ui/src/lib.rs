//! The user interface (画面): parts, pages for every register, sign-in, sessions, and the one table of routes.
//!
//! No domain nouns live here: what a page is about comes from the registers' descriptions. This is the only crate that
//! turns refusals and failures into HTTP status codes.

pub mod answer;
pub mod api;
pub mod app;
pub mod pages;
pub mod parts;
pub mod route;
pub mod say;
pub mod sign_in;
pub mod visit;

pub use answer::{Answer, Oops};
pub use app::{App, Areas, Known, Place};
pub use route::{Guard, Limits, Route};
pub use visit::{Page, Posted};
