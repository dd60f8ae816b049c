//! SARIF 2.1.0, for GitHub code scanning and other viewers.
//!
//! Facts: the standard, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/>, by section
//! below; what GitHub reads of it is on
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::escape::one_line;
use super::{Occurrences, Report, RuleText, full_message, is_whole_file, json_text};
use crate::finding::{Class, Finding, Fix, LineIndexes, Place, Severity};
use crate::syntax::span::ColumnUnit;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The base that every path is relative to (3.4.4); GitHub takes this name for the checkout.
const ROOT: &str = "%SRCROOT%";

/// The key of our fingerprints (3.27.17): a name and the version of how they are made.
const FINGERPRINT: &str = "mirrorlint/v1";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool<'r>,
    invocations: [Invocation; 1],
    original_uri_base_ids: BTreeMap<&'static str, Base>,
    column_kind: &'static str,
    results: Vec<ResultEntry<'r>>,
}

#[derive(Serialize)]
struct Tool<'r> {
    driver: Driver<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'r> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
}

#[derive(Serialize)]
struct Base {
    description: Text<'static>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'r> {
    id: &'r str,
    short_description: Text<'r>,
    help: Help<'r>,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text<'r> {
    text: std::borrow::Cow<'r, str>,
}

/// Help has to be readable where Markdown is not shown, and Markdown is (3.12.3).
#[derive(Serialize)]
struct Help<'r> {
    text: &'r str,
    markdown: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultEntry<'r> {
    rule_id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text<'r>,
    locations: [Location<'r>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'r>>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<FixEntry<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

/// Columns count from 1 and `endColumn` lies just behind the region (3.30.8). Without columns, a
/// region is the whole line (3.30.2).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FixEntry<'r> {
    description: Text<'r>,
    artifact_changes: Vec<ArtifactChange<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'r> {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'r> {
    deleted_region: Region,
    inserted_content: Text<'r>,
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = LineIndexes::default();
    let mut seen = Occurrences::default();
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: report.rules.iter().map(descriptor).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: true,
            }],
            original_uri_base_ids: BTreeMap::from([(
                ROOT,
                Base {
                    description: text("the root of the checkout"),
                },
            )]),
            column_kind: "unicodeCodePoints",
            results: report
                .findings
                .iter()
                .map(|finding| result(report, &mut lines, &mut seen, finding))
                .collect(),
        }],
    };
    json_text::write(&log, out)
}

fn descriptor<'r>(rule: &'r RuleText) -> Descriptor<'r> {
    Descriptor {
        id: &rule.id,
        short_description: text(&rule.title),
        help: Help {
            text: &rule.help_markdown,
            markdown: &rule.help_markdown,
        },
        default_configuration: Configuration {
            level: level(rule.severity),
        },
    }
}

fn result<'r>(
    report: &Report<'r>,
    lines: &mut LineIndexes,
    seen: &mut Occurrences,
    finding: &'r Finding,
) -> ResultEntry<'r> {
    let fingerprint = finding.fingerprint();
    let nth = seen.count(&fingerprint);
    ResultEntry {
        rule_id: &finding.rule,
        rule_index: report.rules.iter().position(|rule| rule.id == finding.rule),
        level: level(finding.severity),
        message: Text {
            text: full_message(finding).into(),
        },
        locations: [Location {
            id: None,
            physical_location: physical(report, lines, &finding.place),
            message: None,
        }],
        related_locations: finding
            .related
            .iter()
            .enumerate()
            .map(|(at, related)| Location {
                id: Some(at + 1),
                physical_location: physical(report, lines, &related.place),
                message: Some(text(&related.message)),
            })
            .collect(),
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, format!("{fingerprint}:{nth}"))]),
        baseline_state: baseline_state(finding),
        fixes: finding
            .fix
            .iter()
            .map(|fix| fix_entry(report, lines, fix))
            .collect(),
    }
}

/// What the finding is to the base it was compared with (3.27.24); nothing without a base.
fn baseline_state(finding: &Finding) -> Option<&'static str> {
    Some(match finding.class? {
        Class::Introduced | Class::Conflict => "new",
        Class::PreExisting => "unchanged",
    })
}

fn fix_entry<'r>(report: &Report<'_>, lines: &mut LineIndexes, fix: &'r Fix) -> FixEntry<'r> {
    let mut changes: Vec<ArtifactChange<'r>> = Vec::new();
    for edit in &fix.edits {
        let replacement = Replacement {
            deleted_region: exact(report, lines, &edit.place),
            inserted_content: Text {
                text: edit.text.as_str().into(),
            },
        };
        let artifact_location = artifact(&edit.place);
        match changes
            .iter_mut()
            .find(|change| change.artifact_location.uri == artifact_location.uri)
        {
            Some(change) => change.replacements.push(replacement),
            None => changes.push(ArtifactChange {
                artifact_location,
                replacements: vec![replacement],
            }),
        }
    }
    FixEntry {
        description: text(&fix.title),
        artifact_changes: changes,
    }
}

fn physical(report: &Report<'_>, lines: &mut LineIndexes, place: &Place) -> PhysicalLocation {
    let region = if is_whole_file(place.span) {
        Region {
            start_line: 1,
            start_column: None,
            end_line: None,
            end_column: None,
        }
    } else {
        exact(report, lines, place)
    };
    PhysicalLocation {
        artifact_location: artifact(place),
        region,
    }
}

fn exact(report: &Report<'_>, lines: &mut LineIndexes, place: &Place) -> Region {
    let (start, end) = report.positions(lines, place, ColumnUnit::Scalars);
    Region {
        start_line: start.line,
        start_column: Some(start.column),
        end_line: Some(end.line),
        end_column: Some(end.column),
    }
}

fn artifact(place: &Place) -> ArtifactLocation {
    ArtifactLocation {
        uri: relative_uri(place.path.as_str()),
        uri_base_id: ROOT,
    }
}

/// `path` as a relative reference: all but the unreserved characters of RFC 3986 (2.3) and `/` is
/// percent-encoded, so that no segment looks like a scheme or a query.
fn relative_uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// The levels of 3.27.10.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

fn text(text: &str) -> Text<'_> {
    Text {
        text: one_line(text),
    }
}
