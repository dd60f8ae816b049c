//! Rules about the jobs that mirror.

mod dry_run;
mod job;
mod prow_job;
mod secret;
mod token;
mod unknown_secret;
mod volumes;

use super::{Named, each_mirror_job, rule, rule_with, whole_checkout};

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    rule("mirror-job-area", || each_mirror_job(job::area)),
    rule("mirror-job-configmap", || {
        each_mirror_job(volumes::config_map)
    }),
    rule("mirror-job-dry-run", || each_mirror_job(dry_run::dry_run)),
    rule("mirror-job-name", || whole_checkout(job::name)),
    rule("mirror-job-prefix", || each_mirror_job(job::prefix)),
    rule("mirror-job-secret", || {
        whole_checkout(unknown_secret::unknown)
            .grading_new(unknown_secret::severity_of_new)
            .advising_new(unknown_secret::help_of_new)
    }),
    rule("mirror-job-secret-cluster", || {
        whole_checkout(secret::cluster)
    }),
    rule("mirror-job-selects-nothing", || {
        whole_checkout(job::selects_nothing)
    }),
    rule("mirror-job-shape", || each_mirror_job(job::shape)),
    rule("mirror-job-subpath", || whole_checkout(secret::sub_path)),
    rule("mirror-job-token", || each_mirror_job(token::token)),
    rule("mirror-job-volumes", || each_mirror_job(volumes::volumes)),
    rule_with("prow-job", |p| {
        let rule: prow_job::ProwJob = p.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            rule.run(checkout, drafts)
        }))
    }),
];
