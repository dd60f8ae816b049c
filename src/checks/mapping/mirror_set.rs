//! Mirror sets that lack what a set needs.

use std::sync::Arc;

use super::file_start;
use super::whole_set::{self as whole, also_lacks};
use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::finding::{Draft, Fix, Place};
use crate::model::{File, FileKind, owners};
use crate::tree::RepoPath;

/// `mirror-set-owners`: a set without an OWNERS file.
pub(super) fn owners(checkout: &Checkout, drafts: &mut Drafts) {
    let misspelled = |file: &Arc<File>| owners::is_misspelled(file.path.name());
    for (name, set) in &checkout.mirroring().sets {
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
    for (name, set) in &checkout.mirroring().sets {
        if !set.files.is_empty() {
            continue;
        }
        let Some(first) = set.members.first() else {
            continue;
        };
        let message = format!("mirror set `{name}` has no mapping file");
        let topic = super::without_file(name);
        let help = format!(
            "add `{}/{}…`, or delete the folder{}",
            folder(checkout, name),
            file_start::of_set(checkout, name),
            also_lacks(checkout, name, whole::Part::MappingFile)
        );
        let place = Place::whole_file(&first.path);
        drafts.push(
            Draft::new(place, name, message)
                .help(help)
                .follows_from(topic),
        );
    }
}

/// `mapping-file-outside-set`: a mapping file beside the folders of the sets.
pub(super) fn outside(checkout: &Checkout, drafts: &mut Drafts) {
    let names = &checkout.conventions.mapping_files;
    let files = checkout.mirroring().files.iter();
    let outside =
        files.filter(|file| file.set.is_none() && file.file.kind == FileKind::MappingFile);
    for file in outside {
        let reader = file
            .readers
            .first()
            .map(|reader| &checkout.mirroring().jobs[reader.job]);
        let set = reader.and_then(|job| job.area());
        let path = &file.file.path;
        let message = format!("`{}` lies in no mirror set", file.name());
        let draft = Draft::new(Place::whole_file(path), file.name(), message);
        // It may be what its set lacks.
        let draft = match set {
            Some(set) => draft.explains(super::without_file(set)),
            None => draft,
        };
        drafts.push(match (set, reader) {
            (Some(set), Some(job)) => {
                let right = RepoPath::new(&format!("{}/{set}/{}", names.folder, file.name()));
                let title = format!("move it to `{right}`");
                draft
                    .help(format!(
                        "job `{}` reads it all the same, and nobody but the test platform team can \
                         approve changes to it; {title}",
                        job.name()
                    ))
                    .fix(Fix::rename(title, path, &right).to_review())
            }
            _ => draft.help(format!(
                "a set is a folder of `{}` with an OWNERS file and a job of its own; move the file \
                 to the one that it belongs to",
                names.folder
            )),
        });
    }
}

fn folder(checkout: &Checkout, set: &str) -> String {
    format!("{}/{set}", checkout.conventions.mapping_files.folder)
}
