//! The list compiler: one question about a register, in one form, becomes the SQL of its rows, count and facets.
//!
//! Every question carries a [`Scope`]: what the asker may not see is not listed, not counted and not offered.

use std::collections::HashMap;
use std::sync::Mutex;

use base::date::Date;
use base::id::Id;
use base::text::Piece;

use crate::describe::{Description, Kind};
use crate::find::{Reading, Row};
use crate::flat;
use crate::lifecycle::{ARCHIVED, ERASED, LAPSED};
use crate::permit::{Part, Scope};
use crate::say::{Failure, Refusal};
use crate::store::{Cell, Db, DbError};

/// Most rows of one page.
pub const MOST_ROWS: usize = 200;
/// Counts of a text search stop here (「1,000 以上」).
pub const COUNTED: u64 = 1_000;
/// Most values that are offered to filter by one field.
const MOST_VALUES: usize = 50;

/// Which way a list is sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// The register's usual order; newest first while searching.
    Usual,
    /// By this field, upwards.
    Up(String),
    /// By this field, downwards.
    Down(String),
    /// Newest record first.
    Newest,
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// At the beginning.
    Start,
    /// Behind this record.
    After(Id),
    /// Before this record: the page that ends just above it.
    Before(Id),
}

/// A question about a register: what an address says and a saved view holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Field → wanted values, any of them; `""` is "empty". `state` filters by the state as it reads today.
    pub filters: Vec<(String, Vec<String>)>,
    /// Words that must occur.
    pub text: String,
    /// The order.
    pub order: Order,
    /// Where the page begins.
    pub from: From,
    /// Rows a page.
    pub rows: usize,
}

impl Default for Query {
    fn default() -> Self {
        Self { filters: Vec::new(), text: String::new(), order: Order::Usual, from: From::Start, rows: 50 }
    }
}

/// A count that may have stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Exactly so many.
    Exactly(u64),
    /// So many or more.
    AtLeast(u64),
}

/// One page of a list.
#[derive(Debug)]
pub struct Page {
    /// Its rows.
    pub rows: Vec<Row>,
    /// How many rows the question has in all.
    pub count: Count,
    /// Whether rows come before this page.
    pub earlier: bool,
    /// Whether rows come after it.
    pub later: bool,
}

/// The values of one field, with their counts under the other filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The field, or `state`.
    pub field: String,
    /// Value as in [`Query::filters`] and its count, most frequent first.
    pub values: Vec<(String, u64)>,
}

/// Counts already made, by question; one is good until its register changes.
#[derive(Debug, Default)]
pub(crate) struct Counts(Mutex<HashMap<Counted, (u64, Values)>>);

/// A counting statement with its parameters.
type Counted = (String, Vec<Cell>);
/// Values with their counts.
type Values = Vec<(Cell, u64)>;

/// Most counts that are kept.
const KEPT: usize = 2_000;

impl Counts {
    fn get(&self, key: &Counted, version: u64) -> Option<Values> {
        let kept = self.0.lock().ok()?;
        kept.get(key).filter(|(at, _)| *at == version).map(|(_, counts)| counts.clone())
    }
    /// The first value of the counts last made, however long ago.
    fn lately_first(&self, key: &Counted) -> Option<Cell> {
        Some(self.0.lock().ok()?.get(key)?.1.first()?.0.clone())
    }
    fn put(&self, key: Counted, version: u64, counts: Values) {
        let Ok(mut kept) = self.0.lock() else { return };
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, (version, counts));
    }
}

/// A compiled condition: SQL text and its parameters, numbered in order.
#[derive(Debug, Clone, Default)]
struct Where {
    sql: String,
    cells: Vec<Cell>,
}

impl Where {
    fn mark(&mut self, cell: Cell) -> String {
        self.cells.push(cell);
        format!("?{}", self.cells.len())
    }
    fn and(&mut self, condition: &str) {
        if !self.sql.is_empty() {
            self.sql.push_str(" AND ");
        }
        self.sql.push_str(condition);
    }
    fn any(&mut self, conditions: &[String]) {
        match conditions {
            [] => self.and("1 = 0"),
            [one] => self.and(one),
            many => self.and(&format!("({})", many.join(" OR "))),
        }
    }
}

