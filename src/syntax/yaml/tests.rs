//! The facts that the rest of the crate relies on.

mod faults;
mod harm;

use std::time::{Duration, Instant};

use super::*;

fn read(text: &str) -> Stream<'_> {
    parse(text, &Limits::default(), arena())
}

/// An arena for nodes that a test passes around.
pub(super) fn arena() -> &'static Arena {
    Box::leak(Box::new(Arena::new()))
}

/// The only document of a text without faults.
fn root(text: &str) -> Node<'_> {
    let mut stream = read(text);
    assert_eq!(stream.faults, [], "{text:?}");
    assert_eq!(stream.documents.len(), 1, "{text:?}");
    stream.documents.remove(0)
}

fn source<'t>(text: &'t str, node: &Node<'_>) -> &'t str {
    &text[node.span.range()]
}

/// Every span lies on character boundaries and in its parent, unless an alias brought it there.
fn check_spans(text: &str, node: &Node<'_>, outer: Option<Span>) {
    let token = text.get(node.span.range());
    assert!(token.is_some(), "{:?} in {text:?}", node.span);
    if let Some(outer) = outer {
        assert_eq!(outer.join(node.span), outer, "{text:?}");
    }
    let outer = (!token.is_some_and(|token| token.starts_with('*'))).then_some(node.span);
    node.items()
        .chain(node.entries().flat_map(|entry| [&entry.key, &entry.value]))
        .for_each(|child| check_spans(text, child, outer));
}

fn check_stream(text: &str) -> Stream<'_> {
    let started = Instant::now();
    let stream = read(text);
    assert!(started.elapsed() < Duration::from_secs(10), "slow");
    for document in &stream.documents {
        check_spans(text, document, None);
    }
    for span in (stream.faults.iter().map(|fault| fault.span))
        .chain(stream.comments.iter().map(|comment| comment.span))
    {
        assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    }
    assert!(stream.faults.is_sorted_by_key(|fault| fault.span));
    assert!(stream.comments.is_sorted_by_key(|comment| comment.span));
    stream
}

#[test]
fn scalars_are_borrowed_and_cover_their_token() {
    let text = "é: 'ä' # ö\nplain: two words \ndouble: \"x\\n\"\nit: 'it''s'\nlong: a\n  b\n";
    let node = root(text);
    let tokens: Vec<_> = node.entries().map(|e| source(text, &e.value)).collect();
    assert_eq!(
        tokens,
        ["'ä'", "two words", "\"x\\n\"", "'it''s'", "a\n  b"]
    );
    let texts: Vec<_> = node.entries().filter_map(|e| e.value.as_str()).collect();
    assert_eq!(texts, ["ä", "two words", "x\n", "it's", "a b"]);
    let is_borrowed = |key, style| {
        let source = text.as_bytes().as_ptr_range();
        let scalar = node.get(key).and_then(Node::as_scalar);
        scalar.is_some_and(|s| source.contains(&s.text.as_ptr()) && s.style == style)
    };
    assert!(is_borrowed("plain", Style::Plain));
    assert!(is_borrowed("é", Style::SingleQuoted));
    assert!(!is_borrowed("it", Style::SingleQuoted));
}

#[test]
fn block_scalars_cover_their_body() {
    let text =
        "a: |  # head\n  é one\n  two\n\n\nb: >-\n   x\nc: |+\n\n\nd: |2\n   y\ne: |\n\n  z\n";
    let node = root(text);
    let bodies: Vec<_> = node.entries().map(|e| source(text, &e.value)).collect();
    assert_eq!(bodies, ["é one\n  two", "x", "", " y", "z"]);
    let end = node
        .get("c")
        .map(|c| text[..c.span.range().end].ends_with("c: |+"));
    assert_eq!(end, Some(true));
    assert_eq!(node.get("a").and_then(Node::as_str), Some("é one\ntwo\n"));
    assert_eq!(
        root("a: >-\n").get("a").map(|a| a.span),
        Some(Span::new(5, 5))
    );
}

