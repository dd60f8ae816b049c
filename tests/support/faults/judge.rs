//! What `mirrorlint check --base` says of a fault.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Oid, Repository, Signature, Time, Tree};
use mirrorlint::finding::Severity;
use serde::Deserialize;
use tempfile::TempDir;

use super::score::Verdict;
use super::{Fault, Kind, Source};

/// A repository whose only commit is the checkout without faults.
pub struct Judge {
    folder: TempDir,
    base: Oid,
}

/// A finding that is shown.
#[derive(Clone, Debug, Deserialize)]
pub struct Seen {
    pub rule: String,
    pub severity: Severity,
    pub path: String,
    pub line: usize,
    pub end_line: usize,
    pub message: String,
}

#[derive(Deserialize)]
struct Report {
    findings: Vec<Seen>,
}

impl Judge {
    pub fn of(source: &Source) -> Result<Self, Box<dyn Error>> {
        let folder = TempDir::new()?;
        let git = Repository::init_bare(folder.path())?;
        let base = {
            // One pack in place of a file for each object.
            let objects = git.odb()?;
            let pack = objects.add_new_mempack_backend(999)?;
            let empty = git.find_tree(git.treebuilder(None)?.write()?)?;
            let mut tree = TreeUpdateBuilder::new();
            for (path, text) in source.files() {
                tree.upsert(path, git.blob(text.as_bytes())?, FileMode::Blob);
            }
            let tree = git.find_tree(tree.create_updated(&git, &empty)?)?;
            let base = commit(&git, &tree, None)?;
            let mut packed = git2::Buf::new();
            pack.dump(&git, &mut packed)?;
            pack.reset()?;
            let mut writer = objects.packwriter()?;
            std::io::Write::write_all(&mut writer, &packed)?;
            writer.commit()?;
            base
        };
        Ok(Self { folder, base })
    }

    /// What the change that brings the fault is told, from `severity` on.
    pub fn seen(&self, fault: &Fault, severity: Severity) -> Result<Vec<Seen>, Box<dyn Error>> {
        let git = Repository::open_bare(self.folder.path())?;
        let base = git.find_commit(self.base)?;
        let mut tree = TreeUpdateBuilder::new();
        for (path, text) in &fault.edits {
            match text {
                Some(text) => {
                    tree.upsert(path.as_str(), git.blob(text.as_bytes())?, FileMode::Blob)
                }
                None => tree.remove(path.as_str()),
            };
        }
        let tree = git.find_tree(tree.create_updated(&git, &base.tree()?)?)?;
        let head = commit(&git, &tree, Some(&base))?;
        let output = Command::new(binary())
            .arg("check")
            .arg(self.folder.path())
            .args([
                "--base",
                &self.base.to_string(),
                "--head",
                &head.to_string(),
            ])
            .args(["--output", "json", "--jobs", "1"])
            .args(["--severity", severity.as_str()])
            .env_remove("GITHUB_STEP_SUMMARY")
            .output()?;
        let report = serde_json::from_slice::<Report>(&output.stdout).map_err(|error| {
            let said = String::from_utf8_lossy(&output.stderr);
            format!("{error}: {said}")
        })?;
        Ok(report.findings)
    }

    /// The verdicts of up to `count` faults of each kind, on all cores.
    pub fn verdicts(
        &self,
        kinds: &[&Kind],
        source: &Source,
        count: usize,
    ) -> Result<Vec<Verdict>, Box<dyn Error>> {
        let faults: Vec<(&Kind, u64, Fault)> = kinds
            .iter()
            .flat_map(|&kind| {
                let faults = kind.faults(source, count).into_iter();
                faults.map(move |(number, fault)| (kind, number, fault))
            })
            .collect();
        let (next, verdicts) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || -> Result<(), String> {
            while let Some((kind, number, fault)) = faults.get(next.fetch_add(1, Ordering::Relaxed))
            {
                let severity = kind.severity.min(Severity::Warning);
                let seen = self.seen(fault, severity);
                let seen = seen.map_err(|error| format!("{}: {error}", kind.name))?;
                let verdict = Verdict::new(kind, *number, fault, seen);
                let mut verdicts = verdicts.lock().map_err(|error| error.to_string())?;
                verdicts.push(verdict);
            }
            Ok(())
        };
        let cores = std::thread::available_parallelism()?.get();
        let ended: Result<(), String> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            let mut ended = workers.into_iter().map(|worker| worker.join());
            ended.try_for_each(|ended| ended.unwrap_or_else(|_| Err("a panic".to_owned())))
        });
        ended?;
        let mut verdicts = verdicts.into_inner()?;
        verdicts.sort_by(|a, b| (a.family, a.kind, a.number).cmp(&(b.family, b.kind, b.number)));
        Ok(verdicts)
    }
}

/// The binary of this build, or the one that `MIRRORLINT_FAULT_BINARY` names.
fn binary() -> PathBuf {
    let other = std::env::var_os("MIRRORLINT_FAULT_BINARY");
    other.map_or_else(
        || assert_cmd::cargo::cargo_bin!("mirrorlint").to_owned(),
        PathBuf::from,
    )
}

fn commit(
    git: &Repository,
    tree: &Tree,
    parent: Option<&git2::Commit>,
) -> Result<Oid, git2::Error> {
    let who = Signature::new("T", "t@example.org", &Time::new(1_700_000_000, 0))?;
    let parents: Vec<_> = parent.into_iter().collect();
    git.commit(None, &who, &who, "x", tree, &parents)
}
