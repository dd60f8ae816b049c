//! Secrets that mirror jobs mount and nothing makes, and those that are another set's.

use super::foreign_secret::{self, Sharing, foreign};
use super::mirrored;
use super::secret::{mounted, mounts_of};
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checks::listing::listed;
use crate::checks::secret::spoilt;
use crate::checks::unparsed;
use crate::checks::{Advice, Drafts};
use crate::finding::{Draft, Finding, Fix, Severity};
use crate::model::prow_jobs::Volume;
use crate::model::{FileKind, Text};
use crate::syntax::likeness::{Effort, asked, closest, distance_within, slips};

/// `mirror-job-secret`: no such secret, or another set's.
pub(super) fn unknown(checkout: &Checkout, drafts: &mut Drafts) {
    let effort = Effort::default();
    let lists = [FileKind::SecretBootstrap, FileKind::GsmConfig];
    let unparsed = unparsed::of_kinds(checkout, &lists);
    let all: Vec<_> = mounted(checkout).collect();
    let sharing = Sharing::of(&all);
    for (number, (job, volume, name, named)) in all.iter().enumerate() {
        if let Some(draft) = sharing.misplaced(checkout, number, job, name) {
            drafts.push(draft);
        } else if let Some(other) = other_set(checkout, job, name) {
            drafts.push(of_other_set(checkout, job, name, other));
        } else if named.is_empty() {
            let draft = not_made(checkout, job, volume, name, &effort);
            let unmirrored = mirrored(checkout.mirroring(), &job.files);
            drafts.push(
                draft
                    .affects(unmirrored)
                    .follows_from_any(unparsed.iter().cloned())
                    .follows_from(spoilt(&name.value))
                    .one_of_many(unmade(&name.value)),
            );
        }
    }
}

/// One that the base makes is taken away by the change, whatever its name is; it may be in Vault now.
/// One that the change calls nearly as the job's secret was called before is misspelt.
pub(super) fn severity_of_new(finding: &Finding, base: &Checkout) -> Option<Severity> {
    let was_made = !base.secrets().named(secret_of(finding)?).is_empty();
    let is_told = was_made || before(finding, base).is_some();
    is_told.then_some(finding.severity.max(Severity::Warning))
}

/// So many letters may be wrong in the name of a secret.
const SLIP: usize = 2;

/// What the job's secret is nearly called in the base.
fn before<'b>(finding: &Finding, base: &'b Checkout) -> Option<&'b str> {
    let (job, secret) = finding.entity.rsplit_once(' ')?;
    let mut jobs = base.mirroring().jobs.iter();
    let volumes = jobs.find(|own| own.name() == job)?.job().volumes();
    let secrets = volumes.filter_map(|volume| Some(&*volume.secret.as_ref()?.value));
    let others = secrets.filter(|own| *own != secret);
    closest(
        secret,
        others.map(|own| (own, own)),
        SLIP,
        &Effort::default(),
    )
}

/// What to do about one that the base makes, and the result does not.
pub(super) fn advice_on_new(finding: &Finding, base: &Checkout) -> Option<Advice> {
    // That of another job is made all the same.
    let name = secret_of(finding)?;
    if !finding.links.explains.contains(&unmade(name)) {
        return None;
    }
    if let Some(before) = before(finding, base) {
        return Some(Advice {
            help: format!(
                "the job mounted `{before}` before; write that, or make sure that Vault has the new \
                 one"
            ),
            meant: Some(before.to_owned()),
        });
    }
    let made = base.secrets().named(name);
    let place = made.first()?.place.as_ref()?;
    let help = format!(
        "this change takes `{name}` out of `{}`, and the job still mounts it; put the entry back, or \
         make sure that Vault has it now",
        place.path
    );
    Some(Advice { help, meant: None })
}

/// The topic of what follows when no secret of this name is made, which several jobs may mount.
fn unmade(name: &str) -> String {
    format!("secret {name} is not made")
}

/// The secret that a finding is about.
fn secret_of(finding: &Finding) -> Option<&str> {
    let (_, name) = finding.entity.rsplit_once(' ')?;
    Some(name)
}

/// The set that the secret is called after, when that is not the job's and has a job of its own.
fn other_set<'c>(checkout: &'c Checkout, job: &MirrorJob, name: &Text) -> Option<&'c str> {
    let mirroring = checkout.mirroring();
    let account = name
        .value
        .strip_prefix(&*checkout.conventions.secrets.push_prefix)?;
    let (set, members) = mirroring.sets.get_key_value(account)?;
    let own_job = mirroring.jobs.get(members.job?)?;
    let is_other = job.area().is_some_and(|area| area != account)
        && own_job.area() == Some(account)
        && job.first_of(&members.files).is_none();
    is_other.then_some(set)
}

