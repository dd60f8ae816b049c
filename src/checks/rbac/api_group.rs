//! The `apiGroup` of what a binding names, and the bindings that have none.

use crate::checkout::access::ObjectAt;
use crate::finding::{Draft, Fix};
use crate::model::Text;
use crate::model::manifest::access::RBAC;

/// Whether the binding is OpenShift's own, whose references have no `apiGroup`.
pub(super) fn is_legacy(object: &ObjectAt) -> bool {
    let version = object.manifest().api_version.as_ref();
    version.is_some_and(|version| version.value.starts_with("authorization.openshift.io/"))
}

/// A finding about an `apiGroup` that is not that of `what`.
pub(super) fn wrong(object: &ObjectAt, found: &Text, entity: String, what: &str) -> Draft {
    let place = object.place(found.span);
    Draft::new(
        place.clone(),
        entity,
        format!("{what} is `{RBAC}`, not `{}`", found.value),
    )
    .help("the binding is refused")
    .maybe_fix(Fix::of_value(format!("change to `{RBAC}`"), place, RBAC))
}
