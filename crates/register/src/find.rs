//! Reading: one moment of the store, with typed and untyped records, links, history and search.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use base::clock::Timestamp;
use base::date::Date;
use base::id::Id;
use serde_json::Value;

use crate::change::Factor;
use crate::describe::Description;
use crate::flat::{self, Scales};
use crate::lifecycle::{ARCHIVED, ERASED, effective};
use crate::list::{self, Query};
use crate::permit::{Action, Actor, Scope, Subject, scope};
use crate::record::{Body, Record, Registers};
use crate::say::Failure;
use crate::sealed;
use crate::store::{self, Cell, Db, DbError, Line, Store};

/// A record as it stands.
#[derive(Debug, Clone)]
pub struct Row {
    /// Row number, inside only.
    pub(crate) n: i64,
    /// Its id.
    pub id: Id,
    /// Its register.
    pub register: String,
    /// Its revision.
    pub rev: u64,
    /// Its state as it reads today.
    pub state: String,
    /// Last day of its state.
    pub until: Option<Date>,
    /// The unit that it belongs to.
    pub unit: Option<Id>,
    /// The person that it belongs to.
    pub owner: Option<Id>,
    /// What it is called.
    pub title: String,
    /// Its fields.
    pub body: Body,
    /// The entry of its last change.
    pub seq: u64,
}

impl Row {
    /// What a decision about it looks at.
    pub fn subject(&self) -> Subject {
        Subject {
            register: self.register.clone(),
            id: Some(self.id),
            rev: self.rev,
            state: self.state.clone(),
            unit: self.unit,
            owner: self.owner,
        }
    }

    /// Text of a field; empty when it is absent or no text.
    pub fn text(&self, field: &str) -> &str {
        self.body.get(field).and_then(Value::as_str).unwrap_or("")
    }

    /// Day of a field.
    pub fn date(&self, field: &str) -> Option<Date> {
        self.text(field).parse().ok()
    }

    /// Id in a link field.
    pub fn link(&self, field: &str) -> Option<Id> {
        self.text(field).parse().ok()
    }

    /// Whether it can still be changed: neither put away nor erased.
    pub fn is_live(&self) -> bool {
        self.state != ARCHIVED && self.state != ERASED
    }

    /// The typed value; what is sealed is absent from it.
    ///
    /// # Errors
    /// [`Failure::Broken`] when the stored body no longer has the struct's shape.
    pub fn value<T: Record>(&self) -> Result<T, Failure> {
        serde_json::from_value(Value::Object(sealed::without(&self.body)))
            .map_err(|e| Failure::Broken(format!("{} {} has another shape: {e}", self.register, self.id)))
    }
}

/// One revision of a record.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Its number.
    pub rev: u64,
    /// Its entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// By whom, as in the entry.
    pub actor: String,
    /// The state it gave.
    pub state: String,
    /// The fields it left.
    pub body: Body,
    /// Why.
    pub reason: Option<String>,
}

/// Something that was done with a record beside editing it.
#[derive(Debug, Clone)]
pub struct Act {
    /// Its entry.
    pub seq: u64,
    /// What.
    pub what: String,
    /// When.
    pub at: Timestamp,
    /// By whom, as in the entry.
    pub actor: String,
    /// In their words.
    pub note: Option<String>,
}

/// The name of a linked record, as far as the asker may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The record.
    pub id: Id,
    /// Its register.
    pub register: String,
    /// Its title; `None` when the asker may not see it.
    pub title: Option<String>,
}

/// Records of one register that link to a record by one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Their register.
    pub register: String,
    /// The field that links.
    pub field: String,
    /// How many there are, as far as the asker may know.
    pub count: u64,
    /// The newest of them.
    pub names: Vec<Named>,
}

/// What a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identified {
    /// This record.
    One(Id),
    /// No record.
    None,
    /// More than one record.
    Several,
}

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The account's record.
    pub account: Id,
    /// When it was opened, ms.
    pub opened: i64,
    /// When it was last seen, ms.
    pub seen: i64,
    /// When it ends at the latest, ms.
    pub until: i64,
    /// When its person last proved who they are, ms; 0 while the second factor is still to come.
    pub proven: i64,
    /// How.
    pub auth: String,
    /// Digest of the roles that they held then.
    pub roles: String,
}

