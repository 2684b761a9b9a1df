//! Which edition of a document holds today.

use policy::Reading as Understood;
use register::Failure;
use register::find::{Reading, Row};

use super::bring_in::understood;
use super::records::Edition;

/// The edition of a document that holds today; a draft where none was adopted yet.
pub struct Current {
    /// Its record.
    pub row: Row,
    /// The edition.
    pub edition: Edition,
    /// What it says.
    pub understood: Understood,
    /// Whether it is only a draft.
    pub draft: bool,
}

/// Finds the edition in force: of all that were adopted and have begun to hold, the one that began last.
///
/// # Errors
/// The store's failure.
pub fn current(reading: &Reading<'_>, document: &Row) -> Result<Option<Current>, Failure> {
    let editions = reading.pointing::<Edition>(document, "document")?;
    let today = reading.today();
    let began = |(row, edition): &(Row, Edition)| {
        (row.state == "adopted").then_some(edition.effective_on).flatten().filter(|day| *day <= today)
    };
    let in_force = editions.iter().filter(|each| began(each).is_some()).max_by_key(|each| (began(each), each.0.seq));
    let chosen = in_force.or_else(|| editions.iter().rev().find(|(row, _)| row.state == "draft"));
    let Some((row, edition)) = chosen else { return Ok(None) };
    let understood = understood(reading, edition)?;
    Ok(Some(Current { row: row.clone(), edition: edition.clone(), understood, draft: row.state == "draft" }))
}
