//! One checkout, with open documents in the place of their files on disk, and what is found there.
//!
//! Changes are noted as they come and taken up together by [`Workspace::refresh`]: files that
//! changed are parsed and linted again, and what is found now is compared with what was found
//! before.

mod base;
mod lint;
mod refresh;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};
use thiserror::Error;

use super::Options;
use super::buffer::Buffer;
use super::load::{Load, Loaded};
use super::position::Encoding;
use super::settings::Settings;
use super::setup::Setup;
use super::snapshot::{LinesOfTexts, Snapshot};
use crate::checkout::Checkout;
use crate::checkout::files::find;
use crate::linter::{Cache, NoCheckout, SetupError};
use crate::model::File;
use crate::tree::{RepoPath, WorkTree};

pub(super) use base::{Base, ForkPoint};

/// Above as many changed files, all are read again.
const MANY_FILES: usize = 500;

/// Why a folder cannot be served.
#[derive(Debug, Error)]
pub enum OpenError {
    /// It is no checkout.
    #[error(transparent)]
    NoCheckout(#[from] NoCheckout),
    /// The rules cannot be run.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

/// One checkout.
pub struct Workspace {
    /// What there is to be seen, as of the last refresh.
    now: Snapshot,
    /// The folders of it that the client has open.
    open_folders: Vec<(Uri, RepoPath)>,
    tree: WorkTree,
    /// What it is compared with, once everything was read.
    base: Option<Base>,
    /// What the last run left to the next.
    cache: Cache,
    pending: Pending,
    is_loading: bool,
    /// Whether some document did not parse at the last refresh.
    is_broken: bool,
}

/// What is to be done.
#[derive(Debug, Default)]
struct Pending {
    /// Read every file again.
    all: bool,
    /// Every file on disk, read already.
    files: Option<Vec<Arc<File>>>,
    /// Read rules, config and baseline again.
    policy: bool,
    /// See whether the base is another one.
    base: bool,
    /// Read these again.
    disk: BTreeSet<RepoPath>,
    /// The documents that changed.
    buffers: BTreeSet<RepoPath>,
}

impl Workspace {
    /// The checkout that `folder` lies in; nothing of it is read yet.
    ///
    /// # Errors
    /// When it lies in none.
    pub fn open(
        folder: &Path,
        folder_uri: Uri,
        encoding: Encoding,
        options: &Options,
        settings: &Settings,
    ) -> Result<Self, OpenError> {
        let (root, below) = crate::linter::checkout_root(folder)?;
        let tree = WorkTree::open(&root).map_err(SetupError::from)?;
        let setup = Setup::new(options, settings.clone())?;
        let no_files = Checkout::new(Vec::new(), setup.conventions(), setup.inputs());
        let shown_root = spelled(folder, &root, &below);
        Ok(Self {
            now: Snapshot {
                roots: (root, shown_root),
                setup: Arc::new(setup),
                encoding,
                buffers: BTreeMap::new(),
                checkout: Arc::new(no_files),
                found: Arc::default(),
                is_loaded: false,
                lines: LinesOfTexts::default(),
            },
            open_folders: vec![(folder_uri, below)],
            tree,
            base: None,
            cache: Cache::default(),
            pending: Pending {
                policy: true,
                ..Pending::default()
            },
            is_loading: false,
            is_broken: false,
        })
    }

    /// What there is to be seen, as of the last refresh.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.now.clone()
    }

    /// Where the checkout lies, free of links.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.now.root()
    }

    /// Where the checkout lies, as the client spells it.
    #[must_use]
    pub fn shown_root(&self) -> &Path {
        &self.now.roots.1
    }

    /// Takes the folders of another workspace on the same checkout.
    pub fn add_folders(&mut self, other: Self) {
        self.open_folders.extend(other.open_folders);
        self.pending.policy = true;
    }

    /// Gives a folder up; whether it was the last one.
    pub fn remove_folder(&mut self, folder_uri: &Uri) -> bool {
        let before = self.open_folders.len();
        self.open_folders.retain(|(uri, _)| uri != folder_uri);
        self.pending.policy |= before != self.open_folders.len();
        before > 0 && self.open_folders.is_empty()
    }

    /// The checkout as of the last refresh.
    #[must_use]
    pub fn checkout(&self) -> &Checkout {
        self.now.checkout()
    }

