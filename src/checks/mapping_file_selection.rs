//! Which jobs read a mapping file: none, or too many.

use serde::Deserialize;

use super::{Check, Drafts};
use crate::checkout::Checkout;
use crate::checkout::mirroring::{MirrorJob, MirroredFile, Mirroring};
use crate::finding::{Draft, Place};

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
                    drafts.push(unselected(mirroring, file));
                }
                Fault::SelectedTwice if file.jobs.len() > 1 => {
                    selected_twice(mirroring, file, drafts);
                }
                _ => {}
            }
        }
    }
}

fn unselected(mirroring: &Mirroring, file: &MirroredFile) -> Draft {
    let name = file.name();
    let set = file.set.as_deref().unwrap_or_default();
    let draft = Draft::new(
        Place::whole_file(&file.file.path),
        name,
        format!("no mirror job reads `{name}`, so nothing in it is ever mirrored"),
    );
    let of_set = mirroring.jobs.iter().find(|job| job.area() == Some(set));
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
            "add a job to `ci-operator/jobs/infra-image-mirroring.yaml` with the label \
             `ci.openshift.io/area: {set}` and `MAPPING_FILE_PREFIX: mapping_{}`",
            set.replace('-', "_")
        )),
    }
}

fn selected_twice(mirroring: &Mirroring, file: &MirroredFile, drafts: &mut Drafts) {
    let jobs: Vec<&MirrorJob> = file.jobs.iter().map(|&job| &mirroring.jobs[job]).collect();
    let one_set = jobs.iter().all(|job| job.area() == jobs[0].area());
    if one_set {
        return;
    }
    let names: Vec<String> = jobs.iter().map(|job| format!("`{}`", job.name())).collect();
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
    for job in jobs {
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
