//! `build-output`: a tag that a build cannot write.

use std::collections::HashMap;

use super::{Located, builds};
use crate::checkout::Checkout;
use crate::checkout::images::{ProviderKind, Stream};
use crate::checks::Drafts;
use crate::checks::image::misdirected;
use crate::finding::{Draft, Fix, Severity};
use crate::model::Text;
use crate::model::manifest::images::BuildConfig;
use crate::syntax::likeness::{Effort, closest, differ_in_number, slips};

/// The names of the streams of each namespace that something makes.
type Made<'c> = HashMap<String, Vec<&'c str>>;

/// A stream is taken for another one misspelled so many edits away.
const MOST_SLIPS: usize = 2;

pub(super) fn check(checkout: &Checkout, drafts: &mut Drafts) {
    let effort = Effort::default();
    let mut made = HashMap::new();
    for build in builds(checkout) {
        let output = build.item.output.as_ref();
        let name = output.and_then(|output| output.name.as_ref());
        let is_said = |name: &&Text| !name.value.is_empty() && !build.is_templated(name);
        if let Some(name) = name.filter(is_said) {
            let draft = untagged(&build, name);
            drafts.extend(draft.or_else(|| homeless(checkout, &build, name, &mut made, &effort)));
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
    let place = build.place(name.span);
    let latest = Fix::alternative(place.clone(), format!("{}:latest", name.value));
    let draft = Draft::new(place, build.object(), message).alternatives(latest);
    Some(draft.help(format!(
        "the BuildConfig is refused: an ImageStreamTag is `name:tag`; write `{}:latest`, or the tag \
         that is meant",
        name.value
    )))
}

/// An ImageStreamTag of a stream that nothing makes, and that is spelt nearly like one which something does.
fn homeless<'c>(
    checkout: &'c Checkout,
    build: &Located<'_, BuildConfig>,
    name: &Text,
    made: &mut Made<'c>,
    effort: &Effort,
) -> Option<Draft> {
    let output = build.item.output.as_ref()?;
    let tag = build.target(output, &checkout.conventions.registries)?;
    let images = checkout.images();
    let own = images.stream(tag.namespace(), tag.name());
    if own.is_some_and(|own| is_made(own)) {
        return None;
    }
    let known = made.entry(tag.namespace().to_owned()).or_insert_with(|| {
        let streams = images.streams_of(tag.namespace());
        let made = streams.filter(|(_, stream)| is_made(stream));
        made.map(|(name, _)| name).collect()
    });
    let limit = slips(tag.name(), MOST_SLIPS).max(1);
    let known = known.iter().map(|name| (*name, *name));
    let near = closest(tag.name(), known, limit, effort)?;
    // One for each version is no slip.
    if differ_in_number(near, tag.name()) {
        return None;
    }
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
    let draft = draft.explains(misdirected(&place.path));
    Some(draft.alternatives(Fix::alternative(place, &right)))
}

/// Whether something beside builds makes the stream.
fn is_made(stream: &Stream) -> bool {
    let providers = stream.tags.values().flatten().chain(&stream.open);
    let mut others = providers.filter(|provider| provider.kind != ProviderKind::BuildConfig);
    others.next().is_some() || !stream.commits.is_empty()
}
