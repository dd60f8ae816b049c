//! A mirror set seen whole: what else it lacks, and the job it should have.

use crate::checkout::Checkout;
use crate::checkout::mirroring::{CONFIG_MAP, MOUNT, MirrorJob, Mirroring};

/// What push secrets are called, in front of the organisation (the seed documents' convention).
const SECRET: &str = "registry-push-credentials-quay-io-";

/// The parts that a mirror set consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Owners,
    MappingFile,
    Job,
}

/// A sentence on what else the set `name` lacks beside `this`; empty when that is all.
pub(super) fn also_lacks(checkout: &Checkout, name: &str, this: Part) -> String {
    let mirroring = &checkout.mirroring;
    let Some(set) = mirroring.sets.get(name) else {
        return String::new();
    };
    let mut lacking = Vec::new();
    if this != Part::Owners && !set.has_owners {
        lacking.push("an `OWNERS` file".to_owned());
    }
    if this != Part::MappingFile && set.files.is_empty() {
        lacking.push(format!("a mapping file `mapping_{}…`", folded(name)));
    }
    let has_job = job_of(mirroring, name).is_some();
    if this != Part::Job && !has_job && mirroring.has_jobs() {
        lacking.push("a job in `ci-operator/jobs/infra-image-mirroring.yaml`".to_owned());
    }
    let secret = format!("{SECRET}{name}");
    if !has_job && mirroring.has_jobs() && checkout.secrets.named(&secret).is_empty() {
        lacking.push(format!(
            "the push credentials, such as secret `{secret}` from Vault"
        ));
    }
    match lacking.split_last() {
        None => String::new(),
        Some((last, [])) => format!("; the set also lacks {last}"),
        Some((last, rest)) => format!("; the set also lacks {} and {last}", rest.join(", ")),
    }
}

/// The job that belongs to the set, by its label or by what it reads.
pub(super) fn job_of<'m>(mirroring: &'m Mirroring, name: &str) -> Option<&'m MirrorJob> {
    let set = mirroring.sets.get(name)?;
    let files = mirroring.files.get(set.files.clone()).unwrap_or_default();
    mirroring.jobs.iter().enumerate().find_map(|(number, job)| {
        let reads = files.iter().any(|file| file.jobs.contains(&number));
        (reads || job.area() == Some(name)).then_some(job)
    })
}

/// A job for the set `name`, as the seed document writes it, with the script that the checkout's
/// other jobs run.
pub(super) fn job_pattern(mirroring: &Mirroring, name: &str) -> String {
    // The last job is most likely of today's form.
    let model = mirroring.jobs.iter().rev().find_map(|job| {
        let mut containers = job.job().containers();
        let container = containers.find(|c| c.env("MAPPING_FILE_PREFIX").is_some())?;
        let script = container
            .arguments
            .iter()
            .find(|a| a.value.contains("periodic-mirroring.sh"))?;
        Some((job, container, script))
    });
    let cluster = model
        .and_then(|(job, _, _)| job.job().cluster.as_ref())
        .map_or("app.ci", |cluster| &cluster.value);
    let image = model
        .and_then(|(_, container, _)| container.image.as_ref())
        .map_or(
            "registry.ci.openshift.org/ci/image-mirror:oc-415",
            |image| &image.value,
        );
    let (home, command) = match model {
        Some((_, _, script)) => (
            "/tmp/user",
            format!(
                "args:\n      - -c\n      - {}\n      command:\n      - /bin/bash",
                script.value.trim()
            ),
        ),
        None => (
            "/home/mirror",
            "command:\n      - /tp-entrypoint.sh".to_owned(),
        ),
    };
    let prefix = folded(name);
    format!(
        "- agent: kubernetes
  cluster: {cluster}
  cron: '@hourly'
  decorate: true
  labels:
    ci.openshift.io/area: {name}
    ci.openshift.io/role: image-mirroring
  name: periodic-image-mirroring-{name}
  spec:
    automountServiceAccountToken: true
    containers:
    - {command}
      env:
      - name: HOME
        value: {home}
      - name: MAPPING_FILE_PREFIX
        value: mapping_{prefix}
      - name: dry_run
        value: \"false\"
      image: {image}
      imagePullPolicy: Always
      name: \"\"
      resources:
        requests:
          cpu: 500m
      volumeMounts:
      - mountPath: {home}/.docker/config.json
        name: push
        readOnly: true
        subPath: config.json
      - mountPath: {MOUNT}
        name: config
    volumes:
    - name: push
      secret:
        secretName: {SECRET}{name}
    - configMap:
        name: {CONFIG_MAP}
      name: config"
    )
}

fn folded(name: &str) -> String {
    name.replace('-', "_")
}
