//! What the parts of a config need, and what they exclude. The checks are those of
//! openshift/ci-tools `pkg/validation/config.go` and `pkg/validation/release.go`.

use std::borrow::Cow;
use std::collections::HashSet;

use super::read::{entries, items};
use super::steps::{Releases, is_dns_subdomain, present};
use super::{CiConfig, ReferenceField, Refusal, UseField, Wrong};
use crate::limits::{MAX_DOCKERFILE_IMAGES, MAX_PULL_SPEC};
use crate::model::shape::{Text, text, text_at};
use crate::syntax::dockerfile;
use crate::syntax::span::{Span, Spanned};
use crate::syntax::yaml::{Entry, Kind, Node};

/// Update modes of a bundle's index.
const UPDATE_GRAPHS: [&str; 3] = ["semver", "semver-skippatch", "replaces"];

/// Fields of a bundle that only one with a name may have.
const OF_NAMED_BUNDLES: [&str; 4] = [
    "base_index",
    "skip_building_index",
    "run_if_changed",
    "skip_if_only_changed",
];

/// Where an image of `external_images` may come from.
const EXTERNAL_REGISTRY: &str = "quay.io";

/// The entry of `key` that a reader of Go takes for a value: neither null, empty nor `false`.
pub(super) fn filled<'n, 's>(node: &'n Node<'s>, key: &str) -> Option<&'n Entry<'s>> {
    present(node, key).filter(|entry| match entry.value.as_scalar() {
        Some(scalar) => !scalar.text.is_empty() && scalar.kind() != Kind::Bool(false),
        None => true,
    })
}

impl CiConfig {
    pub(super) fn refuse(&mut self, why: Refusal, span: Span, message: String) {
        self.refused.push(super::Refused {
            why,
            span,
            whole: span,
            message,
        });
    }

    /// Something lacks a part.
    pub(super) fn incomplete(&mut self, span: Span, message: &str) {
        self.refuse(Refusal::Incomplete, span, message.to_owned());
    }

    /// What stands behind a key lacks a part.
    pub(super) fn incomplete_entry(&mut self, entry: &Entry<'_>, message: &str) {
        self.refused.push(super::Refused {
            why: Refusal::Incomplete,
            span: entry.key.span,
            whole: entry.key.span.join(entry.value.span),
            message: message.to_owned(),
        });
    }

    /// Of `fields` only one may be set.
    pub(super) fn one_of(&mut self, node: &Node<'_>, fields: &[&str]) {
        let mut set = fields
            .iter()
            .filter_map(|field| Some((*field, filled(node, field)?)));
        if let (Some((one, _)), Some((other, entry))) = (set.next(), set.next()) {
            let message = format!("`{one}` and `{other}` are both set, of which only one may be");
            self.wrong_value(entry.key.span, message);
        }
    }

    pub(super) fn external_images(&mut self, root: &Node<'_>) {
        for entry in entries(root, "external_images") {
            let Some(key) = entry.key.as_str() else {
                continue;
            };
            self.declare(key);
            let image = &entry.value;
            let missing: Vec<&str> = ["registry", "namespace", "name", "tag"]
                .into_iter()
                .filter(|field| {
                    self.string(image, field)
                        .is_none_or(|text| text.value.is_empty())
                })
                .collect();
            if !missing.is_empty() {
                let missing = missing.join("`, `");
                let message = format!("`external_images.{key}` has no `{missing}`");
                self.incomplete_entry(entry, &message);
            }
            if let Some(registry) = text_at(image, "registry")
                && !registry.value.is_empty()
                && !registry.value.contains(EXTERNAL_REGISTRY)
            {
                let message = format!("`registry` is not below `{EXTERNAL_REGISTRY}`");
                self.wrong_value(registry.span, message);
            } else if let Some(registry) = text_at(image, "registry")
                && let Some((scheme, host)) = registry.value.split_once("://")
            {
                let message = format!("`registry` has a scheme, `{scheme}://`; `{host}` is meant");
                self.wrong(Wrong::Name, registry.span, message);
            }
            if let Some(entry) = filled(image, "pull_spec") {
                let said = "`pull_spec` is set by ci-operator only";
                self.wrong_value(entry.key.span, said.to_owned());
            }
        }
    }

