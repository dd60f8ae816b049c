//! Reads periodic jobs.

use super::fields::JOB;
use super::{Container, EnvVar, Job, Mount, PodSpec, Refs, Schedule, Volume};
use crate::limits::MAX_POD_ITEMS;
use crate::model::schema;
use crate::model::shape::{Text, text, text_at};
use crate::syntax::span::Span;
use crate::syntax::yaml::{Kind, Node};

/// The `periodics` of all documents.
pub(in crate::model) fn read(documents: &[Node<'_>]) -> Vec<Job> {
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
        labels: pairs(node.get("labels")).collect(),
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
        decorate: text_at(node, "decorate"),
        is_decorated: node.get("decorate").and_then(Node::as_bool) == Some(true)
            || decoration.is_some(),
        decoration_times: pairs(decoration)
            .filter(|(key, _)| TIMES.contains(&&*key.value))
            .collect(),
        decoration_secrets: decoration.map(decoration_secrets).unwrap_or_default(),
        refs: items(node, "extra_refs").map(refs).collect(),
        reported_states: node
            .get("reporter_config")
            .and_then(|reporter| reporter.get("slack"))
            .into_iter()
            .flat_map(|slack| items(slack, "job_states_to_report"))
            .filter_map(text)
            .collect(),
        spec: node
            .get("spec")
            .filter(|spec| !spec.is_null())
            .map(pod_spec),
        faults: schema::check(node, &JOB),
    }
}

/// The fields of `decoration_config` that hold a time.
const TIMES: [&str; 5] = [
    "grace_period",
    "pod_pending_timeout",
    "pod_running_timeout",
    "pod_unscheduled_timeout",
    "timeout",
];

/// The first keys of a mapping with their values, as far as these are scalars.
fn pairs<'n>(node: Option<&'n Node<'_>>) -> impl Iterator<Item = (Text, Text)> + 'n {
    let entries = node.into_iter().flat_map(Node::entries);
    let pairs = entries.filter_map(|entry| Some((text(&entry.key)?, text(&entry.value)?)));
    pairs.take(MAX_POD_ITEMS)
}

fn refs(node: &Node<'_>) -> Refs {
    Refs {
        org: text_at(node, "org"),
        repo: text_at(node, "repo"),
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
        service_account: text_at(node, "serviceAccountName"),
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
        pull_policy: text_at(node, "imagePullPolicy"),
        resources: node
            .get("resources")
            .into_iter()
            .flat_map(|resources| [resources.get("requests"), resources.get("limits")])
            .flat_map(pairs)
            .collect(),
        program: items("command").next().and_then(text),
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
        secret_keys: node
            .get("secret")
            .filter(|secret| secret.get("optional").and_then(Node::as_bool) != Some(true))
            .into_iter()
            .flat_map(|secret| items(secret, "items"))
            .filter_map(|item| text_at(item, "key"))
            .collect(),
        config_map: within("configMap", "name"),
        kind: node
            .entries()
            .filter_map(|entry| text(&entry.key))
            .find(|key| &*key.value != "name"),
    }
}
