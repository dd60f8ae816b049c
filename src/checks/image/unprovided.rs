//! References to ImageStreamTags that nobody provides.

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::near_miss;
use super::unusual::{FilledElsewhere, Unusual, is_misspelling};
use crate::checkout::Checkout;
use crate::checkout::images::{
    ImageUse, Images, Missing, Near, Provider, Referrer, Resolution, ResolutionKind, State,
};
use crate::checks::Drafts;
use crate::checks::mapping::generated::{Generated, abandoned};
use crate::checks::unparsed::MayProvide;
use crate::finding::{Applicability, Draft, Edit, Finding, Fix, Place, Severity};
use crate::model::File;
use crate::model::ci_operator::StreamReference;
use crate::syntax::likeness::Effort;
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::yaml::scalar_of;

/// `image-reference-unprovided`: what a ci-operator config or a step of the registry names.
pub(super) fn in_configs(checkout: &Checkout, drafts: &mut Drafts) {
    let is_config = |by| matches!(by, Referrer::Config(_) | Referrer::RegistryStep);
    unprovided(checkout, is_config, drafts);
}

/// `mapping-source-unprovided`: what a mapping file mirrors.
pub(super) fn in_mapping_files(checkout: &Checkout, drafts: &mut Drafts) {
    unprovided(checkout, |by| by == Referrer::Mapping, drafts);
}

/// What is named by those that `is_ours` picks.
fn unprovided(checkout: &Checkout, is_ours: impl Fn(Referrer) -> bool, drafts: &mut Drafts) {
    let images = checkout.images();
    let near_misses = images.near_misses();
    let elsewhere = FilledElsewhere::of(checkout);
    let may_provide = MayProvide::of(checkout);
    let generated = Generated::of(checkout);
    let effort = Effort::default();
    for (tag, named) in images.named_where(|resolution| resolution != ResolutionKind::Provided) {
        let ours = named.users.iter();
        let mut ours = ours
            .filter(|image_use| is_ours(image_use.referrer))
            .peekable();
        if ours.peek().is_none() || checkout.known().has(tag) {
            continue;
        }
        let linked = |draft: Draft, image_use: &ImageUse| {
            let draft = draft.follows_from(super::lost(tag));
            let draft = draft.follows_from(super::impossible(tag));
            // Where the namespace is wrong, the image's own name is not in doubt.
            match images.has_namespace(tag.namespace()) {
                true => draft.explains(super::unprovided_at(&image_use.place)),
                false => draft,
            }
        };
        match images.resolve(tag) {
            Resolution::Missing(what) => {
                let near = near_misses.of(tag);
                drafts.extend(ours.map(|image_use| {
                    let draft = linked(missing(checkout, image_use, what, &near), image_use);
                    let draft = may_provide.explain(draft, tag);
                    of_entry(draft, image_use, &generated)
                }));
            }
            Resolution::Inactive([first, ..]) => {
                drafts.extend(ours.map(|image_use| linked(inactive(image_use, first), image_use)));
            }
            _ if checkout.known().lacks(tag) => {
                let near = checkout.known().near(tag, &effort);
                let unlisted = |image_use| unlisted(images, image_use, &near);
                drafts.extend(ours.map(|image_use| linked(unlisted(image_use), image_use)));
            }
            resolution => {
                let unusual = elsewhere.unusual(images, tag);
                if unusual.is_none() && resolution != Resolution::Ungoverned {
                    continue;
                }
                let near = near_misses.of(tag);
                drafts.extend(ours.map(|image_use| {
                    let draft = match &unusual {
                        Some(unusual) => misspelt(checkout, image_use, unusual, &near),
                        None => ungoverned(checkout, image_use, &near),
                    };
                    linked(draft, image_use)
                }));
            }
        }
    }
}

