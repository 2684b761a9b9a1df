//! A sheet (シート): the cells of a file, wherever they came from, in one piece of text, with what is to be told of them.

use std::collections::{BTreeMap, HashMap};

use super::{MOST_CELLS, MOST_COLUMNS, MOST_TEXT};
use crate::say::Say;

/// What a file says that a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Text,
    Number,
    /// As ISO text.
    Date,
    /// `#REF!` and its like.
    Error,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    column: u16,
    sort: Sort,
    from: u32,
    to: u32,
}

/// A row that holds something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Its number in a spreadsheet, from 1.
    pub(super) number: u32,
    /// Its line in a text file, from 1; else its number.
    pub(super) line: u64,
    /// How many cells a text file gave it.
    pub(super) width: usize,
    /// Whether a quote was left open.
    pub(super) open: bool,
    first: usize,
}

/// One thing that is told of a file before it is brought in; it stops nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Noted {
    Formula,
    Private,
    HiddenRow,
    HiddenColumn,
    OtherSheets,
    Merged,
    Padded,
    NumberCode,
    DateText,
    Serial,
    Twins,
    LeftOut,
}

/// Where it was seen: how often, and the first places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Places {
    count: u64,
    first: Vec<String>,
}

/// What is told of a file, each thing once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Notes(BTreeMap<Noted, Places>);

/// Places that are named.
const NAMED: usize = 5;

impl Notes {
    pub(super) fn add(&mut self, noted: Noted, place: impl FnOnce() -> String) {
        let places = self.0.entry(noted).or_default();
        places.count += 1;
        if places.first.len() < NAMED {
            places.first.push(place());
        }
    }

    pub(super) fn join(&mut self, other: Notes) {
        for (noted, places) in other.0 {
            let mine = self.0.entry(noted).or_default();
            mine.count += places.count;
            mine.first.extend(places.first);
            mine.first.truncate(NAMED);
        }
    }

    /// The sentences, with their places.
    pub(super) fn say(&self) -> Vec<Say> {
        self.0.iter().map(|(noted, places)| noted.say(places)).collect()
    }
}

impl Noted {
    fn say(self, places: &Places) -> Say {
        let named = places.first.join("、");
        let more = places.count > places.first.len() as u64;
        let (ja, en) = match (more, self) {
            (_, Noted::HiddenRow | Noted::HiddenColumn | Noted::OtherSheets | Noted::LeftOut) | (false, _) => {
                (named.clone(), places.first.join(", "))
            }
            (true, _) => (
                format!("{named} など{}か所", places.count),
                format!("{} and others, {} in all", places.first.join(", "), places.count),
            ),
        };
        let rest = if more {
            (format!(" など{}", places.count), format!(" and others, {} in all", places.count))
        } else {
            (String::new(), String::new())
        };
        match self {
            Noted::Formula => Say::new(
                format!("式のセルがあります（{ja}）。式は計算せず、ファイルに保存されている値を読みます"),
                format!("There are formulas ({en}). None is calculated: the values saved in the file are read"),
            ),
            Noted::Private => Say::new(
                format!(
                    "外字（その端末だけの文字）があります（{ja}）。ほかの端末では読めないので、一般の字に直すことをお勧めします"
                ),
                format!(
                    "There are private-use characters ({en}), which other machines can't show: better replace them"
                ),
            ),
            Noted::HiddenRow => Say::new(
                format!("表示されていない行も読みます（{ja}{}行目）。絞り込みで隠れた行も含みます", rest.0),
                format!("Hidden rows are read too (row {en}{}), also those that a filter hides", rest.1),
            ),
            Noted::HiddenColumn => Say::new(
                format!("表示されていない列も読みます（{ja}{}列）", rest.0),
                format!("Hidden columns are read too (column {en}{})", rest.1),
            ),
            Noted::OtherSheets => Say::new(
                format!("ほかのシートは読みません（{ja}{}）", rest.0),
                format!("Other sheets are not read ({en}{})", rest.1),
            ),
            Noted::Merged => Say::new(
                format!("縦に結合したセルは、どの行にも同じ値があるものとして読みます（{ja}）"),
                format!("Cells merged over rows are read as the same value in each row ({en})"),
            ),
            Noted::Padded => Say::new(
                format!("数値になっている番号を、台帳にある番号として読みます（{ja}）"),
                format!("Codes that became numbers are read as the codes of the register ({en})"),
            ),
            Noted::NumberCode => Say::new(
                format!("番号の列に数値のセルがあります（{ja}）。先頭の0が落ちていないか確かめてください"),
                format!("Codes are numbers in the file ({en}): see that no leading zero was lost"),
            ),
            Noted::DateText => Say::new(
                format!("文字の項目に日付のセルがあります。文字として読みます（{ja}）"),
                format!("Dates in fields of text are read as text ({en})"),
            ),
            Noted::Serial => Say::new(
                format!("日付の項目に数値のセルがあります。日付の通し番号として読みます（{ja}）"),
                format!("Numbers in fields of dates are read as serial days ({en})"),
            ),
            Noted::Twins => Say::new(
                format!("番号のない同じ名前の行が、それぞれ新しい記録になります（{ja}）"),
                format!("Rows of the same name without a code each become a new record ({en})"),
            ),
            Noted::LeftOut => Say::new(
                format!("次の列は取り込みません：{ja}{}", rest.0),
                format!("These columns are left out: {en}{}", rest.1),
            ),
        }
    }
}

