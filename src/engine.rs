//! Runs rules over a checkout: every rule in parallel, the findings in one fixed order.

mod copies;
mod file_findings;
mod kept;
mod plan;

use std::collections::BTreeMap;

use crate::checkout::{Change, Checkout};
use crate::checks::unparsed::CutOff;
use crate::checks::{Check, Drafts};
use crate::finding::{Draft, Finding, Links, Place};
use crate::limits::MAX_FINDINGS_PER_FILE;
use crate::rules::Reports;
use crate::tree::RepoPath;

use file_findings::FileFindings;
use kept::Kept;
pub use plan::{Plan, PlanError};

/// What the rules of a plan found, in the order of every output.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Findings of rules that always report.
    pub findings: Vec<Finding>,
    /// Findings of rules that report changes only.
    pub held_back: Vec<Finding>,
}

/// What one plan found in a checkout and in what led to it from a base, for the next run.
#[derive(Debug, Default)]
pub struct Cache {
    files: FileFindings,
    checkout: Kept<1>,
    change: Kept<2>,
}

/// Lints `checkout`.
#[must_use]
pub fn lint(checkout: &Checkout, plan: &Plan) -> Found {
    let everything = Change::between(&[], checkout.files());
    lint_after(checkout, None, &everything, plan, &mut Cache::default())
}

/// Lints `checkout`, whose files differ by `change` from those in which `plan` found what is `known`;
/// with a `base`, also what turning that into `checkout` breaks. Checks run again where something is
/// another that they look at.
#[must_use]
pub fn lint_after(
    checkout: &Checkout,
    base: Option<&Checkout>,
    change: &Change,
    plan: &Plan,
    known: &mut Cache,
) -> Found {
    let mut alone = || {
        let look = |check: &Check, [own]: &[Checkout; 1], drafts: &mut Drafts| {
            check.run(own, drafts);
        };
        let (mut by_step, ()) = rayon::join(
            || known.checkout.update(plan, [checkout], look),
            || known.files.update(checkout, change, plan),
        );
        for (step, draft) in known.files.drafts.values().flatten() {
            if let Some(drafts) = by_step.get_mut(*step) {
                drafts.push(draft.clone());
            }
        }
        found(checkout, plan, by_step)
    };
    let Some(base) = base else {
        return alone();
    };
    let (mut all, broken) = rayon::join(alone, || broken(base, checkout, plan, &mut known.change));
    all.extend(broken);
    all.sort();
    all
}

/// What turning `base` into `result` breaks, as far as it takes both to see it.
#[must_use]
pub fn lint_change(base: &Checkout, result: &Checkout, plan: &Plan) -> Found {
    broken(base, result, plan, &mut Kept::default())
}

fn broken(base: &Checkout, result: &Checkout, plan: &Plan, known: &mut Kept<2>) -> Found {
    let look = |check: &Check, [base, result]: &[Checkout; 2], drafts: &mut Drafts| {
        check.run_on_change(base, result, drafts);
    };
    found(result, plan, known.update(plan, [base, result], look))
}

fn found(checkout: &Checkout, plan: &Plan, by_step: Vec<Vec<Draft>>) -> Found {
    let mut found = Found::default();
    let cut_off = CutOff::of(checkout);
    for ((rule, _), drafts) in plan.steps.iter().zip(by_step) {
        let drafts = copies::lowered(checkout, drafts);
        let findings = capped(drafts, rule.id())
            .into_iter()
            .map(|draft| {
                let topic = cut_off.near_end(draft.place());
                draft.follows_from_any(topic)
            })
            .map(|draft| draft.into_finding(rule.id(), rule.front_matter.severity));
        match rule.front_matter.reports {
            Reports::Always => found.findings.extend(findings),
            Reports::Changed => found.held_back.extend(findings),
        }
    }
    found.sort();
    found
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

    /// The same, to be changed.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Finding> {
        self.findings.iter_mut().chain(&mut self.held_back)
    }

    /// Adds what else was found.
    pub(crate) fn extend(&mut self, more: Self) {
        self.findings.extend(more.findings);
        self.held_back.extend(more.held_back);
    }
}

/// The drafts of one rule, no more than [`MAX_FINDINGS_PER_FILE`] in a file.
pub(crate) fn capped(mut drafts: Vec<Draft>, rule: &str) -> Vec<Draft> {
    if drafts.len() <= MAX_FINDINGS_PER_FILE {
        return drafts;
    }
    drafts.sort_by(|a, b| a.order().cmp(&b.order()));
    let mut counts: BTreeMap<RepoPath, (usize, Links)> = BTreeMap::new();
    drafts.retain(|draft| {
        let (count, links) = counts.entry(draft.place().path.clone()).or_default();
        *count += 1;
        let is_listed = *count <= MAX_FINDINGS_PER_FILE;
        if !is_listed {
            // What explains the last one explains as likely the others.
            links.follows_from.clone_from(&draft.links().follows_from);
        }
        is_listed
    });
    drafts.extend(counts.into_iter().filter_map(|(path, (count, links))| {
        let beyond = count
            .checked_sub(MAX_FINDINGS_PER_FILE)
            .filter(|n| *n > 0)?;
        let message = format!("{beyond} more findings of `{rule}` in this file are not listed");
        let place = Place::whole_file(&path);
        Some(
            Draft::new(place, "findings beyond the limit", message)
                .help("look at the first ones: so many usually have one cause")
                .with_links(links),
        )
    }));
    drafts
}
