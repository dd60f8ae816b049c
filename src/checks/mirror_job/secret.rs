//! The secrets that mirror jobs mount: whether they exist, where the job runs, with the key it
//! asks for.

use std::borrow::Cow;
use std::sync::Arc;

use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checkout::secrets::Secret;
use crate::checks::Drafts;
use crate::checks::listing::listed;
use crate::finding::{Draft, Fix, Severity};
use crate::model::Text;
use crate::model::prow_jobs::{Mount, Volume};
use crate::syntax::likeness::{Effort, closest, distance_within};

/// `mirror-job-secret`: no such secret.
pub(super) fn unknown(checkout: &Checkout, drafts: &mut Drafts) {
    let effort = Effort::default();
    for (job, _, name, named) in mounted(checkout) {
        if named.is_empty() {
            drafts.push(not_made(checkout, job, name, &effort));
        }
    }
}

/// `mirror-job-secret-cluster`: not where the job runs.
pub(super) fn cluster(checkout: &Checkout, drafts: &mut Drafts) {
    for (job, _, name, named) in mounted(checkout) {
        if !named.is_empty() {
            elsewhere(checkout, job, name, &named, drafts);
        }
    }
}

/// `mirror-job-subpath`: not with this key.
pub(super) fn sub_path(checkout: &Checkout, drafts: &mut Drafts) {
    for (job, volume, name, named) in mounted(checkout) {
        sub_paths(checkout, job, volume, name, &named, drafts);
    }
}

/// A volume of a mirror job that is a secret, the secret's name, and the secrets of that name.
type Mounted<'c> = (&'c MirrorJob, &'c Volume, &'c Text, Vec<&'c Secret>);

/// All of them; none where the checkout does not say which secrets there are: a part of one, or one of
/// before ci-secret-bootstrap.
fn mounted(checkout: &Checkout) -> impl Iterator<Item = Mounted<'_>> {
    let secrets = &checkout.secrets;
    let is_known = secrets.has_bootstrap || secrets.has_index();
    let jobs = checkout.mirroring.jobs.iter().filter(move |_| is_known);
    jobs.flat_map(|job| job.job().volumes().map(move |volume| (job, volume)))
        .filter_map(|(job, volume)| {
            let name = volume.secret.as_ref()?;
            Some((job, volume, name, secrets.named(&name.value)))
        })
}

fn not_made(checkout: &Checkout, job: &MirrorJob, name: &Text, effort: &Effort) -> Draft {
    let secrets = &checkout.secrets;
    let names = &checkout.conventions.secrets;
    let namespace = &*checkout.conventions.prow.namespace;
    let entity = format!("{} {}", job.name(), name.value);
    let place = job.place(name.span);
    let convention = format!(
        "push secrets are called `{}{}` by convention",
        names.push_prefix,
        job.area().unwrap_or("<organization>")
    );
    let known = secrets.known.iter();
    let own = known.filter(|secret| secret.namespace == namespace);
    let near = closest(
        &name.value,
        own.map(|secret| (&*secret.name, &*secret.name)),
        3,
        effort,
    );
    // In Vault a name has `-` where one of ci-secret-bootstrap may have a dot.
    let is_slip = near.is_some_and(|near| {
        distance_within(near, &name.value, 1, effort) == Some(1)
            && near.replace('.', "-") != *name.value
    });
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    if secrets.has_index() {
        return Draft::new(
            place,
            entity,
            format!("secret `{}` of job `{}` does not exist", name.value, job.name()),
        )
        .severity(Severity::Error)
        .help(format!(
            "neither ci-secret-bootstrap nor the given secretsync index knows it; {convention}{near}"
        ));
    }
    if !names.vault_name.is_match(&name.value) && secrets.knows_vault {
        return Draft::new(
            place,
            entity,
            format!(
                "secret `{}` of job `{}` cannot exist",
                name.value,
                job.name()
            ),
        )
        .severity(Severity::Error)
        .help(format!(
            "ci-secret-bootstrap does not make it, and a `secretsync/target-name` in Vault \
             holds lower case letters, digits and `-` only; {convention}{near}"
        ));
    }
    let is_usual = names.usual.is_match(&name.value) && !is_slip;
    Draft::new(
        place,
        entity,
        format!(
            "secret `{}` of job `{}` is not made in this checkout",
            name.value,
            job.name()
        ),
    )
    .severity(if is_usual {
        Severity::Hint
    } else {
        Severity::Warning
    })
    .help(format!(
        "it has to be in Vault, with `secretsync/target-name: {}` and \
         `secretsync/target-namespace: {}`; {convention}{near}",
        name.value, namespace
    ))
}

