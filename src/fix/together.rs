//! Writing several files so that all of them are there afterwards or none, also when the process is
//! killed at any moment.
//!
//! Everything new is written below [`STAGE`] at the root of the checkout first, with a journal of what
//! is to become of it. Then each new folder, and each file that changes, is put in its place by one
//! rename. A run that is killed between two renames has left the journal: [`Session::open`] finishes
//! it, or drops what was staged where no rename was made. A lock on the root keeps runs apart.

mod journal;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::replace::replace;
use super::write::inside;
use crate::tree::{FileChange, RepoPath};
use journal::Journal;

/// The folder at the root of the checkout in which a run prepares what it writes.
const STAGE: &str = ".mirrorlint-new";

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum TogetherError {
    /// The system does not let it.
    #[error("cannot write `{path}`: {reason}")]
    System {
        /// The file or folder.
        path: String,
        /// What the system says.
        reason: io::Error,
    },
    /// A file is not what it was when the change was worked out, or is there although it was not.
    #[error("`{0}` was changed meanwhile; try again")]
    Changed(RepoPath),
    /// A path that leads out of the checkout, or to where no files of it lie.
    #[error(
        "`{0}` is no path to write to: it is, or lies behind, a symbolic link or a hidden folder"
    )]
    Elsewhere(RepoPath),
    /// A run was killed, and what it had not written yet cannot be written any more.
    #[error(
        "a run of `mirrorlint new` was killed after it wrote `{written}` and before it wrote \
         `{missing}`, which has changed since; write the one or take away the other by hand, then \
         remove `{STAGE}`"
    )]
    Interrupted {
        /// A file that was written.
        written: RepoPath,
        /// One that was not.
        missing: RepoPath,
    },
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> TogetherError {
    let path = path.display().to_string();
    |reason| TogetherError::System { path, reason }
}

/// The only run that writes to a checkout, until it is dropped.
#[derive(Debug)]
pub struct Session {
    root: PathBuf,
    /// What a run that was killed had begun and this one finished.
    pub finished: Vec<RepoPath>,
    _lock: File,
}

/// Whether a run was killed and its work waits for [`Session::open`].
#[must_use]
pub fn is_interrupted(root: &Path) -> bool {
    fs::symlink_metadata(root.join(STAGE)).is_ok()
}

impl Session {
    /// Waits until no other run writes to the checkout at `root`, and clears up what one that was
    /// killed has left: its change is finished where some of it was made, else dropped.
    ///
    /// # Errors
    /// When the system does not let it, or what is left cannot be finished.
    pub fn open(root: &Path) -> Result<Self, TogetherError> {
        let lock = File::open(root).map_err(failed(root))?;
        lock.lock().map_err(failed(root))?;
        let mut session = Self {
            root: root.to_owned(),
            finished: Vec::new(),
            _lock: lock,
        };
        if is_interrupted(root) {
            if let Some(journal) = Journal::read(&session.stage())? {
                session.finish(&journal)?;
            }
            session.clear()?;
        }
        Ok(session)
    }

    /// Makes all `changes`, or none.
    ///
    /// # Errors
    /// When one cannot be made; all files are then as they were.
    pub fn write(&self, changes: &[FileChange]) -> Result<(), TogetherError> {
        for change in changes {
            if !self.is_before(change)? {
                return Err(TogetherError::Changed(change.path.clone()));
            }
        }
        let journal = Journal::new(changes, |path| self.root.join(path).is_dir());
        let staged = self.stage_all(&journal);
        let written = staged.and_then(|()| self.put_in_place(&journal));
        // What could not be taken back is left to the next run, with the journal.
        if written.is_ok() || !self.has_begun(&journal) {
            self.clear()?;
        }
        written
    }

    fn stage(&self) -> PathBuf {
        self.root.join(STAGE)
    }

