//! ImageStream manifests.

use regex::Regex;
use serde::Deserialize;

use super::tag::TagAt;
use crate::checkout::Checkout;
use crate::checkout::images::{ImageUse, Missing, Near, Referrer, Resolution, ResolutionKind};
use crate::checks::image::near_miss;
use crate::checks::{Drafts, Look, params};
use crate::finding::{Draft, Place, Severity};
use crate::model::manifest::images::{ImageStream, Object, StreamTag};
use crate::model::manifest::{Body, Manifest};
use crate::model::{File, Statements};
use crate::syntax::reference::Reference;
use crate::syntax::template::has_parameter;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, tag = "fault", rename_all = "kebab-case")]
pub(in crate::checks) enum ImageStreamCheck {
    /// A source that is no pull spec, or an ImageStreamTag that nobody provides.
    Source {},
    /// A tag without `referencePolicy.type: Local`.
    ReferencePolicy {
        /// Registries that want credentials: there it matters.
        authenticated: Vec<String>,
        /// The registry of the cluster itself, by the names it has within: there it does not.
        internal: Vec<String>,
    },
    /// A tag without `importPolicy.scheduled: true`.
    ImportPolicy {
        /// Tags that never move.
        #[serde(deserialize_with = "params::pattern")]
        pinned: Regex,
    },
    /// A namespace that may not be used.
    ForbiddenNamespace {
        #[serde(deserialize_with = "params::pattern")]
        forbidden: Regex,
        /// Forbidden ones that are in use.
        allowed: Vec<String>,
    },
    /// A tag that is imported from the registry that the stream lives on.
    SelfImport {
        /// Hosts of that registry.
        registries: Vec<String>,
        /// Streams of it, as `namespace/name`, that another cluster pushes to: there is nothing
        /// else to name.
        pushed: Vec<String>,
    },
}

/// The folder whose manifests are applied to the central cluster.
const CENTRAL_CLUSTER: &str = "clusters/app.ci";

/// Every ImageStream of the central cluster.
pub(in crate::checks) fn image_streams(
    checkout: &Checkout,
) -> impl Iterator<Item = (&File, &Manifest, &ImageStream)> {
    objects(checkout).filter_map(|(file, manifest, object)| match object {
        Object::ImageStream(stream) => Some((file, manifest, stream)),
        Object::BuildConfig(_) => None,
    })
}

/// Every ImageStream and BuildConfig of the central cluster.
pub(in crate::checks) fn objects(
    checkout: &Checkout,
) -> impl Iterator<Item = (&File, &Manifest, &Object)> {
    checkout
        .files()
        .iter()
        .filter(|file| file.path.is_within(CENTRAL_CLUSTER))
        .flat_map(|file| {
            let manifests: &[Manifest] = match &file.statements {
                Statements::Manifests(manifests) => manifests,
                _ => &[],
            };
            manifests
                .iter()
                .filter_map(|manifest| match &manifest.body {
                    Body::Images(object) => Some((&**file, manifest, object)),
                    _ => None,
                })
        })
}

/// `namespace/name`, as far as it is said.
pub(in crate::checks) fn called(manifest: &Manifest) -> String {
    let part = |text: &Option<crate::syntax::span::Spanned<Box<str>>>| {
        text.as_ref()
            .map_or("?".to_owned(), |text| text.value.to_string())
    };
    format!("{}/{}", part(&manifest.namespace), part(&manifest.name))
}

impl Look for ImageStreamCheck {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for (file, manifest, stream) in image_streams(checkout) {
            if let Self::ForbiddenNamespace { forbidden, allowed } = self {
                drafts.extend(forbidden_namespace(file, manifest, forbidden, allowed));
            }
            if let Self::Source {} = self {
                drafts.extend(repository(file, manifest, stream));
            }
            for tag in &stream.tags {
                drafts.extend(self.tag(file, manifest, tag));
            }
        }
        if matches!(self, Self::Source {}) {
            dangling(checkout, drafts);
        }
    }
}

