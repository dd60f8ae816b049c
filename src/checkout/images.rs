//! Every ImageStreamTag of the central CI registry: who makes it exist, and who names it.

mod build;
mod ignored;
mod near;
mod outside;
mod promotions;
mod provider;
mod providers;
mod references;
mod release_mirrors;
mod resolution;
mod rewrite;
mod store;
mod summary;

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use regex::RegexSet;

use crate::syntax::reference::ImageStreamTag;
use outside::Outside;

pub(super) use build::Sources;
pub use near::{Near, NearMisses};
pub use provider::{Provider, ProviderKind, State, Stream};
pub(crate) use providers::named_by_manifest;
pub use references::{ImageUse, Referrer, Usage};
pub use resolution::{Missing, Resolution, ResolutionKind};
pub use rewrite::respelled;
pub use store::{Store, nameless_qci_tag, stored_image, stored_image_in};
pub use summary::Summary;

/// Providers and references, by ImageStreamTag. A copy shares all streams and references until one
/// of the two is changed.
#[derive(Clone, Debug, Default)]
pub struct Images {
    namespaces: BTreeMap<Box<str>, Arc<Streams>>,
    named: HashMap<ImageStreamTag, Arc<Named>>,
    outside: Outside,
    ungoverned: RegexSet,
    /// What steps of the registry run from or depend on.
    step_names: Arc<HashSet<Box<str>>>,
    /// The namespace that the release controller copies from.
    release: Arc<str>,
}

/// The streams of one namespace, by name.
type Streams = BTreeMap<Box<str>, Arc<Stream>>;

/// What is known of an ImageStreamTag that some file names.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Whether it is provided.
    pub resolution: ResolutionKind,
    /// Everybody who names it, in order of places.
    pub users: Vec<ImageUse>,
}

impl Images {
    /// The streams, by namespace and name.
    pub fn streams(&self) -> impl Iterator<Item = (&str, &str, &Arc<Stream>)> {
        self.namespaces.iter().flat_map(|(namespace, streams)| {
            streams
                .iter()
                .map(move |(name, stream)| (&**namespace, &**name, stream))
        })
    }

    /// The streams of one namespace, by name.
    pub fn streams_of(&self, namespace: &str) -> impl Iterator<Item = (&str, &Arc<Stream>)> {
        let streams = self.namespaces.get(namespace).into_iter();
        streams.flat_map(|streams| streams.iter().map(|(name, stream)| (&**name, stream)))
    }

    /// One stream.
    #[must_use]
    pub fn stream(&self, namespace: &str, name: &str) -> Option<&Arc<Stream>> {
        self.namespaces.get(namespace)?.get(name)
    }

    /// Every ImageStreamTag that some file names, in no order.
    pub fn named(&self) -> impl Iterator<Item = (&ImageStreamTag, &Named)> {
        self.named.iter().map(|(tag, named)| (tag, &**named))
    }

    /// Every ImageStreamTag that some file names and whose resolution is `wanted`, in order.
    pub fn named_where(
        &self,
        wanted: impl Fn(ResolutionKind) -> bool,
    ) -> Vec<(&ImageStreamTag, &Named)> {
        let mut named: Vec<_> = self
            .named()
            .filter(|(_, named)| wanted(named.resolution))
            .collect();
        named.sort_by_key(|(tag, _)| *tag);
        named
    }

    /// Every place that names an ImageStreamTag, in no order.
    pub fn references(&self) -> impl Iterator<Item = &ImageUse> {
        self.named.values().flat_map(|named| &named.users)
    }

    /// Whether something is provided in the namespace.
    #[must_use]
    pub fn has_namespace(&self, namespace: &str) -> bool {
        self.namespaces.contains_key(namespace)
    }

    /// All who provide the tag, those that work first.
    #[must_use]
    pub fn providers(&self, tag: &ImageStreamTag) -> &[Provider] {
        self.stream(tag.namespace(), tag.name())
            .and_then(|stream| stream.tags.get(tag.tag()))
            .map_or(&[], Vec::as_slice)
    }

    /// Everybody who names the tag, in order of places.
    #[must_use]
    pub fn users(&self, tag: &ImageStreamTag) -> &[ImageUse] {
        self.named.get(tag).map_or(&[], |named| &named.users)
    }

    /// Whether anything uses what is named there. Steps of the registry may use a base image by its
    /// name; which configs run which steps is not looked into.
    #[must_use]
    pub fn is_used(&self, image_use: &ImageUse) -> bool {
        match image_use.usage {
            Usage::Used => true,
            Usage::Unused => false,
            Usage::BySteps => {
                let key = image_use.key.as_deref();
                key.is_some_and(|key| self.step_names.contains(key))
            }
        }
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
        if self.outside.is_match(tag) {
            return Resolution::Outside;
        }
        let stream = self.stream(tag.namespace(), tag.name());
        if let Some(open) = stream.and_then(|stream| stream.filled_from_elsewhere(tag.tag())) {
            return Resolution::Open(open);
        }
        if self.ungoverned.is_match(tag.as_str()) {
            return Resolution::Ungoverned;
        }
        if !providers.is_empty() {
            return Resolution::Inactive(providers);
        }
        Resolution::Missing(match stream {
            Some(_) => Missing::Tag,
            None if self.has_namespace(tag.namespace()) => Missing::Stream,
            None => Missing::Namespace,
        })
    }

    /// Whether the tag is of those that are published from outside, or that the governor leaves alone,
    /// whatever the checkout itself provides.
    #[must_use]
    pub fn is_from_outside(&self, tag: &ImageStreamTag) -> bool {
        self.outside.is_match(tag) || self.ungoverned.is_match(tag.as_str())
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
}
