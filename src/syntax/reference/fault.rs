//! What is wrong with a text that is no image reference, said for a person who has to repair it.

mod stray;
mod web;

use super::super::span::Span;
use super::{
    LONGEST_NAME, LONGEST_TAG, Split, digest_length, is_component, is_host, is_host_like,
    is_number, is_tag_byte,
};

/// What sort of mistake a [`ReferenceFault`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReferenceFaultKind {
    /// Nothing there.
    Empty,
    /// `docker://` and the like.
    Scheme,
    /// `https://…`: an address for a browser.
    WebAddress,
    /// `*` where no wildcard may stand.
    Wildcard,
    /// A character that no reference holds: quote, semicolon, comma, …
    StrayCharacter,
    /// The first part is no host.
    Host,
    /// Upper case below the host.
    UpperCase,
    /// Any other fault of a path component.
    Component,
    /// Empty, double or malformed tag.
    Tag,
    /// Malformed digest.
    Digest,
    /// Name over 255 bytes.
    TooLong,
}

/// Why a text is no image reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceFault {
    /// The sort of mistake.
    pub kind: ReferenceFaultKind,
    /// The offending part, relative to the token; empty only for an empty token.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// A replacement for a part of the token (relative span) that gives a valid reference.
    pub fix: Option<(Span, String)>,
}

impl ReferenceFault {
    fn new(kind: ReferenceFaultKind, span: Span, message: impl Into<String>, help: &str) -> Self {
        Self {
            kind,
            span,
            message: message.into(),
            help: Some(help.to_owned()),
            fix: None,
        }
    }

    fn with_fix(mut self, fix: Option<(Span, String)>) -> Self {
        self.fix = fix;
        self
    }

    /// The same fault, `offset` bytes further on.
    #[must_use]
    pub fn shifted(self, offset: usize) -> Self {
        Self {
            span: self.span.shifted(offset),
            fix: self.fix.map(|(span, text)| (span.shifted(offset), text)),
            ..self
        }
    }
}

use ReferenceFaultKind as Kind;

const GRAMMAR: &str = "write `host/namespace/name:tag`";

/// The first fault of `token`, which must not be valid.
pub(super) fn diagnose(token: &str) -> ReferenceFault {
    let whole = Span::new(0, token.len());
    if token.is_empty() {
        return ReferenceFault::new(Kind::Empty, whole, "the image reference is empty", GRAMMAR);
    }
    let split = Split::new(token);
    web::scheme(token)
        .or_else(|| web::web_query(token))
        .or_else(|| stray::stray_character(token))
        .or_else(|| name(split.name))
        .or_else(|| tag(&split))
        .or_else(|| digest(token, split.digest))
        .unwrap_or_else(|| {
            ReferenceFault::new(
                Kind::TooLong,
                Span::new(0, split.name.len()),
                format!(
                    "the name is {} bytes long, at most {LONGEST_NAME} are allowed with the host",
                    split.name.len()
                ),
                "shorten the path",
            )
        })
}

fn name(name: &str) -> Option<ReferenceFault> {
    let mut start = 0;
    let parts = name.split('/').count();
    for (index, part) in name.split('/').enumerate() {
        let span = Span::new(start, start + part.len());
        let at_host = index == 0 && parts > 1;
        let valid = is_component(part) || (at_host && is_host(part));
        if !valid {
            return Some(if part.is_empty() {
                empty_component(name, start)
            } else if at_host && is_host_like(part) {
                host(part, span)
            } else {
                component(part, span)
            });
        }
        start += part.len() + 1;
    }
    None
}

fn empty_component(name: &str, start: usize) -> ReferenceFault {
    let end = name.len();
    let (span, message) = if name.is_empty() {
        // Something does follow, else the token were empty: a `:` or `@`.
        (Span::new(0, 1), "the image name is missing")
    } else if start == 0 {
        (Span::new(0, 1), "an image reference may not start with `/`")
    } else if start == end {
        (Span::new(end - 1, end), "no name follows the last `/`")
    } else {
        (Span::new(start - 1, start + 1), "two slashes in a row")
    };
    ReferenceFault::new(Kind::Component, span, message, GRAMMAR)
}

fn host(host: &str, span: Span) -> ReferenceFault {
    let (labels, port) = host.split_once(':').unwrap_or((host, "0"));
    let (message, help) = if port.is_empty() {
        (
            "no port follows the `:` of the host".to_owned(),
            "write `host:port/…` or leave the `:` out",
        )
    } else if is_number(port) {
        (
            format!("`{labels}` is not a host name"),
            "a host is letters, digits and inner `-`, in parts joined by `.`",
        )
    } else {
        (
            format!("`{port}` is not a port number"),
            "a tag stands behind the last path component: `host/namespace/name:tag`",
        )
    };
    ReferenceFault::new(Kind::Host, span, message, help)
}

