//! reviewdog's diagnostic format, with fixes as suggestions.
//!
//! Facts: <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>: columns count bytes of
//! UTF-8 from 1, the end of a range lies just behind it.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::escape::one_line;
use super::{Report, full_message, is_whole_file, json_text};
use crate::finding::{Finding, LineIndexes, Place, Severity};
use crate::syntax::span::ColumnUnit;

#[derive(Serialize)]
struct DiagnosticResult<'r> {
    source: Source,
    severity: &'static str,
    diagnostics: Vec<Diagnostic<'r>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'r> {
    message: String,
    location: Location<'r>,
    severity: &'static str,
    code: Code<'r>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<RelatedLocation<'r>>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct RelatedLocation<'r> {
    message: Cow<'r, str>,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Suggestion<'r> {
    range: Range,
    text: &'r str,
}

#[derive(Serialize)]
struct Code<'r> {
    value: &'r str,
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = LineIndexes::default();
    let worst = report.findings.iter().map(|finding| finding.severity).max();
    let result = DiagnosticResult {
        source: Source {
            name: env!("CARGO_PKG_NAME"),
        },
        severity: worst.map_or("INFO", severity),
        diagnostics: report
            .findings
            .iter()
            .map(|finding| diagnostic(report, &mut lines, finding))
            .collect(),
    };
    json_text::write(&result, out)
}

fn diagnostic<'r>(
    report: &Report<'r>,
    lines: &mut LineIndexes,
    finding: &'r Finding,
) -> Diagnostic<'r> {
    // A suggestion names no file: it belongs to the diagnostic's own.
    let edits = finding
        .fix
        .iter()
        .map(|fix| &fix.edits)
        .filter(|edits| {
            edits
                .iter()
                .all(|edit| edit.place.path == finding.place.path)
        })
        .flatten();
    Diagnostic {
        message: full_message(finding),
        location: location(report, lines, &finding.place),
        severity: severity(finding.severity),
        code: Code {
            value: &finding.rule,
        },
        suggestions: edits
            .map(|edit| Suggestion {
                range: range(report, lines, &edit.place),
                text: &edit.text,
            })
            .collect(),
        related_locations: finding
            .related
            .iter()
            .map(|related| RelatedLocation {
                message: one_line(&related.message),
                location: location(report, lines, &related.place),
            })
            .collect(),
    }
}

fn location<'r>(report: &Report<'_>, lines: &mut LineIndexes, place: &'r Place) -> Location<'r> {
    Location {
        path: place.path.as_str(),
        range: (!is_whole_file(place.span)).then(|| range(report, lines, place)),
    }
}

fn range(report: &Report<'_>, lines: &mut LineIndexes, place: &Place) -> Range {
    let (start, end) = report.positions(lines, place, ColumnUnit::Utf8);
    Range {
        start: Position {
            line: start.line,
            column: start.column,
        },
        end: Position {
            line: end.line,
            column: end.column,
        },
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Hint => "INFO",
    }
}
