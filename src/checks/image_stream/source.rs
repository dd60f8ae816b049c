//! What ImageStreams and builds take their images from. What the API server refuses:
//! openshift-apiserver `pkg/image/apis/image/validation/validation.go`
//! `ValidateImageStreamTagReference`.

use super::Located;
use super::tag::PULLED;
use crate::checkout::Checkout;
use crate::checkout::images::{ImageUse, Missing, Near, Referrer, Resolution, ResolutionKind};
use crate::checks::Drafts;
use crate::checks::image::{lost, near_miss};
use crate::checks::unparsed::MayProvide;
use crate::finding::{Draft, Fix, Severity};
use crate::model::Text;
use crate::model::manifest::images::{BuildConfig, ImageStream, ObjectReference, StreamTag};
use crate::syntax::reference::{Reference, WebAddress, web_address};

/// What a tag may be made from.
const KINDS: [&str; 3] = [PULLED, "ImageStreamImage", "ImageStreamTag"];

/// What a build may make.
const OUTPUT_KINDS: &[&str] = &[PULLED, "ImageStreamTag"];

/// `imagestream-source`, of a stream: a repository that all tags are taken from. No tag or digest
/// names it.
pub(super) fn repository(_: &Checkout, stream: &Located<'_, ImageStream>, drafts: &mut Drafts) {
    let repository = stream.item.repository.as_ref();
    let Some(text) = repository.filter(|text| !text.value.is_empty() && !stream.is_templated(text))
    else {
        return;
    };
    let (span, message) = match Reference::parse(&text.value) {
        Err(fault) => (fault.span, fault.message),
        Ok(reference) => {
            let tag = reference.spans.tag.map(|span| (span, "tag"));
            let digest = reference.spans.digest.map(|span| (span, "digest"));
            let Some((span, what)) = tag.or(digest) else {
                return;
            };
            (span, format!("`dockerImageRepository` names a {what}"))
        }
    };
    let start = stream.file.text_start(text.span);
    drafts.push(
        Draft::new(
            stream.place(span.shifted(start)),
            format!("{} dockerImageRepository", stream.object()),
            message,
        )
        .help("the ImageStream is refused; write the repository alone, `HOST/PATH`"),
    );
}

/// `imagestream-source`, of a tag: a source that the API server refuses, or that is no pull spec.
pub(super) fn source(tag: &Located<'_, StreamTag>) -> Option<Draft> {
    let from = tag.item.from.as_ref()?;
    if let Some(draft) = kind(tag, from) {
        return Some(draft);
    }
    let entity = tag.entity();
    let source = from.name.as_ref().filter(|name| !name.value.is_empty());
    let Some(source) = source else {
        let span = from.kind.as_ref().map_or(from.span, |kind| kind.span);
        let message = format!("`from` of tag `{entity}` has no `name`");
        return Some(
            Draft::new(tag.place(span), entity, message)
                .help("the ImageStream is refused; name the image that the tag is made from"),
        );
    };
    if tag.is_templated(source) {
        return None;
    }
    let kind = from.kind.as_ref()?;
    if *kind.value != *PULLED {
        return pull_spec_of_other_kind(tag, kind, source);
    }
    match Reference::parse(&source.value) {
        Err(fault) => {
            let span = fault.span.shifted(tag.file.text_start(source.span));
            Some(
                Draft::new(tag.place(span), entity, fault.message)
                    .help("the import fails, and the tag never appears"),
            )
        }
        Ok(_) if let Some(address) = web_address(&source.value) => Some(page(tag, source, address)),
        Ok(reference) if reference.host.is_none() => {
            let message = format!(
                "`{}` names no registry, so docker.io is meant",
                source.value
            );
            Some(
                Draft::new(tag.place(source.span), entity, message)
                    .severity(Severity::Warning)
                    .help(
                        "write the registry in front; an image of the CI registry is `kind: \
                         ImageStreamTag` and its `name:tag`",
                    ),
            )
        }
        Ok(_) => None,
    }
}

/// The address of a web page about an image.
fn page(tag: &Located<'_, StreamTag>, source: &Text, address: WebAddress) -> Draft {
    let place = tag.place(source.span);
    let message = format!(
        "`{}` is the address of a web page, and no image",
        source.value
    );
    let draft = Draft::new(place.clone(), tag.entity(), message);
    match address.corrected {
        Some(right) => draft
            .help(format!("the import fails; write `{right}`"))
            .maybe_fix(Fix::of_value(format!("change to `{right}`"), place, right)),
        None => draft.help("the import fails; write the registry, the repository and the tag"),
    }
}

/// A pull spec where the `name:tag` of an ImageStream is wanted.
fn pull_spec_of_other_kind(
    tag: &Located<'_, StreamTag>,
    kind: &Text,
    source: &Text,
) -> Option<Draft> {
    source.value.contains('/').then(|| {
        let message = format!("`{}` is a pull spec, not an {}", source.value, kind.value);
        let place = tag.place(kind.span);
        let fix = Fix::of_value(format!("change to `{PULLED}`"), place, PULLED);
        Draft::new(tag.place(source.span), tag.entity(), message)
            .help(format!(
                "no ImageStream is called so, and the tag never appears; write `kind: {PULLED}`, or \
                 the `name:tag` of a stream beside its `namespace`"
            ))
            .maybe_fix(fix.map(Fix::to_review))
    })
}

