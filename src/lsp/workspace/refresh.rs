//! Works off what changed: reads, parses and joins what is not as it was.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Pending, Workspace};
use crate::checkout::Checkout;
use crate::engine::{self, FileFindings};
use crate::lsp::buffer::Buffer;
use crate::lsp::files::{Files, find, same};
use crate::lsp::on_disk::{OnDisk, fingerprint_counts};
use crate::model::{self, File};
use crate::policy::Comments;
use crate::tree::RepoPath;

impl Workspace {
    /// Works off what changed. Returns the files whose diagnostics may be others now.
    pub fn refresh(&mut self) -> BTreeSet<RepoPath> {
        if !self.is_stale() {
            return BTreeSet::new();
        }
        let pending = std::mem::take(&mut self.pending);
        if pending.policy {
            self.setup.read(&self.tree, &self.buffers);
            self.memory = FileFindings::default(); // there may be other rules
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
                self.update(files.files)
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

    pub(super) fn join(&self, files: Vec<Arc<File>>) -> Checkout {
        Checkout::new(files, self.setup.conventions(), self.setup.inputs())
    }

    /// Joins files that are mostly those of the checkout.
    fn update(&self, files: Vec<Arc<File>>) -> Checkout {
        let (conventions, inputs) = (self.setup.conventions(), self.setup.inputs());
        self.checkout.update(files, conventions, inputs)
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
                buffer.set_on_disk(find(&files.files, path).cloned());
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
                files.put(path, buffer.in_checkout.clone());
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
            files.put(path, buffer.on_disk.clone());
        }
        let checkout = self.update(files.files);
        let linter = self.setup.linter();
        let found = engine::lint(&checkout, &linter.plan);
        let judged = linter.policy.apply(&checkout, &linter.plan, found);
        self.on_disk = Some(OnDisk {
            checkout: Arc::new(checkout),
            held_back: fingerprint_counts(&judged.found.held_back),
        });
    }
}

/// Lets go of something large on another thread: freeing a hundred thousand small things takes
/// longer than the user should wait.
fn free(large: impl Send + 'static) {
    rayon::spawn(move || drop(large));
}
