//! The rules of roles, as the API server wants them (kubernetes/kubernetes
//! pkg/apis/rbac/validation/validation.go `validatePolicyRule`).

use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::Drafts;
use crate::checks::file::wrong_part;
use crate::finding::Draft;
use crate::model::manifest::access::{Object, PolicyRule, RBAC, Values};

/// `rbac-role-rules`: a rule that the API server refuses.
pub(super) fn check(_: &Checkout, object: &ObjectAt, drafts: &mut Drafts) {
    let (rules, is_namespaced) = match object.access() {
        Some(Object::Role(rules)) => (rules, true),
        Some(Object::ClusterRole(rules)) => (rules, false),
        _ => return,
    };
    // Older APIs of OpenShift's own fill in what is missing.
    let version = object.manifest().api_version.as_ref();
    if version.is_some_and(|version| version.value.starts_with(RBAC)) {
        let found = rules.iter().enumerate();
        drafts.extend(found.filter_map(|(at, rule)| policy_rule(object, rule, at, is_namespaced)));
    }
}

/// The first thing that is wrong with a rule.
fn policy_rule(
    object: &ObjectAt,
    rule: &PolicyRule,
    at: usize,
    is_namespaced: bool,
) -> Option<Draft> {
    let kind = object.manifest().kind();
    let name = object.name();
    let draft = |key: &str, span, message: String, help: &str| {
        let entity = format!("{kind} {}/{name} rules[{at}].{key}", object.namespace());
        Some(
            Draft::new(object.place(span), entity, message)
                .help(format!("the {kind} is refused; {help}")),
        )
    };
    let lacks = |key: &str, values: &Values, help: &str| {
        let message = format!("a rule of {kind} `{name}` has no `{key}`");
        let draft = draft(key, values.key.unwrap_or(rule.anchor), message, help)?;
        Some(draft.follows_from(wrong_part(&object.file.path, object.manifest(), "rules")))
    };
    if rule.verbs.count == 0 {
        return lacks("verbs", &rule.verbs, "say what may be done");
    }
    if rule.urls.count > 0 {
        let span = rule.urls.key.unwrap_or(rule.anchor);
        if is_namespaced {
            let message =
                format!("a rule of Role `{name}` has `nonResourceURLs`, which are in no namespace");
            return draft(
                "nonResourceURLs",
                span,
                message,
                "only a ClusterRole can have these",
            );
        }
        let others = [&rule.api_groups, &rule.resources, &rule.resource_names];
        if others.iter().any(|values| values.count > 0) {
            let message = format!("a rule of {kind} `{name}` is about resources and URLs at once");
            return draft("nonResourceURLs", span, message, "make two rules of it");
        }
        return None;
    }
    if rule.api_groups.count == 0 {
        return lacks(
            "apiGroups",
            &rule.api_groups,
            "name the groups of its resources, `''` for the core group",
        );
    }
    if rule.resources.count == 0 {
        return lacks("resources", &rule.resources, "say what the verbs are for");
    }
    if rule.resource_names.count > 0 && rule.resources.count > 1 {
        let span = rule.resource_names.key.unwrap_or(rule.anchor);
        let message = format!("a rule of {kind} `{name}` has `resourceNames` of several resources");
        return draft(
            "resourceNames",
            span,
            message,
            "make a rule for each resource",
        );
    }
    None
}
