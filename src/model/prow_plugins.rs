//! The config-updater plugin's map of files to ConfigMaps, in Prow's plugin configuration.

use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

use super::schema::{self, Fault, Schema};
use super::shape::{Text, text, text_at, texts};

use Schema::{Any, Object};

/// One entry of `config_updater.maps`: files that match `glob` go into a ConfigMap, each under
/// its base name (kubernetes-sigs/prow pkg/plugins/config.go, `ConfigMapSpec`).
#[derive(Debug)]
pub struct UpdatedMap {
    /// The pattern of paths.
    pub glob: Text,
    /// The ConfigMap's name.
    pub config_map: Option<Text>,
    /// `clusters`: those that it goes to, each with the namespaces there; none where that is not said.
    pub clusters: Vec<(Text, Vec<Text>)>,
    /// Where `use_full_path_as_key` is set: keys are paths then, with `-` for `/`, and not base names.
    pub uses_paths: Option<Span>,
    /// Where `gzip` is set, for this entry or for all: files are compressed.
    pub compresses: Option<Span>,
    /// Fields that there are not.
    pub faults: Vec<Fault>,
}

/// The fields of an entry.
const ENTRY: Schema = Object(&[
    ("cluster_groups", Any),
    ("clusters", Any),
    ("gzip", Any),
    ("key", Any),
    ("name", Any),
    ("partitioned_names", Any),
    ("use_full_path_as_key", Any),
]);

/// Where a flag is set.
fn flag(node: &Node<'_>, key: &str) -> Option<Span> {
    let entry = node.entry(key)?;
    (entry.value.as_bool() == Some(true)).then_some(entry.key.span)
}

pub(super) fn read(documents: &[Node<'_>]) -> Vec<UpdatedMap> {
    let updaters = documents
        .iter()
        .filter_map(|document| document.get("config_updater"));
    let entries = updaters.flat_map(|updater| {
        let maps = updater.get("maps").into_iter().flat_map(Node::entries);
        maps.map(move |entry| (updater, entry))
    });
    entries
        .filter_map(|(updater, entry)| {
            Some(UpdatedMap {
                glob: text(&entry.key)?,
                config_map: text_at(&entry.value, "name"),
                clusters: (entry.value.get("clusters").into_iter())
                    .flat_map(Node::entries)
                    .filter_map(|cluster| Some((text(&cluster.key)?, texts(&cluster.value))))
                    .collect(),
                uses_paths: flag(&entry.value, "use_full_path_as_key"),
                compresses: match entry.value.get("gzip") {
                    Some(_) => flag(&entry.value, "gzip"),
                    None => flag(updater, "gzip"),
                },
                faults: schema::check(&entry.value, &ENTRY),
            })
        })
        .collect()
}
