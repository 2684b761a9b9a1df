//! One change inside the writer's transaction: check, record, revision, entry. What follows from a record is written by
//! `derive`, and what is destroyed of one by `erase`.

mod derive;
mod erase;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::clock::Timestamp;
use base::date::Date;
use base::id::Id;
use ledger::{Commitment, Entry, Frontier, Head, Object, Salt, commitment, leaf_hash};
use serde_json::Value;

use crate::built_in::Epoch;
use crate::change::{Change, Done, Op, Opening, Request, Side};
use crate::check;
use crate::decision;
use crate::describe::{Description, Field, Kind, Unique};
use crate::flat::{self, Scales};
use crate::judge::Known;
use crate::lifecycle::{CURRENT, ERASED, effective};
use crate::own;
use crate::permit::{Action, Permit, Subject, Who};
use crate::record::{Body, Kept, Record, Registers, body_of};
use crate::say::{Failure, Refusal};
use crate::sealed;
use crate::store::{self, Cell, Db, Store};
use crate::writer::leave::{covered, still_inside};
use crate::writer::{Edge, Settings, head, side};

/// The title of a record whose body was erased.
const GONE: &str = "消去済み Erased";
/// Longest reason or note, in characters.
const WORDS: usize = 2_000;

/// The state of a batch that must go back with a savepoint.
pub(super) struct Mark {
    frontier: Frontier,
    next_n: i64,
    scales: Scales,
    registers: Registers,
    words: usize,
    epoch: u64,
}

/// A transaction under way.
pub(super) struct Batch<'a> {
    db: &'a Db,
    store: &'a Store,
    settings: &'a Settings,
    frontier: Frontier,
    next_n: i64,
    last_at: i64,
    epoch: u64,
    /// What the next entry names, as the first of its epoch.
    former: Option<Head>,
    now: Timestamp,
    today: Date,
    clock_ok: bool,
    scales: Scales,
    /// All registers, as this transaction has them.
    registers: Registers,
    touched: BTreeSet<String>,
    words: Vec<Words>,
    /// How a row of a register's flat table is written.
    upserts: BTreeMap<String, String>,
    /// Tables that rules have read, until they change.
    tables: BTreeMap<String, Arc<Vec<Known>>>,
}

/// What the index of words is to hold of a record. It is written once for the whole batch: the index closes what it has
/// at every savepoint, and would merge what it closed ever after.
struct Words {
    n: i64,
    /// Whether the record was there before, so that older words may have to go.
    known: bool,
    /// Register and pieces.
    text: Option<(String, Vec<String>)>,
}

/// A record as it stands in the store.
struct Before {
    n: i64,
    rev: u64,
    state: String,
    until: Option<Date>,
    archived: bool,
    unit: Option<Id>,
    owner: Option<Id>,
    body: Body,
    mark: Option<Commitment>,
}

impl Before {
    fn subject(&self, op: &Op, state: &str) -> Subject {
        let (register, id) = op.object();
        let (register, state) = (register.to_owned(), state.to_owned());
        Subject { register, id: Some(id), rev: self.rev, state, unit: self.unit, owner: self.owner }
    }
}

/// What an operation wants the record to be.
struct After {
    rev: u64,
    state: String,
    archived: bool,
    body: Body,
    /// Texts that the body refers to and that were not there before.
    sealed: Vec<sealed::Fresh>,
    what: String,
    note: Option<String>,
}

/// A record just written, whose links and derived rows are still to come.
struct Fresh {
    n: i64,
    description: Arc<Description>,
    id: Id,
    /// What was done.
    what: String,
    /// Body, whether it was put away, and how its state read, before.
    before: Option<(Body, bool, String)>,
    body: Body,
    archived: bool,
    state: String,
    until: Option<Date>,
    /// Unit and owner as they were written.
    belongs: (i64, i64),
}

