//! What follows from a record just written: links, unique keys, flat row, words, and what the policy's rules say of it; and
//! all that is made anew when a scale or a description changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::id::Id;

use super::{After, Batch, Before, Fresh, Words, unique_value};
use crate::check;
use crate::describe::{Description, Kind};
use crate::flat::{self, Facts};
use crate::judge::{self, Reader};
use crate::lifecycle::effective;
use crate::own;
use crate::record::Body;
use crate::say::{Failure, Refusal};
use crate::store::{self, DbError};

impl Batch<'_> {
    /// Writes the links of a record; every one must lead to a record of the right register that was not put away.
    pub(super) fn link(&self, record: &Fresh) -> Result<(), Failure> {
        let n = record.n;
        let mut old = BTreeSet::new();
        if let Some((before, ..)) = &record.before {
            let links = |body| check::links(&record.description, body).map(|(field, id)| (&field.name, id));
            if links(before).eq(links(&record.body)) {
                return Ok(());
            }
            self.db.each::<DbError>("SELECT field, target FROM link WHERE source = ?1", &[n.into()], |line| {
                old.insert((line.text(0).to_owned(), line.int(1)));
                Ok(())
            })?;
        }
        let mut new = BTreeSet::new();
        for (field, id) in check::links(&record.description, &record.body) {
            let Kind::Link { to } = &field.kind else { continue };
            let found = self
                .db
                .first("SELECT n, register, archived FROM record WHERE id = ?1", &[id.to_string().into()])?
                .filter(|line| to.as_ref().is_none_or(|to| to == line.text(1)))
                .filter(|line| line.int(2) == 0 || old.contains(&(field.name.clone(), line.int(0))));
            let Some(target) = found else {
                return Err(Refusal::at(
                    &field.name,
                    format!("{}の選んだ記録が見つかりません。選び直してください", field.label.ja),
                    format!("{}: the chosen record does not exist; choose again", field.label.en),
                )
                .into());
            };
            new.insert((field.name.clone(), target.int(0)));
        }
        for (field, target) in old.difference(&new) {
            self.db.run(
                "DELETE FROM link WHERE source = ?1 AND field = ?2 AND target = ?3",
                &[n.into(), field.as_str().into(), (*target).into()],
            )?;
        }
        for (field, target) in new.difference(&old) {
            self.db.run(
                "INSERT INTO link (source, field, target) VALUES (?1, ?2, ?3)",
                &[n.into(), field.as_str().into(), (*target).into()],
            )?;
        }
        Ok(())
    }

    pub(super) fn keys(
        &self,
        n: i64,
        description: &Description,
        before: Option<&Before>,
        after: &After,
    ) -> Result<(), Failure> {
        for unique in &description.unique {
            let held = before.filter(|before| !before.archived).and_then(|before| unique_value(unique, &before.body));
            let wanted = if after.archived { None } else { unique_value(unique, &after.body) };
            if held == wanted {
                continue;
            }
            if let Some((key, _)) = held {
                self.db.run("DELETE FROM unique_key WHERE n = ?1 AND key = ?2", &[n.into(), key.into()])?;
            }
            let Some((key, value)) = wanted else { continue };
            let made = self.db.run(
                "INSERT INTO unique_key (register, key, value, n) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                &[description.name.as_str().into(), key.into(), value.into(), n.into()],
            )?;
            if made == 0 {
                let fields: Vec<_> = unique.fields.iter().filter_map(|name| description.field(name)).collect();
                let ja: Vec<_> = fields.iter().map(|field| field.label.ja.as_str()).collect();
                let en: Vec<_> = fields.iter().map(|field| field.label.en.as_str()).collect();
                return Err(Refusal::at(
                    unique.fields[0],
                    format!("同じ{}の記録が既にあります。別の値にするか、その記録を変更してください", ja.join("と")),
                    format!(
                        "Another record has the same {}: choose another value, or change that record",
                        en.join(" and ")
                    ),
                )
                .into());
            }
        }
        Ok(())
    }

    /// Writes what is derived from a record: unit and owner by row number, flat row, search.
    pub(super) fn derive(&mut self, record: &Fresh) -> Result<(), Failure> {
        let Fresh { n, description, body, archived, .. } = record;
        let n_of = |id: &str| store::n_of(self.db, id);
        let (unit, owner) = flat::belongs(description, body, &n_of);
        // It may belong to a record that the same change has made after it.
        if (unit, owner) != record.belongs {
            self.db.run(
                "UPDATE record SET unit = ?1, owner = ?2 WHERE n = ?3",
                &[unit.into(), owner.into(), (*n).into()],
            )?;
        }
        let facts = Facts { n: *n, live: !archived, state: &record.state, until: record.until, unit, owner };
        let cells = flat::cells(description, &facts, body, &self.scales, &n_of);
        let upsert = match self.upserts.get(&description.name) {
            Some(upsert) => upsert,
            None => self.upserts.entry(description.name.clone()).or_insert(flat::upsert(description)),
        };
        self.db.run(upsert, &cells)?;
        let shown = |body: &Body, archived: bool| check::searchable(description, body, archived, &self.scales);
        let now = shown(body, *archived);
        let known = record.before.as_ref().map(|(body, archived, _)| shown(body, *archived));
        if known.as_ref() != Some(&now) {
            let text = now.map(|text| (description.name.clone(), base::text::index_pieces(&text)));
            self.words.push(Words { n: *n, known: known.flatten().is_some(), text });
        }
        if description.name == "grade" {
            self.regrade()?;
        }
        Ok(())
    }

    /// Asks the rules of the policy about a record just written.
    pub(super) fn judge(&mut self, record: &Fresh) -> Result<(), Failure> {
        let Fresh { description, what, .. } = record;
        let rules = &self.settings.rules;
        let Some(reads) = rules.reads(description, what) else { return Ok(()) };
        let reader = Reader { db: self.db, today: self.today };
        let mut tables = BTreeMap::new();
        for register in &reads.tables {
            let table = match self.tables.get(register) {
                Some(table) => table.clone(),
                None => self.tables.entry(register.clone()).or_insert(Arc::new(reader.table(register)?)).clone(),
            };
            tables.insert(register.clone(), table);
        }
        let before = match &record.before {
            Some((body, _, state)) => Some(reader.seen(description, state, body, &reads)?),
            None => None,
        };
        let state = effective(&record.state, record.until, record.archived, self.today);
        let after = reader.seen(description, state, &record.body, &reads)?;
        let (register, act) = (description.name.clone(), what.clone());
        Ok(rules.ask(&judge::Facts { register, act, id: record.id, today: self.today, before, after, tables })?)
    }

    /// A description of the organisation's own changed: what these records say must fit with all that there is, and
    /// whatever is derived by it is made anew.
    pub(super) fn redescribe(&mut self, records: &[(Id, u64)]) -> Result<(), Failure> {
        let (registers, mut faults) = self.store.redescribed(self.db)?;
        if let Some(fault) = records.iter().find_map(|(id, _)| faults.remove(id)) {
            return Err(fault.into());
        }
        let before = std::mem::replace(&mut self.registers, registers.clone());
        for description in registers.all() {
            let Some(old) = before.description(&description.name) else { continue };
            if let Some((name, refusal)) = own::narrowed(old, description)
                && self.was_filled(&description.name, name)?
            {
                return Err(refusal.into());
            }
        }
        self.upserts.clear();
        self.touched.extend(store::refresh(self.db, &registers, &self.scales)?);
        for description in registers.all() {
            let old = before.description(&description.name);
            if old.is_some_and(|old| check::found_by_search(old) != check::found_by_search(description)) {
                self.reindex(description)?;
            }
        }
        Ok(())
    }

    /// Whether a field of the organisation's own has or had a value in any record of a register.
    fn was_filled(&self, register: &str, field: &str) -> Result<bool, DbError> {
        // A key of canonical JSON can't stand in a text, where its quotes would be escaped.
        let key = format!("%\"{}\":%", field.replace('_', "!_"));
        let found = self.db.first(
            "SELECT 1 FROM revision v WHERE v.n IN (SELECT r.n FROM record r WHERE r.register = ?1) AND v.body LIKE ?2 ESCAPE '!' LIMIT 1",
            &[register.into(), key.into()],
        )?;
        Ok(found.is_some())
    }

    /// Makes the words of a register's records anew.
    fn reindex(&mut self, description: &Description) -> Result<(), Failure> {
        let mut words = Vec::new();
        self.db.stream::<Failure>(
            "SELECT n, body FROM record WHERE register = ?1 AND archived = 0 ORDER BY n",
            &[description.name.as_str().into()],
            |line| {
                let body = serde_json::from_str(line.text(1)).map_err(|e| Failure::Broken(e.to_string()))?;
                let text = check::searchable(description, &body, false, &self.scales);
                let text = text.map(|text| (description.name.clone(), base::text::index_pieces(&text)));
                words.push(Words { n: line.int(0), known: true, text });
                Ok(())
            },
        )?;
        self.words.extend(words);
        Ok(())
    }

    /// A scale changed: the rows of whatever sorts by its ranks are written anew.
    fn regrade(&mut self) -> Result<(), Failure> {
        self.scales = store::scales(self.db)?;
        let registers = self.registers.clone();
        let graded = |other: &&Arc<Description>| {
            flat::sorts(other).filter_map(|name| other.field(name)).any(|f| matches!(f.kind, Kind::Scale { .. }))
        };
        for other in registers.all().filter(graded) {
            store::fill(self.db, other, &self.scales)?;
            self.touched.insert(other.name.clone());
        }
        Ok(())
    }
}
