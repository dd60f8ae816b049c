//! Which jobs read a mapping file: none, or too many.

use std::collections::BTreeMap;

use super::{file_start, whole_set as whole};
use crate::checkout::Checkout;
use crate::checkout::mirroring::{MirrorJob, MirroredFile, Mirroring, Reader, Selector};
use crate::checks::listing::listed;
use crate::checks::unparsed;
use crate::checks::{Advice, Drafts};
use crate::finding::{Draft, Finding, Place};
use crate::limits::MAX_READERS;
use crate::model::FileKind;
use crate::model::conventions::JobForm;

/// `mapping-file-unselected`: no job reads the file.
pub(super) fn unselected(checkout: &Checkout, drafts: &mut Drafts) {
    let mirroring = checkout.mirroring();
    if !mirroring.has_jobs() {
        return; // a part of a checkout, which says nothing about jobs
    }
    let form = checkout.form_of_new_job();
    let files = mirroring.files.iter().filter(|file| file.set.is_some());
    let unparsed = unparsed::of_kinds(checkout, &[FileKind::ProwJobs]);
    for file in files.filter(|file| file.readers.is_empty()) {
        let set = file.set.as_deref().unwrap_or_default();
        let draft = unread(checkout, file, form)
            .follows_from(super::misnamed(&file.file.path))
            .follows_from(super::passed_over(set))
            .follows_from_any(unparsed.iter().cloned())
            .explains(super::unread(set));
        drafts.push(match mirroring.job_of(set) {
            Some(_) => draft,
            None => draft.one_of_many(super::without_job(set)),
        });
    }
}

/// What to do where the change takes the job of the set away, which the finding explains others by.
pub(super) fn advice_on_new(finding: &Finding, base: &Checkout) -> Option<Advice> {
    let folder = &base.conventions.mapping_files.folder;
    let (set, _) = finding.place.path.below(folder)?.split_once('/')?;
    if !finding.links.explains.contains(&super::without_job(set)) {
        return None;
    }
    let job = base.mirroring().job_of(set)?;
    let help = format!(
        "this change takes job `{}` away, which mirrors set `{set}`; put it back, or delete the set's files too",
        job.name()
    );
    Some(Advice { help, meant: None })
}

fn unread(checkout: &Checkout, file: &MirroredFile, form: JobForm<'_>) -> Draft {
    let mirroring = checkout.mirroring();
    let name = file.name();
    let set = file.set.as_deref().unwrap_or_default();
    let draft = Draft::new(
        Place::whole_file(&file.file.path),
        name,
        format!("no mirror job reads `{name}`, so nothing in it is ever mirrored"),
    );
    let Some(job) = mirroring.job_of(set) else {
        return draft.help(format!(
            "add a job for the set to `{}`{}; for example:\n{}",
            checkout.conventions.mirror_jobs.file,
            whole::also_lacks(checkout, set, whole::Part::Job),
            checkout
                .conventions
                .job_for(set, &checkout.conventions.push_secret(set), form)
        ));
    };
    let Some(selector) = job.selectors.first() else {
        return draft
            .help(format!(
                "let job `{}` of this set read `{}`",
                job.name(),
                file_start::of_set(checkout, set)
            ))
            .related(job.place(job.job().anchor()), "the set's job");
    };
    let next = match file_start::of_job(checkout, file, selector) {
        Some(start) => format!("let the job read `{start}`, as the files are called"),
        None => {
            let start = file_start::of_set(checkout, set);
            format!("rename the file to start with `{start}`")
        }
    };
    let (name, pattern) = (job.name(), selector.pattern());
    draft
        .help(format!(
            "job `{name}` of this set reads `{pattern}`; {next}"
        ))
        .related(job.place(selector.span), "what the set's job reads")
}

