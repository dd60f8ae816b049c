//! Mapping files: what `oc image mirror -f` reads out of them, line by line.
//!
//! The grammar is that of openshift/oc `pkg/cli/image/mirror/mappings.go` (`parseFile`,
//! `parseArgs`) and `pkg/cli/image/imagesource/reference.go`; see `docs/domain.md#mapping-files`.
//! `oc` stops at the first line it rejects, [`parse`] reports every one and goes on.

mod fault;
mod line;
mod text;
mod wildcard;

use std::sync::Arc;

use super::reference::{TypedReference, same_tag};
use super::span::Span;

pub use fault::{Fault, FaultKind};

/// A line of this many bytes, its LF not counted but CR and comment included, makes `oc` refuse
/// the whole file: line and LF have to fit into a `bufio.Scanner`'s 64 KiB, and at the end of a
/// file the buffer has to have room left to see that nothing follows.
pub const TOO_LONG: usize = 64 * 1024;

/// The statements of one mapping file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingFile {
    /// All lines that hold more than blanks and a comment, in order.
    pub lines: Vec<Line>,
    /// All that is wrong with the file taken by itself, by position. Destinations written twice
    /// are not among it: compare [`Mapping::key`]s.
    pub faults: Vec<Fault>,
}

impl MappingFile {
    /// All mappings of all lines.
    pub fn mappings(&self) -> impl Iterator<Item = &Mapping> {
        self.lines.iter().flat_map(|line| &line.mappings)
    }
}

/// A line that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The statement, without comment and surrounding white space.
    pub span: Span,
    /// What is mirrored where; on a faulty line, as much as could be made out.
    pub mappings: Vec<Mapping>,
    /// Tokens without `=` on a line that has some with: `oc` drops them without a word.
    pub dropped: Vec<Span>,
    /// Whether `oc` rejects this line, and the file with it.
    pub faulty: bool,
}

/// One image, or with a wildcard several, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Shared by all mappings of a `SRC DST DST …` line.
    pub source: Arc<Source>,
    /// Where to.
    pub destination: Destination,
}

impl Mapping {
    /// The text that `oc` compares destinations by, [`Destination::key`].
    #[must_use]
    pub fn key(&self) -> String {
        self.destination.key(&self.source)
    }

    /// The tag written, if it is known without asking a registry.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.destination.effective_tag(&self.source)
    }

    /// The tag or the pattern of the tags written; `None` when only a digest is pushed.
    #[must_use]
    pub fn tag_or_pattern(&self) -> Option<&str> {
        self.tag().or_else(|| self.source.tag_pattern())
    }

    /// Whether `oc` could find both writing the same destination: certain when both tags are
    /// known, possible when one comes out of a wildcard.
    #[must_use]
    pub fn may_write_same(&self, other: &Self) -> bool {
        let place = |mapping: &Self| mapping.destination.reference.transport;
        let (one, two) = (
            &self.destination.reference.reference,
            &other.destination.reference.reference,
        );
        if place(self) != place(other) || one.is_host_only() != two.is_host_only() {
            return false;
        }
        if one.is_host_only() {
            return true;
        }
        if one.host != two.host || one.repository != two.repository {
            return false;
        }
        match (self.tag_or_pattern(), other.tag_or_pattern()) {
            (Some(one), Some(two)) => patterns_overlap(one, two),
            (one, two) => one == two,
        }
    }

    /// Whether `oc` finds that SRC and DST are the same (`TypedImageReference.Equal`): after tag
    /// inheritance, with docker.io's defaults, and never for a source with a digest.
    #[must_use]
    pub fn is_self_mirror(&self) -> bool {
        let (source, destination) = (&self.source.reference, &self.destination.reference);
        let inherits = self.destination.inherits_tag(&self.source);
        source.transport == destination.transport
            && source.reference.digest.is_none()
            && source.reference.same_repository(&destination.reference)
            // An explicit tag below a wildcard may or may not be the one that matches.
            && (inherits
                || !self.source.expands()
                    && same_tag(
                        source.reference.tag.as_deref(),
                        destination.reference.tag.as_deref(),
                    ))
    }
}

impl std::fmt::Display for Mapping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.source, self.destination.reference)
    }
}

/// The left side of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The token, or its part before `=`.
    pub span: Span,
    /// What is read. With a wildcard its tag is `None`, though `spans.tag` is where the pattern
    /// stands.
    pub reference: TypedReference,
    /// The tag with `*` in it that was written.
    pub wildcard: Option<Box<str>>,
}

