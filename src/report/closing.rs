//! What stands below the findings where a person reads them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Report, Statistics, Summary, plural};
use crate::finding::{Applicability, Finding, Severity};

/// From so many findings on, a report is a survey: alike ones share a place, and the last lines
/// count by rule.
pub(super) const MANY: usize = 20;

/// What was found: the last sentence of a report.
pub(super) fn sentence(summary: &Summary, compared_with: Option<&str>) -> String {
    let found = summary.counts();
    let found = found.unwrap_or_else(|| "No findings".to_owned());
    let held_back = compared_with.map_or_else(
        || "held back, of rules that report changes only; `--all` shows them".to_owned(),
        |base| format!("held back, already in {base}; `--all` shows them"),
    );
    let mut asides = Vec::new();
    for (count, what) in [
        (summary.suppressed, "suppressed"),
        (summary.baselined, "in the baseline"),
        (summary.fixed.unwrap_or(0), "fixed by this change"),
        (summary.held_back, &held_back),
    ] {
        if count > 0 {
            asides.push(format!("{count} {what}"));
        }
    }
    let asides = if asides.is_empty() {
        String::new()
    } else {
        format!(" ({})", asides.join("; "))
    };
    format!("{found} in {}{asides}.", plural(summary.files, "file"))
}

/// How often each rule reports, where there are many findings; a line each.
pub(super) fn table(findings: &[Finding]) -> Vec<String> {
    if findings.len() < MANY {
        return Vec::new();
    }
    let row = |(severity, rule, count): (Severity, &str, usize)| {
        format!("{count:>6} {:<8} {rule}", severity.as_str())
    };
    by_rule(findings).into_iter().map(row).collect()
}

/// What `--statistics` counts; a line each.
pub(super) fn statistics(statistics: &Statistics) -> Vec<String> {
    let rules = statistics.rules.iter();
    let mut lines: Vec<String> = rules
        .map(|(rule, count)| format!("{count:>7}  {rule}"))
        .collect();
    lines.push(String::new());
    lines.push(format!(
        "{:>7}  references to images, resolved by",
        statistics.references
    ));
    let resolved = statistics.resolved.iter();
    lines.extend(resolved.map(|(what, count)| format!("{count:>7}    {what}")));
    lines
}

/// What to do next; a line each.
pub(super) fn next_steps(report: &Report<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some((_, id, _)) = by_rule(report.findings).first() {
        let rule = report.rules.iter().find(|rule| rule.id == *id);
        let page = rule
            .and_then(|rule| rule.page.as_ref())
            .map_or_else(String::new, |page| format!(", or {page}"));
        lines.push(format!("More on a rule: `mirrorlint explain {id}`{page}"));
    }
    if report.offers.fixes {
        let fixes = report.findings.iter().filter_map(|f| f.fix.as_ref());
        let safe = fixes.filter(|fix| fix.applicability == Applicability::Safe);
        match safe.count() {
            0 => {}
            1 => lines.push("1 has a fix: `--diff` shows it, `--fix` applies it".to_owned()),
            count => lines.push(format!(
                "{count} have a fix: `--diff` shows them, `--fix` applies them"
            )),
        }
    }
    if report.findings.len() >= MANY {
        if report.offers.page {
            lines.push("All of it to filter and search: `--output html=FILE`".to_owned());
        }
        if report.subject.compared_with.is_none() {
            lines.push(
                "To be told of what is new only: `--write-baseline`, or `--base REV` for one change"
                    .to_owned(),
            );
        }
    }
    lines
}

/// How often each rule reports with each severity: the most severe first, then the most frequent.
pub(super) fn by_rule(findings: &[Finding]) -> Vec<(Severity, &str, usize)> {
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
