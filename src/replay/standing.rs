//! Where a replay stands: the tree after one commit, linted, which is the base of the next.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::checkout::Change;
use crate::checkout::files::put;
use crate::engine::Found;
use crate::linter::{Linted, Linter, Next, policy_files_in};
use crate::model::{self, File, ParsedFiles};
use crate::tree::{Differences, Entry, RepoPath, Tree, TreeError};

/// The tree after a commit.
pub(super) struct Standing {
    /// With the policy of the tree, or of the next one where that has another.
    pub(super) linter: Linter,
    pub(super) linted: Linted,
    /// The bytes that make the policy.
    policy: Vec<Option<Vec<u8>>>,
    /// Symbolic links: what they lead to may change without them.
    links: BTreeMap<RepoPath, Entry>,
}

/// What a commit brought.
pub(super) struct Arrived {
    pub(super) found: Found,
    pub(super) moves: HashMap<RepoPath, RepoPath>,
}

impl Standing {
    /// The tree `before`, by a `linter` that has the policy of the tree `after` it; or what of that
    /// cannot be read.
    pub(super) fn of(
        mut linter: Linter,
        before: &dyn Tree,
        after: &dyn Tree,
    ) -> Result<Result<Self, String>, TreeError> {
        let policy = match policy_files_in(after, &linter.policy.config) {
            Ok(policy) => policy,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let links = links_of(before, &linter)?;
        let checkout = linter.load(before)?;
        linter.parsed = ParsedFiles::default(); // the checkout has what is needed
        Ok(Ok(Self {
            linted: linter.linted(checkout),
            linter,
            policy,
            links,
        }))
    }

    /// Whether `tree` has the policy that this one is linted by.
    pub(super) fn has_policy_of(&self, tree: &dyn Tree) -> bool {
        policy_files_in(tree, &self.linter.policy.config).is_ok_and(|policy| policy == self.policy)
    }

    /// The files of the tree `after` this one, from which it has these `differences`; `None` where
    /// nothing changes that is looked at.
    pub(super) fn files_after(
        &mut self,
        after: &dyn Tree,
        differences: Differences,
    ) -> Result<Option<Vec<Arc<File>>>, TreeError> {
        let conventions = &self.linter.conventions;
        let nothing = ParsedFiles::default();
        if differences.has_other_names {
            self.links = links_of(after, &self.linter)?;
            return model::load(after, conventions, &nothing).map(Some);
        }
        let Differences { gone, mut come, .. } = differences;
        for path in gone.iter().chain(come.iter().map(|entry| &entry.path)) {
            self.links.remove(path);
        }
        for link in come.iter().filter(|entry| entry.is_link()) {
            self.links.insert(link.path.clone(), link.clone());
        }
        come.retain(|entry| !entry.is_link());
        come.extend(self.links.values().cloned());
        let mut files = self.linted.checkout.files().to_vec();
        let mut is_changed = false;
        for path in &gone {
            is_changed |= put(&mut files, path, None);
        }
        for file in model::load_entries(after, conventions, &come, &nothing) {
            let path = file.path.clone();
            is_changed |= put(&mut files, &path, Some(file));
        }
        Ok(is_changed.then_some(files))
    }

    /// Goes on to the tree that has these `files`.
    pub(super) fn advance(self, files: Vec<Arc<File>>) -> (Self, Arrived) {
        let Self { linter, linted, .. } = self;
        let base = &linted.checkout;
        let change = Change::between(base.files(), &files);
        let result = base.update(files, &change, &linter.conventions, &linter.inputs);
        let Next {
            found,
            linted,
            moves,
        } = linter.next(linted, result, &change);
        let standing = Self {
            linter,
            linted,
            ..self
        };
        (standing, Arrived { found, moves })
    }
}

/// The symbolic links of `tree` that are looked at.
fn links_of(tree: &dyn Tree, linter: &Linter) -> Result<BTreeMap<RepoPath, Entry>, TreeError> {
    let listing = tree.list(linter.conventions.wanted())?;
    let links = listing.entries.into_iter().filter(|entry| entry.is_link());
    Ok(links.map(|link| (link.path.clone(), link)).collect())
}
