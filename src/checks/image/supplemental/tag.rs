//! Tags of images that are copied, which are usually those of their sources.

use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::finding::{Draft, Finding, Place, Severity};
use crate::model::supplemental::SupplementalImage;
use crate::model::{File, FileKind};
use crate::syntax::reference::{ImageStreamTag, Reference};

/// `supplemental-image-tag-mismatch`: a key whose tag is unlike the source's.
pub(in crate::checks::image) fn mismatches(file: &File, drafts: &mut Drafts) {
    if let Some(config) = file.images_mirror() {
        let images = config.images.iter();
        drafts.extend(images.filter_map(|entry| mismatch(file, entry)));
    }
}

fn mismatch(file: &File, entry: &SupplementalImage) -> Option<Draft> {
    let key = &*entry.target.value;
    let target: ImageStreamTag = key.parse().ok()?;
    let image = entry.source.image.as_ref()?;
    let source = Reference::parse(&image.value).ok()?;
    let Some(tag) = source.tag.as_deref() else {
        return untagged(file, entry, &target, &source);
    };
    if are_alike(tag, target.tag()) || moves(tag) || moves(target.tag()) {
        return None;
    }
    let message = format!("`{key}` is mirrored from the tag `{tag}`");
    let draft = Draft::new(Place::new(&file.path, image.span), key, message);
    Some(draft.help("nothing is wrong if this is meant; a version that was bumped on one side only looks like this"))
}

/// One that the change makes of a key and a source that were alike: one of the two was bumped.
pub(in crate::checks::image) fn severity_of_new(
    finding: &Finding,
    base: &Checkout,
) -> Option<Severity> {
    let key: ImageStreamTag = finding.entity.parse().ok()?;
    let configs = base.files_of(&[FileKind::ImagesMirrorConfig]);
    let mut images = configs
        .filter_map(|file| file.images_mirror())
        .flat_map(|config| &config.images);
    let was_alike = |entry: &&SupplementalImage| {
        let image = entry.source.image.as_ref();
        let source = image.and_then(|image| Reference::parse(&image.value).ok());
        let tag = source.and_then(|source| source.tag);
        tag.is_some_and(|tag| are_alike(&tag, key.tag()))
    };
    let before = images.find(|entry| *entry.target.value == *finding.entity)?;
    was_alike(&before).then_some(Severity::Warning)
}

/// Whether one tag holds the other, such as `v3.5` and `3.5`.
fn are_alike(one: &str, other: &str) -> bool {
    one.contains(other) || other.contains(one)
}

/// Whether a tag is given to another image from time to time.
fn moves(tag: &str) -> bool {
    matches!(tag, "latest" | "main" | "master" | "stable")
}

/// The source names no tag, and `latest` is taken for a version.
fn untagged(
    file: &File,
    entry: &SupplementalImage,
    target: &ImageStreamTag,
    source: &Reference,
) -> Option<Draft> {
    if source.digest.is_some() || moves(target.tag()) {
        return None;
    }
    let key = &*entry.target.value;
    let image = entry.source.image.as_ref()?;
    let message = format!(
        "`{}` names no tag, so `{key}` is whatever is tagged `latest`",
        image.value
    );
    let draft = Draft::new(Place::new(&file.path, image.span), key, message);
    Some(
        draft
            .severity(Severity::Warning)
            .help(format!("write the tag, such as `{}`", target.tag())),
    )
}
