//! The line of a branch: its commits from first parent to first parent.

use git2::{ErrorCode, Oid, Sort};

use super::super::TreeError;
use super::{CommitName, GitTree, Repository, failure};

/// What to do where a shallow clone ends too early.
const FETCH_MORE: &str = "this shallow clone does not have all of that history; fetch more of it, \
                          for example with `git fetch --unshallow` or `git fetch --deepen=1000`";

/// A commit on the line of a branch.
#[derive(Clone, Copy, Debug)]
pub struct LineCommit {
    id: Oid,
    tree: Oid,
    /// The commit before it on the line, and its tree.
    parent: Option<(Oid, Oid)>,
    /// When it was committed, in seconds since the start of 1970 (UTC).
    pub time: i64,
}

impl LineCommit {
    /// The tree of the commit, and that of the one before it.
    pub(super) fn trees(&self) -> (Oid, Option<Oid>) {
        (self.tree, self.parent.map(|(_, tree)| tree))
    }

    /// Its id, in 40 digits.
    #[must_use]
    pub fn id(&self) -> String {
        self.id.to_string()
    }
}

impl Repository {
    /// The commits on the line of `to` that `from` does not have, the oldest first.
    ///
    /// # Errors
    /// When there is none, one of the two is no commit, they have no common history here, or a part
    /// of it cannot be read.
    pub fn line_between(&self, from: &str, to: &str) -> Result<Vec<LineCommit>, TreeError> {
        let (first, last) = (self.find_commit(from)?.id(), self.find_commit(to)?.id());
        let failed = |reason: &str| failure(format!("cannot replay `{from}..{to}`"), reason);
        if first == last {
            return Err(failed("there is nothing in it: both are the same commit"));
        }
        let unread = |error: git2::Error| failed(self.why_unread(&error));
        let common = match self.git.merge_base(first, last) {
            Err(error) if error.code() == ErrorCode::NotFound && !self.git.is_shallow() => {
                return Err(failed("the two have no history in common"));
            }
            common => common.map_err(unread)?,
        };
        if common == last {
            return Err(failed(&format!(
                "it goes the wrong way, `{to}` is older; write `{to}..{from}`"
            )));
        }
        let ids = || {
            let mut walk = self.git.revwalk()?;
            walk.set_sorting(Sort::TOPOLOGICAL)?;
            walk.simplify_first_parent()?;
            walk.push(last)?;
            walk.hide(first)?;
            walk.collect::<Result<Vec<Oid>, _>>()
        };
        let mut line = Vec::new();
        for id in ids().map_err(unread)? {
            line.push(self.line_commit(id).map_err(unread)?);
        }
        line.reverse();
        Ok(line)
    }

    /// The commits on the line of `to` from the youngest down to the first that is older than `time`,
    /// which is in seconds since the start of 1970; the oldest first.
    ///
    /// # Errors
    /// When there is none, `to` is no commit, or a part of the history cannot be read.
    pub fn line_since(&self, to: &str, time: i64) -> Result<Vec<LineCommit>, TreeError> {
        let last = self.find_commit(to)?.id();
        let what = || format!("cannot replay what came to `{to}`");
        let mut line = Vec::new();
        let mut next = Some(last);
        while let Some(id) = next {
            let commit = self.line_commit(id);
            let commit = commit.map_err(|error| failure(what(), self.why_unread(&error)))?;
            if commit.time < time {
                break;
            }
            next = commit.parent.map(|(parent, _)| parent);
            line.push(commit);
        }
        if line.is_empty() {
            return Err(failure(what(), "its last commit is older than that"));
        }
        line.reverse();
        Ok(line)
    }

    /// The tree of `commit`.
    #[must_use]
    pub fn tree_after(&self, commit: &LineCommit) -> GitTree {
        self.tree(commit.tree)
    }

    /// The tree of the commit before `commit`; none where the history starts with it.
    #[must_use]
    pub fn tree_before(&self, commit: &LineCommit) -> Option<GitTree> {
        let (_, tree) = commit.parent?;
        Some(self.tree(tree))
    }

    /// How a message names `commit`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn name_of(&self, commit: &LineCommit) -> Result<CommitName, TreeError> {
        let found = self.git.find_commit(commit.id);
        let found = found.map_err(|error| {
            failure(format!("cannot read commit {}", commit.id), error.message())
        })?;
        Ok(CommitName::of(&found))
    }

    fn line_commit(&self, id: Oid) -> Result<LineCommit, git2::Error> {
        let commit = self.git.find_commit(id)?;
        let parent = match commit.parent_ids().next() {
            Some(parent) => Some((parent, self.git.find_commit(parent)?.tree_id())),
            // Where a shallow clone ends, libgit2 hides the parents that the commit names.
            None if names_parent(commit.raw_header_bytes()) => {
                return Err(git2::Error::new(
                    ErrorCode::NotFound,
                    git2::ErrorClass::Odb,
                    "the parent is not there",
                ));
            }
            None => None,
        };
        Ok(LineCommit {
            id,
            tree: commit.tree_id(),
            parent,
            time: commit.time().seconds(),
        })
    }

    fn why_unread<'e>(&self, error: &'e git2::Error) -> &'e str {
        if error.code() == ErrorCode::NotFound && self.git.is_shallow() {
            FETCH_MORE
        } else {
            error.message()
        }
    }
}

/// Whether the header of a commit names a parent.
fn names_parent(header: &[u8]) -> bool {
    let mut lines = header.split(|byte| *byte == b'\n');
    lines.any(|line| line.starts_with(b"parent "))
}
