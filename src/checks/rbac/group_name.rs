//! Names of groups: which there are is known to Rover alone, but the checkout's own bindings tell a slip.

use std::collections::BTreeSet;

use super::central_bindings;
use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::Drafts;
use crate::checks::habit::Habit;
use crate::finding::{Draft, Fix, Severity};
use crate::model::manifest::access::{Binding, Subject};
use crate::model::{FileKind, Statements, Text};
use crate::syntax::likeness::{Effort, closest};
use crate::syntax::template::has_parameter;

/// A group that so many subjects name is known.
const KNOWN: usize = 2;

/// Of so many letters one may be wrong, and how many at most.
const LETTERS_FOR_EACH_EDIT: usize = 8;
const MOST_EDITS: usize = 2;

/// `rbac-subject`, of groups: one that Rover does not have, where a list of its groups is given; else one
/// that is named once, and nearly like one that is named more often.
pub(super) fn unknown(checkout: &Checkout, drafts: &mut Drafts) {
    match &checkout.known().groups {
        Some(groups) => not_in_rover(checkout, groups, drafts),
        None => misspelt(checkout, drafts),
    }
}

fn not_in_rover(checkout: &Checkout, groups: &BTreeSet<String>, drafts: &mut Drafts) {
    let configured: BTreeSet<&str> = rover_groups(checkout).collect();
    let effort = Effort::default();
    for (object, binding) in central_bindings(checkout) {
        for name in groups_of(binding) {
            let own = &*name.value;
            if groups.contains(own) || configured.contains(own) {
                continue;
            }
            let known = groups.iter().map(|group| (group.as_str(), group.as_str()));
            let near = closest(own, known, most_edits(own), &effort);
            let message = format!("the list of Rover's groups has no `{own}`");
            drafts.push(no_group(object, name, message, near));
        }
    }
}

fn misspelt(checkout: &Checkout, drafts: &mut Drafts) {
    let mut habit = Habit::default();
    for (object, binding) in central_bindings(checkout) {
        for name in groups_of(binding) {
            habit.add((&object.file.path, name.span.start), &name.value);
        }
    }
    let configured: Vec<&str> = rover_groups(checkout).collect();
    let effort = Effort::default();
    for (object, binding) in central_bindings(checkout) {
        for name in groups_of(binding) {
            let own = &*name.value;
            if habit.count(own) > 1 || configured.contains(&own) {
                continue;
            }
            let known = habit.counts().filter(|(_, count)| *count >= KNOWN);
            let known = known.map(|(other, count)| (other, (other, count)));
            let Some((near, count)) = closest(own, known, most_edits(own), &effort) else {
                continue;
            };
            // `cnf-qe-admins` in `cnf-qe` does not mean `cnv-qe-admins`.
            let namespace = object.namespace();
            if own.starts_with(namespace) && !near.starts_with(namespace) {
                continue;
            }
            let message =
                format!("no other binding names the group `{own}`; {count} subjects are `{near}`");
            drafts.push(no_group(object, name, message, Some(near)));
        }
    }
}

/// How many edits a slip in `name` is made of at most.
fn most_edits(name: &str) -> usize {
    (name.len() / LETTERS_FOR_EACH_EDIT).clamp(1, MOST_EDITS)
}

/// The group `name`, which Rover does not have, or not likely; `near` is one that it has.
fn no_group(object: &ObjectAt, name: &Text, message: String, near: Option<&str>) -> Draft {
    let place = object.place(name.span);
    let advice = match near {
        Some(near) => format!("was `{near}` meant?"),
        None => "make it in Rover, or name one that is there".to_owned(),
    };
    let fix =
        near.and_then(|near| Fix::of_value(format!("change to `{near}`"), place.clone(), near));
    let entity = format!(
        "{}/{} Group {}",
        object.namespace(),
        object.name(),
        name.value
    );
    Draft::new(place, entity, message)
        .severity(Severity::Warning)
        .help(format!(
            "a group that Rover does not have gives nobody anything; {advice}"
        ))
        .maybe_fix(fix.map(Fix::to_review))
}

/// The names of groups that people make, as the binding has them.
fn groups_of(binding: &Binding) -> impl Iterator<Item = &Text> {
    let is_made = |subject: &&Subject| subject.kind() == "Group";
    let names = binding.subjects.iter().filter(is_made);
    let names = names.filter_map(|subject| subject.name.as_ref());
    names.filter(|name| !name.value.contains(':') && !has_parameter(&name.value))
}

/// What sync-rover-groups is told of by name.
fn rover_groups(checkout: &Checkout) -> impl Iterator<Item = &str> {
    let configs = checkout
        .files_of(&[FileKind::RoverGroups])
        .filter_map(|file| match &file.statements {
            Statements::RoverGroups(config) => Some(config),
            _ => None,
        });
    let groups = configs.flat_map(|config| &config.groups);
    groups.flat_map(|group| {
        [Some(&group.name), group.renamed.as_ref()]
            .into_iter()
            .flatten()
            .map(|name| &*name.value)
    })
}