    /// Removes what is staged, the journal first: the rest means nothing without it.
    fn clear(&self) -> Result<(), TogetherError> {
        let stage = self.stage();
        let unless_gone = |removed: io::Result<()>| match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&stage)(error)),
            _ => Ok(()),
        };
        // A link of this name is removed itself.
        if fs::symlink_metadata(&stage).is_ok_and(|found| found.is_dir()) {
            unless_gone(fs::remove_file(stage.join(journal::NAME)))?;
        }
        unless_gone(fs::remove_dir_all(&stage))?;
        sync(&self.root)
    }

    /// Writes everything below [`STAGE`], the journal last.
    fn stage_all(&self, journal: &Journal) -> Result<(), TogetherError> {
        let stage = self.stage();
        fs::create_dir(&stage).map_err(failed(&stage))?;
        for (number, target) in journal.targets.iter().enumerate() {
            for change in journal.of_target(target) {
                let below = change.path.below(target.as_str());
                let to = match below {
                    Some(below) => stage.join(number.to_string()).join(below),
                    None => stage.join(number.to_string()),
                };
                write_new(&to, &change.new)?;
                let old = self.root.join(change.path.as_str());
                if let Ok(old) = fs::symlink_metadata(old) {
                    fs::set_permissions(&to, old.permissions()).map_err(failed(&to))?;
                }
            }
        }
        journal.write(&stage)?;
        sync(&self.root)
    }

    /// Puts what is staged in its place, and takes it back where one thing cannot be put there.
    fn put_in_place(&self, journal: &Journal) -> Result<(), TogetherError> {
        for (number, target) in journal.targets.iter().enumerate() {
            if let Err(error) = self.put(number, target) {
                for done in (0..number).rev() {
                    self.take_back(journal, done)?;
                }
                return Err(error);
            }
        }
        Ok(())
    }

    fn put(&self, number: usize, target: &RepoPath) -> Result<(), TogetherError> {
        let to = self.place(target)?;
        fs::rename(self.staged(number), &to).map_err(failed(&to))?;
        to.parent().map_or(Ok(()), sync)
    }

    fn take_back(&self, journal: &Journal, number: usize) -> Result<(), TogetherError> {
        let target = &journal.targets[number];
        let place = self.place(target)?;
        let mut changes = journal.of_target(target);
        match changes.find_map(|change| change.old.as_ref()) {
            Some(old) => replace(&place, old).map_err(failed(&place)),
            None => fs::rename(&place, self.staged(number)).map_err(failed(&place)),
        }
    }

    /// Where a target waits to be put in its place; once it is there, nothing is here.
    fn staged(&self, number: usize) -> PathBuf {
        self.stage().join(number.to_string())
    }

    fn is_waiting(&self, number: usize) -> bool {
        fs::symlink_metadata(self.staged(number)).is_ok()
    }

    /// Whether one target is in its place already.
    fn has_begun(&self, journal: &Journal) -> bool {
        let mut numbers = 0..journal.targets.len();
        fs::symlink_metadata(self.stage().join(journal::NAME)).is_ok()
            && numbers.any(|number| !self.is_waiting(number))
    }

    /// Finishes what a run that was killed has begun.
    fn finish(&mut self, journal: &Journal) -> Result<(), TogetherError> {
        if !self.has_begun(journal) {
            return Ok(());
        }
        let (waiting, written): (Vec<usize>, Vec<usize>) =
            (0..journal.targets.len()).partition(|number| self.is_waiting(*number));
        for &number in &waiting {
            for change in journal.of_target(&journal.targets[number]) {
                if !self.is_before(change)? {
                    let written = written.first().map(|written| &journal.targets[*written]);
                    return Err(TogetherError::Interrupted {
                        written: written.unwrap_or(&change.path).clone(),
                        missing: change.path.clone(),
                    });
                }
            }
        }
        for number in waiting {
            self.put(number, &journal.targets[number])?;
        }
        let changes = journal.changes.iter();
        self.finished = changes.map(|change| change.path.clone()).collect();
        Ok(())
    }

    /// Whether the file is as it is before `change`.
    fn is_before(&self, change: &FileChange) -> Result<bool, TogetherError> {
        if !is_plain(&change.path) {
            return Err(TogetherError::Elsewhere(change.path.clone()));
        }
        let Some(path) = self.nearest(&change.path)? else {
            return Ok(change.old.is_none());
        };
        match fs::symlink_metadata(&path) {
            Ok(found) if !found.is_file() => Err(TogetherError::Elsewhere(change.path.clone())),
            Ok(_) => {
                let text = fs::read(&path).map_err(failed(&path))?;
                Ok(change
                    .old
                    .as_ref()
                    .is_some_and(|old| *old.as_bytes() == *text))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(change.old.is_none()),
            Err(error) => Err(failed(&path)(error)),
        }
    }

    /// Where a path lies on disk, when its folder is there. No folder above it leads elsewhere.
    fn nearest(&self, path: &RepoPath) -> Result<Option<PathBuf>, TogetherError> {
        let is_there = |path: &str| fs::symlink_metadata(self.root.join(path)).is_ok();
        let mut nearest = path.clone();
        while !is_there(nearest.folder()) {
            nearest = RepoPath::new(nearest.folder());
        }
        let place = self.place(&nearest)?;
        Ok((nearest == *path).then_some(place))
    }

    /// The absolute path of what is written, in a folder that is there.
    fn place(&self, path: &RepoPath) -> Result<PathBuf, TogetherError> {
        inside(&self.root, path).ok_or_else(|| TogetherError::Elsewhere(path.clone()))
    }
}