    /// Rules and policy.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        self.now.setup()
    }

    /// Takes other settings.
    pub fn set(&mut self, settings: &Settings) {
        if self.setup().settings() != settings {
            Arc::make_mut(&mut self.now.setup).set(settings.clone());
            self.pending.policy = true;
            self.pending.base = true;
        }
    }

    /// What is to be told to the user, once.
    pub fn take_notices(&mut self) -> Vec<String> {
        if self.setup().has_notices() {
            Arc::make_mut(&mut self.now.setup).take_notices()
        } else {
            Vec::new()
        }
    }

    fn notice(&mut self, notice: String) {
        Arc::make_mut(&mut self.now.setup).notice(notice);
    }

    /// The path of `uri`, when it lies in this checkout.
    #[must_use]
    pub fn path_of(&self, uri: &Uri) -> Option<RepoPath> {
        self.now.path_of(uri)
    }

    /// A document was opened.
    pub fn open_buffer(&mut self, path: &RepoPath, uri: Uri, version: i32, text: String) {
        let mut buffer = Buffer::new(uri, version, text);
        if let Some(before) = self.now.buffers.remove(path) {
            buffer.on_disk.clone_from(&before.on_disk);
            buffer.in_checkout.clone_from(&before.in_checkout);
        } else {
            buffer.on_disk = find(self.checkout().files(), path).cloned();
            buffer.in_checkout.clone_from(&buffer.on_disk);
        }
        self.now.buffers.insert(path.clone(), Arc::new(buffer));
        self.touch_buffer(path);
        // Not every client watches files.
        self.touch(path);
    }

    /// An open document changed.
    pub fn change_buffer(
        &mut self,
        path: &RepoPath,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
    ) {
        let encoding = self.now.encoding;
        let Some(buffer) = self.now.buffers.get_mut(path) else {
            return; // A client that edits what it did not open is on its own.
        };
        let buffer = Arc::make_mut(buffer);
        buffer.version = version;
        buffer.change(changes, encoding);
        self.touch_buffer(path);
    }

    /// A document was closed: what is on disk counts again.
    pub fn close_buffer(&mut self, path: &RepoPath) {
        if self.now.buffers.remove(path).is_some() {
            self.touch(path);
            self.touch_buffer(path);
        }
    }

    fn touch_buffer(&mut self, path: &RepoPath) {
        self.pending.buffers.insert(path.clone());
        self.pending.policy |= self.setup().reads(path);
    }

    /// The file at `path` may have changed on disk.
    pub fn touch(&mut self, path: &RepoPath) {
        self.pending.policy |= self.setup().reads(path);
        if self.setup().conventions().kind(path.as_str()).is_some() {
            self.pending.disk.insert(path.clone());
            self.pending.all |= self.pending.disk.len() > MANY_FILES;
        }
    }

    /// A whole folder may have come or gone.
    pub fn touch_folder(&mut self, folder: &RepoPath) {
        let within = |path: &RepoPath| path.is_within(folder.as_str());
        let is_new = self.tree.root().join(folder.as_str()).is_dir();
        let known = self.checkout().files().iter().map(|file| &file.path);
        let gone: Vec<RepoPath> = known.filter(|path| within(path)).cloned().collect();
        self.pending.all |= is_new;
        gone.iter().for_each(|path| self.touch(path));
    }

    /// A rule page, which may lie anywhere, may have changed.
    pub fn touch_rules(&mut self) {
        self.pending.policy = true;
    }

    /// Another commit may be checked out.
    pub fn touch_base(&mut self) {
        self.pending.base = true;
    }

    /// Whether [`Self::refresh`] has something to do.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        let Pending {
            all,
            files,
            policy,
            base,
            disk,
            buffers,
        } = &self.pending;
        let is_edited = !buffers.is_empty();
        if !self.now.is_loaded {
            return is_edited;
        }
        *all || files.is_some() || *policy || *base || !disk.is_empty() || is_edited
    }

    /// Whether everything was read once.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.now.is_loaded
    }

    /// What is to be read first of all; once, and given back to [`Self::take`].
    pub(super) fn load(&mut self) -> Option<Load> {
        if self.now.is_loaded || self.is_loading {
            return None;
        }
        self.is_loading = true;
        self.pending.policy = false;
        Arc::make_mut(&mut self.now.setup).read(&self.tree, &self.now.buffers);
        Some(Load {
            tree: self.tree.clone(),
            setup: Arc::clone(&self.now.setup),
        })
    }

    /// Takes what was read first of all.
    pub(super) fn take(&mut self, loaded: Loaded) {
        self.is_loading = false;
        self.now.is_loaded = true;
        self.now.checkout = Arc::clone(&loaded.base.checkout);
        self.base = Some(loaded.base);
        self.cache = loaded.cache;
        self.pending.files = Some(loaded.files);
        for notice in loaded.notices {
            self.notice(notice);
        }
    }
}

/// The root as the client spells it: `folder` without the folders of `below`.
fn spelled(folder: &Path, root: &Path, below: &RepoPath) -> PathBuf {
    let levels = below.parts().filter(|part| !part.is_empty()).count();
    let up = folder.ancestors().nth(levels);
    match up {
        Some(up) if up.canonicalize().is_ok_and(|real| real == root) => up.to_owned(),
        _ => root.to_owned(),
    }
}
