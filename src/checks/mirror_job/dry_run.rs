//! Mirror jobs that push nothing, or push when they are only rehearsed.

use super::{Part, wrong_part};
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checks::{Drafts, edits};
use crate::finding::{Draft, Fix, Severity};
use crate::model::conventions::MirrorJobs;
use crate::model::prow_jobs::{Container, EnvVar};

/// `mirror-job-dry-run`
pub(super) fn dry_run(checkout: &Checkout, job: &MirrorJob, drafts: &mut Drafts) {
    let known = &checkout.conventions.mirror_jobs;
    let label = job.job().label(&known.labels.rehearsable);
    let rehearsed = label.is_some_and(|label| &*label.value == "true");
    for container in job.job().containers() {
        // The inline shell of older jobs mirrors without asking.
        match container.env(&known.variables.mapping_prefix) {
            Some(prefix) => script(known, job, container, prefix, rehearsed, drafts),
            None if rehearsed && !job.selectors.is_empty() => {
                drafts.push(pushes(known, job, None));
            }
            None => {}
        }
    }
}

fn script(
    known: &MirrorJobs,
    job: &MirrorJob,
    container: &Container,
    prefix: &EnvVar,
    rehearsed: bool,
    drafts: &mut Drafts,
) {
    let name = &known.variables.dry_run;
    let Some(variable) = container.env(name) else {
        if !rehearsed {
            let title = format!("add `{name}: \"false\"`");
            let pairs = [("name", name.as_str()), ("value", "\"false\"")];
            drafts.push(
                Draft::new(
                    job.place(job.job().anchor()),
                    job.name(),
                    format!(
                        "mirror job `{}` does not set `{name}`, which defaults to `true`",
                        job.name()
                    ),
                )
                .help(format!(
                    "nothing is pushed; add the variable `{name}` with the value `\"false\"`"
                ))
                .follows_from(wrong_part(job.name(), Part::Variables))
                .maybe_fix(edits::add_item(&job.file, prefix.span, &title, &pairs)),
            );
        }
        return;
    };
    if variable.is_taken {
        return;
    }
    let value = variable.value.as_ref();
    let span = value.map_or(variable.span, |value| value.span);
    let text = value.map_or("", |value| &*value.value);
    if !variable.is_string {
        let fix = Fix::safe("put it in quotes", job.place(span), format!("\"{text}\""));
        drafts.push(
            Draft::new(
                job.place(span),
                job.name(),
                format!("`{name}` is `{text}` without quotes, which is no string"),
            )
            .severity(Severity::Error)
            .help("Kubernetes takes strings only in `env`; put it in quotes")
            .fix(fix),
        );
    } else if text == "false" {
        if rehearsed {
            drafts.push(pushes(known, job, Some(variable)));
        }
    } else if !(rehearsed && text == "true") {
        drafts.push(
            Draft::new(
                job.place(span),
                job.name(),
                format!(
                    "`{name}` is `{text}`, so job `{}` pushes nothing",
                    job.name()
                ),
            )
            .help("set it to `\"false\"` once a rehearsal has shown what would be pushed"),
        );
    }
}

fn pushes(known: &MirrorJobs, job: &MirrorJob, variable: Option<&EnvVar>) -> Draft {
    let at = variable.map_or(job.job().anchor(), |variable| {
        variable
            .value
            .as_ref()
            .map_or(variable.span, |value| value.span)
    });
    let draft = Draft::new(
        job.place(at),
        job.name(),
        format!(
            "job `{}` can be rehearsed and would push from the rehearsal",
            job.name()
        ),
    )
    .severity(Severity::Error)
    .help(format!(
        "anybody's pull request could publish images; remove the label `{}`, or set `{}` to \
         `\"true\"` until the rehearsal has run",
        known.labels.rehearsable, known.variables.dry_run
    ));
    match job.job().label(&known.labels.rehearsable) {
        Some(label) => draft.related(job.place(label.span), "makes it rehearsable"),
        None => draft,
    }
}
