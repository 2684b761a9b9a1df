//! Any words can be searched for.

#![no_main]

mod store;

use libfuzzer_sys::fuzz_target;
use register::list::{Query, page};
use register::permit::Scope;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let store = store::store();
    let description = store.registers().description("thing").expect("it was added").clone();
    let query = Query { text: text.clone().into_owned(), ..Query::default() };
    store
        .read_now(|reading| {
            reading.search(&store::actor(), &text, 10)?;
            page(reading, &description, &Scope::everything(), &query)
        })
        .expect("no words break the index");
});
