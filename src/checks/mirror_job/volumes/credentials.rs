//! Credentials that are mounted where nothing looks for them.

use crate::checkout::mirroring::MirrorJob;
use crate::checks::Drafts;
use crate::finding::{Draft, Fix};
use crate::model::conventions::MirrorScript;
use crate::model::prow_jobs::{Container, Mount};

/// Credentials that are mounted where `oc` does not look, which is `credentials` below `HOME`.
pub(super) fn of_oc(
    credentials: &str,
    job: &MirrorJob,
    container: &Container,
    drafts: &mut Drafts,
) {
    let home = container
        .env("HOME")
        .and_then(|home| home.value.as_ref())
        .map(|home| home.value.trim_end_matches('/'));
    let (Some(home), false) = (home, credentials.is_empty()) else {
        return;
    };
    let wanted = format!("{home}/{}", credentials);
    let is_named_elsewhere = ["DOCKER_CONFIG", "REGISTRY_AUTH_FILE"]
        .iter()
        .any(|name| container.env(name).is_some());
    for mount in &container.mounts {
        let Some(path) = mount.path.as_ref() else {
            continue;
        };
        let misplaced = path.value.ends_with(credentials) && *path.value != *wanted;
        let is_used = container
            .arguments
            .iter()
            .any(|argument| argument.value.contains(&*path.value));
        if misplaced && !is_used && !is_named_elsewhere {
            drafts.push(
                Draft::new(
                    job.place(path.span),
                    format!("{} {}", job.name(), path.value),
                    format!(
                        "the credentials are at `{}`, but `HOME` is `{home}`",
                        path.value
                    ),
                )
                .help(format!(
                    "`oc` looks for them at `{wanted}` and finds none; mount them there"
                ))
                .maybe_fix(
                    Fix::of_value(
                        "mount them below `HOME`",
                        job.place(path.span),
                        wanted.clone(),
                    )
                    .map(Fix::to_review),
                ),
            );
        }
    }
}

/// Whether `container` runs it.
pub(super) fn is_run(script: &MirrorScript, container: &Container) -> bool {
    let mut arguments = container.arguments.iter();
    arguments.any(|argument| argument.value.contains(&script.name))
}

/// Credentials that are mounted where the script does not look.
pub(super) fn of_script(
    script: &MirrorScript,
    job: &MirrorJob,
    container: &Container,
    drafts: &mut Drafts,
) {
    let is_secret = |mount: &&Mount| {
        let volume = mount.volume.as_ref();
        let volume = volume.and_then(|name| job.job().volume(&name.value));
        volume.is_some_and(|volume| volume.secret.is_some())
    };
    let folder = script
        .credentials
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let mut misplaced = None;
    for mount in container.mounts.iter().filter(is_secret) {
        let Some(path) = &mount.path else {
            continue;
        };
        let at = path.value.trim_end_matches('/');
        if at == script.credentials || (at == folder && mount.sub_path.is_none()) {
            return;
        }
        let mut arguments = container.arguments.iter();
        let is_named = arguments.any(|argument| argument.value.contains(at));
        let is_read = script.also_reads.iter().any(|folder| {
            let below = at.strip_prefix(folder.as_str());
            below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
        });
        if !is_named && !is_read {
            misplaced.get_or_insert(path);
        }
    }
    let Some(path) = misplaced else {
        return;
    };
    drafts.push(
        Draft::new(
            job.place(path.span),
            format!("{} {}", job.name(), path.value),
            format!(
                "the credentials are at `{}`, and `{}` reads `{}`",
                path.value, script.name, script.credentials
            ),
        )
        .help("the job pushes without credentials and is refused; mount them there")
        .maybe_fix(
            Fix::of_value(
                format!("mount them at `{}`", script.credentials),
                job.place(path.span),
                script.credentials.clone(),
            )
            .map(Fix::to_review),
        ),
    );
}
