//! Which mapping files a mirror job chooses, and for which mirror set.

use std::collections::BTreeSet;

use super::{Part, mirrored, misread, wrong_part};
use crate::checkout::Checkout;
use crate::checkout::mirroring::{MirrorJob, MirrorSet, Mirroring, Selector};
use crate::checks::file::placeholder;
use crate::checks::listing::listed;
use crate::checks::mapping::{self, file_start};
use crate::checks::{Drafts, schema_fault};
use crate::finding::{Draft, Fix, Place, Severity};
use crate::limits::MAX_RELATED;
use crate::syntax::likeness::{Effort, closest, slips};
use crate::syntax::span::Span;

/// `mirror-job-shape`: what Prow cannot read, and fields that it does not have.
pub(super) fn shape(_: &Checkout, job: &MirrorJob, drafts: &mut Drafts) {
    for fault in &job.job().faults {
        let draft = schema_fault::draft(
            &job.file.path,
            fault,
            "Prow refuses the file, or ignores the field",
        );
        drafts.push(misread(draft, job.name(), fault));
    }
}

/// `mirror-job-selects-nothing`: a prefix that no mapping file's name starts with.
pub(super) fn selects_nothing(checkout: &Checkout, drafts: &mut Drafts) {
    let mirroring = checkout.mirroring();
    let effort = Effort::default();
    if has_files(mirroring) {
        for job in &mirroring.jobs {
            reads_nothing(checkout, job, &effort, drafts);
        }
    }
}

/// Whether the checkout has mapping files that a job could read.
fn has_files(mirroring: &Mirroring) -> bool {
    mirroring.files.iter().any(|file| file.set.is_some())
}

fn reads_nothing(checkout: &Checkout, job: &MirrorJob, effort: &Effort, drafts: &mut Drafts) {
    for selector in job
        .selectors
        .iter()
        .filter(|selector| selector.matches_nothing)
    {
        let pattern = selector.pattern();
        let unread = unread(checkout, job, selector);
        let near = match unread {
            None => like(checkout, selector, effort),
            Some(_) => None,
        };
        // The shell's pattern is more than a word.
        let meant = near
            .and_then(|near| near.get(..selector.prefix.len()))
            .filter(|_| job.file.slice(selector.span) == selector.prefix);
        let next = unread
            .or_else(|| Some(format!("there is `{}`", near?)))
            .unwrap_or_else(|| "add the mapping files, or delete the job".to_owned());
        let draft = Draft::new(
            job.place(selector.span),
            format!("{} {pattern}", job.name()),
            format!(
                "job `{}` reads `{pattern}`, and there is no such mapping file",
                job.name()
            ),
        )
        .help(format!("the job fails every time it runs; {next}"))
        .alternatives(meant.and_then(|meant| Fix::alternative(job.place(selector.span), meant)))
        .follows_from(placeholder::topic(&job.file, selector.span));
        drafts.push(passes_over(checkout.mirroring(), job, draft));
    }
}

/// `draft` says that `job` reads none of its set's files: so these are unread, unless it is they that
/// are misnamed.
fn passes_over(mirroring: &Mirroring, job: &MirrorJob, draft: Draft) -> Draft {
    let Some((name, set)) = job
        .area()
        .and_then(|area| mirroring.sets.get_key_value(area))
    else {
        return draft;
    };
    let unread = set.unread.iter().take(MAX_RELATED);
    let paths = unread.map(|&at| mapping::misnamed(&mirroring.files[at].file.path));
    leaves_unread(mirroring, (name, set), draft)
        .follows_from(mapping::without_file(name))
        .follows_from_any(paths)
}

/// `draft` says why files of the set are unread.
fn leaves_unread(mirroring: &Mirroring, (name, set): (&str, &MirrorSet), draft: Draft) -> Draft {
    draft
        .affects(mirrored(mirroring, &set.unread))
        .explains(mapping::passed_over(name))
        .explains(mapping::unread(name))
}

/// What to do about the files of the job's set, if no job reads them.
fn unread(checkout: &Checkout, job: &MirrorJob, selector: &Selector) -> Option<String> {
    let mirroring = checkout.mirroring();
    let &first = mirroring.sets.get(job.area()?)?.unread.first()?;
    let first = &mirroring.files[first];
    let advice = match file_start::of_job(checkout, first, selector) {
        Some(start) => format!("the files of its set start with `{start}`: write that"),
        None => format!(
            "no job reads `{}` of its set: rename that to start with `{}`",
            first.name(),
            selector.prefix
        ),
    };
    Some(advice)
}

