//! One checkout: open documents over the files on disk, joined and judged.
//!
//! Changes are noted as they come and worked off together by [`Workspace::refresh`]: files that
//! changed are parsed, everything is joined and linted again, and what is found now is compared
//! with what was found before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{Location, Position, Range, TextDocumentContentChangeEvent, Uri};

use thiserror::Error;

use super::Options;
use super::buffer::{Broken, Buffer};
use super::files::{Files, find, same};
use super::on_disk::{OnDisk, beyond, prints};
use super::position::{Encoding, Lines};
use super::setup::Setup;
use super::uri;
use crate::checkout::Checkout;
use crate::engine::{self, Found, Memory};
use crate::finding::{Finding, Place};
use crate::linter::{NoCheckout, SetupError};
use crate::model::{self, File};
use crate::policy::Comments;
use crate::tree::{RepoPath, WorkTree};

/// Above as many changed files, all are read again.
const MANY_FILES: usize = 500;

/// Why a folder cannot be served.
#[derive(Debug, Error)]
pub enum Unopened {
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
    parts: Vec<(Uri, RepoPath)>,
    tree: WorkTree,
    setup: Setup,
    encoding: Encoding,
    buffers: BTreeMap<RepoPath, Buffer>,
    checkout: Arc<Checkout>,
    comments: Comments,
    /// The checkout without the buffers, while that is another one.
    on_disk: Option<OnDisk>,
    /// What the rules found in each file by itself.
    memory: Memory,
    found: BTreeMap<RepoPath, Vec<Finding>>,
    held_back: BTreeMap<String, usize>,
    pending: Pending,
    /// Whether the checkout is the one on disk.
    is_disk: bool,
    is_loaded: bool,
    /// Whether some document did not parse at the last refresh.
    is_broken: bool,
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
    ) -> Result<Self, Unopened> {
        let (root, part) = crate::linter::checkout_root(folder)?;
        let tree = WorkTree::open(&root).map_err(SetupError::from)?;
        let setup = Setup::new(options)?;
        let no_files = Checkout::new(Vec::new(), setup.conventions(), setup.inputs());
        Ok(Self {
            roots: (root.clone(), spelled(folder, &root, &part)),
            parts: vec![(folder_uri, part)],
            tree,
            setup,
            encoding,
            buffers: BTreeMap::new(),
            checkout: Arc::new(no_files),
            comments: Comments::default(),
            on_disk: None,
            memory: Memory::default(),
            found: BTreeMap::new(),
            held_back: BTreeMap::new(),
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
    pub fn add_parts(&mut self, other: Self) {
        self.parts.extend(other.parts);
        self.pending.policy = true;
    }

    /// Gives a folder up; whether it was the last one.
    pub fn remove_part(&mut self, folder_uri: &Uri) -> bool {
        let before = self.parts.len();
        self.parts.retain(|(uri, _)| uri != folder_uri);
        self.pending.policy |= before != self.parts.len();
        before > 0 && self.parts.is_empty()
    }

    /// The joined files, documents over disk, as of the last refresh. A document that does not
    /// parse is there as it last did: see [`Self::offset`] and [`Self::location`].
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
            (buffer.under, buffer.laid) = (before.under, before.laid);
        } else {
            buffer.under = find(self.checkout.files(), path).cloned();
            buffer.laid.clone_from(&buffer.under);
        }
        if let Some(under) = self.pending.closed.remove(path) {
            buffer.under = under;
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
            closed.entry(path.clone()).or_insert(buffer.under);
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

    /// Works off what changed. Returns the files whose diagnostics may be others now.
    pub fn refresh(&mut self) -> BTreeSet<RepoPath> {
        if !self.is_stale() {
            return BTreeSet::new();
        }
        let pending = std::mem::take(&mut self.pending);
        if pending.policy {
            self.setup.read(&self.tree, &self.buffers);
            self.memory = Memory::default(); // there may be other rules
        }
        let mut files = Files::of(&self.checkout);
        let disk_changed = self.read_disk(&pending, &mut files);
        self.lay_buffers(&pending, &mut files);
        self.is_loaded = true;
        for (path, buffer) in &mut self.buffers {
            buffer.is_settled = !pending.buffers.contains(path);
        }
        let mut seen = pending.buffers.clone();
        let mut changed = std::mem::take(&mut files.changed);
        if !changed.is_empty() || pending.policy || pending.all {
            let is_other = pending.policy || pending.all; // other inputs, or mostly other files
            let new = Arc::new(if is_other {
                self.join(files.files)
            } else {
                self.rejoin(files.files)
            });
            self.update_comments(&new, &changed, pending.all);
            let old = std::mem::replace(&mut self.checkout, new);
            self.update_disk(&old, disk_changed || pending.policy);
            free(old);
        } else if disk_changed {
            let same = Arc::clone(&self.checkout);
            self.update_disk(&same, true);
        } else if !self.is_broken && !self.has_broken() {
            return seen;
        }
        self.is_broken = self.has_broken();
        changed.extend(pending.buffers);
        let before = std::mem::take(&mut self.found);
        self.lint();
        seen.extend(self.changes(&before, &changed));
        if pending.all {
            seen.extend(self.found.keys().cloned()); // their texts may be others, too
        }
        free(before);
        seen
    }

    fn has_broken(&self) -> bool {
        self.buffers.values().any(|buffer| buffer.broken.is_some())
    }

    fn differs(&self) -> bool {
        self.buffers.values().any(Buffer::differs)
    }

    fn join(&self, files: Vec<Arc<File>>) -> Checkout {
        Checkout::new(files, self.setup.conventions(), self.setup.inputs())
    }

    /// Joins files that are mostly those of the checkout.
    fn rejoin(&self, files: Vec<Arc<File>>) -> Checkout {
        let (conventions, inputs) = (self.setup.conventions(), self.setup.inputs());
        self.checkout.rejoin(files, conventions, inputs)
    }

    /// Reads what changed on disk; whether anything did.
    fn read_disk(&mut self, pending: &Pending, files: &mut Files) -> bool {
        if pending.all {
            let parsed = model::ParsedFiles::default();
            match model::load(&self.tree, self.setup.conventions(), &parsed) {
                Ok(all) => files.files = all,
                Err(error) => self.setup.notice(error.to_string()),
            }
            for (path, buffer) in &mut self.buffers {
                buffer.set_under(find(&files.files, path).cloned());
            }
            return true;
        }
        let mut changed = false;
        for path in &pending.disk {
            let file = match model::load_one(&self.tree, self.setup.conventions(), path) {
                Ok(file) => file,
                Err(error) => {
                    self.setup.notice(error.to_string());
                    continue;
                }
            };
            if let Some(buffer) = self.buffers.get_mut(path) {
                changed |= buffer.set_under(file);
                continue;
            }
            let is_changed = files.put(path, file);
            changed |= match pending.closed.get(path) {
                Some(before) => !same(before.as_ref(), find(&files.files, path)),
                None => is_changed,
            };
        }
        changed
    }

    fn lay_buffers(&mut self, pending: &Pending, files: &mut Files) {
        for (path, buffer) in &mut self.buffers {
            let touched =
                pending.all || pending.buffers.contains(path) || pending.disk.contains(path);
            if !touched {
                continue;
            }
            if let Some(kind) = self.setup.conventions().kind(path.as_str()) {
                buffer.parse(path, kind);
                files.put(path, buffer.laid.clone());
            }
        }
    }

    fn update_comments(&mut self, new: &Checkout, changed: &BTreeSet<RepoPath>, all: bool) {
        if all {
            self.comments = Comments::of(new);
            return;
        }
        for path in changed {
            match find(new.files(), path) {
                Some(file) => self.comments.update(file),
                None => self.comments.forget(path),
            }
        }
    }

    /// Keeps the checkout on disk at hand while the buffers make another one of it. `old` is the
    /// checkout before this refresh; `is_stale` says that what was known of the disk is not true
    /// any more.
    fn update_disk(&mut self, old: &Arc<Checkout>, is_stale: bool) {
        let was_disk = self.is_disk;
        self.is_disk = !self.differs();
        if self.is_disk {
            free(self.on_disk.take());
        } else if is_stale {
            free(self.on_disk.take());
            self.read_on_disk();
        } else if was_disk {
            self.on_disk = Some(OnDisk {
                checkout: Arc::clone(old),
                held_back: self.held_back.clone(),
            });
        }
    }

    fn read_on_disk(&mut self) {
        let mut files = Files::of(&self.checkout);
        for (path, buffer) in &self.buffers {
            files.put(path, buffer.under.clone());
        }
        let checkout = self.rejoin(files.files);
        let linter = self.setup.linter();
        let found = engine::lint(&checkout, &linter.plan);
        let judged = linter.policy.judge(&checkout, &linter.plan, found);
        self.on_disk = Some(OnDisk {
            checkout: Arc::new(checkout),
            held_back: prints(&judged.found.held_back),
        });
    }

    /// Lints the checkout: what `check` shows, and what the buffers break that is not saved yet.
    fn lint(&mut self) {
        let linter = self.setup.linter();
        let (mut found, change) = rayon::join(
            || engine::lint_again(&self.checkout, &linter.plan, &mut self.memory),
            || {
                let disk = self.on_disk.as_ref()?;
                Some(engine::lint_change(
                    &disk.checkout,
                    &self.checkout,
                    &linter.plan,
                ))
            },
        );
        if let Some(change) = change {
            found.findings.extend(change.findings);
            found.held_back.extend(change.held_back);
            found.sort();
        }
        let comments = self.comments.clone();
        let Found {
            mut findings,
            held_back,
        } = linter
            .policy
            .judge_with(comments, &linter.plan, found)
            .found;
        match &self.on_disk {
            None => self.held_back = prints(&held_back),
            Some(disk) => findings.extend(beyond(held_back, disk.held_back.clone())),
        }
        self.show_broken(&mut findings);
        let shown_from = self.setup.shown_from();
        findings.retain(|finding| finding.severity >= shown_from);
        let mut by_path: BTreeMap<RepoPath, Vec<Finding>> = BTreeMap::new();
        for finding in findings.into_iter().chain(self.setup.findings()) {
            if self.is_shown(&finding.place.path) {
                let path = finding.place.path.clone();
                by_path.entry(path).or_default().push(finding);
            }
        }
        for findings in by_path.values_mut() {
            findings.sort_by(|a, b| a.order().cmp(&b.order()));
        }
        self.found = by_path;
    }

    /// Puts the findings of documents that do not parse where the user sees them, and adds why
    /// they do not.
    fn show_broken(&self, findings: &mut Vec<Finding>) {
        let broken: BTreeMap<&RepoPath, &Broken> = self
            .buffers
            .iter()
            .filter_map(|(path, buffer)| Some((path, buffer.broken.as_ref()?)))
            .collect();
        if broken.is_empty() {
            return;
        }
        let move_place = |place: &mut Place| {
            if let Some(broken) = broken.get(&place.path) {
                place.span = broken.shift.forward(place.span);
            }
        };
        for finding in findings.iter_mut() {
            move_place(&mut finding.place);
            for related in &mut finding.related {
                move_place(&mut related.place);
            }
            let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
            if edits
                .map(|edit| &edit.place.path)
                .any(|path| broken.contains_key(path))
            {
                finding.fix = None;
            }
        }
        let files: Vec<_> = broken.values().map(|b| Arc::clone(&b.file)).collect();
        let linter = self.setup.linter();
        let alone = self.join(files);
        let found = engine::lint(&alone, &linter.plan);
        let judged = linter.policy.judge(&alone, &linter.plan, found);
        let of_text = |finding: &Finding| {
            let rule = linter.plan.catalogue().get(&finding.rule);
            rule.is_some_and(|rule| rule.manifest.check == "file-text")
        };
        findings.extend(judged.found.findings.into_iter().filter(of_text));
    }

    /// Whether findings in this file are shown: a path below the root limits that to its part.
    fn is_shown(&self, path: &RepoPath) -> bool {
        self.buffers.contains_key(path)
            || self.setup.reads(path)
            || self
                .parts
                .iter()
                .any(|(_, part)| path.is_within(part.as_str()))
    }

    /// The changed files among those with findings now or `before`: other findings, or in a text
    /// that is another one.
    fn changes(
        &self,
        before: &BTreeMap<RepoPath, Vec<Finding>>,
        texts: &BTreeSet<RepoPath>,
    ) -> Vec<RepoPath> {
        let moved = |finding: &Finding| {
            let related = finding.related.iter().map(|related| &related.place.path);
            related
                .chain([&finding.place.path])
                .any(|path| texts.contains(path))
        };
        let now = self.found.iter().filter(|(path, findings)| {
            before.get(*path) != Some(findings) || findings.iter().any(moved)
        });
        let gone = before.keys().filter(|path| !self.found.contains_key(*path));
        now.map(|(path, _)| path).chain(gone).cloned().collect()
    }
}

/// Lets go of something large on another thread: freeing a hundred thousand small things takes
/// longer than the user should wait.
fn free(large: impl Send + 'static) {
    rayon::spawn(move || drop(large));
}

/// The root as the client spells it: `folder` less the folders that `part` goes down.
fn spelled(folder: &Path, root: &Path, part: &RepoPath) -> PathBuf {
    let levels = part.parts().filter(|part| !part.is_empty()).count();
    let up = folder.ancestors().nth(levels);
    match up {
        Some(up) if up.canonicalize().is_ok_and(|real| real == root) => up.to_owned(),
        _ => root.to_owned(),
    }
}
