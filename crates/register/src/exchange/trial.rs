//! The dry run (試し取込み): every row is read, checked and compared with the register; nothing is written.

use std::collections::{HashMap, HashSet};

use base::id::Id;
use serde_json::Value;

use super::book::day_of;
use super::head::{self, Aim, Choices, Headed};
use super::plan::{Planner, Sample, Step, What};
use super::sheet::{Noted, Notes, Sort, address};
use super::{MOST_PROBLEMS, MOST_ROWS, Problem, text};
use crate::check;
use crate::describe::{Description, Field, Kind};
use crate::find::{Identified, Reading, Row};
use crate::flat::Scales;
use crate::lifecycle::CURRENT;
use crate::permit::{Action, Actor, Scope, Subject, scope};
use crate::record::Body;
use crate::say::{Failure, Refusal, Say};
use crate::sealed;
use crate::writer::{fixed, unique_value};

/// Rows that are shown as examples.
const SAMPLES: usize = 30;
/// Questions that are asked at most.
const DOUBTS: usize = 200;
/// Records that a question offers.
const OFFERED: usize = 20;
/// The answer that none of the records is meant.
pub(super) const NEW: &str = "new";

/// A question that only a person can answer: which record a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Its name in [`Choices::answers`].
    pub key: String,
    /// What is asked.
    pub say: Say,
    /// The cells that it is about, the first of them.
    pub places: Vec<String>,
    /// The records that can be meant: id, and what tells them apart.
    pub offered: Vec<(Id, String)>,
    /// Whether a new record is an answer too.
    pub may_be_new: bool,
}

/// What a file would do, found without writing anything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trial {
    /// Rows read.
    pub rows: u64,
    /// Records that would be new.
    pub created: u64,
    /// Records that would change.
    pub changed: u64,
    /// Rows that say what is there already.
    pub same: u64,
    /// Records that would be put away.
    pub archived: u64,
    /// Problems, the first [`MOST_PROBLEMS`] of them. With any, nothing is written.
    pub problems: Vec<Problem>,
    /// Questions that wait for an answer. With any, nothing is written.
    pub doubts: Vec<Doubt>,
    /// What else is to be known of the file.
    pub notes: Vec<Say>,
    /// Some of the rows that do something.
    pub samples: Vec<Sample>,
    /// Stands for everything that would be written: the same file on the same register has the same.
    pub digest: String,
}

impl Trial {
    /// How many records would be written.
    pub fn writes(&self) -> u64 {
        self.created + self.changed + self.archived
    }

    /// Whether nothing stands against it.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty() && self.doubts.is_empty()
    }
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
    choices: &Choices,
    progress: &mut dyn FnMut(u64),
) -> Result<Trial, Failure> {
    let mut planner = Planner::new(None);
    let mut trial = walk(reading, description, actor, (bytes, choices), &mut planner, progress)?;
    trial.digest = planner.digest();
    Ok(trial)
}

/// Looks a file through and hands every step to the planner.
pub(super) fn walk(
    reading: &Reading<'_>,
    description: &Description,
    actor: &Actor,
    (bytes, choices): (&[u8], &Choices),
    planner: &mut Planner,
    progress: &mut dyn FnMut(u64),
) -> Result<Trial, Failure> {
    let mut trial = Trial::default();
    let headed = match head::read(description, bytes, choices) {
        Ok(headed) => headed,
        Err(problem) => {
            trial.problems.push(problem);
            return Ok(trial);
        }
    };
    trial.problems = headed.problems(description);
    if !trial.problems.is_empty() {
        trial.problems.truncate(MOST_PROBLEMS);
        return Ok(trial);
    }
    let mut rower = Rower::new(reading, description, actor, choices, &headed)?;
    if let Some(problem) = rower.fix(&headed)? {
        trial.problems.push(problem);
        return Ok(trial);
    }
    for at in headed.first..headed.sheet.rows().len() {
        trial.rows += 1;
        if trial.rows > MOST_ROWS {
            let row = headed.sheet.rows()[at];
            let say = text::too_many_rows();
            trial.problems.push(Problem { line: row.line, row: row.number, place: None, column: None, say });
            break;
        }
        match rower.row(at)? {
            Ok(wish) => rower.count(&mut trial, planner, at, wish)?,
            Err(problems) => trial.problems.extend(problems),
        }
        if trial.problems.len() >= MOST_PROBLEMS {
            trial.problems.truncate(MOST_PROBLEMS);
            break;
        }
        if trial.rows.is_multiple_of(1_000) {
            progress(trial.rows);
        }
    }
    if choices.archive_missing && trial.problems.is_empty() && rower.doubts.is_empty() {
        rower.missing(&mut trial, planner)?;
    }
    let mut notes = headed.sheet.notes.clone();
    notes.join(std::mem::take(&mut rower.notes));
    for (column, head, aim) in &headed.columns {
        if *aim == Some(Aim::Out) && !head.is_empty() {
            notes.add(Noted::LeftOut, || format!("{head}（{}）", super::sheet::letters(*column)));
        }
    }
    trial.notes = notes.say();
    trial.doubts = std::mem::take(&mut rower.doubts);
    Ok(trial)
}

