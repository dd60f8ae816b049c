//! Patterns of paths.

use globset::{Candidate, Glob, GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};

/// A shell glob in which `*` and `?` stop at `/`, and `**` does not.
///
/// # Errors
/// For a malformed pattern.
pub(crate) fn path_glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).build()
}

/// A set of such patterns.
///
/// # Errors
/// For a malformed pattern.
pub(crate) fn path_globs<P: AsRef<str>>(
    patterns: impl IntoIterator<Item = P>,
) -> Result<GlobSet, globset::Error> {
    let mut globs = GlobSetBuilder::new();
    for pattern in patterns {
        globs.add(path_glob(pattern.as_ref())?);
    }
    globs.build()
}

/// The folder that every path lies in that matches `pattern`, and how many folders follow in it that may have any
/// name.
pub(super) fn fixed_folders(pattern: &str) -> (String, usize) {
    let parts: Vec<&str> = pattern.split('/').collect();
    let (folders, _) = parts.split_at(parts.len() - 1);
    let fixed = folders
        .iter()
        .take_while(|part| !part.contains(['*', '?', '[', '{', '\\']))
        .count();
    (folders[..fixed].join("/"), folders.len() - fixed)
}

fn slashes(path: &str) -> usize {
    memchr::memchr_iter(b'/', path.as_bytes()).count()
}

/// A list of such patterns for tens of thousands of paths: a path is held against those only whose fixed
/// folders it lies in, which are few.
#[derive(Clone, Debug)]
pub(crate) struct OrderedGlobs {
    /// By the fixed folders.
    folders: Vec<(String, Vec<OrderedGlob>)>,
}

#[derive(Clone, Debug)]
struct OrderedGlob {
    /// The place in the list.
    place: usize,
    /// How many `/` each path has that matches, if that can be told.
    slashes: Option<usize>,
    matcher: GlobMatcher,
}

impl OrderedGlobs {
    /// The list of `patterns`.
    ///
    /// # Errors
    /// For a malformed pattern.
    pub(crate) fn new<P: AsRef<str>>(
        patterns: impl IntoIterator<Item = P>,
    ) -> Result<Self, globset::Error> {
        let mut folders: Vec<(String, Vec<OrderedGlob>)> = Vec::new();
        for (place, pattern) in patterns.into_iter().enumerate() {
            let pattern = pattern.as_ref();
            let (folder, _) = fixed_folders(pattern);
            let is_plain = !pattern.contains("**") && !pattern.contains(['[', '{', '\\']);
            let glob = OrderedGlob {
                place,
                slashes: is_plain.then(|| slashes(pattern)),
                matcher: path_glob(pattern)?.compile_matcher(),
            };
            match folders.iter_mut().find(|(known, _)| *known == folder) {
                Some((_, globs)) => globs.push(glob),
                None => folders.push((folder, vec![glob])),
            }
        }
        Ok(Self { folders })
    }

    /// The place in the list of the first pattern that `path` matches.
    pub(crate) fn first_match(&self, path: &str) -> Option<usize> {
        let candidate = Candidate::new(path);
        let own = slashes(path);
        let is_it = |glob: &&OrderedGlob| {
            glob.slashes.is_none_or(|slashes| slashes == own)
                && glob.matcher.is_match_candidate(&candidate)
        };
        let folders = self.folders.iter();
        folders
            .filter(|(folder, _)| path.starts_with(&**folder))
            .filter_map(|(_, globs)| globs.iter().find(is_it))
            .map(|glob| glob.place)
            .min()
    }

    /// Whether `path` matches one of the patterns.
    pub(crate) fn is_match(&self, path: &str) -> bool {
        self.first_match(path).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_match_is_that_of_the_whole_set() -> Result<(), globset::Error> {
        let patterns = [
            "a/*/x.yaml",
            "a/**",
            "*",
            "a/b/{c,d/e}.yaml",
            "a/b[/-]c",
            "a/?/y",
            "b/\\*",
            "a-b/*",
            "**/z",
            "x.yaml",
        ];
        let (set, ordered) = (path_globs(patterns)?, OrderedGlobs::new(patterns)?);
        for path in [
            "",
            "a",
            "x.yaml",
            "z",
            "a/x.yaml",
            "a/b/x.yaml",
            "a/b/c/x.yaml",
            "a/b/c.yaml",
            "a/b/d/e.yaml",
            "a/b/c",
            "a/b-c",
            "a/b/y",
            "a/bb/y",
            "b/*",
            "b/c",
            "a-b/c",
            "a-b/c/d",
            "q/r/z",
            "ab/x.yaml",
            "a//y",
        ] {
            let first = set.matches(path).into_iter().min();
            assert_eq!(ordered.first_match(path), first, "{path}");
        }
        Ok(())
    }
}
