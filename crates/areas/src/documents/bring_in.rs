//! Import of a body's own policy: the text is read, frozen as a draft edition, and its clauses, terms and organs get records.

use std::collections::BTreeSet;

use base::date::Date;
use base::id::Id;
use base::text::fold;
use policy::{Reading as Understood, Section};
use register::change::{Change, Op, Request};
use register::find::{Reading, Row};
use register::permit::{Action, Actor, Subject, decide};
use register::writer::Writer;
use register::{Failure, Link, Record, Refusal, Store, blob, body_of};

use super::records::{Clause, Document, Edition, Term, Tier};
use crate::organisation::Organ;

/// What an import made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brought {
    /// The document.
    pub document: Id,
    /// Its new draft edition.
    pub edition: Id,
    /// Clauses that are new.
    pub clauses: usize,
    /// Terms that are new.
    pub terms: usize,
    /// Organs that are new.
    pub organs: usize,
}

/// Reads a document without keeping anything.
///
/// # Errors
/// A refusal with the line where the document can't be read as a policy.
pub fn look_at(bytes: &[u8]) -> Result<Understood, Refusal> {
    let (text, _) = base::text::decode(bytes).map_err(|at| {
        let line = bytes[..at].split(|byte| *byte == b'\n').count();
        Refusal::whole(
            format!("{line}行目：文字コードを読み取れません。UTF-8かShift_JISのテキストで保存し直してください"),
            format!("Line {line}: the text can't be read; save it as UTF-8 or Shift_JIS"),
        )
    })?;
    policy::read(&text).map_err(|unreadable| {
        let at =
            |words: &str, line: String| if unreadable.line == 0 { words.to_owned() } else { format!("{line}{words}") };
        Refusal::whole(
            at(&unreadable.ja, format!("{}行目：", unreadable.line)),
            at(&unreadable.en, format!("Line {}: ", unreadable.line)),
        )
    })
}

/// Brings a document in as a draft edition, in one change. Clauses that an earlier edition has keep their identity.
///
/// # Errors
/// A refusal that says what to put right; failures of the store.
pub fn bring_in(store: &Store, writer: &Writer, actor: &Actor, name: &str, bytes: &[u8]) -> Result<Brought, Failure> {
    let mut understood = look_at(bytes)?;
    if tier(&understood.title) == Tier::Procedure {
        return Err(Refusal::whole(
            "実施手順は非公開の文書です。取り込んだ文書は全員が読めるため、実施手順はまだ取り込めません",
            "Procedures are not public. Whatever is imported can be read by everybody here, so procedures can't be imported yet",
        )
        .into());
    }
    let description = store.registers().of::<Document>().clone();
    let permit = decide(actor, Action::Import, &Subject::register(Document::REGISTER.name), &description)?;
    let known = store.read_now(|reading| Known::of(reading, &understood.title))?;
    if let Some(newest) = &known.newest {
        policy::match_ids(&newest.sections, &mut understood.sections);
    }
    // Bytes are on disk before the records that name them.
    let reading_bytes = serde_json::to_vec(&understood).map_err(|e| Failure::Broken(e.to_string()))?;
    let (source_sha256, reading_sha256) = (writer.keep(bytes)?, writer.keep(&reading_bytes)?);
    let clock = store.clock();
    let (document, edition) = (known.document.as_ref().map_or_else(|| Id::new(clock), |row| row.id), Id::new(clock));
    let mut ops = Vec::new();
    if known.document.is_none() {
        let record =
            Document { name: understood.title.clone(), tier: tier(&understood.title), enacted_on: understood.enacted };
        ops.push(create(document, &record));
    }
    let amended = understood.revised.or(understood.enacted);
    let record = Edition {
        name: edition_name(amended, understood.revised.is_some()),
        document: Link::new(document),
        amended_on: amended,
        decided_on: None,
        effective_on: None,
        source: name.chars().filter(|c| !c.is_control()).take(200).collect(),
        source_sha256,
        reading_sha256,
        unsure: u32::try_from(understood.unsure.len()).unwrap_or(u32::MAX),
    };
    ops.push(create(edition, &record));
    let mut brought = Brought { document, edition, clauses: 0, terms: 0, organs: 0 };
    for (place, numbered) in (1..).zip(flat(&understood)) {
        if known.slugs.contains(&numbered.section.id) {
            continue;
        }
        let clause = Clause {
            document: Link::new(document),
            slug: numbered.section.id.clone(),
            number: numbered.number.chars().take(40).collect(),
            heading: heading(numbered.section),
            text: Some(numbered.section.text.chars().take(10_000).collect::<String>()).filter(|text| !text.is_empty()),
            place,
        };
        ops.push(create(Id::new(clock), &clause));
        brought.clauses += 1;
    }
    let mut names = known.terms;
    for definition in &understood.definitions {
        let term: String = definition.term.chars().take(80).collect();
        // A definition without a term is told as unsure, and its text stays in its clause.
        if term.is_empty() || !names.insert(fold(&term)) {
            continue;
        }
        let term = Term {
            term,
            text: definition.text.chars().take(4_000).collect(),
            document: Link::new(document),
            number: Some(definition.number.chars().take(20).collect()),
        };
        ops.push(create(Id::new(clock), &term));
        brought.terms += 1;
    }
    let mut names = known.organs;
    for organ in &understood.organs {
        let name: String = organ.chars().take(60).collect();
        if !names.insert(fold(&name)) {
            continue;
        }
        let organ =
            Organ { name, decided_on: None, effective_on: None, published_on: None, published_at: None, note: None };
        ops.push(create(Id::new(clock), &organ));
        brought.organs += 1;
    }
    writer.commit_now(Change { request: Request::new(), permit, ops, reason: None, side: Vec::new() })?;
    Ok(brought)
}

