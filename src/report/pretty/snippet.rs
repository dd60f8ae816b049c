//! The piece of a file that is shown with a finding.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::super::escape::one_line;
use super::super::window::Window;
use crate::finding::Place;
use crate::syntax::span::{ColumnUnit, LineIndex, Span};

/// Lines shown above and below the one that a finding points at.
pub(super) const CONTEXT: usize = 1;

/// The lines around a place, cut to the terminal's width and made safe to print.
#[derive(Clone, Debug)]
pub(super) struct Snippet {
    name: String,
    text: String,
    /// Line of the file that `text` starts with, from 0.
    first_line: usize,
    /// Column of the place in the file, from 0: `text` may be cut on the left.
    column: usize,
    pub(super) label: LabeledSpan,
}

impl Snippet {
    pub(super) fn new(place: &Place, text: &str, index: &LineIndex, width: usize) -> Self {
        let unit = ColumnUnit::Scalars;
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
