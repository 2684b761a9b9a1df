//! The laws of the ledger, tried on its public face only, as an outside auditor would.

#![cfg(test)]

mod audit;
mod entry;
mod house;
mod note;
mod proof;
mod tree;
mod witness;