/// A page of the register's list.
///
/// # Errors
/// A refusal that names the filter or order that doesn't exist; the store's failure.
pub fn page(reading: &Reading<'_>, description: &Description, scope: &Scope, query: &Query) -> Result<Page, Failure> {
    let lister = Lister::of(reading, description, scope);
    let (mut condition, words) = lister.condition(query, None)?;
    let (column, down) = lister.order(query)?;
    let count = lister.count(&condition, words.as_deref())?;
    let rows = query.rows.clamp(1, MOST_ROWS);
    let (backwards, edge) = match query.from {
        From::Start => (false, None),
        From::After(id) => (false, Some(id)),
        From::Before(id) => (true, Some(id)),
    };
    if let Some(id) = edge {
        lister.beyond(&mut condition, column.as_deref(), down != backwards, id)?;
    }
    let way = if down == backwards { "ASC" } else { "DESC" };
    let order = column.as_ref().map_or_else(|| format!("a.n {way}"), |column| format!("a.{column} {way}, a.n {way}"));
    // Newest first while searching: walk the index of words from its end, and look at the flat row of what it finds.
    let (from, order) = match (&words, &column) {
        (Some(words), None) => (lister.walk(words), format!("s.rowid {way}")),
        (Some(words), Some(_)) => (lister.within(words), order),
        (None, _) => (lister.plain(), order),
    };
    let sql = format!("SELECT a.n FROM {from}{} ORDER BY {order} LIMIT {}", condition.sql, rows + 1);
    let mut found = Vec::new();
    reading.db().each::<DbError>(&sql, &condition.cells, |line| {
        found.push(line.int(0));
        Ok(())
    })?;
    let more = found.len() > rows;
    found.truncate(rows);
    if backwards {
        found.reverse();
    }
    let rows = reading.numbered(&found)?;
    let (earlier, later) = if backwards { (more, true) } else { (edge.is_some(), more) };
    Ok(Page { rows, count, earlier, later })
}

/// Hands every record of the question to `each`, in its order.
///
/// # Errors
/// As [`page`], or what `each` says.
pub fn each(
    reading: &Reading<'_>,
    description: &Description,
    scope: &Scope,
    query: &Query,
    each: &mut dyn FnMut(Row) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut query = Query { from: From::Start, rows: MOST_ROWS, ..query.clone() };
    loop {
        let page = self::page(reading, description, scope, &query)?;
        let last = page.rows.last().map(|row| row.id);
        page.rows.into_iter().try_for_each(&mut *each)?;
        match last.filter(|_| page.later) {
            Some(last) => query.from = From::After(last),
            None => return Ok(()),
        }
    }
}

/// How many records the question has.
///
/// # Errors
/// As [`page`].
pub fn count(reading: &Reading<'_>, description: &Description, scope: &Scope, query: &Query) -> Result<Count, Failure> {
    let lister = Lister::of(reading, description, scope);
    let (condition, words) = lister.condition(query, None)?;
    lister.count(&condition, words.as_deref())
}