/// `image-reference-unprovided`, of streams: one that a release is put together from, and of which
/// nothing is provided.
pub(super) fn streams(checkout: &Checkout, drafts: &mut Drafts) {
    let images = checkout.images();
    let near_misses = images.near_misses();
    let mut by_stream: HashMap<(&str, &str), Vec<(&File, &StreamReference)>> = HashMap::default();
    for (file, config) in checkout.ci_configs() {
        for stream in &config.streams {
            let (Some(namespace), Some(name)) = (&stream.namespace, &stream.name) else {
                continue;
            };
            let named = by_stream.entry((&namespace.value, &name.value));
            named.or_default().push((file, stream));
        }
    }
    let is_empty = |(namespace, name): &(&str, &str)| images.stream(namespace, name).is_none();
    by_stream.retain(|stream, _| is_empty(stream));
    // In a fixed order: what is like them is looked for as far as the effort goes.
    for ((namespace, name), named) in BTreeMap::from_iter(by_stream) {
        let near = near_misses.of_stream(namespace, name);
        let is_known = images.has_namespace(namespace);
        drafts.extend(named.into_iter().map(|(file, stream)| {
            let wrong = if is_known {
                &stream.name
            } else {
                &stream.namespace
            };
            let span = wrong.as_ref().map_or(stream.span, |wrong| wrong.span);
            let advice = match near.as_slice() {
                [] => "name a stream that something is published to".to_owned(),
                near => format!("there are images in `{}`", near.join("`, `")),
            };
            Draft::new(
                Place::new(&file.path, span),
                format!("stream {namespace}/{name}"),
                format!("nothing is provided in the ImageStream `{namespace}/{name}`"),
            )
            .help(format!(
                "the release cannot be put together from it; {advice}"
            ))
            .alternatives(other_streams(file, stream, &near))
            .one_of_many(format!("{} names stream {namespace}/{name}", file.path))
        }));
    }
}

/// The changes that name one of the streams that are called nearly so.
fn other_streams(file: &File, stream: &StreamReference, near: &[String]) -> Vec<Fix> {
    let (Some(namespace), Some(name)) = (&stream.namespace, &stream.name) else {
        return Vec::new();
    };
    let others = near.iter().filter_map(|near| {
        let (other_namespace, other_name) = near.split_once('/')?;
        let parts = [(namespace, other_namespace), (name, other_name)];
        let changed = parts.into_iter().filter(|(old, new)| *old.value != **new);
        let edits = changed.map(|(old, new)| Edit {
            place: Place::new(&file.path, old.span),
            text: scalar_of(new),
        });
        Some(Fix {
            applicability: Applicability::Unsafe,
            title: format!("change to `{near}`"),
            edits: edits.collect(),
            renames: Vec::new(),
        })
    });
    others.collect()
}

/// An image that others use already is there, whatever the checkout knows of it: of 22 such
/// findings in real merges the five false ones had other users in the base, the true ones none.
pub(super) fn severity_of_new(finding: &Finding, base: &Checkout) -> Option<Severity> {
    let target = target(finding)?;
    let is_used = !base.images().users(&target).is_empty();
    (is_used || took_its_like(finding, &target, base)).then_some(Severity::Hint)
}

/// Whether the base names another tag of the stream in the place of `target`, which nothing provides
/// either: somebody makes them by hand, such as the dated tags of `ci/hypershift-cli`.
fn took_its_like(finding: &Finding, target: &ImageStreamTag, base: &Checkout) -> bool {
    let images = base.images();
    let stream = (target.namespace(), target.name());
    let missing = images.named_where(|resolution| resolution == ResolutionKind::Missing);
    let mut users = missing
        .into_iter()
        .filter(|(tag, _)| (tag.namespace(), tag.name()) == stream)
        .flat_map(|(_, named)| &named.users);
    let key = finding.entity.split_once(' ').map_or("", |(key, _)| key);
    users.any(|image_use| {
        let own = image_use.key.as_deref().unwrap_or_default();
        own == key && image_use.place.path == finding.place.path
    })
}

/// What a reference is called, whatever comes before it in its file.
fn entity(image_use: &ImageUse) -> String {
    let key = image_use.key.as_deref().unwrap_or_default();
    format!("{key} {}", image_use.target)
}

/// The image that a finding of [`entity`] is about.
fn target(finding: &Finding) -> Option<ImageStreamTag> {
    let (_, target) = finding.entity.rsplit_once(' ')?;
    target.parse().ok()
}

fn missing(checkout: &Checkout, image_use: &ImageUse, missing: Missing, near: &[Near]) -> Draft {
    let draft = Draft::new(
        near_miss::place(image_use, missing, near),
        entity(image_use),
        near_miss::what_is_missing(&image_use.target, missing),
    )
    .worded_by_others()
    .help(near_miss::advice(near))
    .maybe_fix(near_miss::fix(checkout, image_use, near))
    .alternatives(near_miss::alternatives(checkout, image_use, near));
    // A file that speaks of a namespace, or of one tag of several streams, has it wrong in all places.
    let (target, path) = (&image_use.target, &image_use.place.path);
    let draft = match missing {
        Missing::Namespace => draft.one_of_many(format!(
            "nothing is published to {}, which {path} names",
            target.namespace()
        )),
        Missing::Tag => draft.one_of_many(format!(
            "streams of {} have no tag {}, which {path} names",
            target.namespace(),
            target.tag()
        )),
        Missing::Stream => draft,
    };
    if checkout.images().is_used(image_use) {
        draft
    } else {
        draft.severity(Severity::Hint)
    }
}

