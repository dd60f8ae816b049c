//! Text from a checkout as Markdown that means nothing, the same in every dialect: names stand in code
//! spans, where nothing is a link, a mention or an emoji, and of all else only words stay as they are.
//!
//! Facts: CommonMark 0.31 (<https://spec.commonmark.org/0.31.2/#code-spans>); tables and autolinks of
//! GitHub (<https://github.github.com/gfm/>), which finds `www.`, `://` and `@` in any text that is no
//! code; what else GitHub links: issues, commits, `KEY-1` and emoji.

use std::fmt::Write;

use super::escape::one_line;

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    /// In a line of its own, never at its start.
    Line,
    /// In a cell of a table, where `|` ends the cell, even in code.
    Cell,
}

/// Hexadecimal digits from which on GitHub looks for a commit.
const SHORTEST_COMMIT: usize = 7;

/// Bytes of an address; a longer one is no use to a browser.
const LONGEST_ADDRESS: usize = 2000;

/// The first `most` letters of `text` as one code span.
pub(super) fn code(text: &str, most: usize, within: Within) -> String {
    let (first, is_cut) = cut(text, most);
    let mut shown = one_line(first).into_owned();
    if is_cut {
        shown.push('…');
    }
    if within == Within::Cell {
        shown = without_bars(&shown);
    }
    if shown.is_empty() {
        shown.push(' ');
    }
    let fence = "`".repeat(longest_run(&shown) + 1);
    let is_blank = shown.bytes().all(|byte| byte == b' ');
    let is_at_end = |c| shown.starts_with(c) || shown.ends_with(c);
    // One space at either end is taken away, where both have one.
    let pad = if !is_blank && (is_at_end('`') || is_at_end(' ')) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

/// The first `most` letters of `text`: what stands between two backticks as code, and so any word that
/// could mean something.
pub(super) fn words(text: &str, most: usize, within: Within) -> String {
    let (first, is_cut) = cut(text, most);
    let parts: Vec<&str> = first.split('`').collect();
    let is_open = parts.len().is_multiple_of(2);
    let last = parts.len() - 1;
    let mut said = String::with_capacity(first.len() + 64);
    for (number, part) in parts.into_iter().enumerate() {
        let is_code = number % 2 == 1;
        if is_code && (number < last || is_cut) {
            push_code(&mut said, &code(part, most, within));
        } else if is_code {
            push_plain(&mut said, &format!("`{part}"), within);
        } else {
            push_plain(&mut said, part, within);
        }
    }
    if is_cut {
        said.push_str(if is_open { "…" } else { " …" });
    }
    said
}

/// Adds `text`, with one space where it has several.
fn push_plain(said: &mut String, text: &str, within: Within) {
    for (number, word) in text.split([' ', '\n', '\t', '\r']).enumerate() {
        if number > 0 && !said.is_empty() && !said.ends_with(' ') {
            said.push(' ');
        }
        if word.is_empty() {
            continue;
        }
        if is_word(word) {
            said.push_str(word);
        } else {
            push_code(said, &code(word, word.len(), within));
        }
    }
}

/// Adds a code span: two of them side by side would be one of another kind.
fn push_code(said: &mut String, code: &str) {
    if said.ends_with('`') {
        said.push(' ');
    }
    said.push_str(code);
}

/// Whether nothing in `word` means anything anywhere.
fn is_word(word: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || ".,;'\"()?!/-%…".contains(c);
    let body = word.trim_end_matches(':');
    let is_after_dash = |(at, _)| body[at + 1..].starts_with(|c: char| c.is_ascii_digit());
    let letters = body.trim_matches(|c: char| !c.is_alphanumeric());
    body.chars().all(is_plain)
        && word.len() - body.len() <= 1
        && !body.to_ascii_lowercase().contains("www")
        && !body.match_indices('-').any(is_after_dash)
        && !(letters.len() >= SHORTEST_COMMIT && letters.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// `label`, which is Markdown already, as a link to `address`; alone where that is too long.
pub(super) fn link(label: &str, address: &str) -> String {
    if address.len() > LONGEST_ADDRESS {
        return label.to_owned();
    }
    format!("[{label}]({address})")
}

/// `path` as a part of an address.
pub(super) fn encoded(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

/// Whether `address` is one that can stand in a link as it is.
pub(super) fn is_address(address: &str) -> bool {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:%@".contains(&byte);
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(is_plain))
}

/// Lines, none of which has a line break, as a block of code in `language`.
pub(super) fn block(language: &str, lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max();
    let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
}

/// The first `most` letters of a text, and whether there are more.
fn cut(text: &str, most: usize) -> (&str, bool) {
    match text.char_indices().nth(most) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

/// Code with each `|` escaped for a table: a backslash in front takes that off again. Behind another
/// backslash readers differ, so there it is written as its number.
fn without_bars(code: &str) -> String {
    let mut safe = String::with_capacity(code.len());
    for character in code.chars() {
        match character {
            '|' if safe.ends_with('\\') => safe.push_str("\\u{7c}"),
            '|' => safe.push_str("\\|"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{Within, code, encoded, is_address, words};

    #[test]
    fn code_is_fenced_by_more_than_it_has() {
        let line = |text| code(text, 100, Within::Line);
        assert_eq!(line("a|b"), "`a|b`");
        assert_eq!(line("a`b"), "``a`b``");
        assert_eq!(line("``"), "``` `` ```");
        assert_eq!(line(""), "` `");
        assert_eq!(line(" a "), "`  a  `");
        assert_eq!(code("abcd", 3, Within::Line), "`abc…`");
        assert_eq!(code("a|b\\|c", 9, Within::Cell), "`a\\|b\\\\u{7c}c`");
    }

    #[test]
    fn words_stay_and_all_else_is_code() {
        let line = |text| words(text, 100, Within::Line);
        assert_eq!(line("`a` is wrong: see b/c"), "`a` is wrong: see b/c");
        assert_eq!(line("ask @bob about #1"), "ask `@bob` about `#1`");
        assert_eq!(line("at www.x.org or GH-1"), "at `www.x.org` or `GH-1`");
        assert_eq!(line("a **b** <i> [c](d)"), "a `**b**` `<i>` `[c](d)`");
        assert_eq!(line("in deadbeef :tada:"), "in `deadbeef` `:tada:`");
        assert_eq!(line("an open `end"), "an open `` `end ``");
        assert_eq!(words("one `two three`", 8, Within::Line), "one `two`…");
    }

    #[test]
    fn addresses_hold_nothing_else() {
        assert_eq!(encoded("a b/(c)`.yaml"), "a%20b/%28c%29%60.yaml");
        assert!(is_address("https://github.com/o/r/blob/0a1b"));
        assert!(!is_address("javascript:x") && !is_address("https://x) [y](z"));
    }
}
