//! The audit finds whatever was changed behind the house's back, in its place, and nothing in a clean store.

use base::id::Id;
use ledger::leaf_hash;
use register::change::{Change, Op, Request, SIGN_IN};
use register::permit::{Action, Actor, Subject, Who};
use register::proof::{Audited, show};
use register::store::Place;
use serde_json::json;

use crate::common::database::Database;
use crate::common::{DATA, Hand, House, Still, TYPED, body, copy, fields, key};

/// A house with edits, acts, an archived record, reasons and noted facts.
fn lively() -> House {
    let house = House::new();
    for register in [TYPED, DATA] {
        let id = house.create(register, json!({"name": "端末", "owner": house.person, "grade": "3A"})).unwrap();
        house.edit(register, id, json!({"note": "点検済み", "owner": null})).unwrap();
        house.act(&house.chief(), register, id, "ask", json!({})).unwrap();
        house.act(&house.manager(), register, id, "grant", json!({"valid_until": "2026-03-31"})).unwrap();
        let row = house.row(register, id);
        let noted = Op::Noted { register: register.into(), id, what: "viewed" };
        house.commit(&house.chief(), Action::View, &row.subject(), noted).unwrap();
        let permit = house.permit(&house.chief(), Action::Edit, &row.subject()).unwrap();
        let patch = body(json!({"copies": 2, "unit": house.other}));
        let op = Op::Edit { register: register.into(), id, base: row.rev, patch };
        let mut change = Change::one(Request::new(), permit, op);
        change.reason = Some("移管のため".into());
        house.writer.commit_now(change).unwrap();
        let old = house.create(register, json!({"name": "旧式"})).unwrap();
        house.archive(register, old).unwrap();
    }
    house
}

/// Audits a copy of a store after a hand at its database.
fn tampered(still: &Still, hand: impl FnOnce(&Hand<'_>) + Send) -> Audited {
    let (folder, database) = copy(still);
    Hand::at(folder.path(), &database, hand);
    let clock = still.store.clock().clone();
    let registers = still.store.registers().clone();
    let store = register::Store::look(database.place(folder.path()), registers, clock).unwrap();
    let answer = Still { folder, store, database }.audit();
    assert!(answer.bad.is_some(), "the tampering is found");
    answer
}

fn run(sql: &str) -> impl FnOnce(&Hand<'_>) + Send {
    move |db| assert!(db.run(sql) > 0, "{sql}")
}

fn seq(audited: Audited) -> Option<u64> {
    audited.bad.unwrap().seq
}

fn record(audited: Audited) -> String {
    audited.bad.unwrap().record.unwrap().1
}

#[test]
fn looking_makes_nothing_and_says_what_it_cannot_read() {
    let still = lively().still();
    let (registers, clock) = (still.store.registers().clone(), still.store.clock().clone());
    let look =
        |place: Place, registers: &register::Registers| register::Store::look(place, registers.clone(), clock.clone());
    let (none, nothing) = (tempfile::tempdir().unwrap(), Database::new());
    assert!(look(nothing.place(none.path()), &registers).is_err());
    assert_eq!(std::fs::read_dir(none.path()).unwrap().count(), 0);
    let place = || still.database.place(still.folder.path());
    let field = json!({"name": "x_more", "label": {"ja": "追加", "en": "More"}, "kind": "bool"});
    let wider = registers.add_field(TYPED, serde_json::from_value(field).unwrap()).unwrap();
    assert_eq!(fields(look(place(), &wider)), [""], "the flat table is of another version");
    register::Store::open(place(), wider.clone(), clock.clone()).unwrap();
    look(place(), &wider).unwrap();
    let older = run("UPDATE setting SET value = '0' WHERE name = 'shape'");
    Hand::at(still.folder.path(), &still.database, older);
    assert_eq!(fields(look(place(), &wider)), [""], "the tables are of another shape");
    assert_eq!(fields(register::Store::open(place(), wider, clock.clone())), [""]);
}

#[test]
fn a_clean_store_has_no_fault_whatever_was_done_in_it() {
    let house = lively();
    let running = house.audit();
    assert_eq!(running.bad, None);
    let house = house.restarted(0);
    house.create(TYPED, json!({})).unwrap();
    let size = house.size();
    let still = house.still();
    let audited = still.audit();
    assert_eq!((audited.bad, audited.entries), (None, size));
    assert!(audited.checkpoints >= 2 && audited.records > 10);
}

#[test]
fn what_is_done_in_a_session_that_nobody_signed_in_to_is_found() {
    fn within(session: &str, mut actor: Actor) -> Actor {
        let Who::Person { session: own, .. } = &mut actor.who else { panic!("a person acts") };
        *own = Some(session.to_owned());
        actor
    }
    let slipped_in = [("2b", House::chief as fn(&House) -> Actor), ("1a", House::manager)];
    for (session, somebody) in slipped_in {
        let house = House::new();
        let id = house.create(TYPED, json!({})).unwrap();
        let note = |actor: &Actor, what| {
            let op = Op::Noted { register: TYPED.into(), id, what };
            house.commit(actor, Action::View, &house.row(TYPED, id).subject(), op).unwrap();
        };
        note(&within("1a", house.chief()), SIGN_IN);
        note(&within("1a", house.chief()), "seen");
        assert_eq!(house.audit().bad, None);
        note(&within(session, somebody(&house)), "seen");
        let bad = house.audit().bad.unwrap();
        assert_eq!(bad.seq, Some(house.size() - 1), "{bad:?}");
        assert!(bad.say.en.contains("signed in"), "{}", bad.say.en);
    }
}

#[test]
fn a_clock_that_went_back_is_no_fault() {
    let house = lively();
    let now = house.clock.now();
    house.clock.set(now.plus_seconds(-86_400));
    house.create(TYPED, json!({})).unwrap();
    house.clock.set(now.plus_seconds(60));
    house.create(TYPED, json!({})).unwrap();
    assert_eq!(house.still().audit().bad, None);
}

#[test]
fn a_change_of_any_entry_is_found_at_that_entry() {
    let house = lively();
    let size = house.size();
    let still = house.still();
    for at in [0, 1, size / 2, size - 2, size - 1] {
        for column in ["bytes", "leaf"] {
            let hand = |db: &Hand<'_>| {
                let mut new = db.bytes(&format!("SELECT {column} FROM entry WHERE seq = {at}"));
                new[9] ^= 1;
                db.run(&format!("UPDATE entry SET {column} = {} WHERE seq = {at}", db.literal(&new)));
            };
            assert_eq!(seq(tampered(&still, hand)), Some(at), "{column}");
        }
        assert_eq!(seq(tampered(&still, run(&format!("DELETE FROM entry WHERE seq = {at}")))), Some(at), "removed");
        let cut = format!("UPDATE entry SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE seq = {at}");
        assert_eq!(seq(tampered(&still, run(&cut))), Some(at), "truncated");
    }
}