impl<'a> Batch<'a> {
    pub(super) fn begin(db: &'a Db, store: &'a Store, settings: &'a Settings) -> Result<Self, Failure> {
        let Edge { frontier, next_n, last_at, epoch } = head(db)?;
        let now = store.clock().now();
        Ok(Self {
            db,
            store,
            settings,
            frontier,
            next_n,
            last_at: last_at.max(now.millis()),
            epoch,
            former: None,
            now,
            today: now.date(),
            clock_ok: now.millis() >= last_at,
            scales: store.scales(db)?,
            registers: store.registers_at(db)?,
            touched: BTreeSet::new(),
            words: Vec::new(),
            upserts: BTreeMap::new(),
            tables: BTreeMap::new(),
        })
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            frontier: self.frontier.clone(),
            next_n: self.next_n,
            scales: self.scales.clone(),
            registers: self.registers.clone(),
            words: self.words.len(),
            epoch: self.epoch,
        }
    }

    pub(super) fn back_to(&mut self, mark: Mark) {
        (self.frontier, self.next_n, self.scales) = (mark.frontier, mark.next_n, mark.scales);
        self.registers = mark.registers;
        self.upserts.clear();
        (self.epoch, self.former) = (mark.epoch, None);
        self.words.truncate(mark.words);
    }

    /// Writes what the whole batch shares; the ledger's size.
    pub(super) fn finish(self) -> Result<u64, Failure> {
        for Words { n, known, text } in self.words {
            if known {
                self.db.run("DELETE FROM search WHERE rowid = ?1", &[n.into()])?;
            }
            if let Some((register, pieces)) = text {
                self.db.index(n, &register, &pieces)?;
            }
        }
        let size = self.frontier.size();
        self.db.run(
            "UPDATE head SET frontier = ?1, next_n = ?2, last_at = ?3, epoch = ?4",
            &[Cell::Blob(self.frontier.to_bytes()), self.next_n.into(), self.last_at.into(), self.epoch.into()],
        )?;
        for register in &self.touched {
            self.db.run(
                "INSERT INTO version (register, seq) VALUES (?1, ?2) ON CONFLICT (register) DO UPDATE SET seq = excluded.seq",
                &[register.as_str().into(), size.into()],
            )?;
        }
        Ok(size)
    }

    /// Begins a new epoch: its first entry names the last head that is known, and nobody stays signed in.
    pub(super) fn open(&mut self, opening: &Opening) -> Result<Done, Failure> {
        let here = Head { epoch: self.epoch, root: self.frontier.root(), size: self.frontier.size() };
        let longer = |lost: &Head| (lost.epoch, lost.size) > (here.epoch, here.size) || lost.epoch > here.epoch;
        let former = opening.lost.filter(longer).unwrap_or(here);
        self.epoch = former.epoch + 1;
        self.former = Some(former);
        let record = Epoch {
            number: self.epoch,
            cause: opening.cause,
            kept: here.size,
            former_entries: former.size,
            former_root: former.root.to_string(),
            reason: opening.reason.clone(),
        };
        let (register, id) = (Epoch::REGISTER.name.into(), Id::new(self.store.clock()));
        let op = Op::Create { register, id, body: body_of(&record) };
        let mut change = Change::one(Request::new(), opening.permit.clone(), op);
        change.reason = Some(opening.reason.clone());
        change.side = vec![Side::EverySessionEnd];
        self.change(&change)
    }

    pub(super) fn change(&mut self, change: &Change) -> Result<Done, Failure> {
        let actor = change.permit.actor().ledger_name();
        let wish = change.digest(|register, body| sealed::masked(self.store, &self.registers, register, body));
        if let Some(answer) = self.answered(change.request.as_str(), &actor, &wish)? {
            return Ok(answer);
        }
        if let Some(reason) = &change.reason {
            words("reason", reason)?;
        }
        let mut done = Done { entries: Vec::new(), records: Vec::new() };
        let mut fresh = Vec::new();
        for op in &change.ops {
            let (id, rev, seq, written) = self.op(change, op)?;
            done.entries.push(seq);
            done.records.push((id, rev));
            fresh.extend(written);
        }
        // Records go in before links and what is derived from them, so that a change may link its own records.
        for record in &fresh {
            self.link(record)?;
        }
        for record in &fresh {
            self.derive(record)?;
        }
        if change.ops.iter().any(|op| own::describes(op.object().0)) {
            self.redescribe(&done.records)?;
        }
        // Of what was erased there is nothing left to judge.
        for record in fresh.iter().filter(|record| record.state != ERASED) {
            self.judge(record)?;
        }
        side::write(self.db, &change.side)?;
        let answer = serde_json::to_string(&done).map_err(|e| Failure::Broken(e.to_string()))?;
        self.db.run(
            "INSERT INTO request (id, at, actor, wish, answer) VALUES (?1, ?2, ?3, ?4, ?5)",
            &[change.request.as_str().into(), self.now.millis().into(), actor.into(), wish.into(), answer.into()],
        )?;
        Ok(done)
    }

    /// The answer that this request was given before.
    fn answered(&self, request: &str, actor: &str, wish: &str) -> Result<Option<Done>, Failure> {
        let found = self.db.first("SELECT actor, wish, answer FROM request WHERE id = ?1", &[request.into()])?;
        match found {
            None => Ok(None),
            Some(line) if line.text(0) != actor => Err(Failure::Refused),
            Some(line) if line.text(1) != wish => Err(Refusal::whole(
                "この画面は送信済みです。もう一度行うときは、ページを開き直してください。今回の入力は保存していません",
                "This page was sent already. Open it again to do more; what was entered now has not been saved",
            )
            .into()),
            Some(line) => serde_json::from_str(line.text(2)).map(Some).map_err(|e| Failure::Broken(e.to_string())),
        }
    }

    fn op(&mut self, change: &Change, op: &Op) -> Result<(Id, u64, u64, Vec<Fresh>), Failure> {
        let (register, id) = op.object();
        let registers = self.registers.clone();
        let kept = registers.get(register).ok_or(Failure::Missing)?;
        let description = kept.description.clone();
        covered(&change.permit, op, &description)?;
        let before = self.before(register, id)?;
        if let Op::Noted { what, .. } = op {
            let before = before.ok_or(Failure::Missing)?;
            let seq = self.enter(change, what, (register, id, before.rev), (None, None), None)?;
            self.acted(before.n, seq, before.rev, what, change, None)?;
            return Ok((id, before.rev, seq, Vec::new()));
        }
        if let Op::Erase { base, ground, .. } = op {
            let before = before.ok_or(Failure::Missing)?;
            return self.erase(change, &description, (id, before), *base, ground);
        }
        let after = self.after(kept, op, before.as_ref(), change)?;
        let n = before.as_ref().map_or(self.next_n, |before| before.n);
        self.next_n = self.next_n.max(n + 1);
        let pointed =
            |field: &Option<String>| field.as_ref().and_then(|f| after.body.get(f)?.as_str()?.parse::<Id>().ok());
        let (unit, owner) = (pointed(&description.unit), pointed(&description.owner));
        let until = flat::until(&description, &after.state, &after.body);
        let will = effective(&after.state, until, false, self.today);
        let now = before.as_ref().map_or(will, |old| effective(&old.state, old.until, old.archived, self.today));
        if let Some(old) = &before {
            still_inside(&change.permit, &description, id, (old.rev, now), (old.unit, old.owner))?;
            self.still_part(change, &description, &old.body)?;
        }
        // A transition leads out of the states that it is permitted in, but not to other units.
        let state = if matches!(op, Op::Act { .. } | Op::Archive { .. }) { now } else { will };
        still_inside(&change.permit, &description, id, (after.rev, state), (unit, owner))?;
        self.still_part(change, &description, &after.body)?;
        let text = canonical(&after.body)?;
        let salt = Salt(base::random::bytes());
        let mark = commitment(&salt, &stated(&after.state, after.archived, &text));
        let promised = before.as_ref().and_then(|before| before.mark);
        let reason = change.reason.as_deref().or(after.note.as_deref()).filter(|reason| !reason.trim().is_empty());
        let promised_reason = reason.map(|reason| commitment(&salt, &reasoned(reason)));
        let object = (register, id, after.rev);
        let seq = self.enter(change, &after.what, object, (promised, Some(mark)), promised_reason)?;
        let title = self.title(&description, &after.body)?;
        let belongs = flat::belongs(&description, &after.body, &|id| store::n_of(self.db, id));
        self.db.run(
            "INSERT INTO record (n, id, register, rev, schema, state, until, archived, unit, owner, title, body, salt, mark, seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
             ON CONFLICT (n) DO UPDATE SET rev = excluded.rev, schema = excluded.schema, state = excluded.state, until = excluded.until,
             archived = excluded.archived, unit = excluded.unit, owner = excluded.owner, title = excluded.title, body = excluded.body,
             salt = excluded.salt, mark = excluded.mark, seq = excluded.seq",
            &[
                n.into(),
                id.to_string().into(),
                register.into(),
                after.rev.into(),
                i64::from(description.schema).into(),
                after.state.as_str().into(),
                flat::end_text(until).into(),
                i64::from(after.archived).into(),
                belongs.0.into(),
                belongs.1.into(),
                title.into(),
                text.as_str().into(),
                Cell::Blob(salt.0.to_vec()),
                Cell::Blob(mark.0.to_vec()),
                seq.into(),
            ],
        )?;
        self.db.run(
            "INSERT INTO revision (n, rev, seq, at, actor, state, schema, body, salt, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            &[
                n.into(),
                after.rev.into(),
                seq.into(),
                self.now.millis().into(),
                change.permit.actor().ledger_name().into(),
                stated_text(&after.state, after.archived).into(),
                i64::from(description.schema).into(),
                text.into(),
                Cell::Blob(salt.0.to_vec()),
                reason.map_or(Cell::Null, Cell::from),
            ],
        )?;
        if !matches!(op, Op::Edit { .. }) {
            self.acted(n, seq, after.rev, &after.what, change, after.note.as_deref())?;
        }
        self.keys(n, &description, before.as_ref(), &after)?;
        if !self.touched.contains(register) {
            self.touched.insert(register.to_owned());
        }
        let now = now.to_owned();
        let before = before.map(|before| (before.body, before.archived, now));
        let After { rev, body, archived, state, sealed, what, .. } = after;
        for fresh in sealed {
            sealed::keep(self.db, n, fresh)?;
        }
        self.tables.remove(register);
        let fresh = Fresh { n, description, id, what, before, body, archived, state, until, belongs };
        Ok((id, rev, seq, vec![fresh]))
    }

    /// What is changed as part of another record must hang on one that the permit covers, before and after: the permit's
    /// own, one that is made in this very change, or for an import any in its scope.
    fn still_part(&self, change: &Change, description: &Description, body: &Body) -> Result<(), Failure> {
        let permit = &change.permit;
        let whole = permit.register();
        if permit.action() == Action::Erase && description.name == "erasure" {
            let about = body.get("about").and_then(Value::as_str).and_then(|about| about.parse().ok());
            return if permit.id().is_some() && about == permit.id() { Ok(()) } else { Err(Failure::Refused) };
        }
        if description.name == whole {
            return Ok(());
        }
        let holds = if description.part_of.as_deref() == Some(whole) {
            let to_whole = |field: &Field| matches!(&field.kind, Kind::Link { to: Some(to) } if to == whole);
            let made = |id| change.ops.iter().any(|op| matches!(op, Op::Create { .. }) && op.object() == (whole, id));
            match check::links(description, body).find(|(field, _)| to_whole(field)) {
                Some((_, id)) if permit.id() == Some(id) || made(id) => true,
                Some((_, id)) if permit.action() == Action::Import => self.in_scope(permit, id)?,
                _ => false,
            }
        } else {
            !matches!(description.name.as_str(), "import" | "export")
                || body.get("register").and_then(Value::as_str) == Some(whole)
        };
        if holds { Ok(()) } else { Err(Failure::Refused) }
    }

    fn in_scope(&self, permit: &Permit, id: Id) -> Result<bool, Failure> {
        let Some(whole) = self.before(permit.register(), id)? else { return Ok(false) };
        let state = effective(&whole.state, whole.until, whole.archived, self.today).to_owned();
        let (register, rev, unit, owner) = (permit.register().to_owned(), whole.rev, whole.unit, whole.owner);
        Ok(permit.scope().admits(&Subject { register, id: Some(id), rev, state, unit, owner }))
    }

    fn before(&self, register: &str, id: Id) -> Result<Option<Before>, Failure> {
        let line = self.db.first(
            "SELECT r.n, r.rev, r.state, r.until, r.archived, (SELECT u.id FROM record u WHERE u.n = r.unit),
             (SELECT o.id FROM record o WHERE o.n = r.owner), r.body, r.mark, r.register
             FROM record r WHERE r.id = ?1",
            &[id.to_string().into()],
        )?;
        let Some(line) = line else { return Ok(None) };
        if line.text(9) != register {
            return Err(Failure::Missing);
        }
        Ok(Some(Before {
            n: line.int(0),
            rev: line.count(1),
            state: line.text(2).to_owned(),
            until: flat::end(line.text(3)),
            archived: line.int(4) != 0,
            unit: line.text(5).parse().ok(),
            owner: line.text(6).parse().ok(),
            body: serde_json::from_str(line.text(7)).map_err(|e| Failure::Broken(e.to_string()))?,
            mark: line.blob(8).try_into().ok().map(Commitment),
        }))
    }

    fn after(&self, kept: &Kept, op: &Op, before: Option<&Before>, change: &Change) -> Result<After, Failure> {
        let (description, permit) = (&kept.description, &change.permit);
        // What the organisation wants filled is asked of people who write this very record, where they see the field.
        let people = !matches!(permit.actor().who, Who::Engine(_)) && permit.register() == description.name;
        let written = people && matches!(permit.action(), Action::Create | Action::Edit | Action::Import);
        let settle = |old: &Body, mut body: Body| {
            // What was sealed before stays as it is; a reference that somebody sends is no text, and refused as such.
            let shut = sealed::take(description, &mut body);
            let (shut, sent): (Body, Body) = shut.into_iter().partition(|(name, value)| old.get(name) == Some(value));
            body.extend(sent);
            let body = check::settle_with(description, body, |field| written || !field.is_own())?;
            let mut body = kept.settle(body, self.today)?;
            check::offered(description, old, &body)?;
            self.grades_exist(description, &body)?;
            let sealed = sealed::shut(self.store, description, op.object().1, &mut body)?;
            body.extend(shut);
            Ok::<_, Failure>((body, sealed))
        };
        let changed = |before: &Before, patch: &Body| {
            let (body, sealed) = settle(&before.body, patched(&before.body, patch))?;
            fixed(description, &before.body, &body)?;
            Ok::<_, Failure>((body, sealed))
        };
        let same_state =
            |before: &Before, what: &str, archived: bool, (body, sealed): (Body, Vec<sealed::Fresh>)| After {
                rev: before.rev + 1,
                state: before.state.clone(),
                archived,
                body,
                sealed,
                what: what.to_owned(),
                note: None,
            };
        match (op, before) {
            (Op::Create { .. }, Some(_)) => {
                Err(Refusal::whole("同じ記録が既にあります", "This record exists already").into())
            }
            (Op::Create { body, .. }, None) => {
                let (body, sealed) = settle(&Body::new(), body.clone())?;
                Ok(After {
                    rev: 1,
                    state: description.lifecycle.as_ref().map_or(CURRENT, |lifecycle| lifecycle.first()).to_owned(),
                    archived: false,
                    body,
                    sealed,
                    what: "create".to_owned(),
                    note: None,
                })
            }
            (Op::Edit { base, patch, .. }, Some(before)) => {
                unmoved(before, *base)?;
                Ok(same_state(before, "edit", false, changed(before, patch)?))
            }
            (Op::Archive { base, .. }, Some(before)) => {
                unmoved(before, *base)?;
                Ok(same_state(before, "archive", true, (before.body.clone(), Vec::new())))
            }
            (Op::Restore { base, .. }, Some(before)) => {
                if !before.archived || before.rev != *base {
                    return Err(Failure::Moved { now: before.rev });
                }
                Ok(same_state(before, "restore", false, (before.body.clone(), Vec::new())))
            }
            (Op::Act { base, transition, patch, note, .. }, Some(before)) => {
                unmoved(before, *base)?;
                if let Some(note) = note {
                    words("note", note)?;
                }
                let lifecycle = description.lifecycle.as_ref().ok_or(Failure::Missing)?;
                let step = lifecycle.transition(transition).ok_or(Failure::Missing)?;
                let now = effective(&before.state, before.until, before.archived, self.today);
                if !step.from.contains(&now) {
                    return Err(Failure::Moved { now: before.rev });
                }
                let people = decision::behind(change, step, &before.subject(op, now), description)?;
                decision::apart(self.db, before.n, &before.body, step, &people)?;
                let body = changed(before, patch)?;
                if let Some(name) = step.requires.iter().find(|name| !body.0.contains_key(**name)) {
                    let say = description.field(name).map(check::missing).unwrap_or_default();
                    return Err(Refusal::at(name, say.ja, say.en).into());
                }
                let mut after = same_state(before, &format!("act:{transition}"), false, body);
                after.state = step.to.to_string();
                after.note.clone_from(note);
                Ok(after)
            }
            (_, None) | (Op::Noted { .. } | Op::Erase { .. }, Some(_)) => Err(Failure::Missing),
        }
    }

    fn grades_exist(&self, description: &Description, body: &Body) -> Result<(), Refusal> {
        for field in &description.fields {
            let (Kind::Scale { scale }, Some(Value::String(grade))) = (&field.kind, body.get(&field.name)) else {
                continue;
            };
            if self.scales.rank(scale, grade).is_none() {
                let all: Vec<_> = self.scales.grades(scale).into_iter().map(|grade| grade.0).collect();
                return Err(Refusal::at(
                    &field.name,
                    format!("{}の区分に「{grade}」はありません。{}から選んでください", field.label.ja, all.join("、")),
                    format!("{}: there is no grade {grade}; choose one of {}", field.label.en, all.join(", ")),
                ));
            }
        }
        Ok(())
    }

    fn title(&self, description: &Description, body: &Body) -> Result<String, Failure> {
        if let Some(title) = flat::own_title(description, body) {
            return Ok(title);
        }
        let (Some(value), Some(field)) = (body.get(&description.title), description.field(&description.title)) else {
            return Ok(String::new());
        };
        match (&field.kind, value) {
            (Kind::Link { .. }, Value::String(id)) => {
                let line = self.db.first("SELECT title FROM record WHERE id = ?1", &[id.as_str().into()])?;
                Ok(line.map(|line| line.text(0).to_owned()).unwrap_or_default())
            }
            _ => Ok(check::write_text(field, value).chars().take(120).collect()),
        }
    }

    fn enter(
        &mut self,
        change: &Change,
        what: &str,
        (register, id, rev): (&str, Id, u64),
        (before, after): (Option<Commitment>, Option<Commitment>),
        reason: Option<Commitment>,
    ) -> Result<u64, Failure> {
        let actor = change.permit.actor();
        let (auth, session) = match &actor.who {
            Who::Person { auth, session, .. } => (Some((*auth).to_owned()), session.clone()),
            Who::Token { token, .. } => (Some("token".to_owned()), Some(token.to_string())),
            Who::Anyone | Who::Engine(_) => (None, None),
        };
        let seq = self.frontier.size();
        let entry = Entry {
            action: what.to_owned(),
            actor: actor.ledger_name(),
            after,
            approvals: Vec::new(),
            auth,
            before,
            build: self.settings.build.clone(),
            clauses: Vec::new(),
            clock_ok: self.clock_ok,
            epoch: self.epoch,
            former: self.former.take(),
            object: Object { id: id.to_string(), register: register.to_owned(), rev },
            reason,
            request_id: change.request.as_str().to_owned(),
            role: actor.holdings.iter().map(|holding| holding.role).min().map(|role| role.name().to_owned()),
            seq,
            session,
            ts: self.now.to_string(),
            v: Entry::VERSION,
            zone: None,
        };
        let bytes = entry.to_bytes();
        let leaf = leaf_hash(&bytes);
        self.db.run(
            "INSERT INTO entry (seq, bytes, leaf) VALUES (?1, ?2, ?3)",
            &[seq.into(), Cell::Blob(bytes), Cell::Blob(leaf.0.to_vec())],
        )?;
        for node in self.frontier.push(leaf) {
            self.db.run(
                "INSERT INTO node (level, at, hash) VALUES (?1, ?2, ?3)",
                &[i64::from(node.level).into(), node.index.into(), Cell::Blob(node.hash.0.to_vec())],
            )?;
        }
        Ok(seq)
    }

    fn acted(
        &self,
        n: i64,
        seq: u64,
        rev: u64,
        what: &str,
        change: &Change,
        note: Option<&str>,
    ) -> Result<(), Failure> {
        self.db.run(
            "INSERT INTO act (n, seq, rev, what, at, actor, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            &[
                n.into(),
                seq.into(),
                rev.into(),
                what.into(),
                self.now.millis().into(),
                change.permit.actor().ledger_name().into(),
                note.map_or(Cell::Null, Cell::from),
            ],
        )?;
        Ok(())
    }
}

