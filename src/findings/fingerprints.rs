//! Which findings of one tree another has too.

use std::collections::HashMap;

use crate::finding::{Finding, Severity};

/// The faults that a tree has: how bad each is, as often as it occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprints(HashMap<u64, Vec<Severity>>);

impl Fingerprints {
    /// Those of `findings`.
    pub fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let mut fingerprints = Self::default();
        for finding in findings {
            let faults = fingerprints.0.entry(finding.identity()).or_default();
            faults.push(finding.nature.severity);
        }
        fingerprints
    }

    /// Whether `finding` is among them, as bad as it is or worse.
    pub(crate) fn has(&self, finding: &Finding) -> bool {
        let own = finding.nature.severity;
        let faults = self.0.get(&finding.identity());
        faults.is_some_and(|faults| faults.iter().any(|severity| *severity >= own))
    }

    /// Those of `findings` that occur more often than here, however bad they are: what these no longer
    /// have.
    pub(crate) fn gone(
        mut self,
        findings: impl IntoIterator<Item = Finding>,
    ) -> impl Iterator<Item = Finding> {
        let findings = findings.into_iter();
        findings.filter(move |finding| {
            let faults = self.0.get_mut(&finding.identity());
            faults.and_then(Vec::pop).is_none()
        })
    }

    /// How bad the faults of this identity are.
    pub(super) fn severities(&self, identity: u64) -> Vec<Severity> {
        self.0.get(&identity).cloned().unwrap_or_default()
    }
}

/// Takes away a fault that is as bad as `own`, or else the one that is least worse; `false` when there
/// is none.
pub(super) fn take(faults: &mut Vec<Severity>, own: Severity) -> bool {
    let as_bad = faults.iter().enumerate();
    let as_bad = as_bad.filter(|(_, severity)| **severity >= own);
    let least = as_bad.min_by_key(|(_, severity)| **severity);
    least.map(|(at, _)| at).is_some_and(|at| {
        faults.swap_remove(at);
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Draft, Place};
    use crate::tree::RepoPath;

    fn finding(message: &str, severity: Severity) -> Finding {
        let place = Place::whole_file(&RepoPath::new("a"));
        Draft::new(place, "thing", message).into_finding("rule", severity)
    }

    #[test]
    fn a_fault_that_became_worse_is_another_and_the_old_one_is_not_gone() {
        let hint = finding("nobody reads `a`", Severity::Hint);
        let warning = finding("nobody reads `b`", Severity::Warning);
        let old = Fingerprints::of([&hint]);
        assert!(old.has(&hint) && !old.has(&warning));
        assert_eq!(Fingerprints::of([&warning]).gone([hint.clone()]).count(), 0);
        assert_ne!(hint.fingerprint(), warning.fingerprint());
        assert!(Fingerprints::of([&warning]).has(&hint));
    }

    #[test]
    fn another_fault_of_the_same_thing_is_another() {
        let [one, other] =
            ["`a` has no key", "`a` is no name"].map(|text| finding(text, Severity::Error));
        assert!(!Fingerprints::of([&one]).has(&other));
        let [one, other] =
            ["read by 1 job `a`", "read by 2 jobs"].map(|text| finding(text, Severity::Error));
        assert!(Fingerprints::of([&one]).has(&other));
    }

    #[test]
    fn what_is_exactly_as_bad_is_taken_first() {
        let mut faults = vec![Severity::Error, Severity::Hint, Severity::Warning];
        assert!(take(&mut faults, Severity::Warning));
        assert!(!faults.contains(&Severity::Warning));
        assert!(take(&mut faults, Severity::Warning));
        assert_eq!(faults, [Severity::Hint]);
        assert!(!take(&mut faults, Severity::Warning));
    }
}
