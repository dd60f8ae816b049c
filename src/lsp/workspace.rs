//! One checkout, with open documents in the place of their files on disk, and what is found there.
//!
//! Changes are noted as they come and taken up together by [`Workspace::refresh`]: files that
//! changed are parsed and linted again, and what is found now is compared with what was found
//! before.

mod lint;
mod refresh;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{Location, Position, Range, TextDocumentContentChangeEvent, Uri};
use thiserror::Error;

use super::Options;
use super::buffer::Buffer;
use super::position::{Encoding, Lines};
use super::setup::Setup;
use super::uri;
use crate::checkout::Checkout;
use crate::checkout::files::find;
use crate::finding::{Finding, Place};
use crate::findings::Fingerprints;
use crate::linter::{FileCache, NoCheckout, SetupError};
use crate::model::File;
use crate::tree::{RepoPath, WorkTree};

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
    /// Where it lies, free of links, and as the client spells it.
    roots: (PathBuf, PathBuf),
    /// The folders of it that the client has open.
    open_folders: Vec<(Uri, RepoPath)>,
    tree: WorkTree,
    setup: Setup,
    encoding: Encoding,
    buffers: BTreeMap<RepoPath, Buffer>,
    checkout: Arc<Checkout>,
    /// The checkout without the buffers, while that is another one.
    on_disk: Option<OnDisk>,
    /// What the last run left to the next.
    cache: FileCache,
    found: BTreeMap<RepoPath, Vec<Finding>>,
    held_back: Fingerprints,
    pending: Pending,
    /// Whether the checkout is the one on disk.
    is_disk: bool,
    is_loaded: bool,
    /// Whether some document did not parse at the last refresh.
    is_broken: bool,
}

/// The checkout without the open documents, to tell what they break that is not saved yet.
struct OnDisk {
    /// Its files and tables.
    checkout: Arc<Checkout>,
    /// What is held back there.
    held_back: Fingerprints,
}