fn unmoved(before: &Before, base: u64) -> Result<(), Failure> {
    if before.state == ERASED {
        return Err(gone());
    }
    if before.archived {
        return Err(Refusal::whole(
            "この記録は保管済みです。変更できません",
            "This record has been archived and can't be changed",
        )
        .into());
    }
    if before.rev == base { Ok(()) } else { Err(Failure::Moved { now: before.rev }) }
}

fn gone() -> Failure {
    Refusal::whole(
        "この記録は消去済みです。一覧から選び直してください",
        "This record has been erased: choose another from the list",
    )
    .into()
}

fn words(field: &str, text: &str) -> Result<(), Refusal> {
    if text.chars().count() > WORDS || base::text::has_control(text) {
        return Err(Refusal::at(
            field,
            format!("理由や意見は{WORDS}文字以内にし、制御文字を取り除いてください"),
            format!("Keep it under {WORDS} characters and without control characters"),
        ));
    }
    Ok(())
}

fn patched(body: &Body, patch: &Body) -> Body {
    let mut body = body.clone();
    for (name, value) in patch {
        if value.is_null() {
            body.remove(name);
        } else {
            body.insert(name.clone(), value.clone());
        }
    }
    body
}

/// A fixed field that has a value keeps it.
pub(crate) fn fixed(description: &Description, old: &Body, new: &Body) -> Result<(), Refusal> {
    let moved =
        |field: &&Field| field.fixed && old.contains_key(&field.name) && old.get(&field.name) != new.get(&field.name);
    description.fields.iter().find(moved).map_or(Ok(()), |field| {
        Err(Refusal::at(
            &field.name,
            format!("{}は登録した後に変更できません", field.label.ja),
            format!("{} can't be changed once it is registered", field.label.en),
        ))
    })
}