/// What can be filtered by, with counts; each field under all other filters.
///
/// # Errors
/// As [`page`].
pub fn facets(
    reading: &Reading<'_>,
    description: &Description,
    scope: &Scope,
    query: &Query,
) -> Result<Vec<Facet>, Failure> {
    let lister = Lister::of(reading, description, scope);
    let description = lister.description;
    let mut fields: Vec<&str> = description.facets.iter().map(String::as_str).collect();
    if description.lifecycle.is_some() {
        fields.push("state");
    }
    // A field is counted without its own filter; all that have none share one condition, and one pass over the rows.
    let filtered = |field: &str| query.filters.iter().any(|(name, _)| name == field);
    let (own, shared): (Vec<&str>, Vec<&str>) = fields.iter().partition(|field| filtered(field));
    let mut counted: HashMap<&str, Values> = lister.tally(&shared, query, None)?.into_iter().collect();
    for field in own {
        counted.extend(lister.tally(&[field], query, Some(field))?);
    }
    let mut facets = Vec::new();
    for field in fields {
        let counts = counted.remove(field).unwrap_or_default();
        let kind = description.field(field).map(|field| &field.kind);
        let mut values = Vec::with_capacity(counts.len());
        for (cell, count) in counts {
            let value = match (cell, kind) {
                (Cell::Text(text), _) => text,
                (Cell::Int(0), Some(Kind::Link { .. } | Kind::Text { .. } | Kind::Long { .. } | Kind::Date)) => {
                    String::new()
                }
                (Cell::Int(n), Some(Kind::Link { .. })) => match reading.id_of(n)? {
                    Some(id) => id.to_string(),
                    None => continue,
                },
                (Cell::Int(value), Some(Kind::Bool)) => if value == 0 { "no" } else { "yes" }.to_owned(),
                (Cell::Int(_), Some(Kind::Text { .. } | Kind::Long { .. } | Kind::Date)) => "filled".to_owned(),
                (Cell::Int(value), _) => value.to_string(),
                _ => continue,
            };
            values.push((value, count));
        }
        facets.push(Facet { field: field.to_owned(), values });
    }
    Ok(facets)
}

struct Lister<'a> {
    reading: &'a Reading<'a>,
    description: &'a Description,
    scope: &'a Scope,
    today: Date,
}

impl<'a> Lister<'a> {
    /// What is listed is described as of this moment, as its table is: the asker may know an older description.
    fn of(reading: &'a Reading<'a>, description: &'a Description, scope: &'a Scope) -> Self {
        let now = reading.registers().description(&description.name);
        Self { reading, description: now.map_or(description, |now| now), scope, today: reading.today() }
    }

    fn table(&self) -> String {
        flat::table(&self.description.name)
    }

    fn db(&self) -> &Db {
        self.reading.db()
    }

    /// The state as it reads today, as an expression.
    fn state(&self, condition: &mut Where) -> String {
        let today = condition.mark(self.today.to_string().into());
        format!("CASE WHEN until < {today} THEN '{LAPSED}' ELSE state END")
    }

    /// `FROM` and the beginning of `WHERE`, without search.
    fn plain(&self) -> String {
        format!("{} a WHERE ", self.table())
    }

    /// The same, walking along the hits of a search in the order of making.
    fn walk(&self, words: &str) -> String {
        format!("search s {} {} a ON a.n = s.rowid WHERE {words} AND ", self.db().along(), self.table())
    }

    /// The same, for the hits of a search in any order.
    fn within(&self, words: &str) -> String {
        format!("{} a WHERE a.n IN (SELECT s.rowid FROM search s WHERE {words}) AND ", self.table())
    }

    /// Scope and filters, without the one on `but`; and the condition on the index of words, if there are any.
    fn condition(&self, query: &Query, but: Option<&str>) -> Result<(Where, Option<String>), Failure> {
        let mut condition = Where::default();
        let archived = query
            .filters
            .iter()
            .any(|(field, values)| field == "state" && values.iter().any(|v| v == ARCHIVED || v == ERASED));
        condition.and(if archived { "live = 0" } else { "live = 1" });
        self.scoped(&mut condition)?;
        for (name, values) in
            query.filters.iter().filter(|(name, values)| Some(name.as_str()) != but && !values.is_empty())
        {
            self.filter(&mut condition, name, values)?;
        }
        let pieces = pieces(&query.text);
        let register = Some(self.description.name.as_str());
        let mut mark = |cell| condition.mark(cell);
        let words = (!pieces.is_empty()).then(|| self.db().found(&pieces, register, &mut mark));
        Ok((condition, words))
    }

