//! SQLite: connections, settings, and the one way in which statements run.
#![expect(clippy::disallowed_types, reason = "this file is the one place that holds SQLite connections")]

use std::collections::HashMap;
use std::path::Path;

use base::text::Piece;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};

use super::{Cell, DbError, Line};

/// The index of words.
pub(super) const SEARCH: &str = include_str!("search.sqlite.sql");
/// How the hits of a search are joined with their flat rows: along the hits.
pub(super) const ALONG: &str = "CROSS JOIN";

/// The version of SQLite that is built in.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Sqlite {
    connection: Connection,
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Cell::Null => ValueRef::Null,
            Cell::Int(value) => ValueRef::Integer(*value),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => DbError::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DbError::Busy,
            _ => DbError::Other(error.to_string()),
        }
    }
}

impl Sqlite {
    /// Opens the file for writing, making it where it doesn't exist.
    pub(crate) fn open(path: &Path) -> Result<Self, DbError> {
        let db = Self { connection: Connection::open(path)? };
        db.batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=10000;
             PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA wal_autocheckpoint=16000;
             PRAGMA secure_delete=ON; PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;",
        )?;
        db.connection.set_prepared_statement_cache_capacity(256);
        Ok(db)
    }

    /// Opens the file for reading only.
    pub(crate) fn open_read(path: &Path) -> Result<Self, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Self { connection: Connection::open_with_flags(path, flags)? };
        db.batch(
            "PRAGMA busy_timeout=10000; PRAGMA trusted_schema=OFF; PRAGMA query_only=ON; PRAGMA cache_size=-4000;
             PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;",
        )?;
        db.connection.set_prepared_statement_cache_capacity(128);
        Ok(db)
    }

    pub(super) fn has_tables(&self) -> Result<bool, DbError> {
        Ok(self.first("SELECT 1 FROM sqlite_master WHERE name = 'setting'", &[])?.is_some())
    }

    pub(super) fn batch(&self, sql: &str) -> Result<(), DbError> {
        Ok(self.connection.execute_batch(sql)?)
    }

    pub(super) fn run(&self, sql: &str, cells: &[Cell]) -> Result<usize, DbError> {
        Ok(self.connection.prepare_cached(sql)?.execute(rusqlite::params_from_iter(cells))?)
    }

    pub(super) fn each<E: From<DbError>>(
        &self,
        sql: &str,
        cells: &[Cell],
        mut each: impl FnMut(Line) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self.connection.prepare_cached(sql).map_err(DbError::from)?;
        hand_over(&mut statement, rusqlite::params_from_iter(cells), &mut each)
    }

    pub(super) fn each_of<E: From<DbError>>(
        &self,
        sql: &str,
        cells: &[Cell],
        mut each: impl FnMut(Line) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self.connection.prepare_cached(sql).map_err(DbError::from)?;
        cells.iter().try_for_each(|cell| hand_over(&mut statement, [cell], &mut each))
    }

    /// Counts the values of each column, without making a row of it.
    pub(super) fn tally(&self, sql: &str, cells: &[Cell]) -> Result<Vec<Vec<(Cell, u64)>>, DbError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut columns = vec![(HashMap::<i64, u64>::new(), HashMap::<String, u64>::new()); statement.column_count()];
        let mut rows = statement.query(rusqlite::params_from_iter(cells))?;
        while let Some(row) = rows.next()? {
            for (at, (numbers, texts)) in columns.iter_mut().enumerate() {
                match row.get_ref(at)? {
                    ValueRef::Integer(number) => *numbers.entry(number).or_default() += 1,
                    ValueRef::Text(bytes) => {
                        let text = std::str::from_utf8(bytes).map_err(|e| DbError::Other(e.to_string()))?;
                        match texts.get_mut(text) {
                            Some(count) => *count += 1,
                            None => {
                                texts.insert(text.to_owned(), 1);
                            }
                        }
                    }
                    ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => {}
                }
            }
        }
        let values = |(numbers, texts): (HashMap<i64, u64>, HashMap<String, u64>)| {
            let numbers = numbers.into_iter().map(|(number, count)| (Cell::Int(number), count));
            numbers.chain(texts.into_iter().map(|(text, count)| (Cell::Text(text), count))).collect()
        };
        Ok(columns.into_iter().map(values).collect())
    }

    pub(super) fn study(&self) -> Result<(), DbError> {
        self.batch("PRAGMA analysis_limit=1000; PRAGMA optimize=0x10002;")
    }

    pub(super) fn first(&self, sql: &str, cells: &[Cell]) -> Result<Option<Line>, DbError> {
        let mut first = None;
        self.each::<DbError>(sql, cells, |line| {
            first.get_or_insert(line);
            Ok(())
        })?;
        Ok(first)
    }

    /// Writes what this connection reads into an empty file of that name.
    pub(crate) fn copy_into(&self, name: &str) -> Result<(), DbError> {
        self.batch("PRAGMA query_only=OFF")?;
        self.run("VACUUM INTO ?1", &[name.into()]).map(|_| ())
    }

    /// Takes off the disk what deleted rows have left: words in the index of search, and pages in the log.
    pub(super) fn forget(&self) -> Result<(), DbError> {
        self.batch("INSERT INTO search (search) VALUES ('optimize')")?;
        self.truncate_log()
    }

    /// Folds the log into the database and empties it.
    pub(super) fn truncate_log(&self) -> Result<(), DbError> {
        match self.first("PRAGMA wal_checkpoint(TRUNCATE)", &[])?.map_or(0, |line| line.int(0)) {
            0 => Ok(()),
            _ => Err(DbError::Busy),
        }
    }

    /// Rows written since the connection was opened.
    pub(super) fn rows_written(&self) -> u64 {
        self.connection.total_changes()
    }

    pub(super) fn index(&self, n: i64, register: &str, pieces: &[String]) -> Result<(), DbError> {
        let row = [n.into(), register.into(), pieces.join(" ").into()];
        self.run("INSERT INTO search (rowid, reg, text) VALUES (?1, ?2, ?3)", &row).map(|_| ())
    }

    /// Whether no transaction is open: after a failed statement SQLite may have rolled back by itself.
    pub(super) fn outside_transaction(&self) -> bool {
        self.connection.is_autocommit()
    }
}

