//! Registers (台帳): records, links, lifecycles, search, permits, and the writer that keeps them with the ledger.
//!
//! A register is described once, by a struct or as data; lists, forms, exchange, search and access follow from the
//! description. Every change goes through [`writer::Writer`], which writes the record and its entry in one transaction.
//! This is the only crate that knows SQL.

pub mod blob;
pub mod built_in;
pub mod change;
pub mod check;
pub mod decision;
pub mod describe;
pub mod exchange;
pub mod find;
mod flat;
pub mod follow;
pub mod heads;
pub mod json;
pub mod judge;
pub mod lifecycle;
pub mod list;
pub mod own;
pub mod permit;
pub mod proof;
pub mod record;
pub mod say;
pub mod sealed;
pub mod store;
mod word;
pub mod writer;

pub use describe::Description;
pub use flat::Scales;
pub use record::{Body, Choice, Link, LinkAny, Record, Registers, Scale, body_of};
pub use say::{Failure, Refusal, Say};
pub use store::Store;
pub use word::{List, Word, Words};
