//! Accepting findings: writing the baseline.

use std::path::Path;

use clap::Args;

use super::{LintTarget, lint};
use crate::cli::selection::Selection;
use crate::cli::{Failure, Status, say};
use crate::finding::Finding;
use crate::findings::{BASELINE_PATH, Baseline};
use crate::fix;
use crate::linter::Linter;
use crate::tree::RepoPath;

#[derive(Args)]
pub(super) struct AcceptArguments {
    /// Accept today's findings: write them to `.mirrorlint-baseline.json`
    #[arg(long, conflicts_with_all = ["fix", "unsafe_fixes", "diff", "prune_baseline"])]
    write_baseline: bool,
    /// Take out of the baseline what is no longer found, and accept nothing new
    #[arg(long, conflicts_with_all = ["fix", "unsafe_fixes", "diff"])]
    prune_baseline: bool,
}

impl AcceptArguments {
    pub(super) fn writes_baseline(&self) -> bool {
        self.write_baseline || self.prune_baseline
    }
}

/// Writes the baseline anew, or takes out of it what is gone. An entry that was not looked at stays.
pub(super) fn write_baseline(
    arguments: &AcceptArguments,
    lint_target: &LintTarget,
    mut linter: Linter,
    selection: &Selection,
) -> Result<Status, Failure> {
    let root = match (&lint_target.root, &lint_target.review) {
        (Some(root), None) => root,
        _ => return Err("a baseline can only be written for the files on disk".into()),
    };
    // What the old baseline covers is found again when nothing is covered.
    let old = std::mem::take(&mut linter.policy.baseline);
    if arguments.prune_baseline && old.text().is_empty() {
        return Err(format!("there is no `{BASELINE_PATH}` to take anything out of").into());
    }
    let found = lint(&linter, &*lint_target.tree, lint_target)?
        .filtered
        .found;
    let in_part = |path: &RepoPath| path.is_within(lint_target.reported.as_str());
    let keep = |rule: &str, path: &RepoPath| !linter.plan.is_conclusive(rule) || !in_part(path);
    let new = if arguments.prune_baseline {
        old.pruned(found.all(), keep)
    } else {
        let accepted = |finding: &&Finding| {
            finding.severity >= selection.shown_from() && in_part(&finding.place.path)
        };
        old.renewed(found.findings.iter().filter(accepted), keep)
    };
    replace(&root.join(BASELINE_PATH), &old, &new)
}

/// Says how the baselines differ, and writes the new one.
fn replace(path: &Path, old: &Baseline, new: &Baseline) -> Result<Status, Failure> {
    let drift = new.drift_from(old);
    for line in drift.added.lines() {
        say(&format!("added    {line}"));
    }
    for line in drift.removed.lines() {
        say(&format!("removed  {line}"));
    }
    fix::replace(path, &new.to_json())
        .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    say(&format!(
        "{} added to and {} removed from {}",
        drift.added.count(),
        drift.removed.count(),
        path.display()
    ));
    Ok(Status::Clean)
}
