//! The audit of a whole ledger, one row after the other.

use std::collections::BTreeMap;

use crate::{
    entry::{Entry, MAX_BYTES},
    fault::{Fault, What},
    note::{Checkpoint, PublicKey},
    tree::{Frontier, Hash, leaf_hash},
};

/// A stored row of the ledger.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The row's own number.
    pub position: u64,
    /// The stored bytes of the entry.
    pub bytes: &'a [u8],
    /// The stored leaf.
    pub leaf: &'a [u8],
}

/// An audit under way (検証): feed it the rows in order, and each checkpoint before its size is passed.
///
/// A fault doesn't end it. Rows behind it are still checked one by one, so that a caller can show them all; roots, which
/// would only repeat the first fault, are no longer compared.
pub struct Audit {
    key: PublicKey,
    tree: Frontier,
    /// The number that the next row must have.
    next: u64,
    entries: u64,
    epoch: u64,
    /// The last moment that a sound clock gave.
    moment: String,
    /// Signed roots of sizes that are still to come.
    awaited: BTreeMap<u64, Hash>,
    checkpoints: u64,
    /// How far a checkpoint has confirmed the tree.
    confirmed: u64,
    /// Whether the tree is still that of the stored rows.
    whole: bool,
    first_fault: Option<Fault>,
    buffer: Vec<u8>,
}

/// The result of an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How many rows were read.
    pub entries: u64,
    /// How many checkpoints agreed.
    pub checkpoints: u64,
    /// The fault with the smallest seq.
    pub first_fault: Option<Fault>,
    /// The root over the sound rows before the first fault.
    pub root: Hash,
}

impl Audit {
    /// An audit from the first entry on.
    pub fn new(key: PublicKey) -> Self {
        Self::resume(key, Frontier::new())
    }

    /// An audit of what follows an edge, for a quick look at the last entries.
    pub fn resume(key: PublicKey, edge: Frontier) -> Self {
        Self {
            key,
            next: edge.size(),
            tree: edge,
            entries: 0,
            epoch: 0,
            moment: String::new(),
            awaited: BTreeMap::new(),
            checkpoints: 0,
            confirmed: 0,
            whole: true,
            first_fault: None,
            buffer: Vec::new(),
        }
    }

    /// Checks the next row: its number, leaf, form, own seq, epoch and time. Gives the entry, so that its bodies can be
    /// checked too.
    pub fn entry(&mut self, row: &Row<'_>) -> Result<Entry, Fault> {
        self.entries += 1;
        let expected = self.next;
        self.next = row.position.saturating_add(1);
        let checked = if row.position == expected {
            self.check(row).map_err(|fault| fault.at(expected))
        } else {
            Err(Fault::from(What::Gap { found: row.position }).at(expected))
        };
        checked.map_err(|fault| self.break_off(fault))
    }

    fn check(&mut self, row: &Row<'_>) -> Result<Entry, Fault> {
        if row.bytes.len() > MAX_BYTES {
            return Err(What::TooLarge { bytes: row.bytes.len() }.into());
        }
        let leaf = leaf_hash(row.bytes);
        if leaf.0 != row.leaf {
            return Err(What::LeafMismatch.into());
        }
        let entry = Entry::read(row.bytes, &mut self.buffer)?;
        if entry.seq != row.position {
            return Err(What::Misplaced { found: entry.seq }.into());
        }
        if entry.epoch < self.epoch {
            return Err(What::EpochBackwards.into());
        }
        self.epoch = entry.epoch;
        if entry.clock_ok {
            if entry.ts < self.moment {
                return Err(What::TimeBackwards.into());
            }
            self.moment.clone_from(&entry.ts);
        }
        if self.whole {
            self.tree.push(leaf);
            if let Some(root) = self.awaited.remove(&self.tree.size()) {
                self.compare(root)?;
            }
        }
        Ok(entry)
    }

    /// Takes a checkpoint whose size has not been passed yet; its root is compared when that size is reached.
    pub fn checkpoint(&mut self, note: &str) -> Result<Checkpoint, Fault> {
        let opened = self.key.open(note).map_err(|fault| self.keep(fault))?;
        if !self.whole {
            return Ok(opened);
        }
        let size = opened.size;
        if size < self.tree.size() {
            return Err(self.keep(What::CheckpointLate { size }.into()));
        }
        if size == self.tree.size() {
            self.compare(opened.root).map_err(|fault| self.break_off(fault))?;
        } else if self.awaited.insert(size, opened.root).is_some_and(|other| other != opened.root) {
            return Err(self.keep(Fault::from(What::CheckpointsDiffer { size }).at(self.confirmed)));
        }
        Ok(opened)
    }

    /// Compares the tree with a signed root of its size.
    fn compare(&mut self, root: Hash) -> Result<(), Fault> {
        let size = self.tree.size();
        if self.tree.root() != root {
            return Err(Fault::from(What::CheckpointMismatch { size }).at(self.confirmed));
        }
        self.checkpoints += 1;
        self.confirmed = size;
        Ok(())
    }

    /// Takes a fault that the caller found, such as a body that isn't the promised one.
    pub fn keep(&mut self, fault: Fault) -> Fault {
        let place = |fault: &Fault| fault.seq.unwrap_or(u64::MAX);
        if self.first_fault.as_ref().is_none_or(|first| place(&fault) < place(first)) {
            self.first_fault = Some(fault.clone());
        }
        fault
    }

    fn break_off(&mut self, fault: Fault) -> Fault {
        self.whole = false;
        self.keep(fault)
    }

    /// Ends the audit: the stored edge must be the one that the rows give, and no checkpoint may promise more of them.
    pub fn finish(mut self, stored: &Frontier) -> Verdict {
        let size = self.tree.size();
        if self.whole {
            let promised = self.awaited.keys().last().copied().unwrap_or(0).max(stored.size());
            if promised > size {
                self.break_off(Fault::from(What::Missing { promised }).at(size));
            } else if *stored != self.tree {
                self.break_off(Fault::from(What::FrontierMismatch { stored: stored.size() }).at(self.confirmed));
            }
        }
        Verdict {
            entries: self.entries,
            checkpoints: self.checkpoints,
            first_fault: self.first_fault,
            root: self.tree.root(),
        }
    }
}
