//! For people at a terminal: miette's graphical output. miette appears here and below, and nowhere else.

mod groups;
mod snippet;
mod wrap;

use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters,
    ThemeStyles,
};

use super::escape::one_line;
use super::{Report, Style, affected, closing, is_whole_file, plural};
use crate::finding::{Finding, LineIndexes, Place, Severity};
use crate::syntax::span::ColumnUnit;
use groups::{Group, common_folder, groups};
use snippet::{CONTEXT, Snippet};
use wrap::{hold_together, let_go, wrap};

/// More related places than this are counted, not shown.
const MAX_RELATED: usize = 5;

/// More findings of a group than this are counted, not listed.
const MAX_OTHERS: usize = 5;

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
    for group in groups(report.findings) {
        let finding = group.first;
        let diagnostic = finding_diagnostic(report, &mut lines, finding, style);
        out.write_all(canvas.draw(&diagnostic).as_bytes())?;
        for related in finding.related.iter().take(MAX_RELATED) {
            let (place, message) = (&related.place, &related.message);
            if report.findings.len() >= closing::MANY {
                let line = line(report, &mut lines, place, message);
                writeln!(out, "{}", wrap(&line, style.width, "  ☞ ", "    "))?;
                continue;
            }
            let diagnostic = at_place(report, &mut lines, place, message, style);
            writeln!(out, "\n{}", canvas.draw(&diagnostic).trim_end())?;
        }
        if let Some(more) = finding.related_total.checked_sub(MAX_RELATED + 1) {
            writeln!(out, "\n  and {}", plural(more + 1, "more place"))?;
        }
        for line in others(report, &mut lines, &group, style.width) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
    }
    if let Some(statistics) = &report.statistics {
        for line in closing::statistics(statistics) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
    }
    let table = closing::table(report.findings);
    for line in &table {
        writeln!(out, "{line}")?;
    }
    if !table.is_empty() {
        writeln!(out)?;
    }
    let sentence = closing::sentence(&report.summary, report.subject.compared_with);
    for line in std::iter::once(sentence).chain(closing::next_steps(report)) {
        writeln!(out, "{}", wrap(&line, style.width, "", "  "))?;
    }
    Ok(())
}

/// The findings of a group that are not drawn, in lines.
fn others(
    report: &Report<'_>,
    lines: &mut LineIndexes,
    group: &Group<'_>,
    width: usize,
) -> Vec<String> {
    let Some(last) = group.others.last() else {
        return Vec::new();
    };
    let below = |findings: &[&Finding]| match common_folder(findings) {
        "" => String::new(),
        folder => format!(" in `{}`", one_line(folder)),
    };
    let all = group.others.len();
    let what = format!("and {all} more like it{}:", below(&group.others));
    let mut said = vec![String::new(), wrap(&what, width, "  ", "    ")];
    for finding in group.others.iter().take(MAX_OTHERS) {
        let is_same = finding.message == group.first.message;
        let message = if is_same { "" } else { &*finding.message };
        let line = line(report, lines, &finding.place, message);
        said.push(wrap(line.trim_end(), width, "    ", "      "));
    }
    if let Some(more) = all.checked_sub(MAX_OTHERS).filter(|more| *more > 0) {
        let rule = &last.rule;
        let rest = below(&group.others[MAX_OTHERS..]);
        let line = format!("and {more} more{rest}; all: `--select {rule} --output concise`");
        said.push(wrap(&line, width, "    ", "      "));
    }
    said
}

/// A place and what is to be said about it, in one line.
fn line(report: &Report<'_>, lines: &mut LineIndexes, place: &Place, message: &str) -> String {
    let (start, _) = report.positions(lines, place, ColumnUnit::Scalars);
    let path = one_line(place.path.as_str());
    format!(
        "{path}:{}:{} {}",
        start.line,
        start.column,
        one_line(message)
    )
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
                Ok(()) => let_go(text.trim_start_matches('\n')).replacen("\n\n", "\n", 1),
                Err(_) => format!("{}\n", let_go(&diagnostic.message)),
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
        // A name that is broken cannot be copied, and reads as another one.
        .with_break_words(false)
        .with_word_separator(wrap::WORDS)
        .with_word_splitter(wrap::SPLITTER)
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
    help.extend(affected::line(&finding.affected));
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
        help: (!help.is_empty()).then(|| hold_together(&help.join("\n"))),
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
        message: hold_together(&one_line(message)),
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