    /// An item of `images`, but for what it builds from.
    pub(super) fn image_shape(&mut self, image: &Node<'_>) {
        if present(image, "dockerfile_literal").is_some() {
            for other in ["context_dir", "dockerfile_path"] {
                if let Some(entry) = filled(image, other) {
                    let message = format!("`{other}` is set beside `dockerfile_literal`");
                    self.wrong_value(entry.key.span, message);
                }
            }
        }
        for input in entries(image, "inputs") {
            self.input_paths(&input.value);
        }
        self.dockerfile(image);
    }

    /// What is copied from an input must have both ends: the API server refuses the build else
    /// (openshift/openshift-apiserver `pkg/build/apis/build/validation` `validateImageSource`).
    fn input_paths(&mut self, input: &Node<'_>) {
        for path in items(input, "paths").filter(|path| path.as_mapping().is_some()) {
            for field in ["source_path", "destination_dir"] {
                if filled(path, field).is_none() {
                    let message = format!("the path of an input has no `{field}`");
                    self.refuse(Refusal::NotBuilt, path.span, message);
                }
            }
        }
    }

    /// An image is built by a Build of its name with `-` for `_`, which Kubernetes takes or not
    /// (openshift/ci-tools `pkg/steps/source.go` `buildFromSource`).
    pub(super) fn image_name(&mut self, to: &Text) {
        let build = match to.value.contains('_') {
            true => Cow::Owned(to.value.replace('_', "-")),
            false => Cow::Borrowed(&*to.value),
        };
        if !build.is_empty() && !is_dns_subdomain(&build) {
            let message = format!(
                "`{}` cannot be the name of an image: it takes lower case letters, digits, `-`, `_` and `.`",
                to.value
            );
            self.wrong(Wrong::Name, to.span, message);
        }
    }

    pub(super) fn operator(&mut self, root: &Node<'_>) {
        let Some(entry) = present(root, "operator") else {
            return;
        };
        let operator = &entry.value;
        self.declare_bundles(entry);
        for bundle in items(operator, "bundles") {
            if filled(bundle, "as").is_none() {
                for field in OF_NAMED_BUNDLES {
                    if let Some(entry) = filled(bundle, field) {
                        let message = format!("`{field}` needs `as`, the bundle's name");
                        self.incomplete_entry(entry, &message);
                    }
                }
            }
            self.one_of(bundle, &["run_if_changed", "skip_if_only_changed"]);
            if let Some(entry) = filled(bundle, "update_graph") {
                if filled(bundle, "base_index").is_none() {
                    self.incomplete_entry(entry, "`update_graph` needs `base_index`");
                }
                let mode = entry.value.as_str().unwrap_or_default();
                if !UPDATE_GRAPHS.contains(&mode) {
                    let modes = UPDATE_GRAPHS.join("`, `");
                    let message = format!("`update_graph` is none of `{modes}`");
                    self.wrong_value(entry.value.span, message);
                }
            }
            self.use_of(UseField::BaseIndex, text_at(bundle, "base_index"));
        }
        for substitution in items(operator, "substitutions") {
            let with = self.string(substitution, "with");
            let with = with.filter(|with| !with.value.is_empty());
            match (filled(substitution, "pullspec"), with) {
                (None, _) => {
                    self.incomplete(substitution.span, "the substitution has no `pullspec`");
                }
                (_, None) => self.incomplete(substitution.span, "the substitution has no `with`"),
                (_, Some(with)) => self.substitution(with),
            }
        }
    }

