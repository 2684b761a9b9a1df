//! Flat tables: for each register one derived table `at_<register>` with what lists, counts, facets and scopes read.
//! Written in the same transaction as the record, rebuilt when the description changes. Every column is NOT NULL.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use base::date::Date;
use base::text::sort_key;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::check::write_text;
use crate::describe::{Description, Field, Kind};
use crate::record::Body;
use crate::store::Cell;

/// `until` of a state without an end.
pub(crate) const NO_END: &str = "9999-12-31";

/// The last day of a state, as stored.
pub(crate) fn end(until: &str) -> Option<Date> {
    if until == NO_END { None } else { until.parse().ok() }
}

/// The grades of all scales, by scale; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Scales(pub(crate) Arc<HashMap<String, Grades>>);

/// The grades of a scale: value → rank and label.
pub(crate) type Grades = HashMap<String, (i64, String)>;

impl Scales {
    /// Rank of a grade.
    pub fn rank(&self, scale: &str, value: &str) -> Option<i64> {
        self.0.get(scale)?.get(value).map(|grade| grade.0)
    }
    /// Label of a grade.
    pub fn label(&self, scale: &str, value: &str) -> Option<&str> {
        self.0.get(scale)?.get(value).map(|grade| grade.1.as_str())
    }
    /// Grades of a scale: value, rank, label, lowest first.
    pub fn grades(&self, scale: &str) -> Vec<(&str, i64, &str)> {
        let grades = self.0.get(scale).into_iter().flatten();
        let mut grades: Vec<_> = grades.map(|(value, (rank, label))| (value.as_str(), *rank, label.as_str())).collect();
        grades.sort_by_key(|(value, rank, _)| (*rank, *value));
        grades
    }
}

pub(crate) fn end_text(until: Option<Date>) -> String {
    until.map_or_else(|| NO_END.to_owned(), |date| date.to_string())
}

/// The last day of a state, from the field that its lifecycle names.
pub(crate) fn until(description: &Description, state: &str, body: &Body) -> Option<Date> {
    let field = description.lifecycle.as_ref()?.until_of(state)?;
    body.get(field)?.as_str()?.parse().ok()
}

/// Row numbers of the unit and the person that a record belongs to; 0 is nobody's.
pub(crate) fn belongs(description: &Description, body: &Body, n_of: &dyn Fn(&str) -> Option<i64>) -> (i64, i64) {
    let pointed = |field: &Option<String>| field.as_ref().and_then(|f| n_of(body.get(f)?.as_str()?)).unwrap_or(0);
    (pointed(&description.unit), pointed(&description.owner))
}

/// What a record is called, where its own text says it; the name of a linked record is looked up.
pub(crate) fn own_title(description: &Description, body: &Body) -> Option<String> {
    let field = description.field(&description.title)?;
    let value = body.get(&field.name)?;
    let texts = matches!(field.kind, Kind::Text { .. } | Kind::Long { .. });
    texts.then(|| write_text(field, value).chars().take(120).collect())
}

pub(crate) fn table(register: &str) -> String {
    format!("at_{register}")
}

pub(crate) fn sorts(description: &Description) -> impl Iterator<Item = &str> {
    description.sorts.iter().map(|name| name.trim_start_matches('-'))
}

fn facet_type(field: &Field) -> &'static str {
    if field.is_word() { "TEXT" } else { "INTEGER" }
}

fn sort_type(field: &Field) -> &'static str {
    match field.kind {
        Kind::Text { .. } | Kind::Long { .. } | Kind::Date => "TEXT",
        _ => "INTEGER",
    }
}

/// Statements that make the table with its indexes. Their names have a `$` that no register or field has.
pub(crate) fn ddl(description: &Description) -> Vec<String> {
    let table = table(&description.name);
    let mut columns = String::from(
        "n INTEGER PRIMARY KEY, live INTEGER NOT NULL, state TEXT NOT NULL, until TEXT NOT NULL, unit INTEGER NOT NULL, owner INTEGER NOT NULL",
    );
    for field in description.facets.iter().filter_map(|name| description.field(name)) {
        let _ = write!(columns, ", f_{} {} NOT NULL", field.name, facet_type(field));
    }
    for field in sorts(description).filter_map(|name| description.field(name)) {
        let _ = write!(columns, ", s_{} {} NOT NULL", field.name, sort_type(field));
    }
    let mut all = vec![format!("CREATE TABLE {table} ({columns}) STRICT")];
    // Every index begins with `live` and holds the row number, so that counts and pages need nothing but the index. A facet
    // holds the days too: a range of days beside it is the most frequent second filter.
    let first = sorts(description).next();
    let dated = |name: &&str| description.field(name).is_some_and(|field| field.kind == Kind::Date);
    let days: String = sorts(description).skip(1).filter(dated).fold(String::new(), |days, name| days + ", s_" + name);
    let first = first.map(|name| format!("s_{name}, ")).unwrap_or_default();
    for name in &description.facets {
        all.push(format!("CREATE INDEX {table}$f_{name} ON {table} (live, f_{name}, {first}n{days})"));
    }
    for name in sorts(description) {
        all.push(format!("CREATE INDEX {table}$s_{name} ON {table} (live, s_{name}, n)"));
    }
    if description.unit.is_some() {
        all.push(format!("CREATE INDEX {table}$unit ON {table} (live, unit, {first}n)"));
    }
    if description.owner.is_some() {
        all.push(format!("CREATE INDEX {table}$owner ON {table} (live, owner, n)"));
    }
    if description.lifecycle.is_some() {
        all.push(format!("CREATE INDEX {table}$state ON {table} (live, state, {first}n)"));
    }
    all
}

