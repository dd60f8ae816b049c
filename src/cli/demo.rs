//! `mirrorlint demo`: a miniature checkout with typical faults.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::Args;

use super::check::{self, LintTarget};
use super::output::Output;
use super::selection::Selection;
use super::{Failure, Status};
use crate::rules::{self, State};
use crate::tree::RepoPath;

#[derive(Args)]
pub(super) struct DemoArguments {
    /// Also show what no change caused
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    output: Output,
}

/// Writes the demo checkout to a new folder, lints it and says where it is. Findings are what the
/// demo is there to show, so they make it fail only where `--fail-on` asks for that.
pub(super) fn run(arguments: &DemoArguments) -> Result<Status, Failure> {
    let folder = tempfile::Builder::new()
        .prefix("mirrorlint-demo-")
        .tempdir()?;
    for page in ["_example.md", "_demo.md"] {
        write_files(folder.path(), page)?;
    }
    let lint_target = LintTarget::on_disk(folder.path(), RepoPath::new(""))?;
    let status = check::lint_plainly(
        &lint_target,
        arguments.all,
        &arguments.selection,
        &arguments.output,
    )?;
    // Only now: where the run fails nobody is told of the folder, and it goes again.
    let folder = folder.keep();
    let _ = writeln!(
        io::stderr(),
        "\nThe demo checkout is in {0}\nChange it and look again: mirrorlint check {0}",
        folder.display()
    );
    Ok(if arguments.selection.says_when_to_fail() {
        status
    } else {
        Status::Clean
    })
}

fn write_files(folder: &Path, page: &str) -> Result<(), Failure> {
    let page = rules::companion(page).ok_or("the demo checkout is not compiled in")?;
    for block in page.examples.iter().flat_map(|example| &example.blocks) {
        let path = folder.join(&block.path);
        if block.state == State::Absent {
            fs::remove_file(&path)?;
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, block.marks().0)?;
    }
    Ok(())
}
