//! Images of CI: who provides them, and all who name them.

use super::edited::Edits;
use super::local::{local, unwritten};
use super::refusals::{
    by_hand, is_free, is_name_of_stream, not_named_by_commit, nowhere_else, only_by_name,
    only_provider,
};
use super::subject::Part;
use super::{RenameError, at};
use crate::checkout::Checkout;
use crate::checkout::images::{
    ImageUse, ProviderKind, Referrer, Store, respelled, stored_image_in,
};
use crate::finding::{Edit, Place};
use crate::model::ci_operator::{CiConfig, PromotionTarget, Published, ReferenceField};
use crate::model::mapping_file::Mapping;
use crate::model::{File, Text};
use crate::syntax::object_name::Grammar;
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;
use crate::syntax::yaml::scalar_of;
use crate::tree::RepoPath;

/// Renames a name within a config; where the config publishes the image, also at all who name that.
pub(super) fn local_or_published(
    checkout: &Checkout,
    file: &File,
    name: &str,
    new: &str,
    edits: &mut Edits,
) -> Result<(), RenameError> {
    let config = config_of(file)?;
    let is_base = |field| {
        matches!(
            field,
            ReferenceField::BaseImage | ReferenceField::BaseRpmImage
        )
    };
    let keys = config.references.iter().filter(|r| is_base(r.field));
    let keys = keys.filter_map(|reference| reference.key.as_ref());
    let built = config.images.iter().filter_map(|image| image.to.as_ref());
    let declaring: Vec<&Text> = keys
        .chain(built)
        .filter(|text| *text.value == *name)
        .collect();
    match declaring.as_slice() {
        [] => Err(RenameError::new(format!(
            "`{name}` is neither a base image of this config nor an item of its `images`"
        ))),
        [one] if published(checkout, config, one.span).next().is_some() => {
            published_at(checkout, &file.path, one.span, new, edits)
        }
        [one] => local(checkout, (file, config), one, new, edits),
        [first, second, ..] => Err(RenameError::new(format!(
            "the config gives the name `{name}` twice, at {} and {}",
            at(checkout, &Place::new(&file.path, first.span)),
            at(checkout, &Place::new(&file.path, second.span))
        ))),
    }
}

/// Renames the image that the config at `path` publishes by what stands at `span`: `to` of an image, or a
/// key of `additional_images`.
pub(super) fn published_at(
    checkout: &Checkout,
    path: &RepoPath,
    span: Span,
    new: &str,
    edits: &mut Edits,
) -> Result<(), RenameError> {
    let file = checkout.file(path.as_str());
    let file = file.ok_or_else(|| RenameError::new(format!("{path} is not of the checkout")))?;
    let config = config_of(file)?;
    if let Some(fault) = Grammar::Repository.fault(new) {
        return Err(RenameError::new(format!("the name `{new}` {fault}")));
    }
    for (target, published) in published(checkout, config, span) {
        if target.name.is_none() {
            is_name_of_stream(new)?;
        }
        let provider = only_provider(checkout, &published.tag)?;
        if provider.place != Place::new(path, span) {
            return Err(RenameError::new(format!(
                "`{}` is provided at {}, too",
                published.tag,
                at(checkout, &provider.place)
            )));
        }
        if target.tag_by_commit {
            not_named_by_commit(checkout, target, &published.tag)?;
        }
        let to = target.target_of(new).ok_or_else(|| {
            RenameError::new(format!("no image can be published under the name `{new}`"))
        })?;
        follow(checkout, &published.tag, &to, edits)?;
    }
    let mut built = config.images.iter().filter_map(|image| image.to.as_ref());
    match built.find(|to| to.span == span) {
        Some(to) => local(checkout, (file, config), to, new, edits)?,
        None => edits.add(Place::new(path, span), scalar_of(new)),
    }
    Ok(())
}

/// Renames a part of the name of `tag` at whoever provides it and all who name it.
pub(super) fn image(
    checkout: &Checkout,
    tag: &ImageStreamTag,
    part: Part,
    new: &str,
    edits: &mut Edits,
) -> Result<(), RenameError> {
    let provider = only_provider(checkout, tag)?;
    let place = &provider.place;
    let text = checkout.text(&place.path).unwrap_or_default();
    let word = text.get(place.span.range()).unwrap_or_default();
    if provider.kind == ProviderKind::Promotion {
        let file = checkout.file(place.path.as_str());
        let config = file.and_then(File::ci_config);
        let all = config.map(|config| published(checkout, config, place.span));
        let own = all.and_then(|mut all| all.find(|(_, published)| published.tag == *tag));
        let named = own.map(|(target, _)| match target.name {
            Some(_) => Part::Tag,
            None => Part::Name,
        });
        if named != Some(part) {
            return Err(RenameError::new(format!(
                "`{}` is what {} calls all its images; the image's own name is `{}`",
                if part == Part::Tag {
                    tag.tag()
                } else {
                    tag.name()
                },
                place.path,
                word.trim_matches(['"', '\''])
            )));
        }
        return published_at(checkout, &place.path, place.span, new, edits);
    }
    let to = match part {
        Part::Name => {
            is_name_of_stream(new)?;
            ImageStreamTag::new(tag.namespace(), new, tag.tag())
        }
        Part::Tag => ImageStreamTag::new(tag.namespace(), tag.name(), new),
    };
    let to = to.map_err(|error| RenameError::new(format!("not `{new}`: {error}")))?;
    let written = match provider.kind {
        ProviderKind::ImageStream if part == Part::Tag => Some((place.span, scalar_of(to.tag()))),
        ProviderKind::ImageStream => {
            return Err(RenameError::new(format!(
                "the ImageStream of {} may hold other tags",
                at(checkout, place)
            )));
        }
        ProviderKind::Mapping => destination(checkout, place, (tag, &to)),
        ProviderKind::Supplemental | ProviderKind::QciCopy | ProviderKind::BuildConfig => {
            replaced(word, place.span, (tag, &to))
        }
        ProviderKind::Promotion | ProviderKind::BuildCache | ProviderKind::ReleaseMirror => {
            return Err(RenameError::new(format!(
                "`{tag}` is provided by the {}, which names it itself",
                provider.kind.as_str()
            )));
        }
    };
    let (span, text) = written.ok_or_else(|| unwritten(checkout, place))?;
    by_hand(checkout, &place.path)?;
    edits.add(Place::new(&place.path, span), text);
    follow(checkout, tag, &to, edits)
}

