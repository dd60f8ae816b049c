//! API versions and fields that the API server does not know.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{wrong_field, wrong_part};
use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::rbac::{lost_rights, unapplied};
use crate::checks::{Drafts, edits, schema_fault};
use crate::finding::{Draft, Fix, Severity};
use crate::model::manifest::Body;
use crate::model::manifest::access::Object;
use crate::model::schema::{Fault, FaultKind};
use crate::syntax::likeness::{Effort, distance_within};

/// `manifest-api-version`: a kind with a version that the API server does not know it in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiVersions {
    /// Kinds, and their API versions.
    #[serde(default)]
    kinds: BTreeMap<String, Versions>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Versions {
    /// The version to write.
    right: String,
    /// Others that work.
    #[serde(default)]
    legacy: Vec<String>,
    /// Others that work for now: a warning.
    #[serde(default)]
    tolerated: Vec<String>,
}

/// The group of an API version; empty for the core group.
fn group(version: &str) -> &str {
    version.split_once('/').map_or("", |(group, _)| group)
}

impl ApiVersions {
    pub(super) fn check(&self, object: &ObjectAt, drafts: &mut Drafts) {
        drafts.extend(self.draft(object));
    }

    fn draft(&self, object: &ObjectAt) -> Option<Draft> {
        let manifest = object.manifest();
        let kind = manifest.kind();
        let versions = self.kinds.get(kind)?;
        let right = &versions.right;
        let entity = format!("{kind} {}/{}", object.namespace(), object.name());
        let Some(found) = &manifest.api_version else {
            if matches!(manifest.body, Body::Images(_)) {
                return None; // `imagestream-api-version`
            }
            return Some(
                Draft::new(
                    object.place(manifest.anchor()),
                    entity,
                    format!("the {kind} `{}` has no `apiVersion`", object.name()),
                )
                .help(format!("it is refused; add `apiVersion: {right}`"))
                .follows_from(wrong_part(&object.file.path, manifest, ""))
                .maybe_fix(edits::add_key(
                    &object.file,
                    manifest.span,
                    "apiVersion",
                    right,
                )),
            );
        };
        let version = &*found.value;
        let place = object.place(found.span);
        let draft = |message: String| Draft::new(place.clone(), &entity, message);
        let has_system_subject = matches!(object.access(), Some(Object::Binding(binding))
            if binding.subjects.iter().any(|subject| subject.kind().starts_with("System")));
        let is_tolerated = versions.tolerated.iter().any(|own| own == version);
        if version == right || versions.legacy.iter().any(|own| own == version) {
            return None;
        }
        if is_tolerated && has_system_subject {
            return Some(
                draft(format!("a {kind} of `{version}` gives a role to a `SystemGroup` or `SystemUser`")).help(
                    format!("`{right}` has no such subjects, and copies of this are refused; write \
                             `{right}`, with `kind` and `apiGroup` in `roleRef` and subjects of kind `Group`"),
                ),
            );
        }
        let fix = Fix::of_value(format!("change to `{right}`"), place.clone(), right);
        if is_tolerated {
            let draft = draft(format!("`{version}` is a legacy API of {kind}"))
                .severity(Severity::Warning)
                .help(format!("write `{right}`"));
            // References of OpenShift's own API have other fields.
            return Some(if version.starts_with("authorization.openshift.io/") {
                draft
            } else {
                draft.maybe_fix(fix)
            });
        }
        let is_foreign = group(version) != group(right)
            && !versions
                .tolerated
                .iter()
                .chain(&versions.legacy)
                .any(|own| group(own) == group(version))
            && !group(version).is_empty()
            && !group(version).ends_with(".k8s.io")
            && distance_within(version, right, 3, &Effort::default()).is_none();
        (!is_foreign).then(|| {
            draft(format!("`{version}` has no {kind}"))
                .help(format!(
                    "it is gone, or never was, and the object is refused; write `{right}`"
                ))
                .maybe_fix(fix)
        })
    }
}

/// `manifest-field`: fields that do not exist, values of the wrong shape, and no name, in files that
/// are applied or not.
pub(super) fn field(checkout: &Checkout, drafts: &mut Drafts) {
    let central = &checkout.conventions.clusters.central;
    let objects = checkout.access().objects.iter();
    for object in objects.filter(|object| object.file.path.is_within(central)) {
        fields(object, drafts);
    }
}

/// What a wrong field stands in, without numbers.
fn part_of(fault: &Fault) -> String {
    let (part, _) = fault.path.rsplit_once('.').unwrap_or_default();
    let parts = part.split('.');
    let parts = parts.map(|part| part.split('[').next().unwrap_or_default());
    parts.collect::<Vec<_>>().join(".")
}

/// Whether a binding gives its role to nobody, or elsewhere, with such a fault.
fn is_about_rights(fault: &Fault) -> bool {
    let nearest = match fault.kind {
        FaultKind::Unknown { nearest, .. } => nearest,
        FaultKind::Shape { .. } => None,
    };
    match fault.path.split(['.', '[']).next().unwrap_or_default() {
        "metadata" => nearest == Some("namespace"),
        "roleRef" | "subjects" => true,
        _ => !fault.path.contains('.'),
    }
}

fn fields(object: &ObjectAt, drafts: &mut Drafts) {
    let manifest = object.manifest();
    let consequence = "the applier refuses the object, or drops the field";
    for fault in &manifest.faults {
        let draft = schema_fault::draft(&object.file.path, fault, consequence);
        let path = &object.file.path;
        let draft = draft
            .explains(wrong_field(path, manifest))
            .explains(wrong_part(path, manifest, &part_of(fault)));
        let is_about_rights = match object.access() {
            Some(Object::Binding(_)) => is_about_rights(fault),
            Some(Object::Namespace) => fault.path.starts_with("metadata"),
            _ => false,
        };
        drafts.push(match is_about_rights {
            true => draft.explains(lost_rights(path)).explains(unapplied(path)),
            false => draft,
        });
    }
    let is_known = matches!(manifest.body, Body::Access(_) | Body::Images(_));
    let is_shapely = !manifest
        .faults
        .iter()
        .any(|fault| fault.path.starts_with("metadata"));
    if is_known && manifest.name.is_none() && is_shapely && !manifest.is_generated {
        drafts.push(
            Draft::new(
                object.place(manifest.anchor()),
                "metadata.name",
                format!("a {} has no `metadata.name`", manifest.kind()),
            )
            .help("the object is refused; name it"),
        );
    }
}
