//! Groups, which come from Rover: what stands in their way, and what sync-rover-groups refuses of its
//! configuration.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;

use super::lost_rights;
use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::habit::{COMMON, Habit};
use crate::checks::{Drafts, schema_fault};
use crate::finding::{Draft, Fix, Place, Severity};
use crate::model::conventions::CollectionName;
use crate::model::manifest::access::{Object, Subject, is_group_of_cluster};
use crate::model::rover_groups::{RoverGroup, RoverGroups};
use crate::model::{Conventions, File, Statements, Text};
use crate::syntax::likeness::{Effort, asked, closest, differ_in_number};
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
    if subject.kind() == "User"
        && let Some(kind) = &subject.kind
        && is_group_of_cluster(&name.value)
    {
        let place = object.place(kind.span);
        let draft = Draft::new(
            place.clone(),
            format!("{}/{} {}", object.namespace(), object.name(), name.value),
            format!("`{}` is a group, and no User is called so", name.value),
        );
        let fix = Fix::of_value("change to `Group`", place, "Group");
        return Some(
            draft
                .severity(severity)
                .help("the binding gives nobody anything; write `kind: Group`")
                .maybe_fix(fix.map(Fix::to_review))
                .explains(lost_rights(&object.file.path)),
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
        undefined_groups(file, config, drafts);
        taken_names(file, config, drafts);
        misspelled_clusters(file, config, drafts);
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

/// Groups that are renamed to what another one is called, where both are on a cluster: there they are one.
fn taken_names(file: &File, config: &RoverGroups, drafts: &mut Drafts) {
    let sets = config.cluster_groups.iter();
    let sets: HashMap<&str, &[Text]> = sets
        .map(|(name, own)| (&*name.value, own.as_slice()))
        .collect();
    let mut called: BTreeMap<&str, (&RoverGroup, &Text)> = BTreeMap::new();
    let unrenamed = config.groups.iter().filter(|group| group.renamed.is_none());
    called.extend(unrenamed.map(|group| (&*group.name.value, (group, &group.name))));
    for group in &config.groups {
        let Some(renamed) = &group.renamed else {
            continue;
        };
        let Some((other, name)) = called.insert(&renamed.value, (group, renamed)) else {
            continue;
        };
        let are_apart = match (clusters_of(group, &sets), clusters_of(other, &sets)) {
            (Some(own), Some(theirs)) => own.is_disjoint(&theirs),
            _ => false,
        };
        if are_apart {
            continue;
        }
        let message = format!(
            "another group is called `{}` on the clusters too",
            renamed.value
        );
        let draft = Draft::new(Place::new(&file.path, renamed.span), &*renamed.value, message)
            .severity(Severity::Warning)
            .help("of the two, the one that is synced last decides who the members are; choose another name")
            .related(Place::new(&file.path, name.span), "the other one");
        drafts.push(draft);
    }
}

/// The clusters that a group goes to; none for all.
fn clusters_of<'c>(
    group: &'c RoverGroup,
    sets: &HashMap<&str, &'c [Text]>,
) -> Option<BTreeSet<&'c str>> {
    let is_limited = !group.clusters.is_empty() || !group.cluster_groups.is_empty();
    let of_sets = group.cluster_groups.iter();
    let of_sets = of_sets.filter_map(|name| sets.get(&*name.value)).copied();
    let all = std::iter::once(group.clusters.as_slice()).chain(of_sets);
    is_limited.then(|| all.flatten().map(|cluster| &*cluster.value).collect())
}

/// A name is taken for another one misspelled so many edits away.
fn most_edits(name: &str) -> usize {
    (name.len() / 4).clamp(1, 3)
}

/// Groups of clusters that are not defined (openshift/ci-tools pkg/group/config.go `ResolveClusters`): whoever is sent to these is on none of their clusters.
fn undefined_groups(file: &File, config: &RoverGroups, drafts: &mut Drafts) {
    let defined = config.cluster_groups.iter().map(|(name, _)| &*name.value);
    let defined: BTreeSet<&str> = defined.collect();
    let effort = Effort::default();
    for group in &config.groups {
        for wanted in &group.cluster_groups {
            if defined.contains(&*wanted.value) {
                continue;
            }
            let place = Place::new(&file.path, wanted.span);
            let known = defined.iter().map(|name| (*name, *name));
            let near = closest(&wanted.value, known, most_edits(&wanted.value), &effort);
            let draft = Draft::new(
                place.clone(),
                format!("{} {}", group.name.value, wanted.value),
                format!("cluster group `{}` is not defined", wanted.value),
            )
            .help(format!(
                "sync-rover-groups takes it for a group without clusters, and `{}` is on none of those that \
                 are meant{}",
                group.name.value,
                asked(near)
            ))
            // The group was renamed where it is defined: one of its uses tells of all.
            .one_of_many(format!("cluster group {} of {}", wanted.value, file.path));
            let meant = near.and_then(|near| Fix::alternative(place, near));
            drafts.push(draft.alternatives(meant));
        }
    }
}

/// Clusters that stand in one place, and are spelt nearly like one that stands in several.
fn misspelled_clusters(file: &File, config: &RoverGroups, drafts: &mut Drafts) {
    let of_sets = config.cluster_groups.iter().flat_map(|(_, own)| own);
    let of_groups = config.groups.iter().flat_map(|group| &group.clusters);
    let mut used = Habit::default();
    for cluster in of_sets.clone().chain(of_groups.clone()) {
        used.add(cluster.span.start, &cluster.value);
    }
    let common: Vec<&str> = used.values_in(COMMON).collect();
    let effort = Effort::default();
    for cluster in of_sets.chain(of_groups) {
        let name = &*cluster.value;
        if used.count(name) > 1 {
            continue;
        }
        let known = common.iter().map(|known| (*known, *known));
        let near = closest(name, known, most_edits(name), &effort);
        // `build2` is `build02`, and `build03` another one.
        let is_other =
            |near: &str| differ_in_number(near, name) && unpadded(near) != unpadded(name);
        let Some(near) = near.filter(|near| !is_other(near)) else {
            continue;
        };
        let place = Place::new(&file.path, cluster.span);
        let message = format!("cluster `{name}` stands nowhere else");
        let draft = Draft::new(place.clone(), name, message)
            .severity(Severity::Warning)
            .help(format!(
                "sync-rover-groups does not reach the cluster that is meant{}",
                asked(Some(near))
            ));
        drafts.push(draft.alternatives(Fix::alternative(place, near)));
    }
}

/// Whether a collection of Google Secret Manager can be called so.
fn is_collection(name: &str, grammar: &CollectionName) -> bool {
    name.len() <= grammar.longest && !name.contains("__") && grammar.name.is_match(name)
}

/// A name whose numbers begin with no nought.
fn unpadded(name: &str) -> String {
    let mut before = None;
    let kept = name.chars().filter(|&c| {
        let is_leading = c == '0' && !before.is_some_and(|before: char| before.is_ascii_digit());
        before = (!is_leading).then_some(c).or(before);
        !is_leading
    });
    kept.collect()
}
