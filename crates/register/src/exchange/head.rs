//! Which sheet, which row of heads, which column is which field: proposed from the file, and as a person chose.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::book::{self, Book, Tab};
use super::out::FAULT;
use super::sheet::{Sheet, address, letters};
use super::{LARGEST, Problem, text};
use crate::describe::{Description, Field, Kind};
use crate::say::Say;

/// Label of the column with the record's id.
pub(super) const ID: (&str, &str) = ("記録ID", "Record ID");
/// Label of the column that says which records are put away.
pub(super) const ARCHIVE: (&str, &str) = ("保管済みにする", "Archive");
/// Label of the column with the state, which goes out and is never read.
pub(super) const STATE: (&str, &str) = ("状態", "State");
/// Rows among which the heads are looked for.
const HEADS: usize = 30;
/// Sheets that are looked through for the heads.
const LOOKED: usize = 10;
/// Cells of a column that are shown.
const SAMPLES: usize = 3;

/// What a column of a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// It is left out.
    Out,
    /// The record's id.
    Id,
    /// Whether the record is put away.
    Archive,
    /// The field of that name.
    Field(String),
}

/// What a person chose on the way in; what is absent is proposed from the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The sheet, from 0.
    pub sheet: Option<usize>,
    /// The row of the heads, from 1; 0 where there are none.
    pub head: Option<u32>,
    /// What each column is, from the first.
    pub columns: Option<Vec<Aim>>,
    /// Field → text for new records, where the file has no column for it.
    pub fixed: BTreeMap<String, String>,
    /// Doubt → the id of the record that is meant, or `new`.
    pub answers: BTreeMap<String, String>,
    /// Whether records that the file doesn't have are put away.
    pub archive_missing: bool,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its letters.
    pub letters: String,
    /// Its head.
    pub head: String,
    /// What it is.
    pub aim: Aim,
    /// Some of its cells.
    pub samples: Vec<String>,
}

/// A file before it is looked through: what there is to choose, with what is proposed or chosen.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The sheets of a workbook.
    pub tabs: Vec<Tab>,
    /// The chosen sheet.
    pub tab: usize,
    /// The chosen row of heads; 0 is none.
    pub head: u32,
    /// The columns.
    pub columns: Vec<Column>,
    /// Rows below the heads.
    pub rows: u64,
    /// Whether any column was recognised.
    pub known: bool,
}

/// A sheet with its columns recognised.
pub(super) struct Headed {
    pub(super) sheet: Sheet,
    pub(super) tabs: Vec<Tab>,
    pub(super) tab: usize,
    /// Number of the row of heads; 0 is none.
    pub(super) head: u32,
    /// Where the data begin.
    pub(super) first: usize,
    /// Position, head, and what it is; `None` where nothing is known of it.
    pub(super) columns: Vec<(usize, String, Option<Aim>)>,
}

/// Looks into a file: its sheets, heads and first cells.
///
/// # Errors
/// Why it can't be read.
pub fn preview(description: &Description, bytes: &[u8], choices: &Choices) -> Result<Preview, Problem> {
    let headed = read(description, bytes, choices)?;
    let Headed { sheet, first, .. } = &headed;
    let columns = headed.columns.iter().map(|(at, head, aim)| {
        let cells = (*first..sheet.rows().len()).filter_map(|row| sheet.cell(row, *at));
        let samples = cells.take(SAMPLES).map(|(text, _)| text.chars().take(60).collect()).collect();
        Column { letters: letters(*at), head: head.clone(), aim: aim.clone().unwrap_or(Aim::Out), samples }
    });
    let columns: Vec<_> = columns.collect();
    let rows = (sheet.rows().len() - first) as u64;
    let known = columns.iter().any(|column| matches!(column.aim, Aim::Field(_)));
    Ok(Preview { columns, rows, known, tabs: headed.tabs, tab: headed.tab, head: headed.head })
}