fn elsewhere(
    checkout: &Checkout,
    job: &MirrorJob,
    name: &Text,
    named: &[&Secret],
    drafts: &mut Drafts,
) {
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
            _ => return,
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
    ));
    for place in named.iter().filter_map(|secret| secret.place.clone()) {
        draft = draft.related(place, "where the secret goes");
    }
    drafts.push(draft);
}

fn sub_paths(
    checkout: &Checkout,
    job: &MirrorJob,
    volume: &Volume,
    name: &Text,
    named: &[&Secret],
    drafts: &mut Drafts,
) {
    let mounts = job.job().mounts().filter(|mount| {
        let of_volume = mount.volume.as_ref().zip(volume.name.as_ref());
        of_volume.is_some_and(|(mounted, own)| mounted.value == own.value)
    });
    let mut mounts = mounts.peekable();
    if mounts.peek().is_none() {
        return;
    }
    let keys = keys(checkout, job, volume, named);
    for mount in mounts {
        let Some(keys) = &keys else {
            absent_sub_path(job, mount, None, drafts);
            continue;
        };
        let Some(sub_path) = &mount.sub_path else {
            absent_sub_path(job, mount, Some(keys), drafts);
            continue;
        };
        if keys.iter().any(|key| *key == *sub_path.value) {
            continue;
        }
        let listed = listed(keys.iter().map(|key| &**key), ", ");
        let mut draft = Draft::new(
            job.place(sub_path.span),
            format!("{} {} {}", job.name(), name.value, sub_path.value),
            format!("secret `{}` has no key `{}`", name.value, sub_path.value),
        )
        .help(format!(
            "an empty folder is mounted in place of the credentials, and the push is refused; \
             the secret has {listed}"
        ));
        if let [only] = &**keys {
            let place = job.place(sub_path.span);
            let title = format!("write `{only}`");
            draft = draft.maybe_fix(Fix::of_value(title, place, &**only));
        }
        for place in named.iter().filter_map(|secret| secret.place.clone()) {
            draft = draft.related(place, "where the secret is made");
        }
        drafts.push(draft);
    }
}

/// The keys of the job's secret; nothing when the checkout cannot tell.
fn keys<'s>(
    checkout: &Checkout,
    job: &MirrorJob,
    volume: &'s Volume,
    named: &[&'s Secret],
) -> Option<Vec<Cow<'s, str>>> {
    if let Some(paths) = &volume.secret_paths {
        let paths = paths.iter().map(|path| Cow::Borrowed(&*path.value));
        return Some(paths.collect());
    }
    let cluster = job.job().cluster.as_ref().map(|cluster| &*cluster.value);
    let mut keys: Vec<Cow<'_, str>> = Vec::new();
    let mut last: Option<&Arc<[String]>> = None;
    for secret in named {
        let is_there = cluster.is_none_or(|cluster| secret.is_in(cluster))
            && secret.namespace == checkout.conventions.prow.namespace;
        if !is_there {
            continue;
        }
        let own = secret.keys.as_ref()?;
        // The targets of one entry have the same keys.
        if !last.is_some_and(|last| Arc::ptr_eq(last, own)) {
            last = Some(own);
            match secret.keys_in(cluster)? {
                Cow::Borrowed(own) => keys.extend(own.iter().map(|key| key.as_str().into())),
                Cow::Owned(own) => keys.extend(own.into_iter().map(Cow::Owned)),
            }
        }
    }
    (!keys.is_empty()).then_some(keys)
}

/// A secret that is mounted as a folder where a file belongs.
fn absent_sub_path(job: &MirrorJob, mount: &Mount, keys: Option<&[Cow<str>]>, drafts: &mut Drafts) {
    let (None, Some(path)) = (&mount.sub_path, &mount.path) else {
        return;
    };
    if !path.value.ends_with(".json") {
        return;
    }
    let listed = keys.map_or_else(
        || "such as `config.json`".to_owned(),
        |keys| listed(keys.iter().map(|key| &**key), " or "),
    );
    drafts.push(
        Draft::new(
            job.place(path.span),
            format!("{} {}", job.name(), path.value),
            format!(
                "`{}` becomes a folder, because the mount has no `subPath`",
                path.value
            ),
        )
        .help(format!(
            "`oc` wants a file there; name the secret's key as `subPath`, {listed}"
        )),
    );
}
