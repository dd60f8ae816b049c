//! `build-output`: a tag that a build cannot write.

use super::{Located, builds};
use crate::checkout::Checkout;
use crate::checkout::images::{ProviderKind, Stream};
use crate::checks::Drafts;
use crate::finding::{Draft, Fix, Severity};
use crate::model::Text;
use crate::model::manifest::images::BuildConfig;
use crate::syntax::likeness::{Effort, closest};

/// A stream is taken for another one misspelled so many edits away.
const MOST_SLIPS: usize = 2;

pub(super) fn check(checkout: &Checkout, drafts: &mut Drafts) {
    let effort = Effort::default();
    for build in builds(checkout) {
        let output = build.item.output.as_ref();
        let name = output.and_then(|output| output.name.as_ref());
        if let Some(name) = name.filter(|name| !build.is_templated(name)) {
            let draft =
                untagged(&build, name).or_else(|| homeless(checkout, &build, name, &effort));
            drafts.extend(draft);
        }
    }
}

/// An ImageStreamTag without a tag.
fn untagged(build: &Located<'_, BuildConfig>, name: &Text) -> Option<Draft> {
    let kind = build.item.output.as_ref()?.kind.as_ref()?;
    if &*kind.value != "ImageStreamTag" || name.value.contains(':') {
        return None;
    }
    let message = format!("the output `{}` of the build names no tag", name.value);
    let draft = Draft::new(build.place(name.span), build.object(), message);
    Some(draft.help(format!(
        "the BuildConfig is refused: an ImageStreamTag is `name:tag`; write `{}:latest`, or the tag \
         that is meant",
        name.value
    )))
}

/// An ImageStreamTag of a stream that nothing makes, and that is spelt nearly like one which something does.
fn homeless(
    checkout: &Checkout,
    build: &Located<'_, BuildConfig>,
    name: &Text,
    effort: &Effort,
) -> Option<Draft> {
    let output = build.item.output.as_ref()?;
    let tag = build.target(output, &checkout.conventions.registries)?;
    let images = checkout.images();
    let own = images.stream(tag.namespace(), tag.name());
    if own.is_some_and(|own| is_made(own)) {
        return None;
    }
    let known = images.streams_of(tag.namespace());
    let known = known.filter(|(_, stream)| is_made(stream));
    let limit = (tag.name().len() / 4).clamp(1, MOST_SLIPS);
    let near = closest(
        tag.name(),
        known.map(|(name, _)| (name, name)),
        limit,
        effort,
    )?;
    let place = build.place(name.span);
    let message = format!(
        "there is no ImageStream `{}` for the build to write to",
        tag.stream()
    );
    let right = format!("{near}:{}", tag.tag());
    let draft = Draft::new(place.clone(), build.object(), message)
        .severity(Severity::Warning)
        .help(format!(
            "the build waits for it for ever; add the ImageStream, or did you mean `{right}`?"
        ));
    Some(draft.alternatives(Fix::alternative(place, &right)))
}

/// Whether something beside builds makes the stream.
fn is_made(stream: &Stream) -> bool {
    let providers = stream.tags.values().flatten().chain(&stream.open);
    let mut others = providers.filter(|provider| provider.kind != ProviderKind::BuildConfig);
    others.next().is_some() || !stream.commits.is_empty()
}
