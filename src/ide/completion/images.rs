//! The images that can be offered.

use std::collections::BTreeMap;

use super::{Completion, CompletionKind, completion};
use crate::checkout::Checkout;
use crate::checkout::images::{Provider, State};

/// Streams, by namespace and name, with what provides each tag.
pub(super) type KnownImages<'c> =
    BTreeMap<&'c str, BTreeMap<&'c str, BTreeMap<&'c str, &'static str>>>;

/// Every image that is provided, here or, as far as somebody names it, elsewhere.
pub(super) fn known_images(checkout: &Checkout) -> KnownImages<'_> {
    let images = checkout.images();
    let mut known: KnownImages<'_> = BTreeMap::new();
    for (namespace, name, stream) in images.streams() {
        let tags = known.entry(namespace).or_default().entry(name).or_default();
        tags.extend(
            stream
                .tags
                .iter()
                .map(|(tag, providers)| (&**tag, by(providers))),
        );
    }
    for (target, _) in images.named() {
        let has_it = known
            .get(target.namespace())
            .and_then(|streams| streams.get(target.name())?.get(target.tag()));
        if has_it.is_none() && images.is_provided(target) {
            let streams = known.entry(target.namespace()).or_default();
            let tags = streams.entry(target.name()).or_default();
            tags.insert(target.tag(), "provided from outside");
        }
    }
    known
}

/// Who provides a tag, in words.
fn by(providers: &[Provider]) -> &'static str {
    match providers.first() {
        Some(provider) if provider.state == State::Live => provider.kind.as_str(),
        Some(_) => "disabled or optional",
        None => "",
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The namespaces; only those with a stream of this name, where it is given and there are some.
pub(super) fn namespaces(images: &KnownImages<'_>, name: Option<&str>) -> Vec<Completion> {
    let with_name = |name: &str| images.values().any(|streams| streams.contains_key(name));
    let name = name.filter(|name| with_name(name));
    images
        .iter()
        .filter(|(_, streams)| name.is_none_or(|name| streams.contains_key(name)))
        .map(|(namespace, streams)| {
            let detail = count(streams.len(), "ImageStream");
            completion(namespace, CompletionKind::Namespace, detail)
        })
        .collect()
}

/// The streams of a namespace, or of all of them.
pub(super) fn names(images: &KnownImages<'_>, namespace: Option<&str>) -> Vec<Completion> {
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    for (own, streams) in images {
        if namespace.is_some_and(|namespace| namespace != *own) {
            continue;
        }
        for (name, tags) in streams {
            let detail = match namespace {
                Some(_) => count(tags.len(), "tag"),
                None => format!("in {own}"),
            };
            found.entry(name).or_insert(detail);
        }
    }
    let found = found.into_iter();
    found
        .map(|(name, detail)| completion(name, CompletionKind::Stream, detail))
        .collect()
}

pub(super) fn tags(images: &KnownImages<'_>, namespace: &str, name: &str) -> Vec<Completion> {
    let tags = images.get(namespace).and_then(|streams| streams.get(name));
    tags.into_iter()
        .flatten()
        .map(|(tag, by)| completion(tag, CompletionKind::Tag, *by))
        .collect()
}
