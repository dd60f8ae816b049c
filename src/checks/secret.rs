//! Rules about secrets and where they come from.

mod config;
mod gsm;
mod secretsync;
mod target_duplicate;
mod unusual;

use std::collections::BTreeMap;

use super::{Named, each_file, each_file_by_conventions, rule, rule_with, whole_checkout};
use crate::model::Text;
use crate::model::conventions::SecretNames;
use crate::syntax::kubernetes_name::is_dns_label;

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    rule_with("gsm-config", |params| {
        let params: gsm::GsmParams = params.read()?;
        Ok(each_file_by_conventions(
            move |file, conventions, drafts| params.check(file, conventions, drafts),
        ))
    }),
    rule("secret-config", || each_file_by_conventions(config::check)),
    rule("secret-target-duplicate", || {
        each_file(target_duplicate::in_one_file)
            .and(whole_checkout(target_duplicate::from_two_sources))
    }),
    rule("secret-unusual", || whole_checkout(unusual::unusual)),
    rule("secretsync-keys", || whole_checkout(secretsync::keys)),
];

/// The clusters of each group of one configuration.
type Groups<'c> = BTreeMap<&'c str, Vec<&'c Text>>;

fn by_name(groups: &[(Text, Vec<Text>)]) -> Groups<'_> {
    let mut named: Groups = BTreeMap::new();
    for (name, clusters) in groups {
        named.entry(&name.value).or_default().extend(clusters);
    }
    named
}

/// Whether no step can mount this secret, though it lies where steps look for it: ci-operator calls
/// its volume `NAMESPACE-NAME`, with `-` for dots (openshift/ci-tools pkg/validation/test.go,
/// `ValidateSecretInStep`).
fn is_unfit_for_steps(names: &SecretNames, namespace: &str, name: &str) -> bool {
    names.step_namespaces.iter().any(|own| own == namespace)
        && !is_dns_label(&format!("{namespace}-{name}").replace('.', "-"))
}

/// The topic of what follows when an entry that is to make this secret does not.
pub(in crate::checks) fn spoilt(name: &str) -> String {
    format!("the entry of secret {name} is wrong")
}

/// The topic of what follows from a cluster that nothing but a secret names.
pub(in crate::checks) fn odd_cluster(name: &str) -> String {
    format!("cluster {name}")
}
