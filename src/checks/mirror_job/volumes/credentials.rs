//! Credentials that a mirror job does not mount, or mounts where nothing looks for them.

use super::super::{Part, wrong_part};
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checks::Drafts;
use crate::finding::{Draft, Fix, Place};
use crate::model::Text;
use crate::model::conventions::MirrorScript;
use crate::model::prow_jobs::{Container, EnvVar, Mount, Volume};

/// Where what a container runs takes its credentials from.
pub(super) struct Source<'c> {
    /// Who takes them.
    reader: &'c str,
    file: String,
    /// Other secrets that it reads: folders.
    also_reads: &'c [String],
    /// The variable that says where.
    home: Option<&'c EnvVar>,
}

impl<'c> Source<'c> {
    /// `oc` looks below `HOME`, unless a variable says otherwise.
    pub(super) fn of_oc(credentials: &str, container: &'c Container) -> Option<Self> {
        let home = container.env("HOME")?;
        let is_told = ["DOCKER_CONFIG", "REGISTRY_AUTH_FILE"]
            .iter()
            .any(|name| container.env(name).is_some());
        if is_told || credentials.is_empty() {
            return None;
        }
        let folder = home.value.as_ref()?.value.trim_end_matches('/');
        Some(Self {
            reader: "oc",
            file: format!("{folder}/{credentials}"),
            also_reads: &[],
            home: Some(home),
        })
    }

    /// The script reads one file, whatever `HOME` is.
    pub(super) fn of_script(script: &'c MirrorScript) -> Self {
        Self {
            reader: &script.name,
            file: script.credentials.clone(),
            also_reads: &script.also_reads,
            home: None,
        }
    }

    /// Credentials that `container` mounts elsewhere, or not at all.
    pub(super) fn check(
        &self,
        checkout: &Checkout,
        job: &MirrorJob,
        container: &Container,
        drafts: &mut Drafts,
    ) {
        let folder = self.file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut misplaced = None;
        for mount in container
            .mounts
            .iter()
            .filter(|mount| holds_secret(job, mount))
        {
            let Some(path) = &mount.path else {
                continue;
            };
            let at = path.value.trim_end_matches('/');
            if at == self.file || (at == folder && mount.sub_path.is_none()) {
                return;
            }
            let mut arguments = container.arguments.iter();
            let is_named = arguments.any(|argument| argument.value.contains(at));
            let is_read = self.also_reads.iter().any(|folder| {
                let below = at.strip_prefix(folder.as_str());
                below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
            });
            if is_named {
                return;
            }
            if !is_read {
                misplaced.get_or_insert(path);
            }
        }
        match misplaced {
            Some(path) => drafts.push(self.elsewhere(checkout, job, path)),
            None => drafts.extend(self.nowhere(job)),
        }
    }

    fn elsewhere(&self, checkout: &Checkout, job: &MirrorJob, path: &Text) -> Draft {
        let entity = format!("{} {}", job.name(), path.value);
        let Some(home) = self.home.and_then(|home| home.value.as_ref()) else {
            let message = format!(
                "the credentials are at `{}`, and `{}` reads `{}`",
                path.value, self.reader, self.file
            );
            return Draft::new(job.place(path.span), entity, message)
                .help("the job pushes without credentials and is refused; mount them there")
                .maybe_fix(mount_at(job.place(path.span), &self.file));
        };
        let message = format!(
            "the credentials are at `{}`, but `HOME` is `{}`",
            path.value, home.value
        );
        // Where the mount is as in other jobs, the variable is wrong.
        let is_usual = |is_it: &dyn Fn(&MirrorJob) -> bool| {
            let mut others = checkout.mirroring().jobs.iter();
            others.any(|other| !std::ptr::eq(other, job) && is_it(other))
        };
        let has_home = |other: &MirrorJob| {
            let mut homes = other.job().containers().filter_map(|one| one.env("HOME"));
            homes.any(|own| {
                own.value
                    .as_ref()
                    .is_some_and(|own| own.value == home.value)
            })
        };
        let has_mount = |other: &MirrorJob| {
            let mut paths = other.job().mounts().filter_map(|mount| mount.path.as_ref());
            paths.any(|own| own.value == path.value)
        };
        let folder = path
            .value
            .strip_suffix(&*checkout.conventions.mirror_jobs.credentials);
        match folder.map(|folder| folder.trim_end_matches('/')) {
            Some(folder) if !folder.is_empty() && is_usual(&has_mount) && !is_usual(&has_home) => {
                let place = job.place(home.span);
                let fix = Fix::of_value(format!("change to `{folder}`"), place.clone(), folder);
                Draft::new(place, entity, message)
                    .help(format!(
                        "`oc` looks for them at `{}` and finds none; set `HOME` to `{folder}`",
                        self.file
                    ))
                    .related(job.place(path.span), "the credentials")
                    .maybe_fix(fix.map(Fix::to_review))
            }
            _ => Draft::new(job.place(path.span), entity, message)
                .help(format!(
                    "`oc` looks for them at `{}` and finds none; mount them there",
                    self.file
                ))
                .maybe_fix(mount_at(job.place(path.span), &self.file)),
        }
    }

    /// Nothing that the job mounts can be credentials.
    fn nowhere(&self, job: &MirrorJob) -> Option<Draft> {
        let is_misnamed = job.job().mounts().any(|mount| {
            let name = mount.volume.as_ref();
            name.is_none_or(|name| job.job().volume(&name.value).is_none())
        });
        let has_secret = job.job().volumes().any(may_hold_secret);
        if job.selectors.is_empty() || is_misnamed || has_secret {
            return None;
        }
        let message = format!("job `{}` mounts no credentials", job.name());
        let draft = Draft::new(job.place(job.job().anchor()), job.name(), message)
            .help(format!(
                "nobody may push without; mount the secret's `config.json` at `{}`",
                self.file
            ))
            .follows_from(wrong_part(job.name(), Part::Pod));
        Some(draft)
    }
}

fn mount_at(place: Place, file: &str) -> Option<Fix> {
    let fix = Fix::of_value(format!("mount them at `{file}`"), place, file);
    fix.map(Fix::to_review)
}

fn holds_secret(job: &MirrorJob, mount: &Mount) -> bool {
    let volume = mount.volume.as_ref();
    let volume = volume.and_then(|name| job.job().volume(&name.value));
    volume.is_some_and(may_hold_secret)
}

/// A volume that cannot but be there for something else has no secret.
fn may_hold_secret(volume: &Volume) -> bool {
    let kind = volume.kind.as_ref().map(|kind| &*kind.value);
    !matches!(kind, None | Some("configMap" | "emptyDir" | "downwardAPI"))
}

/// Whether `container` runs it.
pub(super) fn is_run(script: &MirrorScript, container: &Container) -> bool {
    let mut arguments = container.arguments.iter();
    arguments.any(|argument| argument.value.contains(&script.name))
}
