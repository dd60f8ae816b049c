//! Small readers that the models share.

use crate::syntax::span::Spanned;
use crate::syntax::yaml::Node;

/// A scalar's text with its place.
pub type Text = Spanned<Box<str>>;

/// The text of a scalar that is not null.
pub(super) fn text(node: &Node<'_>) -> Option<Text> {
    Some(Spanned::new(node.as_str()?.into(), node.span))
}

/// The value of `key` for a reader that takes keys in any case, as Go's for JSON does.
pub(super) fn any_case<'n, 's>(node: &'n Node<'s>, key: &str) -> Option<&'n Node<'s>> {
    node.get(key).or_else(|| {
        let mut entries = node.entries();
        let entry = entries.find(|entry| {
            let own = entry.key.as_str();
            own.is_some_and(|own| own.eq_ignore_ascii_case(key))
        });
        entry.map(|entry| &entry.value)
    })
}

/// The text of the scalar at `key`.
pub(super) fn text_at(node: &Node<'_>, key: &str) -> Option<Text> {
    text(node.get(key)?)
}
