//! Registers as files (出力), templates to fill in (ひな形), and the rows of a file that can't be brought in.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use base::date::Date;
use base::id::Id;
use base::secrets::Zeroizing;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, ExcelDateTime, Format as Style, FormatAlign, FormatBorder,
    Formula, Workbook, Worksheet, XlsxError,
};
use serde_json::Value;

use super::Problem;
use super::head::{self, Choices, ID, STATE, is_listed};
use super::text::escape;
use crate::built_in::Export;
use crate::change::{Change, Op, Request};
use crate::check;
use crate::describe::{Description, Field, Kind};
use crate::find::{Identified, Reading, Row};
use crate::flat::Scales;
use crate::list::{self, Query};
use crate::permit::{Action, Actor, Permit, scope};
use crate::record::body_of;
use crate::say::{Failure, Refusal, Say};
use crate::sealed::Unsealed;
use crate::store::Store;
use crate::writer::Writer;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Commas, UTF-8 with BOM.
    Csv,
    /// A workbook.
    Xlsx,
}

impl Format {
    /// How the file's name ends.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
        }
    }
}

/// Chooses the language of heads and choices.
pub type Lingua = fn(&Say) -> &str;

/// Longest text of a cell of a workbook, in characters.
const LONGEST: usize = 32_767;
/// A register with up to so many records is offered as a list.
const LISTED: usize = 300;

