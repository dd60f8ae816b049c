//! What becomes of the findings of a run: what the user has accepted is left out ([`Policy`]), and
//! in a change each finding gets its class.

mod baseline;
pub(crate) mod causes;
pub(crate) mod classes;
mod comments;
pub(crate) mod conflicts;
mod fingerprints;
pub(crate) mod moves;
mod multiset;

use crate::config::{Config, Level, Levels};
use crate::engine::{Found, Plan, capped};
use crate::finding::{Class, Finding};
use crate::tree::RepoPath;

pub use baseline::{BASELINE_PATH, Baseline, Drift, Entries};
pub use comments::{Comments, is_comment_at};
pub(crate) use fingerprints::Fingerprints;

/// What a report shows of what was found, and what it leaves out.
pub struct Shown {
    /// What is shown.
    pub findings: Vec<Finding>,
    /// What follows from findings that are shown.
    pub explained: Vec<Finding>,
    /// What is held back, see [`sort_out`].
    pub held_back: Vec<Finding>,
}

/// What the report of a change shows of `found`, where `is_in_part` tells what lies in the part of the
/// checkout that is reported.
#[must_use]
pub fn brought(found: Found, is_in_part: impl Fn(&Finding) -> bool, config: &Config) -> Shown {
    shown(sort_out(found, false, true), is_in_part, config)
}

/// What a report shows of findings that were sorted out.
pub(crate) fn shown(
    (mut findings, mut held_back): (Vec<Finding>, Vec<Finding>),
    is_in_part: impl Fn(&Finding) -> bool,
    config: &Config,
) -> Shown {
    findings.retain(&is_in_part);
    held_back.retain(&is_in_part);
    let explained = causes::fold(&mut findings, config);
    Shown {
        findings,
        explained,
        held_back,
    }
}

/// What is shown, and what is held back: without a change, findings of rules that report changes
/// only; with one, whatever the base has already.
pub(crate) fn sort_out(found: Found, all: bool, is_change: bool) -> (Vec<Finding>, Vec<Finding>) {
    let Found {
        mut findings,
        mut held_back,
    } = found;
    if all || is_change {
        findings.append(&mut held_back);
    }
    if is_change && !all {
        let is_old = |finding: &Finding| finding.class == Some(Class::PreExisting);
        (held_back, findings) = findings.into_iter().partition(is_old);
    }
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
    (findings, held_back)
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
#[derive(Clone, Debug)]
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
    pub fn apply(&self, comments: &mut Comments, plan: &Plan, mut found: Found) -> Filtered {
        comments.reset();
        let mut budget = self.baseline.budget();
        let mut levels = Levels::of(&self.config);
        let (mut suppressed, mut baselined) = (0, 0);
        let mut is_left = |finding: &mut Finding, counts: usize| {
            if !levels.admits(finding) || comments.suppress(finding) {
                suppressed += counts;
            } else if budget.covers(finding) {
                baselined += counts;
            } else {
                return true;
            }
            false
        };
        found.findings.retain_mut(|finding| is_left(finding, 1));
        found.held_back.retain_mut(|finding| is_left(finding, 0));
        let runs = |rule: &str, path: &RepoPath| {
            plan.is_conclusive(rule) && levels.level(rule, path) != Some(Level::Off)
        };
        let unused = comments.unused(plan.catalogue(), runs);
        let stale = budget.stale(plan);
        for (id, drafts) in [("unused-suppression", unused), ("stale-baseline", stale)] {
            let Some(rule) = plan.built_in(id) else {
                continue;
            };
            for draft in capped(drafts, rule.id()) {
                let mut finding = draft.into_finding(rule.id(), rule.front_matter.severity);
                if !levels.admits(&mut finding) {
                    suppressed += 1;
                } else if budget.covers(&finding) {
                    baselined += 1;
                } else {
                    found.findings.push(finding);
                }
            }
        }
        found.sort();
        Filtered {
            found,
            suppressed,
            baselined,
        }
    }
}
