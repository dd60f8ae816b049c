//! A run over a change: what it brings, what it conflicts with and what it fixes.

use std::collections::HashMap;
use std::sync::Arc;

use super::Linter;
use super::run::{Cache, Outcome};
use crate::checkout::{Change, Checkout};
use crate::engine::{self, Found};
use crate::finding::{Affected, Finding, Links};
use crate::findings::{Filtered, Fingerprints, classes, conflicts, moves};
use crate::model::File;
use crate::tree::{GitTree, Merge, RepoPath, Repository, Tree, TreeError};

/// What the tree that is linted is a change to.
pub enum Review {
    /// `HEAD`, for what is staged.
    Head(GitTree),
    /// The base of a merge.
    Merge {
        /// Where the merge was made.
        repository: Repository,
        /// The merge.
        merge: Box<Merge>,
    },
}

impl Review {
    /// The tree without the change.
    #[must_use]
    pub fn base(&self) -> &dyn Tree {
        match self {
            Self::Head(head) => head,
            Self::Merge { merge, .. } => &merge.base,
        }
    }
}

/// What is found in the base of many changes.
#[derive(Debug, Default)]
pub struct BaseFindings {
    found: Found,
    known: Fingerprints,
}

impl From<Found> for BaseFindings {
    fn from(found: Found) -> Self {
        let known = Fingerprints::of(found.all());
        Self { found, known }
    }
}

/// The two trees that matter once the base has moved.
pub struct Divergence<'c> {
    /// What base and head come from.
    pub ancestor: &'c Checkout,
    /// The change by itself.
    pub head: &'c Checkout,
}

impl Linter {
    /// Lints the checkout of `files`, as the change that `review` says. `read` reads a tree as
    /// [`Linter::read`] does.
    pub(super) fn review_tree(
        &self,
        files: Vec<Arc<File>>,
        review: &Review,
        read: impl Fn(&dyn Tree) -> Result<Vec<Arc<File>>, TreeError>,
    ) -> Result<Outcome, TreeError> {
        // Trees that differ in a few files share the tables of all the others.
        let base = self.checkout(read(review.base())?);
        let beside_base = |files| self.beside(&base, files);
        let result = beside_base(files);
        let mut sides: Option<(Checkout, Checkout)> = None;
        let (mut filtered, fixed) = self.review(&base, &result, || {
            if let Review::Merge { merge, .. } = review
                && !merge.is_head
            {
                let (ancestor, head) = (read(&merge.ancestor)?, read(&merge.head)?);
                sides = Some((beside_base(ancestor), beside_base(head)));
            }
            let sides = sides.as_ref();
            Ok::<_, TreeError>(sides.map(|(ancestor, head)| Divergence { ancestor, head }))
        })?;
        if let Review::Merge { repository, merge } = review {
            self.name_conflicts(&mut filtered.found, repository, merge);
        }
        Ok(Outcome {
            checkout: result,
            filtered,
            fixed: Some(fixed),
        })
    }

    /// Says of conflicts who brought the other side, and adds those that git cannot merge.
    fn name_conflicts(&self, found: &mut Found, repository: &Repository, merge: &Merge) {
        conflicts::name_sources(found, &merge.base_changes, |paths| {
            repository.brought_by(merge, paths)
        });
        let textual = conflicts::textual(&self.plan, &merge.conflicts);
        found.findings.extend(textual);
        found.sort();
    }

    /// The checkout of `files`, sharing with `base` what is the same there.
    fn beside(&self, base: &Checkout, files: Vec<Arc<File>>) -> Checkout {
        let change = Change::between(base.files(), &files);
        base.update(files, &change, &self.conventions, &self.inputs)
    }

