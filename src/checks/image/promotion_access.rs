//! Promotions to namespaces that nobody may pull from.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::{Drafts, Look};
use crate::finding::{Draft, Place};
use crate::model::Statements;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct PromotionAccess {
    /// Namespaces whose access is arranged elsewhere.
    exempt: Vec<String>,
}

impl Look for PromotionAccess {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        if checkout.access.folders.is_empty() {
            return; // a part of a checkout, which says nothing about access
        }
        let mut may_be_pulled: HashMap<&str, bool> = HashMap::new();
        for file in checkout.files() {
            let Statements::CiConfig(config) = &file.statements else {
                continue;
            };
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for target in config.targets(&checkout.layout).filter(|t| !t.disabled) {
                let Some(namespace) = &target.namespace else {
                    continue;
                };
                let name = &*namespace.value;
                // A folder that grants nothing is `registry-access-pull`'s business.
                let is_listed = checkout.access.folders.contains_key(name)
                    || self.exempt.iter().any(|exempt| exempt == name);
                if is_listed || !seen.insert(name) {
                    continue;
                }
                if *may_be_pulled
                    .entry(name)
                    .or_insert_with(|| !checkout.access.pullers(name).is_empty())
                {
                    continue;
                }
                drafts.push(
                    Draft::new(
                        Place::new(&file.path, namespace.span),
                        name,
                        format!("nobody is granted to pull from namespace `{name}`"),
                    )
                    .help(format!(
                        "add `clusters/app.ci/registry-access/{name}/` with an OWNERS file and an \
                         `admin_manifest.yaml` that binds `system:image-puller`, for example to \
                         `system:authenticated`"
                    )),
                );
            }
        }
    }
}
