//! From a config's YAML to what it says.

use super::{
    CiConfig, ImageReference, Metadata, Misshapen, PipelineUse, ReferenceField, StreamReference,
    UseField,
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
        config.steps(document);
    }
    config.fitted()
}

impl CiConfig {
    /// Puts what is looked up in order, and gives back what the lists have no use for: a checkout
    /// has twelve thousand configs, most of them with one or two of each thing.
    fn fitted(mut self) -> Self {
        self.declared.sort_unstable();
        self.declared.dedup();
        self.references.shrink_to_fit();
        self.streams.shrink_to_fit();
        self.images.shrink_to_fit();
        self.promotion.shrink_to_fit();
        self.beside_targets.shrink_to_fit();
        self.declared.shrink_to_fit();
        self.uses.shrink_to_fit();
        self
    }

    fn read(&mut self, root: &Node<'_>) {
        for name in ["src", "root"] {
            self.declare(name);
        }
        for (commands, built) in [
            ("binary_build_commands", "bin"),
            ("test_binary_build_commands", "test-bin"),
            ("rpm_build_commands", "rpms"),
        ] {
            if root.get(commands).is_some_and(|node| !node.is_null()) {
                self.declare(built);
                self.builds_binaries |= built == "bin";
            }
        }
        self.base_images(root, "base_images", ReferenceField::BaseImage);
        self.base_images(root, "base_rpm_images", ReferenceField::BaseRpmImage);
        for entry in entries(root, "external_images") {
            if let Some(key) = entry.key.as_str() {
                self.declare(key);
            }
        }
        if let Some(tag) = root
            .get("build_root")
            .and_then(|build| build.get("image_stream_tag"))
        {
            let reference = self.reference(ReferenceField::BuildRoot, None, tag);
            self.references.push(reference);
        }
        self.read_images(root);
        for step in items(root, "raw_steps") {
            self.raw_step(step);
        }
        self.operator(root);
        self.streams(root);
        for test in self.list(root, "tests") {
            self.test(test);
        }
        if let Some(promotion) = root.get("promotion") {
            self.read_promotion(promotion);
            self.publish();
        }
        if let Some(metadata) = root.get("zz_generated_metadata") {
            self.metadata = Metadata {
                org: text_at(metadata, "org"),
                repo: text_at(metadata, "repo"),
                branch: text_at(metadata, "branch"),
                variant: text_at(metadata, "variant"),
            };
        }
    }

    pub(super) fn declare(&mut self, name: &str) {
        self.declared.push(name.into());
    }

    pub(super) fn use_of(&mut self, field: UseField, name: Option<Text>) {
        if let Some(name) = name.filter(|name| !name.value.is_empty()) {
            self.uses.push(PipelineUse { field, name });
        }
    }

    pub(super) fn misshapen(&mut self, span: Span, message: String) {
        self.misshapen.push(Misshapen { span, message });
    }

    /// The items of a list; anything else but null is misshapen.
    pub(super) fn list<'n, 's>(&mut self, node: &'n Node<'s>, key: &str) -> &'n [Node<'s>] {
        let Some(value) = node.get(key).filter(|value| !value.is_null()) else {
            return &[];
        };
        value.as_sequence().unwrap_or_else(|| {
            self.misshapen(value.span, format!("`{key}` is not a list"));
            &[]
        })
    }

    fn base_images(&mut self, root: &Node<'_>, field: &str, kind: ReferenceField) {
        let Some(images) = root.get(field).filter(|node| !node.is_null()) else {
            return;
        };
        if images.as_mapping().is_none() {
            self.misshapen(
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

    fn reference(
        &mut self,
        field: ReferenceField,
        key: Option<Text>,
        node: &Node<'_>,
    ) -> ImageReference {
        if node.as_mapping().is_none() {
            let said = "an image is given by `namespace`, `name` and `tag`";
            self.misshapen(node.span, said.to_owned());
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

    /// The text at `key`. A number or boolean without quotes is misshapen where it does not stay as
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
                    self.misshapen(value.span, message);
                }
            }
            None => {
                self.misshapen(value.span, format!("`{key}` is not a text"));
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

    fn raw_step(&mut self, step: &Node<'_>) {
        for entry in step.entries() {
            let body = &entry.value;
            if let Some(to) = body.get("to").and_then(Node::as_str) {
                self.declare(to);
            }
            if let Some(reference) = body.get("base_image").or_else(|| body.get("from_image")) {
                let reference = self.reference(ReferenceField::FromImage, None, reference);
                self.references.push(reference);
            }
        }
    }

    /// Bundles and the indexes built for them: an unnamed one is `ci-bundle0`, `ci-bundle1` … and
    /// all of those share `ci-index`.
    fn operator(&mut self, root: &Node<'_>) {
        let Some(operator) = root.get("operator") else {
            return;
        };
        self.declare("src-bundle");
        self.declare("ci-index");
        for (number, bundle) in items(operator, "bundles").enumerate() {
            match bundle.get("as").and_then(Node::as_str) {
                Some(name) => {
                    self.declare(name);
                    self.declare(&format!("ci-index-{name}"));
                }
                None => self.declare(&format!("ci-bundle{number}")),
            }
            self.use_of(UseField::BaseIndex, text_at(bundle, "base_index"));
        }
    }

    fn streams(&mut self, root: &Node<'_>) {
        for release in entries(root, "releases") {
            let Some(integration) = release.value.get("integration") else {
                continue;
            };
            let stream = self.stream(text(&release.key), integration);
            self.streams.push(stream);
        }
        if let Some(specification) = root.get("tag_specification") {
            let stream = self.stream(None, specification);
            self.streams.push(stream);
        }
    }

    fn stream(&mut self, release: Option<Text>, node: &Node<'_>) -> StreamReference {
        StreamReference {
            release,
            namespace: self.string(node, "namespace"),
            name: self.string(node, "name"),
            span: node.span,
        }
    }

    fn test(&mut self, test: &Node<'_>) {
        if let Some(container) = test.get("container") {
            self.use_of(UseField::ContainerFrom, text_at(container, "from"));
        }
        for steps in ["steps", "literal_steps"] {
            if let Some(steps) = test.get(steps) {
                self.steps(steps);
            }
        }
    }

    /// Every step at or below `node`: whatever has `from_image` or `from`.
    fn steps(&mut self, node: &Node<'_>) {
        if let Some(image) = node.get("from_image").filter(|image| !image.is_null()) {
            let reference = self.reference(ReferenceField::FromImage, None, image);
            self.references.push(reference);
        } else if node.get("commands").is_some() {
            self.use_of(UseField::StepFrom, text_at(node, "from"));
        }
        for entry in node.entries() {
            self.steps(&entry.value);
        }
        for item in node.items() {
            self.steps(item);
        }
    }
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