fn component(part: &str, span: Span) -> ReferenceFault {
    let start = span.start as usize;
    if let Some(colon) = part.find(':') {
        return ReferenceFault::new(
            Kind::Component,
            Span::new(start + colon, start + colon + 1),
            "`:` in the middle of the path",
            "a tag stands behind the last path component: `host/namespace/name:tag`",
        );
    }
    if part.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return ReferenceFault::new(
            Kind::UpperCase,
            span,
            format!("upper case in `{part}`"),
            "below the host all names are lower case",
        );
    }
    ReferenceFault::new(
        Kind::Component,
        span,
        format!("`{part}` is not a valid path component"),
        "lower case letters and digits, joined by one `.`, one or two `_`, or any number of `-`",
    )
}

fn tag(split: &Split<'_>) -> Option<ReferenceFault> {
    let tag = split.tag?;
    let start = split.name.len() + 1;
    let span = Span::new(start, start + tag.len());
    let fault = |span, message: String, help: &str| {
        Some(ReferenceFault::new(Kind::Tag, span, message, help))
    };
    let colon = Span::new(start - 1, start);
    if tag.is_empty() {
        return fault(
            colon,
            "no tag follows the `:`".into(),
            "write the tag, or leave the `:` out",
        );
    }
    if tag.starts_with(':') {
        let double = Span::new(start - 1, start + 1);
        let single = tag.trim_start_matches(':');
        let repaired = super::is_tag(single);
        let run = Span::new(start - 1, start + tag.len() - single.len());
        return Some(
            ReferenceFault::new(
                Kind::Tag,
                double,
                "two colons in a row",
                "one `:` separates name and tag",
            )
            .with_fix(repaired.then(|| (run, ":".to_owned()))),
        );
    }
    if let Some(alone) = tag.strip_suffix(':').filter(|tag| !tag.contains(':')) {
        let last = Span::new(start + alone.len(), start + tag.len());
        return Some(
            ReferenceFault::new(
                Kind::Tag,
                last,
                format!("a `:` behind the tag `{alone}`"),
                "one `:` separates name and tag, and none ends a reference",
            )
            .with_fix(super::is_tag(alone).then(|| (last, String::new()))),
        );
    }
    if let Some(second) = tag.find(':') {
        return fault(
            Span::new(start + second, start + tag.len()),
            format!("a second tag, `{}`", &tag[second + 1..]),
            "a reference has one tag; a digest is written `@sha256:…`",
        );
    }
    if tag.starts_with(['.', '-']) {
        return fault(
            span,
            format!("tag `{tag}` starts with `{}`", &tag[..1]),
            "a tag starts with a letter, a digit or `_`",
        );
    }
    if let Some(at) = tag.bytes().position(|byte| !is_tag_byte(byte)) {
        return fault(
            span,
            format!("`{}` in tag `{tag}`", &tag[at..=at]),
            "a tag is letters, digits, `_`, `.` and `-`",
        );
    }
    (tag.len() > LONGEST_TAG).then(|| {
        ReferenceFault::new(
            Kind::Tag,
            span,
            format!(
                "the tag is {} characters long, at most {LONGEST_TAG} are allowed",
                tag.len()
            ),
            "shorten the tag",
        )
    })
}

fn digest(token: &str, digest: Option<&str>) -> Option<ReferenceFault> {
    let digest = digest?;
    let start = token.len() - digest.len();
    let span = Span::new(start, token.len());
    let fault = |span, message: String, help: &str| {
        Some(ReferenceFault::new(Kind::Digest, span, message, help))
    };
    if digest.is_empty() {
        return fault(
            Span::new(start - 1, start),
            "no digest follows the `@`".into(),
            "write `@sha256:` and 64 hex digits, or leave the `@` out",
        );
    }
    let Some((algorithm, hex)) = digest.split_once(':') else {
        return fault(
            span,
            format!("`{digest}` is not a digest"),
            "a digest is `sha256:` and 64 hex digits",
        );
    };
    let Some(length) = digest_length(algorithm) else {
        return fault(
            Span::new(start, start + algorithm.len().max(1)),
            format!("`{algorithm}` is not a digest algorithm `oc` knows"),
            "it knows `sha256`, `sha384` and `sha512`",
        );
    };
    if let Some(at) = hex.bytes().position(|byte| !byte.is_ascii_hexdigit()) {
        return fault(
            span,
            format!("`{}` in the digest is not a hex digit", &hex[at..=at]),
            "copy the digest again, a tag stands before the `@`",
        );
    }
    (hex.len() != length).then(|| {
        ReferenceFault::new(
            Kind::Digest,
            span,
            format!(
                "the digest has {} hex digits, {algorithm} has {length}",
                hex.len()
            ),
            "copy the whole digest",
        )
    })
}
