//! Copies of a house from one kind of database to the other: what can't be derived is copied row by row, the rest is made
//! anew.

use std::path::Path;

use super::{Cell, Db, DbError, Place, TABLES, described, known_shape, make_tables, refresh, scales};
use crate::check;
use crate::flat::Scales;
use crate::record::{Body, Registers};
use crate::say::{Failure, Refusal};

/// Rows that one statement writes.
const ROWS: usize = 50;

/// Copies all records of one place, as they stand at one moment, to another that has none.
///
/// # Errors
/// When there are tables already, or one of the two can't be used. Then nothing is left behind.
pub fn copy(from: impl Into<Place>, to: impl Into<Place>, program: &Registers) -> Result<(), Failure> {
    between(&from.into().to_read()?, to.into().to_write()?, program).map(|_| ())
}

/// The same into an empty file, which is whole without any other beside it when this returns.
pub(super) fn into_file(from: &Place, to: &Path, program: &Registers) -> Result<(), Failure> {
    let to = between(&from.to_read()?, Db::file(to)?, program)?;
    Ok(to.batch("PRAGMA journal_mode=DELETE")?)
}

fn between(from: &Db, mut to: Db, program: &Registers) -> Result<Db, Failure> {
    known_shape(from)?;
    from.begin_reading()?;
    to.make_schema()?;
    to.begin_writing()?;
    let copied = whole(from, &to, program);
    if copied.is_ok() {
        to.commit()?;
    } else {
        to.roll_back()?;
    }
    copied.map(|()| to)
}

fn whole(from: &Db, to: &Db, program: &Registers) -> Result<(), Failure> {
    if to.has_tables()? {
        return Err(Refusal::whole(
            "そのデータベースには既に関守の表があります。上書きはしません。空のデータベースかスキーマを指定してください",
            "That database has tables of Sekimori already, and nothing is written over: name an empty database or schema",
        )
        .into());
    }
    make_tables(to)?;
    // What flat tables and the index of words hold is derived.
    for table in tables().filter(|table| *table != "flat") {
        rows(from, to, table)?;
    }
    let registers = described(to, program)?.0;
    let scales = scales(to)?;
    refresh(to, &registers, &scales)?;
    index(to, &registers, &scales)
}

/// The tables in the order in which they are made, so that what is referred to comes first.
fn tables() -> impl Iterator<Item = &'static str> {
    TABLES.split("CREATE TABLE ").skip(1).filter_map(|rest| rest.split_whitespace().next())
}

fn rows(from: &Db, to: &Db, table: &str) -> Result<(), Failure> {
    let (mut cells, mut width) = (Vec::new(), 0);
    from.stream::<DbError>(&format!("SELECT * FROM {table} ORDER BY 1"), &[], |line| {
        width = line.0.len();
        cells.extend(line.0);
        if cells.len() < ROWS * width {
            return Ok(());
        }
        insert(to, table, &std::mem::take(&mut cells), width)
    })?;
    if cells.is_empty() { Ok(()) } else { Ok(insert(to, table, &cells, width)?) }
}

fn insert(to: &Db, table: &str, cells: &[Cell], width: usize) -> Result<(), DbError> {
    let marks: Vec<String> = (1..=cells.len()).map(|at| format!("?{at}")).collect();
    let rows: Vec<String> = marks.chunks(width).map(|row| format!("({})", row.join(", "))).collect();
    to.run(&format!("INSERT INTO {table} VALUES {}", rows.join(", ")), cells).map(|_| ())
}

/// Fills the index of words.
fn index(db: &Db, registers: &Registers, scales: &Scales) -> Result<(), Failure> {
    for description in registers.all() {
        db.stream::<Failure>(
            "SELECT n, archived, body FROM record WHERE register = ?1 ORDER BY n",
            &[description.name.as_str().into()],
            |line| {
                let body: Body = serde_json::from_str(line.text(2))
                    .map_err(|e| Failure::Broken(format!("record {}: {e}", line.int(0))))?;
                match check::searchable(description, &body, line.int(1) != 0, scales) {
                    None => Ok(()),
                    Some(text) => Ok(db.index(line.int(0), &description.name, &base::text::index_pieces(&text))?),
                }
            },
        )?;
    }
    Ok(())
}
