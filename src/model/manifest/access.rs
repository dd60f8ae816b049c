//! Namespaces, bindings, roles, ServiceAccounts and Groups. Fields: kubernetes/api `rbac/v1` and
//! `core/v1` types.go.

use crate::model::shape::{Text, text_at};
use crate::syntax::likeness::{Effort, closest};
use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

/// The API group of roles and bindings.
pub const RBAC: &str = "rbac.authorization.k8s.io";

/// Groups that the API server makes by itself (kubernetes/apiserver `pkg/authentication/user`;
/// openshift/origin `pkg/cmd/server/bootstrappolicy/constants.go`).
const SYSTEM_GROUPS: [&str; 15] = [
    SERVICE_ACCOUNTS,
    "system:authenticated",
    "system:authenticated:oauth",
    "system:bootstrappers",
    "system:cluster-admins",
    "system:cluster-readers",
    "system:masters",
    "system:monitoring",
    "system:node-admins",
    "system:node-proxiers",
    "system:node-readers",
    "system:nodes",
    "system:openshift:controller",
    "system:openshift:master",
    "system:unauthenticated",
];

/// The group of all ServiceAccounts; with a namespace behind another `:`, of those in there.
const SERVICE_ACCOUNTS: &str = "system:serviceaccounts";

/// Names of groups are taken for one of the system's so many edits away.
const TYPOS: usize = 2;

/// An object that decides who may do what.
#[derive(Debug)]
pub enum Object {
    /// `Namespace`.
    Namespace,
    /// `ServiceAccount`.
    ServiceAccount,
    /// `Role`, in a namespace.
    Role(Vec<PolicyRule>),
    /// `ClusterRole`.
    ClusterRole(Vec<PolicyRule>),
    /// `RoleBinding` or `ClusterRoleBinding`.
    Binding(Binding),
    /// `Group`.
    Group,
}

/// One item of a role's `rules`.
#[derive(Debug)]
pub struct PolicyRule {
    /// Its first key, or the item if it has none.
    pub anchor: Span,
    /// `verbs`.
    pub verbs: Values,
    /// `apiGroups`.
    pub api_groups: Values,
    /// `resources`.
    pub resources: Values,
    /// `resourceNames`.
    pub resource_names: Values,
    /// `nonResourceURLs`.
    pub urls: Values,
}

/// A list of which nothing but the length matters.
#[derive(Clone, Copy, Debug)]
pub struct Values {
    /// Its key, if it is there.
    pub key: Option<Span>,
    /// How many items it has.
    pub count: usize,
}

/// Who is given which role.
#[derive(Debug)]
pub struct Binding {
    /// Whether it holds in the whole cluster.
    pub is_cluster: bool,
    /// `roleRef`.
    pub role_ref: Option<RoleRef>,
    /// `subjects`.
    pub subjects: Vec<Subject>,
}

/// The role that is given.
#[derive(Debug)]
pub struct RoleRef {
    /// The key `roleRef`.
    pub key: Span,
    /// The value.
    pub span: Span,
    /// `apiGroup`.
    pub api_group: Option<Text>,
    /// `kind`.
    pub kind: Option<Text>,
    /// `name`.
    pub name: Option<Text>,
}

/// Somebody who is given a role.
#[derive(Debug)]
pub struct Subject {
    /// The whole item.
    pub span: Span,
    /// `apiGroup`.
    pub api_group: Option<Text>,
    /// `kind`.
    pub kind: Option<Text>,
    /// `name`.
    pub name: Option<Text>,
    /// `namespace`.
    pub namespace: Option<Text>,
}

impl Subject {
    /// `kind`, or nothing.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.kind.as_ref().map_or("", |kind| &kind.value)
    }

    /// The group of the system's that a group is nearly called like, but is not: nobody is in it.
    #[must_use]
    pub fn misspelled_group(&self) -> Option<String> {
        let name = &self.name.as_ref()?.value;
        matches!(self.kind(), "Group" | "SystemGroup")
            .then(|| nearest_group(name))
            .flatten()
    }

    /// Where to point at when the subject as such is meant.
    #[must_use]
    pub fn anchor(&self) -> Span {
        let named = self.name.as_ref().or(self.kind.as_ref());
        named.map_or(self.span, |text| text.span)
    }
}

