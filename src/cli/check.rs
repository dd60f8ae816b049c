//! `mirrorlint check`.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::output::Output;
use super::selection::Selection;
use super::{Failure, Status};
use crate::checkout::{Checkout, Inputs};
use crate::engine::{self, Found, Plan};
use crate::finding::{Finding, Severity};
use crate::model::{Conventions, secretsync};
use crate::report::{Report, Statistics, Summary, Texts};
use crate::tree::{RepoPath, Repository, Tree, WorkTree};

/// Folders that tell a checkout of openshift/release.
const LANDMARKS: [&str; 2] = ["core-services", "ci-operator"];

#[derive(Args)]
pub(super) struct CheckArguments {
    /// The checkout, or a path in it that limits what is reported (never what is read)
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Lint this commit instead of the files on disk; works in a bare repository too
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// Also show what no change caused: findings of rules that report changes only
    #[arg(long)]
    all: bool,
    /// An export of secrets from Vault (YAML or JSON, for example of `vault kv get -format=json`);
    /// may be repeated. Only the `secretsync/*` keys and the names of the others are kept
    #[arg(long, value_name = "FILE")]
    secretsync: Vec<PathBuf>,
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
    let mut subject = subject(&arguments.path, arguments.rev.as_deref())?;
    subject.inputs = inputs(&arguments.secretsync)?;
    lint(
        &subject,
        arguments.all,
        &arguments.selection,
        &arguments.output,
    )
}

/// What is linted, and which part of it is reported.
pub(super) struct Subject {
    pub(super) tree: Box<dyn Tree>,
    pub(super) reported: RepoPath,
    pub(super) inputs: Inputs,
}

/// Reads what the user gives beside the checkout. The text of an index is dropped at once.
fn inputs(indexes: &[PathBuf]) -> Result<Inputs, Failure> {
    let mut inputs = Inputs::default();
    for path in indexes {
        let failed = |reason: &dyn Display| {
            let path = path.display();
            format!("cannot use the secretsync index `{path}`: {reason}")
        };
        let bytes = fs::read(path).map_err(|error| failed(&error))?;
        let entries = secretsync::read(&bytes).map_err(|error| failed(&error))?;
        let name = RepoPath::new(&path.display().to_string());
        inputs.secretsync.push((name, entries));
    }
    Ok(inputs)
}

/// Lints `subject` and writes the reports.
pub(super) fn lint(
    subject: &Subject,
    all: bool,
    selection: &Selection,
    output: &Output,
) -> Result<Status, Failure> {
    let catalogue = selection.catalogue()?;
    let plan = Plan::new(&catalogue, |rule| selection.picks(rule))?;
    let conventions = Conventions::builtin()?;
    let checkout = Checkout::load(&*subject.tree, &conventions, &subject.inputs)?;
    let Found {
        mut findings,
        held_back,
    } = engine::lint(&checkout, &plan);

    let given = |path: &RepoPath| {
        subject
            .inputs
            .secretsync
            .iter()
            .any(|(name, _)| name == path)
    };
    let in_part = |finding: &Finding| {
        let path = &finding.place.path;
        path.is_within(subject.reported.as_str()) || given(path)
    };
    let shown_from = selection.shown_from();
    let is_shown = |finding: &Finding| in_part(finding) && finding.severity >= shown_from;
    let images = checkout.images.summary();
    let mut statistics = Statistics {
        references: images.references,
        resolved: images.resolved,
        ..Statistics::default()
    };
    for finding in findings.iter().chain(&held_back).filter(|f| in_part(f)) {
        *statistics.rules.entry(finding.rule.clone()).or_default() += 1;
    }
    let mut held_back_count = 0;
    if all {
        findings.extend(held_back);
        findings.sort_by(|a, b| a.order().cmp(&b.order()));
    } else {
        held_back_count = held_back.iter().filter(|f| is_shown(f)).count();
    }
    let fails = findings
        .iter()
        .any(|finding| in_part(finding) && selection.fails(finding.severity));
    findings.retain(is_shown);

    let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let rules = selection.texts(&catalogue);
    let report = Report {
        findings: &findings,
        rules: &rules,
        summary: Summary {
            files: checkout.files().len(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            hints: count(Severity::Hint),
            held_back: held_back_count,
            ..Summary::default()
        },
        statistics: output.statistics.then_some(statistics),
        texts: &checkout,
    };
    output.write(&report)?;
    Ok(if fails {
        Status::Findings
    } else {
        Status::Clean
    })
}

impl Texts for Checkout {
    fn text(&self, path: &RepoPath) -> Option<&str> {
        Checkout::text(self, path)
    }
}

/// The tree that `path` and `rev` name.
pub(super) fn subject(path: &Path, rev: Option<&str>) -> Result<Subject, Failure> {
    let Some(rev) = rev else {
        let (root, reported) = checkout_root(path)?;
        return Ok(Subject {
            tree: Box::new(WorkTree::open(&root)?),
            reported,
            inputs: Inputs::default(),
        });
    };
    let repository = Repository::discover(path)?;
    let reported = repository
        .work_tree()
        .and_then(|root| below(&root.canonicalize().ok()?, &path.canonicalize().ok()?))
        .unwrap_or_else(|| RepoPath::new(""));
    Ok(Subject {
        tree: Box::new(repository.commit(rev)?),
        reported,
        inputs: Inputs::default(),
    })
}

/// The root of the checkout that `path` lies in, and the path from there.
fn checkout_root(path: &Path) -> Result<(PathBuf, RepoPath), Failure> {
    let absolute = path
        .canonicalize()
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let root = absolute
        .ancestors()
        .find(|folder| {
            LANDMARKS
                .iter()
                .any(|landmark| folder.join(landmark).is_dir())
        })
        .ok_or_else(|| {
            format!(
                "`{}` is no checkout of openshift/release: neither it nor a folder above it has \
                 a folder `{}` or `{}`",
                path.display(),
                LANDMARKS[0],
                LANDMARKS[1],
            )
        })?;
    let reported = below(root, &absolute).ok_or("the path is not UTF-8")?;
    Ok((root.to_owned(), reported))
}

fn below(root: &Path, path: &Path) -> Option<RepoPath> {
    Some(RepoPath::new(path.strip_prefix(root).ok()?.to_str()?))
}