/// What one row wants.
enum Wish {
    Create(Body),
    Edit {
        row: Box<Row>,
        patch: Body,
        body: Body,
    },
    Archive(Box<Row>),
    Same,
    /// It waits for an answer.
    Doubtful,
}

/// A cell that was read, or why it could not be.
type Read<T> = Result<Result<T, Say>, Failure>;

/// What a text means.
#[derive(Debug, Clone)]
enum Meant {
    One(Id),
    Unknown(Say),
    Doubtful,
}

/// Names of a register's records, as they are compared: without blanks, folded.
type Names = HashMap<String, Vec<Id>>;

/// Reads rows into wishes, remembering what it looked up.
struct Rower<'a> {
    reading: &'a Reading<'a>,
    description: &'a Description,
    actor: &'a Actor,
    choices: &'a Choices,
    headed: &'a Headed,
    scope: Scope,
    scales: Scales,
    /// Columns that are fields.
    fields: Vec<(usize, String, Field)>,
    id: Option<usize>,
    archive: Option<usize>,
    /// Values for new records.
    fixed: Body,
    found: HashMap<(String, String), Meant>,
    names: HashMap<String, Names>,
    zeros: HashMap<(String, String), Vec<usize>>,
    keys: HashSet<(String, String)>,
    nameless: HashSet<String>,
    seen: HashSet<Id>,
    /// Whether the row at hand waits for an answer.
    waiting: bool,
    doubts: Vec<Doubt>,
    notes: Notes,
}

impl<'a> Rower<'a> {
    fn new(
        reading: &'a Reading<'a>,
        description: &'a Description,
        actor: &'a Actor,
        choices: &'a Choices,
        headed: &'a Headed,
    ) -> Result<Self, Failure> {
        let (mut fields, mut id, mut archive) = (Vec::new(), None, None);
        for (column, head, aim) in &headed.columns {
            match aim {
                Some(Aim::Field(name)) => {
                    if let Some(field) = description.field(name).filter(|field| !field.hidden) {
                        fields.push((*column, head.clone(), field.clone()));
                    }
                }
                Some(Aim::Id) => id = Some(*column),
                Some(Aim::Archive) => archive = Some(*column),
                Some(Aim::Out) | None => {}
            }
        }
        Ok(Self {
            reading,
            description,
            actor,
            choices,
            headed,
            scope: scope(actor, description, Action::Import),
            scales: reading.scales()?,
            fields,
            id,
            archive,
            fixed: Body::new(),
            found: HashMap::new(),
            names: HashMap::new(),
            zeros: HashMap::new(),
            keys: HashSet::new(),
            nameless: HashSet::new(),
            seen: HashSet::new(),
            waiting: false,
            doubts: Vec::new(),
            notes: Notes::default(),
        })
    }

    /// Reads the values for new records that a person chose for fields without a column.
    fn fix(&mut self, headed: &Headed) -> Result<Option<Problem>, Failure> {
        for field in headed.unfilled(self.description) {
            let Some(text) = self.choices.fixed.get(&field.name).filter(|text| !text.trim().is_empty()) else {
                continue;
            };
            match self.value(field, (text, Sort::Text), "")? {
                Ok(Some(value)) => drop(self.fixed.insert(field.name.clone(), value)),
                Ok(None) => {}
                Err(say) => {
                    return Ok(Some(Problem {
                        line: 1,
                        row: 1,
                        place: None,
                        column: Some(field.label.ja.clone()),
                        say,
                    }));
                }
            }
        }
        Ok(None)
    }

