//! How a checkout names an image of CI in a mapping file.

use super::Refused;
use super::names::{Destination, Source, Stream};
use crate::checkout::Checkout;
use crate::checkout::images::{Provider, State, Store, stored_image};
use crate::limits::MAX_PROVIDERS;
use crate::syntax::reference::ImageStreamTag;

/// A line of a mapping file.
pub(super) struct Line {
    /// The left side.
    pub(super) source: String,
    /// The right side, with its tag.
    pub(super) destination: String,
}

impl Line {
    /// The line that mirrors `stream` to `destination`, which takes the source's tag where it has
    /// none.
    pub(super) fn new(
        checkout: &Checkout,
        stream: &Stream,
        destination: &Destination,
    ) -> Result<Self, Refused> {
        let mut to = destination.reference().clone();
        match (&stream.tag, &to.tag) {
            (None, Some(tag)) => {
                return Err(Refused::Unfit(format!(
                    "all tags of `{}/{}` cannot go to the one tag `{tag}`; leave it out, or name \
                     one tag of the source",
                    stream.namespace, stream.name
                )));
            }
            (Some(own), None) => to.tag = Some(own.clone()),
            _ => {}
        }
        Ok(Self {
            source: written(checkout, stream),
            destination: to.to_string(),
        })
    }

    /// The line, with its line break.
    pub(super) fn text(&self) -> String {
        format!("{} {}\n", self.source, self.destination)
    }
}

/// The image of CI that is meant. Of one tag a rule says whether it is provided.
pub(super) fn stream(checkout: &Checkout, source: &Source) -> Result<Stream, Refused> {
    match source {
        Source::Stream(Stream {
            namespace,
            name,
            tag: None,
        }) if checkout.images().stream(namespace, name).is_none() => Err(Refused::Unfit(format!(
            "nothing provides any tag of `{namespace}/{name}`"
        ))),
        Source::Stream(stream) => Ok(stream.clone()),
        Source::PullSpec(spec) => {
            let stored = stored_image(spec.reference(), &checkout.conventions.registries);
            let (_, image) = stored.ok_or_else(|| {
                Refused::Unfit(format!(
                    "`{}` is no image of CI; mirrored are images that CI publishes, as \
                     NAMESPACE/NAME:TAG",
                    spec.reference()
                ))
            })?;
            Ok(Stream::of(&image))
        }
    }
}

/// The source as the checkout writes it: from the store that the image is written to and that other
/// lines take images from.
fn written(checkout: &Checkout, stream: &Stream) -> String {
    let registries = &checkout.conventions.registries;
    let Stream {
        namespace,
        name,
        tag,
    } = stream;
    let tag = tag.as_deref().unwrap_or("*");
    match registries.qci.first() {
        Some(qci) if store(checkout, stream) == Store::Qci => {
            format!("{qci}:{namespace}_{name}_{tag}")
        }
        _ => format!("{}/{namespace}/{name}:{tag}", registries.today()),
    }
}

/// The store that the image is mirrored from.
fn store(checkout: &Checkout, stream: &Stream) -> Store {
    let usual = usual_store(checkout);
    let providers = providers(checkout, stream);
    let mut live = providers
        .iter()
        .filter(|provider| provider.state == State::Live)
        .take(MAX_PROVIDERS)
        .peekable();
    let other = match usual {
        Store::Qci => Store::AppCi,
        Store::AppCi => Store::Qci,
    };
    if live.peek().is_none() || live.any(|provider| provider.stores.contains(&usual)) {
        usual
    } else {
        other
    }
}

/// Who provides the image, or the first tag of the stream.
fn providers<'c>(checkout: &'c Checkout, stream: &Stream) -> &'c [Provider] {
    let Stream {
        namespace,
        name,
        tag,
    } = stream;
    match tag {
        Some(tag) => ImageStreamTag::new(namespace, name, tag)
            .map_or(&[], |image| checkout.images().providers(&image)),
        None => {
            let stream = checkout.images().stream(namespace, name);
            let first = stream.and_then(|stream| stream.tags.values().next());
            first.map_or(&[], Vec::as_slice)
        }
    }
}

/// QCI in a checkout of today; in an older one what most lines take images from.
fn usual_store(checkout: &Checkout) -> Store {
    if checkout.layout().has_image_items() {
        return Store::Qci;
    }
    let registries = &checkout.conventions.registries;
    let stores = checkout.mirroring().mappings().filter_map(|(_, mapping)| {
        let source = &mapping.source.reference.reference;
        Some(stored_image(source, registries)?.0)
    });
    let (of_qci, of_app_ci) = stores.fold((0_usize, 0_usize), |(qci, app_ci), store| match store {
        Store::Qci => (qci + 1, app_ci),
        Store::AppCi => (qci, app_ci + 1),
    });
    if of_app_ci > of_qci {
        Store::AppCi
    } else {
        Store::Qci
    }
}
