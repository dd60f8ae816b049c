//! Secrets that are another mirror set's: left over from the job that a job was copied from.

use std::collections::{BTreeMap, BTreeSet};

use super::secret::Mounted;
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checks::listing::listed;
use crate::finding::{Draft, Severity};
use crate::model::Text;

/// So many jobs that mount one secret are compared.
const MAX_SHARING: usize = 16;

/// Which jobs mount each secret.
pub(super) struct Sharing<'c>(BTreeMap<&'c str, Vec<(usize, &'c MirrorJob)>>);

impl<'c> Sharing<'c> {
    pub(super) fn of(mounted: &[Mounted<'c>]) -> Self {
        let mut sharing: BTreeMap<&str, Vec<(usize, &MirrorJob)>> = BTreeMap::new();
        for (number, (job, _, name, _)) in mounted.iter().enumerate() {
            let jobs = sharing.entry(&name.value).or_default();
            if jobs.len() < MAX_SHARING {
                jobs.push((number, job));
            }
        }
        Self(sharing)
    }

    /// Where a job that the secret is rather called after mounts it too, and they push to one
    /// registry and no organisation that is the same: the account of one cannot be that of the other.
    pub(super) fn misplaced(
        &self,
        checkout: &Checkout,
        number: usize,
        job: &MirrorJob,
        name: &Text,
    ) -> Option<Draft> {
        let others = self.0.get(&*name.value).filter(|jobs| jobs.len() > 1)?;
        let own = pushed_to(checkout, job);
        let fit = fit(&name.value, job, &own);
        others
            .iter()
            .filter(|(other, _)| *other != number)
            .find_map(|(other, owner)| {
                let theirs = pushed_to(checkout, owner);
                let is_apart = share_a_registry(&own, &theirs) && own.is_disjoint(&theirs);
                // Of two that it fits alike, the second is the copy.
                let is_theirs = (self::fit(&name.value, owner, &theirs), number) > (fit, *other);
                (is_apart && is_theirs).then(|| {
                    let convention = convention(checkout, job);
                    of_other_job(job, name, owner, &own, &theirs, &convention)
                })
            })
    }
}

/// Where a job pushes: registries with organisations.
fn pushed_to<'c>(checkout: &'c Checkout, job: &MirrorJob) -> BTreeSet<(&'c str, &'c str)> {
    let files = job
        .files
        .iter()
        .map(|&file| &checkout.mirroring().files[file]);
    let lines = files.flat_map(|file| file.lines());
    let mappings = lines.flat_map(|line| &line.mappings);
    mappings
        .filter_map(|mapping| {
            let reference = &mapping.destination.reference.reference;
            let (organisation, _) = reference.repository.split_once('/')?;
            Some((reference.host.as_deref()?, organisation))
        })
        .collect()
}

/// What a job's push secret is called by convention, as the end of a sentence; nothing where it pushes
/// nowhere but to the central registry, whose credentials the platform keeps.
pub(super) fn convention(checkout: &Checkout, job: &MirrorJob) -> String {
    let registries = &checkout.conventions.registries;
    let pushed = pushed_to(checkout, job);
    let is_central =
        !pushed.is_empty() && pushed.iter().all(|(host, _)| registries.is_central(host));
    if is_central {
        return String::new();
    }
    let area = job.area().unwrap_or("<organization>");
    let secret = checkout.conventions.push_secret(area);
    format!("; push secrets are called `{secret}` by convention")
}

/// One secret may well hold the credentials for several registries.
fn share_a_registry(own: &BTreeSet<(&str, &str)>, theirs: &BTreeSet<(&str, &str)>) -> bool {
    let registries: BTreeSet<&str> = own.iter().map(|(host, _)| *host).collect();
    theirs.iter().any(|(host, _)| registries.contains(host))
}

/// How much of a secret's name is what the job has to do with.
fn fit(secret: &str, job: &MirrorJob, pushed_to: &BTreeSet<(&str, &str)>) -> usize {
    let letters = |name: &str| name.replace(['-', '_', '.'], "");
    let secret = letters(secret);
    let organisations = pushed_to.iter().map(|(_, organisation)| *organisation);
    let names = organisations.chain(job.area()).map(letters);
    let fitting = names.filter(|name| secret.contains(name.as_str()));
    fitting.map(|name| name.len()).max().unwrap_or_default()
}

/// The topic of what follows from a job's mounting the secret of another.
pub(super) fn foreign(job: &MirrorJob, secret: &Text) -> String {
    format!("job {} mounts {} of another", job.name(), secret.value)
}

fn of_other_job(
    job: &MirrorJob,
    name: &Text,
    owner: &MirrorJob,
    own: &BTreeSet<(&str, &str)>,
    theirs: &BTreeSet<(&str, &str)>,
    convention: &str,
) -> Draft {
    let written = |places: &BTreeSet<(&str, &str)>| -> Vec<String> {
        places
            .iter()
            .map(|(host, organisation)| format!("{host}/{organisation}"))
            .collect()
    };
    let (own, theirs) = (written(own), written(theirs));
    let draft = Draft::new(
        job.place(name.span),
        format!("{} {}", job.name(), name.value),
        format!(
            "job `{}` mounts `{}`, the secret of job `{}`, which pushes elsewhere",
            job.name(),
            name.value,
            owner.name()
        ),
    )
    .severity(Severity::Error)
    .explains(foreign(job, name))
    .help(format!(
        "this job pushes to {}, that one to {}: the credentials are for another account, and the push \
         is refused; the name may be left over from the job this one was copied from{convention}",
        listed(own.iter().map(String::as_str), ", "),
        listed(theirs.iter().map(String::as_str), ", "),
    ));
    let mut volumes = owner
        .job()
        .volumes()
        .filter_map(|volume| volume.secret.as_ref());
    match volumes.find(|own| own.value == name.value) {
        Some(own) => draft.related(owner.place(own.span), "whose secret it is"),
        None => draft,
    }
}
