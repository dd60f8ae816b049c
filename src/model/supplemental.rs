//! `core-services/image-mirroring/_config.yaml`: the configuration of ci-images-mirror, as
//! openshift/ci-tools pkg/controller/quay_io_ci_images_distributor/supplemental_images.go reads it.

use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;
use crate::syntax::yaml::{Entry, Node};

use super::schema::{self, Fault, Schema};
use super::shape::{Text, any_case, stays_as_it_is, text};
use Schema::{AnyCase, List, Map, Scalar};

const CONFIG: Schema = AnyCase(&[
    ("supplementalCIImages", Map(&SOURCE)),
    ("qciToAppCIImages", Map(&SOURCE)),
    ("ignoredSources", List(&IGNORED)),
    ("artImages", List(&ART_IMAGE)),
]);

const SOURCE: Schema = AnyCase(&[
    ("as", Scalar),
    ("image", Scalar),
    ("name", Scalar),
    ("namespace", Scalar),
    ("tag", Scalar),
]);

const IGNORED: Schema = AnyCase(&[
    ("as", Scalar),
    ("image", Scalar),
    ("name", Scalar),
    ("namespace", Scalar),
    ("reason", Scalar),
    ("tag", Scalar),
]);

const ART_IMAGE: Schema = AnyCase(&[("name", Scalar), ("namespace", Scalar), ("tag", Scalar)]);

/// What ci-images-mirror is told.
#[derive(Debug, Default)]
pub struct ImagesMirrorConfig {
    /// `supplementalCIImages`: images that are copied into QCI, in file order.
    pub images: Vec<SupplementalImage>,
    /// `qciToAppCIImages`: images that are copied from QCI to app.ci; the same shape.
    pub qci_to_app_ci: Vec<SupplementalImage>,
    /// `ignoredSources`: what is not copied although an entry asks for it.
    pub ignored: Vec<Source>,
    /// `artImages`: ImageStreamTags that ART publishes.
    pub art_images: Vec<ArtImage>,
    /// Fields that do not exist, and values of the wrong shape.
    pub faults: Vec<Fault>,
}

/// One key of `supplementalCIImages` or `qciToAppCIImages`, the ImageStreamTag, and its source.
#[derive(Debug)]
pub struct SupplementalImage {
    /// The key: `namespace/name:tag`.
    pub target: Text,
    /// The value.
    pub source: Source,
}

/// Where an image comes from: a pull spec, or an ImageStreamTag of app.ci.
#[derive(Debug)]
pub struct Source {
    /// The whole value.
    pub span: Span,
    /// `as`, which is not allowed.
    pub alias: Option<Text>,
    /// `image`: a pull spec; it goes before the ImageStreamTag.
    pub image: Option<Text>,
    /// `namespace` of the ImageStreamTag to copy.
    pub namespace: Option<Text>,
    /// `name` of it.
    pub name: Option<Text>,
    /// `tag` of it.
    pub tag: Option<Text>,
    /// Those of them that are read as a number and so as another text: `1.20` is `1.2`.
    pub altered: Vec<Text>,
}

/// One item of `artImages`.
#[derive(Debug)]
pub struct ArtImage {
    /// The whole item.
    pub span: Span,
    /// The namespace, to the letter.
    pub namespace: Option<Text>,
    /// An expression for the stream's name.
    pub name: Option<Text>,
    /// An expression for the tag; all of them without one.
    pub tag: Option<Text>,
}

impl Source {
    /// Whether a source has a field of this name.
    #[must_use]
    pub fn has_field(name: &str) -> bool {
        match SOURCE {
            AnyCase(fields) => fields.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)),
            _ => false,
        }
    }

    /// The ImageStreamTag that is copied, when the source is given as one.
    #[must_use]
    pub fn stream_tag(&self) -> Option<ImageStreamTag> {
        ImageStreamTag::new(
            &self.namespace.as_ref()?.value,
            &self.name.as_ref()?.value,
            &self.tag.as_ref()?.value,
        )
        .ok()
    }
}

pub(super) fn read(documents: &[Node<'_>]) -> ImagesMirrorConfig {
    let Some(root) = documents.first() else {
        return ImagesMirrorConfig::default();
    };
    let section = |key| any_case(root, key).into_iter();
    ImagesMirrorConfig {
        images: section("supplementalCIImages")
            .flat_map(Node::entries)
            .filter_map(image)
            .collect(),
        qci_to_app_ci: section("qciToAppCIImages")
            .flat_map(Node::entries)
            .filter_map(image)
            .collect(),
        ignored: section("ignoredSources")
            .flat_map(Node::items)
            .map(source)
            .collect(),
        art_images: section("artImages")
            .flat_map(Node::items)
            .map(art_image)
            .collect(),
        faults: schema::check(root, &CONFIG),
    }
}

/// The text of a field; an empty one is as good as none.
fn field(node: &Node<'_>, key: &str) -> Option<Text> {
    text(any_case(node, key)?).filter(|text| !text.value.is_empty())
}

fn image(entry: &Entry<'_>) -> Option<SupplementalImage> {
    Some(SupplementalImage {
        target: text(&entry.key)?,
        source: source(&entry.value),
    })
}

fn source(node: &Node<'_>) -> Source {
    // Beside an image the others are never looked at.
    let parts: &[&str] = match any_case(node, "image") {
        Some(_) => &["image"],
        None => &["namespace", "name", "tag"],
    };
    let parts = parts.iter().filter_map(|key| any_case(node, key));
    let altered = parts.filter(|part| {
        let scalar = part.as_scalar();
        let text = part.as_str().filter(|text| !text.is_empty()).zip(scalar);
        text.is_some_and(|(text, scalar)| !stays_as_it_is(text, scalar.kind()))
    });
    Source {
        altered: altered.filter_map(text).collect(),
        span: node.span,
        alias: field(node, "as"),
        image: field(node, "image"),
        namespace: field(node, "namespace"),
        name: field(node, "name"),
        tag: field(node, "tag"),
    }
}

fn art_image(node: &Node<'_>) -> ArtImage {
    ArtImage {
        span: node.span,
        namespace: field(node, "namespace"),
        name: field(node, "name"),
        tag: field(node, "tag"),
    }
}
