//! The checkout without the open documents, to tell what they break that is not saved yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::checkout::Checkout;
use crate::finding::Finding;

/// The checkout as it is on disk.
pub struct OnDisk {
    /// Its files, joined.
    pub checkout: Arc<Checkout>,
    /// What is held back there, by fingerprint.
    pub held_back: BTreeMap<String, usize>,
}

/// How often each fingerprint occurs.
pub fn fingerprint_counts(findings: &[Finding]) -> BTreeMap<String, usize> {
    let mut fingerprint_counts = BTreeMap::new();
    for finding in findings {
        *fingerprint_counts.entry(finding.fingerprint()).or_default() += 1;
    }
    fingerprint_counts
}

/// The findings that are not among those `known`.
pub fn more_than(findings: Vec<Finding>, mut known: BTreeMap<String, usize>) -> Vec<Finding> {
    let is_new = |finding: &Finding| match known.get_mut(&finding.fingerprint()) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    findings.into_iter().filter(is_new).collect()
}
