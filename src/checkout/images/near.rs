//! What could have been meant by an ImageStreamTag that nobody provides.

use std::cell::OnceCell;

use foldhash::HashMap;

use super::{Images, Provider, State};
use crate::syntax::likeness::{Effort, distance_within, version_gap};
use crate::syntax::reference::ImageStreamTag;

/// Looking a name up costs as much as comparing so many letters.
const LOOKUP: usize = 64;

/// Names that take more edits than this do not look alike.
const MAX_DISTANCE: usize = 6;

/// How many near misses are offered.
const MAX_OFFERED: usize = 3;

/// An ImageStreamTag that is provided and looks like the one asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Near {
    /// How unlike it is: edits, where one field differs; exchanged fields and another namespace
    /// count as one.
    pub distance: usize,
    /// How many versions lie between, where a number is all that differs.
    gap: u64,
    /// What is provided.
    pub tag: ImageStreamTag,
}

/// Finds near misses. The questions of one rule share one of these, and are asked in a fixed order:
/// see [`Effort`].
pub struct NearMisses<'i> {
    images: &'i Images,
    effort: Effort,
    /// The namespaces that have a stream of each name.
    namespaces: OnceCell<HashMap<&'i str, Vec<&'i str>>>,
}

impl Images {
    /// Gets ready to find near misses.
    #[must_use]
    pub fn near_misses(&self) -> NearMisses<'_> {
        NearMisses {
            images: self,
            effort: Effort::default(),
            namespaces: OnceCell::new(),
        }
    }
}

impl<'i> NearMisses<'i> {
    /// The closest ImageStreamTags that are provided, closest first, at most three.
    #[must_use]
    pub fn of(&self, wanted: &ImageStreamTag) -> Vec<Near> {
        let mut found: Vec<Near> = Vec::new();
        let mut offer = |distance: usize, namespace: &str, name: &str, tag: &str| {
            if let Ok(tag) = ImageStreamTag::new(namespace, name, tag)
                && tag != *wanted
            {
                // What is no other version is as far away as a neighbouring one.
                let gap = version_gap(wanted.as_str(), tag.as_str()).max(1);
                found.push(Near { distance, gap, tag });
            }
        };
        let (namespace, name, tag) = (wanted.namespace(), wanted.name(), wanted.tag());
        // Name and tag exchanged.
        if self.has_live(namespace, tag, name) {
            offer(1, namespace, tag, name);
        }
        // Another tag of the stream.
        if let Some(stream) = self.images.stream(namespace, name) {
            for (other, providers) in &stream.tags {
                if is_live(providers)
                    && let Some(distance) = self.distance(tag, other)
                {
                    offer(distance, namespace, name, other);
                }
            }
        }
        // Another stream of the namespace: misspelled, or another version.
        let streams = self.images.namespaces.get(namespace);
        let streams = streams.into_iter().flat_map(|streams| streams.iter());
        for (other, stream) in streams.take_while(|_| self.effort.spend(LOOKUP)) {
            if **other != *name
                && stream
                    .tags
                    .get(tag)
                    .is_some_and(|providers| is_live(providers))
                && let Some(distance) = self.distance(name, other)
            {
                offer(distance, namespace, other, tag);
            }
        }
        // Another namespace.
        let namespaces = self.namespaces_with(name).iter();
        for other in namespaces.take_while(|_| self.effort.spend(LOOKUP)) {
            if **other != *namespace && self.has_live(other, name, tag) {
                offer(1, other, name, tag);
            }
        }
        found.sort();
        found.dedup_by(|a, b| a.tag == b.tag);
        found.truncate(MAX_OFFERED);
        found
    }

    /// The streams that are provided and look most like this one, as `namespace/name`: at most three.
    #[must_use]
    pub fn of_stream(&self, namespace: &str, name: &str) -> Vec<String> {
        let wanted = format!("{namespace}/{name}");
        let mut found = Vec::new();
        for (other_namespace, other, _) in self.images.streams() {
            let distance = if other_namespace == namespace {
                self.distance(name, other)
            } else if other == name {
                Some(1)
            } else {
                None
            };
            if let Some(distance) = distance {
                let stream = format!("{other_namespace}/{other}");
                found.push((distance, version_gap(&wanted, &stream), stream));
            }
        }
        found.sort();
        found.truncate(MAX_OFFERED);
        found.into_iter().map(|(.., stream)| stream).collect()
    }

    fn namespaces_with(&self, name: &str) -> &[&'i str] {
        let namespaces = self.namespaces.get_or_init(|| {
            let mut namespaces: HashMap<&str, Vec<&str>> = HashMap::default();
            for (namespace, name, _) in self.images.streams() {
                namespaces.entry(name).or_default().push(namespace);
            }
            namespaces
        });
        namespaces.get(name).map_or(&[], Vec::as_slice)
    }

    fn has_live(&self, namespace: &str, name: &str, tag: &str) -> bool {
        let stream = self.images.stream(namespace, name);
        let providers = stream.and_then(|stream| stream.tags.get(tag));
        providers.is_some_and(|providers| is_live(providers))
    }

    /// The number of edits between two names that look alike; none for names that do not.
    fn distance(&self, one: &str, other: &str) -> Option<usize> {
        // A name that is a part of the other may be further away, but what is beyond all limits need
        // not be looked at.
        let may_be_part = one.len().abs_diff(other.len()) <= MAX_DISTANCE;
        let limit = if may_be_part && (one.contains(other) || other.contains(one)) {
            MAX_DISTANCE
        } else {
            MAX_DISTANCE.min(one.len().max(other.len()) / 3)
        };
        distance_within(one, other, limit, &self.effort)
    }
}

fn is_live(providers: &[Provider]) -> bool {
    providers.iter().any(|p| p.state == State::Live)
}
