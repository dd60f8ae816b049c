//! Images of private namespaces that a mapping file publishes.

use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::Draft;
use crate::model::conventions::Registries;
use crate::model::mapping_file::{Mapping, Source};

/// `mapping-private-source`
pub(super) fn private_source(checkout: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    for mapping in file.lines().iter().flat_map(|line| &line.mappings) {
        drafts.extend(published(checkout, file, mapping));
    }
}

fn published(checkout: &Checkout, file: &MirroredFile, mapping: &Mapping) -> Option<Draft> {
    let conventions = &checkout.conventions;
    let registries = &conventions.registries;
    let namespace = namespace(&mapping.source, registries)?;
    let destination = &mapping.destination.reference.reference;
    let host = destination.host.as_deref()?;
    let stays = registries.is_central(host)
        || registries.internal.iter().any(|own| own == host)
        || registries.qci.contains(&destination.repository_text());
    if stays || !conventions.namespaces.private.is_match(namespace) {
        return None;
    }
    let source = &mapping.source;
    let draft = Draft::new(
        file.place(source.span),
        mapping.key(),
        format!("`{source}` is private, and is pushed to `{destination}`"),
    );
    Some(draft.help(format!(
        "images of namespace `{namespace}` are built from fixes that are not public yet; mirror the image \
         of the public namespace, or make sure that nobody else can read `{}`",
        destination.repository_text()
    )))
}

/// The namespace of an image of CI, or of all that a wildcard means.
fn namespace<'s>(source: &'s Source, registries: &Registries) -> Option<&'s str> {
    let reference = &source.reference.reference;
    if registries.is_central(reference.host.as_deref()?) {
        return Some(reference.namespace_and_name()?.0);
    }
    if !registries.qci.contains(&reference.repository_text()) {
        return None;
    }
    let tag = reference.tag.as_deref().or(source.wildcard.as_deref())?;
    Some(tag.split_once('_')?.0)
}
