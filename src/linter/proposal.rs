//! What a change that is not written yet would bring.

use std::convert::Infallible;
use std::sync::Arc;

use super::Linter;
use crate::checkout::{Change, Checkout};
use crate::finding::Finding;
use crate::findings;
use crate::model;
use crate::tree::FileChange;

impl Linter {
    /// What `base` is once `changes` are made to it.
    #[must_use]
    pub fn changed(&self, base: &Checkout, changes: &[FileChange]) -> Checkout {
        let mut files = base.files().to_vec();
        for change in changes {
            // What no rule looks at is no part of a checkout.
            let Some(kind) = self.conventions.kind(change.path.as_str()) else {
                continue;
            };
            let bytes = change.new.clone().into_bytes();
            let file = Arc::new(model::parse(change.path.clone(), kind, bytes));
            match files.binary_search_by(|own| own.path.cmp(&change.path)) {
                Ok(at) => files[at] = file,
                Err(at) => files.insert(at, file),
            }
        }
        let change = Change::between(base.files(), &files);
        base.update(files, &change, &self.conventions, &self.inputs)
    }

    /// What turning `base` into `result` brings, as a review of the change would report it.
    #[must_use]
    pub fn brought(&self, base: &Checkout, result: &Checkout) -> Vec<Finding> {
        let Ok((filtered, _)) = self.review(base, result, || Ok::<_, Infallible>(None));
        findings::brought(filtered.found, |_| true, &self.policy.config).findings
    }
}
