//! From a config's YAML to what it says.

use super::steps::Releases;
use super::{
    CiConfig, ImageReference, Metadata, PipelineUse, ReferenceField, UseField, Wrong, WrongValue,
};
use crate::model::shape::{Text, stays_as_it_is, text, text_at};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;
use crate::syntax::yaml::{Entry, Kind, Node};

/// Reads a config's single document.
pub(in crate::model) fn read(documents: &[Node<'_>]) -> CiConfig {
    let mut config = CiConfig::default();
    if let Some(root) = documents.first() {
        config.read(root);
    }
    config.fitted()
}

/// `from_image` references of a step registry file.
pub(in crate::model) fn read_registry_step(documents: &[Node<'_>]) -> CiConfig {
    let mut config = CiConfig::default();
    for document in documents {
        config.registry_step(document);
    }
    config.fitted()
}

impl CiConfig {
    /// Puts what is looked up in order, and gives back what the lists have no use for: a checkout
    /// has twelve thousand configs, most of them with one or two of each thing.
    fn fitted(mut self) -> Self {
        self.declared.sort();
        self.references.shrink_to_fit();
        self.streams.shrink_to_fit();
        self.images.shrink_to_fit();
        self.promotion.shrink_to_fit();
        self.beside_targets.shrink_to_fit();
        self.uses.shrink_to_fit();
        self.dockerfile_images.shrink_to_fit();
        self.dockerfile_bases.shrink_to_fit();
        self
    }

    fn read(&mut self, root: &Node<'_>) {
        self.declare_built_in(root);
        self.base_images(root, "base_images", ReferenceField::BaseImage);
        self.base_images(root, "base_rpm_images", ReferenceField::BaseRpmImage);
        self.external_images(root);
        self.build_root(root);
        self.read_images(root);
        let releases = Releases::of(root);
        for step in items(root, "raw_steps") {
            self.raw_step(step, &releases);
        }
        self.build_fields(root);
        self.operator(root);
        self.streams(root);
        self.complete_references();
        for test in self.list(root, "tests") {
            self.test(test, &releases);
        }
        self.refuse_names(root);
        if let Some(promotion) = root.get("promotion") {
            self.read_promotion(promotion);
            self.publish();
        }
        if let Some(metadata) = root.get("zz_generated_metadata") {
            self.metadata = Metadata {
                span: metadata.span,
                org: text_at(metadata, "org"),
                repo: text_at(metadata, "repo"),
                branch: text_at(metadata, "branch"),
                variant: text_at(metadata, "variant"),
            };
        }
        self.read_fields(root);
        self.refuse_without_build_root(root);
    }

    pub(super) fn declare(&mut self, name: &str) {
        self.declared.push(name);
    }

    pub(super) fn use_of(&mut self, field: UseField, name: Option<Text>) {
        if let Some(name) = name.filter(|name| !name.value.is_empty()) {
            self.uses.push(PipelineUse { field, name });
        }
    }

    pub(super) fn wrong_value(&mut self, span: Span, message: String) {
        self.wrong(Wrong::Refused, span, message);
    }

    pub(super) fn wrong(&mut self, wrong: Wrong, span: Span, message: String) {
        self.wrong_values.push(WrongValue {
            wrong,
            span,
            message,
        });
    }

    /// The items of a list; anything else but null is a wrong value.
    pub(super) fn list<'n, 's>(&mut self, node: &'n Node<'s>, key: &str) -> &'n [Node<'s>] {
        let Some(value) = node.get(key).filter(|value| !value.is_null()) else {
            return &[];
        };
        value.as_sequence().unwrap_or_else(|| {
            self.wrong_value(value.span, format!("`{key}` is not a list"));
            &[]
        })
    }

    fn base_images(&mut self, root: &Node<'_>, field: &str, kind: ReferenceField) {
        let Some(images) = root.get(field).filter(|node| !node.is_null()) else {
            return;
        };
        if images.as_mapping().is_none() {
            self.wrong_value(
                images.span,
                format!("`{field}` is not a mapping of names to images"),
            );
        }
        for entry in images.entries() {
            let Some(key) = text(&entry.key) else {
                continue;
            };
            self.declare(&key.value);
            if kind == ReferenceField::BaseRpmImage {
                self.declare(&format!("{}-without-rpms", key.value));
            }
            let reference = self.reference(kind, Some(key), &entry.value);
            self.references.push(reference);
        }
    }

    pub(super) fn reference(
        &mut self,
        field: ReferenceField,
        key: Option<Text>,
        node: &Node<'_>,
    ) -> ImageReference {
        if node.as_mapping().is_none() {
            let said = "an image is given by `namespace`, `name` and `tag`";
            self.wrong_value(node.span, said.to_owned());
        }
        let namespace = self.string(node, "namespace");
        let name = self.string(node, "name");
        let tag = self.string(node, "tag");
        let target = match (&namespace, &name, &tag) {
            (Some(namespace), Some(name), Some(tag)) => {
                ImageStreamTag::new(&namespace.value, &name.value, &tag.value).ok()
            }
            _ => None,
        };
        ImageReference {
            field,
            key,
            span: node.span,
            namespace,
            name,
            tag,
            target,
        }
    }

    /// The text at `key`. A number or boolean without quotes is a wrong value where it does not stay as
    /// it is: ci-operator reads `4.10` as 4.1.
    pub(super) fn string(&mut self, node: &Node<'_>, key: &str) -> Option<Text> {
        let value = node.get(key)?;
        match value.as_scalar().map(|scalar| scalar.kind()) {
            Some(Kind::String) => {}
            Some(Kind::Null) => return None,
            Some(kind) => {
                let said = value.as_str().unwrap_or_default();
                if !stays_as_it_is(said, kind) {
                    let message = format!(
                        "`{key}: {said}` is read as a number or a boolean, which changes how it is \
                         spelled; put it in quotes"
                    );
                    self.wrong(Wrong::Respelled, value.span, message);
                }
            }
            None => {
                self.wrong(Wrong::Shape, value.span, format!("`{key}` is not a text"));
                return None;
            }
        }
        text(value)
    }

    pub(super) fn inputs(&mut self, node: &Node<'_>) {
        for input in entries(node, "inputs") {
            self.use_of(UseField::ImageInput, text(&input.key));
        }
    }

    /// Where only `tag` is given, the rest is that of `tag_specification`: openshift/ci-tools
    /// `pkg/defaults/defaults.go` `defaultImageFromReleaseTag`.
    fn complete_references(&mut self) {
        let specification = self.streams.iter().find(|stream| stream.release.is_none());
        let Some((Some(namespace), Some(name))) =
            specification.map(|stream| (&stream.namespace, &stream.name))
        else {
            return;
        };
        for reference in &mut self.references {
            let is_base = matches!(
                reference.field,
                ReferenceField::BaseImage | ReferenceField::BaseRpmImage
            );
            if is_base
                && is_empty(reference.namespace.as_ref())
                && is_empty(reference.name.as_ref())
                && let Some(tag) = &reference.tag
            {
                reference.target =
                    ImageStreamTag::new(&namespace.value, &name.value, &tag.value).ok();
            }
        }
    }
}

fn is_empty(text: Option<&Text>) -> bool {
    text.is_none_or(|text| text.value.is_empty())
}

pub(super) fn entries<'n, 's>(
    node: &'n Node<'s>,
    key: &str,
) -> impl Iterator<Item = &'n Entry<'s>> {
    node.get(key).into_iter().flat_map(Node::entries)
}

pub(super) fn items<'n, 's>(node: &'n Node<'s>, key: &str) -> impl Iterator<Item = &'n Node<'s>> {
    node.get(key).into_iter().flat_map(Node::items)
}
