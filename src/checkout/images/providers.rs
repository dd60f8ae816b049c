//! Gathers who provides what (domain section 6).

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::{Regex, RegexSet};

use super::{Images, Mirroring, Provider, ProviderKind, State, central_tag};
use crate::finding::Place;
use crate::model::ci_operator::CiConfig;
use crate::model::conventions::Registries;
use crate::model::manifest::images::{ImageStream, Object, ObjectReference};
use crate::model::manifest::{Body, Manifest};
use crate::model::release_controller::StreamMirror;
use crate::model::supplemental::SupplementalImage;
use crate::model::{File, Statements};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;

/// The cluster whose registry is the central one.
const CENTRAL_CLUSTER: &str = "clusters/app.ci";

/// The governor's flag for ImageStreamTags that somebody else looks after.
const IGNORED_TAGS: &str = "--ignored-image-stream-tags";

/// What is published from outside: by convention, by `artImages`, and by what the user says.
pub(super) fn outside(
    files: &[Arc<File>],
    registries: &Registries,
    external: &[Regex],
) -> RegexSet {
    let mut patterns: Vec<String> = registries.outside.clone();
    patterns.extend(external.iter().map(|pattern| pattern.as_str().to_owned()));
    for file in files {
        if let Statements::ImagesMirror(config) = &file.statements {
            patterns.extend(config.art_images.iter().map(|text| text.value.to_string()));
        }
    }
    set(patterns)
}

/// What the promoted-image-governor leaves alone.
pub(super) fn ungoverned(files: &[Arc<File>]) -> RegexSet {
    let mut patterns: Vec<String> = Vec::new();
    for file in files {
        let Statements::Jobs(jobs) = &file.statements else {
            continue;
        };
        for container in jobs.iter().flat_map(|job| job.containers()) {
            let mut arguments = container.arguments.iter().map(|text| &*text.value);
            while let Some(argument) = arguments.next() {
                let Some(rest) = argument.strip_prefix(IGNORED_TAGS) else {
                    continue;
                };
                let value = rest.strip_prefix('=').or_else(|| arguments.next());
                patterns.extend(value.map(str::to_owned));
            }
        }
    }
    set(patterns)
}

/// Expressions that do not compile are left out; Go's and Rust's differ in nothing that has ever
/// been used there.
fn set(mut patterns: Vec<String>) -> RegexSet {
    patterns.retain(|pattern| regex::Regex::new(pattern).is_ok());
    RegexSet::new(patterns).unwrap_or_default()
}

pub(super) fn add_all(
    images: &mut Images,
    files: &[Arc<File>],
    mirroring: &Mirroring,
    registries: &Registries,
) {
    for file in files {
        match &file.statements {
            Statements::CiConfig(config) => promotions(images, file, config),
            Statements::Manifests(manifests) if is_central(file) => {
                for manifest in manifests {
                    add_manifest(images, file, manifest);
                }
            }
            Statements::ImagesMirror(config) => {
                supplemental(images, file, &config.images, ProviderKind::Supplemental);
                supplemental(images, file, &config.qci_to_app_ci, ProviderKind::QciCopy);
            }
            _ => {}
        }
    }
    mappings(images, mirroring, registries);
    // Last: these copy what is provided so far.
    for file in files {
        if let Statements::StreamMirrors(mirrors) = &file.statements {
            for mirror in mirrors {
                release_mirror(images, file, mirror);
            }
        }
    }
}

/// Whether a manifest is applied to the central cluster. The applier skips `.yml` and names that
/// start with `_` (domain section 7).
fn is_central(file: &File) -> bool {
    let name = file.path.name();
    file.path.is_within(CENTRAL_CLUSTER) && name.ends_with(".yaml") && !name.starts_with('_')
}

