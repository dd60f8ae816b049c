//! What is usual in the checkout: of places of one kind, the values that many files agree on, and one
//! that stands in a single file.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::likeness::{self, Effort};
use crate::tree::RepoPath;

/// What stands at all places of one kind, such as the hosts of all sources.
#[derive(Default)]
pub(in crate::checks) struct Habit<'c> {
    files: BTreeMap<&'c str, BTreeSet<&'c RepoPath>>,
    effort: Effort,
}

/// A value that a single file has.
pub(in crate::checks) struct Unusual<'c> {
    /// What may have been meant: a common value that is spelt nearly like it, and how many files have
    /// it.
    pub(in crate::checks) near: Option<(&'c str, usize)>,
}

/// A value in so many files is common.
pub(in crate::checks) const COMMON: usize = 3;

impl<'c> Habit<'c> {
    /// Counts `value`, which stands in the file at `path`.
    pub(in crate::checks) fn add(&mut self, path: &'c RepoPath, value: &'c str) {
        self.files.entry(value).or_default().insert(path);
    }

    /// Nothing where several files have `value`, or where no other value is common.
    pub(in crate::checks) fn unusual(&self, value: &str) -> Option<Unusual<'c>> {
        if self.count(value) > 1 {
            return None;
        }
        self.values_in(COMMON).next()?;
        let limit = (value.len() / 4).clamp(1, 3);
        let near = likeness::closest(
            value,
            self.values_in(COMMON)
                .map(|other| (other, (other, self.count(other)))),
            limit,
            &self.effort,
        );
        Some(Unusual { near })
    }

    /// The values that at least so many files have.
    pub(in crate::checks) fn values_in(&self, files: usize) -> impl Iterator<Item = &'c str> {
        let by_value = self.files.iter();
        let common = by_value.filter(move |(_, own)| own.len() >= files);
        common.map(|(value, _)| *value)
    }

    /// How many files have `value`.
    pub(in crate::checks) fn count(&self, value: &str) -> usize {
        self.files.get(value).map_or(0, BTreeSet::len)
    }

    /// The value that most files have, and how many do; the first in alphabetical order of several.
    pub(in crate::checks) fn most(&self) -> Option<(&'c str, usize)> {
        let by_count = self
            .files
            .iter()
            .map(|(&value, files)| (files.len(), value));
        let most = by_count.reduce(|best, next| if next.0 > best.0 { next } else { best });
        most.map(|(count, value)| (value, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_value_is_told_the_common_one_that_it_looks_like() {
        let paths = ["a", "b", "c", "d", "e"].map(|path| RepoPath::new(path));
        let mut habit = Habit::default();
        for path in &paths[..3] {
            habit.add(path, "quay.io");
        }
        habit.add(&paths[3], "quay.oi");
        habit.add(&paths[3], "quay.oi");
        habit.add(&paths[4], "example.com");
        assert!(habit.unusual("quay.io").is_none());
        let near = |value| habit.unusual(value).map(|unusual| unusual.near);
        assert_eq!(near("quay.oi"), Some(Some(("quay.io", 3))));
        assert_eq!(near("example.com"), Some(None));
        assert_eq!(habit.most(), Some(("quay.io", 3)));
    }

    #[test]
    fn where_nothing_is_common_nothing_is_unusual() {
        let path = RepoPath::new("a");
        let mut habit = Habit::default();
        habit.add(&path, "quay.io");
        assert!(habit.unusual("quay.io").is_none());
    }
}
