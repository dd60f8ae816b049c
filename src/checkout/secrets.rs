//! Which secrets exist, as far as the checkout and the user's indexes tell.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::finding::Place;
use crate::limits::MAX_BUNDLED_KEYS;
use crate::limits::MAX_SECRET_KEYS;
use crate::limits::MAX_SECRETS_OF_NAME;
use crate::model::gsm::{self, Bundle, GsmConfig, Reference};
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
    /// Which of them have which name.
    by_name: HashMap<String, Vec<usize>>,
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
    pub clusters: Option<Clusters>,
    /// Its keys, where they are known; in them [`gsm::CLUSTER`] stands for the cluster.
    pub keys: Option<Arc<[String]>>,
    /// Whether [`gsm::CLUSTER`] is in one of them.
    pub keys_name_cluster: bool,
    /// Where it is defined, unless in an index.
    pub place: Option<Place>,
}

impl Secret {
    /// Its keys in `cluster`, of many the first ones; nothing where they are not known.
    #[must_use]
    pub fn keys_in(&self, cluster: Option<&str>) -> Option<Cow<'_, [String]>> {
        let keys = self.keys.as_ref()?;
        if !self.keys_name_cluster {
            return Some(Cow::Borrowed(&keys[..keys.len().min(MAX_SECRET_KEYS)]));
        }
        let written = keys.iter().take(MAX_SECRET_KEYS).map(|key| {
            let is_plain = !key.contains(gsm::CLUSTER);
            if is_plain {
                Some(key.clone())
            } else {
                Some(key.replace(gsm::CLUSTER, cluster?))
            }
        });
        Some(Cow::Owned(written.collect::<Option<_>>()?))
    }

    /// Whether it lies in this cluster.
    #[must_use]
    pub fn is_in(&self, cluster: &str) -> bool {
        let clusters = self.clusters.as_ref();
        clusters.is_none_or(|clusters| clusters.sets().any(|set| set.contains(cluster)))
    }
}

/// Clusters: by their own names, and by groups that other secrets share.
#[derive(Debug, Default)]
pub struct Clusters {
    own: BTreeSet<String>,
    groups: Vec<Arc<BTreeSet<String>>>,
}

impl Clusters {
    fn sets(&self) -> impl Iterator<Item = &BTreeSet<String>> {
        let groups = self.groups.iter().map(|group| &**group);
        groups.chain([&self.own])
    }

    fn is_empty(&self) -> bool {
        self.sets().all(BTreeSet::is_empty)
    }

    /// The names of all.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        self.sets().flatten().map(String::as_str).collect()
    }
}

/// The groups of clusters of one configuration.
struct Groups(HashMap<String, Arc<BTreeSet<String>>>);

impl Groups {
    fn new(groups: &[(Text, Vec<Text>)]) -> Self {
        let mut clusters: HashMap<String, BTreeSet<String>> = HashMap::new();
        for (name, members) in groups {
            let members = members.iter().map(|cluster| cluster.value.to_string());
            let group = clusters.entry(name.value.to_string()).or_default();
            group.extend(members);
        }
        let shared = clusters.into_iter();
        Self(
            shared
                .map(|(name, group)| (name, Arc::new(group)))
                .collect(),
        )
    }

    /// The clusters that a target names.
    fn clusters(&self, own: Option<&Text>, groups: &[Text]) -> Clusters {
        let names: BTreeSet<&str> = groups.iter().map(|name| &*name.value).collect();
        let groups = names.into_iter().filter_map(|name| self.0.get(name));
        Clusters {
            own: own
                .map(|cluster| cluster.value.to_string())
                .into_iter()
                .collect(),
            groups: groups.cloned().collect(),
        }
    }
}

impl Secrets {
    /// Whether [`Secrets::build`] looks at a file.
    pub(super) fn reads(file: &File) -> bool {
        matches!(
            file.statements,
            Statements::SecretBootstrap(_) | Statements::Gsm(_)
        )
    }

    /// From all sources of secrets.
    pub(super) fn build(files: &[Arc<File>], inputs: &Inputs) -> Self {
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
        for (at, secret) in secrets.known.iter().enumerate() {
            let of_name = secrets.by_name.entry(secret.name.clone()).or_default();
            of_name.push(at);
        }
        secrets
    }

