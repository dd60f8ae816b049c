//! From places to line numbers.

use std::collections::BTreeMap;

use super::Place;
use crate::syntax::span::{ColumnUnit, LineIndex};
use crate::tree::RepoPath;

/// Line indexes, made once for each file.
#[derive(Debug, Default)]
pub struct LineIndexes(BTreeMap<RepoPath, LineIndex>);

impl LineIndexes {
    /// The index of the file at `path`, whose text is `text`.
    pub fn of(&mut self, path: &RepoPath, text: &str) -> &LineIndex {
        self.0
            .entry(path.clone())
            .or_insert_with(|| LineIndex::new(text))
    }

    /// The line, from 1, that `place` starts in; `text` is its file's.
    pub fn line(&mut self, place: &Place, text: &str) -> usize {
        let index = self.of(&place.path, text);
        index
            .position(text, place.span.start, ColumnUnit::Scalars)
            .line
    }
}
