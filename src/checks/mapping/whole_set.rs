//! A mirror set seen whole: what else it lacks.

use super::file_start;
use crate::checkout::Checkout;

/// The parts that a mirror set consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Owners,
    MappingFile,
    Job,
}

/// A sentence on what else the set `name` lacks beside `this`; empty when that is all.
pub(super) fn also_lacks(checkout: &Checkout, name: &str, this: Part) -> String {
    let mirroring = checkout.mirroring();
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
    let secret = checkout.conventions.push_secret(name);
    if !has_job && mirroring.has_jobs() && checkout.secrets().named(&secret).is_empty() {
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
