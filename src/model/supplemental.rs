//! `core-services/image-mirroring/_config.yaml`: the configuration of ci-images-mirror.

use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

use super::shape::{Text, text, text_at};

/// What ci-images-mirror is told.
#[derive(Debug, Default)]
pub struct ImagesMirrorConfig {
    /// `supplementalCIImages`, in file order.
    pub images: Vec<SupplementalImage>,
}

/// One key of `supplementalCIImages`, the ImageStreamTag, and its source.
#[derive(Debug)]
pub struct SupplementalImage {
    /// The key: `namespace/name:tag`.
    pub target: Text,
    /// The value.
    pub span: Span,
    /// `image`: a pull spec.
    pub image: Option<Text>,
    /// `namespace` of the ImageStreamTag to copy.
    pub namespace: Option<Text>,
    /// `name` of it.
    pub name: Option<Text>,
    /// `tag` of it.
    pub tag: Option<Text>,
}

pub(super) fn read(documents: &[Node<'_>]) -> ImagesMirrorConfig {
    let images = documents
        .iter()
        .filter_map(|document| document.get("supplementalCIImages"))
        .flat_map(Node::entries)
        .filter_map(|entry| {
            Some(SupplementalImage {
                target: text(&entry.key)?,
                span: entry.value.span,
                image: text_at(&entry.value, "image"),
                namespace: text_at(&entry.value, "namespace"),
                name: text_at(&entry.value, "name"),
                tag: text_at(&entry.value, "tag"),
            })
        })
        .collect();
    ImagesMirrorConfig { images }
}
