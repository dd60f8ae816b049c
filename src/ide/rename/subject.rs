//! What is named at a place.

use super::RenameError;
use crate::checkout::images::{ImageUse, respelled, stored_image};
use crate::ide::{FilePosition, is_on};
use crate::model::Statements;
use crate::model::ci_operator::{CiConfig, ImageReference, PipelineUse};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;
use crate::tree::RepoPath;

/// What can be renamed.
#[derive(Clone, Debug)]
pub(super) enum Subject<'c> {
    /// A name within a config: a base image's, or that of a built image.
    Local(&'c str),
    /// An image that a config publishes under another name than it has there.
    Published(Span),
    /// A part of the names of images of CI.
    Image(Vec<ImageStreamTag>, Part),
}

/// A part of an image's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The name of the stream.
    Name,
    /// The tag.
    Tag,
}

/// What stands at `cursor`, and the word for it.
pub(super) fn subject_at<'c>(
    cursor: &FilePosition<'c>,
) -> Result<Option<(Subject<'c>, Span)>, RenameError> {
    let Some(file) = cursor.file() else {
        return Ok(None);
    };
    match &file.statements {
        Statements::CiConfig(config) => {
            if let Some((name, span)) = local_name(config, cursor) {
                return Ok(Some((Subject::Local(name), span)));
            }
            if let Some(span) = additional(config, cursor.offset) {
                return Ok(Some((Subject::Published(span), span)));
            }
            reference(config, cursor.offset)
        }
        Statements::RegistryStep(config) => reference(config, cursor.offset),
        Statements::Mapping(mapping) => {
            let registries = &cursor.checkout.conventions.registries;
            for mapping in mapping.mappings() {
                let source = mapping.source.span;
                if is_on(source, cursor.offset) && !mapping.source.expands() {
                    let stored = stored_image(&mapping.source.reference.reference, registries);
                    return word(cursor, source, stored.map(|(_, image)| image));
                }
                let destination = mapping.destination.span;
                if is_on(destination, cursor.offset) {
                    let written = crate::ide::written(mapping, registries);
                    return word(cursor, destination, written);
                }
            }
            Ok(None)
        }
        Statements::ImagesMirror(config) => {
            let entries = config.images.iter().chain(&config.qci_to_app_ci);
            let mut targets = entries.map(|entry| &entry.target);
            if let Some(target) = targets.find(|target| is_on(target.span, cursor.offset)) {
                return word(cursor, target.span, target.value.parse().ok());
            }
            named(cursor)
        }
        Statements::Manifests(_) => named(cursor),
        _ => Ok(None),
    }
}

/// The name within its config that a cursor is on: the key of a base image, `to` of a built one, or where
/// either is used.
pub(in crate::ide) fn local_name<'c>(
    config: &'c CiConfig,
    cursor: &FilePosition<'_>,
) -> Option<(&'c str, Span)> {
    let keys = config.references.iter().filter_map(|r| r.key.as_ref());
    let built = config.images.iter().filter_map(|image| image.to.as_ref());
    let mut declared = keys.chain(built);
    if let Some(text) = declared.find(|text| is_on(text.span, cursor.offset)) {
        return Some((&text.value, text.span));
    }
    let mut uses = config.uses.iter();
    let used = uses.find(|used| is_on(used.name.span, cursor.offset))?;
    Some((used.image()?, image_in(used, cursor.text)?))
}

/// Where a use names the image, behind its stream if that is given, too.
pub(in crate::ide) fn image_in(used: &PipelineUse, text: &str) -> Option<Span> {
    let image = used.image()?;
    let word = text.get(used.name.span.range())?;
    if used.parts().0.is_none() {
        return Some(used.name.span);
    }
    let at = used.name.span.start as usize + word.rfind(image)?;
    Some(Span::new(at, at + image.len()))
}

/// The key of an image that is published under another name.
fn additional(config: &CiConfig, offset: usize) -> Option<Span> {
    let targets = config.promotion.iter();
    let mut keys = targets.flat_map(|target| target.additional.iter().map(|(key, _)| key.span));
    keys.find(|span| is_on(*span, offset))
}

