//! Gathers who provides what (`docs/domain.md#image-providers`).

use super::build::Sources;
use super::ignored::IgnoredSources;
use super::store::{Store, stored_image, stored_image_in};
use super::{Provider, ProviderKind, State, promotions};
use crate::checkout::access::is_applied;
use crate::checkout::mirroring::MirroredFile;
use crate::finding::Place;
use crate::model::conventions::Registries;
use crate::model::manifest::images::{BuildConfig, ImageStream, Object, ObjectReference};
use crate::model::manifest::{Body, Manifest};
use crate::model::supplemental::SupplementalImage;
use crate::model::{Conventions, File, Statements};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;

/// What somebody provides.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Provided {
    /// One ImageStreamTag.
    Tag(ImageStreamTag),
    /// Tags of a stream that the checkout does not tell.
    Stream(Box<str>, Box<str>),
    /// Tags of a stream that are commits.
    Commits(Box<str>, Box<str>),
}

/// Somebody who provides something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProviderRecord {
    /// What.
    pub what: Provided,
    /// Who.
    pub by: Provider,
}

impl ProviderRecord {
    pub fn tag(tag: &ImageStreamTag, by: Provider) -> Self {
        Self {
            what: Provided::Tag(tag.clone()),
            by,
        }
    }

    fn stream(namespace: &str, name: &str, by: Provider) -> Self {
        Self {
            what: Provided::Stream(namespace.into(), name.into()),
            by,
        }
    }

    pub fn commits(namespace: &str, name: &str, by: Provider) -> Self {
        Self {
            what: Provided::Commits(namespace.into(), name.into()),
            by,
        }
    }
}

impl Provided {
    /// Namespace and name of the stream it belongs to.
    pub fn stream(&self) -> (&str, &str) {
        match self {
            Self::Tag(tag) => (tag.namespace(), tag.name()),
            Self::Stream(namespace, name) | Self::Commits(namespace, name) => (namespace, name),
        }
    }

    /// The same as `namespace/name`.
    pub fn stream_name(&self) -> Box<str> {
        match self {
            Self::Tag(tag) => tag.stream().into(),
            Self::Stream(namespace, name) | Self::Commits(namespace, name) => {
                format!("{namespace}/{name}").into()
            }
        }
    }
}

/// Adds what `file` provides, but for a mapping file and what is copied from other streams.
pub(super) fn of_file(file: &File, sources: &Sources<'_>, records: &mut Vec<ProviderRecord>) {
    let conventions = sources.conventions;
    let registries = &conventions.registries;
    match &file.statements {
        Statements::CiConfig(config) => {
            promotions::of_config(file, config, sources.layout, records);
        }
        Statements::Manifests(manifests) if is_applied(file.path.as_str()) => {
            for manifest in manifests {
                add_manifest(records, file, manifest, conventions);
            }
        }
        Statements::ImagesMirror(config) => {
            let ignored = IgnoredSources::of(config, registries);
            let copied = |entry: &&SupplementalImage| !ignored.covers(&entry.source);
            for entry in config.images.iter().filter(copied) {
                let kind = ProviderKind::Supplemental;
                supplemental(records, file, entry, (kind, Store::Qci), registries);
            }
            for entry in config.qci_to_app_ci.iter().filter(copied) {
                let kind = ProviderKind::QciCopy;
                supplemental(records, file, entry, (kind, Store::AppCi), registries);
            }
        }
        _ => {}
    }
}

fn add_manifest(
    records: &mut Vec<ProviderRecord>,
    file: &File,
    manifest: &Manifest,
    conventions: &Conventions,
) {
    let is_central = file.path.is_within(&conventions.clusters.central);
    let Body::Images(object) = &manifest.body else {
        return;
    };
    match object {
        Object::ImageStream(stream) => {
            let namespace = manifest.namespace.as_ref();
            if let Some(namespace) = namespace.filter(|_| is_central) {
                image_stream(records, file, manifest, &namespace.value, stream);
            }
        }
        Object::BuildConfig(build) => {
            for (store, tag, span) in outputs(manifest, build, is_central, &conventions.registries)
            {
                let source = build.sources.first();
                let provider = Provider {
                    kind: ProviderKind::BuildConfig,
                    stores: store.alone(),
                    state: State::Live,
                    place: Place::new(&file.path, span),
                    upstream: source.and_then(|source| Some(source.name.as_ref()?.value.clone())),
                    copies: None,
                };
                records.push(ProviderRecord::tag(&tag, provider));
            }
        }
    }
}

