//! Namespaces, bindings, roles, ServiceAccounts and Groups.

use crate::syntax::yaml::Node;

/// An object that decides who may do what.
#[derive(Debug)]
pub enum Object {
    /// `Namespace`.
    Namespace,
}

/// The object of this kind, when it is one of ours.
pub(super) fn read(kind: &str, _node: &Node<'_>) -> Option<Object> {
    (kind == "Namespace").then_some(Object::Namespace)
}
