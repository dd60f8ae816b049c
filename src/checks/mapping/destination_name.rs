//! Destinations that are called otherwise than what is mirrored there.

use crate::checkout::Checkout;
use crate::checkout::images::stored_image;
use crate::checks::Drafts;
use crate::finding::Draft;
use crate::syntax::reference::ImageStreamTag;

/// `mapping-destination-name`
pub(super) fn destination_name(checkout: &Checkout, drafts: &mut Drafts) {
    for (file, mapping) in checkout.mirroring.mappings() {
        let source = &mapping.source.reference.reference;
        let destination = &mapping.destination.reference.reference;
        let name = last_part(&destination.repository);
        // An image is named by its stream or, where a stream holds many images, by its tag.
        let stored = stored_image(source, &checkout.conventions.registries).map(|(_, image)| image);
        let own = match &stored {
            Some(image) => [Some(image.name()), Some(image.tag())],
            None => [
                Some(last_part(&source.repository)),
                mapping.source.wildcard.as_deref().or(source.tag.as_deref()),
            ],
        };
        let names = own.into_iter().chain([mapping.tag()]).flatten();
        // As in QCI, which keeps all images in one repository.
        let is_named_by_tag = |image: &ImageStreamTag| {
            let qci = image.to_qci("");
            destination.tag.as_deref() == qci.strip_prefix(':')
        };
        if name.is_empty()
            || names.into_iter().any(|other| alike(name, other))
            || stored.as_ref().is_some_and(is_named_by_tag)
        {
            continue;
        }
        drafts.push(
            Draft::new(
                file.place(mapping.destination.span),
                mapping.key(),
                match stored {
                    Some(image) => format!("`{image}` goes to a repository called `{name}`"),
                    None => {
                        format!("`{}` goes to a repository called `{name}`", mapping.source)
                    }
                },
            )
            .help("nothing is wrong if this is meant; it may be left over from a copied line"),
        );
    }
}

fn last_part(repository: &str) -> &str {
    repository.rsplit('/').next().unwrap_or(repository)
}

/// Whether one name holds the other, separators aside.
fn alike(one: &str, other: &str) -> bool {
    let fold = |name: &str| name.replace(['-', '_', '.'], "").to_lowercase();
    let (one, other) = (fold(one), fold(other));
    let other = other.trim_end_matches('*');
    one.contains(other) || other.contains(&*one)
}
