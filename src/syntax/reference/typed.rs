//! References, and the kinds of places they lie in.

use super::super::span::Span;
use super::{Reference, ReferenceFault};

/// What `oc image mirror` reads from or writes to (openshift/oc
/// `pkg/cli/image/imagesource/reference.go`, `DestinationType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// A registry.
    Registry,
    /// A bucket, `s3://`.
    S3,
    /// A folder, `file://`; one more slash behind the two means nothing.
    File,
}

impl Transport {
    /// What a reference of this kind starts with when `oc` prints it.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Registry => "",
            Self::S3 => "s3://",
            Self::File => "file://",
        }
    }
}

/// A reference and the kind of place it lies in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypedReference {
    /// The kind of place.
    pub transport: Transport,
    /// The reference behind the prefix; its spans are relative to the token with the prefix.
    pub reference: Reference,
}

impl TypedReference {
    /// Reads one side of a mapping, `ParseReference` in oc.
    ///
    /// # Errors
    ///
    /// As [`Reference::parse`]; spans count the prefix.
    pub fn parse(token: &str) -> Result<Self, ReferenceFault> {
        let (transport, rest) = if let Some(rest) = token.strip_prefix("s3://") {
            (Transport::S3, rest)
        } else if let Some(rest) = token.strip_prefix("file://") {
            (Transport::File, rest.strip_prefix('/').unwrap_or(rest))
        } else {
            (Transport::Registry, token)
        };
        let offset = token.len() - rest.len();
        match Reference::parse(rest) {
            Ok(mut reference) => {
                reference.spans = reference.spans.shifted(offset);
                Ok(Self {
                    transport,
                    reference,
                })
            }
            Err(fault) if rest.is_empty() => Err(ReferenceFault {
                span: Span::new(0, token.len()),
                ..fault
            }),
            Err(fault) => Err(fault.shifted(offset)),
        }
    }
}

impl std::fmt::Display for TypedReference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.transport.prefix(), self.reference)
    }
}
