use ledger::{Audit, Entry, Fault, Frontier, Hash, Head, Verdict, What, frontier_at, leaf_hash};
use proptest::{collection::btree_set, prelude::*, sample::Index};

use crate::house::{Memory, Stored, any_rows, entry, key, moment, signer};

/// A ledger as stored: rows, notes in order of size, the edge.
#[derive(Debug, Clone)]
struct Ledger {
    rows: Vec<Stored>,
    notes: Vec<(usize, String)>,
    edge: Frontier,
}

impl Ledger {
    fn new(rows: Vec<Stored>, sizes: impl IntoIterator<Item = usize>) -> Self {
        let edge_of = |rows: &[Stored]| {
            let mut edge = Frontier::new();
            for row in rows {
                edge.push(leaf_hash(&row.bytes));
            }
            edge
        };
        let epoch = |size: usize| rows[..size].last().map_or(0, |row| Entry::from_bytes(&row.bytes).unwrap().epoch);
        let note = |size: usize| (size, signer().sign(epoch(size), size as u64, edge_of(&rows[..size]).root()));
        let notes = sizes.into_iter().map(note).collect();
        Self { notes, edge: edge_of(&rows), rows }
    }

    fn plain(size: u64) -> Self {
        Self::of((0..size).map(entry))
    }

    fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        Self::new(entries.into_iter().map(|entry| Stored::new(&entry)).collect(), [])
    }

    fn audit(&self) -> Verdict {
        let mut audit = Audit::new(key());
        let mut notes = self.notes.iter().peekable();
        for (passed, row) in self.rows.iter().enumerate() {
            while let Some((_, note)) = notes.next_if(|(size, _)| *size <= passed + 1) {
                // Faults are kept in the verdict.
                drop(audit.checkpoint(note));
            }
            drop(audit.entry(&row.row()));
        }
        notes.for_each(|(_, note)| drop(audit.checkpoint(note)));
        audit.finish(&self.edge)
    }

    fn first_fault(&self) -> Option<(u64, What)> {
        self.audit().first_fault.map(|fault| (fault.seq.expect("tampering has a place"), fault.what))
    }

    /// The largest checkpoint that a change of this row leaves true.
    fn confirmed(&self, row: usize) -> u64 {
        self.notes.iter().map(|(size, _)| *size as u64).filter(|&size| size <= row as u64).max().unwrap_or(0)
    }
}

fn any_ledger(count: std::ops::Range<usize>) -> impl Strategy<Value = Ledger> {
    any_rows(count).prop_flat_map(|rows| {
        let sizes = btree_set(0..=rows.len(), 0..4);
        (Just(rows), sizes).prop_map(|(rows, sizes)| Ledger::new(rows, sizes))
    })
}

/// The same in its first epoch: the first entry of a later one holds the root before it, as a checkpoint does.
fn any_first_epoch(count: std::ops::Range<usize>) -> impl Strategy<Value = Ledger> {
    any_ledger(count).prop_map(|ledger| {
        let entry = |row: &Stored| Entry::from_bytes(&row.bytes).unwrap();
        let first = |row| Stored::new(&Entry { epoch: 0, former: None, ..entry(row) });
        Ledger::new(ledger.rows.iter().map(first).collect(), ledger.notes.iter().map(|(size, _)| *size))
    })
}

