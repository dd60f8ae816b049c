//! What is found in a workspace, in the places that its user sees.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::Workspace;
use crate::checkout::Change;
use crate::checks;
use crate::engine::Found;
use crate::finding::{Class, Finding, Place};
use crate::findings;
use crate::lsp::buffer::Broken;
use crate::tree::RepoPath;

impl Workspace {
    /// Lints the checkout, which differs by `change` from the one before: what `check` shows, and what the
    /// branch breaks; or that alone.
    pub(super) fn lint(&mut self, change: &Change) {
        let setup = Arc::clone(&self.now.setup);
        let linter = setup.linter();
        let checkout = &self.now.checkout;
        let base = self.base.as_ref();
        let base_checkout = base.map(|base| &*base.checkout);
        let filtered = linter.lint_after(change, checkout, base_checkout, &mut self.cache);
        let mut found = filtered.found;
        if let Some(base) = base {
            linter.compare(&mut found, &base.found, (&base.checkout, checkout));
        }
        let is_shown = |finding: &Finding| self.is_shown(&finding.place.path);
        let mut findings = if setup.settings().only_my_change {
            findings::brought(found, is_shown, &linter.policy.config).findings
        } else {
            let Found {
                mut findings,
                held_back,
            } = found;
            let is_new = |finding: &Finding| finding.class == Some(Class::Introduced);
            findings.extend(held_back.into_iter().filter(is_new));
            findings
        };
        self.show_broken(&mut findings);
        let shown_from = setup.settings().shown_from;
        findings.retain(|finding| finding.severity >= shown_from);
        let mut by_path: BTreeMap<RepoPath, Vec<Finding>> = BTreeMap::new();
        for finding in findings.into_iter().chain(setup.findings()) {
            if self.is_shown(&finding.place.path) {
                let path = finding.place.path.clone();
                by_path.entry(path).or_default().push(finding);
            }
        }
        for findings in by_path.values_mut() {
            findings.sort_by(|a, b| a.order().cmp(&b.order()));
        }
        self.now.found = Arc::new(by_path);
    }

    /// Puts the findings of documents that do not parse where the user sees them, and adds why
    /// they do not.
    fn show_broken(&self, findings: &mut Vec<Finding>) {
        let broken: BTreeMap<&RepoPath, &Broken> = self
            .now
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
            finding.drop_fixes_of(|path| broken.contains_key(path));
        }
        let files: Vec<_> = broken.values().map(|b| Arc::clone(&b.file)).collect();
        let linter = self.setup().linter();
        let alone = self.build(files);
        let found = linter.lint(&alone, None).found;
        let of_text = |finding: &Finding| checks::is_about_text(&finding.rule);
        findings.extend(found.findings.into_iter().filter(of_text));
    }

    /// Whether findings in this file are shown: a path below the root limits that to its part.
    fn is_shown(&self, path: &RepoPath) -> bool {
        self.now.buffers.contains_key(path)
            || self.setup().reads(path)
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
        let now = self.now.found.iter().filter(|(path, findings)| {
            before.get(*path) != Some(findings) || findings.iter().any(moved)
        });
        let gone = before
            .keys()
            .filter(|path| !self.now.found.contains_key(*path));
        now.map(|(path, _)| path).chain(gone).cloned().collect()
    }
}