/// The condition on `search s` that it holds these pieces; `mark` takes a parameter.
pub(super) fn found(pieces: &[Piece], register: Option<&str>, mark: &mut dyn FnMut(Cell) -> String) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut all: Vec<String> = register.map(|name| format!("reg : {}", quoted(name))).into_iter().collect();
    all.extend(pieces.iter().map(|piece| match piece {
        Piece::Phrase(bigrams) => format!("text : {}", quoted(&bigrams.join(" "))),
        Piece::Prefix(letter) => format!("text : {} *", quoted(letter)),
    }));
    format!("s.search MATCH {}", mark(all.join(" AND ").into()))
}

/// A subquery that gives all rows of two columns as one text, a JSON list of pairs.
pub(super) fn pairs(columns: &str, from: &str) -> String {
    format!("(SELECT json_group_array(json_array({columns})) FROM {from})")
}

fn hand_over<E: From<DbError>>(
    statement: &mut rusqlite::Statement<'_>,
    parameters: impl rusqlite::Params,
    each: &mut impl FnMut(Line) -> Result<(), E>,
) -> Result<(), E> {
    let width = statement.column_count();
    let mut rows = statement.query(parameters).map_err(DbError::from)?;
    while let Some(row) = rows.next().map_err(DbError::from)? {
        let mut line = Vec::with_capacity(width);
        for at in 0..width {
            line.push(match row.get_ref(at).map_err(DbError::from)? {
                ValueRef::Null => Cell::Null,
                ValueRef::Integer(value) => Cell::Int(value),
                ValueRef::Real(_) => return Err(DbError::Other("a floating-point number in the store".into()).into()),
                ValueRef::Text(bytes) => Cell::Text(
                    std::str::from_utf8(bytes)
                        .map_err(|_| DbError::Other("text that is not UTF-8 in the store".into()))?
                        .to_owned(),
                ),
                ValueRef::Blob(bytes) => Cell::Blob(bytes.to_vec()),
            });
        }
        each(Line(line))?;
    }
    Ok(())
}
