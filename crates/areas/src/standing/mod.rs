//! Standing (遵守状況): the map of clauses and their proof. A standing is computed, never typed.

mod judge;
mod pages;
mod records;

pub use judge::{AllFacts, Map, Proven, maps};
pub use pages::{ROUTES, in_short};
pub use records::{DECLARATION, Declaration, DeclarationKind, Evidence, Strength};