/// Whether no part of a path is hidden, as `.git` is, or climbs. Nothing of ours is.
fn is_plain(path: &RepoPath) -> bool {
    let mut parts = path.parts();
    parts.all(|part| !part.is_empty() && !part.starts_with('.'))
}

/// A file that is not there yet, with its folders.
fn write_new(path: &Path, text: &str) -> Result<(), TogetherError> {
    let write = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create_new(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(failed(path))?;
    path.parent().map_or(Ok(()), sync)
}

/// Makes sure that the names in a folder outlast a crash of the system.
fn sync(folder: &Path) -> Result<(), TogetherError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(failed(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, old: Option<&str>, new: &str) -> FileChange {
        FileChange {
            path: RepoPath::new(path),
            old: old.map(str::to_owned),
            new: new.to_owned(),
        }
    }

    #[test]
    fn what_cannot_be_written_as_a_whole_is_taken_back() -> Result<(), Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        fs::write(root.path().join("jobs"), "old")?;
        let changes = [
            change("jobs", Some("old"), "new"),
            change("set/OWNERS", None, "x"),
        ];
        let session = Session::open(root.path())?;
        let journal = Journal::new(&changes, |_| false);
        session.stage_all(&journal)?;
        // The folder comes first, and then the jobs cannot be put in their place.
        fs::remove_file(session.staged(1))?;
        assert!(session.put_in_place(&journal).is_err());
        assert!(!root.path().join("set").exists());
        assert_eq!(fs::read(root.path().join("jobs"))?, b"old");
        session.clear()?;

        session.write(&changes)?;
        assert_eq!(fs::read(root.path().join("set/OWNERS"))?, b"x");
        assert_eq!(fs::read(root.path().join("jobs"))?, b"new");
        assert!(!is_interrupted(root.path()));
        Ok(())
    }

    #[test]
    fn what_changed_meanwhile_is_left_alone() -> Result<(), Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        fs::write(root.path().join("jobs"), "another")?;
        let session = Session::open(root.path())?;
        for changes in [
            [change("a", None, "x"), change("jobs", Some("old"), "new")],
            [change("a", None, "x"), change("jobs", None, "new")],
            [change("a", None, "x"), change("gone", Some("old"), "new")],
            [change("a", None, "x"), change(".git/config", None, "new")],
            [change("a", None, "x"), change("b/../../c", None, "new")],
        ] {
            let refused = session.write(&changes);
            assert!(refused.is_err(), "{changes:?}");
            assert_eq!(fs::read_dir(root.path())?.count(), 1, "{changes:?}");
        }
        Ok(())
    }
}
