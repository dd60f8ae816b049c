//! Brings a workspace up to date: reads and parses what changed, and lints again.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{OnDisk, Pending, Workspace};
use crate::checkout::files::{find, put, same};
use crate::checkout::{Change, Checkout};
use crate::findings::Fingerprints;
use crate::lsp::buffer::Buffer;
use crate::model::{self, File};
use crate::tree::RepoPath;

impl Workspace {
    /// Takes up what changed. Returns the files whose diagnostics may have changed.
    pub fn refresh(&mut self) -> BTreeSet<RepoPath> {
        if !self.is_stale() {
            return BTreeSet::new();
        }
        let mut pending = std::mem::take(&mut self.pending);
        if pending.policy {
            let conventions = self.setup.conventions().clone();
            self.setup.read(&self.tree, &self.buffers);
            pending.all |= conventions != *self.setup.conventions(); // other files may be read
        }
        let mut files = self.checkout.files().to_vec();
        let disk_changed = self.read_disk(&pending, &mut files);
        self.put_buffers(&pending, &mut files);
        self.is_loaded = true;
        for (path, buffer) in &mut self.buffers {
            buffer.is_settled = !pending.buffers.contains(path);
        }
        let mut seen = pending.buffers.clone();
        let change = Change::between(self.checkout.files(), &files);
        // Other rules or inputs, or mostly other files: nothing of the last run is of use.
        let everything = (pending.policy || pending.all).then(|| Change::between(&[], &files));
        if everything.is_some() || !change.is_empty() {
            let new = Arc::new(if everything.is_some() {
                free(std::mem::take(&mut self.cache));
                self.build(files)
            } else {
                self.update(files, &change)
            });
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
        let before = std::mem::take(&mut self.found);
        self.lint(everything.as_ref().unwrap_or(&change));
        let texts = change.paths().chain(&pending.buffers).collect();
        seen.extend(self.changes(&before, &texts));
        if pending.all {
            seen.extend(self.found.keys().cloned()); // their texts may be others, too
        }
        free((before, change, everything));
        seen
    }

    fn has_broken(&self) -> bool {
        self.buffers.values().any(|buffer| buffer.broken.is_some())
    }

    fn differs(&self) -> bool {
        self.buffers.values().any(Buffer::differs)
    }

    pub(super) fn build(&self, files: Vec<Arc<File>>) -> Checkout {
        Checkout::new(files, self.setup.conventions(), self.setup.inputs())
    }

    /// The checkout of files that differ by `change` from those of this one.
    fn update(&self, files: Vec<Arc<File>>, change: &Change) -> Checkout {
        let (conventions, inputs) = (self.setup.conventions(), self.setup.inputs());
        self.checkout.update(files, change, conventions, inputs)
    }

    /// Reads what changed on disk; whether anything did.
    fn read_disk(&mut self, pending: &Pending, files: &mut Vec<Arc<File>>) -> bool {
        if pending.all {
            let parsed = model::ParsedFiles::default();
            match model::load(&self.tree, self.setup.conventions(), &parsed) {
                Ok(all) => *files = all,
                Err(error) => self.setup.notice(error.to_string()),
            }
            for (path, buffer) in &mut self.buffers {
                buffer.set_on_disk(find(files, path).cloned());
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
                changed |= buffer.set_on_disk(file);
                continue;
            }
            let is_changed = put(files, path, file);
            changed |= match pending.closed.get(path) {
                Some(before) => !same(before.as_ref(), find(files, path)),
                None => is_changed,
            };
        }
        changed
    }

    /// Puts the open documents that changed in the place of their files.
    fn put_buffers(&mut self, pending: &Pending, files: &mut Vec<Arc<File>>) {
        for (path, buffer) in &mut self.buffers {
            let touched =
                pending.all || pending.buffers.contains(path) || pending.disk.contains(path);
            if !touched {
                continue;
            }
            if let Some(kind) = self.setup.conventions().kind(path.as_str()) {
                buffer.parse(path, kind);
                put(files, path, buffer.in_checkout.clone());
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
        let mut files = self.checkout.files().to_vec();
        for (path, buffer) in &self.buffers {
            put(&mut files, path, buffer.on_disk.clone());
        }
        let change = Change::between(self.checkout.files(), &files);
        let checkout = self.update(files, &change);
        let filtered = self.setup.linter().lint(&checkout, None);
        self.on_disk = Some(OnDisk {
            checkout: Arc::new(checkout),
            held_back: Fingerprints::of(&filtered.found.held_back),
        });
    }
}

/// Lets go of something large on another thread: freeing a hundred thousand small things takes
/// longer than the user should wait.
fn free(large: impl Send + 'static) {
    rayon::spawn(move || drop(large));
}
