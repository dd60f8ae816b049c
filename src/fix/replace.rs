//! Writing a file so that it is at any moment the old one or the new one.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes `text` to the file at `path`.
///
/// # Errors
/// When the system does not let it be written; the file is then as it was.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = beside(path)?;
    beside.write_all(text.as_bytes())?;
    rename(beside, path)
}

/// A new file in the folder of `path`, with the mode of the file there if there is one.
///
/// # Errors
/// When the system does not let it be made.
pub(crate) fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut beside = tempfile::Builder::new();
    beside.prefix(".mirrorlint-");
    // Temporary files are private; the umask says what others are.
    #[cfg(unix)]
    beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let beside = beside.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    if let Ok(there) = fs::symlink_metadata(path)
        && there.is_file()
    {
        beside.as_file().set_permissions(there.permissions())?;
    }
    Ok(beside)
}

/// Puts the file that was made [`beside`] `path` in its place.
///
/// # Errors
/// When the system does not let it be moved; the file at `path` is then as it was.
pub(crate) fn rename(beside: NamedTempFile, path: &Path) -> io::Result<()> {
    beside.as_file().sync_all()?;
    beside.persist(path)?;
    Ok(())
}
