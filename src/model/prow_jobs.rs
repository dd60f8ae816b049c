//! Prow's periodic jobs, as `ci-operator/jobs/infra-*.yaml` defines them.

mod fields;

use crate::limits::MAX_POD_ITEMS;
use crate::syntax::span::Span;
use crate::syntax::yaml::{Kind, Node};

use super::schema::{self, Fault};
use super::shape::{Text, text, text_at};
use fields::JOB;

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
    /// Whether Prow's own containers run beside it: `decorate` or `decoration_config`.
    pub is_decorated: bool,
    /// Secrets that `decoration_config` names, each a volume of the pod.
    pub decoration_secrets: Vec<Text>,
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

/// What a job runs.
#[derive(Debug)]
pub struct PodSpec {
    /// The value of `spec`.
    pub span: Span,
    /// `automountServiceAccountToken`.
    pub automount_token: Option<Text>,
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

/// The `periodics` of all documents.
pub(super) fn read(documents: &[Node<'_>]) -> Vec<Job> {
    documents
        .iter()
        .filter_map(|document| document.get("periodics"))
        .flat_map(Node::items)
        .filter(|item| item.as_mapping().is_some())
        .map(job)
        .collect()
}

fn job(node: &Node<'_>) -> Job {
    let decoration = node.get("decoration_config");
    let decoration = decoration.filter(|config| config.as_mapping().is_some());
    Job {
        span: node.span,
        name: text_at(node, "name"),
        cluster: text_at(node, "cluster"),
        namespace: text_at(node, "namespace"),
        agent: text_at(node, "agent"),
        labels: node
            .get("labels")
            .into_iter()
            .flat_map(Node::entries)
            .filter_map(|entry| Some((text(&entry.key)?, text(&entry.value)?)))
            .take(MAX_POD_ITEMS)
            .collect(),
        annotations: node
            .get("annotations")
            .into_iter()
            .flat_map(Node::entries)
            .filter_map(|entry| text(&entry.key))
            .take(MAX_POD_ITEMS)
            .collect(),
        schedule: Schedule {
            cron: text_at(node, "cron"),
            interval: text_at(node, "interval"),
            minimum_interval: text_at(node, "minimum_interval"),
            retry: node
                .get("retry")
                .and_then(|retry| text_at(retry, "interval")),
        },
        max_concurrency: text_at(node, "max_concurrency"),
        anyone_and_others: node.get("rerun_auth_config").and_then(anyone_and_others),
        is_decorated: node.get("decorate").and_then(Node::as_bool) == Some(true)
            || decoration.is_some(),
        decoration_secrets: decoration.map(decoration_secrets).unwrap_or_default(),
        spec: node
            .get("spec")
            .filter(|spec| !spec.is_null())
            .map(pod_spec),
        faults: schema::check(node, &JOB),
    }
}

/// Where everybody may run a job again, and some are named who may.
fn anyone_and_others(node: &Node<'_>) -> Option<Span> {
    const OTHERS: [&str; 4] = [
        "github_orgs",
        "github_team_ids",
        "github_team_slugs",
        "github_users",
    ];
    let anyone = node.get("allow_anyone")?;
    let mut others = OTHERS.iter().filter_map(|key| node.get(key));
    let has_others = others.any(|list| list.items().next().is_some());
    (anyone.as_bool() == Some(true) && has_others).then_some(anyone.span)
}

fn decoration_secrets(node: &Node<'_>) -> Vec<Text> {
    let token = node.get("oauth_token_secret");
    let token = token.and_then(|secret| text_at(secret, "name"));
    let keys = items(node, "ssh_key_secrets").filter_map(text);
    keys.chain(token).collect()
}

/// The first items of a list.
fn items<'n, 's>(node: &'n Node<'s>, key: &str) -> impl Iterator<Item = &'n Node<'s>> {
    let items = node.get(key).into_iter().flat_map(Node::items);
    items.take(MAX_POD_ITEMS)
}

fn pod_spec(node: &Node<'_>) -> PodSpec {
    let items = |key| items(node, key);
    PodSpec {
        span: node.span,
        automount_token: text_at(node, "automountServiceAccountToken"),
        containers: items("containers").map(container).collect(),
        init_containers: items("initContainers").map(container).collect(),
        volumes: items("volumes").map(volume).collect(),
    }
}

fn container(node: &Node<'_>) -> Container {
    let items = |key| items(node, key);
    Container {
        span: node.span,
        name: text_at(node, "name"),
        restart_policy: text_at(node, "restartPolicy"),
        image: text_at(node, "image"),
        arguments: items("command")
            .chain(items("args"))
            .filter_map(text)
            .collect(),
        env: items("env").filter_map(env_var).collect(),
        mounts: items("volumeMounts").map(mount).collect(),
    }
}

fn env_var(node: &Node<'_>) -> Option<EnvVar> {
    Some(EnvVar {
        span: node.span,
        name: text_at(node, "name")?,
        value: text_at(node, "value"),
        is_string: node
            .get("value")
            .and_then(Node::as_scalar)
            .is_none_or(|value| matches!(value.kind(), Kind::String | Kind::Null)),
        is_taken: node.get("valueFrom").is_some(),
    })
}

fn mount(node: &Node<'_>) -> Mount {
    Mount {
        span: node.span,
        volume: text_at(node, "name"),
        path: text_at(node, "mountPath"),
        sub_path: text_at(node, "subPath"),
    }
}

fn volume(node: &Node<'_>) -> Volume {
    let within = |outer: &str, key| text_at(node.get(outer)?, key);
    Volume {
        span: node.span,
        name: text_at(node, "name"),
        secret: within("secret", "secretName"),
        secret_paths: node.get("secret").and_then(|secret| {
            secret.get("items")?;
            let items = items(secret, "items");
            Some(items.filter_map(|item| text_at(item, "path")).collect())
        }),
        config_map: within("configMap", "name"),
        kind: node
            .entries()
            .filter_map(|entry| text(&entry.key))
            .find(|key| &*key.value != "name"),
    }
}
