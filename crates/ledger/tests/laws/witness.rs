use ledger::{Asked, Cosigner, Denied, Fault, Head, Signer, WitnessKey, frontier_at, prove_consistency};
use proptest::prelude::*;

use crate::house::{Memory, key, leaf, signer};

fn cosigner() -> Cosigner {
    Cosigner::generate("witness.example.lg.jp", [9; 32]).unwrap()
}

/// A history that parts from the plain one at an entry.
fn forked(size: u64, at: u64) -> Memory {
    let mut memory = Memory::default();
    (0..size).for_each(|seq| memory.push(leaf(if seq < at { seq } else { seq + 1_000 })));
    memory
}

fn head(memory: &mut Memory, size: u64) -> Head {
    Head { epoch: 0, root: frontier_at(size, memory).unwrap().root(), size }
}

fn asked(memory: &mut Memory, old: u64, new: u64) -> Asked {
    let hashes = prove_consistency(old, new, memory).unwrap().hashes;
    let root = head(memory, new).root;
    Asked { old, hashes, note: signer().sign(0, new, root) }
}

/// The example of C2SP's tlog-cosignature has this form of a line: 4 bytes of key id, 8 of time, 64 of signature.
#[test]
fn a_cosignature_is_a_line_of_its_own_with_its_time() {
    let note = signer().sign(0, 5, leaf(0));
    let line = cosigner().cosign(&note, 1_679_315_147);
    assert!(line.starts_with("— witness.example.lg.jp ") && line.ends_with('\n'), "{line}");
    let octets = data_encoding::BASE64.decode(line.trim_end().rsplit(' ').next().unwrap().as_bytes()).unwrap();
    assert_eq!(octets.len(), 76);
    assert_eq!(octets[4..12], 1_679_315_147_u64.to_be_bytes());
    let message = format!("cosignature/v1\ntime 1679315147\nsekimori/7k2m\n5\n{}\n", leaf(0));
    let signature = ed25519_dalek::Signature::from_slice(&octets[12..]).unwrap();
    let public = ed25519_dalek::SigningKey::from_bytes(&[9; 32]).verifying_key();
    public.verify_strict(message.as_bytes(), &signature).unwrap();

    let both = format!("{note}{line}");
    assert!(key().open(&both).is_ok());
    assert_eq!(cosigner().public().cosigned(&both), Ok(Some(1_679_315_147)));
    assert_eq!(cosigner().public().cosigned(&note), Ok(None));
    let other = Cosigner::generate("other.example", [9; 32]).unwrap().public();
    assert_eq!(other.cosigned(&both), Ok(None));
    let forged = both.replace("\n5\n", "\n6\n");
    assert!(cosigner().public().cosigned(&forged).is_err());
}

#[test]
fn a_witness_has_keys_of_its_own_kind() {
    let again = Cosigner::from_secret(&cosigner().to_secret()).unwrap();
    assert_eq!(again.public(), cosigner().public());
    let text = cosigner().public().to_string();
    assert_eq!(text.parse::<WitnessKey>().unwrap(), cosigner().public());
    assert!(signer().public().to_string().parse::<WitnessKey>().is_err(), "a ledger's key is none of a witness");
    assert!(text.parse::<ledger::PublicKey>().is_err());
    assert!(Cosigner::from_secret(&signer().to_secret()).is_err());
    assert!(Cosigner::generate("a b", [1; 32]).is_err());
}

#[test]
fn a_request_has_one_form() {
    let asked = asked(&mut Memory::of(9), 3, 9);
    let text = asked.to_text();
    assert!(text.starts_with("old 3\n") && text.contains("=\n\nsekimori/7k2m\n9\n"), "{text}");
    assert_eq!(Asked::read(&text), Some(asked));
    for text in [
        "",
        "old 3",
        "old 03\n\nx",
        "old +3\n\nx",
        "old 3\n\n",
        "old 3\nAA==\n\nx",
        "new 3\n\nx",
        &text.replace("old 3", "old  3"),
    ] {
        assert!(Asked::read(text).is_none_or(|asked| asked.note.is_empty()), "{text:?}");
    }
    let long = format!("old 3\n{}\nx", format!("{}\n", leaf(0)).repeat(64));
    assert_eq!(Asked::read(&long), None);
}

#[test]
fn a_witness_answers_as_the_specification_says() {
    let mut memory = Memory::of(9);
    let known = Some(head(&mut memory, 4));
    let decide = |asked: &Asked, known| asked.decide(&key(), known);
    assert_eq!(decide(&asked(&mut memory, 0, 4), None).unwrap().size, 4);
    assert_eq!(decide(&asked(&mut memory, 4, 9), known).unwrap().size, 9);
    assert_eq!(decide(&asked(&mut memory, 4, 4), known).unwrap().size, 4, "the same once more");
    assert_eq!(decide(&asked(&mut memory, 3, 9), known), Err(Denied::Conflict { size: 4 }));
    assert_eq!(decide(&asked(&mut memory, 0, 9), known), Err(Denied::Conflict { size: 4 }));
    assert_eq!(decide(&asked(&mut memory, 3, 3), known), Err(Denied::Conflict { size: 4 }), "never back");
    let mut backwards = asked(&mut memory, 4, 9);
    backwards.old = 10;
    assert_eq!(decide(&backwards, known), Err(Denied::Malformed));
    let mut fork = forked(9, 2);
    assert_eq!(decide(&asked(&mut fork, 4, 9), known), Err(Denied::Inconsistent));
    assert_eq!(decide(&asked(&mut fork, 4, 4), known), Err(Denied::Conflict { size: 4 }));
    let mut foreign = asked(&mut memory, 4, 9);
    foreign.note = Signer::generate("sekimori/7k2m", [1; 32]).unwrap().sign(0, 9, head(&mut memory, 9).root);
    assert_eq!(decide(&foreign, known), Err(Denied::NotSigned));
    let mut malformed = asked(&mut memory, 4, 9);
    malformed.note = "x".into();
    assert_eq!(decide(&malformed, known), Err(Denied::Malformed));
}

proptest! {
    #[test]
    fn a_witness_never_cosigns_two_roots_of_one_size_nor_what_does_not_lead_on(
        steps in proptest::collection::vec((0..12_u64, 0..12_u64, 0..12_u64, 0..12_u64), 1..60)
    ) {
        let mut known: Option<Head> = None;
        let mut cosigned = std::collections::BTreeMap::new();
        for (fork, old, told, new) in steps {
            let mut memory = forked(12, fork);
            let Ok(proof) = prove_consistency(old.min(new), new, &mut memory) else { continue };
            let note = signer().sign(0, new, head(&mut memory, new).root);
            // The size that is told may be another than the one that the proof begins with.
            let asked = Asked { old: told, hashes: proof.hashes, note };
            if let Ok(checkpoint) = asked.decide(&key(), known) {
                prop_assert!(checkpoint.size >= known.map_or(0, |known| known.size));
                let root = *cosigned.entry(checkpoint.size).or_insert(checkpoint.root);
                prop_assert_eq!(root, checkpoint.root);
                known = Some(checkpoint.head());
                for (size, root) in &cosigned {
                    prop_assert_eq!(head(&mut memory, *size).root, *root, "all it ever cosigned is one history");
                }
            }
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text: String) {
        let _ = Asked::read(&text).map(|asked| asked.decide(&key(), None));
        prop_assert!(text.parse::<WitnessKey>().is_err());
        let fault: Result<Option<u64>, Fault> = cosigner().public().cosigned(&text);
        prop_assert_eq!(fault, Ok(None));
    }
}
