//! What registries, or lists of what they have, say of the images that the checkout takes from outside.

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::known::Source;
use crate::checks::{Drafts, StillBroken};
use crate::finding::{Draft, Finding, Fix, Place, Severity};
use crate::model::{File, PulledImage};
use crate::registry::{Answer, Question, Version};
use crate::syntax::likeness::Effort;
use crate::syntax::reference::Reference;
use crate::syntax::span::Span;

/// `image-not-found`: the registry knows of no such image.
pub(super) fn not_found(checkout: &Checkout, drafts: &mut Drafts) {
    let known = checkout.known();
    let effort = Effort::default();
    for (file, image, question) in checkout.pulled_images() {
        let Some((answer, source)) = known.answer(&question) else {
            continue;
        };
        drafts.push(match (&*answer, source) {
            (Answer::NoRepository, _) => no_repository(file, &image, &question),
            (Answer::NoVersion { near }, Source::Registry) => {
                no_version(file, &image, &question, near)
            }
            (Answer::NoVersion { .. }, Source::List) => {
                let near = known.near_listed(&question, &effort);
                no_version(file, &image, &question, &near).severity(Severity::Warning)
            }
            (Answer::Found { .. } | Answer::Refused { .. }, _) => continue,
        });
    }
}

fn no_repository(file: &File, image: &PulledImage<'_>, question: &Question) -> Draft {
    let name = question.repository_text();
    let place = Place::new(
        &file.path,
        image.part(Some(image.reference.spans.repository)),
    );
    Draft::new(
        place,
        question.to_string(),
        format!("there is no repository `{name}`"),
    )
    .help(
        "the registry says so, which it may also do where it does not want to tell; whatever pulls \
         the image fails",
    )
}

fn no_version(file: &File, image: &PulledImage<'_>, question: &Question, near: &[String]) -> Draft {
    let name = question.repository_text();
    let spans = &image.reference.spans;
    let (what, span) = match &question.version {
        Version::Tag(tag) => (format!("tag `{tag}`"), spans.tag),
        Version::Digest(digest) => (format!("image `{digest}`"), spans.digest),
    };
    let place = Place::new(&file.path, image.part(span));
    let advice = match near {
        [] => "name one that it has".to_owned(),
        near => format!("there is `{}`", near.join("`, `")),
    };
    let draft = Draft::new(
        place.clone(),
        question.to_string(),
        format!("`{name}` has no {what}"),
    );
    draft
        .help(format!("whatever pulls the image fails; {advice}"))
        .maybe_fix(correction(image, span, place, near))
}

/// The one tag that may have been meant.
fn correction(
    image: &PulledImage<'_>,
    tag: Option<Span>,
    place: Place,
    near: &[String],
) -> Option<Fix> {
    let ([near], Some(_), true) = (near, tag, image.is_verbatim) else {
        return None;
    };
    Some(Fix::safe(format!("change to `{near}`"), place, near).to_review())
}

/// `image-not-pullable`: the registry does not let us see it.
pub(super) fn not_pullable(checkout: &Checkout, drafts: &mut Drafts) {
    for (file, image, question) in checkout.pulled_images() {
        let answer = checkout.known().answer(&question);
        let Some(Answer::Refused { authenticated }) = answer.as_ref().map(|(answer, _)| &**answer)
        else {
            continue;
        };
        let (whom, advice) = match authenticated {
            true => ("these credentials", "give credentials that may pull it"),
            false => ("anybody without credentials", "give credentials"),
        };
        let place = Place::new(&file.path, image.span);
        let message = format!(
            "`{}` does not show `{question}` to {whom}",
            question.registry
        );
        drafts.push(Draft::new(place, question.to_string(), message).help(format!(
            "it is private, or there is no such repository; if it is private, see that what pulls it \
             has a pull secret, and to have it looked at {advice}"
        )));
    }
}

/// `image-platform-missing`: an index without the platform that CI runs on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NeededPlatform {
    /// `os/architecture`.
    platform: String,
}

impl NeededPlatform {
    pub(super) fn check(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let needed = &self.platform;
        for (file, image, question) in checkout.pulled_images() {
            let answer = checkout.known().answer(&question);
            let Some(Answer::Found {
                platforms: Some(platforms),
                ..
            }) = answer.as_ref().map(|(answer, _)| &**answer)
            else {
                continue;
            };
            if platforms.contains(needed) {
                continue;
            }
            let there = match platforms.as_slice() {
                [] => "there is none at all".to_owned(),
                platforms => format!("there is `{}`", platforms.join("`, `")),
            };
            let place = Place::new(&file.path, image.span);
            let message = format!("`{question}` has no image for `{needed}`");
            drafts.push(
                Draft::new(place, question.to_string(), message).help(format!(
                    "jobs on clusters of that platform cannot pull it; {there}"
                )),
            );
        }
    }
}

/// `supplemental-image-exists`: a new entry, and QCI has another image of that name.
pub(super) fn exists(base: &Checkout, result: &Checkout, drafts: &mut Drafts) {
    for (file, entry, target) in result.new_supplemental_images(base) {
        let digest = |question: Option<Question>| match &*result.known().answer(&question?)?.0 {
            Answer::Found { digest, .. } => digest.clone(),
            _ => None,
        };
        let image = entry.source.image.as_ref();
        let source = image.and_then(|image| Question::of(&Reference::parse(&image.value).ok()?));
        let there = digest(result.question_of_copy(&target));
        let Some((there, new)) = there.zip(digest(source)) else {
            continue;
        };
        if there != new {
            let place = Place::new(&file.path, entry.target.span);
            let message = format!("QCI has another image `{target}` already");
            drafts.push(Draft::new(place, target.as_str(), message).help(format!(
                "ci-images-mirror refuses a new entry that would overwrite it (there is `{there}`, the \
                 source is `{new}`); choose another name"
            )));
        }
    }
}

/// Whether the entry is still there.
pub(super) fn still_exists(finding: &Finding, _: &Checkout) -> StillBroken {
    let key = finding.entity.clone();
    Box::new(move |checkout| {
        let mut configs = checkout.images_mirror_configs();
        configs.any(|(_, config)| config.images.iter().any(|own| *own.target.value == *key))
    })
}
