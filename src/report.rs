//! Findings to text, one module for each format. Knows nothing of checkouts and rules.

mod affected;
mod closing;
mod concise;
mod escape;
mod github;
mod gitlab;
mod html;
mod json;
mod json_text;
mod junit;
mod markdown;
mod markdown_text;
mod markup;
pub mod past;
mod pretty;
mod previous;
mod rdjson;
mod sarif;
mod window;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Finding, LineIndexes, Place, Severity};
use crate::syntax::span::{ColumnUnit, Position, Span};
use crate::tree::RepoPath;

pub use escape::one_line;
pub use markdown::{Comment, LinkBase};
pub use previous::{Previous, PreviousError};

/// The formats that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal: source lines, labels, help.
    Pretty,
    /// One line a finding.
    Concise,
    /// The JSON contract, version 1.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// Annotations for GitHub workflows.
    Github,
    /// GitLab code quality.
    Gitlab,
    /// reviewdog's diagnostics.
    Rdjson,
    /// A page for a browser.
    Html,
    /// A comment for a pull request on GitHub.
    Markdown,
}

impl Format {
    /// Every format, by the name that `--output` knows it by.
    pub const ALL: &[(&str, Self)] = &[
        ("pretty", Self::Pretty),
        ("concise", Self::Concise),
        ("json", Self::Json),
        ("sarif", Self::Sarif),
        ("junit", Self::Junit),
        ("github", Self::Github),
        ("gitlab", Self::Gitlab),
        ("rdjson", Self::Rdjson),
        ("html", Self::Html),
        ("markdown", Self::Markdown),
    ];
}

/// What a report says about a rule, whether it found something or not.
#[derive(Clone, Debug)]
pub struct RuleText {
    /// The rule's id.
    pub id: String,
    /// Its page's title: one sentence.
    pub title: String,
    /// How bad a finding is unless the mechanism grades it.
    pub severity: Severity,
    /// Why it is a rule and how to fix a finding.
    pub help_markdown: String,
    /// Where its page can be read; only those that are compiled in have such a place.
    pub page: Option<String>,
}

impl RuleText {
    /// The paragraph that says how to fix a finding, in one line.
    fn to_fix(&self) -> Option<String> {
        const START: &str = "**To fix**";
        let mut paragraphs = self.help_markdown.split("\n\n");
        let paragraph = paragraphs.find_map(|text| text.trim().strip_prefix(START))?;
        let text = paragraph.trim_start_matches([',', ' ']);
        let words: Vec<&str> = text.split_whitespace().collect();
        Some(one_line(&words.join(" ")).into_owned())
    }
}

/// A run's result, ready to be written.
pub struct Report<'r> {
    /// The findings that are shown, in order.
    pub findings: &'r [Finding],
    /// The rules that ran, by id.
    pub rules: &'r [RuleText],
    /// Counts.
    pub summary: Summary,
    /// What was linted.
    pub subject: Subject,
    /// The lowest severity that makes the run fail; `None` where nothing does.
    pub fails_from: Option<Severity>,
    /// Findings per rule, when asked for.
    pub statistics: Option<Statistics>,
    /// What registries were asked, when they were.
    pub online: Option<Online>,
    /// What its last lines may advise.
    pub offers: Offers,
    /// What a comment on a pull request takes beside the findings (`markdown` only).
    pub comment: Comment,
    /// The texts of the files that findings point into.
    pub texts: &'r dyn Texts,
}

/// What there is to be done next that depends on how the run was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offers {
    /// Whether `--fix` can write to what was linted.
    pub fixes: bool,
    /// Whether a page for a browser is yet to be asked for.
    pub page: bool,
}

/// What was linted, in words.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// The files on disk, or which commit.
    pub tree: String,
    /// What a change is compared with, where one is linted: `HEAD`, or the base.
    pub compared_with: Option<&'static str>,
}

/// How many of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files looked at.
    pub files: usize,
    /// Error-level findings shown.
    pub errors: usize,
    /// Warnings shown.
    pub warnings: usize,
    /// Hints shown.
    pub hints: usize,
    /// Findings that a suppression comment or the config takes back.
    pub suppressed: usize,
    /// Findings that the baseline covers.
    pub baselined: usize,
    /// Findings shown with `--all` only: what a change found there already, or, without a change, what
    /// rules found that report changes only.
    pub held_back: usize,
    /// Findings of the base that the change under review removes, when there is one.
    pub fixed: Option<usize>,
}

