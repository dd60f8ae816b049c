//! The two stores that hold the images of CI, and which of them a pull spec means.

use crate::model::conventions::Registries;
use crate::syntax::reference::{ImageStreamTag, Reference};

/// Where images are kept. An ImageStreamTag may be in either, written by others
/// (openshift/ci-tools `pkg/api/promotion.go`, `cmd/ci-images-mirror/main.go`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Store {
    /// `quay.io/openshift/ci`, one tag for each image: what jobs pull.
    Qci,
    /// The ImageStreams of the cluster app.ci, behind the central registry.
    AppCi,
}

impl Store {
    /// Both: what is promoted goes to QCI, and to app.ci in checkouts of before August 2026.
    pub(super) const BOTH: &[Self] = &[Self::Qci, Self::AppCi];

    /// This one alone.
    pub(super) fn alone(self) -> &'static [Self] {
        match self {
            Self::Qci => &[Self::Qci],
            Self::AppCi => &[Self::AppCi],
        }
    }
}

/// The image that a pull spec means, whichever way it is written, and the store that it is pulled
/// from. A pull spec without a tag means `latest`.
#[must_use]
pub fn stored_image(
    reference: &Reference,
    registries: &Registries,
) -> Option<(Store, ImageStreamTag)> {
    if let Some(tag) = ImageStreamTag::from_qci(reference, &registries.qci) {
        return Some((Store::Qci, tag));
    }
    let host = reference.host.as_deref()?;
    if !registries.is_central(host) {
        return None;
    }
    let tag = if reference.tag.is_none() && reference.digest.is_none() {
        let (namespace, name) = reference.namespace_and_name()?;
        ImageStreamTag::new(namespace, name, "latest").ok()
    } else {
        reference.image_stream_tag()
    };
    Some((Store::AppCi, tag?))
}

/// The tag of a pull spec in QCI that stands for no ImageStreamTag.
#[must_use]
pub fn nameless_qci_tag<'r>(reference: &'r Reference, registries: &Registries) -> Option<&'r str> {
    let is_in_qci = registries.qci.contains(&reference.repository_text());
    let tag = reference.tag.as_deref().filter(|_| is_in_qci)?;
    ImageStreamTag::of_qci_tag(tag).is_none().then_some(tag)
}

/// [`stored_image`] of a pull spec as it stands in a file.
#[must_use]
pub fn stored_image_in(text: &str, registries: &Registries) -> Option<(Store, ImageStreamTag)> {
    stored_image(&Reference::parse(text).ok()?, registries)
}