    fn row(&mut self, at: usize) -> Result<Result<Wish, Vec<Problem>>, Failure> {
        let row = self.headed.sheet.rows()[at];
        let problem = |column: Option<(usize, &str)>, say: Say| Problem {
            line: row.line,
            row: row.number,
            place: column.map(|(column, _)| address(row.number, column)),
            column: column.map(|(_, head)| head.to_owned()),
            say,
        };
        if let Some(say) = self.misshapen(at) {
            return Ok(Err(vec![problem(None, say)]));
        }
        let headed = self.headed;
        let cell = |column: usize| headed.sheet.cell(at, column);
        let (mut problems, mut patch) = (Vec::new(), Body::new());
        self.waiting = false;
        for (column, head, field) in self.fields.clone() {
            let place = address(row.number, column);
            let read = match cell(column) {
                Some(found) => self.value(&field, found, &place)?,
                None => Ok(None),
            };
            match read {
                // What isn't shown can't be said to be empty.
                Ok(None) if field.sealed => {}
                Ok(Some(Value::String(text))) if field.sealed && text == sealed::SHUT => {}
                // A file is kept as it came, so nothing that is to be sealed may come by one.
                Ok(Some(_)) if field.sealed => problems.push(problem(
                    Some((column, &head)),
                    Say::new(
                        "封をする項目はファイルから取り込めません。この欄を空にし、登録した後に画面で入力してください",
                        "A sealed field can't come by a file: leave it empty, and enter it on the record's page",
                    ),
                )),
                Ok(value) => drop(patch.insert(field.name.clone(), value.unwrap_or(Value::Null))),
                Err(say) => problems.push(problem(Some((column, &head)), say)),
            }
        }
        if !problems.is_empty() {
            return Ok(Err(problems));
        }
        let id = self.id.and_then(cell).map(|(text, _)| text.trim().to_owned());
        let old = match self.old(id.as_deref(), &patch, row.number)? {
            Ok(old) => old,
            Err(say) => return Ok(Err(vec![problem(self.id.map(|column| (column, head::ID.0)), say)])),
        };
        if self.waiting {
            return Ok(Ok(Wish::Doubtful));
        }
        if let Some(row) = &old
            && !self.seen.insert(row.id)
        {
            return Ok(Err(vec![problem(
                None,
                Say::new(
                    format!("「{}」の行がこのファイルに2回あります。1行にしてください", row.title),
                    format!("{} occurs twice in this file: keep one line", row.title),
                ),
            )]));
        }
        if let Some(column) = self.archive
            && let Some((text, _)) = cell(column)
        {
            match says_yes(text) {
                Some(true) => {
                    return Ok(self.put_away(old).map_err(|say| vec![problem(Some((column, head::ARCHIVE.0)), say)]));
                }
                Some(false) => {}
                None => {
                    let say = Say::new(
                        "保管済みにする行には「はい」か「○」を書き、ほかの行では空にしてください",
                        "Write yes in the rows to archive, and leave the others empty",
                    );
                    return Ok(Err(vec![problem(Some((column, head::ARCHIVE.0)), say)]));
                }
            }
        }
        Ok(self.wish(old, patch).map_err(|refusal| {
            let column = |name: &Option<String>| {
                let name = name.as_ref()?;
                self.fields.iter().find(|(_, _, field)| field.name == *name)
            };
            refusal
                .problems
                .into_iter()
                .map(|each| match column(&each.field) {
                    Some((column, head, _)) => problem(Some((*column, head)), each.say),
                    None => Problem {
                        column: each.field.as_deref().map(|name| self.label(name)),
                        ..problem(None, each.say)
                    },
                })
                .collect()
        }))
    }

    fn label(&self, name: &str) -> String {
        self.description.field(name).map_or_else(|| name.to_owned(), |field| field.label.ja.clone())
    }

