//! Markdown for a repository or an issue.

use std::io::{self, Write};

use super::PastReport;
use super::words::{self, COLUMNS};
use crate::report::escape::one_line;
use crate::report::markup;

pub(super) fn write(report: &PastReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# What mirrorlint would have caught\n")?;
    writeln!(out, "{}.", text(&words::summary(report)))?;
    let rows = words::rows(report);
    if !rows.is_empty() {
        writeln!(
            out,
            "\n| {} |\n| --- | ---: | ---: | ---: | ---: |",
            COLUMNS.join(" | ")
        )?;
    }
    for row in rows {
        writeln!(out, "| {} |", row.map(|cell| text(&cell)).join(" | "))?;
    }
    for past in report.past {
        let commit = &past.commit;
        writeln!(
            out,
            "\n## {} {}\n\n{}\n",
            words::day(commit.time),
            commit.short_id(),
            text(&commit.subject)
        )?;
        if let Some(why) = &past.failure {
            writeln!(out, "- could not be judged: {}", text(why))?;
        }
        for found in &past.findings {
            let finding = &found.finding;
            writeln!(
                out,
                "- **{}** {} at {}:{}: {}; {}",
                finding.severity.as_str(),
                text(&finding.rule),
                text(finding.place.path.as_str()),
                found.start.line,
                text(&finding.message),
                words::fate(past, found)
            )?;
        }
    }
    Ok(())
}

/// Text from a checkout, which stays text.
fn text(text: &str) -> String {
    markup::with_code(&one_line(text))
}
