//! The config-updater plugin's map of files to ConfigMaps, in Prow's plugin configuration.

use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

use super::shape::{Text, text, text_at, texts};

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
}

pub(super) fn read(documents: &[Node<'_>]) -> Vec<UpdatedMap> {
    documents
        .iter()
        .filter_map(|document| document.get("config_updater")?.get("maps"))
        .flat_map(Node::entries)
        .filter_map(|entry| {
            Some(UpdatedMap {
                glob: text(&entry.key)?,
                config_map: text_at(&entry.value, "name"),
                clusters: (entry.value.get("clusters").into_iter())
                    .flat_map(Node::entries)
                    .filter_map(|cluster| Some((text(&cluster.key)?, texts(&cluster.value))))
                    .collect(),
                uses_paths: (entry.value.entry("use_full_path_as_key"))
                    .filter(|entry| entry.value.as_bool() == Some(true))
                    .map(|entry| entry.key.span),
            })
        })
        .collect()
}