/// `imagestream-source`, of a build: what it starts from is of no kind, or a pull spec that is none.
pub(super) fn build_sources(_: &Checkout, build: &Located<'_, BuildConfig>, drafts: &mut Drafts) {
    drafts.extend(build.item.sources.iter().filter_map(|from| {
        let name = from
            .name
            .as_ref()
            .filter(|name| !build.is_templated(name))?;
        let Some(kind) = from.kind.as_ref().filter(|kind| !kind.value.is_empty()) else {
            let entity = format!("{} {}", build.object(), name.value);
            let message = format!(
                "`{}`, which the build starts from, has no `kind`",
                name.value
            );
            return Some(Draft::new(build.place(name.span), entity, message).help(REFUSED_BUILD));
        };
        let fault = (*kind.value == *PULLED).then(|| Reference::parse(&name.value).err())??;
        let span = fault.span.shifted(build.file.text_start(name.span));
        let entity = format!("{} {}", build.object(), name.value);
        Some(
            Draft::new(build.place(span), entity, fault.message)
                .help("the build cannot pull the image that it starts from"),
        )
    }));
}

const REFUSED_BUILD: &str =
    "the BuildConfig is refused; `kind` is `ImageStreamTag` or `DockerImage`";

/// `imagestream-source`, of a build: kinds of images that do not exist.
pub(super) fn build_kinds(_: &Checkout, build: &Located<'_, BuildConfig>, drafts: &mut Drafts) {
    let outputs = build.item.output.iter().map(|image| (image, OUTPUT_KINDS));
    let sources = build.item.sources.iter().chain(&build.item.triggers);
    let images = outputs.chain(sources.map(|image| (image, &KINDS[..])));
    drafts.extend(images.filter_map(|(image, kinds)| {
        let kind = image.kind.as_ref()?;
        if kind.value.is_empty() || build.is_templated(kind) {
            return None;
        }
        let message = format!("`{}` is no kind of image", kind.value);
        let entity = format!("{} {}", build.object(), kind.value);
        build.unknown_word(kind, kinds, entity, message, REFUSED_BUILD)
    }));
}

fn kind(tag: &Located<'_, StreamTag>, from: &ObjectReference) -> Option<Draft> {
    let help = "the ImageStream is refused; `kind` is `DockerImage`, `ImageStreamTag` or \
                `ImageStreamImage`";
    let Some(kind) = from.kind.as_ref().filter(|kind| !kind.value.is_empty()) else {
        let span = from.name.as_ref().map_or(from.span, |name| name.span);
        let entity = tag.entity();
        let message = format!("`from` of tag `{entity}` has no `kind`");
        return Some(Draft::new(tag.place(span), entity, message).help(help));
    };
    if tag.is_templated(kind) {
        return None;
    }
    let message = format!("`{}` is nothing that a tag can be made from", kind.value);
    tag.unknown_word(kind, &KINDS, tag.entity(), message, help)
}

/// `imagestream-self-import`: a tag that is imported from the registry that its stream lives on. Of
/// a stream that another cluster pushes to, there is nothing else to name.
pub(super) fn self_import(checkout: &Checkout, tag: &Located<'_, StreamTag>) -> Option<Draft> {
    let source = tag.pulled()?;
    let reference = Reference::parse(&source.value).ok()?;
    let conventions = &checkout.conventions;
    let is_self = conventions
        .registries
        .is_central(reference.host.as_deref()?);
    let version = reference.tag.as_deref().unwrap_or("latest");
    let image = format!("{}:{version}", reference.repository);
    let mut pushed = conventions.outside_images.others.iter();
    if !is_self || pushed.any(|pushed| pushed.is_match(&image)) {
        return None;
    }
    let message = format!("`{}` is imported from the registry it is in", source.value);
    Some(
        Draft::new(tag.place(source.span), tag.entity(), message).help(
            "name it as `kind: ImageStreamTag`: an import through the front door needs \
             credentials, and does not follow the tag when it moves",
        ),
    )
}

/// `imagestream-source`, of images: an ImageStreamTag that an ImageStream or a build takes and nobody
/// provides.
pub(super) fn unprovided(checkout: &Checkout, drafts: &mut Drafts) {
    let images = checkout.images();
    let near_misses = images.near_misses();
    let may_provide = MayProvide::of(checkout);
    for (target, named) in images.named_where(|resolution| resolution == ResolutionKind::Missing) {
        let users = named.users.iter();
        let ours = users.filter(|image_use| {
            matches!(
                image_use.referrer,
                Referrer::ImageStream | Referrer::BuildConfig
            )
        });
        let mut ours = ours.peekable();
        let missing = match images.resolve(target) {
            _ if checkout.known().has(target) => continue,
            Resolution::Missing(missing) if ours.peek().is_some() => missing,
            _ => continue,
        };
        let near = near_misses.of(target);
        drafts.extend(ours.map(|image_use| {
            let draft = unprovided_draft(checkout, image_use, missing, &near);
            may_provide.explain(draft, target)
        }));
    }
}

fn unprovided_draft(
    checkout: &Checkout,
    image_use: &ImageUse,
    missing: Missing,
    near: &[Near],
) -> Draft {
    let elsewhere = near
        .iter()
        .any(|near| near.distance == 1 && near.tag.tag() == image_use.target.tag());
    // A namespace of its own in the reference is where a stream in another namespace is missed.
    let place = if elsewhere {
        image_use.name_place()
    } else {
        image_use.place.clone()
    };
    Draft::new(
        place,
        image_use.target.to_string(),
        near_miss::what_is_missing(&image_use.target, missing),
    )
    .worded_by_others()
    .severity(Severity::Warning)
    .help(format!(
        "unless an old copy is left, what takes it waits for ever; {}",
        near_miss::advice(near)
    ))
    .alternatives(near_miss::alternatives(checkout, image_use, near))
    .follows_from(lost(&image_use.target))
}