#[test]
fn empty_values_lie_behind_their_colon_or_dash() {
    for (text, offsets) in [
        (
            "a:\nb:   # c\nc :\nd: &x\ne: !!null\n",
            &[2, 5, 15, 21, 31][..],
        ),
        ("{a: , b, c : }", &[3, 7, 12]),
        ("? k\n: \n? l\n", &[5, 10]),
        ("- \n-\n-  # c\n", &[1, 4, 6]),
    ] {
        let node = root(text);
        let values = node
            .entries()
            .map(|entry| &entry.value)
            .chain(node.items())
            .map(|value| {
                assert!(value.is_null() && value.span.is_empty(), "{text:?}");
                assert_eq!(value.as_scalar().map(|s| s.text), Some(""));
                assert_eq!(value.as_str(), None);
                value.span.range().start
            });
        assert_eq!(values.collect::<Vec<_>>(), offsets, "{text:?}");
    }
    let node = root("a: ~\n");
    assert_eq!(
        node.get("a").map(|a| (a.is_null(), a.span.len())),
        Some((true, 1))
    );
}

#[test]
fn collections_end_with_their_last_value() {
    let text = "# c\nk:\n- a\n- - x\n  - y:\n\n# d\nm:\n  n: [1, {o: p} ]  \n\nq: {}\n- : r\n";
    let text = &text[..text.len() - 6];
    let node = root(text);
    let of = |key| node.get(key).map(|value| source(text, value));
    assert_eq!(source(text, &node), text[4..].trim_end());
    assert_eq!(of("k"), Some("- a\n- - x\n  - y:"));
    assert_eq!(of("m"), Some("n: [1, {o: p} ]"));
    assert_eq!(of("q"), Some("{}"));
    let inner = node.get("k").and_then(|k| k.items().nth(1));
    assert_eq!(inner.map(|inner| source(text, inner)), Some("- x\n  - y:"));
    let text = "[a: b, {c: d}]";
    let pairs: Vec<_> = root(text).items().map(|n| source(text, n)).collect();
    assert_eq!(pairs, ["a: b", "{c: d}"]);
}

#[test]
fn line_breaks_and_byte_order_marks_do_not_shift_spans() {
    for text in [
        "a:\r\n  - é\r\n  - |\r\n    x\r\n    y\r\nc: d # e\r\n",
        "\u{feff}a:\n  - é\n  - |\n    x\n    y\nc: d # e\n",
    ] {
        let stream = check_stream(text);
        assert_eq!(stream.faults, []);
        assert_eq!(&text[stream.comments[0].span.range()], "# e");
        let node = &stream.documents[0];
        let items: Vec<_> = node.get("a").into_iter().flat_map(Node::items).collect();
        assert_eq!(source(text, items[0]), "é");
        assert_eq!(items[1].as_str(), Some("x\ny\n"));
        assert!(source(text, items[1]).ends_with(" y"));
        assert_eq!(node.get("c").map(|c| source(text, c)), Some("d"));
    }
}

#[test]
fn streams_of_documents() {
    let text = "%YAML 1.2\n---\na: 1\n...\n---\n--- # c\nb\n";
    let stream = check_stream(text);
    let nulls: Vec<_> = stream.documents.iter().map(Node::is_null).collect();
    assert_eq!((nulls, stream.faults.len()), (vec![false, true, false], 0));
    assert!(read("# only\n").documents.is_empty() && read("").documents.is_empty());
    let stream = read("a: 1\n---\nb: [\n---\nc: 1\n");
    assert_eq!((stream.documents.len(), stream.faults.len()), (1, 1));
}

#[test]
fn comments_are_complete() {
    let text = format!("a: # 0\n{}  b\n# é", "  # c\n\n".repeat(50_000));
    let stream = check_stream(&text);
    assert_eq!((stream.comments.len(), stream.faults.len()), (50_002, 0));
    let last = stream.comments.last().map(|last| &text[last.span.range()]);
    assert_eq!(last, Some("# é"));
}