/// A mapping file that starts nearly as the job says.
fn like<'c>(checkout: &'c Checkout, selector: &Selector, effort: &Effort) -> Option<&'c str> {
    let starts = checkout.mirroring().files.iter().map(|file| {
        let start = file.name().get(..selector.prefix.len());
        (start.unwrap_or(file.name()), file.name())
    });
    // What all of them start with tells nothing.
    let all = &checkout.conventions.mapping_files.prefix;
    let telling = selector.prefix.get(all.len()..).unwrap_or_default();
    closest(&selector.prefix, starts, slips(telling, 2).max(1), effort)
}

/// `mirror-job-prefix`: no prefix, or one that leaves out files of its own set.
pub(super) fn prefix(checkout: &Checkout, job: &MirrorJob, drafts: &mut Drafts) {
    no_prefix(checkout, job, drafts);
    leaves_out(checkout, job, drafts);
}

fn no_prefix(checkout: &Checkout, job: &MirrorJob, drafts: &mut Drafts) {
    let variable = &checkout.conventions.mirror_jobs.variables.mapping_prefix;
    let role = &checkout.conventions.mirror_jobs.labels.role;
    let mut containers = job.job().containers();
    let taken = containers.any(|container| container.env(variable).is_some_and(|var| var.is_taken));
    if !job.selectors.is_empty() || taken {
        return;
    }
    if let Some(span) = elsewhere(checkout, job) {
        let mount = &checkout.conventions.mirror_jobs.mount;
        let message = format!(
            "job `{}` reads `{}`, where no mapping files are",
            job.name(),
            job.file.slice(span)
        );
        drafts.push(
            Draft::new(job.place(span), job.name(), message).help(format!(
                "mapping files are mounted at `{mount}`; read them there"
            )),
        );
        return;
    }
    let draft = Draft::new(
        job.place(job.job().anchor()),
        job.name(),
        format!(
            "mirror job `{}` does not say which mapping files it reads",
            job.name()
        ),
    );
    let draft = draft.follows_from(wrong_part(job.name(), Part::Variables));
    // Without the mapping files at hand it mirrors by other means.
    let mirroring = checkout.mirroring();
    let own = job
        .area()
        .and_then(|area| mirroring.sets.get_key_value(area));
    drafts.push(if job.mounts_mappings() {
        let draft = match own {
            Some((name, set)) => leaves_unread(mirroring, (name, set), draft),
            None => draft,
        };
        draft.help(format!(
            "set the variable `{variable}` to what the set's file names start with; without it the \
             script stops at once"
        ))
    } else {
        draft.severity(Severity::Warning).help(format!(
            "it does not mount the mapping files either; if it mirrors by other means, give it \
             another name and no label `{role}: {}`",
            checkout.conventions.mirror_jobs.role
        ))
    });
}

/// A path in the job's shell lines that ends in a mapping file's name, and lies where the job mounts
/// nothing.
fn elsewhere(checkout: &Checkout, job: &MirrorJob) -> Option<Span> {
    let name = format!("/{}", checkout.conventions.mapping_files.prefix);
    let arguments = job.job().containers().flat_map(|one| &one.arguments);
    let mounts = job.job().mounts().filter_map(|mount| mount.path.as_ref());
    let mounted: BTreeSet<&str> = mounts
        .map(|path| path.value.trim_end_matches('/'))
        .collect();
    let is_outside = |c: char| !c.is_ascii_alphanumeric() && !"-._/*".contains(c);
    arguments.into_iter().find_map(|argument| {
        let text = job.file.slice(argument.span);
        let at = text.find(&name)?;
        let start = text[..at].rfind(is_outside).map_or(0, |before| {
            before + text[before..].chars().next().map_or(0, char::len_utf8)
        });
        let end = text[at..]
            .find(is_outside)
            .map_or(text.len(), |end| at + end);
        let folder = &text[start..at];
        let is_mounted = mounted.contains(folder);
        let span = Span::new(start, end).shifted(argument.span.start as usize);
        (folder.starts_with('/') && !is_mounted).then_some(span)
    })
}