/// Key and value of a unique key, if it holds for this body. Values are folded, so that A-1 and Ａ－１ are the same.
pub(crate) fn unique_value(unique: &Unique, body: &Body) -> Option<(String, String)> {
    if unique.while_empty.is_some_and(|field| body.contains_key(&*field)) {
        return None;
    }
    let values = unique.fields.iter().map(|field| match body.get(*field)? {
        Value::String(text) => Some(base::text::fold(text)),
        other => Some(other.to_string()),
    });
    let value = values.collect::<Option<Vec<_>>>()?.join("\u{1f}");
    Some((unique.fields.join("+"), value))
}

/// The stored form of a body: canonical JSON.
pub(crate) fn canonical(body: &Body) -> Result<String, Failure> {
    serde_json_canonicalizer::to_string(body).map_err(|e| Failure::Broken(e.to_string()))
}

/// What an entry's commitment covers: state and body.
pub(crate) fn stated(state: &str, archived: bool, body: &str) -> Vec<u8> {
    format!("{}\n{body}", stated_text(state, archived)).into_bytes()
}

/// State as kept with a revision.
pub(crate) fn stated_text(state: &str, archived: bool) -> String {
    if archived { format!("{state} archived") } else { state.to_owned() }
}

/// What the commitment to a reason covers.
pub(crate) fn reasoned(reason: &str) -> Vec<u8> {
    format!("reason\n{reason}").into_bytes()
}
