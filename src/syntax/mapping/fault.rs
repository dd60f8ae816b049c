//! What can be wrong with a mapping file, and how it is said.

use super::super::reference::{ReferenceFault, ReferenceFaultKind, WebAddress};
use super::super::span::Span;
use super::TOO_LONG;

/// Which rule a [`Fault`] belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// `oc` rejects the line.
    Syntax,
    /// A line of 64 KiB or more: `oc` rejects the file.
    LineTooLong,
    /// A file without any statement: `oc` has nothing to do and fails.
    EmptyFile,
    /// `*` where `oc` allows none.
    Wildcard,
    /// Source and destination are the same: `oc` rejects the file.
    SelfMirror,
    /// The address of a web page. With `http://` or `https://`, or with a query, `oc` rejects it;
    /// without them `quay.io/repository/…` passes for a reference.
    WebAddress,
    /// A reference that is all host, such as `quay.io`: accepted, and an empty image name.
    RegistryOnly,
    /// A source without tag and digest, which means all tags, and a destination with a tag:
    /// accepted only while the source has exactly one tag.
    UntaggedSource,
    /// A source with a wildcard and a destination with a tag: accepted only while exactly one
    /// tag of the source matches.
    WildcardIntoTag,
}

/// Something wrong with a mapping file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which rule it belongs to.
    pub kind: FaultKind,
    /// Whether `oc image mirror -f` refuses the file for it, whatever the registries hold.
    pub rejected: bool,
    /// The offending token or a part of it.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// Why, and what to do.
    pub help: Option<String>,
    /// A replacement of a part of the file that repairs it.
    pub fix: Option<(Span, String)>,
}

impl Fault {
    /// A fault that makes `oc` refuse the file.
    pub(super) fn rejected(
        kind: FaultKind,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            rejected: true,
            span,
            message: message.into(),
            help: Some(help.into()),
            fix: None,
        }
    }

    /// A fault that `oc` does not see.
    pub(super) fn accepted(
        kind: FaultKind,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            rejected: false,
            ..Self::rejected(kind, span, message, help)
        }
    }

    pub(super) fn with_fix(mut self, fix: Option<(Span, String)>) -> Self {
        self.fix = fix;
        self
    }

    /// A token at `start` that is no reference.
    pub(super) fn of_reference(fault: ReferenceFault, start: usize) -> Self {
        let fault = fault.shifted(start);
        Self {
            kind: match fault.kind {
                ReferenceFaultKind::WebAddress => FaultKind::WebAddress,
                ReferenceFaultKind::Wildcard => FaultKind::Wildcard,
                _ => FaultKind::Syntax,
            },
            rejected: true,
            span: fault.span,
            message: fault.message,
            help: fault.help,
            fix: fault.fix,
        }
    }
}

pub(super) fn empty_file() -> Fault {
    Fault::rejected(
        FaultKind::EmptyFile,
        Span::whole_file(),
        "the file maps no image",
        "`oc image mirror` fails on a file without any `SRC DST` line: add one, or delete the file",
    )
}

pub(super) fn line_too_long(span: Span, length: usize) -> Fault {
    Fault::rejected(
        FaultKind::LineTooLong,
        span,
        format!(
            "the line is {length} bytes long, at most {} are allowed",
            TOO_LONG - 1
        ),
        "`oc` refuses the whole file: give each destination, or a few, a line with the source again",
    )
}

pub(super) fn conflict_marker(span: Span, marker: &str) -> Fault {
    Fault::rejected(
        FaultKind::Syntax,
        span,
        format!("`{marker}` is a merge conflict marker"),
        "resolve the conflict: keep the right lines and delete the markers",
    )
}

/// `text` is a run of white space that separates nothing, or of characters that cannot be seen.
pub(super) fn separator(span: Span, text: &str, at_file_start: bool) -> Fault {
    let space = text.chars().find(|character| character.is_whitespace());
    let invisible = space.is_none();
    let character = space.or_else(|| text.chars().next()).unwrap_or_default();
    let name = match character {
        '\u{feff}' if at_file_start => "a byte order mark".to_owned(),
        '\t' => "a tab".to_owned(),
        '\r' => "a carriage return".to_owned(),
        '\u{a0}' => "a no-break space".to_owned(),
        _ => format!("character U+{:04X}", u32::from(character)),
    };
    let (message, help, replacement) = if invisible {
        (
            format!("{name}, which cannot be seen, stands in the line"),
            "`oc` reads it as a part of the image reference: delete it",
            "",
        )
    } else {
        (
            format!("{name} stands where only a space separates"),
            "`oc` splits lines at spaces alone and reads it as a part of the image reference",
            " ",
        )
    };
    Fault::rejected(FaultKind::Syntax, span, message, help)
        .with_fix(Some((span, replacement.to_owned())))
}

