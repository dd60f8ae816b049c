//! The jobs that mirror, and how they say which mapping files they read.

use std::ops::Range;
use std::sync::Arc;

use crate::finding::Place;
use crate::model::File;
use crate::model::conventions::MirrorJobs;
use crate::model::prow_jobs::Job;
use crate::syntax::span::Span;

/// A periodic job that mirrors.
#[derive(Debug)]
pub struct MirrorJob {
    /// The file that defines it.
    pub file: Arc<File>,
    /// Which of the file's jobs it is.
    pub index: usize,
    /// How it says which mapping files it reads.
    pub selectors: Vec<Selector>,
    /// Which of [`Mirroring::files`](super::Mirroring::files) it is noted for as a reader, in order.
    pub files: Vec<usize>,
    area: Option<Box<str>>,
    mounts_mappings: bool,
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

impl MirrorJob {
    /// The job's definition.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.file.jobs()[self.index]
    }

    /// A place in the file that defines it.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        Place::new(&self.file.path, span)
    }

    /// Its name, or what to call it without one.
    #[must_use]
    pub fn name(&self) -> &str {
        self.job().called()
    }

    /// The first of `files`, a range of [`Mirroring::files`](super::Mirroring::files), that it is noted
    /// for as a reader.
    #[must_use]
    pub fn first_of(&self, files: &Range<usize>) -> Option<usize> {
        let at = self.files.partition_point(|&file| file < files.start);
        let first = self.files.get(at).copied();
        first.filter(|file| files.contains(file))
    }

    /// Whether it mounts the mapping files' ConfigMap.
    #[must_use]
    pub fn mounts_mappings(&self) -> bool {
        self.mounts_mappings
    }

    /// The label that should name the set.
    #[must_use]
    pub fn area(&self) -> Option<&str> {
        self.area.as_deref()
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

/// The jobs of `file` that mirror.
pub(super) fn mirror_jobs(
    file: &Arc<File>,
    conventions: &MirrorJobs,
) -> impl Iterator<Item = MirrorJob> {
    let jobs = file.jobs().iter().enumerate();
    jobs.filter(|(_, job)| conventions.is_one(job))
        .map(|(index, job)| MirrorJob {
            file: file.clone(),
            index,
            selectors: selectors(file, job, conventions),
            files: Vec::new(),
            area: job
                .label(&conventions.labels.area)
                .map(|area| area.value.clone()),
            mounts_mappings: conventions.mounts_mappings(job),
        })
}

/// What a job reads: the variable that names a prefix, and every path below the mount in its shell
/// lines.
fn selectors(file: &File, job: &Job, conventions: &MirrorJobs) -> Vec<Selector> {
    let mut selectors = Vec::new();
    for container in job.containers() {
        let prefix = container
            .env(&conventions.variables.mapping_prefix)
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
            let mounted = mounted(file.slice(argument.span), &conventions.mount);
            selectors.extend(mounted.map(|selector| Selector {
                span: selector.span.shifted(argument.span.start as usize),
                ..selector
            }));
        }
    }
    selectors
}

/// The names in `text` behind `mount`, each up to where a shell word or quotation would end.
fn mounted<'t>(text: &'t str, mount: &'t str) -> impl Iterator<Item = Selector> + 't {
    text.match_indices(mount).filter_map(move |(at, mount)| {
        let behind = text[at + mount.len()..].strip_prefix('/')?;
        let is_outside = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.' | '_');
        let end = behind.find(is_outside).unwrap_or(behind.len());
        let (name, rest) = behind.split_at(end);
        let star = usize::from(rest.starts_with('*'));
        let start = at + mount.len() + 1;
        (!name.is_empty()).then(|| Selector {
            prefix: name.to_owned(),
            exact: star == 0,
            span: Span::new(start, start + end + star),
            matches_nothing: false,
        })
    })
}
