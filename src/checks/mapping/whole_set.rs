//! A mirror set seen whole: what else it lacks, and the job it should have.

use crate::checkout::Checkout;
use crate::checkout::mirroring::{CONFIG_MAP, MOUNT, Mirroring};
use crate::model::Text;

/// What push secrets are called, in front of the organisation
/// (`docs/domain.md#vault-and-secretsync`).
const SECRET: &str = "registry-push-credentials-quay-io-";

/// Where mirror jobs run, in which image, and what (openshift/ci-docs, how-tos/mirroring-to-quay).
const CLUSTER: &str = "core-ci";
const IMAGE: &str = "registry.redhat.io/openshift4/ose-cli-rhel9";
const SCRIPT: &str = "curl -sL https://raw.githubusercontent.com/openshift/release/refs/heads/main/hack/periodic-mirroring.sh | bash";

/// The script of today's jobs, and the entry point of those of 2024.
const SCRIPT_NAME: &str = "periodic-mirroring.sh";
const ENTRYPOINT: &str = "/tp-entrypoint.sh";

/// How many bytes of another job are worth repeating.
const MAX_MODEL: usize = 2000;

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
    let has_job = set.job.is_some();
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

/// What the checkout's other mirror jobs look like.
#[derive(Clone, Copy)]
pub(super) struct ModelJob<'c> {
    cluster: &'c str,
    image: &'c str,
    /// The script that it runs; the image's entry point without.
    script: Option<&'c str>,
}

/// The last job that asks for mapping files by a variable: most likely of the newest form.
pub(super) fn model_job(mirroring: &Mirroring) -> Option<ModelJob<'_>> {
    let job = mirroring.jobs.iter().rev().find_map(|job| {
        let mut containers = job.job().containers();
        let container = containers.find(|c| c.env("MAPPING_FILE_PREFIX").is_some())?;
        let mut runs = container.arguments.iter().map(|argument| &*argument.value);
        let run = runs.find(|run| run.contains(SCRIPT_NAME) || *run == ENTRYPOINT)?;
        Some(ModelJob {
            cluster: value(job.job().cluster.as_ref()).unwrap_or(CLUSTER),
            image: value(container.image.as_ref()).unwrap_or(IMAGE),
            script: (run != ENTRYPOINT).then_some(run),
        })
    })?;
    // It is repeated at each file that no job reads.
    let length = job.cluster.len() + job.image.len() + job.script.map_or(0, str::len);
    (length <= MAX_MODEL).then_some(job)
}

fn value(text: Option<&Text>) -> Option<&str> {
    text.map(|text| &*text.value)
}

/// A job for the set `name`, as the documentation writes it, but where the checkout's other jobs
/// look different.
pub(super) fn job_pattern(model: Option<ModelJob<'_>>, name: &str) -> String {
    let ModelJob {
        cluster,
        image,
        script,
    } = model.unwrap_or(ModelJob {
        cluster: CLUSTER,
        image: IMAGE,
        script: Some(SCRIPT),
    });
    let (home, policy, command) = match script {
        Some(script) => (
            "/tmp/user",
            "IfNotPresent",
            format!(
                "args:\n      - -c\n      - {}\n      command:\n      - bash",
                script.trim()
            ),
        ),
        None => (
            "/home/mirror",
            "Always",
            format!("command:\n      - {ENTRYPOINT}"),
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
      imagePullPolicy: {policy}
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
