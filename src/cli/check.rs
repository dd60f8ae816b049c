//! `mirrorlint check`.

mod accept;
mod amend;
pub(super) mod lint_target;
mod policy;

use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clap::Args;

use super::output::Output;
use super::progress::Progress;
use super::selection::Selection;
use super::{Failure, Status};
use crate::checkout::{Checkout, Inputs};
use crate::engine::Found;
use crate::finding::{Class, Finding};
use crate::findings::{BASELINE_PATH, Filtered, Policy, causes};
use crate::linter::{self, Linter, Outcome, Review};
use crate::report::{Report, Statistics, Summary, Texts};
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
    policy: policy::PolicyArguments,
    #[command(flatten)]
    amend: amend::AmendArguments,
    #[command(flatten)]
    accept: accept::AcceptArguments,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    output: Output,
    /// Threads to use [default: one for each core]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

pub(super) fn run(arguments: &CheckArguments) -> Result<Status, Failure> {
    if let Some(jobs) = arguments.jobs {
        rayon::ThreadPoolBuilder::new()
            .num_threads(jobs)
            .build_global()?;
    }
    let lint_target = lint_target::find(&arguments.path, &arguments.target)?;
    if arguments.policy.init {
        return policy::init(&lint_target);
    }
    let catalogue = arguments.selection.catalogue()?;
    let policy = arguments.policy.read(&lint_target, &catalogue)?;
    let inputs = policy::inputs(&arguments.secretsync, &lint_target, &policy.config)?;
    let picks = |rule: &Rule| arguments.selection.picks(rule);
    let linter = Linter::new(catalogue, policy, inputs, picks)?;
    let selection = &arguments.selection;
    if arguments.accept.writes_baseline() {
        return accept::write_baseline(&arguments.accept, &lint_target, linter, selection);
    }
    if arguments.amend.diff {
        return amend::diff(&arguments.amend, &lint_target, &linter, selection);
    }
    let outcome = if arguments.amend.applies_fixes() {
        amend::fix(&arguments.amend, &lint_target, &linter, selection)?
    } else {
        lint(&linter, &*lint_target.tree, &lint_target)?
    };
    report(
        &linter,
        &lint_target,
        outcome,
        arguments.all,
        selection,
        &arguments.output,
    )
}

/// Lints `tree`, which is that of `lint_target`, perhaps with fixes, and shows progress.
fn lint(linter: &Linter, tree: &dyn Tree, lint_target: &LintTarget) -> Result<Outcome, TreeError> {
    let progress = Progress::start();
    let load = |tree: &dyn Tree| linter.load(&progress.watch(tree));
    linter.run(tree, lint_target.review.as_ref(), load)
}

/// Writes the reports of a run over `lint_target`.
fn report(
    linter: &Linter,
    lint_target: &LintTarget,
    outcome: Outcome,
    all: bool,
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
    let indexes = &linter.inputs.secretsync;
    let in_part = |finding: &Finding| {
        let path = &finding.place.path;
        path.is_within(lint_target.reported.as_str())
            || indexes.iter().any(|(name, _)| name == path)
    };
    let shown_from = selection.shown_from();
    let is_severe = |finding: &Finding| finding.severity >= shown_from;
    let images = checkout.images.summary();
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
    let (mut findings, mut held_back) = sort_out(found, all, lint_target.review.is_some());
    findings.retain(in_part);
    held_back.retain(in_part);
    for finding in findings.iter().chain(&held_back) {
        *statistics.rules.entry(finding.rule.clone()).or_default() += 1;
    }
    let mut explained = causes::fold(&mut findings, &linter.policy.config);
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
        comment: output.comment()?,
        texts: &WithBaseline {
            checkout: &checkout,
            policy: &linter.policy,
        },
    };
    output.write(&report)?;
    Ok(if fails {
        Status::Findings
    } else {
        Status::Clean
    })
}
/// What is shown, and what is held back: without a change, findings of rules that report changes
/// only; with one, whatever the base has already.
fn sort_out(found: Found, all: bool, is_change: bool) -> (Vec<Finding>, Vec<Finding>) {
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

/// The texts that findings point into: the checkout's files and the baseline.
struct WithBaseline<'c> {
    checkout: &'c Checkout,
    policy: &'c Policy,
}

impl Texts for WithBaseline<'_> {
    fn text(&self, path: &RepoPath) -> Option<&str> {
        if path.as_str() == BASELINE_PATH {
            return Some(self.policy.baseline.text());
        }
        self.checkout.text(path)
    }
}

/// Lints the checkout at `lint_target` as it stands, with nobody's policy.
pub(super) fn lint_plainly(
    lint_target: &LintTarget,
    selection: &Selection,
    output: &Output,
) -> Result<Status, Failure> {
    let catalogue = selection.catalogue()?;
    let (policy, inputs) = (Policy::default(), Inputs::default());
    let picks = |rule: &Rule| selection.picks(rule);
    let linter = Linter::new(catalogue, policy, inputs, picks)?;
    let outcome = lint(&linter, &*lint_target.tree, lint_target)?;
    report(&linter, lint_target, outcome, false, selection, output)
}
