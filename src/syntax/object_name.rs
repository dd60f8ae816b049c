//! What the API server lets an object be called: the grammars of kubernetes/apimachinery
//! `pkg/util/validation` and `pkg/api/validation/path`, and of openshift-apiserver
//! `pkg/image/apis/image/validation` and `pkg/user/apis/user/validation`.

/// A grammar of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// A namespace's name: a DNS label.
    Label,
    /// What most objects may be called: DNS labels and dots.
    Subdomain,
    /// What can stand in a path: roles and their bindings.
    PathSegment,
    /// A group of users.
    Group,
    /// An ImageStream: one part of a repository's path.
    Repository,
}

impl Grammar {
    /// What is wrong with `name`, as the end of a sentence about it; nothing for a good one.
    #[must_use]
    pub fn fault(self, name: &str) -> Option<&'static str> {
        if name.is_empty() {
            return Some("is empty");
        }
        let fault_in_path = path_fault(name);
        match self {
            Self::Label if name.len() > 63 => Some("is longer than 63 characters"),
            Self::Label => (!is_label(name))
                .then_some("is not made of lower case letters, digits and inner `-`"),
            Self::Subdomain if name.len() > 253 => Some("is longer than 253 characters"),
            Self::Subdomain => (!name.split('.').all(is_label))
                .then_some("is not made of lower case letters, digits, inner `-` and inner `.`"),
            Self::PathSegment => fault_in_path,
            Self::Group if name.contains(':') => Some("holds a `:`"),
            Self::Group if name == "~" => Some("means whoever asks"),
            Self::Group => fault_in_path,
            Self::Repository => fault_in_path.or_else(|| {
                (!is_repository(name)).then_some(
                    "is not made of lower case letters, digits and single inner `.`, `_` and `-`",
                )
            }),
        }
    }
}

fn path_fault(name: &str) -> Option<&'static str> {
    match name {
        "." | ".." => Some("means a folder"),
        _ if name.contains('/') => Some("holds a `/`"),
        _ if name.contains('%') => Some("holds a `%`"),
        _ => None,
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_label(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().copied().is_some_and(is_word)
        && bytes.last().copied().is_some_and(is_word)
        && bytes.iter().all(|&byte| is_word(byte) || byte == b'-')
}

fn is_repository(name: &str) -> bool {
    let words = |part: &str| !part.is_empty() && part.bytes().all(is_word);
    name.split(['.', '_', '-']).all(words)
}

#[cfg(test)]
mod tests {
    use super::Grammar;

    #[test]
    fn names_of_each_kind() {
        let longest = "a".repeat(63);
        let too_long = "a".repeat(64);
        for (grammar, good, bad) in [
            (
                Grammar::Label,
                &["a", "ocp-4", "4ocp", &longest][..],
                &["", "-a", "a-", "A", "a.b", "a_b", "!$", "ä", &too_long][..],
            ),
            (
                Grammar::Subdomain,
                &["a.b-c", "default"],
                &["", "a..b", "a.", "subject:bad", "a/b", "a b"],
            ),
            (
                Grammar::PathSegment,
                &["system:image-puller", "A b", "..."],
                &["", ".", "..", "a/b", "a%b"],
            ),
            (Grammar::Group, &["A b", "team@x"], &["a:b", "~", "a/b"]),
            (
                Grammar::Repository,
                &["4.16", "a-b.c_d1", "a"],
                &["", "a--b", "a__b", "-a", "A", "a b", "a%%b", "a/b", "a."],
            ),
        ] {
            for name in good {
                assert_eq!(grammar.fault(name), None, "{grammar:?} {name}");
            }
            for name in bad {
                assert!(grammar.fault(name).is_some(), "{grammar:?} {name}");
            }
        }
    }
}
