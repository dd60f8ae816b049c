//! Tests and their steps: what they run in and what they depend on. The grammar is that of
//! openshift/ci-tools `pkg/validation/test.go`, `validateFromAndFromImage`,
//! `validateDependencies` and `validateTestStepDependencies`.

use std::collections::HashSet;

use super::read::{entries, items};
use super::{CiConfig, ReferenceField, Refusal, UseField};
use crate::model::shape::{Text, text, text_at};
use crate::syntax::yaml::{Entry, Node};

/// The ImageStream of what a config imports and builds.
pub(super) const PIPELINE: &str = "pipeline";
/// The ImageStream of the `latest` release; those of others are called `stable-<release>`.
const STABLE: &str = "stable";
/// The ImageStream whose tags are release payloads.
const RELEASE: &str = "release";

/// The releases that a config imports.
#[derive(Default)]
pub(super) struct Releases<'n> {
    named: HashSet<&'n str>,
    /// `tag_specification`, which makes `initial` and `latest`.
    specified: bool,
}

impl<'n> Releases<'n> {
    pub(super) fn of(root: &'n Node<'_>) -> Self {
        Self {
            named: entries(root, "releases")
                .filter_map(|entry| entry.key.as_str())
                .collect(),
            specified: root
                .get("tag_specification")
                .is_some_and(|node| !node.is_null()),
        }
    }

    fn have(&self, release: &str) -> bool {
        self.named.contains(release) || (self.specified && matches!(release, "initial" | "latest"))
    }
}

/// What the steps of one test may name besides what their config declares.
struct Surroundings<'n> {
    releases: &'n Releases<'n>,
    /// The release that the test's `cluster_claim` imports.
    claimed: Option<&'n str>,
    /// The variables of `dependency_overrides`: their dependencies come from elsewhere.
    overridden: HashSet<&'n str>,
    /// The variables of the test's `dependencies`, which name something else than the steps do.
    replaced: HashSet<&'n str>,
    /// Whether this is a step of the registry: it may be used in any config.
    anywhere: bool,
}

impl Surroundings<'_> {
    fn have(&self, release: &str) -> bool {
        self.anywhere || self.claimed == Some(release) || self.releases.have(release)
    }
}

/// The release whose images are in `stream`.
fn release_of(stream: &str) -> &str {
    match stream.strip_prefix(STABLE) {
        Some("") => "latest",
        Some(rest) => rest.strip_prefix('-').unwrap_or(stream),
        None => stream,
    }
}

impl CiConfig {
    pub(super) fn test(&mut self, test: &Node<'_>, releases: &Releases<'_>) {
        if let Some(entry) = present(test, "container") {
            match text_at(&entry.value, "from").filter(|from| !from.value.is_empty()) {
                Some(from) => self.use_of(UseField::ContainerFrom, Some(from)),
                None => self.incomplete_entry(entry, "`container` has no `from`"),
            }
        }
        for field in ["steps", "literal_steps"] {
            let Some(steps) = test.get(field) else {
                continue;
            };
            let claim = present(test, "cluster_claim").map(|entry| &entry.value);
            self.has_latest |= claim.is_some();
            let overrides = entries(steps, "dependency_overrides");
            let surroundings = Surroundings {
                releases,
                claimed: claim.map(|claim| {
                    let name = claim.get("as").and_then(Node::as_str);
                    name.filter(|name| !name.is_empty()).unwrap_or("latest")
                }),
                replaced: entries(steps, "dependencies")
                    .filter_map(|entry| entry.key.as_str())
                    .collect(),
                overridden: overrides.filter_map(|entry| entry.key.as_str()).collect(),
                anywhere: false,
            };
            self.multi_stage(steps, &surroundings);
        }
    }

    fn multi_stage(&mut self, steps: &Node<'_>, surroundings: &Surroundings<'_>) {
        if present(steps, "workflow").is_some() {
            self.runs_registry_steps = true;
        }
        for step in ["pre", "test", "post"].iter().flat_map(|s| items(steps, s)) {
            if step.get("ref").is_some() || step.get("chain").is_some() {
                self.runs_registry_steps = true;
            } else {
                self.step(step, surroundings);
            }
        }
        // Observers written out; `enable` and `disable` name some of the registry.
        for observer in items(steps, "observers") {
            self.step(observer, surroundings);
        }
        for entry in entries(steps, "dependencies") {
            let env = entry.key.as_str().unwrap_or_default();
            if let Some(name) = text(&entry.value) {
                self.dependency(name, env, surroundings);
            }
        }
    }

    /// A step of the registry, which may be used in any config.
    pub(super) fn registry_step(&mut self, document: &Node<'_>) {
        if let Some(step) = document.get("ref") {
            let surroundings = Surroundings {
                releases: &Releases::default(),
                claimed: None,
                overridden: HashSet::new(),
                replaced: HashSet::new(),
                anywhere: true,
            };
            self.step(step, &surroundings);
        }
    }

