//! A tag that a space cuts off from its image, so that `oc` takes it for an image of its own.

use crate::checkout::mirroring::MirroredFile;
use crate::finding::{Draft, Fix};
use crate::model::mapping_file::{Line, Mapping};
use crate::syntax::reference::TypedReference;
use crate::syntax::span::Span;

/// The tag, as `oc` reads it: a destination.
pub(super) struct LostTag {
    image: Span,
    tag: Span,
}

impl LostTag {
    /// The destination of `mapping`, if it looks like the tag of the image before it, which is the
    /// destination of `before` or, for the first one, the source.
    pub(super) fn of(
        file: &MirroredFile,
        before: Option<&Mapping>,
        mapping: &Mapping,
    ) -> Option<Self> {
        let tag = mapping.destination.span;
        if !is_bare_word(&mapping.destination.reference) {
            return None;
        }
        let (image, reference) = match before {
            Some(before) => (before.destination.span, &before.destination.reference),
            None if mapping.source.wildcard.is_some() => return None,
            None => (mapping.source.span, &mapping.source.reference),
        };
        let image_reference = &reference.reference;
        let lacks_tag = image_reference.host.is_some()
            && image_reference.tag.is_none()
            && image_reference.digest.is_none()
            && !image_reference.is_host_only();
        let gap = image.end as usize..tag.start as usize;
        let gap = file.file.text.get(gap).unwrap_or_default();
        let is_next = !gap.is_empty() && gap.chars().all(|c| c == ' ');
        (lacks_tag && is_next).then_some(Self { image, tag })
    }

    /// The one right behind the source at `source`.
    pub(super) fn of_source(file: &MirroredFile, line: &Line, source: Span) -> Option<Self> {
        let mut mappings = line.mappings.iter();
        let first = mappings.find(|mapping| mapping.source.span == source)?;
        Self::of(file, None, first)
    }

    /// A finding of it.
    pub(super) fn draft(&self, file: &MirroredFile) -> Draft {
        let (image, tag) = (file.file.slice(self.image), file.file.slice(self.tag));
        let gap = Span::new(self.image.end as usize, self.tag.start as usize);
        let joined = format!("write `{image}:{tag}`");
        Draft::new(
            file.place(self.tag),
            format!("destination {tag}"),
            format!("a space stands between `{image}` and its tag `{tag}`"),
        )
        .help(format!(
            "`oc` takes `{tag}` for an image on docker.io; {joined}"
        ))
        .fix(Fix::safe(joined, file.place(gap), ":").to_review())
    }
}

/// Whether it is one word, which could be a tag as well.
fn is_bare_word(typed: &TypedReference) -> bool {
    let reference = &typed.reference;
    typed.transport.prefix().is_empty()
        && reference.host.is_none()
        && reference.tag.is_none()
        && reference.digest.is_none()
        && !reference.repository.contains('/')
}
