//! Namespaces that objects of the central cluster lie in.

use super::central_objects;
use super::habit::{COMMON, Habit};
use crate::checkout::Checkout;
use crate::syntax::likeness::{Effort, closest, slips};
use crate::syntax::object_name::Grammar;
use crate::syntax::template::has_parameter;

/// Which there are.
pub(in crate::checks) struct Namespaces<'c> {
    checkout: &'c Checkout,
    used: Habit<'c>,
    effort: Effort,
}

/// A namespace is taken for another one misspelled so many edits away.
const MOST_SLIPS: usize = 2;

impl<'c> Namespaces<'c> {
    pub(in crate::checks) fn of(checkout: &'c Checkout) -> Self {
        let mut used = Habit::default();
        for object in central_objects(checkout) {
            used.add(&object.file.path, object.namespace());
        }
        Self {
            checkout,
            used,
            effort: Effort::default(),
        }
    }

    /// The one that is nearly called like `name`, which no manifest makes, and a single file uses.
    pub(in crate::checks) fn meant(&self, name: &str) -> Option<&'c str> {
        let made = &self.checkout.access().namespaces;
        let is_of_cluster = &self.checkout.conventions.namespaces.of_cluster;
        if made.contains(name)
            || name.is_empty()
            || has_parameter(name)
            // Another rule's finding.
            || Grammar::Label.fault(name).is_some()
            || is_of_cluster.is_match(name)
            || self.used.count(name) > 1
        {
            return None;
        }
        let used = self.used.values_in(COMMON);
        let known = made.iter().map(String::as_str).chain(used);
        let limit = slips(name, MOST_SLIPS);
        let known = known.filter(|known| !known.is_empty());
        closest(name, known.map(|known| (known, known)), limit, &self.effort)
    }
}
