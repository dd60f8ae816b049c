//! What `mirrorlint image` is asked about, in any form that people have at hand.

use super::report::NoAnswer;
use crate::checkout::images::stored_image;
use crate::model::conventions::Registries;
use crate::syntax::reference::{ImageStreamTag, ImageStreamTagError, Reference};

/// What a text names.
pub(super) enum Asked {
    /// One image of CI.
    Tag(ImageStreamTag),
    /// All tags of an ImageStream.
    Stream {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// An image of another registry, or a repository of it.
    Destination(Reference),
}

impl Asked {
    /// Reads `NAMESPACE/NAME[:TAG]`, or a pull spec: of an image of CI, by whatever name it is pulled,
    /// or of one that is mirrored to another registry.
    pub(super) fn read(text: &str, registries: &Registries) -> Result<Self, NoAnswer> {
        let text = text.strip_prefix("docker://").unwrap_or(text);
        if text.contains("@sha256:") {
            return Err(NoAnswer::Digest(text.to_owned()));
        }
        let no_tag = |error| NoAnswer::NoTag(text.to_owned(), error);
        let reference = Reference::parse(text).ok().filter(|r| !r.is_host_only());
        if let Some(reference) = reference
            && let Some(host) = &reference.host
        {
            let is_ci = registries.is_central(host)
                || registries.internal.iter().any(|own| **own == **host);
            if !is_ci {
                let of_qci = stored_image(&reference, registries);
                return Ok(of_qci.map_or(Self::Destination(reference), |(_, tag)| Self::Tag(tag)));
            }
            let is_stream = reference.tag.is_none() && reference.digest.is_none();
            let asked = match reference.namespace_and_name() {
                Some((namespace, name)) if is_stream => Some(Self::stream(namespace, name)),
                _ => reference.image_stream_tag().map(Self::Tag),
            };
            return asked.ok_or_else(|| no_tag(ImageStreamTagError::Form));
        }
        let (namespace, name) = text
            .split_once('/')
            .ok_or_else(|| NoAnswer::NoStream(text.to_owned()))?;
        if text.contains(':') {
            return text.parse().map(Self::Tag).map_err(no_tag);
        }
        Ok(Self::stream(namespace, name))
    }

    fn stream(namespace: &str, name: &str) -> Self {
        Self::Stream {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }
}
