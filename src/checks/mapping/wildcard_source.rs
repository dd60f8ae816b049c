//! Mappings whose source means several tags: what they sweep up, and what they may overwrite.

use std::collections::{BTreeSet, HashMap};

use crate::checkout::Checkout;
use crate::checkout::images::{Provider, ProviderKind, State, Stream};
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::{Draft, Severity};
use crate::limits::MAX_WILDCARD_MAPPINGS;
use crate::model::mapping_file::Mapping;
use crate::syntax::likeness::Effort;

/// `mapping-wildcard-images`: the stream's tags are images, not versions of one.
pub(super) fn wildcard_images(checkout: &Checkout, drafts: &mut Drafts) {
    let mut promoted = HashMap::new();
    for (file, mapping) in open_wildcards(checkout) {
        drafts.extend(images(checkout, file, mapping, &mut promoted));
    }
}

/// `mapping-wildcard-collision`: another mapping writes a tag that the wildcard may write too.
pub(super) fn wildcard_collision(checkout: &Checkout, drafts: &mut Drafts) {
    let mut by_repository: HashMap<_, Vec<_>> = HashMap::new();
    for (file, mapping) in checkout.mirroring().mappings() {
        let all = by_repository.entry(repository(mapping)).or_default();
        all.push((file, mapping));
    }
    let effort = Effort::default();
    // One line may be in several wildcards.
    let mut again = BTreeSet::new();
    for (file, mapping) in open_wildcards(checkout) {
        let others = by_repository.get(&repository(mapping));
        let others = others.map_or(&[][..], Vec::as_slice);
        for found in collisions(file, mapping, others, &effort) {
            match found {
                Collision::Again(draft) if !again.insert(draft.place().clone()) => {}
                Collision::Again(draft) | Collision::Overwritten(draft) => drafts.push(draft),
            }
        }
    }
}

/// Mappings that write as many tags as their source has.
fn open_wildcards(checkout: &Checkout) -> impl Iterator<Item = (&MirroredFile, &Mapping)> {
    let mappings = checkout.mirroring().mappings();
    mappings.filter(|(_, mapping)| mapping.source.expands() && mapping.tag().is_none())
}

/// What comparing two mappings costs beside their patterns, in letters.
const COMPARISON: usize = 64;

/// The repository that a mapping writes to.
fn repository(mapping: &Mapping) -> (Option<&str>, &str) {
    let reference = &mapping.destination.reference.reference;
    (reference.host.as_deref(), &reference.repository)
}

/// A promotion with `name` makes every image a tag of one stream; to mirror all tags of it is to put
/// different images into one repository.
fn images<'c>(
    checkout: &'c Checkout,
    file: &MirroredFile,
    mapping: &'c Mapping,
    promoted: &mut HashMap<(&'c str, &'c str), Option<Promoted<'c>>>,
) -> Option<Draft> {
    let reference = &mapping.source.reference.reference;
    let (namespace, name) = reference.namespace_and_name()?;
    // Of a stream with many tags, any number of mappings may be the source.
    let promoted = promoted
        .entry((namespace, name))
        .or_insert_with(|| promoted_image(checkout, checkout.images().stream(namespace, name)?));
    let (tag, promotion) = (*promoted)?;
    Some(
        Draft::new(
            file.place(mapping.source.span),
            mapping.key(),
            format!("`{}` means every image of the stream, not every version of one", mapping.source),
        )
        .help(format!(
            "the tags of `{namespace}/{name}` are images, `{tag}` for one, and all of them end up as \
             tags of `{}`; name the tag that is meant",
            mapping.destination.reference
        ))
        .related(promotion.place.clone(), format!("`{namespace}/{name}:{tag}` is promoted here")),
    )
}

/// A tag, and the promotion that makes it.
type Promoted<'c> = (&'c str, &'c Provider);

/// The first tag of the stream that a promotion calls after its image.
fn promoted_image<'c>(checkout: &Checkout, stream: &'c Stream) -> Option<Promoted<'c>> {
    stream.tags.iter().find_map(|(tag, providers)| {
        let promotion = providers.iter().find(|provider| {
            provider.kind == ProviderKind::Promotion && provider.state == State::Live
        })?;
        let publisher = checkout.file(promotion.place.path.as_str())?;
        let is_image = publisher.slice(promotion.place.span) == &**tag;
        is_image.then_some((&**tag, promotion))
    })
}

/// What a wildcard has in common with another line.
enum Collision {
    /// The other line is in it.
    Again(Draft),
    /// It may write another image over the other line's, or the other way round.
    Overwritten(Draft),
}

/// What the wildcard of `mapping` has in common with `others`: every line of the file that writes one
/// of its images again, and the first that may write another image over one of them.
fn collisions(
    file: &MirroredFile,
    mapping: &Mapping,
    others: &[(&MirroredFile, &Mapping)],
    effort: &Effort,
) -> Vec<Collision> {
    let length = |mapping: &Mapping| mapping.source.tag_pattern().map_or(1, str::len);
    let mut found = Vec::new();
    let mut is_overwritten = false;
    for (other_file, other) in others.iter().take(MAX_WILDCARD_MAPPINGS) {
        let letters = length(mapping) * length(other);
        if !effort.spend(letters + COMPARISON) {
            break;
        }
        let is_same_file = other_file.file.path == file.file.path;
        let is_itself = is_same_file && other.destination.span == mapping.destination.span;
        // The same tag of the same repository is the same image.
        let source = &mapping.source.reference.reference;
        let is_same_image = source.same_repository(&other.source.reference.reference)
            && other.tag() == other.source.reference.reference.tag.as_deref();
        if is_itself
            || is_same_image && !is_same_file
            || other.key() == mapping.key()
            || !mapping.may_write_same(other)
        {
            continue;
        }
        if is_same_image && other.tag().is_some() {
            found.push(Collision::Again(again(file, mapping, other)));
        } else if !is_overwritten {
            is_overwritten = true;
            found.push(Collision::Overwritten(overwritten(
                file, mapping, other_file, other,
            )));
        }
    }
    found
}

/// `other` names a tag of the stream whose tags `mapping` means: `oc` finds it twice.
fn again(file: &MirroredFile, mapping: &Mapping, other: &Mapping) -> Draft {
    Draft::new(
        file.place(other.destination.span),
        other.key(),
        format!("`{}` writes `{}` too", mapping.source, other.key()),
    )
    .severity(Severity::Error)
    .help(
        "the tag of this line is one of those that the wildcard stands for, and `oc image mirror` \
         refuses a file that writes a destination twice; delete this line",
    )
    .related(file.place(mapping.source.span), "the wildcard")
}

fn overwritten(
    file: &MirroredFile,
    mapping: &Mapping,
    other_file: &MirroredFile,
    other: &Mapping,
) -> Draft {
    Draft::new(
        file.place(mapping.source.span),
        mapping.key(),
        format!(
            "`{}` may also write `{}`, which another line writes",
            mapping.source,
            other.key()
        ),
    )
    .help(
        "once the source has that tag, the two overwrite each other, and in one file `oc image \
         mirror` refuses both; keep their tags apart",
    )
    .related(other_file.place(other.destination.span), "written here")
    .affects((other_file.set != file.set).then_some(&other_file.file.path))
}
