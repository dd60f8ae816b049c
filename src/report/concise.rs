//! One line a finding: `path:line:column: severity[rule] message`. Hooks, pipes and the logs of CI
//! systems show nothing else, so the help of each rule and the summary follow.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::escape::one_line;
use super::{Report, affected, closing};
use crate::finding::{Finding, LineIndexes};
use crate::syntax::span::ColumnUnit;

/// Where the findings of a rule have more to say than this, and in a survey where they say more than
/// one thing, the rule's page says what to do.
const MAX_HELPS: usize = 3;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = LineIndexes::default();
    for finding in report.findings {
        let (start, _) = report.positions(&mut lines, &finding.place, ColumnUnit::Scalars);
        writeln!(
            out,
            "{}:{}:{}: {}[{}] {}{}{}",
            one_line(finding.place.path.as_str()),
            start.line,
            start.column,
            finding.severity.as_str(),
            finding.rule,
            one_line(&finding.message),
            elsewhere(report, &mut lines, finding),
            finding
                .class
                .map_or_else(String::new, |class| format!(" ({})", class.as_str())),
        )?;
    }
    let sections = [
        helps(report, &mut lines),
        hits(report, &mut lines),
        report
            .statistics
            .as_ref()
            .map_or_else(Vec::new, closing::statistics),
        closing::table(report.findings),
    ];
    let mut is_first = report.findings.is_empty();
    for section in sections.iter().filter(|section| !section.is_empty()) {
        if !std::mem::take(&mut is_first) {
            writeln!(out)?;
        }
        for line in section {
            writeln!(out, "{line}")?;
        }
    }
    if !is_first {
        writeln!(out)?;
    }
    let compared_with = report.subject.compared_with;
    writeln!(out, "{}", closing::sentence(&report.summary, compared_with))?;
    for line in closing::next_steps(report) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Where else to look: the first of the places that belong to a finding.
fn elsewhere(report: &Report<'_>, lines: &mut LineIndexes, finding: &Finding) -> String {
    let Some(first) = finding.related.first() else {
        return String::new();
    };
    let (start, _) = report.positions(lines, &first.place, ColumnUnit::Scalars);
    let more = match finding.related_total {
        0 | 1 => String::new(),
        total => format!(" and {} more", total - 1),
    };
    let path = one_line(first.place.path.as_str());
    format!("; see {path}:{}{more}", start.line)
}

/// Whose files the findings break; of a survey nobody reads that here.
fn hits(report: &Report<'_>, lines: &mut LineIndexes) -> Vec<String> {
    if report.findings.len() >= closing::MANY {
        return Vec::new();
    }
    let hits = report.findings.iter().filter_map(|finding| {
        let hit = affected::line(&finding.affected)?;
        let (start, _) = report.positions(lines, &finding.place, ColumnUnit::Scalars);
        let path = one_line(finding.place.path.as_str());
        Some(format!("{path}:{}: {} {hit}", start.line, finding.rule))
    });
    hits.collect()
}

/// What to do about the findings, once for each rule and help.
fn helps(report: &Report<'_>, lines: &mut LineIndexes) -> Vec<String> {
    let mut by_rule: BTreeMap<&str, Vec<(&Finding, String)>> = BTreeMap::new();
    let is_survey = report.findings.len() >= closing::MANY;
    let most = if is_survey { 1 } else { MAX_HELPS };
    for finding in report.findings {
        let helps = by_rule.entry(&finding.rule).or_default();
        let Some(help) = &finding.help else { continue };
        let help: Vec<_> = help.lines().map(one_line).collect();
        let help = help.join("\n  ");
        if helps.len() <= most && helps.iter().all(|(_, known)| *known != help) {
            helps.push((finding, help));
        }
    }
    let mut said = Vec::new();
    for (id, helps) in by_rule {
        if helps.is_empty() || helps.len() > most {
            let rule = report.rules.iter().find(|rule| rule.id == id);
            let help = rule.and_then(|rule| rule.to_fix());
            said.extend(help.map(|help| format!("help[{id}]: {help}")));
        } else if let [(_, help)] = &*helps {
            said.push(format!("help[{id}]: {help}"));
        } else {
            for (finding, help) in helps {
                let (start, _) = report.positions(lines, &finding.place, ColumnUnit::Scalars);
                let path = one_line(finding.place.path.as_str());
                said.push(format!(
                    "help[{id}] at {path}:{}:{}: {help}",
                    start.line, start.column
                ));
            }
        }
    }
    said
}
