//! What does not parse: where it is told, and in which words.

use super::*;

/// The only fault of a text: its kind, the text it points at, its offset, its message.
fn fault(text: &str) -> (FaultKind, &str, usize, String) {
    let mut stream = read(text);
    assert_eq!(stream.faults.len(), 1, "{:?}", stream.faults);
    let Fault {
        kind,
        span,
        message,
    } = stream.faults.remove(0);
    (kind, &text[span.range()], span.start as usize, message)
}

pub(super) fn syntax_message(text: &str, place: &str, at: usize) -> String {
    let (kind, found, start, message) = fault(text);
    assert_eq!(
        (kind, found, start),
        (FaultKind::Syntax, place, at),
        "{message}"
    );
    message
}

#[test]
fn syntax_faults_have_a_place_and_a_reason() {
    for (text, tab) in [
        ("a:\n\tb: c\n", 3),
        ("a:\n  b: c\n\td: e\n", 10),
        ("é:\n\t- b\n", 4),
        ("a:\n  - b\n\t- c\n", 9),
        ("a:\n \tb: c\n", 4),
        ("\ta: b\n", 0),
        ("a:\n  b: 1\n \td: e\n", 11),
        ("a:\n\tb\n", 3),
    ] {
        let message = syntax_message(text, "\t", tab);
        assert!(
            message.starts_with("tab used for indentation"),
            "{text:?} {message}"
        );
    }
    for text in [
        "a:\t|\n  x\n  \ty\n",
        "a: [\n  \t1\n  ]\n",
        "a: b\tc\t# d\n",
        "a: 'x\n  \ty'\n",
    ] {
        assert_eq!(read(text).faults, [], "{text:?}");
    }
    for (text, place, at, message) in [
        ("a: 'é", "'", 3, "the quote that opens here is not closed"),
        (
            "a: {b: \"x\"}\nc:\n- \"d: it's # e\nf: \"g\"\n",
            "\"",
            17,
            "the quote that opens here is not closed",
        ),
        (
            "a: 'it''s\n\n# b\nc: 1\n",
            "'",
            3,
            "the quote that opens here is not closed",
        ),
        // This one is closed.
        (
            "a: \"b\nc\"\n",
            "c",
            6,
            "invalid indentation in multiline quoted scalar",
        ),
        ("a: [é", "[", 3, "unclosed bracket '['"),
        (
            "a: b: c",
            ":",
            4,
            "mapping values are not allowed in this context",
        ),
        ("a: @x", "@", 3, "a value that starts with `@` needs quotes"),
        (
            "a: `x",
            "`",
            3,
            "a value that starts with a backtick needs quotes",
        ),
        ("a: x\0y\n", "\0", 4, "character U+0000 is not allowed here"),
        (
            "a: xé\u{7f}y\n",
            "\u{7f}",
            6,
            "character U+007F is not allowed here",
        ),
        (
            "# \u{7}",
            "\u{7}",
            2,
            "character U+0007 is not allowed here",
        ),
        (
            "a: |\n  x\n  y\u{85}\u{8}",
            "\u{8}",
            14,
            "character U+0008 is not allowed here",
        ),
        (
            "a: b\n\u{feff}c: d",
            "\u{feff}",
            5,
            "a BOM must not appear inside a document",
        ),
    ] {
        assert_eq!(syntax_message(text, place, at), message, "{text:?}");
    }
}