    fn add_bootstrap(&mut self, file: &Arc<File>, config: &SecretBootstrap) {
        self.has_bootstrap |= !config.secrets.is_empty();
        self.knows_vault |= config.knows_vault;
        let groups = Groups::new(&config.groups);
        for secret in &config.secrets {
            let keys = secret.from.iter().map(|key| key.name.value.to_string());
            let keys: Arc<[String]> = keys.collect();
            for target in &secret.to {
                let (Some(name), Some(namespace)) = (&target.name, &target.namespace) else {
                    continue;
                };
                self.known.push(Secret {
                    name: name.value.to_string(),
                    namespace: namespace.value.to_string(),
                    clusters: Some(groups.clusters(target.cluster.as_ref(), &target.groups)),
                    keys: Some(Arc::clone(&keys)),
                    keys_name_cluster: false,
                    place: Some(Place::new(&file.path, name.span)),
                });
            }
        }
    }

    fn add_gsm(&mut self, file: &Arc<File>, config: &GsmConfig) {
        self.has_bootstrap |= !config.bundles.is_empty();
        let groups = Groups::new(&config.groups);
        let components = config.components.iter();
        let components = components
            .map(|(name, references)| (&*name.value, references))
            .collect();
        let mut left = MAX_BUNDLED_KEYS;
        // What is not synced is mounted by ci-operator, and no secret of Kubernetes.
        for bundle in config.bundles.iter().filter(|bundle| bundle.is_synced) {
            let Some(name) = &bundle.name else {
                continue;
            };
            let keys = bundled_keys(bundle, &components, left);
            left -= keys.as_ref().map_or(0, |keys| keys.len());
            let mut named = keys.iter().flat_map(|keys| keys.iter());
            let keys_name_cluster = named.any(|key| key.contains(gsm::CLUSTER));
            for target in &bundle.targets {
                let clusters = groups.clusters(target.cluster.as_ref(), &target.groups);
                self.known.push(Secret {
                    name: name.value.to_string(),
                    namespace: target
                        .namespace
                        .as_ref()
                        .map_or_else(String::new, |namespace| namespace.value.to_string()),
                    // A group that is not defined is another rule's finding.
                    clusters: (!clusters.is_empty()).then_some(clusters),
                    keys: keys.clone(),
                    keys_name_cluster,
                    place: Some(Place::new(&file.path, name.span)),
                });
            }
        }
    }

    /// The secrets of this name, by source and in file order: the first of them, where a name is
    /// given absurdly often.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<&Secret> {
        let known = self.by_name.get(name).into_iter().flatten();
        known
            .take(MAX_SECRETS_OF_NAME)
            .map(|&at| &self.known[at])
            .collect()
    }

    /// The clusters that secrets go to, each as often as an entry or a group names it; what all secrets
    /// of a group share counts once.
    pub fn clusters(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        let clusters = self
            .known
            .iter()
            .filter_map(|secret| secret.clusters.as_ref());
        clusters.flat_map(move |clusters| {
            let groups = clusters.groups.iter();
            let new = groups.filter(|group| seen.insert(Arc::as_ptr(group)));
            let sets: Vec<_> = new.map(|group| &**group).chain([&clusters.own]).collect();
            sets.into_iter().flatten().map(String::as_str)
        })
    }

    /// Whether the user gave an index of Vault, so that what is not found does not exist.
    #[must_use]
    pub fn has_index(&self) -> bool {
        !self.indexes.is_empty()
    }
}

/// The keys of a bundle, at most so many; nothing where it takes whole groups, whatever they hold
/// (openshift/ci-tools cmd/ci-secret-bootstrap, `fetchUserSecrets`).
fn bundled_keys(
    bundle: &Bundle,
    components: &BTreeMap<&str, &Vec<Reference>>,
    max: usize,
) -> Option<Arc<[String]>> {
    let mut keys = Vec::new();
    let of_components = bundle.components.iter();
    let of_components = of_components.filter_map(|name| components.get(&*name.value));
    let references = bundle
        .references
        .iter()
        .chain(of_components.copied().flatten());
    for reference in references {
        if reference.fields.is_empty() || keys.len() + reference.fields.len() > max {
            return None;
        }
        keys.extend(reference.fields.iter().filter_map(gsm::Field::key));
    }
    let config = bundle.docker_config.as_ref();
    keys.extend(config.map(|config| config.key().to_owned()));
    Some(keys.into())
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
    let clusters = Arc::new(clusters);
    let keys: Arc<[String]> = entry.keys.iter().cloned().collect();
    namespaces
        .split(',')
        .map(|namespace| Secret {
            name: name.clone(),
            namespace: namespace.trim().to_owned(),
            clusters: (!clusters.is_empty()).then(|| Clusters {
                own: BTreeSet::new(),
                groups: vec![Arc::clone(&clusters)],
            }),
            keys: Some(Arc::clone(&keys)),
            keys_name_cluster: false,
            place: None,
        })
        .collect()
}
