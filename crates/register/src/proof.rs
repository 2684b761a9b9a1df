//! Proof (証明): the audit of the whole store against its ledger, and what can be shown for one entry.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::thread;

use base::clock::Timestamp;
pub use ledger::{
    Asked, Checkpoint, Cosigner, Denied, Entry, Fault, Hash, Head, Proof, PublicKey, Signer, What, WitnessKey,
    leaf_hash,
};
use ledger::{Audit, Commitment, Salt, Source, check_body};
use serde::de::DeserializeOwned;

use crate::change::{API_TOKEN, ERASED, SIGN_IN, STEP_UP};
use crate::find::Reading;
use crate::flat;
use crate::record::Body;
use crate::say::{Failure, Say};
use crate::sealed;
use crate::store::{self, Cell, DbError, Line};
use crate::writer::{Edge, head, reasoned, stated, stated_text};

/// What an audit of the store found.
#[derive(Debug, Clone, PartialEq)]
pub struct Audited {
    /// Entries read.
    pub entries: u64,
    /// Checkpoints that agreed.
    pub checkpoints: u64,
    /// Entries that the newest checkpoint covers.
    pub signed: u64,
    /// The epoch of the last entry.
    pub epoch: u64,
    /// Given heads that belong to what was lost before a new epoch began.
    pub lost: u64,
    /// Records compared with their last entry.
    pub records: u64,
    /// The first bad place, if there is one.
    pub bad: Option<Bad>,
    /// Root over all sound entries.
    pub root: String,
}

/// A bad place.
#[derive(Debug, Clone, PartialEq)]
pub struct Bad {
    /// The first entry that it touches.
    pub seq: Option<u64>,
    /// Register and id of the record that it touches.
    pub record: Option<(String, String)>,
    /// What was found and what to do.
    pub say: Say,
}

impl Bad {
    fn of(fault: &Fault, record: Option<(String, String)>) -> Self {
        Self { seq: fault.seq, record, say: Say::new(fault.ja(), fault.to_string()) }
    }

    fn derived(register: &str, id: &str) -> Self {
        Self {
            seq: None,
            record: Some((register.to_owned(), id.to_owned())),
            say: Say::new(
                format!(
                    "台帳 {register} の一覧用の行が、記録 {id} の内容と一致しません。データベースを直接書き換えた者がいないか確認してください"
                ),
                format!(
                    "the list row of record {id} in {register} differs from the record: find out who wrote to the database directly"
                ),
            ),
        }
    }
}

/// Reads a head that was kept outside, as the audit shows it: `entries:root`, and behind it the epoch where it is not 0.
///
/// # Errors
/// How to write it.
pub fn kept(text: &str) -> Result<Head, Say> {
    let mut parts = text.splitn(3, ':').map(str::trim);
    let mut read = || {
        let (size, root) = (parts.next()?.parse().ok()?, Hash::parse(parts.next()?)?);
        let epoch = parts.next().map_or(Some(0), |epoch| epoch.parse().ok())?;
        Some(Head { epoch, root, size })
    };
    read().ok_or_else(|| {
        Say::new(
            "控えは「件数:根」又は「件数:根:世代」の形で指定してください（例：1234:根の44文字）",
            "Give a kept head as entries:root or entries:root:epoch, such as 1234: and the 44 characters of the root",
        )
    })
}

/// A head in the form that [`kept`] reads.
pub fn written(head: Head) -> String {
    let Head { epoch, root, size } = head;
    if epoch == 0 { format!("{size}:{root}") } else { format!("{size}:{root}:{epoch}") }
}

/// What the last entry of a record promised.
struct Last {
    register: String,
    rev: u64,
    seq: u64,
    after: Commitment,
}

/// Audits everything: entries, leaves, tree, checkpoints, order of time, bodies, records and their list rows.
/// `held` are heads that were kept outside, which the ledger must still lead to. `progress` is told how many entries have
/// been read.
///
/// Two threads share the work. The second has a reading of its own, perhaps of a later moment: what it compares must agree
/// at every moment, and nothing of the one reading is compared with the other.
///
/// # Errors
/// When the store can't be read. What is wrong with its content is in the answer.
pub fn audit(
    reading: &Reading<'_>,
    key: PublicKey,
    held: &[Head],
    progress: impl FnMut(u64),
) -> Result<Audited, Failure> {
    let store = reading.store();
    thread::scope(|scope| {
        let second = scope.spawn(|| store.read_now(beside));
        let audited = promised(reading, key, held, progress)?;
        let bad = second.join().expect("the comparison doesn't panic")?;
        Ok(Audited { bad: audited.bad.or(bad), ..audited })
    })
}

