//! For people at a terminal: miette's graphical output. miette appears here and nowhere else.

use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::escape::{self, one_line};
use super::{Lines, Report, Style, Summary, is_whole_file};
use crate::finding::{Finding, Place, Severity};
use crate::syntax::span::{LineIndex, Span};

/// More related places than this are counted, not shown.
const MAX_RELATED: usize = 5;

/// Lines shown above and below the one that a finding points at.
const CONTEXT: usize = 1;

/// Columns that the frame around a source line takes.
const FRAME: usize = 12;

pub(super) fn write(report: &Report<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let handler = handler(style);
    let mut lines = Lines::default();
    for finding in report.findings {
        let diagnostic = finding_diagnostic(report, &mut lines, finding, style);
        let mut text = String::new();
        if handler.render_report(&mut text, &diagnostic).is_err() {
            text = format!("{}\n", diagnostic.message);
        }
        out.write_all(text.as_bytes())?;
        writeln!(out)?;
    }
    if let Some(statistics) = &report.statistics {
        for (rule, count) in &statistics.rules {
            writeln!(out, "{count:>7}  {rule}")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", closing(&report.summary, report.findings))
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

/// The last line: what was found, and what to do next.
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
    match findings.first() {
        Some(first) => format!(
            "{text}. More on a rule: `mirrorlint explain {}`",
            first.rule
        ),
        None => format!("{text}."),
    }
}

fn plural(count: usize, one: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {one}s")
    }
}

/// A finding, or one of its related places, as miette wants it.
#[derive(Debug)]
struct PrettyDiagnostic {
    message: String,
    code: Option<String>,
    severity: Option<miette::Severity>,
    help: Option<String>,
    snippet: Option<Snippet>,
    related: Vec<PrettyDiagnostic>,
}

fn finding_diagnostic(
    report: &Report<'_>,
    lines: &mut Lines,
    finding: &Finding,
    style: Style,
) -> PrettyDiagnostic {
    let shown = finding.related.iter().take(MAX_RELATED);
    let mut related: Vec<PrettyDiagnostic> = shown
        .map(|related| at_place(report, lines, &related.place, &related.message, None, style))
        .collect();
    if let Some(more) = finding.related.len().checked_sub(MAX_RELATED + 1) {
        related.push(PrettyDiagnostic {
            message: format!("and {}", plural(more + 1, "more place")),
            code: None,
            severity: Some(miette::Severity::Advice),
            help: None,
            snippet: None,
            related: Vec::new(),
        });
    }
    let mut help: Vec<String> = finding
        .help
        .iter()
        .map(|help| one_line(help).into())
        .collect();
    if let Some(fix) = &finding.fix {
        help.push(format!("fix: {}", one_line(&fix.title)));
    }
    PrettyDiagnostic {
        code: Some(match finding.class {
            Some(class) => format!("{} ({})", finding.rule, class.as_str()),
            None => finding.rule.clone(),
        }),
        severity: Some(match finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Hint => miette::Severity::Advice,
        }),
        help: (!help.is_empty()).then(|| help.join("\n")),
        related,
        ..at_place(
            report,
            lines,
            &finding.place,
            &finding.message,
            Some("here"),
            style,
        )
    }
}

fn at_place(
    report: &Report<'_>,
    lines: &mut Lines,
    place: &Place,
    message: &str,
    label: Option<&str>,
    style: Style,
) -> PrettyDiagnostic {
    let text = report.texts.text(&place.path).unwrap_or_default();
    let message = one_line(message);
    let whole = is_whole_file(place.span) || text.is_empty();
    PrettyDiagnostic {
        message: if whole {
            format!("{}: {message}", one_line(place.path.as_str()))
        } else {
            message.into_owned()
        },
        code: None,
        severity: Some(miette::Severity::Advice),
        help: None,
        snippet: (!whole).then(|| {
            let index = lines.of(&place.path, text);
            Snippet::new(place, text, index, label, style.width.saturating_sub(FRAME))
        }),
        related: Vec::new(),
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
        self.severity
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

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(self.related.iter().map(|r| r as &dyn Diagnostic)))
    }
}

/// The lines around a place, cut to the terminal's width and made harmless.
#[derive(Debug)]
struct Snippet {
    name: String,
    text: String,
    /// Line and column of the place, from 0, as shown in the frame's title.
    first_line: usize,
    label: LabeledSpan,
}

impl Snippet {
    fn new(
        place: &Place,
        text: &str,
        index: &LineIndex,
        label: Option<&str>,
        width: usize,
    ) -> Self {
        let unit = crate::syntax::span::ColumnUnit::Scalars;
        let start = index.position(text, place.span.start, unit);
        let first = start.line.saturating_sub(CONTEXT).max(1);
        let last = (start.line + CONTEXT).min(index.line_count());
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
            let is_marked = number == start.line;
            let marked = is_marked.then_some(marked);
            let at = window.push(&mut shown, text, span, marked);
            if is_marked {
                label_span = at;
            }
            shown.push('\n');
        }
        Self {
            name: format!(
                "{}:{}:{}",
                one_line(place.path.as_str()),
                start.line,
                start.column
            ),
            text: shown,
            first_line: first - 1,
            label: LabeledSpan::new_primary_with_span(
                label.map(str::to_owned).filter(|label| label != "here"),
                SourceSpan::from((label_span.0, label_span.1.saturating_sub(label_span.0))),
            ),
        }
    }
}

/// Which columns of the lines are shown, from 0.
#[derive(Clone, Copy, Debug)]
struct Window {
    from: usize,
    to: usize,
}

impl Window {
    /// A window `width` wide that holds as much as possible of `marked` within `line`.
    fn around(text: &str, line: Span, marked: Span, width: usize) -> Self {
        let columns = |from: u32, to: u32| {
            text.get(from as usize..to as usize)
                .map_or(0, |part| part.chars().count())
        };
        let width = width.max(20);
        let (before, long) = (
            columns(line.start, marked.start),
            columns(marked.start, marked.end),
        );
        if before + long <= width {
            return Self { from: 0, to: width };
        }
        let lead = if long < width { (width - long) / 2 } else { 4 };
        let from = before.saturating_sub(lead);
        Self {
            from,
            to: from + width,
        }
    }

    /// Adds the visible part of a line to `shown`; returns where the marked part lies in it.
    fn push(
        self,
        shown: &mut String,
        text: &str,
        line: Span,
        marked: Option<Span>,
    ) -> (usize, usize) {
        let content = &text[line.range()];
        let mut at = (shown.len(), shown.len());
        if self.from > 0 && content.chars().nth(self.from).is_some() {
            shown.push('…');
        }
        let mut cut = false;
        for (column, (offset, character)) in content.char_indices().enumerate() {
            let offset = line.start as usize + offset;
            if let Some(marked) = marked {
                if offset == marked.start as usize {
                    at.0 = shown.len();
                }
                if offset < marked.end as usize {
                    at.1 = shown.len();
                }
            }
            if column >= self.to {
                cut = true;
                break;
            }
            if column >= self.from {
                escape::push(shown, character);
            }
            if let Some(marked) = marked
                && offset < marked.end as usize
            {
                at.1 = shown.len();
            }
        }
        if let Some(marked) = marked
            && marked.start as usize >= line.end as usize
        {
            at = (shown.len(), shown.len());
        }
        if cut {
            shown.push('…');
        }
        (at.0, at.1.max(at.0))
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
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line() + self.first_line,
            inner.column(),
            inner.line_count(),
        )))
    }
}
