//! The thing that stands at a place of a file: an image, a secret, a job …

use std::sync::LazyLock;

use regex::Regex;

use super::{FilePosition, is_on};
use crate::checkout::Checkout;
use crate::checkout::images::{ImageUse, Stream};
use crate::checkout::mirroring::{MirrorJob, MirroredFile};
use crate::config::CONFIG_PATH;
use crate::model::ci_operator::{CiConfig, ImageReference};
use crate::model::{Statements, Text};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;
use crate::tree::RepoPath;

/// Something that questions can be asked about.
#[derive(Clone, Debug)]
pub enum Entity<'c> {
    /// An ImageStreamTag, named or provided here; several where one image is published several
    /// times.
    Images(Vec<ImageStreamTag>),
    /// An ImageStream and all its tags: namespace and name.
    Stream(Box<str>, Box<str>),
    /// A name within a ci-operator config: a base image or a built one.
    Pipeline(&'c str),
    /// A secret.
    Secret(&'c str),
    /// An alias of `OWNERS_ALIASES`.
    Alias(String),
    /// A rule.
    Rule(&'c str),
    /// A job that mirrors.
    Job(&'c MirrorJob),
    /// A mapping file: what is mirrored from and to outside, and all else in it.
    MappingFile(&'c MirroredFile),
    /// A step of the step registry.
    Step(&'c str),
}

/// An entity, and the word that stands for it.
#[derive(Clone, Debug)]
pub struct EntityAt<'c> {
    /// What it is.
    pub entity: Entity<'c>,
    /// Where it stands.
    pub span: Span,
}

/// What stands at `cursor`.
#[must_use]
pub fn entity_at<'c>(cursor: &FilePosition<'c>) -> Option<EntityAt<'c>> {
    if let Some(rule) = rule(cursor) {
        return Some(rule);
    }
    let file = cursor.file()?;
    match &file.statements {
        Statements::CiConfig(config) => reference(config, cursor)
            .or_else(|| provided(cursor))
            .or_else(|| pipeline(config, cursor))
            .or_else(|| step(cursor)),
        Statements::RegistryStep(config) => reference(config, cursor),
        Statements::Mapping(_) => Some(mapping(cursor)?),
        Statements::Manifests(_) | Statements::ImagesMirror(_) => {
            provided(cursor).or_else(|| named(cursor))
        }
        Statements::StreamMirrors(_) => provided(cursor),
        Statements::Jobs(_) => job(cursor),
        Statements::SecretBootstrap(_) | Statements::Gsm(_) => defined_secret(cursor),
        Statements::Owners(owners) => {
            let on = |person: &&Text| is_on(person.span, cursor.offset);
            let person = owners.people.iter().find(on)?;
            let name = person.value.to_lowercase();
            let aliases = cursor.checkout.access().aliases.as_ref()?;
            aliases.contains(&name).then_some(EntityAt {
                entity: Entity::Alias(name),
                span: person.span,
            })
        }
        Statements::OwnersAliases(_) => {
            let aliases = super::aliases(cursor.checkout);
            let mut aliases = aliases.into_iter();
            let alias = aliases.find(|alias| is_on(alias.place.span, cursor.offset))?;
            Some(EntityAt {
                entity: Entity::Alias(alias.name.to_lowercase()),
                span: alias.place.span,
            })
        }
        Statements::None
        | Statements::ConfigUpdater(_)
        | Statements::MappingConfig(_)
        | Statements::RoverGroups(_) => None,
    }
}

/// The rules that suppression comments name, with where they stand in `text`.
pub(super) fn suppressed(text: &str) -> impl Iterator<Item = (&str, Span)> {
    static COMMENT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"#[ \t]*mirrorlint:[ \t]*ignore(?:-file)?\[([^\]\n]*)")
            .expect("a valid expression")
    });
    COMMENT.captures_iter(text).flat_map(|found| {
        let listed = found.get(1);
        listed.into_iter().flat_map(|listed| {
            words(listed.as_str()).map(move |(word, span)| (word, span.shifted(listed.start())))
        })
    })
}

