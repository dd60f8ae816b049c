//! Files out of git's object database.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use git2::{ErrorCode, ObjectType, Oid};
use rayon::prelude::*;

use super::super::{Entry, EntryKind, Listing, RepoPath, Tree, TreeError, Unreadable, Wanted};
use super::content_id;
use super::unchanged::WorkTreeFiles;
use crate::limits::{MAX_FILE_SIZE, MAX_LINKS};

const LINK: i32 = 0o120_000;
const SUBMODULE: i32 = 0o160_000;

/// What git's file mode of a blob says it is.
pub(super) fn kind_of(mode: i32) -> EntryKind {
    match mode {
        LINK => EntryKind::Link,
        _ => EntryKind::File,
    }
}

/// Open handles of one repository, one for each thread that is reading; libgit2's are not to be
/// shared.
pub(super) struct Handles {
    path: PathBuf,
    idle: Mutex<Vec<git2::Repository>>,
}

impl Handles {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            idle: Mutex::new(Vec::new()),
        }
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&git2::Repository) -> Result<T, git2::Error>,
    ) -> Result<T, git2::Error> {
        let idle = self.idle.lock().map_or(None, |mut handles| handles.pop());
        let git = match idle {
            Some(git) => git,
            None => git2::Repository::open(&self.path)?,
        };
        let result = work(&git);
        if let Ok(mut handles) = self.idle.lock() {
            handles.push(git);
        }
        result
    }
}

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Blob {
    pub(super) oid: Oid,
    pub(super) mode: i32,
    /// In the index, in a merge that nobody has resolved yet.
    pub(super) unmerged: bool,
}

/// Which files a tree has.
pub(super) enum Files {
    /// A commit's, with some replaced, or taken away (`None`).
    Commit {
        root: Oid,
        changes: BTreeMap<RepoPath, Option<Blob>>,
    },
    /// Each by its path.
    Listed(BTreeMap<RepoPath, Blob>),
}

/// The files of a commit, of the index, or of a merge.
pub struct GitTree {
    files: Files,
    handles: Arc<Handles>,
    work_tree: Option<WorkTreeFiles>,
    /// Contents that the merge made and no object database holds.
    merged: HashMap<Oid, Vec<u8>>,
}

impl GitTree {
    pub(super) fn new(files: Files, handles: Arc<Handles>, work_tree: Option<PathBuf>) -> Self {
        Self {
            files,
            handles,
            work_tree: work_tree.map(WorkTreeFiles::of),
            merged: HashMap::new(),
        }
    }

    pub(super) fn with_merged(mut self, merged: HashMap<Oid, Vec<u8>>) -> Self {
        self.merged = merged;
        self
    }

    fn entry(path: RepoPath, blob: Blob, listing: &mut Listing) {
        if blob.mode == SUBMODULE {
            return;
        }
        if blob.unmerged {
            let why = "it is in a merge conflict that is not resolved".to_owned();
            listing.unreadable.push((path, Unreadable::Other(why)));
            return;
        }
        listing.entries.push(Entry {
            path,
            id: content_id(blob.oid),
            kind: kind_of(blob.mode),
        });
    }

    /// What lies at `path`; the mode of a folder where one does.
    fn at(&self, git: &git2::Repository, path: &RepoPath) -> Result<Option<Blob>, git2::Error> {
        match &self.files {
            Files::Listed(files) => Ok(files.get(path).copied()),
            Files::Commit { root, changes } => {
                if let Some(changed) = changes.get(path) {
                    return Ok(*changed);
                }
                match git.find_tree(*root)?.get_path(Path::new(path.as_str())) {
                    Ok(entry) => Ok(Some(Blob {
                        oid: entry.id(),
                        mode: entry.filemode(),
                        unmerged: false,
                    })),
                    Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
                    Err(error) => Err(error),
                }
            }
        }
    }

    /// The blob behind a chain of links inside the tree.
    fn follow(
        &self,
        git: &git2::Repository,
        entry: &Entry,
    ) -> Result<Result<Oid, Unreadable>, git2::Error> {
        let mut at = entry.path.clone();
        for _ in 0..MAX_LINKS {
            let Some(found) = self.at(git, &at)? else {
                return Ok(Err(Unreadable::DanglingLink(at.to_string())));
            };
            match found.mode {
                LINK => {}
                SUBMODULE => return Ok(Err(Unreadable::NotAFile("a submodule"))),
                0o040_000 => return Ok(Err(Unreadable::NotAFile("a folder"))),
                _ => return Ok(Ok(found.oid)),
            }
            let blob = git.find_blob(found.oid)?;
            let target = String::from_utf8_lossy(blob.content()).into_owned();
            match at.resolve_link(&target) {
                Some(next) => at = next,
                None => return Ok(Err(Unreadable::OutsideLink(target))),
            }
        }
        Ok(Err(Unreadable::LinkLoop))
    }
}

