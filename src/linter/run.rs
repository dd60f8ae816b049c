//! One run: the rules over a checkout, and what the user has accepted left out. The command line and
//! the language server choose the trees and show what comes out.

use std::sync::Arc;

use super::{Linter, Review};
use crate::checkout::{Change, Checkout};
use crate::engine::{self, Found};
use crate::finding::Finding;
use crate::findings::{Comments, Filtered};
use crate::model::File;
use crate::tree::{Tree, TreeError};

/// What one run leaves to the next: what was found, and the suppression comments of each file.
#[derive(Debug, Default)]
pub struct Cache {
    found: engine::Cache,
    comments: Comments,
}

/// What a run over a tree gives.
pub struct Outcome {
    /// What was linted.
    pub checkout: Checkout,
    /// What was found there; in a review, each finding has its class.
    pub filtered: Filtered,
    /// In a review, the findings of the base that are gone.
    pub fixed: Option<Vec<Finding>>,
}

impl Linter {
    /// Lints `tree`, as a change where there is a `review`. `read` reads a tree as
    /// [`Linter::read`] does.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn run(
        &self,
        tree: &dyn Tree,
        review: Option<&Review>,
        read: impl Fn(&dyn Tree) -> Result<Vec<Arc<File>>, TreeError>,
    ) -> Result<Outcome, TreeError> {
        let files = read(tree)?;
        if let Some(review) = review {
            return self.review_tree(files, review, read);
        }
        let checkout = self.checkout(files);
        Ok(Outcome {
            filtered: self.lint(&checkout, None),
            checkout,
            fixed: None,
        })
    }

    /// Lints `checkout`. With a `base`, adds what turning that into `checkout` breaks.
    #[must_use]
    pub fn lint(&self, checkout: &Checkout, base: Option<&Checkout>) -> Filtered {
        let everything = Change::between(&[], checkout.files());
        self.lint_after(&everything, checkout, base, &mut Cache::default())
    }

    /// The same for a checkout that differs by `change` from the one that `cache` is of.
    #[must_use]
    pub fn lint_after(
        &self,
        change: &Change,
        checkout: &Checkout,
        base: Option<&Checkout>,
        cache: &mut Cache,
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
        cache: &mut Cache,
    ) -> Found {
        let Cache {
            found: known,
            comments,
        } = cache;
        let (found, ()) = rayon::join(
            || engine::lint_after(checkout, base, change, &self.plan, known),
            || comments.update(change),
        );
        found
    }

    /// `found`, less what the user has accepted.
    pub(super) fn filter(&self, found: Found, cache: &mut Cache) -> Filtered {
        self.policy.apply(&mut cache.comments, &self.plan, found)
    }
}
