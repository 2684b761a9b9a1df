//! Documents (文書): the policy's documents, their frozen editions, clauses and terms. Sections 1, 2, 5 and 8 to 10.

mod bring_in;
mod edition;
mod pages;
mod records;

pub use bring_in::{Brought, Numbered, bring_in, flat, heading, is_preliminary, look_at, understood};
pub use edition::{Current, current};
pub use pages::ROUTES;
pub use records::{Clause, Document, EDITION, Edition, Term, Tier};
