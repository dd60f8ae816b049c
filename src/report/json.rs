//! The JSON contract, version 1.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{Online, Report, json_text};
use crate::finding::{AffectedFile, Applicability, Class, Finding, LineIndexes, Place, Severity};
use crate::syntax::span::ColumnUnit;

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    tool: Tool,
    summary: Summary<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<&'r BTreeMap<String, usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    images: Option<ImageCounts<'r>>,
    findings: Vec<Entry<'r>>,
}

#[derive(Serialize)]
struct ImageCounts<'r> {
    references: usize,
    resolved: &'r BTreeMap<&'static str, usize>,
}

/// What wrote the document.
#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    pub(super) const OWN: Self = Self {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
    };
}

#[derive(Serialize)]
struct Summary<'r> {
    files: usize,
    errors: usize,
    warnings: usize,
    hints: usize,
    suppressed: usize,
    baselined: usize,
    held_back: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    online: Option<&'r Online>,
}

#[derive(Serialize)]
struct Entry<'r> {
    rule: &'r str,
    severity: Severity,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Class>,
    #[serde(flatten)]
    region: Region<'r>,
    byte_start: u32,
    byte_end: u32,
    message: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'r str>,
    fingerprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    caused_by: Option<CauseEntry<'r>>,
    related: Vec<RelatedEntry<'r>>,
    related_total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    affected: Option<Vec<AffectedEntry<'r>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    affected_total: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixEntry<'r>>,
}

#[derive(Serialize)]
struct Region<'r> {
    path: &'r str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct CauseEntry<'r> {
    rule: &'r str,
    #[serde(flatten)]
    region: Region<'r>,
}

#[derive(Serialize)]
struct RelatedEntry<'r> {
    #[serde(flatten)]
    region: Region<'r>,
    message: &'r str,
}

#[derive(Serialize)]
struct AffectedEntry<'r> {
    path: &'r str,
    owners: &'r [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    owners_file: Option<&'r str>,
}

#[derive(Serialize)]
struct FixEntry<'r> {
    applicability: Applicability,
    title: &'r str,
    edits: Vec<EditEntry<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    renames: Vec<RenameEntry<'r>>,
}

#[derive(Serialize)]
struct RenameEntry<'r> {
    from: &'r str,
    to: &'r str,
}

#[derive(Serialize)]
struct EditEntry<'r> {
    path: &'r str,
    byte_start: u32,
    byte_end: u32,
    text: &'r str,
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = LineIndexes::default();
    let summary = &report.summary;
    let document = Document {
        version: 1,
        tool: Tool::OWN,
        summary: Summary {
            files: summary.files,
            errors: summary.errors,
            warnings: summary.warnings,
            hints: summary.hints,
            suppressed: summary.suppressed,
            baselined: summary.baselined,
            held_back: summary.held_back,
            fixed: summary.fixed,
            online: report.online.as_ref(),
        },
        statistics: report.statistics.as_ref().map(|counts| &counts.rules),
        images: report.statistics.as_ref().map(|statistics| ImageCounts {
            references: statistics.references,
            resolved: &statistics.resolved,
        }),
        findings: report
            .findings
            .iter()
            .map(|finding| entry(report, &mut lines, finding))
            .collect(),
    };
    json_text::write(&document, out)
}

fn entry<'r>(report: &Report<'r>, lines: &mut LineIndexes, finding: &'r Finding) -> Entry<'r> {
    let affected = &finding.affected;
    let is_hitting = affected.total > 0;
    Entry {
        rule: &finding.rule,
        severity: finding.severity,
        class: finding.class,
        region: region(report, lines, &finding.place),
        byte_start: finding.place.span.start,
        byte_end: finding.place.span.end,
        message: &finding.message,
        help: finding.help.as_deref(),
        fingerprint: finding.fingerprint(),
        caused_by: finding.caused_by.as_ref().map(|cause| CauseEntry {
            rule: &cause.rule,
            region: region(report, lines, &cause.place),
        }),
        related: finding
            .related
            .iter()
            .map(|related| RelatedEntry {
                region: region(report, lines, &related.place),
                message: &related.message,
            })
            .collect(),
        related_total: finding.related_total,
        affected: is_hitting.then(|| affected.files.iter().map(affected_entry).collect()),
        affected_total: is_hitting.then_some(affected.total),
        fix: finding.fix.as_ref().map(|fix| FixEntry {
            applicability: fix.applicability,
            title: &fix.title,
            edits: fix
                .edits
                .iter()
                .map(|edit| EditEntry {
                    path: edit.place.path.as_str(),
                    byte_start: edit.place.span.start,
                    byte_end: edit.place.span.end,
                    text: &edit.text,
                })
                .collect(),
            renames: fix
                .renames
                .iter()
                .map(|rename| RenameEntry {
                    from: rename.from.as_str(),
                    to: rename.to.as_str(),
                })
                .collect(),
        }),
    }
}

fn affected_entry(file: &AffectedFile) -> AffectedEntry<'_> {
    let owners = file.owners.as_deref();
    AffectedEntry {
        path: file.path.as_str(),
        owners: owners.map_or(&[], |owners| &*owners.people),
        owners_file: owners.map(|owners| owners.file.as_str()),
    }
}

fn region<'r>(report: &Report<'_>, lines: &mut LineIndexes, place: &'r Place) -> Region<'r> {
    let (start, end) = report.positions(lines, place, ColumnUnit::Scalars);
    Region {
        path: place.path.as_str(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}
