//! Reads and parses every file that the conventions name.

use std::sync::{Arc, Mutex};

use foldhash::HashMap;
use rayon::prelude::*;

use crate::syntax::yaml::{self, Arena, Node};
use crate::tree::{ContentId, Entry, RepoPath, Tree, TreeError, Unreadable, Wanted};

use super::{
    Conventions, File, FileFault, FileKind, Statements, ci_operator, gsm, manifest, mapping_config,
    owners, prow_jobs, prow_plugins, release_controller, rover_groups, secret_bootstrap,
    supplemental,
};

/// Files that were parsed before, by path and content: trees that have much in common share them.
#[derive(Debug, Default)]
pub struct ParsedFiles(Mutex<HashMap<(RepoPath, ContentId), Arc<File>>>);

impl ParsedFiles {
    /// These files, by what they say. A file that is no text has to be read again.
    #[must_use]
    pub fn of(files: &[Arc<File>]) -> Self {
        let texts = files.par_iter().filter(|file| !file.text.is_empty());
        let named = texts.map(|file| {
            let id = ContentId::of(file.text.as_bytes());
            ((file.path.clone(), id), Arc::clone(file))
        });
        Self(Mutex::new(named.collect()))
    }

    /// The parsed file, from memory where the content's id says that it is the same. A link's id
    /// says nothing about what it leads to.
    fn get_or_read(&self, entry: &Entry, read: impl FnOnce() -> File) -> Arc<File> {
        let Some(id) = entry.id.filter(|_| !entry.is_link()) else {
            return Arc::new(read());
        };
        let key = (entry.path.clone(), id);
        let known = self
            .0
            .lock()
            .map_or(None, |files| files.get(&key).map(Arc::clone));
        known.unwrap_or_else(|| {
            let file = Arc::new(read());
            if let Ok(mut files) = self.0.lock() {
                files.insert(key, file.clone());
            }
            file
        })
    }
}

/// Every file of `tree` that `conventions` name, in order of their paths; those that `parsed` has
/// are not read again.
///
/// # Errors
/// When the tree as a whole cannot be read; a single unreadable file is a [`FileFault`].
pub fn load(
    tree: &dyn Tree,
    conventions: &Conventions,
    parsed: &ParsedFiles,
) -> Result<Vec<Arc<File>>, TreeError> {
    let listing = tree.list(conventions.wanted())?;
    let mut files = load_entries(tree, conventions, &listing.entries, parsed);
    if !listing.unreadable.is_empty() {
        files.extend(listing.unreadable.into_iter().map(|(path, why)| {
            let kind = FileKind::MirrorSetCompanion;
            Arc::new(unreadable(path, kind, why))
        }));
        files.sort_by(|a, b| a.path.cmp(&b.path));
    }
    Ok(files)
}

/// Those of `entries`, which are of `tree`, that `conventions` name, in the same order; those that
/// `parsed` has are not read again.
#[must_use]
pub fn load_entries(
    tree: &dyn Tree,
    conventions: &Conventions,
    entries: &[Entry],
    parsed: &ParsedFiles,
) -> Vec<Arc<File>> {
    let entries = entries.par_iter();
    let files = entries.map_init(Arena::new, |arena, entry| {
        let kind = conventions.kind(entry.path.as_str())?;
        Some(parsed.get_or_read(entry, || read(tree, entry, kind, arena)))
    });
    files.flatten_iter().collect()
}

/// The file at `path` of `tree`, if it is there and `conventions` name it.
///
/// # Errors
/// When the tree as a whole cannot be read.
pub fn load_one(
    tree: &dyn Tree,
    conventions: &Conventions,
    path: &RepoPath,
) -> Result<Option<Arc<File>>, TreeError> {
    let (Some(kind), Ok(wanted)) = (conventions.kind(path.as_str()), Wanted::only(path)) else {
        return Ok(None);
    };
    let listing = tree.list(&wanted)?;
    let there = listing.entries.iter().find(|entry| entry.path == *path);
    Ok(there.map(|entry| Arc::new(read(tree, entry, kind, &mut Arena::new()))))
}

/// So many paths are looked for at a time: each may be in a folder of its own, and each folder of a tree
/// is held against all of them.
const BATCH: usize = 256;