/// Audits the entries, and the revisions, acts and records that they promise.
fn promised(
    reading: &Reading<'_>,
    key: PublicKey,
    held: &[Head],
    mut progress: impl FnMut(u64),
) -> Result<Audited, Failure> {
    let db = reading.db();
    let mut audit = Audit::new(key);
    let mut last: HashMap<String, Last> = HashMap::new();
    // Records with revisions that are blank, as only an erasure may leave them: where they begin.
    let mut blank: HashMap<String, u64> = HashMap::new();
    // Session → who signed in.
    let mut sessions = HashMap::new();
    // Of a fault in what hangs on an entry: the record.
    let mut named: HashMap<Option<u64>, (String, String)> = HashMap::new();
    db.each::<Failure>("SELECT note FROM checkpoint ORDER BY size", &[], |line| {
        // The audit itself remembers the first fault.
        let _ = audit.checkpoint(line.text(0));
        Ok(())
    })?;
    for head in held {
        let _ = audit.held(*head);
    }
    let mut read = 0;
    db.stream::<Failure>(
        "SELECT e.seq, e.bytes, e.leaf, v.state, v.body, v.salt, v.reason, r.id, v.rev, v.actor, v.at,
         a.what, a.actor, a.at, a.rev, d.id FROM entry e
         LEFT JOIN revision v ON v.seq = e.seq LEFT JOIN record r ON r.n = v.n
         LEFT JOIN act a ON a.seq = e.seq LEFT JOIN record d ON d.n = a.n ORDER BY e.seq",
        &[],
        |line| {
            read += 1;
            if read % 10_000 == 0 {
                progress(read);
            }
            let row = ledger::Row { position: line.count(0), bytes: line.blob(1), leaf: line.blob(2) };
            let Ok(entry) = audit.entry(&row) else { return Ok(()) };
            let sound = acts(&entry, &line).and(bodies(&entry, &line, &mut last, &mut blank));
            if let Err(what) = sound.and(signed_in(&entry, &mut sessions)) {
                let fault = audit.keep(Fault::from(what).at(entry.seq));
                named.entry(fault.seq).or_insert((entry.object.register, entry.object.id));
            }
            Ok(())
        },
    )?;
    if let Some((id, seq)) = blank.into_iter().min_by_key(|(_, seq)| *seq) {
        let fault = audit.keep(Fault::from(What::BodyMissing).at(seq));
        named.entry(fault.seq).or_insert((String::new(), id));
    }
    let verdict = audit.finish(&head(db)?.frontier);
    progress(read);
    // What an entry lacks shows in its record too: the entry is the place to look at.
    let mut bad = verdict.first_fault.map(|fault| Bad::of(&fault, named.remove(&fault.seq)));
    let records = each_record(reading, &mut last, &mut |found| {
        bad.get_or_insert(found);
    })?;
    if let Some((id, promised)) = last.iter().min_by_key(|(_, promised)| promised.seq) {
        let fault = Fault::from(What::BodyMissing).at(promised.seq);
        bad.get_or_insert_with(|| Bad::of(&fault, Some((String::new(), id.clone()))));
    }
    Ok(Audited {
        entries: verdict.entries,
        checkpoints: verdict.checkpoints,
        signed: verdict.signed,
        epoch: verdict.epoch,
        lost: verdict.lost,
        records,
        bad,
        root: verdict.root.to_string(),
    })
}

/// Checks the act beside an entry, which approvals and the separation of duties rest on: every action but an edit has one.
fn acts(entry: &Entry, line: &Line) -> Result<(), What> {
    let act = (line.text(11), line.text(12), moment(line, 13), line.count(14), line.text(15));
    let promised =
        (entry.action.as_str(), entry.actor.as_str(), entry.ts.clone(), entry.object.rev, entry.object.id.as_str());
    let sound = if entry.action == "edit" { line.maybe(11).is_none() } else { act == promised };
    if sound { Ok(()) } else { Err(What::RecordMismatch) }
}

