//! Positions as the protocol counts them: lines from 0, columns in the unit that client and server
//! agreed on.
//!
//! The protocol ends lines at LF, CRLF and lone CR, the reports only at LF; so this is not
//! `syntax::span::LineIndex`.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

use crate::syntax::span::Span;

/// The unit of columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units, which every client understands.
    #[default]
    Utf16,
}

impl Encoding {
    /// The best of what a client offers.
    #[must_use]
    pub fn negotiate(offered: &[PositionEncodingKind]) -> Self {
        if offered.contains(&PositionEncodingKind::UTF8) {
            Self::Utf8
        } else {
            Self::Utf16
        }
    }

    /// Its name in the protocol.
    #[must_use]
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn width(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 if text.is_ascii() => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }
}

/// Where the lines of one text start.
#[derive(Clone, Debug)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// Indexes `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        starts.extend(memchr::memchr2_iter(b'\n', b'\r', bytes).filter_map(|at| {
            let is_half = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            (!is_half).then_some(at + 1)
        }));
        Self { starts }
    }

    /// The position of byte `offset` of `text`, the text that was indexed. Behind the text it is
    /// the text's end; inside a character or a line break, where that starts.
    #[must_use]
    pub fn position(&self, text: &str, offset: usize, encoding: Encoding) -> Position {
        let mut offset = text.floor_char_boundary(offset);
        if offset > 0 && text.as_bytes().get(offset - 1..=offset) == Some(b"\r\n") {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let before = &text[self.starts[line]..offset];
        Position {
            line: narrow(line),
            character: narrow(encoding.width(before)),
        }
    }

    /// The byte that `position` names. Behind the end of its line it is that end, before the line
    /// break; behind the last line, the end of the text; inside a character, where that starts.
    #[must_use]
    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> usize {
        let Some(&start) = self.starts.get(position.line as usize) else {
            return text.len();
        };
        let next = self.starts.get(position.line as usize + 1);
        let line = &text[start..next.copied().unwrap_or(text.len())];
        let line = line.trim_end_matches(['\r', '\n']);
        let wanted = position.character as usize;
        match encoding {
            Encoding::Utf8 => start + line.floor_char_boundary(wanted),
            Encoding::Utf16 => {
                let mut units = 0;
                for (at, character) in line.char_indices() {
                    units += character.len_utf16();
                    if units > wanted {
                        return start + at;
                    }
                }
                start + line.len()
            }
        }
    }

    /// The range of `span`.
    #[must_use]
    pub fn range(&self, text: &str, span: Span, encoding: Encoding) -> Range {
        let bytes = span.range();
        Range {
            start: self.position(text, bytes.start, encoding),
            end: self.position(text, bytes.end, encoding),
        }
    }

    /// The bytes of `range`; nothing where its end lies before its start.
    #[must_use]
    pub fn span(&self, text: &str, range: Range, encoding: Encoding) -> Span {
        Span::new(
            self.offset(text, range.start, encoding),
            self.offset(text, range.end, encoding),
        )
    }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "ab\nä𝕏c\r\nx\ry";

    fn position(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn columns_are_counted_in_the_agreed_unit() {
        let lines = Lines::new(TEXT);
        let at = TEXT.find('c').unwrap_or_default();
        for (encoding, column) in [(Encoding::Utf8, 6), (Encoding::Utf16, 3)] {
            let there = position(1, column);
            assert_eq!(lines.position(TEXT, at, encoding), there);
            assert_eq!(lines.offset(TEXT, there, encoding), at);
        }
    }

    #[test]
    fn lines_end_at_each_kind_of_break() {
        let lines = Lines::new(TEXT);
        let y = TEXT.len() - 1;
        assert_eq!(lines.position(TEXT, y, Encoding::Utf16), position(3, 0));
        let inside_crlf = TEXT.find('\n').map(|_| TEXT.find("\r\n").unwrap_or(0) + 1);
        let there = lines.position(TEXT, inside_crlf.unwrap_or(0), Encoding::Utf8);
        assert_eq!(there, position(1, 7));
    }

    #[test]
    fn positions_outside_the_text_are_clamped() {
        let lines = Lines::new(TEXT);
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            assert_eq!(lines.offset(TEXT, position(0, 99), encoding), 2);
            assert_eq!(lines.offset(TEXT, position(1, u32::MAX), encoding), 10);
            assert_eq!(lines.offset(TEXT, position(99, 0), encoding), TEXT.len());
            assert_eq!(
                lines.offset(TEXT, position(u32::MAX, u32::MAX), encoding),
                TEXT.len()
            );
            assert_eq!(lines.position(TEXT, 999, encoding), position(3, 1));
        }
        // Half a character.
        assert_eq!(lines.offset(TEXT, position(1, 1), Encoding::Utf8), 3);
        assert_eq!(lines.offset(TEXT, position(1, 2), Encoding::Utf16), 5);
        assert_eq!(Lines::new("").offset("", position(0, 1), Encoding::Utf8), 0);
    }

    #[test]
    fn a_range_from_back_to_front_is_empty() {
        let range = Range {
            start: position(1, 0),
            end: position(0, 0),
        };
        assert!(
            Lines::new(TEXT)
                .span(TEXT, range, Encoding::Utf8)
                .is_empty()
        );
    }
}