/// The files of `tree` at `paths`, all of them of `kind`, whatever the conventions say of them. A path
/// where there is no file is left out.
///
/// # Errors
/// When the tree as a whole cannot be read.
pub fn load_paths(
    tree: &dyn Tree,
    paths: &[RepoPath],
    kind: FileKind,
) -> Result<Vec<File>, TreeError> {
    let mut files = Vec::new();
    for paths in paths.chunks(BATCH) {
        let Ok(wanted) = Wanted::these(paths) else {
            continue;
        };
        let listing = tree.list(&wanted)?;
        let entries = listing.entries.par_iter();
        files.par_extend(entries.map(|entry| read(tree, entry, kind, &mut Arena::new())));
    }
    Ok(files)
}

/// A file that could not be read.
#[must_use]
pub fn unreadable(path: RepoPath, kind: FileKind, why: Unreadable) -> File {
    File {
        path,
        kind,
        text: Box::default(),
        faults: vec![FileFault::Unreadable(why)],
        statements: Statements::None,
    }
}

/// Reads and parses a file. What its nodes need is left in `arena`, for those of the next.
fn read(tree: &dyn Tree, entry: &Entry, kind: FileKind, arena: &mut Arena) -> File {
    if !kind.is_read() {
        return File {
            path: entry.path.clone(),
            kind,
            text: Box::default(),
            faults: Vec::new(),
            statements: Statements::None,
        };
    }
    match tree.read(entry) {
        Ok(bytes) => parse_in(arena, entry.path.clone(), kind, bytes),
        Err(why) => unreadable(entry.path.clone(), kind, why),
    }
}

/// Parses `bytes` as the file of `kind` at `path`.
#[must_use]
pub fn parse(path: RepoPath, kind: FileKind, bytes: Vec<u8>) -> File {
    parse_in(&mut Arena::new(), path, kind, bytes)
}

fn parse_in(arena: &mut Arena, path: RepoPath, kind: FileKind, bytes: Vec<u8>) -> File {
    arena.reset();
    match String::from_utf8(bytes) {
        Ok(text) => {
            let mut faults = Vec::new();
            let statements = statements(kind, &text, &mut faults, arena);
            File {
                path,
                kind,
                text: text.into_boxed_str(),
                faults,
                statements,
            }
        }
        Err(error) => File {
            path,
            kind,
            faults: vec![FileFault::NotUtf8(error.utf8_error().valid_up_to())],
            text: String::from_utf8_lossy(error.as_bytes()).into(),
            statements: Statements::None,
        },
    }
}

fn statements(
    kind: FileKind,
    text: &str,
    faults: &mut Vec<FileFault>,
    arena: &Arena,
) -> Statements {
    let mut documents = || yaml(text, faults, arena);
    match kind {
        FileKind::MappingFile | FileKind::OldMappingFile => {
            Statements::Mapping(crate::syntax::mapping::parse(text))
        }
        FileKind::ProwJobs => Statements::Jobs(prow_jobs::read(&documents())),
        FileKind::ProwPlugins => Statements::ConfigUpdater(prow_plugins::read(&documents())),
        FileKind::CiConfig => Statements::CiConfig(ci_operator::read(&documents())),
        FileKind::RegistryStep => {
            Statements::RegistryStep(ci_operator::read_registry_step(&documents()))
        }
        FileKind::ReleaseController => {
            Statements::StreamMirrors(release_controller::read(&documents()))
        }
        FileKind::Manifest => Statements::Manifests(manifest::read(&documents())),
        FileKind::ImagesMirrorConfig => Statements::ImagesMirror(supplemental::read(&documents())),
        FileKind::MappingConfig => Statements::MappingConfig(mapping_config::read(&documents())),
        FileKind::Owners => Statements::Owners(owners::read(&documents())),
        FileKind::OwnersAliases => Statements::OwnersAliases(owners::read_aliases(&documents())),
        FileKind::SecretBootstrap => {
            Statements::SecretBootstrap(secret_bootstrap::read(&documents()))
        }
        FileKind::RoverGroups => Statements::RoverGroups(rover_groups::read(&documents())),
        FileKind::GsmConfig => Statements::Gsm(gsm::read(&documents())),
        FileKind::MirrorSetCompanion | FileKind::RegistryAccessCompanion => Statements::None,
    }
}

/// The documents of a YAML text; what is wrong with it goes to `faults`.
fn yaml<'s>(text: &'s str, faults: &mut Vec<FileFault>, arena: &'s Arena) -> Vec<Node<'s>> {
    let stream = yaml::parse(text, &yaml::Limits::default(), arena);
    faults.extend(stream.faults.into_iter().map(FileFault::Yaml));
    stream.documents
}
