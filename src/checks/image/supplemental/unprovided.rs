//! Sources of images that nobody provides.

use super::super::{lost, near_miss, qci_tag};
use crate::checkout::Checkout;
use crate::checkout::images::{Missing, NearMisses, Resolution, Store, stored_image};
use crate::checks::Drafts;
use crate::finding::{Draft, Place, Severity};
use crate::model::File;
use crate::model::supplemental::SupplementalImage;
use crate::syntax::reference::{ImageStreamTag, Reference};
use crate::syntax::span::Span;

/// `supplemental-image-source`, of images: an ImageStreamTag to copy that nobody provides.
pub(in crate::checks::image) fn on_app_ci(checkout: &Checkout, drafts: &mut Drafts) {
    let near_misses = checkout.images().near_misses();
    for (file, config) in checkout.images_mirror_configs() {
        let as_written = config
            .images
            .iter()
            .filter(|entry| entry.source.altered.is_empty());
        for entry in as_written.filter(|entry| entry.source.image.is_none()) {
            let Some(source) = entry.source.stream_tag() else {
                continue;
            };
            let span = |missing| {
                let part = match missing {
                    Missing::Namespace => &entry.source.namespace,
                    Missing::Stream => &entry.source.name,
                    Missing::Tag => &entry.source.tag,
                };
                part.as_ref().map_or(entry.target.span, |part| part.span)
            };
            let named = Place::new(&file.path, entry.source.span);
            drafts.extend(draft(
                (checkout, &near_misses),
                (file, entry),
                &source,
                &named,
                span,
            ));
        }
    }
}

/// `supplemental-image-source`, of `qciToAppCIImages`: an image of QCI that nobody provides there.
pub(in crate::checks::image) fn in_qci(checkout: &Checkout, drafts: &mut Drafts) {
    let near_misses = checkout.images().near_misses();
    let registries = &checkout.conventions.registries;
    for (file, config) in checkout.images_mirror_configs() {
        for entry in &config.qci_to_app_ci {
            let Some(image) = &entry.source.image else {
                continue;
            };
            let Ok(reference) = Reference::parse(&image.value) else {
                continue;
            };
            let start = file.text_start(image.span);
            let text = Place::new(&file.path, Span::new(start, start + image.value.len()));
            let entity = format!("{} {reference}", entry.target.value);
            if let Some(draft) = qci_tag::draft(checkout, &reference, &text, entity) {
                drafts.push(draft.severity(Severity::Warning));
                continue;
            }
            if let Some((Store::Qci, source)) = stored_image(&reference, registries) {
                let named = Place::new(&file.path, image.span);
                let whole = |_| image.span;
                drafts.extend(draft(
                    (checkout, &near_misses),
                    (file, entry),
                    &source,
                    &named,
                    whole,
                ));
            }
        }
    }
}

/// A finding where nobody provides the `source` of an entry, which is `named` at a place; at the `part` of
/// it that is missing.
fn draft(
    (checkout, near_misses): (&Checkout, &NearMisses<'_>),
    (file, entry): (&File, &SupplementalImage),
    source: &ImageStreamTag,
    named: &Place,
    part: impl Fn(Missing) -> Span,
) -> Option<Draft> {
    let images = checkout.images();
    let Resolution::Missing(missing) = images.resolve(source) else {
        return None;
    };
    if checkout.known().has(source) {
        return None;
    }
    let near = near_misses.of(source);
    let mut users = images.users(source).iter();
    let alternatives = users
        .find(|image_use| image_use.place == *named)
        .map(|image_use| near_miss::alternatives(checkout, image_use, &near));
    let key = &entry.target.value;
    let draft = Draft::new(
        Place::new(&file.path, part(missing)),
        format!("{key} {source}"),
        near_miss::what_is_missing(source, missing),
    )
    .severity(Severity::Warning)
    .help(format!(
        "unless an old copy is left, `{key}` is never written; {}",
        near_miss::advice(&near)
    ));
    Some(
        draft
            .alternatives(alternatives.unwrap_or_default())
            .follows_from(lost(source)),
    )
}
