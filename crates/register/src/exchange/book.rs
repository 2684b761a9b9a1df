//! Reading of workbooks (Excelのブック, .xlsx) into sheets, as a stream: nothing that a file claims is believed, and what
//! is unpacked is counted. Formulas are not run, macros and pictures are not even unpacked.

use std::io::{self, BufReader, Cursor, Read};

use base::date::Date;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use super::out::BESIDE;
use super::sheet::{Noted, Sheet, Sort, address, letters, too_much};
use super::text::too_many_rows;
use super::{MOST_ROWS, MOST_TEXT, UNPACKED};
use crate::say::Say;

/// Deepest nesting of elements.
const DEEPEST: usize = 64;
/// Most parts of a workbook, and most sheets.
const PARTS: usize = 10_000;
/// Most styles, shared texts, and merged cells.
const MANY: usize = 2_000_000;
/// The last row of a spreadsheet.
const LAST_ROW: u32 = 1_048_576;

/// A sheet that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// Its name.
    pub name: String,
    /// Whether the file hides it.
    pub hidden: bool,
    path: String,
}

/// How numbers of a style look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Plain,
    Date,
    /// With zeros in front, to so many digits.
    Zeros(usize),
}

/// A workbook.
pub(super) struct Book<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked.
    left: u64,
    pub(super) tabs: Vec<Tab>,
    looks: Vec<Look>,
    texts: Vec<(u32, u32)>,
    text: String,
    from_1904: bool,
}

