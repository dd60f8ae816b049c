//! One change after another: what was found in the result of one is what the base of the next has.

use std::collections::HashMap;

use super::Linter;
use super::review::follow_moves;
use super::run::Cache;
use crate::checkout::{Change, Checkout};
use crate::engine::{self, Found};
use crate::finding::Finding;
use crate::findings::{Fingerprints, moves};
use crate::tree::RepoPath;

/// A checkout and what was found in it by itself, as the base of the next change.
pub struct Linted {
    /// The checkout.
    pub checkout: Checkout,
    /// What was found, less what the user has accepted.
    found: Found,
    cache: Cache,
}

/// What a change brings, and what it leaves to the next.
pub struct Next {
    /// What is found in the result, each finding with its class.
    pub found: Found,
    /// The result, as the next base.
    pub linted: Linted,
    /// Where files of the base lie in the result that have another path there.
    pub moves: HashMap<RepoPath, RepoPath>,
}

impl Linted {
    /// The findings of the checkout by itself.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.found.all()
    }
}

impl Linter {
    /// Lints `checkout` as the base of a change.
    #[must_use]
    pub fn linted(&self, checkout: Checkout) -> Linted {
        let everything = Change::between(&[], checkout.files());
        let mut cache = Cache::default();
        let filtered = self.lint_after(&everything, &checkout, None, &mut cache);
        Linted {
            found: filtered.found,
            checkout,
            cache,
        }
    }

    /// Lints the change that turns `base` into `result`, which differ by `change`. Finds what
    /// [`Linter::review`] finds where nobody changed the base meanwhile.
    #[must_use]
    pub fn next(&self, base: Linted, result: Checkout, change: &Change) -> Next {
        let Linted {
            checkout: base,
            found: mut before,
            mut cache,
        } = base;
        let sound = self.sound(&base, &result);
        let (alone, moves) = rayon::join(
            || self.found(change, &result, None, &mut cache),
            || moves::between(&base, &result),
        );
        let after = match &sound {
            Some(sound) => {
                let everything = Change::between(&[], result.files());
                let mut cache = Cache::default();
                let found = self.found(&everything, &sound.checkout, Some(&base), &mut cache);
                self.with_broken(found, sound)
            }
            None => {
                let mut after = alone.clone();
                after.extend(engine::lint_change(&base, &result, &self.plan));
                after.sort();
                after
            }
        };
        follow_moves(before.all_mut(), &moves);
        let known = Fingerprints::of(before.all());
        let mut found = self.filter(after, &mut cache).found;
        self.classify(&mut found, &known, None, (&base, &result));
        let linted = Linted {
            found: self.filter(alone, &mut cache).found,
            checkout: result,
            cache,
        };
        Next {
            found,
            linted,
            moves,
        }
    }
}
