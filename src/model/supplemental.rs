//! `core-services/image-mirroring/_config.yaml`: the configuration of ci-images-mirror.

use crate::syntax::span::Span;
use crate::syntax::yaml::{Entry, Node};

use super::shape::{Text, text, text_at};

/// What ci-images-mirror is told.
#[derive(Debug, Default)]
pub struct ImagesMirrorConfig {
    /// `supplementalCIImages`, in file order.
    pub images: Vec<SupplementalImage>,
    /// `qciToAppCIImages`: images that are copied from QCI to `app.ci`; the same shape.
    pub qci_to_app_ci: Vec<SupplementalImage>,
    /// `artImages`: expressions for ImageStreamTags that ART publishes.
    pub art_images: Vec<Text>,
}

/// One key of `supplementalCIImages`, the ImageStreamTag, and its source.
#[derive(Debug)]
pub struct SupplementalImage {
    /// `as`, which is not allowed here.
    pub alias: Option<Text>,
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
    let mut config = ImagesMirrorConfig::default();
    for document in documents {
        let section = |key| document.get(key).into_iter();
        config.images.extend(
            section("supplementalCIImages")
                .flat_map(Node::entries)
                .filter_map(image),
        );
        config.qci_to_app_ci.extend(
            section("qciToAppCIImages")
                .flat_map(Node::entries)
                .filter_map(image),
        );
        config
            .art_images
            .extend(section("artImages").flat_map(Node::items).filter_map(text));
    }
    config
}

fn image(entry: &Entry<'_>) -> Option<SupplementalImage> {
    Some(SupplementalImage {
        alias: text_at(&entry.value, "as"),
        target: text(&entry.key)?,
        span: entry.value.span,
        image: text_at(&entry.value, "image"),
        namespace: text_at(&entry.value, "namespace"),
        name: text_at(&entry.value, "name"),
        tag: text_at(&entry.value, "tag"),
    })
}