/// The cells of one sheet.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    text: String,
    cells: Vec<Cell>,
    rows: Vec<Row>,
    /// Cells that lower rows share with the top one of a merge: column → first row, last row, cell.
    fills: HashMap<u16, Vec<(u32, u32, Cell)>>,
    /// Merges over several columns: first row, last row, first column, last column.
    pub(super) wide: Vec<(u32, u32, u16, u16)>,
    /// Whether every row must have as many cells as the heads, as in a file of commas.
    pub(super) even: bool,
    pub(super) notes: Notes,
}

/// The address of a cell, as spreadsheets write it: row from 1, column from 0.
pub(super) fn address(row: u32, column: usize) -> String {
    format!("{}{row}", letters(column))
}

/// The letters of a column, from 0.
pub(super) fn letters(column: usize) -> String {
    let (mut rest, mut text) = (column + 1, Vec::new());
    while rest > 0 {
        rest -= 1;
        text.push(char::from(b'A' + u8::try_from(rest % 26).expect("a remainder of 26 is small")));
        rest /= 26;
    }
    text.iter().rev().collect()
}

/// Characters that only the machine knows where they were made (外字).
fn is_private(each: char) -> bool {
    matches!(each, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFD}')
}

/// What is said of a file past a limit.
pub(super) fn too_much(ja: String, en: String) -> Say {
    Say::new(format!("{ja}。分けて取り込んでください"), format!("{en}: split the file"))
}

impl Sheet {
    /// Begins a row. Cells follow from left to right.
    pub(super) fn begin(&mut self, number: u32, line: u64) {
        self.end();
        self.rows.push(Row { number, line, width: 0, open: false, first: self.cells.len() });
    }

    /// Ends the last row: one without cells is none.
    pub(super) fn end(&mut self) {
        if self.rows.last().is_some_and(|row| row.first == self.cells.len() && !row.open) {
            self.rows.pop();
        }
    }

    /// Says how the last row looked in a text file.
    pub(super) fn shape(&mut self, width: usize, open: bool) {
        if let Some(row) = self.rows.last_mut() {
            (row.width, row.open) = (width, open);
        }
    }

