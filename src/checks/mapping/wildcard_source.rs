//! Mappings whose source means several tags: what they sweep up, and what they may overwrite.

use std::collections::HashMap;

use crate::checkout::Checkout;
use crate::checkout::images::{Provider, ProviderKind, State, Stream};
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::Draft;
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
    for (file, mapping) in checkout.mirroring.mappings() {
        let all = by_repository.entry(repository(mapping)).or_default();
        all.push((file, mapping));
    }
    let effort = Effort::default();
    for (file, mapping) in open_wildcards(checkout) {
        let others = by_repository.get(&repository(mapping));
        let others = others.map_or(&[][..], Vec::as_slice);
        drafts.extend(collision(file, mapping, others, &effort));
    }
}

/// Mappings that write as many tags as their source has.
fn open_wildcards(checkout: &Checkout) -> impl Iterator<Item = (&MirroredFile, &Mapping)> {
    let mappings = checkout.mirroring.mappings();
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
        .or_insert_with(|| promoted_image(checkout, checkout.images.stream(namespace, name)?));
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

fn collision(
    file: &MirroredFile,
    mapping: &Mapping,
    others: &[(&MirroredFile, &Mapping)],
    effort: &Effort,
) -> Option<Draft> {
    let length = |mapping: &Mapping| mapping.source.tag_pattern().map_or(1, str::len);
    let others = others.iter().take(MAX_WILDCARD_MAPPINGS);
    let mut others = others.take_while(|(_, other)| {
        let letters = length(mapping) * length(other);
        effort.spend(letters + COMPARISON)
    });
    let other = others.find(|(other_file, other)| {
        let is_itself = other_file.file.path == file.file.path
            && other.destination.span == mapping.destination.span;
        // The same tag of the same repository is the same image.
        let source = &mapping.source.reference.reference;
        let is_same_image = source.same_repository(&other.source.reference.reference)
            && other.tag() == other.source.reference.reference.tag.as_deref();
        !is_itself
            && !is_same_image
            && other.key() != mapping.key()
            && mapping.may_write_same(other)
    });
    let (other_file, other) = other?;
    Some(
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
        .related(other_file.place(other.destination.span), "written here"),
    )
}
