//! CSV in and out (取込・出力). What goes out can come in again: same columns, links by code, grades by value.
//!
//! An import is checked whole before anything is written. Up to [`AT_ONCE`] rows are one transaction; more go in steps
//! between other people's changes, under an import record that says how far it came. Importing the same file again
//! changes only what is still missing.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::Write;

use base::id::Id;
use base::secrets::Zeroizing;
use serde_json::Value;

use crate::built_in::Import;
use crate::change::{Change, Op, Request};
use crate::check;
use crate::describe::{Description, Field, Kind};
use crate::find::{Identified, Reading, Row};
use crate::flat::Scales;
use crate::lifecycle::CURRENT;
use crate::list::{self, Query};
use crate::permit::{Action, Actor, Permit, Scope, Subject, scope};
use crate::record::{Body, body_of};
use crate::say::{Failure, Refusal, Say};
use crate::sealed::{self, Unsealed};
use crate::store::Store;
use crate::writer::{Writer, unique_value};

/// Largest file, in bytes.
pub const LARGEST: usize = 64 * 1024 * 1024;
/// Most rows of one file.
pub const MOST_ROWS: u64 = 200_000;
/// Rows that are still one transaction.
pub const AT_ONCE: usize = 2_000;
/// Rows of a step beyond that.
const STEP: usize = 500;
/// Problems that are told at most.
pub const MOST_PROBLEMS: usize = 200;
/// What a formula of a spreadsheet begins with.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// Label of the column with the record's id.
const ID: (&str, &str) = ("記録ID", "Record ID");

/// One problem of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: u64,
    /// Column as headed in the file, if it is about one.
    pub column: Option<String>,
    /// What is wrong and what to do.
    pub say: Say,
}

/// What a file would do, found without writing anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    /// Rows read.
    pub rows: u64,
    /// Records that would be new.
    pub created: u64,
    /// Records that would change.
    pub changed: u64,
    /// Rows that say what is there already.
    pub same: u64,
    /// Problems, the first [`MOST_PROBLEMS`] of them. With any, nothing is written.
    pub problems: Vec<Problem>,
}

/// One line as read: whether there was one, its number, and how many quotes it has.
struct Line {
    more: bool,
    number: u64,
    quotes: usize,
}

/// What one row wants.
enum Wish {
    Create(Id, Body),
    Edit(Id, u64, Body),
    Same,
}

/// The head of a file: column → field (`None` is the id), and each column's text.
struct Head {
    columns: Vec<(String, Option<Field>)>,
}

/// Looks a file through without writing: every cell is read, checked and compared with the register.
///
/// # Errors
/// When the store can't be read. What is wrong with the file is in the answer.
pub fn trial(
    reading: &Reading<'_>,
    description: &Description,
    actor: &Actor,
    bytes: &[u8],
    progress: &mut dyn FnMut(u64),
) -> Result<Trial, Failure> {
    let mut trial = Trial::default();
    walk(reading, description, actor, bytes, &mut trial, &mut |trial, wish, _| {
        progress(trial.rows);
        drop(wish);
        Ok(())
    })?;
    Ok(trial)
}

