//! The role that a binding gives.

use super::api_group::{is_legacy, wrong};
use super::{lost_rights, wrong_role};
use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::file::wrong_part;
use crate::checks::{Drafts, edits};
use crate::finding::Draft;
use crate::model::manifest::access::{Binding, RBAC, RoleRef};
use crate::syntax::object_name::Grammar;

/// `rbac-role-ref`: a `roleRef` that the API server refuses.
pub(super) fn check(_: &Checkout, object: &ObjectAt, binding: &Binding, drafts: &mut Drafts) {
    let mut faults = Drafts::default();
    role_ref(object, binding, &mut faults);
    let faults = faults.into_vec().into_iter();
    drafts.extend(faults.map(|draft| draft.explains(wrong_role(object))));
}

fn role_ref(object: &ObjectAt, binding: &Binding, drafts: &mut Drafts) {
    let name = object.name();
    let follow = |draft: Draft, part| {
        draft.follows_from(wrong_part(&object.file.path, object.manifest(), part))
    };
    let lacks = |draft: Draft| follow(draft, "roleRef");
    let Some(role) = &binding.role_ref else {
        drafts.push(follow(
            Draft::new(
                object.place(object.manifest().anchor()),
                name,
                format!("binding `{name}` has no `roleRef`"),
            )
            .help("say which role it gives: `apiGroup`, `kind` and `name`")
            .explains(lost_rights(&object.file.path)),
            "",
        ));
        return;
    };
    let entity = |what: &str| format!("{}/{name} {what}", object.namespace());
    let legacy = is_legacy(object);
    let kind = role.kind.as_ref().map(|kind| &*kind.value);
    match &role.api_group {
        None if !legacy => drafts.push(lacks(
            Draft::new(
                object.place(role.key),
                entity("apiGroup"),
                format!("`roleRef` of binding `{name}` has no `apiGroup`"),
            )
            .help(format!(
                "the binding is refused, and nobody is given the role; add `apiGroup: {RBAC}`"
            ))
            .maybe_fix(edits::add_key(&object.file, role.span, "apiGroup", RBAC)),
        )),
        Some(group) if &*group.value != RBAC && !legacy => drafts.push(wrong(
            object,
            group,
            entity("apiGroup"),
            "`apiGroup` of a `roleRef`",
        )),
        _ => {}
    }
    match kind {
        None if !legacy => drafts.push(lacks(
            Draft::new(
                object.place(role.key),
                entity("kind"),
                format!("`roleRef` of binding `{name}` has no `kind`"),
            )
            .help("the binding is refused; add `kind: ClusterRole`, or `Role` for one of this namespace"),
        )),
        Some("Role") if binding.is_cluster => {
            drafts.push(at_kind(object, role, entity("kind"), "a ClusterRoleBinding cannot give a Role"));
        }
        Some(kind) if !matches!(kind, "Role" | "ClusterRole") => {
            let message = format!("`{kind}` is no kind of role");
            drafts.push(at_kind(object, role, entity("kind"), &message));
        }
        _ => {}
    }
    match &role.name {
        Some(text) if !text.value.is_empty() => {
            let fault = Grammar::PathSegment.fault(&text.value);
            drafts.extend(fault.map(|fault| {
                Draft::new(
                    object.place(text.span),
                    entity("name"),
                    format!("the role's name `{}` {fault}", text.value),
                )
                .help("the binding is refused; no role can be called so")
            }));
        }
        _ => drafts.push(lacks(
            Draft::new(
                object.place(role.key),
                entity("name"),
                format!("`roleRef` of binding `{name}` has no `name`"),
            )
            .help("the binding is refused; name the role it gives"),
        )),
    }
}

fn at_kind(object: &ObjectAt, role: &RoleRef, entity: String, message: &str) -> Draft {
    let span = role.kind.as_ref().map_or(role.span, |kind| kind.span);
    Draft::new(object.place(span), entity, message)
        .help("the binding is refused; `kind` is `Role` or, for a ClusterRole, `ClusterRole`")
}
