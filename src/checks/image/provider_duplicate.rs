//! ImageStreamTags that are written by two providers.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::images::{Provider, ProviderKind, State, Store};
use crate::checkout::mirroring::MirrorJob;
use crate::checks::copied::one_of_those_between;
use crate::checks::mapping::joined::joined_at;
use crate::checks::{Drafts, mapping, unparsed};
use crate::finding::{Draft, Place};
use crate::limits::MAX_RELATED;
use crate::model::FileKind;
use crate::syntax::reference::ImageStreamTag;
use crate::tree::RepoPath;

/// Parameters of `image-provider-duplicate`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderDuplicate {
    /// The kinds of providers of which two are one too many.
    between: Vec<ProviderKind>,
}

impl ProviderDuplicate {
    /// `image-provider-duplicate`: an ImageStreamTag that is written from two sources.
    pub(super) fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let unparsed = unparsed::of_kinds(checkout, &[FileKind::ProwJobs]);
        for (namespace, name, stream) in checkout.images().streams() {
            for (tag, providers) in &stream.tags {
                if providers.len() < 2 {
                    continue;
                }
                let Ok(tag) = ImageStreamTag::new(namespace, name, tag) else {
                    continue;
                };
                let clash = [Store::Qci, Store::AppCi]
                    .into_iter()
                    .map(|store| self.writers(store, &tag, providers))
                    .find(|writers| clash(writers));
                if let Some(writers) = clash {
                    let draft = |draft| explained(checkout, &writers, &unparsed, draft);
                    drafts.extend(report(&tag, &writers).into_iter().map(draft));
                }
            }
        }
    }

    /// Those who write `tag` into `store`, less those who copy the image of the same name from the
    /// other store.
    fn writers<'p>(
        &self,
        store: Store,
        tag: &ImageStreamTag,
        providers: &'p [Provider],
    ) -> Vec<&'p Provider> {
        let ours = providers.iter().filter(|provider| {
            provider.stores.contains(&store)
                && provider.copies.as_ref() != Some(tag)
                && provider.state == State::Live
                && self.between.contains(&provider.kind)
        });
        ours.collect()
    }
}

/// Whether those who write a tag do so from different sources: promotions of two configs, or
/// providers of two kinds. Two mapping files are the business of `mapping-duplicate-destination`,
/// one key twice that of `duplicate-key`, a supplemental image that takes a promoted tag that of
/// `supplemental-image-overwrites-promotion`.
fn clash(writers: &[&Provider]) -> bool {
    let files: BTreeSet<_> = writers.iter().map(|p| &p.place.path).collect();
    let kinds: BTreeSet<ProviderKind> = writers.iter().map(|p| p.kind).collect();
    let is_promotion = |writer: &&&Provider| writer.kind == ProviderKind::Promotion;
    let promotions = writers.iter().filter(is_promotion).count();
    let is_supplemental = |kind: &ProviderKind| *kind == ProviderKind::Supplemental;
    let takes_promoted = promotions == 1 && kinds.len() == 2 && kinds.iter().any(is_supplemental);
    let sources: BTreeSet<_> = writers.iter().map(|writer| source(writer)).collect();
    files.len() > 1 && sources.len() > 1 && (kinds.len() > 1 || promotions > 1) && !takes_promoted
}

/// Where an image comes from: the image of a store, however it is written, another pull spec, or
/// the place that builds it.
fn source(writer: &Provider) -> (Option<&str>, Option<&Place>) {
    let copied = writer.copies.as_ref().map(ImageStreamTag::as_str);
    match copied.or(writer.upstream.as_deref()) {
        Some(upstream) => (Some(upstream), None),
        None => (None, Some(&writer.place)),
    }
}

/// Those who write a tag from other places than one.
struct Others<'p> {
    count: usize,
    /// As many as one finding names.
    first: Vec<&'p Provider>,
}

impl<'p> Others<'p> {
    /// By the place that they are others to. All who write from one place have the same: to look
    /// for them once each takes no longer than there are providers.
    fn by_place(providers: &[&'p Provider]) -> BTreeMap<&'p Place, Self> {
        let mut at_place: BTreeMap<&Place, usize> = BTreeMap::new();
        for provider in providers {
            *at_place.entry(&provider.place).or_default() += 1;
        }
        let others = at_place.into_iter().map(|(place, own)| {
            let others = providers.iter().filter(|other| other.place != *place);
            let others = Self {
                count: providers.len() - own,
                first: others.take(MAX_RELATED).copied().collect(),
            };
            (place, others)
        });
        others.collect()
    }

    /// The files of those that a finding names, but for the one at `own`.
    fn files(&self, own: &RepoPath) -> impl Iterator<Item = &'p RepoPath> {
        let files = self.first.iter().map(|other| &other.place.path);
        files.filter(move |path| *path != own)
    }

    /// Who they are.
    fn said(&self) -> String {
        match (self.count, self.first.first()) {
            (1, Some(one)) => format!("a {} in `{}`", one.kind.as_str(), one.place.path),
            (count, _) => format!("{count} others"),
        }
    }
}

/// `draft` follows from whatever lets a job read a mapping file among the writers that is not meant for
/// it, from a file of jobs that does not tell who reads it, and from two lines of it that became one.
fn explained(
    checkout: &Checkout,
    writers: &[&Provider],
    unparsed: &[String],
    mut draft: Draft,
) -> Draft {
    let mirroring = checkout.mirroring();
    let mappings = writers.iter().filter(|w| w.kind == ProviderKind::Mapping);
    for writer in mappings.take(MAX_RELATED) {
        let Some(file) = mirroring.file(&writer.place.path) else {
            continue;
        };
        draft = draft.follows_from(joined_at(&writer.place));
        if file.readers.is_empty() {
            draft = draft.follows_from_any(unparsed.iter().cloned());
        }
        let jobs = file
            .readers
            .iter()
            .map(|reader| &mirroring.jobs[reader.job]);
        let is_own = |job: &MirrorJob| job.area() == file.set.as_deref();
        if !jobs.clone().any(is_own) {
            draft = draft.follows_from_any(jobs.map(mapping::intrudes));
        }
    }
    draft
}

fn report(tag: &ImageStreamTag, providers: &[&Provider]) -> Vec<Draft> {
    let others = Others::by_place(providers);
    let files: BTreeSet<_> = providers.iter().map(|p| &p.place.path).collect();
    let kinds: BTreeSet<ProviderKind> = providers.iter().map(|provider| provider.kind).collect();
    let sides = if kinds.contains(&ProviderKind::Mapping) {
        "; a mapping line is `SRC DST`: where it was to publish the image, the two are swapped, or a \
         line break is missing"
    } else {
        ""
    };
    let mut drafts = Vec::with_capacity(providers.len());
    for provider in providers {
        let others = &others[&provider.place];
        let mut draft = Draft::new(
            provider.place.clone(),
            tag.to_string(),
            format!("`{tag}` is also written by {}", others.said()),
        )
        .help(format!(
            "whichever runs last wins, so users get one image or the other; publish them under \
             different names, or drop one{sides}",
        ))
        .related_total(others.count)
        .follows_from(super::dropped(&provider.place.path))
        .follows_from_any(
            others
                .first
                .iter()
                .map(|other| super::dropped(&other.place.path)),
        )
        .affects(others.files(&provider.place.path));
        for other in &others.first {
            draft = draft.related(
                other.place.clone(),
                format!("written by this {}", other.kind.as_str()),
            );
        }
        let files = files.iter().copied();
        drafts.push(one_of_those_between(files, "two writers", draft).one_end());
    }
    drafts
}
