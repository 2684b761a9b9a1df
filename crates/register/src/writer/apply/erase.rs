//! Erasure (消去): what the store holds of a record goes, its row and its place in the ledger stay.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::id::Id;
use ledger::{Salt, commitment};
use serde_json::Value;

use super::{Batch, Before, Fresh, GONE, canonical, gone, reasoned, stated, stated_text, words};
use crate::built_in::CARRY_OUT;
use crate::change::{self, Change, Op};
use crate::describe::{Description, Kind};
use crate::flat;
use crate::lifecycle::{ERASED, effective};
use crate::record::Body;
use crate::say::Failure;
use crate::store::Cell;
use crate::writer::leave::still_inside;

impl Batch<'_> {
    /// Destroys what the store holds of a record and of what hangs on it, and enters that it did.
    pub(super) fn erase(
        &mut self,
        change: &Change,
        description: &Arc<Description>,
        (id, before): (Id, Before),
        base: u64,
        ground: &str,
    ) -> Result<(Id, u64, u64, Vec<Fresh>), Failure> {
        if before.state == ERASED {
            return Err(gone());
        }
        if before.rev != base {
            return Err(Failure::Moved { now: before.rev });
        }
        words("why", ground)?;
        let state = effective(&before.state, before.until, before.archived, self.today);
        still_inside(&change.permit, description, id, (before.rev, state), (before.unit, before.owner))?;
        self.asked_for(change, id)?;
        let mut parts = Vec::new();
        self.db.each::<Failure>(
            "SELECT r.register, r.id FROM link l JOIN record r ON r.n = l.source
             WHERE l.target = ?1 AND l.field = 'about' AND r.register IN ('comment', 'attachment') ORDER BY r.n",
            &[before.n.into()],
            |line| {
                let id = line.text(1).parse().map_err(|_| Failure::Broken("a part has no proper id".into()))?;
                parts.push((line.text(0).to_owned(), id));
                Ok(())
            },
        )?;
        let rev = before.rev + 1;
        let (seq, whole) = self.wipe(change, description.clone(), (id, before), ground)?;
        let mut fresh = vec![whole];
        for (register, part) in parts {
            let description = self.registers.description(&register).ok_or(Failure::Missing)?.clone();
            let before = self.before(&register, part)?.ok_or(Failure::Missing)?;
            if before.state != ERASED {
                fresh.push(self.wipe(change, description, (part, before), ground)?.1);
            }
        }
        Ok((id, rev, seq, fresh))
    }

    /// Only what another person has asked to erase is erased, and in the change that carries this request out.
    fn asked_for(&self, change: &Change, id: Id) -> Result<(), Failure> {
        for op in &change.ops {
            if let Op::Act { register, id: request, transition, .. } = op
                && register == "erasure"
                && transition == CARRY_OUT
                && let Some(request) = self.before(register, *request)?
                && request.body.get("about").and_then(Value::as_str) == Some(&id.to_string())
            {
                return Ok(());
            }
        }
        Err(Failure::Refused)
    }

    /// Empties one record: its row stays with its place in the ledger, and nothing of what it held.
    fn wipe(
        &mut self,
        change: &Change,
        description: Arc<Description>,
        (id, before): (Id, Before),
        ground: &str,
    ) -> Result<(u64, Fresh), Failure> {
        let (n, rev) = (before.n, before.rev + 1);
        self.doom(n, &description)?;
        let (body, salt) = (Body::new(), Salt(base::random::bytes()));
        let text = canonical(&body)?;
        let mark = commitment(&salt, &stated(ERASED, true, &text));
        let object = (description.name.as_str(), id, rev);
        let reason = Some(commitment(&salt, &reasoned(ground)));
        let seq = self.enter(change, change::ERASED, object, (before.mark, Some(mark)), reason)?;
        self.db.run(
            "UPDATE revision SET body = '{}', salt = ?2, reason = NULL WHERE n = ?1",
            &[n.into(), Cell::Blob(Vec::new())],
        )?;
        for statement in [
            "UPDATE act SET note = NULL WHERE n = ?1",
            "DELETE FROM sealed WHERE n = ?1",
            "DELETE FROM unique_key WHERE n = ?1",
            "DELETE FROM credential WHERE account = ?1",
            "DELETE FROM session WHERE account = ?1",
            "DELETE FROM factor WHERE account = ?1",
            "DELETE FROM alarm WHERE account = ?1",
        ] {
            self.db.run(statement, &[n.into()])?;
        }
        self.db.run("DELETE FROM request WHERE answer LIKE ?1", &[format!("%{id}%").into()])?;
        self.db.run(
            "UPDATE record SET rev = ?2, schema = ?3, state = ?4, until = ?5, archived = 1, unit = 0, owner = 0, title = ?6,
             body = ?7, salt = ?8, mark = ?9, seq = ?10 WHERE n = ?1",
            &[
                n.into(),
                rev.into(),
                i64::from(description.schema).into(),
                ERASED.into(),
                flat::NO_END.into(),
                GONE.into(),
                text.as_str().into(),
                Cell::Blob(salt.0.to_vec()),
                Cell::Blob(mark.0.to_vec()),
                seq.into(),
            ],
        )?;
        // A record that is called after this one must not keep its name.
        for other in self.registers.clone().all() {
            if other.field(&other.title).is_some_and(|field| matches!(field.kind, Kind::Link { .. })) {
                self.db.run(
                    "UPDATE record SET title = ?1 WHERE register = ?2 AND n IN (SELECT source FROM link WHERE target = ?3 AND field = ?4)",
                    &[GONE.into(), other.name.as_str().into(), n.into(), other.title.as_str().into()],
                )?;
                self.touched.insert(other.name.clone());
            }
        }
        self.db.run(
            "INSERT INTO revision (n, rev, seq, at, actor, state, schema, body, salt, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            &[
                n.into(),
                rev.into(),
                seq.into(),
                self.now.millis().into(),
                change.permit.actor().ledger_name().into(),
                stated_text(ERASED, true).into(),
                i64::from(description.schema).into(),
                text.into(),
                Cell::Blob(salt.0.to_vec()),
                ground.into(),
            ],
        )?;
        self.acted(n, seq, rev, change::ERASED, change, None)?;
        self.touched.insert(description.name.clone());
        self.tables.remove(&description.name);
        let was = effective(&before.state, before.until, before.archived, self.today).to_owned();
        let before = Some((before.body, before.archived, was));
        let (what, state, belongs) = (change::ERASED.to_owned(), ERASED.to_owned(), (0, 0));
        Ok((seq, Fresh { n, description, id, what, before, body, archived: true, state, until: None, belongs }))
    }

    /// Marks the files that a record names, now or in an earlier revision, so that they go if nothing else names them.
    fn doom(&self, n: i64, description: &Description) -> Result<(), Failure> {
        let named: Vec<_> = description.fields.iter().filter(|field| field.file).collect();
        let mut files = BTreeSet::new();
        if !named.is_empty() {
            self.db.each::<Failure>("SELECT body FROM revision WHERE n = ?1", &[n.into()], |line| {
                let body: Body = serde_json::from_str(line.text(0)).map_err(|e| Failure::Broken(e.to_string()))?;
                files.extend(named.iter().filter_map(|field| Some(body.get(&field.name)?.as_str()?.to_owned())));
                Ok(())
            })?;
        }
        // Also without a file: the row tells the writer that something is to be forgotten on the disk.
        for file in files.into_iter().chain([format!("record {n}")]) {
            let laid = crate::blob::laid(self.store.folder(), &file).unwrap_or(0);
            self.db.run(
                "INSERT INTO doomed (sha256, laid) VALUES (?1, ?2) ON CONFLICT (sha256) DO UPDATE SET laid = excluded.laid",
                &[file.into(), laid.into()],
            )?;
        }
        Ok(())
    }
}
