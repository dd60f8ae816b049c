//! The whole checkout: tables built from the statements of all files.

pub mod access;
mod change;
mod external;
pub(crate) mod files;
pub mod images;
pub mod known;
pub mod layout;
pub mod mirroring;
pub mod owners;
pub mod secrets;

use std::sync::Arc;

use regex::Regex;

use crate::model::ci_operator::CiConfig;
use crate::model::manifest::Manifest;
use crate::model::prow_jobs::Job;
use crate::model::supplemental::ImagesMirrorConfig;
use crate::model::{self, Conventions, File, ParsedFiles, secretsync};
use crate::tree::{RepoPath, Tree, TreeError};

use access::Access;
pub use change::Change;
use images::{Images, Sources};
use known::Known;
use layout::Layout;
use mirroring::Mirroring;
use secrets::Secrets;

/// What the user gives beside the checkout.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Indexes of the secrets in Vault, each with the name it is reported under.
    pub secretsync: Vec<(RepoPath, Vec<secretsync::Entry>)>,
    /// ImageStreamTags, as `namespace/name:tag`, that are provided from outside.
    pub external_images: Vec<Regex>,
    /// What lists and registries tell.
    pub known: Arc<Known>,
}

/// A checkout: its files, and the tables built from them. Rules look at nothing else.
#[derive(Debug)]
pub struct Checkout {
    files: Vec<Arc<File>>,
    /// What is taken for granted about the repository.
    pub conventions: Conventions,
    /// Which forms its ci-operator configs are written in.
    pub layout: Layout,
    /// Mirror sets, their files, the jobs that read them, and what they write.
    pub mirroring: Arc<Mirroring>,
    /// Every ImageStreamTag, who provides it and who refers to it.
    pub images: Images,
    /// Registry-access folders and the objects of all manifests.
    pub access: Arc<Access>,
    /// Which secrets exist.
    pub secrets: Arc<Secrets>,
    /// What lists and registries tell.
    pub known: Arc<Known>,
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

    /// Builds the tables of files, which are in order of their paths.
    #[must_use]
    pub fn new(files: Vec<Arc<File>>, conventions: &Conventions, inputs: &Inputs) -> Self {
        let layout = Layout::of(&files);
        let ((mirroring, images), (access, secrets)) = rayon::join(
            || {
                let mirroring = Mirroring::build(&files, conventions);
                let images = Images::build(&Sources {
                    files: &files,
                    mirroring: &mirroring,
                    layout: &layout,
                    conventions,
                    external: &inputs.external_images,
                });
                (mirroring, images)
            },
            || {
                rayon::join(
                    || Access::build(&files, conventions),
                    || Secrets::build(&files, inputs),
                )
            },
        );
        Self {
            files,
            layout,
            mirroring: Arc::new(mirroring),
            images,
            access: Arc::new(access),
            secrets: Arc::new(secrets),
            conventions: conventions.clone(),
            known: Arc::clone(&inputs.known),
        }
    }

    /// The checkout of `files`, which differ from those of `self` by `change`, with the same conventions
    /// and inputs. Gives what [`Checkout::new`] gives; tables that the changed files have no part in are
    /// shared with `self`, and of the images only those are looked at that they provide or name.
    #[must_use]
    pub fn update(
        &self,
        files: Vec<Arc<File>>,
        change: &Change,
        conventions: &Conventions,
        inputs: &Inputs,
    ) -> Self {
        let mirroring = if change.touches(Mirroring::reads) {
            Arc::new(Mirroring::build(&files, conventions))
        } else {
            Arc::clone(&self.mirroring)
        };
        let layout = self.layout.after(change);
        let sources = Sources {
            files: &files,
            mirroring: &mirroring,
            layout: &layout,
            conventions,
            external: &inputs.external_images,
        };
        let images = self
            .images
            .update((&self.mirroring, &self.layout), &sources, change);
        let access = if change.touches(|file| Access::reads(file, conventions)) {
            Arc::new(Access::build(&files, conventions))
        } else {
            Arc::clone(&self.access)
        };
        let secrets = if change.touches(Secrets::reads) {
            Arc::new(Secrets::build(&files, inputs))
        } else {
            Arc::clone(&self.secrets)
        };
        Self {
            files,
            layout,
            mirroring,
            images,
            access,
            secrets,
            conventions: conventions.clone(),
            known: Arc::clone(&inputs.known),
        }
    }

    /// The files, in order of their paths.
    #[must_use]
    pub fn files(&self) -> &[Arc<File>] {
        &self.files
    }

    /// The ci-operator configs.
    pub fn ci_configs(&self) -> impl Iterator<Item = (&File, &CiConfig)> {
        let files = self.files.iter();
        files.filter_map(|file| Some((&**file, file.ci_config()?)))
    }

    /// The configurations of ci-images-mirror, of which there is one at most.
    pub fn images_mirror_configs(&self) -> impl Iterator<Item = (&File, &ImagesMirrorConfig)> {
        let files = self.files.iter();
        files.filter_map(|file| Some((&**file, file.images_mirror()?)))
    }

    /// The jobs of all files, mirror jobs or not.
    pub fn jobs(&self) -> impl Iterator<Item = (&File, &Job)> {
        let files = self.files.iter();
        files.flat_map(|file| file.jobs().iter().map(move |job| (&**file, job)))
    }

    /// The Kubernetes objects of all files, applied or not.
    pub fn manifests(&self) -> impl Iterator<Item = (&File, &Manifest)> {
        let files = self.files.iter();
        files.flat_map(|file| {
            let manifests = file.manifests().iter();
            manifests.map(move |manifest| (&**file, manifest))
        })
    }

    /// Where the config lies that the one at `path` is generated from, if it is.
    #[must_use]
    pub fn original(&self, path: &str) -> Option<String> {
        self.conventions.ci_configs.original(path)
    }

    /// The file at `path`.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&File> {
        self.shared_file(path).map(|file| &**file)
    }

    /// The same, for those who keep it.
    pub(crate) fn shared_file(&self, path: &str) -> Option<&Arc<File>> {
        let files = &self.files;
        let at = files.binary_search_by(|file| file.path.as_str().cmp(path));
        files.get(at.ok()?)
    }

    /// The text of the file at `path`; `None` when it is not there or could not be read.
    #[must_use]
    pub fn text(&self, path: &RepoPath) -> Option<&str> {
        self.file(path.as_str()).map(|file| &*file.text)
    }
}
