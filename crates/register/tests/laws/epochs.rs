//! Epochs of the ledger: an older store is found by the heads noted beside it, and goes on only under a new epoch.

use register::built_in::Cause;
use register::change::{Opening, Proof, Side};
use register::heads::{BACKED_UP, leads_to};
use register::permit::{Action, Actor, Subject};
use register::proof::{Hash, Head, State, audit, state};
use register::{Failure, Store};
use serde_json::json;

use crate::common::{House, Still, TYPED, heads, key, signer, start};

/// The head of a store, which is signed.
fn head(store: &Store) -> Head {
    let State { head, note } = store.read_now(state).unwrap();
    assert_eq!(key().open(&note.unwrap()).unwrap().head(), head);
    head
}

/// A house whose notes know of more entries than it has, as if an older store had been put in its place; the head that
/// was signed last.
fn rolled_back(house: House, lost: u64) -> (House, Head) {
    let house = house.restarted(0);
    let here = house.store.read_now(state).unwrap().head;
    let gone = Head { root: Hash([9; 32]), size: here.size + lost, ..here };
    heads(&house.store).note("signed", &signer().sign(gone.epoch, gone.size, gone.root)).unwrap();
    (house.restarted(0), gone)
}

fn proof() -> Proof {
    Proof { at: 1, auth: "password", roles: String::new() }
}

fn opening(house: &House, lost: Option<Head>) -> Opening {
    let permit = house.permit(&Actor::engine("console"), Action::Create, &Subject::register("epoch")).unwrap();
    Opening { permit, cause: Cause::RolledBack, reason: "試験のため".into(), lost }
}

#[test]
fn an_older_copy_takes_no_change_until_a_new_epoch_names_what_was_lost() {
    let (house, lost) = rolled_back(House::new(), 3);
    assert!(house.writer.is_closed());
    let kept = house.size();
    assert_eq!(house.create(TYPED, json!({})), Err(Failure::Closed));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let open = Side::SessionOpen { hash: [1; 32], account: house.person, at: 1, until: i64::MAX, proof: proof() };
    assert_eq!(runtime.block_on(house.writer.operate(vec![open.clone()])), Err(Failure::Closed));
    assert_eq!(house.size(), kept);
    assert_eq!(house.store.read_now(|reading| heads(&house.store).lost(reading, &key())), Ok(Some(lost)));

    house.writer.open_epoch(opening(&house, Some(lost))).unwrap();
    assert!(!house.writer.is_closed());
    house.create(TYPED, json!({})).unwrap();
    runtime.block_on(house.writer.operate(vec![open])).unwrap();
    let Still { store, folder: _folder, database: _database } = house.still();
    let now = head(&store);
    assert_eq!((now.epoch, now.size), (1, kept + 2));
    let audited = store.read_now(|reading| audit(reading, key(), &[lost, now], |_| {})).unwrap();
    assert_eq!((audited.bad, audited.epoch, audited.lost, audited.signed), (None, 1, 1, now.size));
    assert_eq!(store.read_now(|reading| heads(&store).lost(reading, &key())), Ok(None), "it is explained now");
    let (writer, running) = start(&store, 0);
    assert!(!writer.is_closed());
    drop(writer);
    running.join();
}

#[test]
fn nobody_stays_signed_in_when_an_epoch_begins() {
    let house = House::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let open = Side::SessionOpen { hash: [1; 32], account: house.person, at: 1, until: i64::MAX, proof: proof() };
    runtime.block_on(house.writer.operate(vec![open])).unwrap();
    house.writer.open_epoch(opening(&house, None)).unwrap();
    assert_eq!(house.store.read_now(|reading| reading.session(&[1; 32])), Ok(None));
    let epoch = house.store.read_now(|reading| reading.all("epoch")).unwrap().remove(0);
    assert_eq!((epoch.body["number"].as_u64(), epoch.text("reason")), (Some(1), "試験のため"));
    assert_eq!(house.still().audit().bad, None, "nothing was lost, and the head that goes on is named");
}

