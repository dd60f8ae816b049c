//! What is left after a change: which streams are still promoted, and what a file publishes now.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::checkout::Checkout;
use crate::checkout::images::{Provider, ProviderKind, State};
use crate::model::Statements;
use crate::syntax::reference::ImageStreamTag;
use crate::tree::RepoPath;

/// The result of the change, with what many lost images ask of the same stream or the same file.
pub(in crate::checks::image) struct After<'c> {
    pub(in crate::checks::image) base: &'c Checkout,
    pub(in crate::checks::image) result: &'c Checkout,
    /// Whether streams, by namespace and name, are still promoted.
    promoted: BTreeMap<(String, String), bool>,
    published: HashMap<RepoPath, Published>,
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
            published: HashMap::new(),
        }
    }

    /// Whether some other tag of the stream is promoted, so that the governor looks after the
    /// stream.
    pub(super) fn is_still_promoted(&mut self, tag: &ImageStreamTag) -> bool {
        let images = &self.result.images;
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
        let (base, result) = (self.base, self.result);
        let path = &provider.place.path;
        let published = self
            .published
            .entry(path.clone())
            .or_insert_with(|| Published::of(base, result, path));
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
            .take(MAX_REPLACEMENTS)
            .map(|at| published.names[at].clone())
            .collect()
    }
}

impl Published {
    fn of(base: &Checkout, result: &Checkout, path: &RepoPath) -> Self {
        let Some(Statements::CiConfig(config)) =
            result.file(path.as_str()).map(|file| &file.statements)
        else {
            return Self::default();
        };
        let mut new: Vec<(String, &ImageStreamTag)> = config
            .targets(&result.layout)
            .filter(|target| !target.disabled)
            .flat_map(|target| &target.published)
            .filter(|published| !published.optional)
            .map(|published| &published.tag)
            .filter(|tag| base.images.providers(tag).is_empty())
            .map(|tag| (format!("`{tag}`"), tag))
            .collect();
        new.sort();
        let mut published = Self::default();
        for (at, (name, tag)) in new.into_iter().enumerate() {
            published.names.push(name);
            let (by_tag, by_name) = (&mut published.by_tag, &mut published.by_name);
            for alike in [
                by_tag.entry(tag.tag().to_owned()).or_default(),
                by_name.entry(tag.name().to_owned()).or_default(),
            ] {
                if alike.len() < MAX_REPLACEMENTS {
                    alike.push(at);
                }
            }
        }
        published
    }
}
