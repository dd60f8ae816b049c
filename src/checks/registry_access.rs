//! Rules about the folders that give access to the registry.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use super::rbac::{lost_rights, unapplied};
use super::{Check, Drafts, Named, StillBroken, change, rule, rule_with, unparsed, whole_checkout};
use crate::checkout::Checkout;
use crate::checkout::access::{Folder, ObjectAt, is_applied};
use crate::finding::{Draft, Finding, Place};
use crate::model::manifest::access::{IMAGE_PULLER, Object};
use crate::syntax::template::has_parameter;
use crate::tree::RepoPath;

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    rule("registry-access-manifest", || each_folder(manifest)),
    rule("registry-access-namespace", || each_folder(namespace)),
    rule("registry-access-owners", || each_folder(owners)),
    rule_with("registry-access-pull", |params| {
        let params: Arc<Pull> = Arc::new(params.read()?);
        let after = Arc::clone(&params);
        let check = whole_checkout(move |checkout, drafts| params.run(checkout, drafts));
        Ok(check.and(change(
            move |base, result, drafts| lost(base, result, &after, drafts),
            still_broken,
        )))
    }),
];

/// A check that looks at each registry-access folder, by its name.
fn each_folder(
    look: impl Fn(&Checkout, &str, &Folder) -> Option<Draft> + Send + Sync + 'static,
) -> Check {
    whole_checkout(move |checkout, drafts| {
        let folders = checkout.access().folders.iter();
        drafts.extend(folders.filter_map(|(name, folder)| look(checkout, name, folder)));
    })
}

/// The objects of a folder that are applied.
fn applied<'c>(checkout: &'c Checkout, folder: &Folder) -> impl Iterator<Item = &'c ObjectAt> {
    let objects = checkout.access().objects_in(folder).iter();
    objects.filter(|object| object.is_applied)
}

/// The topics of what follows when a file of the folder does not say what it should.
fn unread(folder: &Folder) -> impl Iterator<Item = String> {
    let members = folder.members.iter();
    members.map(|file| unparsed::topic(&file.path))
}

/// Where the folder of this name lies.
fn path(checkout: &Checkout, name: &str) -> String {
    format!("{}/{name}", checkout.conventions.clusters.registry_access)
}

/// `registry-access-owners`: no OWNERS file.
fn owners(checkout: &Checkout, name: &str, folder: &Folder) -> Option<Draft> {
    // A misspelled one is another rule's finding.
    if folder.has_owners() || folder.misspelled_owners().is_some() {
        return None;
    }
    let place = Place::whole_file(&folder.members.first()?.path);
    let message = format!("`{}/OWNERS` is missing", path(checkout, name));
    Some(Draft::new(place, name, message).help(
        "without it only the test platform team can approve changes to this folder; add one with \
         the `approvers` of your team",
    ))
}

/// `registry-access-manifest`: no manifest that is applied.
fn manifest(checkout: &Checkout, name: &str, folder: &Folder) -> Option<Draft> {
    let mut members = folder.members.iter();
    let is_broken = members.any(|file| !file.faults.is_empty() && is_applied(file.path.as_str()));
    if is_broken || applied(checkout, folder).next().is_some() {
        return None;
    }
    let place = Place::whole_file(&folder.members.first()?.path);
    let message = format!("`{}` has no manifest that is applied", path(checkout, name));
    Some(Draft::new(place, name, message).help(
        "nothing in the folder is applied to the cluster; add `admin_manifest.yaml` with the \
         Namespace and who may pull from it (the applier reads `*.yaml` only, and no file whose \
         name starts with `_`)",
    ).follows_from(unapplied(&folder.members.first()?.path)))
}

/// `registry-access-namespace`: no Namespace of the folder's name.
fn namespace(checkout: &Checkout, name: &str, folder: &Folder) -> Option<Draft> {
    let first = applied(checkout, folder).next()?;
    let is_namespace = |object: &&ObjectAt| matches!(object.access(), Some(Object::Namespace));
    let namespaces: Vec<_> = applied(checkout, folder).filter(is_namespace).collect();
    let is_own = |object: &&ObjectAt| object.name() == name || has_parameter(object.name());
    if namespaces.iter().any(is_own) {
        return None;
    }
    let draft = match namespaces.first() {
        Some(other) => Draft::new(
            other.place(other.manifest().anchor()),
            name,
            match other.name() {
                "" => format!("the Namespace of folder `{name}` has no name"),
                other => format!("the Namespace `{other}` is not called like its folder `{name}`"),
            },
        )
        .explains(made_elsewhere(&other.file.path)),
        None => Draft::new(
            Place::whole_file(&first.file.path),
            name,
            format!(
                "no manifest in `{}` makes the Namespace `{name}`",
                path(checkout, name)
            ),
        ),
    };
    let draft = draft.follows_from(unapplied(&first.file.path));
    let draft = draft.follows_from_any(unread(folder));
    Some(draft.help(format!(
        "a folder is named after the namespace it is about, and that namespace is made here; call \
         both `{name}`, or rename the folder"
    )))
}

