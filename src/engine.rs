//! Runs rules over a checkout: every rule in parallel, the findings in one fixed order.

use rayon::prelude::*;
use std::collections::BTreeMap;
use thiserror::Error;

use crate::checkout::Checkout;
use crate::checks::{self, Check, Drafts};
use crate::finding::{Draft, Finding, Place};
use crate::rules::{Catalogue, Reports, Rule};
use crate::tree::RepoPath;

/// No rule lists more than this many findings in one file: a hostile or hopeless file must not
/// drown the others. A last finding says how many there are beyond.
pub const MAX_FINDINGS_PER_FILE: usize = 1000;

/// Rules, each with the mechanism that its page asks for.
pub struct Plan<'c> {
    steps: Vec<(&'c Rule, Box<dyn Check>)>,
}

/// A rule that cannot be run.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The page names a mechanism that does not exist.
    #[error(
        "{origin}: rule `{rule}` asks for the mechanism `{check}`, which does not exist; there are {known}"
    )]
    UnknownMechanism {
        /// The rule's page.
        origin: String,
        /// The rule.
        rule: String,
        /// The mechanism.
        check: String,
        /// Those that exist.
        known: String,
    },
    /// The page's `params` are not what the mechanism takes.
    #[error("{origin}: params of rule `{rule}`: {reason}")]
    Params {
        /// The rule's page.
        origin: String,
        /// The rule.
        rule: String,
        /// What is wrong.
        reason: String,
    },
}

impl<'c> Plan<'c> {
    /// A plan to run those rules of `catalogue` that `selected` picks.
    ///
    /// # Errors
    /// When a rule names an unknown mechanism or gives it unfit parameters. Rules that are not
    /// selected are looked at too.
    pub fn new(
        catalogue: &'c Catalogue,
        selected: impl Fn(&Rule) -> bool,
    ) -> Result<Self, PlanError> {
        let mut steps = Vec::new();
        for rule in catalogue.rules() {
            let origin = || rule.origin.clone();
            let mechanism = checks::mechanism(&rule.manifest.check).ok_or_else(|| {
                PlanError::UnknownMechanism {
                    origin: origin(),
                    rule: rule.id().to_owned(),
                    check: rule.manifest.check.clone(),
                    known: checks::MECHANISMS
                        .iter()
                        .map(|mechanism| format!("`{}`", mechanism.name))
                        .collect::<Vec<_>>()
                        .join(", "),
                }
            })?;
            let check =
                (mechanism.prepare)(&rule.manifest.params).map_err(|reason| PlanError::Params {
                    origin: origin(),
                    rule: rule.id().to_owned(),
                    reason,
                })?;
            if selected(rule) {
                steps.push((rule, check));
            }
        }
        Ok(Self { steps })
    }
}

/// What the rules of a plan found, in the order of every output.
#[derive(Debug, Default)]
pub struct Found {
    /// Findings of rules that always report.
    pub findings: Vec<Finding>,
    /// Findings of rules that report changes only.
    pub held_back: Vec<Finding>,
}

/// Lints `checkout`.
#[must_use]
pub fn lint(checkout: &Checkout, plan: &Plan<'_>) -> Found {
    let by_rule: Vec<(Reports, Vec<Finding>)> = plan
        .steps
        .par_iter()
        .map(|(rule, check)| {
            let mut drafts = Drafts::default();
            check.run(checkout, &mut drafts);
            let findings = capped(drafts.into_vec(), rule.id())
                .into_iter()
                .map(|draft| draft.into_finding(rule.id(), rule.manifest.severity))
                .collect();
            (rule.manifest.reports, findings)
        })
        .collect();
    let mut found = Found::default();
    for (reports, findings) in by_rule {
        match reports {
            Reports::Always => found.findings.extend(findings),
            Reports::Changed => found.held_back.extend(findings),
        }
    }
    for findings in [&mut found.findings, &mut found.held_back] {
        findings.sort_by(|a, b| a.order().cmp(&b.order()));
    }
    found
}

fn capped(mut drafts: Vec<Draft>, rule: &str) -> Vec<Draft> {
    if drafts.len() <= MAX_FINDINGS_PER_FILE {
        return drafts;
    }
    drafts.sort_by(|a, b| a.place().cmp(b.place()));
    let mut counts: BTreeMap<RepoPath, usize> = BTreeMap::new();
    drafts.retain(|draft| {
        let count = counts.entry(draft.place().path.clone()).or_default();
        *count += 1;
        *count <= MAX_FINDINGS_PER_FILE
    });
    drafts.extend(counts.into_iter().filter_map(|(path, count)| {
        let beyond = count
            .checked_sub(MAX_FINDINGS_PER_FILE)
            .filter(|n| *n > 0)?;
        let message = format!("{beyond} more findings of `{rule}` in this file are not listed");
        let place = Place::whole_file(&path);
        Some(
            Draft::new(place, "findings beyond the limit", message)
                .help("look at the first ones: so many usually have one cause"),
        )
    }));
    drafts
}
