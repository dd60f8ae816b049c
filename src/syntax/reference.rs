//! Image references: the grammar that `oc` reads pull specs by, part for part.
//!
//! `[host[:port]/]component(/component)*[:tag][@digest]`, hand-written after openshift/library-go
//! `pkg/image/internal/reference/regexp.go` and `pkg/image/reference/reference.go` (`Parse`), the
//! copies that openshift/oc vendors. What is wrong with a text that is no reference is worked out in
//! the module `fault`, so that the accepting path stays short.

mod fault;
mod grammar;
mod image_stream_tag;
mod typed;
mod web_address;

use super::span::Span;
use grammar::*;

pub(crate) use grammar::is_tag;

pub use fault::{ReferenceFault, ReferenceFaultKind};
pub use image_stream_tag::{ImageStreamTag, ImageStreamTagError};
pub use typed::{Transport, TypedReference};
pub use web_address::{WebAddress, web_address};

/// The registry a reference without a host means (`DockerDefaultRegistry`).
const DEFAULT_REGISTRY: &str = "docker.io";

/// The tag a reference without one means when two references are compared.
const DEFAULT_TAG: &str = "latest";

/// An image reference as `oc` understands it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// Registry with its port; `None` means docker.io. A reference of one component that holds a
    /// `.` or starts with `localhost` (`quay.io`, `img.v1:1`) is all host, with the tag it was
    /// written with: `oc` then sees an empty image name.
    pub host: Option<Box<str>>,
    /// Path below the host, without tag; empty only when the reference is all host.
    pub repository: Box<str>,
    /// Tag, without the `:`.
    pub tag: Option<Box<str>>,
    /// Digest with its algorithm, without the `@`.
    pub digest: Option<Box<str>>,
    /// Where the parts stand.
    pub spans: PartSpans,
}

/// Where the parts of a reference stand, relative to the start of the token it was read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PartSpans {
    /// Host and port.
    pub host: Option<Span>,
    /// Path below the host; empty, behind the host, when there is none.
    pub repository: Span,
    /// Tag without `:`.
    pub tag: Option<Span>,
    /// Digest without `@`.
    pub digest: Option<Span>,
}

impl PartSpans {
    fn shifted(self, offset: usize) -> Self {
        let shift = |span: Span| span.shifted(offset);
        Self {
            host: self.host.map(shift),
            repository: shift(self.repository),
            tag: self.tag.map(shift),
            digest: self.digest.map(shift),
        }
    }
}

impl Reference {
    /// Reads `token` as an image reference.
    ///
    /// # Errors
    ///
    /// Where `oc` says "invalid reference format" and its kin, the fault names the first part that
    /// is wrong.
    pub fn parse(token: &str) -> Result<Self, ReferenceFault> {
        if is_valid(token) {
            Ok(Self::from_valid(token))
        } else {
            Err(fault::diagnose(token))
        }
    }

    /// Splits a text that [`is_valid`], after `Parse` in library-go `pkg/image/reference`.
    fn from_valid(token: &str) -> Self {
        let split = Split::new(token);
        let name_end = split.name.len();
        let digest_at = token.len() - split.digest.map_or(0, str::len);
        let digest_span = split.digest.map(|_| Span::new(digest_at, token.len()));
        let (host, path_start) = match split.name.split_once('/') {
            Some((first, _)) if is_host_like(first) => (Some(first), first.len() + 1),
            None if split.name.contains('.') || split.name.starts_with("localhost") => {
                // The whole text, tag and digest included: library-go's `isRegistryOnly`.
                return Self {
                    host: Some(token.into()),
                    repository: "".into(),
                    tag: None,
                    digest: split.digest.map(Into::into),
                    spans: PartSpans {
                        host: Some(Span::new(0, token.len())),
                        repository: Span::new(token.len(), token.len()),
                        tag: None,
                        digest: digest_span,
                    },
                };
            }
            _ => (None, 0),
        };
        Self {
            host: host.map(Into::into),
            repository: split.name[path_start..].into(),
            tag: split.tag.map(Into::into),
            digest: split.digest.map(Into::into),
            spans: PartSpans {
                host: host.map(|host| Span::new(0, host.len())),
                repository: Span::new(path_start, name_end),
                tag: split
                    .tag
                    .map(|tag| Span::new(name_end + 1, name_end + 1 + tag.len())),
                digest: digest_span,
            },
        }
    }

