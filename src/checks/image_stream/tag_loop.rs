//! Tags that are made from each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{Located, streams};
use crate::checkout::Checkout;
use crate::checkout::images::named_by_manifest;
use crate::checks::Drafts;
use crate::finding::Draft;
use crate::limits::MAX_RELATED;
use crate::model::manifest::images::StreamTag;
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;

/// A tag, and what it is made from.
struct Made<'c> {
    tag: Located<'c, StreamTag>,
    /// Where that is said.
    span: Span,
    from: ImageStreamTag,
}

/// `imagestream-source`, of tags: some that are made from each other, or one from itself. The image
/// controller calls such a reference circular and resolves it to nothing (openshift/library-go
/// `pkg/image/imageutil` `FollowTagReference`).
pub(super) fn tag_loop(checkout: &Checkout, drafts: &mut Drafts) {
    let made = made(checkout);
    let mut seen: BTreeSet<&ImageStreamTag> = BTreeSet::new();
    for start in made.keys() {
        let mut chain = Vec::new();
        let mut at = start;
        while let Some((tag, made)) = made.get_key_value(at)
            && seen.insert(tag)
        {
            chain.push(tag);
            at = &made.from;
        }
        if let Some(first) = chain.iter().position(|tag| *tag == at) {
            drafts.extend(ends(&made, &chain[first..]));
        }
    }
}

/// What each tag that is made from another one is made from.
fn made(checkout: &Checkout) -> BTreeMap<ImageStreamTag, Made<'_>> {
    let mut all = BTreeMap::new();
    for stream in streams(checkout) {
        let (Some(namespace), Some(name)) = (&stream.manifest.namespace, &stream.manifest.name)
        else {
            continue;
        };
        for tag in &stream.item.tags {
            let (Some(own), Some(from)) = (&tag.name, &tag.from) else {
                continue;
            };
            let own = ImageStreamTag::new(&namespace.value, &name.value, &own.value);
            let source = named_by_manifest(from, &namespace.value, Some(&name.value));
            if let (Ok(own), Some(source)) = (own, source) {
                let made = Made {
                    tag: stream.with(tag),
                    span: from.name.as_ref().map_or(from.span, |name| name.span),
                    from: source,
                };
                all.entry(own).or_insert(made);
            }
        }
    }
    all
}

/// A finding at each of the tags of one loop.
fn ends(made: &BTreeMap<ImageStreamTag, Made<'_>>, tags: &[&ImageStreamTag]) -> Vec<Draft> {
    let Some(entity) = tags.iter().min() else {
        return Vec::new();
    };
    let entity = format!("loop of {entity}");
    let place = |tag: &ImageStreamTag| made.get(tag).map(|made| made.tag.place(made.span));
    let ends = tags.iter().take(MAX_RELATED).filter_map(|tag| {
        let message = match tags.len() {
            1 => format!("`{tag}` is made from itself"),
            _ => format!("`{tag}` is made from a tag that is made from it"),
        };
        let draft = Draft::new(place(tag)?, &entity, message)
            .help("it is never resolved; name the image that is to be copied")
            .related_total(tags.len() - 1)
            .one_end();
        let others = tags.iter().filter(|other| *other != tag);
        let others = others.take(MAX_RELATED);
        Some(others.fold(draft, |draft, other| match place(other) {
            Some(place) => draft.related(place, format!("`{other}` is made here")),
            None => draft,
        }))
    });
    ends.collect()
}