#[test]
fn entries_in_another_order_and_a_shortened_ledger_are_found() {
    let house = lively();
    let size = house.size();
    let still = house.still();
    let swap = |db: &Hand<'_>| {
        for (from, to) in [(5, -1), (6, 5), (-1, 6)] {
            db.run(&format!("UPDATE entry SET seq = {to} WHERE seq = {from}"));
        }
    };
    assert_eq!(seq(tampered(&still, swap)), Some(5));
    let shorten = format!("DELETE FROM entry WHERE seq >= {}", size - 3);
    assert_eq!(seq(tampered(&still, run(&shorten))), Some(size - 3));
}

#[test]
fn an_entry_that_was_forged_with_its_leaf_breaks_the_signed_root() {
    let still = lively().still();
    let forge = |db: &Hand<'_>| {
        let old = db.bytes("SELECT bytes FROM entry WHERE seq = 3");
        let forged = String::from_utf8(old).unwrap().replace("engine:console", "engine:nobodyy");
        let leaf = leaf_hash(forged.as_bytes()).0;
        let (bytes, leaf) = (db.literal(forged.as_bytes()), db.literal(&leaf));
        db.run(&format!("UPDATE entry SET bytes = {bytes}, leaf = {leaf} WHERE seq = 3"));
    };
    assert!(seq(tampered(&still, forge)).unwrap() <= 3);
}

