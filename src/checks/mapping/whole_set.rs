//! A mirror set seen whole: what else it lacks, and the job it should have.

use super::file_start;
use crate::checkout::Checkout;
use crate::model::Text;
use crate::model::conventions::JobForm;

/// How many bytes of another job are worth repeating.
const MAX_MODEL: usize = 2000;

/// The parts that a mirror set consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Owners,
    MappingFile,
    Job,
}

/// A sentence on what else the set `name` lacks beside `this`; empty when that is all.
pub(super) fn also_lacks(checkout: &Checkout, name: &str, this: Part) -> String {
    let mirroring = &checkout.mirroring;
    let Some(set) = mirroring.sets.get(name) else {
        return String::new();
    };
    let mut lacking = Vec::new();
    if this != Part::Owners && !set.has_owners {
        lacking.push("an `OWNERS` file".to_owned());
    }
    if this != Part::MappingFile && set.files.is_empty() {
        lacking.push(format!(
            "a mapping file `{}…`",
            file_start::of_set(checkout, name)
        ));
    }
    let has_job = set.job.is_some();
    if this != Part::Job && !has_job && mirroring.has_jobs() {
        lacking.push(format!(
            "a job in `{}`",
            checkout.conventions.mirror_jobs.file
        ));
    }
    let secret = format!("{}{name}", checkout.conventions.secrets.push_prefix);
    if !has_job && mirroring.has_jobs() && checkout.secrets.named(&secret).is_empty() {
        lacking.push(format!(
            "the push credentials, such as secret `{secret}` from Vault"
        ));
    }
    match lacking.split_last() {
        None => String::new(),
        Some((last, [])) => format!("; the set also lacks {last}"),
        Some((last, rest)) => format!("; the set also lacks {} and {last}", rest.join(", ")),
    }
}

/// The form of the last job that asks for mapping files by a variable: most likely the newest.
pub(super) fn newest_form(checkout: &Checkout) -> Option<JobForm<'_>> {
    let known = &checkout.conventions.mirror_jobs;
    let new = checkout.conventions.new_job();
    let form = checkout.mirroring.jobs.iter().rev().find_map(|job| {
        let mut containers = job.job().containers();
        let container = containers.find(|c| c.env(&known.variables.mapping_prefix).is_some())?;
        let mut runs = container.arguments.iter().map(|argument| &*argument.value);
        let is_script = |run: &str| {
            known
                .scripts
                .iter()
                .any(|script| run.contains(&script.name))
        };
        let entry_point = &*known.entry_point.command;
        let run = runs.find(|run| is_script(run) || *run == entry_point)?;
        Some(JobForm {
            cluster: value(job.job().cluster.as_ref()).unwrap_or(new.cluster),
            image: value(container.image.as_ref()).unwrap_or(new.image),
            script: (run != entry_point).then_some(run),
        })
    })?;
    // It is repeated at each file that no job reads.
    let length = form.cluster.len() + form.image.len() + form.script.map_or(0, str::len);
    (length <= MAX_MODEL).then_some(form)
}

fn value(text: Option<&Text>) -> Option<&str> {
    text.map(|text| &*text.value)
}
