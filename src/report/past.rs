//! What changes of the past brought and what became of it, to text. One module for each format.

mod html;
mod json;
mod markdown;
mod pretty;
mod words;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Style;
use crate::finding::{Fate, PastCommit, PastFinding, Severity};

/// The formats that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PastFormat {
    /// For people at a terminal.
    Pretty,
    /// The JSON contract, version 1.
    Json,
    /// A page for a repository or an issue.
    Markdown,
    /// A page for a browser.
    Html,
}

impl PastFormat {
    /// Every format, by the name that `--output` knows it by.
    pub const ALL: &[(&str, Self)] = &[
        ("pretty", Self::Pretty),
        ("json", Self::Json),
        ("markdown", Self::Markdown),
        ("html", Self::Html),
    ];
}

/// The judged commits of a range, ready to be written.
pub struct PastReport<'r> {
    /// What was asked for, in words.
    pub range: String,
    /// How many commits it has.
    pub commits: usize,
    /// Those that brought something or could not be judged, the oldest first.
    pub past: &'r [PastCommit],
    /// The lowest severity that is shown.
    pub shown_from: Severity,
}

impl PastReport<'_> {
    /// Writes the report to `out`.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&self, format: PastFormat, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match format {
            PastFormat::Pretty => pretty::write(self, style, out),
            PastFormat::Json => json::write(self, out),
            PastFormat::Markdown => markdown::write(self, out),
            PastFormat::Html => html::write(self, out),
        }
    }

    /// The commits that brought something.
    fn with_findings(&self) -> impl Iterator<Item = &PastCommit> {
        self.past.iter().filter(|past| past.failure.is_none())
    }

    /// How many commits could not be judged.
    fn failed(&self) -> usize {
        self.past.len() - self.with_findings().count()
    }

    /// For each severity that is shown and is an alarm, how many commits brought something as bad or
    /// worse.
    fn alarms(&self) -> Vec<Alarms> {
        let severities = [Severity::Error, Severity::Warning].into_iter();
        let shown = severities.filter(|severity| *severity >= self.shown_from);
        let judged = self.commits - self.failed();
        let alarms = shown.map(|severity| {
            let commits = self.with_findings().filter(|past| past.has(severity));
            let commits = commits.count();
            Alarms {
                severity,
                commits,
                per_hundred: 100.0 * commits as f64 / judged.max(1) as f64,
            }
        });
        alarms.collect()
    }

    /// What each rule found, by its id.
    fn by_rule(&self) -> Vec<OfRule<'_>> {
        let mut rules: BTreeMap<&str, OfRule<'_>> = BTreeMap::new();
        for past in self.with_findings() {
            let mut seen: Vec<&str> = Vec::new();
            for found in &past.findings {
                let rule = &*found.finding.rule;
                let row = rules.entry(rule).or_insert_with(|| OfRule::new(rule));
                row.findings += 1;
                if !seen.contains(&rule) {
                    seen.push(rule);
                    row.commits += 1;
                }
                row.times.extend(seconds_to_repair(past, found));
            }
        }
        let rows = rules.into_values().map(|mut row| {
            row.times.sort_unstable();
            row
        });
        rows.collect()
    }
}

/// How many commits would have raised an alarm.
struct Alarms {
    /// What they brought at least.
    severity: Severity,
    commits: usize,
    /// Of a hundred that were judged.
    per_hundred: f64,
}

/// What one rule found.
struct OfRule<'r> {
    rule: &'r str,
    commits: usize,
    findings: usize,
    /// How many seconds each finding that is gone was there, in order.
    times: Vec<i64>,
}

impl<'r> OfRule<'r> {
    fn new(rule: &'r str) -> Self {
        Self {
            rule,
            commits: 0,
            findings: 0,
            times: Vec::new(),
        }
    }

    /// How many findings are gone.
    fn repaired(&self) -> usize {
        self.times.len()
    }

    /// The median of the seconds that those were there; of two in the middle, the lower.
    fn median(&self) -> Option<i64> {
        self.times
            .get(self.times.len().saturating_sub(1) / 2)
            .copied()
    }
}

/// How many seconds a finding was there that is gone. Clocks may differ: never less than none.
fn seconds_to_repair(past: &PastCommit, found: &PastFinding) -> Option<i64> {
    match &found.fate {
        Fate::Gone(commit) => Some(commit.time.saturating_sub(past.commit.time).max(0)),
        Fate::StillThere | Fate::Unknown => None,
    }
}
