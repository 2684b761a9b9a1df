//! Dev only: a house for a test, with the real router, people who are signed in, builders and a fixed clock.

mod client;
mod database;
mod house;
mod sample;

pub use client::{Client, Seen};
pub use database::Database;
pub use house::{APP, Build, House, Login, POLICY, app};
pub use sample::{fields, sample};

/// A day.
pub fn date(text: &str) -> base::date::Date {
    text.parse().expect("a test writes its days as 2026-11-24")
}