/// The same of what a generated mapping file names.
fn of_entry(draft: Draft, image_use: &ImageUse, generated: &Generated<'_>) -> Draft {
    let path = &image_use.place.path;
    match generated.entry(path) {
        Some(entry) => draft
            .related(entry, "generated from this entry")
            .follows_from(abandoned(path)),
        None => draft,
    }
}

/// `provider` would provide the image, were it live.
fn inactive(image_use: &ImageUse, provider: &Provider) -> Draft {
    let why = match provider.state {
        State::Optional => "an optional image, which is never published",
        _ => "a disabled promotion, or a mapping file that no job reads",
    };
    let message = format!("only {why} would provide `{}`", image_use.target);
    Draft::new(image_use.tag_place(), entity(image_use), message)
        .worded_by_others()
        .severity(Severity::Hint)
        .help("what was published before it was switched off may still be there; enabling it would help")
        .related(provider.place.clone(), "would be provided here")
}

/// An image that may be filled from outside, but is not in the list that the user gave. `near` are tags
/// of the stream that are.
fn unlisted(images: &Images, image_use: &ImageUse, near: &[String]) -> Draft {
    let target = &image_use.target;
    let advice = match near {
        [] => "name an image that exists".to_owned(),
        near => format!("there is `{}`", near.join("`, `")),
    };
    let message =
        format!("nothing provides `{target}`, and the list of known images does not have it");
    let draft = Draft::new(image_use.tag_place(), entity(image_use), message)
        .worded_by_others()
        .help(format!(
            "it would have to come from outside the repository, and was not there when the list was \
             made; {advice}"
        ));
    if images.is_used(image_use) {
        draft
    } else {
        draft.severity(Severity::Hint)
    }
}

/// An image that the checkout knows nothing of, and that may well be spelt wrongly.
fn misspelt(
    checkout: &Checkout,
    image_use: &ImageUse,
    unusual: &Unusual<'_>,
    near: &[Near],
) -> Draft {
    let target = &image_use.target;
    let (usual, advice) = match unusual.near {
        Some((other, files)) => (
            format!("; {files} files name `{other}`"),
            format!("was `{other}` meant?"),
        ),
        None => (String::new(), near_miss::advice(near)),
    };
    let message = format!("no other file names `{target}`, and nothing provides it{usual}");
    let other = unusual.near.and_then(|(other, _)| other.parse().ok());
    let is_stream = other
        .as_ref()
        .is_some_and(|other: &ImageStreamTag| other.tag() == target.tag());
    let alternatives = match &other {
        Some(other) => near_miss::alternative(checkout, image_use, other)
            .into_iter()
            .collect(),
        None => near_miss::alternatives(checkout, image_use, near),
    };
    let place = if image_use.referrer == Referrer::Mapping {
        image_use.place.clone()
    } else if is_stream {
        image_use.name_place()
    } else {
        image_use.tag_place()
    };
    let severity = match unusual.severity {
        severity if checkout.images().is_used(image_use) => severity,
        _ => Severity::Hint,
    };
    Draft::new(place, entity(image_use), message)
        .severity(severity)
        .help(format!(
            "it may be published from outside the repository, where it cannot be seen from here; {advice}"
        ))
        .alternatives(alternatives)
}

fn ungoverned(checkout: &Checkout, image_use: &ImageUse, near: &[Near]) -> Draft {
    let target = &image_use.target;
    // The same name in another namespace is no slip: `origin/4.N` lost its tags when its mirror stopped.
    let is_misspelt = |near: &Near| {
        near.tag.namespace() == target.namespace()
            && is_misspelling(target.as_str(), near.tag.as_str(), near.distance)
    };
    let severity = match near.iter().any(is_misspelt) {
        true => Severity::Warning,
        false => Severity::Hint,
    };
    let message = format!("nothing in the repository provides `{target}`");
    Draft::new(image_use.name_place(), entity(image_use), message)
        .worded_by_others()
        .severity(severity)
        .help(format!(
            "the promoted-image-governor is told to leave it alone, so it may be filled from \
             outside, or be a leftover that is never updated; {}",
            near_miss::advice(near)
        ))
        .alternatives(near_miss::alternatives(checkout, image_use, near))
}