/// What is to be done.
#[derive(Debug, Default)]
struct Pending {
    /// Read every file again.
    all: bool,
    /// Read rules, config and baseline again.
    policy: bool,
    /// Read these again.
    disk: BTreeSet<RepoPath>,
    /// The documents that changed.
    buffers: BTreeSet<RepoPath>,
    /// What was on disk below the documents that were closed.
    closed: BTreeMap<RepoPath, Option<Arc<File>>>,
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
    ) -> Result<Self, OpenError> {
        let (root, below) = crate::linter::checkout_root(folder)?;
        let tree = WorkTree::open(&root).map_err(SetupError::from)?;
        let setup = Setup::new(options)?;
        let no_files = Checkout::new(Vec::new(), setup.conventions(), setup.inputs());
        Ok(Self {
            roots: (root.clone(), spelled(folder, &root, &below)),
            open_folders: vec![(folder_uri, below)],
            tree,
            setup,
            encoding,
            buffers: BTreeMap::new(),
            checkout: Arc::new(no_files),
            on_disk: None,
            cache: FileCache::default(),
            found: BTreeMap::new(),
            held_back: Fingerprints::default(),
            pending: Pending {
                all: true,
                policy: true,
                ..Pending::default()
            },
            is_disk: true,
            is_loaded: false,
            is_broken: false,
        })
    }

    /// Where the checkout lies, free of links.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.roots.0
    }

    /// Where the checkout lies, as the client spells it.
    #[must_use]
    pub fn shown_root(&self) -> &Path {
        &self.roots.1
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

    /// The checkout, documents in the place of files, as of the last refresh. A document that does
    /// not parse is there as it last did: see [`Self::offset`] and [`Self::location`].
    #[must_use]
    pub fn checkout(&self) -> &Checkout {
        &self.checkout
    }

    /// Rules and policy.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What is to be told to the user, once.
    pub fn take_notices(&mut self) -> Vec<String> {
        self.setup.take_notices()
    }

    /// What is found in the file at `path`, in places of [`Self::text`].
    #[must_use]
    pub fn findings(&self, path: &RepoPath) -> &[Finding] {
        self.found.get(path).map_or(&[], Vec::as_slice)
    }

    /// The files in which something is found.
    pub fn paths_with_findings(&self) -> impl Iterator<Item = &RepoPath> {
        self.found.keys()
    }

    /// The text that the user sees of the file at `path`.
    #[must_use]
    pub fn text(&self, path: &RepoPath) -> Option<&str> {
        match self.buffers.get(path) {
            Some(buffer) => Some(&buffer.text),
            None => self.setup.text(path).or_else(|| self.checkout.text(path)),
        }
    }

    /// The open document at `path`.
    #[must_use]
    pub fn buffer(&self, path: &RepoPath) -> Option<&Buffer> {
        self.buffers.get(path)
    }

    /// The path of `uri`, when it lies in this checkout.
    #[must_use]
    pub fn path_of(&self, uri: &Uri) -> Option<RepoPath> {
        let path = uri::to_path(uri)?;
        let (root, shown) = &self.roots;
        let below = path
            .strip_prefix(shown)
            .or_else(|_| path.strip_prefix(root));
        let below = RepoPath::new(below.ok()?.to_str()?);
        let is_plain = below.parts().all(|part| !matches!(part, "" | "." | ".."));
        is_plain.then_some(below)
    }

    /// The URI of the file at `path`, spelled as the client does.
    #[must_use]
    pub fn uri_of(&self, path: &RepoPath) -> Uri {
        match self.buffers.get(path) {
            Some(buffer) => buffer.uri.clone(),
            None => uri::of_path(&self.roots.1.join(path.as_str())),
        }
    }

    /// The offset in the *checkout's* text of the file at `path` that the user's position means.
    #[must_use]
    pub fn offset(&self, path: &RepoPath, position: Position) -> Option<usize> {
        let text = self.text(path)?;
        let offset = Lines::new(text).offset(text, position, self.encoding);
        let broken = self.buffers.get(path).and_then(|b| b.broken.as_ref());
        Some(broken.map_or(offset, |broken| broken.shift.back(offset)))
    }

    /// The range that the user sees of a place of the checkout.
    #[must_use]
    pub fn range(&self, place: &Place) -> Range {
        let place = self.seen(place);
        let text = self.text(&place.path).unwrap_or_default();
        Lines::new(text).range(text, place.span, self.encoding)
    }

    /// The location that the user sees of a place of the checkout.
    #[must_use]
    pub fn location(&self, place: &Place) -> Location {
        Location {
            uri: self.uri_of(&place.path),
            range: self.range(place),
        }
    }

    /// The unit of columns.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The place in the user's text of a place of the checkout.
    fn seen(&self, place: &Place) -> Place {
        let broken = self
            .buffers
            .get(&place.path)
            .and_then(|b| b.broken.as_ref());
        match broken {
            Some(broken) => Place::new(&place.path, broken.shift.forward(place.span)),
            None => place.clone(),
        }
    }

    /// A document was opened.
    pub fn open_buffer(&mut self, path: &RepoPath, uri: Uri, version: i32, text: String) {
        let mut buffer = Buffer::new(uri, version, text);
        if let Some(before) = self.buffers.remove(path) {
            (buffer.on_disk, buffer.in_checkout) = (before.on_disk, before.in_checkout);
        } else {
            buffer.on_disk = find(self.checkout.files(), path).cloned();
            buffer.in_checkout.clone_from(&buffer.on_disk);
        }
        if let Some(on_disk) = self.pending.closed.remove(path) {
            buffer.on_disk = on_disk;
        }
        self.buffers.insert(path.clone(), buffer);
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
        let Some(buffer) = self.buffers.get_mut(path) else {
            return; // A client that edits what it did not open is on its own.
        };
        buffer.version = version;
        buffer.change(changes, self.encoding);
        self.touch_buffer(path);
    }

    /// A document was closed: what is on disk counts again.
    pub fn close_buffer(&mut self, path: &RepoPath) {
        if let Some(buffer) = self.buffers.remove(path) {
            self.touch(path);
            self.touch_buffer(path);
            let closed = &mut self.pending.closed;
            closed.entry(path.clone()).or_insert(buffer.on_disk);
        }
    }

    fn touch_buffer(&mut self, path: &RepoPath) {
        self.pending.buffers.insert(path.clone());
        self.pending.policy |= self.setup.reads(path);
    }

    /// The file at `path` may have changed on disk.
    pub fn touch(&mut self, path: &RepoPath) {
        self.pending.policy |= self.setup.reads(path);
        if self.setup.conventions().kind(path.as_str()).is_some() {
            self.pending.disk.insert(path.clone());
            self.pending.all |= self.pending.disk.len() > MANY_FILES;
        }
    }

    /// A whole folder may have come or gone.
    pub fn touch_folder(&mut self, folder: &RepoPath) {
        let within = |path: &RepoPath| path.is_within(folder.as_str());
        let is_new = self.tree.root().join(folder.as_str()).is_dir();
        let known = self.checkout.files().iter().map(|file| &file.path);
        let gone: Vec<RepoPath> = known.filter(|path| within(path)).cloned().collect();
        self.pending.all |= is_new;
        gone.iter().for_each(|path| self.touch(path));
    }

    /// A rule page, which may lie anywhere, may have changed.
    pub fn touch_rules(&mut self) {
        self.pending.policy = true;
    }

    /// Whether [`Self::refresh`] has something to do.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        let pending = &self.pending;
        pending.all || pending.policy || !pending.disk.is_empty() || !pending.buffers.is_empty()
    }

    /// Whether everything was read once.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.is_loaded
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
