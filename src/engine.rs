//! Runs rules over a checkout: every rule in parallel, the findings in one fixed order.

use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

use crate::checkout::{Change, Checkout};
use crate::checks::{self, Check, Drafts, FileCheck};
use crate::finding::{Draft, Finding, Place};
use crate::model::File;
use crate::rules::{Catalogue, Reports, Rule};
use crate::tree::RepoPath;

/// No rule lists more than this many findings in one file: a hostile or hopeless file must not
/// drown the others. A last finding says how many there are beyond.
pub const MAX_FINDINGS_PER_FILE: usize = 1000;

/// Rules, each with the mechanism that its page asks for.
pub struct Plan {
    catalogue: Catalogue,
    steps: Vec<(Arc<Rule>, Box<dyn Check>)>,
    built_in: Vec<Arc<Rule>>,
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

impl Plan {
    /// A plan to run those rules of `catalogue` that `selected` picks.
    ///
    /// # Errors
    /// When a rule names an unknown mechanism or gives it unfit parameters. Rules that are not
    /// selected are looked at too.
    pub fn new(catalogue: &Catalogue, selected: impl Fn(&Rule) -> bool) -> Result<Self, PlanError> {
        let mut steps = Vec::new();
        let mut built_in = Vec::new();
        for rule in catalogue.shared_rules() {
            let origin = || rule.origin.clone();
            if checks::BUILT_IN.contains(&rule.manifest.check.as_str()) {
                if !rule.manifest.params.is_null() {
                    return Err(PlanError::Params {
                        origin: origin(),
                        rule: rule.id().to_owned(),
                        reason: "this rule takes none".to_owned(),
                    });
                }
                if selected(rule) {
                    built_in.push(Arc::clone(rule));
                }
                continue;
            }
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
                steps.push((Arc::clone(rule), check));
            }
        }
        Ok(Self {
            catalogue: catalogue.clone(),
            steps,
            built_in,
        })
    }

    /// The rule of this built-in mechanism, if it is to run; see [`checks::BUILT_IN`].
    #[must_use]
    pub fn built_in(&self, mechanism: &str) -> Option<&Rule> {
        let mut rules = self.built_in.iter().map(|rule| &**rule);
        rules.find(|rule| rule.manifest.check == mechanism)
    }

    /// Every rule there is, to be run or not.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Whether the rule of this id is to run.
    #[must_use]
    pub fn runs(&self, id: &str) -> bool {
        self.steps.iter().any(|(rule, _)| rule.id() == id)
            || self.built_in.iter().any(|rule| rule.id() == id)
    }

    /// Whether some rule looks at what a change does, beyond the tree that results.
    #[must_use]
    pub fn compares(&self) -> bool {
        self.steps.iter().any(|(_, check)| check.compares())
    }
}

/// What the rules of a plan found, in the order of every output.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Findings of rules that always report.
    pub findings: Vec<Finding>,
    /// Findings of rules that report changes only.
    pub held_back: Vec<Finding>,
}

/// What the rules of one plan found in each file by itself, kept so that the next time only those
/// files are looked at that changed.
#[derive(Debug, Default)]
pub struct Memory {
    files: Vec<Arc<File>>,
    /// Where something was found: the number of the step, and what it was.
    drafts: BTreeMap<RepoPath, Vec<(usize, Draft)>>,
}

/// Lints `checkout`.
#[must_use]
pub fn lint(checkout: &Checkout, plan: &Plan) -> Found {
    lint_again(checkout, plan, &mut Memory::default())
}

/// Lints `checkout`, knowing what `plan` found in most of its files.
#[must_use]
pub fn lint_again(checkout: &Checkout, plan: &Plan, memory: &mut Memory) -> Found {
    let (mut by_step, ()) = rayon::join(
        || run(plan, |check, drafts| check.run(checkout, drafts)),
        || memory.look(checkout, plan),
    );
    for (step, draft) in memory.drafts.values().flatten() {
        if let Some(drafts) = by_step.get_mut(*step) {
            drafts.push(draft.clone());
        }
    }
    found(plan, by_step)
}

/// What turning `base` into `result` breaks, as far as it takes both to see it.
#[must_use]
pub fn lint_change(base: &Checkout, result: &Checkout, plan: &Plan) -> Found {
    let by_step = run(plan, |check, drafts| {
        if check.compares() {
            check.run_change(base, result, drafts);
        }
    });
    found(plan, by_step)
}

/// The drafts of each step.
fn run(plan: &Plan, look: impl Fn(&dyn Check, &mut Drafts) + Sync) -> Vec<Vec<Draft>> {
    plan.steps
        .par_iter()
        // Neighbours among the rules look at the same things, and take the same time.
        .with_max_len(1)
        .map(|(_, check)| {
            let mut drafts = Drafts::default();
            look(&**check, &mut drafts);
            drafts.into_vec()
        })
        .collect()
}

fn found(plan: &Plan, by_step: Vec<Vec<Draft>>) -> Found {
    let mut found = Found::default();
    for ((rule, _), drafts) in plan.steps.iter().zip(by_step) {
        let findings = capped(drafts, rule.id())
            .into_iter()
            .map(|draft| draft.into_finding(rule.id(), rule.manifest.severity));
        match rule.manifest.reports {
            Reports::Always => found.findings.extend(findings),
            Reports::Changed => found.held_back.extend(findings),
        }
    }
    found.sort();
    found
}

impl Memory {
    /// Looks at the files of `checkout` that it does not know.
    fn look(&mut self, checkout: &Checkout, plan: &Plan) {
        let checks: Vec<(usize, &dyn FileCheck)> = plan
            .steps
            .iter()
            .enumerate()
            .filter_map(|(step, (_, check))| Some((step, check.of_each_file()?)))
            .collect();
        let change = Change::between(&self.files, checkout.files());
        for file in &change.gone {
            self.drafts.remove(&file.path);
        }
        let look = |file: &Arc<File>| {
            let mut found = Vec::new();
            for (step, check) in &checks {
                let mut drafts = Drafts::default();
                check.run(file, &mut drafts);
                found.extend(drafts.into_vec().into_iter().map(|draft| (*step, draft)));
            }
            (!found.is_empty()).then(|| (file.path.clone(), found))
        };
        let found: Vec<_> = change.come.par_iter().filter_map(look).collect();
        self.drafts.extend(found);
        self.files = checkout.files().to_vec();
    }
}

impl Found {
    /// Puts the findings in the order of every output.
    pub fn sort(&mut self) {
        for findings in [&mut self.findings, &mut self.held_back] {
            findings.sort_by(|a, b| a.order().cmp(&b.order()));
        }
    }

    /// The findings of both kinds.
    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(&self.held_back)
    }
}

/// The drafts of one rule, no more than [`MAX_FINDINGS_PER_FILE`] in a file.
pub(crate) fn capped(mut drafts: Vec<Draft>, rule: &str) -> Vec<Draft> {
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
