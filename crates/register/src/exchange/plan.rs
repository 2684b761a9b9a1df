//! The plan of an import: each step that it takes, as a line of JSON, kept beside the file. What was written, what is still
//! to be written, and how it is undone are all read from it.

use std::borrow::Cow;

use base::id::Id;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::blob::Incoming;
use crate::change::Op;
use crate::record::Body;
use crate::say::Failure;

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub(super) enum Step {
    Create { row: u32, id: Id, body: Body },
    Edit { row: u32, id: Id, base: u64, patch: Body, was: Body },
    Archive { row: u32, id: Id, base: u64 },
}

/// What a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A new record.
    Created,
    /// New values.
    Changed,
    /// Put away.
    Archived,
}

/// A row as it is shown before it is brought in.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its row in the file; 0 where the file doesn't have it.
    pub row: u32,
    /// What it does.
    pub what: What,
    /// What the record is called.
    pub title: String,
    /// The fields before.
    pub old: Body,
    /// The fields after.
    pub new: Body,
}

impl Step {
    pub(super) fn row(&self) -> u32 {
        match self {
            Step::Create { row, .. } | Step::Edit { row, .. } | Step::Archive { row, .. } => *row,
        }
    }

    /// The record, and its revision after this step.
    pub(super) fn leaves(&self) -> (Id, u64) {
        match self {
            Step::Create { id, .. } => (*id, 1),
            Step::Edit { id, base, .. } | Step::Archive { id, base, .. } => (*id, base + 1),
        }
    }

    pub(super) fn forth(self, register: &str) -> Op {
        let register = Cow::Owned(register.to_owned());
        match self {
            Step::Create { id, body, .. } => Op::Create { register, id, body },
            Step::Edit { id, base, patch, .. } => Op::Edit { register, id, base, patch },
            Step::Archive { id, base, .. } => Op::Archive { register, id, base },
        }
    }

    /// What takes it back.
    pub(super) fn back(self, register: &str) -> Op {
        let (id, base) = self.leaves();
        let register = Cow::Owned(register.to_owned());
        match self {
            Step::Create { .. } => Op::Archive { register, id, base },
            Step::Edit { was, .. } => Op::Edit { register, id, base, patch: was },
            Step::Archive { .. } => Op::Restore { register, id, base },
        }
    }

    /// Its line, and what of it is the same each time that the file is looked through: a new record's id is not.
    fn lines(&self) -> (String, String) {
        let line = serde_json::to_string(self).expect("a step is plain data");
        let same = match self {
            Step::Create { row, body, .. } => format!("{row} {}", Value::Object(body.clone())),
            _ => line.clone(),
        };
        (line, same)
    }
}

/// Takes steps in order: keeps their digest, and the plan itself where one is to be kept.
pub(super) struct Planner {
    hash: Sha256,
    keep: Option<Incoming>,
    pub(super) steps: u64,
}

impl Planner {
    pub(super) fn new(keep: Option<Incoming>) -> Self {
        Self { hash: Sha256::new(), keep, steps: 0 }
    }

    pub(super) fn take(&mut self, step: &Step) -> Result<(), Failure> {
        let (line, same) = step.lines();
        self.hash.update(same);
        self.steps += 1;
        match &mut self.keep {
            Some(keep) => keep.take(format!("{line}\n").as_bytes()),
            None => Ok(()),
        }
    }

    /// The digest of all steps.
    pub(super) fn digest(&self) -> String {
        crate::blob::hex(&self.hash.clone().finalize())
    }

    /// Keeps the plan; its SHA-256.
    pub(super) fn keep(self) -> Result<String, Failure> {
        let keep = self.keep.ok_or_else(|| Failure::Broken("this plan was not to be kept".into()))?;
        keep.keep().map(|(name, _)| name)
    }
}

/// The lines of a kept plan.
pub(super) fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect()
}

/// The step of a line.
pub(super) fn step(line: &[u8]) -> Result<Step, Failure> {
    serde_json::from_slice(line).map_err(|e| Failure::Broken(format!("a plan can't be read: {e}")))
}
