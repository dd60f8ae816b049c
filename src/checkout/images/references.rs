//! Gathers who names which ImageStreamTag.

use std::sync::Arc;

use foldhash::HashSet;

use super::providers::named_by_manifest;
use super::store::{Store, stored_image, stored_image_in};
use crate::checkout::mirroring::MirroredFile;
use crate::finding::Place;
use crate::limits::MAX_DOCKERFILE_IMAGES;
use crate::model::ci_operator::{CiConfig, ReferenceField};
use crate::model::conventions::Registries;
use crate::model::manifest::images::{Object, ObjectReference};
use crate::model::manifest::{Body, Manifest};
use crate::model::supplemental::SupplementalImage;
use crate::model::{Conventions, File, Statements, Text};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;

/// One place that names an ImageStreamTag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageUse {
    /// What is named.
    pub target: ImageStreamTag,
    /// Who names it.
    pub referrer: Referrer,
    /// The whole reference.
    pub place: Place,
    /// Where the namespace stands, if by itself.
    pub namespace: Span,
    /// Where the stream's name stands, if by itself.
    pub name: Span,
    /// Where the tag stands, if by itself.
    pub tag: Span,
    /// The key of a base image.
    pub key: Option<Box<str>>,
    /// The store that it is pulled from; `None` for ci-operator, which finds it in either.
    pub store: Option<Store>,
    /// Whether anything uses what is named; see [`super::Images::is_used`].
    pub usage: Usage,
}

/// Whether what is named is used for anything. Base images that nothing uses are common: no
/// validator refuses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Where it is named, or by being named.
    Used,
    /// A base image of a config that runs steps of the registry, which may use it.
    BySteps,
    /// A base image that its config does not use.
    Unused,
}

/// Who names an ImageStreamTag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Referrer {
    /// A ci-operator config, in this field.
    Config(ReferenceField),
    /// A step of the step registry.
    RegistryStep,
    /// A mapping file's source.
    Mapping,
    /// `supplementalCIImages`.
    Supplemental,
    /// A tag of an ImageStream.
    ImageStream,
    /// A build's source or trigger.
    BuildConfig,
}

impl Referrer {
    /// What to call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config(field) => field.as_str(),
            Self::RegistryStep => "step registry",
            Self::Mapping => "mapping source",
            Self::Supplemental => "supplementalCIImages",
            Self::ImageStream => "ImageStream tag",
            Self::BuildConfig => "BuildConfig",
        }
    }
}

impl ImageUse {
    /// Where to point at when the tag is what is wrong.
    #[must_use]
    pub fn tag_place(&self) -> Place {
        Place::new(&self.place.path, self.tag)
    }

    /// Where to point at when the stream is what is wrong.
    #[must_use]
    pub fn name_place(&self) -> Place {
        Place::new(&self.place.path, self.name)
    }
}

/// Adds every place of `file` that names an ImageStreamTag, but for those of a mapping file.
pub(super) fn of_file(file: &File, conventions: &Conventions, references: &mut Vec<ImageUse>) {
    let registries = &conventions.registries;
    match &file.statements {
        Statements::CiConfig(config) => {
            configs(references, file, (config, registries), Referrer::Config);
        }
        Statements::RegistryStep(config) => {
            configs(references, file, (config, registries), |_| {
                Referrer::RegistryStep
            });
        }
        Statements::Manifests(manifests) => {
            for manifest in manifests {
                add_manifest(references, file, manifest, conventions);
            }
        }
        Statements::ImagesMirror(config) => {
            let entries = config.images.iter().chain(&config.qci_to_app_ci);
            references.extend(entries.filter_map(|entry| supplemental(file, entry, registries)));
        }
        _ => {}
    }
}

fn supplemental(
    file: &File,
    entry: &SupplementalImage,
    registries: &Registries,
) -> Option<ImageUse> {
    let source = &entry.source;
    let (store, target, span) = match &source.image {
        Some(image) => {
            let (store, target) = stored_image_in(&image.value, registries)?;
            (store, target, image.span)
        }
        None => (Store::AppCi, source.stream_tag()?, source.span),
    };
    let part = |text: &Option<Text>| {
        let own = text.as_ref().filter(|_| source.image.is_none());
        own.map_or(span, |text| text.span)
    };
    Some(ImageUse {
        target,
        referrer: Referrer::Supplemental,
        place: Place::new(&file.path, span),
        namespace: part(&source.namespace),
        name: part(&source.name),
        tag: part(&source.tag),
        key: None,
        store: Some(store),
        usage: Usage::Used,
    })
}

fn configs(
    references: &mut Vec<ImageUse>,
    file: &File,
    (config, registries): (&CiConfig, &Registries),
    referrer: impl Fn(ReferenceField) -> Referrer,
) {
    let used = used_names(config);
    let inlined = in_dockerfiles(config, registries);
    for reference in &config.references {
        let Some(target) = reference.target.clone() else {
            continue;
        };
        let part = |text: &Option<Text>| text.as_ref().map_or(reference.span, |text| text.span);
        let key = reference.key.as_ref().map(|key| key.value.clone());
        references.push(ImageUse {
            referrer: referrer(reference.field),
            place: Place::new(&file.path, reference.span),
            namespace: part(&reference.namespace),
            name: part(&reference.name),
            tag: part(&reference.tag),
            store: None,
            usage: match key.as_deref() {
                Some(key) if reference.field == ReferenceField::BaseImage => {
                    usage(config, used.contains(key) || inlined.contains(&target))
                }
                _ => Usage::Used,
            },
            target,
            key,
        });
    }
}

