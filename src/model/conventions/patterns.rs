//! Values that are checked as they are read: patterns, folders.

use std::ops::Deref;

use globset::GlobSet;
use regex::{Regex, RegexBuilder};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::limits::{MAX_EXTERNAL_IMAGES, PATTERN_SIZE};
use crate::tree::{RepoPath, path_globs};

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

/// Several regular expressions.
pub(super) fn few<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Pattern>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    if texts.len() > MAX_EXTERNAL_IMAGES {
        return Err(D::Error::custom(format!(
            "more than {MAX_EXTERNAL_IMAGES} patterns"
        )));
    }
    let patterns = texts.into_iter().map(Pattern::try_from);
    patterns.collect::<Result<_, _>>().map_err(D::Error::custom)
}

/// A folder, from the root of the checkout, without slashes at its ends.
pub(super) fn folder<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match RepoPath::new(&text).as_str() {
        "" => Err(D::Error::custom("a folder must have a name")),
        folder => Ok(folder.to_owned()),
    }
}

/// Path patterns, in which `*` stops at `/` and `**` does not.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Paths(GlobSet);

impl TryFrom<Vec<String>> for Paths {
    type Error = globset::Error;

    fn try_from(patterns: Vec<String>) -> Result<Self, globset::Error> {
        path_globs(patterns).map(Self)
    }
}

impl Deref for Paths {
    type Target = GlobSet;

    fn deref(&self) -> &GlobSet {
        &self.0
    }
}
