use ledger::{Commitment, Entry, MAX_BYTES, Salt, What, check_body, commitment};
use proptest::prelude::*;

use crate::house::{any_entry, entry};

const PLAIN: &str = r#"{"action":"edit","actor":"q7c2","after":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","approvals":[],"auth":"password","build":"0.1.0","clauses":["asset-ownership"],"clock_ok":true,"epoch":0,"object":{"id":"x1","register":"asset","rev":2},"request_id":"r3","role":"Manager","seq":3,"session":"ab12","ts":"2026-11-24T00:00:00.021Z","v":1}"#;

#[test]
fn an_entry_has_this_form() {
    assert_eq!(String::from_utf8(entry(3).to_bytes()).unwrap(), PLAIN);
    assert_eq!(Entry::from_bytes(PLAIN.as_bytes()), Ok(entry(3)));
}

#[test]
fn every_other_form_of_the_same_entry_is_refused() {
    let changes = [
        (r#""epoch":0"#, r#""epoch": 0"#),
        (r#""epoch":0"#, r#""epoch":0.0"#),
        (r#""epoch":0"#, r#""epoch":-0"#),
        (r#""epoch":0"#, r#""epoch":0,"epoch":0"#),
        (r#""epoch":0"#, r#""epoch":0,"extra":0"#),
        (r#""epoch":0"#, r#""epoch":9007199254740992"#),
        (r#""epoch":0,"#, ""),
        (r#""rev":2"#, r#""rev":9007199254740992"#),
        (r#""seq":3"#, r#""seq":9007199254740992"#),
        (r#""rev":2"#, r#""rev":2,"rev":2"#),
        (r#""id":"x1","register":"asset""#, r#""register":"asset","id":"x1""#),
        (r#""approvals":[],"#, ""),
        (r#""build":"0.1.0""#, r#""before":null,"build":"0.1.0""#),
        ("asset-ownership", r"asset\/ownership"),
        ("asset-ownership", r"\u0061sset-ownership"),
        ("asset-ownership", r"\u000A"),
        ("AQE\"", "AQF\""),
        ("AQE\"", "AQE=\""),
        ("00.021Z", "00.02Z"),
        ("00.021Z", "00.021+"),
        ("T00", "t00"),
        (r#""v":1"#, r#""v":2"#),
        ("\"v\":1}", "\"v\":1}\n"),
        ("\"v\":1}", "\"v\":1"),
    ];
    for (from, to) in changes {
        assert!(PLAIN.contains(from), "{from}");
        let changed = PLAIN.replacen(from, to, 1);
        assert!(Entry::from_bytes(changed.as_bytes()).is_err(), "{changed}");
    }
}

#[test]
fn a_version_of_the_future_is_told_apart_from_damage() {
    let what = |bytes: &[u8]| Entry::from_bytes(bytes).unwrap_err().what;
    let newer = PLAIN.replace(r#""v":1"#, r#""v":2"#);
    assert_eq!(what(newer.as_bytes()), What::OtherVersion { found: 2 });
    assert_eq!(what(b"{}"), What::NotCanonical);
}

#[test]
fn an_entry_may_be_sixteen_kibibytes_long_and_no_longer() {
    let long = |extra| {
        let filled = MAX_BYTES - PLAIN.len() + extra + "edit".len();
        Entry { action: "a".repeat(filled), ..entry(3) }.to_bytes()
    };
    assert_eq!(long(0).len(), MAX_BYTES);
    assert!(Entry::from_bytes(&long(0)).is_ok());
    assert_eq!(Entry::from_bytes(&long(1)).unwrap_err().what, What::TooLarge { bytes: MAX_BYTES + 1 });
}

#[test]
fn a_commitment_is_hmac_sha256_of_the_body_under_the_salt() {
    let salt = Salt(std::array::from_fn(|at| u8::try_from(at).unwrap()));
    let held = commitment(&salt, "関守".as_bytes());
    // Computed with Python's hmac and hashlib.
    assert_eq!(serde_json::to_string(&held).unwrap(), r#""AxQTqNu7CLu4Qny7UBZo88BXuNqqiAah75nGvbytyEY""#);
}

#[test]
fn a_body_is_accepted_only_for_its_own_commitment() {
    let salt = Salt([3; 32]);
    let held = Some(commitment(&salt, b"body"));
    assert_eq!(check_body(held, &salt, b"body"), Ok(()));
    for refused in [
        check_body(held, &salt, b"bodY"),
        check_body(held, &Salt([4; 32]), b"body"),
        check_body(Some(Commitment([0; 32])), &salt, b"body"),
        check_body(None, &salt, b"body"),
    ] {
        assert_eq!(refused.unwrap_err().what, What::BodyMismatch);
    }
}

proptest! {
    #[test]
    fn an_entry_reads_back_and_two_other_serialisers_write_the_same_bytes(entry in any_entry()) {
        let bytes = entry.to_bytes();
        prop_assert_eq!(&bytes, &serde_json_canonicalizer::to_vec(&entry).unwrap());
        prop_assert_eq!(&bytes, &serde_jcs::to_vec(&entry).unwrap());
        prop_assert_eq!(Entry::from_bytes(&bytes), Ok(entry));
    }

    #[test]
    fn what_is_read_is_what_would_be_written(entry in any_entry(), at: prop::sample::Index, byte: u8) {
        let mut bytes = entry.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = Entry::from_bytes(&bytes) {
            prop_assert_eq!(read.to_bytes(), bytes);
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
        prop_assert!(Entry::from_bytes(&bytes).is_err());
    }
}
