//! The names of what a config imports and builds: who gives them, and which of them clash.
//!
//! Source: openshift/ci-tools `pkg/defaults/defaults.go` `FromConfigStatic` says what there is,
//! `pkg/validation/config.go` `addPipelineImage` and `pkg/validation/graph.go` what clashes.

use std::borrow::Cow;

use super::read::{entries, items};
use super::steps::present;
use super::{CiConfig, ReferenceField, Refusal};
use crate::syntax::span::Span;
use crate::syntax::yaml::{Entry, Node};

/// Names that the bundles and indexes of `operator` begin with, and that of their source.
const BUNDLE: &str = "ci-bundle";
const INDEX: &str = "ci-index";
const BUNDLE_SOURCE: &str = "src-bundle";
const ROOT: &str = "root";
/// The repository, cloned.
pub(super) const SOURCE: &str = "src";

/// Fields that make an image, and its name.
pub(super) const COMMANDS: [(&str, &str); 3] = [
    ("binary_build_commands", "bin"),
    ("test_binary_build_commands", "test-bin"),
    ("rpm_build_commands", "rpms"),
];

/// Whether `name` can only be that of an image that a config imports or builds: `IsPipelineImage`
/// in openshift/ci-tools `pkg/api/types.go`.
pub(super) fn is_reserved(name: &str) -> bool {
    [ROOT, SOURCE, "bin", "test-bin", "rpms", INDEX]
        .iter()
        .any(|reserved| name.starts_with(reserved))
}

/// What gives a name. Of two that clash, the later in this order is the one to be renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum NameSource {
    Commands(&'static str),
    BuildRoot,
    Operator,
    Bundle,
    Index,
    BaseImage,
    ExternalImage,
    WithoutRpms,
    BaseRpmImage,
    RawStep,
    Image,
    FromImage,
    Test,
}

impl NameSource {
    fn as_str(self) -> &'static str {
        match self {
            Self::Commands(field) => field,
            Self::BuildRoot => "build_root",
            Self::Operator => "operator",
            Self::Bundle => "operator.bundles",
            Self::Index => "the index of a bundle",
            Self::BaseImage => "base_images",
            Self::ExternalImage => "external_images",
            Self::WithoutRpms | Self::BaseRpmImage => "base_rpm_images",
            Self::RawStep => "raw_steps",
            Self::Image => "images",
            Self::FromImage => "from_image",
            Self::Test => "tests",
        }
    }

    /// Whether one name cannot be given by both.
    fn clashes_with(self, other: Self) -> bool {
        match (self.min(other), self.max(other)) {
            (Self::BaseImage, Self::ExternalImage) => true,
            (Self::ExternalImage, _) | (_, Self::ExternalImage) => false,
            // Duplicates among these are looked for elsewhere, or say the same twice.
            (Self::Image, Self::Image)
            | (Self::FromImage, Self::FromImage)
            | (Self::Index, Self::Index)
            | (Self::RawStep, Self::FromImage) => false,
            // What is imported has a name of its own as a target of the job.
            (
                Self::BuildRoot | Self::BaseImage | Self::WithoutRpms | Self::FromImage,
                Self::Test | Self::RawStep,
            ) => false,
            _ => true,
        }
    }
}

struct GivenName<'n> {
    name: Cow<'n, str>,
    by: NameSource,
    span: Span,
}

#[derive(Default)]
struct Names<'n>(Vec<GivenName<'n>>);

impl<'n> Names<'n> {
    fn add(&mut self, name: impl Into<Cow<'n, str>>, by: NameSource, span: Span) {
        let name = name.into();
        self.0.push(GivenName { name, by, span });
    }

    fn of(&mut self, node: Option<&'n Node<'_>>, by: NameSource) {
        if let Some((name, node)) = node.and_then(|node| Some((node.as_str()?, node))) {
            self.add(name, by, node.span);
        }
    }

    /// Bundles and the indexes built for them: an unnamed one is `ci-bundle0`, `ci-bundle1` … and
    /// all of those share `ci-index`.
    fn operator(&mut self, operator: &'n Entry<'_>) {
        let all = operator.key.span;
        self.add(BUNDLE_SOURCE, NameSource::Operator, all);
        let mut is_indexed = false;
        for (number, bundle) in items(&operator.value, "bundles").enumerate() {
            match bundle_name(bundle) {
                Some((name, span)) => {
                    self.add(name, NameSource::Bundle, span);
                    self.add(format!("{INDEX}-{name}"), NameSource::Index, span);
                    self.add(format!("{INDEX}-{name}-gen"), NameSource::Index, span);
                }
                None => {
                    self.add(format!("{BUNDLE}{number}"), NameSource::Bundle, bundle.span);
                    is_indexed = true;
                }
            }
        }
        if is_indexed {
            self.add(INDEX, NameSource::Index, all);
            self.add(format!("{INDEX}-gen"), NameSource::Index, all);
        }
    }
}

/// `as` of a bundle that has one.
fn bundle_name<'n>(bundle: &'n Node<'_>) -> Option<(&'n str, Span)> {
    let node = bundle.get("as")?;
    let name = node.as_str().filter(|name| !name.is_empty())?;
    Some((name, node.span))
}

