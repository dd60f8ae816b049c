//! Who a binding gives a role to.

use super::api_group::{is_legacy, wrong};
use crate::checkout::Checkout;
use crate::checkout::access::{Access, ObjectAt};
use crate::checks::file::wrong_part;
use crate::checks::{Drafts, edits};
use crate::finding::{Draft, Fix, Severity};
use crate::model::manifest::access::{Binding, RBAC, Subject};
use crate::syntax::likeness::{Effort, closest};
use crate::syntax::object_name::Grammar;
use crate::syntax::template::has_parameter;

/// `rbac-subject`: subjects that the API server refuses, or that are nobody.
pub(super) fn check(
    checkout: &Checkout,
    object: &ObjectAt,
    binding: &Binding,
    drafts: &mut Drafts,
) {
    let subjects = binding.subjects.iter();
    let wrong = subjects.filter_map(|one| subject(checkout.access(), object, binding, one));
    let wrong = wrong.chain(nobody(object, binding));
    drafts.extend(wrong.map(|draft| draft.explains(super::lost_rights(&object.file.path))));
}

/// A binding without subjects: the API server takes it.
fn nobody(object: &ObjectAt, binding: &Binding) -> Option<Draft> {
    binding.subjects.is_empty().then(|| {
        let name = object.name();
        Draft::new(
            object.place(binding.subjects_key.unwrap_or(object.manifest().anchor())),
            format!("{}/{name} nobody", object.namespace()),
            format!("binding `{name}` gives its role to nobody"),
        )
        .severity(Severity::Hint)
        .help("name a Group or a ServiceAccount in `subjects`, or remove the binding")
        .follows_from(wrong_part(&object.file.path, object.manifest(), ""))
        .follows_from(wrong_part(&object.file.path, object.manifest(), "roleRef"))
    })
}

fn subject(
    access: &Access,
    object: &ObjectAt,
    binding: &Binding,
    subject: &Subject,
) -> Option<Draft> {
    let legacy = is_legacy(object);
    let name = subject.name.as_ref().map_or("", |name| &name.value);
    let entity = format!(
        "{}/{} {} {name}",
        object.namespace(),
        object.name(),
        subject.kind()
    );
    let at_subject = |message: String| Draft::new(object.place(subject.anchor()), &entity, message);
    let Some(kind) = &subject.kind else {
        return Some(
            at_subject("a subject has no `kind`".to_owned())
                .help("the binding is refused; say `Group`, `ServiceAccount` or `User`")
                .follows_from(wrong_part(&object.file.path, object.manifest(), "subjects")),
        );
    };
    if subject
        .name
        .as_ref()
        .is_none_or(|name| name.value.is_empty())
    {
        return Some(
            Draft::new(object.place(kind.span), &entity, "a subject has no `name`")
                .help("the binding is refused; name who is given the role")
                .follows_from(wrong_part(&object.file.path, object.manifest(), "subjects")),
        );
    }
    if let Some(draft) = unknown_group(object, subject, &entity) {
        return Some(draft);
    }
    match &*kind.value {
        "SystemGroup" | "SystemUser" if legacy => None, // the API version is the finding
        "ServiceAccount" => service_account(access, object, binding, subject, &entity),
        "Group" | "User" => group(access, object, subject, &entity, legacy),
        other => {
            let kinds = ["Group", "ServiceAccount", "User"];
            let kinds = kinds.map(|kind| (kind, kind));
            let near = closest(other, kinds, 3, &Effort::default());
            let right = match other {
                "SystemGroup" => Some("Group"),
                "SystemUser" => Some("User"),
                _ => near,
            };
            let draft = Draft::new(
                object.place(kind.span),
                &entity,
                format!("`{other}` is no kind of subject"),
            )
            .help("the binding is refused; a subject is a `Group`, a `ServiceAccount` or a `User`");
            Some(draft.maybe_fix(right.map(|right| {
                Fix::safe(
                    format!("change to `{right}`"),
                    object.place(kind.span),
                    right,
                )
                .to_review()
            })))
        }
    }
}

/// A group that is called like one of the system's, and is none.
fn unknown_group(object: &ObjectAt, subject: &Subject, entity: &str) -> Option<Draft> {
    let name = subject.name.as_ref()?;
    let meant = subject.unknown_group()?.meant;
    let place = object.place(name.span);
    let message = format!("there is no group `{}`", name.value);
    let draft = Draft::new(place.clone(), entity, message);
    Some(match meant {
        Some(right) => {
            let fix = Fix::of_value(format!("change to `{right}`"), place, &right);
            draft
                .help(format!(
                    "the binding gives nobody anything; did you mean `{right}`?"
                ))
                .maybe_fix(fix.map(Fix::to_review))
        }
        None => draft.severity(Severity::Warning).help(
            "groups that start with `system:` are made by the cluster alone; everybody who is \
             logged in is in `system:authenticated`, everybody else in `system:unauthenticated`",
        ),
    })
}

