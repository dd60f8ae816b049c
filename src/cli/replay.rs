//! `mirrorlint replay`: what the linter would have said of the commits of a range.

mod range;

use std::ffi::OsString;

use clap::Args;

use super::check::lint_target::reported;
use super::check::policy::ConfigArgument;
use super::output::PastOutput;
use super::progress::Progress;
use super::selection::Selection;
use super::{Failure, Status, Threads};
use crate::checkout::Inputs;
use crate::linter::{self, Linter, SetupError};
use crate::replay::Judge;
use crate::report::past::PastReport;
use crate::rules::Rule;
use crate::tree::{Repository, Tree};
use range::{Range, Since};

#[derive(Args)]
#[command(
    override_usage = "mirrorlint replay [OPTIONS] <FROM..TO> [PATH]\n       \
                            mirrorlint replay [OPTIONS] --since <AGE> [PATH]"
)]
pub(super) struct ReplayArguments {
    /// The commits to judge: those on the line of TO, from first parent to first parent, that FROM does
    /// not have. TO is HEAD where it is left out
    #[arg(value_name = "FROM..TO", required_unless_present = "since")]
    range: Option<OsString>,
    /// The checkout or a bare repository, or a path in the checkout that limits what is reported (never
    /// what is read) [default: .]
    #[arg(value_name = "PATH")]
    path: Option<OsString>,
    /// Judge the commits on the line of HEAD that are not older than AGE instead: hours, days or weeks,
    /// as in `90d`, or the day of the first, as in `2024-01-31`
    #[arg(long, value_name = "AGE")]
    since: Option<Since>,
    #[command(flatten)]
    config: ConfigArgument,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    output: PastOutput,
    #[command(flatten)]
    threads: Threads,
}

pub(super) fn run(arguments: &ReplayArguments) -> Result<Status, Failure> {
    arguments.threads.apply()?;
    let (range, path) = Range::of(
        arguments.since,
        arguments.range.as_deref(),
        arguments.path.as_deref(),
    )?;
    let repository = Repository::discover(path)?;
    let line = range.line(&repository)?;
    let selection = &arguments.selection;
    let catalogue = selection.catalogue()?;
    let config = arguments.config.read(&catalogue)?;
    let linter = |tree: &dyn Tree| -> Result<Linter, SetupError> {
        let policy = linter::policy_in(tree, config.clone(), &catalogue)?;
        let inputs = Inputs {
            secretsync: linter::indexes_in(tree, &policy.config)?,
            external_images: policy.config.external_images.clone(),
            ..Inputs::default()
        };
        let picks = |rule: &Rule| selection.picks(rule);
        Linter::new(catalogue.clone(), policy, inputs, picks)
    };
    let judge = Judge {
        repository: &repository,
        linter: &linter,
        reported: &reported(&repository, path),
        shown_from: selection.shown_from(),
    };
    let progress = Progress::of_commits(line.len());
    let past = judge.judge(&line, || progress.step())?;
    drop(progress);
    let mut findings = past.iter().flat_map(|past| &past.findings);
    let fails = selection.says_when_to_fail()
        && findings.any(|past| selection.fails(past.finding.severity));
    arguments.output.write(&PastReport {
        range: range.to_string(),
        commits: line.len(),
        past: &past,
        shown_from: selection.shown_from(),
    })?;
    Ok(if fails {
        Status::Findings
    } else {
        Status::Clean
    })
}
