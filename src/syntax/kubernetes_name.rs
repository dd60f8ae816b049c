//! The grammar of labels in Kubernetes (kubernetes/apimachinery pkg/util/validation/validation.go).

use super::object_name::Grammar;

/// Longest label value, and name of a label.
const MAX_LABEL: usize = 63;

/// Whether `text` is a DNS label: lower case letters, digits and, within, `-`.
#[must_use]
pub fn is_dns_label(text: &str) -> bool {
    Grammar::Label.fault(text).is_none()
}

/// Whether `text` can be the key of a label or an annotation: a name, perhaps with a DNS name and
/// `/` in front.
#[must_use]
pub fn is_qualified_name(text: &str) -> bool {
    let (prefix, name) = match text.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    prefix.is_none_or(|prefix| Grammar::Subdomain.fault(prefix).is_none())
        && !name.is_empty()
        && is_label_value(name)
}

/// Whether `text` can be the value of a label: empty, or letters, digits and, within, `-`, `_` and
/// `.`.
#[must_use]
pub fn is_label_value(text: &str) -> bool {
    text.is_empty()
        || text.len() <= MAX_LABEL
            && has_ends(text, |byte| byte.is_ascii_alphanumeric())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Whether `text` is not empty, and starts and ends with such a byte.
fn has_ends(text: &str, is_end: impl Fn(u8) -> bool) -> bool {
    let ends = [text.bytes().next(), text.bytes().next_back()];
    ends.into_iter().all(|end| end.is_some_and(&is_end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_kubernetes_takes() {
        for (text, dns_label, qualified, value) in [
            ("a", true, true, true),
            ("", false, false, true),
            ("a-1", true, true, true),
            ("A_b.c", false, true, true),
            ("-a", false, false, false),
            ("a-", false, false, false),
            ("a b", false, false, false),
            ("a.b/c", false, true, false),
            ("A/c", false, false, false),
            ("/c", false, false, false),
            ("a/", false, false, false),
            ("a/b/c", false, false, false),
            (&"a".repeat(63), true, true, true),
            (&"a".repeat(64), false, false, false),
        ] {
            assert_eq!(is_dns_label(text), dns_label, "{text}");
            assert_eq!(is_qualified_name(text), qualified, "{text}");
            assert_eq!(is_label_value(text), value, "{text}");
        }
    }
}
