//! Which jobs read a mapping file: none, or too many.

use serde::Deserialize;

use super::listing::listed;
use super::{Check, Drafts, mirror_set_whole as whole};
use crate::checkout::Checkout;
use crate::checkout::mirroring::{MirrorJob, MirroredFile, Mirroring, Selector};
use crate::finding::{Draft, Place};
use crate::limits::{MAX_READERS, MAX_RELATED};

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
        let model = whole::model_job(mirroring);
        for file in mirroring.files.iter().filter(|file| file.set.is_some()) {
            match self.fault {
                Fault::Unselected if file.readers.is_empty() => {
                    drafts.push(unselected(checkout, file, model));
                }
                Fault::SelectedTwice if file.readers.len() > 1 => {
                    selected_twice(mirroring, file, drafts);
                }
                _ => {}
            }
        }
    }
}

fn unselected(
    checkout: &Checkout,
    file: &MirroredFile,
    model: Option<whole::ModelJob<'_>>,
) -> Draft {
    let mirroring = &checkout.mirroring;
    let name = file.name();
    let set = file.set.as_deref().unwrap_or_default();
    let draft = Draft::new(
        Place::whole_file(&file.file.path),
        name,
        format!("no mirror job reads `{name}`, so nothing in it is ever mirrored"),
    );
    let of_set = mirroring.job_of(set);
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
            whole::job_pattern(model, set)
        )),
    }
}

fn selected_twice(mirroring: &Mirroring, file: &MirroredFile, drafts: &mut Drafts) {
    let readers = file.readers.iter();
    let jobs: Vec<(&MirrorJob, &Selector)> = readers
        .map(|reader| {
            let job = &mirroring.jobs[reader.job];
            (job, &job.selectors[reader.selector])
        })
        .collect();
    let one_set = jobs.iter().all(|(job, _)| job.area() == jobs[0].0.area());
    if one_set {
        return;
    }
    let names = listed(jobs.iter().map(|(job, _)| job.name()), ", ");
    let at_least = match jobs.len() {
        MAX_READERS => " at least",
        _ => "",
    };
    let mut draft = Draft::new(
        Place::whole_file(&file.file.path),
        file.name(),
        format!(
            "`{}` is read by jobs of different sets: {names}{at_least}",
            file.name(),
        ),
    )
    .help(
        "every job that reads the file pushes its images, each with the credentials of its own \
         set; make the prefixes exclude each other",
    );
    for (job, selector) in jobs.into_iter().take(MAX_RELATED) {
        let place = job.place(selector.span);
        draft = draft.related(place, format!("read by `{}`", job.name()));
    }
    drafts.push(draft);
}
