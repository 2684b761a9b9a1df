//! Documents (文書): the policy's documents, their frozen editions, clauses and terms. Sections 1, 2, 5 and 8 to 10.

mod records;

pub use records::{Clause, Document, EDITION, Edition, Term, Tier};
