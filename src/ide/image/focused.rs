//! A checkout read only as far as one image needs it.

use crate::tree::{Entry, Listing, Tree, TreeError, Unreadable, Wanted};

/// A tree in which ci-operator's files that cannot name the image are empty: nearly all of them, and
/// reading those is what takes the time. Whatever names or publishes `namespace/name:tag` holds the
/// name and the tag as words of its text.
pub(super) struct Focused<'t> {
    tree: &'t dyn Tree,
    configs: &'t str,
    words: Vec<&'t str>,
}

impl<'t> Focused<'t> {
    /// For an image as the user gives it, `namespace/name` or `namespace/name:tag`.
    pub(super) fn on(tree: &'t dyn Tree, configs: &'t str, image: &'t str) -> Self {
        let (_, rest) = image.split_once('/').unwrap_or(("", image));
        Self {
            tree,
            configs,
            words: rest.split(':').collect(),
        }
    }
}

impl Tree for Focused<'_> {
    fn list(&self, wanted: &Wanted) -> Result<Listing, TreeError> {
        self.tree.list(wanted)
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, Unreadable> {
        let bytes = self.tree.read(entry)?;
        let holds = |word: &&str| memchr::memmem::find(&bytes, word.as_bytes()).is_some();
        if entry.path.is_within(self.configs) && !self.words.iter().all(holds) {
            return Ok(Vec::new());
        }
        Ok(bytes)
    }
}
