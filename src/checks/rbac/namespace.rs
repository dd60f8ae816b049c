//! The namespaces that objects about access lie in.

use super::{lost_rights, undefined, wrong_namespace, wrong_role};
use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::file::wrong_part;
use crate::checks::namespaces::Namespaces;
use crate::checks::{Drafts, central_objects, edits};
use crate::finding::{Draft, Fix, Severity};
use crate::model::manifest::access::{Binding, IMAGE_PULLER, Object, Subject};
use crate::syntax::template::has_parameter;

/// `rbac-namespace`, of all: outside of the folders for registry access, a namespace that is misspelled.
pub(super) fn misspelled(checkout: &Checkout, drafts: &mut Drafts) {
    let namespaces = Namespaces::of(checkout);
    for object in central_objects(checkout) {
        let path = &object.file.path;
        let registry_access = &checkout.conventions.clusters.registry_access;
        let namespace = object.manifest().namespace.as_ref();
        let (Some(_), Some(namespace)) = (object.access(), namespace) else {
            continue;
        };
        if path.is_within(registry_access) {
            continue;
        }
        let kind = object.manifest().kind();
        drafts.extend(namespaces.meant(&namespace.value).map(|meant| {
            let place = object.place(namespace.span);
            let fix = Fix::of_value(format!("change to `{meant}`"), place.clone(), meant);
            Draft::new(
                place,
                format!("{kind} {}/{}", namespace.value, object.name()),
                format!(
                    "the {kind} `{}` is in namespace `{}`, which no manifest makes or uses elsewhere",
                    object.name(),
                    namespace.value
                ),
            )
            .severity(Severity::Warning)
            .help(format!("it cannot be applied; did you mean `{meant}`?"))
            .maybe_fix(fix.map(Fix::to_review))
            .explains(undefined(path, object.name()))
            .explains(wrong_namespace(object))
        }));
    }
}

/// `rbac-namespace`: an object without a namespace, or in one that is not its folder's.
pub(super) fn check(checkout: &Checkout, object: &ObjectAt, drafts: &mut Drafts) {
    let Some(inner) = object.access() else {
        return;
    };
    drafts.extend(without_namespace(checkout, object, inner));
    drafts.extend(foreign_namespace(checkout, object, inner));
    drafts.extend(everywhere(checkout, object, inner));
}

/// A binding of a registry-access folder that names a namespace, and is of the kind that gives its role in all of
/// them.
fn everywhere(checkout: &Checkout, object: &ObjectAt, inner: &Object) -> Option<Draft> {
    let namespace = object.manifest().namespace.as_ref();
    let namespace = namespace.filter(|namespace| !namespace.value.is_empty())?;
    let path = &object.file.path;
    let Object::Binding(binding) = inner else {
        return None;
    };
    if !binding.is_cluster || !path.is_within(&checkout.conventions.clusters.registry_access) {
        return None;
    }
    let kind = object.manifest().kind.as_ref()?;
    let place = object.place(kind.span);
    let entity = format!("{} {}/{}", kind.value, namespace.value, object.name());
    let message = format!(
        "the ClusterRoleBinding `{}` gives its role in all namespaces, not in `{}` alone",
        object.name(),
        namespace.value
    );
    let draft = Draft::new(place.clone(), entity, message)
        .severity(Severity::Warning)
        .explains(lost_rights(path));
    // Other roles may be meant for the whole cluster.
    Some(match binding.pulls() {
        true => {
            let fix = Fix::of_value("change to `RoleBinding`", place, "RoleBinding");
            draft
                .help("the API server takes no notice of the namespace; write `kind: RoleBinding`")
                .maybe_fix(fix.map(Fix::to_review))
        }
        false => draft.help(
            "the API server takes no notice of the namespace; write `kind: RoleBinding`, or take `namespace` away",
        ),
    })
}

