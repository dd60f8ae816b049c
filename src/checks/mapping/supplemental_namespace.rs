//! Supplemental mapping files: each speaks for one namespace, the one in its name.

use super::destination_namespace::namespace;
use super::joined::joined_at;
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::Draft;

/// `supplemental-namespace`: a destination in another namespace. In a set of its own, which is any
/// but the usual one, the set's name is a namespace of the file too.
pub(super) fn supplemental_namespace(
    checkout: &Checkout,
    file: &MirroredFile,
    drafts: &mut Drafts,
) {
    let supplemental = &checkout.conventions.mapping_files.supplemental;
    let registry = checkout.conventions.registries.today();
    let Some(named) = file.name().strip_prefix(&supplemental.prefix) else {
        return;
    };
    let named = named.replace('_', "-");
    let own_set = file.set.as_deref().filter(|set| *set != supplemental.set);
    for mapping in file.lines().iter().flat_map(|line| &line.mappings) {
        let found = namespace(mapping, registry);
        if found == Some(named.as_str()) || own_set.is_some() && own_set == found {
            continue;
        }
        let destination = &mapping.destination;
        let message = match found {
            Some(found) => {
                format!("destination is in namespace `{found}`, in the file for `{named}`")
            }
            None => format!(
                "destination `{}` is not in namespace `{named}` of `{registry}`",
                destination.reference
            ),
        };
        drafts.push(
            Draft::new(file.place(destination.span), mapping.key(), message).help(format!(
                "this file mirrors into `{registry}/{named}/…` only; move the line to the file of \
                 its namespace"
            ))
            .follows_from(joined_at(file, destination.span)),
        );
    }
}
