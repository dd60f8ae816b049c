//! Images that are filled from outside, so that the checkout cannot tell whether they are there: what
//! the other files name tells nearly as well.

use std::collections::BTreeMap;

use foldhash::HashMap;

use crate::checkout::Checkout;
use crate::checkout::images::{Images, ResolutionKind};
use crate::checks::habit::Habit;
use crate::finding::Severity;
use crate::syntax::likeness::parts;
use crate::syntax::reference::ImageStreamTag;

/// What is named of each namespace and not provided by anything in the checkout.
pub(super) struct FilledElsewhere<'c> {
    namespaces: HashMap<&'c str, Names<'c>>,
}

#[derive(Default)]
struct Names<'c> {
    /// Whole ImageStreamTags, and the files that name them.
    habit: Habit<'c>,
    /// How many of them each stream has, as `namespace/name`.
    streams: HashMap<&'c str, usize>,
    /// The numbers in them, in order, by what they are without: how many of them have each.
    numbers: HashMap<String, Vec<BTreeMap<u64, usize>>>,
}

/// An image that a single file names.
pub(super) struct Unusual<'c> {
    /// What it looks like, and how many files name that.
    pub near: Option<(&'c str, usize)>,
    /// How bad it is to name it.
    pub severity: Severity,
}

/// Two names with so many edits between them may be meant to be the same.
const MISSPELT: usize = 2;

/// Versions so far from those that are known may be the next ones.
const NEXT: u64 = 2;

impl<'c> FilledElsewhere<'c> {
    pub fn of(checkout: &'c Checkout) -> Self {
        let mut namespaces: HashMap<&str, Names<'_>> = HashMap::default();
        let is_copy = |path: &str| checkout.conventions.ci_configs.is_copy(path);
        for (tag, named) in checkout.images().named() {
            if !is_filled_elsewhere(named.resolution) {
                continue;
            }
            let names = namespaces.entry(tag.namespace()).or_default();
            let paths = named.users.iter().map(|image_use| &image_use.place.path);
            let paths = paths.filter(|path| !is_copy(path.as_str()));
            names.habit.add_all(paths, tag.as_str());
            *names.streams.entry(tag.stream()).or_default() += 1;
            let (letters, numbers) = taken_apart(tag.as_str());
            let known = names.numbers.entry(letters).or_default();
            known.resize_with(numbers.len(), BTreeMap::new);
            for (known, number) in known.iter_mut().zip(numbers) {
                *known.entry(number).or_default() += 1;
            }
        }
        Self { namespaces }
    }

    /// What makes the tag doubtful; nothing where other files name it, too.
    pub fn unusual(&self, images: &Images, tag: &ImageStreamTag) -> Option<Unusual<'c>> {
        let names = self.namespaces.get(tag.namespace())?;
        if names.habit.count(tag.as_str()) > 1 {
            return None;
        }
        let is_only_tag = names.streams.get(tag.stream()) == Some(&1);
        if is_only_tag && is_unknown_version(images, tag) {
            let near = names.other_version(tag);
            return Some(Unusual {
                near,
                severity: Severity::Warning,
            });
        }
        let (letters, numbers) = taken_apart(tag.as_str());
        let known = names.numbers.get(&letters)?;
        let near = |limit| names.habit.near(tag.as_str(), limit);
        let is_alone = |known: &BTreeMap<u64, usize>| known.values().sum::<usize>() <= 1;
        if known.iter().all(is_alone) {
            // Nothing else is called like this, whatever the version.
            let near = near(MISSPELT).filter(|(near, _)| !is_variant(near, tag.as_str()))?;
            return Some(Unusual {
                near: Some(near),
                severity: Severity::Warning,
            });
        }
        let near = near(1);
        let is_exchanged = near.is_some_and(|(near, _)| has_same_letters(near, tag.as_str()));
        let mut far = numbers.iter().zip(known);
        if !is_exchanged && !far.any(|(number, known)| is_far(*number, known)) {
            return None;
        }
        let near = near.or_else(|| names.exchanged(&letters, &numbers));
        Some(Unusual {
            near,
            severity: match near {
                Some(_) => Severity::Warning,
                None => Severity::Hint,
            },
        })
    }
}

/// Whether one was probably meant to be the other, `distance` edits away: they are called alike, and are
/// neither versions nor variants of one thing.
pub(super) fn is_misspelling(one: &str, other: &str, distance: usize) -> bool {
    distance <= MISSPELT && !is_variant(one, other) && taken_apart(one).1 == taken_apart(other).1
}

