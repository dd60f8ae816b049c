//! Images of CI: who provides them, and all who name them.

use memchr::memmem;

use super::edited::Edits;
use super::local::{local, unwritten};
use super::subject::Part;
use super::{RenameError, at};
use crate::checkout::Checkout;
use crate::checkout::images::{
    ImageUse, Provider, ProviderKind, Referrer, Resolution, ResolutionKind, State, Store,
    respelled, stored_image_in,
};
use crate::finding::{Edit, Place};
use crate::model::ci_operator::{CiConfig, PromotionTarget, Published, ReferenceField};
use crate::model::mapping_file::Mapping;
use crate::model::{File, Text};
use crate::syntax::mapping::patterns_overlap;
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

/// Refuses what no ImageStream can be called.
fn is_name_of_stream(new: &str) -> Result<(), RenameError> {
    let fault = Grammar::Repository.fault(new);
    let fault = fault.or_else(|| {
        let is_split = new.contains('_');
        is_split.then_some("holds a `_`, at which the tags of QCI are split")
    });
    match fault {
        Some(fault) => Err(RenameError::new(format!("the name `{new}` {fault}"))),
        None => Ok(()),
    }
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
    let targets = config.targets(&checkout.layout);
    let enabled = targets.filter(|target| !target.disabled);
    let all = enabled.flat_map(|target| target.published.iter().map(move |one| (target, one)));
    all.filter(move |(_, published)| published.image == span && !published.optional)
}

/// The one who provides the tag, if nobody else does.
fn only_provider<'c>(
    checkout: &'c Checkout,
    tag: &ImageStreamTag,
) -> Result<&'c Provider, RenameError> {
    let images = &checkout.images;
    let providers = images.providers(tag).iter();
    let live: Vec<&Provider> = providers.filter(|p| p.state == State::Live).collect();
    match live.as_slice() {
        [only] => Ok(only),
        [] => Err(RenameError::new(match images.resolve(tag) {
            Resolution::Open(by) => format!(
                "`{tag}` is in a stream that is filled from outside: {}",
                at(checkout, &by.place)
            ),
            Resolution::Outside | Resolution::Ungoverned => {
                format!("`{tag}` is published from outside the checkout")
            }
            _ => format!("nothing provides `{tag}`"),
        })),
        several => {
            let shown = several.iter().take(3).map(|by| at(checkout, &by.place));
            let shown: Vec<String> = shown.collect();
            Err(RenameError::new(format!(
                "`{tag}` is provided by {} places: {}",
                several.len(),
                shown.join(", ")
            )))
        }
    }
}

