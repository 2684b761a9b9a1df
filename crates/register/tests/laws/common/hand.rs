//! A hand at the database itself, past the house: to tamper with it.
#![expect(clippy::disallowed_types, reason = "only a hand at the database itself can tamper with it")]

use std::cell::RefCell;
use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use super::Still;
use super::database::Database;

/// A connection to the database of a test.
pub(crate) enum Hand<'a> {
    File(Connection),
    Server(RefCell<&'a mut postgres::Client>),
}

impl Hand<'_> {
    /// Works at a database by hand.
    pub(crate) fn at<T: Send>(folder: &Path, database: &Database, work: impl FnOnce(&Hand<'_>) -> T + Send) -> T {
        if database.schema().is_some() {
            return database.by_hand(|client| work(&Hand::Server(RefCell::new(client))));
        }
        work(&Hand::File(Connection::open(folder.join("sekimori.db")).unwrap()))
    }

    /// Runs one statement; how many rows it changed.
    pub(crate) fn run(&self, sql: &str) -> u64 {
        match self {
            Self::File(db) => db.execute(sql, []).unwrap() as u64,
            Self::Server(client) => client.borrow_mut().execute(sql, &[]).unwrap(),
        }
    }

    /// The bytes that a question is answered with.
    pub(crate) fn bytes(&self, sql: &str) -> Vec<u8> {
        match self {
            Self::File(db) => db.query_row(sql, [], |row| row.get(0)).unwrap(),
            Self::Server(client) => client.borrow_mut().query_one(sql, &[]).unwrap().get(0),
        }
    }

    /// The number that a question is answered with.
    pub(crate) fn number(&self, sql: &str) -> u64 {
        let number: i64 = match self {
            Self::File(db) => db.query_row(sql, [], |row| row.get(0)).unwrap(),
            Self::Server(client) => client.borrow_mut().query_one(sql, &[]).unwrap().get(0),
        };
        number.cast_unsigned()
    }

    /// Bytes as a statement writes them.
    pub(crate) fn literal(&self, bytes: &[u8]) -> String {
        let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        match self {
            Self::File(_) => format!("X'{hex}'"),
            Self::Server(_) => format!("'\\x{hex}'::bytea"),
        }
    }
}

/// A copy of the folder and database of a house.
pub(crate) fn copy(still: &Still) -> (TempDir, Database) {
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new());
    let Some(own) = still.database.schema() else {
        let file = folder.path().join("sekimori.db");
        let db = Connection::open(still.folder.path().join("sekimori.db")).unwrap();
        db.execute("VACUUM INTO ?1", [file.to_str().unwrap()]).unwrap();
        return (folder, database);
    };
    let new = database.schema().unwrap();
    database.by_hand(|client| {
        client.batch_execute(&format!("CREATE SCHEMA {new}")).unwrap();
        for row in client.query("SELECT tablename::text FROM pg_tables WHERE schemaname = $1", &[&own]).unwrap() {
            let table: &str = row.get(0);
            let copy = format!(
                "CREATE TABLE {new}.{table} (LIKE {own}.{table} INCLUDING ALL); INSERT INTO {new}.{table} SELECT * FROM {own}.{table}"
            );
            client.batch_execute(&copy).unwrap();
        }
    });
    (folder, database)
}
