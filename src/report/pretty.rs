//! For people at a terminal: miette's graphical output. miette appears here and nowhere else.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::escape::one_line;
use super::window::Window;
use super::{Report, Style, Summary, is_whole_file, plural};
use crate::finding::{Finding, LineIndexes, Place, Severity};
use crate::syntax::span::{LineIndex, Span};

/// More related places than this are counted, not shown.
const MAX_RELATED: usize = 5;

/// Lines shown above and below the one that a finding points at.
const CONTEXT: usize = 1;

/// A terminal narrower than this is written to as if it had this width: lines that wrap are
/// easier to read than lines cut to nothing.
const MIN_WIDTH: usize = 40;

/// Columns that the frame around a source line takes.
const FRAME: usize = 12;

pub(super) fn write(report: &Report<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let style = Style {
        width: style.width.max(MIN_WIDTH),
        ..style
    };
    let canvas = Canvas {
        handler: handler(style),
        style,
    };
    let mut lines = LineIndexes::default();
    for finding in report.findings {
        let diagnostic = finding_diagnostic(report, &mut lines, finding, style);
        out.write_all(canvas.draw(&diagnostic).as_bytes())?;
        for related in finding.related.iter().take(MAX_RELATED) {
            let (place, message) = (&related.place, &related.message);
            let diagnostic = at_place(report, &mut lines, place, message, style);
            writeln!(out, "\n{}", canvas.draw(&diagnostic).trim_end())?;
        }
        if let Some(more) = finding.related.len().checked_sub(MAX_RELATED + 1) {
            writeln!(out, "\n  and {}", plural(more + 1, "more place"))?;
        }
        writeln!(out)?;
    }
    if let Some(statistics) = &report.statistics {
        for (rule, count) in &statistics.rules {
            writeln!(out, "{count:>7}  {rule}")?;
        }
        writeln!(
            out,
            "\n{:>7}  references to images, resolved by",
            statistics.references
        )?;
        for (what, count) in &statistics.resolved {
            writeln!(out, "{count:>7}    {what}")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", closing(&report.summary, report.findings))
}

/// Draws diagnostics.
struct Canvas {
    handler: GraphicalReportHandler,
    style: Style,
}

impl Canvas {
    fn draw(&self, diagnostic: &PrettyDiagnostic) -> String {
        let render = |diagnostic: &PrettyDiagnostic| {
            let mut text = String::new();
            match self.handler.render_report(&mut text, diagnostic) {
                // An empty line belongs between findings, not below a heading.
                Ok(()) => text.trim_start_matches('\n').replacen("\n\n", "\n", 1),
                Err(_) => format!("{}\n", diagnostic.message),
            }
        };
        let Some(path) = &diagnostic.whole_file else {
            return render(diagnostic);
        };
        // miette shows no place without a line of source. The footer is what the help adds to
        // the drawing; the place goes in between.
        let whole = render(diagnostic);
        let above = render(&PrettyDiagnostic {
            help: None,
            ..diagnostic.clone()
        });
        let footer = whole.strip_prefix(&above).unwrap_or_default();
        let (on, off) = if self.style.color {
            ("\u{1b}[36;1;4m", "\u{1b}[0m")
        } else {
            ("", "")
        };
        format!("{above}   ╭─[{on}{path}{off}]\n   ╰────\n{footer}")
    }
}

fn handler(style: Style) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: ThemeCharacters::unicode(),
        styles: if style.color {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_context_lines(CONTEXT)
        .with_links(false)
}

/// From so many findings on, the last lines count them by rule.
const MANY: usize = 20;

/// The last lines: what was found, and what to do next.
fn closing(summary: &Summary, findings: &[Finding]) -> String {
    let mut counts = Vec::new();
    for (count, one) in [
        (summary.errors, "error"),
        (summary.warnings, "warning"),
        (summary.hints, "hint"),
    ] {
        if count > 0 {
            counts.push(plural(count, one));
        }
    }
    let mut text = if counts.is_empty() {
        format!("No findings in {}", plural(summary.files, "file"))
    } else {
        format!("{} in {}", counts.join(", "), plural(summary.files, "file"))
    };
    let mut asides = Vec::new();
    for (count, what) in [
        (summary.suppressed, "suppressed"),
        (summary.baselined, "in the baseline"),
        (summary.held_back, "held back, shown with `--all`"),
        (summary.fixed.unwrap_or(0), "fixed by this change"),
    ] {
        if count > 0 {
            asides.push(format!("{count} {what}"));
        }
    }
    if !asides.is_empty() {
        text = format!("{text} ({})", asides.join("; "));
    }
    text.push('.');
    let by_rule = by_rule(findings);
    if findings.len() >= MANY {
        text.push('\n');
        for (severity, rule, count) in &by_rule {
            let _ = write!(text, "\n{count:>6} {:<8} {rule}", severity.as_str());
        }
        text.push('\n');
    }
    if let Some((_, rule, _)) = by_rule.first() {
        let _ = write!(text, "\nMore on a rule: `mirrorlint explain {rule}`");
    }
    if findings.len() >= MANY {
        text.push_str("\nAll of it to filter and search: `--output html=FILE`");
        if summary.fixed.is_none() {
            text.push_str(
                "\nTo be told of what is new only: `--write-baseline`, or `--base REV` for one change",
            );
        }
    }
    text
}

/// How often each rule reports with each severity: the most severe first, then the most frequent.
fn by_rule(findings: &[Finding]) -> Vec<(Severity, &str, usize)> {
    let mut counts: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry((finding.severity, &finding.rule)).or_default() += 1;
    }
    let mut rules: Vec<_> = counts
        .into_iter()
        .map(|((severity, rule), count)| (severity, rule, count))
        .collect();
    rules.sort_by_key(|&(severity, rule, count)| (Reverse(severity), Reverse(count), rule));
    rules
}

/// A finding, or one of its related places, as miette wants it.
#[derive(Clone, Debug)]
struct PrettyDiagnostic {
    message: String,
    code: Option<String>,
    severity: miette::Severity,
    help: Option<String>,
    snippet: Option<Snippet>,
    /// The file, where no line of it is shown.
    whole_file: Option<String>,
}

fn finding_diagnostic(
    report: &Report<'_>,
    lines: &mut LineIndexes,
    finding: &Finding,
    style: Style,
) -> PrettyDiagnostic {
    let mut help: Vec<String> = finding
        .help
        .iter()
        .map(|help| help.lines().map(one_line).collect::<Vec<_>>().join("\n"))
        .collect();
    if let Some(fix) = &finding.fix {
        help.push(format!("fix: {}", one_line(&fix.title)));
    }
    PrettyDiagnostic {
        code: Some(match finding.class {
            Some(class) => format!(
                "{}[{}] ({})",
                finding.severity.as_str(),
                finding.rule,
                class.as_str()
            ),
            None => format!("{}[{}]", finding.severity.as_str(), finding.rule),
        }),
        severity: match finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Hint => miette::Severity::Advice,
        },
        help: (!help.is_empty()).then(|| help.join("\n")),
        ..at_place(report, lines, &finding.place, &finding.message, style)
    }
}

