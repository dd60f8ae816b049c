//! Where each kind of file lies, as `rules/conventions.yaml` says.

use std::sync::Arc;

use globset::GlobSet;
use serde::Deserialize;
use thiserror::Error;

use crate::tree::Wanted;
use crate::tree::path_globs;

const BUILTIN: &str = include_str!("../../rules/conventions.yaml");

/// The kinds of files that the tool knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// Fed to `oc image mirror -f`.
    MappingFile,
    /// The same before 2020: without a prefix, so that only its folder tells what it is.
    OldMappingFile,
    /// Something else in a mirror set.
    MirrorSetCompanion,
    /// `core-services/image-mirroring/_config.yaml`.
    ImagesMirrorConfig,
    /// An OWNERS file.
    Owners,
    /// `OWNERS_ALIASES`.
    OwnersAliases,
    /// A ci-operator config.
    CiConfig,
    /// A step of the step registry.
    RegistryStep,
    /// The release controller's settings for one release.
    ReleaseController,
    /// Kubernetes manifests.
    Manifest,
    /// Something else in a registry-access folder.
    RegistryAccessCompanion,
    /// The configuration of ci-secret-bootstrap.
    SecretBootstrap,
    /// The configuration of sync-rover-groups.
    RoverGroups,
    /// Secrets from Google Secret Manager.
    GsmConfig,
    /// Prow jobs that no ci-operator config generates.
    ProwJobs,
    /// Prow's plugin configuration.
    ProwPlugins,
}

impl FileKind {
    /// Whether files of this kind are read, or only known to be there.
    #[must_use]
    pub fn is_read(self) -> bool {
        !matches!(
            self,
            Self::MirrorSetCompanion | Self::RegistryAccessCompanion
        )
    }
}

/// Which file is of which kind.
#[derive(Clone, Debug)]
pub struct Conventions {
    globs: GlobSet,
    kinds: Vec<FileKind>,
    wanted: Wanted,
    patterns: Vec<String>,
    registries: Registries,
    copies: Arc<[CopiedConfigs]>,
}

/// An organization whose ci-operator configs are generated from those of another, file by file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopiedConfigs {
    /// The organization of the copies.
    pub org: String,
    /// The organization that they are copies of.
    pub of: String,
}

impl CopiedConfigs {
    /// The path of the config that the one at `path` is a copy of.
    #[must_use]
    pub fn original(&self, path: &str) -> Option<String> {
        let below = path.strip_prefix(CONFIGS)?.strip_prefix(&*self.org)?;
        let (repo, file) = below.strip_prefix('/')?.split_once('/')?;
        let rest = file.strip_prefix(&*self.org)?;
        Some(format!("{CONFIGS}{of}/{repo}/{of}{rest}", of = self.of))
    }
}

/// Where ci-operator configs lie.
const CONFIGS: &str = "ci-operator/config/";

/// What the central CI registry is called, and what others put into it.
#[derive(Clone, Debug, Default)]
pub struct Registries {
    /// Hosts of the central registry.
    pub central: Vec<String>,
    /// Repositories that hold one image for each ImageStreamTag (QCI).
    pub qci: Vec<String>,
    /// Expressions for ImageStreamTags that ART publishes, where the checkout does not tell.
    pub art: Vec<String>,
    /// Expressions for ImageStreamTags that others publish from outside the repository.
    pub outside: Vec<String>,
}

/// A conventions file that cannot be used.
#[derive(Debug, Error)]
pub enum ConventionsError {
    /// Not the YAML that is expected.
    #[error("conventions: {0}")]
    Yaml(#[from] serde_yaml::Error),
    /// A malformed path pattern.
    #[error("conventions: {0}")]
    Glob(#[from] globset::Error),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    central_registries: Vec<String>,
    qci_repositories: Vec<String>,
    art: Vec<String>,
    outside: Vec<String>,
    #[serde(default)]
    copies: Vec<CopiedConfigs>,
    files: Vec<Files>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Files {
    kind: FileKind,
    paths: Vec<String>,
}

impl Conventions {
    /// The conventions that are compiled in.
    ///
    /// # Errors
    /// When they are malformed, which a test rules out.
    pub fn builtin() -> Result<Self, ConventionsError> {
        Self::read(BUILTIN)
    }

    /// Reads a conventions file.
    ///
    /// # Errors
    /// For unknown keys and kinds, and malformed patterns.
    pub fn read(text: &str) -> Result<Self, ConventionsError> {
        let document: Document = serde_yaml::from_str(text)?;
        let mut kinds = Vec::new();
        let mut patterns = Vec::new();
        for files in &document.files {
            for path in &files.paths {
                kinds.push(files.kind);
                patterns.push(path.clone());
            }
        }
        Ok(Self {
            globs: path_globs(&patterns)?,
            kinds,
            wanted: Wanted::new(patterns.iter().map(String::as_str))?,
            patterns,
            registries: Registries {
                central: document.central_registries,
                qci: document.qci_repositories,
                art: document.art,
                outside: document.outside,
            },
            copies: document.copies.into(),
        })
    }

    /// The files that are of some kind.
    #[must_use]
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// The patterns of their paths, in which `*` stops at `/` and `**` does not.
    #[must_use]
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// What the central registry is called.
    #[must_use]
    pub fn registries(&self) -> &Registries {
        &self.registries
    }

    /// Whose configs are copies.
    #[must_use]
    pub fn copies(&self) -> &Arc<[CopiedConfigs]> {
        &self.copies
    }

    /// The kind of the file at `path`.
    #[must_use]
    pub fn kind(&self, path: &str) -> Option<FileKind> {
        let first = self.globs.matches(path).into_iter().min()?;
        self.kinds.get(first).copied()
    }
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
    fn a_copy_has_an_original() {
        let copies = CopiedConfigs {
            org: "openshift-priv".to_owned(),
            of: "openshift".to_owned(),
        };
        let of = |path: &str| copies.original(&format!("ci-operator/config/{path}"));
        assert_eq!(
            of("openshift-priv/oc/openshift-priv-oc-main__okd.yaml").as_deref(),
            Some("ci-operator/config/openshift/oc/openshift-oc-main__okd.yaml")
        );
        assert_eq!(of("openshift/oc/openshift-oc-main.yaml"), None);
        assert_eq!(
            of("openshift-private/oc/openshift-private-oc-main.yaml"),
            None
        );
    }
}
