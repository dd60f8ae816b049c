//! Groups, which come from Rover: what stands in their way, and what sync-rover-groups refuses of its
//! configuration.

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::{Drafts, schema_fault};
use crate::finding::{Draft, Place, Severity};
use crate::model::conventions::CollectionName;
use crate::model::manifest::access::{Object, Subject};
use crate::model::{Conventions, File, Statements, Text};
use crate::syntax::template::has_parameter;

/// The API whose bindings sync-rover-groups validates (openshift/ci-tools
/// cmd/sync-rover-groups/yamlgroupcollector.go).
const VALIDATED: &str = "rbac.authorization.k8s.io/v1";

/// What comes of a fault in the configuration.
const CONSEQUENCE: &str = "sync-rover-groups stops at it, so no group is brought up to date";

/// `rbac-group-object`: a Group, where groups come from Rover.
pub(super) fn group_object(checkout: &Checkout, object: &ObjectAt, drafts: &mut Drafts) {
    if !checkout.access().has_rover || !matches!(object.access(), Some(Object::Group)) {
        return;
    }
    let name = object.name();
    drafts.push(
        Draft::new(
            object.place(object.manifest().anchor()),
            name,
            format!("the Group `{name}` is written here, but groups come from Rover"),
        )
        .help(
            "its members are overwritten or never synced; delete the object, make a Rover group \
             and use that as the subject",
        ),
    );
}

/// `rbac-user-subject`: a User as subject, where groups come from Rover.
pub(super) fn user_subject(checkout: &Checkout, object: &ObjectAt, drafts: &mut Drafts) {
    if let Some(Object::Binding(binding)) = object.access()
        && checkout.access().has_rover
    {
        let subjects = binding.subjects.iter();
        drafts.extend(subjects.filter_map(|subject| user(object, subject)));
    }
}

fn user(object: &ObjectAt, subject: &Subject) -> Option<Draft> {
    let name = subject.name.as_ref()?;
    let draft = |message: String| {
        Draft::new(
            object.place(name.span),
            format!("{}/{} {}", object.namespace(), object.name(), name.value),
            message,
        )
    };
    // What the presubmit reads is decided by the version: others it does not know.
    let version = object.manifest().api_version.as_ref();
    let severity = if version.is_some_and(|version| *version.value == *VALIDATED) {
        Severity::Error
    } else {
        Severity::Warning
    };
    let is_group = subject.kind() == "Group" && !name.value.starts_with("system:");
    if is_group && has_parameter(&name.value) {
        return Some(
            draft(format!("the Group `{}` holds a parameter", name.value))
                .severity(severity)
                .help(
                    "sync-rover-groups reads subjects as they are written, in a Template too, \
                     and fails; write the name of the Rover group",
                ),
        );
    }
    (subject.kind() == "User").then(|| {
        draft(format!(
            "the User `{}` is given a role in person",
            name.value
        ))
        .severity(severity)
        .help(
            "sync-rover-groups fails; people come and go by their Rover groups, so give the \
             role to a Rover group of your team",
        )
    })
}

/// `rover-groups-config`: what sync-rover-groups refuses (openshift/ci-tools pkg/group/config.go).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoverConfig {
    /// Groups that the tool makes itself.
    reserved: Vec<String>,
}

impl RoverConfig {
    pub(super) fn check(&self, file: &File, conventions: &Conventions, drafts: &mut Drafts) {
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
                if !is_collection(&collection.value, &conventions.secrets.collection) {
                    let message = format!("`{}` is no name of a collection", collection.value);
                    let next = "take lower case letters, digits, `-` and single `_`";
                    drafts.push(refused(collection, message, next));
                }
            }
        }
    }
}

/// Whether a collection of Google Secret Manager can be called so.
fn is_collection(name: &str, grammar: &CollectionName) -> bool {
    name.len() <= grammar.longest && !name.contains("__") && grammar.name.is_match(name)
}
