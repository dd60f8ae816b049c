//! The whole checkout: every file's statements, joined into tables.

pub mod access;
pub mod image_facts;
pub mod images;
pub mod mirroring;
pub mod secrets;

use std::sync::Arc;

use regex::Regex;

use crate::model::{self, Conventions, File, ParsedFiles};
use crate::tree::{RepoPath, Tree, TreeError};

use crate::model::secretsync;
use access::Access;
use images::Images;
use mirroring::Mirroring;
use secrets::Secrets;

/// What the user gives beside the checkout.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Indexes of the secrets in Vault, each with the name it is reported under.
    pub secretsync: Vec<(RepoPath, Vec<secretsync::Entry>)>,
    /// ImageStreamTags, as `namespace/name:tag`, that are provided from outside.
    pub external_images: Vec<Regex>,
}

/// A checkout, read and joined. Rules look at nothing else.
#[derive(Debug)]
pub struct Checkout {
    files: Vec<Arc<File>>,
    /// Mirror sets, their files, the jobs that read them, and what they write.
    pub mirroring: Mirroring,
    /// Every ImageStreamTag, who provides it and who refers to it.
    pub images: Images,
    /// Registry-access folders and the objects of all manifests.
    pub access: Access,
    /// Which secrets exist.
    pub secrets: Secrets,
}

impl Checkout {
    /// Reads `tree` as a checkout.
    ///
    /// # Errors
    /// When the tree as a whole cannot be read.
    pub fn load(
        tree: &dyn Tree,
        conventions: &Conventions,
        inputs: &Inputs,
    ) -> Result<Self, TreeError> {
        Self::load_sharing(tree, conventions, inputs, &ParsedFiles::default())
    }

    /// Reads `tree` as a checkout, but for the files that were parsed before.
    ///
    /// # Errors
    /// When the tree as a whole cannot be read.
    pub fn load_sharing(
        tree: &dyn Tree,
        conventions: &Conventions,
        inputs: &Inputs,
        parsed: &ParsedFiles,
    ) -> Result<Self, TreeError> {
        let files = model::load(tree, conventions, parsed)?;
        Ok(Self::new(files, conventions, inputs))
    }

    /// Joins files, which are in order of their paths.
    #[must_use]
    pub fn new(files: Vec<Arc<File>>, conventions: &Conventions, inputs: &Inputs) -> Self {
        let mirroring = Mirroring::join(&files);
        let external = &inputs.external_images;
        let images = Images::join(&files, &mirroring, conventions.registries(), external);
        let (access, secrets) =
            rayon::join(|| Access::join(&files), || Secrets::join(&files, inputs));
        Self {
            files,
            mirroring,
            images,
            access,
            secrets,
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
