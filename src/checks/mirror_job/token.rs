//! Mirror jobs that log in to the registry without a token.

use super::{Part, wrong_part};
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checks::{Drafts, edits};
use crate::finding::{Draft, Fix};

/// The field that gives a pod its ServiceAccount's token.
const FIELD: &str = "automountServiceAccountToken";

/// `mirror-job-token`
pub(super) fn token(checkout: &Checkout, job: &MirrorJob, drafts: &mut Drafts) {
    let known = &checkout.conventions.mirror_jobs;
    let Some(spec) = &job.job().spec else {
        return;
    };
    let token = spec.automount_token.as_ref();
    if token.is_some_and(|token| matches!(&*token.value, "true" | "True" | "TRUE")) {
        return;
    }
    let command = known.logs_in.iter().find(|command| {
        job.job().containers().any(|container| {
            let image = container.image.as_ref();
            if image.is_some_and(|image| known.skopeo_images.is_match(&image.value)) {
                return false;
            }
            let mut arguments = container.arguments.iter();
            arguments.any(|argument| argument.value.contains(command.as_str()))
        })
    });
    let Some(command) = command else {
        return;
    };
    let fix = match token {
        Some(token) => Fix::of_value("change to `true`", job.place(token.span), "true"),
        None => edits::add_key(&job.file, spec.span, FIELD, "true"),
    };
    drafts.push(
        Draft::new(
            job.place(token.map_or(job.job().anchor(), |token| token.span)),
            job.name(),
            format!(
                "job `{}` runs `{command}` without `{FIELD}: true`",
                job.name()
            ),
        )
        .help("without the token the login to the central registry fails; add it to `spec`")
        .follows_from(wrong_part(job.name(), Part::Pod))
        .maybe_fix(fix),
    );
}
