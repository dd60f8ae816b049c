//! Steps that run from an image of the release's payload.

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::finding::{Draft, Place};
use crate::model::ci_operator::{CiConfig, UseField};
use crate::syntax::reference::ImageStreamTag;

/// Parameters of `payload-image-unknown`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PayloadImage {
    /// The release whose images a bare name means.
    release: String,
}

impl PayloadImage {
    /// `payload-image-unknown`: a step's `from` that is in no payload.
    pub(super) fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let of_art = &checkout.conventions.outside_images.payload;
        for (file, config) in checkout.ci_configs() {
            let Some((namespace, name)) = self.stream(config) else {
                continue;
            };
            // A stream of which the checkout provides nothing says nothing about its tags.
            if checkout.images.stream(namespace, name).is_none() {
                continue;
            }
            for used in &config.uses {
                let image = &*used.name.value;
                if used.field != UseField::StepFrom
                    || config.declares(image)
                    || config.lacks(used)
                    || image.contains(':')
                    || of_art.iter().any(|known| known == image)
                {
                    continue;
                }
                let Ok(tag) = ImageStreamTag::new(namespace, name, image) else {
                    continue;
                };
                if !checkout.images.providers(&tag).is_empty() || checkout.images.is_provided(&tag)
                {
                    continue;
                }
                drafts.push(
                    Draft::new(
                        Place::new(&file.path, used.name.span),
                        image,
                        format!("`{image}` is neither an image of this config nor in `{namespace}/{name}`"),
                    )
                    .help(format!(
                        "a step's `from` names something that the config imports or builds, else an \
                         image of the `{}` release",
                        self.release
                    )),
                );
            }
        }
    }

    /// The stream that the release is put together from, where the config names it.
    fn stream<'c>(&self, config: &'c CiConfig) -> Option<(&'c str, &'c str)> {
        let stream = config.streams.iter().find(|stream| match &stream.release {
            Some(release) => *release.value == *self.release,
            None => true,
        })?;
        Some((
            &stream.namespace.as_ref()?.value,
            &stream.name.as_ref()?.value,
        ))
    }
}
