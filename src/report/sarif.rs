//! SARIF 2.1.0, for GitHub code scanning and other viewers.
//!
//! Facts: the standard, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/>, by section
//! below; what GitHub reads of it is on
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

mod log;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::escape::one_line;
use super::{Occurrences, Report, RuleText, full_message, is_whole_file, json_text};
use crate::finding::{Class, Finding, Fix, LineIndexes, Place, Severity};
use crate::syntax::span::ColumnUnit;
use log::*;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The base that every path is relative to (3.4.4); GitHub takes this name for the checkout.
const ROOT: &str = "%SRCROOT%";

/// The key of our fingerprints (3.27.17): a name and the version of how they are made.
const FINGERPRINT: &str = "mirrorlint/v1";

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
        help_uri: rule.page.as_deref(),
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