fn usage(config: &CiConfig, is_named: bool) -> Usage {
    if is_named {
        Usage::Used
    } else if config.runs_registry_steps {
        Usage::BySteps
    } else {
        Usage::Unused
    }
}

/// The images that inline Dockerfiles name by their pull specs, where ci-operator looks for these.
fn in_dockerfiles(config: &CiConfig, registries: &Registries) -> HashSet<ImageStreamTag> {
    let pull_specs = config.dockerfile_images.iter().filter_map(|word| {
        let hosts = registries.in_dockerfiles.iter();
        let start = hosts.filter_map(|host| word.find(&**host)).min()?;
        word.get(start..)
    });
    let images = pull_specs.take(MAX_DOCKERFILE_IMAGES);
    let stored = images.filter_map(|image| stored_image_in(image, registries));
    stored.map(|(_, image)| image).collect()
}

/// The names that steps of the registry run from or depend on.
pub(super) fn step_names(files: &[Arc<File>]) -> HashSet<Box<str>> {
    let steps = files.iter().filter_map(|file| match &file.statements {
        Statements::RegistryStep(step) => Some(step),
        _ => None,
    });
    let names = steps.flat_map(|step| &step.uses);
    names
        .filter_map(|used| Some(used.image()?.into()))
        .collect()
}

/// The keys of base images that anything names that builds or runs.
fn used_names(config: &CiConfig) -> HashSet<&str> {
    let names = config.uses.iter().filter_map(|used| used.image());
    let plain = names
        .clone()
        .filter_map(|name| name.strip_suffix("-with-rpms"));
    names.chain(plain).collect()
}

/// Adds every source of a mapping file that is an ImageStreamTag.
pub(super) fn of_mapping_file(
    file: &MirroredFile,
    registries: &Registries,
    references: &mut Vec<ImageUse>,
) {
    let mut seen = None;
    for mapping in file.lines().iter().flat_map(|line| &line.mappings) {
        let source = &mapping.source;
        if seen == Some(source.span) || source.expands() {
            continue;
        }
        seen = Some(source.span);
        let reference = &source.reference.reference;
        if reference.digest.is_some() {
            continue;
        }
        let Some((store, target)) = stored_image(reference, registries) else {
            continue;
        };
        let within = |span: Span| span.shifted(source.span.start as usize);
        references.push(ImageUse {
            target,
            referrer: Referrer::Mapping,
            place: file.place(source.span),
            namespace: source.span,
            name: within(reference.spans.repository),
            tag: reference.spans.tag.map_or(source.span, within),
            key: None,
            store: Some(store),
            usage: Usage::Used,
        });
    }
}

fn add_manifest(
    references: &mut Vec<ImageUse>,
    file: &File,
    manifest: &Manifest,
    conventions: &Conventions,
) {
    let registries = &conventions.registries;
    let is_central = file.path.is_within(&conventions.clusters.central);
    let Body::Images(object) = &manifest.body else {
        return;
    };
    let namespace = manifest.namespace.as_ref().map_or("", |text| &text.value);
    let stream = manifest.name.as_ref().map(|text| &*text.value);
    let mut add = |reference: &ObjectReference, referrer| {
        let stream = stream.filter(|_| referrer == Referrer::ImageStream);
        let kind = reference.kind.as_ref().map_or("", |kind| &kind.value);
        let named = match (&reference.name, kind) {
            (Some(name), "DockerImage") => stored_image_in(&name.value, registries),
            _ => named_by_manifest(reference, namespace, stream).map(|tag| (Store::AppCi, tag)),
        };
        // Another cluster's ImageStreams are its own, and fed by hand.
        let named = named.filter(|(store, _)| *store == Store::Qci || is_central);
        if let Some((store, target)) = named {
            let span = reference
                .name
                .as_ref()
                .map_or(reference.span, |name| name.span);
            let namespace = reference.namespace.as_ref();
            let namespace = namespace.map_or(span, |namespace| namespace.span);
            references.push(ImageUse {
                target,
                referrer,
                place: Place::new(&file.path, span),
                namespace,
                // A namespace of its own is where a stream in another one is missed.
                name: namespace,
                tag: span,
                key: None,
                store: Some(store),
                usage: Usage::Used,
            });
        }
    };
    match object {
        Object::ImageStream(stream) => {
            for from in stream.tags.iter().filter_map(|tag| tag.from.as_ref()) {
                add(from, Referrer::ImageStream);
            }
        }
        Object::BuildConfig(build) => {
            for source in build.sources.iter().chain(&build.triggers) {
                add(source, Referrer::BuildConfig);
            }
        }
    }
}
