//! Targets below the checkout: mapping files, YAML, image references.

use mirrorlint::syntax::mapping;
use mirrorlint::syntax::reference::{ImageStreamTag, Reference, TypedReference, web_address};
use mirrorlint::syntax::span::Span;
use mirrorlint::syntax::yaml::{self, Limits, Node, Style, Value};

/// What stands at `span`, which must lie in `text` and on character boundaries.
pub fn slice(text: &str, span: Span) -> &str {
    let found = text.get(span.range());
    found.unwrap_or_else(|| panic!("{span:?} is no part of {text:?}"))
}

/// A mapping file: spans are valid, sides can be written and read again, and a mapping writes what
/// it writes.
pub fn mapping_file(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    let file = mapping::parse(text);
    for line in &file.lines {
        let said = slice(text, line.span);
        assert!(said == said.trim() && !said.is_empty() && !said.contains('\n'));
        for dropped in &line.dropped {
            assert!(line.span.covers(*dropped));
            slice(text, *dropped);
        }
        for mapping in &line.mappings {
            let (source, destination) = (&mapping.source, &mapping.destination);
            for span in [source.span, destination.span] {
                assert!(line.span.covers(span));
                slice(text, span);
            }
            reads_again(&destination.reference);
            if source.wildcard.is_none() {
                reads_again(&source.reference);
            }
            assert!(mapping.may_write_same(mapping), "{mapping}");
            let _ = (mapping.key(), source.key(), mapping.is_self_mirror());
        }
    }
    let mappings: Vec<_> = file.mappings().take(20).collect();
    for one in &mappings {
        for other in &mappings {
            let same = one.may_write_same(other);
            assert_eq!(same, other.may_write_same(one), "{one} and {other}");
            assert!(same || one.key() != other.key(), "{one} and {other}");
        }
    }
    assert!(file.faults.is_sorted_by_key(|fault| fault.span));
    for fault in &file.faults {
        slice(text, fault.span);
        assert!(!fault.message.is_empty());
    }
}

fn reads_again(reference: &TypedReference) {
    let again = TypedReference::parse(&reference.to_string());
    let again = again.unwrap_or_else(|fault| panic!("{reference}: {fault:?}"));
    assert_eq!(again.transport, reference.transport);
    let parts = |r: &Reference| {
        (
            r.host.clone(),
            r.repository.clone(),
            r.tag.clone(),
            r.digest.clone(),
        )
    };
    assert_eq!(parts(&again.reference), parts(&reference.reference));
}

/// An image reference: what is accepted is written as it was read, part for part; a fault points
/// into the text.
pub fn reference(bytes: &[u8]) {
    let token = &*String::from_utf8_lossy(bytes);
    match Reference::parse(token) {
        Ok(reference) => {
            assert_eq!(reference.to_string(), token);
            let spans = reference.spans;
            let part = |span: Option<Span>| span.map(|span| slice(token, span));
            assert_eq!(part(spans.host), reference.host.as_deref());
            assert_eq!(slice(token, spans.repository), &*reference.repository);
            assert_eq!(part(spans.tag), reference.tag.as_deref());
            if !reference.is_host_only() {
                assert_eq!(part(spans.digest), reference.digest.as_deref());
            }
            assert!(reference.same_repository(&reference));
            let _ = reference.image_stream_tag();
        }
        Err(fault) => {
            slice(token, fault.span);
            if let Some((span, _)) = fault.fix {
                slice(token, span);
            }
        }
    }
    match TypedReference::parse(token) {
        Ok(typed) => reads_again(&typed),
        Err(fault) => {
            slice(token, fault.span);
        }
    }
    let _ = web_address(token);
    let mut parts = token.splitn(3, ['/', ':']);
    let mut part = || parts.next().unwrap_or_default();
    if let Ok(tag) = ImageStreamTag::new(part(), part(), part()) {
        assert!(!tag.to_string().is_empty());
    }
}

/// YAML: every span is valid, what lies in a collection lies in its span, the limits hold, and the
/// shortcut for block style reads what the general parser reads.
pub fn yaml(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    let small = Limits {
        max_depth: 6,
        max_nodes: 60,
        max_expanded_nodes: 20,
    };
    for limits in [Limits::default(), small] {
        let arena = yaml::Arena::new();
        let stream = yaml::parse(text, &limits, &arena);
        if let Some(quick) = yaml::parse_block(text, &limits, &arena) {
            assert_eq!(quick, yaml::parse_general(text, &limits, &arena));
        }
        let mut nodes = 0;
        for document in &stream.documents {
            nodes += looked_at(text, document, &limits, 0);
        }
        assert!(nodes <= limits.max_nodes + limits.max_expanded_nodes);
        let mut last = 0;
        for comment in &stream.comments {
            let said = slice(text, comment.span);
            assert!(said.starts_with('#') && !said.contains('\n'), "{said:?}");
            assert!(comment.span.start >= last);
            last = comment.span.end;
        }
        for fault in &stream.faults {
            slice(text, fault.span);
            assert!(!fault.message.is_empty());
        }
    }
}

/// Holds `node` to what `yaml::Node` promises, and counts it and those below.
fn looked_at(text: &str, node: &Node<'_>, limits: &Limits, depth: usize) -> usize {
    let written = slice(text, node.span);
    // The nodes below an alias lie where the anchor is.
    let is_alias = written.starts_with('*') && !written.contains(char::is_whitespace);
    let children: Vec<&Node<'_>> = match &node.value {
        Value::Scalar(scalar) => {
            let _ = scalar.kind();
            match scalar.style {
                _ if is_alias => {}
                Style::Plain if !written.contains(['\n', '\r']) => assert_eq!(scalar.text, written),
                Style::SingleQuoted => assert!(is_between(written, '\''), "{written:?}"),
                Style::DoubleQuoted => assert!(is_between(written, '"'), "{written:?}"),
                Style::Plain | Style::Literal | Style::Folded => {}
            }
            return 1;
        }
        Value::Sequence(items) => items.iter().collect(),
        Value::Mapping(mapping) => {
            let sides = mapping
                .entries
                .iter()
                .flat_map(|entry| [&entry.key, &entry.value]);
            sides.collect()
        }
    };
    assert!(depth < limits.max_depth);
    let mut nodes = 1;
    let mut last = node.span.start;
    for child in children {
        if !is_alias {
            assert!(node.span.covers(child.span), "{child:?} in {node:?}");
            assert!(child.span.start >= last, "{child:?} in {node:?}");
            last = child.span.end;
        }
        nodes += looked_at(text, child, limits, depth + 1);
    }
    nodes
}

fn is_between(written: &str, quote: char) -> bool {
    written.len() > 1 && written.starts_with(quote) && written.ends_with(quote)
}
