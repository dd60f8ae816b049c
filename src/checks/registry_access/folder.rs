//! What a registry-access folder needs.

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::access::{Folder, ObjectAt, REGISTRY_ACCESS};
use crate::checks::{Drafts, Look};
use crate::finding::{Draft, Place};
use crate::model::manifest::access::Object;
use crate::syntax::template::has_parameter;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct RegistryAccess {
    /// What this rule asks for.
    needs: Part,
    /// Roles that let somebody pull.
    #[serde(default)]
    pull_roles: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Part {
    Owners,
    Manifest,
    Namespace,
    Pull,
}

impl Look for RegistryAccess {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let access = &checkout.access;
        for (name, folder) in &access.folders {
            let Some(first) = folder.members.first() else {
                continue;
            };
            let place = Place::whole_file(&first.path);
            let objects = access.objects_in(folder).iter();
            let objects: Vec<&ObjectAt> = objects.filter(|object| object.is_applied).collect();
            let draft = match self.needs {
                Part::Owners => owners(folder, name, place),
                Part::Manifest => manifest(&objects, folder, name, place),
                Part::Namespace => namespace(&objects, name),
                Part::Pull => self.pull(&objects, name),
            };
            if let Some(draft) = draft {
                drafts.push(draft);
            }
        }
    }
}

fn owners(folder: &Folder, name: &str, place: Place) -> Option<Draft> {
    // A misspelled one is another rule's finding.
    let is_missing = !folder.has_owners() && folder.misspelled_owners().is_none();
    is_missing.then(|| {
        let message = format!("`{REGISTRY_ACCESS}/{name}/OWNERS` is missing");
        Draft::new(place, name, message).help(
            "without it only the test platform team can approve changes to this folder; add one \
             with the `approvers` of your team",
        )
    })
}

fn manifest(objects: &[&ObjectAt], folder: &Folder, name: &str, place: Place) -> Option<Draft> {
    let is_broken = folder.members.iter().any(|file| {
        !file.faults.is_empty() && crate::checkout::access::is_applied(file.path.as_str())
    });
    if !objects.is_empty() || is_broken {
        return None;
    }
    let help = "nothing in the folder is applied to the cluster; add `admin_manifest.yaml` with \
                the Namespace and who may pull from it (the applier reads `*.yaml` only, and no \
                file whose name starts with `_`)";
    let message = format!("`{REGISTRY_ACCESS}/{name}` has no manifest that is applied");
    Some(Draft::new(place, name, message).help(help))
}

fn namespace(objects: &[&ObjectAt], name: &str) -> Option<Draft> {
    let first = objects.first()?;
    let mut namespaces = objects
        .iter()
        .filter(|object| matches!(object.access(), Some(Object::Namespace)));
    if namespaces
        .clone()
        .any(|object| object.name() == name || has_parameter(object.name()))
    {
        return None;
    }
    let help = format!(
        "a folder is named after the namespace it is about, and that namespace is made here; call \
         both `{name}`, or rename the folder"
    );
    Some(match namespaces.next() {
        Some(other) => Draft::new(
            other.place(other.manifest().anchor()),
            name,
            format!(
                "the Namespace `{}` is not called like its folder `{name}`",
                other.name()
            ),
        )
        .help(help),
        None => Draft::new(
            Place::whole_file(&first.file.path),
            name,
            format!("no manifest in `{REGISTRY_ACCESS}/{name}` makes the Namespace `{name}`"),
        )
        .help(help),
    })
}

impl RegistryAccess {
    fn pull(&self, objects: &[&ObjectAt], name: &str) -> Option<Draft> {
        let first = objects.first()?;
        let grants = objects.iter().any(|object| match object.access() {
            Some(Object::Binding(binding)) => {
                let role = binding
                    .role_ref
                    .as_ref()
                    .and_then(|role| role.name.as_ref());
                role.is_some_and(|role| self.pull_roles.iter().any(|pull| **pull == *role.value))
                    && binding
                        .subjects
                        .iter()
                        .any(|s| s.misspelled_group().is_none())
            }
            _ => false,
        });
        (!grants).then(|| {
            Draft::new(
                Place::whole_file(&first.file.path),
                name,
                format!("nobody is allowed to pull from namespace `{name}`"),
            )
            .help(
                "by default nobody may pull a new image, mirror jobs included; add a RoleBinding \
                 to ClusterRole `system:image-puller`, for example for the Group \
                 `system:authenticated`",
            )
        })
    }
}