fn service_account(
    access: &Access,
    object: &ObjectAt,
    binding: &Binding,
    subject: &Subject,
    entity: &str,
) -> Option<Draft> {
    let text = subject.name.as_ref()?;
    let name = &text.value;
    let is_templated = object.manifest().in_template && has_parameter(name);
    if let Some(fault) = Grammar::Subdomain.fault(name).filter(|_| !is_templated) {
        let help = match name.starts_with("system:") && !name.starts_with("system:serviceaccount:")
        {
            true => "the binding is refused; this is what a group is called: write `kind: Group`",
            false => {
                "the binding is refused; `name` is the account's own name alone, beside its \
                 `namespace`"
            }
        };
        return Some(
            Draft::new(
                object.place(text.span),
                entity,
                format!("the ServiceAccount's name `{name}` {fault}"),
            )
            .help(help),
        );
    }
    if let Some(group) = subject
        .api_group
        .as_ref()
        .filter(|group| !group.value.is_empty())
    {
        return Some(
            Draft::new(
                object.place(group.span),
                entity,
                format!(
                    "the ServiceAccount `{name}` is given the apiGroup `{}`",
                    group.value
                ),
            )
            .help("the binding is refused; ServiceAccounts have no `apiGroup`, remove it"),
        );
    }
    if subject
        .namespace
        .as_ref()
        .is_some_and(|namespace| !namespace.value.is_empty())
    {
        return None;
    }
    // Without a namespace it is looked for in the binding's.
    let own = object.namespace();
    let accounts = &access.service_accounts;
    let draft = Draft::new(
        object.place(subject.anchor()),
        entity,
        format!("the ServiceAccount `{name}` has no `namespace`"),
    );
    if is_legacy(object) {
        return None;
    }
    if binding.is_cluster {
        return Some(
            draft.help("the binding is refused; say in which namespace the ServiceAccount is"),
        );
    }
    let add = |namespace| edits::add_key(&object.file, subject.span, "namespace", namespace);
    if own.is_empty() || has_parameter(own) {
        return None;
    }
    if accounts.defines(own, name) {
        let help = format!(
            "it is taken from the binding's namespace `{own}`, and is another one once the binding \
             moves or is copied; write `namespace: {own}`"
        );
        return Some(
            draft
                .severity(Severity::Hint)
                .help(help)
                .maybe_fix(add(own)),
        );
    }
    let help =
        format!("it is looked for in the binding's namespace `{own}`, where it is not defined");
    let in_file = accounts.in_file(&object.file.path, name);
    let fix = match in_file {
        [only] => add(only),
        _ => accounts
            .only_namespace(name)
            .and_then(add)
            .map(Fix::to_review),
    };
    let severity = if in_file.is_empty() {
        Severity::Warning
    } else {
        Severity::Error
    };
    Some(draft.help(help).severity(severity).maybe_fix(fix))
}

fn group(
    access: &Access,
    object: &ObjectAt,
    subject: &Subject,
    entity: &str,
    legacy: bool,
) -> Option<Draft> {
    let name = subject.name.as_ref().map_or("", |name| &name.value);
    let kind = subject.kind();
    match &subject.api_group {
        // The API server fills it in, so the binding works.
        None if !legacy => {
            return Some(
                Draft::new(
                    object.place(subject.anchor()),
                    entity,
                    format!("the {kind} `{name}` has no `apiGroup`"),
                )
                .severity(Severity::Warning)
                .help(format!(
                    "add `apiGroup: {RBAC}`, which is what the API server takes it for"
                ))
                .maybe_fix(edits::add_key(
                    &object.file,
                    subject.span,
                    "apiGroup",
                    RBAC,
                )),
            );
        }
        Some(group) if &*group.value != RBAC && !legacy => {
            let what = format!("`apiGroup` of a {kind}");
            return Some(wrong(object, group, entity.to_owned(), &what));
        }
        _ => {}
    }
    let namespace = subject.namespace.as_ref()?;
    if access.service_accounts.defines(&namespace.value, name) {
        let place = subject.kind.as_ref().map_or(subject.span, |kind| kind.span);
        let place = object.place(place);
        let of = &namespace.value;
        let message = format!("`{name}` is a ServiceAccount of namespace `{of}`, not a {kind}");
        return Some(
            Draft::new(place, entity, message)
                .severity(Severity::Warning)
                .help(format!(
                    "a {kind} belongs to no namespace; write `kind: ServiceAccount`, without \
                     `apiGroup`, or remove the namespace"
                )),
        );
    }
    let is_known = access.namespaces.contains(&*namespace.value)
        || has_parameter(&namespace.value)
        || &*namespace.value == object.namespace();
    (!is_known && !namespace.value.is_empty()).then(|| {
        Draft::new(
            object.place(namespace.span),
            entity,
            format!(
                "the {kind} `{name}` is given the namespace `{}`, which does not exist",
                namespace.value
            ),
        )
        .severity(Severity::Warning)
        .help(format!("a {kind} belongs to no namespace; remove the line"))
    })
}
