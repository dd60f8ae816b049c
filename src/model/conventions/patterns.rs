//! Patterns that are compiled as they are read.

use std::ops::Deref;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::{Regex, RegexBuilder};
use serde::Deserialize;

/// Compiled patterns may take this many bytes: they may come from a stranger's config.
const PATTERN_SIZE: usize = 1 << 18;

/// A regular expression.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern(Regex);

impl TryFrom<String> for Pattern {
    type Error = regex::Error;

    fn try_from(text: String) -> Result<Self, regex::Error> {
        let mut pattern = RegexBuilder::new(&text);
        pattern.size_limit(PATTERN_SIZE).build().map(Self)
    }
}

impl Deref for Pattern {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        &self.0
    }
}

/// Path patterns, in which `*` stops at `/` and `**` does not.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Paths(GlobSet);

impl TryFrom<Vec<String>> for Paths {
    type Error = globset::Error;

    fn try_from(patterns: Vec<String>) -> Result<Self, globset::Error> {
        globs(&patterns).map(Self)
    }
}

impl Deref for Paths {
    type Target = GlobSet;

    fn deref(&self) -> &GlobSet {
        &self.0
    }
}

/// One set of path patterns.
pub(super) fn globs(patterns: &[String]) -> Result<GlobSet, globset::Error> {
    let mut globs = GlobSetBuilder::new();
    for pattern in patterns {
        globs.add(GlobBuilder::new(pattern).literal_separator(true).build()?);
    }
    globs.build()
}
