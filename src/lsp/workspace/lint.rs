//! What is found in a workspace, in the places that its user sees.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::Workspace;
use crate::checkout::Change;
use crate::checks;
use crate::engine::Found;
use crate::finding::{Finding, Place};
use crate::findings::Fingerprints;
use crate::lsp::buffer::Broken;
use crate::tree::RepoPath;

impl Workspace {
    /// Lints the checkout, which differs by `change` from the one before: what `check` shows, and
    /// what the buffers break that is not saved yet.
    pub(super) fn lint(&mut self, change: &Change) {
        let linter = self.setup.linter();
        let disk = self.on_disk.as_ref();
        let base = disk.map(|disk| &*disk.checkout);
        let filtered = linter.lint_after(change, &self.checkout, base, &mut self.cache);
        let Found {
            mut findings,
            held_back,
        } = filtered.found;
        match disk {
            None => self.held_back = Fingerprints::of(&held_back),
            Some(disk) => findings.extend(disk.held_back.clone().unmatched(held_back)),
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
        let alone = self.build(files);
        let found = linter.lint(&alone, None).found;
        let of_text = |finding: &Finding| checks::is_about_text(&finding.rule);
        findings.extend(found.findings.into_iter().filter(of_text));
    }

    /// Whether findings in this file are shown: a path below the root limits that to its part.
    fn is_shown(&self, path: &RepoPath) -> bool {
        self.buffers.contains_key(path)
            || self.setup.reads(path)
            || self
                .open_folders
                .iter()
                .any(|(_, folder)| path.is_within(folder.as_str()))
    }

    /// The changed files among those with findings now or `before`: other findings, or in a text
    /// that is another one.
    pub(super) fn changes(
        &self,
        before: &BTreeMap<RepoPath, Vec<Finding>>,
        texts: &HashSet<&RepoPath>,
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
