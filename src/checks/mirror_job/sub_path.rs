//! The keys of the secrets that mirror jobs mount.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::foreign_secret::foreign;
use super::secret::{mounted, mounts_of};
use super::{Part, mirrored, wrong_part};
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checkout::secrets::Secret;
use crate::checks::Drafts;
use crate::checks::habit::Habit;
use crate::checks::listing::listed;
use crate::finding::{Draft, Finding, Fix, Severity};
use crate::model::Text;
use crate::model::prow_jobs::{Mount, Volume};
use crate::tree::RepoPath;

/// `mirror-job-subpath`: not with this key.
pub(super) fn sub_path(checkout: &Checkout, drafts: &mut Drafts) {
    let habits = Habits::of(checkout);
    for (job, volume, name, named) in mounted(checkout) {
        items(checkout, job, volume, name, &named, drafts);
        sub_paths(checkout, job, volume, name, &named, &habits, drafts);
    }
}

/// A guess from what other jobs have is worth more where a change brings the mount. Where the change takes the
/// secret away, so that its keys are not known any more, `mirror-job-secret` says so.
pub(super) fn severity_of_new(finding: &Finding, base: &Checkout) -> Option<Severity> {
    let (_, secret_and_key) = finding.entity.split_once(' ')?;
    let (secret, _) = secret_and_key.split_once(' ')?;
    let is_guess = finding.severity == Severity::Hint && base.secrets().named(secret).is_empty();
    is_guess.then_some(Severity::Warning)
}

/// Fewer mounts are no habit.
const FEW: usize = 3;

/// A key is odd where so many times as many mounts have another.
const RARE: usize = 3;

/// By which keys mirror jobs mount secrets.
#[derive(Default)]
struct Habits<'c> {
    /// All of them, by the place.
    all: Habit<'c, (&'c RepoPath, u32)>,
    /// Those whose keys the checkout does not tell.
    untold: Habit<'c, (&'c RepoPath, u32)>,
    /// The same by the secret.
    of_secret: BTreeMap<&'c str, Habit<'c, (&'c RepoPath, u32)>>,
}

impl<'c> Habits<'c> {
    fn of(checkout: &'c Checkout) -> Self {
        let mut habits = Self::default();
        for (job, volume, name, named) in mounted(checkout) {
            let is_untold = is_untold(&named, volume);
            let mounts = mounts_of(job, volume).filter_map(|mount| mount.sub_path.as_ref());
            for sub_path in mounts {
                let at = (&job.file.path, sub_path.span.start);
                habits.all.add(at, &sub_path.value);
                if is_untold {
                    habits.untold.add(at, &sub_path.value);
                    let own = habits.of_secret.entry(&name.value).or_default();
                    own.add(at, &sub_path.value);
                }
            }
        }
        habits
    }

    /// A key that other mounts of this secret, or of others like it, do not name.
    fn odd(&self, job: &MirrorJob, secret: &Text, sub_path: &Text) -> Option<Draft> {
        let key = &*sub_path.value;
        let others_of_secret = self.of_secret.get(&*secret.value)?.most();
        let near = || self.all.unusual(key)?.near;
        let most = || {
            let (most, count) = self.untold.most()?;
            let is_rare = count >= FEW && self.untold.count(key) * RARE <= count;
            is_rare.then_some((most, count))
        };
        let (right, why) = match others_of_secret.filter(|(most, count)| *most != key && *count > 1)
        {
            Some((most, count)) => (most, format!("{count} other mounts of it name `{most}`")),
            None => {
                let (right, count) = near().or_else(most)?;
                (
                    right,
                    format!("{count} other mounts of such secrets name `{right}`"),
                )
            }
        };
        let place = job.place(sub_path.span);
        let fix = Fix::of_value(format!("change to `{right}`"), place.clone(), right);
        let entity = format!("{} {} {key}", job.name(), secret.value);
        let message = format!("`{key}` may be no key of secret `{}`: {why}", secret.value);
        let draft = Draft::new(place, entity, message)
            .severity(Severity::Hint)
            .help("where the secret has no such key, an empty folder is mounted in place of the credentials, and the push is refused; look in Vault which key it has")
            .follows_from(foreign(job, secret))
            .maybe_fix(fix.map(Fix::to_review));
        Some(draft)
    }
}

