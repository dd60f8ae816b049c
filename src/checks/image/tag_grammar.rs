//! Streams that are filled from outside by a team whose tags follow a grammar.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;

use super::near_miss;
use super::provider_removed::After;
use crate::checkout::Checkout;
use crate::checkout::images::{ImageUse, Near, Provider, ResolutionKind};
use crate::checks::removed_line::removed_line;
use crate::checks::unparsed::MayProvide;
use crate::checks::{Drafts, StillBroken, params};
use crate::finding::{Draft, Finding, Place};
use crate::syntax::reference::ImageStreamTag;
use crate::tree::RepoPath;

/// Parameters of the mechanism `tag-grammar`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct TagGrammar {
    /// What tags look like, by stream.
    streams: Vec<Grammar>,
}

/// The tags that a stream can have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grammar {
    /// `namespace/name`.
    stream: String,
    /// What a tag looks like.
    #[serde(deserialize_with = "params::pattern")]
    tag: Regex,
    /// What it does not look like all the same.
    #[serde(default, deserialize_with = "params::maybe_pattern")]
    but_not: Option<Regex>,
    /// An example, for the message.
    example: String,
}

impl TagGrammar {
    /// Adds a finding for each tag that is not provided and cannot be.
    pub(in crate::checks) fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let near_misses = checkout.images().near_misses();
        let may_provide = MayProvide::of(checkout);
        for (grammar, target, users) in self.impossible(checkout) {
            let near = near_misses.of(target);
            let found = users.iter().map(|image_use| {
                let draft = grammar.draft(checkout, image_use, &near);
                may_provide.explain(draft, target)
            });
            drafts.extend(found);
        }
    }

    /// Adds a finding for each file that provided such tags and does not any more.
    pub(in crate::checks) fn run_on_change(
        &self,
        base: &Checkout,
        result: &Checkout,
        drafts: &mut Drafts,
    ) {
        let mut by_file: BTreeMap<&RepoPath, Vec<(&ImageStreamTag, &Provider)>> = BTreeMap::new();
        let mut references = BTreeMap::new();
        for (_, target, users) in self.impossible(result) {
            let stream = base.images().stream(target.namespace(), target.name());
            let providers = stream.and_then(|stream| stream.tags.get(target.tag()));
            let Some(provider) = providers.and_then(|providers| providers.first()) else {
                continue;
            };
            let path = &provider.place.path;
            by_file.entry(path).or_default().push((target, provider));
            *references.entry(path).or_default() += users.len();
        }
        let after = After::new(base, result);
        for (path, mut lost) in by_file {
            lost.sort_by_key(|(tag, _)| *tag);
            drafts.extend(no_more(&after, path, &lost, references[path]));
        }
    }

    /// Tags that are named and cannot be, each with those who name it.
    fn impossible<'c>(
        &self,
        checkout: &'c Checkout,
    ) -> impl Iterator<Item = (&Grammar, &'c ImageStreamTag, &'c [ImageUse])> {
        let images = checkout.images();
        let named = images.named_where(|resolution| resolution != ResolutionKind::Provided);
        let named = named.into_iter();
        let named = named.filter(|(target, _)| !checkout.known().has(target));
        named.filter_map(|(target, named)| {
            let grammar = self.streams.iter().find(|grammar| {
                grammar.stream.split_once('/') == Some((target.namespace(), target.name()))
            })?;
            let fits = grammar.tag.is_match(target.tag())
                && !grammar
                    .but_not
                    .as_ref()
                    .is_some_and(|not| not.is_match(target.tag()));
            (!fits).then_some((grammar, target, &*named.users))
        })
    }
}

/// Whether tags that nobody else can provide are still not provided and still named.
pub(in crate::checks) fn still_broken(finding: &Finding, _: &Checkout) -> StillBroken {
    let lost: Vec<_> = super::lost_by(finding).collect();
    Box::new(move |checkout| {
        let images = checkout.images();
        lost.iter().any(|tag| {
            let is_provided = images.resolve(tag).kind() == ResolutionKind::Provided;
            !is_provided && !images.users(tag).is_empty()
        })
    })
}

/// What the file at `path` provided before the change.
fn no_more(
    after: &After<'_>,
    path: &RepoPath,
    lost: &[(&ImageStreamTag, &Provider)],
    references: usize,
) -> Option<Draft> {
    let (first, provider) = lost.first()?;
    let what = match lost.len() {
        1 => format!("`{first}` is"),
        count => format!("`{first}` and {} more tags are", count - 1),
    };
    let place = removed_line(after.base, after.result, &provider.place)
        .unwrap_or_else(|| Place::whole_file(path));
    let message = format!(
        "{what} not provided by `{path}` any more, and cannot be by anybody else, but named {references} times"
    );
    let draft = Draft::new(place, format!("tags of {path}"), message)
        .help(
            "ART fills the rest of the stream, and calls no tag so; put back what this change took \
             away, or let those who name it take another one",
        )
        .follows_from(super::stopped(path));
    Some(
        lost.iter()
            .fold(draft, |draft, (tag, _)| draft.explains(super::lost(tag))),
    )
}

impl Grammar {
    fn draft(&self, checkout: &Checkout, image_use: &ImageUse, near: &[Near]) -> Draft {
        let target = &image_use.target;
        let offered = if near.is_empty() {
            String::new()
        } else {
            format!("; {}", near_miss::advice(near))
        };
        Draft::new(
            image_use.tag_place(),
            format!("{} {target}", image_use.key.as_deref().unwrap_or_default()),
            format!(
                "`{target}` cannot exist: no tag of `{}` is called like `{}`",
                self.stream,
                target.tag()
            ),
        )
        .help(format!(
            "tags of this stream look like `{}`{offered}",
            self.example
        ))
        .alternatives(near_miss::alternatives(checkout, image_use, near))
        .follows_from(super::lost(target))
        .explains(super::impossible(target))
    }
}
