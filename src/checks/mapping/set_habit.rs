//! What the lines of a mirror set have in common: the account that they push to, and the store that
//! they take images from.

use std::collections::{BTreeMap, BTreeSet};

use super::file_start::named_after;
use crate::checkout::Checkout;
use crate::checkout::images::stored_image;
use crate::checkout::mirroring::{MirrorSet, MirroredFile};
use crate::checks::Drafts;
use crate::checks::habit::Habit;
use crate::checks::image::unusual_host;
use crate::finding::{Draft, Severity};
use crate::model::conventions::Registries;
use crate::model::mapping_file::{Mapping, Source};
use crate::syntax::likeness::{self, Effort};
use crate::syntax::reference::Reference;
use crate::syntax::span::Span;
use crate::tree::RepoPath;

/// So many lines make a habit of a set, and no more than one in so many may differ.
const COMMON: usize = 3;
const FOR_EACH_OUTLIER: usize = 4;

/// Of how many letters of an account's name one may be wrong, and how many at most.
const MOST_EDITS: usize = 3;

/// Where a value stands: file and position.
type At = (usize, u32);

/// What the lines of a set say, by lines and by files.
#[derive(Default)]
struct Said<'c> {
    lines: Habit<'c, At>,
    files: Habit<'c>,
}

impl<'c> Said<'c> {
    fn add(&mut self, file: (usize, &'c RepoPath), span: Span, value: &'c str) {
        self.lines.add((file.0, span.start), value);
        self.files.add(file.1, value);
    }

    /// What most lines say, where `value` is said by few of one file.
    fn usual_instead_of(&self, value: &str) -> Option<(&'c str, usize)> {
        let (most, count) = self.lines.most()?;
        let few = self.lines.count(value) * FOR_EACH_OUTLIER <= count;
        let is_outlier = most != value && few && self.files.count(value) == 1;
        (is_outlier && count >= COMMON).then_some((most, count))
    }

    /// The organization that most lines name on a registry, where that is all of `account`.
    fn organization_on(&self, account: &str) -> Option<(&'c str, usize)> {
        let is_on_it = |(other, _): &(&str, usize)| {
            let rest = other.strip_prefix(account);
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        let organizations = self.lines.counts().filter(is_on_it);
        organizations.max_by_key(|(_, count)| *count)
    }
}

/// The mappings of a set that push out of CI.
fn pushes<'c>(
    checkout: &'c Checkout,
    set: &'c MirrorSet,
) -> impl Iterator<Item = (usize, &'c MirroredFile, &'c Mapping)> {
    let registries = &checkout.conventions.registries;
    let files = set.files.clone();
    let files = files.map(|number| (number, &checkout.mirroring().files[number]));
    let mappings = files.flat_map(|(number, file)| {
        let mappings = file.lines().iter().flat_map(|line| &line.mappings);
        mappings.map(move |mapping| (number, file, mapping))
    });
    mappings.filter(|(_, _, mapping)| {
        let destination = &mapping.destination.reference;
        let host = destination.reference.host.as_deref();
        let is_pull_spec = destination.transport.prefix().is_empty();
        is_pull_spec
            && host.is_some_and(|host| !registries.is_central(host))
            && stored_image(&destination.reference, registries).is_none()
    })
}

/// The registry with the organization, if there is one, and where they stand.
fn account<'c>(file: &'c MirroredFile, mapping: &Mapping) -> Option<(&'c str, Span)> {
    let span = mapping.destination.span;
    let text = file.file.slice(span);
    let host = text.find('/')?;
    let end = text.get(host + 1..)?.find('/');
    let end = end.map_or(host, |end| host + 1 + end);
    let start = span.start as usize;
    Some((text.get(..end)?, Span::new(start, start + end)))
}

