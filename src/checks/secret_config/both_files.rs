//! Secrets that come from Vault and from Google Secret Manager (openshift/ci-tools
//! cmd/ci-secret-bootstrap, `validateGSMVaultConflicts`).

use std::collections::{BTreeMap, BTreeSet};

use super::super::Drafts;
use super::super::listing::listed;
use crate::checkout::Checkout;
use crate::finding::{Draft, Place};
use crate::limits::MAX_SECRET_CLUSTERS;
use crate::model::{Statements, Text};

/// The clusters of each group of one configuration.
type Groups<'c> = BTreeMap<&'c str, Vec<&'c Text>>;

pub(super) fn duplicates(checkout: &Checkout, drafts: &mut Drafts) {
    let mut made: BTreeMap<(&str, &str), BTreeMap<&str, Place>> = BTreeMap::new();
    for file in checkout.files() {
        let Statements::SecretBootstrap(config) = &file.statements else {
            continue;
        };
        let groups = by_name(&config.groups);
        for target in config.secrets.iter().flat_map(|secret| &secret.to) {
            let (Some(namespace), Some(name)) = (&target.namespace, &target.name) else {
                continue;
            };
            let to = made.entry((&namespace.value, &name.value)).or_default();
            for cluster in clusters(target.cluster.as_ref(), &target.groups, &groups) {
                to.entry(cluster)
                    .or_insert_with(|| Place::new(&file.path, name.span));
            }
        }
    }
    if made.is_empty() {
        return;
    }
    for file in checkout.files() {
        let Statements::Gsm(config) = &file.statements else {
            continue;
        };
        let groups = by_name(&config.groups);
        for bundle in config.bundles.iter().filter(|bundle| bundle.is_synced) {
            let Some(name) = &bundle.name else {
                continue;
            };
            for target in &bundle.targets {
                let Some(namespace) = &target.namespace else {
                    continue;
                };
                let Some(to) = made.get(&(&*namespace.value, &*name.value)) else {
                    continue;
                };
                let own = clusters(target.cluster.as_ref(), &target.groups, &groups);
                let twice = own.into_iter().filter(|cluster| to.contains_key(cluster));
                let twice: Vec<&str> = twice.collect();
                let Some(first) = twice.first().and_then(|cluster| to.get(cluster)) else {
                    continue;
                };
                let clusters = listed(twice.iter().copied(), ", ");
                drafts.push(
                    Draft::new(
                        Place::new(&file.path, name.span),
                        format!("{}/{}", namespace.value, name.value),
                        format!(
                            "secret `{}` in namespace `{}` of cluster {clusters} comes from Vault too",
                            name.value, namespace.value
                        ),
                    )
                    .help("ci-secret-bootstrap refuses that; remove one of the two")
                    .related(first.clone(), "made from Vault here"),
                );
            }
        }
    }
}

fn by_name(groups: &[(Text, Vec<Text>)]) -> Groups<'_> {
    let mut named: Groups = BTreeMap::new();
    for (name, clusters) in groups {
        named.entry(&name.value).or_default().extend(clusters);
    }
    named
}

/// The clusters that a target names, of many the first ones.
fn clusters<'c>(
    own: Option<&'c Text>,
    named: &'c [Text],
    groups: &Groups<'c>,
) -> BTreeSet<&'c str> {
    let of_groups = named.iter().filter_map(|group| groups.get(&*group.value));
    let clusters = own.into_iter().chain(of_groups.flatten().copied());
    clusters
        .take(MAX_SECRET_CLUSTERS)
        .map(|cluster| &*cluster.value)
        .collect()
}