/// The rule ids, or what could be one, in `text`.
fn words(text: &str) -> impl Iterator<Item = (&str, Span)> {
    static WORD: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("[A-Za-z0-9-]+").expect("a valid expression"));
    let words = WORD.find_iter(text);
    words.map(|word| (word.as_str(), Span::new(word.start(), word.end())))
}

/// A rule that a suppression comment or the config names.
fn rule<'c>(cursor: &FilePosition<'c>) -> Option<EntityAt<'c>> {
    let line = cursor.line();
    let text: &'c str = &cursor.text[line.range()];
    let here = cursor.offset().checked_sub(line.start as usize)?;
    let is_config = cursor.path.as_str() == CONFIG_PATH;
    let (rule, span) = if is_config {
        words(text).find(|(_, span)| is_on(*span, here))
    } else {
        suppressed(text).find(|(_, span)| is_on(*span, here))
    }?;
    Some(EntityAt {
        entity: Entity::Rule(rule),
        span: span.shifted(line.start as usize),
    })
}

/// An image that a ci-operator config or a step names, by key, field or value.
fn reference<'c>(config: &'c CiConfig, cursor: &FilePosition<'c>) -> Option<EntityAt<'c>> {
    let word = |reference: &ImageReference| {
        let parts = [
            &reference.key,
            &reference.namespace,
            &reference.name,
            &reference.tag,
        ];
        let mut parts = parts.into_iter().flatten().map(|text| text.span);
        parts
            .find(|span| is_on(*span, cursor.offset))
            .or_else(|| is_on(reference.span, cursor.offset).then_some(reference.span))
    };
    for reference in &config.references {
        if let Some(span) = word(reference) {
            let tag = ImageStreamTag::new(
                &reference.namespace.as_ref()?.value,
                &reference.name.as_ref()?.value,
                &reference.tag.as_ref()?.value,
            );
            return Some(EntityAt {
                entity: Entity::Images(vec![tag.ok()?]),
                span,
            });
        }
    }
    let stream = config.streams.iter();
    let stream = stream
        .clone()
        .find(|stream| is_on(stream.span, cursor.offset))?;
    let namespace = stream.namespace.as_ref()?.value.clone();
    let name = stream.name.as_ref()?.value.clone();
    Some(EntityAt {
        entity: Entity::Stream(namespace, name),
        span: stream.span,
    })
}

/// An image that the file provides here.
fn provided<'c>(cursor: &FilePosition<'c>) -> Option<EntityAt<'c>> {
    let mut tags = Vec::new();
    let mut open = None;
    let mut span = None;
    for (namespace, name, stream) in cursor.checkout.images().streams() {
        for (tag, at) in provided_in(stream, cursor.path) {
            if !is_on(at, cursor.offset) {
                continue;
            }
            span = Some(at);
            match tag {
                Some(tag) => tags.extend(ImageStreamTag::new(namespace, name, tag).ok()),
                None => open = Some(Entity::Stream(namespace.into(), name.into())),
            }
        }
    }
    let entity = if tags.is_empty() {
        open?
    } else {
        Entity::Images(tags)
    };
    Some(EntityAt {
        entity,
        span: span?,
    })
}

/// The tags of a stream that the file at `path` provides, and where it says so; no tag stands for
/// all.
pub(super) fn provided_in<'s>(
    stream: &'s Stream,
    path: &'s RepoPath,
) -> impl Iterator<Item = (Option<&'s str>, Span)> {
    let tags = stream.tags.iter().flat_map(|(tag, providers)| {
        providers
            .iter()
            .map(move |provider| (Some(&**tag), provider))
    });
    let open = stream.open.iter().map(|provider| (None, provider));
    tags.chain(open)
        .filter(move |(_, provider)| provider.place.path == *path)
        .map(|(tag, provider)| (tag, provider.place.span))
}

/// The places of the file at `path` that name an ImageStreamTag.
pub(super) fn image_uses<'c>(
    checkout: &'c Checkout,
    path: &RepoPath,
) -> impl Iterator<Item = &'c ImageUse> {
    let all = checkout.images().references();
    all.filter(move |image_use| image_use.place.path == *path)
}

