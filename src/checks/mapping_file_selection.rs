//! Which jobs read a mapping file: none, or too many.

use serde::Deserialize;

use super::{Check, Drafts, mirror_set_whole as whole};
use crate::checkout::Checkout;
use crate::checkout::mirroring::{MirrorJob, MirroredFile, Mirroring};
use crate::finding::{Draft, MAX_RELATED, Place};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingFileSelection {
    /// What this rule looks at.
    fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Fault {
    /// No job reads the file.
    Unselected,
    /// Jobs of different sets read it.
    SelectedTwice,
}

impl Check for MappingFileSelection {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let mirroring = &checkout.mirroring;
        if !mirroring.has_jobs() {
            return; // a part of a checkout, which says nothing about jobs
        }
        for file in mirroring.files.iter().filter(|file| file.set.is_some()) {
            match self.fault {
                Fault::Unselected if file.jobs.is_empty() => {
                    drafts.push(unselected(checkout, file));
                }
                Fault::SelectedTwice if file.jobs.len() > 1 => {
                    selected_twice(mirroring, file, drafts);
                }
                _ => {}
            }
        }
    }
}

fn unselected(checkout: &Checkout, file: &MirroredFile) -> Draft {
    let mirroring = &checkout.mirroring;
    let name = file.name();
    let set = file.set.as_deref().unwrap_or_default();
    let draft = Draft::new(
        Place::whole_file(&file.file.path),
        name,
        format!("no mirror job reads `{name}`, so nothing in it is ever mirrored"),
    );
    let of_set = whole::job_of(mirroring, set);
    match of_set.and_then(|job| Some((job, job.selectors.first()?))) {
        Some((job, selector)) => draft
            .help(format!(
                "job `{}` of this set reads `{}`; rename the file to start with `{}`",
                job.name(),
                selector.pattern(),
                selector.prefix
            ))
            .related(job.place(selector.span), "what the set's job reads"),
        None => draft.help(format!(
            "add a job for the set to `ci-operator/jobs/infra-image-mirroring.yaml`{}; for \
             example:\n{}",
            whole::also_lacks(checkout, set, whole::Part::Job),
            whole::job_pattern(mirroring, set)
        )),
    }
}

/// Jobs that a message names.
const MAX_NAMED: usize = 10;

fn selected_twice(mirroring: &Mirroring, file: &MirroredFile, drafts: &mut Drafts) {
    let jobs: Vec<&MirrorJob> = file.jobs.iter().map(|&job| &mirroring.jobs[job]).collect();
    let one_set = jobs.iter().all(|job| job.area() == jobs[0].area());
    if one_set {
        return;
    }
    let named = jobs.iter().take(MAX_NAMED);
    let mut names: Vec<String> = named.map(|job| format!("`{}`", job.name())).collect();
    if let Some(more) = jobs.len().checked_sub(MAX_NAMED).filter(|more| *more > 0) {
        names.push(format!("and {more} more"));
    }
    let mut draft = Draft::new(
        Place::whole_file(&file.file.path),
        file.name(),
        format!(
            "`{}` is read by jobs of different sets: {}",
            file.name(),
            names.join(", ")
        ),
    )
    .help(
        "every job that reads the file pushes its images, each with the credentials of its own \
         set; make the prefixes exclude each other",
    );
    for job in jobs.into_iter().take(MAX_RELATED) {
        let selector = job.selectors.iter().find(|s| s.selects(file.name()));
        if let Some(selector) = selector {
            draft = draft.related(
                job.place(selector.span),
                format!("read by `{}`", job.name()),
            );
        }
    }
    drafts.push(draft);
}
