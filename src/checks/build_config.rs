//! BuildConfigs that cannot start, or never stop.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::image_stream::{called, objects};
use super::{Check, Drafts};
use crate::checkout::Checkout;
use crate::checkout::images::stored_image;
use crate::finding::{Draft, Place};
use crate::limits::MAX_RELATED;
use crate::model::File;
use crate::model::conventions::Registries;
use crate::model::manifest::Manifest;
use crate::model::manifest::images::{BuildConfig, Object, ObjectReference};
use crate::syntax::reference::{ImageStreamTag, Reference};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, tag = "fault", rename_all = "kebab-case")]
pub(super) enum BuildConfigCheck {
    /// It builds from, or is triggered by, its own output.
    Loop {
        /// Hosts of the central registry.
        registries: Vec<String>,
    },
    /// Two of them write one tag.
    OutputClash {},
    /// `strategy` or `source` without a `type`.
    Untyped {},
    /// A `FROM` in an inline Dockerfile on a registry that one should not build from.
    DockerfileRegistry {
        /// The registry.
        host: String,
    },
}

impl Check for BuildConfigCheck {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let builds = objects(checkout).filter_map(|(file, manifest, object)| match object {
            Object::BuildConfig(build) => Some((file, manifest, build)),
            Object::ImageStream(_) => None,
        });
        match self {
            Self::Loop { registries } => {
                let registries = Registries {
                    central: registries.clone(),
                    ..Registries::default()
                };
                builds.for_each(|(file, manifest, build)| {
                    self_building(file, manifest, build, &registries, drafts);
                });
            }
            Self::OutputClash {} => clashes(builds, drafts),
            Self::Untyped {} => builds.for_each(|(file, manifest, build)| {
                untyped(file, manifest, build, drafts);
            }),
            Self::DockerfileRegistry { host } => builds.for_each(|(file, manifest, build)| {
                dockerfile(file, manifest, build, host, drafts);
            }),
        }
    }
}

/// What a build's reference means, in the namespace of the build.
fn target(
    reference: &ObjectReference,
    manifest: &Manifest,
    registries: &Registries,
) -> Option<ImageStreamTag> {
    let name = &reference.name.as_ref()?.value;
    if reference
        .kind
        .as_ref()
        .is_some_and(|kind| &*kind.value == "DockerImage")
    {
        return stored_image(&Reference::parse(name).ok()?, registries).map(|(_, tag)| tag);
    }
    let (name, tag) = name.split_once(':').unwrap_or((name, "latest"));
    let namespace = reference
        .namespace
        .as_ref()
        .or(manifest.namespace.as_ref())?;
    ImageStreamTag::new(&namespace.value, name, tag).ok()
}

fn self_building(
    file: &File,
    manifest: &Manifest,
    build: &BuildConfig,
    registries: &Registries,
    drafts: &mut Drafts,
) {
    let Some(output) = build
        .output
        .as_ref()
        .and_then(|to| target(to, manifest, registries))
    else {
        return;
    };
    let sources = build.sources.iter().map(|source| {
        (
            source,
            "is built from",
            "it can never start: the image that it starts from is the one that it makes",
        )
    });
    let triggers = build.triggers.iter().map(|trigger| {
        (
            trigger,
            "is triggered by",
            "every build starts the next one",
        )
    });
    for (reference, verb, why) in sources.chain(triggers) {
        if target(reference, manifest, registries).as_ref() == Some(&output) {
            let span = reference
                .name
                .as_ref()
                .map_or(reference.span, |name| name.span);
            let to = build.output.as_ref().map_or(manifest.span, |to| {
                to.name.as_ref().map_or(to.span, |n| n.span)
            });
            drafts.push(
                Draft::new(
                    Place::new(&file.path, span),
                    format!("{verb} {output}"),
                    format!("the build of `{output}` {verb} its own output"),
                )
                .help(why)
                .related(Place::new(&file.path, to), "the output"),
            );
        }
    }
}

fn clashes<'c>(
    builds: impl Iterator<Item = (&'c File, &'c Manifest, &'c BuildConfig)>,
    drafts: &mut Drafts,
) {
    let mut by_output: BTreeMap<ImageStreamTag, Vec<(&File, &Manifest, Place)>> = BTreeMap::new();
    for (file, manifest, build) in builds {
        let Some(output) = &build.output else {
            continue;
        };
        if let Some(tag) = target(output, manifest, &Registries::default()) {
            let span = output.name.as_ref().map_or(output.span, |name| name.span);
            let place = Place::new(&file.path, span);
            by_output
                .entry(tag)
                .or_default()
                .push((file, manifest, place));
        }
    }
    for (tag, builds) in by_output {
        for (at, (_, manifest, place)) in builds.iter().enumerate() {
            let others = builds.iter().enumerate().filter(|(other, _)| *other != at);
            let draft = Draft::new(
                place.clone(),
                format!("{tag} {}", called(manifest)),
                format!("`{tag}` is the output of {} BuildConfigs", builds.len()),
            )
            .help("whichever builds last wins; give each a tag of its own");
            let draft = others
                .take(MAX_RELATED)
                .fold(draft, |draft, (_, (_, _, place))| {
                    draft.related(place.clone(), "also its output")
                });
            if builds.len() > 1 {
                drafts.push(draft);
            }
        }
    }
}

fn untyped(file: &File, manifest: &Manifest, build: &BuildConfig, drafts: &mut Drafts) {
    for (part, span) in &build.untyped {
        drafts.push(
            Draft::new(
                Place::new(&file.path, *span),
                format!("{part} {}", called(manifest)),
                format!("`{part}` of BuildConfig `{}` has no `type`", called(manifest)),
            )
            .help("without it the API guesses or refuses; write `type: Docker`, `Git`, … as it is meant"),
        );
    }
}

/// `FROM` lines of an inline Dockerfile.
fn dockerfile(
    file: &File,
    manifest: &Manifest,
    build: &BuildConfig,
    host: &str,
    drafts: &mut Drafts,
) {
    let Some(dockerfile) = &build.dockerfile else {
        return;
    };
    let text = file.slice(dockerfile.span);
    let mut offset = dockerfile.span.start as usize;
    for line in text.split_inclusive('\n') {
        let mut words = line.split_whitespace();
        let is_from = words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("FROM"));
        let image = words.find(|word| !word.starts_with("--"));
        if let Some(image) = image.filter(|_| is_from)
            && image
                .strip_prefix(host)
                .is_some_and(|rest| rest.starts_with('/'))
            && let Some(at) = line.find(image)
        {
            let span = crate::syntax::span::Span::new(offset + at, offset + at + image.len());
            drafts.push(
                Draft::new(
                    Place::new(&file.path, span),
                    format!("{} {image}", called(manifest)),
                    format!("the build starts from `{image}`, on `{host}`"),
                )
                .help("pulls from there are limited, and the build fails once the limit is reached; mirror the image and build from the copy"),
            );
        }
        offset += line.len();
    }
}
