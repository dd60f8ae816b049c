//! Gathers who provides what (domain section 6).

use std::collections::HashSet;
use std::sync::Arc;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::{Provider, ProviderKind, State, Stream, central_tag, promotions};
use crate::checkout::layout::Layout;
use crate::checkout::mirroring::MirroredFile;
use crate::finding::Place;
use crate::model::conventions::Registries;
use crate::model::manifest::images::{ImageStream, Object, ObjectReference};
use crate::model::manifest::{Body, Manifest};
use crate::model::release_controller::StreamMirror;
use crate::model::supplemental::SupplementalImage;
use crate::model::{File, Statements};
use crate::syntax::reference::ImageStreamTag;

/// The cluster whose registry is the central one.
const CENTRAL_CLUSTER: &str = "clusters/app.ci";

/// The namespace that the release controller copies from.
pub(super) const COPIED_NAMESPACE: &str = "ocp";

/// How many tags of a stream are copied into another, and how many streams are filled so: there are
/// some hundred of each.
const MAX_COPIED: usize = 1000;
pub(super) const MAX_MIRRORS: usize = 1000;

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

/// How many expressions of the checkout are read, and how large each may become, in bytes: a short
/// text can stand for a huge automaton. What is there needs a tenth of either.
const MAX_PATTERNS: usize = 200;
const PATTERN_SIZE: usize = 1 << 18;

/// Expressions that do not compile are left out; Go's and Rust's differ in nothing that has ever
/// been used there. Those of the project and the user come first.
fn set(patterns: Vec<String>) -> RegexSet {
    let patterns = patterns.into_iter().take(MAX_PATTERNS);
    let sound = patterns.filter(|pattern| {
        let pattern = RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build();
        pattern.is_ok()
    });
    let set = RegexSetBuilder::new(sound)
        .size_limit(MAX_PATTERNS * PATTERN_SIZE)
        .build();
    set.unwrap_or_default()
}

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
#[derive(Clone, Debug)]
pub(super) struct Provision {
    /// What.
    pub what: Provided,
    /// Who.
    pub by: Provider,
}

impl Provision {
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
pub(super) fn of_file(file: &File, layout: &Layout, provisions: &mut Vec<Provision>) {
    match &file.statements {
        Statements::CiConfig(config) => promotions::of_config(file, config, layout, provisions),
        Statements::Manifests(manifests) if is_central(file) => {
            for manifest in manifests {
                add_manifest(provisions, file, manifest);
            }
        }
        Statements::ImagesMirror(config) => {
            let kind = ProviderKind::Supplemental;
            supplemental(provisions, file, &config.images, kind);
            let kind = ProviderKind::QciCopy;
            supplemental(provisions, file, &config.qci_to_app_ci, kind);
        }
        _ => {}
    }
}

/// Whether a manifest is applied to the central cluster. The applier skips `.yml` and names that
/// start with `_` (domain section 7).
fn is_central(file: &File) -> bool {
    let name = file.path.name();
    file.path.is_within(CENTRAL_CLUSTER) && name.ends_with(".yaml") && !name.starts_with('_')
}

fn add_manifest(provisions: &mut Vec<Provision>, file: &File, manifest: &Manifest) {
    let Body::Images(object) = &manifest.body else {
        return;
    };
    let Some(namespace) = manifest.namespace.as_ref().map(|text| &*text.value) else {
        return;
    };
    match object {
        Object::ImageStream(stream) => image_stream(provisions, file, manifest, namespace, stream),
        Object::BuildConfig(build) => {
            let Some(output) = &build.output else {
                return;
            };
            if let Some(tag) = stream_tag(output, namespace, None) {
                provisions.push(Provision::tag(
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
                ));
            }
        }
    }
}

fn image_stream(
    provisions: &mut Vec<Provision>,
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
        provisions.push(Provision::stream(namespace, name, open));
    }
    for tag in &stream.tags {
        let Some(tag_name) = &tag.name else {
            continue;
        };
        if let Ok(target) = ImageStreamTag::new(namespace, name, &tag_name.value) {
            let upstream = tag.from.as_ref().and_then(|from| from.name.as_ref());
            provisions.push(Provision::tag(
                &target,
                provider(tag_name.span, upstream.map(|text| &text.value)),
            ));
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
    provisions: &mut Vec<Provision>,
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
        provisions.push(Provision::tag(&tag, provider));
    }
}

/// Adds what the destinations of a mapping file provide, which are not written when no job reads
/// the file.
pub(super) fn of_mapping_file(
    file: &MirroredFile,
    state: State,
    registries: &Registries,
    provisions: &mut Vec<Provision>,
) {
    for mapping in file.lines().iter().flat_map(|line| &line.mappings) {
        let reference = &mapping.destination.reference.reference;
        let host = reference.host.as_deref().unwrap_or_default();
        let provider = || Provider {
            kind: ProviderKind::Mapping,
            state,
            place: file.place(mapping.destination.span),
            upstream: Some(mapping.source.to_string().into()),
        };
        if let Some(tag) = ImageStreamTag::from_qci(reference, &registries.qci) {
            provisions.push(Provision::tag(&tag, provider()));
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
                    provisions.push(Provision::tag(&tag, provider()));
                }
            }
            None => provisions.push(Provision::stream(namespace, name, provider())),
        }
    }
}

/// The stream that `mirror` fills, and the one that it copies: that of the same version, so
/// `origin/4.12` and `origin/scos-4.12` both come from `ocp/4.12`.
pub(super) fn mirrored(mirror: &StreamMirror) -> [(&str, &str); 2] {
    let namespace = mirror.namespace.as_ref();
    let namespace = namespace.map_or("origin", |text| &text.value);
    let name = &*mirror.name.value;
    let version = name.rsplit('-').next().unwrap_or_default();
    [(namespace, name), (COPIED_NAMESPACE, version)]
}

/// Adds every tag that is copied from `source`: what is live and not excluded.
pub(super) fn of_mirror(
    file: &File,
    mirror: &StreamMirror,
    source: &Stream,
    provisions: &mut Vec<Provision>,
) {
    let [(namespace, name), (from_namespace, from)] = mirrored(mirror);
    let excluded: HashSet<&str> = mirror.excluded.iter().map(|tag| &*tag.value).collect();
    for (tag, providers) in source.tags.iter().take(MAX_COPIED) {
        let is_live = providers.iter().any(|p| p.state == State::Live);
        if !is_live || excluded.contains(&**tag) {
            continue;
        }
        if let Ok(target) = ImageStreamTag::new(namespace, name, tag) {
            let provider = Provider {
                kind: ProviderKind::ReleaseMirror,
                state: State::Live,
                place: Place::new(&file.path, mirror.name.span),
                upstream: Some(format!("{from_namespace}/{from}:{tag}").into()),
            };
            provisions.push(Provision::tag(&target, provider));
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