proptest! {
    #[test]
    fn a_sound_ledger_gives_no_alarm(ledger in any_ledger(0..40)) {
        let verdict = ledger.audit();
        prop_assert_eq!(verdict.first_fault, None);
        prop_assert_eq!(verdict.root, ledger.edge.root());
        prop_assert_eq!(verdict.entries, ledger.rows.len() as u64);
        prop_assert_eq!(verdict.checkpoints, ledger.notes.len() as u64);
    }

    #[test]
    fn a_flipped_bit_is_found_in_its_row(ledger in any_ledger(1..20), row: Index, byte: Index, bit in 0..8) {
        let row = row.index(ledger.rows.len());
        let found = Some((row as u64, What::LeafMismatch));
        let mut changed = ledger.clone();
        let bytes = &mut changed.rows[row].bytes;
        let at = byte.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        prop_assert_eq!(changed.first_fault(), found);
        let mut changed = ledger;
        changed.rows[row].leaf[byte.index(32)] ^= 1_u8 << bit;
        prop_assert_eq!(changed.first_fault(), found);
    }

    #[test]
    fn a_removed_row_is_found(mut ledger in any_ledger(1..20), row: Index) {
        let (row, promised) = (row.index(ledger.rows.len()), ledger.edge.size());
        ledger.rows.remove(row);
        let at_the_end = row == ledger.rows.len();
        let what = if at_the_end { What::Missing { promised } } else { What::Gap { found: row as u64 + 1 } };
        prop_assert_eq!(ledger.first_fault(), Some((row as u64, what)));
        // Closing the gap in the numbers of the rows doesn't help: each entry holds its own.
        for (position, row) in ledger.rows.iter_mut().enumerate() {
            row.position = position as u64;
        }
        let what = if at_the_end { What::Missing { promised } } else { What::Misplaced { found: row as u64 + 1 } };
        prop_assert_eq!(ledger.first_fault(), Some((row as u64, what)));
    }

    #[test]
    fn swapped_rows_are_found(ledger in any_ledger(2..20), one: Index, other: Index) {
        let (one, other) = (one.index(ledger.rows.len()), other.index(ledger.rows.len()));
        prop_assume!(one != other);
        let (first, second) = (one.min(other) as u64, one.max(other) as u64);
        let mut swapped = ledger;
        swapped.rows.swap(one, other);
        prop_assert_eq!(swapped.first_fault(), Some((first, What::Gap { found: second })));
        swapped.rows[one].position = one as u64;
        swapped.rows[other].position = other as u64;
        prop_assert_eq!(swapped.first_fault(), Some((first, What::Misplaced { found: second })));
    }

    #[test]
    fn a_cut_off_end_is_found_while_the_edge_or_a_checkpoint_remembers_it(ledger in any_ledger(1..20), to: Index) {
        let (to, promised) = (to.index(ledger.rows.len()), ledger.edge.size());
        let mut cut = ledger.clone();
        cut.rows.truncate(to);
        prop_assert_eq!(cut.first_fault(), Some((to as u64, What::Missing { promised })));
        // Whoever also cuts the edge back is found by the checkpoints, and only by them.
        cut.edge = Ledger::new(cut.rows.clone(), []).edge;
        let newest = ledger.notes.iter().map(|(size, _)| *size as u64).max().filter(|&size| size > to as u64);
        prop_assert_eq!(cut.first_fault(), newest.map(|promised| (to as u64, What::Missing { promised })));
    }

    #[test]
    fn a_repeated_row_is_found(mut ledger in any_ledger(1..20), row: Index) {
        let row = row.index(ledger.rows.len());
        ledger.rows.insert(row + 1, ledger.rows[row].clone());
        prop_assert_eq!(ledger.first_fault(), Some((row as u64 + 1, What::Gap { found: row as u64 })));
    }

    #[test]
    fn a_row_written_anew_with_its_leaf_is_found_behind_the_last_true_checkpoint(
        ledger in any_first_epoch(1..20), row: Index
    ) {
        let row = row.index(ledger.rows.len());
        let entry = Entry::from_bytes(&ledger.rows[row].bytes).unwrap();
        let mut forged = ledger.clone();
        forged.rows[row] = Stored::new(&Entry { actor: format!("{}!", entry.actor), ..entry });
        let confirmed = ledger.confirmed(row);
        let broken = ledger.notes.iter().map(|(size, _)| *size as u64).find(|&size| size > row as u64);
        let mismatch = broken.map(|size| What::CheckpointMismatch { size });
        let by_edge = What::FrontierMismatch { stored: ledger.edge.size() };
        prop_assert_eq!(forged.first_fault(), Some((confirmed, mismatch.unwrap_or(by_edge))));
        // With the edge forged too, only a checkpoint held outside can tell.
        forged.edge = Ledger::new(forged.rows.clone(), []).edge;
        prop_assert_eq!(forged.first_fault(), mismatch.map(|what| (confirmed, what)));
    }
}

#[test]
fn a_row_added_behind_the_edge_is_found() {
    let mut ledger = Ledger::plain(7);
    ledger.rows.push(Stored::new(&entry(7)));
    assert_eq!(ledger.first_fault(), Some((0, What::FrontierMismatch { stored: 7 })));
}

#[test]
fn a_row_that_is_too_long_or_no_entry_is_found() {
    let mut ledger = Ledger::plain(4);
    let with_leaf = |position, bytes: Vec<u8>| Stored { leaf: leaf_hash(&bytes).0.to_vec(), bytes, position };
    ledger.rows[2] = with_leaf(2, b"{}".to_vec());
    assert_eq!(ledger.first_fault(), Some((2, What::NotCanonical)));
    ledger.rows[1] = with_leaf(1, vec![b' '; 20_000]);
    assert_eq!(ledger.first_fault(), Some((1, What::TooLarge { bytes: 20_000 })));
}