fn promotions(images: &mut Images, file: &File, config: &CiConfig) {
    for target in &config.promotion {
        for published in &target.published {
            let state = match (target.disabled, published.optional) {
                (true, _) => State::Disabled,
                (false, true) => State::Optional,
                (false, false) => State::Live,
            };
            images.provide(
                &published.tag,
                Provider {
                    kind: ProviderKind::Promotion,
                    state,
                    place: Place::new(&file.path, published.image),
                    upstream: None,
                },
            );
            if target.tag_by_commit && state == State::Live {
                let stream = images.stream_mut(published.tag.namespace(), published.tag.name());
                stream.open.push(Provider {
                    kind: ProviderKind::Promotion,
                    state,
                    place: Place::new(&file.path, target.anchor()),
                    upstream: None,
                });
            }
        }
    }
    if config.builds_binaries && !config.promotion.is_empty() && !config.build_cache_disabled {
        build_cache(images, file, config);
    }
}

/// `build-cache/<org>-<repo>:<branch>[-<variant>]`.
fn build_cache(images: &mut Images, file: &File, config: &CiConfig) {
    let metadata = &config.metadata;
    let (Some(org), Some(repo), Some(branch)) = (&metadata.org, &metadata.repo, &metadata.branch)
    else {
        return;
    };
    let name = format!("{}-{}", org.value, repo.value);
    let tag = match &metadata.variant {
        Some(variant) => format!("{}-{}", branch.value, variant.value),
        None => branch.value.to_string(),
    };
    if let Ok(tag) = ImageStreamTag::new("build-cache", &name, &tag) {
        let anchor = config
            .promotion
            .first()
            .map_or(Span::whole_file(), |t| t.anchor());
        images.provide(
            &tag,
            Provider {
                kind: ProviderKind::BuildCache,
                state: State::Live,
                place: Place::new(&file.path, anchor),
                upstream: None,
            },
        );
    }
}

fn add_manifest(images: &mut Images, file: &File, manifest: &Manifest) {
    let Body::Images(object) = &manifest.body else {
        return;
    };
    let Some(namespace) = manifest.namespace.as_ref().map(|text| &*text.value) else {
        return;
    };
    match object {
        Object::ImageStream(stream) => image_stream(images, file, manifest, namespace, stream),
        Object::BuildConfig(build) => {
            let Some(output) = &build.output else {
                return;
            };
            if let Some(tag) = stream_tag(output, namespace, None) {
                images.provide(
                    &tag,
                    Provider {
                        kind: ProviderKind::BuildConfig,
                        state: State::Live,
                        place: Place::new(
                            &file.path,
                            output.name.as_ref().map_or(output.span, |n| n.span),
                        ),
                        upstream: build
                            .sources
                            .first()
                            .and_then(|source| Some(source.name.as_ref()?.value.clone())),
                    },
                );
            }
        }
    }
}

fn image_stream(
    images: &mut Images,
    file: &File,
    manifest: &Manifest,
    namespace: &str,
    stream: &ImageStream,
) {
    let Some(name) = manifest.name.as_ref().map(|text| &*text.value) else {
        return;
    };
    let provider = |span, upstream: Option<&Box<str>>| Provider {
        kind: ProviderKind::ImageStream,
        state: State::Live,
        place: Place::new(&file.path, span),
        upstream: upstream.cloned(),
    };
    if stream.tags.is_empty() || stream.repository.is_some() {
        let upstream = stream.repository.as_ref().map(|text| &text.value);
        let open = provider(manifest.anchor(), upstream);
        images.stream_mut(namespace, name).open.push(open);
    }
    for tag in &stream.tags {
        let Some(tag_name) = &tag.name else {
            continue;
        };
        if let Ok(target) = ImageStreamTag::new(namespace, name, &tag_name.value) {
            let upstream = tag.from.as_ref().and_then(|from| from.name.as_ref());
            images.provide(
                &target,
                provider(tag_name.span, upstream.map(|text| &text.value)),
            );
        }
    }
}

/// The ImageStreamTag that a manifest in `namespace` names. A name without a colon is another tag
/// of the same `stream`; where there is none, it is a stream's `latest`.
pub(super) fn stream_tag(
    reference: &ObjectReference,
    namespace: &str,
    stream: Option<&str>,
) -> Option<ImageStreamTag> {
    if reference
        .kind
        .as_ref()
        .is_none_or(|kind| &*kind.value != "ImageStreamTag")
    {
        return None;
    }
    let name = &reference.name.as_ref()?.value;
    let (name, tag) = match (name.split_once(':'), stream) {
        (Some(both), _) => both,
        (None, Some(stream)) => (stream, &**name),
        (None, None) => (&**name, "latest"),
    };
    let namespace = reference
        .namespace
        .as_ref()
        .map_or(namespace, |text| &text.value);
    ImageStreamTag::new(namespace, name, tag).ok()
}

