//! Rules about roles, bindings and groups.

mod api_group;
mod group_name;
mod namespace;
pub(super) mod object_duplicate;
mod push;
mod role_ref;
mod role_rules;
mod role_undefined;
mod role_words;
mod rover;
mod service_account;
mod subject;

use super::{
    Check, Drafts, Named, central_objects, each_central_object, each_file_by_conventions,
    each_object, rule, rule_with, whole_checkout,
};
use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::model::manifest::access::{Binding, Object};
use crate::tree::RepoPath;

/// The topic of what follows when what the folder of this file gives, or whom it gives it to, is wrong or
/// never applied.
pub(super) fn lost_rights(path: &RepoPath) -> String {
    format!("rights in {} are lost", path.folder())
}

/// The topic of what follows when what the folder of this file says is not read, or never applied.
pub(super) fn unapplied(path: &RepoPath) -> String {
    format!("objects in {} are not applied", path.folder())
}

/// The topic of what follows when this object is in the wrong namespace.
fn wrong_namespace(object: &ObjectAt) -> String {
    format!(
        "{} in {} is in the wrong namespace",
        object.name(),
        object.file.path
    )
}

/// The topic of what follows when the role of this binding is wrong.
fn wrong_role(object: &ObjectAt) -> String {
    format!(
        "the role of {} in {} is wrong",
        object.name(),
        object.file.path
    )
}

/// The topic of what follows when this file does not define what others of its folder look for by this
/// name.
pub(super) fn undefined(path: &RepoPath, name: &str) -> String {
    format!("{name} is not defined in {}", path.folder())
}

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    rule("rbac-group-object", || each_object(rover::group_object)),
    rule("rbac-namespace", || {
        each_central_object(namespace::check).and(whole_checkout(namespace::misspelled))
    }),
    rule_with("rbac-push", |params| {
        let params: push::Everybody = params.read()?;
        Ok(each_central_binding(move |_, object, binding, drafts| {
            drafts.extend(params.check(object, binding));
        }))
    }),
    rule("rbac-role-ref", || each_central_binding(role_ref::check)),
    rule_with("rbac-role-rules", |params| {
        let params: role_words::RoleWords = params.read()?;
        let words = whole_checkout(move |checkout, drafts| params.check(checkout, drafts));
        Ok(each_central_object(role_rules::check).and(words))
    }),
    rule_with("rbac-role-undefined", |params| {
        let params: role_undefined::Roles = params.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            params.check(checkout, drafts);
        }))
    }),
    rule_with("rbac-service-account", |params| {
        let params: service_account::ServiceAccounts = params.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            params.check(checkout, drafts);
        }))
    }),
    rule("rbac-subject", || {
        each_central_binding(subject::check).and(whole_checkout(group_name::unknown))
    }),
    rule("rbac-user-subject", || each_object(rover::user_subject)),
    rule_with("rover-groups-config", |params| {
        let params: rover::RoverConfig = params.read()?;
        Ok(each_file_by_conventions(
            move |file, conventions, drafts| {
                params.check(file, conventions, drafts);
            },
        ))
    }),
];

/// The bindings among the [`central_objects`].
fn central_bindings(checkout: &Checkout) -> impl Iterator<Item = (&ObjectAt, &Binding)> {
    central_objects(checkout).filter_map(|object| match object.access()? {
        Object::Binding(binding) => Some((object, binding)),
        _ => None,
    })
}

/// A check that looks at each of the [`central_bindings`].
fn each_central_binding(
    look: impl Fn(&Checkout, &ObjectAt, &Binding, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    whole_checkout(move |checkout, drafts| {
        for (object, binding) in central_bindings(checkout) {
            look(checkout, object, binding, drafts);
        }
    })
}
