//! Names of mapping files, and files in a mirror set that are none.

use std::cell::LazyCell;
use std::collections::HashMap;

use super::file_start::{self, folded, named_after};
use crate::checkout::Checkout;
use crate::checkout::mirroring::{MirrorJob, MirrorSet, MirroredFile};
use crate::checks::{Advice, Drafts};
use crate::finding::{Draft, Finding, Place, Related};
use crate::model::conventions::MappingFiles;
use crate::model::{FileKind, owners};

/// `mapping-file-name`
pub(super) fn file_name(checkout: &Checkout, drafts: &mut Drafts) {
    let mirroring = checkout.mirroring();
    let names = &checkout.conventions.mapping_files;
    let by_name = LazyCell::new(|| {
        let mut by_name: HashMap<&str, Vec<&MirroredFile>> = HashMap::new();
        for file in &mirroring.files {
            by_name.entry(file.name()).or_default().push(file);
        }
        by_name
    });
    for (set, members) in &mirroring.sets {
        for file in &mirroring.files[members.files.clone()] {
            if !fits(names, set, file.name())
                && !is_selected_by_own_job(checkout, (set, members), file)
            {
                let misnamed = misnamed(checkout, set, file)
                    .explains(super::misnamed(&file.file.path))
                    .explains(super::unread(set));
                let alike = by_name[file.name()].iter();
                let alike = alike.filter(|other| other.file.path != file.file.path);
                // Best one that is called after its own set.
                let is_at_home = |other: &MirroredFile| {
                    let set = other.set.as_deref();
                    set.is_some_and(|set| fits(names, set, other.name()))
                };
                drafts.push(match alike.max_by_key(|other| is_at_home(other)) {
                    Some(other) => misnamed
                        .related(
                            Place::whole_file(&other.file.path),
                            "the file of that name, which it may be copied from",
                        )
                        .explains(super::copied(&file.file.path)),
                    None => misnamed,
                });
            }
        }
        strangers(checkout, set, members, drafts);
    }
}

/// A file of that name in another set of the base, which the change moved: were it there still, it would
/// be related to the finding.
pub(super) fn advice_on_new(finding: &Finding, base: &Checkout) -> Option<Advice> {
    let name = finding.place.path.name();
    let names = &base.conventions.mapping_files;
    let mut files = base.mirroring().files.iter();
    let before = files.find(|file| {
        let set = file.set.as_deref();
        file.name() == name && set.is_some_and(|set| fits(names, set, name))
    })?;
    let set = before.set.as_deref()?;
    let is_there = |related: &Related| related.place.path == before.file.path;
    if finding.related.iter().any(is_there) {
        return None;
    }
    let help = format!(
        "before this change it lay in `{}` and was named after set `{set}`; move it back, or rename \
         it after the set it is in now",
        before.file.path
    );
    Some(Advice { help, meant: None })
}

fn fits(names: &MappingFiles, set: &str, name: &str) -> bool {
    named_after(names, set, name).is_some() || {
        let rest = name.strip_prefix(&names.prefix).map(folded);
        let mut anywhere = names.anywhere.iter();
        rest.is_some_and(|rest| anywhere.any(|start| rest.starts_with(&folded(start))))
    }
}

fn misnamed(checkout: &Checkout, set: &str, file: &MirroredFile) -> Draft {
    let name = file.name();
    let readers = if file.readers.is_empty() {
        "no job reads it"
    } else {
        "another set's job reads it"
    };
    let next = match misspelled_folder(checkout, file) {
        Some(area) => format!(
            "file and job both say `{area}`, and there is no such set: rename the folder to `{area}`"
        ),
        None => {
            let rename = format!("rename it to `{}…`", file_start::of_set(checkout, set));
            match named_set(checkout, file).filter(|other| *other != set) {
                Some(other) => {
                    let folder = &checkout.conventions.mapping_files.folder;
                    format!("move it to `{folder}/{other}/`, whose name it has, or {rename}")
                }
                None => rename,
            }
        }
    };
    Draft::new(
        Place::whole_file(&file.file.path),
        name,
        format!("`{name}` is not named after its mirror set `{set}`"),
    )
    .help(format!(
        "jobs choose mapping files by the start of their names, whatever folder they are in, and \
         {readers}; {next}"
    ))
}

/// The set that the file is named after, of several the one with the longest name.
fn named_set<'c>(checkout: &'c Checkout, file: &MirroredFile) -> Option<&'c str> {
    let names = &checkout.conventions.mapping_files;
    let sets = checkout.mirroring().sets.keys().map(|set| &**set);
    let own = sets.filter(|set| named_after(names, set, file.name()).is_some());
    own.max_by_key(|set| set.len())
}

/// The set that both the file's name and the job that reads it speak of, when there is none: then it
/// is the folder that has the wrong name.
fn misspelled_folder<'c>(checkout: &'c Checkout, file: &MirroredFile) -> Option<&'c str> {
    let mirroring = checkout.mirroring();
    let names = &checkout.conventions.mapping_files;
    let mut areas = file
        .readers
        .iter()
        .filter_map(|reader| mirroring.jobs[reader.job].area());
    areas.find(|area| {
        !mirroring.sets.contains_key(*area) && named_after(names, area, file.name()).is_some()
    })
}

/// Files that are neither mapping files nor known companions.
fn strangers(checkout: &Checkout, set: &str, members: &MirrorSet, drafts: &mut Drafts) {
    let names = &checkout.conventions.mapping_files;
    for file in &members.members {
        let name = file.path.name();
        let is_stranger = file.kind == FileKind::MirrorSetCompanion
            && file.is_readable()
            && !owners::is_misspelled(name)
            && !names.companions.is_match(name);
        if !is_stranger {
            continue;
        }
        let draft = Draft::new(
            Place::whole_file(&file.path),
            name,
            format!("`{name}` in mirror set `{set}` is never read"),
        )
        .help(format!(
            "only files named `{}…` reach the mirror jobs; rename it to `{}…`, or delete it if it is a \
             leftover",
            names.prefix,
            file_start::of_set(checkout, set),
        ));
        let is_only_one = members.files.is_empty() && folded(name).contains(&folded(set));
        drafts.push(match is_only_one {
            true => draft.explains(super::without_file(set)),
            false => draft,
        });
    }
}

/// Whether a job that belongs to `set` reads the file: then the name is unusual, and works. A job that
/// reads this set alone, and by its label belongs to none that exists, has the wrong label.
fn is_selected_by_own_job(
    checkout: &Checkout,
    (set, members): (&str, &MirrorSet),
    file: &MirroredFile,
) -> bool {
    let mirroring = checkout.mirroring();
    let is_own = |job: &MirrorJob| match job.area() {
        Some(area) if mirroring.sets.contains_key(area) => area == set,
        // Files are in order, and those of a set in a row.
        _ => [job.files.first(), job.files.last()]
            .into_iter()
            .all(|file| file.is_some_and(|file| members.files.contains(file))),
    };
    let mut readers = file.readers.iter();
    readers.any(|reader| is_own(&mirroring.jobs[reader.job]))
        && misspelled_folder(checkout, file).is_none()
}
