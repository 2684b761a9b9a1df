//! The ledger (操作記録): a Merkle log that shows whether any line was changed, removed, added or moved.
//!
//! Pure: bytes in, bytes out. It does no I/O and reads no clock, so an outside auditor can read it alone. An [`Entry`]
//! becomes bytes, bytes become a leaf, leaves grow a [`Frontier`], its root is signed as a checkpoint by a [`Signer`],
//! single entries are shown to others by a [`Proof`], and an [`Audit`] goes over the whole again.
//!
//! The formats are public ones: RFC 8785 (canonical JSON), RFC 6962 (tree and proofs), C2SP signed note, checkpoint,
//! tlog-tiles and tlog-proof.

mod entry;
mod fault;

mod tree;

mod note;

mod proof;
mod tiles;

mod audit;

pub use audit::{Audit, Row, Verdict};
pub use entry::{Commitment, Entry, MAX_BYTES, Object, Salt, check_body, commitment};
pub use fault::{Fault, What};
pub use note::{Checkpoint, PublicKey, Signer};
pub use proof::{Consistency, Proof, prove_consistency, prove_inclusion};
pub use tiles::{Source, Tile, frontier_at, tiles_between};
pub use tree::{Frontier, Hash, MAX_SIZE, Node, leaf_hash};
