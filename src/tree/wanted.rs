//! Which files of a tree are worth looking at.

use super::RepoPath;
use super::globs::{OrderedGlobs, fixed_folders};

/// A set of path patterns, and the folders one has to walk to find all that match.
///
/// Patterns are those of `path_glob`.
#[derive(Clone, Debug)]
pub struct Wanted {
    globs: OrderedGlobs,
    roots: Vec<Root>,
}

/// A folder to walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Root {
    /// From the root of the checkout; empty for the checkout itself.
    pub(super) folder: String,
    /// How many levels of folders below `folder` can hold a match; `None` for all.
    pub(super) depth: Option<usize>,
}

impl Wanted {
    /// Everything that matches one of `patterns`.
    ///
    /// # Errors
    /// For a malformed pattern.
    pub fn new<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Result<Self, globset::Error> {
        let patterns: Vec<&str> = patterns.into_iter().collect();
        let mut roots: Vec<Root> = patterns.iter().map(|pattern| Root::of(pattern)).collect();
        let mut kept: Vec<Root> = Vec::new();
        roots.sort_by(|a, b| a.folder.cmp(&b.folder));
        for root in roots {
            match kept.iter_mut().find(|other| other.covers_folder(&root)) {
                Some(other) => other.widen(&root),
                None => kept.push(root),
            }
        }
        Ok(Self {
            globs: OrderedGlobs::new(patterns)?,
            roots: kept,
        })
    }

    /// The file at `path`, and no other.
    ///
    /// # Errors
    /// When it cannot be written as a pattern.
    pub fn only(path: &RepoPath) -> Result<Self, globset::Error> {
        Self::these(std::slice::from_ref(path))
    }

    /// The files at `paths`, and no others.
    ///
    /// # Errors
    /// When one cannot be written as a pattern.
    pub fn these(paths: &[RepoPath]) -> Result<Self, globset::Error> {
        let patterns = paths.iter().map(|path| globset::escape(path.as_str()));
        let patterns: Vec<String> = patterns.collect();
        Self::new(patterns.iter().map(String::as_str))
    }

    /// Whether `path` is wanted.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.globs.is_match(path)
    }

    pub(super) fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// Whether something wanted can lie in `folder` or below it.
    pub(super) fn may_hold(&self, folder: &str) -> bool {
        self.roots.iter().any(|root| root.reaches(folder))
    }
}

impl Root {
    fn of(pattern: &str) -> Self {
        let (folder, open) = fixed_folders(pattern);
        Self {
            folder,
            depth: (!pattern.contains("**")).then_some(open),
        }
    }

    /// Levels from this root down to `folder`, when `folder` lies within it.
    fn levels_to(&self, folder: &str) -> Option<usize> {
        if folder == self.folder {
            return Some(0);
        }
        let below = if self.folder.is_empty() {
            folder
        } else {
            folder.strip_prefix(&self.folder)?.strip_prefix('/')?
        };
        Some(below.split('/').count())
    }

    /// Whether walking this root can be widened to walk `other` too, without walking much more.
    fn covers_folder(&self, other: &Self) -> bool {
        match (self.levels_to(&other.folder), self.depth) {
            (None, _) => false,
            (Some(0), _) | (Some(_), None) => true,
            (Some(levels), Some(depth)) => levels <= depth,
        }
    }

    fn widen(&mut self, other: &Self) {
        let levels = self.levels_to(&other.folder).unwrap_or(0);
        self.depth = match (self.depth, other.depth) {
            (Some(mine), Some(theirs)) => Some(mine.max(theirs + levels)),
            _ => None,
        };
    }

    fn reaches(&self, folder: &str) -> bool {
        let leads_here = folder.is_empty()
            || self
                .folder
                .strip_prefix(folder)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        leads_here
            || self
                .levels_to(folder)
                .is_some_and(|levels| self.depth.is_none_or(|depth| levels <= depth))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(patterns: &[&str]) -> Wanted {
        Wanted::new(patterns.iter().copied()).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn only_the_needed_folders_are_walked() {
        let wanted = wanted(&[
            "ci-operator/config/*/*/*.yaml",
            "ci-operator/jobs/infra-*.yaml",
            "core-services/image-mirroring/**",
            "core-services/image-mirroring/*/mapping_*",
            "OWNERS_ALIASES",
        ]);
        let root = |folder: &str, depth| Root {
            folder: folder.to_owned(),
            depth,
        };
        assert_eq!(
            wanted.roots(),
            [
                root("", Some(0)),
                root("ci-operator/config", Some(2)),
                root("ci-operator/jobs", Some(0)),
                root("core-services/image-mirroring", None),
            ]
        );
        assert!(wanted.may_hold("ci-operator"));
        assert!(wanted.may_hold("ci-operator/config/a/b"));
        assert!(!wanted.may_hold("ci-operator/config/a/b/c"));
        assert!(!wanted.may_hold("ci-operator/jobs/openshift"));
        assert!(!wanted.may_hold("core-services/image-mirroring-old"));
        assert!(wanted.matches("ci-operator/jobs/infra-x.yaml"));
        assert!(!wanted.matches("ci-operator/jobs/a/infra-x.yaml"));
    }

    #[test]
    fn a_root_inside_another_is_walked_once() {
        let wanted = wanted(&["clusters/**/*.yaml", "clusters/app.ci/*/OWNERS"]);
        assert_eq!(wanted.roots().len(), 1);
        assert_eq!(wanted.roots()[0].depth, None);
    }
}