#[test]
fn time_runs_forward_except_where_the_clock_was_known_to_be_wrong() {
    let at = |seq, ms, clock_ok| Entry { ts: moment(ms), clock_ok, ..entry(seq) };
    let sound = [at(0, 50, true), at(1, 9000, false), at(2, 50, true), at(3, 10, false), at(4, 51, true)];
    assert_eq!(Ledger::of(sound.clone()).first_fault(), None);
    let back = sound.into_iter().chain([at(5, 50, true)]);
    assert_eq!(Ledger::of(back).first_fault(), Some((5, What::TimeBackwards)));
}

#[test]
fn a_clock_that_once_ran_backwards_hides_no_later_tampering() {
    let back = |seq| Entry { ts: moment(if seq == 2 { 0 } else { seq * 7 }), ..entry(seq) };
    let mut ledger = Ledger::of((0..9).map(back));
    let note = signer().sign(0, 9, ledger.edge.root());
    ledger.rows[5] = Stored::new(&Entry { actor: "forged".into(), ..back(5) });
    let mut audit = Audit::new(key());
    audit.checkpoint(&note).unwrap();
    let faults: Vec<_> = ledger.rows.iter().filter_map(|row| audit.entry(&row.row()).err()).collect();
    let mismatch = Fault::from(What::CheckpointMismatch { size: 9 }).at(0);
    assert_eq!(faults, [Fault::from(What::TimeBackwards).at(2), mismatch]);
    assert_eq!(audit.finish(&ledger.edge).first_fault.as_ref(), faults.first());
}

/// Three entries, the first of epoch 1 that names this head, and one more.
fn with_epoch(epoch: u64, former: Option<Head>) -> Ledger {
    let opened = [Entry { epoch, former, ..entry(3) }, Entry { epoch, ..entry(4) }];
    Ledger::of((0..3).map(entry).chain(opened))
}

/// What is left of the ledger when the new epoch begins.
fn left() -> Head {
    Head { epoch: 0, root: Ledger::plain(3).edge.root(), size: 3 }
}

/// What was lost before it begins.
fn gone() -> Head {
    Head { epoch: 0, root: Ledger::plain(9).edge.root(), size: 9 }
}

#[test]
fn a_new_epoch_names_the_last_head_of_the_one_before() {
    for former in [left(), gone(), Head { epoch: 0, size: 4, ..gone() }] {
        assert_eq!(with_epoch(1, Some(former)).first_fault(), None, "{former:?}");
    }
    let of_a_lost_epoch = Head { epoch: 1, root: left().root, size: 2 };
    assert_eq!(with_epoch(2, Some(of_a_lost_epoch)).first_fault(), None);
    for (epoch, former) in [
        (1, None),
        (2, Some(gone())),
        (1, Some(Head { root: gone().root, ..left() })),
        (1, Some(Head { size: 2, ..left() })),
        (2, None),
    ] {
        let found = with_epoch(epoch, former).first_fault();
        assert_eq!(found, Some((3, What::EpochUnexplained)), "{epoch} {former:?}");
    }
    let again = Entry { epoch: 1, former: Some(left()), ..entry(3) };
    let twice = Ledger::of((0..3).map(entry).chain([again.clone(), Entry { seq: 4, ts: moment(99), ..again }]));
    assert_eq!(twice.first_fault(), Some((4, What::EpochUnexplained)));
}

#[test]
fn an_epoch_never_decreases() {
    let back = Ledger::of((0..3).map(entry).chain([Entry { epoch: 1, former: Some(left()), ..entry(3) }, entry(4)]));
    assert_eq!(back.first_fault(), Some((4, What::EpochBackwards)));
}

#[test]
fn a_head_of_what_was_lost_is_explained_and_one_beyond_it_is_not() {
    let verdict = |head: Head| {
        let ledger = with_epoch(1, Some(gone()));
        let mut audit = Audit::new(key());
        audit.held(head).unwrap();
        ledger.rows.iter().for_each(|row| drop(audit.entry(&row.row())));
        audit.finish(&ledger.edge)
    };
    for size in [4, 8, 9] {
        let verdict = verdict(Head { epoch: 0, root: Ledger::plain(size).edge.root(), size });
        assert_eq!((verdict.first_fault, verdict.lost, verdict.epoch), (None, 1, 1), "{size}");
    }
    let longer = verdict(Head { size: 10, ..gone() });
    assert_eq!(longer.first_fault, Some(Fault::from(What::MoreWasLost { size: 10 }).at(3)));
    let other = verdict(Head { root: left().root, ..gone() });
    assert_eq!(other.first_fault, Some(Fault::from(What::MoreWasLost { size: 9 }).at(3)));
    let of_the_new = verdict(Head { epoch: 1, ..gone() });
    assert_eq!(of_the_new.first_fault, Some(Fault::from(What::Missing { promised: 9 }).at(5)));
    let before = verdict(Head { root: gone().root, ..left() });
    assert_eq!(before.first_fault.unwrap().what, What::CheckpointMismatch { size: 3 });
}

