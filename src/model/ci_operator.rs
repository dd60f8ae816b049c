//! ci-operator configs, `ci-operator/config/<org>/<repo>/<org>-<repo>-<branch>[__<variant>].yaml`:
//! which images they build, publish and name. Field semantics: openshift/ci-tools
//! `pkg/api/types.go`, and `docs/domain.md#ci-operator-configs`.

mod build_root;
mod cycles;
mod fields;
mod images;
mod names;
mod parts;
mod promotion;
mod read;
mod releases;
mod steps;

use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;

use super::schema::Fault;
use super::shape::Text;
use super::words::Words;

pub use images::ImagesForm;
pub use promotion::{PromotionTarget, Published, UnreadField};
pub(super) use read::{read, read_registry_step};

/// What a ci-operator config says about images.
#[derive(Debug, Default)]
pub struct CiConfig {
    /// ImageStreamTags that it names.
    pub references: Vec<ImageReference>,
    /// ImageStreams that it names as a whole.
    pub streams: Vec<StreamReference>,
    /// Whether there may be a release `latest`, which a bare name of a step may mean an image of: a
    /// cluster that a test claims brings one along.
    pub has_latest: bool,
    /// `images`, in file order, in either form.
    pub images: Vec<BuiltImage>,
    /// Which form that is.
    pub images_form: ImagesForm,
    /// Whether there is a `promotion`, even one that publishes nothing.
    pub promotes: bool,
    /// `promotion`, both forms.
    pub promotion: Vec<PromotionTarget>,
    /// Fields of a target that stand beside `promotion.to`.
    pub beside_targets: Vec<UnreadField>,
    /// `promotion.disable_build_cache: true`.
    pub build_cache_disabled: bool,
    /// Pipeline names that can be built from.
    pub declared: Words,
    /// Places that name something to build or run from.
    pub uses: Vec<PipelineUse>,
    /// `zz_generated_metadata`.
    pub metadata: Metadata,
    /// Whether `binary_build_commands` is set.
    pub builds_binaries: bool,
    /// Whether a test runs steps of the registry, whatever these name.
    pub runs_registry_steps: bool,
    /// Words of its inline Dockerfiles that may be pull specs.
    pub dockerfile_images: Vec<Box<str>>,
    /// Pull specs that its inline Dockerfiles build from and nothing replaces, each with the place of
    /// the Dockerfile.
    pub dockerfile_bases: Vec<Text>,
    /// Values that ci-operator does not take.
    pub wrong_values: Vec<WrongValue>,
    /// Fields that there are not, which ci-operator drops.
    pub unknown: Vec<Fault>,
    /// What else ci-operator refuses.
    pub refused: Vec<Refused>,
}

/// Something that names an ImageStreamTag.
#[derive(Debug)]
pub struct ImageReference {
    /// Where in the config.
    pub field: ReferenceField,
    /// The key, for fields that are mappings of names to references.
    pub key: Option<Text>,
    /// The whole reference.
    pub span: Span,
    /// `namespace`.
    pub namespace: Option<Text>,
    /// `name` of the ImageStream.
    pub name: Option<Text>,
    /// `tag`.
    pub tag: Option<Text>,
    /// The ImageStreamTag that the three spell; none when one is missing or malformed.
    pub target: Option<ImageStreamTag>,
}

/// Where a reference stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceField {
    /// `base_images`.
    BaseImage,
    /// `base_rpm_images`.
    BaseRpmImage,
    /// `build_root.image_stream_tag`.
    BuildRoot,
    /// `from_image` of a test step.
    FromImage,
}

impl ReferenceField {
    /// The field's name in the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BaseImage => "base_images",
            Self::BaseRpmImage => "base_rpm_images",
            Self::BuildRoot => "build_root",
            Self::FromImage => "from_image",
        }
    }
}

/// Something that names an ImageStream and all its tags.
#[derive(Debug)]
pub struct StreamReference {
    /// The release's name under `releases`; `None` for `tag_specification`.
    pub release: Option<Text>,
    /// `namespace`.
    pub namespace: Option<Text>,
    /// `name`.
    pub name: Option<Text>,
    /// The whole reference.
    pub span: Span,
}

/// One item of `images`.
#[derive(Debug)]
pub struct BuiltImage {
    /// `to`.
    pub to: Option<Text>,
    /// `optional: true`.
    pub optional: bool,
}

/// Something that must be a pipeline name.
#[derive(Debug)]
pub struct PipelineUse {
    /// Where.
    pub field: UseField,
    /// The name.
    pub name: Text,
}

impl PipelineUse {
    /// The ImageStream that is named too, and the image.
    #[must_use]
    pub fn parts(&self) -> (Option<&str>, &str) {
        match self.name.value.split_once(':') {
            Some((stream, image)) => (Some(stream), image),
            None => (None, &self.name.value),
        }
    }