impl Source {
    /// Whether `oc` asks the registry for the tags to mirror: a wildcard, or neither tag nor
    /// digest.
    #[must_use]
    pub fn expands(&self) -> bool {
        self.tag_pattern().is_some()
    }

    /// Which tags an expanding source means: `*` stands for any text.
    #[must_use]
    pub fn tag_pattern(&self) -> Option<&str> {
        let reference = &self.reference.reference;
        match &self.wildcard {
            Some(pattern) => Some(pattern),
            None => (reference.tag.is_none() && reference.digest.is_none()).then_some("*"),
        }
    }

    /// How `oc` prints the source: the tag gives way to a digest, a wildcard stays.
    #[must_use]
    pub fn key(&self) -> String {
        let reference = &self.reference.reference;
        let repository = reference.repository_text();
        let prefix = self.reference.transport.prefix();
        match (
            &reference.digest,
            reference.tag.as_deref().or(self.tag_pattern()),
        ) {
            _ if repository.is_empty() => prefix.to_owned(),
            (Some(digest), _) => format!("{prefix}{repository}@{digest}"),
            (None, Some(tag)) => format!("{prefix}{repository}:{tag}"),
            (None, None) => format!("{prefix}{repository}"),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.reference)?;
        self.wildcard
            .as_ref()
            .map_or(Ok(()), |pattern| write!(f, ":{pattern}"))
    }
}

/// The right side of a mapping. Never has a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The token, or its part behind `=`.
    pub span: Span,
    /// What is written, as it stands there: the inherited tag is not filled in.
    pub reference: TypedReference,
}

impl Destination {
    /// Whether the tag or tags come from `source`; else the destination has its own, or the
    /// source is a digest and no tag is written at all.
    #[must_use]
    pub fn inherits_tag(&self, source: &Source) -> bool {
        self.reference.reference.tag.is_none()
            && (source.expands() || source.reference.reference.tag.is_some())
    }

    /// The tag written: its own, else the source's. `None` when it takes a registry to tell
    /// (wildcard), and when a digest is pushed without a tag.
    #[must_use]
    pub fn effective_tag<'a>(&'a self, source: &'a Source) -> Option<&'a str> {
        let own = self.reference.reference.tag.as_deref();
        own.or(source.reference.reference.tag.as_deref())
    }

    /// `host/repository:tag` after tag inheritance, exactly as `oc` compares destinations of one
    /// run ("each destination tag may only be specified once"): docker.io is not filled in,
    /// `latest` neither, and a destination that is all host (`quay.io`) is the empty text. Below a
    /// wildcard the tag is the pattern; see [`Mapping::may_write_same`] for these.
    #[must_use]
    pub fn key(&self, source: &Source) -> String {
        let prefix = self.reference.transport.prefix();
        let repository = self.reference.reference.repository_text();
        match self.effective_tag(source).or_else(|| source.tag_pattern()) {
            Some(tag) if !repository.is_empty() => format!("{prefix}{repository}:{tag}"),
            _ => format!("{prefix}{repository}"),
        }
    }
}

/// Whether some tag matches both texts, in which `*` stands for any text, the empty one included
/// (`buildTagSearchRegexp` in oc `pkg/cli/image/imagesource/reference.go`).
#[must_use]
pub fn patterns_overlap(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    // `row[j]`: whether one[i..] and other[j..] overlap, for i from the end to 0.
    let mut row: Vec<bool> = Vec::new();
    for i in (0..=one.len()).rev() {
        let mut next = vec![false; other.len() + 1];
        for j in (0..=other.len()).rev() {
            let (a, b) = (one.get(i), other.get(j));
            next[j] = match (a, b) {
                (None, None) => true,
                (Some(b'*'), _) => row[j] || (b.is_some() && next[j + 1]),
                (_, Some(b'*')) => next[j + 1] || (a.is_some() && row[j]),
                (Some(a), Some(b)) => a == b && row[j + 1],
                _ => false,
            };
        }
        row = next;
    }
    row[0]
}

/// Reads a whole mapping file. Never fails: what `oc` rejects becomes a [`Fault`].
#[must_use]
pub fn parse(text: &str) -> MappingFile {
    let mut file = MappingFile::default();
    let mut start = 0;
    // Like bufio.ScanLines, and unlike str::lines, which differs in nothing that survives trimming.
    for raw in text.split('\n') {
        line::read(raw, start, &mut file);
        start += raw.len() + 1;
    }
    if file.lines.is_empty() && file.faults.is_empty() {
        file.faults.push(fault::empty_file());
    }
    file.faults.sort_by_key(|fault| fault.span);
    file
}

#[cfg(test)]
mod tests;
