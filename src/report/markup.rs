//! Text as HTML, safe inside Markdown too.

use std::fmt::Write;

/// `text` with everything that means something to HTML or Markdown as a character reference.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    push(&mut safe, text);
    safe
}

/// The same, with what stands between two backticks as `<code>`.
pub(super) fn with_code(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 32);
    let parts: Vec<&str> = text.split('`').collect();
    for (at, part) in parts.iter().enumerate() {
        let is_closed = at + 1 < parts.len();
        match (at % 2 == 1, is_closed) {
            (true, true) => {
                safe.push_str("<code>");
                push(&mut safe, part);
                safe.push_str("</code>");
            }
            (true, false) => {
                push(&mut safe, "`");
                push(&mut safe, part);
            }
            (false, _) => push(&mut safe, part),
        }
    }
    safe
}

fn push(safe: &mut String, text: &str) {
    for character in text.chars() {
        if character.is_ascii_punctuation() && !".,/;-".contains(character) {
            let _ = write!(safe, "&#{};", u32::from(character));
        } else {
            safe.push(character);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{escape, with_code};

    #[test]
    fn nothing_means_anything() {
        assert_eq!(escape("<b>|*x*"), "&#60;b&#62;&#124;&#42;x&#42;");
        assert_eq!(with_code("a `b<` c"), "a <code>b&#60;</code> c");
        assert_eq!(with_code("a `b"), "a &#96;b");
        assert_eq!(with_code("``"), "<code></code>");
    }
}
