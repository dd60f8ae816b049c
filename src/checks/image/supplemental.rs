//! `supplementalCIImages` and `qciToAppCIImages` in `core-services/image-mirroring/_config.yaml`. The
//! rules are those of openshift/ci-tools `cmd/ci-images-mirror` and
//! `pkg/controller/quay_io_ci_images_distributor/supplemental_images.go`.

pub(super) mod tag;
pub(super) mod underscore;
pub(super) mod unprovided;

use crate::checkout::Checkout;
use crate::checkout::images::{Provider, ProviderKind, State};
use crate::checks::Drafts;
use crate::finding::{Draft, Fix, Place, Severity};
use crate::model::conventions::Registries;
use crate::model::supplemental::SupplementalImage;
use crate::model::{File, Text};
use crate::syntax::reference::{ImageStreamTag, Reference, WebAddress, web_address};
use crate::syntax::span::Span;

/// The topic of what follows when an entry has not the shape that it must have.
pub(super) fn faulty(file: &File, entry: &SupplementalImage) -> String {
    format!("{} of {} is faulty", entry.target.value, file.path)
}

/// `supplemental-image-key`: a key that is no ImageStreamTag.
pub(super) fn key(file: &File, drafts: &mut Drafts) {
    let entries = file
        .images_mirror()
        .into_iter()
        .flat_map(|config| config.images.iter().chain(&config.qci_to_app_ci));
    for entry in entries {
        let key = &*entry.target.value;
        let Err(reason) = key.parse::<ImageStreamTag>() else {
            continue;
        };
        let message = format!("`{key}` is no ImageStreamTag: {reason}");
        let draft = Draft::new(Place::new(&file.path, entry.target.span), key, message);
        drafts.push(
            draft
                .help("the key is what the image is called in CI: `namespace/name:tag`")
                .follows_from(faulty(file, entry)),
        );
    }
}

/// `supplemental-image-source`: a value that names no source, or one that is not allowed.
pub(super) fn source(checkout: &Checkout, drafts: &mut Drafts) {
    let registries = &checkout.conventions.registries;
    for (file, config) in checkout.images_mirror_configs() {
        let copied = config.qci_to_app_ci.iter();
        let images = config.images.iter();
        drafts.extend(images.filter_map(|entry| supplemental_source(file, entry)));
        for altered in config.images.iter().flat_map(|entry| &entry.source.altered) {
            drafts.push(altered_draft(file, altered));
        }
        drafts.extend(copied.filter_map(|entry| qci_source(file, entry, registries)));
    }
}

/// `supplemental-image-overwrites-promotion`: a key that a promotion writes already.
pub(super) fn overwrites_promotion(checkout: &Checkout, drafts: &mut Drafts) {
    for (file, config) in checkout.images_mirror_configs() {
        let images = config.images.iter();
        drafts.extend(images.filter_map(|entry| overwritten(checkout, file, entry)));
    }
}

/// A promotion that writes the entry's tag too. An entry that copies the tag of its own name from
/// app.ci takes what is promoted there, which is odd and has worked for years.
fn overwritten(checkout: &Checkout, file: &File, entry: &SupplementalImage) -> Option<Draft> {
    let target: ImageStreamTag = entry.target.value.parse().ok()?;
    let providers = checkout.images().providers(&target);
    let is_promotion = |provider: &&Provider| {
        matches!(
            provider.kind,
            ProviderKind::Promotion | ProviderKind::BuildCache
        ) && provider.state == State::Live
    };
    let promotion = providers.iter().find(is_promotion)?;
    let place = Place::new(&file.path, entry.target.span);
    let copies_itself = providers
        .iter()
        .any(|provider| provider.place == place && provider.copies.as_ref() == Some(&target));
    let message = format!(
        "`{target}` is promoted by `{}` already",
        promotion.place.path
    );
    let draft = Draft::new(place, target.as_str(), message)
        .help("the mirror and the promotion overwrite each other, and ci-images-mirror refuses it in a new entry; choose another name, or drop one")
        .related(promotion.place.clone(), "promoted here")
        .affects([&promotion.place.path]);
    Some(if copies_itself {
        draft.severity(Severity::Hint)
    } else {
        draft
    })
}

fn altered_draft(file: &File, part: &Text) -> Draft {
    let said = &*part.value;
    let message =
        format!("`{said}` is read as a number or a truth value, and spelt otherwise then");
    let place = Place::new(&file.path, part.span);
    let quoted = format!("\"{said}\"");
    Draft::new(place.clone(), said, message)
        .help(format!(
            "ci-images-mirror looks for an image of another name; write `{quoted}`"
        ))
        .fix(Fix::safe("put it in quotes", place, quoted))
}

