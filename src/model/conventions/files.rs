//! Which files are read, and as what.

use serde::Deserialize;
use serde::de::Error;

use crate::tree::{OrderedGlobs, Wanted};

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
    /// What the promoted-image-governor makes mapping files from.
    MappingConfig,
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

/// Where files of each kind lie.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "serde_yaml::Mapping")]
pub(super) struct Files {
    globs: OrderedGlobs,
    kinds: Vec<FileKind>,
    pub wanted: Wanted,
    pub patterns: Vec<String>,
}

impl Files {
    /// The kind of the file at `path`: the first that matches.
    pub fn kind(&self, path: &str) -> Option<FileKind> {
        self.kinds.get(self.globs.first_match(path)?).copied()
    }
}

impl TryFrom<serde_yaml::Mapping> for Files {
    type Error = serde_yaml::Error;

    /// The kinds come in the order in which they were written.
    fn try_from(files: serde_yaml::Mapping) -> Result<Self, serde_yaml::Error> {
        let mut kinds = Vec::new();
        let mut patterns = Vec::new();
        for (kind, paths) in files {
            let kind: FileKind = serde_yaml::from_value(kind)?;
            let paths: Vec<String> = serde_yaml::from_value(paths)?;
            kinds.extend(paths.iter().map(|_| kind));
            patterns.extend(paths);
        }
        let wanted = Wanted::new(patterns.iter().map(String::as_str));
        Ok(Self {
            globs: OrderedGlobs::new(&patterns).map_err(Self::Error::custom)?,
            kinds,
            wanted: wanted.map_err(Self::Error::custom)?,
            patterns,
        })
    }
}
