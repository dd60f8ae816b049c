//! Changing the checkout: applying fixes, accepting findings.

use clap::Args;

use super::{LintTarget, lint, sort_out};
use crate::cli::selection::Selection;
use crate::cli::{Failure, Status, print, say};
use crate::finding::Finding;
use crate::findings::BASELINE_PATH;
use crate::fix::{self, FixedFiles};
use crate::limits::MAX_ROUNDS;
use crate::linter::Linter;
use crate::tree::Overlay;

#[derive(Args)]
pub(super) struct AmendArguments {
    /// Apply the fixes that are the one right answer
    #[arg(long)]
    fix: bool,
    /// Apply the others too; look at what they do
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show the fixes as a patch, and change nothing
    #[arg(long)]
    diff: bool,
    /// Accept today's findings: write them to `.mirrorlint-baseline.json`
    #[arg(long, conflicts_with_all = ["fix", "unsafe_fixes", "diff"])]
    pub(super) write_baseline: bool,
}

impl AmendArguments {
    pub(super) fn applies_fixes(&self) -> bool {
        self.fix || self.unsafe_fixes || self.diff
    }
}

/// Applies fixes until there are none left, and writes the files or shows the patch. The exit status
/// tells of what is left.
pub(super) fn fix(
    arguments: &AmendArguments,
    lint_target: &LintTarget,
    linter: &Linter,
    selection: &Selection,
) -> Result<Status, Failure> {
    let root = lint_target.root.as_deref();
    let root = match (root, arguments.diff) {
        (None, false) => return Err("fixes can only be written to a checkout on disk".into()),
        (root, _) => root,
    };
    let in_part = |finding: &Finding| {
        finding.place.path.is_within(lint_target.reported.as_str())
            && finding.severity >= selection.shown_from()
    };
    let mut files = FixedFiles::default();
    let mut tree = Overlay::new(&*lint_target.tree);
    let mut left = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let outcome = lint(linter, &tree, lint_target)?;
        // What a change did not bring is not its to fix.
        let is_change = lint_target.review.is_some();
        left = sort_out(outcome.filtered.found, false, is_change).0;
        left.retain(in_part);
        if files.apply_round(&outcome.checkout, &left, arguments.unsafe_fixes, &mut tree) == 0 {
            break;
        }
    }
    if arguments.diff {
        let patch: String = files.files().map(fix::unified).collect();
        print(&patch)?;
    } else if let Some(root) = root {
        let mut written = Vec::new();
        for file in files.files() {
            match fix::write(root, file).map_err(|error| {
                format!(
                    "cannot write `{}`: {error}",
                    root.join(file.path.as_str()).display()
                )
            })? {
                fix::Outcome::Written => written.push(file.new_path.to_string()),
                fix::Outcome::Skipped(why) => say(&format!("left `{}` alone: {why}", file.path)),
            }
        }
        say(&format!(
            "{} fixes in {} files; {} findings left",
            files.applied,
            written.len(),
            left.len()
        ));
        if lint_target.review.is_some() && !written.is_empty() {
            say(&format!("stage them again: git add {}", written.join(" ")));
        }
    }
    let fails = left.iter().any(|finding| selection.fails(finding.severity));
    Ok(if fails {
        Status::Findings
    } else {
        Status::Clean
    })
}

/// Accepts what is found: the next check is silent about it.
pub(super) fn write_baseline(
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
    let found = lint(&linter, &*lint_target.tree, lint_target)?
        .filtered
        .found;
    let accepted = |finding: &&Finding| {
        finding.severity >= selection.shown_from()
            && finding.place.path.is_within(lint_target.reported.as_str())
    };
    // An entry that was not looked at is not forgotten.
    let keep = |rule: &str, path: &crate::tree::RepoPath| {
        !linter.plan.runs(rule) || !path.is_within(lint_target.reported.as_str())
    };
    let new = old.renewed(
        found
            .findings
            .iter()
            .chain(&found.explained)
            .filter(accepted),
        keep,
    );
    let drift = new.drift_from(&old);
    for line in &drift.added {
        say(&format!("added    {line}"));
    }
    for line in &drift.removed {
        say(&format!("removed  {line}"));
    }
    let path = root.join(BASELINE_PATH);
    fix::replace(&path, &new.to_json())
        .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    say(&format!(
        "{} added to and {} removed from {}",
        drift.added.len(),
        drift.removed.len(),
        path.display()
    ));
    Ok(Status::Clean)
}
