//! What the workspaces have to say at one moment. Requests are answered from it, on any thread, while the
//! main loop goes on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gen_lsp_types::{Location, Position, Range, Uri};

use super::buffer::Buffer;
use super::client::Abilities;
use super::position::{Encoding, Lines};
use super::setup::Setup;
use super::uri;
use crate::checkout::Checkout;
use crate::finding::{Finding, Place};
use crate::tree::RepoPath;

/// All workspaces, and for whom.
pub struct Snapshots {
    /// What the client can do.
    pub abilities: Abilities,
    /// The workspaces.
    pub workspaces: Vec<Snapshot>,
}

impl Snapshots {
    /// The workspace that `uri` lies in, and where.
    #[must_use]
    pub fn find(&self, uri: &Uri) -> Option<(&Snapshot, RepoPath)> {
        let mut workspaces = self.workspaces.iter();
        workspaces.find_map(|workspace| Some((workspace, workspace.path_of(uri)?)))
    }
}

/// One workspace. Cheap to clone; each clone counts the lines of texts for itself.
#[derive(Clone)]
pub struct Snapshot {
    /// Where it lies, free of links, and as the client spells it.
    pub(super) roots: (PathBuf, PathBuf),
    pub(super) setup: Arc<Setup>,
    pub(super) encoding: Encoding,
    pub(super) buffers: BTreeMap<RepoPath, Arc<Buffer>>,
    pub(super) checkout: Arc<Checkout>,
    pub(super) found: Arc<BTreeMap<RepoPath, Vec<Finding>>>,
    pub(super) is_loaded: bool,
    pub(super) lines: LinesOfTexts,
}

/// Where the lines start, of each text that was asked about.
#[derive(Default)]
pub(super) struct LinesOfTexts(Mutex<BTreeMap<RepoPath, Arc<Lines>>>);

impl Clone for LinesOfTexts {
    /// An empty one: the clone may be of a moment at which the texts are others.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl LinesOfTexts {
    fn of(&self, path: &RepoPath, text: &str) -> Arc<Lines> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lines) = known.get(path) {
            return Arc::clone(lines);
        }
        let lines = Arc::new(Lines::new(text));
        known.insert(path.clone(), Arc::clone(&lines));
        lines
    }
}

impl Snapshot {
    /// Where the checkout lies, free of links.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.roots.0
    }

    /// The checkout, documents in the place of files, as of the last refresh. A document that does
    /// not parse is there as it last did: see [`Self::offset`] and [`Self::location`].
    #[must_use]
    pub fn checkout(&self) -> &Checkout {
        &self.checkout
    }

    /// Whether everything was read once. Until then the checkout has the open documents only.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// Rules and policy.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
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
        self.buffers.get(path).map(|buffer| &**buffer)
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
        let offset = self.lines(path).offset(text, position, self.encoding);
        let broken = self.buffers.get(path).and_then(|b| b.broken.as_ref());
        Some(broken.map_or(offset, |broken| broken.shift.back(offset)))
    }

    /// The range that the user sees of a place of the checkout.
    #[must_use]
    pub fn range(&self, place: &Place) -> Range {
        let broken = self.buffers.get(&place.path);
        let broken = broken.and_then(|buffer| buffer.broken.as_ref());
        let span = broken.map_or(place.span, |broken| broken.shift.forward(place.span));
        self.range_in_text(&Place::new(&place.path, span))
    }

    /// The range of a place of [`Self::text`].
    #[must_use]
    pub fn range_in_text(&self, place: &Place) -> Range {
        let text = self.text(&place.path).unwrap_or_default();
        let lines = self.lines.of(&place.path, text);
        lines.range(text, place.span, self.encoding)
    }

    /// The location that the user sees of a place of the checkout.
    #[must_use]
    pub fn location(&self, place: &Place) -> Location {
        Location {
            uri: self.uri_of(&place.path),
            range: self.range(place),
        }
    }

    /// Where the lines of [`Self::text`] start.
    #[must_use]
    pub fn lines(&self, path: &RepoPath) -> Arc<Lines> {
        self.lines.of(path, self.text(path).unwrap_or_default())
    }

    /// The unit of columns.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }
}
