//! `mirrorlint image`: one ImageStreamTag, from where it comes to who uses it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::check::lint_target::{self, LintTarget};
use super::{Failure, Status};
use crate::checkout::image_facts::{self, ImageFacts, MirroredBy};
use crate::checkout::images::{ImageUse, Images, Provider, Resolution, State};
use crate::checkout::{Checkout, Inputs};
use crate::finding::Place;
use crate::linter::{checkout_root, conventions_in};
use crate::report::one_line;
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::{ColumnUnit, LineIndex};
use crate::tree::{Entry, Listing, Tree, TreeError, Unreadable, Wanted};

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

/// All about one ImageStreamTag.
#[derive(Serialize)]
struct ImageReport {
    image: String,
    state: &'static str,
    providers: Vec<ProviderLine>,
    references: Vec<ReferenceLine>,
    mirrored_to: Vec<String>,
    mirror_sets: Vec<SetLine>,
    may_pull: Vec<String>,
    near: Vec<String>,
}

/// A mirror set that the image is mirrored by, with its parts.
#[derive(Serialize)]
struct SetLine {
    set: String,
    has_owners: bool,
    /// The mapping files that name the image.
    files: Vec<String>,
    /// The jobs that read them, and the secrets that those mount.
    jobs: Vec<String>,
    secrets: Vec<String>,
}

#[derive(Serialize)]
struct ProviderLine {
    kind: &'static str,
    state: &'static str,
    path: String,
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<String>,
}

#[derive(Serialize)]
struct ReferenceLine {
    by: &'static str,
    /// `org/repo` of a ci-operator config; else the folder.
    owner: String,
    path: String,
    line: usize,
}

pub(super) fn run(arguments: &ImageArguments) -> Result<Status, Failure> {
    let lint_target = match &arguments.rev {
        Some(rev) => lint_target::commit(&arguments.path, rev)?,
        None => {
            let (root, reported) = checkout_root(&arguments.path)?;
            LintTarget::on_disk(&root, reported)?
        }
    };
    let conventions = conventions_in(&*lint_target.tree)?;
    let inputs = Inputs::default();
    let focused = Focused {
        tree: &*lint_target.tree,
        configs: &conventions.ci_configs.folder,
        words: words(&arguments.image),
    };
    let mut checkout = Checkout::load(&focused, &conventions, &inputs)?;
    // What is not provided by a file that names it may be copied, cached or misspelled.
    let is_provided = arguments.image.parse().is_ok_and(|tag: ImageStreamTag| {
        matches!(
            checkout.images.resolve(&tag),
            Resolution::Provided(_) | Resolution::Outside
        )
    });
    // What the old form of a promotion says holds where most configs have it: a question for all.
    if !is_provided || checkout.layout.promotes_beside_to() {
        checkout = Checkout::load(&*lint_target.tree, &conventions, &inputs)?;
    }
    let tags = wanted(&arguments.image, &checkout.images)?;
    let reports: Vec<ImageReport> = tags.iter().map(|tag| report(&checkout, tag)).collect();
    let text = match arguments.output {
        ImageFormat::Json => serde_json::to_string_pretty(&reports)? + "\n",
        ImageFormat::Text => reports.iter().map(draw).collect::<Vec<_>>().join("\n"),
    };
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    let is_known = reports.iter().any(|report| report.state != "not provided");
    Ok(if is_known {
        Status::Clean
    } else {
        Status::Findings
    })
}

/// The stream's name and the tag, as far as the argument gives them.
fn words(image: &str) -> Vec<String> {
    let (_, rest) = image.split_once('/').unwrap_or(("", image));
    rest.split(':').map(str::to_owned).collect()
}

/// A tree in which ci-operator's files that cannot name the image are empty: nearly all of them, and
/// reading those is what takes the time. Whatever names or publishes `namespace/name:tag` holds the
/// name and the tag as words of its text.
struct Focused<'t> {
    tree: &'t dyn Tree,
    configs: &'t str,
    words: Vec<String>,
}

impl Tree for Focused<'_> {
    fn list(&self, wanted: &Wanted) -> Result<Listing, TreeError> {
        self.tree.list(wanted)
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, Unreadable> {
        let bytes = self.tree.read(entry)?;
        let holds = |word: &String| memchr::memmem::find(&bytes, word.as_bytes()).is_some();
        if entry.path.is_within(self.configs) && !self.words.iter().all(holds) {
            return Ok(Vec::new());
        }
        Ok(bytes)
    }
}

