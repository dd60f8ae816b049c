//! `gsm-config.yaml`: secrets that come from Google Secret Manager (openshift/ci-tools
//! pkg/api/gsm_config.go; domain section 11).

use crate::syntax::yaml::Node;

use super::shape::{Text, text, text_at};

/// What is synced from Google Secret Manager.
#[derive(Debug, Default)]
pub struct GsmConfig {
    /// `cluster_groups`: name and clusters.
    pub groups: Vec<(Text, Vec<Text>)>,
    /// `bundles`.
    pub bundles: Vec<Bundle>,
}

/// A secret in the making.
#[derive(Debug)]
pub struct Bundle {
    /// The secret's name.
    pub name: Text,
    /// `targets`: where it goes.
    pub targets: Vec<Target>,
}

/// Where a bundle goes.
#[derive(Debug)]
pub struct Target {
    /// `cluster`.
    pub cluster: Option<Text>,
    /// `cluster_groups`.
    pub groups: Vec<Text>,
    /// `namespace`.
    pub namespace: Option<Text>,
}

pub(super) fn read(documents: &[Node<'_>]) -> GsmConfig {
    let root = |key: &'static str| documents.iter().filter_map(move |root| root.get(key));
    GsmConfig {
        groups: root("cluster_groups").flat_map(groups).collect(),
        bundles: root("bundles")
            .flat_map(Node::items)
            .filter_map(bundle)
            .collect(),
    }
}

/// `cluster_groups`, which both kinds of secret configuration write alike.
pub(super) fn groups<'n>(node: &'n Node<'_>) -> impl Iterator<Item = (Text, Vec<Text>)> + 'n {
    node.entries().filter_map(|entry| {
        let clusters = entry.value.items().filter_map(text).collect();
        Some((text(&entry.key)?, clusters))
    })
}

fn bundle(node: &Node<'_>) -> Option<Bundle> {
    let targets = node.get("targets").into_iter().flat_map(Node::items);
    Some(Bundle {
        name: text_at(node, "name")?,
        targets: targets
            .map(|target| Target {
                cluster: text_at(target, "cluster"),
                groups: texts_at(target, "cluster_groups"),
                namespace: text_at(target, "namespace"),
            })
            .collect(),
    })
}

/// The scalars of the list at `key`.
pub(super) fn texts_at(node: &Node<'_>, key: &str) -> Vec<Text> {
    let list = node.get(key).into_iter().flat_map(Node::items);
    list.filter_map(text).collect()
}
