//! Mirror sets that lack what a set needs.

use std::sync::Arc;

use super::file_start;
use super::whole_set::{self as whole, also_lacks};
use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::finding::{Draft, Place};
use crate::model::{File, owners};

/// `mirror-set-owners`: a set without an OWNERS file.
pub(super) fn owners(checkout: &Checkout, drafts: &mut Drafts) {
    let misspelled = |file: &Arc<File>| owners::is_misspelled(file.path.name());
    for (name, set) in &checkout.mirroring.sets {
        if set.has_owners || set.members.iter().any(misspelled) {
            continue;
        }
        let Some(first) = set.members.first() else {
            continue;
        };
        let message = format!("`{}/OWNERS` is missing", folder(checkout, name));
        let help = format!(
            "without it only the test platform team can approve changes to this set; add one \
                 with the `approvers` of your team{}",
            also_lacks(checkout, name, whole::Part::Owners)
        );
        let place = Place::whole_file(&first.path);
        drafts.push(Draft::new(place, name, message).help(help));
    }
}

/// `mirror-set-empty`: a set without a mapping file.
pub(super) fn empty(checkout: &Checkout, drafts: &mut Drafts) {
    for (name, set) in &checkout.mirroring.sets {
        if !set.files.is_empty() {
            continue;
        }
        let Some(first) = set.members.first() else {
            continue;
        };
        let message = format!("mirror set `{name}` has no mapping file");
        let help = format!(
            "add `{}/{}…`, or delete the folder{}",
            folder(checkout, name),
            file_start::of_set(checkout, name),
            also_lacks(checkout, name, whole::Part::MappingFile)
        );
        let place = Place::whole_file(&first.path);
        drafts.push(Draft::new(place, name, message).help(help));
    }
}

fn folder(checkout: &Checkout, set: &str) -> String {
    format!("{}/{set}", checkout.conventions.mapping_files.folder)
}
