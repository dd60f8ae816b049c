//! The merge of two commits, in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use git2::{DiffOptions, ErrorCode, MergeOptions, Oid, Sort};

use super::super::{RepoPath, TreeError};
use super::differences::Difference;
use super::objects::{Blob, Files};
use super::{GitTree, Repository, failure};

/// Files that one side changed: what lies there now, `None` where nothing does.
type Changes = BTreeMap<RepoPath, Option<Blob>>;

/// Two commits, the one they come from, and what merging them gives.
pub struct Merge {
    /// Where the change is to go.
    pub base: GitTree,
    /// The change.
    pub head: GitTree,
    /// The best common ancestor.
    pub ancestor: GitTree,
    /// The merge. A file in conflict is there as `head` has it.
    pub result: GitTree,
    /// Whether `base` has nothing that `head` lacks, so that `result` is `head`.
    pub is_head: bool,
    /// Files that git cannot merge.
    pub conflicts: BTreeSet<RepoPath>,
    /// Files that `base` changed since `ancestor`.
    pub base_changes: BTreeSet<RepoPath>,
    base_commit: Oid,
    ancestor_commit: Oid,
}

/// A commit, as a message names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitName {
    /// The first twelve digits of its id.
    pub id: String,
    /// The first line of its message.
    pub summary: String,
}

impl Repository {
    /// Merges `head` into `base`.
    ///
    /// # Errors
    /// When one of them is no commit, they have no common history here, or folders of them
    /// cannot be read.
    pub fn merge(&self, base: &str, head: &str) -> Result<Merge, TreeError> {
        let (ours, theirs) = (self.find_commit(base)?, self.find_commit(head)?);
        let what = || format!("cannot merge `{head}` into `{base}`");
        let failed = |error: git2::Error| failure(what(), error.message());
        let bases = self
            .git
            .merge_bases(ours.id(), theirs.id())
            .map_err(|error| match error.code() {
                ErrorCode::NotFound if self.git.is_shallow() => failure(
                    what(),
                    "their common history is not in this shallow clone; fetch more of it, for \
                     example with `git fetch --unshallow` or `git fetch --deepen=1000`",
                ),
                ErrorCode::NotFound => failure(what(), "they have no history in common"),
                _ => failed(error),
            })?;
        let ancestor = *bases
            .first()
            .ok_or_else(|| failure(what(), "they have no history in common"))?;
        let tree_of = |commit: Oid| {
            let tree = self.git.find_commit(commit)?.tree()?;
            Ok::<Oid, git2::Error>(tree.id())
        };
        let ancestor_tree = tree_of(ancestor).map_err(failed)?;
        let (our_tree, their_tree) = (ours.tree_id(), theirs.tree_id());
        let base_changes = self
            .changes(Some(ancestor_tree), our_tree)
            .map_err(failed)?;
        let head_changes = self
            .changes(Some(ancestor_tree), their_tree)
            .map_err(failed)?;

        let is_head = base_changes.is_empty();
        let mut conflicts = BTreeSet::new();
        let result = if is_head {
            self.tree(their_tree)
        } else if bases.len() == 1 && is_apart(&base_changes, &head_changes) {
            self.git_tree(Files::Commit {
                root: our_tree,
                changes: head_changes,
            })
        } else {
            self.merge_texts(&ours, &theirs, &head_changes, &mut conflicts)
                .map_err(failed)?
        };
        Ok(Merge {
            base: self.tree(our_tree),
            head: self.tree(their_tree),
            ancestor: self.tree(ancestor_tree),
            result,
            is_head,
            conflicts,
            base_changes: base_changes.into_keys().collect(),
            base_commit: ours.id(),
            ancestor_commit: ancestor,
        })
    }

    /// Merges with libgit2, which knows renames and merges texts. It stores the texts it merged,
    /// so it is given an object database that keeps what is new in memory.
    fn merge_texts(
        &self,
        ours: &git2::Commit<'_>,
        theirs: &git2::Commit<'_>,
        head_changes: &Changes,
        conflicts: &mut BTreeSet<RepoPath>,
    ) -> Result<GitTree, git2::Error> {
        let git = git2::Repository::open(self.git.path())?;
        let odb = git.odb()?;
        odb.add_new_mempack_backend(i32::MAX)?;
        git.set_odb(&odb)?;
        let index = git.merge_commits(
            &git.find_commit(ours.id())?,
            &git.find_commit(theirs.id())?,
            Some(&MergeOptions::new()),
        )?;
        let our_tree = git.find_tree(ours.tree_id())?;
        let diff = git.diff_tree_to_index(Some(&our_tree), Some(&index), Some(&mut options()))?;
        let mut changes = changes_of(&diff);
        if index.has_conflicts() {
            for conflict in index.conflicts()? {
                let conflict = conflict?;
                for side in [&conflict.ancestor, &conflict.our, &conflict.their] {
                    let Some(entry) = side else { continue };
                    let path = RepoPath::new(&String::from_utf8_lossy(&entry.path));
                    changes.remove(&path);
                    if let Some(theirs) = head_changes.get(&path) {
                        changes.insert(path.clone(), *theirs);
                    }
                    conflicts.insert(path);
                }
            }
        }
        let mut merged = HashMap::new();
        for blob in changes.values().flatten() {
            if self.git.odb()?.exists(blob.oid) {
                continue;
            }
            if let Ok(made) = git.find_blob(blob.oid) {
                merged.insert(blob.oid, made.content().to_vec());
            }
        }
        let files = Files::Commit {
            root: ours.tree_id(),
            changes,
        };
        Ok(self.git_tree(files).with_merged(merged))
    }