/// A binding by which a ServiceAccount of the folder would pull from a namespace of the platform, were its role
/// that of those who pull.
fn other_role(object: &ObjectAt, binding: &Binding, namespace: &str) -> Option<Draft> {
    let reference = binding.role_ref.as_ref()?;
    let role = reference.name.as_ref()?;
    let kind = reference.kind.as_ref()?;
    if &*kind.value != "ClusterRole" {
        return None;
    }
    let place = object.place(role.span);
    let draft = Draft::new(
        place.clone(),
        format!("{namespace}/{} {}", object.name(), role.value),
        format!(
            "the RoleBinding `{}` gives an account of the folder the role `{}` in namespace `{namespace}` of \
             the platform",
            object.name(),
            role.value
        ),
    );
    Some(
        draft
            .severity(Severity::Warning)
            .help(format!(
                "all that a team may be given there is to pull images: write `{IMAGE_PULLER}`, or the namespace \
                 that is meant"
            ))
            .alternatives(Fix::alternative(place, IMAGE_PULLER))
            .follows_from(wrong_role(object))
            .explains(lost_rights(&object.file.path)),
    )
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
        .follows_from(wrong_part(&object.file.path, manifest, "metadata"))
        .explains(lost_rights(&object.file.path))
        .explains(undefined(&object.file.path, object.name()))
        .maybe_fix(fix),
    )
}

/// An object of a registry-access folder that lies in a namespace of somebody else's, or in one that
/// nothing makes.
fn foreign_namespace(checkout: &Checkout, object: &ObjectAt, inner: &Object) -> Option<Draft> {
    let (access, conventions) = (checkout.access(), &checkout.conventions);
    let namespace = object.manifest().namespace.as_ref()?;
    let name = &*namespace.value;
    let below = object
        .file
        .path
        .below(&conventions.clusters.registry_access)?;
    let is_namespaced = match inner {
        Object::Role(_) | Object::ServiceAccount => true,
        Object::Binding(binding) => !binding.is_cluster,
        _ => false,
    };
    let (folder, _) = below.split_once('/')?;
    // Where the folder does not make the Namespace it is called after, that is the finding.
    let own = access.namespaces_of(object.file.path.folder())?;
    let is_own = |name: &str| name == folder || own.contains(name);
    if !is_namespaced || is_own(name) || name.is_empty() || has_parameter(name) {
        return None;
    }
    let kind = object.manifest().kind();
    let what = format!("the {kind} `{}`", object.name());
    let draft = |message: String| {
        let fix = match own.first() {
            Some(only) if own.len() == 1 => {
                let place = object.place(namespace.span);
                Fix::of_value(format!("change to `{only}`"), place, only).map(Fix::to_review)
            }
            _ => None,
        };
        Draft::new(
            object.place(namespace.span),
            format!("{kind} {name}/{}", object.name()),
            message,
        )
        .severity(Severity::Warning)
        .maybe_fix(fix)
        .follows_from(wrong_role(object))
        .explains(lost_rights(&object.file.path))
        .explains(undefined(&object.file.path, object.name()))
    };
    let is_of_platform = conventions.namespaces.of_platform.is_match(name);
    if !access.namespaces.contains(name) && !is_of_platform {
        return Some(
            draft(format!(
                "{what} is in namespace `{name}`, which no manifest makes"
            ))
            .help(
                "it cannot be applied unless the namespace exists all the same; correct the name",
            ),
        );
    }
    // How one asks to pull from there. Where the account is wrong, that is the finding.
    let is_for_own_account = |subject: &Subject| {
        let Some(namespace) = subject.namespace.as_ref().map(|text| &*text.value) else {
            return subject.kind() == "ServiceAccount";
        };
        let account = subject.name.as_ref().map_or("", |name| &name.value);
        is_own(namespace)
            || has_parameter(namespace)
            || !access.service_accounts.defines(namespace, account)
    };
    if let Object::Binding(binding) = inner
        && is_of_platform
        && binding.subjects.iter().any(is_for_own_account)
    {
        if binding.pulls() {
            return None;
        }
        let is_own_account = |subject: &Subject| {
            let namespace = subject.namespace.as_ref();
            subject.kind() == "ServiceAccount" && namespace.is_none_or(|own| is_own(&own.value))
        };
        if binding.subjects.iter().any(is_own_account)
            && let Some(draft) = other_role(object, binding, name)
        {
            return Some(draft);
        }
    }
    Some(
        draft(format!(
            "{what} is in namespace `{name}`, which is not that of its folder `{folder}`"
        ))
        .help(match inner {
            Object::ServiceAccount => format!(
                "whoever gives an account of this name in `{0}` a role gives it to nobody; write \
                 `namespace: {0}`",
                own.first().map_or(folder, String::as_str)
            ),
            _ => format!(
                "it gives rights to what others keep there, and none to what is in `{}`; a \
                 binding by which a ServiceAccount of yours pulls from a team's namespace belongs \
                 into that team's folder",
                own.first().map_or(folder, String::as_str)
            ),
        }),
    )
}
