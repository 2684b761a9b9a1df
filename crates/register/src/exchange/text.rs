//! Reading of text files (CSV、タブ区切り) into a sheet.

use super::sheet::{Sheet, Sort};
use super::{LARGEST, MOST_ROWS};
use crate::say::Say;

/// A problem at a line.
pub(super) type At = (u64, Say);

/// Reads a text file: commas, or tabs where its first line has them, as when cells were copied.
pub(super) fn read(bytes: &[u8]) -> Result<Sheet, At> {
    let text = match base::text::decode(bytes) {
        Ok((text, _)) => text,
        Err(byte) => {
            let line = bytes[..byte].split(|b| *b == b'\n').count() as u64;
            return Err((
                line,
                Say::new(
                    "文字コードを読み取れません。UTF-8かShift_JIS（CP932）のCSVで保存し直してください",
                    "The text can't be read: save the CSV as UTF-8 or Shift_JIS",
                ),
            ));
        }
    };
    debug_assert!(bytes.len() <= LARGEST, "the size is looked at first");
    let first = text.trim_start_matches(['\r', '\n']).lines().next().unwrap_or("");
    let tabs = first.contains('\t');
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(if tabs { b'\t' } else { b',' })
        .from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    sheet.even = !tabs;
    let mut record = csv::StringRecord::new();
    // Lines are counted here: the reader leaves the empty ones before a record, and the end of the last one, to the record.
    // A spreadsheet counts a cell of several lines as one row.
    let (mut line, mut counted, mut within) = (1_u64, 0, 0_u64);
    loop {
        let more = csv.read_record(&mut record).unwrap_or(false);
        let byte = |position: &csv::Position| usize::try_from(position.byte()).unwrap_or(0).min(text.len());
        let raw = &text[record.position().map_or(0, byte)..byte(csv.position())];
        let began = byte(csv.position()) - raw.trim_start_matches(['\r', '\n']).len();
        line += text[counted..began].matches('\n').count() as u64;
        counted = began;
        if !more {
            sheet.settle();
            return Ok(sheet);
        }
        let number = u32::try_from(line - within).unwrap_or(u32::MAX);
        within += raw.trim_matches(['\r', '\n']).matches('\n').count() as u64;
        sheet.begin(number, line);
        for (column, cell) in record.iter().enumerate() {
            sheet.push(column, Sort::Text, escaped(cell).unwrap_or(cell)).map_err(|say| (line, say))?;
        }
        sheet.shape(record.len(), raw.matches('"').count() % 2 == 1);
        if sheet.rows().len() as u64 > MOST_ROWS + 100 {
            return Err((line, too_many_rows()));
        }
    }
}

/// What is said of a file with too many rows.
pub(super) fn too_many_rows() -> Say {
    super::sheet::too_much(format!("行が多すぎます（{MOST_ROWS}行まで）"), format!("Too many rows (up to {MOST_ROWS})"))
}

/// What a formula of a spreadsheet begins with.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell that a spreadsheet would take for a formula gets an apostrophe in front.
pub(super) fn escape(cell: String) -> String {
    if cell.starts_with(FORMULA) || escaped(&cell).is_some() { format!("'{cell}") } else { cell }
}

/// The cell without its apostrophe, if that stands before a formula or another apostrophe.
fn escaped(cell: &str) -> Option<&str> {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA) || rest.starts_with('\''))
}
