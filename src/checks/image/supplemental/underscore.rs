//! Keys with an underscore, by which QCI parts its tags.

use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::finding::{Draft, Fix, Place, Severity};
use crate::model::File;
use crate::model::supplemental::SupplementalImage;
use crate::syntax::likeness::asked;
use crate::syntax::reference::ImageStreamTag;

/// `supplemental-image-key`, of keys with an underscore where QCI parts its tags.
pub(in crate::checks::image) fn underscores(checkout: &Checkout, drafts: &mut Drafts) {
    for (file, config) in checkout.images_mirror_configs() {
        let to_qci = config.images.iter().map(|entry| (entry, false));
        let to_app_ci = config.qci_to_app_ci.iter().map(|entry| (entry, true));
        for (entry, is_to_app_ci) in to_qci.chain(to_app_ci) {
            drafts.extend(underscore(checkout, file, entry, is_to_app_ci));
        }
    }
}

fn underscore(
    checkout: &Checkout,
    file: &File,
    entry: &SupplementalImage,
    is_to_app_ci: bool,
) -> Option<Draft> {
    let key = &*entry.target.value;
    let target: ImageStreamTag = key.parse().ok()?;
    let (namespace, name, tag) = (target.namespace(), target.name(), target.tag());
    let place = Place::new(&file.path, entry.target.span);
    if is_to_app_ci && namespace.contains('_') {
        let message = format!("`{namespace}` cannot be a namespace: it holds `_`");
        let help = "app.ci has no such namespace, so the image is never written; rename it";
        return Some(Draft::new(place, key, message).help(help));
    }
    let images = checkout.images();
    let (part, meant) = if namespace.contains('_') {
        let is_there = |meant: &String| images.has_namespace(meant);
        let meant = without_underscore(namespace).into_iter().find(is_there);
        (
            namespace,
            meant.map(|meant| format!("{meant}/{name}:{tag}")),
        )
    } else if name.contains('_') && !is_to_app_ci {
        let is_there = |meant: &String| images.stream(namespace, meant).is_some();
        let meant = without_underscore(name).into_iter().find(is_there);
        (
            name,
            meant.map(|meant| format!("{namespace}/{meant}:{tag}")),
        )
    } else {
        return None;
    };
    let qci_tag = target.to_qci_tag();
    let read = ImageStreamTag::of_qci_tag(&qci_tag)?;
    let message = format!("`{part}` holds `_`, so the tag `{qci_tag}` means `{read}`");
    let draft = Draft::new(place.clone(), key, message).help(format!(
        "in QCI the first two `_` part namespace, name and tag, and neither namespaces nor names hold any{}",
        asked(meant.as_deref())
    ));
    // Whoever writes the name in the same way finds the image all the same.
    Some(match meant {
        Some(meant) => draft
            .severity(Severity::Warning)
            .alternatives(Fix::alternative(place, meant)),
        None => draft.severity(Severity::Hint),
    })
}

fn without_underscore(name: &str) -> [String; 2] {
    [name.replace('_', ""), name.replace('_', "-")]
}
