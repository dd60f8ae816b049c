//! Images on a registry that is gone.

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::{Drafts, Look};
use crate::finding::{Draft, Fix, Place};
use crate::syntax::span::Span;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct DecommissionedRegistry {
    /// The registry that is gone.
    host: String,
    /// The one that has its images now.
    successor: String,
}

impl Look for DecommissionedRegistry {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let mut found = Vec::new();
        let mut uses_of_successor = 0_usize;
        for file in checkout.files() {
            for span in file.pull_specs() {
                let text = file.slice(span);
                let host_at = text.find(|c| c != '"' && c != '\'').unwrap_or_default();
                let host = text[host_at..].split('/').next().unwrap_or_default();
                uses_of_successor += usize::from(host == self.successor);
                if host == self.host {
                    let start = span.start as usize + host_at;
                    let host = Span::new(start, start + host.len());
                    found.push((Place::new(&file.path, host), &text[host_at..]));
                }
            }
        }
        if uses_of_successor < found.len() {
            return; // a tree of the time when this registry was the central one
        }
        for (place, text) in found {
            drafts.push(self.draft(&place, text.trim_end_matches(['"', '\''])));
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