    fn scoped(&self, condition: &mut Where) -> Result<(), Failure> {
        if self.scope.is_everything() {
            return Ok(());
        }
        let allow = self.scope.allow.iter().map(|part| self.part(condition, part)).collect::<Result<Vec<_>, _>>()?;
        condition.any(&allow);
        for part in &self.scope.deny {
            let denied = self.part(condition, part)?;
            condition.and(&format!("NOT {denied}"));
        }
        Ok(())
    }

    fn part(&self, condition: &mut Where, part: &Part) -> Result<String, Failure> {
        let mut all = Vec::new();
        if let Some(units) = &part.units {
            let mut numbers = Vec::with_capacity(units.len());
            for unit in units {
                numbers.extend(self.reading.n_of(*unit)?.map(|n| n.to_string()));
            }
            all.push(match numbers.as_slice() {
                [] => "1 = 0".to_owned(),
                numbers => format!("unit IN ({})", numbers.join(", ")),
            });
        }
        if let Some(person) = part.own {
            // A person without a record owns nothing: row numbers begin with 1, and 0 is "nobody".
            let n = self.reading.n_of(person)?.unwrap_or(-1);
            all.push(format!("owner = {n}"));
        }
        if !part.states.is_empty() {
            all.push(self.in_states(condition, &part.states));
        }
        Ok(if all.is_empty() { "1 = 1".to_owned() } else { format!("({})", all.join(" AND ")) })
    }

    fn in_states(&self, condition: &mut Where, states: &[String]) -> String {
        let today = self.today.to_string();
        let mut any = Vec::new();
        for state in states {
            any.push(match state.as_str() {
                ARCHIVED => format!("(live = 0 AND state <> {})", condition.mark(ERASED.into())),
                ERASED => format!("state = {}", condition.mark(ERASED.into())),
                LAPSED => format!("(live = 1 AND until < {})", condition.mark(today.as_str().into())),
                state => {
                    let (state, today) = (condition.mark(state.into()), condition.mark(today.as_str().into()));
                    format!("(live = 1 AND state = {state} AND until >= {today})")
                }
            });
        }
        format!("({})", any.join(" OR "))
    }

    fn filter(&self, condition: &mut Where, name: &str, values: &[String]) -> Result<(), Failure> {
        if name == "state" {
            let any = self.in_states(condition, values);
            condition.and(&any);
            return Ok(());
        }
        let field = self.description.field(name).filter(|_| self.description.facets.iter().any(|facet| facet == name));
        let Some(field) = field else { return self.range(condition, name, values) };
        let mut cells = Vec::with_capacity(values.len());
        for value in values {
            cells.push(match (&field.kind, value.as_str()) {
                (_, text) if field.is_word() => Cell::from(text),
                (_, "") => Cell::Int(0),
                (Kind::Bool, value) => Cell::Int(i64::from(value == "yes")),
                (Kind::Link { .. }, id) => {
                    let id: Id = id.parse().map_err(|_| no_such(name))?;
                    Cell::Int(self.reading.n_of(id)?.unwrap_or(-1))
                }
                (Kind::Integer { .. }, number) => Cell::Int(number.parse().map_err(|_| no_such(name))?),
                _ => Cell::Int(1),
            });
        }
        let marks: Vec<_> = cells.into_iter().map(|cell| condition.mark(cell)).collect();
        match marks.as_slice() {
            [one] => condition.and(&format!("f_{name} = {one}")),
            many => condition.and(&format!("f_{name} IN ({})", many.join(", "))),
        }
        Ok(())
    }

    /// `due_on.from` and `due_on.to`, both days included; a day that is missing is in no range.
    fn range(&self, condition: &mut Where, name: &str, values: &[String]) -> Result<(), Failure> {
        let (field, end) = name.rsplit_once('.').ok_or_else(|| no_such(name))?;
        let dated = self.description.field(field).is_some_and(|field| field.kind == Kind::Date);
        if !dated || !flat::sorts(self.description).any(|sort| sort == field) {
            return Err(no_such(name));
        }
        let day = values.first().and_then(|text| base::calendar::read_date(text)).ok_or_else(|| {
            Refusal::at(
                name,
                "日付として読み取れません。令和8年4月1日 のように入力してください",
                "Not a date; write 2026-04-01",
            )
        })?;
        let mark = condition.mark(day.to_string().into());
        let how = match end {
            "from" => ">=",
            "to" => "<=",
            _ => return Err(no_such(name)),
        };
        condition.and(&format!("s_{field} {how} {mark} AND s_{field} <> ''"));
        Ok(())
    }

