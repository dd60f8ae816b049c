//! Which checkout a path lies in.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::tree::RepoPath;

/// Folders that tell a checkout of openshift/release.
const LANDMARKS: [&str; 2] = ["core-services", "ci-operator"];

/// A path that lies in no checkout.
#[derive(Debug, Error)]
pub enum NoCheckout {
    /// It cannot be looked at.
    #[error("cannot read `{path}`: {reason}")]
    Unreadable {
        /// The path.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// Nothing on the way up looks like a checkout.
    #[error(
        "`{0}` is no checkout of openshift/release: neither it nor a folder above it has a folder \
         `{first}` or `{second}`",
        first = LANDMARKS[0],
        second = LANDMARKS[1]
    )]
    NoLandmark(String),
    /// Its name cannot be written as text.
    #[error("the path is not UTF-8")]
    NotUtf8,
}

/// The root of the checkout that `path` lies in, and the path from there.
///
/// # Errors
/// When it lies in none.
pub fn checkout_root(path: &Path) -> Result<(PathBuf, RepoPath), NoCheckout> {
    let absolute = path
        .canonicalize()
        .map_err(|error| NoCheckout::Unreadable {
            path: path.display().to_string(),
            reason: error.to_string(),
        })?;
    let root = absolute
        .ancestors()
        .find(|folder| {
            LANDMARKS
                .iter()
                .any(|landmark| folder.join(landmark).is_dir())
        })
        .ok_or_else(|| NoCheckout::NoLandmark(path.display().to_string()))?;
    let below = absolute.strip_prefix(root).ok();
    let below = below.and_then(Path::to_str).ok_or(NoCheckout::NotUtf8)?;
    Ok((root.to_owned(), RepoPath::new(below)))
}