/// Changes whenever the table's rows would: then it is rebuilt.
pub(crate) fn digest(description: &Description) -> String {
    let mut hash = Sha256::new();
    hash.update(b"flat 1");
    for statement in ddl(description) {
        hash.update(statement);
    }
    for field in &description.fields {
        hash.update(format!("{} {:?} {} {}", field.name, field.kind, field.hidden, field.sealed));
    }
    hash.update(format!(
        "{:?} {:?} {:?} {:?} {:?}",
        description.title, description.reading, description.unit, description.owner, description.lifecycle
    ));
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a row is made of beside the body.
pub(crate) struct Facts<'a> {
    pub n: i64,
    pub live: bool,
    pub state: &'a str,
    pub until: Option<Date>,
    pub unit: i64,
    pub owner: i64,
}

fn columns(description: &Description) -> Vec<String> {
    let fixed = ["n", "live", "state", "until", "unit", "owner"].map(str::to_owned);
    let facets = description.facets.iter().map(|name| format!("f_{name}"));
    let sorts = sorts(description).map(|name| format!("s_{name}"));
    fixed.into_iter().chain(facets).chain(sorts).collect()
}

/// Insertion or replacement of one row.
pub(crate) fn upsert(description: &Description) -> String {
    let columns = columns(description);
    let marks = (1..=columns.len()).map(|at| format!("?{at}")).collect::<Vec<_>>().join(", ");
    let sets = columns[1..].iter().map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>().join(", ");
    let (table, names) = (table(&description.name), columns.join(", "));
    format!("INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT (n) DO UPDATE SET {sets}")
}

/// Columns of the row `a`, in the order of [`upsert`].
pub(crate) fn select(description: &Description) -> String {
    format!("a.{}", columns(description).join(", a."))
}

/// The row's cells, in the order of [`upsert`]. `n_of` gives the row number of a linked record.
pub(crate) fn cells(
    description: &Description,
    facts: &Facts<'_>,
    body: &Body,
    scales: &Scales,
    n_of: &dyn Fn(&str) -> Option<i64>,
) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Int(facts.n),
        Cell::Int(i64::from(facts.live)),
        Cell::Text(facts.state.to_owned()),
        Cell::Text(end_text(facts.until)),
        Cell::Int(facts.unit),
        Cell::Int(facts.owner),
    ];
    for field in description.facets.iter().filter_map(|name| description.field(name)) {
        cells.push(facet_cell(field, body.get(&field.name), n_of));
    }
    for field in sorts(description).filter_map(|name| description.field(name)) {
        let reading = description.reading.as_ref().filter(|_| field.name == description.title);
        let value = reading.and_then(|name| body.get(name)).or_else(|| body.get(&field.name));
        cells.push(sort_cell(field, value, scales));
    }
    cells
}

fn facet_cell(field: &Field, value: Option<&Value>, n_of: &dyn Fn(&str) -> Option<i64>) -> Cell {
    match (&field.kind, value) {
        (_, Some(Value::String(text))) if field.is_word() => Cell::Text(text.clone()),
        _ if field.is_word() => Cell::Text(String::new()),
        (Kind::Link { .. }, Some(Value::String(id))) => Cell::Int(n_of(id).unwrap_or(0)),
        (Kind::Bool, Some(Value::Bool(yes))) => Cell::Int(i64::from(*yes)),
        (Kind::Integer { .. }, Some(number)) => Cell::Int(number.as_i64().unwrap_or(0)),
        (Kind::Text { .. } | Kind::Long { .. } | Kind::Date, Some(_)) => Cell::Int(1),
        _ => Cell::Int(0),
    }
}

fn sort_cell(field: &Field, value: Option<&Value>, scales: &Scales) -> Cell {
    match (&field.kind, value) {
        (Kind::Text { .. } | Kind::Long { .. }, Some(Value::String(text))) => Cell::Text(sort_key(text)),
        (Kind::Date, Some(Value::String(text))) => Cell::Text(text.clone()),
        (Kind::Text { .. } | Kind::Long { .. } | Kind::Date, _) => Cell::Text(String::new()),
        (Kind::Scale { scale }, Some(Value::String(grade))) => Cell::Int(scales.rank(scale, grade).unwrap_or(-1)),
        (Kind::Choice { options }, Some(Value::String(text))) => {
            Cell::Int(options.iter().position(|option| &option.value == text).map_or(-1, |at| at as i64))
        }
        (Kind::Bool, Some(Value::Bool(yes))) => Cell::Int(i64::from(*yes)),
        (Kind::Integer { .. }, Some(number)) => Cell::Int(number.as_i64().unwrap_or(i64::MIN)),
        _ => Cell::Int(-1),
    }
}
