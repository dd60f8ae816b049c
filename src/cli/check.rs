//! `mirrorlint check`.

mod accept;
mod amend;
pub(super) mod lint_target;
mod online;
pub(super) mod policy;

use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::output::Output;
use super::progress::Progress;
use super::selection::Selection;
use super::{Failure, Status, Threads};
use crate::checkout::{Checkout, Inputs};
use crate::finding::Finding;
use crate::findings::{Filtered, Policy, Shown, shown, sort_out};
use crate::linter::{self, Linter, Outcome, Review};
use crate::report::{Offers, Online, Report, Statistics, Summary, Texts};
use crate::rules::Rule;
use crate::tree::{RepoPath, Tree, TreeError};

pub(super) use lint_target::LintTarget;
use lint_target::Target;

#[derive(Args)]
pub(super) struct CheckArguments {
    /// The checkout, or a path in it that limits what is reported (never what is read)
    #[arg(default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    target: Target,
    /// Also show what no change caused: findings of rules that report changes only, and what the
    /// base has already
    #[arg(long)]
    all: bool,
    /// An export of secrets from Vault (YAML or JSON, for example of `vault kv get -format=json`);
    /// may be repeated. Only the `secretsync/*` keys and the names of the others are kept
    #[arg(long, value_name = "FILE")]
    secretsync: Vec<PathBuf>,
    #[command(flatten)]
    known: policy::KnownArguments,
    #[command(flatten)]
    online: online::OnlineArguments,
    #[command(flatten)]
    policy: policy::PolicyArguments,
    #[command(flatten)]
    amend: amend::AmendArguments,
    #[command(flatten)]
    accept: accept::AcceptArguments,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    threads: Threads,
}

pub(super) fn run(arguments: &CheckArguments) -> Result<Status, Failure> {
    arguments.threads.apply()?;
    // The process ends when all is said: giving back what git holds first is lost time.
    let lint_target = ManuallyDrop::new(lint_target::find(&arguments.path, &arguments.target)?);
    if arguments.policy.init {
        return policy::init(&lint_target);
    }
    let catalogue = arguments.selection.catalogue()?;
    let config = arguments.policy.config.read(&catalogue)?;
    let policy = linter::policy_in(&*lint_target.tree, config, &catalogue)?;
    let mut inputs = policy::inputs(&arguments.secretsync, &lint_target, &policy.config)?;
    let conventions = policy.config.conventions()?;
    inputs.known = Arc::new(
        arguments
            .known
            .read(&conventions, arguments.online.is_wanted())?,
    );
    let picks = |rule: &Rule| arguments.selection.picks(rule);
    let mut linter = Linter::new(catalogue, policy, inputs, picks)?;
    let has_own_config = arguments.policy.config.is_given();
    let online = arguments
        .online
        .ask(&mut linter, &lint_target, has_own_config)?;
    let selection = &arguments.selection;
    if arguments.accept.writes_baseline() {
        return accept::write_baseline(&arguments.accept, &lint_target, linter, selection);
    }
    if arguments.amend.diff {
        return amend::diff(&arguments.amend, &lint_target, &linter, selection);
    }
    let (outcome, is_to_stage) = if arguments.amend.applies_fixes() {
        amend::fix(&arguments.amend, &lint_target, &linter, selection)?
    } else {
        (lint(&linter, &*lint_target.tree, &lint_target)?, false)
    };
    let undecided = arguments.online.accept(online.as_ref());
    let status = report(
        &linter,
        &lint_target,
        outcome,
        (arguments.all, online, !arguments.amend.applies_fixes()),
        selection,
        &arguments.output,
    )?;
    undecided?;
    // A hook that lets the commit pass would let it pass without the fixes.
    if is_to_stage && selection.fails_from().is_some() {
        return Ok(Status::Findings);
    }
    Ok(status)
}

