//! JUnit XML, as Prow's Spyglass and other CI systems show it.
//!
//! Facts: Spyglass' JUnit lens (kubernetes-sigs/prow, pkg/spyglass/lenses/junit) lists each test
//! case by its name and folds the failure's text below it; cases of one name are taken for runs of
//! one test, so names are unique, and the same from run to run: no line numbers. `junit*.xml` under `$ARTIFACTS` is what it reads.

use std::collections::BTreeMap;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Suites, TestCase, TestCaseStatus, TestSuite};

use super::escape::one_line;
use super::{Occurrences, Report, full_message};
use crate::finding::{Finding, LineIndexes};
use crate::syntax::span::ColumnUnit;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = LineIndexes::default();
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for rule in report.rules {
        by_rule.entry(&rule.id).or_default();
    }
    for finding in report.findings {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    let mut suites = Suites::new(env!("CARGO_PKG_NAME"));
    for (id, findings) in by_rule {
        let mut suite = TestSuite::new(id);
        let mut seen = Occurrences::default();
        if findings.is_empty() {
            suite.add_test_case(passed(report, id));
        }
        for finding in findings {
            suite.add_test_case(case(report, &mut lines, &mut seen, finding));
        }
        suites.add_test_suite(suite);
    }
    // Written by ourselves: quick-junit hides the reason, and a closed pipe is no failure.
    let text = suites.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

/// The case of a rule that found nothing.
fn passed(report: &Report<'_>, id: &str) -> TestCase {
    let rule = report.rules.iter().find(|rule| rule.id == id);
    let title = rule.map_or(id, |rule| &rule.title);
    let mut case = TestCase::new(&*one_line(title), TestCaseStatus::success());
    case.set_classname(id);
    case
}

/// The case of a finding: it fails where the run fails for it, and passes with output otherwise.
fn case(
    report: &Report<'_>,
    lines: &mut LineIndexes,
    seen: &mut Occurrences,
    finding: &Finding,
) -> TestCase {
    let at = |lines: &mut LineIndexes, place| {
        let (start, _) = report.positions(lines, place, ColumnUnit::Scalars);
        let path = one_line(place.path.as_str());
        format!("{path}:{}:{}", start.line, start.column)
    };
    let message = one_line(&finding.message);
    let mut name = format!("{}: {message}", one_line(finding.place.path.as_str()));
    let nth = seen.count(&name);
    if nth > 1 {
        name = format!("{name} ({nth})");
    }
    let place = at(lines, &finding.place);
    let severity = finding.severity.as_str();
    let mut description = format!("{place}: {severity}: {}", full_message(finding));
    for related in &finding.related {
        let place = at(lines, &related.place);
        description.push_str(&format!("\n{place}: {}", one_line(&related.message)));
    }
    let fails = report
        .fails_from
        .is_some_and(|from| finding.severity >= from);
    let mut case = if fails {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status
            .set_message(&*message)
            .set_type(severity)
            .set_description(description);
        TestCase::new(name, status)
    } else {
        let mut case = TestCase::new(name, TestCaseStatus::success());
        case.set_system_out(description);
        case
    };
    case.set_classname(finding.rule.as_str());
    case
}
