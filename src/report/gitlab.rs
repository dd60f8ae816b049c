//! GitLab code quality: a JSON array of Code Climate issues.
//!
//! Facts: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>. GitLab
//! compares reports by fingerprint, so one that occurs twice hides a finding.

use std::io::{self, Write};

use serde::Serialize;

use super::{Occurrences, Report, full_message, json_text};
use crate::finding::{LineIndexes, Severity};
use crate::syntax::span::ColumnUnit;

#[derive(Serialize)]
struct Issue<'r> {
    #[serde(rename = "type")]
    kind: &'static str,
    check_name: &'r str,
    description: String,
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: String,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    lines: LineRange,
}

#[derive(Serialize)]
struct LineRange {
    begin: usize,
    end: usize,
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = LineIndexes::default();
    let mut seen = Occurrences::default();
    let mut issues = Vec::with_capacity(report.findings.len());
    for finding in report.findings {
        let (start, end) = report.positions(&mut lines, &finding.place, ColumnUnit::Scalars);
        let fingerprint = finding.fingerprint();
        let nth = seen.count(&fingerprint);
        issues.push(Issue {
            kind: "issue",
            check_name: &finding.rule,
            description: full_message(finding),
            categories: ["Bug Risk"],
            severity: severity(finding.severity),
            fingerprint: format!("{fingerprint}-{nth}"),
            location: Location {
                path: finding.place.path.as_str(),
                lines: LineRange {
                    begin: start.line,
                    end: end.line,
                },
            },
        });
    }
    json_text::write(&issues, out)
}

/// Of `info`, `minor`, `major`, `critical` and `blocker`: an error breaks something today.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Hint => "info",
    }
}