    /// Column and whether it runs downwards; no column is the order of making.
    fn order(&self, query: &Query) -> Result<(Option<String>, bool), Failure> {
        let known = |name: &str| flat::sorts(self.description).any(|sort| sort == name);
        match &query.order {
            Order::Newest => Ok((None, true)),
            Order::Usual if !query.text.trim().is_empty() => Ok((None, true)),
            Order::Usual => match self.description.sorts.first() {
                Some(first) => Ok((Some(format!("s_{}", first.trim_start_matches('-'))), first.starts_with('-'))),
                None => Ok((None, true)),
            },
            Order::Up(name) if known(name) => Ok((Some(format!("s_{name}")), false)),
            Order::Down(name) if known(name) => Ok((Some(format!("s_{name}")), true)),
            Order::Up(name) | Order::Down(name) => Err(no_such(name)),
        }
    }

    /// Keyset: only what lies beyond this record in the order.
    fn beyond(&self, condition: &mut Where, column: Option<&str>, down: bool, id: Id) -> Result<(), Failure> {
        // A record that may not be listed is no edge: its place in the order is not for the asker to learn.
        let edge = self.reading.any(id)?.filter(|row| self.scope.admits(&row.subject()));
        let Some(Row { n, .. }) = edge else { return Ok(()) };
        let how = if down { '<' } else { '>' };
        let Some(column) = column else {
            condition.and(&format!("a.n {how} {n}"));
            return Ok(());
        };
        let edge = self.db().first(&format!("SELECT {column} FROM {} WHERE n = ?1", self.table()), &[n.into()])?;
        if let Some(edge) = edge.and_then(|line| line.0.into_iter().next()) {
            let mark = condition.mark(edge);
            condition.and(&format!("(a.{column}, a.n) {how} ({mark}, {n})"));
        }
        Ok(())
    }

    /// Counts the answer; hits of a search only up to [`COUNTED`].
    fn count(&self, condition: &Where, words: Option<&str>) -> Result<Count, Failure> {
        let sql = match words {
            // Beside a facet the days are looked at in its rows: a range is seldom as narrow as the planner thinks.
            None if condition.sql.contains(" f_") => {
                format!("SELECT '', count(*) FROM {}{}", self.plain(), self.db().beside(&condition.sql))
            }
            None => format!("SELECT '', count(*) FROM {}{}", self.plain(), condition.sql),
            Some(words) => {
                format!(
                    "SELECT '', count(*) FROM (SELECT 1 FROM {}{} LIMIT {COUNTED}) AS hits",
                    self.walk(words),
                    condition.sql
                )
            }
        };
        let count = self.cached(&sql, &condition.cells)?.first().map_or(0, |first| first.1);
        Ok(if words.is_some() && count >= COUNTED { Count::AtLeast(COUNTED) } else { Count::Exactly(count) })
    }

    /// Counts the values of these fields under the question, without the filter on `but`; most frequent first.
    fn tally<'f>(
        &self,
        fields: &[&'f str],
        query: &Query,
        but: Option<&str>,
    ) -> Result<Vec<(&'f str, Values)>, Failure> {
        let (mut condition, words) = self.condition(query, but)?;
        if words.is_none() && condition.sql == "live = 1" && !fields.contains(&"state") {
            return fields.iter().map(|field| Ok((*field, self.stroll(field)?))).collect();
        }
        let columns: Vec<String> = fields
            .iter()
            .map(|field| if *field == "state" { self.state(&mut condition) } else { format!("f_{field}") })
            .collect();
        let from = words.map_or_else(|| self.plain(), |words| self.within(&words));
        let sql = format!("SELECT {} FROM {from}{}", columns.join(", "), condition.sql);
        let version = self.reading.version(&self.description.name)?;
        let memory = self.reading.store().counts();
        let key = |column: &String| (format!("{column}: {sql}"), condition.cells.clone());
        let known: Option<Vec<Values>> = columns.iter().map(|column| memory.get(&key(column), version)).collect();
        let all = match known {
            Some(known) => known,
            None if fields.is_empty() => Vec::new(),
            None => self.db().tally(&sql, &condition.cells, columns.len())?.into_iter().map(most_frequent).collect(),
        };
        for (column, values) in columns.iter().zip(&all) {
            memory.put(key(column), version, values.clone());
        }
        Ok(fields.iter().copied().zip(all).collect())
    }