/// What administrators are told of an account until one of them has seen it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The account's record.
    pub account: Id,
    /// When it happened, ms.
    pub at: i64,
    /// What happened.
    pub what: String,
}

/// Scalar subqueries, no joins: SQLite prepares a joined statement anew whenever a parameter changes, at three times the cost.
const ROW: &str = "SELECT r.n, r.id, r.register, r.rev, r.state, r.until, r.archived,
    (SELECT u.id FROM record u WHERE u.n = r.unit), (SELECT o.id FROM record o WHERE o.n = r.owner), r.title, r.body, r.seq
    FROM record r";

/// How many hits of a search over all registers are looked at, at most: what nobody may list must not keep a reader.
const SEARCHED: i64 = 20_000;
/// How many of them are read at a time.
const SOME: i64 = 200;

/// One moment of the store.
pub struct Reading<'a> {
    store: &'a Store,
    db: &'a Db,
    today: Date,
    registers: Registers,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(store: &'a Store, db: &'a Db) -> Result<Self, Failure> {
        Ok(Self { store, db, today: store.clock().today(), registers: store.registers_at(db)? })
    }

    /// All registers, as they are at this moment.
    pub fn registers(&self) -> &Registers {
        &self.registers
    }

    pub(crate) fn db(&self) -> &Db {
        self.db
    }

    /// The store that is read.
    pub fn store(&self) -> &Store {
        self.store
    }

    /// Today, in Japan.
    pub fn today(&self) -> Date {
        self.today
    }

    fn made(&self, line: &Line) -> Result<Row, Failure> {
        let until = flat::end(line.text(5));
        Ok(Row {
            n: line.int(0),
            id: line
                .text(1)
                .parse()
                .map_err(|_| Failure::Broken(format!("record {} has no proper id", line.int(0))))?,
            register: line.text(2).to_owned(),
            rev: line.count(3),
            state: effective(line.text(4), until, line.int(6) != 0, self.today).to_owned(),
            until,
            unit: line.text(7).parse().ok(),
            owner: line.text(8).parse().ok(),
            title: line.text(9).to_owned(),
            body: parse(line.text(10))?,
            seq: line.count(11),
        })
    }

    pub(crate) fn row(&self, n: i64) -> Result<Option<Row>, Failure> {
        Ok(self.numbered(&[n])?.pop())
    }

    /// The records of these row numbers that exist, in their order.
    pub(crate) fn numbered(&self, numbers: &[i64]) -> Result<Vec<Row>, Failure> {
        let mut rows = Vec::with_capacity(numbers.len());
        let numbers: Vec<Cell> = numbers.iter().map(|n| Cell::Int(*n)).collect();
        self.db.each_of::<Failure>(&format!("{ROW} WHERE r.n = ?1"), &numbers, |line| {
            rows.push(self.made(&line)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The record of that id in that register.
    ///
    /// # Errors
    /// The store's failure.
    pub fn find(&self, register: &str, id: Id) -> Result<Option<Row>, Failure> {
        Ok(self.any(id)?.filter(|row| row.register == register))
    }

    /// The record of that id in whatever register.
    ///
    /// # Errors
    /// The store's failure.
    pub fn any(&self, id: Id) -> Result<Option<Row>, Failure> {
        let line = self.db.first(&format!("{ROW} WHERE r.id = ?1"), &[id.to_string().into()])?;
        line.map(|line| self.made(&line)).transpose()
    }

    /// The record that holds this value of a one-field unique key.
    ///
    /// # Errors
    /// The store's failure.
    pub fn by_key(&self, register: &str, field: &str, value: &str) -> Result<Option<Row>, Failure> {
        let key = self.db.first(
            "SELECT n FROM unique_key WHERE register = ?1 AND key = ?2 AND value = ?3",
            &[register.into(), field.into(), base::text::fold(value).into()],
        )?;
        key.map_or(Ok(None), |line| self.row(line.int(0)))
    }

    /// The record that holds a unique key, by the key's stored value.
    pub(crate) fn holder(&self, register: &str, key: &str, value: &str) -> Result<Option<Id>, DbError> {
        let line = self.db.first(
            "SELECT (SELECT r.id FROM record r WHERE r.n = k.n) FROM unique_key k
             WHERE k.register = ?1 AND k.key = ?2 AND k.value = ?3",
            &[register.into(), key.into(), value.into()],
        )?;
        Ok(line.and_then(|line| line.text(0).parse().ok()))
    }

    /// How a record is named in a cell: by its code, or else by its title.
    pub(crate) fn code_of(&self, row: &Row) -> String {
        let description = self.registers.description(&row.register);
        let code = description.and_then(|description| description.code()).map(|field| row.text(field));
        code.filter(|code| !code.is_empty()).unwrap_or(&row.title).to_owned()
    }

    /// The record that people mean by a text: its id, the value of a one-field key (番号), or its title where only one has it.
    ///
    /// # Errors
    /// The store's failure.
    pub fn identify(&self, register: Option<&str>, text: &str) -> Result<Identified, Failure> {
        if let Ok(id) = text.parse::<Id>() {
            let row = self.any(id)?.filter(|row| register.is_none_or(|register| register == row.register));
            return Ok(row.map_or(Identified::None, |row| Identified::One(row.id)));
        }
        let description = register.and_then(|register| self.registers.description(register));
        let Some(description) = description else { return Ok(Identified::None) };
        for unique in
            description.unique.iter().filter(|unique| unique.fields.len() == 1 && unique.while_empty.is_none())
        {
            if let Some(row) = self.by_key(&description.name, unique.fields[0], text)? {
                return Ok(Identified::One(row.id));
            }
        }
        Ok(match self.by_title(&description.name, text)?.as_slice() {
            [] => Identified::None,
            [row] => Identified::One(row.id),
            _ => Identified::Several,
        })
    }

    /// Lengths of the values of a one-field key that begin with a zero.
    pub(crate) fn padded_keys(&self, register: &str, field: &str) -> Result<Vec<usize>, Failure> {
        let mut lengths = Vec::new();
        self.db.each::<DbError>(
            "SELECT DISTINCT length(value) FROM unique_key WHERE register = ?1 AND key = ?2 AND value LIKE '0%'",
            &[register.into(), field.into()],
            |line| {
                lengths.extend(usize::try_from(line.int(0)));
                Ok(())
            },
        )?;
        Ok(lengths)
    }

    /// Hands the title of every record in the scope that is not put away to `each`.
    pub(crate) fn titles(
        &self,
        description: &Description,
        scope: &Scope,
        mut each: impl FnMut(Id, &str),
    ) -> Result<(), Failure> {
        if !scope.is_everything() {
            return self.each(description, scope, |row| {
                each(row.id, &row.title);
                Ok(())
            });
        }
        self.db.each::<DbError>(
            "SELECT id, title FROM record WHERE register = ?1 AND archived = 0 ORDER BY n",
            &[description.name.as_str().into()],
            |line| {
                if let Ok(id) = line.text(0).parse() {
                    each(id, line.text(1));
                }
                Ok(())
            },
        )?;
        Ok(())
    }

    /// What tells a record from others of the same name: its title, code and columns, as far as the actor may know them.
    pub(crate) fn told_apart(&self, actor: &Actor, row: &Row) -> Result<String, Failure> {
        let Some(description) = self.registers.description(&row.register) else { return Ok(row.title.clone()) };
        let names = description.code().into_iter().chain(description.columns.iter().map(String::as_str));
        let mut facts: Vec<String> = Vec::new();
        for field in names.filter(|name| *name != description.title).filter_map(|name| description.field(name)) {
            let Some(value) = row.body.get(&field.name) else { continue };
            let text = match &field.kind {
                crate::describe::Kind::Link { .. } => {
                    let ids: Vec<Id> = value.as_str().and_then(|id| id.parse().ok()).into_iter().collect();
                    self.names(actor, &ids)?.pop().and_then(|name| name.title).unwrap_or_default()
                }
                _ => crate::check::write_text(field, value),
            };
            if !text.is_empty() && !facts.contains(&text) {
                facts.push(text);
            }
        }
        facts.truncate(4);
        Ok(if facts.is_empty() { row.title.clone() } else { format!("{}（{}）", row.title, facts.join("、")) })
    }

    /// Records of a register with exactly this title, at most a hundred.
    ///
    /// # Errors
    /// The store's failure.
    pub fn by_title(&self, register: &str, title: &str) -> Result<Vec<Row>, Failure> {
        self.rows(
            "WHERE r.register = ?1 AND r.title = ?2 AND r.archived = 0 ORDER BY r.n LIMIT 100",
            &[register.into(), title.into()],
        )
    }

    /// All records of a small register that are not put away, in the order of making.
    ///
    /// # Errors
    /// The store's failure.
    pub fn all(&self, register: &str) -> Result<Vec<Row>, Failure> {
        self.rows("WHERE r.register = ?1 AND r.archived = 0 ORDER BY r.n", &[register.into()])
    }

    /// All values of a small typed register that are not put away, with their rows.
    ///
    /// # Errors
    /// The store's failure.
    pub fn values<T: Record>(&self) -> Result<Vec<(Row, T)>, Failure> {
        self.all(T::REGISTER.name)?
            .into_iter()
            .map(|row| {
                let value = row.value()?;
                Ok((row, value))
            })
            .collect()
    }

    fn rows(&self, rest: &str, cells: &[Cell]) -> Result<Vec<Row>, Failure> {
        let mut rows = Vec::new();
        self.db.each::<Failure>(&format!("{ROW} {rest}"), cells, |line| {
            rows.push(self.made(&line)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Hands every record in the scope to `each`, in the order of making: for taking a register out.
    ///
    /// # Errors
    /// The store's failure, or what `each` says.
    pub fn each(
        &self,
        description: &Description,
        scope: &Scope,
        mut each: impl FnMut(Row) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.db.stream::<Failure>(
            &format!("{ROW} WHERE r.register = ?1 AND r.archived = 0 ORDER BY r.n"),
            &[description.name.as_str().into()],
            |line| {
                let row = self.made(&line)?;
                if scope.admits(&row.subject()) { each(row) } else { Ok(()) }
            },
        )
    }

    pub(crate) fn n_of(&self, id: Id) -> Result<Option<i64>, DbError> {
        Ok(self.db.first("SELECT n FROM record WHERE id = ?1", &[id.to_string().into()])?.map(|line| line.int(0)))
    }

    pub(crate) fn id_of(&self, n: i64) -> Result<Option<Id>, DbError> {
        Ok(self.db.first("SELECT id FROM record WHERE n = ?1", &[n.into()])?.and_then(|line| line.text(0).parse().ok()))
    }

    /// Number that moves whenever the register changes.
    pub(crate) fn version(&self, register: &str) -> Result<u64, DbError> {
        store::version(self.db, register)
    }

    /// The first entry that this follower of the ledger has not seen.
    ///
    /// # Errors
    /// The store's failure.
    pub fn cursor(&self, name: &str) -> Result<u64, Failure> {
        let line = self.db.first("SELECT seq FROM follower WHERE name = ?1", &[name.into()])?;
        Ok(line.map_or(0, |line| line.count(0)))
    }

    /// The grades of all scales.
    ///
    /// # Errors
    /// The store's failure.
    pub fn scales(&self) -> Result<Scales, Failure> {
        self.store.scales(self.db)
    }

    /// The names of records, as far as the actor may know them, in the order asked.
    ///
    /// # Errors
    /// The store's failure.
    pub fn names(&self, actor: &Actor, ids: &[Id]) -> Result<Vec<Named>, Failure> {
        let mut scopes: HashMap<String, Scope> = HashMap::new();
        let mut names = Vec::with_capacity(ids.len());
        for id in ids {
            let line = self
                .db
                .first("SELECT register, title, archived FROM record WHERE id = ?1", &[id.to_string().into()])?;
            let Some(line) = line else { continue };
            let register = line.text(0);
            let listed = scopes.entry(register.to_owned()).or_insert_with(|| {
                let description = self.registers.description(register);
                description.map_or_else(Scope::nothing, |description| scope(actor, description, Action::List))
            });
            // Where everything may be listed, the record itself need not be looked at.
            let visible = listed.is_everything()
                || (!listed.is_nothing() && self.any(*id)?.is_some_and(|row| listed.admits(&row.subject())));
            let title = visible.then(|| line.text(1).to_owned());
            names.push(Named { id: *id, register: register.to_owned(), title });
        }
        Ok(names)
    }

    /// Records that link to this one, by register and field, at most `most` each and newest first, as far as the actor may know them.
    ///
    /// # Errors
    /// The store's failure.
    pub fn links_to(&self, actor: &Actor, row: &Row, most: usize) -> Result<Vec<Linked>, Failure> {
        let mut groups = Vec::new();
        self.db.each::<DbError>(
            "SELECT s.register, l.field, count(*) FROM link l JOIN record s ON s.n = l.source
             WHERE l.target = ?1 AND s.archived = 0 GROUP BY 1, 2 ORDER BY 1, 2",
            &[row.n.into()],
            |line| {
                groups.push((line.text(0).to_owned(), line.text(1).to_owned(), line.count(2)));
                Ok(())
            },
        )?;
        let mut answer = Vec::new();
        for (register, field, count) in groups {
            let part = self.registers.description(&register).is_none_or(|other| other.part_of.as_deref() == Some("*"));
            if part {
                continue;
            }
            let mut ids = Vec::new();
            self.db.each::<DbError>(
                &format!(
                    "SELECT s.id FROM link l JOIN record s ON s.n = l.source WHERE l.target = ?1 AND l.field = ?2
                     AND s.register = ?3 AND s.archived = 0 ORDER BY l.source DESC LIMIT {most}"
                ),
                &[row.n.into(), field.as_str().into(), register.as_str().into()],
                |line| {
                    ids.extend(line.text(0).parse::<Id>());
                    Ok(())
                },
            )?;
            let mut names = self.names(actor, &ids)?;
            let hidden = names.len();
            names.retain(|name| name.title.is_some());
            let all_seen = hidden == names.len();
            if !names.is_empty() {
                let count = if all_seen { count } else { names.len() as u64 };
                answer.push(Linked { register, field, count, names });
            }
        }
        Ok(answer)
    }

    /// Records of a typed register that point to this one by a field, in the order of making. Whoever shows them decides
    /// who may see them.
    ///
    /// # Errors
    /// The store's failure.
    pub fn pointing<T: Record>(&self, row: &Row, field: &str) -> Result<Vec<(Row, T)>, Failure> {
        let mut numbers = Vec::new();
        self.db.each::<DbError>(
            "SELECT l.source FROM link l WHERE l.target = ?1 AND l.field = ?2
             AND ?3 = (SELECT s.register FROM record s WHERE s.n = l.source AND s.archived = 0) ORDER BY l.source",
            &[row.n.into(), field.into(), T::REGISTER.name.into()],
            |line| {
                numbers.push(line.int(0));
                Ok(())
            },
        )?;
        let rows = self.numbered(&numbers)?.into_iter();
        rows.map(|row| {
            let value = row.value()?;
            Ok((row, value))
        })
        .collect()
    }

    /// All revisions, newest first, up to 500.
    ///
    /// # Errors
    /// The store's failure.
    pub fn revisions(&self, row: &Row) -> Result<Vec<Revision>, Failure> {
        self.revised(row, "ORDER BY rev DESC LIMIT 500")
    }

    /// How the record came to be: its first revision.
    ///
    /// # Errors
    /// The store's failure, also when a record has no revision.
    pub fn origin(&self, row: &Row) -> Result<Revision, Failure> {
        let first = self.revised(row, "ORDER BY rev LIMIT 1")?.pop();
        first.ok_or_else(|| Failure::Broken(format!("{} {} has no revision", row.register, row.id)))
    }

    fn revised(&self, row: &Row, order: &str) -> Result<Vec<Revision>, Failure> {
        let mut all = Vec::new();
        self.db.each::<Failure>(
            &format!("SELECT rev, seq, at, actor, state, body, reason FROM revision WHERE n = ?1 {order}"),
            &[row.n.into()],
            |line| {
                all.push(Revision {
                    rev: line.count(0),
                    seq: line.count(1),
                    at: Timestamp::from_millis(line.int(2)),
                    actor: line.text(3).to_owned(),
                    state: line.text(4).to_owned(),
                    body: parse(line.text(5))?,
                    reason: line.maybe(6).map(str::to_owned),
                });
                Ok(())
            },
        )?;
        Ok(all)
    }

    /// What was done with the record beside editing it, newest first.
    ///
    /// # Errors
    /// The store's failure.
    pub fn acts(&self, row: &Row) -> Result<Vec<Act>, Failure> {
        let mut all = Vec::new();
        self.db.each::<DbError>(
            "SELECT seq, what, at, actor, note FROM act WHERE n = ?1 ORDER BY seq DESC LIMIT 500",
            &[row.n.into()],
            |line| {
                all.push(Act {
                    seq: line.count(0),
                    what: line.text(1).to_owned(),
                    at: Timestamp::from_millis(line.int(2)),
                    actor: line.text(3).to_owned(),
                    note: line.maybe(4).map(str::to_owned),
                });
                Ok(())
            },
        )?;
        Ok(all)
    }

    /// Records whose text holds these words, over all registers that the actor may list, newest first.
    ///
    /// # Errors
    /// The store's failure.
    pub fn search(&self, actor: &Actor, text: &str, most: usize) -> Result<Vec<Row>, Failure> {
        let pieces = list::pieces(text);
        if pieces.is_empty() {
            return Ok(Vec::new());
        }
        let mut cells = vec![Cell::Int(0), SOME.into()];
        let found = self.db.found(&pieces, None, &mut |cell| {
            cells.push(cell);
            format!("?{}", cells.len())
        });
        let sql = format!("SELECT s.rowid FROM search s WHERE {found} AND s.rowid < ?1 ORDER BY s.rowid DESC LIMIT ?2");
        let (mut rows, mut before) = (Vec::new(), i64::MAX);
        // Some hits may not be for this actor: go on until there are enough, or for so many.
        for _ in 0..SEARCHED / SOME {
            let mut numbers = Vec::new();
            cells[0] = before.into();
            self.db.each::<DbError>(&sql, &cells, |line| {
                numbers.push(line.int(0));
                Ok(())
            })?;
            let Some(last) = numbers.last() else { break };
            before = *last;
            for row in self.numbered(&numbers)? {
                let description = self.registers.description(&row.register);
                let listed = |description: &Arc<_>| scope(actor, description, Action::List).admits(&row.subject());
                if description.is_some_and(listed) {
                    rows.push(row);
                    if rows.len() == most {
                        return Ok(rows);
                    }
                }
            }
        }
        Ok(rows)
    }

    /// Records to pick from: all that match the words, or the first of the usual order.
    ///
    /// # Errors
    /// The store's failure.
    pub fn pick(&self, actor: &Actor, description: &Description, text: &str, most: usize) -> Result<Vec<Row>, Failure> {
        let query = Query { text: text.to_owned(), rows: most, ..Query::default() };
        Ok(list::page(self, description, &scope(actor, description, Action::List), &query)?.rows)
    }

    /// A value of the house.
    ///
    /// # Errors
    /// The store's failure.
    pub fn setting(&self, name: &str) -> Result<Option<String>, Failure> {
        Ok(self
            .db
            .first("SELECT value FROM setting WHERE name = ?1", &[name.into()])?
            .map(|line| line.text(0).to_owned()))
    }

    /// When a token was last used, ms.
    ///
    /// # Errors
    /// The store's failure.
    pub fn token_used(&self, token: Id) -> Result<Option<i64>, Failure> {
        let line = self.db.first(
            "SELECT at FROM token_use WHERE token = (SELECT n FROM record WHERE id = ?1)",
            &[token.to_string().into()],
        )?;
        Ok(line.map(|line| line.int(0)))
    }

    /// The secret of an account, in PHC form.
    ///
    /// # Errors
    /// The store's failure.
    pub fn credential(&self, account: Id) -> Result<Option<String>, Failure> {
        let line = self.db.first(
            "SELECT phc FROM credential WHERE account = (SELECT n FROM record WHERE id = ?1)",
            &[account.to_string().into()],
        )?;
        Ok(line.map(|line| line.text(0).to_owned()))
    }

    /// The session of that hash.
    ///
    /// # Errors
    /// The store's failure.
    pub fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>, Failure> {
        let line = self.db.first(
            "SELECT (SELECT id FROM record WHERE n = account), opened, seen, until, proven, auth, roles FROM session
             WHERE hash = ?1",
            &[hash.as_slice().into()],
        )?;
        Ok(line.and_then(|line| Some(session_of(line.text(0).parse().ok()?, &line))))
    }

    /// How many browsers are signed in at a moment, ms.
    ///
    /// # Errors
    /// The store's failure.
    pub fn open_sessions(&self, now: i64) -> Result<u64, Failure> {
        let line = self.db.first("SELECT count(*) FROM session WHERE until > ?1", &[now.into()])?;
        Ok(line.map_or(0, |line| line.count(0)))
    }

    /// The factors of an account, the oldest first.
    ///
    /// # Errors
    /// The store's failure.
    pub fn factors(&self, account: Id) -> Result<Vec<Factor>, Failure> {
        let mut factors = Vec::new();
        self.db.each::<DbError>(
            "SELECT id, kind, label, secret, added, used FROM factor
             WHERE account = (SELECT n FROM record WHERE id = ?1) ORDER BY added, id",
            &[account.to_string().into()],
            |line| {
                factors.push(Factor {
                    id: line.text(0).to_owned(),
                    kind: line.text(1).to_owned(),
                    label: line.text(2).to_owned(),
                    secret: line.text(3).to_owned(),
                    added: line.int(4),
                    used: line.int(5),
                });
                Ok(())
            },
        )?;
        Ok(factors)
    }

    /// What no administrator has seen yet, the oldest first.
    ///
    /// # Errors
    /// The store's failure.
    pub fn alarms(&self) -> Result<Vec<Alarm>, Failure> {
        let mut alarms = Vec::new();
        self.db.each::<DbError>(
            "SELECT (SELECT id FROM record WHERE n = account), at, what FROM alarm ORDER BY at LIMIT 50",
            &[],
            |line| {
                if let Ok(account) = line.text(0).parse() {
                    alarms.push(Alarm { account, at: line.int(1), what: line.text(2).to_owned() });
                }
                Ok(())
            },
        )?;
        Ok(alarms)
    }

    /// The SHA-256 of every kept file that a record names, put away or not.
    ///
    /// # Errors
    /// The store's failure.
    pub fn files(&self) -> Result<BTreeSet<String>, Failure> {
        let mut files = BTreeSet::new();
        for description in self.registers.all() {
            let fields: Vec<_> = description.fields.iter().filter(|field| field.file).collect();
            if fields.is_empty() {
                continue;
            }
            self.db.stream::<Failure>(
                "SELECT body FROM record WHERE register = ?1",
                &[description.name.as_str().into()],
                |line| {
                    let body = parse(line.text(0))?;
                    files.extend(fields.iter().filter_map(|field| Some(body.get(&field.name)?.as_str()?.to_owned())));
                    Ok(())
                },
            )?;
        }
        Ok(files)
    }

    /// The sessions of an account, ended ones too, the last seen first: hash and session.
    ///
    /// # Errors
    /// The store's failure.
    pub fn sessions(&self, account: Id) -> Result<Vec<([u8; 32], Session)>, Failure> {
        let mut sessions = Vec::new();
        self.db.each::<DbError>(
            "SELECT hash, opened, seen, until, proven, auth, roles FROM session WHERE account = (SELECT n FROM record WHERE id = ?1)
             ORDER BY seen DESC, opened DESC LIMIT 200",
            &[account.to_string().into()],
            |line| {
                if let Ok(hash) = line.blob(0).try_into() {
                    sessions.push((hash, session_of(account, &line)));
                }
                Ok(())
            },
        )?;
        Ok(sessions)
    }

    /// Failed sign-ins under a key: how many, and since when (ms).
    ///
    /// # Errors
    /// The store's failure.
    pub fn failed(&self, key: &str) -> Result<(u64, i64), Failure> {
        let line = self.db.first("SELECT count, since FROM failed WHERE key = ?1", &[key.into()])?;
        Ok(line.map_or((0, 0), |line| (line.count(0), line.int(1))))
    }
}

fn session_of(account: Id, line: &Line) -> Session {
    Session {
        account,
        opened: line.int(1),
        seen: line.int(2),
        until: line.int(3),
        proven: line.int(4),
        auth: line.text(5).to_owned(),
        roles: line.text(6).to_owned(),
    }
}

fn parse(body: &str) -> Result<Body, Failure> {
    serde_json::from_str(body).map_err(|e| Failure::Broken(format!("a stored body can't be read: {e}")))
}
