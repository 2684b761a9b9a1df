use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ledger::{Consistency, Fault, Frontier, Hash, Proof, What, prove_consistency, prove_inclusion};
use proptest::prelude::*;
use sha2::Sha256;

use crate::house::{Memory, key, leaf, signer};

const LARGEST: u64 = 600;

/// The roots of all sizes up to the largest.
fn roots() -> Vec<Hash> {
    let mut edge = Frontier::new();
    let mut roots = vec![edge.root()];
    for seq in 0..LARGEST {
        edge.push(leaf(seq));
        roots.push(edge.root());
    }
    roots
}

/// Numbers below a limit: all of few, else the ends and borders of tiles and some between.
fn some_below(limit: u64) -> Vec<u64> {
    if limit <= 40 {
        return (0..limit).collect();
    }
    let wanted = [0, 1, limit / 3, limit / 2, limit * 7 / 11, 255, 256, 257, 511, 512, limit - 2, limit - 1];
    wanted.into_iter().filter(|&number| number < limit).collect()
}

fn one_bit_changed(hash: Hash, at: u64) -> Hash {
    let mut changed = hash;
    changed.0[usize::try_from(at % 32).unwrap()] ^= 1 << (at % 8);
    changed
}

#[test]
fn an_inclusion_proof_of_every_size_holds_and_with_a_changed_bit_it_does_not() {
    let (mut memory, roots) = (Memory::of(LARGEST), roots());
    for (size, &root) in (0..).zip(&roots) {
        for seq in some_below(size) {
            let proof = prove_inclusion(seq, size, &mut memory).unwrap();
            assert_eq!(proof.verify(leaf(seq), root), Ok(()), "{seq} in {size}");
            let bad = Err(Fault { seq: Some(seq), what: What::ProofBad });
            assert_eq!(proof.verify(one_bit_changed(leaf(seq), size), root), bad);
            assert_eq!(proof.verify(leaf(seq), one_bit_changed(root, size)), bad);
            for place in 0..proof.hashes.len() {
                let mut changed = proof.clone();
                changed.hashes[place] = one_bit_changed(changed.hashes[place], seq);
                assert_eq!(changed.verify(leaf(seq), root), bad);
            }
        }
    }
}

#[test]
fn a_consistency_proof_of_every_size_holds_and_with_a_changed_bit_it_does_not() {
    let (mut memory, roots) = (Memory::of(LARGEST), roots());
    let root = |size: u64| roots[usize::try_from(size).unwrap()];
    for new in 0..=LARGEST {
        for old in some_below(new + 1) {
            let proof = prove_consistency(old, new, &mut memory).unwrap();
            assert_eq!(proof.verify(root(old), root(new)), Ok(()), "{old} in {new}");
            assert!(proof.verify(one_bit_changed(root(old), new), root(new)).is_err());
            // From nothing, anything may grow: there is no old entry to keep.
            assert_eq!(proof.verify(root(old), one_bit_changed(root(new), old)).is_err(), old > 0 || new == 0);
            for place in 0..proof.hashes.len() {
                let mut changed = proof.clone();
                changed.hashes[place] = one_bit_changed(changed.hashes[place], old);
                assert!(changed.verify(root(old), root(new)).is_err());
            }
        }
    }
}

#[test]
fn another_implementation_makes_the_same_inclusion_proofs() {
    let (mut memory, mut theirs) = (Memory::of(LARGEST), MemoryBackedTree::<Sha256, [u8; 8]>::new());
    (0..LARGEST).for_each(|seq| theirs.push(seq.to_be_bytes()));
    for seq in 0..LARGEST {
        let ours: Vec<u8> =
            prove_inclusion(seq, LARGEST, &mut memory).unwrap().hashes.iter().flat_map(|hash| hash.0).collect();
        assert_eq!(ours, theirs.prove_inclusion(usize::try_from(seq).unwrap()).as_bytes());
    }
}

#[test]
fn a_proof_across_three_levels_of_tiles_holds() {
    let size = 256 * 256 + 257;
    let mut memory = Memory::of(size);
    let root = memory.edge.root();
    for seq in [0, 255, 256, 65_535, 65_536, size - 1] {
        prove_inclusion(seq, size, &mut memory).unwrap().verify(leaf(seq), root).unwrap();
    }
    let old = ledger::frontier_at(65_537, &mut memory).unwrap();
    prove_consistency(65_537, size, &mut memory).unwrap().verify(old.root(), root).unwrap();
}

#[test]
fn what_a_ledger_does_not_have_is_not_proved() {
    let mut memory = Memory::of(10);
    let out = |size| What::OutOfRange { size };
    assert_eq!(prove_inclusion(5, 5, &mut memory), Err(Fault { seq: Some(5), what: out(5) }));
    assert_eq!(prove_inclusion(0, u64::MAX, &mut memory).unwrap_err().what, out(u64::MAX));
    assert_eq!(prove_consistency(6, 5, &mut memory).unwrap_err().what, out(5));
    assert_eq!(prove_inclusion(11, 12, &mut memory).unwrap_err().what, What::HashesMissing { level: 0, first: 10 });
    assert_eq!(prove_consistency(1, u64::MAX, &mut memory).unwrap_err().what, out(u64::MAX));
    assert_eq!(prove_consistency(0, 5, &mut memory), Ok(Consistency { old: 0, new: 5, hashes: vec![] }));
}

#[test]
fn a_proof_from_nothing_holds_no_hashes() {
    let roots = roots();
    let padded = Consistency { old: 0, new: 5, hashes: vec![roots[5]] };
    assert_eq!(padded.verify(roots[0], roots[5]), Err(Fault::from(What::ProofBad)));
}

#[test]
fn a_proof_file_has_the_published_form_and_reads_back() {
    let mut memory = Memory::of(5);
    let (proof, root) = (prove_inclusion(3, 5, &mut memory).unwrap(), memory.edge.root());
    let note = signer().sign(0, 5, root);
    let text = proof.to_text(&note);
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 3\n"), "{text}");
    assert!(text.contains("=\n\nsekimori/7k2m\n5\n"), "{text}");
    let (read, checkpoint) = Proof::from_text(&text, &key()).unwrap();
    assert_eq!((&read, checkpoint.root), (&proof, root));
    read.verify(leaf(3), checkpoint.root).unwrap();
    for (from, to) in [("index 3", "index 03"), ("@v1", "@v2"), ("index 3\n", "index 3\nA\n"), ("=\n\n", "=\n")] {
        assert!(Proof::from_text(&text.replacen(from, to, 1), &key()).is_err());
    }
}

proptest! {
    #[test]
    fn a_foreign_proof_of_any_shape_is_refused_without_a_panic(
        seq: u64, size: u64, hashes in prop::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..70)
    ) {
        let proof = Proof { seq, size, hashes: hashes.clone() };
        prop_assert!(proof.verify(leaf(0), leaf(1)).is_err());
        let consistency = Consistency { old: seq, new: size, hashes };
        prop_assert!(consistency.verify(leaf(0), leaf(1)).is_err());
    }
}
