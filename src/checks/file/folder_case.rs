//! Paths that differ in upper and lower case alone.

use std::collections::HashMap;

use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::finding::{Draft, Place};
use crate::model::File;

/// `folder-case-conflict`: two paths that are one where case does not count.
pub(super) fn conflict(checkout: &Checkout, drafts: &mut Drafts) {
    let conventions = &checkout.conventions;
    let folders = [
        &*conventions.clusters.registry_access,
        &*conventions.mapping_files.folder,
    ];
    let files = folders
        .into_iter()
        .flat_map(|folder| checkout.files_within(folder));
    // Every path and every folder of it, by its lower case.
    let mut spelled: HashMap<String, (&str, &File)> = HashMap::new();
    let mut last = "";
    // The folder that the last file clashed with another in, and that one.
    let mut clash: Option<(&str, &str, &File)> = None;
    for file in files {
        let path = file.path.as_str();
        clash = clash.filter(|(part, ..)| file.path.below(part).is_some());
        let in_last = |end: usize| last.get(..=end) == path.get(..=end);
        let folders = path.match_indices('/').map(|(at, _)| at);
        for end in folders.filter(|&end| !in_last(end)).chain([path.len()]) {
            if clash.is_some() {
                break;
            }
            let Some(part) = path.get(..end) else {
                continue;
            };
            match spelled.get(&part.to_lowercase()) {
                Some((other, first)) if *other != part => clash = Some((part, other, first)),
                Some(_) => {}
                None => {
                    spelled.insert(part.to_lowercase(), (part, file));
                }
            }
        }
        last = path;
        if let Some((part, other, first)) = clash {
            drafts.push(
                Draft::new(
                    Place::whole_file(&file.path),
                    part,
                    format!("`{part}` and `{other}` differ in upper and lower case only"),
                )
                .help(
                    "on macOS and Windows one takes the other's place in every checkout; rename or \
                     remove one",
                )
                .related(Place::whole_file(&first.path), "the other one"),
            );
        }
    }
}
