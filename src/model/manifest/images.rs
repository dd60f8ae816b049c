//! ImageStreams, and what builds into them. Fields: openshift/api `image/v1/types.go` and
//! `build/v1/types.go`; `MultiArchBuildConfig`: openshift/ci-tools
//! `pkg/api/multiarchbuildconfig/v1/types.go`.

use crate::model::shape::{Text, text, text_at};
use crate::syntax::span::{Span, Spanned};
use crate::syntax::yaml::Node;

/// An object that makes ImageStreamTags.
#[derive(Debug)]
pub enum Object {
    /// `ImageStream`.
    ImageStream(ImageStream),
    /// `BuildConfig`, and `MultiArchBuildConfig` with the build it repeats for each architecture.
    BuildConfig(BuildConfig),
}

/// An ImageStream's `spec`.
#[derive(Debug)]
pub struct ImageStream {
    /// `spec.dockerImageRepository`: all tags of that repository.
    pub repository: Option<Text>,
    /// `spec.tags`.
    pub tags: Vec<StreamTag>,
}

/// One item of `spec.tags`.
#[derive(Debug)]
pub struct StreamTag {
    /// The whole item.
    pub span: Span,
    /// `name`.
    pub name: Option<Text>,
    /// `from`.
    pub from: Option<ObjectReference>,
    /// The key `importPolicy`.
    pub import_policy: Option<Span>,
    /// `importPolicy.scheduled`.
    pub scheduled: Option<Spanned<bool>>,
    /// `importPolicy.importMode`.
    pub import_mode: Option<Text>,
    /// `reference`: the image is named only, and never imported.
    pub is_reference: bool,
    /// `referencePolicy.type`.
    pub reference_policy: Option<Text>,
}

/// Kind and name of an image, as ImageStreams and builds name them.
#[derive(Debug)]
pub struct ObjectReference {
    /// The whole reference.
    pub span: Span,
    /// `DockerImage`, `ImageStreamTag`, `ImageStreamImage`.
    pub kind: Option<Text>,
    /// A pull spec for `DockerImage`, else `name:tag`.
    pub name: Option<Text>,
    /// Namespace of the ImageStream, where it is another than the object's.
    pub namespace: Option<Text>,
}

/// A BuildConfig's `spec`.
#[derive(Debug)]
pub struct BuildConfig {
    /// `output.to`.
    pub output: Option<ObjectReference>,
    /// Images that the build starts from: the strategy's `from` and `source.images[].from`.
    pub sources: Vec<ObjectReference>,
    /// Image change triggers with an image of their own.
    pub triggers: Vec<ObjectReference>,
    /// `source.dockerfile`.
    pub dockerfile: Option<Text>,
    /// `external_registries` of a MultiArchBuildConfig: where its output is copied to.
    pub external_registries: Vec<Text>,
    /// Whether `strategy` or `source` stands without its `type`, and where.
    pub untyped: Vec<(&'static str, Span)>,
}

/// The object of this kind, when it is one of ours.
pub(super) fn read(kind: &str, node: &Node<'_>) -> Option<Object> {
    let spec = node.get("spec");
    match kind {
        "ImageStream" => Some(Object::ImageStream(image_stream(spec))),
        "BuildConfig" => Some(Object::BuildConfig(build_config(spec))),
        "MultiArchBuildConfig" => {
            let registries = spec.and_then(|spec| spec.get("external_registries"));
            let registries = registries.into_iter().flat_map(Node::items);
            let spec = spec.and_then(|spec| spec.get("build_spec"));
            Some(Object::BuildConfig(BuildConfig {
                external_registries: registries.filter_map(text).collect(),
                ..build_config(spec)
            }))
        }
        _ => None,
    }
}

fn image_stream(spec: Option<&Node<'_>>) -> ImageStream {
    ImageStream {
        repository: spec.and_then(|spec| text_at(spec, "dockerImageRepository")),
        tags: spec
            .and_then(|spec| spec.get("tags"))
            .into_iter()
            .flat_map(Node::items)
            .map(stream_tag)
            .collect(),
    }
}

fn stream_tag(node: &Node<'_>) -> StreamTag {
    let import = node.get("importPolicy");
    let from = node.get("from").filter(|from| !from.is_null());
    StreamTag {
        span: node.span,
        name: text_at(node, "name"),
        from: from.map(object_reference),
        import_policy: node.entry("importPolicy").map(|entry| entry.key.span),
        scheduled: import
            .and_then(|policy| policy.get("scheduled"))
            .and_then(|node| Some(Spanned::new(node.as_bool()?, node.span))),
        import_mode: import.and_then(|policy| text_at(policy, "importMode")),
        is_reference: node
            .get("reference")
            .and_then(Node::as_bool)
            .unwrap_or(false),
        reference_policy: node
            .get("referencePolicy")
            .and_then(|policy| text_at(policy, "type")),
    }
}

fn object_reference(node: &Node<'_>) -> ObjectReference {
    ObjectReference {
        span: node.span,
        kind: text_at(node, "kind"),
        name: text_at(node, "name"),
        namespace: text_at(node, "namespace"),
    }
}

fn build_config(spec: Option<&Node<'_>>) -> BuildConfig {
    let Some(spec) = spec else {
        return BuildConfig {
            output: None,
            sources: Vec::new(),
            triggers: Vec::new(),
            dockerfile: None,
            external_registries: Vec::new(),
            untyped: Vec::new(),
        };
    };
    let strategy = spec.get("strategy");
    let source = spec.get("source");
    let mut sources: Vec<ObjectReference> = Vec::new();
    for kind in ["dockerStrategy", "sourceStrategy", "customStrategy"] {
        let from = strategy.and_then(|strategy| strategy.get(kind)?.get("from"));
        sources.extend(from.map(object_reference));
    }
    let images = source.and_then(|source| source.get("images"));
    let of_images = images.into_iter().flat_map(Node::items);
    sources.extend(
        of_images
            .filter_map(|image| image.get("from"))
            .map(object_reference),
    );
    let triggers = spec.get("triggers").into_iter().flat_map(Node::items);
    BuildConfig {
        output: spec
            .get("output")
            .and_then(|output| output.get("to"))
            .map(object_reference),
        sources,
        triggers: triggers
            .filter_map(|trigger| trigger.get("imageChange")?.get("from"))
            .map(object_reference)
            .collect(),
        dockerfile: source.and_then(|source| text_at(source, "dockerfile")),
        external_registries: Vec::new(),
        untyped: [("strategy", strategy), ("source", source)]
            .into_iter()
            .filter_map(|(name, node)| {
                let node = node.filter(|node| node.as_mapping().is_some())?;
                node.get("type").is_none().then_some((name, node.span))
            })
            .collect(),
    }
}
