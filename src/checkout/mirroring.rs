//! Mirror sets, the mapping files in them, and the jobs that read those.

mod config_map;
mod form;
mod job;
mod selection;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::finding::Place;
use crate::model::mapping_file::{Line, Mapping, MappingFile};
use crate::model::{Conventions, File, FileKind};
use crate::syntax::span::Span;
use crate::tree::RepoPath;

pub use job::{MirrorJob, Selector};
pub use selection::Reader;

/// All about mirroring.
#[derive(Debug, Default)]
pub struct Mirroring {
    /// Mirror sets, by name.
    pub sets: BTreeMap<String, MirrorSet>,
    /// Every mapping file, in order of the paths.
    pub files: Vec<MirroredFile>,
    /// Every mirror job, in file order.
    pub jobs: Vec<MirrorJob>,
    /// Who writes what: destinations after tag inheritance, by the text `oc` compares them by.
    pub destinations: BTreeMap<String, Vec<Writer>>,
}

/// A mirror set, which is a folder.
#[derive(Debug, Default)]
pub struct MirrorSet {
    /// All files in it, in order.
    pub members: Vec<Arc<File>>,
    /// Whether it has an OWNERS file of its own.
    pub has_owners: bool,
    /// Which of [`Mirroring::files`] lie in it.
    pub files: Range<usize>,
    /// Which of these no job reads.
    pub unread: Vec<usize>,
    /// The first of [`Mirroring::jobs`] that belongs to it, by its label or by what it reads.
    pub job: Option<usize>,
}

/// A mapping file.
#[derive(Debug)]
pub struct MirroredFile {
    /// The file.
    pub file: Arc<File>,
    /// The set it lies in; `None` in the layout of before 2020, and where it lies beside the sets.
    pub set: Option<String>,
    /// Which of [`Mirroring::jobs`] read it, at most [`MAX_READERS`](crate::limits).
    pub readers: Vec<Reader>,
}

/// One mapping that writes a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writer {
    /// Which of [`Mirroring::files`].
    pub file: usize,
    /// Which line of it.
    pub line: usize,
    /// Which mapping of the line.
    pub mapping: usize,
}

impl MirroredFile {
    /// Its lines; none when it could not be read.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        self.statements().map_or(&[], |mapping| &mapping.lines)
    }

    /// What was read out of it.
    #[must_use]
    pub fn statements(&self) -> Option<&MappingFile> {
        self.file.mapping()
    }

    /// A place in it.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        Place::new(&self.file.path, span)
    }

    /// Its base name, which is its key in the ConfigMap.
    #[must_use]
    pub fn name(&self) -> &str {
        self.file.path.name()
    }
}

impl Mirroring {
    /// Whether [`Mirroring::build`] looks at a file.
    pub(super) fn reads(file: &File) -> bool {
        matches!(
            file.kind,
            FileKind::ProwJobs
                | FileKind::OldMappingFile
                | FileKind::MappingFile
                | FileKind::MirrorSetCompanion
                | FileKind::Owners
        )
    }

    /// From the files that have to do with mirroring.
    pub(super) fn build(files: &[Arc<File>], conventions: &Conventions) -> Self {
        let jobs = &conventions.mirror_jobs;
        let folder = &*conventions.mapping_files.folder;
        let mut mirroring = Self::default();
        for file in files.iter().filter(|file| Self::reads(file)) {
            match file.kind {
                FileKind::ProwJobs => mirroring.jobs.extend(job::mirror_jobs(file, jobs)),
                FileKind::OldMappingFile if !is_companion(file.path.name()) => {
                    mirroring.add_file(file, None);
                }
                FileKind::MappingFile | FileKind::MirrorSetCompanion | FileKind::Owners => {
                    mirroring.add_member(file, folder);
                }
                _ => {}
            }
        }
        mirroring.select();
        mirroring.destinations = mirroring.written();
        mirroring
    }

    fn add_member(&mut self, file: &Arc<File>, folder: &str) {
        let Some(below) = file.path.below(folder) else {
            return;
        };
        let Some((set, inside)) = below.split_once('/') else {
            if file.kind == FileKind::MappingFile {
                self.add_file(file, None);
            }
            return;
        };
        let next = self.files.len();
        let entry = self.sets.entry(set.to_owned()).or_default();
        entry.members.push(file.clone());
        entry.has_owners |= inside == "OWNERS";
        if file.kind == FileKind::MappingFile {
            if entry.files.is_empty() {
                entry.files = next..next;
            }
            entry.files.end = next + 1;
            self.add_file(file, Some(set.to_owned()));
        }
    }

    fn add_file(&mut self, file: &Arc<File>, set: Option<String>) {
        self.files.push(MirroredFile {
            file: file.clone(),
            set,
            readers: Vec::new(),
        });
    }

    fn written(&self) -> BTreeMap<String, Vec<Writer>> {
        let mut written: BTreeMap<String, Vec<Writer>> = BTreeMap::new();
        for (file, mirrored) in self.files.iter().enumerate() {
            for (line, statement) in mirrored.lines().iter().enumerate() {
                for (mapping, pair) in statement.mappings.iter().enumerate() {
                    written.entry(pair.key()).or_default().push(Writer {
                        file,
                        line,
                        mapping,
                    });
                }
            }
        }
        written
    }

    /// Every mapping of every file, with the file.
    pub fn mappings(&self) -> impl Iterator<Item = (&MirroredFile, &Mapping)> {
        self.files.iter().flat_map(|file| {
            file.lines()
                .iter()
                .flat_map(move |line| line.mappings.iter().map(move |mapping| (file, mapping)))
        })
    }

    /// The mapping file at `path`.
    #[must_use]
    pub fn file(&self, path: &RepoPath) -> Option<&MirroredFile> {
        let at = self.files.binary_search_by(|file| file.file.path.cmp(path));
        self.files.get(at.ok()?)
    }

    /// What a writer stands for.
    #[must_use]
    pub fn written_by(&self, writer: Writer) -> (&MirroredFile, &Mapping) {
        let file = &self.files[writer.file];
        (file, &file.lines()[writer.line].mappings[writer.mapping])
    }

    /// The job that belongs to the set of this name.
    #[must_use]
    pub fn job_of(&self, set: &str) -> Option<&MirrorJob> {
        self.jobs.get(self.sets.get(set)?.job?)
    }

    /// Whether the checkout has jobs that read mapping files at all.
    #[must_use]
    pub fn has_jobs(&self) -> bool {
        self.jobs.iter().any(|job| !job.selectors.is_empty())
    }
}

/// Files that lie beside mapping files without being one.
fn is_companion(name: &str) -> bool {
    name == "OWNERS" || name.ends_with(".md") || name.ends_with(".yaml") || name.ends_with(".sh")
}