/// `mapping-file-selected-twice`: jobs of different sets read a file. Where one of them is the job of
/// the file's own set, each other one gets a finding for all such files; else the file gets one.
pub(super) fn selected_twice(checkout: &Checkout, drafts: &mut Drafts) {
    let mirroring = checkout.mirroring();
    let mut intruders: BTreeMap<Reader, Vec<&MirroredFile>> = BTreeMap::new();
    for file in mirroring.files.iter().filter(|file| file.readers.len() > 1) {
        let Some(set) = &file.set else {
            continue;
        };
        let area = |reader: &Reader| mirroring.jobs[reader.job].area();
        let first = area(&file.readers[0]);
        if file.readers.iter().all(|reader| area(reader) == first) {
            continue;
        }
        // The set's own jobs say so, or read nothing else.
        let by_label = |reader: &Reader| area(reader) == Some(set);
        let by_files = |reader: &Reader| reads_only(mirroring, reader.job, set);
        let (own, others): (Vec<&Reader>, Vec<&Reader>) = if file.readers.iter().any(by_label) {
            file.readers.iter().partition(|reader| by_label(reader))
        } else {
            file.readers.iter().partition(|reader| by_files(reader))
        };
        if own.is_empty() || others.is_empty() {
            drafts.push(contested(mirroring, file));
        }
        for reader in others.into_iter().filter(|_| !own.is_empty()) {
            intruders.entry(*reader).or_default().push(file);
        }
    }
    for (reader, files) in intruders {
        drafts.extend(intruder(checkout, reader, &files));
    }
}

/// Whether all files that a job reads lie in the set.
fn reads_only(mirroring: &Mirroring, job: usize, set: &str) -> bool {
    let mut files = mirroring.jobs[job].files.iter();
    files.all(|&file| mirroring.files[file].set.as_deref() == Some(set))
}

/// A job that reads `files` of sets that have jobs of their own.
fn intruder(checkout: &Checkout, reader: Reader, files: &[&MirroredFile]) -> Option<Draft> {
    let mirroring = checkout.mirroring();
    let job = &mirroring.jobs[reader.job];
    let selector = &job.selectors[reader.selector];
    let first = files.first()?;
    let set = first.set.as_deref().unwrap_or_default();
    let read = match files.len() {
        1 => format!(
            "`{}` of set `{set}`, which has a job of its own",
            first.name()
        ),
        count => format!(
            "{count} files of sets that have jobs of their own, such as `{}` of set `{set}`",
            first.name()
        ),
    };
    let draft = Draft::new(
        job.place(selector.span),
        format!("{} {}", job.name(), selector.pattern()),
        format!(
            "job `{}` reads `{}`, and so also {read}",
            job.name(),
            selector.pattern()
        ),
    )
    .related_total(files.len())
    .affects(files.iter().map(|file| &file.file.path))
    .explains(super::intrudes(job));
    let help = "both jobs push the same images, each with the credentials of its own set";
    let draft = match deserted(checkout, job, selector) {
        Some((set, start)) => draft
            .help(format!(
                "{help}; the files of set `{set}`, which this job is for, start with `{start}`"
            ))
            .explains(super::passed_over(set))
            .explains(super::unread(set)),
        None => draft.help(format!(
            "{help}; make the prefix longer, so that it starts the names of the job's own files alone"
        )),
    };
    Some(files.iter().fold(draft, |draft, file| {
        draft.related(Place::whole_file(&file.file.path), "read by two jobs")
    }))
}

/// The set that a job is for by its label, where it reads none of that set's files and nobody else does, and
/// what it should read.
fn deserted<'c>(
    checkout: &'c Checkout,
    job: &'c MirrorJob,
    selector: &Selector,
) -> Option<(&'c str, String)> {
    let mirroring = checkout.mirroring();
    let area = job.area()?;
    let set = mirroring.sets.get(area)?;
    let &first = set.unread.first()?;
    if set.unread.len() != set.files.len() {
        return None;
    }
    let start = file_start::of_job(checkout, &mirroring.files[first], selector)?;
    Some((area, start))
}

/// A file that jobs read of which none is its own set's.
fn contested(mirroring: &Mirroring, file: &MirroredFile) -> Draft {
    let readers = file.readers.iter();
    let jobs: Vec<(&MirrorJob, &Selector)> = readers
        .map(|reader| {
            let job = &mirroring.jobs[reader.job];
            (job, &job.selectors[reader.selector])
        })
        .collect();
    let names = listed(jobs.iter().map(|(job, _)| job.name()), ", ");
    let at_least = match jobs.len() {
        MAX_READERS => " at least",
        _ => "",
    };
    let draft = Draft::new(
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
    .related_total(jobs.len())
    .follows_from_any(jobs.iter().map(|(job, _)| super::intrudes(job)));
    jobs.into_iter().fold(draft, |draft, (job, selector)| {
        let place = job.place(selector.span);
        draft.related(place, format!("read by `{}`", job.name()))
    })
}