fn of_other_set(checkout: &Checkout, job: &MirrorJob, name: &Text, other: &str) -> Draft {
    let area = job.area().unwrap_or_default();
    Draft::new(
        job.place(name.span),
        format!("{} {}", job.name(), name.value),
        format!(
            "job `{}` of mirror set `{area}` mounts `{}`, which is the secret of set `{other}`",
            job.name(),
            name.value
        ),
    )
    .help(format!(
        "the credentials are for another account, and the push is refused; the name may be left over \
         from the job this one was copied from{}",
        foreign_secret::convention(checkout, job)
    ))
    .explains(foreign(job, name))
}

fn not_made(
    checkout: &Checkout,
    job: &MirrorJob,
    volume: &Volume,
    name: &Text,
    effort: &Effort,
) -> Draft {
    let secrets = checkout.secrets();
    let names = &checkout.conventions.secrets;
    let namespace = &*checkout.conventions.prow.namespace;
    let (job_name, secret) = (job.name(), &*name.value);
    let known = secrets.known.iter();
    let own = known.filter(|secret| secret.namespace == namespace);
    let own = own.map(|secret| (&*secret.name, &*secret.name));
    let near = closest(secret, own, 3, effort);
    // In Vault a name has `-` where one of ci-secret-bootstrap may have a dot.
    let is_slip = near.is_some_and(|near| {
        distance_within(near, secret, 1, effort) == Some(1) && near.replace('.', "-") != secret
    });
    let usual = after_area(checkout, job, secret, effort);
    let is_slip = is_slip || near.is_none() && usual.is_some();
    let near = near.or(usual.as_deref());
    let draft = |message| {
        let entity = format!("{job_name} {secret}");
        let meant = near.and_then(|near| Fix::alternative(job.place(name.span), near));
        Draft::new(job.place(name.span), entity, message).alternatives(meant)
    };
    let near = asked(near);
    let convention = convention(checkout, job, secret);
    if secrets.has_index() {
        return draft(format!("secret `{secret}` of job `{job_name}` does not exist"))
            .severity(Severity::Error)
            .help(format!(
                "neither ci-secret-bootstrap nor the given secretsync index knows it; {}{convention}{near}",
                in_vault(checkout, job, volume, secret)
            ));
    }
    if !names.vault_name.is_match(secret) && secrets.knows_vault {
        return draft(format!(
            "secret `{secret}` of job `{job_name}` cannot exist"
        ))
        .severity(Severity::Error)
        .help(format!(
            "ci-secret-bootstrap does not make it, and a `secretsync/target-name` in Vault \
                 holds lower case letters, digits and `-` only{convention}{near}"
        ));
    }
    let is_usual = names.usual.is_match(secret) && !is_slip;
    let severity = if is_usual {
        Severity::Hint
    } else {
        Severity::Warning
    };
    draft(format!(
        "secret `{secret}` of job `{job_name}` is not made in this checkout"
    ))
    .severity(severity)
    .help(format!(
        "{}; nothing here shows what Vault has: `--secretsync FILE` with its keys settles it\
         {convention}{near}",
        in_vault(checkout, job, volume, secret)
    ))
}

/// What the job's secret is called by convention, where `secret` is that with the set misspelt.
fn after_area(
    checkout: &Checkout,
    job: &MirrorJob,
    secret: &str,
    effort: &Effort,
) -> Option<String> {
    let area = job.area()?;
    let set = secret.strip_prefix(&*checkout.conventions.secrets.push_prefix)?;
    let distance = distance_within(set, area, slips(area, SLIP), effort)?;
    let is_slip = distance > 0 && !checkout.secrets().has_index();
    is_slip.then(|| checkout.conventions.push_secret(area))
}

/// What Vault has to hold for the job to find the secret.
fn in_vault(checkout: &Checkout, job: &MirrorJob, volume: &Volume, secret: &str) -> String {
    let mut keys: Vec<&str> = mounts_of(job, volume)
        .filter_map(|mount| Some(&*mount.sub_path.as_ref()?.value))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let keys = match &*keys {
        [] => "the credentials beside these".to_owned(),
        keys => format!(
            "the credentials under {}, which is the job's `subPath`",
            listed(keys.iter().copied(), " and ")
        ),
    };
    let cluster = job.job().cluster.as_ref();
    let cluster = cluster.map_or_else(String::new, |cluster| {
        format!("`secretsync/target-clusters: \"{}\"`, ", cluster.value)
    });
    format!(
        "it has to be in Vault, with `secretsync/target-name: {secret}`, \
         `secretsync/target-namespace: {}`, {cluster}and {keys}",
        checkout.conventions.prow.namespace
    )
}

/// How push secrets are called, for whoever did not follow that.
fn convention(checkout: &Checkout, job: &MirrorJob, secret: &str) -> String {
    let names = &checkout.conventions.secrets;
    let is_followed = names.usual.is_match(secret) && names.vault_name.is_match(secret);
    if is_followed {
        String::new()
    } else {
        foreign_secret::convention(checkout, job)
    }
}
