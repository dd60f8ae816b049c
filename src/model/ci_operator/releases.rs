//! The releases of a config: what each is made of, and what ci-operator refuses. The checks are those of
//! openshift/ci-tools `pkg/validation/config.go` and `pkg/validation/release.go`.

use super::parts::filled;
use super::read::entries;
use super::steps::present;
use super::{CiConfig, Refusal};
use crate::model::shape::{text, text_at};
use crate::syntax::yaml::{Entry, Node};

/// Products that have releases, the channels of these, and what they run on.
const PRODUCTS: [&str; 3] = ["ocp", "okd", "okd-scos"];
const CHANNELS: [&str; 3] = ["stable", "fast", "candidate"];
const ARCHITECTURES: [&str; 5] = ["amd64", "ppc64le", "s390x", "arm64", "multi"];

impl CiConfig {
    /// The streams that `releases` and `tag_specification` name.
    pub(super) fn streams(&mut self, root: &Node<'_>) {
        const KINDS: [&str; 4] = ["integration", "candidate", "release", "prerelease"];
        let is_specified = present(root, "tag_specification").is_some();
        for entry in entries(root, "releases").filter(|entry| !entry.is_merge()) {
            let name = entry.key.as_str().unwrap_or_default();
            if name.contains('.') {
                let message = format!("the release `{name}` has a dot in its name");
                self.wrong_value(entry.key.span, message);
            }
            if is_specified && matches!(name, "initial" | "latest") {
                let message = format!(
                    "`tag_specification` makes the release `{name}`, and so does `releases`"
                );
                self.refuse(Refusal::Duplicate(None), entry.key.span, message);
            }
            if KINDS
                .iter()
                .all(|kind| present(&entry.value, kind).is_none())
            {
                let kinds = KINDS.join("`, `");
                let message = format!("the release `{name}` has none of `{kinds}`");
                self.incomplete_entry(entry, &message);
            }
            self.one_of(&entry.value, &KINDS);
            self.has_latest |= name == "latest";
            self.resolved(&entry.value);
            let Some(integration) = present(&entry.value, "integration") else {
                continue;
            };
            if name != "latest"
                && let Some(entry) = filled(&integration.value, "include_built_images")
            {
                let said = "only the release `latest` can `include_built_images`";
                self.wrong_value(entry.key.span, said.to_owned());
            }
            if let Some(policy) = text_at(&integration.value, "reference_policy")
                && !matches!(&*policy.value, "Local" | "Source")
            {
                let said = "`reference_policy` is neither `Local` nor `Source`";
                self.wrong_value(policy.span, said.to_owned());
            }
            self.stream(Some(entry), integration);
        }
        if let Some(specification) = present(root, "tag_specification") {
            self.has_latest = true;
            self.stream(None, specification);
        }
    }

    /// Releases that ci-operator asks a release controller or Cincinnati for: openshift/ci-tools
    /// `pkg/validation/release.go` `validateCandidate`, `validateRelease`, `validatePrerelease`.
    fn resolved(&mut self, release: &Node<'_>) {
        if let Some(entry) = present(release, "candidate") {
            let candidate = &entry.value;
            if let Some(product) = self.one_of_values(candidate, "product", &PRODUCTS) {
                let streams: &[&str] = match product {
                    "ocp" => &["ci", "nightly", "konflux-nightly"],
                    _ => &["", "okd", "okd-scos"],
                };
                self.one_of_values(candidate, "stream", streams);
                self.architecture(candidate);
                self.version(candidate);
            }
        } else if let Some(entry) = present(release, "release") {
            let release = &entry.value;
            self.architecture(release);
            if self.one_of_values(release, "channel", &CHANNELS).is_some() {
                self.version(release);
            }
        } else if let Some(entry) = present(release, "prerelease")
            && self
                .one_of_values(&entry.value, "product", &PRODUCTS)
                .is_some()
        {
            self.architecture(&entry.value);
            let bounds = entry.value.get("version_bounds");
            for field in ["lower", "upper"] {
                if bounds.is_none_or(|bounds| filled(bounds, field).is_none()) {
                    let message = format!("`prerelease` has no `version_bounds.{field}`");
                    self.incomplete_entry(entry, &message);
                }
            }
        }
    }

    /// The text of `field`, if it is one of `values`; else it is told of.
    fn one_of_values<'v>(
        &mut self,
        node: &Node<'_>,
        field: &str,
        values: &[&'v str],
    ) -> Option<&'v str> {
        let value = node.get(field).filter(|value| !value.is_null());
        // Another shape is told of as such.
        if value.is_some_and(|value| value.as_scalar().is_none()) || node.as_mapping().is_none() {
            return None;
        }
        let said = value.and_then(Node::as_str).unwrap_or_default();
        let found = values.iter().find(|value| **value == said);
        if found.is_none() {
            let shown: Vec<&str> = values.iter().copied().filter(|v| !v.is_empty()).collect();
            let message = format!("`{field}` is none of `{}`", shown.join("`, `"));
            self.wrong_value(value.map_or(node.span, |value| value.span), message);
        }
        found.copied()
    }

    fn architecture(&mut self, release: &Node<'_>) {
        if filled(release, "architecture").is_some() {
            self.one_of_values(release, "architecture", &ARCHITECTURES);
        }
    }

    /// ci-operator looks for a digit, a dot and a digit anywhere in it.
    fn version(&mut self, release: &Node<'_>) {
        let value = release.get("version").filter(|value| !value.is_null());
        let said = value.and_then(Node::as_str).unwrap_or_default();
        let is_shaped = value.is_none_or(|value| value.as_scalar().is_some());
        let has_minor = said.as_bytes().windows(3).any(|three| {
            three[0].is_ascii_digit() && three[1] == b'.' && three[2].is_ascii_digit()
        });
        if is_shaped && !has_minor {
            let message = "`version` is not a minor version such as `4.20`".to_owned();
            self.wrong_value(value.map_or(release.span, |value| value.span), message);
        }
    }

    fn stream(&mut self, release: Option<&Entry<'_>>, entry: &Entry<'_>) {
        let node = &entry.value;
        let stream = super::StreamReference {
            release: release.and_then(|release| text(&release.key)),
            namespace: self.string(node, "namespace"),
            name: self.string(node, "name"),
            span: node.span,
        };
        for (field, text) in [("namespace", &stream.namespace), ("name", &stream.name)] {
            let is_there = present(node, field).is_some()
                && text.as_ref().is_none_or(|text| !text.value.is_empty());
            if !is_there {
                let whole = entry.key.as_str().unwrap_or_default();
                let message = format!("`{whole}` has no `{field}`");
                self.incomplete_entry(entry, &message);
            }
        }
        self.streams.push(stream);
    }
}
