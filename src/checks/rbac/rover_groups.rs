//! What sync-rover-groups refuses of its configuration (openshift/ci-tools pkg/group/config.go).

use regex::Regex;
use serde::Deserialize;

use crate::checks::{Drafts, Look, LookAtFile, params, schema_fault};
use crate::finding::{Draft, Place};
use crate::model::{File, Statements, Text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct RoverGroupsConfig {
    /// Groups that the tool makes itself.
    reserved: Vec<String>,
    /// What a collection of Google Secret Manager may be called.
    #[serde(deserialize_with = "params::pattern")]
    collection: Regex,
    /// How long such a name may be.
    max_collection: usize,
}

const CONSEQUENCE: &str = "sync-rover-groups stops at it, so no group is brought up to date";

impl Look for RoverGroupsConfig {
    fn of_each_file(&self) -> Option<&dyn LookAtFile> {
        Some(self)
    }
}

impl LookAtFile for RoverGroupsConfig {
    fn run(&self, file: &File, drafts: &mut Drafts) {
        let Statements::RoverGroups(config) = &file.statements else {
            return;
        };
        for fault in &config.faults {
            drafts.push(schema_fault::draft(&file.path, fault, CONSEQUENCE));
        }
        let refused = |name: &Text, message: String, next: &str| {
            let place = Place::new(&file.path, name.span);
            Draft::new(place, &message, &message).help(format!("{CONSEQUENCE}; {next}"))
        };
        for group in &config.groups {
            for name in [Some(&group.name), group.renamed.as_ref()]
                .into_iter()
                .flatten()
            {
                if self.reserved.iter().any(|own| **own == *name.value) {
                    let message = format!("the group `{}` is made by the tool itself", name.value);
                    drafts.push(refused(name, message, "choose another name"));
                }
            }
            for collection in &group.collections {
                if !self.is_collection(&collection.value) {
                    let message = format!("`{}` is no name of a collection", collection.value);
                    let next = "take lower case letters, digits, `-` and single `_`";
                    drafts.push(refused(collection, message, next));
                }
            }
        }
    }
}

impl RoverGroupsConfig {
    fn is_collection(&self, name: &str) -> bool {
        name.len() <= self.max_collection && !name.contains("__") && self.collection.is_match(name)
    }
}
