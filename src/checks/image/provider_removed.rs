//! What a change takes away from others: the last provider of an image that is still used.
//!
//! How bad that is follows from what happened after such changes were merged
//! (`docs/domain.md#when-a-provider-goes-away`): the promoted-image-governor deletes a tag that is
//! no longer promoted from a stream that still is, within a day; what is left of a whole stream
//! stays as it is.

mod after;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::checkout::Checkout;
use crate::checkout::images::{
    ImageUse, Images, Provider, ProviderKind, Referrer, Resolution, ResolutionKind, State, Store,
    Stream,
};
use crate::checks::removed_line::removed_line;
use crate::checks::{Drafts, StillBroken, mapping};
use crate::finding::{Draft, Finding, Severity};
use crate::syntax::reference::ImageStreamTag;
use crate::tree::RepoPath;
pub(super) use after::After;
use after::MAX_REPLACEMENTS;

/// `image-provider-removed`: what was provided before the change, is not after it, and is named. All
/// that one file stops to provide is one finding, but for what nothing that runs seems to need.
pub(super) fn provider_removed(base: &Checkout, result: &Checkout, drafts: &mut Drafts) {
    let mut after = After::new(base, result);
    let mut by_file: BTreeMap<(&RepoPath, bool), Vec<Loss<'_>>> = BTreeMap::new();
    for (tag, provider) in lost(base.images(), result.images()) {
        if let Some(loss) = Loss::of(&mut after, tag, provider) {
            let file = &provider.place.path;
            let is_needed = loss.severity > Severity::Hint;
            by_file.entry((file, is_needed)).or_default().push(loss);
        }
    }
    for losses in by_file.values_mut() {
        losses.sort_by_key(|loss| Reverse(loss.severity));
        drafts.extend(draft(&mut after, losses));
    }
}

/// An image that is lost, and named.
struct Loss<'c> {
    tag: ImageStreamTag,
    provider: &'c Provider,
    users: &'c [ImageUse],
    severity: Severity,
}

/// What was provided and no longer is, with who provided it.
fn lost<'b>(base: &'b Images, result: &'b Images) -> Vec<(ImageStreamTag, &'b Provider)> {
    let mut lost = Vec::new();
    // Streams that nothing fills any more which does not tell its tags.
    let mut closed = HashMap::new();
    for (namespace, name, stream) in base.streams() {
        let kept = result.stream(namespace, name);
        if kept.is_some_and(|kept| Arc::ptr_eq(kept, stream)) {
            continue; // not even touched
        }
        for (tag, providers) in &stream.tags {
            let Some(provider) = live(providers) else {
                continue;
            };
            // Nearly all of them; asking for the image as a whole would cost more.
            if kept
                .and_then(|stream| live(stream.tags.get(tag)?))
                .is_some()
            {
                continue;
            }
            let Ok(tag) = ImageStreamTag::new(namespace, name, tag) else {
                continue;
            };
            if !is_taken_over(base, result, &tag) {
                lost.push((tag, provider));
            }
        }
        let may_fill = |stream: &Arc<Stream>| stream.openers().next().is_some();
        if let Some(opener) = stream.openers().next()
            && !kept.is_some_and(may_fill)
        {
            closed.insert((namespace, name), opener);
        }
    }
    if !closed.is_empty() {
        let named = result.named_where(|resolution| resolution == ResolutionKind::Missing);
        lost.extend(named.into_iter().filter_map(|(tag, _)| {
            let opener = closed.get(&(tag.namespace(), tag.name()))?;
            let was_filled = matches!(base.resolve(tag), Resolution::Open(_));
            was_filled.then(|| (tag.clone(), *opener))
        }));
    }
    lost
}

/// Whether somebody else provides the tag now, or what the change brings may. What might have filled
/// the stream before as well, or is said to come from outside, does not count: the base knew better
/// who provided the tag.
fn is_taken_over(base: &Images, result: &Images, tag: &ImageStreamTag) -> bool {
    match result.resolve(tag) {
        Resolution::Provided(_) => true,
        Resolution::Open(by) => {
            let before = base.stream(tag.namespace(), tag.name());
            let mut before = before.into_iter().flat_map(|stream| stream.openers());
            !before.any(|other| other.place.path == by.place.path)
        }
        Resolution::Outside | Resolution::Ungoverned => !base.is_from_outside(tag),
        Resolution::Inactive(_) | Resolution::Missing(_) => false,
    }
}

/// The provider that works, if one does; live ones come first.
fn live(providers: &[Provider]) -> Option<&Provider> {
    providers.first().filter(|p| p.state == State::Live)
}