    /// The name of what the config imports or builds, if that is what is meant. A bare name may
    /// also mean an image of a release.
    #[must_use]
    pub fn image(&self) -> Option<&str> {
        match self.parts() {
            (None | Some(steps::PIPELINE), image) => Some(image),
            _ => None,
        }
    }

    /// What must be among the names that the config imports or builds, if it must.
    #[must_use]
    pub fn pipeline_name(&self) -> Option<&str> {
        match self.field.takes_no_stream() {
            true => Some(&self.name.value),
            false => self.image(),
        }
    }
}

/// Where a pipeline name is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseField {
    /// `images[].from`.
    ImageFrom,
    /// A key of `images[].inputs`.
    ImageInput,
    /// `tests[].container.from`.
    ContainerFrom,
    /// `operator.bundles[].base_index`.
    BaseIndex,
    /// A source of `promotion` `additional_images`.
    AdditionalImage,
    /// `from` of a step: a pipeline name, else an image of the `latest` release.
    StepFrom,
    /// `dependencies` of a step, or what a test puts in their place.
    Dependency,
    /// A dependency whose pull spec `dependency_overrides` gives.
    Overridden,
    /// `operator.substitutions[].with`.
    Substitution,
    /// `from` of a raw step.
    RawStepFrom,
    /// A key of `inputs` of a raw step.
    RawStepInput,
    /// A place where a name may stand that is none.
    Mention,
}

/// What ci-operator refuses though every value is of the right kind.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub why: Refusal,
    /// What is to be changed.
    pub span: Span,
    /// All of what is refused.
    pub whole: Span,
    /// What is wrong.
    pub message: String,
}

/// Why ci-operator refuses something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A part is missing.
    Incomplete,
    /// The same, which shows when the image is built.
    NotBuilt,
    /// Something is built, and there is nothing to clone the repository in.
    NoBuildRoot,
    /// It names an ImageStream that the job does not have.
    Undeclared,
    /// An image is needed before it can be built.
    Cycle,
    /// The name is taken: by what stands there, or by ci-operator itself.
    Duplicate(Option<Span>),
}

impl UseField {
    /// Whether a test runs in the image.
    fn runs(self) -> bool {
        matches!(self, Self::ContainerFrom | Self::StepFrom)
    }

    /// Whether the whole name is that of an image of the pipeline, a colon included: openshift/ci-tools
    /// `pkg/steps/project_image.go` `Requires` and `pkg/validation/graph.go` `validateContainerTest`.
    #[must_use]
    pub fn takes_no_stream(self) -> bool {
        matches!(
            self,
            Self::ImageFrom | Self::ImageInput | Self::ContainerFrom
        )
    }

    /// The field's name in the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ImageFrom => "images.from",
            Self::ImageInput => "images.inputs",
            Self::ContainerFrom => "container.from",
            Self::BaseIndex => "base_index",
            Self::AdditionalImage => "additional_images",
            Self::StepFrom => "from",
            Self::Dependency | Self::Overridden => "dependencies",
            Self::Substitution => "substitutions.with",
            Self::RawStepFrom => "raw_steps.from",
            Self::RawStepInput => "raw_steps.inputs",
            Self::Mention => "inputs",
        }
    }
}

/// `zz_generated_metadata`, which repeats the file's path.
#[derive(Debug, Default)]
pub struct Metadata {
    /// The whole of it; empty where there is none.
    pub span: Span,
    /// `org`.
    pub org: Option<Text>,
    /// `repo`.
    pub repo: Option<Text>,
    /// `branch`.
    pub branch: Option<Text>,
    /// `variant`.
    pub variant: Option<Text>,
}

/// A value that ci-operator does not take there, or not as it is written.
#[derive(Debug)]
pub struct WrongValue {
    /// What comes of it.
    pub wrong: Wrong,
    /// The value.
    pub span: Span,
    /// What is wrong.
    pub message: String,
}

/// What comes of a wrong value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// ci-operator refuses the config.
    Refused,
    /// The same, because the value has not the shape that is wanted.
    Shape,
    /// It is read, and spelled in another way.
    Respelled,
    /// Nothing can have this name, which shows when a job runs.
    Name,
    /// Images are published under this name, by which nobody can ask for them.
    Target,
}

impl CiConfig {
    /// Whether `name` can be built from: ci-operator's own images, those that are declared, and a
    /// declared one with the RPM repositories added or taken away.
    #[must_use]
    pub fn declares(&self, name: &str) -> bool {
        self.declared.contains(name)
    }

    /// Whether `used` can only mean something that the config imports or builds, and it does not.
    #[must_use]
    pub fn lacks(&self, used: &PipelineUse) -> bool {
        let Some(name) = used.pipeline_name() else {
            return false;
        };
        let must_be_declared = match used.field {
            UseField::Mention | UseField::Overridden => false,
            UseField::StepFrom | UseField::Dependency | UseField::Substitution => {
                used.parts().0.is_some() || names::is_reserved(name)
            }
            _ => true,
        };
        must_be_declared && !self.declares(name)
    }
}
