//! Whatever stands in a ledger's rows, notes and proofs is read or refused; what is read is written the same again.

#![no_main]

use ledger::{Asked, Entry, Frontier, Proof, PublicKey, Signer, WitnessKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(entry) = Entry::from_bytes(data) {
        assert_eq!(entry.to_bytes(), data, "an entry has one form");
    }
    if let Ok(frontier) = Frontier::from_bytes(data) {
        assert_eq!(frontier.to_bytes(), data, "a frontier has one form");
        let _ = frontier.root();
    }
    let text = String::from_utf8_lossy(data);
    if let Ok(key) = text.parse::<PublicKey>() {
        assert_eq!(key.to_string(), text, "a key has one form");
    }
    if let Ok(signer) = Signer::from_secret(&text) {
        let note = signer.sign(0, 1, ledger::leaf_hash(data));
        assert!(signer.public().open(&note).is_ok(), "a key opens what it signed");
    }
    if let Ok(key) = text.parse::<WitnessKey>() {
        assert_eq!(key.to_string(), text, "a key of a witness has one form");
    }
    if let Some(asked) = Asked::read(&text) {
        assert_eq!(asked.to_text(), text, "a request to a witness has one form");
    }
    let signer = Signer::generate("fuzz", [7; 32]).expect("a plain origin");
    assert!(signer.public().open(&text).is_err(), "nobody guesses a signature");
    assert!(Proof::from_text(&text, &signer.public()).is_err(), "nobody guesses a proof");
});
