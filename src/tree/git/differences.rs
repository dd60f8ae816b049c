//! The files in which a commit differs from the one before it. Folders that are the same on both sides
//! are not looked into, and neither are those that hold nothing of interest: git's own diff reads all.

use std::collections::BTreeMap;

use git2::{ObjectType, Oid};

use super::super::{Entry, RepoPath, TreeError, Wanted};
use super::objects::LINK;
use super::{LineCommit, Repository, content_id, failure};

/// The files in which two trees differ, as far as they are wanted.
#[derive(Debug, Default)]
pub struct Differences {
    /// Files that are there no more.
    pub gone: Vec<RepoPath>,
    /// Files that are new, or say something else.
    pub come: Vec<Entry>,
    /// Whether a name that is not UTF-8 is among those that differ: then only a walk of the whole tree
    /// tells what is there.
    pub has_other_names: bool,
}

/// What lies under one name in a folder: what it is, and whether it is a link.
type There = (Oid, Option<ObjectType>, bool);

impl Repository {
    /// What `commit` changed, of the files that are `wanted`; all of them where there is no commit
    /// before it.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn differences(
        &self,
        commit: &LineCommit,
        wanted: &Wanted,
    ) -> Result<Differences, TreeError> {
        let (after, before) = commit.trees();
        let mut found = Differences::default();
        if before != Some(after) {
            self.compare(before, Some(after), "", wanted, &mut found)
                .map_err(|error| {
                    failure(
                        format!("cannot read the folders of commit {}", commit.id()),
                        &format!(
                            "{}; if the clone is shallow or partial, fetch what is missing",
                            error.message()
                        ),
                    )
                })?;
        }
        Ok(found)
    }

    fn compare(
        &self,
        old: Option<Oid>,
        new: Option<Oid>,
        folder: &str,
        wanted: &Wanted,
        found: &mut Differences,
    ) -> Result<(), git2::Error> {
        let mut names: BTreeMap<Vec<u8>, [Option<There>; 2]> = BTreeMap::new();
        for (side, tree) in [old, new].into_iter().enumerate() {
            let Some(tree) = tree else { continue };
            for entry in &self.git.find_tree(tree)? {
                let there = (entry.id(), entry.kind(), entry.filemode() == LINK);
                let name = names.entry(entry.name_bytes().to_vec()).or_default();
                name[side] = Some(there);
            }
        }
        for (name, [old, new]) in names {
            if old == new {
                continue;
            }
            let Ok(name) = std::str::from_utf8(&name) else {
                found.has_other_names = true;
                continue;
            };
            let path = if folder.is_empty() {
                name.to_owned()
            } else {
                format!("{folder}/{name}")
            };
            let of_kind = |there: Option<There>, kind| there.filter(|there| there.1 == Some(kind));
            let folders = [old, new].map(|side| of_kind(side, ObjectType::Tree));
            if folders.iter().any(Option::is_some) && wanted.may_hold(&path) {
                let [old, new] = folders.map(|side| side.map(|(id, ..)| id));
                self.compare(old, new, &path, wanted, found)?;
            }
            let files = [old, new].map(|side| of_kind(side, ObjectType::Blob));
            if files.iter().any(Option::is_some) && wanted.matches(&path) {
                let path = RepoPath::new(&path);
                match files[1] {
                    Some((id, _, is_link)) => found.come.push(Entry {
                        path,
                        id: content_id(id),
                        is_link,
                    }),
                    None => found.gone.push(path),
                }
            }
        }
        Ok(())
    }
}
