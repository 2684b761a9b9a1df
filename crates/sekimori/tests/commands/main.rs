//! The real binary, driven as an operator drives it.
#![expect(clippy::disallowed_methods, reason = "tests start the binary, and lay out files for it")]
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails where it stands")]

mod common;

mod backup;
mod bad_requests;
mod config;
mod demo;
mod doctor;
mod keys;
mod ledger;
mod policy;
mod register;
mod rollback;
mod serve;
mod server;
mod user;
mod witness;