    fn step(&mut self, step: &Node<'_>, surroundings: &Surroundings<'_>) {
        let from = present(step, "from");
        let written = self.string(step, "from");
        let written = written.filter(|from| !from.value.is_empty());
        let image = present(step, "from_image");
        if let Some(image) = image {
            let reference = self.reference(ReferenceField::FromImage, None, &image.value);
            self.references.push(reference);
        }
        match (written, image, from) {
            (Some(_), Some(_), Some(from)) => {
                let said = "`from` and `from_image` are both set, of which only one may be";
                self.wrong_value(from.key.span, said.to_owned());
            }
            (Some(from), None, _) => self.step_from(from, surroundings),
            (None, None, from)
                if step.as_mapping().is_some()
                    && from.is_none_or(|from| from.value.as_scalar().is_some()) =>
            {
                let named = step.get("as").or_else(|| step.get("name"));
                let span = named.map_or(step.span, |name| name.span);
                self.incomplete(span, "the step has neither `from` nor `from_image`");
            }
            _ => {}
        }
        // Configs of 2026 name the usual two without a word on releases.
        if let Some(cli) = self.string(step, "cli")
            && !["", "initial", "latest"].contains(&&*cli.value)
            && !surroundings.have(&cli.value)
        {
            let message = format!(
                "`cli` names the release `{}`, which this config does not import",
                cli.value
            );
            self.refuse(Refusal::Undeclared, cli.span, message);
        }
        self.dependencies(step, surroundings);
    }

    fn step_from(&mut self, from: Text, surroundings: &Surroundings<'_>) {
        let written = &*from.value;
        let (stream, image) = match written.split_once(':') {
            Some((stream, image)) => (Some(stream), image),
            None => (None, written),
        };
        let parts = [stream.unwrap_or(image), image];
        let wrong = parts.iter().find(|part| !is_dns_subdomain(part));
        let said = if image.contains(':') {
            Some("has more than one colon")
        } else if wrong.is_some() {
            Some("is not made of names of lower case letters, digits, `-` and `.`")
        } else {
            None
        };
        if let Some(said) = said {
            let message =
                format!("`{written}` {said}: a step's `from` is `image` or `stream:image`");
            return self.wrong_value(from.span, message);
        }
        if let Some(stream) = stream {
            let of_release = release_of(stream);
            let is_known = matches!(stream, PIPELINE | STABLE | RELEASE)
                || of_release == "initial" && stream != "initial"
                || surroundings.releases.named.contains(of_release)
                || surroundings.claimed == Some(of_release);
            if !is_known {
                let message = format!(
                    "`{written}` names the ImageStream `{stream}`, which the test does not have"
                );
                return self.refuse(Refusal::Undeclared, from.span, message);
            }
        }
        self.use_of(UseField::StepFrom, Some(from));
    }

    fn dependencies(&mut self, step: &Node<'_>, surroundings: &Surroundings<'_>) {
        let mut variables = HashSet::new();
        for dependency in items(step, "dependencies") {
            let env = dependency.get("env").and_then(Node::as_str);
            let env = env.unwrap_or_default();
            let name = self.string(dependency, "name");
            let name = name.filter(|name| !name.value.is_empty());
            if env.is_empty() {
                self.incomplete(dependency.span, "the dependency has no `env`");
            } else if !variables.insert(env) {
                let span = dependency
                    .get("env")
                    .map_or(dependency.span, |env| env.span);
                let message = format!("another dependency of the step sets `{env}`");
                self.wrong_value(span, message);
            }
            match name {
                Some(_) if surroundings.replaced.contains(env) => {}
                Some(name) => self.dependency(name, env, surroundings),
                None => self.incomplete(dependency.span, "the dependency has no `name`"),
            }
        }
    }

    /// An image whose pull spec a step gets in the variable `env`.
    fn dependency(&mut self, name: Text, env: &str, surroundings: &Surroundings<'_>) {
        let written = &*name.value;
        if let Some((stream, image)) = written.split_once(':') {
            if image.contains(':') {
                let message = format!(
                    "`{written}` has more than one colon: a dependency is `image` or `stream:image`"
                );
                return self.wrong_value(name.span, message);
            }
            if let Some(message) = unresolved(written, stream, image, surroundings) {
                return self.refuse(Refusal::Undeclared, name.span, message);
            }
        }
        let field = match surroundings.overridden.contains(env) {
            true => UseField::Overridden,
            false => UseField::Dependency,
        };
        self.use_of(field, Some(name));
    }

    /// An image that takes the place of a pull spec in an operator's manifests.
    pub(super) fn substitution(&mut self, name: Text) {
        let written = &*name.value;
        if let Some((stream, _)) = written.split_once(':')
            && !matches!(stream, PIPELINE | RELEASE)
            && !stream.starts_with(STABLE)
        {
            let message = format!("`{written}` names the ImageStream `{stream}`, which no job has");
            return self.refuse(Refusal::Undeclared, name.span, message);
        }
        self.use_of(UseField::Substitution, Some(name));
    }
}

/// Why there is no image `image` in `stream`, if that can be said without knowing the images.
fn unresolved(
    written: &str,
    stream: &str,
    image: &str,
    surroundings: &Surroundings<'_>,
) -> Option<String> {
    let release = match stream {
        PIPELINE => return None,
        RELEASE => image,
        _ if stream.starts_with(STABLE) => release_of(stream),
        _ => {
            return Some(format!(
                "`{written}` names the ImageStream `{stream}`, which no test has"
            ));
        }
    };
    (!surroundings.have(release)).then(|| {
        format!("`{written}` needs the release `{release}`, which this config does not import")
    })
}

/// The entry of `key`, unless it holds nothing.
pub(super) fn present<'n, 's>(node: &'n Node<'s>, key: &str) -> Option<&'n Entry<'s>> {
    node.entry(key).filter(|entry| !entry.value.is_null())
}

/// Whether `text` may name a Kubernetes object: k8s.io/apimachinery `IsDNS1123Subdomain`.
pub(super) fn is_dns_subdomain(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= 253
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.bytes().all(is_inner)
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}
