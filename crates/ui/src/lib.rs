//! Page shell, forms, tables, sign-in, sessions and the routes table; no domain nouns.

pub mod parts;
pub mod say;