/// The images that a build pushes, each with the text that says so. An ImageStreamTag lies in the
/// registry of the build's own cluster; a pull spec may name any store, and so may the registries
/// that a MultiArchBuildConfig copies its ImageStreamTag to (openshift/ci-tools
/// pkg/controller/multiarchbuildconfig/mirror.go).
fn outputs(
    manifest: &Manifest,
    build: &BuildConfig,
    is_central: bool,
    registries: &Registries,
) -> Vec<(Store, ImageStreamTag, Span)> {
    let Some(output) = &build.output else {
        return Vec::new();
    };
    let Some(name) = &output.name else {
        return Vec::new();
    };
    if output.kind.as_ref().map(|kind| &*kind.value) == Some("DockerImage") {
        let pushed = stored_image_in(&name.value, registries);
        return Vec::from_iter(pushed.map(|(store, tag)| (store, tag, name.span)));
    }
    let namespace = manifest.namespace.as_ref().map_or("", |text| &text.value);
    let Some(tag) = named_by_manifest(output, namespace, None) else {
        return Vec::new();
    };
    let own = is_central.then(|| (Store::AppCi, tag.clone(), name.span));
    let copies = build.external_registries.iter().filter_map(|registry| {
        let is_in = |all: &[String]| all.iter().any(|own| **own == *registry.value);
        let store = if is_in(&registries.qci) {
            Store::Qci
        } else if is_in(&registries.central) {
            Store::AppCi
        } else {
            return None;
        };
        Some((store, tag.clone(), registry.span))
    });
    own.into_iter().chain(copies).collect()
}

fn image_stream(
    records: &mut Vec<ProviderRecord>,
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
        stores: Store::AppCi.alone(),
        state: State::Live,
        place: Place::new(&file.path, span),
        upstream: upstream.cloned(),
        copies: None,
    };
    if stream.tags.is_empty() || stream.repository.is_some() {
        let upstream = stream.repository.as_ref().map(|text| &text.value);
        let open = provider(manifest.anchor(), upstream);
        records.push(ProviderRecord::stream(namespace, name, open));
    }
    for tag in &stream.tags {
        let Some(tag_name) = &tag.name else {
            continue;
        };
        if let Ok(target) = ImageStreamTag::new(namespace, name, &tag_name.value) {
            let upstream = tag.from.as_ref().and_then(|from| from.name.as_ref());
            records.push(ProviderRecord::tag(
                &target,
                provider(tag_name.span, upstream.map(|text| &text.value)),
            ));
        }
    }
}

/// The ImageStreamTag that a manifest in `namespace` names. A name without a colon is another tag
/// of the same `stream`; where there is none, it is a stream's `latest`.
pub(crate) fn named_by_manifest(
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
    records: &mut Vec<ProviderRecord>,
    file: &File,
    entry: &SupplementalImage,
    (kind, store): (ProviderKind, Store),
    registries: &Registries,
) {
    let Ok(tag) = entry.target.value.parse::<ImageStreamTag>() else {
        return;
    };
    let (upstream, copies) = match &entry.source.image {
        Some(image) => {
            let copied = stored_image_in(&image.value, registries).map(|(_, tag)| tag);
            (Some(image.value.clone()), copied)
        }
        None => {
            let copied = entry.source.stream_tag();
            // What is copied from QCI has the same name there unless it says otherwise.
            let copied = copied.or_else(|| (kind == ProviderKind::QciCopy).then(|| tag.clone()));
            (copied.as_ref().map(|tag| tag.as_str().into()), copied)
        }
    };
    let provider = Provider {
        kind,
        stores: store.alone(),
        state: State::Live,
        place: Place::new(&file.path, entry.target.span),
        upstream,
        copies,
    };
    records.push(ProviderRecord::tag(&tag, provider));
}

/// Adds what the destinations of a mapping file provide, which are not written when no job reads
/// the file.
pub(super) fn of_mapping_file(
    file: &MirroredFile,
    state: State,
    registries: &Registries,
    records: &mut Vec<ProviderRecord>,
) {
    for mapping in file.lines().iter().flat_map(|line| &line.mappings) {
        let reference = &mapping.destination.reference.reference;
        let host = reference.host.as_deref().unwrap_or_default();
        let provider = |store: Store| Provider {
            kind: ProviderKind::Mapping,
            stores: store.alone(),
            state,
            place: file.place(mapping.destination.span),
            upstream: Some(mapping.source.to_string().into()),
            copies: stored_image(&mapping.source.reference.reference, registries)
                .map(|(_, tag)| tag),
        };
        if let Some(tag) = ImageStreamTag::from_qci(reference, &registries.qci) {
            records.push(ProviderRecord::tag(&tag, provider(Store::Qci)));
            continue;
        }
        let Some((namespace, name)) = reference.namespace_and_name() else {
            continue;
        };
        if !registries.is_central(host) {
            continue;
        }
        let provider = provider(Store::AppCi);
        match mapping.tag() {
            Some(tag) => {
                if let Ok(tag) = ImageStreamTag::new(namespace, name, tag) {
                    records.push(ProviderRecord::tag(&tag, provider));
                }
            }
            None => records.push(ProviderRecord::stream(namespace, name, provider)),
        }
    }
}
