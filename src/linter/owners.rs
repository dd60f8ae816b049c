//! Who owns what the findings break. OWNERS files lie beside everything, and no check asks for those of
//! ci-operator configs: only what the findings name is looked up, once it is known which are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::checkout::owners::Ownership;
use crate::finding::{Finding, Owners};
use crate::limits::{MAX_AFFECTED_OF_ALL, MAX_OWNED_FOLDERS};
use crate::model::{Conventions, FileKind, load_paths};
use crate::tree::{RepoPath, Tree, TreeError};

/// Gives the affected files of `findings` their owners, which `tree` tells. An alias that is not there
/// stands for those whom it stands for in `base`, what the tree is a change to.
///
/// # Errors
/// When a tree as a whole cannot be read.
pub fn name_owners(
    findings: &mut [Finding],
    tree: &dyn Tree,
    base: Option<&dyn Tree>,
    conventions: &Conventions,
) -> Result<(), TreeError> {
    let mut left = MAX_AFFECTED_OF_ALL;
    for finding in findings.iter_mut() {
        finding.affected.truncate(left);
        left -= finding.affected.files.len();
    }
    let affected = || findings.iter().flat_map(|finding| &finding.affected.files);
    let paths: BTreeSet<RepoPath> = affected().map(|file| file.path.clone()).collect();
    if paths.is_empty() {
        return Ok(());
    }
    let mut candidates = BTreeSet::new();
    for path in paths.iter().flat_map(Ownership::candidates) {
        if candidates.len() == MAX_OWNED_FOLDERS {
            break;
        }
        candidates.insert(path);
    }
    let candidates: Vec<RepoPath> = candidates.into_iter().collect();
    let mut files = load_paths(tree, &candidates, FileKind::Owners)?;
    let aliases = [RepoPath::new(Ownership::ALIASES)];
    for tree in [Some(tree), base].into_iter().flatten() {
        files.extend(load_paths(tree, &aliases, FileKind::OwnersAliases)?);
    }
    let mut ownership = Ownership::new(&files, conventions);
    let owners: BTreeMap<RepoPath, Option<Arc<Owners>>> = paths
        .into_iter()
        .map(|path| {
            let owners = ownership.of(&path);
            (path, owners)
        })
        .collect();
    for finding in findings {
        for file in &mut finding.affected.files {
            file.owners = owners.get(&file.path).cloned().flatten();
        }
    }
    Ok(())
}
