//! What the house says when it says no: to a person who can put it right, to one who may not, or to us.

use std::fmt;

use base::id::Id;

/// A message in both languages. It says what was found and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Say {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Say {
    /// A message from its two texts.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }
}

/// One thing that a person can put right, at its field where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Name of the field; `None` when it concerns the whole.
    pub field: Option<String>,
    /// What is wrong and what to do.
    pub say: Say,
    /// The record of the policy's clause that it follows from; `None` for what holds everywhere.
    pub clause: Option<Id>,
}

/// Something a person can put right, tied to fields (422). Shown again beside them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusal {
    /// Every problem found, in the order of the fields.
    pub problems: Vec<Problem>,
}

impl Refusal {
    /// A refusal at one field.
    pub fn at(field: &str, ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { problems: vec![Problem { field: Some(field.to_owned()), say: Say::new(ja, en), clause: None }] }
    }

    /// A refusal of the whole.
    pub fn whole(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { problems: vec![Problem { field: None, say: Say::new(ja, en), clause: None }] }
    }

    /// Adds the problems of `other`.
    pub fn and(&mut self, other: Refusal) {
        self.problems.extend(other.problems);
    }

    /// `Ok` when there is no problem.
    pub fn or_ok(self) -> Result<(), Refusal> {
        if self.problems.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            let gap = if i == 0 { "" } else { " / " };
            let field = problem.field.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
            write!(f, "{gap}{field}{} ({})", problem.say.ja, problem.say.en)?;
        }
        Ok(())
    }
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// A person can put it right (422).
    Refusal(Refusal),
    /// The rules say no (403).
    Refused,
    /// The record moved since it was read (409); its revision now.
    Moved {
        /// The record's revision now.
        now: u64,
    },
    /// There is no such record, or not for this person (404).
    Missing,
    /// The disk is full: nothing was written, reading goes on (507).
    Full,
    /// Too much work is waiting; try again with the same request id (503).
    Busy,
    /// The outcome is unknown, since the process is stopping; try again with the same request id (503).
    Unknown,
    /// The ledger is not the one that was signed, such as an older copy: nothing is written until an operator accepts it
    /// (503).
    Closed,
    /// Ours to mend (500): goes to the log, never to the person.
    Broken(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refusal(refusal) => refusal.fmt(f),
            Self::Refused => f.write_str("not permitted"),
            Self::Moved { now } => write!(f, "the record moved on to revision {now}"),
            Self::Missing => f.write_str("no such record"),
            Self::Full => f.write_str("the disk is full"),
            Self::Busy => f.write_str("too much work is waiting"),
            Self::Unknown => f.write_str("outcome unknown: retry with the same request id"),
            Self::Closed => f.write_str("closed: the ledger is not the one that was signed"),
            Self::Broken(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}