/// `mapping-destination-account`: a destination in an account that the set does not push to.
pub(super) fn destination_account(checkout: &Checkout, drafts: &mut Drafts) {
    let mut sets: BTreeMap<&str, Said<'_>> = BTreeMap::new();
    for (name, set) in &checkout.mirroring().sets {
        let said = sets.entry(name).or_default();
        for (number, file, mapping) in pushes(checkout, set) {
            if let Some((account, at)) = account(file, mapping) {
                said.add((number, &file.file.path), at, account);
            }
        }
    }
    let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (&name, said) in &sets {
        if let Some((most, _)) = said.lines.most() {
            owners.entry(most).or_default().push(name);
        }
    }
    let effort = Effort::default();
    for (name, set) in &checkout.mirroring().sets {
        let said = &sets[&**name];
        let mut seen = BTreeSet::new(); // an account has one finding in a file
        for (_, file, mapping) in pushes(checkout, set) {
            let Some((account, at)) = account(file, mapping) else {
                continue;
            };
            let lacking = said.organization_on(account);
            let Some(usual) = lacking.or_else(|| said.usual_instead_of(account)) else {
                continue;
            };
            if !seen.insert((&file.file.path, account)) {
                continue;
            }
            let owners = owners.get(account).map_or(&[][..], Vec::as_slice);
            let limit = likeness::slips(account, MOST_EDITS).max(1);
            let is_near = lacking.is_some()
                || likeness::distance_within(account, usual.0, limit, &effort).is_some();
            let host = account.split('/').next().unwrap_or(account);
            let draft = elsewhere(file, at, (name, usual), owners, is_near);
            let draft = draft.follows_from(unusual_host::misspelt(&file.file.path, host));
            let draft = draft.follows_from(super::copied(&file.file.path));
            let names = &checkout.conventions.mapping_files;
            let is_theirs = |owner: &&str| named_after(names, owner, file.name()).is_some();
            drafts.push(match owners.iter().any(is_theirs) {
                true => draft.follows_from(super::misnamed(&file.file.path)),
                false => draft,
            });
        }
    }
}

fn elsewhere(
    file: &MirroredFile,
    at: Span,
    (set, (usual, count)): (&str, (&str, usize)),
    owners: &[&str],
    is_near: bool,
) -> Draft {
    let account = file.file.slice(at);
    let mut message = match account.contains('/') {
        true => format!(
            "the destination goes to `{account}`; the other {count} destinations of the set are in `{usual}`"
        ),
        false => format!(
            "the destination goes to `{account}` without an organization; the other destinations of the set are in `{usual}`"
        ),
    };
    if let Some(owner) = owners.first() {
        message = format!("{message}, and `{account}` is where set `{owner}` pushes");
    }
    let draft = Draft::new(file.place(at), account, message).help(format!(
        "the job of set `{set}` pushes with the credentials for `{usual}`, and is refused elsewhere; \
         write `{usual}`, or move the line to the set that it belongs to"
    ));
    match owners {
        [_] => draft.severity(Severity::Error),
        [] if !is_near => draft.severity(Severity::Hint),
        _ => draft,
    }
}

/// `mapping-source-foreign`: an image from elsewhere in a set that mirrors images of CI.
pub(super) fn source_foreign(checkout: &Checkout, drafts: &mut Drafts) {
    let registries = &checkout.conventions.registries;
    for set in checkout.mirroring().sets.values() {
        let mut said = Said::default();
        let mut foreign: BTreeMap<(&RepoPath, Span), (&MirroredFile, &Source, &str)> =
            BTreeMap::new();
        for (number, file, mapping) in pushes(checkout, set) {
            let source = &*mapping.source;
            // Of those without a host `mapping-hostless-reference` speaks.
            let Some(host) = source.reference.reference.host.as_deref() else {
                continue;
            };
            let path = &file.file.path;
            let value = if is_of_ci(&source.reference.reference, registries) {
                OF_CI
            } else {
                foreign.insert((path, source.span), (file, source, host));
                FOREIGN
            };
            said.add((number, path), source.span, value);
        }
        let Some((_, count)) = said.usual_instead_of(FOREIGN) else {
            continue;
        };
        for ((path, _), (file, source, host)) in foreign {
            let message =
                format!("`{source}` is no image of CI; the other {count} sources of the set are");
            let draft = Draft::new(file.place(source.span), source.key(), message).help(
                "a mirror set publishes what CI built; nothing is wrong if this image is meant, but it may be \
                 a slip",
            );
            let draft = draft.follows_from(unusual_host::misspelt(path, host));
            drafts.push(draft.follows_from(super::copied(path)));
        }
    }
}

/// Whether the image is taken from a store of CI.
fn is_of_ci(reference: &Reference, registries: &Registries) -> bool {
    stored_image(reference, registries).is_some()
        || registries.qci.contains(&reference.repository_text())
        || reference
            .host
            .as_deref()
            .is_some_and(|host| registries.is_central(host))
}

const OF_CI: &str = "of CI";
const FOREIGN: &str = "foreign";
