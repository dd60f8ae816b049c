//! The files of a checkout, in order of their paths.

use std::sync::Arc;

use crate::model::File;
use crate::tree::RepoPath;

/// Makes `file` the one at `path`; whether that changes anything.
pub fn put(files: &mut Vec<Arc<File>>, path: &RepoPath, file: Option<Arc<File>>) -> bool {
    let at = files.binary_search_by(|file| file.path.cmp(path));
    match (at, file) {
        (Ok(at), Some(file)) => {
            if same(files.get(at), Some(&file)) {
                return false;
            }
            files[at] = file;
        }
        (Ok(at), None) => drop(files.remove(at)),
        (Err(at), Some(file)) => files.insert(at, file),
        (Err(_), None) => return false,
    }
    true
}

/// Whether two files at one path say the same.
fn is_same(a: &File, b: &File) -> bool {
    a.kind == b.kind && a.text == b.text && a.faults == b.faults
}

/// The same of files that may not be there.
pub fn same(a: Option<&Arc<File>>, b: Option<&Arc<File>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b) || is_same(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// Puts the files of `others` in the place of those of `files` that say the same, so that both share them.
pub fn share(files: &mut [Arc<File>], others: &[Arc<File>]) {
    for file in files {
        if let Some(other) = find(others, &file.path)
            && !Arc::ptr_eq(file, other)
            && is_same(file, other)
        {
            *file = Arc::clone(other);
        }
    }
}

/// The file at `path` among `files`, which are in order of their paths.
pub fn find<'f>(files: &'f [Arc<File>], path: &RepoPath) -> Option<&'f Arc<File>> {
    let at = files.binary_search_by(|file| file.path.cmp(path)).ok()?;
    files.get(at)
}
