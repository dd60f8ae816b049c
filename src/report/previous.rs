//! The report of an earlier run, to say what became of it.

use std::collections::HashMap;

use serde::Deserialize;
use thiserror::Error;

use crate::finding::{Finding, Severity};

/// A finding of an earlier report.
#[derive(Clone, Debug, Deserialize)]
pub struct Reported {
    pub(super) fingerprint: String,
    pub(super) rule: String,
    pub(super) severity: Severity,
    pub(super) path: String,
    pub(super) message: String,
}

/// The findings of an earlier report.
#[derive(Clone, Debug)]
pub struct Previous(Vec<Reported>);

/// Why a text is no report.
#[derive(Debug, Error)]
pub enum PreviousError {
    /// It is not of the form that `--output json` has.
    #[error("it is no report that `--output json` wrote: {0}")]
    Form(#[from] serde_json::Error),
    /// It is of a later version.
    #[error("it is a report of version {0}, and this mirrorlint reads version 1")]
    Version(u64),
}

impl Previous {
    /// Reads what `--output json` wrote.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(json: &str) -> Result<Self, PreviousError> {
        #[derive(Deserialize)]
        struct Document {
            version: u64,
            findings: Vec<Reported>,
        }
        let document: Document = serde_json::from_str(json)?;
        match document.version {
            1 => Ok(Self(document.findings)),
            other => Err(PreviousError::Version(other)),
        }
    }

    /// What became of it in `findings`.
    pub(super) fn since(&self, findings: &[&Finding]) -> Since<'_> {
        let mut left: HashMap<&str, usize> = HashMap::new();
        for reported in &self.0 {
            *left.entry(&reported.fingerprint).or_default() += 1;
        }
        let mut take = |fingerprint: &str| match left.get_mut(fingerprint) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        };
        let is_new: Vec<bool> = findings
            .iter()
            .map(|finding| !take(&finding.fingerprint()))
            .collect();
        let fixed = self.0.iter().filter(|old| take(&old.fingerprint));
        Since {
            fixed: fixed.collect(),
            is_new,
        }
    }
}

/// What became of an earlier report.
pub(super) struct Since<'p> {
    /// Whether each finding is new.
    pub(super) is_new: Vec<bool>,
    /// What is no longer found.
    pub(super) fixed: Vec<&'p Reported>,
}

impl Since<'_> {
    /// How many findings are new, and how many were there before.
    pub(super) fn counts(&self) -> (usize, usize) {
        let new = self.is_new.iter().filter(|is_new| **is_new).count();
        (new, self.is_new.len() - new)
    }
}
