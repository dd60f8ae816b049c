//! Every ImageStreamTag of the central CI registry: who makes it exist, and who names it.

mod near;
mod providers;
mod references;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;
use regex::{Regex, RegexSet};

use super::mirroring::Mirroring;
use crate::finding::Place;
use crate::model::File;
use crate::model::conventions::Registries;
use crate::syntax::reference::{ImageStreamTag, Reference};

pub use near::Near;
pub use references::{Naming, Referrer};

/// Providers and references, by ImageStreamTag.
#[derive(Debug, Default)]
pub struct Images {
    namespaces: BTreeMap<Box<str>, BTreeMap<Box<str>, Stream>>,
    /// Every place that names an ImageStreamTag, in order of files.
    pub references: Vec<Naming>,
    by_target: HashMap<ImageStreamTag, Vec<usize>>,
    outside: RegexSet,
    ungoverned: RegexSet,
}

/// One ImageStream.
#[derive(Debug, Default)]
pub struct Stream {
    /// Who provides each tag.
    pub tags: BTreeMap<Box<str>, Vec<Provider>>,
    /// Who provides tags that the checkout does not tell: a stream filled from outside, a mirrored
    /// repository, a wildcard.
    pub open: Vec<Provider>,
}

/// Whatever makes an ImageStreamTag exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// What it is.
    pub kind: ProviderKind,
    /// Whether it works.
    pub state: State,
    /// Where it stands.
    pub place: Place,
    /// Where its image comes from: a pull spec, or an ImageStreamTag.
    pub upstream: Option<Box<str>>,
}

/// The ways in which an ImageStreamTag comes to exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// Whoever provides tags that the checkout does not tell. A manifest without tags only declares
    /// the stream where something else in the checkout provides tags of it.
    fn filled_from_elsewhere(&self) -> Option<&Provider> {
        let is_declared_for_others = !self.tags.is_empty();
        self.open.iter().find(|provider| {
            !(is_declared_for_others
                && provider.kind == ProviderKind::ImageStream
                && provider.upstream.is_none())
        })
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It does.
    Live,
    /// The image is optional: built only when something needs it, never published.
    Optional,
    /// The promotion is disabled, or nothing reads the mapping file.
    Disabled,
}

