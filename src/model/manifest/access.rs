//! Namespaces, bindings, roles, ServiceAccounts and Groups. Fields: kubernetes/api `rbac/v1` and
//! `core/v1` types.go.

use crate::model::shape::{Text, text_at, texts};
use crate::syntax::likeness::{Effort, closest};
use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

/// The API group of roles and bindings.
pub const RBAC: &str = "rbac.authorization.k8s.io";

/// The role of those who pull images of a namespace (openshift/origin
/// `pkg/cmd/server/bootstrappolicy/constants.go`).
pub const IMAGE_PULLER: &str = "system:image-puller";

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

/// What the names of groups start with that the API server makes, and nobody else may.
const RESERVED: &str = "system:";

/// Starts of the names of groups of which there are as many as somebody makes.
const OPEN_GROUPS: [&str; 2] = ["system:bootstrappers:", "system:openshift:"];

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

/// One of a rule's lists.
#[derive(Debug)]
pub struct Values {
    /// Its key, if it is there.
    pub key: Option<Span>,
    /// How many items it has.
    pub count: usize,
    /// Those of them that are texts.
    pub texts: Vec<Text>,
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
    /// The key of these, if it is there.
    pub subjects_key: Option<Span>,
}

impl Binding {
    /// Whether it is to a role that pulls images.
    #[must_use]
    pub fn pulls(&self) -> bool {
        let name = self.role_ref.as_ref().and_then(|role| role.name.as_ref());
        name.is_some_and(|name| name.value.contains("image-puller"))
    }
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

/// A group that is called like one of the system's, but is none.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownGroup {
    /// The one that it is nearly called like.
    pub meant: Option<String>,
}

impl Subject {
    /// `kind`, or nothing.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.kind.as_ref().map_or("", |kind| &kind.value)
    }

    /// Whether it is a group that is called like one of the system's, but is none: nobody is in it.
    #[must_use]
    pub fn is_unknown_group(&self) -> bool {
        self.unknown_group().is_some()
    }

    /// Of such a group, the one of the system's that is likely meant.
    #[must_use]
    pub fn unknown_group(&self) -> Option<UnknownGroup> {
        let name = &self.name.as_ref()?.value;
        matches!(self.kind(), "Group" | "SystemGroup")
            .then(|| unknown_group(name))
            .flatten()
    }

    /// Where to point at when the subject as such is meant.
    #[must_use]
    pub fn anchor(&self) -> Span {
        let named = self.name.as_ref().or(self.kind.as_ref());
        named.map_or(self.span, |text| text.span)
    }
}

/// Whether a group of this name is made by the API server itself.
#[must_use]
pub fn is_group_of_cluster(name: &str) -> bool {
    let of_namespace = name.strip_prefix(SERVICE_ACCOUNTS);
    SYSTEM_GROUPS.contains(&name) || of_namespace.is_some_and(|rest| rest.starts_with(':'))
}

fn unknown_group(name: &str) -> Option<UnknownGroup> {
    let of_namespace = name.strip_prefix(SERVICE_ACCOUNTS);
    let of_namespace = of_namespace.and_then(|rest| rest.strip_prefix(':'));
    let is_known = SYSTEM_GROUPS.contains(&name)
        || of_namespace.is_some_and(|namespace| !namespace.is_empty() && !namespace.contains(':'));
    if is_known || OPEN_GROUPS.iter().any(|open| name.starts_with(open)) {
        return None;
    }
    let meant = nearest_group(name);
    (meant.is_some() || name.starts_with(RESERVED)).then_some(UnknownGroup { meant })
}

fn nearest_group(name: &str) -> Option<String> {
    let effort = Effort::default();
    // `system:serviceaccounts:ci`, and the name of an account, which starts nearly like it.
    if let Some((namespace_at, _)) = name.match_indices(':').nth(1) {
        let (of_all, rest) = (&name[..namespace_at], &name[namespace_at + 1..]);
        let namespace = rest.split(':').next().unwrap_or_default();
        let all = [(SERVICE_ACCOUNTS, ())];
        if closest(of_all, all, TYPOS, &effort).is_some() && !namespace.is_empty() {
            return Some(format!("{SERVICE_ACCOUNTS}:{namespace}"));
        }
    }
    let known = SYSTEM_GROUPS.map(|known| (known, known));
    let near = closest(name, known, TYPOS, &effort).or_else(|| {
        // `authenticated`, and `system:authenticated-users`.
        let mut known = SYSTEM_GROUPS.into_iter();
        known.find(|known| known.strip_prefix(RESERVED) == Some(name) || is_longer(name, known))
    });
    near.map(str::to_owned)
}

/// Whether `name` is `known` and another word behind it.
fn is_longer(name: &str, known: &str) -> bool {
    let rest = name.strip_prefix(known);
    rest.is_some_and(|rest| rest.starts_with(['-', '_', '.', ' ']))
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
                    texts: entry.map(|entry| texts(&entry.value)).unwrap_or_default(),
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
        subjects_key: node.entry("subjects").map(|entry| entry.key.span),
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
    use super::unknown_group;

    #[test]
    fn a_group_that_is_called_like_the_systems() {
        let meant = |name| unknown_group(name).map(|group| group.meant);
        for (name, known) in [
            ("system:authenticate", "system:authenticated"),
            ("sytem:authenticated", "system:authenticated"),
            ("system.authenticated", "system:authenticated"),
            ("system:unauthentcated", "system:unauthenticated"),
            ("authenticated", "system:authenticated"),
            ("system:authenticated-users", "system:authenticated"),
            ("system:serviceaccount", "system:serviceaccounts"),
            ("system:serviceaccount:ci", "system:serviceaccounts:ci"),
            (
                "system:serviceaccount:ci:puller",
                "system:serviceaccounts:ci",
            ),
            ("system:serviceaccounts:", "system:serviceaccounts"),
        ] {
            assert_eq!(meant(name), Some(Some(known.to_owned())), "{name}");
        }
        for name in ["system:everyone", "system:anonymous", "system:"] {
            assert_eq!(meant(name), Some(None), "{name}");
        }
        for name in [
            "system:authenticated",
            "system:authenticated:oauth",
            "system:serviceaccounts",
            "system:serviceaccounts:ci",
            "system:bootstrappers:kubeadm:default-node-token",
            "system:openshift:templateservicebroker",
            "authenticated-users",
            "acme-admins",
            "",
        ] {
            assert_eq!(meant(name), None, "{name}");
        }
    }
}
