//! Mirror jobs that log in to the registry without a token.

use regex::Regex;
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::{Drafts, Look, edits, params};
use crate::finding::{Draft, Fix};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct MirrorJobToken {
    /// Commands that log in, as they stand in `command` and `args`.
    logs_in: Vec<String>,
    /// Images whose entry point has other credentials, and does not log in.
    #[serde(deserialize_with = "params::pattern")]
    other_images: Regex,
}

/// The field that gives a pod its ServiceAccount's token.
const FIELD: &str = "automountServiceAccountToken";

impl Look for MirrorJobToken {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for job in &checkout.mirroring.jobs {
            let Some(spec) = &job.job().spec else {
                continue;
            };
            let token = spec.automount_token.as_ref();
            if token.is_some_and(|token| matches!(&*token.value, "true" | "True" | "TRUE")) {
                continue;
            }
            let command = self.logs_in.iter().find(|command| {
                job.job().containers().any(|container| {
                    let image = container.image.as_ref();
                    if image.is_some_and(|image| self.other_images.is_match(&image.value)) {
                        return false;
                    }
                    let mut arguments = container.arguments.iter();
                    arguments.any(|argument| argument.value.contains(command.as_str()))
                })
            });
            let Some(command) = command else {
                continue;
            };
            let fix = match token {
                Some(token) => Fix::of_value("write `true`", job.place(token.span), "true"),
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
                .maybe_fix(fix),
            );
        }
    }
}
