//! Standing (遵守状況): the map of clauses and their proof. A standing is computed, never typed.

mod records;

pub use records::{DECLARATION, Declaration, DeclarationKind, Evidence, Strength};
