//! For people at a terminal: miette's graphical output. miette appears here and below, and nowhere else.

mod closing;
mod snippet;

use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters,
    ThemeStyles,
};

use super::escape::one_line;
use super::{Report, Style, is_whole_file, plural};
use crate::finding::{Finding, LineIndexes, Place, Severity};
use closing::closing;
use snippet::{CONTEXT, Snippet};

/// More related places than this are counted, not shown.
const MAX_RELATED: usize = 5;

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
        if let Some(more) = finding.related_total.checked_sub(MAX_RELATED + 1) {
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
