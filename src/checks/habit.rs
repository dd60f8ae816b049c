//! What is usual in the checkout: of places of one kind, the values that many files agree on, and one
//! that stands in a single file.

use std::collections::BTreeMap;
use std::hash::Hash;

use foldhash::HashSet;

use crate::syntax::likeness::{self, Effort};
use crate::tree::RepoPath;

/// What stands at all places of one kind, such as the hosts of all sources. It is counted by the files
/// that it stands in, or by something smaller, such as their lines.
pub(in crate::checks) struct Habit<'c, W = &'c RepoPath> {
    witnesses: BTreeMap<&'c str, HashSet<W>>,
    effort: Effort,
}

impl<W> Default for Habit<'_, W> {
    fn default() -> Self {
        Self {
            witnesses: BTreeMap::new(),
            effort: Effort::default(),
        }
    }
}

/// A value that a single file has.
pub(in crate::checks) struct Unusual<'c> {
    /// What may have been meant: a common value that is spelt nearly like it, and how many files have
    /// it.
    pub(in crate::checks) near: Option<(&'c str, usize)>,
}

/// A value in so many files is common.
pub(in crate::checks) const COMMON: usize = 3;

impl<'c, W: Eq + Hash> Habit<'c, W> {
    /// Counts `value`, which stands in the file (or whatever is counted) `witness`.
    pub(in crate::checks) fn add(&mut self, witness: W, value: &'c str) {
        self.witnesses.entry(value).or_default().insert(witness);
    }

    /// Counts `value`, which stands in all these.
    pub(in crate::checks) fn add_all(
        &mut self,
        witnesses: impl IntoIterator<Item = W>,
        value: &'c str,
    ) {
        self.witnesses.entry(value).or_default().extend(witnesses);
    }

    /// Nothing where several files have `value`, or where no other value is common.
    pub(in crate::checks) fn unusual(&self, value: &str) -> Option<Unusual<'c>> {
        if self.count(value) > 1 {
            return None;
        }
        self.common().next()?;
        let limit = (value.len() / 4).clamp(1, 3);
        let near = self.near(value, limit);
        Some(Unusual { near })
    }

    /// The common value that is the fewest edits away from `value`, `limit` at most, and how many files
    /// have it.
    pub(in crate::checks) fn near(&self, value: &str, limit: usize) -> Option<(&'c str, usize)> {
        likeness::closest(
            value,
            self.common().map(|(other, count)| (other, (other, count))),
            limit,
            &self.effort,
        )
    }

    /// The values that several files have, and how many do.
    pub(in crate::checks) fn common(&self) -> impl Iterator<Item = (&'c str, usize)> {
        self.counts().filter(|(_, count)| *count >= COMMON)
    }

    /// All values, each with how many have it.
    pub(in crate::checks) fn counts(&self) -> impl Iterator<Item = (&'c str, usize)> {
        let counts = self.witnesses.iter();
        counts.map(|(value, witnesses)| (*value, witnesses.len()))
    }

    /// The values that at least so many files have.
    pub(in crate::checks) fn values_in(&self, files: usize) -> impl Iterator<Item = &'c str> {
        let common = self.counts().filter(move |(_, count)| *count >= files);
        common.map(|(value, _)| value)
    }

    /// How many files have `value`.
    pub(in crate::checks) fn count(&self, value: &str) -> usize {
        self.witnesses.get(value).map_or(0, HashSet::len)
    }

    /// The value that most files have, and how many do; the first in alphabetical order of several.
    pub(in crate::checks) fn most(&self) -> Option<(&'c str, usize)> {
        let by_count = self
            .witnesses
            .iter()
            .map(|(&value, witnesses)| (witnesses.len(), value));
        let most = by_count.reduce(|best, next| if next.0 > best.0 { next } else { best });
        most.map(|(count, value)| (value, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_value_is_told_the_common_one_that_it_looks_like() {
        let paths = ["a", "b", "c", "d", "e"].map(RepoPath::new);
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
