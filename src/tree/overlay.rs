//! A tree with some files replaced: fixes that are not written yet, an editor's unsaved buffers.

use std::collections::BTreeMap;

use super::{Entry, EntryKind, Listing, RepoPath, Tree, TreeError, Unreadable, Wanted};

/// A tree, and files that lie over it.
pub struct Overlay<'t> {
    below: &'t dyn Tree,
    files: BTreeMap<RepoPath, Option<Vec<u8>>>,
}

impl<'t> Overlay<'t> {
    /// Nothing over `below` yet.
    #[must_use]
    pub fn new(below: &'t dyn Tree) -> Self {
        Self {
            below,
            files: BTreeMap::new(),
        }
    }

    /// Adds or replaces a file.
    pub fn insert(&mut self, path: &RepoPath, content: impl Into<Vec<u8>>) {
        self.files.insert(path.clone(), Some(content.into()));
    }

    /// Takes a file away.
    pub fn remove(&mut self, path: &RepoPath) {
        self.files.insert(path.clone(), None);
    }
}

impl Tree for Overlay<'_> {
    fn list(&self, wanted: &Wanted) -> Result<Listing, TreeError> {
        let mut listing = self.below.list(wanted)?;
        listing
            .entries
            .retain(|entry| !self.files.contains_key(&entry.path));
        listing
            .unreadable
            .retain(|(path, _)| !self.files.contains_key(path));
        let over = self
            .files
            .iter()
            .filter(|(path, content)| content.is_some() && wanted.matches(path.as_str()));
        listing.entries.extend(over.map(|(path, _)| Entry {
            path: path.clone(),
            id: None,
            kind: EntryKind::File,
        }));
        Ok(listing.sorted())
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, Unreadable> {
        match self.files.get(&entry.path) {
            Some(Some(content)) => Ok(content.clone()),
            Some(None) => Err(Unreadable::Gone),
            None => self.below.read(entry),
        }
    }
}
