//! Small readers that the models share.

use crate::syntax::span::Spanned;
use crate::syntax::yaml::Node;

/// A scalar's text with its place.
pub type Text = Spanned<Box<str>>;

/// The text of a scalar that is not null.
pub(super) fn text(node: &Node<'_>) -> Option<Text> {
    Some(Spanned::new(node.as_str()?.into(), node.span))
}

/// The text of the scalar at `key`.
pub(super) fn text_at(node: &Node<'_>, key: &str) -> Option<Text> {
    text(node.get(key)?)
}
