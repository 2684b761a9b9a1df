//! What the tests build on: entries of any content, a ledger in memory, a key.

use std::ops::Range;

use ledger::{Commitment, Entry, Fault, Frontier, Hash, Head, Object, PublicKey, Row, Signer, Source, leaf_hash};
use proptest::{collection::vec, option, prelude::*};

pub(crate) fn signer() -> Signer {
    Signer::generate("sekimori/7k2m", [7; 32]).unwrap()
}

pub(crate) fn key() -> PublicKey {
    signer().public()
}

/// The moment so many milliseconds after the start.
pub(crate) fn moment(ms: u64) -> String {
    let (second, minute, hour) = (ms / 1000, ms / 60_000, ms / 3_600_000);
    format!("2026-11-24T{:02}:{:02}:{:02}.{:03}Z", hour % 24, minute % 60, second % 60, ms % 1000)
}

/// A plain entry.
pub(crate) fn entry(seq: u64) -> Entry {
    Entry {
        action: "edit".into(),
        actor: "q7c2".into(),
        after: Some(Commitment([1; 32])),
        approvals: vec![],
        auth: Some("password".into()),
        before: None,
        build: "0.1.0".into(),
        clauses: vec!["asset-ownership".into()],
        clock_ok: true,
        epoch: 0,
        former: None,
        object: Object { id: "x1".into(), register: "asset".into(), rev: 2 },
        reason: None,
        request_id: format!("r{seq}"),
        role: Some("Manager".into()),
        seq,
        session: Some("ab12".into()),
        ts: moment(seq * 7),
        v: 1,
        zone: None,
    }
}

/// Entries of any text, also with quotes, control characters and Japanese.
pub(crate) fn any_entry() -> impl Strategy<Value = Entry> {
    let text = || "(?s).{0,12}|[\\x00-\\x1f\"\\\\/\\x7f]{0,4}|[ぁ-ん漢字😀]{0,6}";
    let maybe = move || option::of(text());
    let commitment = || option::of(any::<[u8; 32]>().prop_map(Commitment));
    let who = (text(), text(), maybe(), maybe(), maybe(), maybe());
    let what = (text(), text(), 0..1_u64 << 53, commitment(), commitment(), commitment());
    let rest = (vec(text(), 0..3), vec(text(), 0..3), text(), text(), any::<bool>(), 0..86_400_000_u64);
    (who, what, rest, 0..1_u64 << 53, 0..1_u64 << 53).prop_map(|(who, what, rest, epoch, seq)| Entry {
        action: who.0,
        actor: who.1,
        after: what.3,
        approvals: rest.0,
        auth: who.2,
        before: what.4,
        build: rest.2,
        clauses: rest.1,
        clock_ok: rest.4,
        epoch,
        former: None,
        object: Object { id: what.0, register: what.1, rev: what.2 },
        reason: what.5,
        request_id: rest.3,
        role: who.3,
        seq,
        session: who.4,
        ts: moment(rest.5),
        v: 1,
        zone: who.5,
    })
}

/// A row as a database would hold it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    pub(crate) position: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) leaf: Vec<u8>,
}

impl Stored {
    pub(crate) fn new(entry: &Entry) -> Self {
        let bytes = entry.to_bytes();
        Self { position: entry.seq, leaf: leaf_hash(&bytes).0.to_vec(), bytes }
    }

    pub(crate) fn row(&self) -> Row<'_> {
        Row { position: self.position, bytes: &self.bytes, leaf: &self.leaf }
    }
}

/// Any entries in a sound order of seq, epoch and time.
pub(crate) fn any_rows(count: Range<usize>) -> impl Strategy<Value = Vec<Stored>> {
    vec((any_entry(), 0..2_u64, 0..10_000_u64), count).prop_map(|entries| {
        let (mut epoch, mut ms, mut edge) = (0, 0, Frontier::new());
        let rows = entries.into_iter().enumerate().map(|(seq, (entry, next_epoch, later))| {
            let former = (next_epoch > 0).then(|| Head { epoch, root: edge.root(), size: edge.size() });
            epoch += next_epoch;
            ms += later;
            let ts = if entry.clock_ok { moment(ms) } else { entry.ts };
            let stored = Stored::new(&Entry { seq: seq as u64, epoch, former, ts, ..entry });
            edge.push(leaf_hash(&stored.bytes));
            stored
        });
        rows.collect()
    })
}

/// Leaves and finished nodes in memory, as the register keeps them in tables.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) edge: Frontier,
    pub(crate) levels: Vec<Vec<Hash>>,
}

impl Memory {
    pub(crate) fn of(size: u64) -> Self {
        let mut memory = Self::default();
        (0..size).for_each(|seq| memory.push(leaf(seq)));
        memory
    }

    pub(crate) fn push(&mut self, leaf: Hash) {
        self.put(0, leaf);
        for node in self.edge.push(leaf) {
            self.put(node.level.into(), node.hash);
            assert_eq!(self.levels[usize::from(node.level)].len() as u64, node.index + 1);
        }
    }

    fn put(&mut self, level: usize, hash: Hash) {
        self.levels.resize_with(self.levels.len().max(level + 1), Vec::new);
        self.levels[level].push(hash);
    }
}

impl Source for Memory {
    type Error = Fault;

    fn hashes(&mut self, level: u8, range: Range<u64>) -> Result<Vec<Hash>, Fault> {
        assert_eq!(range.start >> 8, (range.end - 1) >> 8, "a range lies within one tile");
        let row = self.levels.get(usize::from(level)).map_or(&[][..], Vec::as_slice);
        let end = row.len().min(usize::try_from(range.end).unwrap());
        Ok(row.get(usize::try_from(range.start).unwrap()..end).unwrap_or_default().to_vec())
    }
}

/// The leaf of a small entry.
pub(crate) fn leaf(seq: u64) -> Hash {
    leaf_hash(&seq.to_be_bytes())
}
