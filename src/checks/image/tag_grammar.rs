//! Streams that are filled from outside by a team whose tags follow a grammar.

use regex::Regex;
use serde::Deserialize;

use super::near_miss;
use crate::checkout::Checkout;
use crate::checkout::images::{ImageUse, Near, ResolutionKind};
use crate::checks::{Drafts, params};
use crate::finding::Draft;

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
        let images = &checkout.images;
        let near_misses = images.near_misses();
        for (target, named) in
            images.named_where(|resolution| resolution != ResolutionKind::Provided)
        {
            let grammar = self.streams.iter().find(|grammar| {
                grammar.stream.split_once('/') == Some((target.namespace(), target.name()))
            });
            let Some(grammar) = grammar else {
                continue;
            };
            let fits = grammar.tag.is_match(target.tag())
                && !grammar
                    .but_not
                    .as_ref()
                    .is_some_and(|not| not.is_match(target.tag()));
            if !fits {
                let near = near_misses.of(target);
                let users = named.users.iter();
                drafts.extend(users.map(|image_use| grammar.draft(image_use, &near)));
            }
        }
    }
}

impl Grammar {
    fn draft(&self, image_use: &ImageUse, near: &[Near]) -> Draft {
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
        .follows_from(super::lost(target))
    }
}
