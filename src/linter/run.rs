//! One run: the rules over a checkout, and what the user has accepted left out.

use super::Linter;
use crate::checkout::{Change, Checkout};
use crate::engine::{self, FileFindings, Found};
use crate::findings::{Comments, Filtered};

/// What one run leaves to the next: what was found in each file by itself, and the suppression
/// comments there.
#[derive(Debug, Default)]
pub struct FileCache {
    findings: FileFindings,
    comments: Comments,
}

impl Linter {
    /// Lints `checkout`. With a `base`, adds what turning that into `checkout` breaks.
    #[must_use]
    pub fn lint(&self, checkout: &Checkout, base: Option<&Checkout>) -> Filtered {
        let everything = Change::between(&[], checkout.files());
        self.lint_after(&everything, checkout, base, &mut FileCache::default())
    }

    /// The same for a checkout that differs by `change` from the one that `cache` is of.
    #[must_use]
    pub fn lint_after(
        &self,
        change: &Change,
        checkout: &Checkout,
        base: Option<&Checkout>,
        cache: &mut FileCache,
    ) -> Filtered {
        let found = self.found(change, checkout, base, cache);
        self.filter(found, cache)
    }

    /// What is found, accepted or not.
    pub(super) fn found(
        &self,
        change: &Change,
        checkout: &Checkout,
        base: Option<&Checkout>,
        cache: &mut FileCache,
    ) -> Found {
        let FileCache { findings, comments } = cache;
        let (mut found, broken) = rayon::join(
            || engine::lint_after(checkout, change, &self.plan, findings),
            || {
                comments.update(change);
                base.map(|base| engine::lint_change(base, checkout, &self.plan))
            },
        );
        if let Some(broken) = broken {
            found.extend(broken);
            found.sort();
        }
        found
    }

    /// `found`, less what the user has accepted.
    pub(super) fn filter(&self, found: Found, cache: &mut FileCache) -> Filtered {
        self.policy.apply(&mut cache.comments, &self.plan, found)
    }
}
