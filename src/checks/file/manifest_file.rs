//! Manifests in files that are not applied, or in the wrong folder.

use globset::GlobSet;
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::access::{ObjectAt, REGISTRY_ACCESS};
use crate::checks::{Drafts, Look, params};
use crate::finding::{Draft, Fix, Place, Severity};
use crate::model::manifest::access::Object;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct ManifestFile {
    /// What this rule looks at.
    fault: Fault,
    /// Which manifests.
    #[serde(deserialize_with = "params::paths")]
    paths: GlobSet,
    /// Manifests that may stand where they are.
    #[serde(default, deserialize_with = "params::paths")]
    except: GlobSet,
    /// Roles that let somebody pull.
    #[serde(default)]
    pull_roles: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Fault {
    /// The applier skips the file.
    Skipped,
    /// Registry access outside of registry-access.
    Misplaced,
}

impl Look for ManifestFile {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let of_file = checkout
            .access
            .objects
            .chunk_by(|a, b| a.file.path == b.file.path);
        for objects in of_file {
            let Some(first) = objects.first() else {
                continue;
            };
            let path = first.file.path.as_str();
            if !self.paths.is_match(path) || self.except.is_match(path) {
                continue;
            }
            match self.fault {
                Fault::Skipped if !first.is_applied => skipped(objects, drafts),
                Fault::Misplaced if first.is_applied => self.misplaced(objects, drafts),
                _ => {}
            }
        }
    }
}

fn skipped(objects: &[ObjectAt], drafts: &mut Drafts) {
    let is_object = |object: &&ObjectAt| {
        let manifest = object.manifest();
        manifest.kind.is_some() && manifest.api_version.is_some()
    };
    let Some(object) = objects.iter().find(is_object) else {
        return;
    };
    let path = &object.file.path;
    let name = path.name();
    let what = format!("{} `{}`", object.manifest().kind(), object.name());
    let draft = Draft::new(
        Place::whole_file(path),
        name,
        format!("`{name}` is skipped by the applier, so {what} is never applied"),
    );
    drafts.push(if path.as_str().ends_with(".yaml") {
        let draft = draft.help(
            "files and folders whose names start with `_` are left alone; rename it unless that \
             is meant",
        );
        let meant = !path.is_within(REGISTRY_ACCESS);
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
    });
}

impl ManifestFile {
    /// A file that holds a Namespace and bindings that let somebody pull from it, and nothing
    /// else: registry access through and through.
    fn misplaced(&self, objects: &[ObjectAt], drafts: &mut Drafts) {
        let mut namespace = None;
        let mut pulls = false;
        for object in objects {
            match object.access() {
                Some(Object::Namespace) => namespace = Some(object),
                Some(Object::ServiceAccount | Object::Group) => {}
                Some(Object::Binding(binding)) if !binding.is_cluster => {
                    let role = binding
                        .role_ref
                        .as_ref()
                        .and_then(|role| role.name.as_ref());
                    let is_pull = role.is_some_and(|role| {
                        self.pull_roles.iter().any(|pull| **pull == *role.value)
                    });
                    if !is_pull {
                        return;
                    }
                    pulls = true;
                }
                _ => return,
            }
        }
        let (Some(namespace), true) = (namespace, pulls) else {
            return;
        };
        let name = namespace.name();
        drafts.push(
            Draft::new(
                Place::whole_file(&namespace.file.path),
                name,
                format!("who may pull from namespace `{name}` is written outside of `{REGISTRY_ACCESS}`"),
            )
            .help(format!(
                "your team has no say over this folder; move the file to `{REGISTRY_ACCESS}/{name}/`, \
                 beside an OWNERS file"
            )),
        );
    }
}
