//! Steps that run from an image of the release's payload.

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::{Drafts, Look};
use crate::finding::{Draft, Place};
use crate::model::Statements;
use crate::model::ci_operator::{CiConfig, UseField};
use crate::syntax::reference::ImageStreamTag;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct PayloadImage {
    /// The release whose images a bare name means.
    release: String,
    /// Images of every payload that no config promotes.
    known: Vec<String>,
}

impl Look for PayloadImage {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for file in checkout.files() {
            let Statements::CiConfig(config) = &file.statements else {
                continue;
            };
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
                    || self.known.iter().any(|known| known == image)
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
}

impl PayloadImage {
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
