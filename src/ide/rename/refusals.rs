//! Why an image is not renamed: somebody provides or names it in a way that no edit of a name follows.

use memchr::memmem;

use super::edited::Edits;
use super::{RenameError, at};
use crate::checkout::Checkout;
use crate::checkout::images::{
    Provider, ProviderKind, Resolution, ResolutionKind, State, stored_image_in,
};
use crate::finding::Place;
use crate::model::Text;
use crate::model::ci_operator::PromotionTarget;
use crate::syntax::mapping::patterns_overlap;
use crate::syntax::object_name::Grammar;
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;
use crate::tree::RepoPath;

/// Refuses what no ImageStream can be called.
pub(super) fn is_name_of_stream(new: &str) -> Result<(), RenameError> {
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

/// The one who provides the tag, if nobody else does.
pub(super) fn only_provider<'c>(
    checkout: &'c Checkout,
    tag: &ImageStreamTag,
) -> Result<&'c Provider, RenameError> {
    let images = checkout.images();
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
pub(super) fn not_named_by_commit(
    checkout: &Checkout,
    target: &PromotionTarget,
    tag: &ImageStreamTag,
) -> Result<(), RenameError> {
    let images = checkout.images();
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

/// Refuses a name that is taken.
pub(super) fn is_free(checkout: &Checkout, to: &ImageStreamTag) -> Result<(), RenameError> {
    let images = checkout.images();
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
pub(super) fn only_by_name(
    checkout: &Checkout,
    from: &ImageStreamTag,
    to: &ImageStreamTag,
) -> Result<(), RenameError> {
    let refuse = |why: &str, path: &RepoPath, span: Span| {
        let place = at(checkout, &Place::new(path, span));
        Err(RenameError::new(format!("`{from}` {why}, at {place}")))
    };
    let stream = checkout.images().stream(from.namespace(), from.name());
    if let Some(stream) = stream.filter(|_| from.stream() != to.stream())
        && let Some(declared) = stream.open.first()
    {
        let (path, span) = (&declared.place.path, declared.place.span);
        return refuse("is in a stream that is declared by itself", path, span);
    }
    for (_, _, stream) in checkout.images().streams() {
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
    for (file, mapping) in checkout.mirroring().mappings() {
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
pub(super) fn by_hand(checkout: &Checkout, path: &RepoPath) -> Result<(), RenameError> {
    let generated = &checkout.conventions.mapping_files.generated;
    match generated.is_match(path.as_str()) {
        true => Err(RenameError::new(format!("{path} is generated"))),
        false => Ok(()),
    }
}

/// Refuses an image that is named in a text which nothing is known of, such as a step's commands.
pub(super) fn nowhere_else(
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
