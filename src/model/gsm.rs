//! `gsm-config.yaml`: secrets that come from Google Secret Manager (openshift/ci-tools
//! pkg/api/gsm.go).

use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

use super::schema::{self, Fault, Schema};
use super::shape::{Text, text, text_at, texts_at};
use Schema::{Bool, List, Map, Object, Text as Str, TextOr};

const CONFIG: Schema = Object(&[
    ("bundles", List(&BUNDLE)),
    ("cluster_groups", Map(&List(&Str))),
    ("components", Map(&List(&REFERENCE))),
    ("dptp_collection", Str),
]);

const BUNDLE: Schema = Object(&[
    ("components", List(&Str)),
    (
        "dockerconfig",
        Object(&[("as", Str), ("registries", List(&REGISTRY))]),
    ),
    ("gsm_secrets", List(&REFERENCE)),
    ("labels", List(&Str)),
    ("name", Str),
    ("sync_to_cluster", Bool),
    ("targets", List(&TARGET)),
]);

const REFERENCE: Schema = Object(&[
    ("collection", Str),
    (
        "fields",
        List(&TextOr(&Object(&[("as", Str), ("name", Str)]))),
    ),
    ("group", Str),
]);

const REGISTRY: Schema = Object(&[
    ("auth_field", Str),
    ("email_field", Str),
    ("group", Str),
    ("registry_url", Str),
]);

const TARGET: Schema = Object(&[
    ("cluster", Str),
    ("cluster_groups", List(&Str)),
    ("namespace", Str),
    ("type", Str),
]);

/// The key of a secret of credentials for registries, and of a `dockerconfig` that does not say which.
pub const DOCKER_CONFIG: &str = ".dockerconfigjson";

/// What stands for the name of a bundle's cluster in the names of its fields.
pub const CLUSTER: &str = "${CLUSTER}";

/// What is synced from Google Secret Manager.
#[derive(Debug, Default)]
pub struct GsmConfig {
    /// `cluster_groups`: name and clusters.
    pub groups: Vec<(Text, Vec<Text>)>,
    /// `dptp_collection`: where the credentials of `dockerconfig` lie.
    pub collection: Option<Text>,
    /// `components`: name and what it stands for.
    pub components: Vec<(Text, Vec<Reference>)>,
    /// `bundles`.
    pub bundles: Vec<Bundle>,
    /// Fields that do not exist, and values of the wrong shape.
    pub faults: Vec<Fault>,
}

/// A secret in the making.
#[derive(Debug)]
pub struct Bundle {
    /// The whole item.
    pub span: Span,
    /// The secret's name.
    pub name: Option<Text>,
    /// `components`, by name.
    pub components: Vec<Text>,
    /// `gsm_secrets`.
    pub references: Vec<Reference>,
    /// `dockerconfig`.
    pub docker_config: Option<DockerConfig>,
    /// `labels`, each `key:value`.
    pub labels: Vec<Text>,
    /// `sync_to_cluster`: whether it becomes a secret of Kubernetes at all.
    pub is_synced: bool,
    /// `targets`: where it goes.
    pub targets: Vec<Target>,
}

/// Fields of a group in a collection; all of them where none is named.
#[derive(Debug)]
pub struct Reference {
    /// The whole item.
    pub span: Span,
    /// `collection`.
    pub collection: Option<Text>,
    /// `group`.
    pub group: Option<Text>,
    /// `fields`.
    pub fields: Vec<Field>,
}

/// One value of Google Secret Manager.
#[derive(Debug)]
pub struct Field {
    /// The whole item.
    pub span: Span,
    /// Its name there, in which dots and double underscores are written out.
    pub name: Option<Text>,
    /// `as`: the key it becomes, unless that is its own name.
    pub alias: Option<Text>,
}

impl Field {
    /// The key that it becomes (openshift/ci-tools cmd/ci-secret-bootstrap, `constructSecretsFromGSM`).
    #[must_use]
    pub fn key(&self) -> Option<String> {
        let alias = self.alias.as_ref().filter(|alias| !alias.value.is_empty());
        match alias {
            Some(alias) => Some(alias.value.to_string()),
            None => Some(decoded(&self.name.as_ref()?.value)),
        }
    }
}

/// Credentials for registries, put together in one key.
#[derive(Debug)]
pub struct DockerConfig {
    /// The key `dockerconfig`.
    pub span: Span,
    /// `as`: the key it becomes.
    pub alias: Option<Text>,
    /// `registries`.
    pub registries: Vec<Registry>,
}

impl DockerConfig {
    /// The key that it becomes.
    #[must_use]
    pub fn key(&self) -> &str {
        let alias = self.alias.as_ref().map(|alias| &*alias.value);
        let alias = alias.filter(|alias| !alias.is_empty());
        alias.unwrap_or(DOCKER_CONFIG)
    }
}

/// Credentials for one registry.
#[derive(Debug)]
pub struct Registry {
    /// The whole item.
    pub span: Span,
    /// `group`.
    pub group: Option<Text>,
    /// `registry_url`.
    pub url: Option<Text>,
    /// `auth_field`.
    pub auth: Option<Text>,
}

/// Where a bundle goes.
#[derive(Debug)]
pub struct Target {
    /// The whole item.
    pub span: Span,
    /// `cluster`.
    pub cluster: Option<Text>,
    /// `cluster_groups`.
    pub groups: Vec<Text>,
    /// `namespace`.
    pub namespace: Option<Text>,
    /// `type`.
    pub kind: Option<Text>,
}

