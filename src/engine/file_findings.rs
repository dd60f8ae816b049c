//! What was found in each file by itself, from one run to the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::Plan;
use crate::checkout::{Change, Checkout};
use crate::checks::{Check, Drafts};
use crate::finding::Draft;
use crate::model::File;
use crate::tree::RepoPath;

/// What the rules of one plan found in each file by itself, kept so that the next time only those
/// files are looked at that changed.
#[derive(Debug, Default)]
pub struct FileFindings {
    /// Where something was found: the number of the step, and what it was.
    pub(super) drafts: BTreeMap<RepoPath, Vec<(usize, Draft)>>,
}

impl FileFindings {
    /// Forgets what was found in files that are gone, and looks at those that have come.
    pub(super) fn update(&mut self, checkout: &Checkout, change: &Change, plan: &Plan) {
        let checks: Vec<(usize, &Check)> = plan
            .steps
            .iter()
            .enumerate()
            .filter(|(_, (_, check))| check.looks_at_files())
            .map(|(step, (_, check))| (step, check))
            .collect();
        for file in &change.gone {
            self.drafts.remove(&file.path);
        }
        let look = |file: &Arc<File>| {
            let mut found = Vec::new();
            for (step, check) in &checks {
                let mut drafts = Drafts::default();
                check.run_on_file(file, &checkout.conventions, &mut drafts);
                found.extend(drafts.into_vec().into_iter().map(|draft| (*step, draft)));
            }
            (!found.is_empty()).then(|| (file.path.clone(), found))
        };
        let found: Vec<_> = change.come.par_iter().filter_map(look).collect();
        self.drafts.extend(found);
    }
}
