//! Prow's periodic jobs, as `ci-operator/jobs/infra-*.yaml` defines them.

use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

use super::shape::{Text, text, text_at};

/// One periodic job.
#[derive(Debug)]
pub struct Job {
    /// The whole item of `periodics`.
    pub span: Span,
    /// `name`.
    pub name: Option<Text>,
    /// `cluster`.
    pub cluster: Option<Text>,
    /// `labels`, in file order.
    pub labels: Vec<(Text, Text)>,
    /// The pod.
    pub spec: Option<PodSpec>,
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
    /// `volumes`.
    pub volumes: Vec<Volume>,
}

/// One container of a pod.
#[derive(Debug)]
pub struct Container {
    /// The whole item.
    pub span: Span,
    /// `image`.
    pub image: Option<Text>,
    /// `command` and `args`, one after the other.
    pub arguments: Vec<Text>,
    /// `env` entries with a literal value.
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
    /// `configMap.name`.
    pub config_map: Option<Text>,
}

impl Job {
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
    Job {
        span: node.span,
        name: text_at(node, "name"),
        cluster: text_at(node, "cluster"),
        labels: node
            .get("labels")
            .into_iter()
            .flat_map(Node::entries)
            .filter_map(|entry| Some((text(&entry.key)?, text(&entry.value)?)))
            .collect(),
        spec: node.get("spec").map(pod_spec),
    }
}

fn pod_spec(node: &Node<'_>) -> PodSpec {
    let items = |key| node.get(key).into_iter().flat_map(Node::items);
    PodSpec {
        span: node.span,
        automount_token: text_at(node, "automountServiceAccountToken"),
        containers: items("containers").map(container).collect(),
        volumes: items("volumes").map(volume).collect(),
    }
}

fn container(node: &Node<'_>) -> Container {
    let items = |key| node.get(key).into_iter().flat_map(Node::items);
    Container {
        span: node.span,
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
        config_map: within("configMap", "name"),
    }
}
