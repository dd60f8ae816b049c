//! Whoever makes an ImageStreamTag exist.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::Deserialize;

use super::Store;
use serde::Serialize;

use crate::finding::Place;
use crate::limits::MAX_OPEN;
use crate::syntax::reference::ImageStreamTag;

/// One ImageStream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    /// Who provides each tag: live ones first, so that the first speaks for all.
    pub tags: BTreeMap<Box<str>, Vec<Provider>>,
    /// Who provides tags that the checkout does not tell: a stream filled from outside, a mirrored
    /// repository, a wildcard.
    pub open: Vec<Provider>,
    /// Who provides tags that are commits: promotions with `tag_by_commit`.
    pub commits: Vec<Provider>,
}

/// Whatever makes an ImageStreamTag exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// What it is.
    pub kind: ProviderKind,
    /// Where it puts the image.
    pub stores: &'static [Store],
    /// Whether it works.
    pub state: State,
    /// Where it stands.
    pub place: Place,
    /// Where its image comes from: a pull spec, or an ImageStreamTag.
    pub upstream: Option<Box<str>>,
    /// The upstream, where that is an image of a store.
    pub copies: Option<ImageStreamTag>,
}

/// The ways in which an ImageStreamTag comes to exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProviderKind {
    /// A ci-operator config publishes it.
    Promotion,
    /// `supplementalCIImages`.
    Supplemental,
    /// A mapping file's destination.
    Mapping,
    /// A build's output.
    BuildConfig,
    /// An ImageStream manifest.
    ImageStream,
    /// `qciToAppCIImages`.
    QciCopy,
    /// The build cache of a repository.
    BuildCache,
    /// The release controller copies it from another stream.
    ReleaseMirror,
}

impl Stream {
    /// Whoever provides `tag` without saying so. A manifest without tags only declares the stream
    /// where something else in the checkout provides tags of it.
    pub(super) fn filled_from_elsewhere(&self, tag: &str) -> Option<&Provider> {
        let is_declared_for_others = !self.tags.is_empty() || !self.commits.is_empty();
        let mut open = self.open.iter().take(MAX_OPEN);
        let filling = open.find(|provider| {
            !(is_declared_for_others
                && provider.kind == ProviderKind::ImageStream
                && provider.upstream.is_none())
        });
        filling.or_else(|| self.commits.first().filter(|_| is_commit(tag)))
    }

    /// Whoever provides tags that the checkout does not tell by name.
    pub fn openers(&self) -> impl Iterator<Item = &Provider> {
        self.open.iter().chain(&self.commits)
    }

    /// Whether nobody provides anything of it.
    pub(super) fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.open.is_empty() && self.commits.is_empty()
    }
}

/// Letters of a commit that a tag has: the whole, or what git abbreviates it to.
const COMMIT: RangeInclusive<usize> = 5..=40;

/// Whether a tag looks like a commit.
fn is_commit(tag: &str) -> bool {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    COMMIT.contains(&tag.len()) && tag.bytes().all(is_hex)
}

impl Provider {
    /// The order among those who provide the same: whoever works, then whoever makes the image
    /// before whoever copies it, and the release controller, which copies copies, last.
    pub(super) fn rank(&self) -> (State, u8, &Place) {
        let phase = match self.kind {
            ProviderKind::Mapping => 1,
            ProviderKind::ReleaseMirror => 2,
            _ => 0,
        };
        (self.state, phase, &self.place)
    }
}

impl ProviderKind {
    /// What to call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Promotion => "promotion",
            Self::ImageStream => "ImageStream",
            Self::BuildConfig => "BuildConfig",
            Self::Supplemental => "supplementalCIImages",
            Self::Mapping => "mapping file",
            Self::QciCopy => "qciToAppCIImages",
            Self::BuildCache => "build cache",
            Self::ReleaseMirror => "release controller",
        }
    }
}

/// Whether a provider works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It does.
    Live,
    /// The image is optional: built only when something needs it, never published.
    Optional,
    /// The promotion is disabled, or nothing reads the mapping file.
    Disabled,
}
