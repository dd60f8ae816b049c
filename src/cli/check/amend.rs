//! Changing the checkout: applying fixes.

use std::path::Path;

use clap::Args;

use super::{LintTarget, lint};
use crate::cli::selection::Selection;
use crate::cli::{Failure, Status, counted, print, say};
use crate::finding::{Applicability, Finding};
use crate::findings::{causes, sort_out};
use crate::fix::{self, FixedFiles};
use crate::limits::MAX_ROUNDS;
use crate::linter::{Linter, Outcome};
use crate::tree::Overlay;

#[derive(Args)]
pub(super) struct AmendArguments {
    /// Apply the fixes that are the one right answer, then report what is left
    #[arg(long)]
    fix: bool,
    /// Apply the others too; look at what they do
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show the fixes as a patch, and change nothing; the exit status tells of what they leave
    #[arg(long)]
    pub(super) diff: bool,
}

impl AmendArguments {
    /// Whether the fixes are written.
    pub(super) fn applies_fixes(&self) -> bool {
        self.fix || self.unsafe_fixes
    }
}

/// What the checkout is after the fixes.
struct Fixed {
    files: FixedFiles,
    outcome: Outcome,
    /// The findings that the fixes were to remove, and did not.
    left: Vec<Finding>,
}

/// Shows the fixes as a patch. The exit status tells of what is left.
pub(super) fn diff(
    arguments: &AmendArguments,
    lint_target: &LintTarget,
    linter: &Linter,
    selection: &Selection,
) -> Result<Status, Failure> {
    let fixed = apply(arguments, lint_target, linter, selection)?;
    let patch: String = fixed.files.files().map(fix::unified).collect();
    print(&patch)?;
    let hint = match fixed.left.len() {
        0 => "",
        _ => "; `mirrorlint check` lists what is left",
    };
    fixed.say(fixed.files.files().count(), hint);
    let fails = |finding: &Finding| selection.fails(finding.severity);
    Ok(if fixed.left.iter().any(fails) {
        Status::Findings
    } else {
        Status::Clean
    })
}

/// Writes the files as the fixes make them. Returns what is to be reported of the checkout then, and
/// whether what was linted is still as it was: fixes change files, not what is staged.
pub(super) fn fix(
    arguments: &AmendArguments,
    lint_target: &LintTarget,
    linter: &Linter,
    selection: &Selection,
) -> Result<(Outcome, bool), Failure> {
    let root = lint_target.root.as_deref();
    let root = root.ok_or("fixes can only be written to a checkout on disk")?;
    let fixed = apply(arguments, lint_target, linter, selection)?;
    let written = write(&fixed.files, root)?;
    fixed.say(written.len(), "");
    let is_to_stage = lint_target.review.is_some() && !written.is_empty();
    if is_to_stage {
        say(&format!("stage them again: git add {}", written.join(" ")));
    }
    Ok((fixed.outcome, is_to_stage))
}

/// Applies fixes in memory until there are none left.
fn apply(
    arguments: &AmendArguments,
    lint_target: &LintTarget,
    linter: &Linter,
    selection: &Selection,
) -> Result<Fixed, Failure> {
    let in_part = |finding: &Finding| {
        finding.place.path.is_within(lint_target.reported.as_str())
            && finding.severity >= selection.shown_from()
    };
    // What a change did not bring is not its to fix.
    let is_change = lint_target.review.is_some();
    let mut files = FixedFiles::default();
    let mut tree = Overlay::new(&*lint_target.tree);
    let mut rounds = 0..MAX_ROUNDS;
    loop {
        let outcome = lint(linter, &tree, lint_target)?;
        let mut left = sort_out(outcome.filtered.found.clone(), false, is_change).0;
        left.retain(in_part);
        let with_unsafe = arguments.unsafe_fixes;
        if rounds.next().is_none()
            || files.apply_round(&outcome.checkout, &left, with_unsafe, &mut tree) == 0
        {
            // As the report counts them.
            causes::fold(&mut left, &linter.policy.config);
            return Ok(Fixed {
                files,
                outcome,
                left,
            });
        }
    }
}

impl Fixed {
    /// Says how many fixes there are in so many files, how much is left, and what to do about it.
    fn say(&self, files: usize, hint: &str) {
        let is_unsafe = |finding: &&Finding| {
            let fix = finding.fix.as_ref();
            fix.is_some_and(|fix| fix.applicability == Applicability::Unsafe)
        };
        let offer = match self.left.iter().filter(is_unsafe).count() {
            0 => String::new(),
            count => format!(", {count} of them with a fix to look at (`--unsafe-fixes`)"),
        };
        say(&format!(
            "{} in {}; {} left{offer}{hint}",
            counted(self.files.applied, "fix", "fixes"),
            counted(files, "file", "files"),
            counted(self.left.len(), "finding", "findings"),
        ));
    }
}

/// Writes the files below `root`, and says which it left alone. Returns the paths of the others.
fn write(files: &FixedFiles, root: &Path) -> Result<Vec<String>, Failure> {
    let mut written = Vec::new();
    for file in files.files() {
        let outcome = fix::write(root, file).map_err(|error| {
            let path = root.join(file.path.as_str());
            format!("cannot write `{}`: {error}", path.display())
        })?;
        match outcome {
            fix::Outcome::Written => written.push(file.new_path.to_string()),
            fix::Outcome::Skipped(why) => say(&format!("left `{}` alone: {why}", file.path)),
        }
    }
    Ok(written)
}
