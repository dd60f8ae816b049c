//! Which jobs read a mapping file: none, or too many.

use super::whole_set as whole;
use crate::checkout::Checkout;
use crate::checkout::mirroring::{MirrorJob, MirroredFile, Selector};
use crate::checks::Drafts;
use crate::checks::listing::listed;
use crate::finding::{Draft, Place};
use crate::limits::{MAX_READERS, MAX_RELATED};
use crate::model::conventions::JobForm;

/// `mapping-file-unselected`: no job reads the file.
pub(super) fn unselected(checkout: &Checkout, drafts: &mut Drafts) {
    let mirroring = &checkout.mirroring;
    if !mirroring.has_jobs() {
        return; // a part of a checkout, which says nothing about jobs
    }
    let form = whole::newest_form(checkout);
    let form = form.unwrap_or_else(|| checkout.conventions.new_job());
    let files = mirroring.files.iter().filter(|file| file.set.is_some());
    for file in files.filter(|file| file.readers.is_empty()) {
        drafts.push(unread(checkout, file, form));
    }
}

fn unread(checkout: &Checkout, file: &MirroredFile, form: JobForm<'_>) -> Draft {
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
            "add a job for the set to `{}`{}; for example:\n{}",
            checkout.conventions.mirror_jobs.file,
            whole::also_lacks(checkout, set, whole::Part::Job),
            checkout.conventions.job_for(set, form)
        )),
    }
}

/// `mapping-file-selected-twice`: jobs of different sets read it.
pub(super) fn selected_twice(checkout: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    if file.set.is_none() || file.readers.len() < 2 {
        return;
    }
    let mirroring = &checkout.mirroring;
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
    )
    .related_total(jobs.len());
    for (job, selector) in jobs.into_iter().take(MAX_RELATED) {
        let place = job.place(selector.span);
        draft = draft.related(place, format!("read by `{}`", job.name()));
    }
    drafts.push(draft);
}
