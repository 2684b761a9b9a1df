//! Proofs for an outsider: this entry is in the ledger; the ledger of then is the beginning of the ledger of now.

use tlog_tiles::{check_record, check_tree, prove_record, prove_tree};

use crate::{
    fault::{Fault, What},
    note::{Checkpoint, PublicKey},
    tiles::{Reader, Source},
    tree::{Frontier, Hash, MAX_SIZE},
};

/// The first line of a C2SP tlog-proof.
const HEAD: &str = "c2sp.org/tlog-proof@v1";

/// A proof that an entry is in the ledger (包含証明).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The number of the entry.
    pub seq: u64,
    /// The size of the ledger that the proof is for.
    pub size: u64,
    /// The hashes beside the way from the leaf to the root.
    pub hashes: Vec<Hash>,
}

/// A proof that a smaller ledger is the beginning of a larger one (整合性証明).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consistency {
    /// The size of the smaller ledger.
    pub old: u64,
    /// The size of the larger ledger.
    pub new: u64,
    /// The hashes from which both roots follow.
    pub hashes: Vec<Hash>,
}

/// Proves that the entry `seq` is in the ledger of `size` entries.
pub fn prove_inclusion<S: Source>(seq: u64, size: u64, source: &mut S) -> Result<Proof, S::Error> {
    if seq >= size || size > MAX_SIZE {
        return Err(Fault::from(What::OutOfRange { size }).at(seq).into());
    }
    let reader = Reader::new(source);
    match prove_record(size, seq, &reader) {
        Ok(hashes) => Ok(Proof { seq, size, hashes: ours(hashes) }),
        Err(_) => Err(reader.explain(size)),
    }
}

impl Proof {
    /// Checks the proof for a leaf, against the root of a checkpoint of the same size.
    pub fn verify(&self, leaf: Hash, root: Hash) -> Result<(), Fault> {
        check_record(&theirs(&self.hashes), self.size, plain(root), self.seq, plain(leaf))
            .map_err(|_| Fault::from(What::ProofBad).at(self.seq))
    }

    /// The proof as a file that stands alone, with the checkpoint that it leads to: a C2SP tlog-proof.
    pub fn to_text(&self, note: &str) -> String {
        let index = format!("index {}", self.seq);
        let hashes = self.hashes.iter().map(Hash::to_string);
        let lines: Vec<_> = [HEAD.to_owned(), index].into_iter().chain(hashes).collect();
        format!("{}\n\n{note}", lines.join("\n"))
    }

    /// Reads such a file and its checkpoint. The proof still has to be verified, with the leaf and the checkpoint's root.
    pub fn from_text(text: &str, key: &PublicKey) -> Result<(Self, Checkpoint), Fault> {
        let (lines, note) = text.split_once("\n\n").ok_or(What::ProofMalformed)?;
        let checkpoint = key.open(note)?;
        let proof = Self::read(lines, checkpoint.size).ok_or(What::ProofMalformed)?;
        if proof.to_text(note) == text { Ok((proof, checkpoint)) } else { Err(What::ProofMalformed.into()) }
    }

    fn read(lines: &str, size: u64) -> Option<Self> {
        let mut lines = lines.lines().skip(1);
        let seq = lines.next()?.strip_prefix("index ")?.parse().ok()?;
        let hashes = lines.map(Hash::parse).collect::<Option<_>>()?;
        Some(Self { seq, size, hashes })
    }
}

/// Proves that the ledger of `old` entries is the beginning of the ledger of `new` ones.
pub fn prove_consistency<S: Source>(old: u64, new: u64, source: &mut S) -> Result<Consistency, S::Error> {
    if old > new || new > MAX_SIZE {
        return Err(Fault::from(What::OutOfRange { size: new }).into());
    }
    if old == 0 {
        return Ok(Consistency { old, new, hashes: Vec::new() });
    }
    let reader = Reader::new(source);
    match prove_tree(new, old, &reader) {
        Ok(hashes) => Ok(Consistency { old, new, hashes: ours(hashes) }),
        Err(_) => Err(reader.explain(new)),
    }
}

impl Consistency {
    /// Checks the proof against the roots of two checkpoints of these sizes.
    pub fn verify(&self, old_root: Hash, new_root: Hash) -> Result<(), Fault> {
        let holds = if self.old == 0 {
            self.hashes.is_empty() && old_root == Frontier::new().root() && (self.new > 0 || new_root == old_root)
        } else {
            check_tree(&theirs(&self.hashes), self.new, plain(new_root), self.old, plain(old_root)).is_ok()
        };
        if holds { Ok(()) } else { Err(What::ProofBad.into()) }
    }
}

fn plain(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

fn theirs(hashes: &[Hash]) -> Vec<tlog_tiles::Hash> {
    hashes.iter().copied().map(plain).collect()
}

fn ours(hashes: Vec<tlog_tiles::Hash>) -> Vec<Hash> {
    hashes.into_iter().map(|hash| Hash(hash.0)).collect()
}
