//! Rules about the jobs that mirror.

mod dry_run;
mod foreign_secret;
mod job;
mod name;
mod prow_job;
mod script;
mod secret;
mod sub_path;
mod token;
mod unknown_secret;
mod unusual;
mod volumes;

use super::{Named, each_mirror_job, rule, rule_with, whole_checkout};
use crate::checkout::mirroring::Mirroring;
use crate::finding::Draft;
use crate::limits::MAX_FILES_OF_JOB;
use crate::model::schema::{Fault, FaultKind};
use crate::tree::RepoPath;

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    rule("mirror-job-area", || each_mirror_job(job::area)),
    rule("mirror-job-configmap", || {
        each_mirror_job(volumes::config_map)
    }),
    rule("mirror-job-dry-run", || each_mirror_job(dry_run::dry_run)),
    rule("mirror-job-name", || whole_checkout(name::name)),
    rule("mirror-job-prefix", || each_mirror_job(job::prefix)),
    rule_with("mirror-job-script", |p| {
        let rule: script::Script = p.read()?;
        Ok(each_mirror_job(move |checkout, job, drafts| {
            rule.run(checkout, job, drafts)
        }))
    }),
    rule("mirror-job-secret", || {
        whole_checkout(unknown_secret::unknown)
            .grading_new(unknown_secret::severity_of_new)
            .advising_new(unknown_secret::advice_on_new)
    }),
    rule("mirror-job-secret-cluster", || {
        whole_checkout(secret::cluster)
    }),
    rule("mirror-job-selects-nothing", || {
        whole_checkout(job::selects_nothing)
    }),
    rule("mirror-job-shape", || each_mirror_job(job::shape)),
    rule("mirror-job-subpath", || {
        whole_checkout(sub_path::sub_path).grading_new(sub_path::severity_of_new)
    }),
    rule("mirror-job-token", || each_mirror_job(token::token)),
    rule("mirror-job-volumes", || each_mirror_job(volumes::volumes)),
    rule("prow-job-unusual", || whole_checkout(unusual::unusual)),
    rule_with("prow-job", |p| {
        let rule: prow_job::ProwJob = p.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            rule.run(checkout, drafts)
        }))
    }),
];

/// A part of a job, of which other findings may follow from one that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// What stands beside its name.
    Job,
    Cluster,
    Labels,
    Variables,
    /// Volumes and containers.
    Pod,
    /// The names of volumes in mounts.
    Mounts,
}

impl Part {
    const ALL: [Self; 6] = [
        Self::Job,
        Self::Cluster,
        Self::Labels,
        Self::Variables,
        Self::Pod,
        Self::Mounts,
    ];
}

/// The mapping files of these numbers, which are not mirrored where the job is wrong.
fn mirrored<'m>(mirroring: &'m Mirroring, files: &[usize]) -> impl Iterator<Item = &'m RepoPath> {
    let files = files.iter().take(MAX_FILES_OF_JOB);
    files.map(|&file| &mirroring.files[file].file.path)
}

/// The topic of what follows from a wrong part of a job.
fn wrong_part(job: &str, part: Part) -> String {
    format!("{part:?} of job {job}")
}

/// A finding about a field that cannot be read; what the job lacks follows from an unknown one.
fn misread(draft: Draft, job: &str, fault: &Fault) -> Draft {
    let is_unknown = matches!(fault.kind, FaultKind::Unknown { .. });
    let parts = Part::ALL.into_iter().filter(|_| is_unknown);
    parts.fold(draft, |draft, part| draft.explains(wrong_part(job, part)))
}
