//! Any fields of a description of the organisation's own make a register of one piece, or are refused in both languages.

#![no_main]

mod store;

use libfuzzer_sys::fuzz_target;
use register::{Body, own};

fuzz_target!(|data: &[u8]| {
    let Ok(mut fields) = serde_json::from_slice::<Body>(data) else { return };
    let registers = store::store().registers();
    let today = store::store().clock().today();
    let told = |refusal: register::Refusal| {
        let both = |problem: &register::say::Problem| !problem.say.ja.is_empty() && !problem.say.en.is_empty();
        assert!(!refusal.problems.is_empty() && refusal.problems.iter().all(both));
    };
    match own::try_register(&registers, fields.clone(), today) {
        Ok(description) => assert_eq!(description.check(), Ok(())),
        Err(refusal) => told(refusal),
    }
    // Half of what is tried is of the register that takes fields.
    if data.len() % 2 == 0 {
        fields.insert("register".into(), "thing".into());
    }
    match own::try_field(&registers, fields, today) {
        Ok(description) => assert_eq!(description.check(), Ok(())),
        Err(refusal) => told(refusal),
    }
});
