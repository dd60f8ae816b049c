//! Parameters that need more than their type to be read.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::{Regex, RegexBuilder};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Compiled patterns may take this many bytes: a pattern from a rule page must not exhaust memory.
const PATTERN_SIZE: usize = 1 << 20;

/// A regular expression.
pub(super) fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    let text = String::deserialize(deserializer)?;
    RegexBuilder::new(&text)
        .size_limit(PATTERN_SIZE)
        .build()
        .map_err(D::Error::custom)
}

/// A regular expression, or none.
pub(super) fn maybe_pattern<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Regex>, D::Error> {
    pattern(deserializer).map(Some)
}

/// Path patterns, in which `*` stops at `/`.
pub(super) fn paths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<GlobSet, D::Error> {
    let mut set = GlobSetBuilder::new();
    for text in Vec::<String>::deserialize(deserializer)? {
        let glob = GlobBuilder::new(&text)
            .literal_separator(true)
            .build()
            .map_err(D::Error::custom)?;
        set.add(glob);
    }
    set.build().map_err(D::Error::custom)
}