/// Reads a file and recognises its columns.
pub(super) fn read(description: &Description, bytes: &[u8], choices: &Choices) -> Result<Headed, Problem> {
    let whole = |say| Problem { line: 1, row: 1, place: None, column: None, say };
    if bytes.len() > LARGEST {
        let most = LARGEST / 1024 / 1024;
        return Err(whole(Say::new(
            format!("ファイルが大きすぎます（{most}MBまで）。分けて取り込んでください"),
            format!("The file is too large (up to {most} MB): split it"),
        )));
    }
    if book::is_book(bytes) {
        let mut book = Book::open(bytes).map_err(whole)?;
        let tab = chosen(&mut book, description, choices).map_err(whole)?;
        let sheet = book.read(tab).map_err(whole)?;
        let tabs = std::mem::take(&mut book.tabs);
        return headed(description, sheet, tabs, tab, choices);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(whole(Say::new(
            "古い形式（.xls）か、パスワードの付いたファイルです。Excelで開き、パスワードを外して「Excelブック（.xlsx）」で保存し直してください",
            "This is an old workbook (.xls) or one with a password: open it in Excel and save it as .xlsx without a password",
        )));
    }
    let sheet = text::read(bytes).map_err(|(line, say)| Problem { line, ..whole(say) })?;
    headed(description, sheet, Vec::new(), 0, choices)
}

/// The sheet that was chosen, or the first visible one whose heads are known.
fn chosen(book: &mut Book<'_>, description: &Description, choices: &Choices) -> Result<usize, Say> {
    if let Some(at) = choices.sheet.filter(|at| *at < book.tabs.len()) {
        return Ok(at);
    }
    let visible: Vec<usize> = (0..book.tabs.len()).filter(|at| !book.tabs[*at].hidden).collect();
    let first = visible.first().copied().unwrap_or(0);
    if visible.len() < 2 {
        return Ok(first);
    }
    for at in visible.into_iter().take(LOOKED) {
        if best_head(description, &book.read(at)?).is_some() {
            return Ok(at);
        }
    }
    Ok(first)
}

/// The row with the most known heads, by its place among the rows.
fn best_head(description: &Description, sheet: &Sheet) -> Option<usize> {
    let known = |at: usize| {
        let cells = sheet.filled(at).filter_map(|column| sheet.cell(at, column));
        cells.filter(|(text, _)| matches!(aim_of(description, text), Some(Aim::Field(_) | Aim::Id))).count()
    };
    let counted = (0..sheet.rows().len().min(HEADS)).map(|at| (known(at), at));
    counted.filter(|(count, _)| *count > 0).max_by_key(|(count, at)| (*count, std::cmp::Reverse(*at))).map(|(_, at)| at)
}

fn headed(
    description: &Description,
    sheet: Sheet,
    tabs: Vec<Tab>,
    tab: usize,
    choices: &Choices,
) -> Result<Headed, Problem> {
    if sheet.rows().is_empty() {
        let say = Say::new(
            "ファイルが空です。1行目に項目名を書いてください",
            "The file is empty: put the field names in its first line",
        );
        return Err(Problem { line: 1, row: 1, place: None, column: None, say });
    }
    let at = match choices.head {
        Some(0) => None,
        Some(number) => Some(sheet.rows().partition_point(|row| row.number < number).min(sheet.rows().len() - 1)),
        None => Some(best_head(description, &sheet).unwrap_or(0)),
    };
    let (first, head) = at.map_or((0, 0), |at| (at + 1, sheet.rows()[at].number));
    let width = match at {
        Some(at) if sheet.even => sheet.rows()[at].width,
        _ => sheet.width(),
    };
    let mut columns = Vec::new();
    for column in 0..width {
        let heading = at.and_then(|at| sheet.cell(at, column)).map(|cell| cell.0.trim()).unwrap_or_default();
        let heading: String = heading.chars().take(60).collect();
        let aim = match &choices.columns {
            Some(chosen) => Some(chosen.get(column).cloned().unwrap_or(Aim::Out)),
            None if at.is_some() && heading.is_empty() && !sheet.even => Some(Aim::Out),
            None if at.is_some() => aim_of(description, &heading),
            None => in_order(description, column, width),
        };
        columns.push((column, heading, aim));
    }
    Ok(Headed { sheet, tabs, tab, head, first, columns })
}

/// Without heads: one column is what names a record, more are the fields in their order.
fn in_order(description: &Description, column: usize, width: usize) -> Option<Aim> {
    if width == 1 {
        return Some(Aim::Field(description.title.clone()));
    }
    description.fields.iter().filter(|field| !field.hidden).nth(column).map(|field| Aim::Field(field.name.clone()))
}