#[test]
fn whatever_is_edited_in_a_record_or_its_past_is_found_there() {
    let house = lively();
    let id = house.store.read_now(|reading| reading.all(TYPED)).unwrap()[0].id;
    let row = house.row(TYPED, id);
    let revisions = house.store.read_now(|reading| reading.revisions(&row)).unwrap();
    let still = house.still();
    let n = format!("(SELECT n FROM record WHERE id = '{id}')");
    for sql in [
        format!("UPDATE record SET body = replace(body, '点検', '未検') WHERE id = '{id}'"),
        format!("UPDATE record SET state = 'draft' WHERE id = '{id}'"),
        format!("UPDATE record SET archived = 1 WHERE id = '{id}'"),
        format!("UPDATE record SET salt = substr(salt, 2) WHERE id = '{id}'"),
        format!("UPDATE record SET rev = rev + 1 WHERE id = '{id}'"),
        format!("UPDATE record SET title = '別名' WHERE id = '{id}'"),
        format!("UPDATE record SET until = '9999-12-31' WHERE id = '{id}'"),
        format!("UPDATE record SET unit = 1 WHERE id = '{id}'"),
        format!("UPDATE record SET owner = 3 WHERE id = '{id}'"),
        format!("UPDATE at_asset SET state = 'draft' WHERE n = {n}"),
        format!("UPDATE at_asset SET unit = 1 WHERE n = {n}"),
        format!("UPDATE at_asset SET f_copies = 9 WHERE n = {n}"),
        format!("DELETE FROM at_asset WHERE n = {n}"),
    ] {
        assert_eq!(record(tampered(&still, run(&sql))), id.to_string(), "{sql}");
    }
    for revision in &revisions {
        for set in [
            "body = replace(body, '端末', '端未')",
            "state = 'x'",
            "actor = 'engine:console'",
            "at = at + 1",
            "salt = substr(salt, 2)",
        ] {
            let sql = format!("UPDATE revision SET {set} WHERE n = {n} AND rev = {}", revision.rev);
            assert_eq!(seq(tampered(&still, run(&sql))), Some(revision.seq), "{sql}");
        }
        let sql = format!("DELETE FROM revision WHERE n = {n} AND rev = {}", revision.rev);
        assert_eq!(seq(tampered(&still, run(&sql))), Some(revision.seq), "{sql}");
    }
    let reason = format!("UPDATE revision SET reason = '別の理由' WHERE n = {n} AND reason IS NOT NULL");
    assert_eq!(seq(tampered(&still, run(&reason))), Some(revisions[0].seq));
    let both = |db: &Hand<'_>| {
        for table in ["record", "at_asset"] {
            db.run(&format!("UPDATE {table} SET unit = 1 WHERE n = {n}"));
        }
    };
    assert_eq!(record(tampered(&still, both)), id.to_string(), "record and list row together");
}

#[test]
fn acts_that_separation_of_duties_rests_on_are_compared_with_their_entries() {
    let still = lively().still();
    let first = |what: &str| {
        let sql = format!("SELECT min(seq) FROM act WHERE what = '{what}'");
        Hand::at(still.folder.path(), &still.database, |db| db.number(&sql))
    };
    for what in ["act:ask", "act:grant", "viewed", "archive"] {
        let seq_of = first(what);
        for change in ["SET actor = 'somebody'", "SET what = 'act:other'", "SET at = at - 1"] {
            let sql = format!("UPDATE act {change} WHERE seq = {seq_of}");
            assert_eq!(seq(tampered(&still, run(&sql))), Some(seq_of), "{sql}");
        }
        assert_eq!(seq(tampered(&still, run(&format!("DELETE FROM act WHERE seq = {seq_of}")))), Some(seq_of));
    }
}

#[test]
fn records_and_rows_that_no_entry_knows_are_found() {
    let still = lively().still();
    let foreign = Id::new(still.store.clock()).to_string();
    let add = format!(
        "INSERT INTO record SELECT n + 1000, '{foreign}', register, rev, schema, state, until, archived, unit, owner, title, body, salt, mark, seq
         FROM record WHERE register = 'unit' LIMIT 1"
    );
    assert_eq!(record(tampered(&still, run(&add))), foreign);
    let row = "INSERT INTO at_unit SELECT n + 1000, live, state, until, unit, owner FROM at_unit LIMIT 1";
    assert_eq!(tampered(&still, run(row)).bad.unwrap().record.unwrap().0, "unit");
}

#[test]
fn links_keys_acts_and_revisions_that_no_entry_stands_for_are_found() {
    let still = lively().still();
    for sql in [
        "DELETE FROM link WHERE source = (SELECT min(source) FROM link)",
        "INSERT INTO link SELECT source, field || 'x', target FROM link LIMIT 1",
        "DELETE FROM unique_key WHERE n = (SELECT min(n) FROM unique_key)",
        "UPDATE unique_key SET value = value || 'x' WHERE n = (SELECT min(n) FROM unique_key)",
        "INSERT INTO act SELECT n, 1000000, rev, what, at, actor, note FROM act LIMIT 1",
        "INSERT INTO revision SELECT n, 1000, 1000000, at, actor, state, schema, body, salt, reason FROM revision LIMIT 1",
    ] {
        tampered(&still, run(sql));
    }
}

