//! The Merkle tree of RFC 6962: hashes and the right edge that grows.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use sha2::{Digest, Sha256};

use crate::fault::{Fault, What};

/// The most entries that a ledger can hold, and one more than the largest number in it: canonical JSON ends at 2^53.
pub const MAX_SIZE: u64 = 1 << 53;

/// A SHA-256 hash of a leaf, a node or a root. Shown in base64, as in C2SP's formats.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash in hexadecimal digits.
    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// Reads the form that `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(<&str>::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not a hash in base64"))
    }
}

/// A head of the ledger (頂点): how many entries there were in which epoch, and the root over them. The fields are in the
/// order of canonical JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The epoch of the last entry.
    pub epoch: u64,
    /// The root over the entries.
    pub root: Hash,
    /// How many entries.
    pub size: u64,
}

/// The leaf of an entry's bytes.
pub fn leaf_hash(entry_bytes: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(entry_bytes).finalize().into())
}

/// The parent of two nodes.
pub(crate) fn node_hash(left: Hash, right: Hash) -> Hash {
    let mut both = [1; 65];
    both[1..33].copy_from_slice(&left.0);
    both[33..].copy_from_slice(&right.0);
    Hash(Sha256::digest(both).into())
}

/// The top of a finished tile: a subtree over 256^`level` entries. Derived, so a lost one can be computed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// How many tiles high the subtree is: 1 stands over 256 leaves, 2 over 65,536.
    pub level: u8,
    /// Its place among the subtrees of its level.
    pub index: u64,
    /// Its hash.
    pub hash: Hash,
}

/// The right edge of the tree: at most 54 hashes, from which it grows without its past.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// The tops of the full subtrees, largest first: one for each 1 in the binary form of `size`.
    tops: Vec<Hash>,
}

impl Frontier {
    /// The edge of the empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a leaf. Gives the nodes that it finishes: none but once in 256 entries, so storing them costs next to
    /// nothing, and together they spare reading old leaves for a proof.
    pub fn push(&mut self, leaf: Hash) -> Vec<Node> {
        let mut finished = Vec::new();
        let mut top = leaf;
        for height in 1..=self.size.trailing_ones() {
            let left = self.tops.pop().expect("each 1 in the size has its top");
            top = node_hash(left, top);
            if height % 8 == 0 {
                let level = u8::try_from(height / 8).expect("a height is below 64");
                finished.push(Node { level, index: self.size >> height, hash: top });
            }
        }
        self.tops.push(top);
        self.size += 1;
        finished
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut tops = self.tops.iter().rev().copied();
        let Some(last) = tops.next() else { return Hash(Sha256::digest([]).into()) };
        tops.fold(last, |right, left| node_hash(left, right))
    }

    /// The stored form: the size in 8 bytes (big-endian), then the hashes, largest subtree first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let tops = self.tops.iter().flat_map(|top| top.0);
        self.size.to_be_bytes().into_iter().chain(tops).collect()
    }

    /// Reads the stored form; the number of hashes must be the one that the size asks for.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        let (size, tops) = bytes.split_first_chunk().ok_or(What::FrontierMalformed)?;
        let (tops, rest) = tops.as_chunks::<32>();
        let tops = tops.iter().copied().map(Hash).collect();
        if rest.is_empty() {
            Self::from_tops(u64::from_be_bytes(*size), tops)
        } else {
            Err(What::FrontierMalformed.into())
        }
    }

    /// An edge from the tops of its full subtrees, largest first.
    pub(crate) fn from_tops(size: u64, tops: Vec<Hash>) -> Result<Self, Fault> {
        let fits = size <= MAX_SIZE && tops.len() == size.count_ones() as usize;
        if fits { Ok(Self { size, tops }) } else { Err(What::FrontierMalformed.into()) }
    }
}
