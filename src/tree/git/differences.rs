//! The files in which a commit differs from the one before it. Folders that are the same on both sides
//! are not looked into, and neither are those that hold nothing of interest: git's own diff reads all.

use std::borrow::Cow;
use std::collections::BTreeMap;

use git2::{ObjectType, Oid};

use super::super::{Entry, RepoPath, TreeError, Wanted};
use super::objects::kind_of;
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

/// What differs under one name of two folders.
pub(super) struct Difference<'d> {
    /// Where; with replacement characters for what is not UTF-8.
    pub path: &'d str,
    /// Whether it is UTF-8.
    pub is_utf8: bool,
    /// The files there, before and after, each with git's file mode.
    pub files: [Option<(Oid, i32)>; 2],
}

/// What lies under one name in a folder: what it is, and git's file mode.
type There = (Oid, Option<ObjectType>, i32);

/// The names in two folders, and what lies under each before and after.
type Names = BTreeMap<Vec<u8>, [Option<There>; 2]>;

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
        let visit = |difference: Difference<'_>| {
            let [old, new] = difference.files.map(|file| {
                let (id, mode) = file?;
                Some((id, kind_of(mode)))
            });
            if !difference.is_utf8 {
                found.has_other_names = true;
            } else if old != new && wanted.matches(difference.path) {
                let path = RepoPath::new(difference.path);
                match new {
                    Some((id, kind)) => found.come.push(Entry {
                        path,
                        id: content_id(id),
                        kind,
                    }),
                    None => found.gone.push(path),
                }
            }
        };
        let enters = |folder: &str| wanted.may_hold(folder);
        self.compare([before, Some(after)], enters, visit)
            .map_err(|error| {
                failure(
                    format!("cannot read the folders of commit {}", commit.id()),
                    &format!(
                        "{}; if the clone is shallow or partial, fetch what is missing",
                        error.message()
                    ),
                )
            })?;
        found.gone.sort();
        found.come.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// Shows `visit` each file that differs between two folders, one of which may be missing, and between
    /// those below them that `enters` wants; in no order. What is the same in both is not read.
    pub(super) fn compare(
        &self,
        sides: [Option<Oid>; 2],
        enters: impl Fn(&str) -> bool,
        mut visit: impl FnMut(Difference<'_>),
    ) -> Result<(), git2::Error> {
        let mut left = vec![(String::new(), true, sides)];
        while let Some((folder, is_utf8, sides)) = left.pop() {
            for (name, there) in self.names(sides)? {
                if there[0] == there[1] {
                    continue;
                }
                let name = String::from_utf8_lossy(&name);
                let is_utf8 = is_utf8 && matches!(name, Cow::Borrowed(_));
                let path = match &*folder {
                    "" => name.into_owned(),
                    folder => [folder, "/", &name].concat(),
                };
                let of_kind = |wanted| {
                    there.map(|there| {
                        let (id, kind, mode) = there?;
                        (kind == Some(wanted)).then_some((id, mode))
                    })
                };
                let files = of_kind(ObjectType::Blob);
                if files.iter().any(Option::is_some) {
                    let path = &path;
                    visit(Difference {
                        path,
                        is_utf8,
                        files,
                    });
                }
                let folders = of_kind(ObjectType::Tree).map(|folder| folder.map(|(id, _)| id));
                if folders[0] != folders[1] && enters(&path) {
                    left.push((path, is_utf8, folders));
                }
            }
        }
        Ok(())
    }

    /// What lies in two folders, by name.
    fn names(&self, sides: [Option<Oid>; 2]) -> Result<Names, git2::Error> {
        let mut names = Names::new();
        if sides[0] == sides[1] {
            return Ok(names);
        }
        for (side, tree) in sides.into_iter().enumerate() {
            let Some(tree) = tree else { continue };
            for entry in &self.git.find_tree(tree)? {
                let name = names.entry(entry.name_bytes().to_vec()).or_default();
                name[side] = Some((entry.id(), entry.kind(), entry.filemode()));
            }
        }
        Ok(names)
    }
}
