//! The files on disk.

use std::fs::{self, File, FileType, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::wanted::Root;
use super::{Entry, EntryKind, Listing, RepoPath, Tree, TreeError, Unreadable, Wanted};
use crate::limits::{MAX_FILE_SIZE, MAX_LINKS};

/// A checkout on disk. Symbolic links are followed inside it and never out of it.
#[derive(Clone, Debug)]
pub struct WorkTree {
    root: PathBuf,
}

impl WorkTree {
    /// The checkout at `root`.
    ///
    /// # Errors
    /// When `root` is no folder that can be entered.
    pub fn open(root: &Path) -> Result<Self, TreeError> {
        let failed = |reason: String| TreeError::Root {
            path: root.display().to_string(),
            reason,
        };
        let root = root.canonicalize().map_err(|e| failed(e.to_string()))?;
        if !root.is_dir() {
            return Err(failed("it is not a folder".to_owned()));
        }
        Ok(Self { root })
    }

    /// The folder that the checkout lies in, absolute.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn relative(&self, path: &Path) -> Option<RepoPath> {
        let path = path.as_os_str().as_encoded_bytes();
        let below = path.strip_prefix(self.root.as_os_str().as_encoded_bytes())?;
        Some(RepoPath::new(str::from_utf8(below).ok()?))
    }

    /// The first link on the way to `folder` that leads out of the checkout or nowhere: a folder
    /// behind it is not entered. What the walk itself meets below, it does not follow.
    fn stray_link(&self, folder: &str) -> Option<(RepoPath, Unreadable)> {
        let mut at = self.root.clone();
        for part in folder.split('/') {
            at.push(part);
            let Ok(target) = fs::read_link(&at) else {
                continue;
            };
            let shown = target.to_string_lossy().into_owned();
            let why = match at.canonicalize() {
                Ok(real) if real.starts_with(&self.root) => continue,
                Ok(_) => Unreadable::OutsideLink(shown),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    Unreadable::DanglingLink(shown)
                }
                Err(error) => Unreadable::Other(error.to_string()),
            };
            return Some((self.relative(&at)?, why));
        }
        None
    }

    /// Splits a root into pieces that can be walked side by side.
    fn pieces(&self, root: &Root) -> Vec<Piece> {
        let folder = self.root.join(&root.folder);
        let this_level = Piece {
            folder: folder.clone(),
            depth: Some(0),
        };
        let mut pieces = vec![this_level];
        if root.depth == Some(0) {
            return pieces;
        }
        let Ok(children) = fs::read_dir(&folder) else {
            return pieces; // the walk of this level says why
        };
        pieces.extend(
            children
                .flatten()
                .filter(|child| child.file_type().is_ok_and(|kind| kind.is_dir()))
                .map(|child| Piece {
                    folder: child.path(),
                    depth: root.depth.map(|depth| depth - 1),
                }),
        );
        pieces
    }

    fn walk(&self, piece: &Piece, wanted: &Wanted) -> Listing {
        let mut listing = Listing::default();
        let depth = piece.depth.map_or(usize::MAX, |depth| depth + 1);
        let walk = WalkDir::new(&piece.folder)
            .min_depth(1)
            .max_depth(depth)
            .follow_links(false);
        let entered = walk.into_iter().filter_entry(|found| {
            !found.file_type().is_dir()
                || self
                    .relative(found.path())
                    .is_some_and(|path| wanted.may_hold(path.as_str()))
        });
        for found in entered {
            match found {
                Ok(found) if found.file_type().is_dir() => {}
                Ok(found) => match self.relative(found.path()) {
                    Some(path) if wanted.matches(path.as_str()) => listing.entries.push(Entry {
                        path,
                        id: None,
                        kind: kind_of(found.file_type()),
                    }),
                    Some(_) => {}
                    None => {
                        let lossy = found
                            .path()
                            .strip_prefix(&self.root)
                            .unwrap_or(found.path());
                        let path = RepoPath::new(&lossy.to_string_lossy());
                        listing.unreadable.push((path, Unreadable::Name));
                    }
                },
                Err(error) => {
                    let Some(path) = error.path().and_then(|path| self.relative(path)) else {
                        continue;
                    };
                    let missing = error.io_error().map(std::io::Error::kind)
                        == Some(std::io::ErrorKind::NotFound);
                    if !missing {
                        let reason = error
                            .io_error()
                            .map_or_else(|| error.to_string(), std::string::ToString::to_string);
                        listing.unreadable.push((path, Unreadable::Other(reason)));
                    }
                }
            }
        }
        listing
    }

    /// The file behind a chain of links, none of which leaves the checkout.
    fn follow(&self, entry: &Entry) -> Result<PathBuf, Unreadable> {
        let mut at = entry.path.clone();
        for _ in 0..MAX_LINKS {
            let absolute = self.root.join(at.as_str());
            let Ok(target) = fs::read_link(&absolute) else {
                // No link any more. A folder on the way may be a link too: ask the system.
                let real = absolute
                    .canonicalize()
                    .map_err(|_| Unreadable::DanglingLink(at.to_string()))?;
                return if real.starts_with(&self.root) {
                    Ok(real)
                } else {
                    Err(Unreadable::OutsideLink(at.to_string()))
                };
            };
            let shown = target.to_string_lossy();
            at = at
                .resolve_link(&shown)
                .ok_or_else(|| Unreadable::OutsideLink(shown.clone().into_owned()))?;
        }
        Err(Unreadable::LinkLoop)
    }
}

