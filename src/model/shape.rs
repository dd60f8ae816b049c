//! Small readers that the models share.

use crate::syntax::span::Spanned;
use crate::syntax::yaml::{Kind, Node};

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

/// The scalars of a list.
pub(in crate::model) fn texts(list: &Node<'_>) -> Vec<Text> {
    list.items().filter_map(text).collect()
}

/// The scalars of the list at `key`.
pub(super) fn texts_at(node: &Node<'_>, key: &str) -> Vec<Text> {
    node.get(key).map(texts).unwrap_or_default()
}

/// Significant digits that a number keeps on its way through Go's 32 bits.
const DIGITS: usize = 6;

/// Whether a scalar without quotes that stands where a text is wanted becomes a text of the same
/// letters. ci-operator's reader makes a number of it first, and then a text of the number
/// (github.com/ghodss/yaml `convertToJSONableObject`): 4.5 stays, 4.10 does not.
pub(super) fn stays_as_it_is(said: &str, kind: Kind) -> bool {
    let is_number = |digits: &str| {
        let is_zero_padded = digits.len() > 1 && digits.starts_with('0');
        !digits.is_empty() && !is_zero_padded && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    match kind {
        Kind::Null => false,
        Kind::String => true,
        Kind::Bool(value) => said == if value { "true" } else { "false" },
        Kind::Integer => is_number(said.strip_prefix('-').unwrap_or(said)),
        Kind::Float => said.split_once('.').is_some_and(|(whole, fraction)| {
            is_number(whole)
                && whole.len() + fraction.len() <= DIGITS
                && fraction.bytes().all(|digit| digit.is_ascii_digit())
                && fraction.ends_with(|digit| digit != '0')
                && !(whole == "0" && fraction.starts_with("000"))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_stay_as_they_are() {
        let kind = |said: &str| match said {
            "true" | "True" => Kind::Bool(true),
            said if said.contains('.') || said.contains('e') => Kind::Float,
            _ => Kind::Integer,
        };
        for (said, stays) in [
            ("4.5", true),
            ("4.17", true),
            ("4.10", false),
            ("5.0", false),
            ("4.", false),
            (".5", false),
            ("1e3", false),
            ("7", true),
            ("-7", true),
            ("007", false),
            ("0x1f", false),
            ("1_000", false),
            ("20240320.5", false),
            ("true", true),
            ("True", false),
        ] {
            assert_eq!(stays_as_it_is(said, kind(said)), stays, "{said}");
        }
    }
}
