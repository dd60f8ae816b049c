//! Pieces of a mapping file, and how they are cut into words.

use super::super::reference::web_address;
use super::super::span::Span;

/// A piece of the file and where it starts.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str, start: usize) -> Self {
        Self { text, start }
    }

    pub(super) fn span(self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }

    /// Without white space at both ends; Go's `TrimSpace` and Rust's `trim` both mean Unicode's
    /// White_Space.
    pub(super) fn trimmed(self) -> Self {
        let from = self.text.len() - self.text.trim_start().len();
        Self::new(self.text.trim(), self.start + from)
    }

    /// The part between two bytes of `self`.
    pub(super) fn part(self, from: usize, to: usize) -> Self {
        Self::new(&self.text[from..to], self.start + from)
    }

    /// The words between characters that are `separator`s, empty ones left out.
    pub(super) fn split_on(
        self,
        separator: impl Fn(char) -> bool + Copy,
    ) -> impl Iterator<Item = Self> {
        let mut at = 0;
        self.text
            .split_inclusive(separator)
            .filter_map(move |piece| {
                let from = at;
                at += piece.len();
                let word = piece.trim_end_matches(separator);
                (!word.is_empty()).then(|| self.part(from, from + word.len()))
            })
    }

    /// The words as `oc` splits them: at spaces and at nothing else.
    pub(super) fn words(self) -> impl Iterator<Item = Self> {
        self.split_on(|c| c == ' ')
    }

    pub(super) fn has_equals(self) -> bool {
        self.text.contains('=')
    }

    /// `https://quay.io/repository/o/i?tab=tags`, whose `=` was not meant to map anything. (`oc`
    /// takes it for one and fails at the `?`.)
    pub(super) fn is_web_query(self) -> bool {
        self.text
            .split_once('=')
            .is_some_and(|(before, _)| before.contains('?'))
            && web_address(self.text).is_some()
    }
}

/// White space other than the space, and characters that cannot be seen.
pub(super) fn is_stray_separator(character: char) -> bool {
    (character.is_whitespace() && character != ' ')
        || matches!(
            character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}'
        )
}
