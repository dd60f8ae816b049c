//! Manifests in files that are not applied, or in the wrong folder.

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::Drafts;
use crate::checks::rbac::{lost_rights, unapplied};
use crate::finding::{Draft, Fix, Place, Severity};
use crate::model::manifest::access::Object;

/// The objects of each file of the cluster behind the central registry.
fn files(checkout: &Checkout) -> impl Iterator<Item = (&ObjectAt, &[ObjectAt])> {
    let objects = &checkout.access().objects;
    let files = objects.chunk_by(|a, b| a.file.path == b.file.path);
    files.filter_map(|objects| {
        let first = objects.first()?;
        let central = &checkout.conventions.clusters.central;
        first
            .file
            .path
            .is_within(central)
            .then_some((first, objects))
    })
}

/// `manifest-extension`: a manifest in a file that the applier skips.
pub(super) fn extension(checkout: &Checkout, drafts: &mut Drafts) {
    for (_, objects) in files(checkout).filter(|(first, _)| !first.is_applied) {
        drafts.extend(skipped(checkout, objects));
    }
}

fn skipped(checkout: &Checkout, objects: &[ObjectAt]) -> Option<Draft> {
    let is_object = |object: &&ObjectAt| {
        let manifest = object.manifest();
        manifest.kind.is_some() && manifest.api_version.is_some()
    };
    let object = objects.iter().find(is_object)?;
    let path = &object.file.path;
    let name = path.name();
    let what = format!("{} `{}`", object.manifest().kind(), object.name());
    let draft = Draft::new(
        Place::whole_file(path),
        name,
        format!("`{name}` is skipped by the applier, so {what} is never applied"),
    )
    .explains(lost_rights(path))
    .explains(unapplied(path));
    Some(if path.as_str().ends_with(".yaml") {
        let draft = draft.help(
            "files and folders whose names start with `_` are left alone; rename it unless that \
             is meant",
        );
        let meant = !path.is_within(&checkout.conventions.clusters.registry_access);
        draft.severity(if meant {
            Severity::Warning
        } else {
            Severity::Error
        })
    } else {
        let right = name.strip_suffix(".yml").unwrap_or(name);
        let to = path.sibling(&format!("{right}.yaml"));
        draft
            .help(format!(
                "it reads files called `*.yaml` only; rename it to `{right}.yaml`"
            ))
            .fix(Fix::rename(
                format!("rename it to `{right}.yaml`"),
                path,
                &to,
            ))
    })
}

/// `manifest-misplaced`: a file of registry access through and through, outside of the folders for
/// that.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Misplaced {
    /// Roles that let somebody pull.
    pull_roles: Vec<String>,
}

impl Misplaced {
    pub(super) fn check(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let clusters = &checkout.conventions.clusters;
        for (first, objects) in files(checkout).filter(|(first, _)| first.is_applied) {
            let is_within = |folder: &str| first.file.path.is_within(folder);
            if is_within(&clusters.registry_access) || is_within(&clusters.supplemental_images) {
                continue;
            }
            let Some(namespace) = self.only_pulled_from(objects) else {
                continue;
            };
            let (name, folder) = (namespace.name(), &clusters.registry_access);
            drafts.push(
                Draft::new(
                    Place::whole_file(&first.file.path),
                    name,
                    format!(
                        "who may pull from namespace `{name}` is written outside of `{folder}`"
                    ),
                )
                .help(format!(
                    "your team has no say over this folder; move the file to `{folder}/{name}/`, \
                     beside an OWNERS file"
                )),
            );
        }
    }

    /// The Namespace among the objects, where the others are nothing but bindings that let somebody
    /// pull from it, and who that is.
    fn only_pulled_from<'o>(&self, objects: &'o [ObjectAt]) -> Option<&'o ObjectAt> {
        let mut namespace = None;
        let mut pulls = false;
        for object in objects {
            match object.access()? {
                Object::Namespace => namespace = Some(object),
                Object::ServiceAccount | Object::Group => {}
                Object::Binding(binding) if !binding.is_cluster => {
                    let role = binding.role_ref.as_ref()?.name.as_ref()?;
                    if !self.pull_roles.iter().any(|pull| **pull == *role.value) {
                        return None;
                    }
                    pulls = true;
                }
                _ => return None,
            }
        }
        namespace.filter(|_| pulls)
    }
}
