//! Annotations for GitHub workflows, and the job summary beside them.
//!
//! Facts: workflow commands and their limits,
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>: ten
//! errors, ten warnings and ten notices are shown for a step, the rest is dropped without a word.
//! Escapes: actions/toolkit packages/core/src/command.ts. The runner also finds commands of the
//! older form `##[…]` anywhere in a line (actions/runner src/Runner.Common/ActionCommand.cs).

use std::io::{self, Write};

use super::escape::one_line;
use super::{Report, closing, full_message, markup, plural};
use crate::finding::{Finding, LineIndexes, Severity};
use crate::syntax::span::ColumnUnit;

/// Annotations of one severity that GitHub shows for a step.
const MAX_ANNOTATIONS: usize = 10;

/// Rows of the summary's table. GitHub refuses summaries above 1 MiB.
const MAX_ROWS: usize = 200;

/// Characters of a message in the summary's table; together with [`MAX_ROWS`] it stays far below
/// 1 MiB even where every character has to be escaped.
const MAX_CELL: usize = 500;

const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Hint];

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = LineIndexes::default();
    let all = report.findings.len();
    if all > 0 {
        writeln!(out, "::group::mirrorlint: {}", plural(all, "finding"))?;
        for finding in report.findings {
            let (start, _) = report.positions(&mut lines, &finding.place, ColumnUnit::Scalars);
            // The severity in front keeps a path from starting the line with `::`.
            let line = format!(
                "{}[{}] {}:{}:{}: {}",
                finding.severity.as_str(),
                finding.rule,
                one_line(finding.place.path.as_str()),
                start.line,
                start.column,
                one_line(&finding.message),
            );
            writeln!(out, "{}", without_old_commands(&line))?;
        }
        writeln!(out, "::endgroup::")?;
    }
    for line in report.statistics.iter().flat_map(closing::statistics) {
        writeln!(out, "{line}")?;
    }
    for severity in SEVERITIES {
        let of_it = || report.findings.iter().filter(|f| f.severity == severity);
        for finding in of_it().take(MAX_ANNOTATIONS) {
            writeln!(out, "{}", annotation(report, &mut lines, finding))?;
        }
        let count = of_it().count();
        if count > MAX_ANNOTATIONS {
            let what = plural(count, severity.as_str());
            writeln!(
                out,
                "mirrorlint: {MAX_ANNOTATIONS} of {what} annotated, which is what GitHub shows \
                 for a step; all stand in the group above"
            )?;
        }
    }
    Ok(())
}

fn annotation(report: &Report<'_>, lines: &mut LineIndexes, finding: &Finding) -> String {
    let (start, end) = report.positions(lines, &finding.place, ColumnUnit::Scalars);
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "notice",
    };
    let mut place = format!(
        "file={},line={},endLine={}",
        property(&one_line(finding.place.path.as_str())),
        start.line,
        end.line
    );
    // Columns count only where the annotation lies in one line.
    if start.line == end.line && end.column > start.column {
        place.push_str(&format!(",col={},endColumn={}", start.column, end.column));
    } else {
        place.push_str(&format!(",col={}", start.column));
    }
    let title = property(&format!("mirrorlint: {}", finding.rule));
    format!(
        "::{command} {place},title={title}::{}",
        data(&full_message(finding))
    )
}

/// The value of a workflow command, escaped as `escapeData` of actions/toolkit does.
fn data(text: &str) -> String {
    without_old_commands(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a workflow command, escaped as `escapeProperty` of actions/toolkit does.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn without_old_commands(text: &str) -> String {
    text.replace("##[", "##\\[")
}

/// Markdown for the file that `GITHUB_STEP_SUMMARY` names.
pub(super) fn write_summary(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = LineIndexes::default();
    let summary = &report.summary;
    writeln!(out, "### mirrorlint\n")?;
    writeln!(
        out,
        "{}, {}, {} in {}.",
        plural(summary.errors, "error"),
        plural(summary.warnings, "warning"),
        plural(summary.hints, "hint"),
        plural(summary.files, "file")
    )?;
    if report.findings.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n| severity | rule | place | |\n| --- | --- | --- | --- |"
    )?;
    for finding in report.findings.iter().take(MAX_ROWS) {
        let (start, _) = report.positions(&mut lines, &finding.place, ColumnUnit::Scalars);
        let place = format!("{}:{}", one_line(finding.place.path.as_str()), start.line);
        let cut: String = one_line(&finding.message).chars().take(MAX_CELL).collect();
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            finding.severity.as_str(),
            markup::escape(&finding.rule),
            markup::escape(&place),
            markup::with_code(&cut),
        )?;
    }
    if let Some(more) = report.findings.len().checked_sub(MAX_ROWS + 1) {
        writeln!(out, "\nand {}", plural(more + 1, "more finding"))?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn escapes_are_those_of_the_toolkit() {
        assert_eq!(data("50%\r\na:b,c%0A"), "50%25%0D%0Aa:b,c%250A");
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
        assert_eq!(data("x ##[error]y"), "x ##\\[error]y");
    }
}
