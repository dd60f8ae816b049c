//! What ci-operator configs publish: openshift/ci-tools `pkg/steps/release/promote.go`
//! `PromotedTagsWithRequiredImages`.

use super::providers::ProviderRecord;
use super::{Provider, ProviderKind, State, Store};
use crate::checkout::layout::Layout;
use crate::finding::Place;
use crate::model::File;
use crate::model::ci_operator::{CiConfig, PromotionTarget, Published};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;

/// Adds what `config` publishes in a checkout of this layout.
pub(super) fn of_config(
    file: &File,
    config: &CiConfig,
    layout: &Layout,
    records: &mut Vec<ProviderRecord>,
) {
    for target in config.targets(layout) {
        for published in &target.published {
            records.push(promoted(file, target, published));
            records.extend(by_commit(file, target, published));
        }
    }
    if config.builds_binaries && config.promotes && !config.build_cache_disabled {
        records.extend(build_cache(file, config));
    }
}

fn state(target: &PromotionTarget, published: &Published) -> State {
    match (target.disabled, published.optional) {
        (true, _) => State::Disabled,
        (false, true) => State::Optional,
        (false, false) => State::Live,
    }
}

fn promoted(file: &File, target: &PromotionTarget, published: &Published) -> ProviderRecord {
    let provider = Provider {
        kind: ProviderKind::Promotion,
        state: state(target, published),
        place: Place::new(&file.path, published.image),
        stores: Store::BOTH,
        upstream: None,
        copies: None,
    };
    ProviderRecord::tag(&published.tag, provider)
}

/// `namespace/<image>:<commit>`, whatever the target calls the image else.
fn by_commit(
    file: &File,
    target: &PromotionTarget,
    published: &Published,
) -> Option<ProviderRecord> {
    if !target.tag_by_commit || state(target, published) != State::Live {
        return None;
    }
    let provider = Provider {
        kind: ProviderKind::Promotion,
        state: State::Live,
        place: Place::new(&file.path, target.anchor()),
        stores: Store::BOTH,
        upstream: None,
        copies: None,
    };
    let (namespace, name) = (published.tag.namespace(), target.image_of(&published.tag));
    Some(ProviderRecord::commits(namespace, name, provider))
}

/// `build-cache/<org>-<repo>:<branch>[-<variant>]`.
fn build_cache(file: &File, config: &CiConfig) -> Option<ProviderRecord> {
    let metadata = &config.metadata;
    let (org, repo) = (metadata.org.as_ref()?, metadata.repo.as_ref()?);
    let branch = metadata.branch.as_ref()?;
    let name = format!("{}-{}", org.value, repo.value);
    let tag = match &metadata.variant {
        Some(variant) => format!("{}-{}", branch.value, variant.value),
        None => branch.value.to_string(),
    };
    let tag = ImageStreamTag::new("build-cache", &name, &tag).ok()?;
    let first = config.promotion.first();
    let anchor = first.map_or(Span::whole_file(), PromotionTarget::anchor);
    let provider = Provider {
        kind: ProviderKind::BuildCache,
        state: State::Live,
        place: Place::new(&file.path, anchor),
        stores: Store::BOTH,
        upstream: None,
        copies: None,
    };
    Some(ProviderRecord::tag(&tag, provider))
}