/// An image that the file names here.
fn named<'c>(cursor: &FilePosition<'c>) -> Option<EntityAt<'c>> {
    let mut image_uses = image_uses(cursor.checkout, cursor.path);
    let image_use = image_uses.find(|image_use| is_on(image_use.place.span, cursor.offset))?;
    Some(EntityAt {
        entity: Entity::Images(vec![image_use.target.clone()]),
        span: image_use.place.span,
    })
}

/// A name within a config.
fn pipeline<'c>(config: &'c CiConfig, cursor: &FilePosition<'c>) -> Option<EntityAt<'c>> {
    let uses = config.uses.iter();
    let uses = uses.filter_map(|used| Some((used.image()?, used.name.span)));
    let built = config.images.iter().filter_map(|image| image.to.as_ref());
    let mut names = uses.chain(built.map(|to| (&*to.value, to.span)));
    let (name, span) = names.find(|(_, span)| is_on(*span, cursor.offset))?;
    Some(EntityAt {
        entity: Entity::Pipeline(name),
        span,
    })
}

/// The steps that a text names, and where.
pub(super) fn steps(text: &str) -> impl Iterator<Item = (&str, Span)> {
    static STEP: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?m)^[ \t]*(?:- +)?ref: +([a-z0-9][a-z0-9-]*)[ \t]*\r?$")
            .expect("a valid expression")
    });
    STEP.captures_iter(text)
        .filter_map(|found| found.get(1))
        .map(|step| (step.as_str(), Span::new(step.start(), step.end())))
}

fn step<'c>(cursor: &FilePosition<'c>) -> Option<EntityAt<'c>> {
    let line = cursor.line();
    let text: &'c str = &cursor.text[line.range()];
    let (step, span) = steps(text).next()?;
    let span = span.shifted(line.start as usize);
    is_on(span, cursor.offset).then_some(EntityAt {
        entity: Entity::Step(step),
        span,
    })
}

/// Whatever stands in a mapping file.
fn mapping<'c>(cursor: &FilePosition<'c>) -> Option<EntityAt<'c>> {
    if let Some(image) = named(cursor).or_else(|| provided(cursor)) {
        return Some(image);
    }
    let mut files = cursor.checkout.mirroring().files.iter();
    let file = files.find(|file| file.file.path == *cursor.path)?;
    let line = file
        .lines()
        .iter()
        .find(|line| is_on(line.span, cursor.offset));
    let tokens = line
        .into_iter()
        .flat_map(|line| &line.mappings)
        .flat_map(|mapping| [mapping.source.span, mapping.destination.span]);
    let mut tokens = tokens.filter(|span| is_on(*span, cursor.offset));
    Some(EntityAt {
        entity: Entity::MappingFile(file),
        span: tokens.next().unwrap_or_else(|| cursor.line()),
    })
}

fn job<'c>(cursor: &FilePosition<'c>) -> Option<EntityAt<'c>> {
    let jobs = cursor.file()?.jobs();
    let mut secrets = jobs
        .iter()
        .flat_map(|job| job.volumes())
        .filter_map(|volume| volume.secret.as_ref());
    if let Some(secret) = secrets.find(|secret| is_on(secret.span, cursor.offset)) {
        return Some(EntityAt {
            entity: Entity::Secret(&secret.value),
            span: secret.span,
        });
    }
    let jobs = cursor.checkout.mirroring().jobs.iter();
    jobs.filter(|job| job.file.path == *cursor.path)
        .find_map(|job| {
            let selectors = job.selectors.iter().map(|selector| selector.span);
            let mut words = selectors.chain([job.job().anchor()]);
            let span = words.find(|span| is_on(*span, cursor.offset))?;
            Some(EntityAt {
                entity: Entity::Job(job),
                span,
            })
        })
}

fn defined_secret<'c>(cursor: &FilePosition<'c>) -> Option<EntityAt<'c>> {
    cursor.checkout.secrets().known.iter().find_map(|secret| {
        let place = secret.place.as_ref()?;
        let is_here = place.path == *cursor.path && is_on(place.span, cursor.offset);
        is_here.then_some(EntityAt {
            entity: Entity::Secret(&secret.name),
            span: place.span,
        })
    })
}
