//! How fast a ledger is written and audited, on one core, with entries of about 500 bytes.

#![expect(clippy::print_stdout, reason = "its figures are read at a terminal")]

use std::{hint::black_box, time::Instant};

use ledger::{Audit, Commitment, Entry, Frontier, Object, Row, Signer, leaf_hash};

const ENTRIES: u32 = 300_000;
/// A checkpoint per so many entries, as the writer makes them under load.
const SIGNED_EVERY: u32 = 1000;

fn main() {
    let signer = Signer::generate("sekimori/bench", [7; 32]).expect("the origin is well formed");
    let (mut edge, mut rows, mut notes) = (Frontier::new(), Vec::new(), Vec::new());
    let start = Instant::now();
    for seq in 0..ENTRIES {
        let bytes = entry(seq).to_bytes();
        let leaf = leaf_hash(&bytes);
        edge.push(leaf);
        rows.push((bytes, leaf));
        if (seq + 1) % SIGNED_EVERY == 0 {
            notes.push(signer.sign(0, edge.size(), edge.root()));
        }
    }
    let length = rows.iter().map(|(bytes, _)| bytes.len()).sum::<usize>() / rows.len();
    report(&format!("entries of {length} B written, hashed, signed"), "-", start);

    let start = Instant::now();
    let mut audit = Audit::new(signer.public());
    for (position, (bytes, leaf)) in (0..).zip(&rows) {
        black_box(audit.entry(&Row { position, bytes, leaf: &leaf.0 }).expect("the ledger is sound"));
        if (position + 1) % u64::from(SIGNED_EVERY) == 0 {
            let place = usize::try_from(position / u64::from(SIGNED_EVERY)).expect("there are few checkpoints");
            audit.checkpoint(&notes[place]).expect("the checkpoint is ours");
        }
    }
    let verdict = audit.finish(&edge);
    assert_eq!((verdict.first_fault, verdict.checkpoints), (None, u64::from(ENTRIES / SIGNED_EVERY)));
    report(&format!("entries of {length} B audited, with checkpoints"), "≥ 100,000/s", start);
}

fn report(what: &str, goal: &str, start: Instant) {
    let per_second = f64::from(ENTRIES) / start.elapsed().as_secs_f64();
    println!("| {what} | {per_second:.0}/s | {goal} | one core, in memory |");
}

fn entry(seq: u32) -> Entry {
    let body = Some(Commitment([u8::try_from(seq % 256).expect("a remainder of 256"); 32]));
    Entry {
        action: "act:approve".into(),
        actor: "0197c2e4kq3v8m5t1x7n2d9f6g".into(),
        after: body,
        approvals: vec!["0197c2e4kq3v8m5t1x7n2d9f6h".into()],
        auth: Some("passkey".into()),
        before: body,
        build: "0.1.0+42dde3b".into(),
        clauses: vec!["asset-ownership".into(), "media-loan".into()],
        clock_ok: true,
        epoch: 0,
        former: None,
        object: Object { id: "0197c2e4kq3v8m5t1x7n2d9f6j".into(), register: "media_loan".into(), rev: 4 },
        reason: body,
        request_id: format!("0197c2e4kq3v8m5t{seq:010}"),
        role: Some("Manager".into()),
        seq: seq.into(),
        session: Some("k3v8m5t1".into()),
        ts: format!(
            "2026-11-24T{:02}:{:02}:{:02}.{:03}Z",
            seq / 3_600_000,
            seq / 60_000 % 60,
            seq / 1000 % 60,
            seq % 1000
        ),
        v: 1,
        zone: Some("lgwan".into()),
    }
}