/// Takes a register out: all records that the actor may export. How many there were.
///
/// # Errors
/// The store's failure, or that `out` can't be written.
pub fn export(
    reading: &Reading<'_>,
    description: &Description,
    actor: &Actor,
    (format, lingua): (Format, Lingua),
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> Result<u64, Failure> {
    let scope = scope(actor, description, Action::Export);
    let open = Fields::Plain;
    write_rows(reading, (description, &open), actor, (format, lingua), out, progress, &mut |each| {
        reading.each(description, &scope, each)
    })
}

/// Takes out what a list shows, in its order: the records of a question that the actor may export.
///
/// # Errors
/// As [`export`], and a refusal that names a filter or order that doesn't exist.
pub fn export_view(
    reading: &Reading<'_>,
    description: &Description,
    actor: &Actor,
    query: &Query,
    form: (Format, Lingua),
    out: &mut dyn Write,
) -> Result<u64, Failure> {
    let scope = scope(actor, description, Action::Export);
    write_rows(reading, (description, &Fields::Plain), actor, form, out, &mut |_| {}, &mut |each| {
        list::each(reading, description, &scope, query, each)
    })
}

/// The records that [`export_rows`] or [`export_sealed`] is to take out, each of which gets an entry first.
///
/// # Errors
/// As [`export_view`].
pub fn in_view(
    reading: &Reading<'_>,
    description: &Description,
    actor: &Actor,
    action: Action,
    query: &Query,
) -> Result<Vec<Row>, Failure> {
    let (scope, mut rows) = (scope(actor, description, action), Vec::new());
    list::each(reading, description, &scope, query, &mut |row| {
        rows.push(row);
        Ok(())
    })?;
    Ok(rows)
}

/// Takes out these records, whose entries were written.
///
/// # Errors
/// The store's failure.
pub fn export_rows(
    reading: &Reading<'_>,
    description: &Description,
    actor: &Actor,
    rows: &[Row],
    form: (Format, Lingua),
    out: &mut dyn Write,
) -> Result<u64, Failure> {
    write_rows(reading, (description, &Fields::Plain), actor, form, out, &mut |_| {}, &mut |each| {
        rows.iter().cloned().try_for_each(each)
    })
}

/// Takes out records with what [`sealed::unseal`](crate::sealed::unseal) opened of them, as CSV.
///
/// # Errors
/// The store's failure.
pub fn export_sealed(
    reading: &Reading<'_>,
    description: &Description,
    actor: &Actor,
    opened: Vec<Unsealed>,
    lingua: Lingua,
    out: &mut dyn Write,
) -> Result<u64, Failure> {
    let mut texts = HashMap::new();
    let rows: Vec<Row> = opened
        .into_iter()
        .map(|Unsealed { row, texts: own }| {
            texts.insert(row.id, own);
            row
        })
        .collect();
    let (open, form) = (Fields::Opened(texts), (Format::Csv, lingua));
    write_rows(reading, (description, &open), actor, form, out, &mut |_| {}, &mut |each| {
        rows.iter().cloned().try_for_each(each)
    })
}

/// What is known of sealed fields.
enum Fields {
    /// Nothing: they have no column.
    Plain,
    /// Their texts, by record.
    Opened(HashMap<Id, Vec<(String, Zeroizing<String>)>>),
}

/// Leaves an entry of what was taken out: of which register, how many records, by which filter.
///
/// # Errors
/// What the writer says.
pub fn note_export(
    store: &Store,
    writer: &Writer,
    permit: &Permit,
    format: Format,
    rows: u64,
    filter: Option<String>,
) -> Result<(), Failure> {
    let export = Export {
        register: permit.register().to_owned(),
        format: format.ending().to_owned(),
        rows: u32::try_from(rows).unwrap_or(u32::MAX),
        filter: filter.filter(|filter| !filter.is_empty()).map(|filter| filter.chars().take(4_000).collect()),
    };
    let op = Op::Create { register: "export".into(), id: Id::new(store.clock()), body: body_of(&export) };
    writer.commit_now(Change::one(Request::new(), permit.clone(), op)).map(|_| ())
}

/// A text of our own in that language.
fn say(lingua: Lingua, ja: &str, en: &str) -> String {
    lingua(&Say::new(ja, en)).to_owned()
}

type EachRow<'a> = &'a mut dyn FnMut(Row) -> Result<(), Failure>;

fn io(error: &dyn std::fmt::Display) -> Failure {
    Failure::Broken(format!("the file can't be written: {error}"))
}

fn write_rows(
    reading: &Reading<'_>,
    (description, sealed): (&Description, &Fields),
    actor: &Actor,
    (format, lingua): (Format, Lingua),
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
    all: &mut dyn FnMut(EachRow<'_>) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    let shown = |field: &&Field| !field.hidden && (!field.sealed || matches!(sealed, Fields::Opened(_)));
    let fields: Vec<_> = description.fields.iter().filter(shown).collect();
    let stated = description.lifecycle.is_some();
    let pair = |(ja, en): (&str, &str)| say(lingua, ja, en);
    let heads = std::iter::once(pair(ID)).chain(stated.then(|| pair(STATE)));
    let heads: Vec<String> = heads.chain(fields.iter().map(|field| lingua(&field.label).to_owned())).collect();
    let mut cells = Cells { reading, actor, lingua, names: HashMap::new() };
    let mut rows = 0;
    let mut count = || {
        rows += 1;
        if rows % 1_000 == 0 {
            progress(rows);
        }
    };
    match format {
        Format::Csv => {
            out.write_all("\u{feff}".as_bytes()).map_err(|e| io(&e))?;
            let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
            csv.write_record(&heads).map_err(|e| io(&e))?;
            all(&mut |row| {
                let mut line = vec![row.id.to_string()];
                line.extend(stated.then(|| lingua(&description.state_label(&row.state)).to_owned()));
                for field in &fields {
                    if let (true, Fields::Opened(texts)) = (field.sealed, sealed) {
                        let own = texts.get(&row.id).and_then(|own| own.iter().find(|(name, _)| *name == field.name));
                        line.push(escape(own.map_or_else(String::new, |(_, text)| text.as_str().to_owned())));
                        continue;
                    }
                    line.push(escape(cells.text(field, row.body.get(&field.name))?));
                }
                count();
                csv.write_record(&line).map_err(|e| io(&e))
            })?;
            csv.flush().map_err(|e| io(&e))?;
        }
        Format::Xlsx => {
            let mut book = Book::begin(reading)?;
            let mut first = book.sheet(&sheet_name(lingua(&description.label)))?;
            let styles = Styles::new(lingua);
            let before = heads.len() - fields.len();
            head(&mut first, &styles, &heads, &fields, before)?;
            let mut at = 0;
            all(&mut |row| {
                at += 1;
                text(&mut first, at, 0, &row.id.to_string(), &styles.quiet)?;
                if stated {
                    text(&mut first, at, 1, lingua(&description.state_label(&row.state)), &styles.quiet)?;
                }
                for (column, field) in (before..).zip(&fields) {
                    if let Some(value) = row.body.get(&field.name) {
                        cells.put(&mut first, &styles, (at, column), field, value)?;
                    }
                }
                count();
                Ok(())
            })?;
            finish(&mut book, first, &mut cells, description, &fields, (before, at, heads.len()))?;
            out.write_all(&book.bytes()?).map_err(|e| io(&e))?;
        }
    }
    Ok(rows)
}

/// An empty file to fill in: heads, hints at each cell, allowed values on a sheet of their own.
///
/// # Errors
/// The store's failure.
pub fn template(
    reading: &Reading<'_>,
    description: &Description,
    actor: &Actor,
    lingua: Lingua,
) -> Result<Vec<u8>, Failure> {
    let fields: Vec<_> =
        description.fields.iter().filter(|field| !field.hidden && !field.retired && !field.sealed).collect();
    let heads: Vec<String> = fields.iter().map(|field| lingua(&field.label).to_owned()).collect();
    let mut cells = Cells { reading, actor, lingua, names: HashMap::new() };
    let mut book = Book::begin(reading)?;
    let mut first = book.sheet(&sheet_name(lingua(&description.label)))?;
    head(&mut first, &Styles::new(lingua), &heads, &fields, 0)?;
    finish(&mut book, first, &mut cells, description, &fields, (0, 0, heads.len()))?;
    book.bytes()
}

/// The rows of a file that can't be brought in, each with what is wrong with it.
///
/// # Errors
/// When they can't be written.
pub fn faults(
    reading: &Reading<'_>,
    description: &Description,
    (bytes, choices): (&[u8], &Choices),
    problems: &[Problem],
    (format, lingua): (Format, Lingua),
) -> Result<Vec<u8>, Failure> {
    let label = |ja: &str, en: &str| say(lingua, ja, en);
    let fault = say(lingua, FAULT.0, FAULT.1);
    let mut told: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for problem in problems {
        let place = problem.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        told.entry(problem.row).or_default().push(format!("{place}{}", lingua(&problem.say)));
    }
    let mut table = Vec::new();
    match head::read(description, bytes, choices) {
        Ok(headed) if headed.head > 0 || !headed.columns.is_empty() => {
            let heads = headed.columns.iter().map(|(_, head, _)| head.clone());
            table.push(heads.chain([fault]).collect::<Vec<_>>());
            for (row, problems) in told {
                let at = headed.sheet.rows().binary_search_by_key(&row, |row| row.number).ok();
                let at = at.filter(|at| *at >= headed.first);
                let cell =
                    |column: &usize| at.and_then(|at| headed.sheet.cell(at, *column)).map(|cell| cell.0.to_owned());
                let line = headed.columns.iter().map(|(column, ..)| cell(column).unwrap_or_default());
                table.push(line.chain([problems.join(" / ")]).collect());
            }
        }
        _ => {
            table.push(vec![label("行", "Row"), fault]);
            table.extend(told.into_iter().map(|(row, problems)| vec![row.to_string(), problems.join(" / ")]));
        }
    }
    if format == Format::Csv {
        let mut out = "\u{feff}".as_bytes().to_vec();
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut out);
        for line in table {
            csv.write_record(line.into_iter().map(escape)).map_err(|e| io(&e))?;
        }
        csv.flush().map_err(|e| io(&e))?;
        drop(csv);
        return Ok(out);
    }
    let mut book = Book::begin(reading)?;
    let mut sheet = book.sheet(&sheet_name(lingua(&description.label)))?;
    let styles = Styles::new(lingua);
    for (at, line) in (0..).zip(&table) {
        for (column, cell) in line.iter().enumerate() {
            let style = match (at, column + 1 == line.len()) {
                (0, _) => &styles.head,
                (_, true) => &styles.fault,
                (_, false) => &styles.text,
            };
            text(&mut sheet, at, column, cell, style)?;
        }
    }
    sheet.set_freeze_panes(1, 0).map_err(|e| io(&e))?;
    book.book.push_worksheet(sheet);
    book.bytes()
}

/// Label of the column with what is wrong.
pub(super) const FAULT: (&str, &str) = ("誤り", "Errors");

/// Names of the sheets beside the first: what they hold is never brought in.
pub(super) const BESIDE: [&str; 4] = ["記入のしかた", "How to fill in", "選択肢", "Lists"];

/// A workbook on its way out. Rows go to a file without a name, not to memory.
struct Book {
    book: Workbook,
}

impl Book {
    fn begin(reading: &Reading<'_>) -> Result<Self, Failure> {
        let mut book = Workbook::new();
        book.set_tempdir(reading.store().folder()).map_err(|e| io(&e))?;
        Ok(Self { book })
    }

    fn sheet(&mut self, name: &str) -> Result<Worksheet, Failure> {
        let mut sheet = self.book.new_worksheet_with_constant_memory().map_err(|e| io(&e))?;
        sheet.set_name(name).map_err(|e| io(&e))?;
        Ok(sheet)
    }

    fn bytes(mut self) -> Result<Vec<u8>, Failure> {
        self.book.save_to_buffer().map_err(|e| io(&e))
    }
}

/// A name that a sheet may have.
fn sheet_name(label: &str) -> String {
    let name: String = label.chars().filter(|each| !r"[]:*?/\'".contains(*each)).take(31).collect();
    if name.trim().is_empty() { "1".to_owned() } else { name }
}

/// How cells look.
struct Styles {
    head: Style,
    must: Style,
    text: Style,
    long: Style,
    date: Style,
    quiet: Style,
    fault: Style,
}

impl Styles {
    fn new(lingua: Lingua) -> Self {
        let head = Style::new()
            .set_bold()
            .set_background_color(Color::RGB(0x00D9_E6FF))
            .set_border_bottom(FormatBorder::Thin)
            .set_align(FormatAlign::Top)
            .set_text_wrap();
        let days = say(lingua, "[$-411]ggge\"年\"m\"月\"d\"日\"", "yyyy\\-mm\\-dd");
        let text = Style::new().set_num_format("@").set_align(FormatAlign::Top);
        Self {
            must: head.clone().set_background_color(Color::RGB(0x00FF_F0B3)),
            head,
            long: text.clone().set_text_wrap(),
            date: Style::new().set_num_format(days).set_align(FormatAlign::Top),
            quiet: text.clone().set_font_color(Color::RGB(0x0066_6666)),
            fault: text.clone().set_text_wrap().set_font_color(Color::RGB(0x00A9_0000)),
            text,
        }
    }

    fn of(&self, field: &Field) -> &Style {
        match field.kind {
            Kind::Long { .. } => &self.long,
            Kind::Date if !field.many => &self.date,
            _ => &self.text,
        }
    }
}

fn at(column: usize) -> Result<u16, Failure> {
    u16::try_from(column).map_err(|_| Failure::Broken("a register has too many fields".into()))
}

/// Writes text as text: never as a formula, a number or an address.
fn text(sheet: &mut Worksheet, row: u32, column: usize, text: &str, style: &Style) -> Result<(), Failure> {
    match sheet.write_string_with_format(row, at(column)?, text, style) {
        Ok(_) => Ok(()),
        Err(XlsxError::MaxStringLengthExceeded) => Err(Refusal::whole(
            format!("{LONGEST}文字より長い値があるため、Excelには出力できません。CSVで出力してください"),
            format!("A value is longer than {LONGEST} characters, which a workbook can't hold: take it out as CSV"),
        )
        .into()),
        Err(XlsxError::RowColumnLimitError) => Err(Refusal::whole(
            "行が多すぎるため、Excelには出力できません。絞り込むか、CSVで出力してください",
            "There are too many rows for a workbook: narrow the list, or take it out as CSV",
        )
        .into()),
        Err(error) => Err(io(&error)),
    }
}

fn head(
    sheet: &mut Worksheet,
    styles: &Styles,
    heads: &[String],
    fields: &[&Field],
    before: usize,
) -> Result<(), Failure> {
    for (column, label) in heads.iter().enumerate() {
        let field = column.checked_sub(before).and_then(|at| fields.get(at));
        let width = match field.map(|field| &field.kind) {
            None => 12.0,
            Some(Kind::Long { .. }) => 48.0,
            Some(Kind::Date) => 18.0,
            Some(Kind::Text { max }) if *max > 60 => 28.0,
            Some(_) => 16.0,
        };
        sheet.set_column_width(at(column)?, width).map_err(|e| io(&e))?;
        if let Some(field) = field.filter(|field| !matches!(field.kind, Kind::Integer { .. })) {
            sheet.set_column_format(at(column)?, styles.of(field)).map_err(|e| io(&e))?;
        }
        let must = field.is_some_and(|field| field.required);
        text(sheet, 0, column, label, if must { &styles.must } else { &styles.head })?;
    }
    sheet.set_freeze_panes(1, 0).map_err(|e| io(&e))?;
    sheet.set_repeat_rows(0, 0).map_err(|e| io(&e))?;
    sheet.set_landscape();
    Ok(())
}

/// Filters and lists for the first sheet, and the sheets that explain it.
fn finish(
    book: &mut Book,
    mut first: Worksheet,
    cells: &mut Cells<'_>,
    description: &Description,
    fields: &[&Field],
    (before, last, width): (usize, u32, usize),
) -> Result<(), Failure> {
    let lingua = cells.lingua;
    let label = |ja: &str, en: &str| say(lingua, ja, en);
    let styles = Styles::new(lingua);
    first.autofilter(0, 0, last.max(1), at(width - 1)?).map_err(|e| io(&e))?;
    let scales = cells.reading.scales()?;
    let lists_name = label(BESIDE[2], BESIDE[3]);
    let mut lists: Vec<(&Field, Vec<String>)> = Vec::new();
    for (column, field) in (before..).zip(fields) {
        let values = cells.list(field, &scales)?;
        let mut rule = DataValidation::new();
        let hint = hint(field, lingua);
        if !values.is_empty() && !field.many {
            let (name, end) = (super::sheet::letters(lists.len()), values.len() + 1);
            let formula = format!("='{lists_name}'!${name}$2:${name}${end}");
            // What can be named in other ways too is only offered.
            let style =
                if is_listed(field) { DataValidationErrorStyle::Stop } else { DataValidationErrorStyle::Information };
            rule = rule.allow_list_formula(Formula::new(formula)).set_error_style(style);
        }
        let title: String = lingua(&field.label).chars().take(32).collect();
        let hint: String = hint.chars().take(255).collect();
        let rule = rule.set_input_title(title).and_then(|rule| rule.set_input_message(hint)).map_err(|e| io(&e))?;
        first.add_data_validation(1, at(column)?, 1_048_575, at(column)?, &rule).map_err(|e| io(&e))?;
        if !values.is_empty() {
            lists.push((field, values));
        }
    }
    book.book.push_worksheet(first);

    let mut help = book.sheet(&label(BESIDE[0], BESIDE[1]))?;
    for (column, (name, width)) in [
        (label("項目", "Field"), 22.0),
        (label("必須", "Required"), 8.0),
        (label("書き方", "What to write"), 70.0),
        (label("説明", "Help"), 60.0),
    ]
    .into_iter()
    .enumerate()
    {
        help.set_column_width(at(column)?, width).map_err(|e| io(&e))?;
        text(&mut help, 0, column, &name, &styles.head)?;
    }
    for (row, field) in (1..).zip(fields) {
        text(&mut help, row, 0, lingua(&field.label), &styles.text)?;
        if field.required {
            text(&mut help, row, 1, &label("必須", "Yes"), &styles.text)?;
        }
        text(&mut help, row, 2, &hint(field, lingua), &styles.long)?;
        text(&mut help, row, 3, &field.help, &styles.long)?;
    }
    let last = u32::try_from(fields.len()).unwrap_or(0) + 1;
    let code = description.code().and_then(|name| description.field(name)).map(|field| lingua(&field.label).to_owned());
    let which = code.map_or_else(
        || label("記録IDのない行は、新しい記録になります。", "A row without a record id becomes a new record."),
        |code| {
            label(
                &format!("記録IDか「{code}」が同じ記録は変更され、ほかの行は新しい記録になります。"),
                &format!("A record with the same id or {code} is changed; other rows become new records."),
            )
        },
    );
    text(&mut help, last + 1, 2, &which, &styles.long)?;
    let more = label(
        "列を消すと、その項目は変わりません。空のセルは、その項目を空にします。「保管済みにする」という列を作って「はい」と書いた行の記録は、保管済みになります。",
        "A column that is not there changes nothing; an empty cell empties its field. Add a column Archive and write yes in the rows whose records are to be archived.",
    );
    text(&mut help, last + 2, 2, &more, &styles.long)?;
    help.set_freeze_panes(1, 0).map_err(|e| io(&e))?;
    book.book.push_worksheet(help);

    if !lists.is_empty() {
        let mut sheet = book.sheet(&lists_name)?;
        for (column, (field, _)) in lists.iter().enumerate() {
            sheet.set_column_width(at(column)?, 28).map_err(|e| io(&e))?;
            text(&mut sheet, 0, column, lingua(&field.label), &styles.head)?;
        }
        let deepest = lists.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
        for row in 0..deepest {
            for (column, (_, values)) in lists.iter().enumerate() {
                if let Some(value) = values.get(row) {
                    text(&mut sheet, u32::try_from(row + 1).unwrap_or(u32::MAX), column, value, &styles.text)?;
                }
            }
        }
        book.book.push_worksheet(sheet);
    }
    Ok(())
}

/// How a field is written, in a sentence.
fn hint(field: &Field, lingua: Lingua) -> String {
    let form = match &field.kind {
        Kind::Text { max } | Kind::Long { max } => {
            Say::new(format!("{max}文字まで"), format!("Up to {max} characters"))
        }
        Kind::Bool => Say::new("「はい」か「いいえ」", "Yes or No"),
        Kind::Integer { min, max } => {
            Say::new(format!("{min}から{max}までの整数"), format!("A whole number from {min} to {max}"))
        }
        Kind::Date => Say::new("日付（令和8年4月1日、2026/4/1 など）", "A day, such as 2026-04-01"),
        Kind::Choice { .. } | Kind::Scale { .. } => Say::new("一覧から選びます", "Choose from the list"),
        Kind::Link { .. } => Say::new("番号か名称", "Code or name"),
    };
    let many = if field.many {
        say(lingua, "。複数は「;」で区切ります", "; separate several by ;")
    } else {
        String::new()
    };
    let must = if field.required { say(lingua, "必須。", "Required. ") } else { String::new() };
    format!("{must}{}{many}", lingua(&form))
}

/// Values as cells.
struct Cells<'a> {
    reading: &'a Reading<'a>,
    actor: &'a Actor,
    lingua: Lingua,
    names: HashMap<Id, String>,
}

