//! The store: the tables, a bounded pool of readers, and where the files lie. Only this crate knows SQL.

mod copy;
mod db;
mod postgres;
mod sqlite;
mod wire;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use base::clock::Clock;
use base::secrets::Secrets;
use tokio::sync::Semaphore;

use crate::describe::Description;
use crate::flat::{self, Facts, Scales};
use crate::own::{self, Faults, OwnField, OwnRegister};
use crate::record::{Record, Registers};
use crate::say::{Failure, Refusal};
use crate::writer::unique_value;
pub use copy::copy;
pub(crate) use db::Db;
pub use postgres::Server;
pub use sqlite::sqlite_version;

/// A value on its way to or from the database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}
impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}
impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Cell::Int(value)
    }
}
impl From<u64> for Cell {
    fn from(value: u64) -> Self {
        Cell::Int(value as i64)
    }
}
impl From<&[u8]> for Cell {
    fn from(bytes: &[u8]) -> Self {
        Cell::Blob(bytes.to_vec())
    }
}

/// One row of an answer.
#[derive(Debug)]
pub(crate) struct Line(pub(crate) Vec<Cell>);

impl Line {
    pub(crate) fn int(&self, at: usize) -> i64 {
        match self.0.get(at) {
            Some(Cell::Int(value)) => *value,
            _ => 0,
        }
    }
    pub(crate) fn count(&self, at: usize) -> u64 {
        u64::try_from(self.int(at)).unwrap_or(0)
    }
    pub(crate) fn text(&self, at: usize) -> &str {
        match self.0.get(at) {
            Some(Cell::Text(text)) => text,
            _ => "",
        }
    }
    pub(crate) fn maybe(&self, at: usize) -> Option<&str> {
        match self.0.get(at) {
            Some(Cell::Text(text)) => Some(text),
            _ => None,
        }
    }
    pub(crate) fn blob(&self, at: usize) -> &[u8] {
        match self.0.get(at) {
            Some(Cell::Blob(bytes)) => bytes,
            _ => &[],
        }
    }
}

/// Why a statement failed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DbError {
    Full,
    Busy,
    Other(String),
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Full => Failure::Full,
            DbError::Busy => Failure::Busy,
            DbError::Other(why) => Failure::Broken(why),
        }
    }
}

/// Where a house lies: its data folder, and the database of its records.
#[derive(Debug, Clone)]
pub struct Place {
    folder: PathBuf,
    /// A file in the folder where there is none.
    server: Option<Server>,
}

impl From<&Path> for Place {
    /// A folder with everything in it.
    fn from(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), server: None }
    }
}

impl Place {
    /// A folder whose records are on a server.
    pub fn on(folder: &Path, server: Server) -> Self {
        Self { folder: folder.to_owned(), server: Some(server) }
    }

    fn file(&self) -> PathBuf {
        self.folder.join("sekimori.db")
    }

    fn to_write(&self) -> Result<Db, Failure> {
        match &self.server {
            None => Db::file(&self.file()),
            Some(server) => Db::server(server),
        }
    }

    fn to_read(&self) -> Result<Db, Failure> {
        match &self.server {
            None => Db::file_to_read(&self.file()),
            Some(server) => Db::server(server),
        }
    }
}

/// The number of the tables' shape.
const SHAPE: &str = "3";
/// How many readers work at the same time.
const READERS: usize = 4;

/// An open data folder: the registers, the clock, and the readers.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    place: Place,
    /// The program's own registers.
    program: Registers,
    /// All registers, with the version of their descriptions: the newest that was seen.
    described: Mutex<(u64, Registers)>,
    clock: Clock,
    idle: Mutex<Vec<Db>>,
    room: Semaphore,
    counts: crate::list::Counts,
    scales: Mutex<(u64, Scales)>,
    secrets: OnceLock<Secrets>,
}

impl Store {
    /// Opens the store at `place`, making its tables where there are none, and rebuilds flat tables whose description changed.
    ///
    /// # Errors
    /// When the place can't be used, or holds a newer shape than this program knows.
    pub fn open(place: impl Into<Place>, registers: Registers, clock: Clock) -> Result<Self, Failure> {
        registers.check().map_err(Failure::Broken)?;
        let place = place.into();
        let folder = &place.folder;
        std::fs::create_dir_all(folder.join("blobs"))
            .and_then(|()| base::durable::sync_dir(folder))
            .map_err(|e| Failure::Broken(format!("the data folder {} can't be made: {e}", folder.display())))?;
        let mut db = place.to_write()?;
        db.make_schema()?;
        db.begin_writing()?;
        let made = prepare(&db, &registers, &clock);
        if made.is_ok() {
            db.commit()?;
        } else {
            db.roll_back()?;
        }
        Ok(Self::on(place, registers, made?, clock))
    }

