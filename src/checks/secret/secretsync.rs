//! Keys of a secretsync index that secretsync cannot use.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::is_unfit_for_steps;
use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::finding::{Draft, Place};
use crate::limits::MAX_SECRETSYNC_NAMES;
use crate::model::conventions::SecretNames;
use crate::model::secretsync::Entry;
use crate::syntax::kubernetes_name::{is_label_value, is_qualified_name};

/// `secretsync-keys`: what secretsync or Vault does not take.
pub(super) fn keys(checkout: &Checkout, drafts: &mut Drafts) {
    let mut claimed = HashMap::new();
    for (path, entries) in &checkout.secrets().indexes {
        for entry in entries {
            let name = entry.name.as_deref().unwrap_or_default();
            for (key, message) in faults(entry, &checkout.conventions.secrets) {
                let entity = format!("{} {name} {key}", entry.number);
                let message = format!("{key} of secret {} {message}", called(entry));
                drafts.push(Draft::new(Place::whole_file(path), entity, message).help(
                    "Vault refuses such a value when it is written, or the secret is never synced; \
                     correct it there",
                ));
            }
            for (key, first) in claims(entry, &mut claimed) {
                let entity = format!("{} {name} {key} is claimed", entry.number);
                let message = format!(
                    "`{key}` of secret {} is claimed by secret {} already",
                    called(entry),
                    called(first)
                );
                drafts.push(Draft::new(Place::whole_file(path), entity, message).help(
                    "both write the same key of the same secret, and Vault refuses the second; give \
                     one of them another key or target",
                ));
            }
        }
    }
}

/// A key of a secret: name, namespace, key.
type Claim<'e> = (&'e str, &'e str, &'e str);

/// The keys of an entry that an earlier one writes too, with that one (openshift/ci-tools
/// cmd/vault-subpath-proxy, `validateKeysDontConflict`).
fn claims<'e>(
    entry: &'e Entry,
    claimed: &mut HashMap<Claim<'e>, &'e Entry>,
) -> Vec<(&'e str, &'e Entry)> {
    let mut conflicts = BTreeMap::new();
    let name = entry.name.as_deref().unwrap_or_default();
    let namespaces: BTreeSet<&str> = entry
        .namespace
        .iter()
        .flat_map(|list| list.split(','))
        .filter(|namespace| !namespace.is_empty() && !name.is_empty())
        .take(MAX_SECRETSYNC_NAMES)
        .collect();
    for namespace in namespaces {
        for key in entry.keys.iter().take(MAX_SECRETSYNC_NAMES) {
            let first = *claimed.entry((name, namespace, key)).or_insert(entry);
            if !std::ptr::eq(first, entry) {
                conflicts.entry(key.as_str()).or_insert(first);
            }
        }
    }
    conflicts.into_iter().collect()
}

fn called(entry: &Entry) -> String {
    match &entry.name {
        Some(name) => format!("{} (`{name}`)", entry.number),
        None => entry.number.to_string(),
    }
}

fn faults(entry: &Entry, names: &SecretNames) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let mut fault = |key: &str, message: String| faults.push((format!("`{key}`"), message));
    match entry.namespace.as_deref() {
        None => fault("secretsync/target-namespace", "is missing".to_owned()),
        Some(list) => {
            for namespace in list
                .split(',')
                .filter(|one| !names.vault_name.is_match(one))
            {
                fault(
                    "secretsync/target-namespace",
                    format!("holds `{namespace}`, which is no namespace"),
                );
            }
        }
    }
    match entry.name.as_deref() {
        None => fault("secretsync/target-name", "is missing".to_owned()),
        Some(name) if !names.vault_name.is_match(name) => fault(
            "secretsync/target-name",
            "is not made of lower case letters, digits and `-` alone".to_owned(),
        ),
        Some(_) => {}
    }
    let clusters = entry.clusters.as_deref().unwrap_or_default();
    let is_blank = |cluster: &str| cluster.is_empty() || cluster.contains(char::is_whitespace);
    if !clusters.is_empty() && clusters.split(',').any(is_blank) {
        fault(
            "secretsync/target-clusters",
            format!("is `{clusters}`, which is no list of clusters with commas between"),
        );
    }
    for label in entry.labels.iter().flat_map(|labels| labels.split(',')) {
        let is_label = label
            .split_once(':')
            .is_some_and(|(key, value)| is_qualified_name(key) && is_label_value(value));
        if !is_label {
            fault(
                "secretsync/target-labels",
                format!("holds `{label}`, which is no label as `key:value`"),
            );
        }
    }
    let name = entry.name.as_deref().unwrap_or_default();
    let namespace = entry.namespace.as_deref().unwrap_or_default();
    if is_unfit_for_steps(names, namespace, name) {
        fault(
            "secretsync/target-name",
            format!("is too long or odd for namespace `{namespace}`, where steps mount it"),
        );
    }
    for key in &entry.unknown {
        fault(key, "is none of secretsync's keys".to_owned());
    }
    for key in entry.keys.iter().filter(|key| !names.key.is_match(key)) {
        fault(key, "cannot be a key of a secret".to_owned());
    }
    faults
}