/// Refuses what is also published under the commit that it was built from, where somebody names that.
fn not_named_by_commit(
    checkout: &Checkout,
    target: &PromotionTarget,
    tag: &ImageStreamTag,
) -> Result<(), RenameError> {
    let images = &checkout.images;
    let (namespace, name) = (tag.namespace(), target.image_of(tag));
    let mut named = images.named();
    let by_commit = named.find(|(other, _)| {
        other.namespace() == namespace
            && other.name() == name
            && *other != tag
            && images.providers(other).is_empty()
    });
    match by_commit {
        Some((other, named)) => Err(RenameError::new(format!(
            "the image is also published under its commits, and `{other}` is named{}",
            named
                .users
                .first()
                .map_or_else(String::new, |by| format!(" at {}", at(checkout, &by.place)))
        ))),
        None => Ok(()),
    }
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
    for image_use in checkout.images.users(from) {
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

/// Refuses a name that is taken.
fn is_free(checkout: &Checkout, to: &ImageStreamTag) -> Result<(), RenameError> {
    let images = &checkout.images;
    if let Some(by) = images.providers(to).first() {
        return Err(RenameError::new(format!(
            "`{to}` is provided already, at {}",
            at(checkout, &by.place)
        )));
    }
    if let Some(by) = images.users(to).first() {
        return Err(RenameError::new(format!(
            "`{to}` is named already, at {}",
            at(checkout, &by.place)
        )));
    }
    match images.resolve(to).kind() {
        ResolutionKind::Missing => Ok(()),
        _ => Err(RenameError::new(format!(
            "`{to}` is published from outside the checkout"
        ))),
    }
}

/// Refuses an image that is taken in other ways than by its name: with its whole stream, by a wildcard, or
/// by a list of what is not copied.
fn only_by_name(
    checkout: &Checkout,
    from: &ImageStreamTag,
    to: &ImageStreamTag,
) -> Result<(), RenameError> {
    let refuse = |why: &str, path: &RepoPath, span: Span| {
        let place = at(checkout, &Place::new(path, span));
        Err(RenameError::new(format!("`{from}` {why}, at {place}")))
    };
    let stream = checkout.images.stream(from.namespace(), from.name());
    if let Some(stream) = stream.filter(|_| from.stream() != to.stream())
        && let Some(declared) = stream.open.first()
    {
        let (path, span) = (&declared.place.path, declared.place.span);
        return refuse("is in a stream that is declared by itself", path, span);
    }
    for (_, _, stream) in checkout.images.streams() {
        let all = stream.tags.values().flatten().chain(stream.openers());
        let mut copies = all.filter(|one| one.kind == ProviderKind::ReleaseMirror);
        if let Some(copy) = copies.find(|copy| copy.copies.as_ref() == Some(from)) {
            return refuse(
                "is copied with its stream",
                &copy.place.path,
                copy.place.span,
            );
        }
    }
    let registries = &checkout.conventions.registries;
    for (file, config) in checkout.ci_configs() {
        let mut streams = config.streams.iter();
        let value = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
        let whole = streams.find(|stream| {
            value(&stream.namespace).as_deref() == Some(from.namespace())
                && value(&stream.name).as_deref() == Some(from.name())
        });
        if let Some(stream) = whole {
            let why = "is in a stream that is named as a whole";
            return refuse(why, &file.path, stream.span);
        }
        let mut words = config.dockerfile_images.iter();
        let names_it =
            |word: &str| stored_image_in(word, registries).is_some_and(|(_, image)| image == *from);
        if words.any(|word| names_it(word)) {
            return refuse("is named in a Dockerfile", &file.path, Span::whole_file());
        }
    }
    for (file, mapping) in checkout.mirroring.mappings() {
        let reference = &mapping.source.reference.reference;
        let Some(pattern) = mapping.source.tag_pattern() else {
            continue;
        };
        let repository = reference.repository_text();
        let is_taken = if registries.qci.contains(&repository) {
            patterns_overlap(pattern, from.to_qci("").trim_start_matches(':'))
        } else {
            let host = reference.host.as_deref().unwrap_or_default();
            registries.is_central(host)
                && *reference.repository == *from.stream()
                && patterns_overlap(pattern, from.tag())
        };
        if is_taken {
            return refuse(
                "is taken by a wildcard",
                &file.file.path,
                mapping.source.span,
            );
        }
    }
    for (file, config) in checkout.images_mirror_configs() {
        let mut ignored = config.ignored.iter();
        if let Some(source) = ignored.find(|source| source.stream_tag().as_ref() == Some(from)) {
            return refuse("is not to be copied", &file.path, source.span);
        }
    }
    Ok(())
}

/// Refuses to edit what a program writes.
fn by_hand(checkout: &Checkout, path: &RepoPath) -> Result<(), RenameError> {
    let generated = &checkout.conventions.mapping_files.generated;
    match generated.is_match(path.as_str()) {
        true => Err(RenameError::new(format!("{path} is generated"))),
        false => Ok(()),
    }
}

/// Refuses an image that is named in a text which nothing is known of, such as a step's commands.
fn nowhere_else(
    checkout: &Checkout,
    from: &ImageStreamTag,
    edits: &Edits,
) -> Result<(), RenameError> {
    let registries = &checkout.conventions.registries;
    let in_qci = from.to_qci("");
    let finders = [
        (memmem::Finder::new(from.as_str()), "/", &registries.central),
        (memmem::Finder::new(&in_qci), "", &registries.qci),
    ];
    for file in checkout.files() {
        for (finder, separator, before) in &finders {
            for start in finder.find_iter(file.text.as_bytes()) {
                let span = Span::new(start, start + finder.needle().len());
                let (head, tail) = (&file.text[..start], &file.text[span.range().end..]);
                let line = head.rsplit('\n').next().unwrap_or_default();
                let is_of_store = before.iter().any(|own| {
                    let host = line.strip_suffix(separator);
                    host.is_some_and(|host| host.ends_with(own.as_str()))
                });
                let goes_on = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
                let is_it = is_of_store && !tail.starts_with(goes_on) && !line.contains('#');
                if is_it && !edits.touch(&file.path, span) {
                    let place = Place::new(&file.path, span);
                    let place = at(checkout, &place);
                    return Err(RenameError::new(format!(
                        "`{from}` is named in a text, at {place}"
                    )));
                }
            }
        }
    }
    Ok(())
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
    let lines = checkout.mirroring.file(&place.path)?.lines().iter();
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
    let file = checkout.mirroring.file(&image_use.place.path);
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
