//! Registries that a single file names.

use std::collections::{BTreeMap, BTreeSet};

use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::checks::habit::Habit;
use crate::finding::{Applicability, Draft, Edit, Fix, Place, Severity};
use crate::model::{File, FileKind};
use crate::syntax::likeness::{self, Effort};
use crate::syntax::span::Span;
use crate::tree::RepoPath;

/// What of a host's name may be misspelt, as a part of its length, and at most.
const MOST_EDITS: usize = 3;

/// `unusual-host`: a host of pull specs that no other file names, and that is no registry known by
/// name. What jobs run is looked at elsewhere, and counts here.
pub(super) fn unusual_host(checkout: &Checkout, drafts: &mut Drafts) {
    let known: BTreeSet<&str> = checkout.conventions.registries.hosts().collect();
    let mut hosts = Habit::default();
    let mut strange: BTreeMap<(&RepoPath, &str), Vec<Span>> = BTreeMap::new();
    for file in checkout.files_of(FileKind::WITH_PULL_SPECS) {
        for span in file.pull_specs() {
            let Some((host, at)) = host(file, span) else {
                continue;
            };
            hosts.add(&file.path, host);
            if !known.contains(host) && file.kind != FileKind::ProwJobs {
                strange.entry((&file.path, host)).or_default().push(at);
            }
        }
    }
    let effort = Effort::default();
    for ((path, host), mut places) in strange {
        let limit = likeness::slips(host, MOST_EDITS).max(1);
        let names = || known.iter().map(|&name| (name, name));
        let near = match hosts.unusual(host) {
            Some(unusual) => unusual.near.map(|(near, _)| near),
            None if hosts.count(host) > 1 => continue,
            None => None,
        };
        let near = near.or_else(|| likeness::closest(host, names(), limit, &effort));
        places.sort();
        drafts.push(draft(
            path,
            host,
            &places,
            near.map(|near| (near, hosts.count(near))),
        ));
    }
}

/// The topic of what follows when a file names a host that is misspelt.
pub(in crate::checks) fn misspelt(path: &RepoPath, host: &str) -> String {
    format!("{host} in {path} is misspelt")
}

/// The host that the pull spec at `span` names, and where it stands.
fn host(file: &File, span: Span) -> Option<(&str, Span)> {
    let text = file.slice(span);
    let start = text.find(|c| c != '"' && c != '\'')?;
    let (host, _) = text[start..].split_once('/')?;
    let is_of_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    let names_host = host.contains('.') && host.chars().all(is_of_host);
    let at = span.start as usize + start;
    names_host.then(|| (host, Span::new(at, at + host.len())))
}

/// `near` is the host that may have been meant, and how many files name it.
fn draft(path: &RepoPath, host: &str, places: &[Span], near: Option<(&str, usize)>) -> Draft {
    let first = places.first().copied().unwrap_or_default();
    let place = Place::new(path, first);
    let Some((near, count)) = near else {
        let message = format!("no other file names the registry `{host}`");
        return Draft::new(place, host, message)
            .severity(Severity::Hint)
            .help("nothing is wrong if this is meant; see that the clusters can pull from it");
    };
    let others = match count {
        0 => format!("there is the registry `{near}`"),
        1 => format!("1 file says `{near}`"),
        count => format!("{count} files say `{near}`"),
    };
    let edits = places.iter().map(|&span| Edit {
        place: Place::new(path, span),
        text: near.to_owned(),
    });
    Draft::new(
        place,
        host,
        format!("no other file names the registry `{host}`: {others}"),
    )
    .help(format!(
        "if it is misspelt, every image that is taken from it or pushed to it fails; write `{near}`"
    ))
    .fix(Fix {
        applicability: Applicability::Unsafe,
        title: format!("change to `{near}`"),
        edits: edits.collect(),
        renames: Vec::new(),
    })
    .explains(misspelt(path, host))
}
