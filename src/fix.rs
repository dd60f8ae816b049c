//! Fixes, applied in memory: which ones go together, and what the files are then.
//!
//! Edits that overlap take turns: each round applies what can be applied side by side, the result
//! is linted again, and so on until nothing changes.

mod patch;
mod replace;
mod together;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::checkout::Checkout;
use crate::finding::{Applicability, Finding, Fix};
use crate::model::FileFault;
use crate::tree::{Overlay, RepoPath};

pub use patch::{unified, unified_change};
pub(crate) use replace::{beside, rename, replace};
pub use together::{Session, TogetherError, is_interrupted};
pub use write::{Outcome, Skipped, write};

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedFile {
    /// Where it lay.
    pub path: RepoPath,
    /// Its text before.
    pub old: String,
    /// Where it lies now.
    pub new_path: RepoPath,
    /// Its text now.
    pub new: String,
}

/// The files that fixes changed, by the path they had.
#[derive(Clone, Debug, Default)]
pub struct FixedFiles {
    files: BTreeMap<RepoPath, FixedFile>,
    /// The paths they had, by those they have now.
    origins: BTreeMap<RepoPath, RepoPath>,
    /// How many fixes were applied.
    pub applied: usize,
}

impl FixedFiles {
    /// The files, by the path they had.
    pub fn files(&self) -> impl Iterator<Item = &FixedFile> {
        self.files
            .values()
            .filter(|file| file.old != file.new || file.path != file.new_path)
    }

    /// Applies fixes of `findings`, which were found in `checkout`, the checkout of `tree`, and
    /// lays the result over it. Returns how many were applied.
    pub fn apply_round(
        &mut self,
        checkout: &Checkout,
        findings: &[Finding],
        with_unsafe: bool,
        tree: &mut Overlay<'_>,
    ) -> usize {
        let mut round = Round::default();
        for finding in findings {
            let fix = finding
                .fix
                .as_ref()
                .filter(|fix| with_unsafe || fix.applicability == Applicability::Safe);
            if let Some(fix) = fix {
                round.take(fix, checkout);
            }
        }
        for (path, edits) in &round.edits {
            let Some(text) = checkout.text(path) else {
                continue;
            };
            let new = edited(text, edits);
            tree.insert(path, new.as_bytes());
            self.current(path, text).new = new;
        }
        for (from, to) in &round.renames {
            let text = checkout.text(from).unwrap_or_default();
            let file = self.current(from, text);
            file.new_path = to.clone();
            tree.insert(to, file.new.as_bytes());
            tree.remove(from);
            let origin = file.path.clone();
            self.origins.remove(from);
            self.origins.insert(to.clone(), origin);
        }
        self.applied += round.taken;
        round.taken
    }

    /// The file that lies at `path` now, with `text`.
    fn current(&mut self, path: &RepoPath, text: &str) -> &mut FixedFile {
        let origin = self.origins.entry(path.clone()).or_insert(path.clone());
        let origin = origin.clone();
        self.files
            .entry(origin.clone())
            .or_insert_with(|| FixedFile {
                path: origin,
                old: text.to_owned(),
                new_path: path.clone(),
                new: text.to_owned(),
            })
    }
}

/// The edits of one file, by where they start and end. They lie apart.
type Edits = BTreeMap<(usize, usize), String>;

/// `text` with the edits made.
fn edited(text: &str, edits: &Edits) -> String {
    let mut new = String::with_capacity(text.len());
    let mut done = 0;
    for ((start, end), replacement) in edits {
        new.push_str(&text[done..*start]);
        new.push_str(replacement);
        done = *end;
    }
    new.push_str(&text[done..]);
    new
}

/// Whether an edit cannot be made beside those taken.
fn collides(taken: &Edits, range: &Range<usize>, text: &str) -> bool {
    match taken.get(&(range.start, range.end)) {
        // Two insertions at one place have no order; touching edits do.
        Some(other) => other != text || range.is_empty(),
        // As they lie apart, none reaches further than the last one that starts before the end.
        None => taken
            .range(..(range.end, 0))
            .next_back()
            .is_some_and(|((_, end), _)| range.start < *end),
    }
}

/// Edits that can be made side by side.
#[derive(Default)]
struct Round {
    edits: BTreeMap<RepoPath, Edits>,
    renames: BTreeMap<RepoPath, RepoPath>,
    touched: BTreeSet<RepoPath>,
    taken: usize,
}

impl Round {
    /// Takes all of `fix`, or nothing when part of it collides with what was taken before.
    fn take(&mut self, fix: &Fix, checkout: &Checkout) {
        let fits = fix.edits.iter().all(|edit| {
            let path = &edit.place.path;
            let range = edit.place.span.range();
            let is_text = checkout.file(path.as_str()).is_some_and(|file| {
                let is_utf8 = !file
                    .faults
                    .iter()
                    .any(|f| matches!(f, FileFault::NotUtf8(_)));
                is_utf8 && file.is_readable() && file.text.get(range.clone()).is_some()
            });
            let collides = self
                .edits
                .get(path)
                .is_some_and(|taken| collides(taken, &range, &edit.text));
            is_text && !collides && !self.renames.contains_key(path)
        }) && fix.renames.iter().all(|rename| {
            checkout.file(rename.from.as_str()).is_some()
                && checkout.file(rename.to.as_str()).is_none()
                && !self.touched.contains(&rename.from)
                && !self.touched.contains(&rename.to)
        });
        if !fits || (fix.edits.is_empty() && fix.renames.is_empty()) {
            return;
        }
        for edit in &fix.edits {
            let range = edit.place.span.range();
            let edits = self.edits.entry(edit.place.path.clone()).or_default();
            edits.insert((range.start, range.end), edit.text.clone());
            self.touched.insert(edit.place.path.clone());
        }
        for rename in &fix.renames {
            self.renames.insert(rename.from.clone(), rename.to.clone());
            self.touched
                .extend([rename.from.clone(), rename.to.clone()]);
        }
        self.taken += 1;
    }
}
