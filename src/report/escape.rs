//! Text from a stranger's pull request, with what a terminal would obey escaped.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` with every control character, and every character that reorders or hides text, shown
/// as an escape such as `\u{1b}`. Line breaks too: what is escaped fits on one line.
#[must_use]
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        push(&mut safe, character);
    }
    Cow::Owned(safe)
}

/// Adds `character` to `safe`, escaped where it must be.
pub(super) fn push(safe: &mut String, character: char) {
    match character {
        '\t' => safe.push(' '),
        character if is_unsafe(character) => {
            let _ = write!(safe, "{}", character.escape_default());
        }
        character => safe.push(character),
    }
}

/// Control characters, bidirectional overrides, zero-width characters, separators, and what is no
/// character at all (and has no place in XML).
pub(super) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn nothing_reaches_the_terminal_raw() {
        assert_eq!(one_line("plain ä 𝕏"), "plain ä 𝕏");
        assert_eq!(one_line("a\u{1b}[31m\u{7}b\n"), "a\\u{1b}[31m\\u{7}b\\n");
        assert_eq!(
            one_line("\u{202e}gnp.exe\u{200b}"),
            "\\u{202e}gnp.exe\\u{200b}"
        );
        assert_eq!(one_line("a\tb\u{9b}"), "a b\\u{9b}");
    }
}
