//! The namespaces that objects about access lie in.

use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::{Drafts, edits};
use crate::finding::{Draft, Severity};
use crate::model::manifest::access::Object;
use crate::syntax::template::has_parameter;

/// `rbac-namespace`: an object without a namespace, or in one that nothing makes.
pub(super) fn check(checkout: &Checkout, object: &ObjectAt, drafts: &mut Drafts) {
    let Some(inner) = object.access() else {
        return;
    };
    drafts.extend(without_namespace(checkout, object, inner));
    drafts.extend(unmade_namespace(checkout, object, inner));
}

fn without_namespace(checkout: &Checkout, object: &ObjectAt, inner: &Object) -> Option<Draft> {
    let is_namespaced = match inner {
        Object::Role(_) | Object::ServiceAccount => true,
        Object::Binding(binding) => !binding.is_cluster,
        _ => false,
    };
    if !is_namespaced || !object.namespace().is_empty() {
        return None;
    }
    let manifest = object.manifest();
    let folder = object
        .file
        .path
        .below(&checkout.conventions.clusters.registry_access)
        .and_then(|below| below.split_once('/'))
        .map(|(folder, _)| folder);
    let fix = match (&manifest.namespace, folder, manifest.metadata) {
        (None, Some(folder), Some(metadata)) => {
            edits::add_key(&object.file, metadata, "namespace", folder)
        }
        _ => None,
    };
    Some(
        Draft::new(
            object.place(manifest.anchor()),
            format!("{} {}", manifest.kind(), object.name()),
            format!(
                "the {} `{}` has no `metadata.namespace`",
                manifest.kind(),
                object.name()
            ),
        )
        .help("it is applied to whatever namespace the applier happens to be in; name its own")
        .maybe_fix(fix),
    )
}

/// An object of a registry-access folder in a namespace that nothing makes.
fn unmade_namespace(checkout: &Checkout, object: &ObjectAt, inner: &Object) -> Option<Draft> {
    let (access, conventions) = (&checkout.access, &checkout.conventions);
    let namespace = object.manifest().namespace.as_ref()?;
    let name = &*namespace.value;
    let is_namespaced = matches!(
        inner,
        Object::Role(_) | Object::ServiceAccount | Object::Binding(_)
    );
    object
        .file
        .path
        .below(&conventions.clusters.registry_access)?;
    let is_made = access.namespaces.contains(name)
        || conventions.namespaces.of_platform.is_match(name)
        || name.is_empty()
        || has_parameter(name);
    // Where the folder does not make the Namespace it is called after, that is the finding.
    let folder = object.file.path.folder();
    let is_folder = folder.ends_with(&format!("/{name}"));
    (is_namespaced && !is_made && !is_folder && access.makes_namespace(folder)).then(|| {
        Draft::new(
            object.place(namespace.span),
            format!("{} {}/{}", object.manifest().kind(), name, object.name()),
            format!(
                "the {} `{}` is in namespace `{name}`, which no manifest makes",
                object.manifest().kind(),
                object.name()
            ),
        )
        .severity(Severity::Warning)
        .help("it cannot be applied unless the namespace exists all the same; correct the name")
    })
}