impl Summary {
    /// Counts `findings` by severity; all other counts are still to be given.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let count = |severity| {
            let of_severity = findings.iter().filter(|f| f.severity == severity);
            of_severity.count()
        };
        Self {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            hints: count(Severity::Hint),
            ..Self::default()
        }
    }

    /// What is shown, by severity, in words; nothing where nothing is.
    #[must_use]
    pub fn counts(&self) -> Option<String> {
        let counts = [
            (self.errors, "error"),
            (self.warnings, "warning"),
            (self.hints, "hint"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts.map(|(count, one)| plural(count, one)).collect();
        (!counts.is_empty()).then(|| counts.join(", "))
    }
}

/// Counts for `--statistics`.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// Findings by rule, whether shown or not.
    pub rules: BTreeMap<String, usize>,
    /// References to images of the central registry.
    pub references: usize,
    /// What resolves them, and how many it does.
    pub resolved: BTreeMap<&'static str, usize>,
}

/// What registries were asked.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Online {
    /// Images that there was something to ask about.
    pub images: usize,
    /// Those of them that a registry told about.
    pub asked: usize,
    /// Those that it had told about before.
    pub cached: usize,
    /// Those that the user's lists tell about.
    pub listed: usize,
    /// Those that stay undecided, by the reason.
    pub undecided: BTreeMap<&'static str, usize>,
    /// Those of registries that may not be asked, by registry.
    pub not_asked: BTreeMap<String, usize>,
    /// Requests that were sent.
    pub requests: usize,
}

impl Online {
    /// How many images stay undecided.
    #[must_use]
    pub fn undecided(&self) -> usize {
        self.undecided.values().sum()
    }
}

/// Where a report finds the text around a finding.
pub trait Texts {
    /// The text of the file at `path`; `None` when it could not be read.
    fn text(&self, path: &RepoPath) -> Option<&str>;
}

/// How a report is written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether colours and hyperlinks are used (`pretty` only).
    pub color: bool,
    /// Columns of the terminal (`pretty` only).
    pub width: usize,
}

impl Report<'_> {
    /// Writes the report to `out`.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&self, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Pretty => pretty::write(self, style, out),
            Format::Concise => concise::write(self, out),
            Format::Json => json::write(self, out),
            Format::Sarif => sarif::write(self, out),
            Format::Junit => junit::write(self, out),
            Format::Github => github::write(self, out),
            Format::Gitlab => gitlab::write(self, out),
            Format::Rdjson => rdjson::write(self, out),
            Format::Html => html::write(self, out),
            Format::Markdown => markdown::write(self, out),
        }
    }

    /// Writes the Markdown that belongs into a GitHub job's summary.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write_job_summary(&self, out: &mut dyn Write) -> io::Result<()> {
        github::write_summary(self, out)
    }

    /// The first and last position of a place, columns in `unit`.
    fn positions(
        &self,
        lines: &mut LineIndexes,
        place: &Place,
        unit: ColumnUnit,
    ) -> (Position, Position) {
        let text = self.texts.text(&place.path).unwrap_or_default();
        let index = lines.of(&place.path, text);
        let at = |offset| index.position(text, offset, unit);
        (at(place.span.start), at(place.span.end))
    }
}

/// Whether the place stands for a whole file.
fn is_whole_file(span: Span) -> bool {
    span == Span::whole_file()
}

/// How often each text came up.
#[derive(Default)]
struct Occurrences(BTreeMap<String, usize>);

impl Occurrences {
    /// Counts `text` once more: 1 for the first time.
    fn count(&mut self, text: &str) -> usize {
        let count = self.0.entry(text.to_owned()).or_default();
        *count += 1;
        *count
    }
}

/// Message and help, for formats that have one text for both.
fn full_message(finding: &Finding) -> String {
    let mut text = one_line(&finding.message).into_owned();
    for line in finding.help.iter().flat_map(|help| help.lines()) {
        text.push('\n');
        text.push_str(&one_line(line));
    }
    text
}

fn plural(count: usize, one: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {one}s")
    }
}
