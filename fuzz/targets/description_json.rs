//! Any text is a register of one piece or is refused; one that was taken can be listed.

#![no_main]

use base::clock::Clock;
use libfuzzer_sys::fuzz_target;
use register::list::{self, Query};
use register::permit::Scope;
use register::{Description, Registers, Store};

fuzz_target!(|data: &[u8]| {
    let Ok(description) = serde_json::from_slice::<Description>(data) else { return };
    let name = description.name.clone();
    let Ok(registers) = Registers::with_built_in().add_data(description) else { return };
    if registers.check().is_err() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(folder.path(), registers, Clock::system()).expect("what was taken can be stored");
    let description = store.registers().description(&name).expect("it was added").clone();
    let (scope, query) = (Scope::everything(), Query { text: "語".into(), ..Query::default() });
    store
        .read_now(|reading| {
            list::facets(reading, &description, &scope, &query)?;
            list::page(reading, &description, &scope, &query)
        })
        .expect("and listed");
});
