//! Who provides an ImageStreamTag, if anybody does.

use super::Provider;

/// What is known about an ImageStreamTag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution<'i> {
    /// These provide it; live ones first, then in order of their places.
    Provided(&'i [Provider]),
    /// The stream is filled by one that does not tell its tags, and may well fill this one.
    Open(&'i Provider),
    /// It is published from outside the repository.
    Outside,
    /// Nothing provides it, and the promoted-image-governor is told to leave it alone: it may be
    /// filled from outside, or be a leftover.
    Ungoverned,
    /// Only disabled promotions and optional images would provide it.
    Inactive(&'i [Provider]),
    /// Nothing does.
    Missing(Missing),
}

/// A [`Resolution`] in a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResolutionKind {
    /// Somebody provides it.
    Provided,
    /// Its stream is open.
    Open,
    /// It comes from outside.
    Outside,
    /// The governor leaves it alone.
    Ungoverned,
    /// Only what is disabled or optional would provide it.
    Inactive,
    /// Nobody provides it.
    #[default]
    Missing,
}

impl ResolutionKind {
    /// Whether it may well not be there.
    #[must_use]
    pub fn is_doubtful(self) -> bool {
        matches!(self, Self::Ungoverned | Self::Inactive | Self::Missing)
    }

    /// Whether nobody provides it, as far as the checkout tells.
    #[must_use]
    pub fn is_gone(self) -> bool {
        matches!(self, Self::Inactive | Self::Missing)
    }
}

impl Resolution<'_> {
    /// The word for it.
    #[must_use]
    pub fn kind(&self) -> ResolutionKind {
        match self {
            Self::Provided(_) => ResolutionKind::Provided,
            Self::Open(_) => ResolutionKind::Open,
            Self::Outside => ResolutionKind::Outside,
            Self::Ungoverned => ResolutionKind::Ungoverned,
            Self::Inactive(_) => ResolutionKind::Inactive,
            Self::Missing(_) => ResolutionKind::Missing,
        }
    }
}

/// What of an ImageStreamTag that nothing provides is known all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nothing at all is provided in the namespace.
    Namespace,
    /// Nothing is provided in the stream.
    Stream,
    /// Other tags of the stream are provided.
    Tag,
}