/// The topic of what follows when the Namespace that a file makes is not its folder's.
pub(super) fn made_elsewhere(path: &RepoPath) -> String {
    format!("the Namespace of {path} is another folder's")
}

/// `registry-access-pull`: no binding that lets somebody pull.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pull {
    /// Roles that let somebody pull.
    pull_roles: Vec<String>,
}

impl Pull {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let folders = checkout.access().folders.iter();
        let found = folders
            .filter_map(|(name, folder)| Some((&**name, self.check(checkout, name, folder)?)));
        drafts.extend(hitting_pullers(checkout, found.collect()));
    }

    fn check(&self, checkout: &Checkout, name: &str, folder: &Folder) -> Option<Draft> {
        let first = applied(checkout, folder).next()?;
        if applied(checkout, folder).any(|object| self.grants(object)) {
            return None;
        }
        let message = format!("nobody is allowed to pull from namespace `{name}`");
        Some(without_pull(first, name, message).follows_from_any(unread(folder)))
    }

    /// Whether an object lets somebody pull.
    fn grants(&self, object: &ObjectAt) -> bool {
        let Some(Object::Binding(binding)) = object.access() else {
            return false;
        };
        let role = binding.role_ref.as_ref();
        let role = role.and_then(|role| role.name.as_ref());
        let mut subjects = binding.subjects.iter();
        role.is_some_and(|role| self.pull_roles.iter().any(|pull| **pull == *role.value))
            && subjects.any(|subject| !subject.is_unknown_group())
    }
}

/// `registry-access-pull`, of a change: it takes away the binding by which others pull from the folder's
/// own namespace, and leaves what gives rights to its team, or its ServiceAccounts elsewhere.
fn lost(base: &Checkout, result: &Checkout, pull: &Pull, drafts: &mut Drafts) {
    let mut found = BTreeMap::new();
    for (name, folder) in &result.access().folders {
        let Some(before) = base.access().folders.get(name) else {
            continue;
        };
        let is_lost = is_pulled_from(base, name, before)
            && !is_pulled_from(result, name, folder)
            && pull.check(result, name, folder).is_none();
        if let Some(first) = applied(result, folder).next().filter(|_| is_lost) {
            let message = format!("no binding lets others pull from namespace `{name}` any more");
            found.insert(&**name, without_pull(first, name, message));
        }
    }
    drafts.extend(hitting_pullers(result, found));
}

/// Findings about namespaces, by their names, with the files that name an image there.
fn hitting_pullers(checkout: &Checkout, mut found: BTreeMap<&str, Draft>) -> Vec<Draft> {
    if found.is_empty() {
        return Vec::new();
    }
    let mut pullers: BTreeMap<&str, BTreeSet<&RepoPath>> = BTreeMap::new();
    for (tag, named) in checkout.images().named() {
        if let Some((&namespace, _)) = found.get_key_value(tag.namespace()) {
            let users = named.users.iter().map(|image_use| &image_use.place.path);
            pullers.entry(namespace).or_default().extend(users);
        }
    }
    let copies = &checkout.conventions.ci_configs;
    for (namespace, files) in pullers {
        let files = files
            .into_iter()
            .filter(|path| !copies.is_copy(path.as_str()));
        if let Some(draft) = found.remove(namespace) {
            found.insert(namespace, draft.affects(files));
        }
    }
    found.into_values().collect()
}

/// Whether the folder is still there and still lets nobody else pull.
fn still_broken(finding: &Finding, _: &Checkout) -> StillBroken {
    let name = finding.entity.clone();
    Box::new(move |checkout| {
        let folder = checkout.access().folders.get(&name);
        folder.is_some_and(|folder| !is_pulled_from(checkout, &name, folder))
    })
}

/// Whether a binding to a role that pulls lies in the namespace of a folder.
fn is_pulled_from(checkout: &Checkout, name: &str, folder: &Folder) -> bool {
    let own = checkout.access().namespaces_of(&path(checkout, name));
    let mut objects = applied(checkout, folder).filter(|object| {
        let namespace = object.namespace();
        namespace == name || own.is_some_and(|own| own.contains(namespace))
    });
    objects.any(|object| match object.access() {
        Some(Object::Binding(binding)) => {
            binding.pulls() && binding.subjects.iter().any(|one| !one.is_unknown_group())
        }
        _ => false,
    })
}

fn without_pull(first: &ObjectAt, name: &str, message: String) -> Draft {
    Draft::new(Place::whole_file(&first.file.path), name, message)
        .help(format!(
            "by default nobody may pull a new image, mirror jobs included; add a RoleBinding to \
             ClusterRole `{IMAGE_PULLER}`, for example for the Group `system:authenticated`"
        ))
        .follows_from(lost_rights(&first.file.path))
}
