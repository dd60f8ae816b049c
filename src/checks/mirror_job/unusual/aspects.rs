//! What is compared of jobs.

use super::super::Part;
use crate::model::prow_jobs::{Container, Job, Refs};
use crate::model::{Conventions, Text};
use crate::syntax::span::Span;

/// The name of the aspect that says where a job runs.
pub(super) const CLUSTER: &str = "cluster";

/// A value, and where it stands.
pub(super) type Value<'c> = (&'c str, Span);

/// One thing that jobs say.
pub(super) struct Aspect {
    /// What messages call it.
    pub(super) name: &'static str,
    /// What of a job it belongs to.
    pub(super) part: Part,
    pub(super) alike: Alike,
    /// What comes of it where a job says nothing; `None` where that is common.
    pub(super) without: Option<&'static str>,
    pub(super) values: for<'c> fn(&Conventions, &'c Job) -> Vec<Value<'c>>,
}

/// How far jobs say the same. What is nearly a common value is misspelt, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alike {
    /// Other rules look at it.
    Free,
    /// Each what it likes.
    Spelt,
    /// All the same.
    Same,
    /// Each has the names that nearly all have.
    Names,
    /// What the central registry is to have is published to it.
    Image,
    /// Where other jobs run or secrets go.
    Cluster,
}

/// What mirror jobs have in common.
pub(super) const OF_MIRROR_JOBS: &[Aspect] = &[
    Aspect {
        name: CLUSTER,
        part: Part::Cluster,
        alike: Alike::Same,
        without: None,
        values: |_, job| one(&job.cluster),
    },
    Aspect {
        name: "command",
        part: Part::Pod,
        alike: Alike::Spelt,
        without: Some("the pod runs whatever its image is made to run"),
        values: |_, job| of_containers(job, |container| one(&container.program)),
    },
    Aspect {
        name: "variable",
        part: Part::Variables,
        alike: Alike::Names,
        without: Some("what the job runs may look for it"),
        values: |_, job| variables(job),
    },
    Aspect {
        name: "label",
        part: Part::Labels,
        alike: Alike::Names,
        without: Some("people and dashboards find jobs by it"),
        values: |_, job| label_names(job),
    },
];

/// What all jobs have in common.
pub(super) const OF_ALL: &[Aspect] = &[
    Aspect {
        name: "agent",
        part: Part::Job,
        alike: Alike::Free,
        without: Some("tools that look for jobs with a pod pass it over"),
        values: |_, job| one(&job.agent),
    },
    Aspect {
        name: CLUSTER,
        part: Part::Cluster,
        alike: Alike::Cluster,
        without: Some("Prow runs it in a cluster of its own choice"),
        values: |_, job| one(&job.cluster),
    },
    Aspect {
        name: "decorate",
        part: Part::Job,
        alike: Alike::Same,
        without: Some("no repository is cloned for the job, and nobody sees its log"),
        values: |_, job| one(&job.decorate),
    },
    Aspect {
        name: "label",
        part: Part::Labels,
        alike: Alike::Spelt,
        without: None,
        values: |_, job| label_names(job),
    },
    Aspect {
        name: "role",
        part: Part::Labels,
        alike: Alike::Spelt,
        without: None,
        values: |conventions, job| {
            let role = job.label(&conventions.mirror_jobs.labels.role);
            role.map(value).into_iter().collect()
        },
    },
    Aspect {
        name: "registry",
        part: Part::Pod,
        alike: Alike::Spelt,
        without: None,
        values: |_, job| {
            of_containers(job, |container| {
                container
                    .image
                    .as_ref()
                    .and_then(host)
                    .into_iter()
                    .collect()
            })
        },
    },
    Aspect {
        name: "image",
        part: Part::Pod,
        alike: Alike::Image,
        without: None,
        values: |_, job| of_containers(job, |container| one(&container.image)),
    },
    Aspect {
        name: "command",
        part: Part::Pod,
        alike: Alike::Spelt,
        without: None,
        values: |_, job| of_containers(job, |container| one(&container.program)),
    },
    Aspect {
        name: "variable",
        part: Part::Variables,
        alike: Alike::Spelt,
        without: None,
        values: |_, job| variables(job),
    },
    Aspect {
        name: "organization",
        part: Part::Job,
        alike: Alike::Spelt,
        without: None,
        values: |_, job| of_refs(job, |refs| &refs.org),
    },
    Aspect {
        name: "repository",
        part: Part::Job,
        alike: Alike::Spelt,
        without: None,
        values: |_, job| of_refs(job, |refs| &refs.repo),
    },
    Aspect {
        name: "ServiceAccount",
        part: Part::Pod,
        alike: Alike::Spelt,
        without: None,
        values: |_, job| {
            let account = job.spec.as_ref().map(|spec| &spec.service_account);
            account.map(one).unwrap_or_default()
        },
    },
];

/// Whether other rules say where a mirror job is without this name.
pub(super) fn is_checked_elsewhere(conventions: &Conventions, name: &str) -> bool {
    let jobs = &conventions.mirror_jobs;
    let checked = [
        &jobs.variables.mapping_prefix,
        &jobs.variables.dry_run,
        &jobs.labels.area,
    ];
    checked.into_iter().any(|own| own == name)
}

fn value(text: &Text) -> Value<'_> {
    (&text.value, text.span)
}

fn one(text: &Option<Text>) -> Vec<Value<'_>> {
    text.iter().map(value).collect()
}

fn of_containers<'c>(
    job: &'c Job,
    values: impl Fn(&'c Container) -> Vec<Value<'c>>,
) -> Vec<Value<'c>> {
    job.containers().flat_map(values).collect()
}

fn of_refs<'c>(job: &'c Job, field: impl Fn(&'c Refs) -> &'c Option<Text>) -> Vec<Value<'c>> {
    job.refs.iter().flat_map(|refs| one(field(refs))).collect()
}

fn variables(job: &Job) -> Vec<Value<'_>> {
    of_containers(job, |container| {
        container
            .env
            .iter()
            .map(|variable| value(&variable.name))
            .collect()
    })
}

fn label_names(job: &Job) -> Vec<Value<'_>> {
    job.labels.iter().map(|(name, _)| value(name)).collect()
}

/// The registry in front of an image.
fn host(image: &Text) -> Option<Value<'_>> {
    let (host, _) = image.value.split_once('/')?;
    let start = image.span.start as usize;
    host.contains('.')
        .then(|| (host, Span::new(start, start + host.len())))
}
