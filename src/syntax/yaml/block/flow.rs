//! Flow collections: `[…]` and `{…}`.

use super::super::{Entry, Node, Span, Style, Value};
use super::lines::without_blanks;
use super::{ONE_LINE, Scanner, is_plain_key, without_duplicates};

impl<'s> Scanner<'s> {
    /// The flow collection whose bracket is next; ends behind its other bracket. Leaves to the
    /// general parser what leaves out a value or has a comma behind the last one.
    pub(super) fn flow_collection(&mut self) -> Option<Node<'s>> {
        self.open()?;
        let start = self.lines.at;
        let is_mapping = self.lines.byte()? == b'{';
        self.lines.at += 1;
        let value = if is_mapping {
            let mut entries = Vec::new();
            self.flow_children(b'}', |scanner| {
                entries.push(scanner.flow_entry()?);
                Some(())
            })?;
            Value::Mapping(without_duplicates(self.arena.alloc_slice_copy(&entries))?)
        } else {
            let mut items = Vec::new();
            self.flow_children(b']', |scanner| {
                items.push(scanner.flow_node()?);
                Some(())
            })?;
            Value::Sequence(self.arena.alloc_slice_copy(&items))
        };
        self.close();
        Some(Node {
            span: Span::new(start, self.lines.at),
            value,
        })
    }

    /// Has all children read by `child`, up to the bracket `close` and over it.
    fn flow_children(
        &mut self,
        close: u8,
        mut child: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.skip_flow_space()?;
        if self.lines.byte() != Some(close) {
            loop {
                child(self)?;
                self.skip_flow_space()?;
                if self.lines.byte() != Some(b',') {
                    break;
                }
                self.lines.at += 1;
                self.skip_flow_space()?;
            }
        }
        let is_closed = self.lines.byte() == Some(close);
        self.lines.at += 1;
        is_closed.then_some(())
    }

    fn flow_entry(&mut self) -> Option<Entry<'s>> {
        let key = self.flow_scalar()?;
        // As in JSON, no space is needed behind a quoted key's colon.
        let is_quoted = key.as_scalar()?.style != Style::Plain;
        let is_at_colon = is_quoted && self.lines.byte() == Some(b':') || self.lines.is_at_colon();
        if !is_at_colon || !is_plain_key(&key) {
            return None;
        }
        self.lines.at += 1;
        self.skip_flow_space()?;
        let value = self.flow_node()?;
        Some(Entry { key, value })
    }

    fn flow_node(&mut self) -> Option<Node<'s>> {
        match self.lines.byte()? {
            b'[' | b'{' => self.flow_collection(),
            _ => self.flow_scalar(),
        }
    }

    /// A scalar that stands on one line.
    fn flow_scalar(&mut self) -> Option<Node<'s>> {
        let start = self.lines.at;
        let (text, style) = match self.lines.byte()? {
            b'\'' => (self.single_quoted(ONE_LINE)?, Style::SingleQuoted),
            b'"' => (self.double_quoted(ONE_LINE)?, Style::DoubleQuoted),
            _ if self.starts_plain() => (self.flow_plain()?, Style::Plain),
            _ => return None,
        };
        self.scalar_node(Span::new(start, self.lines.at), text, style)
    }

    /// Plain text up to a comma, a bracket, a key's colon, a comment or the end of the line; ends
    /// behind it, before spaces.
    fn flow_plain(&mut self) -> Option<&'s str> {
        let start = self.lines.at;
        let line = &self.lines.text[start..self.lines.end];
        let bytes = line.as_bytes();
        let is_end = |at: &usize| match bytes[*at] {
            b',' | b'[' | b']' | b'{' | b'}' => true,
            b':' => matches!(
                bytes.get(at + 1),
                None | Some(b' ' | b',' | b'[' | b']' | b'{' | b'}')
            ),
            b'#' => bytes[at - 1] == b' ',
            _ => false,
        };
        let end = (1..bytes.len()).find(is_end).unwrap_or(line.len());
        let text = without_blanks(&line[..end]);
        self.lines.at = start + text.len();
        (text != "-").then_some(text)
    }

    /// Skips spaces and line breaks, with comments that have a line of their own.
    fn skip_flow_space(&mut self) -> Option<()> {
        self.lines.skip_spaces();
        if self.lines.byte().is_none() {
            self.lines.end_line()?;
            self.lines.indentation?;
        }
        Some(())
    }
}
