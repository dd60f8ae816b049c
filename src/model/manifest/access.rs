//! Namespaces, bindings, roles, ServiceAccounts and Groups (domain section 7).

use crate::model::shape::{Text, text_at};
use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

/// The API group of roles and bindings.
pub const RBAC: &str = "rbac.authorization.k8s.io";

/// An object that decides who may do what.
#[derive(Debug)]
pub enum Object {
    /// `Namespace`.
    Namespace,
    /// `ServiceAccount`.
    ServiceAccount,
    /// `Role`, in a namespace.
    Role,
    /// `ClusterRole`.
    ClusterRole,
    /// `RoleBinding` or `ClusterRoleBinding`.
    Binding(Binding),
    /// `Group`.
    Group,
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

    /// Where to point at when the subject as such is meant.
    #[must_use]
    pub fn anchor(&self) -> Span {
        let named = self.name.as_ref().or(self.kind.as_ref());
        named.map_or(self.span, |text| text.span)
    }
}

/// The object of this kind, when it is one of ours.
pub(super) fn read(kind: &str, node: &Node<'_>) -> Option<Object> {
    Some(match kind {
        "Namespace" => Object::Namespace,
        "ServiceAccount" => Object::ServiceAccount,
        "Role" => Object::Role,
        "ClusterRole" => Object::ClusterRole,
        "RoleBinding" => Object::Binding(binding(node, false)),
        "ClusterRoleBinding" => Object::Binding(binding(node, true)),
        "Group" => Object::Group,
        _ => return None,
    })
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
