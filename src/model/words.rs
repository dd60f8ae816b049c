//! Many short texts in one piece.

use crate::syntax::span::Span;

/// A set of texts. A checkout has a hundred thousand of those that configs declare, which would take more
/// room one by one than what they say.
#[derive(Debug, Default)]
pub struct Words {
    text: String,
    /// Where each lies in the text; once sorted, in the order of the words.
    spans: Vec<Span>,
}

impl Words {
    /// Adds a word; the set has to be sorted again.
    pub(super) fn push(&mut self, word: &str) {
        let start = self.text.len();
        self.text.push_str(word);
        self.spans.push(Span::new(start, self.text.len()));
    }

    /// Puts the words in order, each once, and gives back the room that is left.
    pub(super) fn sort(&mut self) {
        let word = |span: &Span| &self.text[span.range()];
        self.spans.sort_unstable_by(|a, b| word(a).cmp(word(b)));
        self.spans.dedup_by(|a, b| word(a) == word(b));
        self.spans.shrink_to_fit();
        self.text.shrink_to_fit();
    }

    /// Whether `word` is one of them; they are sorted.
    #[must_use]
    pub fn contains(&self, word: &str) -> bool {
        let place = |span: &Span| self.text[span.range()].cmp(word);
        self.spans.binary_search_by(place).is_ok()
    }

    /// The words, in order once they are sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.spans.iter().map(|span| &self.text[span.range()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_however_they_came() {
        let mut words = Words::default();
        for word in ["src", "", "bin", "a\nb", "src", "é"] {
            words.push(word);
        }
        words.sort();
        assert!(words.iter().eq(["", "a\nb", "bin", "src", "é"]));
        assert!(words.contains("src") && words.contains("") && words.contains("é"));
        assert!(!words.contains("a") && !words.contains("sr") && !words.contains("srcbin"));
    }
}
