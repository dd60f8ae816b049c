//! The part of a source line that fits into a terminal.

use super::escape;
use crate::syntax::span::Span;

/// Which columns of the lines are shown, from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    from: usize,
    to: usize,
}

impl Window {
    /// A window on the first `width` columns.
    pub(super) fn beginning(width: usize) -> Self {
        Self { from: 0, to: width }
    }

    /// A window `width` wide that holds as much as possible of `marked` within `line`.
    pub(super) fn around(text: &str, line: Span, marked: Span, width: usize) -> Self {
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
            return Self::beginning(width);
        }
        let lead = if long < width { (width - long) / 2 } else { 4 };
        let from = before.saturating_sub(lead);
        Self {
            from,
            to: from + width,
        }
    }

    /// Adds the visible part of a line to `shown`; returns where the marked part lies in it.
    pub(super) fn push(
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
