//! Destinations in namespaces of the central registry that may not be written to.

use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::Draft;
use crate::model::mapping_file::Mapping;

/// The namespace that a mapping writes to on `registry`.
pub(super) fn namespace<'m>(mapping: &'m Mapping, registry: &str) -> Option<&'m str> {
    let reference = &mapping.destination.reference.reference;
    if reference.host.as_deref() != Some(registry) {
        return None;
    }
    let (namespace, _) = reference.repository.split_once('/')?;
    Some(namespace)
}

/// `forbidden-namespace`: a destination in a namespace that is not for images of others.
pub(super) fn forbidden_namespace(checkout: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    let conventions = &checkout.conventions;
    let registry = conventions.registries.today();
    let forbidden = &conventions.namespaces.forbidden.mapping;
    for mapping in file.lines().iter().flat_map(|line| &line.mappings) {
        let Some(namespace) = namespace(mapping, registry) else {
            drafts.extend(without_namespace(file, mapping, registry));
            continue;
        };
        if !forbidden.contains(namespace) {
            continue;
        }
        let place = file.place(mapping.destination.span);
        let message =
            format!("namespace `{namespace}` is managed by Red Hat and may not be mirrored into");
        let topic = super::refused(&file.place(mapping.destination.span));
        drafts.push(
            Draft::new(place, mapping.key(), message)
                .explains(topic)
                .help(format!(
                    "choose a namespace of your own; forbidden is whatever matches `{}`",
                    *forbidden.names
                )),
        );
    }
}

/// A destination on the central registry that is no image of a namespace.
fn without_namespace(file: &MirroredFile, mapping: &Mapping, registry: &str) -> Option<Draft> {
    let reference = &mapping.destination.reference.reference;
    let is_central = reference.host.as_deref() == Some(registry);
    let name = Some(&reference.repository).filter(|_| is_central)?;
    let place = file.place(mapping.destination.span);
    let topic = super::refused(&place);
    let message = format!("`{name}` is in no namespace of `{registry}`");
    let draft = Draft::new(place, mapping.key(), message).help(format!(
        "the registry takes `{registry}/NAMESPACE/{name}` only, and refuses the push"
    ));
    Some(draft.explains(topic))
}
