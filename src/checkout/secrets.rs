//! Which secrets exist, as far as the checkout and the user's indexes tell.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::finding::Place;
use crate::model::gsm::GsmConfig;
use crate::model::secret_bootstrap::SecretBootstrap;
use crate::model::secretsync::Entry;
use crate::model::{File, Statements, Text};
use crate::tree::RepoPath;

use super::Inputs;

/// All known secrets.
#[derive(Debug, Default)]
pub struct Secrets {
    /// The secrets, by source and in file order.
    pub known: Vec<Secret>,
    /// Indexes of Vault that the user gave, each with its name.
    pub indexes: Vec<(RepoPath, Vec<Entry>)>,
    /// Whether the checkout says which secrets the platform makes: ci-secret-bootstrap's
    /// configuration or that of Google Secret Manager.
    pub has_bootstrap: bool,
    /// Whether that configuration speaks of Vault.
    pub knows_vault: bool,
}

/// A secret in one or more clusters.
#[derive(Debug)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// The namespace it lies in; empty where that is not said.
    pub namespace: String,
    /// The clusters it lies in; `None` for all.
    pub clusters: Option<BTreeSet<String>>,
    /// Its keys, where they are known.
    pub keys: Option<Vec<String>>,
    /// Where it is defined, unless in an index.
    pub place: Option<Place>,
}

impl Secret {
    /// Whether it lies in this cluster.
    #[must_use]
    pub fn is_in(&self, cluster: &str) -> bool {
        let clusters = self.clusters.as_ref();
        clusters.is_none_or(|clusters| clusters.contains(cluster))
    }
}

impl Secrets {
    /// Whether [`Secrets::join`] looks at a file.
    pub(super) fn reads(file: &File) -> bool {
        matches!(
            file.statements,
            Statements::SecretBootstrap(_) | Statements::Gsm(_)
        )
    }

    /// Joins all sources of secrets.
    pub(super) fn join(files: &[Arc<File>], inputs: &Inputs) -> Self {
        let mut secrets = Self {
            indexes: inputs.secretsync.clone(),
            ..Self::default()
        };
        for file in files.iter().filter(|file| Self::reads(file)) {
            match &file.statements {
                Statements::SecretBootstrap(config) => secrets.add_bootstrap(file, config),
                Statements::Gsm(config) => secrets.add_gsm(file, config),
                _ => {}
            }
        }
        for (_, entries) in &inputs.secretsync {
            secrets.known.extend(entries.iter().flat_map(synced));
        }
        secrets
    }

    fn add_bootstrap(&mut self, file: &Arc<File>, config: &SecretBootstrap) {
        self.has_bootstrap |= !config.secrets.is_empty();
        self.knows_vault |= config.knows_vault;
        for secret in &config.secrets {
            let keys: Vec<String> = secret
                .from
                .iter()
                .map(|k| k.name.value.to_string())
                .collect();
            for target in &secret.to {
                let (Some(name), Some(namespace)) = (&target.name, &target.namespace) else {
                    continue;
                };
                let groups: Vec<&str> = target.groups.iter().map(|group| &*group.value).collect();
                let clusters = target
                    .cluster
                    .iter()
                    .map(|cluster| cluster.value.to_string());
                self.known.push(Secret {
                    name: name.value.to_string(),
                    namespace: namespace.value.to_string(),
                    clusters: Some(clusters.chain(members(&config.groups, &groups)).collect()),
                    keys: Some(keys.clone()),
                    place: Some(Place::new(&file.path, name.span)),
                });
            }
        }
    }

    fn add_gsm(&mut self, file: &Arc<File>, config: &GsmConfig) {
        self.has_bootstrap |= !config.bundles.is_empty();
        for bundle in &config.bundles {
            if bundle.targets.is_empty() {
                // Known, and no more: where it goes is not said.
                self.known.push(Secret {
                    name: bundle.name.value.to_string(),
                    namespace: String::new(),
                    clusters: None,
                    keys: None,
                    place: Some(Place::new(&file.path, bundle.name.span)),
                });
            }
            for target in &bundle.targets {
                let groups: Vec<&str> = target.groups.iter().map(|group| &*group.value).collect();
                let clusters = target
                    .cluster
                    .iter()
                    .map(|cluster| cluster.value.to_string());
                let clusters: BTreeSet<String> =
                    clusters.chain(members(&config.groups, &groups)).collect();
                self.known.push(Secret {
                    name: bundle.name.value.to_string(),
                    namespace: target
                        .namespace
                        .as_ref()
                        .map_or_else(String::new, |namespace| namespace.value.to_string()),
                    // The names of cluster groups may be shared with the bootstrap configuration.
                    clusters: (!clusters.is_empty()).then_some(clusters),
                    keys: None,
                    place: Some(Place::new(&file.path, bundle.name.span)),
                });
            }
        }
    }

    /// The secrets of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<&Secret> {
        let secrets = self.known.iter();
        secrets.filter(|secret| secret.name == name).collect()
    }

    /// Whether the user gave an index of Vault, so that what is not found does not exist.
    #[must_use]
    pub fn has_index(&self) -> bool {
        !self.indexes.is_empty()
    }
}

/// The clusters of the named groups.
fn members(groups: &[(Text, Vec<Text>)], named: &[&str]) -> Vec<String> {
    groups
        .iter()
        .filter(|(name, _)| named.contains(&&*name.value))
        .flat_map(|(_, clusters)| clusters.iter().map(|cluster| cluster.value.to_string()))
        .collect()
}

/// The secrets that an entry of an index makes: one for each of its namespaces.
fn synced(entry: &Entry) -> Vec<Secret> {
    let (Some(name), Some(namespaces)) = (&entry.name, &entry.namespace) else {
        return Vec::new();
    };
    let clusters: BTreeSet<String> = entry
        .clusters
        .iter()
        .flat_map(|clusters| clusters.split(','))
        .map(str::trim)
        .filter(|cluster| !cluster.is_empty())
        .map(str::to_owned)
        .collect();
    namespaces
        .split(',')
        .map(|namespace| Secret {
            name: name.clone(),
            namespace: namespace.trim().to_owned(),
            clusters: (!clusters.is_empty()).then(|| clusters.clone()),
            keys: Some(entry.keys.clone()),
            place: None,
        })
        .collect()
}
