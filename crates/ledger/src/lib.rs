//! Merkle log of entries: bytes, frontier, checkpoints, proofs, verify; pure.
