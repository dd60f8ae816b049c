//! `build_root`: the image that the repository is cloned in, which makes the image `src` that everything else is
//! built from.

use super::names::{COMMANDS, SOURCE};
use super::parts::filled;
use super::read::{entries, items};
use super::steps::present;
use super::{CiConfig, PipelineUse, ReferenceField, Refusal, UseField};
use crate::model::schema::FaultKind;
use crate::model::shape::{Text, text};
use crate::syntax::yaml::Node;

const BUILD_ROOT: &str = "build_root";

impl CiConfig {
    pub(super) fn build_root(&mut self, root: &Node<'_>) {
        const WAYS: [&str; 3] = ["image_stream_tag", "project_image", "from_repository"];
        let Some(entry) = present(root, BUILD_ROOT) else {
            return;
        };
        let build = &entry.value;
        if let Some(tag) = present(build, "image_stream_tag") {
            let reference = self.reference(ReferenceField::BuildRoot, None, &tag.value);
            self.references.push(reference);
        }
        let is_given = WAYS.iter().any(|way| match *way {
            "from_repository" => filled(build, way).is_some(),
            _ => present(build, way).is_some(),
        });
        if is_given {
            self.one_of(build, &WAYS);
        } else {
            let ways = "`build_root` has none of `image_stream_tag`, `project_image` and `from_repository`";
            self.incomplete_entry(entry, ways);
        }
        if let Some(project) = present(build, "project_image") {
            for input in entries(&project.value, "inputs") {
                // `pkg/steps/git_source.go` does not look at them.
                self.use_of(UseField::Mention, text(&input.key));
            }
            self.dockerfile(&project.value);
        }
    }

    /// Finds that there is none though something is built: openshift/ci-tools `pkg/steps/project_image.go` `Requires`
    /// and `pkg/defaults/defaults.go` `sourceStepForRef`. Neither `pkg/validation` nor the graph of the config tells.
    pub(super) fn refuse_without_build_root(&mut self, root: &Node<'_>) {
        let is_given = present(root, BUILD_ROOT).is_some()
            || filled(root, "build_roots").is_some()
            || items(root, "raw_steps").next().is_some();
        let is_misspelled = self.unknown.iter().any(|fault| {
            let nearest = match fault.kind {
                FaultKind::Unknown { nearest, .. } => nearest,
                FaultKind::Shape { .. } => None,
            };
            nearest == Some(BUILD_ROOT)
        });
        if is_given || is_misspelled {
            return;
        }
        if let Some(built) = self.built(root) {
            let message = format!(
                "`{}` needs the repository, and there is no `{BUILD_ROOT}` to clone it in",
                built.value
            );
            self.refuse(Refusal::NoBuildRoot, built.span, message);
        }
    }

    /// Something that is built from the repository, or runs in it.
    fn built(&self, root: &Node<'_>) -> Option<Text> {
        let fields = COMMANDS.iter().map(|(field, _)| *field);
        let set = |field| filled(root, field).and_then(|entry| text(&entry.key));
        let mut images = self.images.iter().filter_map(|image| image.to.as_ref());
        // Without a `build_root` others of its names are undeclared.
        let is_source = |used: &&PipelineUse| &*used.name.value == SOURCE && used.field.runs();
        fields
            .chain(["operator"])
            .find_map(set)
            .or_else(|| images.next().cloned())
            .or_else(|| {
                self.uses
                    .iter()
                    .find(is_source)
                    .map(|used| used.name.clone())
            })
    }
}
