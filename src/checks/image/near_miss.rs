//! What an ImageStreamTag that nobody provides may have meant.

use crate::checkout::images::{ImageUse, Images, Missing, Near, Referrer};
use crate::finding::{Edit, Fix, Place};
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
pub(super) fn fix(images: &Images, image_use: &ImageUse, near: &[Near]) -> Option<Fix> {
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
    let mut edits = Vec::new();
    if only.tag.name() != image_use.target.name() {
        edits.push(Edit {
            place: image_use.name_place(),
            text: quoted(only.tag.name()),
        });
    }
    if only.tag.tag() != image_use.target.tag() {
        edits.push(Edit {
            place: image_use.tag_place(),
            text: quoted(only.tag.tag()),
        });
    }
    let fix = Fix {
        applicability: crate::finding::Applicability::Unsafe,
        title: format!("name `{}`", only.tag),
        edits,
        renames: Vec::new(),
    };
    Some(fix)
}

/// A YAML scalar that is read as text: in quotes where it would be a number without.
fn quoted(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | "null"
        );
    if is_plain {
        text.to_owned()
    } else {
        format!("\"{text}\"")
    }
}
