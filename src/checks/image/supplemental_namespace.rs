//! Supplemental mapping files: each speaks for one namespace, the one in its name.

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::mapping::destination_namespace::namespace;
use crate::checks::{Drafts, Look};
use crate::finding::Draft;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct SupplementalNamespace {
    /// The central registry's host.
    registry: String,
    /// What the names of these files start with; the namespace follows.
    prefix: String,
    /// The set in which the file name alone names the namespace; in any other the set's name is
    /// one too.
    set: String,
}

impl Look for SupplementalNamespace {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for file in &checkout.mirroring.files {
            let Some(named) = file.name().strip_prefix(&self.prefix) else {
                continue;
            };
            let named = named.replace('_', "-");
            for mapping in file.lines().iter().flat_map(|line| &line.mappings) {
                let found = namespace(mapping, &self.registry);
                if found == Some(named.as_str()) || self.is_own_set(file, found) {
                    continue;
                }
                let destination = &mapping.destination;
                let message = match found {
                    Some(found) => {
                        format!("destination is in namespace `{found}`, in the file for `{named}`")
                    }
                    None => format!(
                        "destination `{}` is not in namespace `{named}` of `{}`",
                        destination.reference, self.registry
                    ),
                };
                drafts.push(
                    Draft::new(file.place(destination.span), mapping.key(), message).help(format!(
                        "this file mirrors into `{}/{named}/…` only; move the line to the file of \
                         its namespace",
                        self.registry
                    )),
                );
            }
        }
    }
}

impl SupplementalNamespace {
    fn is_own_set(&self, file: &MirroredFile, namespace: Option<&str>) -> bool {
        let set = file.set.as_deref().filter(|set| *set != self.set);
        set.is_some() && set == namespace
    }
}
