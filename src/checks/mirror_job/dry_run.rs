//! Mirror jobs that push nothing, or push when they are only rehearsed.

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checks::{Drafts, Look, edits};
use crate::finding::{Draft, Fix, Severity};
use crate::model::prow_jobs::{Container, EnvVar};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct MirrorJobDryRun {
    /// The variable that the mirror script looks at; true unless it says otherwise.
    variable: String,
    /// The label that makes a job rehearsable.
    rehearsal_label: String,
}

impl Look for MirrorJobDryRun {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for job in &checkout.mirroring.jobs {
            let rehearsed = job
                .job()
                .label(&self.rehearsal_label)
                .is_some_and(|label| &*label.value == "true");
            for container in job.job().containers() {
                // The inline shell of older jobs mirrors without asking.
                match container.env("MAPPING_FILE_PREFIX") {
                    Some(prefix) => self.script(job, container, prefix, rehearsed, drafts),
                    None if rehearsed && !job.selectors.is_empty() => {
                        drafts.push(self.pushes(job, None));
                    }
                    None => {}
                }
            }
        }
    }
}

impl MirrorJobDryRun {
    fn script(
        &self,
        job: &MirrorJob,
        container: &Container,
        prefix: &EnvVar,
        rehearsed: bool,
        drafts: &mut Drafts,
    ) {
        let name = &self.variable;
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
                    .maybe_fix(edits::add_item(
                        &job.file,
                        prefix.span,
                        &title,
                        &pairs,
                    )),
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
                drafts.push(self.pushes(job, Some(variable)));
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

    fn pushes(&self, job: &MirrorJob, variable: Option<&EnvVar>) -> Draft {
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
            self.rehearsal_label, self.variable
        ));
        match job.job().label(&self.rehearsal_label) {
            Some(label) => draft.related(job.place(label.span), "makes it rehearsable"),
            None => draft,
        }
    }
}
