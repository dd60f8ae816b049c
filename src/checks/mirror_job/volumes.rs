//! Volumes of mirror jobs: mounted and defined, and the mapping files where the script looks.

mod credentials;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::mirroring::{CONFIG_MAP, MOUNT, MirrorJob};
use crate::checks::listing::listed;
use crate::checks::{Drafts, Look};
use crate::finding::{Draft, Fix, Place};
use crate::model::prow_jobs::Volume;
use credentials::Script;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct MirrorJobVolumes {
    /// What this rule looks at.
    fault: Fault,
    /// Where `oc` looks for credentials, below `HOME`.
    #[serde(default)]
    credentials: String,
    /// Scripts that look elsewhere, whatever `HOME` is.
    #[serde(default)]
    scripts: Vec<Script>,
    /// Volumes that Prow defines, so that a job may mount them.
    #[serde(default)]
    decoration_volumes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Fault {
    /// Mounts without a volume, and the reverse.
    Volumes,
    /// The mapping files' ConfigMap.
    ConfigMap,
}

impl Look for MirrorJobVolumes {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for job in &checkout.mirroring.jobs {
            match self.fault {
                Fault::Volumes => {
                    self.mounts(job, drafts);
                    volumes(job, drafts);
                    for container in job.job().containers() {
                        match self.scripts.iter().find(|script| script.is_run(container)) {
                            Some(script) => script.credentials(job, container, drafts),
                            None => self.credentials(job, container, drafts),
                        }
                    }
                }
                Fault::ConfigMap => config_map(job, drafts),
            }
        }
    }
}

impl MirrorJobVolumes {
    fn mounts(&self, job: &MirrorJob, drafts: &mut Drafts) {
        let mut at_path: BTreeMap<&str, Place> = BTreeMap::new();
        for mount in job.job().mounts() {
            let path = mount.path.as_ref().map_or("", |path| &*path.value);
            let whole = job.place(mount.span);
            match &mount.volume {
                None => drafts.push(
                    Draft::new(
                        whole,
                        format!("{} {path}", job.name()),
                        "a volume mount does not name its volume",
                    )
                    .help("give it the `name` of one of the job's `volumes`"),
                ),
                Some(volume) if !self.is_defined(job, &volume.value) => {
                    let names: Vec<&str> = job
                        .job()
                        .volumes()
                        .filter_map(|volume| Some(&*volume.name.as_ref()?.value))
                        .collect();
                    let there = match &*names {
                        [] => "the job has no volumes".to_owned(),
                        names => format!("there are {}", listed(names.iter().copied(), ", ")),
                    };
                    drafts.push(
                        Draft::new(
                            job.place(volume.span),
                            format!("{} {}", job.name(), volume.value),
                            format!(
                                "no volume of job `{}` is called `{}`",
                                job.name(),
                                volume.value
                            ),
                        )
                        .help(format!("the pod cannot be made; {there}")),
                    );
                }
                Some(_) => {}
            }
            match &mount.path {
                None => drafts.push(
                    Draft::new(
                        job.place(mount.span),
                        job.name(),
                        "a volume mount has no `mountPath`",
                    )
                    .help("the pod cannot be made; say where the volume is to be seen"),
                ),
                Some(path) => {
                    let key = path.value.trim_end_matches('/');
                    let place = job.place(path.span);
                    let one_container = job.job().containers().count() <= 1;
                    if let Some(first) = at_path.get(key).filter(|_| one_container) {
                        drafts.push(
                            Draft::new(
                                place,
                                format!("{} {key}", job.name()),
                                format!("two volumes are mounted at `{key}`"),
                            )
                            .help("the pod cannot be made; remove one of the two mounts")
                            .related(first.clone(), "the other one"),
                        );
                    } else {
                        at_path.insert(key, place);
                    }
                }
            }
        }
    }

    fn is_defined(&self, job: &MirrorJob, volume: &str) -> bool {
        let mut own = job.job().decoration_secrets.iter();
        job.job().volume(volume).is_some()
            || self.decoration_volumes.iter().any(|known| known == volume)
            || own.any(|secret| &*secret.value == volume)
    }
}

