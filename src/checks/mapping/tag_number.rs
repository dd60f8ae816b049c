//! Tags that differ from their source's in a number, where another line has that number on both sides.

use std::collections::HashSet;

use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::Draft;
use crate::model::mapping_file::Mapping;
use crate::syntax::likeness::version_gap;
use crate::syntax::span::Span;

/// `mapping-version-mismatch`, of tags that are numbers without dots, such as `v7`: a line that was copied, and
/// changed on one side only.
pub(super) fn tag_number(_: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    let mappings = || file.lines().iter().flat_map(|line| &line.mappings);
    let mut differing = mappings().filter(|mapping| differs(mapping)).peekable();
    if differing.peek().is_none() {
        return;
    }
    let alike = mappings().filter(|mapping| is_alike(mapping));
    let alike: HashSet<(String, String, &str)> = alike.filter_map(key).collect();
    // A line that has them alike too is meant so.
    let meant = mappings().filter(|mapping| is_alike(mapping));
    let meant: HashSet<Span> = meant.map(|mapping| mapping.source.span).collect();
    for mapping in differing.filter(|mapping| !meant.contains(&mapping.source.span)) {
        let Some((source, destination)) = tags(mapping) else {
            continue;
        };
        if !key(mapping).is_some_and(|key| alike.contains(&key)) {
            continue;
        }
        let message = format!(
            "`{source}` is published as `{destination}`, and on another line as `{source}`"
        );
        let place = file.place(mapping.source.span);
        let draft = Draft::new(place, mapping.to_string(), message).help(format!(
            "people who ask for the one get the other; if `{destination}` is meant, write it on both sides"
        ));
        drafts.push(draft.explains(super::in_doubt(file, &mapping.source)));
    }
}

/// The tags of the two sides.
fn tags(mapping: &Mapping) -> Option<(&str, &str)> {
    let source = mapping.source.reference.reference.tag.as_deref()?;
    let destination = mapping.destination.reference.reference.tag.as_deref()?;
    Some((source, destination))
}

fn is_alike(mapping: &Mapping) -> bool {
    tags(mapping).is_some_and(|(own, other)| own == other)
}

/// Whether the tags are the same but for one number without dots, and that is no date beside a year.
fn differs(mapping: &Mapping) -> bool {
    tags(mapping).is_some_and(|(one, other)| {
        let is_plain = !one.contains('.') && !other.contains('.');
        is_plain && one.len().abs_diff(other.len()) <= 1 && version_gap(one, other) > 0
    })
}

/// The repositories of the two sides and the tag of the source.
fn key(mapping: &Mapping) -> Option<(String, String, &str)> {
    let source = &mapping.source.reference.reference;
    let destination = &mapping.destination.reference.reference;
    Some((
        source.repository_text(),
        destination.repository_text(),
        source.tag.as_deref()?,
    ))
}
