//! Every image that a file has somebody pull from where its pull spec says.

use super::manifest::Body;
use super::manifest::images::{BuildConfig, Object, ObjectReference};
use super::supplemental::{ImagesMirrorConfig, SupplementalImage};
use super::{File, Statements, Text};
use crate::limits::{MAX_DOCKERFILE_IMAGES, MAX_PULL_SPEC};
use crate::syntax::dockerfile;
use crate::syntax::reference::{Reference, Transport};
use crate::syntax::span::Span;

/// An image that somebody pulls.
#[derive(Debug)]
pub struct PulledImage<'f> {
    /// The pull spec.
    pub reference: Reference,
    /// Where it stands, as far as that can be told: where the parts of `reference` are counted from.
    pub span: Span,
    /// Whether the pull spec stands there letter by letter.
    pub is_verbatim: bool,
    /// Who pulls it.
    pub by: PulledBy<'f>,
}

/// Who pulls an image.
#[derive(Clone, Copy, Debug)]
pub enum PulledBy<'f> {
    /// `oc image mirror`, as a source.
    Mapping,
    /// ci-images-mirror, for this entry.
    Supplemental(&'f SupplementalImage),
    /// A container of a job.
    Job,
    /// An ImageStream that imports it.
    ImageStream,
    /// A build.
    Build,
}

impl<'f> PulledImage<'f> {
    /// The place of a part of the pull spec.
    #[must_use]
    pub fn part(&self, part: Option<Span>) -> Span {
        let part = part.filter(|_| self.is_verbatim);
        part.map_or(self.span, |part| part.shifted(self.span.start as usize))
    }
}

impl File {
    /// The images that the file has somebody pull, in no order. Left out are pull specs that nobody
    /// could read, those whose tags `oc` looks up, and what something replaces or ignores.
    #[must_use]
    pub fn pulled_images(&self) -> Vec<PulledImage<'_>> {
        match &self.statements {
            Statements::Mapping(mapping) => {
                let sources = mapping.mappings().map(|mapping| &mapping.source);
                let asked = sources.filter(|source| {
                    source.reference.transport == Transport::Registry && !source.expands()
                });
                let mut images: Vec<PulledImage<'_>> = asked
                    .map(|source| PulledImage {
                        reference: source.reference.reference.clone(),
                        span: source.span,
                        is_verbatim: true,
                        by: PulledBy::Mapping,
                    })
                    .collect();
                // A source with several destinations is one token.
                images.dedup_by_key(|image| image.span);
                images
            }
            Statements::Jobs(jobs) => {
                let containers = jobs.iter().flat_map(|job| job.containers());
                let images = containers.filter_map(|container| container.image.as_ref());
                let images = images.filter_map(|image| self.pulled(image, PulledBy::Job));
                images.collect()
            }
            Statements::ImagesMirror(config) => self.copied(config),
            Statements::CiConfig(config) => {
                let bases = config.dockerfile_bases.iter();
                let bases = bases.filter_map(|base| self.base(&base.value, base.span));
                bases.collect()
            }
            Statements::Manifests(manifests) => manifests
                .iter()
                .flat_map(|manifest| match &manifest.body {
                    Body::Images(object) => self.of_object(object),
                    _ => Vec::new(),
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The image that the scalar `text` names.
    fn pulled<'f>(&self, text: &Text, by: PulledBy<'f>) -> Option<PulledImage<'f>> {
        let reference = Reference::parse(&text.value).ok()?;
        let start = self.text_start(text.span);
        let span = Span::new(start, start + text.value.len());
        let is_verbatim = self.slice(span) == &*text.value;
        Some(PulledImage {
            reference,
            span: if is_verbatim { span } else { text.span },
            is_verbatim,
            by,
        })
    }

    /// The image `base` that the Dockerfile at `span` builds from.
    fn base(&self, base: &str, span: Span) -> Option<PulledImage<'static>> {
        let reference = Reference::parse(base).ok()?;
        let text = self.slice(span);
        let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\');
        let mut found = text.match_indices(base);
        let at = found.find(|(at, _)| {
            text[..*at].ends_with(is_end)
                && text[at + base.len()..].chars().next().is_none_or(is_end)
        });
        let start = at.map(|(at, _)| span.start as usize + at);
        Some(PulledImage {
            reference,
            span: start.map_or(span, |start| Span::new(start, start + base.len())),
            is_verbatim: start.is_some(),
            by: PulledBy::Build,
        })
    }

    /// What ci-images-mirror copies from a pull spec, less what it ignores.
    fn copied<'f>(&self, config: &'f ImagesMirrorConfig) -> Vec<PulledImage<'f>> {
        let ignored = |image: &Text| {
            let mut sources = config.ignored.iter().filter_map(|own| own.image.as_ref());
            sources.any(|own| own.value == image.value)
        };
        let entries = config.images.iter().chain(&config.qci_to_app_ci);
        let images = entries.filter_map(|entry| {
            let image = entry.source.image.as_ref()?;
            self.pulled(image, PulledBy::Supplemental(entry))
                .filter(|_| !ignored(image))
        });
        images.collect()
    }

    fn of_object(&self, object: &Object) -> Vec<PulledImage<'static>> {
        match object {
            Object::ImageStream(stream) => {
                let imported = stream.tags.iter().filter(|tag| !tag.is_reference);
                let imported = imported.filter_map(|tag| tag.from.as_ref());
                imported
                    .filter_map(|from| self.pulled(by_pull_spec(from)?, PulledBy::ImageStream))
                    .collect()
            }
            Object::BuildConfig(build) => {
                let named = build.sources.iter();
                let named =
                    named.filter_map(|from| self.pulled(by_pull_spec(from)?, PulledBy::Build));
                named.chain(self.bases_of(build)).collect()
            }
        }
    }

    fn bases_of(&self, build: &BuildConfig) -> Vec<PulledImage<'static>> {
        let Some(text) = &build.dockerfile else {
            return Vec::new();
        };
        let mut bases = dockerfile::bases(&text.value);
        // One of these is what takes the place of the last.
        if !build.sources.is_empty() {
            bases.pop();
        }
        let bases = bases.into_iter().filter(|base| base.len() <= MAX_PULL_SPEC);
        bases
            .take(MAX_DOCKERFILE_IMAGES)
            .filter_map(|base| self.base(base, text.span))
            .collect()
    }
}

/// The name of an image that is given by a pull spec.
fn by_pull_spec(reference: &ObjectReference) -> Option<&Text> {
    let kind = reference.kind.as_ref()?;
    reference
        .name
        .as_ref()
        .filter(|_| &*kind.value == "DockerImage")
}