    /// What is wrong with the form of a row of a text file.
    fn misshapen(&self, at: usize) -> Option<Say> {
        let row = self.headed.sheet.rows()[at];
        let (heads, width) = (self.headed.columns.len(), row.width);
        if row.open {
            return Some(Say::new(
                "引用符（\"）が閉じていません。値の中の引用符は2つ重ねて書いてください",
                "A quote (\") is not closed: write quotes within a value twice",
            ));
        }
        (self.headed.sheet.even && width != heads).then(|| {
            Say::new(
                format!("項目の数が見出しと違います（見出し{heads}、この行{width}）。引用符（\"）やコンマの書き方を確かめてください"),
                format!("The line has {width} cells, the head has {heads}: check quotes and commas"),
            )
        })
    }

    fn put_away(&self, old: Option<Row>) -> Result<Wish, Say> {
        let Some(row) = old else {
            return Err(Say::new(
                "保管済みにする記録が見つかりません。記録IDか番号を確かめてください",
                "The record to archive was not found: check its id or code",
            ));
        };
        let may = scope(self.actor, self.description, Action::Edit);
        if may.admits(&row.subject()) && self.scope.admits(&row.subject()) {
            Ok(Wish::Archive(Box::new(row)))
        } else {
            Err(Say::new("この記録を保管済みにする権限がありません", "You may not archive this record"))
        }
    }

    /// The record that a row is about: by its id, by a key, or by its name where the register can do without a key.
    fn old(&mut self, id: Option<&str>, patch: &Body, number: u32) -> Result<Result<Option<Row>, Say>, Failure> {
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
        let given: Body = patch
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        for unique in &self.description.unique {
            let Some((key, value)) = unique_value(unique, &given) else { continue };
            if let Some(holder) = self.reading.holder(&self.description.name, &key, &value)? {
                return Ok(Ok(self.reading.find(&self.description.name, holder)?));
            }
        }
        self.by_name(&given, number)
    }

    /// Where codes are optional and the row has none, its name says who is meant; a person is asked when that is doubtful.
    fn by_name(&mut self, given: &Body, number: u32) -> Result<Result<Option<Row>, Say>, Failure> {
        let alone = |key: &&crate::describe::Unique| key.fields.len() == 1 && key.while_empty.is_none();
        let mut codes = self.description.unique.iter().filter(alone).map(|key| key.fields[0]).peekable();
        let optional = codes.peek().is_some()
            && codes.clone().all(|name| self.description.field(name).is_some_and(|field| !field.required));
        let Some(title) = given.get(&self.description.title).and_then(Value::as_str) else { return Ok(Ok(None)) };
        if !optional || codes.any(|name| given.contains_key(name)) {
            return Ok(Ok(None));
        }
        let key = format!("#{number}");
        match self.choices.answers.get(&key).map(String::as_str) {
            Some(NEW) => return Ok(Ok(None)),
            Some(answer) => {
                let row =
                    answer.parse().ok().map(|id| self.reading.find(&self.description.name, id)).transpose()?.flatten();
                if let Some(row) = row.filter(|row| row.is_live() && loose(&row.title) == loose(title)) {
                    return Ok(Ok(Some(row)));
                }
            }
            None => {}
        }
        let mut rows = Vec::new();
        for id in self.named(&self.description.name.clone(), title)? {
            rows.extend(self.reading.find(&self.description.name, id)?.filter(Row::is_live));
        }
        let moves = |row: &Row| {
            self.description
                .unit
                .as_ref()
                .is_some_and(|unit| given.get(unit).is_some_and(|to| row.body.get(unit) != Some(to)))
        };
        match rows.as_slice() {
            [] => {
                if !self.nameless.insert(loose(title)) {
                    self.notes.add(Noted::Twins, || format!("{title}（{number}行目）"));
                }
                Ok(Ok(None))
            }
            [row] if !moves(row) && !self.seen.contains(&row.id) => Ok(Ok(Some(row.clone()))),
            rows => {
                let say = Say::new(
                    format!("{number}行目の「{title}」は、登録されているどの記録ですか"),
                    format!("Row {number}: which record is {title}?"),
                );
                self.doubt(key, say, address(number, self.title_column()), rows, true)?;
                Ok(Ok(None))
            }
        }
    }

    fn title_column(&self) -> usize {
        self.fields
            .iter()
            .find(|(_, _, field)| field.name == self.description.title)
            .map_or(0, |(column, _, _)| *column)
    }