#[test]
fn kinds_are_those_of_go() {
    let kind = |text: &str| root(text).as_scalar().map(Scalar::kind);
    for (texts, expected) in [
        ("~ null NULL !!null", Kind::Null),
        ("yes y True on ON", Kind::Bool(true)),
        ("no n FALSE off", Kind::Bool(false)),
        (
            "0 -1 +1 1_000 0x1F 0o17 017 0b101 -0x1 18446744073709551615",
            Kind::Integer,
        ),
        (
            "4.10 .5 1. 1e3 -1.5E+3 .inf -.INF .nan 09 1_0.5 18446744073709551616",
            Kind::Float,
        ),
        (
            "4.10.0 yEs tRUE nan 0x 1e -e +inf 1e999 2024-03-20 a 1a 0b2 _1 .5_0 . + '4.10' \"yes\" '' '~'",
            Kind::String,
        ),
    ] {
        for text in texts.split(' ') {
            assert_eq!(kind(text), Some(expected), "{text}");
        }
    }
    for (text, expected) in [
        ("|\n  1", Kind::String),
        ("!!str 4.10", Kind::String),
        ("!x 1", Kind::String),
        ("!!int '1'", Kind::Integer),
        ("!!float 1", Kind::Float),
        ("!!bool 'no'", Kind::Bool(false)),
        ("!!str", Kind::String),
    ] {
        assert_eq!(kind(text), Some(expected), "{text}");
    }
    let node = root("a: !!str 1\nb: 4.10\nc: off\n");
    let scalar = |key| node.get(key).and_then(Node::as_scalar);
    assert_eq!(
        scalar("a").map(|scalar| scalar.tagged.is_some()),
        Some(true)
    );
    assert_eq!(
        scalar("b").map(|scalar| scalar.tagged.is_some()),
        Some(false)
    );
    assert_eq!(node.get("b").and_then(Node::as_str), Some("4.10"));
    assert_eq!(node.get("c").and_then(Node::as_bool), Some(false));
    assert_eq!(node.get("b").and_then(Node::as_bool), None);
}

#[test]
fn repeated_keys_are_faults_and_the_last_one_counts() {
    for filler in [0, 40] {
        let filler: String = (0..filler).map(|n| format!("k{n}: 1\n")).collect();
        let text = format!(
            "é: {{x: 1, x: 2}}\na: 1\n{filler}\"a\": 2\n[q]: 1\na: 3\n<<: {{}}\n<<: {{}}\n"
        );
        let stream = check_stream(&text);
        let found: Vec<_> = stream
            .faults
            .iter()
            .map(|fault| match fault.kind {
                FaultKind::DuplicateKey { first } => (
                    &text[fault.span.range()],
                    &text[first.range()],
                    &*fault.message,
                ),
                _ => ("", "", &*fault.message),
            })
            .collect();
        let twice = "key `a` is given twice";
        assert_eq!(
            found,
            [
                ("x", "x", "key `x` is given twice"),
                ("\"a\"", "a", twice),
                ("a", "a", twice)
            ]
        );
        let node = &stream.documents[0];
        assert_eq!(node.get("a").and_then(Node::as_str), Some("3"));
        assert!(
            node.entries()
                .filter(|e| e.key.as_str() == Some("a"))
                .count()
                == 3
        );
    }
}

#[test]
fn aliases_are_copies_and_merge_keys_are_followed() {
    let text = "base: &b {x: 1, y: &y [2]}\n? &k key\n: *k\nplus: {<<: *b, x: 3}\nlist:\n  <<: [{z: 4}, *b]\ny: *y\nq: {'<<': {z: 1}}\n";
    let node = root(text);
    let of = |first, second| node.get(first)?.get(second)?.as_str();
    assert_eq!(
        node.get("key").map(|n| (n.as_str(), source(text, n))),
        Some((Some("key"), "*k"))
    );
    assert_eq!(of("plus", "x"), Some("3"));
    assert_eq!((of("list", "z"), of("list", "x")), (Some("4"), Some("1")));
    assert_eq!(of("q", "z"), None);
    let y = node.get("y").map(|y| {
        (
            source(text, y),
            y.items().map(|i| source(text, i)).collect(),
        )
    });
    assert_eq!(y, Some(("*y", vec!["2"])));
    assert_eq!(
        node.get("plus")
            .and_then(|n| n.get("y"))
            .map(|y| source(text, y)),
        Some("&y [2]").map(|s| &s[3..])
    );
}
