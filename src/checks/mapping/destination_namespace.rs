//! Destinations in namespaces of the central registry that may not be written to.

use regex::Regex;
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::{Drafts, params};
use crate::finding::Draft;
use crate::model::mapping_file::Mapping;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct DestinationNamespace {
    /// The central registry's host.
    registry: String,
    /// Namespaces that are forbidden.
    #[serde(deserialize_with = "params::pattern")]
    forbidden: Regex,
    /// Those that match and may be written to all the same.
    tolerated: Vec<String>,
}

/// The namespace that a mapping writes to on `registry`.
pub(super) fn namespace<'m>(mapping: &'m Mapping, registry: &str) -> Option<&'m str> {
    let reference = &mapping.destination.reference.reference;
    if reference.host.as_deref() != Some(registry) {
        return None;
    }
    let (namespace, _) = reference.repository.split_once('/')?;
    Some(namespace)
}

impl DestinationNamespace {
    /// The mechanism `destination-namespace`.
    pub(in crate::checks) fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for (file, mapping) in checkout.mirroring.mappings() {
            let Some(namespace) = namespace(mapping, &self.registry) else {
                continue;
            };
            let is_tolerated = self.tolerated.iter().any(|name| name == namespace);
            if is_tolerated || !self.forbidden.is_match(namespace) {
                continue;
            }
            let place = file.place(mapping.destination.span);
            let draft = Draft::new(
                place,
                mapping.key(),
                format!(
                    "namespace `{namespace}` is managed by Red Hat and may not be mirrored into"
                ),
            );
            drafts.push(draft.help(format!(
                "choose a namespace of your own; forbidden is whatever matches `{}`",
                self.forbidden
            )));
        }
    }
}
