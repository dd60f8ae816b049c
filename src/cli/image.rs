//! `mirrorlint image`: one ImageStreamTag, from where it comes to who uses it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::check::lint_target::{self, LintTarget};
use super::{Failure, Status, print};
use crate::checkout::images::{ResolutionKind, State};
use crate::ide::image::{ImageReport, ReferenceLine, answer};
use crate::linter::checkout_root;
use crate::linter::conventions_in;
use crate::report::one_line;

/// References of one repository that are listed; the others are counted.
const MAX_LISTED: usize = 3;

/// Who may pull, as far as it is listed; groups come first.
const MAX_PULLERS: usize = 4;

#[derive(Args)]
pub(super) struct ImageArguments {
    /// The image: NAMESPACE/NAME:TAG, or NAMESPACE/NAME for all tags of the stream
    #[arg(value_name = "NAMESPACE/NAME[:TAG]")]
    image: String,
    /// The checkout
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Ask this commit instead of the files on disk
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    output: ImageFormat,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ImageFormat {
    Text,
    Json,
}

pub(super) fn run(arguments: &ImageArguments) -> Result<Status, Failure> {
    let lint_target = match &arguments.rev {
        Some(rev) => lint_target::commit(&arguments.path, rev)?,
        None => {
            let (root, reported) = checkout_root(&arguments.path)?;
            LintTarget::on_disk(&root, reported)?
        }
    };
    let reports = answer(
        &*lint_target.tree,
        &conventions_in(&*lint_target.tree)?,
        &arguments.image,
    )?;
    let text = match arguments.output {
        ImageFormat::Json => serde_json::to_string_pretty(&reports)? + "\n",
        ImageFormat::Text => reports.iter().map(draw).collect::<Vec<_>>().join("\n"),
    };
    print(&text)?;
    let is_missing = |report: &ImageReport| report.resolution == ResolutionKind::Missing;
    Ok(if reports.iter().all(is_missing) {
        Status::Findings
    } else {
        Status::Clean
    })
}

fn draw(report: &ImageReport) -> String {
    let mut text = format!("{}: {}\n", report.image, report.state);
    for provider in &report.providers {
        let state = match provider.state {
            State::Live => "",
            State::Optional => "optional ",
            State::Disabled => "disabled ",
        };
        let _ = writeln!(
            text,
            "  from {state}{} in {}:{}",
            provider.kind,
            one_line(&provider.path),
            provider.line
        );
        if let Some(upstream) = &provider.upstream {
            let _ = writeln!(text, "    which takes {}", one_line(upstream));
        }
    }
    for destination in &report.mirrored_to {
        let _ = writeln!(text, "  mirrored to {}", one_line(destination));
    }
    for set in &report.mirror_sets {
        let or_none = |names: &[String]| match names {
            [] => "none".to_owned(),
            names => one_line(&names.join(", ")).into_owned(),
        };
        let _ = writeln!(
            text,
            "    by set {}: file {}, job {}, secret {}{}",
            one_line(&set.set),
            or_none(&set.files),
            or_none(&set.jobs),
            or_none(&set.secrets),
            if set.has_owners { "" } else { ", no OWNERS" },
        );
    }
    if !report.may_pull.is_empty() {
        let shown = report.may_pull.iter().take(MAX_PULLERS);
        let shown = shown.cloned().collect::<Vec<_>>().join(", ");
        let more = match report.may_pull.len().saturating_sub(MAX_PULLERS) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let _ = writeln!(text, "  may be pulled by {}{more}", one_line(&shown));
    }
    if !report.near.is_empty() {
        let _ = writeln!(text, "  did you mean {}?", report.near.join(", "));
    }
    draw_references(&report.references, &mut text);
    text
}

fn draw_references(references: &[ReferenceLine], text: &mut String) {
    if references.is_empty() {
        text.push_str("  nobody names it\n");
        return;
    }
    let mut by_owner: BTreeMap<&str, Vec<&ReferenceLine>> = BTreeMap::new();
    for reference in references {
        by_owner
            .entry(&reference.owner)
            .or_default()
            .push(reference);
    }
    let _ = writeln!(
        text,
        "  named {} {} by {}:",
        references.len(),
        if references.len() == 1 {
            "time"
        } else {
            "times"
        },
        if by_owner.len() == 1 {
            "one owner".to_owned()
        } else {
            format!("{} owners", by_owner.len())
        },
    );
    for (owner, references) in by_owner {
        let _ = writeln!(text, "    {} ({})", one_line(owner), references.len());
        for reference in references.iter().take(MAX_LISTED) {
            let name = reference.path.rsplit('/').next().unwrap_or_default();
            let _ = writeln!(
                text,
                "      {}:{} in {}",
                one_line(name),
                reference.line,
                reference.by
            );
        }
        if let Some(more) = references.len().checked_sub(MAX_LISTED + 1) {
            let _ = writeln!(text, "      and {} more", more + 1);
        }
    }
}
