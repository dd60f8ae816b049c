//! Which texts each part of a reference may be (openshift/library-go
//! `pkg/image/internal/reference/regexp.go`).

use super::Split;

/// Longest name, host and port included, in bytes (`NameTotalLengthMax`).
pub(super) const LONGEST_NAME: usize = 255;

/// Longest tag in bytes (`TagRegexp`).
pub(super) const LONGEST_TAG: usize = 128;

/// Whether `ReferenceRegexp`, the length limit and `ParseDigest` all let `token` pass.
pub(super) fn is_valid(token: &str) -> bool {
    let Split { name, tag, digest } = Split::new(token);
    name.len() <= LONGEST_NAME
        && is_name(name)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest)
}

/// `NameRegexp`: any host name may stand first, so `Org/img` passes although `Org` is no host.
pub(super) fn is_name(name: &str) -> bool {
    match name.split_once('/') {
        Some((first, rest)) => {
            (is_host(first) || is_component(first)) && rest.split('/').all(is_component)
        }
        None => is_component(name),
    }
}

/// Whether the first of several components is read as a host.
pub(super) fn is_host_like(first: &str) -> bool {
    first.contains([':', '.']) || first == "localhost"
}

/// `hostnameRegexp`, with an optional port of any length.
pub(super) fn is_host(host: &str) -> bool {
    let (labels, port) = match host.split_once(':') {
        Some((labels, port)) => (labels, Some(port)),
        None => (host, None),
    };
    port.is_none_or(is_number)
        && labels.split('.').all(|label| {
            label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `nameComponentRegexp`: runs of lower case letters and digits, joined by one `.`, one or two
/// `_`, or any number of `-`.
pub(super) fn is_component(component: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = component.as_bytes();
    bytes.first().copied().is_some_and(word)
        && bytes.last().copied().is_some_and(word)
        && bytes
            .split(|&byte| word(byte))
            .all(|between| matches!(between, b"" | b"." | b"_" | b"__") || is_dashes(between))
}

pub(super) fn is_dashes(text: &[u8]) -> bool {
    text.iter().all(|&byte| byte == b'-')
}

/// `TagRegexp`.
pub(crate) fn is_tag(tag: &str) -> bool {
    tag.len() <= LONGEST_TAG
        && !tag.is_empty()
        && !tag.starts_with(['.', '-'])
        && tag.bytes().all(is_tag_byte)
}

pub(super) fn is_tag_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// `Digest.Validate` in library-go `pkg/image/internal/digest`: three algorithms, hex digits of
/// either case, exact length.
pub(super) fn is_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(algorithm, hex)| {
        digest_length(algorithm) == Some(hex.len())
            && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Number of hex digits of a digest of `algorithm`.
pub(super) fn digest_length(algorithm: &str) -> Option<usize> {
    match algorithm {
        "sha256" => Some(64),
        "sha384" => Some(96),
        "sha512" => Some(128),
        _ => None,
    }
}