    /// Adds a cell to the last row; an empty one is none.
    pub(super) fn push(&mut self, column: usize, sort: Sort, text: &str) -> Result<(), Say> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let number = self.rows.last().map_or(1, |row| row.number);
        if column >= MOST_COLUMNS {
            let at = address(number, column);
            return Err(too_much(
                format!("列が多すぎます（{MOST_COLUMNS}列まで。{at}に値があります）"),
                format!("Too many columns (up to {MOST_COLUMNS}; there is a value in {at})"),
            ));
        }
        if self.cells.len() >= MOST_CELLS || self.text.len() + text.len() > MOST_TEXT {
            return Err(too_much("セルや文字が多すぎます".into(), "Too many cells or too much text".into()));
        }
        if text.chars().any(is_private) {
            self.notes.add(Noted::Private, || address(number, column));
        }
        let from = offset(self.text.len());
        self.text.push_str(text);
        let column = u16::try_from(column).expect("columns are few");
        self.cells.push(Cell { column, sort, from, to: offset(self.text.len()) });
        Ok(())
    }

    /// Lets the rows below the first of a merge of one column share its value.
    pub(super) fn fill(&mut self, column: u16, first: u32, last: u32) {
        let top = self.rows.binary_search_by_key(&first, |row| row.number).ok();
        let top = top.and_then(|at| self.own(at).iter().find(|cell| cell.column == column).copied());
        if let Some(cell) = top {
            self.notes
                .add(Noted::Merged, || format!("{}:{}", address(first, column.into()), address(last, column.into())));
            self.fills.entry(column).or_default().push((first, last, cell));
        }
    }

    /// Puts the shared values in order, once all are there.
    pub(super) fn settle(&mut self) {
        self.end();
        for fills in self.fills.values_mut() {
            fills.sort_unstable_by_key(|(first, ..)| *first);
        }
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    fn own(&self, at: usize) -> &[Cell] {
        let end = self.rows.get(at + 1).map_or(self.cells.len(), |next| next.first);
        &self.cells[self.rows[at].first..end]
    }

    /// A cell's text and what it is; nothing where it is empty.
    pub(super) fn cell(&self, at: usize, column: usize) -> Option<(&str, Sort)> {
        let column = u16::try_from(column).ok()?;
        let own = self.own(at);
        let cell = if let Ok(found) = own.binary_search_by_key(&column, |cell| cell.column) {
            own[found]
        } else {
            let fills = self.fills.get(&column)?;
            let number = self.rows[at].number;
            let before = fills.partition_point(|(first, ..)| *first <= number).checked_sub(1)?;
            let (_, last, cell) = fills[before];
            (number <= last).then_some(cell)?
        };
        Some((&self.text[cell.from as usize..cell.to as usize], cell.sort))
    }

    /// One more than the last column that holds something in any of these rows.
    pub(super) fn width(&self) -> usize {
        self.cells.iter().map(|cell| usize::from(cell.column) + 1).max().unwrap_or(0)
    }

    /// Columns of a row that hold something themselves.
    pub(super) fn filled(&self, at: usize) -> impl Iterator<Item = usize> {
        self.own(at).iter().map(|cell| usize::from(cell.column))
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("the text of a sheet is limited to less than 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_spreadsheets_do() {
        for (column, text) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!(letters(column), text);
        }
        assert_eq!(address(7, 2), "C7");
    }

    #[test]
    fn a_merged_cell_holds_for_each_of_its_rows_and_no_other() {
        let mut sheet = Sheet::default();
        for (row, text) in [(2, "総務課"), (3, ""), (4, ""), (5, "税務課")] {
            sheet.begin(row, row.into());
            sheet.push(0, Sort::Text, "名").unwrap();
            sheet.push(1, Sort::Text, text).unwrap();
        }
        sheet.fill(1, 2, 3);
        sheet.settle();
        let seen: Vec<_> = (0..4).map(|at| sheet.cell(at, 1).map(|cell| cell.0)).collect();
        assert_eq!(seen, [Some("総務課"), Some("総務課"), None, Some("税務課")]);
    }
}