/// The files of the commit whose tree is `root`. Folders are read a level at a time, those of a level side
/// by side.
fn walk(handles: &Handles, root: Oid, wanted: &Wanted) -> Result<Listing, git2::Error> {
    let mut listing = Listing::default();
    let mut folders = vec![(String::new(), root)];
    while !folders.is_empty() {
        let read = folders
            .par_iter()
            .map(|(folder, id)| handles.with(|git| read_folder(git, *id, folder, wanted)));
        let read: Vec<(Listing, Vec<(String, Oid)>)> = read.collect::<Result<_, _>>()?;
        folders = Vec::new();
        for (files, below) in read {
            listing.entries.extend(files.entries);
            listing.unreadable.extend(files.unreadable);
            folders.extend(below);
        }
    }
    Ok(listing)
}

/// The files in one folder, and the folders in it.
fn read_folder(
    git: &git2::Repository,
    id: Oid,
    folder: &str,
    wanted: &Wanted,
) -> Result<(Listing, Vec<(String, Oid)>), git2::Error> {
    let mut listing = Listing::default();
    let mut below = Vec::new();
    for entry in &git.find_tree(id)? {
        let Ok(name) = std::str::from_utf8(entry.name_bytes()) else {
            let lossy = String::from_utf8_lossy(entry.name_bytes());
            let path = RepoPath::new(&format!("{folder}/{lossy}"));
            listing.unreadable.push((path, Unreadable::Name));
            continue;
        };
        let path = if folder.is_empty() {
            name.to_owned()
        } else {
            [folder, "/", name].concat()
        };
        match entry.kind() {
            Some(ObjectType::Tree) if wanted.may_hold(&path) => below.push((path, entry.id())),
            Some(ObjectType::Blob) if wanted.matches(&path) => {
                let blob = Blob {
                    oid: entry.id(),
                    mode: entry.filemode(),
                    unmerged: false,
                };
                GitTree::entry(RepoPath::new(&path), blob, &mut listing);
            }
            _ => {}
        }
    }
    Ok((listing, below))
}

impl Tree for GitTree {
    fn list(&self, wanted: &Wanted) -> Result<Listing, TreeError> {
        let mut listing = Listing::default();
        let changed = match &self.files {
            Files::Listed(files) => {
                for (path, blob) in files {
                    if wanted.matches(path.as_str()) {
                        Self::entry(path.clone(), *blob, &mut listing);
                    }
                }
                None
            }
            Files::Commit { root, changes } => {
                listing = walk(&self.handles, *root, wanted).map_err(|error| {
                    super::failure(
                        "cannot read the commit's folders".to_owned(),
                        &format!(
                            "{}; if the clone is shallow or partial, fetch what is missing",
                            error.message()
                        ),
                    )
                })?;
                Some(changes)
            }
        };
        if let Some(changes) = changed.filter(|changes| !changes.is_empty()) {
            listing
                .entries
                .retain(|entry| !changes.contains_key(&entry.path));
            for (path, blob) in changes {
                if let Some(blob) = blob
                    && wanted.matches(path.as_str())
                {
                    Self::entry(path.clone(), *blob, &mut listing);
                }
            }
        }
        Ok(listing.sorted())
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, Unreadable> {
        if let (Some(files), Some(id), false) = (&self.work_tree, entry.id, entry.is_link())
            && let Some(bytes) = files.read(&entry.path, id)
        {
            return Ok(bytes);
        }
        self.handles
            .with(|git| {
                let oid = match entry.id {
                    Some(id) if !entry.is_link() => Oid::from_bytes(&id.0)?,
                    _ => match self.follow(git, entry)? {
                        Ok(oid) => oid,
                        Err(unreadable) => return Ok(Err(unreadable)),
                    },
                };
                if let Some(bytes) = self.merged.get(&oid) {
                    return Ok(Ok(bytes.clone()));
                }
                let (size, _) = git.odb()?.read_header(oid)?;
                if size as u64 > MAX_FILE_SIZE {
                    return Ok(Err(Unreadable::TooLarge(size as u64)));
                }
                Ok(Ok(git.find_blob(oid)?.content().to_vec()))
            })
            .unwrap_or_else(|error| {
                Err(match error.code() {
                    ErrorCode::NotFound => Unreadable::Missing,
                    _ => Unreadable::Other(error.message().to_owned()),
                })
            })
    }
}
