//! Keys of a secretsync index that secretsync cannot use.

use regex::Regex;
use serde::Deserialize;

use super::{Check, Drafts, params};
use crate::checkout::Checkout;
use crate::finding::{Draft, Place};
use crate::model::secretsync::Entry;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretsyncKeys {
    /// What a name and a namespace look like.
    #[serde(deserialize_with = "params::pattern")]
    label: Regex,
    /// What any other key looks like.
    #[serde(deserialize_with = "params::pattern")]
    key: Regex,
}

impl Check for SecretsyncKeys {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for (path, entries) in &checkout.secrets.indexes {
            for entry in entries {
                for (key, message) in self.faults(entry) {
                    let name = entry.name.as_deref().unwrap_or_default();
                    let entity = format!("{} {name} {key}", entry.number);
                    let message = format!("{key} of secret {} {message}", called(entry));
                    drafts.push(Draft::new(Place::whole_file(path), entity, message).help(
                        "Vault refuses such a value when it is written, or the secret is never \
                             synced; correct it there",
                    ));
                }
            }
        }
    }
}

fn called(entry: &Entry) -> String {
    match &entry.name {
        Some(name) => format!("{} (`{name}`)", entry.number),
        None => entry.number.to_string(),
    }
}

impl SecretsyncKeys {
    fn faults(&self, entry: &Entry) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut fault = |key: &str, message: String| faults.push((format!("`{key}`"), message));
        match entry.namespace.as_deref() {
            None => fault("secretsync/target-namespace", "is missing".to_owned()),
            Some(list) => {
                for namespace in list.split(',').filter(|one| !self.label.is_match(one)) {
                    fault(
                        "secretsync/target-namespace",
                        format!("holds `{namespace}`, which is no namespace"),
                    );
                }
            }
        }
        match entry.name.as_deref() {
            None => fault("secretsync/target-name", "is missing".to_owned()),
            Some(name) if !self.label.is_match(name) => fault(
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
        for key in &entry.unknown {
            fault(key, "is none of secretsync's keys".to_owned());
        }
        for key in entry.keys.iter().filter(|key| !self.key.is_match(key)) {
            fault(key, "cannot be a key of a secret".to_owned());
        }
        faults
    }
}