    /// Opens the store at `place` for reading only: nothing is made, and nothing rebuilt.
    ///
    /// # Errors
    /// When there is no store, or it is not as this program leaves one.
    pub fn look(place: impl Into<Place>, registers: Registers, clock: Clock) -> Result<Self, Failure> {
        registers.check().map_err(Failure::Broken)?;
        let place = place.into();
        let db = place.to_read()?;
        known_shape(&db)?;
        let described = (described_at(&db)?, described(&db, &registers)?.0);
        for description in described.1.all() {
            if !is_current(&db, description)? {
                return Err(Refusal::whole(
                    format!(
                        "{}の一覧用の表は、別の版の関守が作ったものです。この版で一度起動すると作り直されます",
                        description.label.ja
                    ),
                    format!(
                        "The table for the list of {} was made by another version: start this version once, so that it is made anew",
                        description.label.en
                    ),
                )
                .into());
            }
        }
        Ok(Self::on(place, registers, described, clock))
    }

    /// Copies the database as it stands at this moment into a new file, which is on the disk when it returns. Whoever
    /// reads or writes meanwhile isn't kept waiting.
    ///
    /// # Errors
    /// When the file is there already or can't be written, or the database can't be read.
    pub fn snapshot(&self, to: &Path) -> Result<(), Failure> {
        let cannot = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Failure::Full,
            _ => Failure::Broken(format!("{} can't be written: {e}", to.display())),
        };
        // The database writes into an empty file too: take the name first, so that nothing is ever written over.
        let file = std::fs::File::options().write(true).create_new(true).open(to).map_err(cannot)?;
        match self.inner.place.to_read()? {
            Db::Sqlite(db) => {
                let name = to.to_str();
                let name = name.ok_or_else(|| Failure::Broken(format!("{} is not plain text", to.display())))?;
                db.copy_into(name)?;
            }
            Db::Postgres(_) => copy::into_file(&self.inner.place, to, &self.inner.program)?,
        }
        file.sync_all().map_err(cannot)
    }

    fn on(place: Place, program: Registers, described: (u64, Registers), clock: Clock) -> Self {
        let inner = Inner {
            place,
            program,
            described: Mutex::new(described),
            clock,
            idle: Mutex::new(Vec::new()),
            room: Semaphore::new(READERS),
            counts: crate::list::Counts::default(),
            scales: Mutex::default(),
            secrets: OnceLock::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// All registers, as any reader or the writer last saw them. What a reading finds is described by
    /// [`Reading::registers`](crate::find::Reading::registers).
    ///
    /// # Panics
    /// When a reader of descriptions has panicked.
    pub fn registers(&self) -> Registers {
        self.inner.described.lock().expect("no reader of descriptions panics").1.clone()
    }

    /// All registers, as they stand for `db`; read again only when a description has changed.
    pub(crate) fn registers_at(&self, db: &Db) -> Result<Registers, Failure> {
        let version = described_at(db)?;
        let kept =
            || self.inner.described.lock().map_err(|_| Failure::Broken("a reader of descriptions panicked".into()));
        let (known, registers) = kept()?.clone();
        if known == version {
            return Ok(registers);
        }
        let (registers, faults) = described(db, &self.inner.program)?;
        for (id, fault) in faults {
            tracing::warn!(%id, %fault, "a description of the organisation's own is left out");
        }
        let mut kept = kept()?;
        // A reader of an earlier moment must not take back what others know already.
        if kept.0 < version {
            *kept = (version, registers.clone());
        }
        Ok(registers)
    }

    /// The registers with the descriptions as this transaction has changed them, and what is wrong with some.
    pub(crate) fn redescribed(&self, db: &Db) -> Result<(Registers, Faults), Failure> {
        described(db, &self.inner.program)
    }

    /// The clock of the house.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// How many readers have nothing to do.
    pub fn readers_free(&self) -> usize {
        self.inner.room.available_permits()
    }

    /// Free bytes on the disk of the data folder, where that can be told.
    pub fn free_bytes(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(self.folder()).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.inner.place.folder
    }

    /// Gives the house its root keys, once after it was opened. A house without them works; only what is sealed stays shut.
    pub fn hold(&self, secrets: Secrets) {
        // Whoever comes second brings the same keys.
        let _held = self.inner.secrets.set(secrets);
    }

    /// What seals and opens: passwords' second factors, sealed fields, whatever must not lie open in the database or in a
    /// backup of it. Ask before the change and put the sealed bytes into it:
    ///
    /// ```no_run
    /// # fn f(store: &register::Store, account: &str) -> Result<(), register::Failure> {
    /// let sealed = store.secrets()?.seal("totp", &["account", account], b"the secret");
    /// let secret = store.secrets()?.open("totp", &["account", account], &sealed);
    /// # let _ = secret; Ok(()) }
    /// ```
    ///
    /// # Errors
    /// A refusal when the house has been started without its root key.
    pub fn secrets(&self) -> Result<&Secrets, Failure> {
        self.inner.secrets.get().ok_or_else(|| {
            Refusal::whole(
                "根の鍵（root.key）がないため、封をした内容を読み書きできません。システムの担当者に、別に保管した root.key の写しを戻すよう伝えてください",
                "The root key (root.key) is missing, so that nothing sealed can be read or written: tell whoever runs the system to put back the copy of root.key that was kept apart",
            )
            .into()
        })
    }

    pub(crate) fn counts(&self) -> &crate::list::Counts {
        &self.inner.counts
    }

    /// The grades of all scales, as they stand for `db`; read again only when one has changed.
    pub(crate) fn scales(&self, db: &Db) -> Result<Scales, Failure> {
        let version = version(db, "grade")?;
        let mut kept = self.inner.scales.lock().map_err(|_| Failure::Broken("a reader of scales panicked".into()))?;
        if kept.0 != version {
            *kept = (version, scales(db)?);
        }
        Ok(kept.1.clone())
    }

    /// Lets go of the idle readers: the next ones see what the planner has learned since.
    pub(crate) fn renew_readers(&self) {
        if let Ok(mut idle) = self.inner.idle.lock() {
            idle.clear();
        }
    }

    pub(crate) fn writing(&self) -> Result<Db, Failure> {
        self.inner.place.to_write()
    }

    /// Runs `work` with a reader, on a thread that may block. All it reads is of one moment.
    ///
    /// # Errors
    /// What `work` says, or that the store can't be read.
    ///
    /// # Panics
    /// When `work` does.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&crate::find::Reading<'_>) -> Result<T, Failure> + Send + 'static,
    {
        let _room = self.inner.room.acquire().await.map_err(|_| Failure::Busy)?;
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.read_now(work))
            .await
            .map_err(|e| Failure::Broken(format!("a reader stopped: {e}")))?
    }

    /// Like [`Store::read`], on this very thread: for commands and start-up.
    ///
    /// # Errors
    /// What `work` says, or that the store can't be read.
    pub fn read_now<T>(
        &self,
        work: impl FnOnce(&crate::find::Reading<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let db = self.reader()?;
        let answer = crate::find::Reading::new(self, &db).and_then(|reading| work(&reading));
        if db.commit().is_ok()
            && let Ok(mut idle) = self.inner.idle.lock()
            && idle.len() < READERS
        {
            idle.push(db);
        }
        answer
    }

    /// A reader that has begun: an idle one, unless the server that it spoke to has gone meanwhile.
    fn reader(&self) -> Result<Db, Failure> {
        loop {
            let idle = self.inner.idle.lock().map_err(|_| Failure::Broken("a reader panicked".into()))?.pop();
            let known = idle.is_some();
            let db = idle.map_or_else(|| self.inner.place.to_read(), Ok)?;
            match db.begin_reading() {
                Err(_) if known && db.has_ended() => {}
                begun => return Ok(begun.map(|()| db)?),
            }
        }
    }
}

fn prepare(db: &Db, program: &Registers, clock: &Clock) -> Result<(u64, Registers), Failure> {
    if db.has_tables()? {
        known_shape(db)?;
    } else {
        make_tables(db)?;
        db.run("INSERT INTO setting (name, value) VALUES ('shape', ?1)", &[SHAPE.into()])?;
        let empty = ledger::Frontier::new().to_bytes();
        db.run(
            "INSERT INTO head (one, frontier, next_n, last_at, epoch) VALUES (1, ?1, 1, ?2, 0)",
            &[Cell::Blob(empty), clock.now().millis().into()],
        )?;
    }
    let registers = described(db, program)?.0;
    refresh(db, &registers, &scales(db)?)?;
    Ok((described_at(db)?, registers))
}

/// The tables that every house has.
const TABLES: &str = include_str!("tables.sql");

fn make_tables(db: &Db) -> Result<(), DbError> {
    db.define(TABLES)?;
    db.define_search()
}

/// Makes every flat table anew that is not as its description wants it; the names of their registers.
pub(crate) fn refresh(db: &Db, registers: &Registers, scales: &Scales) -> Result<Vec<String>, Failure> {
    let mut renewed = Vec::new();
    for description in registers.all() {
        if !is_current(db, description)? {
            rebuild(db, description, scales)?;
            db.run(
                "INSERT INTO flat (register, digest) VALUES (?1, ?2) ON CONFLICT (register) DO UPDATE SET digest = excluded.digest",
                &[description.name.as_str().into(), flat::digest(description).into()],
            )?;
            renewed.push(description.name.clone());
        }
    }
    Ok(renewed)
}

/// Number that moves whenever a description of the organisation's own changes.
fn described_at(db: &Db) -> Result<u64, DbError> {
    let names = [OwnRegister::REGISTER.name.into(), OwnField::REGISTER.name.into()];
    let line = db.first("SELECT coalesce(max(seq), 0) FROM version WHERE register IN (?1, ?2)", &names)?;
    Ok(line.map_or(0, |line| line.count(0)))
}

/// The program's registers with what the organisation added, and what is wrong with some of it.
fn described(db: &Db, program: &Registers) -> Result<(Registers, Faults), Failure> {
    let (mut registers, mut fields, mut unread) = (Vec::new(), Vec::new(), Faults::new());
    let names = [OwnRegister::REGISTER.name, OwnField::REGISTER.name];
    db.each::<DbError>(
        "SELECT id, register, body, archived FROM record WHERE register IN (?1, ?2) ORDER BY n",
        &names.map(Cell::from),
        |line| {
            let (Ok(id), put_away) = (line.text(0).parse(), line.int(3) != 0) else { return Ok(()) };
            // What was put away is no longer used, and still says what the values mean.
            let read = if line.text(1) == names[0] {
                serde_json::from_str::<OwnRegister>(line.text(2))
                    .map(|own| registers.push((id, OwnRegister { retired: own.retired || put_away, ..own })))
            } else {
                serde_json::from_str::<OwnField>(line.text(2))
                    .map(|own| fields.push((id, OwnField { retired: own.retired || put_away, ..own })))
            };
            if let Err(why) = read {
                unread.insert(
                    id,
                    Refusal::whole(format!("記録を読み取れません: {why}"), format!("The record can't be read: {why}")),
                );
            }
            Ok(())
        },
    )?;
    let (all, mut faults) = own::effective(program, &registers, &fields);
    faults.extend(unread);
    Ok((all, faults))
}

fn known_shape(db: &Db) -> Result<(), Failure> {
    let shape = db.first("SELECT value FROM setting WHERE name = 'shape'", &[])?;
    let shape = shape.map(|line| line.text(0).to_owned()).unwrap_or_default();
    if shape == SHAPE {
        return Ok(());
    }
    Err(Refusal::whole(
        format!("このデータフォルダの形は{shape}で、この版の関守が使える形は{SHAPE}です。このデータフォルダを使っていた版か、新しい版をお使いください。デモのデータであれば、フォルダを削除すると作り直せます"),
        format!("This data folder has shape {shape}, and this version knows shape {SHAPE}: use the version that wrote it, or a newer one; the data of the demonstration is made anew when you delete its folder"),
    )
    .into())
}

/// Whether the flat table of a register is as its description wants it.
fn is_current(db: &Db, description: &Description) -> Result<bool, DbError> {
    let known = db.first("SELECT digest FROM flat WHERE register = ?1", &[description.name.as_str().into()])?;
    Ok(known.is_some_and(|line| line.text(0) == flat::digest(description)))
}

/// Makes a register's flat table anew.
fn rebuild(db: &Db, description: &Description, scales: &Scales) -> Result<(), Failure> {
    db.shut_out_readers()?;
    db.batch(&format!("DROP TABLE IF EXISTS {}", flat::table(&description.name)))?;
    for statement in flat::ddl(description) {
        db.define(&statement)?;
    }
    fill(db, description, scales)
}

/// Writes the rows of a register's flat table, and what a record's own columns hold of its body.
pub(crate) fn fill(db: &Db, description: &Description, scales: &Scales) -> Result<(), Failure> {
    let upsert = flat::upsert(description);
    let mut moved = Vec::new();
    each_derived(db, description, scales, ("", ""), |derived, _| {
        db.run(&upsert, &derived.cells)?;
        if !derived.kept {
            moved.push(derived);
        }
        Ok(())
    })?;
    for Derived { n, columns: [until, unit, owner], .. } in moved {
        db.run("UPDATE record SET until = ?1, unit = ?2, owner = ?3 WHERE n = ?4", &[until, unit, owner, n.into()])?;
    }
    Ok(())
}

/// What follows from a record's body.
pub(crate) struct Derived {
    pub(crate) n: i64,
    /// Last day of its state, unit and owner, as the record's own columns must hold them.
    columns: [Cell; 3],
    /// Whether they do, and its title too.
    pub(crate) kept: bool,
    /// The flat row that it must have.
    pub(crate) cells: Vec<Cell>,
    /// The links that it must have: field and row number, in order.
    pub(crate) links: BTreeSet<(String, i64)>,
    /// The unique keys that it must hold, in order.
    pub(crate) keys: BTreeSet<(String, String)>,
}

/// Hands what follows from each record's body to `each`, in the order of the records, with what stands beside the
/// record `r`: more columns and where they come from.
pub(crate) fn each_derived(
    db: &Db,
    description: &Description,
    scales: &Scales,
    (columns, joined): (&str, &str),
    mut each: impl FnMut(Derived, &[Cell]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    // Most links of a register lead to few records.
    let known = RefCell::new(HashMap::new());
    let n_of = |id: &str| {
        let mut known = known.borrow_mut();
        if let Some(n) = known.get(id) {
            return *n;
        }
        if known.len() >= 10_000 {
            known.clear();
        }
        *known.entry(id.to_owned()).or_insert_with(|| n_of(db, id))
    };
    db.stream::<Failure>(
        &format!(
            "SELECT r.n, r.state, r.archived, r.until, r.unit, r.owner, r.title, r.body{columns} FROM record r{joined}
             WHERE r.register = ?1 ORDER BY r.n"
        ),
        &[description.name.as_str().into()],
        |line| {
            let body = serde_json::from_str(line.text(7))
                .map_err(|e| Failure::Broken(format!("record {}: {e}", line.int(0))))?;
            let (unit, owner) = flat::belongs(description, &body, &n_of);
            let until = flat::until(description, line.text(1), &body);
            let (n, live, state) = (line.int(0), line.int(2) == 0, line.text(1));
            let columns = [flat::end_text(until).into(), unit.into(), owner.into()];
            let kept = line.0[3..6] == columns
                && flat::own_title(description, &body).is_none_or(|title| title == line.text(6));
            let facts = Facts { n, live, state, until, unit, owner };
            let cells = flat::cells(description, &facts, &body, scales, &n_of);
            let linked = crate::check::links(description, &body);
            let links = linked.filter_map(|(field, id)| Some((field.name.clone(), n_of(&id.to_string())?))).collect();
            let held = description.unique.iter().filter(|_| live);
            let keys = held.filter_map(|unique| unique_value(unique, &body)).collect();
            each(Derived { n, columns, kept, cells, links, keys }, &line.0[8..])
        },
    )
}

pub(crate) fn n_of(db: &Db, id: &str) -> Option<i64> {
    db.first("SELECT n FROM record WHERE id = ?1", &[id.into()]).ok()?.map(|line| line.int(0))
}

/// Number that moves whenever the register changes.
pub(crate) fn version(db: &Db, register: &str) -> Result<u64, DbError> {
    let line = db.first("SELECT seq FROM version WHERE register = ?1", &[register.into()])?;
    Ok(line.map_or(0, |line| line.count(0)))
}

/// The grades of all scales.
pub(crate) fn scales(db: &Db) -> Result<Scales, DbError> {
    let mut scales: HashMap<String, flat::Grades> = HashMap::new();
    db.each::<DbError>("SELECT body FROM record WHERE register = 'grade' AND archived = 0", &[], |line| {
        if let Ok(grade) = serde_json::from_str::<crate::built_in::Grade>(line.text(0)) {
            scales.entry(grade.scale).or_default().insert(grade.value, (i64::from(grade.rank), grade.label));
        }
        Ok(())
    })?;
    Ok(Scales(Arc::new(scales)))
}
