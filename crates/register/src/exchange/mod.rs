//! Files in and out (Excel・CSVの取込・出力). What goes out can come in again: same columns, links by code, grades by value.
//!
//! An import is checked whole before anything is written: the dry run ([`trial`]) says what every row would do. What is
//! then confirmed is kept as a plan beside the file, and carried out under an import record: up to [`AT_ONCE`] rows as one
//! transaction; more in steps between other people's changes, so that it goes on after a crash where it stood. The same
//! plan tells how it is undone.

mod book;
mod head;
mod import;
mod out;
mod plan;
mod sheet;
mod text;
mod trial;
mod undo;

pub use book::Tab;
pub use head::{Aim, Choices, Column, Preview, preview};
pub use import::{cancel, choose, confirm, import, resume, stage};
pub use out::{
    Format, Lingua, export, export_rows, export_sealed, export_view, faults, in_view, note_export, template,
};
pub use plan::{Sample, What};
pub use trial::{Doubt, Trial, trial};
pub use undo::{Touched, touched, undo};

use crate::say::Say;

/// Largest file, in bytes.
pub const LARGEST: usize = 64 * 1024 * 1024;
/// Most bytes of a workbook when unpacked.
pub const UNPACKED: u64 = 256 * 1024 * 1024;
/// Most rows of one file.
pub const MOST_ROWS: u64 = 200_000;
/// Most columns.
pub const MOST_COLUMNS: usize = 500;
/// Most cells that hold something.
const MOST_CELLS: usize = 6_000_000;
/// Most text of all cells, in bytes.
const MOST_TEXT: usize = 128 * 1024 * 1024;
/// Rows that are still one transaction.
pub const AT_ONCE: usize = 2_000;
/// Rows of a step beyond that.
const STEP: usize = 500;
/// Problems that are told at most.
pub const MOST_PROBLEMS: usize = 200;

/// One problem of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of a text file, from 1.
    pub line: u64,
    /// Row as a spreadsheet counts, from 1.
    pub row: u32,
    /// Address of the cell, as `C7`, if it is about one.
    pub place: Option<String>,
    /// Column as headed in the file, if it is about one.
    pub column: Option<String>,
    /// What is wrong and what to do.
    pub say: Say,
}
