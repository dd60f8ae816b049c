//! Texts that mean harm.

use super::faults::syntax_message;
use super::*;

#[test]
fn aliases_are_bounded() {
    let mut bomb = "a0: &a0 [x, x]\n".to_owned();
    for n in 1..60 {
        bomb += &format!("a{n}: &a{n} [*a{m}, *a{m}]\n", m = n - 1);
    }
    let chain: String = (1..200)
        .map(|n| format!("a{n}: &a{n} [*a{m}]\n", m = n - 1))
        .collect();
    let chain = format!("a0: &a0 x\n{chain}");
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1 << 20),
        "*a, ".repeat(10_000)
    );
    for (text, kind) in [
        (&*bomb, FaultKind::AliasExpansion),
        (&chain, FaultKind::TooDeep),
        (&long, FaultKind::AliasExpansion),
        ("a: &a [1, {b: *a}]", FaultKind::AliasExpansion),
        ("&a {? *a : 1}", FaultKind::AliasExpansion),
    ] {
        let stream = check_stream(text);
        let kinds: Vec<_> = stream.faults.iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds, [kind]);
        assert!(text[stream.faults[0].span.range()].starts_with("*a"));
        assert!(stream.documents.is_empty());
    }
    assert!(syntax_message("a: *b\n", "*", 3).starts_with("alias without an anchor"));
    // A name is the document's own, and its last anchor counts.
    assert_eq!(read("- &a 1\n---\n- *a\n").documents.len(), 1);
    assert_eq!(
        root("[&a 1, &a 2, *a]")
            .items()
            .nth(2)
            .and_then(Node::as_str),
        Some("2")
    );
}

#[test]
fn depth_and_size_are_bounded() {
    let nested: String = (0..2_000)
        .map(|n| format!("{}a:\n", " ".repeat(n)))
        .collect();
    for text in [
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "[".repeat(101) + &"]".repeat(101),
        "- ".repeat(10_000),
        "? ".repeat(10_000),
        nested,
    ] {
        let stream = check_stream(&text);
        let kinds: Vec<_> = stream.faults.iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds, [FaultKind::TooDeep], "{}", &text[..20]);
        assert_eq!(stream.faults[0].message, "more than 100 levels of nesting");
    }
    assert_eq!(read(&("[".repeat(100) + &"]".repeat(100))).faults, []);
    let limits = Limits {
        max_nodes: 4,
        ..Limits::default()
    };
    assert_eq!(parse("[1, 2, 3]", &limits, arena()).faults, []);
    let stream = parse("[1, 2, 3, é]", &limits, arena());
    assert_eq!(stream.faults[0].kind, FaultKind::TooManyNodes);
    assert_eq!(stream.faults[0].span, Span::new(10, 12));
}

#[test]
fn large_and_random_texts_are_read_promptly() {
    let megabyte = "x y: ".repeat(200_000);
    for text in [
        format!("a: '{megabyte}'"),
        format!("a: |\n  {megabyte}\n"),
        megabyte.clone(),
        format!("'{megabyte}': 1"),
        "\n".repeat(1 << 20),
        "a: 1\n".repeat(100_000),
        "&a ".repeat(100_000),
        "- &a x\n- *a\n".repeat(40_000),
        "---\n".repeat(100_000),
        "a: |\n\n".repeat(50_000),
    ] {
        check_stream(&text);
    }
    let pieces = [
        "a", ": ", ":", "- ", "\n", "\n  ", " ", "\t", "[", "]", "{", "}", ", ", "? ", "&a ", "*a",
        "'", "\"", "|\n", ">-\n", "# c", "é", "!!str ", "---\n", "...\n", "<<", "~", "\r\n",
    ];
    let mut state = 1_u64;
    let mut next = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap_or_default() % bound
    };
    for _ in 0..20_000 {
        let text: String = (0..next(24)).map(|_| pieces[next(pieces.len())]).collect();
        check_stream(&text);
    }
}
