//! Brings a workspace up to date: reads and parses what changed, and lints again.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Base, ForkPoint, Pending, Workspace};
use crate::checkout::files::{find, put, share};
use crate::checkout::{Change, Checkout};
use crate::linter::Cache;
use crate::model::{self, File, ParsedFiles};
use crate::tree::RepoPath;

impl Workspace {
    /// Takes up what changed. Returns the files whose diagnostics may have changed.
    pub fn refresh(&mut self) -> BTreeSet<RepoPath> {
        if !self.is_stale() {
            return BTreeSet::new();
        }
        if !self.now.is_loaded {
            self.show_documents();
            return BTreeSet::new();
        }
        let mut pending = std::mem::take(&mut self.pending);
        let has_other_rules = pending.policy;
        let mut has_other_files = false;
        if has_other_rules {
            let conventions = self.setup().conventions().clone();
            self.read_setup();
            has_other_files = conventions != *self.setup().conventions();
            pending.all |= has_other_files;
        }
        let old = Arc::clone(&self.now.checkout);
        let reads_all = pending.all || pending.files.is_some();
        let mut files = self.read_disk(&mut pending);
        self.put_buffers(&pending, reads_all, &mut files);
        for (path, buffer) in &mut self.now.buffers {
            let is_settled = !pending.buffers.contains(path);
            if buffer.is_settled != is_settled {
                Arc::make_mut(buffer).is_settled = is_settled;
            }
        }
        let is_rebased = if has_other_rules {
            self.restart(has_other_files, &files);
            true
        } else {
            (pending.base || !pending.disk.is_empty()) && self.update_base(&files)
        };
        // Under other rules nothing of the last run is of use, but all that was just found in the base.
        let before = match &self.base {
            Some(base) if has_other_rules => &base.checkout,
            _ => &old,
        };
        let change = Change::between(before.files(), &files);
        let mut seen = pending.buffers.clone();
        let is_same = change.is_empty() && !is_rebased && !reads_all;
        if is_same && !self.is_broken && !self.has_broken() {
            return seen;
        }
        self.now.checkout = if change.is_empty() {
            Arc::clone(before)
        } else {
            let (conventions, inputs) = (self.setup().conventions(), self.setup().inputs());
            Arc::new(before.update(files, &change, conventions, inputs))
        };
        self.is_broken = self.has_broken();
        let before = std::mem::take(&mut self.now.found);
        self.lint(&change);
        let texts = change.paths().chain(&pending.buffers).collect();
        seen.extend(self.changes(&before, &texts));
        if has_other_rules || reads_all {
            seen.extend(self.now.found.keys().cloned()); // their texts may be others, too
        }
        free((old, before, change));
        seen
    }

    fn has_broken(&self) -> bool {
        let mut buffers = self.now.buffers.values();
        buffers.any(|buffer| buffer.broken.is_some())
    }

    fn read_setup(&mut self) {
        Arc::make_mut(&mut self.now.setup).read(&self.tree, &self.now.buffers);
    }

    pub(super) fn build(&self, files: Vec<Arc<File>>) -> Checkout {
        Checkout::new(files, self.setup().conventions(), self.setup().inputs())
    }

    /// Makes a checkout of the open documents alone, as long as the others are not read.
    fn show_documents(&mut self) {
        let changed = std::mem::take(&mut self.pending.buffers);
        let pending = Pending {
            buffers: changed,
            ..Pending::default()
        };
        let mut files = self.now.checkout.files().to_vec();
        for path in &pending.buffers {
            put(&mut files, path, None);
        }
        self.put_buffers(&pending, false, &mut files);
        self.now.checkout = Arc::new(self.build(files));
    }

    /// The files on disk, and documents that have not changed in the place of theirs.
    fn read_disk(&mut self, pending: &mut Pending) -> Vec<Arc<File>> {
        let setup = Arc::clone(&self.now.setup);
        let conventions = setup.conventions();
        let mut all = pending.files.take();
        if pending.all {
            match model::load(&self.tree, conventions, &ParsedFiles::default()) {
                Ok(files) => all = Some(files),
                Err(error) => self.notice(error.to_string()),
            }
        }
        let known = self.now.checkout.files();
        let mut files = match all {
            Some(mut all) => {
                share(&mut all, known);
                for (path, buffer) in &mut self.now.buffers {
                    Arc::make_mut(buffer).set_on_disk(find(&all, path).cloned());
                }
                all
            }
            None => known.to_vec(),
        };
        for path in &pending.disk {
            let file = match model::load_one(&self.tree, conventions, path) {
                Ok(file) => file,
                Err(error) => {
                    self.notice(error.to_string());
                    continue;
                }
            };
            match self.now.buffers.get_mut(path) {
                Some(buffer) => Arc::make_mut(buffer).set_on_disk(file),
                None => drop(put(&mut files, path, file)),
            }
        }
        files
    }

    /// Puts the open documents that changed, or all of them, in the place of their files.
    fn put_buffers(&mut self, pending: &Pending, all: bool, files: &mut Vec<Arc<File>>) {
        let setup = Arc::clone(&self.now.setup);
        for (path, buffer) in &mut self.now.buffers {
            let touched = all || pending.buffers.contains(path) || pending.disk.contains(path);
            if !touched {
                continue;
            }
            if let Some(kind) = setup.conventions().kind(path.as_str()) {
                let buffer = Arc::make_mut(buffer);
                buffer.parse(path, kind);
                put(files, path, buffer.in_checkout.clone());
            }
        }
    }

    /// Lints the base under other rules, as the start of what is found in `files`. Where the rules read other
    /// files than before, the base is read again too.
    fn restart(&mut self, has_other_files: bool, files: &[Arc<File>]) {
        let (point, no_point) = ForkPoint::of(self.root(), self.setup().settings());
        let linter = Arc::clone(self.setup().linter());
        let known = self.base.as_ref().filter(|base| base.is_at(point.as_ref()));
        let (new, unread) = match known {
            Some(base) if !has_other_files || point.is_none() => {
                (base.again(&linter, &mut self.cache), None)
            }
            _ => Base::read_or_now(point.as_ref(), files, &linter, &mut self.cache),
        };
        for fault in no_point.into_iter().chain(unread) {
            self.notice(fault.to_string());
        }
        free(self.base.replace(new));
    }

    /// Looks whether the base is another commit by now, and reads that. Whether so.
    fn update_base(&mut self, files: &[Arc<File>]) -> bool {
        let (point, _) = ForkPoint::of(self.root(), self.setup().settings());
        if self
            .base
            .as_ref()
            .is_some_and(|base| base.is_at(point.as_ref()))
        {
            return false;
        }
        let linter = Arc::clone(self.setup().linter());
        match Base::read(point.as_ref(), files, &linter, &mut Cache::default()) {
            Ok(base) => free(self.base.replace(base)),
            Err(error) => self.notice(error.to_string()),
        }
        true
    }
}

/// Lets go of something large on another thread: freeing a hundred thousand small things takes
/// longer than the user should wait.
fn free(large: impl Send + 'static) {
    rayon::spawn(move || drop(large));
}
