//! What is left after a change: which streams are still promoted, and what a file publishes now.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::checkout::Checkout;
use crate::checkout::images::{Images, Provider, ProviderKind, State};
use crate::syntax::reference::ImageStreamTag;
use crate::tree::RepoPath;

/// The result of the change, with what many lost images ask of the same stream or the same file.
pub(in crate::checks::image) struct After<'c> {
    pub(in crate::checks::image) base: &'c Checkout,
    pub(in crate::checks::image) result: &'c Checkout,
    /// Whether streams, by namespace and name, are still promoted.
    promoted: BTreeMap<(String, String), bool>,
    published: Option<HashMap<RepoPath, Published>>,
}

/// How many images that replace one its finding names.
pub(super) const MAX_REPLACEMENTS: usize = 3;

/// What a file publishes now and did not before.
#[derive(Default)]
struct Published {
    /// In order, as a message names them.
    names: Vec<String>,
    /// Which of them have a tag, and which are of a stream of a name: the first ones.
    by_tag: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl<'c> After<'c> {
    pub(in crate::checks::image) fn new(base: &'c Checkout, result: &'c Checkout) -> Self {
        Self {
            base,
            result,
            promoted: BTreeMap::new(),
            published: None,
        }
    }

    /// Whether some other tag of the stream is promoted, so that the governor looks after the
    /// stream.
    pub(super) fn is_still_promoted(&mut self, tag: &ImageStreamTag) -> bool {
        let images = self.result.images();
        let (namespace, name) = (tag.namespace(), tag.name());
        *self
            .promoted
            .entry((namespace.to_owned(), name.to_owned()))
            .or_insert_with(|| {
                images.stream(namespace, name).is_some_and(|stream| {
                    stream
                        .tags
                        .values()
                        .flatten()
                        .any(|p| p.kind == ProviderKind::Promotion && p.state == State::Live)
                })
            })
    }

    /// What the provider's file publishes now and did not before, where it is the same image or
    /// stream.
    pub(super) fn replacements(
        &mut self,
        tag: &ImageStreamTag,
        provider: &Provider,
    ) -> Vec<String> {
        let (base, result) = (self.base.images(), self.result.images());
        let published = self
            .published
            .get_or_insert_with(|| published(base, result));
        let Some(published) = published.get(&provider.place.path) else {
            return Vec::new();
        };
        let same_tag = published.by_tag.get(tag.tag());
        let same_name = published.by_name.get(tag.name());
        let alike: BTreeSet<usize> = same_tag
            .into_iter()
            .chain(same_name)
            .flatten()
            .copied()
            .collect();
        alike
            .into_iter()
            .take(MAX_REPLACEMENTS + 1) // one more tells that there are more
            .map(|at| published.names[at].clone())
            .collect()
    }
}

/// What each file publishes now and did not before.
fn published(base: &Images, result: &Images) -> HashMap<RepoPath, Published> {
    let mut published: HashMap<RepoPath, Published> = HashMap::new();
    for (namespace, name, stream) in result.streams() {
        let before = base.stream(namespace, name);
        if before.is_some_and(|before| Arc::ptr_eq(before, stream)) {
            continue; // not even touched
        }
        for (tag, providers) in &stream.tags {
            let is_new = before.is_none_or(|before| !before.tags.contains_key(tag));
            let live = providers.first().filter(|by| by.state == State::Live);
            if let Some(by) = live.filter(|_| is_new) {
                let of_file = published.entry(by.place.path.clone()).or_default();
                of_file.add(namespace, name, tag);
            }
        }
    }
    published
}

impl Published {
    fn add(&mut self, namespace: &str, name: &str, tag: &str) {
        let at = self.names.len();
        self.names.push(format!("`{namespace}/{name}:{tag}`"));
        for alike in [
            self.by_tag.entry(tag.to_owned()).or_default(),
            self.by_name.entry(name.to_owned()).or_default(),
        ] {
            if alike.len() <= MAX_REPLACEMENTS {
                alike.push(at);
            }
        }
    }
}