/// What is wrong with the source of an entry of `supplementalCIImages`.
fn supplemental_source(file: &File, entry: &SupplementalImage) -> Option<Draft> {
    let key = &*entry.target.value;
    let source = &entry.source;
    if let Some(alias) = &source.alias {
        return Some(alias_draft(file, key, alias.span));
    }
    let Some(image) = &source.image else {
        let parts = [&source.namespace, &source.name, &source.tag];
        let message = match parts.iter().filter(|part| part.is_some()).count() {
            3 => return None,
            0 => "no source",
            _ => "only a part of `namespace`, `name` and `tag`",
        };
        let place = Place::new(&file.path, entry.target.span);
        let draft = Draft::new(place, key, format!("`{key}` has {message}"));
        return Some(
            draft
                .help("give either `image`, a pull spec, or all of `namespace`, `name` and `tag`")
                .follows_from(faulty(file, entry)),
        );
    };
    if let Err(fault) = Reference::parse(&image.value) {
        let span = fault.span.shifted(file.text_start(image.span));
        let never = "the image is never mirrored".to_owned();
        let draft = Draft::new(Place::new(&file.path, span), key, fault.message);
        return Some(draft.maybe_help(fault.help.or(Some(never))));
    }
    if let Some(address) = web_address(&image.value) {
        return Some(address_draft(file, key, image, address));
    }
    let beside = source.namespace.as_ref().or(source.name.as_ref());
    let beside = beside.or(source.tag.as_ref())?;
    let message = format!("`{key}` has an ImageStreamTag beside `image`, which is never looked at");
    let draft = Draft::new(Place::new(&file.path, beside.span), key, message);
    Some(
        draft
            .severity(Severity::Warning)
            .help("keep the one that is meant"),
    )
}

fn address_draft(file: &File, key: &str, image: &Text, address: WebAddress) -> Draft {
    let place = Place::new(&file.path, image.span);
    let message = format!(
        "`{}` is the address of a web page, and no image",
        image.value
    );
    let draft = Draft::new(place.clone(), key, message);
    match address.corrected {
        Some(right) => draft
            .help(format!("the image is never mirrored; write `{right}`"))
            .fix(Fix::safe(format!("change to `{right}`"), place, right)),
        None => draft
            .help("the image is never mirrored; write the registry, the repository and the tag"),
    }
}

/// `forbidden-namespace`, of images that are copied: those of QCI are no ImageStreams, but nobody can
/// promote to such a namespace either.
pub(in crate::checks) fn forbidden_namespace(checkout: &Checkout, drafts: &mut Drafts) {
    let forbidden = &checkout.conventions.namespaces.forbidden.mapping;
    for (file, config) in checkout.images_mirror_configs() {
        let to_qci = config.images.iter().map(|entry| (entry, Severity::Warning));
        let to_app_ci = config
            .qci_to_app_ci
            .iter()
            .map(|entry| (entry, Severity::Error));
        for (entry, severity) in to_qci.chain(to_app_ci) {
            let key = &*entry.target.value;
            let Some((namespace, _)) = key.split_once('/') else {
                continue;
            };
            if forbidden.contains(namespace) {
                let message = format!(
                    "namespace `{namespace}` is managed by Red Hat and is not for images of others"
                );
                let draft = Draft::new(Place::new(&file.path, entry.target.span), key, message);
                drafts.push(draft.severity(severity).help(format!(
                    "choose a namespace of your own; forbidden is whatever matches `{}`",
                    *forbidden.names
                )));
            }
        }
    }
}

/// What is wrong with the source of an entry of `qciToAppCIImages`: the image of the same name in
/// QCI unless `image` names another one there.
fn qci_source(file: &File, entry: &SupplementalImage, registries: &Registries) -> Option<Draft> {
    let key = &*entry.target.value;
    let source = &entry.source;
    if let Some(alias) = &source.alias {
        return Some(alias_draft(file, key, alias.span));
    }
    let part = [&source.namespace, &source.name, &source.tag];
    if let Some(part) = part.into_iter().flatten().next() {
        let message = format!("`{key}` is copied from QCI, and names an ImageStreamTag of app.ci");
        let draft = Draft::new(Place::new(&file.path, part.span), key, message);
        return Some(draft.help(
            "ci-images-mirror stops here; write `{}` to copy the image of the same name, or `image` with a pull spec in QCI",
        ));
    }
    let image = source.image.as_ref()?;
    let is_in_qci = registries.qci.iter().any(|repository| {
        let rest = image.value.strip_prefix(repository.as_str());
        rest.is_some_and(|rest| rest.starts_with([':', '@']))
    });
    if is_in_qci {
        return None;
    }
    let message = format!(
        "`{key}` is copied from `{}`, which is not in QCI",
        image.value
    );
    let draft = Draft::new(Place::new(&file.path, image.span), key, message);
    let named: Vec<String> = registries
        .qci
        .iter()
        .map(|own| format!("`{own}`"))
        .collect();
    Some(draft.help(format!(
        "ci-images-mirror stops here; the image must be in {}",
        named.join(" or ")
    )))
}

fn alias_draft(file: &File, key: &str, span: Span) -> Draft {
    let draft = Draft::new(
        Place::new(&file.path, span),
        key,
        "`as` is not allowed here",
    );
    draft.help("the key already says what the image is called")
}
