//! Registries that images should not be taken from.

use globset::GlobSet;
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::{Drafts, params};
use crate::finding::{Draft, Place};
use crate::model::{FileKind, Statements};
use crate::syntax::reference::Reference;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct SourceRegistry {
    /// The registry not to take images from.
    host: String,
    /// Whether it is where a pull spec without a host leads.
    #[serde(default)]
    is_default: bool,
    /// Mapping files that this holds for, by base name.
    #[serde(deserialize_with = "params::paths")]
    mapping_files: GlobSet,
    /// Why, and what to do.
    help: String,
}

impl SourceRegistry {
    /// The mechanism `source-registry`.
    pub(in crate::checks) fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for file in &checkout.mirroring().files {
            if !self.mapping_files.is_match(file.name()) {
                continue;
            }
            let mut seen = None;
            for mapping in file.lines().iter().flat_map(|line| &line.mappings) {
                let source = &mapping.source;
                if seen != Some(source.span) && self.is_from_host(&source.reference.reference) {
                    drafts.push(self.draft(file.place(source.span), &source.key()));
                }
                seen = Some(source.span);
            }
        }
        for file in checkout.files_of(&[FileKind::ImagesMirrorConfig]) {
            let Statements::ImagesMirror(config) = &file.statements else {
                continue;
            };
            for image in config
                .images
                .iter()
                .filter_map(|entry| entry.source.image.as_ref())
            {
                let Ok(reference) = Reference::parse(&image.value) else {
                    continue;
                };
                // ci-images-mirror too takes a pull spec without a host for one of the default.
                let place = Place::new(&file.path, image.span);
                if self.is_from_host(&reference) {
                    drafts.push(self.draft(place, &image.value));
                } else if self.is_default && reference.host.is_none() {
                    drafts.push(self.hostless(place, &image.value));
                }
            }
        }
    }
}

impl SourceRegistry {
    fn is_from_host(&self, reference: &Reference) -> bool {
        reference.host.as_deref() == Some(&self.host)
    }

    fn draft(&self, place: Place, source: &str) -> Draft {
        Draft::new(
            place,
            source,
            format!("source `{source}` is on `{}`", self.host),
        )
        .help(self.help.clone())
    }

    fn hostless(&self, place: Place, source: &str) -> Draft {
        let message = format!(
            "source `{source}` names no registry, so it is on `{}`",
            self.host
        );
        Draft::new(place, source, message).help(self.help.clone())
    }
}