/// Whether a text of some length stands at `key`.
fn is_set(node: &Node<'_>, key: &str) -> bool {
    node.get(key)
        .and_then(Node::as_str)
        .is_some_and(|text| !text.is_empty())
}

impl CiConfig {
    /// What there is to build from before anything is imported or built.
    pub(super) fn declare_built_in(&mut self, root: &Node<'_>) {
        self.declare(SOURCE);
        if present(root, "build_root").is_some() {
            self.declare(ROOT);
        }
        for (field, name) in COMMANDS {
            if is_set(root, field) {
                self.declare(name);
                self.builds_binaries |= name == "bin";
            }
        }
    }

    /// Declares what `operator` builds.
    pub(super) fn declare_bundles(&mut self, operator: &Entry<'_>) {
        let mut names = Names::default();
        names.operator(operator);
        // Known to `pkg/validation/graph.go` even where only named bundles are indexed.
        if items(&operator.value, "bundles").next().is_some() {
            self.declare("ci-index-gen");
        }
        for given in names.0 {
            self.declare(&given.name);
        }
    }

    /// Finds names that are given twice, and those that are not free.
    pub(super) fn refuse_names(&mut self, root: &Node<'_>) {
        let mut names = Names::default();
        for (field, name) in COMMANDS {
            if let Some(entry) = root.entry(field).filter(|_| is_set(root, field)) {
                names.add(name, NameSource::Commands(field), entry.key.span);
            }
        }
        if let Some(entry) = present(root, "build_root") {
            names.add(ROOT, NameSource::BuildRoot, entry.key.span);
        }
        if let Some(operator) = present(root, "operator") {
            names.operator(operator);
        }
        for (field, by) in [
            ("base_images", NameSource::BaseImage),
            ("external_images", NameSource::ExternalImage),
            ("base_rpm_images", NameSource::BaseRpmImage),
        ] {
            for entry in entries(root, field).filter(|entry| !entry.is_merge()) {
                let Some(name) = entry.key.as_str() else {
                    continue;
                };
                if let Some(message) = reserved_key(field, name) {
                    self.refuse(Refusal::Duplicate(None), entry.key.span, message);
                    continue;
                }
                names.add(name, by, entry.key.span);
                if by == NameSource::BaseRpmImage {
                    let bare = format!("{name}-without-rpms");
                    names.add(bare, NameSource::WithoutRpms, entry.key.span);
                }
            }
        }
        for entry in items(root, "raw_steps").flat_map(Node::entries) {
            if entry.key.as_str() != Some("input_image_tag_step") {
                names.of(entry.value.get("to"), NameSource::RawStep);
            }
        }
        for test in items(root, "tests") {
            let Some(node) = test.get("as") else {
                continue;
            };
            names.of(Some(node), NameSource::Test);
            let name = node.as_str().unwrap_or_default();
            if name.starts_with(INDEX) {
                let message = format!(
                    "the test `{name}` begins with `{INDEX}`, which is for the indexes of operators"
                );
                self.refuse(Refusal::Duplicate(None), node.span, message);
            } else if name == "images" {
                let message = "a test cannot be called `images`, as the job that builds them is";
                self.refuse(Refusal::Duplicate(None), node.span, message.to_owned());
            }
        }
        let images = std::mem::take(&mut self.images);
        for to in images.iter().filter_map(|image| image.to.as_ref()) {
            names.add(&*to.value, NameSource::Image, to.span);
        }
        let references = std::mem::take(&mut self.references);
        for reference in &references {
            if reference.field == ReferenceField::FromImage
                && let Some(target) = &reference.target
            {
                let name = format!("{}-{}-{}", target.namespace(), target.name(), target.tag());
                names.add(name, NameSource::FromImage, reference.span);
            }
        }
        self.clashes(names);
        self.images = images;
        self.references = references;
    }

    fn clashes(&mut self, names: Names<'_>) {
        let mut names = names.0;
        if names.len() < 2 {
            return;
        }
        names.sort_by(|a, b| (&a.name, a.by, a.span).cmp(&(&b.name, b.by, b.span)));
        // The first of each giver: there are few of these, whatever a config holds.
        let mut before: Vec<&GivenName<'_>> = Vec::new();
        for given in &names {
            before.retain(|other| other.name == given.name);
            let other = before
                .iter()
                .find(|other| other.by.clashes_with(given.by) && other.span != given.span);
            let is_told = given.by == NameSource::FromImage
                && before.iter().any(|other| other.by == NameSource::FromImage);
            if let Some(other) = other.filter(|_| !is_told) {
                let message = format!(
                    "`{}` is already a name that `{}` gives",
                    given.name,
                    other.by.as_str()
                );
                self.refuse(Refusal::Duplicate(Some(other.span)), given.span, message);
            }
            if before.iter().all(|other| other.by != given.by) {
                before.push(given);
            }
        }
    }
}

/// Why an image that is imported cannot be called `name`.
fn reserved_key(field: &str, name: &str) -> Option<String> {
    let why = if name == ROOT {
        "which is the image of `build_root`"
    } else if name == BUNDLE_SOURCE {
        "which is what bundles are built from"
    } else if name.starts_with(BUNDLE) {
        "as unnamed bundles are"
    } else if name.starts_with(INDEX) {
        "as the indexes of operators are"
    } else {
        return None;
    };
    Some(format!("a key of `{field}` cannot be `{name}`, {why}"))
}