fn kind_of(found: FileType) -> EntryKind {
    if found.is_file() {
        EntryKind::File
    } else if found.is_symlink() {
        EntryKind::Link
    } else {
        EntryKind::Other
    }
}

/// The length of a file that can be read.
fn length_of(metadata: &Metadata) -> Result<u64, Unreadable> {
    if metadata.is_dir() {
        Err(Unreadable::NotAFile("a folder"))
    } else if !metadata.is_file() {
        Err(Unreadable::NotAFile("a pipe, socket or device"))
    } else if metadata.len() > MAX_FILE_SIZE {
        Err(Unreadable::TooLarge(metadata.len()))
    } else {
        Ok(metadata.len())
    }
}

struct Piece {
    folder: PathBuf,
    /// Levels of folders to enter below `folder`; `None` for all.
    depth: Option<usize>,
}

impl Tree for WorkTree {
    fn list(&self, wanted: &Wanted) -> Result<Listing, TreeError> {
        let mut stray: Vec<(RepoPath, Unreadable)> = Vec::new();
        let mut pieces: Vec<Piece> = Vec::new();
        for root in wanted.roots() {
            match self.stray_link(&root.folder) {
                Some(link) if stray.contains(&link) => {}
                Some(link) => stray.push(link),
                None => pieces.extend(self.pieces(root)),
            }
        }
        let mut listing = pieces
            .par_iter()
            .map(|piece| self.walk(piece, wanted))
            .reduce(Listing::default, |mut all, part| {
                all.entries.extend(part.entries);
                all.unreadable.extend(part.unreadable);
                all
            });
        listing.unreadable.extend(stray);
        Ok(listing.sorted())
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, Unreadable> {
        let path = if entry.is_link() {
            self.follow(entry)?
        } else {
            self.root.join(entry.path.as_str())
        };
        let failed = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => Unreadable::Gone,
            _ => Unreadable::Other(error.to_string()),
        };
        // Opening a pipe or a device can block or have effects, so look before opening what the walk did
        // not see to be a file.
        if entry.kind != EntryKind::File {
            length_of(&fs::metadata(&path).map_err(failed)?)?;
        }
        let file = File::open(&path).map_err(failed)?;
        let length = length_of(&file.metadata().map_err(failed)?)?;
        // No more than there is now, which spares asking whether there is more. Some file systems
        // do not tell how much there is.
        let limit = if length == 0 {
            MAX_FILE_SIZE + 1
        } else {
            length
        };
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
        match bytes.len() as u64 {
            grown if grown > MAX_FILE_SIZE => Err(Unreadable::TooLarge(grown)),
            _ => Ok(bytes),
        }
    }
}
