//! One page for a browser, with everything in it.
//!
//! The page is complete without its script, which only hides what a filter leaves out. Its policy
//! (<https://www.w3.org/TR/CSP3/>) lets nothing load and nothing run but the style and the script
//! whose hashes it names, so that text from a checkout could not run even if an escape failed.

mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::escape::one_line;
use super::window::Window;
use super::{Report, closing, is_whole_file, markup, plural};
use crate::finding::{Finding, LineIndexes, Place, Severity};
use crate::syntax::span::{ColumnUnit, Span};

pub(super) const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// SHA-256 of [`STYLE`] and [`SCRIPT`]; tests/suite/formats.rs compares.
pub(super) const STYLE_HASH: &str = "sha256-CsvTq4BRarY2Rh4ztt+WNoA7zXfS81+ilz4q/LPnSME=";
const SCRIPT_HASH: &str = "sha256-dkhAh7BNXBRY0ofCNHefI/pHZV+aLwwPyTpF3p8dQiE=";

/// Columns of an excerpt's line; more is cut.
const EXCERPT_WIDTH: usize = 160;

/// Lines shown above and below the one that a finding points at.
const CONTEXT: usize = 2;

/// Related places listed with a finding; more are counted.
const MAX_RELATED: usize = 20;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src '{STYLE_HASH}'; script-src '{SCRIPT_HASH}'; base-uri 'none'; \
         form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>mirrorlint: {0}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>mirrorlint</h1>\n<p>{1}{2}</p>\n</header>",
        plural(report.findings.len(), "finding"),
        markup::with_code(&closing::sentence(
            &report.summary,
            report.subject.compared_with
        )),
        subject(report),
    )?;
    filters(report, out)?;
    rules::summary(report, out)?;
    if let Some(statistics) = &report.statistics {
        let lines = closing::statistics(statistics);
        let lines = markup::escape(&lines.join("\n"));
        writeln!(
            out,
            "<details><summary>Statistics</summary><pre>{lines}</pre></details>"
        )?;
    }
    writeln!(out, "<main>")?;
    let mut lines = LineIndexes::default();
    for finding in report.findings {
        article(report, &mut lines, finding, out)?;
    }
    writeln!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>")
}

/// What was linted.
fn subject(report: &Report<'_>) -> String {
    match one_line(&report.subject.tree) {
        tree if tree.is_empty() => String::new(),
        tree => format!("\nLinted: {}.", markup::escape(&tree)),
    }
}

fn filters(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    let mut folders: BTreeSet<&str> = BTreeSet::new();
    for finding in report.findings {
        *rules.entry(&finding.rule).or_default() += 1;
        let path = finding.place.path.as_str();
        folders.extend(path.match_indices('/').map(|(at, _)| &path[..at]));
    }
    writeln!(
        out,
        "<details id=\"controls\" hidden><summary>Filters: <output id=\"shown\" \
         aria-live=\"polite\"></output></summary>\n<form id=\"filters\" role=\"search\">\n\
         <label>Text <input id=\"text\" type=\"search\" autocomplete=\"off\" \
         aria-keyshortcuts=\"/\"></label>\n\
         <label>Rule <select id=\"rule\"><option value=\"\">all</option>"
    )?;
    for (rule, count) in rules {
        let rule = markup::escape(rule);
        writeln!(out, "<option value=\"{rule}\">{rule} ({count})</option>")?;
    }
    writeln!(
        out,
        "</select></label>\n<label>Severity <select id=\"severity\"><option value=\"\">all</option>"
    )?;
    for severity in [Severity::Error, Severity::Warning, Severity::Hint] {
        writeln!(out, "<option>{}</option>", severity.as_str())?;
    }
    writeln!(
        out,
        "</select></label>\n<label>Folder <input id=\"folder\" list=\"folders\" \
         autocomplete=\"off\"></label>\n<datalist id=\"folders\">"
    )?;
    for folder in folders {
        let folder = markup::escape(&one_line(folder));
        writeln!(out, "<option value=\"{folder}\"></option>")?;
    }
    writeln!(
        out,
        "</datalist>\n<p class=\"keys\"><kbd>/</kbd> text, <kbd>j</kbd> next, <kbd>k</kbd> previous, <kbd>Esc</kbd> all</p>\n\
         </form>\n</details>"
    )
}