#[test]
fn an_altered_checkpoint_is_found() {
    let house = House::new();
    let still = house.restarted(0).still();
    let size = "(SELECT max(size) FROM checkpoint)";
    for sql in [
        format!("UPDATE checkpoint SET note = replace(note, 'register.test', 'register.tset') WHERE size = {size}"),
        format!("UPDATE checkpoint SET note = replace(note, '{}', '1') WHERE size = {size}", still.audit().entries),
        format!("UPDATE checkpoint SET note = substr(note, 1, length(note) - 3) WHERE size = {size}"),
        format!("UPDATE checkpoint SET note = '' WHERE size = {size}"),
    ] {
        tampered(&still, run(&sql));
    }
}

#[test]
fn every_entry_of_many_can_be_shown_under_the_newest_checkpoint() {
    let house = House::new();
    let permit = house.permit(&house.chief(), Action::Create, &Subject::register(TYPED)).unwrap();
    let changes = (0..640).map(|_| {
        let op = Op::Create { register: TYPED.into(), id: Id::new(&house.clock), body: house.asset(json!({})) };
        Change::one(Request::new(), permit.clone(), op)
    });
    house.writer.commit_many(changes.collect()).unwrap();
    let house = house.restarted(0);
    let size = house.size();
    let late = house.create(TYPED, json!({})).unwrap();
    house
        .store
        .read_now(|reading| {
            for seq in 0..size {
                let shown = show(reading, &key(), seq)?.unwrap();
                let (checkpoint, note, proof) = shown.covered.unwrap();
                assert_eq!((shown.entry.seq, checkpoint.size), (seq, size));
                assert_eq!(shown.leaf, leaf_hash(shown.text.as_bytes()));
                proof.verify(shown.leaf, key().open(&note).unwrap().root).unwrap();
            }
            let last = show(reading, &key(), size)?.unwrap();
            assert!(last.entry.object.id == late.to_string() && last.covered.is_none(), "not signed yet");
            assert!(show(reading, &key(), size + 1)?.is_none());
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_sealed_text_that_was_altered_moved_or_taken_away_is_found() {
    let house = House::new();
    let [one, two] = ["一", "二"].map(|text| crate::sealing::paper(&house, text));
    let still = house.still();
    let name = |id| {
        let row = still.store.read_now(|reading| reading.find("paper", id)).unwrap().unwrap();
        register::sealed::name_in(&row.body["text"]).unwrap().to_owned()
    };
    let (a, b) = (name(one), name(two));
    for sql in [
        format!("UPDATE sealed SET bytes = (SELECT bytes FROM sealed WHERE name = '{b}') WHERE name = '{a}'"),
        format!("UPDATE sealed SET n = (SELECT n FROM sealed WHERE name = '{b}') WHERE name = '{a}'"),
        format!("DELETE FROM sealed WHERE name = '{a}'"),
    ] {
        assert_eq!(record(tampered(&still, run(&sql))), one.to_string(), "{sql}");
    }
    assert_eq!(still.audit().bad, None);
}

#[test]
fn a_body_that_is_gone_without_an_erasure_is_found() {
    let house = House::new();
    let id = crate::sealing::paper(&house, "一");
    house.edit("paper", id, json!({"text": "二"})).unwrap();
    let seq_of = house.row("paper", id).seq;
    let still = house.still();
    let blank = |db: &Hand<'_>| {
        let salt = db.literal(&[]);
        let set = format!("UPDATE revision SET body = '{{}}', salt = {salt}, reason = NULL");
        db.run(&format!("{set} WHERE rev = 1 AND n = (SELECT max(n) FROM record)"));
    };
    let audited = tampered(&still, blank);
    assert_eq!(audited.bad.clone().unwrap().seq, Some(seq_of - 1));
    assert_eq!(record(audited), id.to_string());
    // As if it had been erased, but without the entry.
    let fake = "UPDATE record SET body = '{}', state = 'erased', archived = 1, title = '' WHERE n = (SELECT max(n) FROM record)";
    tampered(&still, run(fake));
    assert_eq!(still.audit().bad, None);
}
