//! Which rules run, each with its mechanism.

use std::sync::Arc;

use thiserror::Error;

use crate::checkout::Checkout;
use crate::checks::{self, Advice, Check, StillBroken};
use crate::finding::{Finding, Severity};
use crate::rules::{Catalogue, Rule};

/// Rules, each with the mechanism that its page asks for.
pub struct Plan {
    catalogue: Catalogue,
    pub(super) steps: Vec<(Arc<Rule>, Check)>,
    built_in: Vec<Arc<Rule>>,
}

/// A rule that cannot be run.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The page names no mechanism that exists, and the rule is none that has a check of its own.
    #[error("{origin}: rule `{rule}` {what}; with `check` a page asks for {known}")]
    NoCheck {
        /// The rule's page.
        origin: String,
        /// The rule.
        rule: String,
        /// What it asks for.
        what: String,
        /// The mechanisms.
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
            let page = &rule.front_matter;
            let failed = |reason: String| PlanError::Params {
                origin: origin(),
                rule: rule.id().to_owned(),
                reason,
            };
            if checks::BUILT_IN.contains(&rule.id()) {
                if !page.params.is_null() || page.check.is_some() {
                    return Err(failed("this rule takes none".to_owned()));
                }
                if selected(rule) {
                    built_in.push(Arc::clone(rule));
                }
                continue;
            }
            let prepare =
                checks::prepare(rule.id(), page.check.as_deref()).ok_or_else(|| no_check(rule))?;
            let check = prepare.check(&page.params).map_err(failed)?;
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

    /// The rule with this id, one of [`checks::BUILT_IN`], if it is to run.
    #[must_use]
    pub fn built_in(&self, id: &str) -> Option<&Rule> {
        let mut rules = self.built_in.iter().map(|rule| &**rule);
        rules.find(|rule| rule.id() == id)
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

    /// Whether a run tells that what the rule of this id does not find is gone: it is to run, and does
    /// not depend on what somebody answers.
    #[must_use]
    pub fn is_conclusive(&self, id: &str) -> bool {
        self.runs(id) && !checks::needs_answers(id)
    }

    /// How bad a finding is that a change to `base` introduces, where that differs.
    #[must_use]
    pub fn severity_of_new(&self, finding: &Finding, base: &Checkout) -> Option<Severity> {
        let (rule, check) = self
            .steps
            .iter()
            .find(|(rule, _)| rule.id() == finding.rule)?;
        let at_least = |severity: Severity| severity.max(finding.severity);
        let of_rule = rule.front_matter.introduced.map(at_least);
        check.severity_of_new(finding, base).or(of_rule)
    }

    /// What to do about a finding that a change to `base` introduces, where the base tells better.
    #[must_use]
    pub fn advice_on_new(&self, finding: &Finding, base: &Checkout) -> Option<Advice> {
        let mut steps = self.steps.iter();
        let (_, check) = steps.find(|(rule, _)| rule.id() == finding.rule)?;
        check.advice_on_new(finding, base)
    }

    /// Whether `finding`, which exists only as one of the change that made `result`, holds in later
    /// checkouts; `None` where its rule compares nothing.
    #[must_use]
    pub fn still_broken(&self, finding: &Finding, result: &Checkout) -> Option<StillBroken> {
        let mut steps = self.steps.iter();
        let (_, check) = steps.find(|(rule, _)| rule.id() == finding.rule)?;
        check.still_broken(finding, result)
    }

    /// Whether some rule looks at what a change does, beyond the tree that results.
    #[must_use]
    pub fn compares(&self) -> bool {
        self.steps.iter().any(|(_, check)| check.compares())
    }
}

fn no_check(rule: &Rule) -> PlanError {
    let known = checks::MECHANISMS
        .iter()
        .map(|(name, _)| format!("`{name}`"));
    PlanError::NoCheck {
        origin: rule.origin.clone(),
        rule: rule.id().to_owned(),
        what: match &rule.front_matter.check {
            Some(check) => format!("asks for the mechanism `{check}`, which does not exist"),
            None => "is none that is built in, and asks for no mechanism".to_owned(),
        },
        known: known.collect::<Vec<_>>().join(", "),
    }
}
