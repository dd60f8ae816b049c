//! Mirror sets that lack what a set needs.

use std::sync::Arc;

use serde::Deserialize;

use super::whole_set::{self as whole, also_lacks};
use crate::checkout::Checkout;
use crate::checks::{Drafts, Look};
use crate::finding::{Draft, Place};
use crate::model::{File, owners};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct MirrorSetParts {
    /// What this rule asks for.
    needs: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Part {
    Owners,
    MappingFile,
}

impl Look for MirrorSetParts {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for (name, set) in &checkout.mirroring.sets {
            let Some(first) = set.members.first() else {
                continue;
            };
            let folder = format!("core-services/image-mirroring/{name}");
            let place = Place::whole_file(&first.path);
            let misspelled = |file: &Arc<File>| owners::is_misspelled(file.path.name());
            match self.needs {
                Part::Owners if !set.has_owners && !set.members.iter().any(misspelled) => drafts
                    .push(
                    Draft::new(place, name, format!("`{folder}/OWNERS` is missing")).help(format!(
                        "without it only the test platform team can approve changes to this set; \
                         add one with the `approvers` of your team{}",
                        also_lacks(checkout, name, whole::Part::Owners)
                    )),
                ),
                Part::MappingFile if set.files.is_empty() => drafts.push(
                    Draft::new(
                        place,
                        name,
                        format!("mirror set `{name}` has no mapping file"),
                    )
                    .help(format!(
                        "add `{folder}/mapping_{}…`, or delete the folder{}",
                        name.replace('-', "_"),
                        also_lacks(checkout, name, whole::Part::MappingFile)
                    )),
                ),
                _ => {}
            }
        }
    }
}
