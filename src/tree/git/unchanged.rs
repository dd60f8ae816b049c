//! Files that need not be unpacked, because the work tree has them with the same content.

use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;
use std::sync::Mutex;

use foldhash::HashMap;

use super::super::{ContentId, RepoPath};
use crate::limits::MAX_FILE_SIZE;

/// The files of a work tree, by what git calls their content. Whether a file has it, its hash tells: git's
/// index, which knows it without, takes longer to read than all of these files to hash.
pub(super) struct WorkTreeFiles {
    root: PathBuf,
    /// Whether a path leads to a folder without a link on the way, of those that were looked at.
    folders: Mutex<HashMap<Box<str>, bool>>,
}

impl WorkTreeFiles {
    pub(super) fn of(root: PathBuf) -> Self {
        Self {
            root,
            folders: Mutex::default(),
        }
    }

    /// The bytes of the file at `path`, if they are the content `id`. A path of a commit may be anything, and
    /// leads through links in a work tree that is of another commit: none is read that leads out of it.
    pub(super) fn read(&self, path: &RepoPath, id: ContentId) -> Option<Vec<u8>> {
        let mut folders = path.as_str().match_indices('/');
        let is_inside = folders.all(|(end, _)| self.is_folder(&path.as_str()[..end]));
        if !is_inside || is_relative(path.name()) {
            return None;
        }
        let absolute = self.root.join(path.as_str());
        let metadata = fs::symlink_metadata(&absolute).ok()?;
        if !metadata.is_file() || metadata.len() > MAX_FILE_SIZE {
            return None;
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
        let file = File::open(&absolute).ok()?;
        file.take(metadata.len()).read_to_end(&mut bytes).ok()?;
        (ContentId::of(&bytes) == id).then_some(bytes)
    }

    /// Whether `path` is a folder and no link, where all above it are such folders.
    fn is_folder(&self, path: &str) -> bool {
        let known = self.folders.lock().ok();
        if let Some(known) = known.and_then(|folders| folders.get(path).copied()) {
            return known;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_folder = !is_relative(name)
            && fs::symlink_metadata(self.root.join(path)).is_ok_and(|own| own.is_dir());
        if let Ok(mut folders) = self.folders.lock() {
            folders.insert(path.into(), is_folder);
        }
        is_folder
    }
}

/// Whether a name stands for another folder than one of that name.
fn is_relative(name: &str) -> bool {
    matches!(name, "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &[u8] = include_bytes!("unchanged.rs");

    fn read(root: &str, path: &str) -> Option<Vec<u8>> {
        WorkTreeFiles::of(root.into()).read(&RepoPath::new(path), ContentId::of(OWN))
    }

    #[test]
    fn nothing_is_read_that_a_path_leads_out_to() {
        let own = "tree/git/unchanged.rs";
        assert_eq!(read("src", own).as_deref(), Some(OWN));
        for path in [
            "../src/tree/git/unchanged.rs",
            "tree/../tree/git/unchanged.rs",
            "tree/./git/unchanged.rs",
            "tree//git/unchanged.rs",
            "tree/git/unchanged.rs/..",
            "tree/git",
            "tree/git/unchanged.rs/x",
            "tree/git/other.rs",
        ] {
            assert_eq!(read("src", path), None, "{path}");
        }
        // Another file than was asked for.
        assert_eq!(read("src", "tree/git.rs"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn nothing_is_read_that_a_link_leads_out_to() {
        let own = "cwd/src/tree/git/unchanged.rs";
        assert_eq!(
            fs::read(format!("/proc/self/{own}")).ok().as_deref(),
            Some(OWN)
        );
        assert_eq!(read("/proc/self", own), None);
    }

    #[test]
    fn a_content_is_called_as_git_calls_it() {
        let id = ContentId::of(b"x\n");
        let hex = id.0.map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(hex, "587be6b4c3f93f93c489c0111bba5596147a26cb");
    }
}
