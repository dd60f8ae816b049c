//! Tags of QCI that stand for no ImageStreamTag.

use crate::checkout::Checkout;
use crate::checkout::images::{Images, nameless_qci_tag};
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::{Draft, Fix, Place};
use crate::syntax::reference::{ImageStreamTag, Reference};

/// What people write where `_` is meant.
const SEPARATORS: [char; 3] = ['_', '-', '.'];

/// So many separators of a tag are tried as the two that part it.
const MAX_SEPARATORS: usize = 8;

/// `mapping-source-unprovided`, of sources in QCI whose tag is not of the form `namespace_name_tag`.
pub(super) fn in_mapping_file(checkout: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    let mut before = None;
    for mapping in file.lines().iter().flat_map(|line| &line.mappings) {
        let source = &mapping.source;
        // What another line pushes there is there, whatever it is called.
        let is_written = || {
            let destinations = &checkout.mirroring().destinations;
            destinations.contains_key(&source.key())
        };
        if before != Some(source.span) && !source.expands() && !is_written() {
            let start = file.place(source.span);
            let reference = &source.reference.reference;
            drafts.extend(draft(checkout, reference, &start, source.to_string()));
        }
        before = Some(source.span);
    }
}

/// What is wrong with the tag of a pull spec that starts at `start`, if it is one of QCI.
pub(super) fn draft(
    checkout: &Checkout,
    reference: &Reference,
    start: &Place,
    entity: String,
) -> Option<Draft> {
    let registries = &checkout.conventions.registries;
    let tag = nameless_qci_tag(reference, registries)?;
    let span = reference.spans.tag?.shifted(start.span.start as usize);
    let place = Place::new(&start.path, span);
    let meant = meant(checkout.images(), tag).map(|meant| meant.to_qci_tag());
    let advice = match &meant {
        Some(meant) => format!("there is `{meant}`"),
        None => {
            "write namespace, name and tag of the image with `_` between, none of them left out"
                .to_owned()
        }
    };
    let message = format!("`{tag}` names no image of CI: it is not `namespace_name_tag`");
    let draft = Draft::new(place.clone(), entity, message).help(format!(
        "images of `{}` are tagged so, and namespaces and names hold no `_` and no capitals; {advice}",
        reference.repository_text()
    ));
    Some(draft.alternatives(meant.and_then(|meant| Fix::alternative(place, meant))))
}

/// The image that is provided and has the tag's letters, parted elsewhere.
fn meant(images: &Images, tag: &str) -> Option<ImageStreamTag> {
    let lower = tag.to_lowercase();
    let separators = lower.match_indices(SEPARATORS).map(|(at, _)| at);
    let separators: Vec<usize> = separators.take(MAX_SEPARATORS).collect();
    let pairs = separators.iter().enumerate().flat_map(|(number, &first)| {
        let behind = separators[number + 1..].iter();
        behind.map(move |&second| (first, second))
    });
    let mut parted = pairs.filter_map(|(first, second)| {
        let namespace = &lower[..first];
        ImageStreamTag::new(namespace, &lower[first + 1..second], &tag[second + 1..]).ok()
    });
    parted.find(|meant| !images.providers(meant).is_empty())
}
