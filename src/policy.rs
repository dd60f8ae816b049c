//! What the user says about findings: the config, suppression comments, the baseline.

mod baseline;
mod comments;
mod config;
mod levels;

use std::collections::BTreeMap;

use thiserror::Error;

use crate::checkout::Checkout;
use crate::engine::{Found, Plan, capped};
use crate::finding::{Draft, Finding};
use crate::syntax::span::Span;
use crate::tree::RepoPath;
use levels::Levels;

pub use baseline::{Baseline, Drift};
pub use comments::{Comments, is_comment_at};
pub use config::{Config, KEYS, Level};

/// Where the config lies in a checkout.
pub const CONFIG_PATH: &str = ".mirrorlint.yaml";

/// Where the baseline lies in a checkout.
pub const BASELINE_PATH: &str = ".mirrorlint-baseline.json";

/// The config that `check --init` writes.
pub const STARTER: &str = include_str!("policy/starter.yaml");

/// A config or a baseline that cannot be used.
#[derive(Debug, Error)]
#[error("{path}:{line}: {reason}")]
pub struct PolicyError {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The place in its text.
    pub span: Span,
    /// What is wrong, and what was perhaps meant.
    pub reason: String,
}

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
    /// How many a comment or the config takes back.
    pub suppressed: usize,
    /// How many the baseline covers.
    pub baselined: usize,
}

impl Policy {
    /// Applies config, comments and baseline, in this order, to what `plan` found in `checkout`,
    /// and adds what is to be said of comments and baseline themselves.
    #[must_use]
    pub fn apply(&self, checkout: &Checkout, plan: &Plan, found: Found) -> Filtered {
        self.apply_with(Comments::of(checkout), plan, found)
    }

    /// The same, for one who knows the comments of the checkout already.
    #[must_use]
    pub fn apply_with(&self, mut comments: Comments, plan: &Plan, found: Found) -> Filtered {
        let mut judged = Filtered::default();
        let mut budget = self.baseline.budget();
        let mut levels = Levels::of(&self.config);
        let Found {
            findings,
            held_back,
        } = found;
        let mut take = |finding: &mut Finding, shown: bool, judged: &mut Filtered| {
            if !levels.admits(finding) || comments.suppress(finding) {
                judged.suppressed += usize::from(shown);
                return false;
            }
            if budget.covers(finding) {
                judged.baselined += usize::from(shown);
                return false;
            }
            true
        };
        for mut finding in findings {
            if take(&mut finding, true, &mut judged) {
                judged.found.findings.push(finding);
            }
        }
        for mut finding in held_back {
            if take(&mut finding, false, &mut judged) {
                judged.found.held_back.push(finding);
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
                judged.suppressed += 1;
            } else if budget.covers(&finding) {
                judged.baselined += 1;
            } else {
                judged.found.findings.push(finding);
            }
        }
        judged.found.sort();
        judged
    }
}

/// Counts by rule, path and entity.
type Counts = BTreeMap<(String, String, String), usize>;
