//! A tree in memory: examples, tests, and what lies over another tree.

use std::collections::BTreeMap;

use super::{Entry, EntryKind, Listing, RepoPath, Tree, TreeError, Unreadable, Wanted};

/// Files held in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    files: BTreeMap<RepoPath, Vec<u8>>,
}

impl MemoryTree {
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.files.insert(RepoPath::new(path), content.into());
    }

    /// Takes a file away.
    pub fn remove(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// The files, by path.
    pub fn files(&self) -> impl Iterator<Item = (&RepoPath, &[u8])> {
        self.files
            .iter()
            .map(|(path, bytes)| (path, bytes.as_slice()))
    }
}

impl Tree for MemoryTree {
    fn list(&self, wanted: &Wanted) -> Result<Listing, TreeError> {
        let entries = self
            .files
            .keys()
            .filter(|path| wanted.matches(path.as_str()))
            .map(|path| Entry {
                path: path.clone(),
                id: None,
                kind: EntryKind::File,
            })
            .collect();
        Ok(Listing {
            entries,
            unreadable: Vec::new(),
        })
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, Unreadable> {
        self.files.get(&entry.path).cloned().ok_or(Unreadable::Gone)
    }
}
