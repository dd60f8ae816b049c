//! A comment for a pull request, in the Markdown of GitHub.
//!
//! GitHub takes 65,536 characters in a comment. What does not fit is counted, row by row, so that nothing
//! is cut in the middle.

mod fixes;
mod teams;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::io::{self, Write};

use super::markdown_text::{Within, code, encoded, is_address, link, words};
use super::previous::{Previous, Since};
use super::{Report, closing, is_whole_file, plural};
use crate::finding::{Class, Finding, LineIndexes, Place, Severity};
use crate::syntax::span::ColumnUnit;

/// Bytes of the whole comment.
const MAX_BYTES: usize = 60_000;

/// Bytes up to which each part may go on; what one part leaves is the next one's.
const TABLE_END: usize = 32_000;
const TEAMS_END: usize = 44_000;
const SINCE_END: usize = 48_000;
const FIXES_END: usize = 58_000;

/// Findings that are in sight; the others are folded.
const IN_SIGHT: usize = 10;

/// The head of the table.
const HEAD: &str = "| | What is wrong |\n| --- | --- |";

/// Letters of a message and of a help.
const MAX_MESSAGE: usize = 500;

/// Letters of a path.
const MAX_PATH: usize = 250;

/// By this a program finds the comment that it wrote before.
const MARKER: &str = "<!-- mirrorlint -->";

/// What a comment takes beside the findings.
#[derive(Clone, Debug, Default)]
pub struct Comment {
    /// Where the files can be read on the web.
    pub link_base: Option<LinkBase>,
    /// What was reported of the change before it was changed.
    pub previous: Option<Previous>,
}

/// The address of a commit's files, such as `https://github.com/openshift/release/blob/main`.
#[derive(Clone, Debug)]
pub struct LinkBase(String);

impl LinkBase {
    /// `address`, if it can stand in a link.
    #[must_use]
    pub fn new(address: &str) -> Option<Self> {
        let address = address.trim_end_matches('/');
        is_address(address).then(|| Self(address.to_owned()))
    }
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    if report.subject.compared_with.is_some() {
        findings.retain(|finding| finding.class != Some(Class::PreExisting));
    }
    findings.sort_by_key(|finding| Reverse(finding.severity));
    let previous = report.comment.previous.as_ref();
    let since = previous.map(|previous| previous.since(&findings));
    let mut page = Page {
        text: format!("{MARKER}\n"),
    };
    page.line(&verdict(report, &findings, since.as_ref()));
    table(report, &findings, since.as_ref(), &mut page);
    teams::write(report, &findings, &mut page);
    if let Some(since) = &since {
        fixed(since, &mut page);
    }
    fixes::write(report, &findings, &mut page);
    let sentence = closing::sentence(&report.summary, report.subject.compared_with);
    page.line(&format!(
        "{}\n",
        words(&sentence, MAX_MESSAGE, Within::Line)
    ));
    debug_assert!(page.text.len() <= MAX_BYTES);
    out.write_all(page.text.as_bytes())
}

/// The comment as far as it is written.
struct Page {
    text: String,
}

