//! How alike names are.

use crate::limits::LETTERS_PER_BYTE;
use crate::limits::MAX_LETTERS;
use std::cell::Cell;

/// What is left to be spent on comparing names. Whoever looks for what is like many names shares it
/// among them, and asks in a fixed order: a hostile tree may have tens of thousands of names that
/// look like none of as many others. Once it is used up, nothing looks like anything.
#[derive(Debug)]
pub struct Effort {
    letters: Cell<usize>,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            letters: Cell::new(MAX_LETTERS),
        }
    }
}

impl Effort {
    /// For names of one text that are looked for among others of the same.
    #[must_use]
    pub fn for_text(text: &str) -> Self {
        Self {
            letters: Cell::new(text.len().saturating_mul(LETTERS_PER_BYTE)),
        }
    }

    /// Whether nothing is left.
    fn is_used_up(&self) -> bool {
        self.letters.get() == 0
    }

    /// Takes what looking at so many letters costs; whether that was left.
    #[must_use]
    pub fn spend(&self, letters: usize) -> bool {
        let left = self.letters.get().checked_sub(letters);
        self.letters.set(left.unwrap_or_default());
        left.is_some()
    }
}

/// What is given with that of `names` which is the fewest edits away from `wanted`, `limit` at most;
/// the first in the order of what is given, where several are as near.
#[must_use]
pub fn closest<'n, T: Ord>(
    wanted: &str,
    names: impl IntoIterator<Item = (&'n str, T)>,
    limit: usize,
    effort: &Effort,
) -> Option<T> {
    let names = names.into_iter().take_while(|_| !effort.is_used_up());
    let alike = names.filter_map(|(name, given)| {
        let distance = distance_within(wanted, name, limit, effort)?;
        Some((distance, given))
    });
    alike.min().map(|(_, given)| given)
}

/// How many letters of a name may be wrong: one of four, `most` at most.
#[must_use]
pub fn slips(name: &str, most: usize) -> usize {
    const LETTERS_FOR_EACH: usize = 4;
    (name.len() / LETTERS_FOR_EACH).min(most)
}

/// The one of `names` that comes closest to `wanted`, if one is like it.
#[must_use]
pub(crate) fn most_alike<'n>(
    wanted: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let limit = (wanted.chars().count() / 3).max(1);
    let names = names.into_iter().map(|name| (name, name));
    closest(wanted, names, limit, &Effort::default())
}

/// A word on the one of `names` that comes closest to `wanted`, if one does.
#[must_use]
pub(crate) fn did_you_mean<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    asked(most_alike(wanted, names))
}

/// Asks whether `name` was meant, as the end of a sentence; nothing without a name.
#[must_use]
pub(crate) fn asked(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// The number of edits between two names (insert, delete, replace, exchange neighbours) when it is at
/// most `limit`. Names that are far apart are told so without being compared letter by letter.
#[must_use]
pub fn distance_within(one: &str, other: &str, limit: usize, effort: &Effort) -> Option<usize> {
    let is_plain = one.is_ascii() && other.is_ascii();
    let is_far = || {
        is_plain && one.len().abs_diff(other.len()) > limit || least_distance(one, other) > limit
    };
    if !effort.spend(one.len() + other.len() + COUNTERS) || is_far() {
        return None;
    }
    if !effort.spend(one.len().saturating_mul(other.len())) {
        return None;
    }
    let distance = strsim::damerau_levenshtein(one, other);
    (distance <= limit).then_some(distance)
}

/// How far apart two names are that differ in one number only, as those of versions do: 1 between
/// `4.14` and `4.15`, 13 between `4.14` and `4.1`, 0 between others.
#[must_use]
pub fn version_gap(one: &str, other: &str) -> u64 {
    let (mut ones, mut others) = (parts(one), parts(other));
    loop {
        match (ones.next(), others.next()) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => {
                let is_last_difference = ones.eq(others);
                let numbers = a.parse::<u64>().ok().zip(b.parse::<u64>().ok());
                let numbers = numbers.filter(|_| is_last_difference);
                return numbers.map_or(0, |(a, b)| a.abs_diff(b));
            }
            _ => return 0,
        }
    }
}

/// Whether two names are of a kind, such as `build01` and `build02`.
#[must_use]
pub(crate) fn differ_in_number(one: &str, other: &str) -> bool {
    let kind = |name: &str| name.replace(|c: char| c.is_ascii_digit(), "");
    kind(one) == kind(other)
}

/// A name cut where digits begin and end.
pub(crate) fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.as_bytes()
        .chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit())
        .scan(0, |start, part| {
            let from = *start;
            *start += part.len();
            Some(&name[from..*start])
        })
}

const COUNTERS: usize = 128;

/// A number of edits that there surely are: one edit changes the count of two characters at most, one
/// up and one down. A character beyond ASCII may share its counter with others, which can only make
/// the number smaller.
fn least_distance(one: &str, other: &str) -> usize {
    let mut surplus = [0_i32; COUNTERS];
    let counter = |character: char| character as usize % COUNTERS;
    for character in one.chars() {
        surplus[counter(character)] += 1;
    }
    for character in other.chars() {
        surplus[counter(character)] -= 1;
    }
    let more: i32 = surplus.iter().filter(|&&count| count > 0).sum();
    let less: i32 = surplus.iter().filter(|&&count| count < 0).sum();
    more.max(-less).unsigned_abs() as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn of_several_as_near_the_first_by_what_is_given_is_closest() {
        let names = [("widgets", 2), ("widgett", 1), ("gadget", 0)];
        let closest = |effort: &Effort| closest("widget", names, 3, effort);
        assert_eq!(closest(&Effort::default()), Some(1));
        let exhausted = Effort::default();
        assert!(!exhausted.spend(usize::MAX));
        assert_eq!(closest(&exhausted), None);
    }

    #[test]
    fn versions_are_as_far_apart_as_their_numbers() {
        for (one, other, gap) in [
            ("4.14", "4.15", 1),
            ("4.14", "4.1", 13),
            ("scos-4.9", "scos-4.12", 3),
            ("4.14", "5.14", 1),
            ("4.14", "5.15", 0),
            ("4.14", "4.14-priv", 0),
            ("boskos", "bosko", 0),
            ("é1", "é3", 2),
            ("", "1", 0),
        ] {
            assert_eq!(version_gap(one, other), gap, "{one} {other}");
            assert_eq!(version_gap(other, one), gap, "{other} {one}");
        }
    }

    proptest! {
        #[test]
        fn counting_never_hides_a_name(one in "[a-cé]{0,8}", other in "[a-cé]{0,8}", limit in 0..9_usize) {
            let distance = strsim::damerau_levenshtein(&one, &other);
            prop_assert_eq!(
                distance_within(&one, &other, limit, &Effort::default()),
                (distance <= limit).then_some(distance)
            );
        }
    }
}