/// The tags that the argument names: one, or all that a stream has.
fn wanted(image: &str, images: &Images) -> Result<Vec<ImageStreamTag>, Failure> {
    if image.contains(':') {
        return Ok(vec![
            image
                .parse()
                .map_err(|error| format!("`{image}`: {error}"))?,
        ]);
    }
    let (namespace, name) = image
        .split_once('/')
        .ok_or_else(|| format!("`{image}` is not of the form NAMESPACE/NAME[:TAG]"))?;
    let mut tags: Vec<ImageStreamTag> = images
        .stream(namespace, name)
        .into_iter()
        .flat_map(|stream| stream.tags.keys())
        .filter_map(|tag| ImageStreamTag::new(namespace, name, tag).ok())
        .collect();
    tags.extend(
        images
            .references()
            .filter(|naming| {
                *naming.target.namespace() == *namespace && *naming.target.name() == *name
            })
            .map(|naming| naming.target.clone()),
    );
    tags.sort();
    tags.dedup();
    if tags.is_empty() {
        return Err(format!("nothing provides or names a tag of `{image}`").into());
    }
    Ok(tags)
}

fn report(checkout: &Checkout, tag: &ImageStreamTag) -> ImageReport {
    let facts = ImageFacts::of(checkout, tag);
    let mut lines = LineFinder::new(checkout);
    ImageReport {
        image: tag.to_string(),
        state: facts.state(),
        providers: facts
            .providers
            .iter()
            .map(|provider| provider_line(&mut lines, provider))
            .collect(),
        references: facts
            .users
            .iter()
            .map(|naming| reference_line(&mut lines, naming))
            .collect(),
        mirror_sets: facts.mirror_sets.iter().map(set_line).collect(),
        mirrored_to: facts.mirrored_to,
        may_pull: facts.may_pull,
        near: facts.near.iter().map(|near| near.tag.to_string()).collect(),
    }
}

fn set_line(by: &MirroredBy<'_>) -> SetLine {
    SetLine {
        set: by.set.to_owned(),
        has_owners: by.has_owners,
        files: by.files.iter().map(|file| file.name().to_owned()).collect(),
        jobs: by.jobs.iter().map(|job| job.name().to_owned()).collect(),
        secrets: by.secrets().into_iter().map(str::to_owned).collect(),
    }
}

fn provider_line(lines: &mut LineFinder<'_>, provider: &Provider) -> ProviderLine {
    ProviderLine {
        kind: provider.kind.as_str(),
        state: match provider.state {
            State::Live => "live",
            State::Optional => "optional",
            State::Disabled => "disabled",
        },
        path: provider.place.path.to_string(),
        line: lines.line(&provider.place),
        upstream: provider.upstream.as_ref().map(ToString::to_string),
    }
}

fn reference_line(lines: &mut LineFinder<'_>, naming: &ImageUse) -> ReferenceLine {
    ReferenceLine {
        by: naming.referrer.as_str(),
        owner: image_facts::owner(&naming.place, &lines.checkout.conventions).to_owned(),
        path: naming.place.path.to_string(),
        line: lines.line(&naming.place),
    }
}

/// Lines of places, each file indexed once.
struct LineFinder<'c> {
    checkout: &'c Checkout,
    indexes: BTreeMap<crate::tree::RepoPath, LineIndex>,
}

impl<'c> LineFinder<'c> {
    fn new(checkout: &'c Checkout) -> Self {
        Self {
            checkout,
            indexes: BTreeMap::new(),
        }
    }

    fn line(&mut self, place: &Place) -> usize {
        let text = self.checkout.text(&place.path).unwrap_or_default();
        self.indexes
            .entry(place.path.clone())
            .or_insert_with(|| LineIndex::new(text))
            .position(text, place.span.start, ColumnUnit::Scalars)
            .line
    }
}

fn draw(report: &ImageReport) -> String {
    let mut text = format!("{}: {}\n", report.image, report.state);
    for provider in &report.providers {
        let state = if provider.state == "live" {
            ""
        } else {
            provider.state
        };
        let _ = writeln!(
            text,
            "  from {}{}{} in {}:{}",
            state,
            if state.is_empty() { "" } else { " " },
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
