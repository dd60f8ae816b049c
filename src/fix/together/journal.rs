//! What a run is about to write, for the run that comes after it if it is killed.

use std::fs;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{TogetherError, failed, write_new};
use crate::limits::MAX_JOURNAL;
use crate::tree::{FileChange, RepoPath};

/// What the journal is called once it is whole, and before.
pub(super) const NAME: &str = "journal.json";
const UNFINISHED: &str = "journal";

/// Changes, and the renames that make them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Journal {
    pub(super) changes: Vec<FileChange>,
    /// New folders and changed files, each put in its place by one rename.
    pub(super) targets: Vec<RepoPath>,
}

/// The journal as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    changes: Vec<Entry>,
    targets: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    old: Option<String>,
    new: String,
}

impl Journal {
    /// The journal of `changes` in a checkout in which `has_folder` tells what folders there are.
    pub(super) fn new(changes: &[FileChange], has_folder: impl Fn(&str) -> bool) -> Self {
        let mut targets: Vec<RepoPath> = Vec::new();
        // What is new can be taken back by one more rename; so what changes comes last.
        let (new, changed): (Vec<_>, Vec<_>) = changes.iter().partition(|own| own.old.is_none());
        for change in new.into_iter().chain(changed) {
            let target = target(&change.path, &has_folder);
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        Self {
            changes: changes.to_vec(),
            targets,
        }
    }

    /// The changes that one rename makes.
    pub(super) fn of_target(&self, target: &RepoPath) -> impl Iterator<Item = &FileChange> {
        let changes = self.changes.iter();
        changes.filter(move |change| change.path.is_within(target.as_str()))
    }

    /// Writes it to `stage`, where from one moment to the next it is there as a whole.
    pub(super) fn write(&self, stage: &Path) -> Result<(), TogetherError> {
        let entry = |change: &FileChange| Entry {
            path: change.path.to_string(),
            old: change.old.clone(),
            new: change.new.clone(),
        };
        let document = Document {
            changes: self.changes.iter().map(entry).collect(),
            targets: self.targets.iter().map(RepoPath::to_string).collect(),
        };
        let (unfinished, path) = (stage.join(UNFINISHED), stage.join(NAME));
        let text = serde_json::to_string(&document).map_err(|error| failed(&path)(error.into()))?;
        write_new(&unfinished, &text)?;
        fs::rename(unfinished, &path).map_err(failed(&path))?;
        super::sync(stage)
    }

    /// The one that lies in `stage`; none where the run was killed before it was whole. Whoever may
    /// have put it there: what it says is checked like any other change.
    pub(super) fn read(stage: &Path) -> Result<Option<Self>, TogetherError> {
        let path = stage.join(NAME);
        let is_real = |path: &Path| fs::symlink_metadata(path).map(|found| !found.is_symlink());
        if !is_real(stage).unwrap_or(false) || !is_real(&path).unwrap_or(false) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(&path).map_err(failed(&path))?;
        let read = file.take(MAX_JOURNAL).read_to_end(&mut bytes);
        read.map_err(failed(&path))?;
        let document: Document =
            serde_json::from_slice(&bytes).map_err(|error| failed(&path)(error.into()))?;
        let change = |entry: Entry| FileChange {
            path: RepoPath::new(&entry.path),
            old: entry.old,
            new: entry.new,
        };
        Ok(Some(Self {
            changes: document.changes.into_iter().map(change).collect(),
            targets: document
                .targets
                .iter()
                .map(|path| RepoPath::new(path))
                .collect(),
        }))
    }
}

/// The file itself, or the outermost of its folders that is not there yet.
fn target(path: &RepoPath, has_folder: impl Fn(&str) -> bool) -> RepoPath {
    let mut target = path.clone();
    while !target.folder().is_empty() && !has_folder(target.folder()) {
        target = RepoPath::new(target.folder());
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_folder_is_one_rename() {
        let change = |path: &str, old: Option<&str>| FileChange {
            path: RepoPath::new(path),
            old: old.map(str::to_owned),
            new: String::new(),
        };
        let changes = [
            change("a/b/OWNERS", None),
            change("a/jobs", Some("x")),
            change("a/b/c/x", None),
            change("y", None),
        ];
        let journal = Journal::new(&changes, |folder| folder == "a");
        let targets: Vec<&str> = journal.targets.iter().map(RepoPath::as_str).collect();
        assert_eq!(targets, ["a/b", "y", "a/jobs"]);
        assert_eq!(journal.of_target(&journal.targets[0]).count(), 2);
    }
}