pub(super) fn destination_missing(span: Span, comment_follows: bool) -> Fault {
    let help = if comment_follows {
        "all behind a `#` is a comment, wherever it stands: write `SRC DST`"
    } else {
        "write `SRC DST` on one line"
    };
    Fault::rejected(FaultKind::Syntax, span, "the destination is missing", help)
}

/// `SRC=`, `=DST` or `=` at `span`; `joined` closes the gap when it is plain how.
pub(super) fn empty_side(span: Span, token: &str, joined: Option<Span>) -> Fault {
    let message = if token.starts_with('=') && token.ends_with('=') {
        "`=` without source and destination"
    } else if token.starts_with('=') {
        "no source stands before the `=`"
    } else {
        "no destination follows the `=`"
    };
    let help = if joined.is_some() {
        "`SRC=DST` takes no spaces around the `=`"
    } else {
        "write `SRC=DST` without spaces, or `SRC DST`"
    };
    Fault::rejected(FaultKind::Syntax, span, message, help)
        .with_fix(joined.map(|gap| (gap, "=".to_owned())))
}

pub(super) fn second_equals(span: Span) -> Fault {
    Fault::rejected(
        FaultKind::Syntax,
        span,
        "a second `=` in one token",
        "write one `SRC=DST` per destination, separated by spaces",
    )
}

/// `digest` is where `@sha256:…` stands.
pub(super) fn destination_digest(digest: Span, tagged: bool) -> Fault {
    let fix = tagged.then(|| (digest, String::new()));
    Fault::rejected(
        FaultKind::Syntax,
        digest,
        "a destination may not have a digest",
        "the digest follows from what is pushed: write a tag, or the repository alone",
    )
    .with_fix(fix)
}

/// A reference that `oc` takes although it is the address of a page.
pub(super) fn web_page(span: Span, address: WebAddress) -> Fault {
    let help = match &address.corrected {
        Some(corrected) => format!("the pull spec is `{corrected}`"),
        None => "write the pull spec, `host/namespace/name:tag`".to_owned(),
    };
    Fault::accepted(
        FaultKind::WebAddress,
        span,
        "this is the address of a web page, not a pull spec",
        help,
    )
    .with_fix(address.corrected.map(|text| (span, text)))
}

pub(super) fn registry_only(span: Span, token: &str) -> Fault {
    Fault::accepted(
        FaultKind::RegistryOnly,
        span,
        format!("`{token}` names a registry, not an image"),
        "a name without `/` that holds a `.` is read as a host: write `host/namespace/name:tag`",
    )
}

pub(super) fn registry_wildcard(span: Span) -> Fault {
    Fault::rejected(
        FaultKind::Wildcard,
        span,
        "a wildcard behind a registry that names no image",
        "a name without `/` that holds a `.` is read as a host: write `host/namespace/name:*`",
    )
}

pub(super) fn long_wildcard(span: Span) -> Fault {
    Fault::accepted(
        FaultKind::Wildcard,
        span,
        "a wildcard that is longer than any tag",
        "a tag has at most 128 characters, so this matches none, or says the same thing twice; shorten it",
    )
}

pub(super) fn untagged_source(span: Span) -> Fault {
    Fault::accepted(
        FaultKind::UntaggedSource,
        span,
        "the source has no tag, so it means all its tags, and the destination has one",
        "give the source its tag; `oc` fails as soon as the source has more than one",
    )
}

pub(super) fn wildcard_into_tag(span: Span) -> Fault {
    Fault::accepted(
        FaultKind::WildcardIntoTag,
        span,
        "the source has a wildcard, so the destination must be a repository without tag",
        "leave this tag out: each image keeps its source's tag; `oc` fails as soon as the wildcard matches two",
    )
}

pub(super) fn self_mirror(span: Span) -> Fault {
    Fault::rejected(
        FaultKind::SelfMirror,
        span,
        "source and destination are the same image",
        "`oc` refuses the whole file: correct one of the two, or delete the line",
    )
}
