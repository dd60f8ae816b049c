//! What could have been meant by an ImageStreamTag that nobody provides.

use super::{Images, Provider, State, Streams};
use crate::syntax::likeness::distance_within;
use crate::syntax::reference::ImageStreamTag;

/// Names compared for each question: a hostile tree must not make every question search it all.
const MAX_COMPARED: usize = 20_000;

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
    /// What is provided.
    pub tag: ImageStreamTag,
}

impl Images {
    /// The closest ImageStreamTags that are provided, closest first, at most three.
    #[must_use]
    pub fn near(&self, wanted: &ImageStreamTag) -> Vec<Near> {
        let mut found: Vec<Near> = Vec::new();
        let mut offer = |distance: usize, namespace: &str, name: &str, tag: &str| {
            if let Ok(tag) = ImageStreamTag::new(namespace, name, tag)
                && tag != *wanted
            {
                found.push(Near { distance, tag });
            }
        };
        let (namespace, name, tag) = (wanted.namespace(), wanted.name(), wanted.tag());
        // Name and tag exchanged.
        let streams = self.namespaces.get(namespace);
        if streams.is_some_and(|streams| has_live(streams, tag, name)) {
            offer(1, namespace, tag, name);
        }
        // Another tag of the stream.
        if let Some(stream) = self.stream(namespace, name) {
            for (other, providers) in stream.tags.iter().take(MAX_COMPARED) {
                if is_live(providers)
                    && let Some(distance) = distance(tag, other)
                {
                    offer(distance, namespace, name, other);
                }
            }
        }
        // Another stream of the namespace: misspelled, or another version.
        let streams = streams.into_iter().flat_map(|streams| streams.iter());
        for (other, stream) in streams.take(MAX_COMPARED) {
            if **other != *name
                && stream
                    .tags
                    .get(tag)
                    .is_some_and(|providers| is_live(providers))
                && let Some(distance) = distance(name, other)
            {
                offer(distance, namespace, other, tag);
            }
        }
        // Another namespace.
        for (other, streams) in &self.namespaces {
            if **other != *namespace && has_live(streams, name, tag) {
                offer(1, other, name, tag);
            }
        }
        found.sort();
        found.dedup_by(|a, b| a.tag == b.tag);
        found.truncate(MAX_OFFERED);
        found
    }
}

fn has_live(streams: &Streams, name: &str, tag: &str) -> bool {
    let stream = streams.get(name);
    let providers = stream.and_then(|stream| stream.tags.get(tag));
    providers.is_some_and(|providers| is_live(providers))
}

fn is_live(providers: &[Provider]) -> bool {
    providers.iter().any(|p| p.state == State::Live)
}

/// The number of edits between two names that look alike; none for names that do not.
fn distance(one: &str, other: &str) -> Option<usize> {
    let limit = if one.contains(other) || other.contains(one) {
        MAX_DISTANCE
    } else {
        MAX_DISTANCE.min(one.len().max(other.len()) / 3)
    };
    distance_within(one, other, limit)
}