fn config_of(file: &File) -> Result<&CiConfig, RenameError> {
    file.ci_config()
        .ok_or_else(|| RenameError::new(format!("{} is no config", file.path)))
}

/// What the config really publishes by what stands at `span`.
fn published<'c>(
    checkout: &'c Checkout,
    config: &'c CiConfig,
    span: Span,
) -> impl Iterator<Item = (&'c PromotionTarget, &'c Published)> {
    let targets = config.targets(checkout.layout());
    let enabled = targets.filter(|target| !target.disabled);
    let all = enabled.flat_map(|target| target.published.iter().map(move |one| (target, one)));
    all.filter(move |(_, published)| published.image == span && !published.optional)
}

/// Lets all who name `from` name `to`.
fn follow(
    checkout: &Checkout,
    from: &ImageStreamTag,
    to: &ImageStreamTag,
    edits: &mut Edits,
) -> Result<(), RenameError> {
    edits.rename(from, to);
    is_free(checkout, to)?;
    only_by_name(checkout, from, to)?;
    for image_use in checkout.images().users(from) {
        let text = checkout.text(&image_use.place.path).unwrap_or_default();
        by_hand(checkout, &image_use.place.path)?;
        let own = image_use.renamed(text, to);
        edits.extend(own.ok_or_else(|| unwritten(checkout, &image_use.place))?);
        if image_use.referrer == Referrer::Mapping {
            edits.extend(kept_tags(checkout, image_use, to));
        }
    }
    let registries = &checkout.conventions.registries;
    for file in checkout.files() {
        for span in file.pull_specs() {
            let word = file.slice(span);
            let named = stored_image_in(word.trim_matches(['"', '\'']), registries);
            let is_it = named.is_some_and(|(_, image)| image == *from);
            if is_it && !edits.touch(&file.path, span) {
                let place = Place::new(&file.path, span);
                let (span, text) =
                    replaced(word, span, (from, to)).ok_or_else(|| unwritten(checkout, &place))?;
                edits.add(Place::new(&file.path, span), text);
            }
        }
    }
    nowhere_else(checkout, from, edits)
}

/// What stands in the place of the word at `span` that names `from`, so that it names `to`: which bytes,
/// and the new text.
fn replaced(
    word: &str,
    span: Span,
    (from, to): (&ImageStreamTag, &ImageStreamTag),
) -> Option<(Span, String)> {
    let start = span.start as usize;
    if let Some((own, text)) = respelled(word, from, to) {
        return Some((own.shifted(start), text));
    }
    let [old, new] = [from, to].map(|tag| format!("{}:{}", tag.name(), tag.tag()));
    let at = start + word.find(&old)?;
    let is_whole = word.trim_matches(['"', '\'']) == old;
    is_whole.then(|| (Span::new(at, at + old.len()), new))
}

/// The mapping whose destination stands at `place`.
fn mapping_to<'c>(checkout: &'c Checkout, place: &Place) -> Option<&'c Mapping> {
    let lines = checkout.mirroring().file(&place.path)?.lines().iter();
    let mut mappings = lines.flat_map(|line| &line.mappings);
    mappings.find(|mapping| mapping.destination.span == place.span)
}

/// What makes a destination of a mapping file another image.
fn destination(
    checkout: &Checkout,
    place: &Place,
    (from, to): (&ImageStreamTag, &ImageStreamTag),
) -> Option<(Span, String)> {
    let mapping = mapping_to(checkout, place)?;
    let word = checkout.text(&place.path)?.get(place.span.range())?;
    if !mapping.destination.inherits_tag(&mapping.source) {
        return replaced(word, place.span, (from, to));
    }
    let repository = mapping.destination.reference.reference.spans.repository;
    let repository = repository.shifted(place.span.start as usize);
    // The tag is the source's.
    let text = match from.tag() == to.tag() {
        true => to.stream().to_owned(),
        false => to.to_string(),
    };
    Some((repository, text))
}

/// The edits that leave destinations as they are which take their tags from a source that changes.
fn kept_tags(checkout: &Checkout, image_use: &ImageUse, to: &ImageStreamTag) -> Vec<Edit> {
    let is_same_tag = image_use.store == Some(Store::AppCi) && image_use.target.tag() == to.tag();
    let file = checkout.mirroring().file(&image_use.place.path);
    let Some(file) = file.filter(|_| !is_same_tag) else {
        return Vec::new();
    };
    let mappings = file.lines().iter().flat_map(|line| &line.mappings);
    let of_source = mappings.filter(|mapping| mapping.source.span == image_use.place.span);
    let inheriting = of_source.filter(|mapping| mapping.destination.inherits_tag(&mapping.source));
    let kept = inheriting.filter_map(|mapping| {
        let end = mapping.destination.span.end as usize;
        Some(Edit {
            place: file.place(Span::new(end, end)),
            text: format!(":{}", mapping.tag()?),
        })
    });
    kept.collect()
}
