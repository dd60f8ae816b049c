//! For people at a terminal: a line a commit, its findings below, then the table by rule.

use std::io::{self, Write};

use super::PastReport;
use super::words::{self, COLUMNS};
use crate::finding::Severity;
use crate::report::Style;
use crate::report::escape::one_line;

pub(super) fn write(report: &PastReport<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = |code: &str, text: &str| match style.color {
        true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        false => text.to_owned(),
    };
    for past in report.past {
        let commit = &past.commit;
        writeln!(
            out,
            "{} {} {}",
            paint("33", commit.short_id()),
            words::day(commit.time),
            one_line(&commit.subject)
        )?;
        if let Some(why) = &past.failure {
            writeln!(out, "  could not be judged: {}", one_line(why))?;
        }
        for found in &past.findings {
            let finding = &found.finding;
            let severity = finding.severity.as_str();
            let color = match finding.severity {
                Severity::Error => "31",
                Severity::Warning => "33",
                Severity::Hint => "36",
            };
            writeln!(
                out,
                "  {}[{}] {}:{}:{}: {}\n    {}",
                paint(color, severity),
                finding.rule,
                one_line(finding.place.path.as_str()),
                found.start.line,
                found.start.column,
                one_line(&finding.message),
                words::fate(past, found)
            )?;
        }
        writeln!(out)?;
    }
    table(&words::rows(report), out)?;
    writeln!(out, "{}.", one_line(&words::summary(report)))
}

/// The rows in columns: the first to the left, the others to the right.
fn table(rows: &[[String; 5]], out: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let heads = COLUMNS.map(str::to_owned);
    let all = || std::iter::once(&heads).chain(rows);
    let widths: [usize; 5] = std::array::from_fn(|column| {
        let cells = all().map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    });
    for row in all() {
        write!(out, "{:<width$}", row[0], width = widths[0])?;
        for (cell, width) in row.iter().zip(widths).skip(1) {
            write!(out, "  {cell:>width$}")?;
        }
        writeln!(out)?;
    }
    writeln!(out)
}
