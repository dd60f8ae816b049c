//! What an ImageStreamTag that nobody provides may have meant.

use crate::checkout::Checkout;
use crate::checkout::images::{ImageUse, Missing, Near, Referrer};
use crate::finding::{Applicability, Fix, Place};
use crate::syntax::reference::ImageStreamTag;

/// What is missing, as a message says it.
pub(in crate::checks) fn what_is_missing(tag: &ImageStreamTag, missing: Missing) -> String {
    match missing {
        Missing::Namespace => format!(
            "nothing provides `{tag}`: nothing at all is published to namespace `{}`",
            tag.namespace()
        ),
        Missing::Stream => format!(
            "nothing provides `{tag}`: there is no ImageStream `{}/{}`",
            tag.namespace(),
            tag.name()
        ),
        Missing::Tag => format!(
            "nothing provides `{tag}`: ImageStream `{}/{}` has no tag `{}`",
            tag.namespace(),
            tag.name(),
            tag.tag()
        ),
    }
}

/// The near misses in words, or what to do when there are none.
pub(in crate::checks) fn advice(near: &[Near]) -> String {
    let names: Vec<String> = near.iter().map(|near| format!("`{}`", near.tag)).collect();
    match names.as_slice() {
        [] => "promote it, mirror it through `supplementalCIImages`, or name an image that exists"
            .to_owned(),
        [one] => format!("there is {one}"),
        [first @ .., last] => format!("there are {} and {last}", first.join(", ")),
    }
}

/// Which part of the reference to point at: the tag where the stream is known and no other stream
/// has that tag, else the stream's name.
pub(super) fn place(image_use: &ImageUse, missing: Missing, near: &[Near]) -> Place {
    let stream_is_wrong = match missing {
        Missing::Namespace | Missing::Stream => true,
        Missing::Tag => near
            .first()
            .is_some_and(|near| near.tag.tag() == image_use.target.tag()),
    };
    if image_use.referrer == Referrer::Mapping {
        image_use.place.clone()
    } else if stream_is_wrong {
        image_use.name_place()
    } else {
        image_use.tag_place()
    }
}

/// The correction, when exactly one thing at distance 1 can have been meant and it differs in one
/// field of a config's reference.
pub(super) fn fix(checkout: &Checkout, image_use: &ImageUse, near: &[Near]) -> Option<Fix> {
    let images = checkout.images();
    let text = checkout.text(&image_use.place.path)?;
    if !matches!(
        image_use.referrer,
        Referrer::Config(_) | Referrer::RegistryStep
    ) {
        return None;
    }
    let mut closest = near.iter().filter(|near| near.distance == 1);
    let (only, None) = (closest.next()?, closest.next()) else {
        return None;
    };
    if !images.is_provided(&only.tag) || only.tag.namespace() != image_use.target.namespace() {
        return None;
    }
    Some(Fix {
        applicability: Applicability::Unsafe,
        title: format!("change to `{}`", only.tag),
        edits: image_use.renamed(text, &only.tag)?,
        renames: Vec::new(),
    })
}

/// The near misses as changes to choose from, as far as they can be written where `image_use` stands.
pub(in crate::checks) fn alternatives(
    checkout: &Checkout,
    image_use: &ImageUse,
    near: &[Near],
) -> Vec<Fix> {
    let tags = near.iter().map(|near| &near.tag);
    tags.filter_map(|tag| alternative(checkout, image_use, tag))
        .collect()
}

/// The change that names `tag` where `image_use` stands.
pub(super) fn alternative(
    checkout: &Checkout,
    image_use: &ImageUse,
    tag: &ImageStreamTag,
) -> Option<Fix> {
    let text = checkout.text(&image_use.place.path)?;
    let from = &image_use.target;
    let is_other_tag = from.stream() == tag.stream();
    let name = if is_other_tag {
        tag.tag()
    } else {
        tag.as_str()
    };
    Some(Fix {
        applicability: Applicability::Unsafe,
        title: format!("change to `{name}`"),
        edits: image_use.renamed(text, tag)?,
        renames: Vec::new(),
    })
}
