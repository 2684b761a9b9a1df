//! Followers of the ledger: every entry in order, soon, and what comes of it exactly once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use register::Failure;
use register::change::Side;
use register::follow::{self, Told};
use serde_json::json;

use crate::common::{House, TYPED};

fn seen(house: &House, upto: u64) -> u64 {
    house.until(|reading| reading.cursor("test").ok().filter(|seq| *seq >= upto))
}

#[test]
fn a_follower_is_told_of_every_entry_once_and_in_order() {
    let house = House::new();
    let told: Arc<Mutex<Vec<Told>>> = Arc::default();
    let (heard, failing) = (told.clone(), Arc::new(AtomicBool::new(false)));
    let fails = failing.clone();
    let follower = follow::start(&house.store, &house.writer, "test", move |reading, entries| {
        if fails.swap(false, Ordering::Relaxed) {
            return Err(Failure::Busy);
        }
        heard.lock().unwrap().extend(entries.iter().cloned());
        let count = reading.setting("heard")?.and_then(|text| text.parse().ok()).unwrap_or(0) + entries.len();
        Ok(vec![Side::Setting { name: "heard", value: Some(count.to_string()) }])
    })
    .unwrap();
    seen(&house, house.size());
    let id = house.create(TYPED, json!({})).unwrap();
    seen(&house, house.size());
    failing.store(true, Ordering::Relaxed);
    for n in 0..700 {
        house.create(TYPED, json!({"name": format!("端末{n}")})).unwrap();
    }
    let size = house.size();
    seen(&house, size);
    follower.end();
    let all = told.lock().unwrap();
    assert!(all.iter().map(|told| told.seq).eq(0..size), "in order, without a gap");
    assert!(all.iter().any(|told| (told.id, told.action.as_str(), told.rev) == (id, "create", 1)));
    let counted = house.store.read_now(|reading| reading.setting("heard")).unwrap();
    assert_eq!(counted, Some(size.to_string()));
}

#[test]
fn a_follower_goes_on_where_it_was() {
    let house = House::new();
    let upto = house.size();
    let first = follow::start(&house.store, &house.writer, "test", |_, _| Ok(Vec::new())).unwrap();
    seen(&house, upto);
    first.end();
    let id = house.create(TYPED, json!({})).unwrap();
    let told: Arc<Mutex<Vec<Told>>> = Arc::default();
    let heard = told.clone();
    let second = follow::start(&house.store, &house.writer, "test", move |_, entries| {
        heard.lock().unwrap().extend(entries.iter().cloned());
        Ok(Vec::new())
    })
    .unwrap();
    seen(&house, house.size());
    second.end();
    let all = told.lock().unwrap();
    assert_eq!(all.iter().map(|told| (told.seq, told.id)).collect::<Vec<_>>(), [(upto, id)]);
}