/// Lints `tree`, which is that of `lint_target`, perhaps with fixes, and shows progress.
fn lint(linter: &Linter, tree: &dyn Tree, lint_target: &LintTarget) -> Result<Outcome, TreeError> {
    let progress = Progress::start();
    let read = |tree: &dyn Tree| linter.read(&progress.watch(tree));
    linter.run(tree, lint_target.review.as_ref(), read)
}

/// Writes the reports of a run over `lint_target`.
fn report(
    linter: &Linter,
    lint_target: &LintTarget,
    outcome: Outcome,
    (all, online, may_fix): (bool, Option<Online>, bool),
    selection: &Selection,
    output: &Output,
) -> Result<Status, Failure> {
    let Outcome {
        checkout,
        filtered,
        fixed,
    } = outcome;
    // The process is about to end: giving back a million small pieces first is lost time.
    let checkout = ManuallyDrop::new(checkout);
    let in_part = |finding: &Finding| linter.is_in_part(finding, &lint_target.reported);
    let shown_from = selection.shown_from();
    let is_severe = |finding: &Finding| finding.severity >= shown_from;
    let images = checkout.images().summary();
    let mut statistics = Statistics {
        references: images.references,
        resolved: images.resolved,
        ..Statistics::default()
    };
    let Filtered {
        found,
        suppressed,
        baselined,
    } = filtered;
    let config = &linter.policy.config;
    let Shown {
        mut findings,
        mut explained,
        held_back,
    } = shown(
        sort_out(found, all, lint_target.review.is_some()),
        in_part,
        config,
    );
    for finding in findings.iter().chain(&explained).chain(&held_back) {
        *statistics.rules.entry(finding.rule.clone()).or_default() += 1;
    }
    if all {
        findings.append(&mut explained);
        findings.sort_by(|a, b| a.order().cmp(&b.order()));
    }
    findings.retain(is_severe);
    linter::name_owners(
        &mut findings,
        &*lint_target.tree,
        lint_target.review.as_ref().map(Review::base),
        &linter.conventions,
    )?;
    let mut severities = findings.iter().map(|finding| finding.severity);
    let fails = severities.any(|severity| selection.fails(severity));
    let rules = selection.texts(linter.plan.catalogue());
    let report = Report {
        findings: &findings,
        rules: &rules,
        summary: Summary {
            files: checkout.files().len(),
            suppressed,
            baselined,
            held_back: held_back
                .iter()
                .filter(|finding| is_severe(finding))
                .count(),
            fixed: fixed.map(|fixed| {
                let gone = fixed.iter();
                gone.filter(|f| in_part(f) && is_severe(f)).count()
            }),
            ..Summary::of(&findings)
        },
        subject: lint_target.subject.clone(),
        fails_from: selection.fails_from(),
        statistics: output.statistics.then_some(statistics),
        online,
        offers: Offers {
            fixes: may_fix && lint_target.root.is_some(),
            page: !output.has_page(),
        },
        comment: output.comment()?,
        texts: &Linted {
            checkout: &checkout,
            linter,
        },
    };
    output.write(&report)?;
    Ok(if fails {
        Status::Findings
    } else {
        Status::Clean
    })
}

/// The texts that findings point into.
struct Linted<'c> {
    checkout: &'c Checkout,
    linter: &'c Linter,
}

impl Texts for Linted<'_> {
    fn text(&self, path: &RepoPath) -> Option<&str> {
        self.linter.text(self.checkout, path)
    }
}

/// Lints the checkout at `lint_target` as it stands, with nobody's policy.
pub(super) fn lint_plainly(
    lint_target: &LintTarget,
    all: bool,
    selection: &Selection,
    output: &Output,
) -> Result<Status, Failure> {
    let catalogue = selection.catalogue()?;
    let (policy, inputs) = (Policy::default(), Inputs::default());
    let picks = |rule: &Rule| selection.picks(rule);
    let linter = Linter::new(catalogue, policy, inputs, picks)?;
    let outcome = lint(&linter, &*lint_target.tree, lint_target)?;
    let how = (all, None, false);
    report(&linter, lint_target, outcome, how, selection, output)
}
