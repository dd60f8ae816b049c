//! Lines that fit into a terminal, broken at spaces and nowhere else.

use textwrap::{Options, WordSeparator, WordSplitter};

/// Stands for a space that must not become a line break. It is no character, and none that comes
/// from a checkout gets here: `escape` shows it as an escape.
const NO_BREAK: &str = "\u{fffe}";

/// What is quoted and longer than this is no command or name but a text, and is broken at its spaces.
const LONGEST_COMMAND: usize = 80;

/// `text` with what somebody may want to copy made one word, whatever the width: what stands between
/// two backticks, and the lines of an example.
pub(super) fn hold_together(text: &str) -> String {
    let held = |line: &str| {
        if line.starts_with([' ', '-']) {
            return line.replace(' ', NO_BREAK);
        }
        let parts: Vec<&str> = line.split('`').collect();
        let hold = |(at, part): (usize, &&str)| {
            let is_quoted = at % 2 == 1 && at + 1 < parts.len();
            if is_quoted && part.chars().count() <= LONGEST_COMMAND {
                part.replace(' ', NO_BREAK)
            } else {
                (*part).to_owned()
            }
        };
        parts
            .iter()
            .enumerate()
            .map(hold)
            .collect::<Vec<_>>()
            .join("`")
    };
    text.split('\n').map(held).collect::<Vec<_>>().join("\n")
}

/// `text` with the spaces that [`hold_together`] took away.
pub(super) fn let_go(text: &str) -> String {
    text.replace(NO_BREAK, " ")
}

/// `text` in lines of `width` columns, `first` before the first and `next` before the others.
pub(super) fn wrap(text: &str, width: usize, first: &str, next: &str) -> String {
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(next)
        .break_words(false)
        .word_separator(WORDS)
        .word_splitter(SPLITTER);
    let_go(&textwrap::fill(&hold_together(text), options))
}

/// What separates words, for miette too.
pub(super) const WORDS: WordSeparator = WordSeparator::AsciiSpace;

/// Words stay whole, for miette too.
pub(super) const SPLITTER: WordSplitter = WordSplitter::NoHyphenation;