/// Brings a file in. Nothing is written when any row has a problem.
///
/// # Errors
/// [`Failure`] of the store or the writer; a refusal when a row can't be written after all, since others changed the register meanwhile.
pub fn import(
    store: &Store,
    writer: &Writer,
    permit: &Permit,
    (name, bytes): (&str, &[u8]),
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Trial, Failure> {
    let description = store.registers().description(permit.register()).ok_or(Failure::Missing)?.clone();
    let actor = permit.actor().clone();
    let looked =
        store.read_now(|reading| trial(reading, &description, &actor, bytes, &mut |rows| progress(rows, 0)))?;
    if !looked.problems.is_empty() || looked.created + looked.changed == 0 {
        return Ok(looked);
    }
    let import = Id::new(store.clock());
    let total = looked.created + looked.changed;
    let record = |done: bool| Import {
        register: description.name.clone(),
        file: name.chars().filter(|c| !c.is_control()).take(200).collect(),
        sha256: crate::blob::sha256(bytes),
        rows: u32::try_from(looked.rows).unwrap_or(u32::MAX),
        created: u32::try_from(looked.created).unwrap_or(u32::MAX),
        changed: u32::try_from(looked.changed).unwrap_or(u32::MAX),
        done,
    };
    let opening = |done| Op::Create { register: "import".into(), id: import, body: body_of(&record(done)) };
    let mut ops = Vec::new();
    let mut steps = 0_u64;
    let small = total <= AT_ONCE as u64;
    if !small {
        writer.commit_now(Change::one(Request::new(), permit.clone(), opening(false)))?;
    }
    let mut again = Trial::default();
    store.read_now(|reading| {
        walk(reading, &description, &actor, bytes, &mut again, &mut |_, wish, line| {
            let register = Cow::Owned(description.name.clone());
            ops.push(match wish {
                Wish::Create(id, body) => (line, Op::Create { register, id, body }),
                Wish::Edit(id, base, patch) => (line, Op::Edit { register, id, base, patch }),
                Wish::Same => return Ok(()),
            });
            if !small && ops.len() == STEP {
                steps += ops.len() as u64;
                write_step(writer, permit, import, std::mem::take(&mut ops))?;
                progress(steps, total);
            }
            Ok(())
        })
    })?;
    if small {
        let ops = std::iter::once(opening(true)).chain(ops.into_iter().map(|(_, op)| op)).collect();
        let change = Change { request: Request::new(), permit: permit.clone(), ops, reason: None, side: Vec::new() };
        writer.commit_now(change)?;
    } else {
        write_step(writer, permit, import, ops)?;
        let mut patch = Body::new();
        patch.insert("done".into(), Value::Bool(true));
        writer.commit_now(Change::one(
            Request::new(),
            permit.clone(),
            Op::Edit { register: "import".into(), id: import, base: 1, patch },
        ))?;
    }
    progress(total, total);
    Ok(looked)
}

fn write_step(writer: &Writer, permit: &Permit, import: Id, ops: Vec<(u64, Op)>) -> Result<(), Failure> {
    let lines: Vec<u64> = ops.iter().map(|(line, _)| *line).collect();
    let changes = ops
        .into_iter()
        .map(|(line, op)| Ok(Change::one(Request::parse(&format!("import-{import}-{line}"))?, permit.clone(), op)))
        .collect::<Result<Vec<_>, Refusal>>()?;
    for (line, answer) in lines.into_iter().zip(writer.commit_many(changes)?) {
        match answer {
            Ok(_) => {}
            Err(Failure::Refusal(refusal)) => {
                let why = refusal.problems.first().map(|problem| problem.say.clone()).unwrap_or_default();
                return Err(Refusal::whole(
                    format!("{line}行目で止まりました。{}。ここまでの行は取り込み済みです。直してから同じファイルをもう一度取り込めば、残りだけが変わります", why.ja),
                    format!("Stopped at line {line}: {}. The lines before it are in; correct it and import the same file again, then only the rest changes", why.en),
                )
                .into());
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

fn walk(
    reading: &Reading<'_>,
    description: &Description,
    actor: &Actor,
    bytes: &[u8],
    trial: &mut Trial,
    each: &mut dyn FnMut(&Trial, Wish, u64) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let at = |line: u64, column: Option<&str>, ja: String, en: String| Problem {
        line,
        column: column.map(str::to_owned),
        say: Say::new(ja, en),
    };
    if bytes.len() > LARGEST {
        let most = LARGEST / 1024 / 1024;
        trial.problems.push(at(
            1,
            None,
            format!("ファイルが大きすぎます（{most}MBまで）。分けて取り込んでください"),
            format!("The file is too large (up to {most} MB): split it"),
        ));
        return Ok(());
    }
    let text = match base::text::decode(bytes) {
        Ok((text, _)) => text,
        Err(byte) => {
            let line = bytes[..byte].split(|b| *b == b'\n').count() as u64;
            trial.problems.push(at(
                line,
                None,
                "文字コードを読み取れません。UTF-8かShift_JIS（CP932）のCSVで保存し直してください".into(),
                "The text can't be read: save the CSV as UTF-8 or Shift_JIS".into(),
            ));
            return Ok(());
        }
    };
    let mut csv = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    // Lines are counted here: the reader leaves the empty ones before a record, and the end of the last one, to the record.
    let (mut lines, mut counted) = (1, 0);
    let mut next = |record: &mut csv::StringRecord| {
        let more = csv.read_record(record).unwrap_or(false);
        let byte = |position: &csv::Position| usize::try_from(position.byte()).unwrap_or(0).min(text.len());
        let raw = &text[record.position().map_or(0, byte)..byte(csv.position())];
        let began = byte(csv.position()) - raw.trim_start_matches(['\r', '\n']).len();
        lines += text[counted..began].matches('\n').count() as u64;
        counted = began;
        Line { more, number: lines, quotes: raw.matches('"').count() }
    };
    let head = if next(&mut record).more { head(description, &record, trial) } else { None };
    let Some(head) = head else {
        if trial.problems.is_empty() {
            trial.problems.push(at(
                1,
                None,
                "ファイルが空です。1行目に項目名を書いてください".into(),
                "The file is empty: put the field names in its first line".into(),
            ));
        }
        return Ok(());
    };
    if !trial.problems.is_empty() {
        return Ok(());
    }
    let mut rower = Rower::new(reading, description, actor)?;
    loop {
        let Line { more, number: line, quotes } = next(&mut record);
        if !more {
            return Ok(());
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        trial.rows += 1;
        if trial.rows > MOST_ROWS {
            trial.problems.push(at(
                line,
                None,
                format!("行が多すぎます（{MOST_ROWS}行まで）。分けて取り込んでください"),
                format!("Too many rows (up to {MOST_ROWS}): split the file"),
            ));
            return Ok(());
        }
        if quotes % 2 == 1 {
            trial.problems.push(at(
                line,
                None,
                "引用符（\"）が閉じていません。値の中の引用符は2つ重ねて書いてください".into(),
                "A quote (\") is not closed: write quotes within a value twice".into(),
            ));
        } else if record.len() != head.columns.len() {
            trial.problems.push(at(
                line,
                None,
                format!(
                    "項目の数が見出しと違います（見出し{}、この行{}）。引用符（\"）やコンマの書き方を確かめてください",
                    head.columns.len(),
                    record.len()
                ),
                format!(
                    "The line has {} cells, the head has {}: check quotes and commas",
                    record.len(),
                    head.columns.len()
                ),
            ));
        } else {
            match rower.row(&head, &record, line)? {
                Ok(wish) => {
                    match wish {
                        Wish::Create(..) => trial.created += 1,
                        Wish::Edit(..) => trial.changed += 1,
                        Wish::Same => trial.same += 1,
                    }
                    each(trial, wish, line)?;
                }
                Err(problems) => trial.problems.extend(problems),
            }
        }
        if trial.problems.len() >= MOST_PROBLEMS {
            trial.problems.truncate(MOST_PROBLEMS);
            return Ok(());
        }
    }
}

fn head(description: &Description, record: &csv::StringRecord, trial: &mut Trial) -> Option<Head> {
    let mut columns: Vec<(String, Option<Field>)> = Vec::new();
    for cell in record {
        let text = cell.trim().to_owned();
        let folded = base::text::fold(&text);
        let same = |label: &str| base::text::fold(label) == folded;
        let field = description
            .fields
            .iter()
            .find(|field| !field.hidden && (field.name == text || same(&field.label.ja) || same(&field.label.en)));
        let known = field.is_some() || same(ID.0) || same(ID.1);
        let twice = columns.iter().any(|(_, other)| other.as_ref().map(|f| &f.name) == field.map(|f| &f.name));
        let shown: String = text.chars().take(60).collect();
        let say = if !known {
            let all: Vec<_> =
                description.fields.iter().filter(|field| !field.hidden).map(|field| field.label.ja.as_str()).collect();
            Some(Say::new(
                format!(
                    "「{shown}」という項目は台帳にありません。見出しを直すか、列を消してください。使える項目：{}",
                    all.join("、")
                ),
                format!("There is no field named {shown}: correct the head or remove the column"),
            ))
        } else if twice {
            Some(Say::new(
                format!("「{shown}」が2列あります。1列にしてください"),
                format!("{shown} occurs twice: keep one column"),
            ))
        } else {
            None
        };
        if let Some(say) = say {
            trial.problems.push(Problem { line: 1, column: Some(shown), say });
        }
        columns.push((text, field.cloned()));
    }
    (!columns.is_empty()).then_some(Head { columns })
}

/// Reads rows into wishes, remembering what it looked up.
struct Rower<'a> {
    reading: &'a Reading<'a>,
    description: &'a Description,
    scope: Scope,
    found: HashMap<(String, String), Result<Id, Say>>,
    keys: HashSet<(String, String)>,
    scales: Scales,
}

impl<'a> Rower<'a> {
    fn new(reading: &'a Reading<'a>, description: &'a Description, actor: &'a Actor) -> Result<Self, Failure> {
        let scope = scope(actor, description, Action::Import);
        Ok(Self { reading, description, scope, found: HashMap::new(), keys: HashSet::new(), scales: reading.scales()? })
    }

    fn row(
        &mut self,
        head: &Head,
        record: &csv::StringRecord,
        line: u64,
    ) -> Result<Result<Wish, Vec<Problem>>, Failure> {
        let mut problems = Vec::new();
        let mut patch = Body::new();
        let mut id = None;
        for (cell, (column, field)) in record.iter().zip(&head.columns) {
            let cell = escaped(cell).unwrap_or(cell);
            let read = match field {
                None => {
                    id = Some(cell.trim().to_owned()).filter(|text| !text.is_empty());
                    continue;
                }
                Some(field) => self.cell(field, cell)?,
            };
            match (read, field) {
                // What isn't shown can't be said to be empty.
                (Ok(value), Some(field)) if field.sealed && value.as_ref().is_none_or(|text| text == sealed::SHUT) => {}
                (Ok(value), Some(field)) => {
                    patch.insert(field.name.clone(), value.unwrap_or(Value::Null));
                }
                (Err(say), _) => problems.push(Problem { line, column: Some(column.clone()), say }),
                (Ok(_), None) => {}
            }
        }
        if !problems.is_empty() {
            return Ok(Err(problems));
        }
        let old = match self.old(id.as_deref(), &patch)? {
            Ok(old) => old,
            Err(say) => return Ok(Err(vec![Problem { line, column: Some(ID.0.to_owned()), say }])),
        };
        Ok(self.wish(old, patch).map_err(|refusal| {
            let column = |name: &Option<String>| {
                let wanted = head.columns.iter().find(|(_, field)| field.as_ref().map(|f| &f.name) == name.as_ref());
                name.as_ref().and(wanted.map(|(text, _)| text.clone())).or_else(|| name.clone())
            };
            refusal.problems.into_iter().map(|p| Problem { line, column: column(&p.field), say: p.say }).collect()
        }))
    }

    /// The record that a row is about: by its id, or by its code.
    fn old(&self, id: Option<&str>, patch: &Body) -> Result<Result<Option<Row>, Say>, Failure> {
        if let Some(text) = id {
            let row = match text.parse() {
                Ok(id) => self.reading.find(&self.description.name, id)?,
                Err(_) => None,
            };
            let live = row.filter(Row::is_live);
            return Ok(live.map(Some).ok_or_else(|| {
                Say::new(
                    format!("記録ID「{text}」の記録は、現行のものにありません。新しく登録する行では空にしてください"),
                    format!("There is no current record {text}: leave the id empty for a new one"),
                )
            }));
        }
        let code = self.description.code().and_then(|field| Some((field, patch.get(field)?.as_str()?)));
        match code {
            Some((field, value)) => Ok(Ok(self.reading.by_key(&self.description.name, field, value)?)),
            None => Ok(Ok(None)),
        }
    }

    fn wish(&mut self, old: Option<Row>, patch: Body) -> Result<Wish, Refusal> {
        let mut body = old.as_ref().map(|row| row.body.clone()).unwrap_or_default();
        for (name, value) in &patch {
            body.insert(name.clone(), value.clone());
        }
        let shut = sealed::take(self.description, &mut body);
        let settled = check::settle(self.description, body)?;
        let kept = self.reading.registers().get(&self.description.name);
        let settled = match kept {
            Some(kept) => kept.settle(settled, self.reading.today())?,
            None => settled,
        };
        let settled: Body = settled.into_iter().chain(shut).collect();
        self.once(&settled, old.as_ref())?;
        self.inside(&settled, old.as_ref())?;
        Ok(match old {
            None => Wish::Create(Id::new(self.reading.store().clock()), settled),
            Some(row) if row.body == settled => Wish::Same,
            Some(row) => Wish::Edit(row.id, row.rev, patch),
        })
    }

    /// Unique keys: not twice in the file, and not held by another record.
    fn once(&mut self, body: &Body, old: Option<&Row>) -> Result<(), Refusal> {
        for unique in &self.description.unique {
            let Some((key, value)) = unique_value(unique, body) else { continue };
            let field = unique.fields[0];
            let shown = value.replace('\u{1f}', " ");
            if !self.keys.insert((key.clone(), value.clone())) {
                return Err(Refusal::at(
                    field,
                    format!("「{shown}」がこのファイルに2回あります。1行にしてください"),
                    format!("{shown} occurs twice in this file: keep one line"),
                ));
            }
            let holder = self.reading.holder(&self.description.name, &key, &value).ok().flatten();
            if holder.is_some_and(|holder| old.is_none_or(|row| row.id != holder)) {
                return Err(Refusal::at(
                    field,
                    format!("「{shown}」の記録が既にあります。別の値にしてください"),
                    format!("Another record holds {shown}: choose another value"),
                ));
            }
        }
        Ok(())
    }

    /// The record must be where the actor may import, before and after.
    fn inside(&mut self, body: &Body, old: Option<&Row>) -> Result<(), Refusal> {
        let pointed =
            |field: &Option<String>| field.as_ref().and_then(|field| body.get(field)?.as_str()?.parse::<Id>().ok());
        let state = old.map_or_else(
            || self.description.lifecycle.as_ref().map_or(CURRENT, |lifecycle| lifecycle.first()).to_owned(),
            |row| row.state.clone(),
        );
        let subject = Subject {
            register: self.description.name.clone(),
            id: old.map(|row| row.id),
            rev: 0,
            state,
            unit: pointed(&self.description.unit),
            owner: pointed(&self.description.owner),
        };
        let admitted = self.scope.admits(&subject) && old.is_none_or(|row| self.scope.admits(&row.subject()));
        if admitted {
            return Ok(());
        }
        Err(Refusal::whole("この部署の記録を取り込む権限がありません", "You may not import records of this unit"))
    }

    fn cell(&mut self, field: &Field, cell: &str) -> Result<Result<Option<Value>, Say>, Failure> {
        let Kind::Link { to } = &field.kind else {
            if field.many {
                let items: Result<Vec<_>, Say> = split(cell).map(|item| check::read_text(field, item)).collect();
                return Ok(items.map(|items| {
                    let items: Vec<_> = items.into_iter().flatten().collect();
                    (!items.is_empty()).then_some(Value::Array(items))
                }));
            }
            let read = check::read_text(field, cell);
            if let (Kind::Scale { scale }, Ok(Some(Value::String(grade)))) = (&field.kind, &read)
                && self.scales.rank(scale, grade).is_none()
            {
                return Ok(Err(Say::new(
                    format!("{}の区分に「{grade}」はありません", field.label.ja),
                    format!("{}: there is no grade {grade}", field.label.en),
                )));
            }
            return Ok(read);
        };
        let mut ids = Vec::new();
        for item in split(cell) {
            match self.resolve(field, to.as_deref(), item)? {
                Ok(id) => ids.push(Value::String(id.to_string())),
                Err(say) => return Ok(Err(say)),
            }
        }
        Ok(Ok(match (ids.len(), field.many) {
            (0, _) => None,
            (_, true) => Some(Value::Array(ids)),
            (1, false) => ids.pop(),
            (_, false) => {
                return Ok(Err(Say::new(
                    format!("{}は1つだけ書いてください", field.label.ja),
                    format!("{}: write only one", field.label.en),
                )));
            }
        }))
    }

    /// A link by id, by a key, or by title where only one record has it.
    fn resolve(&mut self, field: &Field, to: Option<&str>, text: &str) -> Result<Result<Id, Say>, Failure> {
        let key = (to.unwrap_or("*").to_owned(), text.to_owned());
        if let Some(known) = self.found.get(&key) {
            return Ok(known.clone());
        }
        let answer = match self.reading.identify(to, text)? {
            Identified::One(id) => Ok(id),
            Identified::None => Err(Say::new(
                format!("{}の「{text}」が見つかりません。番号か名称を確かめるか、先に登録してください", field.label.ja),
                format!("{}: {text} was not found; check the code or name, or register it first", field.label.en),
            )),
            Identified::Several => Err(doubt(field, text)),
        };
        self.found.insert(key, answer.clone());
        Ok(answer)
    }
}
fn doubt(field: &Field, text: &str) -> Say {
    Say::new(
        format!("{}の「{text}」に当てはまる記録が複数あります。番号で書いてください", field.label.ja),
        format!("{}: more than one record is named {text}; write its code", field.label.en),
    )
}

fn split(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '；', '\n']).map(str::trim).filter(|item| !item.is_empty())
}

/// Takes a register out as CSV, UTF-8 with BOM: all records that the actor may export. How many there were.
///
/// # Errors
/// The store's failure, or that `out` can't be written.
pub fn export(
    reading: &Reading<'_>,
    description: &Description,
    actor: &Actor,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> Result<u64, Failure> {
    let scope = scope(actor, description, Action::Export);
    let open = Fields::Plain;
    write_rows(reading, (description, &open), actor, out, progress, &mut |each| reading.each(description, &scope, each))
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
    out: &mut dyn Write,
) -> Result<u64, Failure> {
    let scope = scope(actor, description, Action::Export);
    write_rows(reading, (description, &Fields::Plain), actor, out, &mut |_| {}, &mut |each| {
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
    out: &mut dyn Write,
) -> Result<u64, Failure> {
    write_rows(reading, (description, &Fields::Plain), actor, out, &mut |_| {}, &mut |each| {
        rows.iter().cloned().try_for_each(each)
    })
}

/// Takes out records with what [`sealed::unseal`] opened of them.
///
/// # Errors
/// The store's failure.
pub fn export_sealed(
    reading: &Reading<'_>,
    description: &Description,
    actor: &Actor,
    opened: Vec<Unsealed>,
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
    write_rows(reading, (description, &Fields::Opened(texts)), actor, out, &mut |_| {}, &mut |each| {
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

type EachRow<'a> = &'a mut dyn FnMut(Row) -> Result<(), Failure>;

fn write_rows(
    reading: &Reading<'_>,
    (description, sealed): (&Description, &Fields),
    actor: &Actor,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
    all: &mut dyn FnMut(EachRow<'_>) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    let io = |e: &dyn std::fmt::Display| Failure::Broken(format!("the file can't be written: {e}"));
    out.write_all("\u{feff}".as_bytes()).map_err(|e| io(&e))?;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let shown = |field: &&Field| !field.hidden && (!field.sealed || matches!(sealed, Fields::Opened(_)));
    let fields: Vec<_> = description.fields.iter().filter(shown).collect();
    let head = std::iter::once(ID.0).chain(fields.iter().map(|field| field.label.ja.as_str()));
    csv.write_record(head).map_err(|e| io(&e))?;
    let mut names: HashMap<Id, String> = HashMap::new();
    let mut rows = 0;
    all(&mut |row| {
        let mut cells = vec![row.id.to_string()];
        for field in &fields {
            if let (true, Fields::Opened(texts)) = (field.sealed, sealed) {
                let own = texts.get(&row.id).and_then(|own| own.iter().find(|(name, _)| *name == field.name));
                cells.push(escape(own.map_or_else(String::new, |(_, text)| text.as_str().to_owned())));
                continue;
            }
            cells.push(escape(cell_text(reading, actor, field, row.body.get(&field.name), &mut names)?));
        }
        csv.write_record(&cells).map_err(|e| io(&e))?;
        rows += 1;
        if rows % 1_000 == 0 {
            progress(rows);
        }
        Ok(())
    })?;
    csv.flush().map_err(|e| io(&e))?;
    Ok(rows)
}

fn cell_text(
    reading: &Reading<'_>,
    actor: &Actor,
    field: &Field,
    value: Option<&Value>,
    names: &mut HashMap<Id, String>,
) -> Result<String, Failure> {
    let Some(value) = value else { return Ok(String::new()) };
    let Kind::Link { to } = &field.kind else { return Ok(check::write_text(field, value)) };
    let items: &[Value] = match value {
        Value::Array(items) => items,
        single => std::slice::from_ref(single),
    };
    let mut texts = Vec::with_capacity(items.len());
    for id in items.iter().filter_map(|item| item.as_str()?.parse::<Id>().ok()) {
        if let Some(name) = names.get(&id) {
            texts.push(name.clone());
            continue;
        }
        let known = reading.names(actor, &[id])?.iter().any(|name| name.title.is_some());
        let name = match reading.any(id)?.filter(|_| known).map(|row| reading.code_of(&row)) {
            // Only a name that the actor may know and that leads back to this very record; else its id.
            Some(name)
                if split(&name).eq([name.as_str()])
                    && reading.identify(to.as_deref(), &name)? == Identified::One(id) =>
            {
                name
            }
            _ => id.to_string(),
        };
        texts.push(name.clone());
        names.insert(id, name);
    }
    Ok(texts.join("; "))
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe in front.
fn escape(cell: String) -> String {
    if cell.starts_with(FORMULA) || escaped(&cell).is_some() { format!("'{cell}") } else { cell }
}

/// The cell without its apostrophe, if that stands before a formula or another apostrophe.
fn escaped(cell: &str) -> Option<&str> {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA) || rest.starts_with('\''))
}