fn at_place(
    report: &Report<'_>,
    lines: &mut LineIndexes,
    place: &Place,
    message: &str,
    style: Style,
) -> PrettyDiagnostic {
    let text = report.texts.text(&place.path).unwrap_or_default();
    let path = one_line(place.path.as_str()).into_owned();
    let whole = is_whole_file(place.span) || text.is_empty();
    PrettyDiagnostic {
        message: one_line(message).into_owned(),
        code: None,
        severity: miette::Severity::Advice,
        help: None,
        snippet: (!whole).then(|| {
            let index = lines.of(&place.path, text);
            Snippet::new(place, text, index, style.width.saturating_sub(FRAME))
        }),
        whole_file: whole.then_some(path),
    }
}

impl fmt::Display for PrettyDiagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PrettyDiagnostic {}

impl Diagnostic for PrettyDiagnostic {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code.as_ref()?))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.help.as_ref()?))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.snippet.as_ref()?)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = self.snippet.as_ref()?.label.clone();
        Some(Box::new(std::iter::once(label)))
    }
}

/// The lines around a place, cut to the terminal's width and made harmless.
#[derive(Clone, Debug)]
struct Snippet {
    name: String,
    text: String,
    /// Line of the file that `text` starts with, from 0.
    first_line: usize,
    /// Column of the place in the file, from 0: `text` may be cut on the left.
    column: usize,
    label: LabeledSpan,
}

impl Snippet {
    fn new(place: &Place, text: &str, index: &LineIndex, width: usize) -> Self {
        let unit = crate::syntax::span::ColumnUnit::Scalars;
        let start = index.position(text, place.span.start, unit);
        let first = start.line.saturating_sub(CONTEXT).max(1);
        // A text that ends with a line break has an empty line behind it, which is no context.
        let below = (start.line + CONTEXT).min(index.line_count());
        let is_empty = |line| index.line_span(text, line).is_none_or(Span::is_empty);
        let last = if is_empty(below) && below == index.line_count() {
            below.saturating_sub(1).max(start.line)
        } else {
            below
        };
        let line = index
            .line_span(text, start.line)
            .unwrap_or_else(|| Span::new(text.len(), text.len()));
        // A span over several lines is shown by its first.
        let marked = Span {
            start: place.span.start.min(line.end),
            end: place.span.end.min(line.end),
        };
        let window = Window::around(text, line, marked, width);
        let mut shown = String::new();
        let mut label_span = (0, 0);
        for number in first..=last {
            let Some(span) = index.line_span(text, number) else {
                continue;
            };
            if number == start.line {
                label_span = window.push(&mut shown, text, span, Some(marked));
            } else {
                // Lines around it are there to be recognised, which their beginnings serve best.
                Window::beginning(width).push(&mut shown, text, span, None);
            }
            if number < last {
                shown.push('\n');
            }
        }
        Self {
            name: one_line(place.path.as_str()).into_owned(),
            text: shown,
            first_line: first - 1,
            column: start.column - 1,
            label: LabeledSpan::new_primary_with_span(
                None,
                SourceSpan::from((label_span.0, label_span.1.saturating_sub(label_span.0))),
            ),
        }
    }
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        // Without context, miette asks for the position in the frame's title.
        let column = if before == 0 && after == 0 {
            self.column
        } else {
            inner.column()
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line() + self.first_line,
            column,
            inner.line_count(),
        )))
    }
}