/// Checks that an entry's session was opened by its actor, or that its token was made by them: a row that somebody slipped
/// into the table of sessions has no entry that says so.
fn signed_in(entry: &Entry, sessions: &mut HashMap<String, String>) -> Result<(), What> {
    if entry.object.register == API_TOKEN && entry.action == "create" {
        sessions.insert(entry.object.id.clone(), entry.actor.clone());
    }
    let Some(session) = &entry.session else { return Ok(()) };
    if matches!(entry.action.as_str(), SIGN_IN | STEP_UP) {
        sessions.insert(session.clone(), entry.actor.clone());
        return Ok(());
    }
    if sessions.get(session) == Some(&entry.actor) { Ok(()) } else { Err(What::SessionUnknown) }
}

fn moment(line: &Line, at: usize) -> String {
    Timestamp::from_millis(line.int(at)).to_string()
}

/// Checks the bodies that an entry commits to: the revision beside it, its reason, and the state before. A revision whose
/// body is gone waits in `blank` for the entry that says so.
fn bodies(
    entry: &Entry,
    line: &Line,
    last: &mut HashMap<String, Last>,
    blank: &mut HashMap<String, u64>,
) -> Result<(), What> {
    let Some(after) = entry.after else { return Ok(()) };
    let by = (line.text(9), moment(line, 10).as_str()) == (entry.actor.as_str(), entry.ts.as_str());
    if line.text(7) != entry.object.id || line.count(8) != entry.object.rev || !by {
        return Err(What::RecordMismatch);
    }
    if (line.blob(5), line.text(4), line.maybe(6)) == (&[], "{}", None) {
        blank.entry(entry.object.id.clone()).or_insert(entry.seq);
    } else {
        promises(entry, line, after)?;
    }
    if entry.action == ERASED {
        blank.remove(&entry.object.id);
    }
    let before = last.get(&entry.object.id);
    if before.map(|before| before.after) != entry.before
        || before.map_or(0, |before| before.rev) + 1 != entry.object.rev
    {
        return Err(What::RecordMismatch);
    }
    last.insert(
        entry.object.id.clone(),
        Last { register: entry.object.register.clone(), rev: entry.object.rev, seq: entry.seq, after },
    );
    Ok(())
}

/// Checks body and reason of a revision against its entry's commitments.
fn promises(entry: &Entry, line: &Line, after: Commitment) -> Result<(), What> {
    let salt = line.blob(5).try_into().map(Salt).map_err(|_| What::BodyMissing)?;
    let body = format!("{}\n{}", line.text(3), line.text(4));
    check_body(Some(after), &salt, body.as_bytes()).map_err(|fault| fault.what)?;
    match (line.maybe(6), entry.reason) {
        (Some(reason), promised) => check_body(promised, &salt, &reasoned(reason)).map_err(|fault| fault.what),
        (None, Some(_)) => Err(What::BodyMissing),
        (None, None) => Ok(()),
    }
}

/// Compares every record with its last entry; what stays in `last` has no record.
fn each_record(
    reading: &Reading<'_>,
    last: &mut HashMap<String, Last>,
    note_bad: &mut impl FnMut(Bad),
) -> Result<u64, Failure> {
    let mut records = 0;
    reading.db().stream::<Failure>(
        "SELECT id, register, rev, state, archived, body, salt, mark, seq FROM record ORDER BY n",
        &[],
        |line| {
            records += 1;
            let promised = last.remove(line.text(0));
            let stated = stated(line.text(3), line.int(4) != 0, line.text(5));
            let sound = promised.as_ref().is_some_and(|promised| {
                let salt: Option<[u8; 32]> = line.blob(6).try_into().ok();
                promised.register == line.text(1)
                    && promised.rev == line.count(2)
                    && promised.seq == line.count(8)
                    && promised.after.0 == line.blob(7)
                    && salt.is_some_and(|salt| check_body(Some(promised.after), &Salt(salt), &stated).is_ok())
            });
            if !sound {
                let mut fault = Fault::from(What::RecordMismatch);
                fault.seq = promised.map(|promised| promised.seq);
                note_bad(Bad::of(&fault, Some((line.text(1).to_owned(), line.text(0).to_owned()))));
            }
            Ok(())
        },
    )?;
    Ok(records)
}

