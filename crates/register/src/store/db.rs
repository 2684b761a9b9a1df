//! One connection to whichever database the house has. What differs between the two is in their files; all else is SQL that
//! both take.

use std::path::Path;

use base::text::Piece;

use super::postgres::{self, Postgres, Server};
use super::sqlite::{self, Sqlite};
use super::{Cell, DbError, Line};
use crate::say::Failure;

/// One connection.
#[derive(Debug)]
pub(crate) enum Db {
    /// To a file.
    Sqlite(Sqlite),
    /// To a server.
    Postgres(Box<Postgres>),
}

impl Db {
    /// A connection to a file, which may write.
    pub(crate) fn file(path: &Path) -> Result<Self, Failure> {
        Ok(Self::Sqlite(Sqlite::open(path)?))
    }

    /// A connection to a file, which only reads.
    pub(crate) fn file_to_read(path: &Path) -> Result<Self, Failure> {
        Ok(Self::Sqlite(Sqlite::open_read(path)?))
    }

    /// A connection to a server, which may do what its user may.
    pub(crate) fn server(server: &Server) -> Result<Self, Failure> {
        Ok(Self::Postgres(Box::new(Postgres::open(server)?)))
    }

    /// Makes the place for the tables, where it isn't there.
    pub(crate) fn make_schema(&mut self) -> Result<(), Failure> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(db) => db.make_schema(),
        }
    }

    /// Whether the store's tables are there.
    pub(crate) fn has_tables(&self) -> Result<bool, DbError> {
        match self {
            Self::Sqlite(db) => db.has_tables(),
            Self::Postgres(db) => db.has_tables(),
        }
    }

    /// Makes tables and indexes, as SQLite writes them.
    pub(crate) fn define(&self, sql: &str) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.batch(sql),
            Self::Postgres(db) => db.define(sql),
        }
    }

    /// Makes the index of words.
    pub(crate) fn define_search(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.batch(sqlite::SEARCH),
            Self::Postgres(db) => db.batch(postgres::SEARCH),
        }
    }

    /// Begins to read at one moment.
    pub(crate) fn begin_reading(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.batch("BEGIN"),
            Self::Postgres(db) => db.begin_reading(),
        }
    }

    /// Begins to write, when nobody else does.
    pub(crate) fn begin_writing(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.batch("BEGIN IMMEDIATE"),
            Self::Postgres(db) => db.begin_writing(),
        }
    }

    /// Ends the transaction. When it fails, what was written may be there or not.
    pub(crate) fn commit(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.batch("COMMIT"),
            Self::Postgres(db) => db.commit(),
        }
    }

    /// Takes the transaction back, unless that has happened already.
    pub(crate) fn roll_back(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => {
                if db.outside_transaction() {
                    Ok(())
                } else {
                    db.batch("ROLLBACK")
                }
            }
            Self::Postgres(db) => {
                db.roll_back();
                Ok(())
            }
        }
    }

    /// Marks where the transaction can be taken back to.
    pub(crate) fn savepoint(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.run("SAVEPOINT wish", &[]).map(|_| ()),
            Self::Postgres(db) => db.batch("SAVEPOINT wish"),
        }
    }

    /// Takes the transaction back to the mark.
    pub(crate) fn back_to_savepoint(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.run("ROLLBACK TO wish", &[]).map(|_| ()),
            Self::Postgres(db) => db.back_to_savepoint(),
        }
    }

    /// Takes the mark away.
    pub(crate) fn release(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.run("RELEASE wish", &[]).map(|_| ()),
            Self::Postgres(db) => db.batch("RELEASE wish"),
        }
    }

    /// Waits until nobody reads, and lets nobody begin to until the transaction ends: on a server, whoever began before a
    /// table was made would find it empty.
    pub(crate) fn shut_out_readers(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(db) => db.shut_out_readers(),
        }
    }

    /// Why the transaction is no more, if the database has ended it: a file's disk ran full, a server's connection broke.
    pub(crate) fn transaction_lost(&self) -> Option<Failure> {
        match self {
            Self::Sqlite(db) => db.outside_transaction().then_some(Failure::Full),
            Self::Postgres(db) => db.has_ended().then_some(Failure::Busy),
        }
    }

    /// Whether the transaction can only be taken back: on a server no statement goes after a failed one.
    pub(crate) fn is_spoilt(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(db) => db.is_spoilt(),
        }
    }

    /// Whether the connection has ended, so that another is to be opened.
    pub(crate) fn has_ended(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(db) => db.has_ended(),
        }
    }

    /// Rows written since the connection was opened.
    pub(crate) fn rows_written(&self) -> u64 {
        match self {
            Self::Sqlite(db) => db.rows_written(),
            Self::Postgres(db) => db.rows_written(),
        }
    }

    /// Runs several statements without parameters.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.batch(sql),
            Self::Postgres(db) => db.batch(sql),
        }
    }

    /// Runs one statement; how many rows it changed.
    pub(crate) fn run(&self, sql: &str, cells: &[Cell]) -> Result<usize, DbError> {
        match self {
            Self::Sqlite(db) => db.run(sql, cells),
            Self::Postgres(db) => db.run(sql, cells),
        }
    }

    /// Hands every row to `each`, in order; for answers that memory holds.
    pub(crate) fn each<E: From<DbError>>(
        &self,
        sql: &str,
        cells: &[Cell],
        each: impl FnMut(Line) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Sqlite(db) => db.each(sql, cells, each),
            Self::Postgres(db) => db.each(sql, cells, each),
        }
    }

    /// The same within a transaction for an answer of any length, a part of it at a time.
    pub(crate) fn stream<E: From<DbError>>(
        &self,
        sql: &str,
        cells: &[Cell],
        each: impl FnMut(Line) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Sqlite(db) => db.each(sql, cells, each),
            Self::Postgres(db) => db.stream(sql, cells, each),
        }
    }

    /// The same for one cell after the other, with one statement.
    pub(crate) fn each_of<E: From<DbError>>(
        &self,
        sql: &str,
        cells: &[Cell],
        each: impl FnMut(Line) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Sqlite(db) => db.each_of(sql, cells, each),
            Self::Postgres(db) => db.each_of(sql, cells, each),
        }
    }

    /// The first row, if there is one.
    pub(crate) fn first(&self, sql: &str, cells: &[Cell]) -> Result<Option<Line>, DbError> {
        match self {
            Self::Sqlite(db) => db.first(sql, cells),
            Self::Postgres(db) => db.first(sql, cells),
        }
    }

    /// Counts the values of each of so many columns of the answer, where it says something.
    pub(crate) fn tally(&self, sql: &str, cells: &[Cell], columns: usize) -> Result<Vec<Vec<(Cell, u64)>>, DbError> {
        match self {
            Self::Sqlite(db) => db.tally(sql, cells),
            Self::Postgres(db) => db.tally(sql, cells, columns),
        }
    }

    /// Lets the planner look at the tables, so that it knows which index narrows most.
    pub(crate) fn study(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.study(),
            Self::Postgres(db) => db.study(),
        }
    }

    /// Takes off the disk what deleted rows have left, as far as the database lets go of it.
    pub(crate) fn forget(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.forget(),
            Self::Postgres(db) => db.study(),
        }
    }

    /// Empties the database's log, where it has one of its own.
    pub(crate) fn truncate_log(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.truncate_log(),
            // The server's log is the server's to let go.
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Writes what the index of words holds of a record.
    pub(crate) fn index(&self, n: i64, register: &str, pieces: &[String]) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.index(n, register, pieces),
            Self::Postgres(db) => db.index(n, register, pieces),
        }
    }

    /// The condition on the index of words `s` that it holds these pieces, of one register or of all; `mark` takes a parameter.
    pub(crate) fn found(
        &self,
        pieces: &[Piece],
        register: Option<&str>,
        mark: &mut dyn FnMut(Cell) -> String,
    ) -> String {
        match self {
            Self::Sqlite(_) => sqlite::found(pieces, register, mark),
            Self::Postgres(_) => postgres::found(pieces, register, mark),
        }
    }

    /// How the hits of a search are joined with their flat rows.
    pub(crate) fn along(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => sqlite::ALONG,
            Self::Postgres(_) => postgres::ALONG,
        }
    }

    /// A subquery that gives all rows of two columns as one text, a JSON list of pairs.
    pub(crate) fn pairs(&self, columns: &str, from: &str) -> String {
        match self {
            Self::Sqlite(_) => sqlite::pairs(columns, from),
            Self::Postgres(_) => postgres::pairs(columns, from),
        }
    }

    /// A condition on sort keys that is looked at in the rows that another one has found.
    pub(crate) fn beside(&self, condition: &str) -> String {
        match self {
            Self::Sqlite(_) => condition.replace(" s_", " +s_"),
            Self::Postgres(_) => condition.to_owned(),
        }
    }
}
