//! What a mirror job is called.

use std::collections::BTreeMap;

use super::job::sets_of;
use super::{Part, wrong_part};
use crate::checkout::Checkout;
use crate::checkout::mirroring::{MirrorJob, Mirroring};
use crate::checks::{Drafts, mapping};
use crate::finding::{Draft, Fix, Place, Severity};
use crate::syntax::likeness::{Effort, differ_in_number, distance_within, slips};

/// `mirror-job-name`
pub(super) fn name(checkout: &Checkout, drafts: &mut Drafts) {
    for job in &checkout.mirroring().jobs {
        own_name(checkout, job, drafts);
    }
    same_name(checkout.mirroring(), drafts);
}

fn own_name(checkout: &Checkout, job: &MirrorJob, drafts: &mut Drafts) {
    let mirroring = checkout.mirroring();
    let prefix = &*checkout.conventions.mirror_jobs.name_prefix;
    let Some(name) = &job.job().name else {
        drafts.push(
            Draft::new(
                job.place(job.job().span),
                "no name",
                "a mirror job has no name",
            )
            .severity(Severity::Error)
            .help(format!("Prow refuses the file; call it `{prefix}<set>`"))
            .follows_from(wrong_part(job.name(), Part::Job)),
        );
        return;
    };
    let Some(set) = name.value.strip_prefix(prefix) else {
        drafts.push(
            Draft::new(
                job.place(name.span),
                name.value.to_string(),
                format!("mirror job `{}` is not called `{prefix}…`", name.value),
            )
            .help("dashboards and people find mirror jobs by that name"),
        );
        return;
    };
    // The rest of the name is free, unless it is another set's, or nearly the own one's.
    if let Some(near) = misspelt(mirroring, job, set) {
        let right = format!("{prefix}{near}");
        let message = format!(
            "job `{}` is nearly called after its mirror set `{near}`",
            name.value
        );
        let place = job.place(name.span);
        drafts.push(
            Draft::new(place.clone(), name.value.to_string(), message)
                .help(format!("if it is misspelt, write `{right}`"))
                .alternatives(Fix::alternative(place, right)),
        );
    } else if let Some(set) = other_set(mirroring, job, set) {
        let mut files = job.files.iter().map(|&file| &mirroring.files[file]);
        let reads_alone = files.any(|file| file.readers.len() == 1);
        let draft = Draft::new(
            job.place(name.span),
            name.value.to_string(),
            format!(
                "job `{}` is called after mirror set `{set}`, of which it reads nothing",
                name.value
            ),
        )
        .help("the name may be left over from the job this one was copied from")
        .follows_from(taken(&name.value));
        drafts.push(match reads_alone {
            true => draft,
            false => draft.follows_from(mapping::intrudes(job)),
        });
    }
}

/// What the job's set is called, where `name` is that with a letter or two that are wrong: the set that its
/// files lie in and that its label names.
fn misspelt<'m>(mirroring: &'m Mirroring, job: &'m MirrorJob, name: &str) -> Option<&'m str> {
    let sets = sets_of(mirroring, job.files.iter());
    let [set] = sets.into_iter().collect::<Vec<_>>()[..] else {
        return None;
    };
    let letters = |name: &str| name.replace(['-', '_', '.'], "");
    let (own, wanted) = (letters(name), letters(set));
    let is_free =
        mirroring.sets.contains_key(name) || own.contains(&wanted) || wanted.contains(&own);
    let is_near = distance_within(&own, &wanted, slips(&wanted, 2), &Effort::default()).is_some();
    let is_free = is_free || differ_in_number(&own, &wanted);
    let is_labelled = job.area() == Some(set);
    (is_labelled && !is_free && is_near).then_some(set)
}

/// The topic of what follows from a name that another job has.
fn taken(name: &str) -> String {
    format!("job name {name} is taken")
}

/// The set that a name starts with, where the job reads files of others only and is not called after
/// any of these.
fn other_set<'m>(mirroring: &'m Mirroring, job: &MirrorJob, name: &str) -> Option<&'m str> {
    let read = sets_of(mirroring, job.files.iter());
    let is_own = read.iter().any(|set| name.contains(set)) || read.is_empty();
    let ends = name.match_indices('-').map(|(at, _)| at);
    let starts = ends.chain([name.len()]).map(|end| &name[..end]);
    let mut known = starts.filter_map(|start| mirroring.sets.get_key_value(start));
    let (set, members) = known.next_back()?;
    let has_files = !members.files.is_empty();
    (has_files && !is_own).then_some(set)
}

fn same_name(mirroring: &Mirroring, drafts: &mut Drafts) {
    let mut first: BTreeMap<&str, Place> = BTreeMap::new();
    for job in &mirroring.jobs {
        let Some(name) = &job.job().name else {
            continue;
        };
        let place = job.place(name.span);
        if let Some(first) = first.get(&*name.value) {
            drafts.push(
                Draft::new(
                    place,
                    name.value.to_string(),
                    format!("there is another job called `{}`", name.value),
                )
                .severity(Severity::Error)
                .help("Prow refuses a job name that is taken; rename one of the two")
                .related(first.clone(), "the other one")
                .explains(taken(&name.value)),
            );
        } else {
            first.insert(&name.value, place);
        }
    }
}
