//! ImageStreamTags that are written by two providers.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Check, Drafts};
use crate::checkout::Checkout;
use crate::checkout::images::{Provider, ProviderKind, State};
use crate::finding::{Draft, MAX_RELATED};
use crate::syntax::reference::ImageStreamTag;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderDuplicate {
    /// The kinds of providers of which two are one too many.
    between: Vec<Kind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Promotion,
    Supplemental,
    Mapping,
}

impl Kind {
    fn is(self, provider: &Provider) -> bool {
        provider.state == State::Live
            && match self {
                Self::Promotion => provider.kind == ProviderKind::Promotion,
                Self::Supplemental => provider.kind == ProviderKind::Supplemental,
                Self::Mapping => provider.kind == ProviderKind::Mapping,
            }
    }
}

impl Check for ProviderDuplicate {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for (namespace, name, stream) in checkout.images.streams() {
            for (tag, providers) in &stream.tags {
                if providers.len() < 2 {
                    continue;
                }
                let ours: Vec<&Provider> = providers
                    .iter()
                    .filter(|provider| self.between.iter().any(|kind| kind.is(provider)))
                    .collect();
                if self.clash(&ours)
                    && let Ok(tag) = ImageStreamTag::new(namespace, name, tag)
                {
                    report(&tag, &ours, drafts);
                }
            }
        }
    }
}

impl ProviderDuplicate {
    /// Promotions of two configs, or providers of two kinds. Two mapping files are the business of
    /// `mapping-duplicate-destination`, one key twice that of `duplicate-key`.
    fn clash(&self, providers: &[&Provider]) -> bool {
        let files: BTreeSet<_> = providers.iter().map(|p| &p.place.path).collect();
        let kinds: BTreeSet<ProviderKind> = providers.iter().map(|p| p.kind).collect();
        let promotions = providers
            .iter()
            .filter(|p| p.kind == ProviderKind::Promotion)
            .count();
        files.len() > 1 && (kinds.len() > 1 || promotions > 1)
    }
}

fn report(tag: &ImageStreamTag, providers: &[&Provider], drafts: &mut Drafts) {
    for provider in providers {
        let mut draft = Draft::new(
            provider.place.clone(),
            tag.to_string(),
            format!("`{tag}` is also written by {}", others(provider, providers)),
        )
        .help(
            "whichever runs last wins, so users get one image or the other; publish them under \
             different names, or drop one",
        );
        for other in providers
            .iter()
            .filter(|other| other.place != provider.place)
            .take(MAX_RELATED)
        {
            draft = draft.related(
                other.place.clone(),
                format!("written by this {}", other.kind.as_str()),
            );
        }
        drafts.push(draft);
    }
}

fn others(provider: &Provider, providers: &[&Provider]) -> String {
    let others: Vec<&&Provider> = providers
        .iter()
        .filter(|p| p.place != provider.place)
        .collect();
    match others.as_slice() {
        [one] => format!("a {} in `{}`", one.kind.as_str(), one.place.path),
        many => format!("{} others", many.len()),
    }
}
