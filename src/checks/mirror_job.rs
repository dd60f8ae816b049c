//! Rules about the jobs that mirror.

mod dry_run;
mod job;
mod prow_job;
mod secret;
mod token;
mod volumes;

use super::{Named, each_mirror_job, whole_checkout};

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    ("mirror-job-area", |p| p.none(each_mirror_job(job::area))),
    ("mirror-job-configmap", |p| {
        p.none(each_mirror_job(volumes::config_map))
    }),
    ("mirror-job-dry-run", |p| {
        p.none(each_mirror_job(dry_run::dry_run))
    }),
    ("mirror-job-name", |p| p.none(whole_checkout(job::name))),
    ("mirror-job-prefix", |p| {
        p.none(each_mirror_job(job::prefix))
    }),
    ("mirror-job-secret", |p| {
        p.none(whole_checkout(secret::unknown))
    }),
    ("mirror-job-secret-cluster", |p| {
        p.none(whole_checkout(secret::cluster))
    }),
    ("mirror-job-selects-nothing", |p| {
        p.none(whole_checkout(job::selects_nothing))
    }),
    ("mirror-job-shape", |p| p.none(each_mirror_job(job::shape))),
    ("mirror-job-subpath", |p| {
        p.none(whole_checkout(secret::sub_path))
    }),
    ("mirror-job-token", |p| {
        p.none(each_mirror_job(token::token))
    }),
    ("mirror-job-volumes", |p| {
        p.none(each_mirror_job(volumes::volumes))
    }),
    ("prow-job", |p| {
        let rule: prow_job::ProwJob = p.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            rule.run(checkout, drafts)
        }))
    }),
];
