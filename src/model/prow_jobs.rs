//! Prow's periodic jobs, as `ci-operator/jobs/infra-*.yaml` defines them.

mod fields;
mod read;

use crate::syntax::span::Span;

use super::schema::Fault;
use super::shape::Text;
pub(super) use read::read;

/// One periodic job.
#[derive(Debug)]
pub struct Job {
    /// The whole item of `periodics`.
    pub span: Span,
    /// `name`.
    pub name: Option<Text>,
    /// `cluster`.
    pub cluster: Option<Text>,
    /// `namespace`.
    pub namespace: Option<Text>,
    /// `agent`.
    pub agent: Option<Text>,
    /// `labels`, in file order.
    pub labels: Vec<(Text, Text)>,
    /// The keys of `annotations`, in file order.
    pub annotations: Vec<Text>,
    /// When it runs.
    pub schedule: Schedule,
    /// `max_concurrency`.
    pub max_concurrency: Option<Text>,
    /// `rerun_auth_config.allow_anyone`, where others are named beside it.
    pub anyone_and_others: Option<Span>,
    /// `decorate`.
    pub decorate: Option<Text>,
    /// Whether Prow's own containers run beside it: `decorate` or `decoration_config`.
    pub is_decorated: bool,
    /// The times of `decoration_config`, each with its key.
    pub decoration_times: Vec<(Text, Text)>,
    /// Secrets that `decoration_config` names, each a volume of the pod.
    pub decoration_secrets: Vec<Text>,
    /// `extra_refs`.
    pub refs: Vec<Refs>,
    /// `reporter_config.slack.job_states_to_report`.
    pub reported_states: Vec<Text>,
    /// The pod.
    pub spec: Option<PodSpec>,
    /// Values of the wrong shape, and fields that nothing reads.
    pub faults: Vec<Fault>,
}

/// When a job runs: one of the three.
#[derive(Debug)]
pub struct Schedule {
    /// `cron`.
    pub cron: Option<Text>,
    /// `interval`.
    pub interval: Option<Text>,
    /// `minimum_interval`.
    pub minimum_interval: Option<Text>,
    /// `retry.interval`.
    pub retry: Option<Text>,
}

/// A repository that a job checks out.
#[derive(Debug)]
pub struct Refs {
    /// `org`.
    pub org: Option<Text>,
    /// `repo`.
    pub repo: Option<Text>,
}

/// What a job runs.
#[derive(Debug)]
pub struct PodSpec {
    /// The value of `spec`.
    pub span: Span,
    /// `automountServiceAccountToken`.
    pub automount_token: Option<Text>,
    /// `serviceAccountName`.
    pub service_account: Option<Text>,
    /// `containers`.
    pub containers: Vec<Container>,
    /// `initContainers`, which may use volumes too.
    pub init_containers: Vec<Container>,
    /// `volumes`.
    pub volumes: Vec<Volume>,
}

/// One container of a pod.
#[derive(Debug)]
pub struct Container {
    /// The whole item.
    pub span: Span,
    /// `name`.
    pub name: Option<Text>,
    /// `restartPolicy`.
    pub restart_policy: Option<Text>,
    /// `image`.
    pub image: Option<Text>,
    /// `imagePullPolicy`.
    pub pull_policy: Option<Text>,
    /// The resources that `resources` asks for or limits, each with how much.
    pub resources: Vec<(Text, Text)>,
    /// The program: the first word of `command`.
    pub program: Option<Text>,
    /// `command` and `args`, one after the other.
    pub arguments: Vec<Text>,
    /// `env`.
    pub env: Vec<EnvVar>,
    /// `volumeMounts`.
    pub mounts: Vec<Mount>,
}

/// One environment variable.
#[derive(Debug)]
pub struct EnvVar {
    /// The whole item.
    pub span: Span,
    /// `name`.
    pub name: Text,
    /// `value`; absent when it comes from elsewhere.
    pub value: Option<Text>,
    /// Whether `value` is a string, as Kubernetes wants it, and no number or truth value.
    pub is_string: bool,
    /// Whether the value comes from elsewhere: `valueFrom`.
    pub is_taken: bool,
}

/// One volume mount.
#[derive(Debug)]
pub struct Mount {
    /// The whole item.
    pub span: Span,
    /// `name` of the volume.
    pub volume: Option<Text>,
    /// `mountPath`.
    pub path: Option<Text>,
    /// `subPath`.
    pub sub_path: Option<Text>,
}

/// One volume.
#[derive(Debug)]
pub struct Volume {
    /// The whole item.
    pub span: Span,
    /// `name`.
    pub name: Option<Text>,
    /// `secret.secretName`.
    pub secret: Option<Text>,
    /// `secret.items`: the paths that keys of the secret are given, when they are chosen.
    pub secret_paths: Option<Vec<Text>>,
    /// `secret.items`: the keys that the secret must have, unless `secret.optional` is true.
    pub secret_keys: Vec<Text>,
    /// `configMap.name`.
    pub config_map: Option<Text>,
    /// The volume's kind, such as `secret` or `emptyDir`.
    pub kind: Option<Text>,
}

impl Volume {
    /// Where to point at when the volume as such is meant: what it holds, else its name.
    #[must_use]
    pub fn anchor(&self) -> Span {
        let held = self.secret.as_ref().or(self.config_map.as_ref());
        held.or(self.name.as_ref())
            .map_or(self.span, |text| text.span)
    }
}

impl Job {
    /// The volume of this name.
    #[must_use]
    pub fn volume(&self, name: &str) -> Option<&Volume> {
        self.volumes()
            .find(|volume| volume.name.as_ref().is_some_and(|own| &*own.value == name))
    }

    /// The value of a label.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&Text> {
        self.labels
            .iter()
            .find(|(key, _)| &*key.value == name)
            .map(|(_, value)| value)
    }

    /// The containers.
    pub fn containers(&self) -> impl Iterator<Item = &Container> {
        self.spec.iter().flat_map(|spec| &spec.containers)
    }

    /// The mounts of all containers, initial ones included.
    pub fn mounts(&self) -> impl Iterator<Item = &Mount> {
        let spec = self.spec.iter();
        spec.flat_map(|spec| spec.containers.iter().chain(&spec.init_containers))
            .flat_map(|container| &container.mounts)
    }

    /// The volumes.
    pub fn volumes(&self) -> impl Iterator<Item = &Volume> {
        self.spec.iter().flat_map(|spec| &spec.volumes)
    }

    /// Its name, or what to call it without one.
    #[must_use]
    pub fn called(&self) -> &str {
        let name = self.name.as_ref();
        name.map_or("(a job without a name)", |name| &name.value)
    }

    /// Where to point at when the job as such is meant: its name.
    #[must_use]
    pub fn anchor(&self) -> Span {
        self.name.as_ref().map_or(self.span, |name| name.span)
    }
}

impl Container {
    /// Where to point at when the container as such is meant: its name, or its image.
    #[must_use]
    pub fn anchor(&self) -> Span {
        let named = self.name.as_ref().filter(|name| !name.value.is_empty());
        named
            .or(self.image.as_ref())
            .map_or(self.span, |text| text.span)
    }

    /// The environment variable of this name.
    #[must_use]
    pub fn env(&self, name: &str) -> Option<&EnvVar> {
        self.env.iter().find(|var| &*var.name.value == name)
    }
}