/// Files of the job's set that neither it nor any other job reads.
fn leaves_out(checkout: &Checkout, job: &MirrorJob, drafts: &mut Drafts) {
    let mirroring = checkout.mirroring();
    let Some(selector) = job.selectors.first() else {
        return;
    };
    for name in sets_of(mirroring, job.files.iter()) {
        // Where the prefix is the set's own name, the file is at fault.
        let own_name =
            format!("{}{name}", checkout.conventions.mapping_files.prefix).replace('-', "_");
        let prefix = selector.prefix.replace('-', "_");
        let is_own = own_name.starts_with(prefix.trim_end_matches('_'));
        let set = mirroring.sets.get(name).filter(|_| !is_own);
        let Some((set, &first)) = set.and_then(|set| Some((set, set.unread.first()?))) else {
            continue;
        };
        let mut draft = Draft::new(
            job.place(selector.span),
            format!("{} leaves files of {name}", job.name()),
            format!(
                "`{}` leaves {} of mirror set `{name}` unread, such as `{}`",
                selector.pattern(),
                match set.unread.len() {
                    1 => "a file".to_owned(),
                    count => format!("{count} files"),
                },
                mirroring.files[first].name()
            ),
        )
        .severity(Severity::Warning)
        .help(
            "a set's files share the start of their names, and its job reads what starts so; \
             rename the files, or choose a prefix that all of them have",
        );
        draft = draft.related_total(set.unread.len());
        for &left in set.unread.iter().take(MAX_RELATED) {
            let path = &mirroring.files[left].file.path;
            draft = draft.related(Place::whole_file(path), "read by no job");
        }
        let unread = set.unread.iter().take(MAX_RELATED);
        let paths = unread.map(|&at| mapping::misnamed(&mirroring.files[at].file.path));
        drafts.push(leaves_unread(mirroring, (name, set), draft).follows_from_any(paths));
    }
}

/// The sets that files lie in.
pub(super) fn sets_of<'m>(
    mirroring: &'m Mirroring,
    files: impl Iterator<Item = &'m usize>,
) -> BTreeSet<&'m str> {
    let sets = files.map(|&file| mirroring.files[file].set.as_deref());
    sets.flatten().collect()
}

/// `mirror-job-area`: the label that names the set.
pub(super) fn area(checkout: &Checkout, job: &MirrorJob, drafts: &mut Drafts) {
    let mirroring = checkout.mirroring();
    if !has_files(mirroring) {
        return;
    }
    let label = &checkout.conventions.mirror_jobs.labels.area;
    // A file that another job reads too says nothing about whose job this is.
    let alone = job.files.iter().filter(|&&file| {
        let readers = &mirroring.files[file].readers;
        readers.len() == 1
    });
    let sets = match sets_of(mirroring, alone.clone()) {
        none if none.is_empty() => sets_of(mirroring, job.files.iter()),
        sets => sets,
    };
    let read = listed(sets.iter().copied(), ", ");
    match job.job().label(label) {
        Some(area) if sets.is_empty() || sets.contains(&&*area.value) => {}
        Some(area) => {
            let is_folder_wrong = !mirroring.sets.contains_key(&*area.value)
                && alone.clone().next().is_some()
                && alone.clone().all(|&file| {
                    let names = &checkout.conventions.mapping_files;
                    let name = mirroring.files[file].name();
                    file_start::named_after(names, &area.value, name).is_some()
                });
            let message = format!(
                "label `{label}` is `{}`, but the job mirrors set {read}",
                area.value
            );
            let draft = Draft::new(job.place(area.span), job.name(), message);
            let draft = match alone.clone().next() {
                Some(_) => draft,
                None => draft.follows_from(mapping::intrudes(job)),
            };
            drafts.push(if is_folder_wrong {
                draft.help(format!(
                    "the files are named after the label too, so the folder has the wrong name: \
                     rename it to `{}`",
                    area.value
                ))
            } else {
                draft.help(
                    "the label tells people whose job this is; give it the name of the set's folder",
                )
            });
        }
        None => drafts.push(
            Draft::new(
                job.place(job.job().anchor()),
                job.name(),
                format!("mirror job `{}` has no label `{label}`", job.name()),
            )
            .help("the label tells people whose job this is; give it the name of the set's folder")
            .follows_from(wrong_part(job.name(), Part::Labels)),
        ),
    }
}