impl<'c> Names<'c> {
    /// The same tag of another version of the stream that most files name, and how many do.
    fn other_version(&self, tag: &ImageStreamTag) -> Option<(&'c str, usize)> {
        let (letters, _) = taken_apart(tag.as_str());
        let versions = self
            .habit
            .common()
            .filter(|(other, _)| other.ends_with(tag.tag()) && taken_apart(other).0 == letters);
        versions.max_by_key(|(_, count)| *count)
    }

    /// Of those that several files name and that are called alike but for a number, one that has the
    /// same digits there in another order.
    fn exchanged(&self, letters: &str, numbers: &[u64]) -> Option<(&'c str, usize)> {
        let alike = self.habit.common().filter(|(other, _)| {
            let (other_letters, others) = taken_apart(other);
            let digits =
                |(a, b): (&u64, &u64)| a != b && has_same_letters(&a.to_string(), &b.to_string());
            other_letters == letters && numbers.iter().zip(&others).any(digits)
        });
        alike.max_by_key(|(_, count)| *count)
    }
}

/// So many streams that differ in their versions are the versions of one thing.
const VERSIONS: usize = 3;

/// Whether nothing at all is provided of the stream, which is one of several versions.
fn is_unknown_version(images: &Images, tag: &ImageStreamTag) -> bool {
    if images.stream(tag.namespace(), tag.name()).is_some() {
        return false;
    }
    let (letters, numbers) = taken_apart(tag.name());
    let versions = images.streams_of(tag.namespace());
    let versions = versions.filter(|(name, _)| taken_apart(name).0 == letters);
    !numbers.is_empty() && versions.take(VERSIONS).count() == VERSIONS
}

/// Whether something that names no tags may have filled it.
fn is_filled_elsewhere(resolution: ResolutionKind) -> bool {
    matches!(
        resolution,
        ResolutionKind::Outside | ResolutionKind::Open | ResolutionKind::Ungoverned
    )
}

/// A name without its numbers, and these.
fn taken_apart(name: &str) -> (String, Vec<u64>) {
    let mut letters = String::with_capacity(name.len());
    let mut numbers = Vec::new();
    for part in parts(name) {
        match part.parse() {
            Ok(number) => {
                numbers.push(number);
                letters.push('#');
            }
            Err(_) => letters.push_str(part),
        }
    }
    (letters, numbers)
}

/// Whether nothing else has the number, or one near it, where `known` counts it, too.
fn is_far(number: u64, known: &BTreeMap<u64, usize>) -> bool {
    let others = || {
        let others = known.iter();
        others.filter(|(other, count)| **other != number || **count > 1)
    };
    let (Some((least, _)), Some((most, _))) = (others().next(), others().next_back()) else {
        return false;
    };
    number < least.saturating_sub(NEXT) || number > most.saturating_add(NEXT)
}

fn has_same_letters(one: &str, other: &str) -> bool {
    let sorted = |name: &str| {
        let mut letters = name.as_bytes().to_vec();
        letters.sort_unstable();
        letters
    };
    one.len() == other.len() && sorted(one) == sorted(other)
}

/// Whether one of the two is the other with something in front or behind, as variants are called.
fn is_variant(one: &str, other: &str) -> bool {
    let (long, short) = if one.len() > other.len() {
        (one, other)
    } else {
        (other, one)
    };
    long.len() > short.len() + 1 && (long.starts_with(short) || long.ends_with(short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_versions_are_not_far() {
        let known = BTreeMap::from([(14, 5), (16, 1), (17, 2)]);
        for (number, far) in [
            (16, false),
            (15, false),
            (19, false),
            (12, false),
            (61, true),
            (4, true),
        ] {
            assert_eq!(is_far(number, &known), far, "{number}");
        }
        let alone = BTreeMap::from([(91, 1)]);
        assert!(!is_far(91, &alone));
    }

    #[test]
    fn digits_that_are_exchanged_are_the_same_letters() {
        assert!(has_same_letters("ocp/4.16:base", "ocp/4.61:base"));
        assert!(!has_same_letters("ocp/4.16:base", "ocp/4.17:base"));
        assert!(is_variant(
            "ocp/builder:golang-1.22",
            "ocp/builder:golang-1.22-multi"
        ));
        assert!(!is_variant(
            "ocp/builder:golang-1.22",
            "ocp/builder:golagn-1.22"
        ));
    }
}
