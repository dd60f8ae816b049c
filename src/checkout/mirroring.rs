//! Mirror sets, the mapping files in them, and the jobs that read those.

mod selection;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use crate::finding::Place;
use crate::model::mapping_file::{Line, Mapping, MappingFile};
use crate::model::prow_jobs::Job;
use crate::model::{File, FileKind, Statements};
use crate::syntax::span::Span;

pub use selection::Reader;

/// Where mirror sets lie.
const MIRROR_ROOT: &str = "core-services/image-mirroring";

/// Where mirror jobs see the mapping files, as keys of one ConfigMap.
pub const MOUNT: &str = "/etc/imagemirror";

/// The ConfigMap that all mapping files are put into.
pub const CONFIG_MAP: &str = "image-mirror-mappings";

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

/// A folder of `core-services/image-mirroring/`.
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
    /// The set it lies in; `None` in the layout of before 2020.
    pub set: Option<String>,
    /// Which of [`Mirroring::jobs`] read it, at most [`MAX_READERS`].
    pub readers: Vec<Reader>,
}

/// A periodic job that mirrors.
#[derive(Debug)]
pub struct MirrorJob {
    /// The file that defines it.
    pub file: Arc<File>,
    /// Which of the file's jobs it is.
    pub index: usize,
    /// How it says which mapping files it reads.
    pub selectors: Vec<Selector>,
    /// Which of [`Mirroring::files`] it is noted for as a reader.
    pub files: Vec<usize>,
}

/// How a job chooses mapping files by their base names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// What the base name starts with, or is.
    pub prefix: String,
    /// Whether only this very base name is chosen.
    pub exact: bool,
    /// Where it stands: the value of `MAPPING_FILE_PREFIX`, or the name in the shell's glob.
    pub span: Span,
    /// Whether no mapping file is chosen.
    pub matches_nothing: bool,
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
        match &self.file.statements {
            Statements::Mapping(mapping) => &mapping.lines,
            _ => &[],
        }
    }

    /// What was read out of it.
    #[must_use]
    pub fn statements(&self) -> Option<&MappingFile> {
        match &self.file.statements {
            Statements::Mapping(mapping) => Some(mapping),
            _ => None,
        }
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

impl MirrorJob {
    /// The job's definition.
    #[must_use]
    pub fn job(&self) -> &Job {
        match &self.file.statements {
            Statements::Jobs(jobs) => &jobs[self.index],
            _ => unreachable!("a mirror job is made from a job of this file"),
        }
    }

    /// A place in the file that defines it.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        Place::new(&self.file.path, span)
    }

    /// Its name, or what to call it without one.
    #[must_use]
    pub fn name(&self) -> &str {
        self.job()
            .name
            .as_ref()
            .map_or("(a job without a name)", |name| &name.value)
    }

    /// Whether it mounts the mapping files' ConfigMap.
    #[must_use]
    pub fn mounts_mappings(&self) -> bool {
        self.job().volumes().any(|volume| {
            let map = volume.config_map.as_ref();
            map.is_some_and(|map| &*map.value == CONFIG_MAP)
        })
    }

    /// The label that should name the set.
    #[must_use]
    pub fn area(&self) -> Option<&str> {
        Some(&self.job().label("ci.openshift.io/area")?.value)
    }
}

impl Selector {
    /// How the choice is written in a shell.
    #[must_use]
    pub fn pattern(&self) -> String {
        let star = if self.exact { "" } else { "*" };
        format!("{}{star}", self.prefix)
    }
}

impl Mirroring {
    /// Whether [`Mirroring::join`] looks at a file.
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

    /// Joins the files that have to do with mirroring.
    pub(super) fn join(files: &[Arc<File>]) -> Self {
        let mut mirroring = Self::default();
        for file in files.iter().filter(|file| Self::reads(file)) {
            match file.kind {
                FileKind::ProwJobs => mirroring.jobs.extend(mirror_jobs(file)),
                FileKind::OldMappingFile if !is_companion(file.path.name()) => {
                    mirroring.add_file(file, None);
                }
                FileKind::MappingFile | FileKind::MirrorSetCompanion | FileKind::Owners => {
                    mirroring.add_member(file);
                }
                _ => {}
            }
        }
        mirroring.select();
        mirroring.destinations = mirroring.written();
        mirroring
    }

    fn add_member(&mut self, file: &Arc<File>) {
        let Some((set, inside)) = file
            .path
            .below(MIRROR_ROOT)
            .and_then(|below| below.split_once('/'))
        else {
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

/// The jobs of `file` that mirror.
fn mirror_jobs(file: &Arc<File>) -> impl Iterator<Item = MirrorJob> {
    let jobs: &[Job] = match &file.statements {
        Statements::Jobs(jobs) => jobs,
        _ => &[],
    };
    jobs.iter()
        .enumerate()
        .filter(|(_, job)| is_mirror_job(job))
        .map(|(index, job)| MirrorJob {
            file: file.clone(),
            index,
            selectors: selectors(file, job),
            files: Vec::new(),
        })
}

/// Whether a job mirrors: by its label, its name, or the ConfigMap it mounts.
#[must_use]
pub fn is_mirror_job(job: &Job) -> bool {
    let by_label = job
        .label("ci.openshift.io/role")
        .is_some_and(|role| &*role.value == "image-mirroring");
    let by_name = job
        .name
        .as_ref()
        .is_some_and(|name| name.value.starts_with("periodic-image-mirroring-"));
    let by_mount = job.volumes().any(|volume| {
        volume
            .config_map
            .as_ref()
            .is_some_and(|m| &*m.value == CONFIG_MAP)
    });
    by_label || by_name || by_mount
}

/// What a job reads: the variable `MAPPING_FILE_PREFIX`, and every path below the mount in its
/// shell lines.
fn selectors(file: &File, job: &Job) -> Vec<Selector> {
    // The name ends where a shell word or quotation would.
    static MOUNTED: LazyLock<Regex> = LazyLock::new(|| {
        #[expect(
            clippy::expect_used,
            reason = "the pattern is a constant that a test compiles"
        )]
        Regex::new(&format!(r"{MOUNT}/([-._A-Za-z0-9]+)(\*?)")).expect("a constant pattern")
    });
    let mut selectors = Vec::new();
    for container in job.containers() {
        let prefix = container
            .env("MAPPING_FILE_PREFIX")
            .and_then(|var| var.value.as_ref());
        if let Some(prefix) = prefix.filter(|prefix| !prefix.value.is_empty()) {
            selectors.push(Selector {
                prefix: prefix.value.to_string(),
                exact: false,
                span: prefix.span,
                matches_nothing: false,
            });
        }
        for argument in &container.arguments {
            for found in MOUNTED.captures_iter(file.slice(argument.span)) {
                let (Some(name), Some(star)) = (found.get(1), found.get(2)) else {
                    continue;
                };
                selectors.push(Selector {
                    prefix: name.as_str().to_owned(),
                    exact: star.is_empty(),
                    span: Span::new(name.start(), star.end()).shifted(argument.span.start as usize),
                    matches_nothing: false,
                });
            }
        }
    }
    selectors
}
