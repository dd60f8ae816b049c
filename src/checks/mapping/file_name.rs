//! Names of mapping files, and files in a mirror set that are none.

use globset::GlobSet;
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::mirroring::{MirrorSet, MirroredFile, Mirroring};
use crate::checks::{Drafts, Look, params};
use crate::finding::{Draft, Place};
use crate::model::{FileKind, owners};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct MappingFileName {
    /// What every mapping file's name starts with.
    prefix: String,
    /// Sets whose files carry another name than the set's.
    aliases: params::Aliases,
    /// Names, behind the prefix, that files in any set may start with.
    anywhere: Vec<String>,
    /// Names of files that may lie beside the mapping files.
    #[serde(deserialize_with = "params::paths")]
    companions: GlobSet,
}

impl Look for MappingFileName {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let mirroring = &checkout.mirroring;
        for (set, members) in &mirroring.sets {
            for file in &mirroring.files[members.files.clone()] {
                if !self.fits(set, file.name()) && !is_selected_by_own_job(mirroring, set, file) {
                    drafts.push(self.misnamed(set, file));
                }
            }
            self.strangers(set, members, drafts);
        }
    }
}

impl MappingFileName {
    fn fits(&self, set: &str, name: &str) -> bool {
        let Some(rest) = name.strip_prefix(&self.prefix) else {
            return false;
        };
        let rest = folded(rest);
        std::iter::once(set)
            .chain(
                self.aliases
                    .get(set)
                    .into_iter()
                    .flatten()
                    .map(String::as_str),
            )
            .chain(self.anywhere.iter().map(String::as_str))
            .any(|start| rest.starts_with(&folded(start)))
    }

    fn misnamed(&self, set: &str, file: &MirroredFile) -> Draft {
        let name = file.name();
        let wanted = format!("{}{}", self.prefix, set.replace('-', "_"));
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
            "jobs choose mapping files by the start of their names, whatever folder they are in, \
             and {readers}; rename it to `{wanted}…`"
        ))
    }

    /// Files that are neither mapping files nor known companions.
    fn strangers(&self, set: &str, members: &MirrorSet, drafts: &mut Drafts) {
        for file in &members.members {
            let name = file.path.name();
            let is_stranger = file.kind == FileKind::MirrorSetCompanion
                && file.is_readable()
                && !owners::is_misspelled(name)
                && !self.companions.is_match(name);
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
                        self.prefix,
                        set.replace('-', "_"),
                    )),
                );
            }
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