/// Keys that a volume takes from a secret which has no such keys.
fn items(
    checkout: &Checkout,
    job: &MirrorJob,
    volume: &Volume,
    name: &Text,
    named: &[&Secret],
    drafts: &mut Drafts,
) {
    if volume.secret_keys.is_empty() {
        return;
    }
    let Some(keys) = keys_of_secret(checkout, job, named) else {
        return;
    };
    for key in &volume.secret_keys {
        if keys.iter().any(|own| *own == *key.value) {
            continue;
        }
        let consequence = "the volume cannot be mounted, so the pod never starts";
        drafts.push(no_key(checkout, job, name, key, named, &keys, consequence));
    }
}

/// `key` is none of `keys`, which the secret has.
fn no_key(
    checkout: &Checkout,
    job: &MirrorJob,
    name: &Text,
    key: &Text,
    named: &[&Secret],
    keys: &[Cow<'_, str>],
    consequence: &str,
) -> Draft {
    let place = job.place(key.span);
    let only = match keys {
        [only] => Fix::of_value(format!("change to `{only}`"), place.clone(), &**only),
        _ => None,
    };
    let draft = Draft::new(
        place,
        format!("{} {} {}", job.name(), name.value, key.value),
        format!("secret `{}` has no key `{}`", name.value, key.value),
    )
    .help(format!(
        "{consequence}; the secret has {}",
        listed(keys.iter().map(|key| &**key), ", ")
    ))
    .affects(mirrored(checkout.mirroring(), &job.files))
    .follows_from(foreign(job, name))
    .maybe_fix(only);
    let places = named.iter().filter_map(|secret| secret.place.clone());
    places.fold(draft, |draft, place| {
        draft.related(place, "where the secret is made")
    })
}

fn sub_paths(
    checkout: &Checkout,
    job: &MirrorJob,
    volume: &Volume,
    name: &Text,
    named: &[&Secret],
    habits: &Habits<'_>,
    drafts: &mut Drafts,
) {
    let mut mounts = mounts_of(job, volume).peekable();
    if mounts.peek().is_none() {
        return;
    }
    let keys = keys(checkout, job, volume, named);
    for mount in mounts {
        let Some(sub_path) = &mount.sub_path else {
            absent_sub_path(job, mount, keys.as_deref(), drafts);
            continue;
        };
        let Some(keys) = &keys else {
            if !is_untold(named, volume) {
                continue;
            }
            drafts.extend(habits.odd(job, name, sub_path));
            continue;
        };
        if keys.iter().any(|key| *key == *sub_path.value) {
            continue;
        }
        let consequence =
            "an empty folder is mounted in place of the credentials, and the push is refused";
        drafts.push(no_key(
            checkout,
            job,
            name,
            sub_path,
            named,
            keys,
            consequence,
        ));
    }
}

/// Whether nothing in the checkout says which keys a secret has.
fn is_untold(named: &[&Secret], volume: &Volume) -> bool {
    volume.secret_paths.is_none() && named.iter().all(|secret| secret.keys.is_none())
}

/// The keys of the job's volume; nothing when the checkout cannot tell.
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
    keys_of_secret(checkout, job, named)
}

/// The keys of the job's secret; nothing when the checkout cannot tell.
fn keys_of_secret<'s>(
    checkout: &Checkout,
    job: &MirrorJob,
    named: &[&'s Secret],
) -> Option<Vec<Cow<'s, str>>> {
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
        ))
        .follows_from(wrong_part(job.name(), Part::Pod)),
    );
}
