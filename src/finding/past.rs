//! What changes of the past brought, and what became of it.

use super::{Finding, Severity};
use crate::syntax::span::Position;

/// A commit that was judged as the change that it made.
#[derive(Clone, Debug)]
pub struct PastCommit {
    /// Which one.
    pub commit: CommitInfo,
    /// What it brought.
    pub findings: Vec<PastFinding>,
    /// Why it could not be judged.
    pub failure: Option<String>,
}

impl PastCommit {
    /// Whether it brought something of at least this severity.
    #[must_use]
    pub fn has(&self, severity: Severity) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|past| past.finding.severity >= severity)
    }
}

/// A commit, as reports tell of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitInfo {
    /// Its id, in 40 digits.
    pub id: String,
    /// When it was committed, in seconds since the start of 1970 (UTC).
    pub time: i64,
    /// The first line of its message.
    pub subject: String,
}

impl CommitInfo {
    /// The first twelve digits of the id.
    #[must_use]
    pub fn short_id(&self) -> &str {
        self.id.get(..12).unwrap_or(&self.id)
    }
}

/// A finding that a commit brought.
#[derive(Clone, Debug)]
pub struct PastFinding {
    /// What was found, with places in the commit's tree.
    pub finding: Finding,
    /// Where its place starts, columns in characters.
    pub start: Position,
    /// Where that ends.
    pub end: Position,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The last commit of the range still has it.
    StillThere,
    /// It is not found any more since this commit.
    Gone(CommitInfo),
    /// Nobody can tell.
    Unknown,
}
