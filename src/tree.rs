//! A tree of files, wherever it lies: on disk, in a commit, in memory.
//!
//! Everything above reads a checkout through [`Tree`] and never opens a file itself, so the same
//! rules look at a work tree, a commit, a simulated merge and an editor's unsaved buffers.

use crate::limits::MAX_FILE_SIZE;
mod change;
mod git;
mod globs;
mod memory;
mod overlay;
mod path;
mod wanted;
mod worktree;

pub use change::FileChange;
pub use git::{CommitName, Differences, GitTree, LineCommit, Merge, Repository};
pub(crate) use globs::{OrderedGlobs, path_glob, path_globs};
pub use memory::MemoryTree;
pub use overlay::Overlay;
pub use path::RepoPath;
pub use wanted::Wanted;
pub use worktree::WorkTree;

use sha1::{Digest, Sha1};
use thiserror::Error;

/// A tree of files.
pub trait Tree: Sync {
    /// Every file that `wanted` asks for, sorted by path.
    ///
    /// # Errors
    /// When the tree as a whole cannot be read. A single unreadable file or folder is part of the
    /// [`Listing`].
    fn list(&self, wanted: &Wanted) -> Result<Listing, TreeError>;

    /// The bytes of one listed file; those of its target when it is a symbolic link.
    ///
    /// # Errors
    /// When this one file cannot be had.
    fn read(&self, entry: &Entry) -> Result<Vec<u8>, Unreadable>;
}

/// The bytes of the file at `path`, whatever kind of file it is; `None` when there is none.
///
/// # Errors
/// When the tree or the file cannot be read.
pub fn read_file(tree: &dyn Tree, path: &RepoPath) -> Result<Option<Vec<u8>>, TreeError> {
    let failed = |reason: String| TreeError::Root {
        path: path.to_string(),
        reason,
    };
    let wanted = Wanted::only(path).map_err(|error| failed(error.to_string()))?;
    let listing = tree.list(&wanted)?;
    let entry = listing.entries.iter().find(|entry| entry.path == *path);
    entry
        .map(|entry| tree.read(entry))
        .transpose()
        .map_err(|why| failed(why.to_string()))
}

/// One file of a tree.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it lies, from the root of the checkout.
    pub path: RepoPath,
    /// Git's name for the content, where the tree knows it.
    pub id: Option<ContentId>,
    /// What there is.
    pub kind: EntryKind,
}

/// What the name of an entry stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A symbolic link.
    Link,
    /// Something that cannot be read as a file.
    Other,
}

impl Entry {
    /// Whether this is a symbolic link.
    #[must_use]
    pub fn is_link(&self) -> bool {
        self.kind == EntryKind::Link
    }
}

/// Git's object id of a blob: equal ids mean equal bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentId(pub [u8; 20]);

impl ContentId {
    /// The id of a blob with these bytes (git's Documentation/gitformat-loose.txt).
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = Sha1::new_with_prefix(format!("blob {}\0", bytes.len()));
        hash.update(bytes);
        Self(hash.finalize().into())
    }
}

/// What [`Tree::list`] found.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The files, sorted by path.
    pub entries: Vec<Entry>,
    /// Places that could not be looked into, sorted by path.
    pub unreadable: Vec<(RepoPath, Unreadable)>,
}

impl Listing {
    fn sorted(mut self) -> Self {
        self.entries.sort_by(|a, b| a.path.cmp(&b.path));
        self.unreadable.sort_by(|a, b| a.0.cmp(&b.0));
        self
    }
}

/// Why one file or folder could not be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unreadable {
    /// Larger than `MAX_FILE_SIZE`.
    #[error("the file has {0} bytes, more than the {max} that are read", max = MAX_FILE_SIZE)]
    TooLarge(u64),
    /// A symbolic link whose target does not exist.
    #[error("the symbolic link points to `{0}`, which does not exist")]
    DanglingLink(String),
    /// A symbolic link to somewhere outside the checkout.
    #[error("the symbolic link points to `{0}`, outside the checkout, and is not followed")]
    OutsideLink(String),
    /// A chain of symbolic links that does not end.
    #[error("the symbolic link leads back to itself")]
    LinkLoop,
    /// A device, socket, pipe or submodule where a file is expected.
    #[error("this is {0}, not a file")]
    NotAFile(&'static str),
    /// A name that is not UTF-8.
    #[error("the name is not UTF-8")]
    Name,
    /// The file vanished between listing and reading.
    #[error("the file is gone")]
    Gone,
    /// An object that the repository should have and has not.
    #[error("git does not have the file's content; fetch what is missing, or run `git fsck`")]
    Missing,
    /// Anything else that the operating system or git says.
    #[error("{0}")]
    Other(String),
}

/// Why a whole tree could not be read.
#[derive(Debug, Error)]
pub enum TreeError {
    /// The folder does not exist or cannot be entered.
    #[error("cannot read `{path}`: {reason}")]
    Root {
        /// The folder.
        path: String,
        /// What the operating system says.
        reason: String,
    },
    /// Git cannot open the repository, or find what was asked for.
    #[error("{what}: {reason}")]
    Git {
        /// What was tried.
        what: String,
        /// What git says, and what to do.
        reason: String,
    },
}
