//! Plain and quoted scalars.

use std::borrow::Cow;
use std::iter::repeat_n;

use super::super::{Node, Span, Style, Value};
use super::lines::{Lines, without_blanks};
use super::{Scanner, kept};

impl<'s> Scanner<'s> {
    /// A quoted scalar, in lines indented by `least`, or the first line of a plain one; ends behind
    /// its last byte.
    pub(super) fn scalar(&mut self, least: usize) -> Option<Node<'s>> {
        let start = self.lines.at;
        let (text, style) = match self.lines.byte()? {
            b'\'' => (self.single_quoted(least)?, Style::SingleQuoted),
            b'"' => (self.double_quoted(least)?, Style::DoubleQuoted),
            _ if self.starts_plain() => (self.plain_line(), Style::Plain),
            _ => return None,
        };
        self.scalar_node(Span::new(start, self.lines.at), text, style)
    }

    /// Completes a `scalar` that is no key: a plain one goes on in lines indented by `least`.
    pub(super) fn rest_of_scalar(
        &mut self,
        mut scalar: Node<'s>,
        least: usize,
    ) -> Option<Node<'s>> {
        // The general parser decides whether it is the root or a fault.
        if least == 0 {
            return None;
        }
        let comments = self.lines.comments.len();
        self.lines.end_line()?;
        let Value::Scalar(content) = &mut scalar.value else {
            return Some(scalar);
        };
        let goes_on = |lines: &Lines<'_>| {
            lines.comments.len() == comments && lines.indentation.is_some_and(|next| next >= least)
        };
        if content.style != Style::Plain || !goes_on(&self.lines) {
            return Some(scalar);
        }
        let mut text = content.text.to_owned();
        while goes_on(&self.lines) {
            match self.lines.blank_lines {
                0 => text.push(' '),
                blank => text.extend(repeat_n('\n', blank)),
            }
            text.push_str(self.plain_line());
            if self.lines.is_at_colon() {
                return None;
            }
            scalar.span.end = Span::new(0, self.lines.at).end;
            self.lines.end_line()?;
        }
        content.text = self.arena.alloc_str(&text);
        Some(scalar)
    }

    /// Whether a plain scalar is next. Some that start with `?` or `:` are left to the general
    /// parser.
    pub(super) fn starts_plain(&self) -> bool {
        match self.lines.byte() {
            None => false,
            Some(b'-') => !self.lines.is_blank(self.lines.at + 1),
            Some(byte) => !matches!(
                byte,
                b' ' | b'?'
                    | b':'
                    | b','
                    | b'['
                    | b']'
                    | b'{'
                    | b'}'
                    | b'#'
                    | b'&'
                    | b'*'
                    | b'!'
                    | b'|'
                    | b'>'
                    | b'\''
                    | b'"'
                    | b'%'
                    | b'@'
                    | b'`'
            ),
        }
    }

    /// Plain text up to a key's colon, a comment or the end of the line; ends behind it, before
    /// spaces.
    fn plain_line(&mut self) -> &'s str {
        let lines = &mut self.lines;
        let start = lines.at;
        let line = &lines.text[start..lines.end];
        let bytes = line.as_bytes();
        let is_end = |&at: &usize| match bytes[at] {
            b':' => matches!(bytes.get(at + 1), None | Some(b' ')),
            _ => at > 0 && bytes[at - 1] == b' ',
        };
        let end = memchr::memchr2_iter(b':', b'#', bytes).find(is_end);
        let text = without_blanks(&line[..end.unwrap_or(line.len())]);
        lines.at = start + text.len();
        text
    }

    /// The content of a scalar in `'`, in lines indented by `least`.
    pub(super) fn single_quoted(&mut self, least: usize) -> Option<&'s str> {
        let mut from = self.lines.at + 1;
        let mut text: Cow<'s, str> = Cow::Borrowed("");
        loop {
            let line = &self.lines.text[from..self.lines.end];
            let Some(length) = memchr::memchr(b'\'', line.as_bytes()) else {
                self.fold(&mut text, line, least)?;
                from = self.lines.at;
                continue;
            };
            self.lines.at = from + length + 1;
            if self.lines.byte() != Some(b'\'') {
                text += &line[..length];
                return Some(kept(text, self.arena));
            }
            // One of the two quotes belongs to the text.
            text += &line[..=length];
            from = self.lines.at + 1;
        }
    }

    /// The content of a scalar in `"`, in lines indented by `least`; gives up at rarer escapes.
    pub(super) fn double_quoted(&mut self, least: usize) -> Option<&'s str> {
        let mut from = self.lines.at + 1;
        let mut text = Cow::Borrowed("");
        loop {
            let line = &self.lines.text[from..self.lines.end];
            let Some(length) = memchr::memchr2(b'"', b'\\', line.as_bytes()) else {
                self.fold(&mut text, line, least)?;
                from = self.lines.at;
                continue;
            };
            text += &line[..length];
            self.lines.at = from + length + 1;
            if line.as_bytes()[length] == b'"' {
                return Some(kept(text, self.arena));
            }
            let Some(escaped) = self.lines.byte() else {
                let empty_lines = self.lines.advance_in_quotes(least)?;
                text.to_mut().extend(repeat_n('\n', empty_lines));
                from = self.lines.at;
                continue;
            };
            text.to_mut().push(match escaped {
                b' ' | b'"' | b'/' | b'\\' => char::from(escaped),
                b'n' => '\n',
                b't' => '\t',
                b'r' => '\r',
                _ => return None,
            });
            from = self.lines.at + 1;
        }
    }

    /// Adds the rest of a `line` to the `text` in quotes and what its line break stands for; ends at
    /// the content of the next line.
    fn fold(&mut self, text: &mut Cow<'s, str>, line: &str, least: usize) -> Option<()> {
        let text = text.to_mut();
        text.push_str(without_blanks(line));
        match self.lines.advance_in_quotes(least)? {
            0 => text.push(' '),
            empty_lines => text.extend(repeat_n('\n', empty_lines)),
        }
        Some(())
    }
}