#[test]
fn a_checkpoint_counts_only_well_signed_and_in_time() {
    let ledger = Ledger::plain(3);
    let mut audit = Audit::new(key());
    audit.entry(&ledger.rows[0].row()).unwrap();
    let late = audit.checkpoint(&signer().sign(0, 0, Frontier::new().root())).unwrap_err();
    assert_eq!(late.what, What::CheckpointLate { size: 0 });
    let foreign = ledger::Signer::generate("sekimori/7k2m", [1; 32]).unwrap();
    let refused = audit.checkpoint(&foreign.sign(0, 3, ledger.edge.root())).unwrap_err();
    assert_eq!(refused.what, What::SignatureMissing);
    ledger.rows[1..].iter().for_each(|row| drop(audit.entry(&row.row())));
    let verdict = audit.finish(&ledger.edge);
    assert_eq!((verdict.checkpoints, verdict.first_fault), (0, Some(late)));
}

#[test]
fn two_signed_histories_of_one_size_are_found() {
    let mut ledger = Ledger::plain(3);
    ledger.notes = vec![(3, signer().sign(0, 3, ledger.edge.root())), (3, signer().sign(0, 3, Hash([0; 32])))];
    let mut audit = Audit::new(key());
    audit.checkpoint(&ledger.notes[0].1).unwrap();
    let split = audit.checkpoint(&ledger.notes[1].1).unwrap_err();
    assert_eq!(split, Fault { seq: Some(0), what: What::CheckpointsDiffer { size: 3 } });
}

#[test]
fn rows_behind_a_fault_are_still_checked_and_the_first_fault_stays() {
    let mut ledger = Ledger::plain(9);
    ledger.rows[6].bytes[3] ^= 1;
    ledger.rows.remove(2);
    let mut audit = Audit::new(key());
    let faults: Vec<_> = ledger.rows.iter().filter_map(|row| audit.entry(&row.row()).err()).collect();
    assert_eq!(faults.iter().map(|fault| fault.seq).collect::<Vec<_>>(), [Some(2), Some(6)]);
    let body = Fault::from(What::BodyMismatch).at(5);
    audit.keep(body);
    assert_eq!(audit.finish(&ledger.edge).first_fault, Some(faults[0].clone()));
}

#[test]
fn a_fault_of_the_caller_is_the_first_when_it_lies_before_the_others() {
    let mut ledger = Ledger::plain(9);
    ledger.rows.remove(7);
    let mut audit = Audit::new(key());
    ledger.rows.iter().for_each(|row| drop(audit.entry(&row.row())));
    let record = audit.keep(Fault::from(What::RecordMismatch).at(4));
    assert_eq!(audit.finish(&ledger.edge).first_fault, Some(record));
}

#[test]
fn the_last_entries_alone_can_be_audited_from_a_stored_edge() {
    let ledger = Ledger::plain(700);
    let mut memory = Memory::default();
    ledger.rows.iter().for_each(|row| memory.push(leaf_hash(&row.bytes)));
    let mut audit = Audit::resume(key(), frontier_at(500, &mut memory).unwrap());
    audit.checkpoint(&signer().sign(0, 700, ledger.edge.root())).unwrap();
    ledger.rows[500..].iter().for_each(|row| drop(audit.entry(&row.row()).unwrap()));
    let verdict = audit.finish(&ledger.edge);
    let expected = Verdict {
        entries: 200,
        checkpoints: 1,
        signed: 700,
        epoch: 0,
        lost: 0,
        first_fault: None,
        root: ledger.edge.root(),
    };
    assert_eq!(verdict, expected);
}

#[test]
fn a_fault_says_in_both_languages_what_was_found_and_what_to_do() {
    let fault = Fault::from(What::Gap { found: 8 }).at(7);
    assert!(
        fault.to_string().starts_with("entry 7: the row is not there; row 8 stands in its place. Keep "),
        "{fault}"
    );
    assert!(
        fault.ja().starts_with("操作記録 7 番：この行がなく、8 番の行が続いています。データベースを"),
        "{}",
        fault.ja()
    );
}
