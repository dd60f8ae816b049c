//! What becomes of the findings of a run: what the user has accepted is left out ([`Policy`]), and
//! in a change each finding gets its class.

mod baseline;
pub(crate) mod classes;
mod comments;
pub(crate) mod conflicts;
mod multiset;

use crate::config::{Config, Level, Levels};
use crate::engine::{Found, Plan, capped};
use crate::finding::{Draft, Finding};
use crate::tree::RepoPath;

pub use baseline::{BASELINE_PATH, Baseline, Drift};
pub use comments::{Comments, is_comment_at};
pub(crate) use multiset::Fingerprints;

/// All that the user says about the findings of one checkout.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The config.
    pub config: Config,
    /// The findings accepted before.
    pub baseline: Baseline,
}

/// Findings, less those that the user has accepted.
#[derive(Clone, Debug, Default)]
pub struct Filtered {
    /// Those that are left.
    pub found: Found,
    /// How many a comment or the config suppresses.
    pub suppressed: usize,
    /// How many the baseline covers.
    pub baselined: usize,
}

impl Policy {
    /// Applies config, comments and baseline, in this order, to what `plan` found in the checkout
    /// that has these `comments`, and adds what is to be said of comments and baseline themselves.
    #[must_use]
    pub fn apply(&self, comments: &mut Comments, plan: &Plan, found: Found) -> Filtered {
        let mut filtered = Filtered::default();
        comments.reset();
        let mut budget = self.baseline.budget();
        let mut levels = Levels::of(&self.config);
        let Found {
            findings,
            held_back,
        } = found;
        let mut take = |finding: &mut Finding, shown: bool, filtered: &mut Filtered| {
            if !levels.admits(finding) || comments.suppress(finding) {
                filtered.suppressed += usize::from(shown);
                return false;
            }
            if budget.covers(finding) {
                filtered.baselined += usize::from(shown);
                return false;
            }
            true
        };
        for mut finding in findings {
            if take(&mut finding, true, &mut filtered) {
                filtered.found.findings.push(finding);
            }
        }
        for mut finding in held_back {
            if take(&mut finding, false, &mut filtered) {
                filtered.found.held_back.push(finding);
            }
        }
        let mut own: Vec<Finding> = Vec::new();
        let mut add = |mechanism: &str, drafts: Vec<Draft>| {
            if let Some(rule) = plan.built_in(mechanism) {
                let named =
                    |draft: Draft| draft.into_finding(rule.id(), rule.front_matter.severity);
                own.extend(capped(drafts, rule.id()).into_iter().map(named));
            }
        };
        let runs = |rule: &str, path: &RepoPath| {
            plan.runs(rule) && levels.level(rule, path) != Some(Level::Off)
        };
        add("suppressions", comments.unused(plan.catalogue(), runs));
        add("baseline", budget.stale(plan));
        for mut finding in own {
            if !levels.admits(&mut finding) {
                filtered.suppressed += 1;
            } else if budget.covers(&finding) {
                filtered.baselined += 1;
            } else {
                filtered.found.findings.push(finding);
            }
        }
        filtered.found.sort();
        filtered
    }
}