    fn changes(&self, from: Option<Oid>, to: Oid) -> Result<Changes, git2::Error> {
        let mut changes = Changes::new();
        let visit = |difference: Difference<'_>| {
            let blob = difference.files[1].map(|(oid, mode)| Blob {
                oid,
                mode,
                unmerged: false,
            });
            changes.insert(RepoPath::new(difference.path), blob);
        };
        self.compare([from, Some(to)], |_| true, visit)?;
        Ok(changes)
    }

    /// The commits on the base side of `merge` that last changed each of `paths`, on the base's own
    /// line. What part of the history cannot be read has none.
    #[must_use]
    pub fn brought_by(
        &self,
        merge: &Merge,
        paths: &BTreeSet<RepoPath>,
    ) -> BTreeMap<RepoPath, CommitName> {
        let mut found = BTreeMap::new();
        // What was found before the history broke off holds.
        let _ = self.last_changes(merge, paths, &mut found);
        found
    }

    /// Goes through the history once: a look at each commit for each path would read the same
    /// trees over and over.
    fn last_changes(
        &self,
        merge: &Merge,
        paths: &BTreeSet<RepoPath>,
        found: &mut BTreeMap<RepoPath, CommitName>,
    ) -> Result<(), git2::Error> {
        let mut left = paths.clone();
        let mut walk = self.git.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL)?;
        walk.push(merge.base_commit)?;
        walk.hide(merge.ancestor_commit)?;
        walk.simplify_first_parent()?;
        for id in walk {
            if left.is_empty() {
                break;
            }
            let commit = self.git.find_commit(id?)?;
            let before = match commit.parent(0) {
                Ok(parent) => Some(parent.tree_id()),
                Err(_) => None,
            };
            for path in self.changes(before, commit.tree_id())?.into_keys() {
                if left.remove(&path) {
                    found.insert(path, CommitName::of(&commit));
                }
            }
        }
        Ok(())
    }
}

impl CommitName {
    pub(super) fn of(commit: &git2::Commit<'_>) -> Self {
        let id = commit.id().to_string();
        let summary = commit.summary_bytes().unwrap_or_default();
        Self {
            id: id.chars().take(12).collect(),
            summary: String::from_utf8_lossy(summary).into_owned(),
        }
    }
}

fn options() -> DiffOptions {
    let mut options = DiffOptions::new();
    options.ignore_submodules(true).context_lines(0);
    options
}

fn changes_of(diff: &git2::Diff<'_>) -> Changes {
    let mut changes = Changes::new();
    for delta in diff.deltas() {
        let path = |file: git2::DiffFile<'_>| {
            let bytes = file.path_bytes()?;
            Some(RepoPath::new(&String::from_utf8_lossy(bytes)))
        };
        if let Some(old) = path(delta.old_file()) {
            changes.entry(old).or_default();
        }
        let new = delta.new_file();
        if let (false, Some(at)) = (new.id().is_zero(), path(new)) {
            let blob = Blob {
                oid: delta.new_file().id(),
                mode: i32::from(delta.new_file().mode()),
                unmerged: false,
            };
            changes.insert(at, Some(blob));
        }
    }
    changes
}

/// Whether the two sides changed different files, or the same ones alike. Then the merge is the
/// base with the head's files, whatever rename detection would say.
fn is_apart(ours: &Changes, theirs: &Changes) -> bool {
    let clashes = |one: &Changes, other: &Changes| {
        one.iter().any(|(path, blob)| {
            let same_file = other.get(path).is_some_and(|theirs| theirs != blob);
            // A file of one where the other has a folder.
            let folder = path.as_str().match_indices('/').any(|(at, _)| {
                other
                    .get(&RepoPath::new(&path.as_str()[..at]))
                    .is_some_and(Option::is_some)
            });
            same_file || folder
        })
    };
    !clashes(ours, theirs) && !clashes(theirs, ours)
}
