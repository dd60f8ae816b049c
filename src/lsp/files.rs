//! The files of a checkout, being changed: kept in order of their paths, one put in at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::checkout::Checkout;
use crate::model::File;
use crate::tree::RepoPath;

/// The files of a checkout, being changed.
pub struct Files {
    /// In order of their paths.
    pub files: Vec<Arc<File>>,
    /// Those that were put in or taken out.
    pub changed: BTreeSet<RepoPath>,
}

impl Files {
    /// Those of `checkout`, none of them changed.
    pub fn of(checkout: &Checkout) -> Self {
        Self {
            files: checkout.files().to_vec(),
            changed: BTreeSet::new(),
        }
    }

    /// Makes `file` the one at `path`; whether that changes anything.
    pub fn put(&mut self, path: &RepoPath, file: Option<Arc<File>>) -> bool {
        let at = self.files.binary_search_by(|file| file.path.cmp(path));
        match (at, file) {
            (Ok(at), Some(file)) => {
                if same(self.files.get(at), Some(&file)) {
                    return false;
                }
                self.files[at] = file;
            }
            (Ok(at), None) => drop(self.files.remove(at)),
            (Err(at), Some(file)) => self.files.insert(at, file),
            (Err(_), None) => return false,
        }
        self.changed.insert(path.clone());
        true
    }
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

/// The file at `path` among `files`, which are in order of their paths.
pub fn find<'f>(files: &'f [Arc<File>], path: &RepoPath) -> Option<&'f Arc<File>> {
    let at = files.binary_search_by(|file| file.path.cmp(path)).ok()?;
    files.get(at)
}