impl Cells<'_> {
    /// A value as text, as it can come in again.
    fn text(&mut self, field: &Field, value: Option<&Value>) -> Result<String, Failure> {
        let Some(value) = value else { return Ok(String::new()) };
        let items: &[Value] = match value {
            Value::Array(items) => items,
            single => std::slice::from_ref(single),
        };
        let mut texts: Vec<Cow<'_, str>> = Vec::with_capacity(items.len());
        for item in items {
            texts.push(match (&field.kind, item) {
                (Kind::Link { to }, Value::String(id)) => match id.parse() {
                    Ok(id) => self.name(to.as_deref(), id)?.into(),
                    Err(_) => continue,
                },
                (Kind::Choice { options }, Value::String(text)) => {
                    let option = options.iter().find(|option| &option.value == text);
                    option.map_or(text.as_str(), |option| (self.lingua)(&option.label)).to_owned().into()
                }
                (Kind::Bool, Value::Bool(yes)) => {
                    let (ja, en) = if *yes { ("はい", "Yes") } else { ("いいえ", "No") };
                    say(self.lingua, ja, en).into()
                }
                _ => check::write_text(field, item).into(),
            });
        }
        Ok(texts.join("; "))
    }

    /// What a linked record is called: only a name that the actor may know and that leads back to this very record; else its id.
    fn name(&mut self, to: Option<&str>, id: Id) -> Result<String, Failure> {
        if let Some(name) = self.names.get(&id) {
            return Ok(name.clone());
        }
        let known = self.reading.names(self.actor, &[id])?.iter().any(|name| name.title.is_some());
        let name = match self.reading.any(id)?.filter(|_| known).map(|row| self.reading.code_of(&row)) {
            Some(name)
                if name.split([';', '；', '\n']).map(str::trim).eq([name.as_str()])
                    && self.reading.identify(to, &name)? == Identified::One(id) =>
            {
                name
            }
            _ => id.to_string(),
        };
        self.names.insert(id, name.clone());
        Ok(name)
    }

    /// Writes a value into its cell: days and numbers as such, all else as text.
    fn put(
        &mut self,
        sheet: &mut Worksheet,
        styles: &Styles,
        (row, column): (u32, usize),
        field: &Field,
        value: &Value,
    ) -> Result<(), Failure> {
        match (&field.kind, value) {
            (Kind::Date, Value::String(day)) => {
                // Spreadsheets know no day before 1900, and none before March 1900 rightly.
                let day: Option<Date> = day.parse().ok().filter(|day: &Date| (day.year(), day.month()) >= (1900, 3));
                let serial = day.and_then(|day| {
                    let (year, month, date) =
                        (u16::try_from(day.year()), u8::try_from(day.month()), u8::try_from(day.day()));
                    ExcelDateTime::from_ymd(year.ok()?, month.ok()?, date.ok()?).ok()
                });
                if let Some(serial) = serial {
                    sheet.write_datetime_with_format(row, at(column)?, serial, &styles.date).map_err(|e| io(&e))?;
                    return Ok(());
                }
            }
            (Kind::Integer { .. }, Value::Number(number)) => {
                #[expect(clippy::cast_precision_loss, reason = "fields of whole numbers stay below 2^53")]
                let number = number.as_i64().filter(|number| number.abs() < 1 << 53).map(|number| number as f64);
                if let Some(number) = number {
                    sheet.write_number(row, at(column)?, number).map_err(|e| io(&e))?;
                    return Ok(());
                }
            }
            _ => {}
        }
        let cell = self.text(field, Some(value))?;
        text(sheet, row, column, &cell, styles.of(field))
    }

    /// The values that a field may have, where they are few.
    fn list(&mut self, field: &Field, scales: &Scales) -> Result<Vec<String>, Failure> {
        Ok(match &field.kind {
            Kind::Choice { options } => {
                let offered = options.iter().filter(|option| !option.retired);
                offered.map(|option| (self.lingua)(&option.label).to_owned()).collect()
            }
            Kind::Bool => [("はい", "Yes"), ("いいえ", "No")].map(|(ja, en)| say(self.lingua, ja, en)).to_vec(),
            Kind::Scale { scale } => scales.grades(scale).into_iter().map(|(value, ..)| value.to_owned()).collect(),
            Kind::Link { to: Some(to) } => {
                let Some(description) = self.reading.registers().description(to) else { return Ok(Vec::new()) };
                let listed = scope(self.actor, description, Action::List);
                let query = Query { rows: LISTED + 1, ..Query::default() };
                let rows = list::page(self.reading, description, &listed, &query)?.rows;
                if rows.len() > LISTED {
                    return Ok(Vec::new());
                }
                rows.iter().map(|row| self.name(Some(to), row.id)).collect::<Result<_, _>>()?
            }
            _ => Vec::new(),
        })
    }
}
