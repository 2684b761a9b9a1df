use ledger::{Checkpoint, PublicKey, Signer, What};
use proptest::prelude::*;

use crate::house::{key, leaf, signer};

// The key that the signed-note package of Go uses as its example.
const SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

#[test]
fn a_checkpoint_is_a_signed_note_of_three_lines() {
    let note = signer().sign(0, 42, leaf(0));
    let expected = format!("sekimori/7k2m\n42\n{}\n\n— sekimori/7k2m ", leaf(0));
    assert!(note.starts_with(&expected), "{note}");
    assert_eq!(note.lines().count(), 5);
    let opened = key().open(&note).unwrap();
    assert_eq!(opened, Checkpoint { origin: "sekimori/7k2m".into(), epoch: 0, size: 42, root: leaf(0) });
}

#[test]
fn a_later_epoch_stands_in_a_line_of_its_own() {
    let note = signer().sign(3, 42, leaf(0));
    assert!(note.starts_with(&format!("sekimori/7k2m\n42\n{}\nepoch 3\n\n", leaf(0))), "{note}");
    assert_eq!(key().open(&note).unwrap().head(), ledger::Head { epoch: 3, root: leaf(0), size: 42 });
}

#[test]
fn published_keys_are_read_and_written_alike() {
    let signer = Signer::from_secret(SECRET).unwrap();
    assert_eq!(signer.to_secret(), SECRET);
    assert_eq!(signer.public().to_string(), PUBLIC);
    assert_eq!(PUBLIC.parse::<PublicKey>(), Ok(signer.public()));
    assert_eq!(signer.public().origin(), "PeterNeumann");
}

#[test]
fn a_key_from_a_seed_survives_its_key_file() {
    let again = Signer::from_secret(&signer().to_secret()).unwrap();
    assert_eq!(again.public(), key());
    assert_eq!(again.sign(0, 1, leaf(1)), signer().sign(0, 1, leaf(1)));
}

#[test]
fn a_damaged_or_weak_key_is_refused() {
    // The point of order 4 is well formed as a key, and signatures under it prove nothing.
    let weak = ed25519_dalek::VerifyingKey::from_bytes(&[0; 32]).unwrap();
    let weak = signed_note::new_ed25519_verifier_key("x", &weak);
    let nameless =
        signed_note::new_ed25519_verifier_key("", &ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key());
    for text in [
        "",
        "a+b+c",
        &weak,
        &nameless,
        &PUBLIC.replace("c74f20a3", "c74f20a4"),
        &PUBLIC.replace("c74f", "C74F"),
        SECRET,
    ] {
        assert_eq!(text.parse::<PublicKey>().unwrap_err().what, What::KeyMalformed, "{text}");
    }
    for text in
        ["", PUBLIC, &SECRET.replace("PRIVATE", "private"), &format!("{SECRET}\n"), &SECRET.replace("Peter", "Anna")]
    {
        assert!(Signer::from_secret(text).is_err(), "{text}");
    }
    for origin in ["", "a b", "a+b", "a\nb", "a\u{0}b"] {
        assert!(Signer::generate(origin, [1; 32]).is_err(), "{origin:?}");
    }
}

#[test]
fn a_foreign_key_is_refused_also_under_our_name() {
    let what = |signer: Signer| key().open(&signer.sign(0, 1, leaf(0))).unwrap_err().what;
    assert_eq!(what(Signer::generate("sekimori/7k2m", [8; 32]).unwrap()), What::SignatureMissing);
    assert_eq!(what(Signer::generate("sekimori/other", [7; 32]).unwrap()), What::SignatureMissing);
    let renamed = signer().sign(0, 1, leaf(0)).replace("— sekimori/7k2m", "— sekimori/other");
    assert_eq!(key().open(&renamed).unwrap_err().what, What::SignatureMissing);
}

#[test]
fn a_witness_may_sign_beside_us_but_not_instead_of_us() {
    let (note, witness) = (signer().sign(0, 1, leaf(0)), Signer::generate("witness.example", [9; 32]).unwrap());
    let line = witness.sign(0, 1, leaf(0)).lines().last().unwrap().to_owned();
    assert!(key().open(&format!("{note}{line}\n")).is_ok());
    let alone = note.replace(note.lines().last().unwrap(), &line);
    assert_eq!(key().open(&alone).unwrap_err().what, What::SignatureMissing);
}

/// A note of any text under our own name, signed well.
fn signed(text: &str) -> String {
    struct Pen(ed25519_dalek::SigningKey);
    impl signed_note::Signer for Pen {
        fn name(&self) -> &'static str {
            "sekimori/7k2m"
        }
        fn key_id(&self) -> u32 {
            signed_note::key_id(self.name(), &[&[1], self.0.verifying_key().as_bytes().as_slice()].concat())
        }
        fn sign(&self, text: &[u8]) -> Result<Vec<u8>, ed25519_dalek::SignatureError> {
            Ok(ed25519_dalek::Signer::sign(&self.0, text).to_vec())
        }
    }
    let mut note = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
    note.add_sigs(&[&Pen(ed25519_dalek::SigningKey::from_bytes(&[7; 32]))]).unwrap();
    String::from_utf8(note.to_bytes()).unwrap()
}

#[test]
fn a_well_signed_text_that_is_no_checkpoint_is_refused() {
    let root = leaf(0);
    assert!(key().open(&signed(&format!("sekimori/7k2m\n1\n{root}\n"))).is_ok());
    for text in [
        format!("sekimori/7k2m\n01\n{root}\n"),
        format!("sekimori/7k2m\n+1\n{root}\n"),
        format!("sekimori/7k2m\n9007199254740993\n{root}\n"),
        format!("sekimori/7k2m\n1\n{root}\nextension\n"),
        format!("sekimori/7k2m\n1\n{root}\nepoch 0\n"),
        format!("sekimori/7k2m\n1\n{root}\nepoch 01\n"),
        format!("sekimori/7k2m\n1\n{root}\nepoch 1\nepoch 1\n"),
        format!("sekimori/7k2m\n1\n{}\n", root.hex()),
        "sekimori/7k2m\n1\n".to_owned(),
        "hello\n".to_owned(),
    ] {
        assert_eq!(key().open(&signed(&text)).unwrap_err().what, What::NoteMalformed, "{text}");
    }
    let other = key().open(&signed(&format!("sekimori/other\n1\n{root}\n")));
    assert_eq!(other.unwrap_err().what, What::SignatureMissing);
}

proptest! {
    #[test]
    fn a_note_with_one_changed_bit_is_refused(size in 0..1_u64 << 53, at: prop::sample::Index, bit in 0..8) {
        let mut note = signer().sign(0, size, leaf(size)).into_bytes();
        let at = at.index(note.len());
        note[at] ^= 1_u8 << bit;
        if let Ok(note) = String::from_utf8(note) {
            prop_assert!(key().open(&note).is_err());
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text: String) {
        prop_assert!(key().open(&text).is_err());
        prop_assert!(text.parse::<PublicKey>().is_err());
        prop_assert!(Signer::from_secret(&text).is_err());
    }
}
