//! What came and went between two sets of files.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::model::File;
use crate::tree::RepoPath;

/// The files in which two checkouts differ; one that changed has gone and come.
#[derive(Debug, Default)]
pub struct Change {
    /// Those of the first that are not in the second.
    pub gone: Vec<Arc<File>>,
    /// Those of the second that are not in the first.
    pub come: Vec<Arc<File>>,
}

impl Change {
    /// Compares two sets of files, each in order of the paths. A file that was parsed anew counts
    /// as changed, whatever it says. From no files at all, everything comes.
    #[must_use]
    pub fn between(before: &[Arc<File>], after: &[Arc<File>]) -> Self {
        let mut change = Self::default();
        let (mut old, mut new) = (before.iter().peekable(), after.iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (Some(one), Some(other)) => one.path.cmp(&other.path),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return change,
            };
            let one = if order.is_le() { old.next() } else { None };
            let other = if order.is_ge() { new.next() } else { None };
            if let (Some(one), Some(other)) = (one, other)
                && Arc::ptr_eq(one, other)
            {
                continue;
            }
            change.gone.extend(one.cloned());
            change.come.extend(other.cloned());
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.come.is_empty()
    }

    /// The files, as they were and as they are.
    pub(super) fn files(&self) -> impl Iterator<Item = &Arc<File>> {
        self.gone.iter().chain(&self.come)
    }

    /// Where the files lie; one that changed is named twice.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        self.files().map(|file| &file.path)
    }

    /// Whether one of the files, as it was or as it is, is of those that are `read`.
    pub(super) fn touches(&self, read: impl Fn(&File) -> bool) -> bool {
        self.files().any(|file| read(file))
    }
}
