//! Files that need not be unpacked, because the work tree has them as git knows them.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::super::{ContentId, RepoPath};
use super::content_id;
use crate::limits::MAX_FILE_SIZE;

/// What the index says about the files on disk: which content each had, and how it looked to
/// the system then. A file that still looks the same has that content, which is how `git status`
/// finds out without reading it (git's Documentation/technical/racy-git.txt).
pub(super) struct CleanFiles {
    root: PathBuf,
    files: HashMap<RepoPath, Stat>,
}

struct Stat {
    id: ContentId,
    size: u64,
    seconds: i64,
    nanoseconds: u32,
}

impl CleanFiles {
    /// Nothing where there is no work tree, or where git may write other bytes to it than it
    /// stores.
    pub(super) fn of(git: &git2::Repository) -> Option<Self> {
        let root = super::work_tree(git)?.to_owned();
        let converts = |name| {
            git.config()
                .and_then(|config| config.get_string(name))
                .is_ok_and(|value| value != "false")
        };
        if converts("core.autocrlf") || converts("core.eol") || has_attributes(git, &root) {
            return None;
        }
        let index = git.index().ok()?;
        // A file written in the same instant as the index, or later, may have changed unseen.
        let written = modified(&fs::metadata(index.path()?).ok()?)?;
        let files = index
            .iter()
            .filter(|entry| {
                let mtime = (i64::from(entry.mtime.seconds()), entry.mtime.nanoseconds());
                entry.flags & super::STAGE == 0 && mtime < written
            })
            .filter_map(|entry| {
                let path = RepoPath::new(std::str::from_utf8(&entry.path).ok()?);
                let stat = Stat {
                    id: content_id(entry.id)?,
                    size: u64::from(entry.file_size),
                    seconds: i64::from(entry.mtime.seconds()),
                    nanoseconds: entry.mtime.nanoseconds(),
                };
                Some((path, stat))
            })
            .collect();
        Some(Self { root, files })
    }

    /// The bytes of the file at `path`, if it has the content `id`.
    pub(super) fn read(&self, path: &RepoPath, id: ContentId) -> Option<Vec<u8>> {
        let stat = self.files.get(path).filter(|stat| stat.id == id)?;
        let absolute = self.root.join(path.as_str());
        let metadata = fs::symlink_metadata(&absolute).ok()?;
        let looks_the_same = metadata.is_file()
            && metadata.len() == stat.size
            && metadata.len() <= MAX_FILE_SIZE
            && modified(&metadata) == Some((stat.seconds, stat.nanoseconds));
        let bytes = looks_the_same.then(|| fs::read(&absolute).ok())??;
        (bytes.len() as u64 == stat.size).then_some(bytes)
    }
}

/// Attributes can name filters and line endings.
fn has_attributes(git: &git2::Repository, root: &Path) -> bool {
    root.join(".gitattributes").exists() || git.path().join("info/attributes").exists()
}

fn modified(metadata: &fs::Metadata) -> Option<(i64, u32)> {
    let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((i64::try_from(since.as_secs()).ok()?, since.subsec_nanos()))
}
