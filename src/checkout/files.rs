//! The files of a checkout, in order of their paths.

use std::collections::HashSet;
use std::sync::Arc;

use super::change::Change;
use super::parts::{Parts, Shared};
use crate::model::{Conventions, File, FileKind};
use crate::tree::RepoPath;

/// The files of a checkout. A copy shares them.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    all: Arc<Vec<Arc<File>>>,
    /// Those of each kind, by the kind's number; shared with those of before a change that has no file
    /// of the kind.
    by_kind: Vec<Arc<Vec<Arc<File>>>>,
}

impl Files {
    pub(super) fn new(all: Vec<Arc<File>>) -> Self {
        let mut by_kind: Vec<Vec<Arc<File>>> = Vec::new();
        for file in &all {
            let kind = file.kind as usize;
            if by_kind.len() <= kind {
                by_kind.resize_with(kind + 1, Vec::new);
            }
            by_kind[kind].push(Arc::clone(file));
        }
        Self {
            all: Arc::new(all),
            by_kind: by_kind.into_iter().map(Arc::new).collect(),
        }
    }

    /// The files `all`, which differ from those of `self` by `change`.
    pub(super) fn after(&self, all: Vec<Arc<File>>, change: &Change) -> Self {
        let mut by_kind = self.by_kind.clone();
        let gone: HashSet<*const File> = change.gone.iter().map(Arc::as_ptr).collect();
        let kinds: HashSet<FileKind> = change.files().map(|file| file.kind).collect();
        for kind in kinds {
            let at = kind as usize;
            if by_kind.len() <= at {
                by_kind.resize_with(at + 1, Arc::default);
            }
            let stays = by_kind[at]
                .iter()
                .filter(|file| !gone.contains(&Arc::as_ptr(file)));
            let come = change.come.iter().filter(|file| file.kind == kind);
            let mut files: Vec<_> = stays.chain(come).cloned().collect();
            files.sort_by(|a, b| a.path.cmp(&b.path));
            by_kind[at] = Arc::new(files);
        }
        Self {
            all: Arc::new(all),
            by_kind,
        }
    }

    /// All, in order of their paths.
    pub(super) fn all(&self) -> &[Arc<File>] {
        &self.all
    }

    /// Those of one kind, in order of their paths.
    pub(super) fn of(&self, kind: FileKind) -> &[Arc<File>] {
        self.by_kind
            .get(kind as usize)
            .map_or(&[], |files| files.as_slice())
    }

    /// The files that are not the same in `other`, and their kinds.
    pub(super) fn differences(&self, other: &Self) -> Parts {
        let mut differences = Parts::default();
        let none = Arc::default();
        let kinds = self.by_kind.len().max(other.by_kind.len());
        for kind in 0..kinds {
            let own = self.by_kind.get(kind).unwrap_or(&none);
            let others = other.by_kind.get(kind).unwrap_or(&none);
            if !Arc::ptr_eq(own, others) {
                let change = Change::between(others, own);
                for file in change.files() {
                    differences.add(Shared::files_of(file.kind));
                    differences.add_file(&file.path);
                }
            }
        }
        differences
    }
}

/// Those of `files` of which not all is known.
pub fn broken(files: &[Arc<File>], conventions: &Conventions) -> Vec<Arc<File>> {
    let broken = files.iter().filter(|file| !file.is_whole(conventions));
    broken.cloned().collect()
}

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