impl<'c> Loss<'c> {
    /// Nothing where nobody names the image any more.
    fn of(after: &mut After<'c>, tag: ImageStreamTag, provider: &'c Provider) -> Option<Self> {
        let result = after.result;
        if !is_named(result, &tag) {
            return None;
        }
        let users = result.images().users(&tag);
        let publisher = &provider.place.path;
        let elsewhere = || {
            users.iter().filter(|image_use| {
                result.images().is_used(image_use) && image_use.place.path != *publisher
            })
        };
        // A tag that is made from it keeps what it has.
        let is_copied_only = elsewhere().all(|by| by.referrer == Referrer::ImageStream);
        let is_left_alone = !result.images().resolve(&tag).kind().is_gone();
        let severity = if elsewhere().next().is_none() {
            Severity::Hint
        } else if is_left_alone || is_copied_only || is_optional(result.images(), &tag) {
            Severity::Warning
        } else if provider.kind == ProviderKind::Promotion
            && result.file(publisher.as_str()).is_some()
            && after.is_still_promoted(&tag)
            && is_read_from_app_ci(result, &tag, users)
        {
            Severity::Error
        } else {
            Severity::Warning
        };
        Some(Self {
            tag,
            provider,
            users,
            severity,
        })
    }
}

/// Whether anybody names the image. What only a private copy names is copied again with its original.
fn is_named(checkout: &Checkout, tag: &ImageStreamTag) -> bool {
    let ci_configs = &checkout.conventions.ci_configs;
    let is_private = |image_use: &ImageUse| ci_configs.is_copy(image_use.place.path.as_str());
    !checkout.images().users(tag).iter().all(is_private)
}

/// Whether an image that a change took away is still not provided and still named. One whose stream
/// may be filled from elsewhere after the change is provided again only by somebody who says so.
pub(super) fn still_broken(finding: &Finding, result: &Checkout) -> StillBroken {
    let kind = |tag: &ImageStreamTag| result.images().resolve(tag).kind();
    let lost: Vec<_> = super::lost_by(finding)
        .map(|tag| (kind(&tag).is_gone(), tag))
        .collect();
    Box::new(move |checkout| {
        lost.iter().any(|(was_gone, tag)| {
            let is_lost = match checkout.images().resolve(tag).kind() {
                ResolutionKind::Provided => false,
                now => now.is_gone() || !was_gone,
            };
            is_lost && is_named(checkout, tag)
        })
    })
}

/// How many of the lost images a message names.
const MAX_NAMED: usize = 3;

/// One finding for what one file stops to provide.
fn draft(after: &mut After<'_>, losses: &[Loss<'_>]) -> Option<Draft> {
    let first = losses.first()?;
    let publisher = &first.provider.place.path;
    let users = || losses.iter().flat_map(|loss| loss.users);
    let files: BTreeSet<_> = users().map(|image_use| &image_use.place.path).collect();
    let references = users().count();
    let place = removed_line(after.base, after.result, &first.provider.place)
        .or_else(|| Some(users().next()?.place.clone()))?;
    // How many users first: an editor shows the start of a message only.
    let still = format!(
        "{} still {}",
        counted(references, files.len()),
        if references == 1 { "names" } else { "name" },
    );
    let last = last_provider(first.provider, &place.path);
    let (entity, message) = match losses {
        [Loss { tag, .. }] => {
            let message = format!("{still} `{tag}`, which loses its {last}");
            (tag.to_string(), message)
        }
        _ => {
            let named = losses.iter().take(MAX_NAMED);
            let named: Vec<String> = named.map(|loss| format!("`{}`", loss.tag)).collect();
            let beyond = match losses.len().saturating_sub(MAX_NAMED) {
                0 => String::new(),
                beyond => format!(" and {beyond} more"),
            };
            let message = format!(
                "{still} {} images that lose their {last}: {}{beyond}",
                losses.len(),
                named.join(", "),
            );
            (format!("images of {publisher}"), message)
        }
    };
    let draft = Draft::new(place, entity, message)
        .severity(first.severity)
        .help(help(after, losses))
        .explains(super::stopped(&first.provider.place.path))
        .follows_from(super::dropped(&first.provider.place.path))
        .follows_from_any(are_built(after.result, losses).then(|| super::misdirected(publisher)));
    let draft = losses.iter().fold(draft, |draft, loss| {
        // An image is named by its stream, or by its tag in a stream of many.
        draft
            .explains(super::lost(&loss.tag))
            .explains(super::unbuilt(publisher, loss.tag.name()))
            .explains(super::unbuilt(publisher, loss.tag.tag()))
    });
    let draft = match (first.provider.kind, set_of(after.base, publisher)) {
        (ProviderKind::Mapping, Some(set)) => draft.follows_from(mapping::unread(set)),
        (ProviderKind::BuildConfig, _) => draft.follows_from(super::misdirected(publisher)),
        _ => draft,
    };
    // Each of them names one image only.
    let named = users().map(|image_use| {
        let by = image_use.referrer.as_str();
        let message = match losses {
            [_] => format!("named here in {by}"),
            _ => format!("`{}` is named here in {by}", image_use.target),
        };
        (image_use.place.clone(), message)
    });
    // A private copy changes with its original.
    let ci_configs = &after.result.conventions.ci_configs;
    let others = files
        .into_iter()
        .filter(|path| *path != publisher && !ci_configs.is_copy(path.as_str()));
    Some(draft.affects(others).related_all(named))
}

