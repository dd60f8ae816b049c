//! A `*` in the tag of a source.

use super::super::reference::{ReferenceFault, ReferenceFaultKind, TypedReference};
use super::super::span::Span;

/// A tag has at most 128 characters (`syntax/reference`): so many, and a `*` around each.
pub(super) const MAX_PATTERN: usize = 257;

/// Where the tag starts when it holds a `*` and nothing that a tag does not
/// (`rePossibleExpandableReference`). A pattern has no other rule: it may start with a `.` and be
/// of any length.
pub(super) fn wildcard_at(token: &str) -> Option<usize> {
    let tag = token.rfind(':')? + 1;
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-*".contains(&byte);
    (token[tag..].contains('*') && token[tag..].bytes().all(legal)).then_some(tag)
}

/// Reads a source whose pattern starts at `tag`, with a plain tag in the pattern's place as `oc`
/// does (`ParseSourceReference`).
pub(super) fn parse_wildcard(token: &str, tag: usize) -> Result<TypedReference, ReferenceFault> {
    let plain = format!("{}tag", &token[..tag]);
    match TypedReference::parse(&plain) {
        Ok(mut typed) => {
            typed.reference.tag = None;
            if let Some(span) = &mut typed.reference.spans.tag {
                *span = Span::new(tag, token.len());
            }
            Ok(typed)
        }
        Err(fault) => Err(with_pattern(fault, token, tag)),
    }
}

/// Puts the pattern, which starts at `tag`, back into a fault found with a plain tag in its place.
fn with_pattern(mut fault: ReferenceFault, token: &str, tag: usize) -> ReferenceFault {
    let within = |span: Span| span.end as usize <= tag;
    let pattern = &token[tag..];
    let corrected = fault.fix.as_ref().and_then(|(_, text)| {
        text.strip_suffix(":tag")
            .map(|name| format!("{name}:{pattern}"))
    });
    if within(fault.span) {
        fault.fix = fault.fix.filter(|(span, _)| within(*span));
        return fault;
    }
    fault.span = Span::new(fault.span.start as usize, token.len());
    match fault.kind {
        ReferenceFaultKind::Digest => {
            fault.kind = ReferenceFaultKind::Wildcard;
            "a digest takes no wildcard".clone_into(&mut fault.message);
        }
        ReferenceFaultKind::Tag => fault.message = format!("a second tag, `{pattern}`"),
        _ => {}
    }
    if let Some(corrected) = &corrected {
        fault.help = Some(format!("the pull spec is `{corrected}`"));
    }
    fault.fix = corrected.map(|text| (fault.span, text));
    fault
}
