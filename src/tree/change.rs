//! What a change makes of one file.

use super::RepoPath;

/// A file that a change adds or gives another text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Where it lies.
    pub path: RepoPath,
    /// Its text before; `None` where there is no such file.
    pub old: Option<String>,
    /// Its text afterwards.
    pub new: String,
}
