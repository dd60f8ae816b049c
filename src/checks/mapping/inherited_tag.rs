//! Destinations that lack the tag which their neighbours have.

use std::collections::BTreeSet;

use crate::checkout::Checkout;
use crate::checkout::images::{Store, stored_image};
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::Draft;
use crate::model::mapping_file::Mapping;

/// So many destinations with a tag of their own make a habit, and for each without one there must be
/// so many.
const COMMON: usize = 3;
const FOR_EACH_OUTLIER: usize = 4;

/// `mapping-inherited-tag`: a destination without a tag, which takes the source's, in a set whose others
/// have one of their own, or whose tag is the image's name. Where others have that very tag too it makes no
/// difference.
pub(super) fn inherited_tag(checkout: &Checkout, drafts: &mut Drafts) {
    for set in checkout.mirroring().sets.values() {
        let files = || checkout.mirroring().files[set.files.clone()].iter();
        let mappings = || files().flat_map(|file| of_file(file).map(move |own| (file, own)));
        let mut own_tags = BTreeSet::new();
        let (mut with, mut without) = (0, 0);
        for (_, mapping) in mappings() {
            match &mapping.destination.reference.reference.tag {
                Some(tag) => {
                    with += 1;
                    own_tags.insert(&**tag);
                }
                None => without += 1,
            }
        }
        let is_usual = with < COMMON || with < without * FOR_EACH_OUTLIER;
        for (file, mapping) in mappings() {
            let inherited = mapping.tag().unwrap_or_default();
            let has_own = mapping.destination.reference.reference.tag.is_some();
            if has_own || own_tags.contains(inherited) || is_torn(file, mapping) {
                continue;
            }
            if !is_usual {
                let others = format!("; the set's other {with} destinations have one of their own");
                drafts.push(draft(file, mapping, inherited, &others));
            } else if is_a_name(checkout, mapping, inherited) {
                drafts.push(draft(
                    file,
                    mapping,
                    inherited,
                    ", which is the name of the image",
                ));
            }
        }
    }
}

/// Whether the source's tag says which image it is, and not which version.
fn is_a_name(checkout: &Checkout, mapping: &Mapping, tag: &str) -> bool {
    let source = &mapping.source.reference.reference;
    let stored = stored_image(source, &checkout.conventions.registries);
    let repository = &mapping.destination.reference.reference.repository;
    let is_in_qci = stored.is_some_and(|(store, _)| store == Store::Qci);
    is_in_qci || repository.rsplit('/').next() == Some(tag)
}

/// Whether a word follows that is no destination: the tag, torn off.
fn is_torn(file: &MirroredFile, mapping: &Mapping) -> bool {
    let rest = file.file.text.get(mapping.destination.span.range().end..);
    let line = rest.and_then(|rest| rest.lines().next());
    let next = line.and_then(|line| line.split_whitespace().next());
    next.is_some_and(|word| !word.contains('/'))
}

/// Those that write one tag.
fn of_file(file: &MirroredFile) -> impl Iterator<Item = &Mapping> {
    let mappings = file.lines().iter().flat_map(|line| &line.mappings);
    mappings.filter(|mapping| {
        let source = &mapping.source;
        let destination = &mapping.destination.reference.reference;
        !source.expands() && source.reference.reference.tag.is_some() && destination.host.is_some()
    })
}

fn draft(file: &MirroredFile, mapping: &Mapping, inherited: &str, why: &str) -> Draft {
    let destination = &mapping.destination;
    Draft::new(
        file.place(destination.span),
        mapping.key(),
        format!(
            "`{}` has no tag, so it gets the source's, `{inherited}`{why}",
            destination.reference
        ),
    )
    .help("nobody who asks for a version or for `latest` gets this image; write the tag that is meant")
}