/// What a head names: by the field's name, its label in either language, and without the marks that forms have.
fn aim_of(description: &Description, head: &str) -> Option<Aim> {
    let text = head.trim();
    let exact = |text: &str| {
        let folded = base::text::fold(text);
        let same = |label: &str| base::text::fold(label) == folded;
        let mut fields = description.fields.iter().filter(|field| !field.hidden);
        let field = fields.find(|field| field.name == text || same(&field.label.ja) || same(&field.label.en));
        match field {
            Some(field) => Some(Aim::Field(field.name.clone())),
            None if same(ID.0) || same(ID.1) => Some(Aim::Id),
            None if same(ARCHIVE.0) || same(ARCHIVE.1) => Some(Aim::Archive),
            None if description.lifecycle.is_some() && (same(STATE.0) || same(STATE.1)) => Some(Aim::Out),
            None if same(FAULT.0) || same(FAULT.1) => Some(Aim::Out),
            None => None,
        }
    };
    if text.is_empty() {
        return None;
    }
    exact(text).or_else(|| exact(&bare(text))).or_else(|| exact(&bare(text.split(['（', '(', '［', '[']).next()?)))
}

/// A head without blanks and the marks for what must be filled.
fn bare(head: &str) -> String {
    let marks = ["（必須）", "(必須)", "【必須】", "*", "＊", "※", "●", "◎"];
    let bare = marks.iter().fold(head.to_owned(), |head, mark| head.replace(mark, ""));
    bare.split_whitespace().collect()
}

impl Headed {
    /// What is wrong with the columns themselves.
    pub(super) fn problems(&self, description: &Description) -> Vec<Problem> {
        let at = self.sheet.rows().get(self.first.wrapping_sub(1)).copied();
        let (line, row) = at.filter(|_| self.head > 0).map_or((1, 1), |row| (row.line, row.number));
        let mut problems = Vec::new();
        let mut tell = |column: usize, head: &str, say| {
            problems.push(Problem { line, row, place: Some(address(row, column)), column: Some(head.to_owned()), say });
        };
        for (index, (column, head, aim)) in self.columns.iter().enumerate() {
            let twice = aim.is_some()
                && *aim != Some(Aim::Out)
                && self.columns[..index].iter().any(|(_, _, other)| other == aim);
            if aim.is_none() {
                let labels = |label: fn(&Field) -> &str| -> Vec<&str> {
                    description.fields.iter().filter(|field| !field.hidden).map(label).collect()
                };
                let all = labels(|field| &field.label.ja).join("、");
                tell(
                    *column,
                    head,
                    Say::new(
                        format!(
                            "「{head}」という項目は台帳にありません。見出しを直すか、列を消してください。使える項目：{all}"
                        ),
                        format!(
                            "There is no field named {head}: correct the head or remove the column. Fields: {}",
                            labels(|field| &field.label.en).join(", ")
                        ),
                    ),
                );
            } else if twice {
                tell(
                    *column,
                    head,
                    Say::new(
                        format!("「{head}」が2列あります。1列にしてください"),
                        format!("{head} occurs twice: keep one column"),
                    ),
                );
            }
        }
        for (top, bottom, left, right) in &self.sheet.wide {
            let covered = |column: &usize| *column > usize::from(*left) && *column <= usize::from(*right);
            let used =
                self.columns.iter().any(|(column, _, aim)| covered(column) && !matches!(aim, None | Some(Aim::Out)));
            if used && *bottom > self.head {
                let area = format!("{}:{}", address(*top, (*left).into()), address(*bottom, (*right).into()));
                problems.push(Problem {
                    line: (*top).into(),
                    row: *top,
                    place: Some(area.clone()),
                    column: None,
                    say: Say::new(
                        format!("横に結合したセル（{area}）は、どの列の値か分かりません。結合を解いて、それぞれの列に値を入れてください"),
                        format!("Cells are merged over columns ({area}): unmerge them and fill each column"),
                    ),
                });
            }
        }
        problems
    }

    /// Required fields that no column fills.
    pub(super) fn unfilled<'a>(&self, description: &'a Description) -> impl Iterator<Item = &'a Field> {
        let filled: Vec<String> = self
            .columns
            .iter()
            .filter_map(|(_, _, aim)| match aim {
                Some(Aim::Field(name)) => Some(name.clone()),
                _ => None,
            })
            .collect();
        description.fields.iter().filter(move |field| field.required && !field.hidden && !filled.contains(&field.name))
    }
}

/// Whether the values of a field are short enough to be offered as a list.
pub(super) fn is_listed(field: &Field) -> bool {
    !field.many && matches!(field.kind, Kind::Choice { .. } | Kind::Scale { .. } | Kind::Bool)
}