impl ImageStreamCheck {
    fn tag(&self, file: &File, manifest: &Manifest, tag: &StreamTag) -> Option<Draft> {
        let at = TagAt {
            file,
            manifest,
            tag,
        };
        match self {
            Self::Source {} => at.source(),
            Self::ReferencePolicy {
                authenticated,
                internal,
            } => at
                .refused_reference_policy()
                .or_else(|| at.reference_policy(authenticated, internal)),
            Self::ImportPolicy { pinned } => at
                .refused_import_policy()
                .or_else(|| at.import_policy(pinned)),
            Self::SelfImport { registries, pushed } => at.self_import(registries, pushed),
            Self::ForbiddenNamespace { .. } => None,
        }
    }
}

/// A repository that all tags are taken from: no tag or digest names it.
fn repository(file: &File, manifest: &Manifest, stream: &ImageStream) -> Option<Draft> {
    let text = stream.repository.as_ref()?;
    if text.value.is_empty() || manifest.in_template && has_parameter(&text.value) {
        return None;
    }
    let start = quote_width(file, text.span) + text.span.start as usize;
    let (span, message) = match Reference::parse(&text.value) {
        Err(fault) => (fault.span, fault.message),
        Ok(reference) => {
            let part =
                |span, what| Some((span?, format!("`dockerImageRepository` names a {what}")));
            let spans = &reference.spans;
            let tag = reference.tag.as_ref().and_then(|_| part(spans.tag, "tag"));
            tag.or_else(|| part(spans.digest, "digest"))?
        }
    };
    Some(
        Draft::new(
            Place::new(&file.path, span.shifted(start)),
            format!("{} dockerImageRepository", called(manifest)),
            message,
        )
        .help("the ImageStream is refused; write the repository alone, `HOST/PATH`"),
    )
}

/// Bytes between a scalar's span and its text: an opening quote, or none.
pub(in crate::checks) fn quote_width(file: &File, span: crate::syntax::span::Span) -> usize {
    usize::from(file.slice(span).starts_with(['"', '\'']))
}

fn forbidden_namespace(
    file: &File,
    manifest: &Manifest,
    forbidden: &Regex,
    allowed: &[String],
) -> Option<Draft> {
    let namespace = manifest.namespace.as_ref()?;
    let name = &*namespace.value;
    let is_allowed = allowed.iter().any(|allowed| allowed == name);
    (forbidden.is_match(name) && !is_allowed).then(|| {
        Draft::new(
            Place::new(&file.path, namespace.span),
            called(manifest),
            format!(
                "namespace `{name}` is managed by Red Hat and may not hold ImageStreams of yours"
            ),
        )
        .help("choose a namespace of your own")
    })
}

/// ImageStreamTags that an ImageStream or a build takes, and nobody provides.
fn dangling(checkout: &Checkout, drafts: &mut Drafts) {
    let images = &checkout.images;
    let near_misses = images.near_misses();
    for (target, named) in images.named_where(|standing| standing == ResolutionKind::Missing) {
        let users = named.users.iter();
        let ours = users.filter(|naming| {
            matches!(
                naming.referrer,
                Referrer::ImageStream | Referrer::BuildConfig
            )
        });
        let mut ours = ours.peekable();
        let missing = match images.resolve(target) {
            Resolution::Missing(missing) if ours.peek().is_some() => missing,
            _ => continue,
        };
        let near = near_misses.of(target);
        drafts.extend(ours.map(|naming| dangling_draft(naming, missing, &near)));
    }
}

fn dangling_draft(naming: &ImageUse, missing: Missing, near: &[Near]) -> Draft {
    let elsewhere = near
        .iter()
        .any(|near| near.distance == 1 && near.tag.tag() == naming.target.tag());
    // A namespace of its own in the reference is where a stream in another namespace is missed.
    let place = if elsewhere {
        naming.name_place()
    } else {
        naming.place.clone()
    };
    Draft::new(
        place,
        naming.target.to_string(),
        near_miss::what_is_missing(&naming.target, missing),
    )
    .severity(Severity::Warning)
    .help(format!(
        "unless an old copy is left, what takes it waits for ever; {}",
        near_miss::advice(near)
    ))
}
