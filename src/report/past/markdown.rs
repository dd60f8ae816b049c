//! Markdown for a repository or an issue.

use std::io::{self, Write};

use super::PastReport;
use super::words::{self, COLUMNS};
use crate::report::markdown_text::{self, Within, code};

/// Letters of a message, a subject or a path.
const MAX_TEXT: usize = 500;

pub(super) fn write(report: &PastReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# What mirrorlint would have caught\n")?;
    writeln!(out, "Of {}.", text(&words::summary(report)))?;
    let rows = words::rows(report);
    if !rows.is_empty() {
        writeln!(
            out,
            "\n| {} |\n| --- | ---: | ---: | ---: | ---: |",
            COLUMNS.join(" | ")
        )?;
    }
    for row in rows {
        let cells = row.map(|cell| markdown_text::words(&cell, MAX_TEXT, Within::Cell));
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    for past in report.past {
        let commit = &past.commit;
        writeln!(
            out,
            "\n## {} {}: {}\n",
            words::day(commit.time),
            named(commit.short_id()),
            text(&commit.subject)
        )?;
        if let Some(why) = &past.failure {
            writeln!(out, "- could not be judged: {}", text(why))?;
        }
        for found in &past.findings {
            let finding = &found.finding;
            writeln!(
                out,
                "- **{}** {} at {}: {}; {}",
                finding.severity.as_str(),
                named(&finding.rule),
                named(&format!("{}:{}", finding.place.path, found.start.line)),
                text(&finding.message),
                text(&words::fate(past, found))
            )?;
        }
    }
    Ok(())
}

/// Text from a checkout, which stays text; never at the start of a line.
fn text(text: &str) -> String {
    markdown_text::words(text, MAX_TEXT, Within::Line)
}

fn named(name: &str) -> String {
    code(name, MAX_TEXT, Within::Line)
}
