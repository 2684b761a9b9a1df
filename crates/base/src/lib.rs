//! Clock, ids, durable files, secrets at rest, Japanese text and calendar; no domain nouns.
//!
//! The only crate that reads the clock and the random source: everything else is given a [`clock::Clock`] and asks
//! [`random`].

pub mod calendar;
pub mod clock;
pub mod date;
pub mod durable;
pub mod id;
pub mod random;
pub mod secrets;
pub mod text;