    /// Counts the values of a field over all rows by leaping through its index from value to value. The value that was
    /// the most frequent last time need not be counted: it has what the others leave of all rows.
    fn stroll(&self, field: &str) -> Result<Values, Failure> {
        let (table, memory) = (self.table(), self.reading.store().counts());
        let version = self.reading.version(&self.description.name)?;
        let key = (format!("f_{field} of {table}"), Vec::new());
        if let Some(counts) = memory.get(&key, version) {
            return Ok(counts);
        }
        let sql = format!(
            "WITH RECURSIVE v (x) AS (SELECT min(f_{field}) FROM {table} WHERE live = 1
             UNION ALL SELECT (SELECT min(f_{field}) FROM {table} WHERE live = 1 AND f_{field} > x) FROM v WHERE x IS NOT NULL)
             SELECT x, CASE WHEN x IS DISTINCT FROM ?1 THEN (SELECT count(*) FROM {table} WHERE live = 1 AND f_{field} = x) END
             FROM v WHERE x IS NOT NULL"
        );
        let first = memory.lately_first(&key).unwrap_or(Cell::Null);
        let mut counts = self.counted(&sql, std::slice::from_ref(&first))?;
        if let Some(at) = counts.iter().position(|(value, _)| *value == first) {
            let others: u64 = counts.iter().map(|(_, count)| count).sum();
            let all = self.cached(&format!("SELECT '', count(*) FROM {}live = 1", self.plain()), &[])?;
            counts[at].1 = all.first().map_or(0, |all| all.1.saturating_sub(others));
        }
        let counts = most_frequent(counts);
        memory.put(key, version, counts.clone());
        Ok(counts)
    }

    /// The answer of a counting statement, from memory while the register has not changed.
    fn cached(&self, sql: &str, cells: &[Cell]) -> Result<Values, Failure> {
        let version = self.reading.version(&self.description.name)?;
        let key = (sql.to_owned(), cells.to_vec());
        if let Some(counts) = self.reading.store().counts().get(&key, version) {
            return Ok(counts);
        }
        let counts = self.counted(sql, cells)?;
        self.reading.store().counts().put(key, version, counts.clone());
        Ok(counts)
    }

    /// The answer of a counting statement: values with their counts, 0 where it says nothing.
    fn counted(&self, sql: &str, cells: &[Cell]) -> Result<Values, Failure> {
        let mut counts = Vec::new();
        self.db().each::<DbError>(sql, cells, |mut line| {
            let count = line.count(1);
            counts.push((std::mem::replace(&mut line.0[0], Cell::Null), count));
            Ok(())
        })?;
        Ok(counts)
    }
}

fn most_frequent(mut values: Values) -> Values {
    values.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    values.truncate(MOST_VALUES);
    values
}

fn no_such(name: &str) -> Failure {
    let shown: String = name.chars().take(60).collect();
    Refusal::at(
        name,
        format!("「{shown}」では絞り込みや並べ替えができません。一覧を開き直してください"),
        format!("Can't filter or sort by {shown}: open the list again"),
    )
    .into()
}

/// What a text asks of the index of words; nothing where there is no word.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    // Stored text has no control characters, and the index's own language ends at a NUL.
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    let mut pieces = base::text::query_pieces(&text);
    pieces.truncate(10);
    pieces
}
