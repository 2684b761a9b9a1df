//! Text to documents, clauses and definitions; standing; pure.
//!
//! [`read`] understands a policy's text, [`match_ids`] keeps the ids of its clauses over new editions, and [`standing`]
//! says how a clause stands on a day.

mod head;
mod lines;
mod matching;
mod numbering;
mod reading;
mod sections;
pub mod standing;
mod subjects;
mod tree;

pub use matching::match_ids;
pub use reading::{Reading, Section, Unreadable, Unsure, read};
pub use subjects::{Definition, Entry, Measure};