impl Page {
    /// Adds a paragraph.
    fn line(&mut self, text: &str) {
        self.text.push('\n');
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Adds rows as long as they end before byte `end`. Returns how many are left out.
    fn rows<T>(
        &mut self,
        end: usize,
        items: impl IntoIterator<Item = T>,
        mut row: impl FnMut(T) -> String,
    ) -> usize {
        let mut items = items.into_iter();
        for item in items.by_ref() {
            let row = row(item);
            if self.text.len() + row.len() > end {
                return 1 + items.count();
            }
            self.text.push_str(&row);
        }
        0
    }

    /// Says that something does not fit.
    fn left_out(&mut self, count: usize, what: &str) {
        if count > 0 {
            let verb = if count == 1 { "does" } else { "do" };
            self.line(&format!("*{} {verb} not fit here.*", plural(count, what)));
        }
    }
}

/// What there is to know, in one line.
fn verdict(report: &Report<'_>, findings: &[&Finding], since: Option<&Since<'_>>) -> String {
    let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let counts = [Severity::Error, Severity::Warning, Severity::Hint].map(|severity| {
        let count = count(severity);
        (count > 0).then(|| plural(count, severity.as_str()))
    });
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    let found = match (counts.is_empty(), report.subject.compared_with.is_some()) {
        (true, true) => "this change brings nothing wrong".to_owned(),
        (true, false) => "nothing is wrong".to_owned(),
        (false, true) => format!("this change brings {}", counts.join(", ")),
        (false, false) => format!("{} found", counts.join(", ")),
    };
    let mut verdict = format!("**mirrorlint: {found}**");
    let hit = teams::hit(findings);
    if let Some(hit) = &hit {
        verdict.push_str(&format!(", and hits {hit}"));
    }
    let fails = report.fails_from.is_some_and(|from| {
        let mut severities = findings.iter().map(|finding| finding.severity);
        severities.any(|severity| severity >= from)
    });
    verdict.push_str(if fails { ". It fails the check." } else { "." });
    if let Some(since) = since {
        let (new, left) = since.counts();
        verdict.push_str(&format!(
            " Since the last push: {new} new, {left} still there, {} fixed.",
            since.fixed.len()
        ));
    }
    verdict
}

/// A row for each finding, the first of them in sight.
fn table(report: &Report<'_>, findings: &[&Finding], since: Option<&Since<'_>>, page: &mut Page) {
    if findings.is_empty() {
        return;
    }
    let mut lines = LineIndexes::default();
    let is_new = |number: usize| since.is_some_and(|since| since.is_new.get(number) == Some(&true));
    let mut row =
        |(number, finding): (usize, &&Finding)| row(report, &mut lines, finding, is_new(number));
    let mut numbered = findings.iter().enumerate();
    page.line(HEAD);
    let mut left_out = page.rows(TABLE_END, numbered.by_ref().take(IN_SIGHT), &mut row);
    let folded = numbered.len();
    if left_out > 0 {
        left_out += folded;
    } else if folded > 0 {
        let heading = plural(folded, "more finding");
        page.line(&format!("<details><summary>{heading}</summary>"));
        page.line(HEAD);
        left_out = page.rows(TABLE_END, numbered, &mut row);
        page.line("</details>");
    }
    page.left_out(left_out, "more finding");
}

/// One finding as a row: how bad it is, and what, where and why.
fn row(report: &Report<'_>, lines: &mut LineIndexes, finding: &Finding, is_new: bool) -> String {
    let cell = Within::Cell;
    let mut said = format!(
        "{} ({})<br>{}",
        words(&finding.message, MAX_MESSAGE, cell),
        rule(report, &finding.rule, cell),
        place(report, lines, &finding.place, cell)
    );
    if let Some(help) = &finding.help {
        said.push_str(&format!(
            "<br>→ {}",
            words(&first_line(help), MAX_MESSAGE, cell)
        ));
    }
    if let Some(hit) = teams::hit(&[finding]) {
        said.push_str(&format!("<br>→ hits {hit}"));
    }
    let mut marks = format!("**{}**", finding.severity.as_str());
    if finding.class == Some(Class::Conflict) {
        marks.push_str("<br>with the base");
    }
    if is_new {
        marks.push_str("<br>*new*");
    }
    format!("| {marks} | {said} |\n")
}

/// The first line of a help: an example that takes several stands in the other formats.
fn first_line(help: &str) -> Cow<'_, str> {
    match help.split_once('\n') {
        Some((first, _)) => Cow::Owned(format!("{} …", first.trim_end_matches(':'))),
        None => Cow::Borrowed(help),
    }
}

/// A rule, with a link to its page.
fn rule(report: &Report<'_>, id: &str, within: Within) -> String {
    let name = code(id, MAX_PATH, within);
    let text = report.rules.iter().find(|rule| rule.id == id);
    let page = text.and_then(|rule| rule.page.as_deref());
    match page.filter(|page| is_address(page)) {
        Some(page) => link(&name, page),
        None => name,
    }
}

/// A place as `path:line`, with a link to it.
fn place(report: &Report<'_>, lines: &mut LineIndexes, place: &Place, within: Within) -> String {
    let path = place.path.as_str();
    if is_whole_file(place.span) {
        return file(report, path, within);
    }
    let (start, end) = report.positions(lines, place, ColumnUnit::Scalars);
    let label = code(&format!("{}:{}", short(path), start.line), MAX_PATH, within);
    let to = if end.line > start.line {
        format!("#L{}-L{}", start.line, end.line)
    } else {
        format!("#L{}", start.line)
    };
    linked(report, &label, path, &to)
}

/// A file, with a link to it.
fn file(report: &Report<'_>, path: &str, within: Within) -> String {
    linked(report, &code(&short(path), MAX_PATH, within), path, "")
}

fn linked(report: &Report<'_>, label: &str, path: &str, to: &str) -> String {
    match &report.comment.link_base {
        Some(LinkBase(base)) => link(label, &format!("{base}/{}{to}", encoded(path))),
        None => label.to_owned(),
    }
}

/// The end of a path that is too long to be one.
fn short(path: &str) -> String {
    const KEPT: usize = MAX_PATH - 20;
    let letters = path.chars().count();
    match letters.checked_sub(KEPT) {
        None | Some(0) => path.to_owned(),
        Some(beyond) => {
            let end: String = path.chars().skip(beyond).collect();
            format!("…{end}")
        }
    }
}

/// What the last push had and this one does not.
fn fixed(since: &Since<'_>, page: &mut Page) {
    if since.fixed.is_empty() {
        return;
    }
    page.line("**Fixed since the last push**\n");
    let left_out = page.rows(SINCE_END, &since.fixed, |fixed| {
        format!(
            "- {} {}: {} ({})\n",
            fixed.severity.as_str(),
            code(&fixed.rule, MAX_PATH, Within::Line),
            words(&fixed.message, MAX_MESSAGE, Within::Line),
            code(&short(&fixed.path), MAX_PATH, Within::Line),
        )
    });
    page.left_out(left_out, "more fixed finding");
}