    /// Fields that only the resolver of configs sets, RPMs that nothing builds, and resources without those of
    /// everything that is not named.
    pub(super) fn build_fields(&mut self, root: &Node<'_>) {
        if let Some(resources) = filled(root, "resources")
            && resources.value.entries().len() > 0
            && resources.value.get("*").is_none()
        {
            let said = "`resources` has no `'*'`, which is for all that it does not name";
            self.incomplete(resources.key.span, said);
        }
        for field in [
            "build_roots",
            "binary_build_commands_list",
            "test_binary_build_commands_list",
            "rpm_build_commands_list",
            "rpm_build_location_list",
        ] {
            if let Some(entry) = filled(root, field)
                && (entry.value.items().len() > 0 || entry.value.entries().len() > 0)
            {
                let message = format!("`{field}` is set by ci-operator-configresolver only");
                self.wrong_value(entry.key.span, message);
            }
        }
        if let Some(entry) = present(root, "base_rpm_images")
            && filled(root, "rpm_build_commands").is_none()
            && filled(root, "rpm_build_commands_list").is_none()
        {
            let said = "`base_rpm_images` needs `rpm_build_commands`";
            self.incomplete_entry(entry, said);
        }
    }

    /// Literal steps of a pipeline: openshift/ci-tools `pkg/api/types.go` `StepConfiguration`.
    pub(super) fn raw_step(&mut self, step: &Node<'_>, releases: &Releases<'_>) {
        for entry in step.entries() {
            let body = &entry.value;
            let kind = entry.key.as_str().unwrap_or_default();
            match kind {
                "project_directory_image_build_inputs" => self.declare("root"),
                "bundle_source_step" => self.declare("src-bundle"),
                "test_step" => self.test(body, releases),
                _ => {}
            }
            // `to` of an output is an ImageStreamTag.
            if let Some(to) = body.get("to").and_then(Node::as_str) {
                self.declare(to);
            }
            if let Some(reference) = present(body, "base_image") {
                let reference = self.reference(ReferenceField::FromImage, None, &reference.value);
                self.references.push(reference);
            }
            self.use_of(UseField::RawStepFrom, text_at(body, "from"));
            self.use_of(UseField::BaseIndex, text_at(body, "base_index"));
            for input in entries(body, "inputs") {
                self.use_of(UseField::RawStepInput, text(&input.key));
            }
            for bundle in items(body, "operator_index") {
                self.use_of(UseField::Mention, text(bundle));
            }
            for substitution in items(body, "substitutions") {
                if let Some(with) = text_at(substitution, "with") {
                    self.substitution(with);
                }
            }
            self.dockerfile(body);
        }
    }

    /// Words of an inline Dockerfile that may be pull specs with a tag.
    pub(super) fn dockerfile(&mut self, node: &Node<'_>) {
        let Some(text) = node.get("dockerfile_literal").and_then(Node::as_str) else {
            return;
        };
        let words = text.split(|c: char| c.is_whitespace() || matches!(c, '=' | '"' | '\''));
        let images = words.filter(|word| {
            word.len() <= MAX_PULL_SPEC
                && word
                    .split_once('/')
                    .is_some_and(|(host, rest)| host.contains('.') && rest.contains(':'))
        });
        self.dockerfile_images.extend(images.map(Into::into));
        self.dockerfile_bases(node, text);
    }

    /// The images that an inline Dockerfile builds from. `inputs` replace what they name, `from` the
    /// last one (openshift/ci-tools `pkg/steps/source.go`).
    fn dockerfile_bases(&mut self, node: &Node<'_>, text: &str) {
        let replaced: HashSet<&str> = entries(node, "inputs")
            .flat_map(|input| items(&input.value, "as"))
            .filter_map(Node::as_str)
            .collect();
        let mut bases = dockerfile::bases(text);
        if present(node, "from").is_some() {
            bases.pop();
        }
        let left = MAX_DOCKERFILE_IMAGES.saturating_sub(self.dockerfile_bases.len());
        let kept = bases.into_iter().filter(|base| {
            let is_pull_spec = base
                .split_once('/')
                .is_some_and(|(host, _)| host.contains('.'));
            base.len() <= MAX_PULL_SPEC && is_pull_spec && !replaced.contains(base)
        });
        let span = node
            .get("dockerfile_literal")
            .map_or(node.span, |own| own.span);
        let kept = kept.take(left).map(|base| Spanned::new(base.into(), span));
        self.dockerfile_bases.extend(kept);
    }
}