fn nearest_group(name: &str) -> Option<String> {
    if SYSTEM_GROUPS.contains(&name) {
        return None;
    }
    let effort = Effort::default();
    // `system:serviceaccounts:ci`, and the name of an account, which starts nearly like it.
    if let Some((namespace_at, _)) = name.match_indices(':').nth(1) {
        let (of_all, rest) = (&name[..namespace_at], &name[namespace_at + 1..]);
        let namespace = rest.split(':').next().unwrap_or_default();
        if of_all == SERVICE_ACCOUNTS && !rest.contains(':') && !rest.is_empty() {
            return None;
        }
        let all = [(SERVICE_ACCOUNTS, ())];
        if closest(of_all, all, TYPOS, &effort).is_some() && !namespace.is_empty() {
            return Some(format!("{SERVICE_ACCOUNTS}:{namespace}"));
        }
    }
    let known = SYSTEM_GROUPS.map(|known| (known, known));
    closest(name, known, TYPOS, &effort).map(str::to_owned)
}

/// The object of this kind, when it is one of ours.
pub(super) fn read(kind: &str, node: &Node<'_>) -> Option<Object> {
    Some(match kind {
        "Namespace" => Object::Namespace,
        "ServiceAccount" => Object::ServiceAccount,
        "Role" => Object::Role(policy_rules(node)),
        "ClusterRole" => Object::ClusterRole(policy_rules(node)),
        "RoleBinding" => Object::Binding(binding(node, false)),
        "ClusterRoleBinding" => Object::Binding(binding(node, true)),
        "Group" => Object::Group,
        _ => return None,
    })
}

fn policy_rules(node: &Node<'_>) -> Vec<PolicyRule> {
    let items = node.get("rules").into_iter().flat_map(Node::items);
    items
        .map(|item| {
            let values = |key| {
                let entry = item.entry(key);
                Values {
                    key: entry.map(|entry| entry.key.span),
                    count: entry.map_or(0, |entry| entry.value.items().count()),
                }
            };
            PolicyRule {
                anchor: item
                    .entries()
                    .next()
                    .map_or(item.span, |entry| entry.key.span),
                verbs: values("verbs"),
                api_groups: values("apiGroups"),
                resources: values("resources"),
                resource_names: values("resourceNames"),
                urls: values("nonResourceURLs"),
            }
        })
        .collect()
}

fn binding(node: &Node<'_>, is_cluster: bool) -> Binding {
    Binding {
        is_cluster,
        role_ref: node
            .entry("roleRef")
            .filter(|entry| !entry.value.is_null())
            .map(|entry| RoleRef {
                key: entry.key.span,
                span: entry.value.span,
                api_group: text_at(&entry.value, "apiGroup"),
                kind: text_at(&entry.value, "kind"),
                name: text_at(&entry.value, "name"),
            }),
        subjects: node
            .get("subjects")
            .into_iter()
            .flat_map(Node::items)
            .filter(|item| item.as_mapping().is_some())
            .map(|item| Subject {
                span: item.span,
                api_group: text_at(item, "apiGroup"),
                kind: text_at(item, "kind"),
                name: text_at(item, "name"),
                namespace: text_at(item, "namespace"),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::nearest_group;

    #[test]
    fn a_group_that_is_nearly_the_systems() {
        for (name, meant) in [
            ("system:authenticate", "system:authenticated"),
            ("sytem:authenticated", "system:authenticated"),
            ("system.authenticated", "system:authenticated"),
            ("system:unauthentcated", "system:unauthenticated"),
            ("system:serviceaccount", "system:serviceaccounts"),
            ("system:serviceaccount:ci", "system:serviceaccounts:ci"),
            (
                "system:serviceaccount:ci:puller",
                "system:serviceaccounts:ci",
            ),
            ("system:serviceaccounts:", "system:serviceaccounts"),
        ] {
            assert_eq!(nearest_group(name).as_deref(), Some(meant), "{name}");
        }
        for name in [
            "system:authenticated",
            "system:authenticated:oauth",
            "system:serviceaccounts",
            "system:serviceaccounts:ci",
            "system:openshift:templateservicebroker",
            "authenticated-users",
            "acme-admins",
            "",
        ] {
            assert_eq!(nearest_group(name), None, "{name}");
        }
    }
}
