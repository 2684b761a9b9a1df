//! The audit of a whole ledger, one row after the other.

use std::collections::BTreeMap;

use crate::{
    entry::Entry,
    fault::{Fault, What},
    note::{Checkpoint, PublicKey},
    tree::{Frontier, Hash, Head, leaf_hash},
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
/// A fault doesn't end it: what follows is still checked, so that a caller can show every fault. Only roots are compared
/// no longer once a row is missing, its bytes aren't those of its leaf, or a root differed: they would repeat the fault.
pub struct Audit {
    key: PublicKey,
    tree: Frontier,
    /// The number that the next row must have.
    next: u64,
    entries: u64,
    /// The epoch of the last entry; not known where the audit began in the middle.
    epoch: Option<u64>,
    /// The last moment that a sound clock gave.
    moment: String,
    /// Roots of sizes and epochs that are still to come.
    awaited: BTreeMap<(u64, u64), Hash>,
    checkpoints: u64,
    /// The size of the largest of them.
    signed: u64,
    /// Heads of what the ledger itself says was lost.
    lost: u64,
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
    /// The largest size that a checkpoint was given for.
    pub signed: u64,
    /// The epoch of the last entry.
    pub epoch: u64,
    /// How many heads belong to what was lost before a new epoch began, as its first entry says.
    pub lost: u64,
    /// The first fault in the order of the ledger.
    pub first_fault: Option<Fault>,
    /// The root over the rows, up to where the tree broke.
    pub root: Hash,
}

impl Audit {
    /// An audit from the first entry on.
    pub fn new(key: PublicKey) -> Self {
        Self { epoch: Some(0), ..Self::resume(key, Frontier::new()) }
    }

    /// An audit of what follows an edge, for a quick look at the last entries.
    pub fn resume(key: PublicKey, edge: Frontier) -> Self {
        Self {
            key,
            next: edge.size(),
            tree: edge,
            entries: 0,
            epoch: None,
            moment: String::new(),
            awaited: BTreeMap::new(),
            checkpoints: 0,
            signed: 0,
            lost: 0,
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
        if row.position != expected {
            self.whole = false;
            return Err(self.keep(Fault::from(What::Gap { found: row.position }).at(expected)));
        }
        self.check(row).map_err(|fault| self.keep(fault.at(expected)))
    }

    fn check(&mut self, row: &Row<'_>) -> Result<Entry, Fault> {
        let leaf = leaf_hash(row.bytes);
        if leaf.0 != row.leaf {
            self.whole = false;
            return Err(What::LeafMismatch.into());
        }
        // The tree grows whatever the bytes say, but a fault in them says more than the root that they change.
        let read = self.read(row);
        let opened = read.as_ref().map_or(Ok(()), |entry| self.open(entry));
        let grown = self.grow(leaf);
        let entry = read?;
        opened.and(grown).map(|()| entry)
    }

    /// Adds a leaf to the tree, and compares the root that is awaited there.
    fn grow(&mut self, leaf: Hash) -> Result<(), Fault> {
        if !self.whole {
            return Ok(());
        }
        self.tree.push(leaf);
        let size = self.tree.size();
        let mut compared = Ok(());
        while let Some(awaited) = self.awaited.first_entry().filter(|awaited| awaited.key().0 == size) {
            let root = awaited.remove();
            compared = compared.and(self.compare(root));
        }
        compared
    }

    /// Takes an entry's word for its epoch: a new one must name the last head of the one before, and from then on heads
    /// of that one which lie beyond what is left can't be asked for any more.
    fn open(&mut self, entry: &Entry) -> Result<(), Fault> {
        let known = self.epoch.replace(entry.epoch).unwrap_or(entry.epoch);
        let Some(former) = entry.former else {
            return if entry.epoch == known { Ok(()) } else { Err(What::EpochUnexplained.into()) };
        };
        let follows = entry.epoch > known && entry.epoch == former.epoch + 1;
        let longer = former.epoch != known || former.size > entry.seq;
        let continued = former.size == entry.seq && (!self.whole || former.root == self.tree.root());
        if !follows || !(longer || continued) {
            return Err(What::EpochUnexplained.into());
        }
        let mut differs = Ok(());
        let lost = &mut self.lost;
        self.awaited.retain(|&(size, epoch), root| {
            if epoch >= entry.epoch || size <= entry.seq {
                return true;
            }
            let beyond = epoch == former.epoch && (size > former.size || (size == former.size && *root != former.root));
            if beyond && differs.is_ok() {
                differs = Err(What::MoreWasLost { size }.into());
            }
            *lost += u64::from(!beyond);
            false
        });
        differs
    }

    /// Reads an entry, and checks what it says of its place in the order.
    fn read(&mut self, row: &Row<'_>) -> Result<Entry, Fault> {
        let entry = Entry::read(row.bytes, &mut self.buffer)?;
        if entry.seq != row.position {
            return Err(What::Misplaced { found: entry.seq }.into());
        }
        if self.epoch.is_some_and(|epoch| entry.epoch < epoch) {
            return Err(What::EpochBackwards.into());
        }
        if entry.clock_ok {
            if entry.ts < self.moment {
                return Err(What::TimeBackwards.into());
            }
            self.moment.clone_from(&entry.ts);
        }
        Ok(entry)
    }

    /// Takes a checkpoint whose size has not been passed yet; its root is compared when that size is reached.
    pub fn checkpoint(&mut self, note: &str) -> Result<Checkpoint, Fault> {
        let opened = self.key.open(note).map_err(|fault| self.keep(fault))?;
        self.expect(opened.head(), What::CheckpointsDiffer { size: opened.size })?;
        self.signed = self.signed.max(opened.size);
        Ok(opened)
    }

    /// Takes a head that somebody holds outside, such as on paper: as [`Audit::checkpoint`], but nobody signed it.
    pub fn held(&mut self, head: Head) -> Result<(), Fault> {
        self.expect(head, What::CheckpointMismatch { size: head.size })
    }

    fn expect(&mut self, Head { epoch, root, size }: Head, differs: What) -> Result<(), Fault> {
        if !self.whole {
            return Ok(());
        }
        if size < self.tree.size() {
            return Err(self.keep(What::CheckpointLate { size }.into()));
        }
        if size == self.tree.size() {
            return self.compare(root).map_err(|fault| self.keep(fault));
        }
        let known = *self.awaited.entry((size, epoch)).or_insert(root);
        if known == root { Ok(()) } else { Err(self.keep(Fault::from(differs).at(self.confirmed))) }
    }

    /// Compares the tree with a signed root of its size.
    fn compare(&mut self, root: Hash) -> Result<(), Fault> {
        let size = self.tree.size();
        if self.tree.root() != root {
            self.whole = false;
            return Err(Fault::from(What::CheckpointMismatch { size }).at(self.confirmed));
        }
        self.checkpoints += 1;
        self.confirmed = size;
        Ok(())
    }

    /// Takes a fault that the caller found, such as a body that isn't the promised one.
    pub fn keep(&mut self, fault: Fault) -> Fault {
        if self.first_fault.as_ref().is_none_or(|first| place(&fault) < place(first)) {
            self.first_fault = Some(fault.clone());
        }
        fault
    }

    /// Ends the audit: the stored edge must be the one that the rows give, and no checkpoint may promise more of them.
    pub fn finish(mut self, stored: &Frontier) -> Verdict {
        let size = self.tree.size();
        if self.whole {
            let promised = self.awaited.keys().last().map_or(0, |&(size, _)| size).max(stored.size());
            if promised > size {
                self.keep(Fault::from(What::Missing { promised }).at(size));
            } else if *stored != self.tree {
                self.keep(Fault::from(What::FrontierMismatch { stored: stored.size() }).at(self.confirmed));
            }
        }
        Verdict {
            entries: self.entries,
            checkpoints: self.checkpoints,
            signed: self.signed,
            epoch: self.epoch.unwrap_or(0),
            lost: self.lost,
            first_fault: self.first_fault,
            root: self.tree.root(),
        }
    }
}

/// Where a fault lies in the order of the ledger. A differing root says only that something is wrong before its size, so
/// a fault of one row before it comes first.
fn place(fault: &Fault) -> u64 {
    match fault.what {
        What::CheckpointMismatch { size } | What::CheckpointsDiffer { size } => size,
        What::FrontierMismatch { stored } => stored,
        _ => fault.seq.unwrap_or(u64::MAX),
    }
}
