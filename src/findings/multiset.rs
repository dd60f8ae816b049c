//! How often equal things occur.

use std::collections::BTreeMap;

/// Keys, each with how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multiset<K>(BTreeMap<K, usize>);

impl<K> Default for Multiset<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> Multiset<K> {
    /// Counts `count` more of `key`.
    pub(super) fn add(&mut self, key: K, count: usize) {
        let counted = self.0.entry(key).or_default();
        *counted = counted.saturating_add(count);
    }

    /// How often `key` occurs.
    pub(super) fn count(&self, key: &K) -> usize {
        self.0.get(key).copied().unwrap_or(0)
    }

    /// Takes one of `key` away; `false` when there is none.
    pub(super) fn take(&mut self, key: &K) -> bool {
        match self.0.get_mut(key) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        }
    }

    /// The keys that occur more often than in `other`, and how much more.
    pub(super) fn more_than(&self, other: &Self) -> impl Iterator<Item = (&K, usize)> {
        self.iter().filter_map(|(key, count)| {
            let more = count.saturating_sub(other.count(key));
            (more > 0).then_some((key, more))
        })
    }

    /// The keys in order, each with how often it occurs.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, usize)> {
        self.0.iter().map(|(key, count)| (key, *count))
    }

    /// Whether there is no key.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_occurs_more_often_is_left() {
        let of = |keys: &[&'static str]| {
            let mut set = Multiset::default();
            for key in keys {
                set.add(*key, 1);
            }
            set
        };
        let (old, new) = (of(&["a", "a", "b"]), of(&["a", "b", "b", "c"]));
        assert_eq!(
            new.more_than(&old).collect::<Vec<_>>(),
            [(&"b", 1), (&"c", 1)]
        );
        assert_eq!(old.more_than(&new).collect::<Vec<_>>(), [(&"a", 1)]);
        let mut left = old.clone();
        assert!(left.take(&"a") && left.take(&"a") && !left.take(&"a"));
        assert!(!left.take(&"c"));
    }
}