/// Whether the config that published the images still builds them all.
fn are_built(result: &Checkout, losses: &[Loss<'_>]) -> bool {
    losses.iter().all(|loss| {
        let config = result.file(loss.provider.place.path.as_str());
        let built = config.and_then(|file| file.ci_config());
        let mut built = built.into_iter().flat_map(|config| &config.images);
        let is_it = |name: &str| name == loss.tag.name() || name == loss.tag.tag();
        built.any(|image| image.to.as_ref().is_some_and(|to| is_it(&to.value)))
    })
}

/// The mirror set that a mapping file lies in.
fn set_of<'p>(checkout: &Checkout, path: &'p RepoPath) -> Option<&'p str> {
    let below = path.below(&checkout.conventions.mapping_files.folder)?;
    Some(below.split_once('/')?.0)
}

/// Whether somebody reads the tag through app.ci, where the governor deletes what is no longer
/// promoted; of QCI, which ci-operator reads for most namespaces, the last image stays. Before
/// promotions went to QCI alone, everybody read app.ci.
fn is_read_from_app_ci(result: &Checkout, tag: &ImageStreamTag, users: &[ImageUse]) -> bool {
    let reads = |image_use: &ImageUse| image_use.store == Some(Store::AppCi);
    !result.layout().has_image_items()
        || tag.namespace() == result.conventions.namespaces.release
        || users.iter().any(reads)
}

/// Who it was, for a finding in the file at `own`.
fn last_provider(provider: &Provider, own: &RepoPath) -> String {
    let kind = provider.kind.as_str();
    match &provider.place.path {
        path if path == own => format!("last provider, the {kind} in this file"),
        path => format!("last provider, the {kind} in `{path}`"),
    }
}

fn counted(references: usize, files: usize) -> String {
    match (references, files) {
        (1, _) => "one reference".to_owned(),
        (references, 1) => format!("{references} references in one file"),
        (references, files) => format!("{references} references in {files} files"),
    }
}

/// Whether the image is still built, but only when something needs it.
fn is_optional(images: &Images, tag: &ImageStreamTag) -> bool {
    images
        .providers(tag)
        .iter()
        .any(|provider| provider.state == State::Optional)
}

fn help(after: &mut After<'_>, losses: &[Loss<'_>]) -> String {
    let severity = losses.first().map_or(Severity::Hint, |loss| loss.severity);
    let mut help = match severity {
        Severity::Error => {
            "the stream is still promoted, so the promoted-image-governor deletes the tag within a \
             day, and the jobs that use it fail"
        }
        Severity::Warning => "what was built last may stay, but it is never updated again",
        Severity::Hint => "nothing that runs seems to need it",
    }
    .to_owned();
    let mut replacements: Vec<String> = Vec::new();
    for loss in losses.iter().take(MAX_NAMED) {
        replacements.extend(after.replacements(&loss.tag, loss.provider));
    }
    replacements.sort();
    replacements.dedup();
    let beyond = replacements.len().saturating_sub(MAX_REPLACEMENTS);
    replacements.truncate(MAX_REPLACEMENTS);
    if !replacements.is_empty() {
        let others = match beyond {
            0 => "",
            _ => " and others",
        };
        help.push_str(&format!(
            "; now published as {}{others}",
            replacements.join(", ")
        ));
    }
    let images = after.result.images();
    let mut disabled = losses.iter();
    let disabled = disabled.find_map(|loss| disabled_sibling(images, &loss.tag, loss.provider));
    if let Some(disabled) = disabled {
        help.push_str(&format!(
            "; enabling the disabled promotion in `{}` would keep it",
            disabled.place.path
        ));
    } else if severity > Severity::Hint {
        help.push_str("; change its users first, or keep publishing it");
    }
    help
}

/// A disabled promotion of the tag in another config of the same repository.
fn disabled_sibling<'r>(
    images: &'r Images,
    tag: &ImageStreamTag,
    provider: &Provider,
) -> Option<&'r Provider> {
    images.providers(tag).iter().find(|other| {
        other.state == State::Disabled
            && other.kind == ProviderKind::Promotion
            && other.place.path != provider.place.path
            && other.place.path.folder() == provider.place.path.folder()
    })
}
