//! `mirrorlint new`: what a contributor would write by hand.

mod requests;

use std::path::{Path, PathBuf};

use clap::Args;

use super::progress::Progress;
use super::{Failure, Status, print, say};
use crate::checkout::Inputs;
use crate::finding::{Finding, LineIndexes, Severity};
use crate::findings::Policy;
use crate::fix;
use crate::linter::{self, Linter, checkout_root};
use crate::rules::Catalogue;
use crate::scaffold::{self, Proposal};
use crate::tree::{FileChange, WorkTree};
use requests::Kind;

#[derive(Args)]
#[command(
    after_help = "Exit status: 0 written, or there already as it would be written; 2 refused, and \
                  nothing is written. A run that is killed leaves all files or none, once the next \
                  `mirrorlint new` has cleared up after it."
)]
pub(super) struct NewArguments {
    #[command(subcommand)]
    kind: Kind,
}

/// Where it is written, and whether.
#[derive(Args)]
struct Place {
    /// The checkout, or a path in it
    #[arg(long, value_name = "PATH", default_value = ".")]
    checkout: PathBuf,
    /// Show what would be written as a patch, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Write it although this rule warns of it; may be repeated
    #[arg(long, value_name = "RULE")]
    allow: Vec<String>,
}

pub(super) fn run(arguments: &NewArguments) -> Result<Status, Failure> {
    let (request, place) = arguments.kind.request();
    let (root, _) = checkout_root(&place.checkout)?;
    if place.dry_run {
        if fix::is_interrupted(&root) {
            return Err(
                "a run of `mirrorlint new` was killed here; one without `--dry-run` clears up after it"
                    .into(),
            );
        }
        let judged = judge(&root, &request, &place.allow)?;
        let patch: String = judged
            .proposal
            .changes
            .iter()
            .map(fix::unified_change)
            .collect();
        print(&patch)?;
        for line in judged.closing().lines().filter(|line| !line.is_empty()) {
            say(line);
        }
        return Ok(Status::Clean);
    }
    // Nobody else writes while this is worked out.
    let session = fix::Session::open(&root)?;
    for path in &session.finished {
        say(&format!(
            "wrote `{path}`, which a run that was killed had begun"
        ));
    }
    let judged = judge(&root, &request, &place.allow)?;
    if !judged.proposal.changes.is_empty() {
        session.write(&judged.proposal.changes)?;
    }
    print(&judged.written())?;
    Ok(Status::Clean)
}

/// A proposal that brings nothing worse than hints.
struct Judged {
    proposal: Proposal,
    hints: Vec<String>,
}

/// Works out what is to be written, and refuses what would be a finding.
fn judge(root: &Path, request: &scaffold::Request, allow: &[String]) -> Result<Judged, Failure> {
    let tree = WorkTree::open(root)?;
    let catalogue = Catalogue::builtin()?;
    if let Some(unknown) = allow.iter().find(|id| catalogue.get(id).is_none()) {
        return Err(format!("no rule is called `{unknown}`").into());
    }
    let config = linter::config_in(&tree, &catalogue)?;
    let inputs = Inputs {
        secretsync: linter::indexes_in(&tree, &config)?,
        external_images: config.external_images.clone(),
        ..Inputs::default()
    };
    let baseline = linter::baseline_in(&tree)?;
    let linter = Linter::new(catalogue, Policy { config, baseline }, inputs, |_| true)?;
    let progress = Progress::start();
    let base = linter.load(&progress.watch(&tree))?;
    let proposal = scaffold::propose(&base, request)?;
    if proposal.changes.is_empty() {
        return Ok(Judged {
            proposal,
            hints: Vec::new(),
        });
    }
    let result = linter.changed(&base, &proposal.changes);
    let brought = linter.brought(&base, &result);
    let mut lines = LineIndexes::default();
    let told = |finding: &Finding| {
        let path = &finding.place.path;
        let text = result.text(path).unwrap_or_default();
        let line = lines.line(&finding.place, text);
        let mut told = format!(
            "{path}:{line}: {}[{}] {}",
            finding.severity.as_str(),
            finding.rule,
            finding.message
        );
        if let Some(help) = &finding.help {
            told = format!("{told}\n  help: {help}");
        }
        told
    };
    let is_allowed = |finding: &Finding| match finding.severity {
        Severity::Hint => true,
        Severity::Warning => allow.contains(&finding.rule),
        Severity::Error => false,
    };
    let (hints, faults): (Vec<_>, Vec<_>) = brought.into_iter().partition(is_allowed);
    if faults.is_empty() {
        let is_told = |hint: &&Finding| !proposal.settled_outside.contains(&&*hint.rule);
        let hints = hints.iter().filter(is_told).map(told).collect();
        return Ok(Judged { proposal, hints });
    }
    let mut warned: Vec<String> = Vec::new();
    for fault in &faults {
        let allow = format!("--allow {}", fault.rule);
        if !warned.contains(&allow) {
            warned.push(allow);
        }
    }
    let are_warnings = faults
        .iter()
        .all(|fault| fault.severity == Severity::Warning);
    let way_out = match are_warnings {
        true => format!("\nif it is meant all the same: {}", warned.join(" ")),
        false => String::new(),
    };
    let faults: Vec<String> = faults.iter().map(told).collect();
    Err(format!(
        "not written, because `mirrorlint check` would report it:\n{}{way_out}",
        faults.join("\n")
    )
    .into())
}

impl Judged {
    /// What was done, and what is left to do.
    fn written(&self) -> String {
        let changes = self.proposal.changes.iter();
        let lines = changes.map(|change: &FileChange| match change.old {
            None => format!("wrote    {}\n", change.path),
            Some(_) => format!("changed  {}\n", change.path),
        });
        let lines: String = lines.collect();
        format!("{lines}{}", self.closing())
    }

    /// What is left to do.
    fn closing(&self) -> String {
        if self.proposal.changes.is_empty() {
            return "everything is there already, as it would be written; nothing was changed\n"
                .to_owned();
        }
        let mut text = String::new();
        if !self.proposal.left_to_do.is_empty() {
            text.push_str("\nLeft to do, outside of the repository:\n");
        }
        for left in &self.proposal.left_to_do {
            text.push('\n');
            text.push_str(left);
        }
        if !self.hints.is_empty() {
            text.push_str("\nWorth a look:\n\n");
        }
        for hint in &self.hints {
            text.push_str(hint);
            text.push('\n');
        }
        text
    }
}
