//! A checkout read only as far as one image needs it.

use super::asked::Asked;
use crate::tree::{Entry, Listing, Tree, TreeError, Unreadable, Wanted};

/// A tree in which ci-operator's files that cannot name the image are empty: nearly all of them, and
/// reading those is what takes the time. Whatever names or publishes `namespace/name:tag` holds the
/// name and the tag as words of its text.
pub(super) struct Focused<'t> {
    tree: &'t dyn Tree,
    configs: &'t str,
    /// None where no config matters.
    words: Option<Vec<&'t str>>,
}

impl<'t> Focused<'t> {
    /// For what was asked about.
    pub(super) fn on(tree: &'t dyn Tree, configs: &'t str, asked: &'t Asked) -> Self {
        let words = match asked {
            Asked::Tag(tag) => Some(vec![tag.name(), tag.tag()]),
            Asked::Stream { name, .. } => Some(vec![&**name]),
            // Only mapping files and jobs tell of it.
            Asked::Destination(_) => None,
        };
        Self {
            tree,
            configs,
            words,
        }
    }

    fn matters(&self, bytes: &[u8]) -> bool {
        let holds = |word: &&str| memchr::memmem::find(bytes, word.as_bytes()).is_some();
        let words = self.words.as_ref();
        words.is_some_and(|words| words.iter().all(holds))
    }
}

impl Tree for Focused<'_> {
    fn list(&self, wanted: &Wanted) -> Result<Listing, TreeError> {
        self.tree.list(wanted)
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, Unreadable> {
        let bytes = self.tree.read(entry)?;
        if entry.path.is_within(self.configs) && !self.matters(&bytes) {
            return Ok(Vec::new());
        }
        Ok(bytes)
    }
}
