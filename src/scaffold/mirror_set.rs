//! A mirror set: a folder with a mapping file and OWNERS, and the periodic job that reads it.

use super::result::{Parts, Proposal, Refused};
use super::sorted::{self, Block};
use super::source::{self, Line};
use super::{MirrorSet, owners};
use crate::checkout::Checkout;
use crate::model::File;
use crate::model::conventions::JobForm;
use crate::syntax::placeholders::fill;

const PUSH_CREDENTIALS: &str = include_str!("../../rules/new/push-credentials.txt");
const PUBLIC_IMAGES: &str = include_str!("../../rules/new/public-images.txt");

pub(super) fn propose(checkout: &Checkout, set: &MirrorSet) -> Result<Proposal, Refused> {
    let conventions = &checkout.conventions;
    let name = set.name.as_str();
    let account = account(set)?;
    let secret = secret(checkout, set)?;
    let folder = format!("{}/{name}", conventions.mapping_files.folder);
    let mut parts = Parts::new(checkout);
    parts.file(&format!("{folder}/OWNERS"), owners(&set.approvers));
    let mapping_file = conventions.mapping_files.start(name);
    parts.file(&format!("{folder}/{mapping_file}"), lines(checkout, set)?);
    let form = checkout.form_of_new_job();
    add_job(
        checkout,
        &mut parts,
        name,
        &conventions.job_for(name, &secret, form),
    )?;
    if checkout.secrets().named(&secret).is_empty() {
        let credentials = push_credentials(checkout, &account, &secret, form);
        parts.left_to_do(credentials, Some("mirror-job-secret"));
    }
    let public = fill(PUBLIC_IMAGES, |name| {
        (name == "account").then_some(&*account)
    });
    parts.left_to_do(public, None);
    parts.finish()
}

/// The organisation that is pushed to, which is one: the job has one secret.
fn account(set: &MirrorSet) -> Result<String, Refused> {
    let mut accounts: Vec<String> = Vec::new();
    for destination in &set.destinations {
        let account = destination.account();
        if !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    match &*accounts {
        [account] => Ok(account.clone()),
        _ => Err(Refused::Unfit(format!(
            "the job of a mirror set pushes with the credentials for one organisation, and the \
             destinations lie in {}; make a set for each",
            accounts.join(" and ")
        ))),
    }
}

/// What the secret is called that the job pushes with.
fn secret(checkout: &Checkout, set: &MirrorSet) -> Result<String, Refused> {
    if let Some(secret) = &set.secret {
        return Ok(secret.as_str().to_owned());
    }
    let organisation = set.destinations.first().map(|one| one.organisation());
    let organisation = organisation.unwrap_or_default().replace(['_', '.'], "-");
    let secret = checkout.conventions.push_secret(&organisation);
    if checkout.conventions.secrets.vault_name.is_match(&secret) {
        return Ok(secret);
    }
    Err(Refused::Unfit(format!(
        "`{secret}` is no name that a secret can have; say with `--secret` what it is called"
    )))
}

/// The mapping file.
fn lines(checkout: &Checkout, set: &MirrorSet) -> Result<String, Refused> {
    let destinations = &set.destinations;
    if destinations.len() != 1 && destinations.len() != set.sources.len() {
        return Err(Refused::Unfit(format!(
            "there are {} sources and {} destinations: give one destination for all, or one for each \
             source in their order",
            set.sources.len(),
            destinations.len()
        )));
    }
    let each = destinations.iter().cycle();
    let lines = set.sources.iter().zip(each);
    lines
        .map(|(source, destination)| {
            let stream = source::stream(checkout, source)?;
            Ok(Line::new(checkout, &stream, destination)?.text())
        })
        .collect()
}

/// Puts the job among the others.
fn add_job(
    checkout: &Checkout,
    parts: &mut Parts<'_>,
    set: &str,
    job: &str,
) -> Result<(), Refused> {
    let jobs = &checkout.conventions.mirror_jobs;
    let unfit = |why: &str| Err(Refused::Unfit(format!("`{}` {why}", jobs.file)));
    let Some(file) = checkout.file(&jobs.file) else {
        return unfit("is not in this checkout, and the job of a mirror set belongs there");
    };
    if file.is_broken() {
        return unfit("cannot be read as YAML; `mirrorlint check` says why");
    }
    let name = format!("{}{set}", jobs.name_prefix);
    let blocks = blocks(file);
    if let Some(known) = blocks.iter().find(|block| block.name == name) {
        let is_same = unindented(sorted::lines(&file.text, known.span)) == job;
        parts.part_is_there(&file.path, format!("job `{name}`"), !is_same);
        return Ok(());
    }
    match sorted::insert(&file.text, &blocks, &name, job) {
        Some(new) => parts.edit(&file.path, &file.text, new),
        None => return unfit("has no list of jobs in block style that one could be added to"),
    }
    Ok(())
}

/// The jobs of the file.
fn blocks(file: &File) -> Vec<Block<'_>> {
    let jobs = file.jobs().iter();
    let blocks = jobs.map(|job| Block {
        name: job.name.as_ref().map_or("", |name| &name.value),
        span: job.span,
    });
    blocks.collect()
}

/// The lines of a block without its indentation.
fn unindented(lines: &str) -> String {
    let indentation = lines.len() - lines.trim_start_matches(' ').len();
    let lines = lines.lines().map(|line| {
        let (blank, rest) = line.split_at_checked(indentation).unwrap_or(("", line));
        if blank.trim().is_empty() { rest } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What has to be in Vault.
fn push_credentials(checkout: &Checkout, account: &str, secret: &str, form: JobForm<'_>) -> String {
    let conventions = &checkout.conventions;
    // The config-updater and other jobs run in the central cluster.
    let central = conventions.clusters.central.rsplit('/').next();
    let mut clusters = vec![form.cluster];
    clusters.extend(central.filter(|central| *central != form.cluster));
    let clusters = clusters.join(",");
    fill(PUSH_CREDENTIALS, |name| match name {
        "account" => Some(account),
        "namespace" => Some(&*conventions.prow.namespace),
        "secret" => Some(secret),
        "clusters" => Some(&*clusters),
        _ => None,
    })
}
