//! Clusters, ci-operator configs, namespaces, secrets and what Prow takes for itself.

use serde::Deserialize;

use super::patterns::{self, Pattern};

/// Folders of manifests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clusters {
    /// The folder of all clusters.
    #[serde(deserialize_with = "patterns::folder")]
    pub all: String,
    /// That of the cluster behind the central registry.
    #[serde(deserialize_with = "patterns::folder")]
    pub central: String,
    /// The folder whose folders say who may pull what.
    #[serde(deserialize_with = "patterns::folder")]
    pub registry_access: String,
    /// Where ImageStreams of supplemental images lie.
    #[serde(deserialize_with = "patterns::folder")]
    pub supplemental_images: String,
}

/// The configs of ci-operator.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CiConfigs {
    /// Where they lie, in folders for organization and repository.
    #[serde(deserialize_with = "patterns::folder")]
    pub folder: String,
    /// Whose configs are copies.
    pub copies: Vec<CopiedConfigs>,
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

/// What a config is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigSubject<'p> {
    /// The organization.
    pub org: &'p str,
    /// The repository.
    pub repo: &'p str,
    /// The branch.
    pub branch: &'p str,
    /// The variant; empty for none.
    pub variant: &'p str,
}

impl CiConfigs {
    /// The path of the config that the one at `path` is a copy of, if it is one.
    #[must_use]
    pub fn original(&self, path: &str) -> Option<String> {
        let (org, below) = self.in_org(path)?;
        let of = &self.copies.iter().find(|copies| copies.org == org)?.of;
        let (repo, file) = below.split_once('/')?;
        let rest = file.strip_prefix(org)?;
        Some(format!("{}/{of}/{repo}/{of}{rest}", self.folder))
    }

    /// What the path of a config says it is for: openshift/ci-tools `pkg/config/load.go` `InfoFromPath`.
    /// Nothing for one that is not called after its folders.
    #[must_use]
    pub fn subject<'p>(&self, path: &'p str) -> Option<ConfigSubject<'p>> {
        let (org, below) = self.in_org(path)?;
        let (repo, file) = below.split_once('/')?;
        let name = file
            .strip_suffix(".yaml")
            .or_else(|| file.strip_suffix(".yml"))?;
        let rest = name.strip_prefix(org)?.strip_prefix('-')?;
        let rest = rest.strip_prefix(repo)?.strip_prefix('-')?;
        let (branch, variant) = match rest.rsplit_once("__") {
            Some((branch, variant)) => (branch, variant),
            None => (rest, ""),
        };
        let subject = ConfigSubject {
            org,
            repo,
            branch,
            variant,
        };
        (!branch.is_empty() && !file.contains('/')).then_some(subject)
    }

    /// Whether the file at `path` lies in a folder of a repository, in one of its organization, as every
    /// config does.
    #[must_use]
    pub fn is_in_repository(&self, path: &str) -> bool {
        self.in_org(path)
            .is_some_and(|(_, below)| below.matches('/').count() == 1)
    }

    /// Whether an organization of copies has the file at `path`.
    #[must_use]
    pub fn is_copy(&self, path: &str) -> bool {
        self.in_org(path)
            .is_some_and(|(org, _)| self.copies.iter().any(|copies| copies.org == org))
    }

    /// The organization of a config, and the path below it.
    fn in_org<'p>(&self, path: &'p str) -> Option<(&'p str, &'p str)> {
        let below = path.strip_prefix(&self.folder)?.strip_prefix('/')?;
        below.split_once('/')
    }
}

/// Namespaces.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Namespaces {
    /// Those that no image may be put into.
    pub forbidden: ForbiddenNamespaces,
    /// Those of release payloads, one stream for each version.
    pub payload: Vec<String>,
    /// Those of images that are not public yet.
    pub private: Pattern,
    /// The one that the release controller copies from, and that jobs read on app.ci.
    pub release: String,
    /// Those whose images are promoted to app.ci as well.
    pub promoted_to_app_ci: Vec<String>,
    /// Those whose pull access no manifest of the repository arranges.
    pub access_elsewhere: Vec<String>,
    /// Those that a cluster brings along, with objects that the repository does not have.
    pub of_cluster: Pattern,
    /// These, and those that the platform team keeps.
    pub of_platform: Pattern,
}

/// Namespaces that no image may be put into, by the way it is put there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForbiddenNamespaces {
    /// By a mapping file.
    pub mapping: NamespaceSet,
    /// By a promotion.
    pub promotion: NamespaceSet,
    /// By an ImageStream.
    pub image_stream: NamespaceSet,
}

/// Namespaces of which some are taken out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamespaceSet {
    /// What they are called.
    pub names: Pattern,
    /// Names that do not belong to them all the same.
    pub except: Vec<String>,
}

impl NamespaceSet {
    /// Whether `namespace` belongs to them.
    #[must_use]
    pub fn contains(&self, namespace: &str) -> bool {
        self.names.is_match(namespace) && !self.except.iter().any(|except| except == namespace)
    }
}

/// Secrets, in Vault and Google Secret Manager.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretNames {
    /// What push secrets are called, in front of the organisation.
    pub push_prefix: String,
    /// Names that secrets in Vault really have, so that one may well be there.
    pub usual: Pattern,
    /// What secretsync takes for a name or a namespace.
    pub vault_name: Pattern,
    /// What a key of a secret may be called.
    pub key: Pattern,
    /// What a collection of Google Secret Manager may be called.
    pub collection: CollectionName,
    /// Namespaces from which steps mount secrets.
    pub step_namespaces: Vec<String>,
}

/// What a collection may be called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectionName {
    /// The name as a whole.
    pub name: Pattern,
    /// Its length at most, in bytes.
    pub longest: usize,
}

/// What Prow does with jobs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prow {
    /// The namespace that jobs run in.
    pub namespace: String,
    /// What it calls things in a pod that it decorates.
    pub reserved: ReservedNames,
}

/// What Prow itself calls things in a pod.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReservedNames {
    /// Labels of a pod.
    pub labels: Vec<String>,
    /// Environment variables of a periodic job.
    pub variables: Vec<String>,
    /// Containers.
    pub containers: Vec<String>,
    /// Volumes.
    pub volumes: Vec<String>,
    /// Those of them that Prow mounts into the job's own container.
    pub mounts: Vec<String>,
    /// Where it mounts them.
    pub paths: Vec<String>,
}
