//! What is taken for granted about the repository, as `rules/conventions.yaml` says.

mod files;
mod images;
mod job_template;
mod mirroring;
mod online;
mod patterns;
mod platform;

use std::ops::Deref;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::Error as _;
use serde_yaml::Value;
use thiserror::Error;

use crate::tree::Wanted;

pub use files::FileKind;
pub use images::{OutsideImages, Registries};
pub use job_template::JobForm;
pub use mirroring::SupplementalFiles;
pub use mirroring::{
    EntryPoint, JobLabels, JobPod, JobVariables, MappingFiles, MirrorJobs, MirrorScript, NewJob,
};
pub use online::OnlineRegistries;
pub use patterns::{Paths, Pattern};
pub use platform::{
    CiConfigs, Clusters, CollectionName, CopiedConfigs, ForbiddenNamespaces, NamespaceSet,
    Namespaces, Prow, ReservedNames, SecretNames,
};

const BUILTIN: &str = include_str!("../../rules/conventions.yaml");

/// What is taken for granted about the repository. A clone shares all of it.
#[derive(Clone, Debug)]
pub struct Conventions {
    facts: Arc<Facts>,
    document: Arc<Value>,
}

/// The parts of [`Conventions`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// What registries are called.
    pub registries: Registries,
    /// Images that are published from outside the repository.
    pub outside_images: OutsideImages,
    /// Folders of manifests.
    pub clusters: Clusters,
    /// The configs of ci-operator.
    pub ci_configs: CiConfigs,
    /// Mirror sets and the mapping files in them.
    pub mapping_files: MappingFiles,
    /// Jobs that mirror.
    pub mirror_jobs: MirrorJobs,
    /// What secrets are called.
    pub secrets: SecretNames,
    /// What namespaces are for.
    pub namespaces: Namespaces,
    /// What Prow takes for itself.
    pub prow: Prow,
    /// The kinds of files that end in a line break wherever they are whole.
    pub end_in_line_break: Vec<FileKind>,
    files: files::Files,
}

/// Conventions that cannot be used.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct ConventionsError(#[from] serde_yaml::Error);

impl Conventions {
    /// The conventions that are compiled in.
    ///
    /// # Errors
    /// When they are malformed, which a test rules out.
    pub fn builtin() -> Result<Self, ConventionsError> {
        Self::read(serde_yaml::from_str(BUILTIN)?)
    }

    /// Those of a document of the same shape as `rules/conventions.yaml`.
    ///
    /// # Errors
    /// When something is missing, unknown or malformed.
    pub fn read(document: Value) -> Result<Self, ConventionsError> {
        let mut facts = document.clone();
        fill_in(&mut facts, &document)?;
        Ok(Self {
            facts: Arc::new(serde_yaml::from_value(facts)?),
            document: Arc::new(document),
        })
    }

    /// The document that they were read from.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }
}

impl PartialEq for Conventions {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document
    }
}

impl Deref for Conventions {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl Facts {
    /// The files that are of some kind.
    #[must_use]
    pub fn wanted(&self) -> &Wanted {
        &self.files.wanted
    }

    /// The patterns of their paths, in which `*` stops at `/` and `**` does not.
    #[must_use]
    pub fn patterns(&self) -> &[String] {
        &self.files.patterns
    }

    /// The kind of the file at `path`.
    #[must_use]
    pub fn kind(&self, path: &str) -> Option<FileKind> {
        self.files.kind(path)
    }
}

/// Puts what `document` says in the place of each `${section.key}`.
fn fill_in(value: &mut Value, document: &Value) -> Result<(), serde_yaml::Error> {
    match value {
        Value::String(text) => {
            let mut filled = String::new();
            let mut rest = text.as_str();
            while let Some((before, (key, after))) = rest
                .split_once("${")
                .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
            {
                let value = key.split('.').try_fold(document, |at, key| at.get(key));
                let value = value.and_then(Value::as_str).ok_or_else(|| {
                    serde_yaml::Error::custom(format!("`${{{key}}}` stands for no text"))
                })?;
                filled.extend([before, value]);
                rest = after;
            }
            filled.push_str(rest);
            *text = filled;
        }
        Value::Sequence(items) => {
            for item in items {
                fill_in(item, document)?;
            }
        }
        Value::Mapping(entries) => {
            for value in entries.values_mut() {
                fill_in(value, document)?;
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_real_paths() -> Result<(), ConventionsError> {
        let conventions = Conventions::builtin()?;
        for (path, kind) in [
            (
                "core-services/image-mirroring/knative/mapping_knative_nightly_quay",
                Some(FileKind::MappingFile),
            ),
            (
                "core-services/image-mirroring/openshift/origin_v3_9",
                Some(FileKind::MirrorSetCompanion),
            ),
            (
                "core-services/image-mirroring/openshift/OWNERS",
                Some(FileKind::Owners),
            ),
            (
                "core-services/image-mirroring/_config.yaml",
                Some(FileKind::ImagesMirrorConfig),
            ),
            (
                "cluster/ci/config/mirroring/kubefed/kubefed-v0_1_0_rc2_quay",
                Some(FileKind::OldMappingFile),
            ),
            (
                "ci-operator/jobs/infra-image-mirroring.yaml",
                Some(FileKind::ProwJobs),
            ),
            ("ci-operator/jobs/openshift/x/infra-y.yaml", None),
        ] {
            assert_eq!(conventions.kind(path), kind, "{path}");
        }
        Ok(())
    }

    #[test]
    fn files_lie_where_the_folders_are_said_to_be() -> Result<(), ConventionsError> {
        let mut document = Conventions::builtin()?.document().clone();
        document["mapping_files"]["folder"] = "mirrors".into();
        let conventions = Conventions::read(document.clone())?;
        let kind = conventions.kind("mirrors/acme/mapping_acme");
        assert_eq!(kind, Some(FileKind::MappingFile));
        assert_eq!(
            conventions.kind("core-services/image-mirroring/acme/mapping_acme"),
            None
        );
        document["files"]["owners"] = vec![Value::from("${no.folder}/OWNERS")].into();
        let error = Conventions::read(document).expect_err("an unknown folder");
        assert!(error.to_string().contains("no.folder"), "{error}");
        Ok(())
    }

    #[test]
    fn a_copy_has_an_original() -> Result<(), ConventionsError> {
        let conventions = Conventions::builtin()?;
        let configs = &conventions.ci_configs;
        let of = |path: &str| configs.original(&format!("ci-operator/config/{path}"));
        assert_eq!(
            of("openshift-priv/oc/openshift-priv-oc-main__okd.yaml").as_deref(),
            Some("ci-operator/config/openshift/oc/openshift-oc-main__okd.yaml")
        );
        assert_eq!(of("openshift/oc/openshift-oc-main.yaml"), None);
        assert_eq!(
            of("openshift-private/oc/openshift-private-oc-main.yaml"),
            None
        );
        assert!(configs.is_copy("ci-operator/config/openshift-priv/x"));
        assert!(!configs.is_copy("ci-operator/config/openshift/x/y.yaml"));
        Ok(())
    }
}
