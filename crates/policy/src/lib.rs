//! Text to documents, clauses and definitions; standing; pure.

pub mod standing;