/// What is known about an ImageStreamTag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution<'i> {
    /// These provide it; the strongest kind first.
    Provided(&'i [Provider]),
    /// The stream is filled by one that does not tell its tags.
    Open(&'i Provider),
    /// It is published from outside the repository.
    Outside,
    /// Nothing provides it, and the promoted-image-governor is told to leave it alone: it may be
    /// filled from outside, or be a leftover.
    Ungoverned,
    /// Only disabled promotions and optional images would provide it.
    Weak(&'i [Provider]),
    /// Nothing does.
    Missing(Missing),
}

/// A [`Resolution`] in a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Somebody provides it.
    Provided,
    /// Its stream is open.
    Open,
    /// It comes from outside.
    Outside,
    /// The governor leaves it alone.
    Ungoverned,
    /// Only what is disabled or optional would provide it.
    Weak,
    /// Nobody provides it.
    #[default]
    Missing,
}

impl Resolution<'_> {
    /// The word for it.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self {
            Self::Provided(_) => Standing::Provided,
            Self::Open(_) => Standing::Open,
            Self::Outside => Standing::Outside,
            Self::Ungoverned => Standing::Ungoverned,
            Self::Weak(_) => Standing::Weak,
            Self::Missing(_) => Standing::Missing,
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

impl Images {
    /// Joins all files.
    pub(super) fn join(
        files: &[Arc<File>],
        mirroring: &Mirroring,
        registries: &Registries,
        external: &[Regex],
    ) -> Self {
        let provide = || {
            let mut images = Self {
                outside: providers::outside(files, registries, external),
                ungoverned: providers::ungoverned(files),
                ..Self::default()
            };
            providers::add_all(&mut images, files, mirroring, registries);
            images
        };
        let refer = || {
            let references = references::gather(files, mirroring, registries);
            let mut by_target: HashMap<ImageStreamTag, Vec<usize>> = HashMap::new();
            for (number, reference) in references.iter().enumerate() {
                match by_target.get_mut(&reference.target) {
                    Some(users) => users.push(number),
                    None => {
                        by_target.insert(reference.target.clone(), vec![number]);
                    }
                }
            }
            (references, by_target)
        };
        let (mut images, (references, by_target)) = rayon::join(provide, refer);
        images.references = references;
        images.by_target = by_target;
        images.judge_references();
        images
    }

    /// Many name the same image, so each is judged once.
    fn judge_references(&mut self) {
        let standings: Vec<(&ImageStreamTag, Standing)> = self
            .by_target
            .par_iter()
            .map(|(target, _)| (target, self.resolve(target).standing()))
            .collect();
        for (target, standing) in standings {
            for &user in self.by_target.get(target).into_iter().flatten() {
                if let Some(reference) = self.references.get_mut(user) {
                    reference.standing = standing;
                }
            }
        }
    }

    /// The streams, by namespace and name.
    pub fn streams(&self) -> impl Iterator<Item = (&str, &str, &Stream)> {
        self.namespaces.iter().flat_map(|(namespace, streams)| {
            streams
                .iter()
                .map(move |(name, stream)| (&**namespace, &**name, stream))
        })
    }

    /// One stream.
    #[must_use]
    pub fn stream(&self, namespace: &str, name: &str) -> Option<&Stream> {
        self.namespaces.get(namespace)?.get(name)
    }

    /// Whether something is provided in the namespace.
    #[must_use]
    pub fn has_namespace(&self, namespace: &str) -> bool {
        self.namespaces.contains_key(namespace)
    }

    /// Everybody who provides the tag, strong or weak.
    #[must_use]
    pub fn providers(&self, tag: &ImageStreamTag) -> &[Provider] {
        self.stream(tag.namespace(), tag.name())
            .and_then(|stream| stream.tags.get(tag.tag()))
            .map_or(&[], Vec::as_slice)
    }

    /// Everybody who names the tag, in order of files.
    pub fn users(&self, tag: &ImageStreamTag) -> impl Iterator<Item = &Naming> {
        self.by_target
            .get(tag)
            .into_iter()
            .flatten()
            .map(|&number| &self.references[number])
    }

    /// Whether the tag is, or may be, published from outside the repository.
    #[must_use]
    pub fn is_outside(&self, tag: &ImageStreamTag) -> bool {
        self.outside.is_match(tag.as_str()) || self.ungoverned.is_match(tag.as_str())
    }

    /// Who provides the tag.
    #[must_use]
    pub fn resolve(&self, tag: &ImageStreamTag) -> Resolution<'_> {
        let providers = self.providers(tag);
        if providers
            .iter()
            .any(|provider| provider.state == State::Live)
        {
            return Resolution::Provided(providers);
        }
        if self.outside.is_match(tag.as_str()) {
            return Resolution::Outside;
        }
        let stream = self.stream(tag.namespace(), tag.name());
        if let Some(open) = stream.and_then(Stream::filled_from_elsewhere) {
            return Resolution::Open(open);
        }
        if self.ungoverned.is_match(tag.as_str()) {
            return Resolution::Ungoverned;
        }
        if !providers.is_empty() {
            return Resolution::Weak(providers);
        }
        Resolution::Missing(match stream {
            Some(_) => Missing::Tag,
            None if self.has_namespace(tag.namespace()) => Missing::Stream,
            None => Missing::Namespace,
        })
    }

    /// [`Images::resolve`] in a word; known beforehand for what is named somewhere.
    #[must_use]
    pub fn standing(&self, tag: &ImageStreamTag) -> Standing {
        match self.users(tag).next() {
            Some(naming) => naming.standing,
            None => self.resolve(tag).standing(),
        }
    }

    /// Whether somebody provides the tag, or may.
    #[must_use]
    pub fn is_provided(&self, tag: &ImageStreamTag) -> bool {
        matches!(
            self.resolve(tag),
            Resolution::Provided(_)
                | Resolution::Open(_)
                | Resolution::Outside
                | Resolution::Ungoverned
        )
    }

    fn stream_mut(&mut self, namespace: &str, name: &str) -> &mut Stream {
        // Looking up before inserting spares a copy of the names for each of many tags.
        if !self.namespaces.contains_key(namespace) {
            self.namespaces.insert(namespace.into(), BTreeMap::new());
        }
        let streams = self.namespaces.entry(namespace.into()).or_default();
        if !streams.contains_key(name) {
            streams.insert(name.into(), Stream::default());
        }
        streams.entry(name.into()).or_default()
    }

    fn provide(&mut self, tag: &ImageStreamTag, provider: Provider) {
        let stream = self.stream_mut(tag.namespace(), tag.name());
        let providers = stream.tags.entry(tag.tag().into()).or_default();
        // Live ones first, so that the first speaks for all.
        let at = providers.partition_point(|other| other.state <= provider.state);
        providers.insert(at, provider);
    }
}

/// The ImageStreamTag of the central registry that a pull spec means, whichever way it is written.
/// A pull spec without a tag means `latest`.
#[must_use]
pub fn central_tag(reference: &Reference, registries: &Registries) -> Option<ImageStreamTag> {
    if let Some(tag) = ImageStreamTag::from_qci(reference, &registries.qci) {
        return Some(tag);
    }
    let host = reference.host.as_deref()?;
    if !registries.central.iter().any(|central| central == host) {
        return None;
    }
    if reference.tag.is_none() && reference.digest.is_none() {
        let (namespace, name) = reference.namespace_and_name()?;
        return ImageStreamTag::new(namespace, name, "latest").ok();
    }
    reference.image_stream_tag()
}

/// How many references are resolved by what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// References of ci-operator configs and the step registry.
    pub references: usize,
    /// How many of them each kind of provider resolves, and `outside`, `open stream`, `disabled or
    /// optional`, `unresolved`.
    pub resolved: BTreeMap<&'static str, usize>,
}

impl Images {
    /// Counts the references of ci-operator configs and the step registry by what resolves them.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for reference in &self.references {
            if !matches!(
                reference.referrer,
                Referrer::Config(_) | Referrer::RegistryStep
            ) {
                continue;
            }
            summary.references += 1;
            let by = match self.resolve(&reference.target) {
                Resolution::Provided(providers) => providers
                    .iter()
                    .filter(|provider| provider.state == State::Live)
                    .map(|provider| provider.kind)
                    .min()
                    .map_or("unresolved", ProviderKind::as_str),
                Resolution::Open(_) => "open stream",
                Resolution::Outside => "outside the repository",
                Resolution::Ungoverned => "left alone by the governor",
                Resolution::Weak(_) => "disabled or optional",
                Resolution::Missing(_) => "unresolved",
            };
            *summary.resolved.entry(by).or_default() += 1;
        }
        summary
    }
}
