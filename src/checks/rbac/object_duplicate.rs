//! Objects that are defined twice: the mechanism `object-duplicate`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::registry_access::made_elsewhere;
use crate::checks::{Check, Drafts, Params, central_objects, whole_checkout};
use crate::finding::{Draft, Severity};
use crate::syntax::template::has_parameter;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectDuplicate {
    /// The kinds that may be defined once.
    kinds: Vec<String>,
    /// Whether a second one in the same folder is all right.
    same_folder: bool,
}

/// The topic of what follows when two objects are called the same.
pub(in crate::checks) fn defined_twice(kind: &str, namespace: &str, name: &str) -> String {
    format!("{kind} {namespace}/{name} is defined twice")
}

/// The mechanism.
pub(in crate::checks) fn prepare(params: Params<'_>) -> Result<Check, String> {
    let params: ObjectDuplicate = params.read()?;
    Ok(whole_checkout(move |checkout, drafts| {
        params.check(checkout, drafts);
    }))
}

impl ObjectDuplicate {
    fn check(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let mut defined: BTreeMap<(&str, &str, &str), Vec<&ObjectAt>> = BTreeMap::new();
        for object in central_objects(checkout) {
            let kind = object.manifest().kind();
            let is_one = self.kinds.iter().any(|own| own == kind)
                && !object.name().is_empty()
                && !(has_parameter(object.name()) || has_parameter(object.namespace()));
            if is_one {
                let key = (kind, object.namespace(), object.name());
                defined.entry(key).or_default().push(object);
            }
        }
        for ((kind, namespace, name), mut objects) in defined {
            // What lies in a folder of its name was there first.
            objects.sort_by_key(|object| !is_at_home(object, name));
            let Some((first, others)) = objects.split_first() else {
                continue;
            };
            let mut of_folder: BTreeMap<&str, usize> = BTreeMap::new();
            for object in &objects {
                *of_folder.entry(object.file.path.folder()).or_default() += 1;
            }
            let is_contested = is_contested(checkout, &objects);
            for other in others {
                // The same words twice do no harm, unless it is about whose they are.
                if !self.same_folder && text(first) == text(other) {
                    continue;
                }
                let has_neighbour = of_folder.get(other.file.path.folder()) > Some(&1);
                if self.same_folder && has_neighbour {
                    continue;
                }
                let of = if namespace.is_empty() {
                    String::new()
                } else {
                    format!(" in namespace `{namespace}`")
                };
                let place = match first.file.path == other.file.path {
                    true => "this file already".to_owned(),
                    false => format!("`{}` too", first.file.path),
                };
                let draft = Draft::new(
                    other.place(other.manifest().anchor()),
                    format!("{kind} {namespace}/{name}"),
                    format!("the {kind} `{name}`{of} is defined in {place}"),
                )
                .help(match kind {
                    "Namespace" => "the one that is applied last wins, and its owners may not know; keep one",
                    _ => "the one that is applied last wins, and its owners may not know; rename one, or keep one",
                })
                .related(first.place(first.manifest().anchor()), "the other one")
                .follows_from(made_elsewhere(&other.file.path));
                let draft = draft.explains(defined_twice(kind, namespace, name));
                let is_of_others = first.file.path.folder() != other.file.path.folder();
                let draft = draft.affects(is_of_others.then_some(&first.file.path));
                drafts.push(if self.same_folder && !is_contested {
                    draft.severity(Severity::Hint)
                } else {
                    draft
                });
            }
        }
    }
}

/// Whether an object lies in a folder of this name.
fn is_at_home(object: &ObjectAt, name: &str) -> bool {
    object.file.path.folder().rsplit('/').next() == Some(name)
}

fn text(object: &ObjectAt) -> &str {
    object.file.slice(object.manifest().span)
}

/// Whether two registry-access folders lay claim to it; elsewhere a Namespace may have several
/// parts with one owner.
fn is_contested(checkout: &Checkout, objects: &[&ObjectAt]) -> bool {
    let access = &checkout.conventions.clusters.registry_access;
    let paths = objects.iter().map(|object| &object.file.path);
    let paths = paths.filter(|path| path.is_within(access));
    let mut folders: Vec<&str> = paths.map(|path| path.folder()).collect();
    folders.dedup();
    folders.len() > 1
}