/// Audits what stands beside entries and records: that nothing is there without an entry, and that list rows, links and
/// keys are those of their records. The first bad place.
fn beside(reading: &Reading<'_>) -> Result<Option<Bad>, Failure> {
    let mut bad = None;
    let mut note_bad = |found| {
        bad.get_or_insert(found);
    };
    unentered(reading, &mut note_bad)?;
    sealed_texts(reading, &mut note_bad)?;
    derived(reading, &mut note_bad)?;
    Ok(bad)
}

/// Compares what is sealed with the names that bodies refer to it by.
fn sealed_texts(reading: &Reading<'_>, note_bad: &mut impl FnMut(Bad)) -> Result<(), Failure> {
    let db = reading.db();
    let mut there: HashMap<i64, BTreeSet<String>> = HashMap::new();
    let mut altered = BTreeSet::new();
    db.each::<Failure>("SELECT n, name, bytes FROM sealed", &[], |line| {
        if sealed::name_of(line.blob(2)).as_deref() == Some(line.text(1)) {
            there.entry(line.int(0)).or_default().insert(line.text(1).to_owned());
        } else {
            altered.insert(line.int(0));
        }
        Ok(())
    })?;
    for description in reading.registers().all().filter(|d| d.fields.iter().any(|field| field.sealed)) {
        db.each::<Failure>(
            "SELECT r.n, r.id, v.body FROM revision v JOIN record r ON r.n = v.n WHERE r.register = ?1 ORDER BY v.seq",
            &[description.name.as_str().into()],
            |line| {
                let body: Body = serde_json::from_str(line.text(2)).map_err(|e| Failure::Broken(e.to_string()))?;
                let own = there.get(&line.int(0));
                let missing = sealed::names(&body).any(|name| own.is_none_or(|own| !own.contains(name)));
                if missing || altered.contains(&line.int(0)) {
                    let fault = Fault::from(What::RecordMismatch);
                    note_bad(Bad::of(&fault, Some((description.name.clone(), line.text(1).to_owned()))));
                }
                Ok(())
            },
        )?;
    }
    Ok(())
}

/// Compares the list rows, links and unique keys of every register with its records.
fn derived(reading: &Reading<'_>, note_bad: &mut impl FnMut(Bad)) -> Result<(), Failure> {
    let db = reading.db();
    let scales = store::scales(db)?;
    for description in reading.registers().all() {
        let table = flat::table(&description.name);
        let columns = format!(
            ", {}, {}, {}",
            db.pairs("field, target", "link WHERE source = r.n"),
            db.pairs("key, value", "unique_key k WHERE k.n = r.n"),
            flat::select(description)
        );
        let joined = format!(" LEFT JOIN {table} a ON a.n = r.n");
        let mut rows = 0;
        store::each_derived(db, description, &scales, (&columns, &joined), |derived, there| {
            rows += 1;
            let sound = derived.kept
                && listed(&there[0]) == Some(derived.links)
                && listed(&there[1]) == Some(derived.keys)
                && there[2..] == derived.cells;
            if !sound {
                let id = db.first("SELECT id FROM record WHERE n = ?1", &[derived.n.into()])?;
                note_bad(Bad::derived(&description.name, id.as_ref().map_or("", |line| line.text(0))));
            }
            Ok(())
        })?;
        let there = db.first(&format!("SELECT count(*) FROM {table}"), &[])?;
        if there.is_some_and(|line| line.count(0) != rows) {
            note_bad(Bad::derived(&description.name, ""));
        }
    }
    Ok(())
}

/// A list of pairs as the database writes it.
fn listed<T: DeserializeOwned + Ord>(cell: &Cell) -> Option<BTreeSet<(String, T)>> {
    let Cell::Text(text) = cell else { return None };
    serde_json::from_str(text).ok()
}

/// Finds an act or a revision that no entry stands for.
fn unentered(reading: &Reading<'_>, note_bad: &mut impl FnMut(Bad)) -> Result<(), Failure> {
    for table in ["act", "revision"] {
        let sql = format!(
            "SELECT seq, (SELECT register FROM record r WHERE r.n = t.n), (SELECT id FROM record r WHERE r.n = t.n)
             FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.seq = t.seq) ORDER BY seq LIMIT 1"
        );
        if let Some(line) = reading.db().first(&sql, &[])? {
            let fault = Fault::from(What::RecordMismatch).at(line.count(0));
            note_bad(Bad::of(&fault, Some((line.text(1).to_owned(), line.text(2).to_owned()))));
        }
    }
    Ok(())
}