/// A part of an image that a config or a step names.
fn reference<'c>(
    config: &CiConfig,
    offset: usize,
) -> Result<Option<(Subject<'c>, Span)>, RenameError> {
    let parts = |reference: &ImageReference| {
        [
            (reference.namespace.as_ref().map(|text| text.span), None),
            (
                reference.name.as_ref().map(|text| text.span),
                Some(Part::Name),
            ),
            (
                reference.tag.as_ref().map(|text| text.span),
                Some(Part::Tag),
            ),
        ]
    };
    for reference in &config.references {
        for (span, part) in parts(reference) {
            if let Some(span) = span.filter(|span| is_on(*span, offset))
                && let Some(target) = &reference.target
            {
                let part = part.ok_or_else(namespace)?;
                return Ok(Some((Subject::Image(vec![target.clone()], part), span)));
            }
        }
    }
    Ok(None)
}

fn namespace() -> RenameError {
    RenameError::new("a namespace is more than a name")
}

/// An image that is named here by a word, or provided.
fn named<'c>(cursor: &FilePosition<'c>) -> Result<Option<(Subject<'c>, Span)>, RenameError> {
    let images = cursor.checkout.images();
    let is_here = |path: &RepoPath, span: Span| *path == *cursor.path && is_on(span, cursor.offset);
    let mut uses = images.references();
    if let Some(image_use) = uses.find(|one| is_here(&one.place.path, word_of(one, cursor.offset)))
    {
        let span = word_of(image_use, cursor.offset);
        return word(cursor, span, Some(image_use.target.clone()));
    }
    for (namespace, name, stream) in images.streams() {
        for (tag, span) in crate::ide::entity::provided_in(stream, cursor.path) {
            if let Some(tag) = tag.filter(|_| is_on(span, cursor.offset)) {
                return word(cursor, span, ImageStreamTag::new(namespace, name, tag).ok());
            }
        }
    }
    Ok(None)
}

/// The word of a use that a cursor is on, where its parts stand by themselves.
fn word_of(image_use: &ImageUse, offset: usize) -> Span {
    let parts = [image_use.name, image_use.tag];
    let own = parts.into_iter().find(|span| is_on(*span, offset));
    own.unwrap_or(image_use.place.span)
}

/// The part of `image` that a cursor is on in the word at `span`.
fn word<'c>(
    cursor: &FilePosition<'c>,
    span: Span,
    image: Option<ImageStreamTag>,
) -> Result<Option<(Subject<'c>, Span)>, RenameError> {
    let Some((image, word)) = image.zip(cursor.text.get(span.range())) else {
        return Ok(None);
    };
    let start = span.start as usize;
    let bare = word.trim_matches(['"', '\'']);
    let bare_at = start + word.find(bare).unwrap_or_default();
    let whole = |part| {
        let span = Span::new(bare_at, bare_at + bare.len());
        Ok(Some((Subject::Image(vec![image.clone()], part), span)))
    };
    if bare == image.name() {
        return whole(Part::Name);
    }
    if bare == image.tag() {
        return whole(Part::Tag);
    }
    let (name, tag) = match respelled(word, &image, &image) {
        Some((all, _)) => {
            let name = all.start as usize + image.namespace().len() + 1;
            let tag = name + image.name().len() + 1;
            (name, (tag < all.end as usize).then_some(tag))
        }
        // Beside its namespace, or below a tag that is inherited.
        None => {
            let name = format!("{}:{}", image.name(), image.tag());
            match (word.rfind(&name), word.rfind(image.name())) {
                (Some(at), _) => (at, Some(at + image.name().len() + 1)),
                (None, Some(at)) => (at, None),
                (None, None) => return Ok(None),
            }
        }
    };
    let name = Span::new(name, name + image.name().len()).shifted(start);
    let tag = tag.map(|tag| Span::new(tag, tag + image.tag().len()).shifted(start));
    if is_on(name, cursor.offset) {
        return Ok(Some((Subject::Image(vec![image], Part::Name), name)));
    }
    match tag.filter(|tag| is_on(*tag, cursor.offset)) {
        Some(tag) => Ok(Some((Subject::Image(vec![image], Part::Tag), tag))),
        None if (name.start as usize) > cursor.offset => Err(namespace()),
        None => Ok(None),
    }
}
