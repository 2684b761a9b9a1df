//! The ledger (操作記録): a Merkle log that shows whether any line was changed, removed, added or moved.
//!
//! Pure: bytes in, bytes out. It does no I/O and reads no clock, so an outside auditor can read it alone. An [`Entry`]
//! becomes bytes, bytes become a leaf, leaves grow a [`Frontier`], its root is signed as a checkpoint by a [`Signer`],
//! single entries are shown to others by a [`Proof`], and an [`Audit`] goes over the whole again.
//!
//! ```
//! use ledger::{Audit, Entry, Frontier, Row, Signer, leaf_hash};
//!
//! let line = r#"{"action":"create","actor":"q7c2","approvals":[],"build":"0.1.0","clauses":[],"clock_ok":true,"epoch":0,"object":{"id":"x1","register":"asset","rev":1},"request_id":"r0","seq":0,"ts":"2026-11-24T07:40:27.123Z","v":1}"#;
//! let bytes = Entry::from_bytes(line.as_bytes())?.to_bytes();
//! let leaf = leaf_hash(&bytes);
//!
//! let signer = Signer::generate("sekimori/7k2m", [7; 32])?;
//! let mut edge = Frontier::new();
//! edge.push(leaf);
//! let note = signer.sign(0, edge.size(), edge.root());
//!
//! let mut audit = Audit::new(signer.public());
//! audit.checkpoint(&note)?;
//! audit.entry(&Row { position: 0, bytes: &bytes, leaf: &leaf.0 })?;
//! assert_eq!(audit.finish(&edge).first_fault, None);
//! # Ok::<(), ledger::Fault>(())
//! ```
//!
//! The formats are public ones: RFC 8785 (canonical JSON), RFC 6962 (tree and proofs), C2SP signed note, checkpoint,
//! tlog-tiles, tlog-proof, tlog-cosignature and tlog-witness.

mod entry;
mod fault;

mod tree;

mod note;

mod proof;
mod tiles;

mod witness;

mod audit;

pub use audit::{Audit, Row, Verdict};
pub use entry::{Commitment, Entry, MAX_BYTES, Object, Salt, check_body, commitment};
pub use fault::{Fault, What};
pub use note::{Checkpoint, PublicKey, Signer};
pub use proof::{Consistency, Proof, prove_consistency, prove_inclusion};
pub use tiles::{Source, Tile, frontier_at, tiles_between};
pub use tree::{Frontier, Hash, Head, MAX_SIZE, Node, leaf_hash};
pub use witness::{Asked, Cosigner, Denied, WitnessKey};
