//! `core-services/image-mirroring/openshift/_config.yaml`: what the promoted-image-governor makes mapping
//! files from (openshift/ci-tools cmd/promoted-image-governor, `OpenshiftMappingConfig`).

use crate::syntax::yaml::{Entry, Node, Value};

use super::schema::{self, Fault, Schema};
use super::shape::{Text, any_case, stays_as_it_is, text};
use Schema::{AnyCase, List, Map, Scalar};

const CONFIG: Schema = AnyCase(&[
    ("source_registry", Scalar),
    ("source_namespace", Scalar),
    ("target_registry", Scalar),
    ("target_namespace", Scalar),
    ("images", Map(&List(&Scalar))),
]);

/// What the governor is told.
#[derive(Debug, Default)]
pub struct MappingConfig {
    /// `source_namespace`: where the ImageStreams are whose tags are mirrored.
    pub source_namespace: Option<Text>,
    /// `target_registry`.
    pub target_registry: Option<Text>,
    /// `target_namespace`: the organisation there.
    pub target_namespace: Option<Text>,
    /// `images`, in file order.
    pub images: Vec<MirroredStream>,
    /// Keys and tags that are numbers, and other texts once they are read.
    pub changed: Vec<Text>,
    /// Fields that do not exist, and values of the wrong shape.
    pub faults: Vec<Fault>,
}

/// One key of `images`: an ImageStream of which every promoted tag is mirrored.
#[derive(Debug)]
pub struct MirroredStream {
    /// The key: the name of the ImageStream.
    pub name: Text,
    /// The tags under which its images are published.
    pub tags: Vec<Text>,
}

impl MappingConfig {
    /// The stream of this name.
    #[must_use]
    pub fn stream(&self, name: &str) -> Option<&MirroredStream> {
        self.images
            .iter()
            .find(|stream| &*stream.name.value == name)
    }
}

pub(super) fn read(documents: &[Node<'_>]) -> MappingConfig {
    let Some(root) = documents.first() else {
        return MappingConfig::default();
    };
    let field = |key| text(any_case(root, key)?);
    let images = || any_case(root, "images").into_iter().flat_map(Node::entries);
    let scalars = images().flat_map(|entry| std::iter::once(&entry.key).chain(entry.value.items()));
    MappingConfig {
        source_namespace: field("source_namespace"),
        target_registry: field("target_registry"),
        target_namespace: field("target_namespace"),
        images: images().filter_map(stream).collect(),
        changed: scalars.filter_map(changed).collect(),
        faults: schema::check(root, &CONFIG),
    }
}

fn stream(entry: &Entry<'_>) -> Option<MirroredStream> {
    let tags = entry.value.items();
    Some(MirroredStream {
        name: text(&entry.key)?,
        tags: tags.filter_map(text).collect(),
    })
}

fn changed(node: &Node<'_>) -> Option<Text> {
    let Value::Scalar(scalar) = &node.value else {
        return None;
    };
    let said = text(node)?;
    (!stays_as_it_is(&said.value, scalar.kind())).then_some(said)
}