    /// Lints the change that turns `base` into `result`: the result's findings, each with its class,
    /// and those of the base that are gone. `divergence` is asked for when the findings alone do not
    /// tell who brought them; it gives `None` when the result is the head.
    ///
    /// # Errors
    /// Those of `divergence`.
    pub fn review<'d, E>(
        &self,
        base: &Checkout,
        result: &Checkout,
        divergence: impl FnOnce() -> Result<Option<Divergence<'d>>, E>,
    ) -> Result<(Filtered, Vec<Finding>), E> {
        let mut cache = Cache::default();
        let sound = self.sound(base, result);
        let everything = Change::between(&[], base.files());
        let mut before = self.lint_after(&everything, base, None, &mut cache).found;
        let change = Change::between(base.files(), result.files());
        let linted = sound.as_ref().map_or(result, |sound| &sound.checkout);
        let mut after = self.found(&change, linted, Some(base), &mut cache);
        if let Some(sound) = &sound {
            after = self.with_broken(after, sound);
        }
        follow_moves(before.all_mut(), &moves::between(base, result));
        let known = Fingerprints::of(before.all());
        let mut head = None;
        if (self.plan.compares() || after.all().any(|finding| !known.has(finding)))
            && let Some(sides) = divergence()?
        {
            let alone = self.lint(sides.head, Some(sides.ancestor));
            head = Some(Fingerprints::of(alone.found.all()));
            // What the base did to things that the head uses. To the author of the change what is
            // wrong is the use, which does not follow from anything of theirs.
            let mut broken = engine::lint_change(sides.head, result, &self.plan);
            for finding in broken.all_mut() {
                finding.links = Links::default();
            }
            add_new(&mut after, broken);
            before.extend(engine::lint_change(sides.ancestor, base, &self.plan));
        }
        let mut filtered = self.filter(after, &mut cache);
        let found = &mut filtered.found;
        let known = Fingerprints::of(before.all());
        self.classify(found, &known, head.as_ref(), (base, result));
        let left = Fingerprints::of(found.all());
        let before = before.findings.into_iter().chain(before.held_back);
        // What stood in a file that no longer parses is not fixed by that.
        let is_readable = |finding: &Finding| {
            let path = &finding.place.path;
            sound.as_ref().is_none_or(|sound| !sound.has_broken(path))
        };
        let fixed = left.gone(before.filter(is_readable)).collect();
        Ok((filtered, fixed))
    }

    /// Gives each finding of `result` its class, as those of a change to `base`, in which `before` was found;
    /// and the rest that [`Linter::review`] gives them.
    pub fn compare(
        &self,
        found: &mut Found,
        before: &BaseFindings,
        (base, result): (&Checkout, &Checkout),
    ) {
        let moves = moves::between(base, result);
        if moves.is_empty() {
            return self.classify(found, &before.known, None, (base, result));
        }
        let mut before = before.found.clone();
        follow_moves(before.all_mut(), &moves);
        let known = Fingerprints::of(before.all());
        self.classify(found, &known, None, (base, result));
    }

    /// Gives each finding of `result` its class, and new ones the severity and help of new ones, and
    /// whom they hit. `known`
    /// is what the base has, and `head` what the head has where that is not the result.
    pub(super) fn classify(
        &self,
        found: &mut Found,
        known: &Fingerprints,
        head: Option<&Fingerprints>,
        (base, result): (&Checkout, &Checkout),
    ) {
        classes::classify(found, known, head, (base, result));
        classes::grade(found, base, &self.plan, &self.policy.config);
        name_affected(found, base, result);
    }
}

/// What the change breaks in files that it leaves as they are, it breaks for those who look after them.
/// A file that it brings is its author's.
fn name_affected(found: &mut Found, base: &Checkout, result: &Checkout) {
    let is_untouched = |path: &RepoPath| {
        let (before, after) = (base.text(path), result.text(path));
        before.is_some() && before == after
    };
    for finding in found.all_mut() {
        if !finding.is_new() {
            continue;
        }
        let own = &finding.place.path;
        let own = Affected::of(is_untouched(own).then_some(own));
        let affected = &mut finding.affected;
        affected.retain(|path| base.file(path.as_str()).is_some());
        *affected = Affected::join([&*affected, &own].into_iter());
    }
}

/// Looks at findings in files that moved as if they were where the files are now.
pub(super) fn follow_moves<'f>(
    before: impl Iterator<Item = &'f mut Finding>,
    moves: &HashMap<RepoPath, RepoPath>,
) {
    if moves.is_empty() {
        return;
    }
    for finding in before {
        if let Some(path) = moves.get(&finding.place.path) {
            finding.place.path = path.clone();
        }
    }
}

/// Adds what `found` does not have.
fn add_new(found: &mut Found, more: Found) {
    let known = Fingerprints::of(found.all());
    let is_new = |finding: &Finding| !known.has(finding);
    let new = more.findings.into_iter().filter(is_new);
    found.findings.extend(new);
    let new = more.held_back.into_iter().filter(is_new);
    found.held_back.extend(new);
}
