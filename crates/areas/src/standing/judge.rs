//! The standing of every clause today, computed from declarations and evidence; nothing is typed.

use std::collections::HashMap;

use base::date::Date;
use base::id::Id;
use policy::standing::{Declared, Evidence as Shown, Facts, Judged, Kind, Standing, Strength as Weight};
use register::find::{Reading, Row};
use register::lifecycle::LAPSED;
use register::{Failure, Record};

use super::records::{Declaration, DeclarationKind, Evidence, Strength};
use crate::documents::{self, Clause, Current, Document};
use crate::operations::Exception;

/// A clause with what is known of it.
pub struct Proven {
    /// Its record.
    pub row: Row,
    /// The clause.
    pub clause: Clause,
    /// Its standing today, and why.
    pub judged: Judged,
    /// The section at the top that it stands in, by its id.
    pub top: String,
    /// Whether it can be met or broken at all: it has no parts of its own, and is more than purpose or definition.
    pub counts: bool,
}

/// A document with the standing of its clauses.
pub struct Map {
    /// The document's record.
    pub document: Row,
    /// The edition that holds.
    pub current: Current,
    /// Its clauses in order.
    pub clauses: Vec<Proven>,
}

/// The map of every document that binds (not of procedures, which have no clauses of their own to prove).
///
/// # Errors
/// The store's failure.
pub fn maps(reading: &Reading<'_>) -> Result<Vec<Map>, Failure> {
    let facts = AllFacts::of(reading)?;
    let mut maps = Vec::new();
    for document in reading.all(Document::REGISTER.name)? {
        maps.extend(map(reading, document, &facts)?);
    }
    Ok(maps)
}

fn map(reading: &Reading<'_>, document: Row, facts: &AllFacts) -> Result<Option<Map>, Failure> {
    let Some(current) = documents::current(reading, &document)? else { return Ok(None) };
    let by_slug: HashMap<String, (Row, Clause)> = reading
        .pointing::<Clause>(&document, "document")?
        .into_iter()
        .map(|(row, clause)| (clause.slug.clone(), (row, clause)))
        .collect();
    let mut clauses = Vec::new();
    for numbered in documents::flat(&current.understood) {
        let Some((row, clause)) = by_slug.get(&numbered.section.id) else { continue };
        // Number and heading are those of the edition in force; the record keeps those it began with.
        let mut clause = clause.clone();
        clause.number = numbered.number;
        clause.heading = documents::heading(numbered.section);
        clause.text = Some(numbered.section.text.clone());
        clauses.push(Proven {
            judged: facts.judge(row.id, reading.today()),
            top: numbered.top.id.clone(),
            counts: numbered.section.children.is_empty() && !documents::is_preliminary(numbered.top),
            row: row.clone(),
            clause,
        });
    }
    Ok(Some(Map { document, current, clauses }))
}

/// Declarations and evidence of all clauses.
pub struct AllFacts {
    facts: HashMap<Id, Facts>,
}

impl AllFacts {
    /// Reads them all.
    ///
    /// # Errors
    /// The store's failure.
    pub fn of(reading: &Reading<'_>) -> Result<Self, Failure> {
        let mut facts: HashMap<Id, Facts> = HashMap::new();
        for (row, declaration) in reading.values::<Declaration>()? {
            if let Some(declared) = declared(&row, &declaration) {
                facts.entry(declaration.clause.id).or_default().declarations.push(declared);
            }
        }
        for (_, evidence) in reading.values::<Evidence>()? {
            facts.entry(evidence.clause.id).or_default().evidence.push(shown(&evidence));
        }
        for (row, exception) in reading.values::<Exception>()? {
            // Once it lapses, the period that was permitted still says when it held.
            if matches!(row.state.as_str(), "permitted" | LAPSED) {
                let (kind, from, until) = (Kind::Excepted, exception.from, exception.until);
                facts.entry(exception.clause.id).or_default().declarations.push(Declared { kind, from, until });
            }
        }
        Ok(Self { facts })
    }

    /// The standing of a clause on a day.
    pub fn judge(&self, clause: Id, day: Date) -> Judged {
        match self.facts.get(&clause) {
            Some(facts) => policy::standing::of(facts, day),
            None => policy::standing::of(&Facts::default(), day),
        }
    }
}

/// What a declaration counts for: nothing once it is withdrawn, and 適用外 only once a second person confirmed it.
fn declared(row: &Row, declaration: &Declaration) -> Option<Declared> {
    let kind = match (declaration.kind, row.state.as_str()) {
        (_, "withdrawn") | (DeclarationKind::NotApplicable, "declared") => return None,
        (DeclarationKind::NothingOccurred, _) => Kind::NothingOccurred,
        (DeclarationKind::Provided, _) => Kind::Provided,
        (DeclarationKind::NotApplicable, _) => Kind::NotApplicable,
    };
    Some(Declared { kind, from: declaration.from, until: declaration.until })
}

fn shown(evidence: &Evidence) -> Shown {
    Shown {
        done_on: evidence.done_on,
        received_on: evidence.received_on,
        fresh_until: evidence.fresh_until,
        strength: match evidence.strength {
            Strength::Recorded => Weight::Recorded,
            Strength::Declared => Weight::Declared,
        },
        cleared: true,
    }
}

/// The standing of a whole, from those of its parts: for the rows of the map.
pub(super) fn met(standings: &[Standing]) -> (usize, usize) {
    let counted = standings.iter().filter(|standing| **standing != Standing::NotApplicable);
    let met = standings.iter().filter(|standing| matches!(standing, Standing::Met | Standing::Provided));
    (met.count(), counted.count())
}
