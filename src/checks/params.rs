//! Parameters that need more than their type to be read.

use crate::limits::RULE_PATTERN_SIZE;
use crate::tree::path_globs;
use globset::GlobSet;
use regex::{Regex, RegexBuilder};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A regular expression.
pub(super) fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    let text = String::deserialize(deserializer)?;
    RegexBuilder::new(&text)
        .size_limit(RULE_PATTERN_SIZE)
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
    path_globs(Vec::<String>::deserialize(deserializer)?).map_err(D::Error::custom)
}
