//! Block scalars: `|` and `>` with the lines below them.

use std::iter::repeat_n;

use super::super::{Node, Span, Style};
use super::Scanner;
use super::lines::without_blanks;

/// What becomes of the line breaks at the end of a block scalar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    /// One is kept.
    Clip,
    /// None is kept: `-`.
    Strip,
    /// All are kept: `+`.
    Keep,
}

/// The lines below a header, as far as they are read.
struct Body {
    text: String,
    style: Style,
    /// Whether there is a line that is not empty, and whether the last of these starts with a
    /// space behind the indentation: folding leaves such lines alone.
    last: Option<bool>,
    /// Empty lines since then.
    empty_lines: usize,
}

impl<'s> Scanner<'s> {
    /// The block scalar whose `|` or `>` is next.
    pub(super) fn block_scalar(&mut self, least: usize) -> Option<Node<'s>> {
        // A root is left to the general parser.
        let parent = least.checked_sub(1)?;
        let style = match self.lines.byte() {
            Some(b'|') => Style::Literal,
            _ => Style::Folded,
        };
        self.lines.at += 1;
        let (chomping, increment) = self.block_indicators();
        if !self.lines.skip_to_line_end() {
            return None;
        }
        self.lines.take_comment();
        let text = self.lines.text;
        let header_end = without_blanks(&text[..self.lines.end]).len();

        let mut body = Body {
            text: std::mem::take(&mut self.body),
            style,
            last: None,
            empty_lines: 0,
        };
        let mut indentation = increment.map(|increment| parent + increment);
        let mut longest_empty = 0;
        let mut span = Span::new(header_end, header_end);
        let mut at = self.lines.next();
        // The line break of the header is missing.
        if at > text.len() {
            return None;
        }
        while at < text.len() {
            let rest = &text.as_bytes()[at..];
            let spaces = rest.iter().take_while(|&&byte| byte == b' ').count();
            let line_break = memchr::memchr(b'\n', &rest[spaces..]);
            let length = line_break.map_or(rest.len(), |at| spaces + at);
            let is_empty = spaces == length;
            // Readers differ on spaces at the end of the text.
            if is_empty && line_break.is_none() {
                return None;
            }
            if is_empty && indentation.is_none_or(|indentation| spaces <= indentation) {
                longest_empty = longest_empty.max(spaces);
                body.empty_lines += 1;
            } else {
                if indentation.is_none() && spaces >= least {
                    if spaces < longest_empty {
                        return None;
                    }
                    indentation = Some(spaces);
                }
                let Some(indentation) = indentation.filter(|&least| spaces >= least) else {
                    // The first line that holds something, a comment included, is wrongly indented.
                    if body.last.is_none() && spaces >= least {
                        return None;
                    }
                    break;
                };
                let (start, end) = (at + indentation, at + length);
                if body.last.is_none() {
                    span.start = Span::new(start, start).start;
                }
                let line = &text[start..end];
                body.add_line(line);
                if !is_empty {
                    span.end = Span::new(start, start + without_blanks(line).len()).end;
                }
            }
            at += length + 1;
        }
        self.lines.advance_to(at)?;
        let text = body.chomped(chomping);
        if text.bytes().all(|byte| byte.is_ascii_whitespace()) {
            span = Span::new(header_end, header_end);
        }
        let kept = self.arena.alloc_str(&text);
        self.body = text;
        self.body.clear();
        self.scalar_node(span, kept, style)
    }

    /// The indicators behind `|` and `>`: what becomes of the last line breaks, and how far the
    /// body is indented against its parent.
    fn block_indicators(&mut self) -> (Chomping, Option<usize>) {
        let mut chomping = None;
        let mut increment = None;
        loop {
            match self.lines.byte() {
                Some(b'-') if chomping.is_none() => chomping = Some(Chomping::Strip),
                Some(b'+') if chomping.is_none() => chomping = Some(Chomping::Keep),
                Some(digit @ b'1'..=b'9') if increment.is_none() => {
                    increment = Some(usize::from(digit - b'0'));
                }
                _ => return (chomping.unwrap_or(Chomping::Clip), increment),
            }
            self.lines.at += 1;
        }
    }
}

impl Body {
    /// Adds a line that is not empty, without its indentation, behind the empty lines before it.
    fn add_line(&mut self, line: &str) {
        let is_spaced = line.starts_with(' ');
        let folds = self.style == Style::Folded && self.last == Some(false) && !is_spaced;
        let breaks = match self.last {
            None => self.empty_lines,
            Some(_) if folds => self.empty_lines,
            Some(_) => self.empty_lines + 1,
        };
        if folds && breaks == 0 {
            self.text.push(' ');
        }
        self.text.extend(repeat_n('\n', breaks));
        self.text.push_str(line);
        self.last = Some(is_spaced);
        self.empty_lines = 0;
    }

    /// The text with the line breaks at its end that `chomping` keeps.
    fn chomped(mut self, chomping: Chomping) -> String {
        let last = usize::from(self.last.is_some());
        let breaks = match chomping {
            Chomping::Strip => 0,
            Chomping::Clip => last,
            Chomping::Keep => last + self.empty_lines,
        };
        self.text.extend(repeat_n('\n', breaks));
        self.text
    }
}