fn create<T: Record>(id: Id, record: &T) -> Op {
    Op::Create { register: T::REGISTER.name.into(), id, body: body_of(record) }
}

/// What the house knows of the document already.
struct Known {
    document: Option<Row>,
    newest: Option<Understood>,
    slugs: Vec<String>,
    /// Folded, as unique keys are.
    terms: BTreeSet<String>,
    organs: BTreeSet<String>,
}

impl Known {
    fn of(reading: &Reading<'_>, title: &str) -> Result<Self, Failure> {
        let organs = reading.values::<Organ>()?.into_iter().map(|(_, organ)| fold(&organ.name)).collect();
        let Some(document) = reading.by_key(Document::REGISTER.name, "name", title)? else {
            return Ok(Self { document: None, newest: None, slugs: Vec::new(), terms: BTreeSet::new(), organs });
        };
        let editions = reading.pointing::<Edition>(&document, "document")?;
        let newest = editions.last().map(|(_, edition)| understood(reading, edition)).transpose()?;
        let clauses = reading.pointing::<Clause>(&document, "document")?;
        let terms = reading.pointing::<Term>(&document, "document")?;
        Ok(Self {
            document: Some(document),
            newest,
            slugs: clauses.into_iter().map(|(_, clause)| clause.slug).collect(),
            terms: terms.into_iter().map(|(_, term)| fold(&term.term)).collect(),
            organs,
        })
    }
}

/// What was read from an edition's source, from its frozen bytes.
///
/// # Errors
/// When the bytes are gone or were changed.
pub fn understood(reading: &Reading<'_>, edition: &Edition) -> Result<Understood, Failure> {
    let bytes = blob::read(reading.store().folder(), &edition.reading_sha256)?;
    let bytes = bytes.ok_or_else(|| Failure::Broken(format!("the frozen bytes of 「{}」 are gone", edition.name)))?;
    serde_json::from_slice(&bytes)
        .map_err(|e| Failure::Broken(format!("the frozen bytes of 「{}」: {e}", edition.name)))
}

/// A section with its number as people say it: 6(3)ア.
pub struct Numbered<'a> {
    /// The section.
    pub section: &'a Section,
    /// The section at the top that it stands in.
    pub top: &'a Section,
    /// Its whole number.
    pub number: String,
}

/// All sections that are clauses, in order. What a definition says is a term, no clause.
pub fn flat(understood: &Understood) -> Vec<Numbered<'_>> {
    let mut all = Vec::new();
    for top in &understood.sections {
        let number = top.number.clone();
        all.push(Numbered { section: top, top, number: number.clone() });
        if !is_definitions(top) {
            below(top, top, &number, &mut all);
        }
    }
    all
}

fn below<'a>(top: &'a Section, section: &'a Section, number: &str, all: &mut Vec<Numbered<'a>>) {
    for child in &section.children {
        let number = format!("{number}{}", child.number);
        all.push(Numbered { section: child, top, number: number.clone() });
        below(top, child, &number, all);
    }
}

/// Whether a section defines terms.
fn is_definitions(section: &Section) -> bool {
    section.heading.contains("定義") || section.heading.contains("用語")
}

/// Whether a section says what the document is for or what its words mean, so that nothing in it can be met or broken.
pub fn is_preliminary(section: &Section) -> bool {
    is_definitions(section) || section.heading.trim() == "目的" || section.heading.contains("趣旨")
}

/// The heading of a section; where it has none, the beginning of its text.
pub fn heading(section: &Section) -> String {
    if !section.heading.is_empty() {
        return section.heading.chars().take(400).collect();
    }
    let short: String = section.text.chars().take(40).collect();
    if short.len() < section.text.len() { format!("{short}…") } else { short }
}

fn tier(title: &str) -> Tier {
    if title.contains("手順") {
        Tier::Procedure
    } else if title.contains("対策基準") {
        Tier::Standard
    } else {
        Tier::Basic
    }
}

fn edition_name(amended: Option<Date>, revised: bool) -> String {
    let what = if revised { "改正" } else { "制定" };
    amended.map_or_else(|| "日付のない版".to_owned(), |date| format!("{}{what}", base::calendar::wareki(date)))
}