/// What can be shown for one entry.
#[derive(Debug)]
pub struct Shown {
    /// The entry.
    pub entry: Entry,
    /// Its stored bytes, as text.
    pub text: String,
    /// Its leaf.
    pub leaf: Hash,
    /// The newest checkpoint that covers it, with its note and the way from the leaf to its root.
    pub covered: Option<(Checkpoint, String, Proof)>,
}

/// An entry with its way to the newest signed checkpoint.
///
/// # Errors
/// When the store can't be read, or what it holds doesn't fit together.
pub fn show(reading: &Reading<'_>, key: &PublicKey, seq: u64) -> Result<Option<Shown>, Failure> {
    let db = reading.db();
    let Some(line) = db.first("SELECT bytes, leaf FROM entry WHERE seq = ?1", &[seq.into()])? else { return Ok(None) };
    let broken = |fault: Fault| Failure::Broken(fault.to_string());
    let entry = Entry::from_bytes(line.blob(0)).map_err(broken)?;
    let text = String::from_utf8_lossy(line.blob(0)).into_owned();
    let leaf = Hash(line.blob(1).try_into().map_err(|_| Failure::Broken(format!("entry {seq} has no proper leaf")))?);
    let newest = db.first("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1", &[])?;
    let covered = match newest {
        None => None,
        Some(note) => {
            let checkpoint = key.open(note.text(0)).map_err(broken)?;
            if checkpoint.size > seq {
                let proof = ledger::prove_inclusion(seq, checkpoint.size, &mut Stored { reading })?;
                proof.verify(leaf, checkpoint.root).map_err(broken)?;
                Some((checkpoint, note.text(0).to_owned(), proof))
            } else {
                None
            }
        }
    };
    Ok(Some(Shown { entry, text, leaf, covered }))
}

/// Hands every entry's stored bytes to `each`, in order; then every checkpoint's note to `note`.
///
/// # Errors
/// When the store can't be read, or what the two say.
pub fn each_entry(
    reading: &Reading<'_>,
    mut each: impl FnMut(&[u8]) -> Result<(), Failure>,
    mut note: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let db = reading.db();
    db.stream::<Failure>("SELECT bytes FROM entry ORDER BY seq", &[], |line| each(line.blob(0)))?;
    db.each::<Failure>("SELECT note FROM checkpoint ORDER BY size", &[], |line| note(line.text(0)))
}

/// How the ledger stands.
#[derive(Debug, Clone)]
pub struct State {
    /// Its head, whether or not it is signed yet.
    pub head: Head,
    /// The newest checkpoint's note.
    pub note: Option<String>,
}

/// How the ledger stands now.
///
/// # Errors
/// When the store can't be read.
pub fn state(reading: &Reading<'_>) -> Result<State, Failure> {
    let Edge { frontier, epoch, .. } = head(reading.db())?;
    let note = reading.db().first("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1", &[])?;
    let head = Head { epoch, root: frontier.root(), size: frontier.size() };
    Ok(State { head, note: note.map(|line| line.text(0).to_owned()) })
}

/// The newest checkpoint that so many of these witnesses cosigned, and what is asked of those that have not cosigned the
/// newest of all.
#[derive(Debug, Clone, Default)]
pub struct Witnessed {
    /// The size of that checkpoint, and when the last of the needed witnesses cosigned it, in seconds since 1970.
    pub enough: Option<(u64, u64)>,
    /// When each witness last cosigned, as far as this was looked for.
    pub last: Vec<Option<u64>>,
}

/// Most cosigned checkpoints that are looked at for the newest one with enough cosignatures.
const LOOK_BACK: usize = 1_000;

