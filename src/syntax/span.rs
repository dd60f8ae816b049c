//! Positions: byte spans, and the lines and columns they stand for.
//!
//! Everything below the reports points at bytes. A line or a column is worked out only when a
//! finding is shown, from a [`LineIndex`] over the file's text.

use std::ops::Range;

/// A half-open range of byte offsets into one file's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just behind the last byte; equal to `start` for an empty span.
    pub end: u32,
}

impl Span {
    /// The span of `start..end`. Offsets beyond 4 GiB are clamped; no tree hands out files that
    /// large (see `limits::MAX_FILE_SIZE`).
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            start: clamp(start),
            end: clamp(end.max(start)),
        }
    }

    /// The empty span at the start of a file, which stands for the file as a whole.
    #[must_use]
    pub fn whole_file() -> Self {
        Self::default()
    }

    /// The byte range, for slicing.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Number of bytes covered.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies within.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The same span, moved `offset` bytes to the right.
    #[must_use]
    pub fn shifted(self, offset: usize) -> Self {
        Self::new(self.start as usize + offset, self.end as usize + offset)
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// A value together with the place it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Pairs `value` with `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// How columns are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnUnit {
    /// Unicode scalar values: terminal, JSON and most report formats.
    Scalars,
    /// UTF-16 code units: SARIF's default and the language server protocol's.
    Utf16,
    /// Bytes of UTF-8: what modern editors negotiate.
    Utf8,
}

/// A line and a column, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1. Lines end at LF.
    pub line: usize,
    /// Column, from 1, in the unit asked for.
    pub column: usize,
}

/// The starts of all lines of one text.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(
            memchr::memchr_iter(b'\n', text.as_bytes())
                .map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX)),
        );
        Self { starts }
    }

    /// The position of byte `offset` of `text`, the text that was indexed. An offset past the end
    /// counts as the end; one inside a character counts as that character's start.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32, unit: ColumnUnit) -> Position {
        let offset = text.floor_char_boundary(offset as usize);
        let line = self
            .starts
            .partition_point(|&start| start as usize <= offset)
            - 1;
        let before = &text[self.starts[line] as usize..offset];
        let column = match unit {
            ColumnUnit::Scalars => before.chars().count(),
            ColumnUnit::Utf16 => before.encode_utf16().count(),
            ColumnUnit::Utf8 => before.len(),
        };
        Position {
            line: line + 1,
            column: column + 1,
        }
    }

    /// The span of a line, counted from 1, without its line break (LF or CRLF).
    #[must_use]
    pub fn line_span(&self, text: &str, line: usize) -> Option<Span> {
        let start = *self.starts.get(line.checked_sub(1)?)? as usize;
        let end = self
            .starts
            .get(line)
            .map_or(text.len(), |&next| next as usize - 1);
        let end = if text[start..end].ends_with('\r') {
            end - 1
        } else {
            end
        };
        Some(Span::new(start, end))
    }

    /// Number of lines; a text that ends with LF has a last, empty one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_in_three_units() {
        let text = "ab\nä𝕏c\r\nend";
        let index = LineIndex::new(text);
        let at = u32::try_from(text.find('c').unwrap_or_default()).unwrap_or_default();
        let column = |unit| index.position(text, at, unit);
        assert_eq!(column(ColumnUnit::Scalars), Position { line: 2, column: 3 });
        assert_eq!(column(ColumnUnit::Utf16), Position { line: 2, column: 4 });
        assert_eq!(column(ColumnUnit::Utf8), Position { line: 2, column: 7 });
    }

    #[test]
    fn lines_end_before_their_line_break() {
        let text = "ab\ncd\r\n";
        let index = LineIndex::new(text);
        let line = |n| index.line_span(text, n).map(|span| &text[span.range()]);
        assert_eq!(
            [line(1), line(2), line(3), line(4), line(0)],
            [Some("ab"), Some("cd"), Some(""), None, None]
        );
    }

    #[test]
    fn positions_outside_the_text_are_clamped() {
        let text = "ä\n";
        let index = LineIndex::new(text);
        assert_eq!(
            index.position(text, 99, ColumnUnit::Scalars),
            Position { line: 2, column: 1 }
        );
        assert_eq!(
            index.position(text, 1, ColumnUnit::Scalars),
            Position { line: 1, column: 1 }
        );
    }
}
