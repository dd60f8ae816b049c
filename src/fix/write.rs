//! Fixes, written to disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::FixedFile;
use super::replace::replace;

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was written, renamed, or both.
    Written,
    /// It was left alone.
    Skipped(Skipped),
}

/// Why a file was left alone.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Skipped {
    /// What lies on disk is not what was linted.
    #[error("the file on disk is not what was checked")]
    Differs,
    /// It is a symbolic link, or lies behind one.
    #[error("it is, or lies behind, a symbolic link")]
    Link,
    /// A file has the new name already.
    #[error("there is a file of the new name already")]
    NameTaken,
}

/// Writes `file` below `root`, if the file there still has the text that was linted. The text is
/// written beside the file and renamed into place, with the file's mode.
///
/// # Errors
/// When the system does not let it be written; the file is then as it was.
pub fn write(root: &Path, file: &FixedFile) -> io::Result<Outcome> {
    let (Some(old), Some(new)) = (inside(root, &file.path), inside(root, &file.new_path)) else {
        return Ok(Outcome::Skipped(Skipped::Link));
    };
    if !fs::symlink_metadata(&old)?.is_file() {
        return Ok(Outcome::Skipped(Skipped::Link));
    }
    if fs::read(&old)? != file.old.as_bytes() {
        return Ok(Outcome::Skipped(Skipped::Differs));
    }
    if old != new && fs::symlink_metadata(&new).is_ok() {
        return Ok(Outcome::Skipped(Skipped::NameTaken));
    }
    if file.old != file.new {
        replace(&old, &file.new)?;
    }
    if old != new {
        fs::rename(&old, &new)?;
    }
    Ok(Outcome::Written)
}

/// The absolute path, when no folder on the way to it is a link that leads elsewhere.
pub(super) fn inside(root: &Path, path: &crate::tree::RepoPath) -> Option<PathBuf> {
    let root = root.canonicalize().ok()?;
    let folder = root.join(path.folder());
    let climbs = path.parts().any(|part| part == "..");
    let real = folder.canonicalize().ok()?;
    (!climbs && real == folder.components().collect::<PathBuf>()).then(|| folder.join(path.name()))
}
