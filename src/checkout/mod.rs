//! The whole checkout: every file's statements, joined into tables.

pub mod images;
pub mod mirroring;

use std::sync::Arc;

use crate::model::{self, Conventions, File};
use crate::tree::{RepoPath, Tree, TreeError};

use images::Images;
use mirroring::Mirroring;

/// A checkout, read and joined. Rules look at nothing else.
#[derive(Debug)]
pub struct Checkout {
    files: Vec<Arc<File>>,
    /// Mirror sets, their files, the jobs that read them, and what they write.
    pub mirroring: Mirroring,
    /// Every ImageStreamTag, who provides it and who refers to it.
    pub images: Images,
}

impl Checkout {
    /// Reads `tree` as a checkout.
    ///
    /// # Errors
    /// When the tree as a whole cannot be read.
    pub fn load(tree: &dyn Tree, conventions: &Conventions) -> Result<Self, TreeError> {
        Ok(Self::new(model::load(tree, conventions)?, conventions))
    }

    /// Joins files, which are in order of their paths.
    #[must_use]
    pub fn new(files: Vec<Arc<File>>, conventions: &Conventions) -> Self {
        let mirroring = Mirroring::join(&files);
        let images = Images::join(&files, &mirroring, conventions.registries());
        Self {
            files,
            mirroring,
            images,
        }
    }

    /// The files, in order of their paths.
    #[must_use]
    pub fn files(&self) -> &[Arc<File>] {
        &self.files
    }

    /// The file at `path`.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&File> {
        let at = self
            .files
            .binary_search_by(|file| file.path.as_str().cmp(path))
            .ok()?;
        self.files.get(at).map(|file| &**file)
    }

    /// The text of the file at `path`; `None` when it is not there or could not be read.
    #[must_use]
    pub fn text(&self, path: &RepoPath) -> Option<&str> {
        self.file(path.as_str()).map(|file| &*file.text)
    }
}
