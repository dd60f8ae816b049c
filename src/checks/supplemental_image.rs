//! `supplementalCIImages` in `core-services/image-mirroring/_config.yaml`. The rules are those of
//! openshift/ci-tools `cmd/ci-images-mirror`, domain section 11.

use serde::Deserialize;

use super::image_stream::quote_width;
use super::{Check, Drafts};
use crate::checkout::Checkout;
use crate::checkout::images::{ProviderKind, State};
use crate::finding::{Draft, Place};
use crate::model::supplemental::SupplementalImage;
use crate::model::{File, Statements};
use crate::syntax::reference::{ImageStreamTag, Reference};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SupplementalImageCheck {
    /// What this rule looks at.
    fault: Fault,
    /// Hosts of the central registry.
    #[serde(default)]
    registries: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Fault {
    /// The key is no ImageStreamTag.
    Key,
    /// The value names no source, or two.
    Source,
    /// An image that is mirrored onto itself.
    Itself,
    /// A promotion writes the tag already.
    OverwritesPromotion,
    /// The key's tag is unlike the source's.
    TagMismatch,
}

impl Check for SupplementalImageCheck {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for file in checkout.files() {
            let Statements::ImagesMirror(config) = &file.statements else {
                continue;
            };
            for entry in &config.images {
                drafts.extend(self.judge(checkout, file, entry, true));
            }
            for entry in &config.qci_to_app_ci {
                if matches!(self.fault, Fault::Key | Fault::Source) {
                    drafts.extend(self.judge(checkout, file, entry, false));
                }
            }
        }
    }
}

impl SupplementalImageCheck {
    fn judge(
        &self,
        checkout: &Checkout,
        file: &File,
        entry: &SupplementalImage,
        needs_source: bool,
    ) -> Option<Draft> {
        let key = &*entry.target.value;
        let at_key = Place::new(&file.path, entry.target.span);
        match self.fault {
            Fault::Key => {
                let reason = key.parse::<ImageStreamTag>().err()?;
                let draft = Draft::new(
                    at_key,
                    key,
                    format!("`{key}` is no ImageStreamTag: {reason}"),
                );
                Some(draft.help("the key is what the image is called on the central registry: `namespace/name:tag`"))
            }
            Fault::Source => source(file, entry, needs_source),
            Fault::Itself => {
                let target: ImageStreamTag = key.parse().ok()?;
                let is_same = self.source_tag(entry)? == target;
                is_same.then(|| {
                    Draft::new(at_key, key, format!("`{key}` is mirrored from itself"))
                        .help("name the source that is meant")
                })
            }
            Fault::OverwritesPromotion => {
                let target: ImageStreamTag = key.parse().ok()?;
                let promotion = checkout.images.providers(&target).iter().find(|provider| {
                    provider.kind == ProviderKind::Promotion && provider.state == State::Live
                })?;
                let draft = Draft::new(
                    at_key,
                    key,
                    format!("`{key}` is promoted by `{}` already", promotion.place.path),
                );
                Some(
                    draft
                        .help("the mirror and the promotion overwrite each other; choose another name, or drop one")
                        .related(promotion.place.clone(), "promoted here"),
                )
            }
            Fault::TagMismatch => {
                let target: ImageStreamTag = key.parse().ok()?;
                let image = entry.image.as_ref()?;
                let source = Reference::parse(&image.value).ok()?;
                let tag = source.tag.as_deref()?;
                let alike = tag.contains(target.tag()) || target.tag().contains(tag);
                let moves = |tag: &str| matches!(tag, "latest" | "main" | "master" | "stable");
                (!alike && !moves(tag) && !moves(target.tag())).then(|| {
                    Draft::new(
                        Place::new(&file.path, image.span),
                        key,
                        format!("`{key}` is mirrored from the tag `{tag}`"),
                    )
                    .help("nothing is wrong if this is meant; a version that was bumped on one side only looks like this")
                })
            }
        }
    }

    fn source_tag(&self, entry: &SupplementalImage) -> Option<ImageStreamTag> {
        let Some(image) = &entry.image else {
            return entry.source();
        };
        let reference = Reference::parse(&image.value).ok()?;
        let host = reference.host.as_deref()?;
        let is_central = self.registries.iter().any(|registry| registry == host);
        is_central.then(|| reference.image_stream_tag()).flatten()
    }
}

fn source(file: &File, entry: &SupplementalImage, is_needed: bool) -> Option<Draft> {
    let key = &*entry.target.value;
    let at = |span| Place::new(&file.path, span);
    if let Some(alias) = &entry.alias {
        let draft = Draft::new(at(alias.span), key, "`as` is not allowed here");
        return Some(draft.help("the key already says what the image is called"));
    }
    let parts = [&entry.namespace, &entry.name, &entry.tag];
    let given = parts.iter().filter(|part| part.is_some()).count();
    let message = match (&entry.image, given) {
        (Some(image), 0) => {
            let fault = Reference::parse(&image.value).err()?;
            let span = fault
                .span
                .shifted(image.span.start as usize + quote_width(file, image.span));
            let draft = Draft::new(at(span), key, fault.message);
            return Some(
                draft.maybe_help(
                    fault
                        .help
                        .or_else(|| Some("the image is never mirrored".to_owned())),
                ),
            );
        }
        (Some(_), _) => "both `image` and an ImageStreamTag",
        (None, 3) => return None,
        (None, 0) if is_needed => "no source",
        (None, 0) => return None,
        (None, _) => "only a part of `namespace`, `name` and `tag`",
    };
    let draft = Draft::new(at(entry.target.span), key, format!("`{key}` has {message}"));
    Some(draft.help("give either `image`, a pull spec, or all of `namespace`, `name` and `tag`"))
}
