//! A page for a browser, in the style of the report on one checkout and without any script.

use std::io::{self, Write};

use super::PastReport;
use super::words::{self, COLUMNS};
use crate::finding::{PastCommit, PastFinding};
use crate::report::escape::one_line;
use crate::report::html::{STYLE, STYLE_HASH};
use crate::report::markup;

/// What the style of the other page says nothing of.
const TABLE_STYLE: &str = include_str!("table.css");

/// SHA-256 of [`TABLE_STYLE`]; tests/suite/past_formats.rs compares.
const TABLE_STYLE_HASH: &str = "sha256-CqCSdhuZiv8hYbFdcu6go0RaEUFpFB52T/sXfw9Ygkw=";

pub(super) fn write(report: &PastReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src '{STYLE_HASH}' '{TABLE_STYLE_HASH}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>mirrorlint: what it would have caught</title>\n\
         <style>{STYLE}</style>\n<style>{TABLE_STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>What mirrorlint would have caught</h1>\n<p>{}.</p>\n</header>\n",
        text(&words::summary(report))
    )?;
    let rows = words::rows(report);
    if !rows.is_empty() {
        writeln!(out, "<table>\n<tr>{}</tr>", cells("th", &COLUMNS))?;
        for row in rows {
            writeln!(out, "<tr>{}</tr>", cells("td", &row))?;
        }
        writeln!(out, "</table>")?;
    }
    writeln!(out, "<main>")?;
    for past in report.past {
        let commit = &past.commit;
        writeln!(
            out,
            "<h2>{}</h2>\n<p class=\"place\"><span>{}</span> {}</p>",
            text(&commit.subject),
            commit.short_id(),
            words::day(commit.time)
        )?;
        if let Some(why) = &past.failure {
            writeln!(out, "<p>It could not be judged: {}</p>", text(why))?;
        }
        for found in &past.findings {
            article(past, found, out)?;
        }
    }
    writeln!(out, "</main>\n</body>\n</html>")
}

fn article(past: &PastCommit, found: &PastFinding, out: &mut dyn Write) -> io::Result<()> {
    let finding = &found.finding;
    let severity = finding.severity.as_str();
    writeln!(
        out,
        "<article class=\"{severity}\">\n<h2>{}</h2>\n<p class=\"place\"><strong>{severity}</strong> \
         {} <span>{}:{}:{}</span></p>",
        text(&finding.message),
        text(&finding.rule),
        text(finding.place.path.as_str()),
        found.start.line,
        found.start.column
    )?;
    let help: Vec<String> = finding
        .help
        .iter()
        .flat_map(|help| help.lines())
        .map(text)
        .collect();
    if !help.is_empty() {
        writeln!(out, "<p class=\"help\">{}</p>", help.join("\n"))?;
    }
    writeln!(out, "<p>{}</p>\n</article>", words::fate(past, found))
}

fn cells(element: &str, cells: &[impl AsRef<str>]) -> String {
    let cells = cells.iter().map(|cell| {
        let cell = text(cell.as_ref());
        format!("<{element}>{cell}</{element}>")
    });
    cells.collect()
}

/// Text from a checkout, which stays text.
fn text(text: &str) -> String {
    markup::with_code(&one_line(text))
}