    /// Whether the text names a registry and no image in it.
    #[must_use]
    pub fn is_host_only(&self) -> bool {
        self.repository.is_empty()
    }

    /// Namespace and name of a repository of exactly two components.
    #[must_use]
    pub fn namespace_and_name(&self) -> Option<(&str, &str)> {
        let (namespace, name) = self.repository.split_once('/')?;
        (!name.contains('/')).then_some((namespace, name))
    }

    /// The ImageStreamTag that the repository and tag spell, whatever the host is.
    #[must_use]
    pub fn image_stream_tag(&self) -> Option<ImageStreamTag> {
        let (namespace, name) = self.namespace_and_name()?;
        ImageStreamTag::new(namespace, name, self.tag.as_deref()?).ok()
    }

    /// Host, repository and no more, as `oc` prints it (`Exact` in library-go): no default host is
    /// filled in, and an all-host reference prints as nothing.
    #[must_use]
    pub fn repository_text(&self) -> String {
        match &self.host {
            _ if self.is_host_only() => String::new(),
            Some(host) => format!("{host}/{}", self.repository),
            None => self.repository.to_string(),
        }
    }

    /// Host, namespace and name with docker.io's defaults filled in (`DockerClientDefaults`).
    fn with_defaults(&self) -> (&str, &str, &str) {
        let host = self.host.as_deref().unwrap_or(DEFAULT_REGISTRY);
        match self.repository.split_once('/') {
            Some((namespace, name)) => (host, namespace, name),
            // `IsRegistryDockerHub`
            None if matches!(
                host,
                DEFAULT_REGISTRY | "index.docker.io" | "registry-1.docker.io"
            ) =>
            {
                (host, "library", &self.repository)
            }
            None => (host, "", &self.repository),
        }
    }

    /// Whether both mean the same repository once docker.io's defaults are filled in, as `oc`
    /// compares SRC with DST: `x` is `docker.io/library/x`, yet not `index.docker.io/library/x`.
    #[must_use]
    pub fn same_repository(&self, other: &Self) -> bool {
        self.with_defaults() == other.with_defaults()
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(host) = &self.host {
            f.write_str(host)?;
            if self.is_host_only() {
                return Ok(());
            }
            f.write_str("/")?;
        }
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        self.digest
            .as_ref()
            .map_or(Ok(()), |digest| write!(f, "@{digest}"))
    }
}

/// Whether two tags are the same to `oc` when it compares SRC with DST: none is `latest`.
#[must_use]
pub fn same_tag(one: Option<&str>, other: Option<&str>) -> bool {
    one.unwrap_or(DEFAULT_TAG) == other.unwrap_or(DEFAULT_TAG)
}

/// A token cut where a reference is cut, valid or not.
#[derive(Clone, Copy)]
struct Split<'a> {
    name: &'a str,
    tag: Option<&'a str>,
    digest: Option<&'a str>,
}

impl<'a> Split<'a> {
    /// The digest starts at the first `@`, the tag at the first `:` behind the last `/`.
    fn new(token: &'a str) -> Self {
        let (rest, digest) = match token.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (token, None),
        };
        let last = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match rest[last..].find(':') {
            Some(colon) => (&rest[..last + colon], Some(&rest[last + colon + 1..])),
            None => (rest, None),
        };
        Self { name, tag, digest }
    }
}

#[cfg(test)]
mod tests;
