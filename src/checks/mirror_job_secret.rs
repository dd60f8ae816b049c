//! The secrets that mirror jobs mount: whether they exist, where the job runs, with the key it
//! asks for.

use std::borrow::Cow;
use std::sync::Arc;

use regex::Regex;
use serde::Deserialize;

use super::listing::listed;
use super::{Check, Drafts, params};
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checkout::secrets::{Secret, Secrets};
use crate::finding::{Draft, Fix, Severity};
use crate::model::Text;
use crate::model::prow_jobs::{Mount, Volume};
use crate::syntax::likeness::{Effort, closest, distance_within};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MirrorJobSecret {
    /// What this rule looks at.
    fault: Fault,
    /// The namespace that jobs run in.
    namespace: String,
    /// What secretsync takes for a name.
    #[serde(deserialize_with = "params::pattern")]
    vault_name: Regex,
    /// What push secrets are called, in front of the organisation.
    convention: String,
    /// Names that secrets in Vault really have, so that this one may well be there.
    #[serde(default = "params::nothing", deserialize_with = "params::pattern")]
    usual: Regex,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Fault {
    /// No such secret.
    Unknown,
    /// Not where the job runs.
    Cluster,
    /// Not with this key.
    SubPath,
}

impl Check for MirrorJobSecret {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let secrets = &checkout.secrets;
        if !secrets.has_bootstrap && !secrets.has_index() {
            return; // a part of a checkout, or one of before ci-secret-bootstrap
        }
        let effort = Effort::default();
        for job in &checkout.mirroring.jobs {
            for volume in job.job().volumes() {
                let Some(name) = &volume.secret else {
                    continue;
                };
                let named = secrets.named(&name.value);
                match self.fault {
                    Fault::Unknown if named.is_empty() => {
                        drafts.push(self.unknown(secrets, job, name, &effort));
                    }
                    Fault::Cluster if !named.is_empty() => self.cluster(job, name, &named, drafts),
                    Fault::SubPath => self.sub_paths(job, volume, name, &named, drafts),
                    _ => {}
                }
            }
        }
    }
}

impl MirrorJobSecret {
    fn unknown(&self, secrets: &Secrets, job: &MirrorJob, name: &Text, effort: &Effort) -> Draft {
        let entity = format!("{} {}", job.name(), name.value);
        let place = job.place(name.span);
        let convention = format!(
            "push secrets are called `{}{}` by convention",
            self.convention,
            job.area().unwrap_or("<organization>")
        );
        let known = secrets.known.iter();
        let own = known.filter(|secret| secret.namespace == self.namespace);
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
        if !self.vault_name.is_match(&name.value) && secrets.knows_vault {
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
        let is_usual = self.usual.is_match(&name.value) && !is_slip;
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
            name.value, self.namespace
        ))
    }

    fn cluster(&self, job: &MirrorJob, name: &Text, named: &[&Secret], drafts: &mut Drafts) {
        let in_namespace: Vec<&&Secret> = named
            .iter()
            .filter(|secret| secret.namespace == self.namespace || secret.namespace.is_empty())
            .collect();
        let cluster = job.job().cluster.as_ref().map(|cluster| &*cluster.value);
        let message = if in_namespace.is_empty() {
            format!(
                "secret `{}` is not in namespace `{}`, where jobs run",
                name.value, self.namespace
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
            self.namespace
        ));
        for place in named.iter().filter_map(|secret| secret.place.clone()) {
            draft = draft.related(place, "where the secret goes");
        }
        drafts.push(draft);
    }

    fn sub_paths(
        &self,
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
        let keys = self.keys(job, volume, named);
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
        &self,
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
                && secret.namespace == self.namespace;
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
