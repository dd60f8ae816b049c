//! What things in Google Secret Manager may be called (openshift/ci-tools pkg/gsm-validation).

use std::collections::BTreeSet;

use regex::Regex;
use serde::Deserialize;

use crate::checks::params;
use crate::model::conventions::{CollectionName, SecretNames};
use crate::model::gsm::{CLUSTER, decoded};

/// What groups and fields may be called.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    /// A group in a collection.
    #[serde(deserialize_with = "params::pattern")]
    group: Regex,
    /// A field of a group.
    #[serde(deserialize_with = "params::pattern")]
    field: Regex,
    /// Its longest name.
    max_field: usize,
}

/// The grammar of each kind of name.
pub(super) struct Grammar<'c> {
    /// What this rule alone needs.
    pub own: &'c Names,
    /// What others need as well.
    pub conventions: &'c SecretNames,
}

/// What stands between the parts of a secret's full name, so that no part may hold it.
const DELIMITER: &str = "__";

impl Grammar<'_> {
    /// What is wrong with the name of a collection.
    pub(super) fn collection(&self, name: &str) -> Option<String> {
        let CollectionName {
            name: pattern,
            longest,
        } = &self.conventions.collection;
        wrong(name, pattern, Some(*longest))
    }

    /// What is wrong with the name of a group.
    pub(super) fn group(&self, name: &str) -> Option<String> {
        wrong(name, &self.own.group, None)
    }

    /// What is wrong with the name of a field.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        wrong(name, &self.own.field, Some(self.own.max_field))
    }

    /// What is wrong with the name of a field that is written for each of these clusters.
    pub(super) fn field_for(&self, name: &str, clusters: &BTreeSet<&str>) -> Option<String> {
        if !name.contains(CLUSTER) || clusters.is_empty() {
            return self.field(name);
        }
        clusters.iter().find_map(|cluster| {
            // An over-long name needs no writing out.
            let why = if name.len() > self.own.max_field {
                self.field(name)
            } else {
                self.field(&name.replace(CLUSTER, cluster))
            };
            Some(format!("{} for cluster `{cluster}`", why?))
        })
    }

    /// What is wrong with a key, before it is decoded.
    pub(super) fn key(&self, name: &str) -> Option<String> {
        let decoded = decoded(name);
        if name.is_empty() || self.conventions.key.is_match(&decoded) && decoded != ".." {
            None
        } else if decoded == name {
            Some("which cannot be a key of a secret".to_owned())
        } else {
            Some(format!("which means `{decoded}` and cannot be a key"))
        }
    }
}

fn wrong(name: &str, pattern: &Regex, max: Option<usize>) -> Option<String> {
    if let Some(max) = max.filter(|max| name.len() > *max) {
        return Some(format!("which has more than {max} characters"));
    }
    if name.contains(DELIMITER) {
        return Some(format!("which holds `{DELIMITER}`, as no name may"));
    }
    if name.starts_with('_') || name.ends_with('_') {
        return Some("which starts or ends with `_`".to_owned());
    }
    let is_sound = !name.is_empty() && pattern.is_match(name);
    (!is_sound).then(|| "which is no name there".to_owned())
}
