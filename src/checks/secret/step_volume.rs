//! Volumes that ci-operator makes for the secrets of steps (openshift/ci-tools
//! pkg/validation/test.go, `ValidateSecretInStep`).

use serde::Deserialize;

use crate::syntax::kubernetes_name::is_dns_label;

/// Where the secrets of steps lie; their volumes are called `NAMESPACE-NAME`, with `-` for dots.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::checks) struct StepVolumes {
    namespaces: Vec<String>,
}

impl StepVolumes {
    /// Whether a step could not mount this secret, though it lies where steps look for it.
    pub(in crate::checks) fn is_unfit(&self, namespace: &str, name: &str) -> bool {
        self.namespaces.iter().any(|own| own == namespace)
            && !is_dns_label(&format!("{namespace}-{name}").replace('.', "-"))
    }
}
