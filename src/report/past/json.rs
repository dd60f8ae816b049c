//! The JSON contract, version 1.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;

use super::{PastReport, seconds_to_repair};
use crate::finding::{Class, CommitInfo, Fate, PastCommit, PastFinding, Severity};
use crate::report::json::Tool;
use crate::report::json_text;

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    tool: Tool,
    range: &'r str,
    commits: usize,
    failed: usize,
    alarms: Vec<AlarmsEntry>,
    rules: Vec<RuleEntry<'r>>,
    past: Vec<PastEntry<'r>>,
}

#[derive(Serialize)]
struct AlarmsEntry {
    severity: Severity,
    commits: usize,
    per_hundred: f64,
}

#[derive(Serialize)]
struct RuleEntry<'r> {
    rule: &'r str,
    commits: usize,
    findings: usize,
    repaired: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    median_seconds_to_repair: Option<i64>,
}

#[derive(Serialize)]
struct PastEntry<'r> {
    #[serde(flatten)]
    commit: CommitEntry<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'r str>,
    findings: Vec<FindingEntry<'r>>,
}

#[derive(Serialize)]
struct CommitEntry<'r> {
    commit: &'r str,
    time: String,
    subject: &'r str,
}

#[derive(Serialize)]
struct FindingEntry<'r> {
    rule: &'r str,
    severity: Severity,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Class>,
    path: &'r str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'r str>,
    fingerprint: String,
    fate: FateEntry<'r>,
}

#[derive(Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
enum FateEntry<'r> {
    StillThere,
    Gone {
        #[serde(flatten)]
        commit: CommitEntry<'r>,
        seconds: i64,
    },
    Unknown,
}

pub(super) fn write(report: &PastReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rules = report.by_rule();
    let alarms = report.alarms().into_iter().map(|alarms| AlarmsEntry {
        severity: alarms.severity,
        commits: alarms.commits,
        per_hundred: (alarms.per_hundred * 100.0).round() / 100.0,
    });
    let document = Document {
        version: 1,
        tool: Tool::OWN,
        range: &report.range,
        commits: report.commits,
        failed: report.failed(),
        alarms: alarms.collect(),
        rules: rules
            .iter()
            .map(|row| RuleEntry {
                rule: row.rule,
                commits: row.commits,
                findings: row.findings,
                repaired: row.repaired(),
                median_seconds_to_repair: row.median(),
            })
            .collect(),
        past: report.past.iter().map(past_entry).collect(),
    };
    json_text::write(&document, out)
}

fn past_entry(past: &PastCommit) -> PastEntry<'_> {
    PastEntry {
        commit: commit_entry(&past.commit),
        failure: past.failure.as_deref(),
        findings: past
            .findings
            .iter()
            .map(|found| finding_entry(past, found))
            .collect(),
    }
}

fn commit_entry(commit: &CommitInfo) -> CommitEntry<'_> {
    let time = DateTime::from_timestamp(commit.time, 0).unwrap_or_default();
    CommitEntry {
        commit: &commit.id,
        time: time.to_rfc3339_opts(SecondsFormat::Secs, true),
        subject: &commit.subject,
    }
}

fn finding_entry<'r>(past: &PastCommit, found: &'r PastFinding) -> FindingEntry<'r> {
    let finding = &found.finding;
    FindingEntry {
        rule: &finding.rule,
        severity: finding.severity,
        class: finding.class,
        path: finding.place.path.as_str(),
        line: found.start.line,
        column: found.start.column,
        end_line: found.end.line,
        end_column: found.end.column,
        message: &finding.message,
        help: finding.help.as_deref(),
        fingerprint: finding.fingerprint(),
        fate: match &found.fate {
            Fate::StillThere => FateEntry::StillThere,
            Fate::Unknown => FateEntry::Unknown,
            Fate::Gone(commit) => FateEntry::Gone {
                commit: commit_entry(commit),
                seconds: seconds_to_repair(past, found).unwrap_or_default(),
            },
        },
    }
}