/// Whether the bytes are a workbook's.
pub(super) fn is_book(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

fn broken(why: &str) -> Say {
    Say::new(
        format!(
            "Excelのファイルとして読み取れません（{why}）。Excelで開き、「Excelブック（.xlsx）」として保存し直してください"
        ),
        format!("This can't be read as a workbook ({why}): open it in Excel and save it as .xlsx"),
    )
}

/// Reads no more than may still be unpacked.
struct Metered<'a, R> {
    inner: R,
    left: &'a mut u64,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        *self.left = self.left.checked_sub(read as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

/// An element's attribute, by its name without prefix.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        element.attributes().with_checks(false).flatten().find(|each| each.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

fn is_true(text: Option<String>) -> bool {
    text.is_some_and(|text| text == "1" || text == "true")
}

/// What a walk over a part hands over.
enum Seen<'a> {
    Open(&'a str, &'a BytesStart<'a>),
    Text(&'a str),
    Close(&'a str),
}

impl<'a> Book<'a> {
    /// Opens a workbook: its sheets' names, its shared texts and styles.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Say> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken("ZIPの形が壊れています"))?;
        if zip.len() > PARTS {
            return Err(broken("部品が多すぎます"));
        }
        let mut book = Self {
            zip,
            left: UNPACKED,
            tabs: Vec::new(),
            looks: Vec::new(),
            texts: Vec::new(),
            text: String::new(),
            from_1904: false,
        };
        if book.zip.index_for_name("content.xml").is_some() {
            return Err(Say::new(
                "OpenDocument（.ods）は読み取れません。「Excelブック（.xlsx）」か「CSV」で保存し直してください",
                "OpenDocument sheets (.ods) can't be read: save the file as .xlsx or CSV",
            ));
        }
        if book.zip.index_for_name("xl/workbook.bin").is_some() {
            return Err(Say::new(
                "バイナリのブック（.xlsb）は読み取れません。「Excelブック（.xlsx）」で保存し直してください",
                "Binary workbooks (.xlsb) can't be read: save the file as .xlsx",
            ));
        }
        book.workbook()?;
        Ok(book)
    }

    /// Walks a part; whether it was there. `each` stops the walk by saying no.
    fn walk(&mut self, path: &str, each: &mut dyn FnMut(Seen<'_>) -> Result<bool, Say>) -> Result<bool, Say> {
        let Some(index) = self.zip.index_for_name(path) else { return Ok(false) };
        let part = self.zip.by_index(index).map_err(|_| broken("暗号化されているか、部品が壊れています"))?;
        let mut xml = Reader::from_reader(BufReader::new(Metered { inner: part, left: &mut self.left }));
        xml.config_mut().expand_empty_elements = true;
        let (mut buffer, mut depth) = (Vec::new(), 0);
        loop {
            buffer.clear();
            let event = xml.read_event_into(&mut buffer).map_err(|error| match error {
                quick_xml::Error::Io(io) if io.kind() == io::ErrorKind::FileTooLarge => {
                    let most = UNPACKED / 1024 / 1024;
                    too_much(
                        format!("展開すると大きすぎるファイルです（{most}MBまで）"),
                        format!("The file is too large when unpacked (up to {most} MB)"),
                    )
                }
                _ => broken("XMLが壊れています"),
            })?;
            let on = match &event {
                Event::Start(element) => {
                    depth += 1;
                    if depth > DEEPEST {
                        return Err(broken("XMLの入れ子が深すぎます"));
                    }
                    each(Seen::Open(element.local_name().as_ref(), element))?
                }
                Event::End(element) => {
                    depth = depth.saturating_sub(1);
                    each(Seen::Close(element.local_name().as_ref()))?
                }
                Event::Text(text) => each(Seen::Text(&text.xml10_content()))?,
                Event::CData(text) => each(Seen::Text(&text.xml10_content()))?,
                Event::GeneralRef(name) => match name.resolve_char_ref() {
                    Ok(Some(letter)) => each(Seen::Text(letter.encode_utf8(&mut [0; 4])))?,
                    Ok(None) => match name.as_ref() {
                        "amp" => each(Seen::Text("&"))?,
                        "lt" => each(Seen::Text("<"))?,
                        "gt" => each(Seen::Text(">"))?,
                        "quot" => each(Seen::Text("\""))?,
                        "apos" => each(Seen::Text("'"))?,
                        _ => return Err(broken("XMLに知らない参照があります")),
                    },
                    Err(_) => return Err(broken("XMLに知らない文字があります")),
                },
                Event::Eof => return Ok(true),
                _ => true,
            };
            if !on {
                return Ok(true);
            }
        }
    }

    fn workbook(&mut self) -> Result<(), Say> {
        let mut main = "xl/workbook.xml".to_owned();
        self.walk("_rels/.rels", &mut |seen| {
            if let Seen::Open("Relationship", element) = seen
                && attribute(element, "Type").is_some_and(|kind| kind.ends_with("/officeDocument"))
            {
                main = resolve("", &attribute(element, "Target").unwrap_or_default());
            }
            Ok(true)
        })?;
        let (folder, name) = main.rsplit_once('/').unwrap_or(("", &main));
        let relations =
            if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
        let mut targets = Vec::new();
        self.walk(&relations, &mut |seen| {
            if let Seen::Open("Relationship", element) = seen {
                let target = resolve(folder, &attribute(element, "Target").unwrap_or_default());
                targets.push((attribute(element, "Id").unwrap_or_default(), target));
            }
            Ok(targets.len() <= PARTS)
        })?;
        let (mut tabs, mut from_1904) = (Vec::new(), false);
        let there = self.walk(&main, &mut |seen| {
            match seen {
                Seen::Open("workbookPr", element) => from_1904 = is_true(attribute(element, "date1904")),
                Seen::Open("sheet", element) => {
                    let relation = attribute(element, "id").unwrap_or_default();
                    if let Some((_, path)) = targets.iter().find(|(id, _)| *id == relation) {
                        tabs.push(Tab {
                            name: attribute(element, "name").unwrap_or_default(),
                            hidden: attribute(element, "state").is_some_and(|state| state != "visible"),
                            path: path.clone(),
                        });
                    }
                }
                _ => {}
            }
            Ok(tabs.len() <= PARTS)
        })?;
        if !there || tabs.is_empty() {
            return Err(broken("シートがありません"));
        }
        (self.tabs, self.from_1904) = (tabs, from_1904);
        let beside = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        self.styles(&beside("styles.xml"))?;
        self.shared(&beside("sharedStrings.xml"))
    }

    fn styles(&mut self, path: &str) -> Result<(), Say> {
        let (mut formats, mut looks, mut cells) = (Vec::<(u32, Look)>::new(), Vec::new(), false);
        let number = |text: Option<String>| text.and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
        self.walk(path, &mut |seen| {
            match seen {
                Seen::Open("numFmt", element) => {
                    let code = attribute(element, "formatCode").unwrap_or_default();
                    formats.push((number(attribute(element, "numFmtId")), look_of(&code)));
                }
                Seen::Open("cellXfs", _) => cells = true,
                Seen::Close("cellXfs") => cells = false,
                Seen::Open("xf", element) if cells => {
                    let format = number(attribute(element, "numFmtId"));
                    let own = formats.iter().find(|(id, _)| *id == format).map(|(_, look)| *look);
                    let built_in = matches!(format, 14..=17 | 22 | 27..=31 | 34..=36 | 50..=54 | 57 | 58);
                    looks.push(own.unwrap_or(if built_in { Look::Date } else { Look::Plain }));
                }
                _ => {}
            }
            // Real files stay far below; each of these costs more memory than its element.
            Ok(formats.len() <= 20_000 && looks.len() <= 200_000)
        })?;
        self.looks = looks;
        Ok(())
    }

    fn shared(&mut self, path: &str) -> Result<(), Say> {
        let (mut text, mut texts) = (String::new(), Vec::new());
        let (mut from, mut inside, mut reading) = (0, false, 0_u32);
        self.walk(path, &mut |seen| {
            match seen {
                Seen::Open("si", _) => from = text.len(),
                Seen::Close("si") => texts.push((offset(from), offset(text.len()))),
                Seen::Open("rPh", _) => reading += 1,
                Seen::Close("rPh") => reading = reading.saturating_sub(1),
                Seen::Open("t", _) => inside = reading == 0,
                Seen::Close("t") => inside = false,
                Seen::Text(more) if inside => text.push_str(more),
                _ => {}
            }
            if text.len() > MOST_TEXT || texts.len() > MANY {
                return Err(too_much("文字が多すぎます".into(), "Too much text".into()));
            }
            Ok(true)
        })?;
        (self.text, self.texts) = (text, texts);
        Ok(())
    }

    /// Reads a sheet.
    pub(super) fn read(&mut self, at: usize) -> Result<Sheet, Say> {
        let path = self.tabs.get(at).map(|tab| tab.path.clone()).unwrap_or_default();
        let (looks, texts, text) =
            (std::mem::take(&mut self.looks), std::mem::take(&mut self.texts), std::mem::take(&mut self.text));
        let mut reading = Reading {
            sheet: Sheet::default(),
            looks: &looks,
            texts: &texts,
            text: &text,
            from_1904: self.from_1904,
            row: 0,
            column: 0,
            next: 0,
            style: 0,
            kind: String::new(),
            value: String::new(),
            takes: false,
            formula: false,
            phonetic: 0,
            within: false,
            merges: Vec::new(),
        };
        self.left = UNPACKED;
        let there = self.walk(&path, &mut |seen| reading.see(seen).map(|()| true));
        let read = there.and_then(|there| if there { Ok(reading.done()) } else { Err(broken("シートがありません")) });
        (self.looks, self.texts, self.text) = (looks, texts, text);
        let mut sheet = read?;
        for (_, tab) in
            self.tabs.iter().enumerate().filter(|(other, tab)| *other != at && !BESIDE.contains(&tab.name.as_str()))
        {
            sheet.notes.add(Noted::OtherSheets, || tab.name.chars().take(31).collect());
        }
        Ok(sheet)
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("shared texts are limited to less than 4 GiB")
}

/// A target of a relation, from the folder of its source.
fn resolve(folder: &str, target: &str) -> String {
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None if folder.is_empty() => target.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut steps: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            "." | "" => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// What a format of numbers makes of them: only its first part counts, without quoted text, colours and conditions.
fn look_of(code: &str) -> Look {
    let mut letters = code.chars();
    let mut bare = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => drop(letters.by_ref().find(|each| *each == '"')),
            '[' => drop(letters.by_ref().find(|each| *each == ']')),
            '\\' | '_' | '*' => drop(letters.next()),
            ';' => break,
            letter => bare.push(letter.to_ascii_lowercase()),
        }
    }
    if bare.len() > 1 && bare.bytes().all(|byte| byte == b'0') {
        return Look::Zeros(bare.len().min(30));
    }
    let general = bare.contains("general") || bare.contains("standard");
    if !general && bare.contains(['y', 'd', 'e', 'g']) && !bare.contains(['0', '#']) { Look::Date } else { Look::Plain }
}

/// A sheet on its way.
#[expect(clippy::struct_excessive_bools, reason = "each says where in the part the walk is")]
struct Reading<'a> {
    sheet: Sheet,
    looks: &'a [Look],
    texts: &'a [(u32, u32)],
    text: &'a str,
    from_1904: bool,
    row: u32,
    column: usize,
    next: usize,
    style: usize,
    kind: String,
    value: String,
    takes: bool,
    formula: bool,
    phonetic: u32,
    within: bool,
    merges: Vec<(u32, u32, u16, u16)>,
}

impl Reading<'_> {
    fn see(&mut self, seen: Seen<'_>) -> Result<(), Say> {
        match seen {
            Seen::Open("sheetData", _) => self.within = true,
            Seen::Close("sheetData") => self.within = false,
            Seen::Open("row", element) if self.within => self.begin(element)?,
            Seen::Open("c", element) if self.within => self.cell(element)?,
            Seen::Open("v", _) => self.takes = true,
            Seen::Open("t", _) => self.takes = self.phonetic == 0,
            Seen::Close("v" | "t") => self.takes = false,
            Seen::Open("f", _) => self.formula = true,
            Seen::Open("rPh", _) => self.phonetic += 1,
            Seen::Close("rPh") => self.phonetic = self.phonetic.saturating_sub(1),
            Seen::Text(text) if self.takes => {
                if self.value.len() + text.len() > MOST_TEXT {
                    return Err(too_much("文字が多すぎます".into(), "Too much text".into()));
                }
                self.value.push_str(text);
            }
            Seen::Close("c") if self.within => self.end()?,
            Seen::Open("col", element) if is_true(attribute(element, "hidden")) => {
                let number = |name| attribute(element, name).and_then(|text| text.parse::<usize>().ok());
                let (first, last) = (number("min").unwrap_or(1).max(1), number("max").unwrap_or(1).min(16_384));
                self.sheet.notes.add(Noted::HiddenColumn, || {
                    if first >= last {
                        letters(first - 1)
                    } else {
                        format!("{}:{}", letters(first - 1), letters(last - 1))
                    }
                });
            }
            Seen::Open("mergeCell", element) => {
                let area = attribute(element, "ref").unwrap_or_default();
                let (from, to) = area.split_once(':').unwrap_or((&area, &area));
                let ((top, left), (bottom, right)) =
                    place(from).zip(place(to)).ok_or_else(|| broken("結合の範囲を読み取れません"))?;
                let [left, right] = [left, right].map(|column| u16::try_from(column).unwrap_or(u16::MAX));
                self.merges.push((top, bottom, left, right));
                if self.merges.len() > MANY {
                    return Err(broken("結合が多すぎます"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), Say> {
        let number = match attribute(element, "r") {
            Some(text) => text.parse::<u32>().map_err(|_| broken("行の番号を読み取れません"))?,
            None => self.row + 1,
        };
        if number <= self.row || number > LAST_ROW {
            return Err(broken("行の番号が順に並んでいません"));
        }
        (self.row, self.next) = (number, 0);
        self.sheet.begin(number, number.into());
        if self.sheet.rows().len() as u64 > MOST_ROWS + 100 {
            return Err(too_many_rows());
        }
        if is_true(attribute(element, "hidden")) {
            self.sheet.notes.add(Noted::HiddenRow, || number.to_string());
        }
        Ok(())
    }

    fn cell(&mut self, element: &BytesStart<'_>) -> Result<(), Say> {
        self.column = self.next;
        (self.style, self.formula) = (0, false);
        self.kind.clear();
        self.value.clear();
        for each in element.attributes().with_checks(false).flatten() {
            match each.key.local_name().as_ref() {
                "r" => {
                    let (row, column) = place(&each.value).ok_or_else(|| broken("セルの番地を読み取れません"))?;
                    if row != self.row || column < self.next {
                        return Err(broken("セルが順に並んでいません"));
                    }
                    self.column = column;
                }
                "s" => self.style = each.value.parse().unwrap_or(0),
                "t" => self.kind.push_str(&each.value),
                _ => {}
            }
        }
        self.next = self.column + 1;
        Ok(())
    }

    fn end(&mut self) -> Result<(), Say> {
        if self.formula {
            let (row, column) = (self.row, self.column);
            self.sheet.notes.add(Noted::Formula, || address(row, column));
        }
        self.takes = false;
        let (column, value) = (self.column, self.value.as_str());
        match self.kind.as_str() {
            "s" => {
                let index = value.trim().parse::<usize>().ok();
                let Some((from, to)) = index.and_then(|index| self.texts.get(index)) else {
                    if value.trim().is_empty() {
                        return Ok(());
                    }
                    return Err(broken("文字の表に、ないものを指すセルがあります"));
                };
                let text = unescape(&self.text[*from as usize..*to as usize]);
                self.sheet.push(column, Sort::Text, &text)
            }
            "b" => self.sheet.push(
                column,
                Sort::Text,
                if value.trim() == "1" || value == "true" { "TRUE" } else { "FALSE" },
            ),
            "e" => self.sheet.push(column, Sort::Error, value),
            "str" | "inlineStr" => {
                let text = unescape(value);
                self.sheet.push(column, Sort::Text, &text)
            }
            "d" => match value.get(..10).and_then(|day| day.parse::<Date>().ok()) {
                Some(day) => self.sheet.push(column, Sort::Date, &day.to_string()),
                None => self.sheet.push(column, Sort::Text, value),
            },
            _ => match value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    let (sort, text) = self.number(number);
                    self.sheet.push(column, sort, &text)
                }
                _ => self.sheet.push(column, Sort::Text, value),
            },
        }
    }

    fn number(&self, number: f64) -> (Sort, String) {
        let look = self.looks.get(self.style).copied().unwrap_or(Look::Plain);
        match look {
            Look::Date => {
                if let Some(day) = day_of(number, self.from_1904) {
                    return (Sort::Date, day.to_string());
                }
            }
            Look::Zeros(digits) => {
                if let Some(whole) = whole(number).filter(|whole| *whole >= 0) {
                    return (Sort::Text, format!("{whole:0digits$}"));
                }
            }
            Look::Plain => {}
        }
        (Sort::Number, whole(number).map_or_else(|| number.to_string(), |whole| whole.to_string()))
    }

    fn done(mut self) -> Sheet {
        self.sheet.end();
        self.merges.sort_unstable();
        for (top, bottom, left, right) in self.merges {
            if left < right {
                self.sheet.wide.push((top, bottom, left, right));
            } else if top < bottom {
                self.sheet.fill(left, top, bottom);
            }
        }
        self.sheet.settle();
        self.sheet
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it is whole, and looked at for its size")]
#[expect(clippy::float_cmp, reason = "a whole number is exactly its floor")]
fn whole(number: f64) -> Option<i64> {
    (number.floor() == number && number.abs() < 1e15).then_some(number as i64)
}

/// The day of a serial number; spreadsheets count a 29 February 1900 that never was.
pub(super) fn day_of(serial: f64, from_1904: bool) -> Option<Date> {
    let days = whole(serial.floor()).filter(|days| (1..2_958_466).contains(days))?;
    let (year, month, first) = match (from_1904, days) {
        (true, _) => (1904, 1, 1),
        (false, ..60) => (1899, 12, 31),
        (false, _) => (1899, 12, 30),
    };
    Some(Date::new(year, month, first)?.plus_days(days))
}

/// Row (from 1) and column (from 0) of an address such as `C7`.
fn place(text: &str) -> Option<(u32, usize)> {
    let digits = text.find(|each: char| each.is_ascii_digit())?;
    let (letters, row) = text.split_at(digits);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters.bytes().try_fold(0_usize, |column, byte| {
        byte.is_ascii_alphabetic().then(|| column * 26 + usize::from(byte.to_ascii_uppercase() - b'A') + 1)
    })?;
    let row: u32 = row.parse().ok()?;
    (row >= 1).then_some((row, column - 1))
}

/// Takes back how workbooks write characters that XML can't hold: `_x000D_`.
fn unescape(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("_x") {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        plain.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let letter = code.and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        if let Some(letter) = letter.filter(|_| rest[at + 6..].starts_with('_')) {
            plain.push(letter);
            rest = &rest[at + 7..];
        } else {
            plain.push_str("_x");
            rest = &rest[at + 2..];
        }
    }
    plain.push_str(rest);
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_days_are_told_from_formats_of_numbers() {
        for code in [
            "yyyy/m/d",
            "[$-411]ggge\"年\"m\"月\"d\"日\"",
            "mm-dd-yy",
            "d-mmm",
            "yyyy/m/d h:mm",
            "[Red]yyyy\\-mm\\-dd;@",
        ] {
            assert_eq!(look_of(code), Look::Date, "{code}");
        }
        for code in ["General", "0.00", "#,##0", "@", "0\"冊\"", "#,##0\"日\"", "0.00E+00", "h:mm", "[Red]0;[Blue]-0"]
        {
            assert_eq!(look_of(code), Look::Plain, "{code}");
        }
        assert_eq!(look_of("000"), Look::Zeros(3));
    }

    #[test]
    fn serial_days_are_those_of_spreadsheets() {
        for (serial, text) in
            [(1.0, "1900-01-01"), (59.0, "1900-02-28"), (61.0, "1900-03-01"), (46_113.5, "2026-04-01")]
        {
            assert_eq!(day_of(serial, false).unwrap().to_string(), text);
        }
        assert_eq!(day_of(44_651.0, true).unwrap().to_string(), "2026-04-01");
        assert_eq!([day_of(0.0, false), day_of(-1.0, false), day_of(1e12, false), day_of(f64::NAN, false)], [None; 4]);
    }

    #[test]
    fn addresses_and_escapes_are_read() {
        assert_eq!(
            [place("A1"), place("XFD1048576"), place("$A"), place("A0"), place("AAAA1"), place("7")],
            [Some((1, 0)), Some((1_048_576, 16_383)), None, None, None, None]
        );
        assert_eq!(unescape("一_x000D_二_x005F_x0041_三_x00_終_x"), "一\r二_x0041_三_x00_終_x");
        assert_eq!(resolve("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl", "/xl/../etc/x.xml"), "etc/x.xml");
    }
}
