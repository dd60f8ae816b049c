//! Images on a registry that is gone.

use crate::checkout::Checkout;
use crate::checks::{Drafts, mapping};
use crate::finding::{Draft, Fix, Place};
use crate::model::FileKind;
use crate::syntax::span::Span;

/// `decommissioned-registry`: a pull spec on a host that was the central registry once.
pub(super) fn decommissioned_registry(checkout: &Checkout, drafts: &mut Drafts) {
    let registries = &checkout.conventions.registries;
    let (today, gone) = (registries.today(), registries.decommissioned());
    let mut found = Vec::new();
    let mut uses_of_today = 0_usize;
    for file in checkout.files_of(FileKind::WITH_PULL_SPECS) {
        for span in file.pull_specs() {
            let text = file.slice(span);
            let host_at = text.find(|c| c != '"' && c != '\'').unwrap_or_default();
            let image = text[host_at..].trim_end_matches(['"', '\'']);
            let host = image.split('/').next().unwrap_or_default();
            uses_of_today += usize::from(host == today);
            if gone.iter().any(|gone| gone == host) {
                let start = span.start as usize + host_at;
                let span = Span::new(start, start + host.len());
                found.push((Place::new(&file.path, span), host, image));
            }
        }
    }
    if uses_of_today < found.len() {
        return; // a tree of the time when such a registry was the central one
    }
    for (place, host, image) in found {
        let message = format!("`{image}` is on `{host}`, which is gone");
        let fix = Fix::safe(format!("change to `{today}`"), place.clone(), today);
        let topic = mapping::refused(&place);
        drafts.push(
            Draft::new(place, image, message)
                .help(format!("its images are on `{today}`"))
                .explains(topic)
                .fix(fix),
        );
    }
}
