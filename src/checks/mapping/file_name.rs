//! Names of mapping files, and files in a mirror set that are none.

use crate::checkout::Checkout;
use crate::checkout::mirroring::{MirrorSet, MirroredFile, Mirroring};
use crate::checks::Drafts;
use crate::finding::{Draft, Place};
use crate::model::conventions::MappingFiles;
use crate::model::{FileKind, owners};

/// `mapping-file-name`
pub(super) fn file_name(checkout: &Checkout, drafts: &mut Drafts) {
    let mirroring = &checkout.mirroring;
    let names = &checkout.conventions.mapping_files;
    for (set, members) in &mirroring.sets {
        for file in &mirroring.files[members.files.clone()] {
            if !fits(names, set, file.name()) && !is_selected_by_own_job(mirroring, set, file) {
                drafts.push(misnamed(names, set, file));
            }
        }
        strangers(names, set, members, drafts);
    }
}

fn fits(names: &MappingFiles, set: &str, name: &str) -> bool {
    let Some(rest) = name.strip_prefix(&names.prefix) else {
        return false;
    };
    let rest = folded(rest);
    let aliases = names.aliases.get(set).into_iter().flatten();
    std::iter::once(set)
        .chain(aliases.chain(&names.anywhere).map(String::as_str))
        .any(|start| rest.starts_with(&folded(start)))
}

fn misnamed(names: &MappingFiles, set: &str, file: &MirroredFile) -> Draft {
    let name = file.name();
    let wanted = format!("{}{}", names.prefix, folded(set));
    let readers = if file.readers.is_empty() {
        "no job reads it"
    } else {
        "another set's job reads it"
    };
    Draft::new(
        Place::whole_file(&file.file.path),
        name,
        format!("`{name}` is not named after its mirror set `{set}`"),
    )
    .help(format!(
        "jobs choose mapping files by the start of their names, whatever folder they are in, and \
         {readers}; rename it to `{wanted}…`"
    ))
}

/// Files that are neither mapping files nor known companions.
fn strangers(names: &MappingFiles, set: &str, members: &MirrorSet, drafts: &mut Drafts) {
    for file in &members.members {
        let name = file.path.name();
        let is_stranger = file.kind == FileKind::MirrorSetCompanion
            && file.is_readable()
            && !owners::is_misspelled(name)
            && !names.companions.is_match(name);
        if is_stranger {
            drafts.push(
                Draft::new(
                    Place::whole_file(&file.path),
                    name,
                    format!("`{name}` in mirror set `{set}` is never read"),
                )
                .help(format!(
                    "only files named `{0}…` reach the mirror jobs; rename it to `{0}{1}…`, or \
                     delete it if it is a leftover",
                    names.prefix,
                    folded(set),
                )),
            );
        }
    }
}

/// Whether a job that belongs to `set` by its label reads the file: then the name is unusual, and
/// works.
fn is_selected_by_own_job(mirroring: &Mirroring, set: &str, file: &MirroredFile) -> bool {
    file.readers
        .iter()
        .any(|reader| mirroring.jobs[reader.job].area() == Some(set))
}

/// `-` and `_` mean the same in set names.
fn folded(name: &str) -> String {
    name.replace('-', "_")
}
