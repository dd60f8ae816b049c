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
mod parts;
pub mod secrets;

use std::sync::Arc;

use regex::Regex;

use crate::model::ci_operator::CiConfig;
use crate::model::manifest::Manifest;
use crate::model::prow_jobs::Job;
use crate::model::supplemental::ImagesMirrorConfig;
use crate::model::{self, Conventions, File, FileKind, ParsedFiles, secretsync};
use crate::tree::{RepoPath, Tree, TreeError};

use access::Access;
pub use change::Change;
use files::Files;
use images::{Images, Sources};
use known::Known;
use layout::Layout;
use mirroring::Mirroring;
use parts::Looks;
pub use parts::Parts;
use parts::Shared;
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

/// A checkout: its files, and the tables built from them. Rules look at nothing else. A copy shares all
/// of it.
#[derive(Debug)]
pub struct Checkout {
    /// What is taken for granted about the repository.
    pub conventions: Arc<Conventions>,
    files: Files,
    broken: Arc<Vec<Arc<File>>>,
    layout: Layout,
    mirroring: Arc<Mirroring>,
    images: Arc<Images>,
    access: Arc<Access>,
    secrets: Arc<Secrets>,
    known: Arc<Known>,
    looks: Option<Looks>,
}

impl Clone for Checkout {
    fn clone(&self) -> Self {
        Self {
            conventions: Arc::clone(&self.conventions),
            files: self.files.clone(),
            broken: Arc::clone(&self.broken),
            layout: self.layout,
            mirroring: Arc::clone(&self.mirroring),
            images: Arc::clone(&self.images),
            access: Arc::clone(&self.access),
            secrets: Arc::clone(&self.secrets),
            known: Arc::clone(&self.known),
            looks: None,
        }
    }
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
        let files = model::load(tree, conventions, &ParsedFiles::default())?;
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
            conventions: Arc::new(conventions.clone()),
            broken: Arc::new(files::broken(&files, conventions)),
            files: Files::new(files),
            layout,
            mirroring: Arc::new(mirroring),
            images: Arc::new(images),
            access: Arc::new(access),
            secrets: Arc::new(secrets),
            known: Arc::clone(&inputs.known),
            looks: None,
        }
    }

    /// The checkout of `files`, which differ from those of `self` by `change`, with the same conventions
    /// and inputs. Gives what [`Checkout::new`] gives; tables that the changed files have no part in are
    /// shared with `self`, and of the images only those are looked at that they provide or name. Where
    /// most files changed, all is looked at.
    #[must_use]
    pub fn update(
        &self,
        files: Vec<Arc<File>>,
        change: &Change,
        conventions: &Conventions,
        inputs: &Inputs,
    ) -> Self {
        if change.come.len() > files.len() / 2 {
            return Self {
                conventions: Arc::clone(&self.conventions),
                ..Self::new(files, conventions, inputs)
            };
        }
        let mirroring = if change.touches(Mirroring::reads) {
            Arc::new(Mirroring::build(&files, conventions))
        } else {
            Arc::clone(&self.mirroring)
        };
        let broken = if change.touches(|file| !file.is_whole(conventions)) {
            Arc::new(files::broken(&files, conventions))
        } else {
            Arc::clone(&self.broken)
        };
        let layout = self.layout.after(change);
        let sources = Sources {
            files: &files,
            mirroring: &mirroring,
            layout: &layout,
            conventions,
            external: &inputs.external_images,
        };
        let before = (&*self.mirroring, &self.layout);
        let images = match self.images.update(before, &sources, change) {
            Some(images) => Arc::new(images),
            None => Arc::clone(&self.images),
        };
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
            conventions: Arc::clone(&self.conventions),
            files: self.files.after(files, change),
            broken,
            layout,
            mirroring,
            images,
            access,
            secrets,
            known: Arc::clone(&inputs.known),
            looks: None,
        }
    }

    /// A copy that notes what is looked at through it.
    #[must_use]
    pub fn watched(&self) -> Self {
        Self {
            looks: Some(Looks::default()),
            ..self.clone()
        }
    }

    /// What was looked at through this copy, if that is [watched](Self::watched).
    #[must_use]
    pub fn looked_at(self) -> Parts {
        self.looks.map(Looks::into_parts).unwrap_or_default()
    }

    fn note(&self, parts: Shared) {
        if let Some(looks) = &self.looks {
            looks.note(parts);
        }
    }

    /// The parts that are not the same in `other`: tables and files that the two do not share. Nothing is
    /// said of checkouts that other things are taken for granted of.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Option<Parts> {
        if !Arc::ptr_eq(&self.conventions, &other.conventions) {
            return None;
        }
        let tables = [
            (
                Shared::BROKEN_FILES,
                Arc::ptr_eq(&self.broken, &other.broken),
            ),
            (Shared::LAYOUT, self.layout == other.layout),
            (
                Shared::MIRRORING,
                Arc::ptr_eq(&self.mirroring, &other.mirroring),
            ),
            (Shared::IMAGES, Arc::ptr_eq(&self.images, &other.images)),
            (Shared::ACCESS, Arc::ptr_eq(&self.access, &other.access)),
            (Shared::SECRETS, Arc::ptr_eq(&self.secrets, &other.secrets)),
            (Shared::KNOWN, Arc::ptr_eq(&self.known, &other.known)),
        ];
        let tables = tables.into_iter().filter(|(_, is_same)| !is_same);
        let mut differences = self.files.differences(&other.files);
        for (table, _) in tables {
            differences.add(table);
        }
        Some(differences)
    }

    /// Which forms its ci-operator configs are written in.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        self.note(Shared::LAYOUT);
        &self.layout
    }

    /// Mirror sets, their files, the jobs that read them, and what they write.
    #[must_use]
    pub fn mirroring(&self) -> &Mirroring {
        self.note(Shared::MIRRORING);
        &self.mirroring
    }

    /// Every ImageStreamTag, who provides it and who refers to it.
    #[must_use]
    pub fn images(&self) -> &Images {
        self.note(Shared::IMAGES);
        &self.images
    }

    /// Registry-access folders and the objects of all manifests.
    #[must_use]
    pub fn access(&self) -> &Access {
        self.note(Shared::ACCESS);
        &self.access
    }

    /// Which secrets exist.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        self.note(Shared::SECRETS);
        &self.secrets
    }

    /// What lists and registries tell.
    #[must_use]
    pub fn known(&self) -> &Known {
        self.note(Shared::KNOWN);
        &self.known
    }

    /// The files, in order of their paths.
    #[must_use]
    pub fn files(&self) -> &[Arc<File>] {
        self.note(Shared::ALL_FILES);
        self.files.all()
    }

    /// The files of some kinds, those of each in order of their paths.
    pub fn files_of<'c>(&'c self, kinds: &'c [FileKind]) -> impl Iterator<Item = &'c File> {
        kinds.iter().flat_map(|kind| {
            self.note(Shared::files_of(*kind));
            self.files.of(*kind).iter().map(|file| &**file)
        })
    }

    /// The ci-operator configs that say something else than in `base`: as they were there, and as they are.
    pub fn changed_configs<'c>(
        &'c self,
        base: &'c Self,
    ) -> impl Iterator<Item = (&'c CiConfig, &'c File, &'c CiConfig)> {
        let mut before = base.files_of(&[FileKind::CiConfig]).peekable();
        self.ci_configs().filter_map(move |(file, config)| {
            while before.next_if(|other| other.path < file.path).is_some() {}
            let other = before.next_if(|other| other.path == file.path)?;
            let is_same = std::ptr::eq(other, file) || other.text == file.text;
            Some((other.ci_config().filter(|_| !is_same)?, file, config))
        })
    }

    /// The files below `folder`, in order of their paths.
    pub fn files_within<'c>(&'c self, folder: &'c str) -> impl Iterator<Item = &'c File> {
        let comes_before = |file: &Arc<File>| {
            let path = &file.path;
            path.below(folder).is_none() && path.as_str() < &*format!("{folder}/")
        };
        let from = self.files().partition_point(comes_before);
        let files = self.files().iter().skip(from).map(|file| &**file);
        files.take_while(|file| file.path.below(folder).is_some())
    }

    /// The files of some kinds of which not all is known: they do not parse, or are cut off.
    pub fn broken_files<'c>(&'c self, kinds: &'c [FileKind]) -> impl Iterator<Item = &'c File> {
        self.note(Shared::BROKEN_FILES);
        let broken = self.broken.iter().map(|file| &**file);
        broken.filter(|file| kinds.contains(&file.kind))
    }

    /// The ci-operator configs.
    pub fn ci_configs(&self) -> impl Iterator<Item = (&File, &CiConfig)> {
        let files = self.files_of(&[FileKind::CiConfig]);
        files.filter_map(|file| Some((file, file.ci_config()?)))
    }

    /// The configurations of ci-images-mirror, of which there is one at most.
    pub fn images_mirror_configs(&self) -> impl Iterator<Item = (&File, &ImagesMirrorConfig)> {
        let files = self.files_of(&[FileKind::ImagesMirrorConfig]);
        files.filter_map(|file| Some((file, file.images_mirror()?)))
    }

    /// The jobs of all files, mirror jobs or not.
    pub fn jobs(&self) -> impl Iterator<Item = (&File, &Job)> {
        let files = self.files_of(&[FileKind::ProwJobs]);
        files.flat_map(|file| file.jobs().iter().map(move |job| (file, job)))
    }

    /// The Kubernetes objects of all files, applied or not.
    pub fn manifests(&self) -> impl Iterator<Item = (&File, &Manifest)> {
        let files = self.files_of(&[FileKind::Manifest]);
        files.flat_map(|file| {
            let manifests = file.manifests().iter();
            manifests.map(move |manifest| (file, manifest))
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
        let files = self.files.all();
        let at = files.binary_search_by(|file| file.path.as_str().cmp(path));
        if let Some(looks) = &self.looks {
            looks.note_file(path);
        }
        files.get(at.ok()?)
    }

    /// The text of the file at `path`; `None` when it is not there or could not be read.
    #[must_use]
    pub fn text(&self, path: &RepoPath) -> Option<&str> {
        self.file(path.as_str()).map(|file| &*file.text)
    }
}