    fn doubt(&mut self, key: String, say: Say, place: String, rows: &[Row], may_be_new: bool) -> Result<(), Failure> {
        self.waiting = true;
        if self.doubts.len() >= DOUBTS {
            return Ok(());
        }
        let mut offered = Vec::new();
        for row in rows.iter().take(OFFERED) {
            offered.push((row.id, self.reading.told_apart(self.actor, row)?));
        }
        self.doubts.push(Doubt { key, say, places: vec![place], offered, may_be_new });
        Ok(())
    }

    fn wish(&mut self, old: Option<Row>, patch: Body) -> Result<Wish, Refusal> {
        let mut body = match &old {
            Some(row) => row.body.clone(),
            None => self.fixed.clone(),
        };
        for (name, value) in patch {
            body.insert(name, value);
        }
        let shut = sealed::take(self.description, &mut body);
        let settled = check::settle(self.description, body)?;
        let kept = self.reading.registers().get(&self.description.name);
        let settled = match kept {
            Some(kept) => kept.settle(settled, self.reading.today())?,
            None => settled,
        };
        let settled: Body = settled.into_iter().chain(shut).collect();
        if let Some(row) = &old {
            fixed(self.description, &row.body, &settled)?;
        }
        self.once(&settled, old.as_ref())?;
        self.inside(&settled, old.as_ref())?;
        Ok(match old {
            None => Wish::Create(settled),
            Some(row) if row.body == settled => Wish::Same,
            Some(row) => Wish::Edit { patch: difference(&row.body, &settled), row: Box::new(row), body: settled },
        })
    }

    /// Counts a wish, shows it among the first, and hands it on.
    fn count(&mut self, trial: &mut Trial, planner: &mut Planner, at: usize, wish: Wish) -> Result<(), Failure> {
        let row = self.headed.sheet.rows()[at].number;
        let mut show = |what, title: &str, old: &Body, new: &Body| {
            if trial.samples.len() < SAMPLES {
                trial.samples.push(Sample { row, what, title: title.to_owned(), old: old.clone(), new: new.clone() });
            }
        };
        let step = match wish {
            Wish::Same => {
                trial.same += 1;
                return Ok(());
            }
            Wish::Doubtful => return Ok(()),
            Wish::Create(body) => {
                let title = crate::flat::own_title(self.description, &body).unwrap_or_default();
                show(What::Created, &title, &Body::new(), &body);
                trial.created += 1;
                Step::Create { row, id: Id::new(self.reading.store().clock()), body }
            }
            Wish::Edit { row: old, patch, body } => {
                show(What::Changed, &old.title, &old.body, &body);
                trial.changed += 1;
                let was = patch
                    .keys()
                    .map(|name| (name.clone(), old.body.get(name).cloned().unwrap_or(Value::Null)))
                    .collect();
                Step::Edit { row, id: old.id, base: old.rev, patch, was }
            }
            Wish::Archive(old) => {
                show(What::Archived, &old.title, &old.body, &Body::new());
                trial.archived += 1;
                Step::Archive { row, id: old.id, base: old.rev }
            }
        };
        planner.take(&step)
    }

