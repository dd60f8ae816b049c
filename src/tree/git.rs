//! Trees that git holds: commits, the index, and the merge of two commits.
//!
//! Nothing here runs a hook, a filter or a process, and nothing is written: not to the work tree,
//! the index, a ref, or the object database.

mod differences;
mod fork_point;
mod line;
mod merge;
mod objects;
mod unchanged;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use git2::{Commit, ErrorCode, Oid};

use super::{ContentId, RepoPath, TreeError};
use objects::{Blob, Files, Handles};

pub use differences::Differences;
pub use line::LineCommit;
pub use merge::{CommitName, Merge};
pub use objects::GitTree;

/// Set in an index entry's extended flags by `git add --intent-to-add`: nothing is staged yet.
const INTENT_TO_ADD: u16 = 1 << 13;

/// The bits of an index entry's flags that hold its stage: 0, or 1 to 3 in a conflict.
const STAGE: u16 = 0x3000;

/// A git repository, bare or with a work tree.
pub struct Repository {
    git: git2::Repository,
    handles: Arc<Handles>,
}

impl Repository {
    /// Opens the repository that `path` lies in.
    ///
    /// # Errors
    /// When there is none.
    pub fn discover(path: &Path) -> Result<Self, TreeError> {
        // As git does: an object is what its pack's checksums say, and is not hashed once more to be read.
        git2::opts::strict_hash_verification(false);
        git2::Repository::discover(path)
            .map(|git| Self {
                handles: Arc::new(Handles::new(git.path())),
                git,
            })
            .map_err(|error| {
                failure(
                    format!("no git repository at `{}`", path.display()),
                    error.message(),
                )
            })
    }

    /// The root of the work tree; `None` in a bare repository, also where its configuration forgets
    /// to say that it is bare and libgit2 takes the folder above for the work tree.
    #[must_use]
    pub fn work_tree(&self) -> Option<&Path> {
        work_tree(&self.git)
    }

    /// The tree of the commit that `revision` names, in git's notation. Files that the work tree has with the
    /// same content are read there, which costs less than unpacking them.
    ///
    /// # Errors
    /// When there is no such commit, or it cannot be read.
    pub fn commit(&self, revision: &str) -> Result<GitTree, TreeError> {
        let tree = self
            .git
            .revparse_single(revision)
            .and_then(|object| object.peel_to_tree())
            .map_err(|error| self.unknown(revision, &error))?;
        Ok(self.tree(tree.id()))
    }

    /// The first twelve digits of the id of the commit that `revision` names, if there is one.
    #[must_use]
    pub fn commit_id(&self, revision: &str) -> Option<String> {
        let commit = self.find_commit(revision).ok()?;
        Some(commit.id().to_string()[..12].to_owned())
    }

    /// The tree of `HEAD`; an empty one before the first commit.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn head(&self) -> Result<GitTree, TreeError> {
        match self.git.head() {
            Err(error) if error.code() == ErrorCode::UnbornBranch => {
                Ok(self.git_tree(Files::Listed(BTreeMap::new())))
            }
            _ => self.commit("HEAD"),
        }
    }

    /// What is staged.
    ///
    /// # Errors
    /// When there is no index, as in a bare repository, or it cannot be read.
    pub fn index(&self, instead: Option<&Path>) -> Result<GitTree, TreeError> {
        let what = "cannot read what is staged";
        if self.git.is_bare() {
            return Err(failure(what.to_owned(), "a bare repository has no index"));
        }
        let failed = |error: git2::Error| failure(what.to_owned(), error.message());
        let index = match instead {
            // libgit2 takes a missing index for an empty one.
            Some(path) if !path.is_file() => {
                let why = format!("there is no index at `{}`", path.display());
                return Err(failure(what.to_owned(), &why));
            }
            Some(path) => git2::Index::open(path).map_err(failed)?,
            None => {
                let mut index = self.git.index().map_err(failed)?;
                index.read(false).map_err(failed)?;
                index
            }
        };
        let entries = index.iter();
        let added = entries.filter(|entry| entry.flags_extended & INTENT_TO_ADD == 0);
        let files = added.map(|entry| {
            let path = RepoPath::new(&String::from_utf8_lossy(&entry.path));
            let blob = Blob {
                oid: entry.id,
                mode: i32::try_from(entry.mode).unwrap_or_default(),
                unmerged: entry.flags & STAGE != 0,
            };
            (path, blob)
        });
        Ok(self.git_tree(Files::Listed(files.collect())))
    }

    fn tree(&self, root: Oid) -> GitTree {
        self.git_tree(Files::Commit {
            root,
            changes: BTreeMap::new(),
        })
    }

    fn git_tree(&self, files: Files) -> GitTree {
        let work_tree = self.work_tree().map(Path::to_owned);
        GitTree::new(files, self.handles.clone(), work_tree)
    }

    fn find_commit(&self, revision: &str) -> Result<Commit<'_>, TreeError> {
        self.git
            .revparse_single(revision)
            .and_then(|object| object.peel_to_commit())
            .map_err(|error| self.unknown(revision, &error))
    }

    fn unknown(&self, revision: &str, error: &git2::Error) -> TreeError {
        let reason = match error.code() {
            ErrorCode::NotFound if self.git.is_shallow() => {
                "it is not in this shallow clone; fetch it, for example with `git fetch --depth=100 \
                 origin BRANCH:refs/remotes/origin/BRANCH`, and name `origin/BRANCH`"
            }
            ErrorCode::NotFound => {
                "there is no such commit here; is it spelled right, and fetched, a branch for \
                 example with `git fetch origin BRANCH:refs/remotes/origin/BRANCH`?"
            }
            _ => error.message(),
        };
        failure(format!("cannot read revision `{revision}`"), reason)
    }
}

fn work_tree(git: &git2::Repository) -> Option<&Path> {
    git.workdir().filter(|root| root.join(".git").exists())
}

/// Git's own id of a content serves as ours.
fn content_id(oid: Oid) -> Option<ContentId> {
    oid.as_bytes().try_into().ok().map(ContentId)
}

fn failure(what: String, reason: &str) -> TreeError {
    TreeError::Git {
        what,
        reason: reason.to_owned(),
    }
}
