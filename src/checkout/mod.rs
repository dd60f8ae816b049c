//! The whole checkout: every file's statements, joined into tables.

pub mod mirroring;

use std::sync::Arc;

use regex::Regex;

use crate::model::{self, Conventions, File, ParsedFiles};
use crate::tree::{RepoPath, Tree, TreeError};

use mirroring::Mirroring;

/// What the user says about the world outside the checkout.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// ImageStreamTags, as `namespace/name:tag`, that are provided from outside.
    pub external_images: Vec<Regex>,
    /// Files that list which secrets Vault has.
    pub secret_indexes: Vec<SecretIndex>,
}

/// A file that lists which secrets Vault has (domain section 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretIndex {
    /// Where it came from, for messages.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A checkout, read and joined. Rules look at nothing else.
#[derive(Debug)]
pub struct Checkout {
    files: Vec<Arc<File>>,
    /// What the user says about the world outside.
    pub settings: Arc<Settings>,
    /// Mirror sets, their files, the jobs that read them, and what they write.
    pub mirroring: Mirroring,
}

impl Checkout {
    /// Reads `tree` as a checkout.
    ///
    /// # Errors
    /// When the tree as a whole cannot be read.
    pub fn load(tree: &dyn Tree, conventions: &Conventions) -> Result<Self, TreeError> {
        Self::load_with(tree, conventions, &ParsedFiles::default(), Arc::default())
    }

    /// Reads `tree` as a checkout, but for the files that were parsed before.
    ///
    /// # Errors
    /// When the tree as a whole cannot be read.
    pub fn load_with(
        tree: &dyn Tree,
        conventions: &Conventions,
        parsed: &ParsedFiles,
        settings: Arc<Settings>,
    ) -> Result<Self, TreeError> {
        let files = model::load(tree, conventions, parsed)?;
        Ok(Self::new(files, settings))
    }

    /// Joins files, which are in order of their paths.
    #[must_use]
    pub fn new(files: Vec<Arc<File>>, settings: Arc<Settings>) -> Self {
        let mirroring = Mirroring::join(&files);
        Self {
            files,
            settings,
            mirroring,
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