    /// Puts away what the file doesn't have, as far as the actor may.
    fn missing(&mut self, trial: &mut Trial, planner: &mut Planner) -> Result<(), Failure> {
        let may = scope(self.actor, self.description, Action::Edit);
        self.reading.each(self.description, &self.scope, |row| {
            if self.seen.contains(&row.id) || !may.admits(&row.subject()) {
                return Ok(());
            }
            trial.archived += 1;
            if trial.samples.len() < 2 * SAMPLES {
                let (title, old) = (row.title.clone(), row.body.clone());
                trial.samples.push(Sample { row: 0, what: What::Archived, title, old, new: Body::new() });
            }
            planner.take(&Step::Archive { row: 0, id: row.id, base: row.rev })
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

    fn value(&mut self, field: &Field, (text, sort): (&str, Sort), place: &str) -> Read<Option<Value>> {
        if sort == Sort::Error {
            let text: String = text.chars().take(20).collect();
            return Ok(Err(Say::new(
                format!("式の結果が誤り（{text}）になっています。Excelで直してから取り込んでください"),
                format!("The cell holds an error ({text}): correct it in Excel first"),
            )));
        }
        let padded = if sort == Sort::Number { self.padded(field, text, place)? } else { None };
        let text = padded.as_deref().unwrap_or(text);
        let Kind::Link { to } = &field.kind else {
            let text = self.typed(field, (text, sort), place);
            if field.many {
                let items: Result<Vec<_>, Say> = split(&text).map(|item| check::read_text(field, item)).collect();
                return Ok(items.map(|items| {
                    let items: Vec<_> = items.into_iter().flatten().collect();
                    (!items.is_empty()).then_some(Value::Array(items))
                }));
            }
            let read = check::read_text(field, &text);
            if let (Kind::Scale { scale }, Ok(Some(Value::String(grade)))) = (&field.kind, &read)
                && self.scales.rank(scale, grade).is_none()
            {
                return Ok(match self.grade(scale, grade) {
                    Some(value) => Ok(Some(Value::String(value))),
                    None => Err(Say::new(
                        format!("{}の区分に「{grade}」はありません", field.label.ja),
                        format!("{}: there is no grade {grade}", field.label.en),
                    )),
                });
            }
            return Ok(read);
        };
        let mut ids = Vec::new();
        for item in split(text) {
            match self.resolve(field, to.as_deref(), item, place)? {
                Meant::One(id) => ids.push(Value::String(id.to_string())),
                Meant::Unknown(say) => return Ok(Err(say)),
                // The whole row waits for the answer.
                Meant::Doubtful => {}
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

    /// A grade by its value in other letters, or by its label.
    fn grade(&self, scale: &str, text: &str) -> Option<String> {
        let folded = base::text::fold(text);
        let grades = self.scales.grades(scale);
        let found = grades
            .iter()
            .find(|(value, _, label)| base::text::fold(value) == folded || base::text::fold(label) == folded);
        found.map(|(value, ..)| (*value).to_owned())
    }

    /// The text of a cell that a spreadsheet took for a number or a day.
    fn typed(&mut self, field: &Field, (text, sort): (&str, Sort), place: &str) -> String {
        match (sort, &field.kind) {
            (Sort::Number, Kind::Date) => {
                let serial = text.parse::<f64>().ok().filter(|serial| (10_000.0..80_000.0).contains(serial));
                if let Some(day) = serial.and_then(|serial| day_of(serial, false)) {
                    self.notes.add(Noted::Serial, || format!("{place}：{text} → {}", base::calendar::wareki(day)));
                    return day.to_string();
                }
                let eight = text.len() == 8 && text.is_ascii();
                if eight { format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]) } else { text.to_owned() }
            }
            (Sort::Date, Kind::Text { .. } | Kind::Long { .. }) => {
                self.notes.add(Noted::DateText, || format!("{place}：{text}"));
                text.to_owned()
            }
            _ => text.to_owned(),
        }
    }

    /// The code that a number stands for, where a spreadsheet took the zeros away.
    fn padded(&mut self, field: &Field, text: &str, place: &str) -> Result<Option<String>, Failure> {
        let code = |description: &Description| description.code().map(str::to_owned);
        let (register, key) = match &field.kind {
            Kind::Link { to: Some(to) } => {
                let Some(key) = self.reading.registers().description(to).and_then(|description| code(description))
                else {
                    return Ok(None);
                };
                (to.clone(), key)
            }
            Kind::Text { .. } => {
                let alone = |key: &&crate::describe::Unique| key.fields.len() == 1 && key.fields[0] == field.name;
                if !self.description.unique.iter().any(|key| alone(&key)) {
                    return Ok(None);
                }
                (self.description.name.clone(), field.name.clone())
            }
            _ => return Ok(None),
        };
        if !text.bytes().all(|byte| byte.is_ascii_digit()) || self.reading.by_key(&register, &key, text)?.is_some() {
            return Ok(None);
        }
        let lengths = if let Some(lengths) = self.zeros.get(&(register.clone(), key.clone())) {
            lengths.clone()
        } else {
            let lengths = self.reading.padded_keys(&register, &key)?;
            self.zeros.insert((register.clone(), key.clone()), lengths.clone());
            lengths
        };
        let mut found = Vec::new();
        for length in lengths.into_iter().filter(|length| *length > text.len()) {
            let padded = format!("{text:0>length$}");
            if self.reading.by_key(&register, &key, &padded)?.is_some() {
                found.push(padded);
            }
        }
        if let [one] = found.as_slice() {
            self.notes.add(Noted::Padded, || format!("{place}：{text} → {one}"));
            return Ok(found.pop());
        }
        if matches!(field.kind, Kind::Text { .. }) {
            self.notes.add(Noted::NumberCode, || place.to_owned());
        }
        Ok(None)
    }

    /// A link by id, by a key, or by name; a person is asked where several have it.
    fn resolve(&mut self, field: &Field, to: Option<&str>, text: &str, place: &str) -> Result<Meant, Failure> {
        let key = (to.unwrap_or("*").to_owned(), text.to_owned());
        let known = if let Some(known) = self.found.get(&key) {
            known.clone()
        } else {
            let meant = self.look_up(field, to, text)?;
            self.found.insert(key, meant.clone());
            meant
        };
        if !matches!(known, Meant::Doubtful) {
            return Ok(known);
        }
        let key = format!("{}\t{text}", field.name);
        if let Some(doubt) = self.doubts.iter_mut().find(|doubt| doubt.key == key) {
            if doubt.places.len() < 5 {
                doubt.places.push(place.to_owned());
            }
            // Asked once, but every row with it waits.
            self.waiting = true;
            return Ok(Meant::Doubtful);
        }
        let register = to.unwrap_or("").to_owned();
        let mut rows = Vec::new();
        for id in self.named(&register, text)? {
            rows.extend(self.reading.find(&register, id)?);
        }
        if let Some(answer) = self.choices.answers.get(&key).and_then(|answer| answer.parse::<Id>().ok())
            && rows.iter().any(|row| row.id == answer)
        {
            return Ok(Meant::One(answer));
        }
        let say = Say::new(
            format!("{}の「{text}」は、どの記録ですか", field.label.ja),
            format!("{}: which record is {text}?", field.label.en),
        );
        self.doubt(key, say, place.to_owned(), &rows, false)?;
        Ok(Meant::Doubtful)
    }

    fn look_up(&mut self, field: &Field, to: Option<&str>, text: &str) -> Result<Meant, Failure> {
        let unknown = || {
            Meant::Unknown(Say::new(
                format!("{}の「{text}」が見つかりません。番号か名称を確かめるか、先に登録してください", field.label.ja),
                format!("{}: {text} was not found; check the code or name, or register it first", field.label.en),
            ))
        };
        Ok(match self.reading.identify(to, text)? {
            Identified::One(id) => Meant::One(id),
            Identified::Several => Meant::Doubtful,
            Identified::None => match to {
                Some(register) => match self.named(register, text)?.as_slice() {
                    [] => unknown(),
                    [id] => Meant::One(*id),
                    _ => Meant::Doubtful,
                },
                None => unknown(),
            },
        })
    }

    /// Records of that name, however its blanks and letters are written, as far as the actor may know them.
    fn named(&mut self, register: &str, text: &str) -> Result<Vec<Id>, Failure> {
        if !self.names.contains_key(register) {
            let mut names = Names::new();
            let description = self.reading.registers().description(register);
            if let Some(description) = description {
                let listed = scope(self.actor, description, Action::List);
                self.reading
                    .titles(description, &listed, |id, title| names.entry(loose(title)).or_default().push(id))?;
            }
            self.names.insert(register.to_owned(), names);
        }
        Ok(self.names.get(register).and_then(|names| names.get(&loose(text))).cloned().unwrap_or_default())
    }
}

/// A name as it is compared: folded, without blanks.
fn loose(text: &str) -> String {
    base::text::fold(text).split_whitespace().collect()
}

/// New values of the fields that differ; `null` for those that are gone.
fn difference(old: &Body, new: &Body) -> Body {
    let mut patch: Body = new
        .iter()
        .filter(|(name, value)| old.get(*name) != Some(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    patch.extend(old.keys().filter(|name| !new.contains_key(*name)).map(|name| (name.clone(), Value::Null)));
    patch
}

/// What a cell says that holds yes or no.
fn says_yes(text: &str) -> Option<bool> {
    let field = Field {
        name: String::new(),
        label: Say::default(),
        help: String::new(),
        kind: Kind::Bool,
        required: false,
        many: false,
        hidden: false,
        fixed: false,
        retired: false,
        unsearched: false,
        names: None,
        file: false,
        sealed: false,
    };
    check::read_text(&field, text).ok()?.and_then(|value| value.as_bool())
}

fn split(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '；', '\n']).map(str::trim).filter(|item| !item.is_empty())
}
