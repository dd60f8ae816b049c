//! Images on a registry that is gone.

use serde::Deserialize;

use super::{Check, Drafts};
use crate::checkout::Checkout;
use crate::finding::{Draft, Fix, Place};
use crate::model::Statements;
use crate::syntax::span::Span;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecommissionedRegistry {
    /// The registry that is gone.
    host: String,
    /// The one that has its images now.
    successor: String,
}

impl Check for DecommissionedRegistry {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let mut hosts = Vec::new();
        let mut uses_of_successor = 0_usize;
        for (file, mapping) in checkout.mirroring.mappings() {
            let source = (mapping.source.span, &mapping.source.reference);
            let destination = (mapping.destination.span, &mapping.destination.reference);
            for (token, typed) in [source, destination] {
                let host = typed.reference.host.as_deref();
                uses_of_successor += usize::from(host == Some(&self.successor));
                if host == Some(&self.host)
                    && let Some(span) = typed.reference.spans.host
                {
                    hosts.push((
                        file.place(span.shifted(token.start as usize)),
                        file.file.slice(token),
                    ));
                }
            }
        }
        // A source with several destinations is one token.
        hosts.dedup();
        if uses_of_successor < hosts.len() {
            return; // a tree of the time when this registry was the central one
        }
        for (place, image) in &hosts {
            drafts.push(self.draft(place, image));
        }
        for (place, image) in named_elsewhere(checkout) {
            if let Some(at) = image.find(&self.host) {
                let start = place.span.start as usize + at;
                let host = Place::new(&place.path, Span::new(start, start + self.host.len()));
                drafts.push(self.draft(&host, image));
            }
        }
    }
}

impl DecommissionedRegistry {
    fn draft(&self, place: &Place, image: &str) -> Draft {
        Draft::new(
            place.clone(),
            image,
            format!("`{image}` is on `{}`, which is gone", self.host),
        )
        .help(format!("its images are on `{}`", self.successor))
        .fix(Fix::safe(
            format!("write `{}`", self.successor),
            place.clone(),
            &self.successor,
        ))
    }
}

/// Images that jobs and `supplementalCIImages` name, as they stand in the file.
fn named_elsewhere(checkout: &Checkout) -> Vec<(Place, &str)> {
    let mut images = Vec::new();
    for file in checkout.files() {
        let spans: Vec<Span> = match &file.statements {
            Statements::Jobs(jobs) => jobs
                .iter()
                .flat_map(|job| job.containers())
                .filter_map(|container| Some(container.image.as_ref()?.span))
                .collect(),
            Statements::ImagesMirror(config) => config
                .images
                .iter()
                .filter_map(|entry| Some(entry.source.image.as_ref()?.span))
                .collect(),
            _ => continue,
        };
        images.extend(
            spans
                .into_iter()
                .map(|span| (Place::new(&file.path, span), file.slice(span))),
        );
    }
    images
}
