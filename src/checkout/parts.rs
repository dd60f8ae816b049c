//! Which parts of a checkout somebody looks at: who finds the same parts again need not look again.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::model::FileKind;
use crate::tree::RepoPath;

/// Parts of a checkout.
#[derive(Debug, Default)]
pub struct Parts {
    shared: u64,
    /// Single files, be they there or not.
    files: HashSet<RepoPath>,
}

impl Parts {
    /// Whether some part is in both.
    #[must_use]
    pub fn meets(&self, others: &Self) -> bool {
        self.shared & others.shared != 0 || !self.files.is_disjoint(&others.files)
    }

    pub(super) fn add(&mut self, part: Shared) {
        self.shared |= part.0;
    }

    pub(super) fn add_file(&mut self, path: &RepoPath) {
        self.files.insert(path.clone());
    }
}

/// A part that holds for many files: a table, or all files of a kind.
#[derive(Clone, Copy)]
pub(super) struct Shared(u64);

/// So many are tables.
const TABLES: u32 = 7;

impl Shared {
    pub(super) const LAYOUT: Self = Self(1);
    pub(super) const MIRRORING: Self = Self(1 << 1);
    pub(super) const IMAGES: Self = Self(1 << 2);
    pub(super) const ACCESS: Self = Self(1 << 3);
    pub(super) const SECRETS: Self = Self(1 << 4);
    pub(super) const KNOWN: Self = Self(1 << 5);
    pub(super) const BROKEN_FILES: Self = Self(1 << 6);
    pub(super) const ALL_FILES: Self = Self(u64::MAX << TABLES);

    /// The files of one kind.
    pub(super) fn files_of(kind: FileKind) -> Self {
        Self(1 << (TABLES + kind as u32))
    }
}

/// The parts that were looked at.
#[derive(Debug, Default)]
pub(super) struct Looks {
    shared: AtomicU64,
    files: Mutex<HashSet<RepoPath>>,
}

impl Looks {
    /// Notes that a part is looked at.
    pub(super) fn note(&self, part: Shared) {
        // Asked in every loop, it is mostly noted already.
        if self.shared.load(Ordering::Relaxed) & part.0 != part.0 {
            self.shared.fetch_or(part.0, Ordering::Relaxed);
        }
    }

    /// Notes that it is looked at what lies at `path`.
    pub(super) fn note_file(&self, path: &str) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if !files.contains(path) {
            files.insert(RepoPath::new(path));
        }
    }

    pub(super) fn into_parts(self) -> Parts {
        Parts {
            shared: self.shared.into_inner(),
            files: self
                .files
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner),
        }
    }
}
