//! Where an empty value lies: granit finds it on the next token, wherever that is.

use super::{Builder, Content, line_start, trimmed_end};
use crate::syntax::span::Span;

impl Builder<'_> {
    /// Where an empty value lies that granit found at `at`.
    pub(super) fn empty_value(&self, at: usize, has_properties: bool) -> usize {
        match self.stack.last().map(|frame| &frame.content) {
            // Granit's place is right behind the anchor or tag.
            _ if has_properties => at,
            Some(Content::Mapping(_, Some(key))) => {
                let key_end = key.span.end as usize;
                let behind = &self.text[key_end..];
                let rest = behind.trim_start_matches([' ', '\t', '\r', '\n']);
                let colon = key_end + (behind.len() - rest.len());
                // Before a word the colon is the word's first letter; outside of brackets that may
                // begin with one.
                let in_flow = self.stack.last().is_some_and(|top| top.column.is_none());
                let parts = |c: char| c.is_whitespace() || in_flow && ",]}".contains(c);
                let is_colon = rest
                    .strip_prefix(':')
                    .is_some_and(|behind| behind.is_empty() || behind.starts_with(parts));
                if is_colon && self.is_of_this_mapping(key_end, colon) {
                    colon + 1
                } else {
                    key_end
                }
            }
            Some(Content::Sequence(_)) => self.before_comments(at),
            Some(Content::Mapping(_, None)) => self.explicit_empty_key(at).unwrap_or(at),
            None => at,
        }
    }

    /// Where an empty key lies that granit found at `at`, on the next token: right behind its
    /// question mark, if it has one.
    fn explicit_empty_key(&self, at: usize) -> Option<usize> {
        let end = self.before_comments(at);
        let mark = self.text[..end].strip_suffix('?')?.len();
        // A mapping inside this one may end in a question mark, too.
        let line = line_start(self.text, mark);
        let column = self.stack.last().and_then(|frame| frame.column);
        let is_own = column.is_none_or(|column| line + column == mark);
        let before = &self.text[..mark];
        let is_token = before.is_empty() || before.ends_with([' ', '\t', '\r', '\n']);
        (is_token && is_own).then_some(end)
    }

    /// `at`, or further left at the end of the last thing before it that is neither white space nor
    /// a comment.
    fn before_comments(&self, at: usize) -> usize {
        let mut at = trimmed_end(self.text, 0, at);
        for comment in self.stream.comments.iter().rev() {
            let Span { start, end } = comment.span;
            if trimmed_end(self.text, start as usize, end as usize) != at {
                break;
            }
            at = trimmed_end(self.text, 0, start as usize);
        }
        at
    }

    /// Whether the colon behind a key that ends at `key_end` belongs to it: on a line of its own it
    /// may be that of a mapping further out, where the key has no value.
    fn is_of_this_mapping(&self, key_end: usize, colon: usize) -> bool {
        let line = line_start(self.text, colon);
        let column = self.stack.last().and_then(|frame| frame.column);
        line <= key_end || column.is_none_or(|column| line + column == colon)
    }
}