fn supplemental(
    images: &mut Images,
    file: &File,
    entries: &[SupplementalImage],
    kind: ProviderKind,
) {
    for entry in entries {
        let Ok(tag) = entry.target.value.parse::<ImageStreamTag>() else {
            continue;
        };
        let upstream = entry.image.as_ref().map(|image| image.value.clone());
        let provider = Provider {
            kind,
            state: State::Live,
            place: Place::new(&file.path, entry.target.span),
            upstream: upstream.or_else(|| Some(entry.source()?.to_string().into())),
        };
        images.provide(&tag, provider);
    }
}

fn mappings(images: &mut Images, mirroring: &Mirroring, registries: &Registries) {
    for (file, mapping) in mirroring.mappings() {
        let reference = &mapping.destination.reference.reference;
        let host = reference.host.as_deref().unwrap_or_default();
        let unread = file.set.is_some() && file.jobs.is_empty() && mirroring.has_jobs();
        let provider = Provider {
            kind: ProviderKind::Mapping,
            state: if unread { State::Disabled } else { State::Live },
            place: file.place(mapping.destination.span),
            upstream: Some(mapping.source.to_string().into()),
        };
        if let Some(tag) = ImageStreamTag::from_qci(reference, &registries.qci) {
            images.provide(&tag, provider);
            continue;
        }
        let Some((namespace, name)) = reference.namespace_and_name() else {
            continue;
        };
        if !registries.central.iter().any(|central| central == host) {
            continue;
        }
        match mapping.tag() {
            Some(tag) => {
                if let Ok(tag) = ImageStreamTag::new(namespace, name, tag) {
                    images.provide(&tag, provider);
                }
            }
            None => images.stream_mut(namespace, name).open.push(provider),
        }
    }
}

/// Copies every tag of `ocp/4.N` that is not excluded. The stream that is copied is the one of the
/// same version: `origin/4.12` and `origin/scos-4.12` both come from `ocp/4.12`.
fn release_mirror(images: &mut Images, file: &File, mirror: &StreamMirror) {
    let namespace = mirror
        .namespace
        .as_ref()
        .map_or("origin", |text| &text.value);
    let version = mirror.name.value.rsplit('-').next().unwrap_or_default();
    let Some(source) = images.stream("ocp", version) else {
        return;
    };
    let live = |providers: &Vec<Provider>| providers.iter().any(|p| p.state == State::Live);
    let copied: BTreeMap<Box<str>, Box<str>> = source
        .tags
        .iter()
        .filter(|(tag, providers)| {
            live(providers)
                && !mirror
                    .excluded
                    .iter()
                    .any(|excluded| excluded.value == **tag)
        })
        .map(|(tag, _)| (tag.clone(), format!("ocp/{version}:{tag}").into()))
        .collect();
    for (tag, upstream) in copied {
        if let Ok(target) = ImageStreamTag::new(namespace, &mirror.name.value, &tag) {
            let provider = Provider {
                kind: ProviderKind::ReleaseMirror,
                state: State::Live,
                place: Place::new(&file.path, mirror.name.span),
                upstream: Some(upstream),
            };
            images.provide(&target, provider);
        }
    }
}

impl SupplementalImage {
    /// The ImageStreamTag that is copied, when the source is given as one.
    #[must_use]
    pub fn source(&self) -> Option<ImageStreamTag> {
        ImageStreamTag::new(
            &self.namespace.as_ref()?.value,
            &self.name.as_ref()?.value,
            &self.tag.as_ref()?.value,
        )
        .ok()
    }
}

/// Whether a pull spec names the central registry, and which tag there.
pub(super) fn central(text: &str, registries: &Registries) -> Option<ImageStreamTag> {
    let reference = crate::syntax::reference::Reference::parse(text).ok()?;
    central_tag(&reference, registries)
}