fn volumes(job: &MirrorJob, drafts: &mut Drafts) {
    let mut first: BTreeMap<&str, Place> = BTreeMap::new();
    for volume in job.job().volumes() {
        let Some(name) = &volume.name else {
            drafts.push(
                Draft::new(
                    job.place(volume.anchor()),
                    job.name(),
                    "a volume has no name",
                )
                .help("the pod cannot be made; give it the name that a volume mount uses"),
            );
            continue;
        };
        let entity = format!("{} {}", job.name(), name.value);
        if let Some(first) = first.get(&*name.value) {
            drafts.push(
                Draft::new(
                    job.place(name.span),
                    entity,
                    format!(
                        "two volumes of job `{}` are called `{}`",
                        job.name(),
                        name.value
                    ),
                )
                .help("the pod cannot be made; rename or remove one of them")
                .related(first.clone(), "the other one"),
            );
            continue;
        }
        first.insert(&name.value, job.place(name.span));
        let is_mounted = job
            .job()
            .mounts()
            .any(|mount| mount.volume.as_ref().is_some_and(|v| v.value == name.value));
        if !is_mounted {
            drafts.push(
                Draft::new(
                    job.place(volume.anchor()),
                    entity.clone(),
                    format!(
                        "volume `{}` of job `{}` is never mounted",
                        name.value,
                        job.name()
                    ),
                )
                .help("the pod still waits for what it holds to exist; mount it or remove it"),
            );
        }
        let empty = match volume.kind.as_ref().map(|kind| &*kind.value) {
            None => Some("says nothing of what it holds"),
            Some("secret") if volume.secret.is_none() => Some("names no secret: no `secretName`"),
            Some("configMap") if volume.config_map.is_none() => Some("names no ConfigMap"),
            Some(_) => None,
        };
        if let Some(empty) = empty {
            drafts.push(
                Draft::new(
                    job.place(name.span),
                    format!("{entity} holds nothing"),
                    format!("volume `{}` of job `{}` {empty}", name.value, job.name()),
                )
                .help("the pod cannot be made; compare another job's volumes"),
            );
        }
    }
}

/// The volume that is mounted where the script looks for mapping files.
fn config_map(job: &MirrorJob, drafts: &mut Drafts) {
    if job.selectors.is_empty() {
        return;
    }
    let at_mount = job.job().mounts().find(|mount| {
        mount
            .path
            .as_ref()
            .is_some_and(|path| path.value.trim_end_matches('/') == MOUNT)
    });
    let volume_of = |name: &str| job.job().volume(name);
    let Some(mount) = at_mount else {
        let is_mappings = |volume: &Volume| {
            volume
                .config_map
                .as_ref()
                .is_some_and(|map| &*map.value == CONFIG_MAP)
        };
        let elsewhere = job.job().mounts().find_map(|mount| {
            let volume = volume_of(&mount.volume.as_ref()?.value)?;
            is_mappings(volume).then_some(mount.path.as_ref()?)
        });
        drafts.push(match elsewhere {
            Some(path) => Draft::new(
                job.place(path.span),
                job.name(),
                format!(
                    "the mapping files are mounted at `{}`, where nothing looks for them",
                    path.value
                ),
            )
            .help(format!("the job reads `{MOUNT}`; mount them there"))
            .maybe_fix(
                Fix::of_value(
                    format!("mount them at `{MOUNT}`"),
                    job.place(path.span),
                    MOUNT,
                )
                .map(Fix::to_review),
            ),
            None => Draft::new(
                job.place(job.job().anchor()),
                job.name(),
                format!("job `{}` does not mount the mapping files", job.name()),
            )
            .help(format!(
                "add a volume for ConfigMap `{CONFIG_MAP}` and mount it at `{MOUNT}`"
            )),
        });
        return;
    };
    let Some(volume) = mount
        .volume
        .as_ref()
        .and_then(|name| volume_of(&name.value))
    else {
        return; // another rule's finding
    };
    match &volume.config_map {
        Some(map) if &*map.value == CONFIG_MAP => {
            if let Some(sub_path) = &mount.sub_path {
                drafts.push(
                    Draft::new(
                        job.place(sub_path.span),
                        job.name(),
                        format!("`subPath` shows one mapping file only, as `{MOUNT}`"),
                    )
                    .help("the job reads a folder of files; remove `subPath`"),
                );
            }
        }
        Some(map) => drafts.push(
            Draft::new(
                job.place(map.span),
                job.name(),
                format!(
                    "job `{}` mounts ConfigMap `{}` in place of `{CONFIG_MAP}`",
                    job.name(),
                    map.value
                ),
            )
            .help(format!(
                "the mapping files are in `{CONFIG_MAP}`, in no other ConfigMap"
            ))
            .maybe_fix(
                Fix::of_value(
                    format!("write `{CONFIG_MAP}`"),
                    job.place(map.span),
                    CONFIG_MAP,
                )
                .map(Fix::to_review),
            ),
        ),
        None if volume
            .kind
            .as_ref()
            .is_some_and(|kind| &*kind.value != "configMap") =>
        {
            drafts.push(
                Draft::new(
                    job.place(volume.anchor()),
                    job.name(),
                    format!(
                        "what job `{}` mounts at `{MOUNT}` is no ConfigMap",
                        job.name()
                    ),
                )
                .help(format!("the mapping files are in ConfigMap `{CONFIG_MAP}`")),
            )
        }
        None => {}
    }
}
