//! The lines of a text: where they are indented to, what is a comment, where a document ends.

use super::super::{Comment, Span};

/// Walks over the lines of a text that hold something, and gathers the comments on the way.
pub(super) struct Lines<'s> {
    pub(super) text: &'s str,
    /// The next byte to be read, in the current line.
    pub(super) at: usize,
    /// The line break of the current line, or the end of the text.
    pub(super) end: usize,
    /// Spaces before what the current line holds; none at the end of a document.
    pub(super) indentation: Option<usize>,
    /// Lines without anything between the current line and what stands before it, comments
    /// included.
    pub(super) blank_lines: usize,
    /// All comments so far.
    pub(super) comments: Vec<Comment>,
    /// The first byte of the current line.
    start: usize,
    /// The first byte of the next line.
    next: usize,
}

impl<'s> Lines<'s> {
    /// Starts at the first line of `text` that holds something; gives up if `text` has tabs,
    /// carriage returns, other unusual line breaks, or characters that YAML forbids.
    pub(super) fn new(text: &'s str) -> Option<Self> {
        let mut lines = Self {
            text,
            at: 0,
            end: 0,
            indentation: None,
            blank_lines: 0,
            comments: Vec::new(),
            start: 0,
            next: 0,
        };
        if !is_ordinary(text) {
            return None;
        }
        lines.advance()?;
        Some(lines)
    }

    fn bytes(&self) -> &'s [u8] {
        self.text.as_bytes()
    }

    /// The next byte of the current line.
    pub(super) fn byte(&self) -> Option<u8> {
        self.bytes()[..self.end].get(self.at).copied()
    }

    /// The column of the next byte, from 0, where only indentation and dashes stand before it.
    pub(super) fn column(&self) -> usize {
        self.at - self.start
    }

    /// Whether the whole text is read.
    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// Whether a space or the end of the line is at `at`.
    pub(super) fn is_blank(&self, at: usize) -> bool {
        at >= self.end || self.bytes()[at] == b' '
    }

    /// Whether the dash of a sequence is next.
    pub(super) fn is_at_dash(&self) -> bool {
        self.byte() == Some(b'-') && self.is_blank(self.at + 1)
    }

    /// Whether the colon of a key is next.
    pub(super) fn is_at_colon(&self) -> bool {
        self.byte() == Some(b':') && self.is_blank(self.at + 1)
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.byte() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Skips spaces behind a token; whether nothing but perhaps a comment stands behind them.
    pub(super) fn skip_to_line_end(&mut self) -> bool {
        self.skip_spaces();
        match self.byte() {
            None => true,
            Some(b'#') => self.bytes()[self.at - 1] == b' ',
            Some(_) => false,
        }
    }

    /// Goes on to the next line that holds something; gives up if there is more in this one than
    /// a comment.
    pub(super) fn end_line(&mut self) -> Option<()> {
        if !self.skip_to_line_end() {
            return None;
        }
        self.take_comment();
        self.advance()
    }

    /// Takes the comment that is next, if there is one.
    pub(super) fn take_comment(&mut self) {
        if self.byte() == Some(b'#') {
            self.add_comment();
        }
    }

    /// Goes on to the next line that holds something; gives up at the marker `...`.
    fn advance(&mut self) -> Option<()> {
        self.blank_lines = 0;
        loop {
            if !self.enter_next() {
                self.indentation = None;
                return Some(());
            }
            match self.byte() {
                None => self.blank_lines += 1,
                Some(b'#') => self.add_comment(),
                Some(_) => break,
            }
        }
        self.indentation = Some(self.column());
        if self.column() == 0 && self.is_blank(self.at + 3) {
            match self.bytes().get(self.at..self.at + 3) {
                Some(b"---") => self.indentation = None,
                Some(b"...") => return None,
                _ => {}
            }
        }
        Some(())
    }

    /// Goes on to the next line that holds something, inside of a quoted scalar; gives up if it is
    /// not indented by `least`, and at the end of the text. Returns how many empty lines there are
    /// on the way.
    pub(super) fn advance_in_quotes(&mut self, least: usize) -> Option<usize> {
        let mut empty_lines = 0;
        while self.enter_next() {
            if self.byte().is_some() {
                return (self.column() >= least).then_some(empty_lines);
            }
            empty_lines += 1;
        }
        None
    }

    /// Goes on to the first byte of the next line that is no space; whether there is a next line.
    fn enter_next(&mut self) -> bool {
        self.start = self.next;
        let rest = self.bytes().get(self.start..).unwrap_or_default();
        let spaces = rest.iter().take_while(|&&byte| byte == b' ').count();
        let length = memchr::memchr(b'\n', &rest[spaces..]).unwrap_or(rest.len() - spaces);
        self.at = (self.start + spaces).min(self.text.len());
        self.end = self.at + length;
        self.next = self.end + 1;
        !rest.is_empty()
    }

    /// Goes on to the line that starts at `next` or the first behind it that holds something.
    pub(super) fn advance_to(&mut self, next: usize) -> Option<()> {
        self.next = next;
        self.advance()
    }

    /// The first byte of the current line.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// The first byte of the next line, which is behind the text if there is none.
    pub(super) fn next(&self) -> usize {
        self.next
    }

    /// Passes over a marker `---` with nothing behind it, if one is next; whether there was one.
    pub(super) fn skip_document_marker(&mut self) -> Option<bool> {
        let is_marker = self.indentation.is_none() && !self.is_at_end();
        if is_marker {
            self.at += 3;
            self.end_line()?;
        }
        Some(is_marker)
    }

    /// Adds the comment that starts at the next byte.
    fn add_comment(&mut self) {
        self.comments.push(Comment {
            span: Span::new(self.at, self.end),
        });
    }
}

/// `text` without the spaces at its end.
pub(super) fn without_blanks(text: &str) -> &str {
    let blanks = text.bytes().rev().take_while(|&byte| byte == b' ').count();
    &text[..text.len() - blanks]
}

/// Whether `text` has only characters that are neither control characters nor line breaks other
/// than LF.
fn is_ordinary(text: &str) -> bool {
    let is_ordinary_byte = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | 0x80..);
    // A piece at a time, without a branch for each byte: so the compiler has many looked at at once.
    let mut pieces = text.as_bytes().chunks(AT_ONCE);
    let all_in = |piece: &[u8]| {
        let each = piece.iter().map(|&byte| is_ordinary_byte(byte));
        each.fold(true, |all, is_ordinary| all & is_ordinary)
    };
    pieces.all(all_in) && (text.is_ascii() || text.chars().all(is_ordinary_char))
}

/// Bytes that are looked at between two questions whether to go on.
const AT_ONCE: usize = 256;

fn is_ordinary_char(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..)
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}