/// How far witnesses have cosigned the ledger.
///
/// # Errors
/// When the store can't be read.
pub fn witnessed(reading: &Reading<'_>, keys: &[WitnessKey], needed: usize) -> Result<Witnessed, Failure> {
    let mut found = Witnessed { enough: None, last: vec![None; keys.len()] };
    let sql = format!("SELECT size, note FROM checkpoint WHERE cosigned > 0 ORDER BY size DESC LIMIT {LOOK_BACK}");
    reading.db().each::<Failure>(&sql, &[], |line| {
        if found.enough.is_some() && found.last.iter().all(Option::is_some) {
            return Ok(());
        }
        // A line that does not hold counts for nothing here; the audit names it.
        let times: Vec<_> = keys.iter().map(|key| key.cosigned(line.text(1)).ok().flatten()).collect();
        for (last, time) in found.last.iter_mut().zip(&times) {
            *last = last.or(*time);
        }
        let mut held: Vec<_> = times.into_iter().flatten().collect();
        held.sort_unstable();
        if found.enough.is_none() && needed > 0 && held.len() >= needed {
            found.enough = Some((line.count(0), held[needed - 1]));
        }
        Ok(())
    })?;
    Ok(found)
}

/// How many checkpoints each of these witnesses cosigned.
///
/// # Errors
/// When the store can't be read. A line in a witness's name that does not hold is the second part of the answer.
pub fn cosignatures(reading: &Reading<'_>, keys: &[WitnessKey]) -> Result<(Vec<u64>, Option<Fault>), Failure> {
    let (mut counts, mut first) = (vec![0; keys.len()], None);
    reading.db().each::<Failure>("SELECT note FROM checkpoint WHERE cosigned > 0 ORDER BY size", &[], |line| {
        for (count, key) in counts.iter_mut().zip(keys) {
            match key.cosigned(line.text(0)) {
                Ok(time) => *count += u64::from(time.is_some()),
                Err(fault) => {
                    first.get_or_insert(fault);
                }
            }
        }
        Ok(())
    })?;
    Ok((counts, first))
}

/// What a witness is asked that knows the ledger up to `old`, about a checkpoint of ours.
///
/// # Errors
/// When the store can't be read.
pub fn ask(reading: &Reading<'_>, old: u64, checkpoint: &Checkpoint, note: &str) -> Result<Asked, Failure> {
    let hashes = ledger::prove_consistency(old, checkpoint.size, &mut Stored { reading })?.hashes;
    // Lines of other witnesses are not this one's business.
    let note = note.split_inclusive('\n').take_while(|line| !line.starts_with('\u{2014}')).collect::<String>()
        + note.split_inclusive('\n').find(|line| line.starts_with('\u{2014}')).unwrap_or_default();
    Ok(Asked { old, hashes, note })
}

/// The first entry of every epoch but the first, with the head that it names.
pub(crate) fn epochs(reading: &Reading<'_>) -> Result<Vec<(u64, Head)>, Failure> {
    let mut epochs = Vec::new();
    reading.db().each::<Failure>(
        "SELECT e.bytes FROM record r JOIN revision v ON v.n = r.n AND v.rev = 1 JOIN entry e ON e.seq = v.seq
         WHERE r.register = 'epoch' ORDER BY e.seq",
        &[],
        |line| {
            let entry = Entry::from_bytes(line.blob(0))?;
            epochs.extend(entry.former.map(|former| (entry.seq, former)));
            Ok(())
        },
    )?;
    Ok(epochs)
}

/// The stored hashes.
pub(crate) struct Stored<'a> {
    pub(crate) reading: &'a Reading<'a>,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure::Broken(fault.to_string())
    }
}

impl Source for Stored<'_> {
    type Error = Failure;

    fn hashes(&mut self, level: u8, range: Range<u64>) -> Result<Vec<Hash>, Failure> {
        let (sql, mut cells): (_, Vec<Cell>) = match level {
            0 => ("SELECT leaf FROM entry WHERE seq >= ?1 AND seq < ?2 ORDER BY seq", Vec::new()),
            _ => ("SELECT hash FROM node WHERE at >= ?1 AND at < ?2 AND level = ?3 ORDER BY at", Vec::new()),
        };
        cells.extend([range.start.into(), range.end.into()]);
        if level > 0 {
            cells.push(i64::from(level).into());
        }
        let mut hashes = Vec::new();
        self.reading.db().each::<DbError>(sql, &cells, |line| {
            hashes.extend(line.blob(0).try_into().map(Hash));
            Ok(())
        })?;
        Ok(hashes)
    }
}

/// The state and body that a revision's entry commits to, for whoever checks it by hand.
pub fn committed(state: &str, archived: bool, body: &str) -> String {
    format!("{}\n{body}", stated_text(state, archived))
}
