//! Writing a file so that it is at any moment the old one or the new one.

use std::fs::{self, File};
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
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mirrorlint-");
    // Temporary files are private; this one gets what the umask gives others. `tempfile` puts its
    // path into errors, where it says nothing to whoever asked for the file at `path`.
    let mut refused = None;
    let made = builder.make_in(folder.unwrap_or(Path::new(".")), |path| {
        let made = File::options().write(true).create_new(true).open(path);
        made.inspect_err(|error| refused = error.raw_os_error())
    });
    let beside = made.map_err(|error| refused.map_or(error, io::Error::from_raw_os_error))?;
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
