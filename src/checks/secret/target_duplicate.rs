//! Secrets that are made twice.

use std::collections::{BTreeMap, BTreeSet};

use super::{Groups, by_name};
use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::checks::listing::listed;
use crate::finding::{Draft, Place};
use crate::limits::MAX_SECRET_CLUSTERS;
use crate::model::secret_bootstrap::{SecretBootstrap, Target};
use crate::model::{File, FileKind, Statements, Text};
use crate::syntax::span::Span;

/// `secret-target-duplicate`: one that ci-secret-bootstrap makes twice.
pub(super) fn in_one_file(file: &File, drafts: &mut Drafts) {
    let Statements::SecretBootstrap(config) = &file.statements else {
        return;
    };
    let groups = by_name(&config.groups);
    twice_in_groups(file, config, &groups, drafts);
    let mut named: BTreeMap<(&str, &str), Vec<(&Target, Span)>> = BTreeMap::new();
    for target in config.secrets.iter().flat_map(|secret| &secret.to) {
        if let (Some(namespace), Some(name)) = (&target.namespace, &target.name) {
            let of_name = named.entry((&namespace.value, &name.value)).or_default();
            of_name.push((target, name.span));
        }
    }
    for ((namespace, name), targets) in named.iter().filter(|(_, targets)| targets.len() > 1) {
        let mut made: BTreeMap<&str, Span> = BTreeMap::new();
        for (target, span) in targets {
            let mut twice: BTreeMap<Span, Vec<&str>> = BTreeMap::new();
            for cluster in clusters(target.cluster.as_ref(), &target.groups, &groups) {
                match made.get(cluster) {
                    Some(first) => twice.entry(*first).or_default().push(cluster),
                    None => {
                        made.insert(cluster, *span);
                    }
                }
            }
            for (first, clusters) in twice {
                let clusters = listed(clusters, ", ");
                drafts.push(
                    Draft::new(
                        Place::new(&file.path, *span),
                        format!("{namespace}/{name}"),
                        format!(
                            "secret `{name}` in namespace `{namespace}` is made twice for cluster {clusters}"
                        ),
                    )
                    .help(
                        "the two overwrite each other, or are refused; remove one, or merge their \
                         keys",
                    )
                    .related(Place::new(&file.path, first), "made here first"),
                );
            }
        }
    }
}

/// What comes of a cluster that one target has twice (openshift/ci-tools cmd/ci-secret-bootstrap,
/// `validateCompletedOptions`).
const REFUSED: &str = "ci-secret-bootstrap finds each of these secrets listed twice and fails on the whole file; \
     remove it from one";

/// Clusters that one target has twice: in one group, or in two.
fn twice_in_groups(
    file: &File,
    config: &SecretBootstrap,
    groups: &Groups<'_>,
    drafts: &mut Drafts,
) {
    let targets = || config.secrets.iter().flat_map(|secret| &secret.to);
    let used = targets().flat_map(|target| &target.groups);
    let used: BTreeSet<&str> = used.map(|group| &*group.value).collect();
    for (group, clusters) in groups.iter().filter(|(group, _)| used.contains(**group)) {
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        for cluster in clusters {
            let name = &*cluster.value;
            let Some(first) = first.get(name) else {
                first.insert(name, cluster.span);
                continue;
            };
            let message = format!("cluster group `{group}` has `{name}` twice");
            let place = Place::new(&file.path, cluster.span);
            drafts.push(
                Draft::new(place, format!("{group} {name}"), message)
                    .help(REFUSED)
                    .related(Place::new(&file.path, *first), "the other one"),
            );
        }
    }
    for target in targets().filter(|target| target.groups.len() > 1) {
        let mut first: BTreeMap<&str, &Text> = BTreeMap::new();
        let mut left = MAX_SECRET_CLUSTERS;
        for group in &target.groups {
            let clusters = groups.get(&*group.value).into_iter().flatten();
            let clusters = clusters.take(left).map(|cluster| &*cluster.value);
            let clusters: BTreeSet<&str> = clusters.collect();
            left -= clusters.len();
            let twice = clusters.iter().find_map(|cluster| {
                let before = first.get(cluster)?;
                Some((*cluster, *before))
            });
            if let Some((cluster, before)) = twice {
                let (before_name, name) = (&before.value, &group.value);
                let message = match before_name == name {
                    true => format!("cluster group `{name}` stands here twice"),
                    false => format!("cluster `{cluster}` is in `{before_name}` and in `{name}`"),
                };
                let secret = target.name.as_ref().map_or("", |name| &name.value);
                let place = Place::new(&file.path, group.span);
                drafts.push(
                    Draft::new(place, format!("{secret} {name} {cluster}"), message)
                        .help(REFUSED)
                        .related(Place::new(&file.path, before.span), "the other group"),
                );
            }
            for cluster in clusters {
                first.entry(cluster).or_insert(group);
            }
        }
    }
}

/// `secret-target-duplicate`: one that comes from Vault and from Google Secret Manager
/// (openshift/ci-tools cmd/ci-secret-bootstrap, `validateGSMVaultConflicts`).
pub(super) fn from_two_sources(checkout: &Checkout, drafts: &mut Drafts) {
    let mut made: BTreeMap<(&str, &str), BTreeMap<&str, Place>> = BTreeMap::new();
    for file in checkout.files_of(&[FileKind::SecretBootstrap]) {
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
    for file in checkout.files_of(&[FileKind::GsmConfig]) {
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
                let mut twice = clusters(target.cluster.as_ref(), &target.groups, &groups);
                twice.retain(|cluster| to.contains_key(cluster));
                twice.sort_unstable();
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

/// The clusters that a target names, each once, of many the first ones.
fn clusters<'c>(own: Option<&'c Text>, named: &'c [Text], groups: &Groups<'c>) -> Vec<&'c str> {
    let of_groups = named.iter().filter_map(|group| groups.get(&*group.value));
    let clusters = own.into_iter().chain(of_groups.flatten().copied());
    // A cluster in two groups of one target is a finding of its own.
    let mut seen = BTreeSet::new();
    clusters
        .take(MAX_SECRET_CLUSTERS)
        .map(|cluster| &*cluster.value)
        .filter(|cluster| seen.insert(*cluster))
        .collect()
}
