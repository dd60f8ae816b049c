//! Kubernetes manifests: what all objects have in common, and the kinds that are looked into.
//!
//! Objects may stand in multi-document files, in a `List` and in a `Template`; each is one
//! [`Manifest`] here.

pub mod access;
mod fields;
pub mod images;

use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

use super::schema::Fault;
use super::shape::{Text, text_at};

/// The kinds that are looked into, and those that hold other objects.
pub const KINDS: [&str; 12] = [
    "BuildConfig",
    "ClusterRole",
    "ClusterRoleBinding",
    "Group",
    "ImageStream",
    "List",
    "MultiArchBuildConfig",
    "Namespace",
    "Role",
    "RoleBinding",
    "ServiceAccount",
    "Template",
];

/// One object of a manifest file.
#[derive(Debug)]
pub struct Manifest {
    /// The whole object.
    pub span: Span,
    /// `apiVersion`.
    pub api_version: Option<Text>,
    /// `kind`.
    pub kind: Option<Text>,
    /// `metadata.name`.
    pub name: Option<Text>,
    /// `metadata.namespace`.
    pub namespace: Option<Text>,
    /// Whether it is named by the API server: `metadata.generateName`.
    pub is_generated: bool,
    /// The value of `metadata`.
    pub metadata: Option<Span>,
    /// Whether the object stands in a `Template`, whose parameters (`${NAME}`) may stand anywhere.
    pub in_template: bool,
    /// What the object says, for the kinds that are looked into.
    pub body: Body,
    /// Fields that such an object does not have, and values of the wrong shape.
    pub faults: Vec<Fault>,
}

/// What an object says.
#[derive(Debug)]
pub enum Body {
    /// Namespaces, bindings, roles and those they speak of.
    Access(access::Object),
    /// ImageStreams and what builds into them.
    Images(images::Object),
    /// A kind that is not looked into.
    Other,
}

impl Manifest {
    /// `kind`, or nothing.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.kind.as_ref().map_or("", |kind| &kind.value)
    }

    /// Where to point at when the object as such is meant: its name, else its kind.
    #[must_use]
    pub fn anchor(&self) -> Span {
        let named = self.name.as_ref().or(self.kind.as_ref());
        named.map_or(self.span, |text| text.span)
    }
}

/// Every object of the documents, in order, those of lists and templates unwrapped.
pub(super) fn read(documents: &[Node<'_>]) -> Vec<Manifest> {
    let mut manifests = Vec::new();
    for document in documents {
        unwrap(document, false, &mut manifests);
    }
    manifests
}

fn unwrap(node: &Node<'_>, in_template: bool, manifests: &mut Vec<Manifest>) {
    if node.as_mapping().is_none() {
        return;
    }
    // Depth is bounded by the YAML reader's.
    let holds = |key| {
        node.get(key)
            .is_some_and(|list| list.as_sequence().is_some())
    };
    match node.get("kind").and_then(Node::as_str) {
        Some("List") if holds("items") => {
            for item in node.get("items").into_iter().flat_map(Node::items) {
                unwrap(item, in_template, manifests);
            }
        }
        Some("Template") if holds("objects") => {
            for object in node.get("objects").into_iter().flat_map(Node::items) {
                unwrap(object, true, manifests);
            }
        }
        _ => manifests.push(manifest(node, in_template)),
    }
}

fn manifest(node: &Node<'_>, in_template: bool) -> Manifest {
    let metadata = node.get("metadata");
    let kind = text_at(node, "kind");
    let api_version = text_at(node, "apiVersion");
    let kind_name = kind.as_ref().map_or("", |kind| &*kind.value);
    let version = api_version.as_ref().map_or("", |version| &*version.value);
    Manifest {
        span: node.span,
        faults: fields::check(kind_name, version, node),
        body: body(kind_name, node),
        name: metadata.and_then(|metadata| text_at(metadata, "name")),
        namespace: metadata.and_then(|metadata| text_at(metadata, "namespace")),
        is_generated: metadata.is_some_and(|metadata| metadata.get("generateName").is_some()),
        metadata: metadata.map(|metadata| metadata.span),
        in_template,
        api_version,
        kind,
    }
}

fn body(kind: &str, node: &Node<'_>) -> Body {
    if let Some(object) = access::read(kind, node) {
        Body::Access(object)
    } else if let Some(object) = images::read(kind, node) {
        Body::Images(object)
    } else {
        Body::Other
    }
}
