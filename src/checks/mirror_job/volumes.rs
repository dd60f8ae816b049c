//! Volumes of mirror jobs: mounted and defined, and the mapping files where the script looks.

mod credentials;

use std::collections::BTreeMap;

use super::{Part, wrong_part};
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checks::Drafts;
use crate::checks::listing::listed;
use crate::finding::{Draft, Fix, Place};
use crate::model::Text;
use crate::model::prow_jobs::Volume;
use credentials::Source;

/// `mirror-job-volumes`: mounts without a volume, the reverse, and credentials where nothing looks for
/// them.
pub(super) fn volumes(checkout: &Checkout, job: &MirrorJob, drafts: &mut Drafts) {
    let known = &checkout.conventions.mirror_jobs;
    mounts(checkout, job, drafts);
    defined(job, drafts);
    for container in job.job().containers() {
        let mut scripts = known.scripts.iter();
        let source = match scripts.find(|script| credentials::is_run(script, container)) {
            Some(script) => Some(Source::of_script(script)),
            None => Source::of_oc(&known.credentials, container),
        };
        if let Some(source) = source {
            source.check(checkout, job, container, drafts);
        }
    }
}

/// The topic of what follows from volumes that are not mounted.
fn not_mounted(job: &str) -> String {
    format!("volumes of job {job} are not mounted")
}

fn mounts(checkout: &Checkout, job: &MirrorJob, drafts: &mut Drafts) {
    let decoration_volumes = &checkout.conventions.prow.reserved.volumes;
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
                .help("give it the `name` of one of the job's `volumes`")
                .follows_from(wrong_part(job.name(), Part::Pod)),
            ),
            Some(volume) if !is_defined(decoration_volumes, job, &volume.value) => {
                let names: Vec<&str> = job
                    .job()
                    .volumes()
                    .filter_map(|volume| Some(&*volume.name.as_ref()?.value))
                    .collect();
                let there = match &*names {
                    [] => "the job has no volumes".to_owned(),
                    names => format!("there are {}", listed(names.iter().copied(), ", ")),
                };
                let place = misnamed(checkout, job, volume).unwrap_or(volume);
                drafts.push(
                    Draft::new(
                        job.place(place.span),
                        format!("{} {}", job.name(), volume.value),
                        format!(
                            "no volume of job `{}` is called `{}`",
                            job.name(),
                            volume.value
                        ),
                    )
                    .help(format!("the pod cannot be made; {there}"))
                    .explains(wrong_part(job.name(), Part::Mounts))
                    .follows_from(wrong_part(job.name(), Part::Pod)),
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
                .help("the pod cannot be made; say where the volume is to be seen")
                .follows_from(wrong_part(job.name(), Part::Pod)),
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

/// `decoration_volumes` are those that Prow defines, so that a job may mount them.
fn is_defined(decoration_volumes: &[String], job: &MirrorJob, volume: &str) -> bool {
    let mut own = job.job().decoration_secrets.iter();
    job.job().volume(volume).is_some()
        || decoration_volumes.iter().any(|known| known == volume)
        || own.any(|secret| &*secret.value == volume)
}

/// The name of the volume that is meant by a mount, where other jobs have a volume of the mount's name
/// and none of this one.
fn misnamed<'j>(checkout: &Checkout, job: &'j MirrorJob, mounted: &Text) -> Option<&'j Text> {
    let mut unused = job
        .job()
        .volumes()
        .filter_map(|volume| volume.name.as_ref());
    let is_mounted = |name: &Text| {
        let mut mounts = job.job().mounts().filter_map(|mount| mount.volume.as_ref());
        mounts.any(|volume| volume.value == name.value)
    };
    let others = || {
        let jobs = checkout.mirroring().jobs.iter();
        jobs.filter(|other| !std::ptr::eq(*other, job))
    };
    let is_elsewhere = |name: &str| others().any(|other| other.job().volume(name).is_some());
    let volume = unused.find(|name| !is_mounted(name))?;
    (is_elsewhere(&mounted.value) && !is_elsewhere(&volume.value)).then_some(volume)
}

fn defined(job: &MirrorJob, drafts: &mut Drafts) {
    let mut first: BTreeMap<&str, Place> = BTreeMap::new();
    for volume in job.job().volumes() {
        let Some(name) = &volume.name else {
            drafts.push(
                Draft::new(
                    job.place(volume.anchor()),
                    job.name(),
                    "a volume has no name",
                )
                .help("the pod cannot be made; give it the name that a volume mount uses")
                .follows_from(wrong_part(job.name(), Part::Pod)),
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
                .help("the pod still waits for what it holds to exist; mount it or remove it")
                .explains(not_mounted(job.name()))
                .follows_from(wrong_part(job.name(), Part::Mounts)),
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
                .help("the pod cannot be made; compare another job's volumes")
                .follows_from(wrong_part(job.name(), Part::Pod)),
            );
        }
    }
}

/// `mirror-job-configmap`: the volume that is mounted where the script looks for mapping files.
pub(super) fn config_map(checkout: &Checkout, job: &MirrorJob, drafts: &mut Drafts) {
    let known = &checkout.conventions.mirror_jobs;
    let (map_name, folder) = (&*known.config_map, &*known.mount);
    if job.selectors.is_empty() {
        return;
    }
    let at_mount = job.job().mounts().find(|mount| {
        mount
            .path
            .as_ref()
            .is_some_and(|path| path.value.trim_end_matches('/') == folder)
    });
    let volume_of = |name: &str| job.job().volume(name);
    let Some(mount) = at_mount else {
        let is_mappings = |volume: &Volume| {
            volume
                .config_map
                .as_ref()
                .is_some_and(|map| &*map.value == map_name)
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
            .help(format!("the job reads `{folder}`; mount them there"))
            .maybe_fix(
                Fix::of_value(
                    format!("mount them at `{folder}`"),
                    job.place(path.span),
                    folder,
                )
                .map(Fix::to_review),
            ),
            None => Draft::new(
                job.place(job.job().anchor()),
                job.name(),
                format!("job `{}` does not mount the mapping files", job.name()),
            )
            .help(format!(
                "add a volume for ConfigMap `{map_name}` and mount it at `{folder}`"
            ))
            .follows_from(not_mounted(job.name())),
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
        Some(map) if &*map.value == map_name => {
            if let Some(sub_path) = &mount.sub_path {
                drafts.push(
                    Draft::new(
                        job.place(sub_path.span),
                        job.name(),
                        format!("`subPath` shows one mapping file only, as `{folder}`"),
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
                    "job `{}` mounts ConfigMap `{}` in place of `{map_name}`",
                    job.name(),
                    map.value
                ),
            )
            .help(format!(
                "the mapping files are in `{map_name}`, in no other ConfigMap"
            ))
            .maybe_fix(
                Fix::of_value(
                    format!("change to `{map_name}`"),
                    job.place(map.span),
                    map_name,
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
                        "what job `{}` mounts at `{folder}` is no ConfigMap",
                        job.name()
                    ),
                )
                .help(format!("the mapping files are in ConfigMap `{map_name}`"))
                .follows_from(wrong_part(job.name(), Part::Pod)),
            )
        }
        None => {}
    }
}
