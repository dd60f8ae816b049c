//! `core-services/release-controller/_releases/*.json`: which streams the release controller
//! copies into which. The files are JSON, which is YAML.

use crate::syntax::yaml::Node;

use super::shape::{Text, text, text_at};

/// One `publish` step that copies a payload's tags into an ImageStream.
#[derive(Debug)]
pub struct StreamMirror {
    /// `imageStreamRef.namespace`.
    pub namespace: Option<Text>,
    /// `imageStreamRef.name`.
    pub name: Text,
    /// `imageStreamRef.excludeTags`.
    pub excluded: Vec<Text>,
}

pub(super) fn read(documents: &[Node<'_>]) -> Vec<StreamMirror> {
    documents
        .iter()
        .filter_map(|document| document.get("publish"))
        .flat_map(Node::entries)
        .filter_map(|step| {
            let stream = step.value.get("imageStreamRef")?;
            Some(StreamMirror {
                namespace: text_at(stream, "namespace"),
                name: text_at(stream, "name")?,
                excluded: stream
                    .get("excludeTags")
                    .into_iter()
                    .flat_map(Node::items)
                    .filter_map(text)
                    .collect(),
            })
        })
        .collect()
}
