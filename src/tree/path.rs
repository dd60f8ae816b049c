//! Paths within a checkout.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A path from the root of the checkout, with `/` between its parts and none at either end.
/// Cheap to clone. Ordered by its bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RepoPath(Arc<str>);

impl Ord for RepoPath {
    fn cmp(&self, other: &Self) -> Ordering {
        // The places of one file share its path.
        if Arc::ptr_eq(&self.0, &other.0) {
            return Ordering::Equal;
        }
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for RepoPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl RepoPath {
    /// The path `text`, less leading `./` and surrounding slashes.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.strip_prefix("./").unwrap_or(text);
        Self(text.trim_matches('/').into())
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }

    /// The folder that the path lies in; empty for a path of one part.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The parts.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// What follows `folder/`, when the path lies below `folder`. Everything lies below `""`.
    #[must_use]
    pub fn below(&self, folder: &str) -> Option<&str> {
        if folder.is_empty() {
            return Some(&self.0);
        }
        self.0.strip_prefix(folder)?.strip_prefix('/')
    }

    /// Whether the path is `folder` or lies below it.
    #[must_use]
    pub fn is_within(&self, folder: &str) -> bool {
        &*self.0 == folder || self.below(folder).is_some()
    }

    /// The path of `name` beside this one.
    #[must_use]
    pub fn sibling(&self, name: &str) -> Self {
        match self.folder() {
            "" => Self::new(name),
            folder => Self(format!("{folder}/{name}").into()),
        }
    }

    /// The path that `target`, the text of a symbolic link at this path, names: `None` when it is
    /// absolute or climbs out of the checkout.
    #[must_use]
    pub fn resolve_link(&self, target: &str) -> Option<Self> {
        if target.starts_with('/') {
            return None;
        }
        let mut parts: Vec<&str> = self.folder().split('/').filter(|p| !p.is_empty()).collect();
        for part in target.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        Some(Self(parts.join("/").into()))
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl Borrow<str> for RepoPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_path() {
        let path = RepoPath::new("./a/b/c.yaml");
        assert_eq!((path.folder(), path.name()), ("a/b", "c.yaml"));
        assert_eq!(path.below("a"), Some("b/c.yaml"));
        assert_eq!(path.below("a/bb"), None);
        assert_eq!(path.below("a/b/c"), None);
        assert!(path.is_within("a/b/c.yaml") && path.is_within(""));
        assert_eq!(path.sibling("d").as_str(), "a/b/d");
        assert_eq!(RepoPath::new("x").folder(), "");
    }

    #[test]
    fn links_stay_inside() {
        let link = RepoPath::new("a/b/OWNERS");
        let resolve = |target| link.resolve_link(target).map(|p| p.to_string());
        assert_eq!(resolve("../OWNERS").as_deref(), Some("a/OWNERS"));
        assert_eq!(resolve("./x//y").as_deref(), Some("a/b/x/y"));
        assert_eq!(resolve("../../../etc/passwd"), None);
        assert_eq!(resolve("/etc/passwd"), None);
    }
}
