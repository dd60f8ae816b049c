//! The files of a commit, straight from git's object database.

use std::path::Path;
use std::sync::Mutex;

use git2::{ErrorCode, ObjectType, Oid};

use super::{
    ContentId, Entry, Listing, MAX_FILE_SIZE, MAX_LINKS, RepoPath, Tree, TreeError, Unreadable,
    Wanted,
};

const LINK: i32 = 0o120_000;
const SUBMODULE: i32 = 0o160_000;

/// A git repository, bare or with a work tree. Nothing here runs a hook, a filter or a process,
/// and nothing is written.
pub struct Repository {
    git: git2::Repository,
}

impl Repository {
    /// Opens the repository that `path` lies in.
    ///
    /// # Errors
    /// When there is none.
    pub fn discover(path: &Path) -> Result<Self, TreeError> {
        git2::Repository::discover(path)
            .map(|git| Self { git })
            .map_err(|error| TreeError::Git {
                what: format!("no git repository at `{}`", path.display()),
                reason: error.message().to_owned(),
            })
    }

    /// The root of the work tree; `None` in a bare repository, also where its configuration forgets
    /// to say that it is bare and libgit2 takes the folder above for the work tree.
    #[must_use]
    pub fn work_tree(&self) -> Option<&Path> {
        self.git.workdir().filter(|root| root.join(".git").exists())
    }

    /// The tree of the commit that `revision` names, in git's notation.
    ///
    /// # Errors
    /// When there is no such commit, or it cannot be read.
    pub fn commit(&self, revision: &str) -> Result<CommitTree, TreeError> {
        let what = || format!("cannot read revision `{revision}`");
        let failed = |error: &git2::Error| TreeError::Git {
            what: what(),
            reason: match error.code() {
                ErrorCode::NotFound if self.git.is_shallow() => {
                    "it is not in this shallow clone; fetch more history, for example with \
                     `git fetch --unshallow`"
                        .to_owned()
                }
                ErrorCode::NotFound => {
                    "there is no such commit here; is the branch fetched and spelled right?"
                        .to_owned()
                }
                _ => error.message().to_owned(),
            },
        };
        let tree = self
            .git
            .revparse_single(revision)
            .and_then(|object| object.peel_to_tree())
            .map_err(|error| failed(&error))?;
        let git = git2::Repository::open(self.git.path()).map_err(|error| failed(&error))?;
        Ok(CommitTree {
            root: tree.id(),
            git: Mutex::new(vec![git]),
            path: self.git.path().to_owned(),
        })
    }
}

/// The files of one commit.
pub struct CommitTree {
    root: Oid,
    /// Open handles, one for each thread that is reading; libgit2's are not to be shared.
    git: Mutex<Vec<git2::Repository>>,
    path: std::path::PathBuf,
}

impl CommitTree {
    fn with_git<T>(
        &self,
        work: impl FnOnce(&git2::Repository) -> Result<T, git2::Error>,
    ) -> Result<T, git2::Error> {
        let idle = self.git.lock().map_or(None, |mut handles| handles.pop());
        let git = match idle {
            Some(git) => git,
            None => git2::Repository::open(&self.path)?,
        };
        let result = work(&git);
        if let Ok(mut handles) = self.git.lock() {
            handles.push(git);
        }
        result
    }

    fn walk(
        git: &git2::Repository,
        tree: &git2::Tree<'_>,
        folder: &str,
        wanted: &Wanted,
        listing: &mut Listing,
    ) -> Result<(), git2::Error> {
        for entry in tree {
            let Ok(name) = std::str::from_utf8(entry.name_bytes()) else {
                let lossy = String::from_utf8_lossy(entry.name_bytes());
                let path = RepoPath::new(&format!("{folder}/{lossy}"));
                listing.unreadable.push((path, Unreadable::Name));
                continue;
            };
            let path = if folder.is_empty() {
                name.to_owned()
            } else {
                format!("{folder}/{name}")
            };
            match entry.kind() {
                Some(ObjectType::Tree) if wanted.may_hold(&path) => {
                    let below = git.find_tree(entry.id())?;
                    Self::walk(git, &below, &path, wanted, listing)?;
                }
                Some(ObjectType::Blob) if wanted.matches(&path) => listing.entries.push(Entry {
                    path: RepoPath::new(&path),
                    id: content_id(entry.id()),
                    is_link: entry.filemode() == LINK,
                }),
                _ => {}
            }
        }
        Ok(())
    }

    /// The blob behind a chain of links inside the commit.
    fn follow(
        &self,
        git: &git2::Repository,
        entry: &Entry,
    ) -> Result<Result<Oid, Unreadable>, git2::Error> {
        let root = git.find_tree(self.root)?;
        let mut at = entry.path.clone();
        for _ in 0..MAX_LINKS {
            let Ok(found) = root.get_path(Path::new(at.as_str())) else {
                return Ok(Err(Unreadable::DanglingLink(at.to_string())));
            };
            match found.filemode() {
                LINK => {}
                SUBMODULE => return Ok(Err(Unreadable::NotAFile("a submodule"))),
                _ if found.kind() == Some(ObjectType::Blob) => return Ok(Ok(found.id())),
                _ => return Ok(Err(Unreadable::NotAFile("a folder"))),
            }
            let blob = git.find_blob(found.id())?;
            let target = String::from_utf8_lossy(blob.content()).into_owned();
            match at.resolve_link(&target) {
                Some(next) => at = next,
                None => return Ok(Err(Unreadable::OutsideLink(target))),
            }
        }
        Ok(Err(Unreadable::LinkLoop))
    }
}

fn content_id(oid: Oid) -> Option<ContentId> {
    oid.as_bytes().try_into().ok().map(ContentId)
}

impl Tree for CommitTree {
    fn list(&self, wanted: &Wanted) -> Result<Listing, TreeError> {
        self.with_git(|git| {
            let root = git.find_tree(self.root)?;
            let mut listing = Listing::default();
            Self::walk(git, &root, "", wanted, &mut listing)?;
            Ok(listing.sorted())
        })
        .map_err(|error| TreeError::Git {
            what: "cannot read the commit's folders".to_owned(),
            reason: error.message().to_owned(),
        })
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, Unreadable> {
        self.with_git(|git| {
            let oid = match entry.id {
                Some(id) if !entry.is_link => Oid::from_bytes(&id.0)?,
                _ => match self.follow(git, entry)? {
                    Ok(oid) => oid,
                    Err(unreadable) => return Ok(Err(unreadable)),
                },
            };
            let (size, _) = git.odb()?.read_header(oid)?;
            if size as u64 > MAX_FILE_SIZE {
                return Ok(Err(Unreadable::TooLarge(size as u64)));
            }
            Ok(Ok(git.find_blob(oid)?.content().to_vec()))
        })
        .unwrap_or_else(|error| Err(Unreadable::Other(error.message().to_owned())))
    }
}
