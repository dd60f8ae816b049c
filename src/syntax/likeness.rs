//! How alike two names are.

/// The number of edits between two names (insert, delete, replace, exchange neighbours) when it is at
/// most `limit`. Names that are far apart are told so without being compared letter by letter.
#[must_use]
pub fn distance_within(one: &str, other: &str, limit: usize) -> Option<usize> {
    if least_distance(one, other) > limit {
        return None;
    }
    let distance = strsim::damerau_levenshtein(one, other);
    (distance <= limit).then_some(distance)
}

/// A number of edits that there surely are: one edit changes the count of two characters at most, one
/// up and one down. A character beyond ASCII may share its counter with others, which can only make
/// the number smaller.
fn least_distance(one: &str, other: &str) -> usize {
    let mut surplus = [0_i32; 128];
    let counter = |character: char| character as usize % 128;
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

    proptest! {
        #[test]
        fn counting_never_hides_a_name(one in "[a-cé]{0,8}", other in "[a-cé]{0,8}", limit in 0..9_usize) {
            let distance = strsim::damerau_levenshtein(&one, &other);
            prop_assert_eq!(
                distance_within(&one, &other, limit),
                (distance <= limit).then_some(distance)
            );
        }
    }
}
