//! Any file is looked through: problems or counts that add up, and no panic.

#![no_main]

mod store;

use libfuzzer_sys::fuzz_target;
use register::exchange::{Choices, MOST_PROBLEMS, trial};

fuzz_target!(|data: &[u8]| {
    let store = store::store();
    let description = store.registers().description("thing").expect("it was added").clone();
    let trial = store
        .read_now(|reading| trial(reading, &description, &store::actor(), data, &Choices::default(), &mut |_| {}))
        .expect("a file can't break the store");
    assert!(trial.problems.len() <= MOST_PROBLEMS);
    let lines = data.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    assert!(trial.problems.iter().all(|problem| (1..=lines).contains(&problem.line)));
    assert!(!trial.is_clean() || trial.created + trial.changed + trial.same + trial.archived == trial.rows);
});