impl Bundle {
    /// Where to point at when the bundle as such is meant.
    #[must_use]
    pub fn anchor(&self) -> Span {
        self.name.as_ref().map_or(self.span, |name| name.span)
    }
}

impl Target {
    /// Where to point at when the target as such is meant.
    #[must_use]
    pub fn anchor(&self) -> Span {
        let named = self.cluster.as_ref().or(self.groups.first());
        named.map_or(self.span, |named| named.span)
    }
}

/// A name of Google Secret Manager as it was before it was written out: `--dot--` for `.` and
/// `--uu--` for `__` (openshift/ci-tools pkg/gsm-validation, `DenormalizeName`).
#[must_use]
pub fn decoded(name: &str) -> String {
    let dotted = name.replace("--dot--", ".");
    let mut decoded = String::with_capacity(dotted.len());
    let mut rest = dotted.as_str();
    while let Some(at) = rest.find("--u") {
        let (before, found) = rest.split_at(at);
        let letters = &found[2..];
        let count = letters.bytes().take_while(|byte| *byte == b'u').count();
        decoded.push_str(before);
        if count >= 2 && letters[count..].starts_with("--") {
            decoded.extend(std::iter::repeat_n('_', count));
            rest = &letters[count + 2..];
        } else {
            // The next pair of dashes may start with the second of these.
            decoded.push('-');
            rest = &found[1..];
        }
    }
    decoded.push_str(rest);
    decoded
}

pub(super) fn read(documents: &[Node<'_>]) -> GsmConfig {
    let Some(root) = documents.first() else {
        return GsmConfig::default();
    };
    let entries = |key| root.get(key).into_iter().flat_map(Node::entries);
    GsmConfig {
        groups: root
            .get("cluster_groups")
            .into_iter()
            .flat_map(groups)
            .collect(),
        collection: text_at(root, "dptp_collection"),
        components: entries("components")
            .filter_map(|entry| {
                let references = mappings(entry.value.items()).map(reference);
                Some((text(&entry.key)?, references.collect()))
            })
            .collect(),
        bundles: items(root, "bundles").map(bundle).collect(),
        faults: schema::check(root, &CONFIG),
    }
}

/// `cluster_groups`, which both kinds of secret configuration write alike.
pub(super) fn groups<'n>(node: &'n Node<'_>) -> impl Iterator<Item = (Text, Vec<Text>)> + 'n {
    node.entries().filter_map(|entry| {
        let clusters = entry.value.items().filter_map(text).collect();
        Some((text(&entry.key)?, clusters))
    })
}

fn mappings<'n, 's: 'n>(
    nodes: impl Iterator<Item = &'n Node<'s>>,
) -> impl Iterator<Item = &'n Node<'s>> {
    nodes.filter(|node| node.as_mapping().is_some())
}

/// The mappings in the list at `key`.
fn items<'n, 's: 'n>(node: &'n Node<'s>, key: &str) -> impl Iterator<Item = &'n Node<'s>> {
    mappings(node.get(key).into_iter().flat_map(Node::items))
}

fn bundle(node: &Node<'_>) -> Bundle {
    let docker_config = node.entry("dockerconfig");
    Bundle {
        span: node.span,
        name: text_at(node, "name"),
        components: texts_at(node, "components"),
        references: items(node, "gsm_secrets").map(reference).collect(),
        docker_config: docker_config
            .filter(|entry| entry.value.as_mapping().is_some())
            .map(|entry| DockerConfig {
                span: entry.key.span,
                alias: text_at(&entry.value, "as"),
                registries: items(&entry.value, "registries").map(registry).collect(),
            }),
        labels: texts_at(node, "labels"),
        is_synced: node.get("sync_to_cluster").and_then(Node::as_bool) == Some(true),
        targets: items(node, "targets").map(target).collect(),
    }
}

fn reference(node: &Node<'_>) -> Reference {
    let fields = node.get("fields").into_iter().flat_map(Node::items);
    Reference {
        span: node.span,
        collection: text_at(node, "collection"),
        group: text_at(node, "group"),
        fields: fields
            .map(|field| Field {
                span: field.span,
                name: text(field).or_else(|| text_at(field, "name")),
                alias: text_at(field, "as"),
            })
            .collect(),
    }
}

fn registry(node: &Node<'_>) -> Registry {
    Registry {
        span: node.span,
        group: text_at(node, "group"),
        url: text_at(node, "registry_url"),
        auth: text_at(node, "auth_field"),
    }
}

fn target(node: &Node<'_>) -> Target {
    Target {
        span: node.span,
        cluster: text_at(node, "cluster"),
        groups: texts_at(node, "cluster_groups"),
        namespace: text_at(node, "namespace"),
        kind: text_at(node, "type"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_decoded() {
        for (name, expected) in [
            ("config--dot--json", "config.json"),
            ("--dot--dockerconfigjson", ".dockerconfigjson"),
            ("mac_ai--uu--base_dir", "mac_ai__base_dir"),
            ("some--uuu--field", "some___field"),
            ("a--u--b", "a--u--b"),
            ("a---uu--b", "a-__b"),
            ("a--uu-b", "a--uu-b"),
            ("--uu----uu--", "____"),
            ("plain", "plain"),
        ] {
            assert_eq!(decoded(name), expected);
        }
    }
}