#[test]
fn a_second_rollback_into_the_range_of_the_first_is_found_too() {
    let (house, lost) = rolled_back(House::new(), 9);
    house.writer.open_epoch(opening(&house, Some(lost))).unwrap();
    let (house, again) = rolled_back(house, 3);
    assert!(again.size < lost.size && again.epoch == 1);
    assert!(house.writer.is_closed());
    house.writer.open_epoch(opening(&house, Some(again))).unwrap();
    let Still { store, folder: _folder, database: _database } = house.still();
    let now = head(&store);
    assert_eq!(now.epoch, 2);
    let audited = store.read_now(|reading| audit(reading, key(), &[lost, again, now], |_| {})).unwrap();
    assert_eq!((audited.bad, audited.lost), (None, 2));
}

#[test]
fn a_rollback_over_the_beginning_of_an_epoch_skips_its_number() {
    let house = House::new().restarted(0);
    let here = house.store.read_now(state).unwrap().head;
    let lost = Head { epoch: 1, root: Hash([9; 32]), size: here.size + 2 };
    heads(&house.store).note("signed", &signer().sign(1, lost.size, lost.root)).unwrap();
    let house = house.restarted(0);
    assert!(house.writer.is_closed());
    house.writer.open_epoch(opening(&house, Some(lost))).unwrap();
    let Still { store, folder: _folder, database: _database } = house.still();
    assert_eq!(head(&store).epoch, 2);
    let audited = store.read_now(|reading| audit(reading, key(), &[lost], |_| {})).unwrap();
    assert_eq!((audited.bad, audited.lost), (None, 1));
}

#[test]
fn another_history_of_the_same_length_is_found_as_well() {
    let (house, lost) = rolled_back(House::new(), 0);
    assert_eq!(house.size(), lost.size);
    assert!(house.writer.is_closed());
}

#[test]
fn what_a_backup_or_a_witness_holds_counts_as_much_as_what_was_signed_here() {
    let (house, lost) = rolled_back(House::new(), 2);
    let notes = heads(&house.store);
    let ahead = signer().sign(0, lost.size + 5, lost.root);
    notes.note(BACKED_UP, &ahead).unwrap();
    let newest = Head { size: lost.size + 5, ..lost };
    assert_eq!(house.store.read_now(|reading| notes.lost(reading, &key())), Ok(Some(newest)));
    house.writer.open_epoch(opening(&house, Some(lost))).unwrap();
    assert!(house.restarted(0).writer.is_closed(), "more was lost than the epoch says");
}

#[test]
fn a_note_that_our_key_did_not_sign_proves_nothing_and_is_told() {
    let house = House::new();
    house.create(TYPED, json!({})).unwrap();
    let notes = heads(&house.store);
    notes.note("stranger", &ledger::Signer::generate("other", [1; 32]).unwrap().sign(0, 99, Hash([0; 32]))).unwrap();
    notes.note("damaged", "x").unwrap();
    let house = house.restarted(0);
    assert!(!house.writer.is_closed());
    let faults = notes.all(&key()).unwrap().into_iter().filter(|(_, opened)| opened.is_err()).map(|(name, _)| name);
    assert_eq!(faults.collect::<Vec<_>>(), ["damaged", "stranger"]);
}

#[test]
fn a_database_that_is_exchanged_while_the_writer_works_is_not_signed() {
    let house = House::new().restarted(0);
    let size = house.size();
    let ahead = signer().sign(0, size + 9, Hash([0; 32]));
    heads(&house.store).note("signed", &ahead).unwrap();
    house.create(TYPED, json!({})).unwrap();
    house.until(|_| house.writer.is_closed().then_some(()));
    assert_eq!(house.create(TYPED, json!({})), Err(Failure::Closed));
    let signed = house.store.read_now(state).unwrap().note.map(|note| key().open(&note).unwrap().size);
    assert_eq!(signed, Some(size));
}

#[test]
fn every_head_that_was_signed_leads_here() {
    let house = House::new();
    let mut all = Vec::new();
    for _ in 0..5 {
        house.create(TYPED, json!({})).unwrap();
        all.push(house.store.read_now(state).unwrap().head);
    }
    for head in all {
        let leads = |head| house.store.read_now(|reading| leads_to(reading, head)).unwrap();
        assert!(leads(head));
        assert!(!leads(Head { root: Hash([1; 32]), ..head }));
        assert!(!leads(Head { epoch: 1, ..head }));
        assert!(!leads(Head { size: head.size + 9, ..head }));
    }
}
