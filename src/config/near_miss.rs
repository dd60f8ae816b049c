//! Names that were perhaps meant.

/// A word on the name that comes closest to `wanted`, if one does.
#[must_use]
pub(crate) fn near_miss<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let length = wanted.chars().count();
    let limit = (length / 3).max(1);
    names
        .into_iter()
        // The distance is no less, and takes time and memory for each pair of characters.
        .filter(|name| length.abs_diff(name.chars().count()) <= limit)
        .map(|name| (strsim::damerau_levenshtein(wanted, name), name))
        .min()
        .filter(|(distance, _)| *distance <= limit)
        .map_or_else(String::new, |(_, name)| format!("; did you mean `{name}`?"))
}
