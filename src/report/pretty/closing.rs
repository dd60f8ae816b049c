//! What stands below the findings.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::{Summary, plural};
use crate::finding::{Finding, Severity};

/// From so many findings on, the last lines count them by rule.
const MANY: usize = 20;

/// The last lines: what was found, and what to do next.
pub(super) fn closing(summary: &Summary, findings: &[Finding]) -> String {
    let mut counts = Vec::new();
    for (count, one) in [
        (summary.errors, "error"),
        (summary.warnings, "warning"),
        (summary.hints, "hint"),
    ] {
        if count > 0 {
            counts.push(plural(count, one));
        }
    }
    let mut text = if counts.is_empty() {
        format!("No findings in {}", plural(summary.files, "file"))
    } else {
        format!("{} in {}", counts.join(", "), plural(summary.files, "file"))
    };
    let mut asides = Vec::new();
    for (count, what) in [
        (summary.suppressed, "suppressed"),
        (summary.baselined, "in the baseline"),
        (summary.held_back, "held back, shown with `--all`"),
        (summary.fixed.unwrap_or(0), "fixed by this change"),
    ] {
        if count > 0 {
            asides.push(format!("{count} {what}"));
        }
    }
    if !asides.is_empty() {
        text = format!("{text} ({})", asides.join("; "));
    }
    text.push('.');
    let by_rule = by_rule(findings);
    if findings.len() >= MANY {
        text.push('\n');
        for (severity, rule, count) in &by_rule {
            let _ = write!(text, "\n{count:>6} {:<8} {rule}", severity.as_str());
        }
        text.push('\n');
    }
    if let Some((_, rule, _)) = by_rule.first() {
        let _ = write!(text, "\nMore on a rule: `mirrorlint explain {rule}`");
    }
    if findings.len() >= MANY {
        text.push_str("\nAll of it to filter and search: `--output html=FILE`");
        if summary.fixed.is_none() {
            text.push_str(
                "\nTo be told of what is new only: `--write-baseline`, or `--base REV` for one change",
            );
        }
    }
    text
}

/// How often each rule reports with each severity: the most severe first, then the most frequent.
fn by_rule(findings: &[Finding]) -> Vec<(Severity, &str, usize)> {
    let mut counts: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry((finding.severity, &finding.rule)).or_default() += 1;
    }
    let mut rules: Vec<_> = counts
        .into_iter()
        .map(|((severity, rule), count)| (severity, rule, count))
        .collect();
    rules.sort_by_key(|&(severity, rule, count)| (Reverse(severity), Reverse(count), rule));
    rules
}
