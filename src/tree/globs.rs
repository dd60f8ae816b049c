//! Patterns of paths.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

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
