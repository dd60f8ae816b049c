//! The secrets that mirror jobs mount: whether they are where the job runs.

use std::collections::BTreeSet;

use super::{Part, mirrored, wrong_part};
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checkout::secrets::Secret;
use crate::checks::Drafts;
use crate::checks::mapping;
use crate::checks::secret::odd_cluster;
use crate::finding::Draft;
use crate::model::Text;
use crate::model::prow_jobs::{Mount, Volume};
use crate::syntax::likeness::{Effort, closest, differ_in_number};

/// `mirror-job-secret-cluster`: not where the job runs.
pub(super) fn cluster(checkout: &Checkout, drafts: &mut Drafts) {
    let effort = Effort::default();
    let mut known = None;
    for (job, _, name, named) in mounted(checkout) {
        if named.is_empty() {
            continue;
        }
        let Some(draft) = elsewhere(checkout, job, name, &named) else {
            continue;
        };
        let known = known.get_or_insert_with(|| Clusters::of(checkout));
        let misspelled = misspelled(known, job, name, &named, &effort);
        let misspelled =
            misspelled.map(|draft| draft.affects(mirrored(checkout.mirroring(), &job.files)));
        let draft = misspelled.unwrap_or(draft);
        drafts.push(draft.explains(mapping::strays(job.name())));
    }
}

/// A volume of a mirror job that is a secret, the secret's name, and the secrets of that name.
pub(super) type Mounted<'c> = (&'c MirrorJob, &'c Volume, &'c Text, Vec<&'c Secret>);

/// All of them; none where the checkout does not say which secrets there are: a part of one, or one of
/// before ci-secret-bootstrap.
pub(super) fn mounted(checkout: &Checkout) -> impl Iterator<Item = Mounted<'_>> {
    let secrets = checkout.secrets();
    let is_known = secrets.has_bootstrap || secrets.has_index();
    let jobs = checkout.mirroring().jobs.iter().filter(move |_| is_known);
    jobs.flat_map(|job| job.job().volumes().map(move |volume| (job, volume)))
        .filter_map(|(job, volume)| {
            let name = volume.secret.as_ref()?;
            Some((job, volume, name, secrets.named(&name.value)))
        })
}

fn elsewhere(
    checkout: &Checkout,
    job: &MirrorJob,
    name: &Text,
    named: &[&Secret],
) -> Option<Draft> {
    let namespace = &*checkout.conventions.prow.namespace;
    let in_namespace: Vec<&&Secret> = named
        .iter()
        .filter(|secret| secret.namespace == namespace || secret.namespace.is_empty())
        .collect();
    let cluster = job.job().cluster.as_ref().map(|cluster| &*cluster.value);
    let message = if in_namespace.is_empty() {
        format!(
            "secret `{}` is not in namespace `{}`, where jobs run",
            name.value, namespace
        )
    } else {
        match cluster {
            Some(cluster) if !in_namespace.iter().any(|secret| secret.is_in(cluster)) => {
                format!(
                    "secret `{}` is not in cluster `{cluster}`, where job `{}` runs",
                    name.value,
                    job.name()
                )
            }
            _ => return None,
        }
    };
    let mut draft = Draft::new(
        job.place(name.span),
        format!("{} {}", job.name(), name.value),
        message,
    )
    .help(format!(
        "the pod waits for it until it times out; let the secret go to {} and namespace `{}`",
        cluster.map_or_else(
            || "the job's cluster".to_owned(),
            |name| format!("cluster `{name}`")
        ),
        namespace
    ))
    .affects(mirrored(checkout.mirroring(), &job.files))
    .follows_from(wrong_part(job.name(), Part::Cluster))
    .one_of_many(elsewhere_than(cluster, name));
    for place in named.iter().filter_map(|secret| secret.place.clone()) {
        draft = draft.related(place, "where the secret goes");
    }
    Some(draft)
}

/// The topic of what follows when a secret is not where jobs of this cluster run.
fn elsewhere_than(cluster: Option<&str>, secret: &Text) -> String {
    let cluster = cluster.unwrap_or_default();
    format!("secret {} is not in cluster {cluster}", secret.value)
}

/// Clusters that a job runs in or a secret goes to.
struct Clusters<'c> {
    /// Named once.
    alone: BTreeSet<&'c str>,
    /// Named more often.
    usual: BTreeSet<&'c str>,
}

impl<'c> Clusters<'c> {
    fn of(checkout: &'c Checkout) -> Self {
        let jobs = checkout.jobs();
        let of_jobs = jobs.filter_map(|(_, job)| Some(&*job.cluster.as_ref()?.value));
        let mut clusters = Self {
            alone: BTreeSet::new(),
            usual: BTreeSet::new(),
        };
        for cluster in of_jobs.chain(checkout.secrets().clusters()) {
            if !clusters.alone.insert(cluster) {
                clusters.usual.insert(cluster);
            }
        }
        clusters.alone.retain(|one| !clusters.usual.contains(one));
        clusters
    }
}

/// The one of `names` that could be `name` misspelt, or the other way round.
fn nearly<'n>(name: &str, names: &BTreeSet<&'n str>, effort: &Effort) -> Option<&'n str> {
    let names = names.iter().map(|one| (*one, *one));
    closest(name, names, 2, effort).filter(|near| !differ_in_number(near, name))
}

/// A cluster that nothing names but the secret, and that is nearly called like the job's.
fn misspelled(
    clusters: &Clusters<'_>,
    job: &MirrorJob,
    name: &Text,
    named: &[&Secret],
    effort: &Effort,
) -> Option<Draft> {
    let cluster = job.job().cluster.as_ref()?;
    let entity = format!("{} {}", job.name(), name.value);
    if !clusters.usual.contains(&*cluster.value) {
        return None;
    }
    let wrong = nearly(&cluster.value, &clusters.alone, effort)?;
    // Of all clusters is not of this one.
    let goes_there = |secret: &&&Secret| secret.clusters.is_some() && secret.is_in(wrong);
    let secret = named.iter().find(goes_there)?;
    let message = format!(
        "secret `{}` goes to cluster `{wrong}`, which nothing else names",
        name.value
    );
    let draft = Draft::new(job.place(name.span), entity, message).help(format!(
        "job `{}` runs in `{}` and waits for it until it times out; did you mean that cluster?",
        job.name(),
        cluster.value
    ));
    let draft = draft.follows_from(odd_cluster(wrong));
    Some(match secret.place.clone() {
        Some(place) => draft.related(place, "where the secret goes"),
        None => draft,
    })
}

/// Where the job mounts one of its volumes.
pub(super) fn mounts_of<'j>(
    job: &'j MirrorJob,
    volume: &'j Volume,
) -> impl Iterator<Item = &'j Mount> {
    job.job().mounts().filter(|mount| {
        let of_volume = mount.volume.as_ref().zip(volume.name.as_ref());
        of_volume.is_some_and(|(mounted, own)| mounted.value == own.value)
    })
}
