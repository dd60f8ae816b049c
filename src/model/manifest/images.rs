//! ImageStreams, and what builds into them.

use crate::syntax::yaml::Node;

/// An object that makes ImageStreamTags.
#[derive(Debug)]
pub enum Object {
    /// `ImageStream`.
    ImageStream,
}

/// The object of this kind, when it is one of ours.
pub(super) fn read(kind: &str, _node: &Node<'_>) -> Option<Object> {
    (kind == "ImageStream").then_some(Object::ImageStream)
}