fn article(
    report: &Report<'_>,
    lines: &mut LineIndexes,
    finding: &Finding,
    out: &mut dyn Write,
) -> io::Result<()> {
    let severity = finding.severity.as_str();
    let rule = markup::escape(&finding.rule);
    let path = markup::escape(&one_line(finding.place.path.as_str()));
    let (start, _) = report.positions(lines, &finding.place, ColumnUnit::Scalars);
    writeln!(
        out,
        "<article tabindex=\"0\" class=\"{severity}\" data-rule=\"{rule}\" \
         data-severity=\"{severity}\" data-path=\"{path}\">\n\
         <h2>{}</h2>\n<p class=\"place\"><strong>{severity}</strong> {rule} \
         <span>{path}:{}:{}</span></p>",
        markup::with_code(&one_line(&finding.message)),
        start.line,
        start.column,
    )?;
    excerpt(report, lines, &finding.place, out)?;
    if let Some(help) = &finding.help {
        let lines: Vec<String> = help
            .lines()
            .map(|line| markup::with_code(&one_line(line)))
            .collect();
        writeln!(out, "<p class=\"help\">{}</p>", lines.join("\n"))?;
    }
    if let Some(fix) = &finding.fix {
        let title = markup::with_code(&one_line(&fix.title));
        writeln!(out, "<p class=\"help\">Fix: {title}</p>")?;
    }
    if !finding.related.is_empty() {
        writeln!(out, "<ul>")?;
        for related in finding.related.iter().take(MAX_RELATED) {
            let (start, _) = report.positions(lines, &related.place, ColumnUnit::Scalars);
            writeln!(
                out,
                "<li><span>{}:{}</span> {}</li>",
                markup::escape(&one_line(related.place.path.as_str())),
                start.line,
                markup::with_code(&one_line(&related.message)),
            )?;
        }
        if let Some(more) = finding.related_total.checked_sub(MAX_RELATED + 1) {
            writeln!(out, "<li>and {}</li>", plural(more + 1, "more place"))?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</article>")
}

/// The lines around a place, the place itself marked.
fn excerpt(
    report: &Report<'_>,
    lines: &mut LineIndexes,
    place: &Place,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = report.texts.text(&place.path).unwrap_or_default();
    if is_whole_file(place.span) || text.is_empty() {
        return Ok(());
    }
    let index = lines.of(&place.path, text);
    let at = index.position(text, place.span.start, ColumnUnit::Scalars);
    let first = at.line.saturating_sub(CONTEXT).max(1);
    let last = (at.line + CONTEXT).min(index.line_count());
    write!(out, "<pre>")?;
    for number in first..=last {
        let Some(line) = index.line_span(text, number) else {
            continue;
        };
        let mut shown = String::new();
        write!(out, "<i>{number:>5} </i>")?;
        if number == at.line {
            // A span over several lines is shown by its first.
            let marked = Span {
                start: place.span.start.min(line.end),
                end: place.span.end.min(line.end),
            };
            let window = Window::around(text, line, marked, EXCERPT_WIDTH);
            let (from, to) = window.push(&mut shown, text, line, Some(marked));
            writeln!(
                out,
                "{}<mark>{}</mark>{}",
                markup::escape(&shown[..from]),
                markup::escape(&shown[from..to]),
                markup::escape(&shown[to..])
            )?;
        } else {
            Window::beginning(EXCERPT_WIDTH).push(&mut shown, text, line, None);
            writeln!(out, "{}", markup::escape(&shown))?;
        }
    }
    writeln!(out, "</pre>")
}
