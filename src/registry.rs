//! Asking registries whether an image exists: questions, answers, and who gives them. What opens
//! connections is compiled in with the feature `online` alone.

#[cfg(feature = "online")]
mod ask;
#[cfg(feature = "online")]
pub mod cache;
#[cfg(feature = "online")]
mod client;
#[cfg(feature = "online")]
pub mod credentials;
#[cfg(feature = "online")]
mod http;
#[cfg(feature = "online")]
mod token;

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::syntax::likeness::{Effort, distance_within, version_gap};
use crate::syntax::reference::Reference;

#[cfg(feature = "online")]
pub use ask::ask_all;
#[cfg(feature = "online")]
pub use client::{AuthoritiesError, Client};
#[cfg(feature = "online")]
pub use http::{Method, Reply, Request, Transport};

/// The registry that a pull spec without one means, and where its own images lie.
const DOCKER_HUB: (&str, &str) = ("docker.io", "library");

/// The tag that a pull spec without one means.
const LATEST: &str = "latest";

/// How many near misses are offered.
const MAX_OFFERED: usize = 3;

/// Tags that take more edits than this do not look alike.
const MAX_DISTANCE: usize = 6;

/// Does this registry have this image?
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    /// The registry, as pull specs name it.
    pub registry: Box<str>,
    /// The path of the repository there.
    pub repository: Box<str>,
    /// Which of its images.
    pub version: Version,
}

/// What tells one image of a repository from the others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// A tag.
    Tag(Box<str>),
    /// A digest, with its algorithm.
    Digest(Box<str>),
}

/// What a registry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It has the image.
    Found {
        /// The digest, where it says it.
        digest: Option<String>,
        /// The platforms of an index, as `os/architecture`; `None` for an image of one platform, which
        /// only the image itself tells.
        platforms: Option<Vec<String>>,
    },
    /// It has the repository, perhaps, but not the image.
    NoVersion {
        /// The tags there that look most like the one asked for.
        near: Vec<String>,
    },
    /// It has no such repository.
    NoRepository,
    /// It does not tell: not these credentials, or nobody without any.
    Refused {
        /// Whether there were credentials.
        authenticated: bool,
    },
}

/// Why a question stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// No answer within the time for one question.
    TimedOut,
    /// The time for all questions was over.
    OutOfTime,
    /// No connection: no such host, nobody listens, the connection broke.
    Unreachable,
    /// The host is at a private or loopback address.
    PrivateAddress,
    /// The certificate, or TLS as a whole.
    Tls,
    /// Too many requests; how long to wait, where the registry says so.
    RateLimited(Option<Duration>),
    /// The registry failed; how long to wait, where it says so.
    Failed(Option<Duration>),
    /// It sent the question on to a host that it may not.
    Redirected,
    /// It wants a token of a host that may not give it one.
    ForeignTokens,
    /// It answered more than anybody should read.
    TooLarge,
    /// It answered what no registry answers.
    Unexpected,
}

/// Whoever answers questions.
pub trait Registry: Sync {
    /// Answers a question, before `deadline`.
    ///
    /// # Errors
    /// Why it stays open.
    fn ask(&self, question: &Question, deadline: Instant) -> Result<Answer, Undecided>;
}

/// Answers, by what was asked.
pub type Answers = BTreeMap<Question, Answer>;

impl Question {
    /// Whether the image exists that `reference` means; `None` where it names no image.
    #[must_use]
    pub fn of(reference: &Reference) -> Option<Self> {
        if reference.is_host_only() {
            return None;
        }
        let (hub, library) = DOCKER_HUB;
        let registry = reference.host.as_deref().unwrap_or(hub);
        let is_short = registry == hub && !reference.repository.contains('/');
        Some(Self {
            registry: registry.into(),
            repository: match is_short {
                true => format!("{library}/{}", reference.repository).into(),
                false => reference.repository.clone(),
            },
            version: match (&reference.digest, &reference.tag) {
                (Some(digest), _) => Version::Digest(digest.clone()),
                (None, Some(tag)) => Version::Tag(tag.clone()),
                (None, None) => Version::Tag(LATEST.into()),
            },
        })
    }

    /// `registry/repository`.
    #[must_use]
    pub fn repository_text(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            registry,
            repository,
            ..
        } = self;
        match &self.version {
            Version::Tag(tag) => write!(f, "{registry}/{repository}:{tag}"),
            Version::Digest(digest) => write!(f, "{registry}/{repository}@{digest}"),
        }
    }
}

impl Version {
    /// The tag or the digest.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Tag(text) | Self::Digest(text) => text,
        }
    }
}

impl Undecided {
    /// The reason in a word, as reports count it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TimedOut => "timed out",
            Self::OutOfTime => "out of time",
            Self::Unreachable => "unreachable",
            Self::PrivateAddress => "private address",
            Self::Tls => "TLS failed",
            Self::RateLimited(_) => "rate limited",
            Self::Failed(_) => "registry failed",
            Self::Redirected => "redirected elsewhere",
            Self::ForeignTokens => "tokens of another host",
            Self::TooLarge => "answer too large",
            Self::Unexpected => "unexpected answer",
        }
    }
}

/// Those of `tags` that look most like `wanted`, which is none of them; the nearest first.
#[must_use]
pub fn nearest<'t>(
    wanted: &str,
    tags: impl IntoIterator<Item = &'t str>,
    effort: &Effort,
) -> Vec<String> {
    let limit = (wanted.len() / 3).clamp(1, MAX_DISTANCE);
    let alike = tags.into_iter().filter_map(|tag| {
        let distance = distance_within(wanted, tag, limit, effort)?;
        Some((distance, version_gap(wanted, tag), tag))
    });
    let mut alike: Vec<_> = alike.collect();
    alike.sort_unstable();
    alike.dedup();
    let near = alike.into_iter().take(MAX_OFFERED);
    near.map(|(_, _, tag)| tag.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pull_spec_is_a_question_with_its_defaults() {
        for (text, question) in [
            ("quay.io/a/b:1", "quay.io/a/b:1"),
            ("quay.io/a/b", "quay.io/a/b:latest"),
            ("quay.io/b", "quay.io/b:latest"),
            ("docker.io/b:1", "docker.io/library/b:1"),
            ("b:1", "docker.io/library/b:1"),
            ("a/b:1", "docker.io/a/b:1"),
            ("localhost:5000/a/b:1", "localhost:5000/a/b:1"),
        ] {
            let reference = Reference::parse(text).ok();
            let asked = reference.as_ref().and_then(Question::of);
            assert_eq!(
                asked.map(|asked| asked.to_string()).as_deref(),
                Some(question)
            );
        }
        let digest = format!("quay.io/a/b:1@sha256:{}", "0".repeat(64));
        let reference = Reference::parse(&digest).ok();
        let asked = reference.as_ref().and_then(Question::of);
        assert_eq!(
            asked.map(|asked| asked.to_string()),
            Some(digest.replace(":1@", "@"))
        );
    }

    #[test]
    fn the_nearest_tags_come_first() {
        let tags = ["v1.9.0", "v1.10.0", "v1.1.0", "v2", "latest"];
        let near = |wanted| nearest(wanted, tags, &Effort::default());
        assert_eq!(near("v1.11.0"), ["v1.10.0", "v1.1.0", "v1.9.0"]);
        assert!(near("main").is_empty());
    }
}
