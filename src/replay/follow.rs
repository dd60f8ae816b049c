//! What becomes of findings in the commits that follow.
//!
//! A finding of a tree is there as long as the tree has as many of its fingerprint as when it came: of
//! several that are alike, the last to come is the first to go. What a change takes away from others is
//! found in no tree by itself; the check that found it says how to see whether it is still missing
//! (`Check::still_broken`). Nothing is known to be gone while its file does not parse, or its rule is off.

use std::collections::{BTreeSet, HashMap};

use super::standing::Standing;
use crate::checks::{StillBroken, is_about_text};
use crate::finding::Finding;
use crate::model::File;
use crate::tree::RepoPath;

/// The findings that are not gone yet.
#[derive(Default)]
pub(super) struct Followed(Vec<Open>);

/// The number of a commit among those that brought something, and of a finding among what it brought.
type Number = (usize, usize);

struct Open {
    number: Number,
    /// With the path that its file has by now.
    finding: Finding,
    how: How,
}

/// How to see whether a finding is still there.
enum How {
    /// The tree has at least so many of its fingerprint.
    Count(usize),
    /// The check tells.
    Ask(StillBroken),
}

impl Followed {
    /// Looks for the findings in the tree after another commit, which gave files the paths that `moves`
    /// tells. Returns those that are gone.
    pub(super) fn advance(
        &mut self,
        standing: &Standing,
        moves: &HashMap<RepoPath, RepoPath>,
    ) -> Vec<Number> {
        for open in &mut self.0 {
            if let Some(path) = moves.get(&open.finding.place.path) {
                open.finding.place.path = path.clone();
            }
        }
        let counts = counts(standing, self.0.iter().map(|open| &open.finding));
        let is_gone = |open: &mut Open| !open.is_there(standing, &counts);
        let gone = self.0.extract_if(.., is_gone);
        gone.map(|open| open.number).collect()
    }

    /// Follows what commit number `commit` brought, as far as that can be done: whether it can is
    /// returned for each of `findings`.
    pub(super) fn add(
        &mut self,
        standing: &Standing,
        findings: &[Finding],
        commit: usize,
    ) -> Vec<bool> {
        let mut counts = counts(standing, findings.iter());
        let plan = &standing.linter.plan;
        let follow = |(number, finding): (usize, &Finding)| {
            let count = counts
                .get_mut(&finding.identity())
                .filter(|left| **left > 0);
            let how = match count {
                Some(count) => {
                    *count -= 1;
                    How::Count(*count + 1)
                }
                None => match plan.still_broken(finding, &standing.linted.checkout) {
                    Some(ask) => How::Ask(ask),
                    None => return false,
                },
            };
            self.0.push(Open {
                number: (commit, number),
                finding: Finding {
                    related: Vec::new(),
                    fix: None,
                    ..finding.clone()
                },
                how,
            });
            true
        };
        findings.iter().enumerate().map(follow).collect()
    }
}

impl Open {
    fn is_there(&self, standing: &Standing, counts: &HashMap<u64, usize>) -> bool {
        let checkout = &standing.linted.checkout;
        let (rule, path) = (&self.finding.rule, &self.finding.place.path);
        let is_broken = || checkout.file(path.as_str()).is_some_and(File::is_broken);
        match &self.how {
            _ if !standing.linter.plan.runs(rule) => true,
            How::Ask(ask) => ask(checkout),
            How::Count(count) => {
                let now = counts.get(&self.finding.identity());
                now.is_some_and(|now| now >= count) || !is_about_text(rule) && is_broken()
            }
        }
    }
}

/// How many findings of each identity the tree has by itself, of the rules of `findings`.
fn counts<'f>(
    standing: &Standing,
    findings: impl Iterator<Item = &'f Finding>,
) -> HashMap<u64, usize> {
    let rules: BTreeSet<&str> = findings.map(|finding| &*finding.rule).collect();
    let all = standing.linted.findings();
    let mut counts = HashMap::new();
    for finding in all.filter(|finding| rules.contains(&*finding.rule)) {
        *counts.entry(finding.identity()).or_default() += 1;
    }
    counts
}
