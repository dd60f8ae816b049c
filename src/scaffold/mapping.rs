//! One more line of a mapping file: in which mirror set, and in which of its files.

use std::collections::BTreeSet;

use super::Mapping;
use super::names::{Destination, Stream};
use super::result::{Parts, Proposal, Refused};
use super::source::{self, Line};
use crate::checkout::Checkout;
use crate::checkout::images::stored_image;
use crate::checkout::mirroring::{MirrorSet, MirroredFile};
use crate::syntax::likeness::did_you_mean;
use crate::syntax::mapping::{self, parse};
use crate::tree::RepoPath;

/// So many names are worth listing.
const MAX_LISTED: usize = 10;

pub(super) fn propose(checkout: &Checkout, wanted: &Mapping) -> Result<Proposal, Refused> {
    let stream = source::stream(checkout, &wanted.source)?;
    let line = Line::new(checkout, &stream, &wanted.destination)?;
    let set = set_of(checkout, wanted)?;
    let mut parts = Parts::new(checkout);
    // Wherever in the set it stands already.
    let members = &checkout.mirroring().sets[set];
    let files = checkout.mirroring().files[members.files.clone()].iter();
    let path = match files.into_iter().find(|file| has(file, &line)) {
        Some(there) => there.file.path.clone(),
        None => file_of(checkout, set, members, wanted, &stream)?,
    };
    add(checkout, &mut parts, &path, &line)?;
    parts.finish()
}

/// Adds `line` to the mapping file at `path`, which may be a new one.
pub(super) fn add(
    checkout: &Checkout,
    parts: &mut Parts<'_>,
    path: &RepoPath,
    line: &Line,
) -> Result<(), Refused> {
    let Some(known) = checkout.mirroring().file(path) else {
        parts.file(path.as_str(), line.text());
        return Ok(());
    };
    if known.file.is_broken() {
        return Err(Refused::Unfit(format!(
            "`{path}` cannot be read; `mirrorlint check` says why"
        )));
    }
    if has(known, line) {
        parts.part_is_there(path, format!("`{}`", line.text().trim()), false);
        return Ok(());
    }
    let old = &*known.file.text;
    let break_ = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let mut new = old.to_owned();
    if !new.is_empty() && !new.ends_with('\n') {
        new.push_str(break_);
    }
    new.push_str(line.text().trim_end());
    new.push_str(break_);
    parts.edit(path, old, new);
    Ok(())
}

/// Whether a line of the file mirrors this to there.
fn has(file: &MirroredFile, line: &Line) -> bool {
    let read = parse(&line.text());
    let Some(wanted) = read.mappings().next() else {
        return false;
    };
    let said = |own: &mapping::Mapping| (own.source.to_string(), own.key());
    let wanted = said(wanted);
    let mut mappings = file.lines().iter().flat_map(|line| &line.mappings);
    mappings.any(|own| said(own) == wanted)
}

/// The mirror set that pushes to the organisation of the destination.
fn set_of<'c>(checkout: &'c Checkout, wanted: &Mapping) -> Result<&'c str, Refused> {
    let sets = &checkout.mirroring().sets;
    let names = || sets.keys().map(String::as_str);
    if let Some(name) = &wanted.set {
        let known = sets.get_key_value(name.as_str());
        return known.map(|(name, _)| &**name).ok_or_else(|| {
            Refused::Unfit(format!(
                "there is no mirror set `{}`{}",
                name.as_str(),
                did_you_mean(name.as_str(), names())
            ))
        });
    }
    let account = wanted.destination.account();
    let mut pushing = BTreeSet::new();
    for (file, mapping) in checkout.mirroring().mappings() {
        let to = &mapping.destination.reference.reference;
        let organisation = to.repository.split('/').next().unwrap_or_default();
        let host = to.host.as_deref().unwrap_or_default();
        if account
            .strip_prefix(host)
            .and_then(|rest| rest.strip_prefix('/'))
            == Some(organisation)
        {
            pushing.extend(file.set.as_deref());
        }
    }
    let mut candidates = pushing.iter();
    match (candidates.next(), candidates.next()) {
        (Some(set), None) => Ok(set),
        (None, _) => Err(Refused::Unfit(format!(
            "no mirror set pushes to `{account}`; `mirrorlint new mirror-set` makes one, and `--set` \
             names another"
        ))),
        _ => Err(Refused::Unfit(format!(
            "several mirror sets push to `{account}`; say with `--set` which: {}",
            listed(pushing.iter().copied())
        ))),
    }
}

/// The mapping file of the set that the line belongs in.
fn file_of(
    checkout: &Checkout,
    set: &str,
    members: &MirrorSet,
    wanted: &Mapping,
    stream: &Stream,
) -> Result<RepoPath, Refused> {
    let names = &checkout.conventions.mapping_files;
    let all = &checkout.mirroring().files[members.files.clone()];
    let is_generated = |file: &&MirroredFile| names.generated.is_match(file.file.path.as_str());
    let by_hand: Vec<&MirroredFile> = all.iter().filter(|file| !is_generated(file)).collect();
    let called = || listed(by_hand.iter().map(|file| file.name()));
    if let Some(name) = &wanted.file {
        let named = by_hand.iter().find(|file| file.name() == name);
        return named.map(|file| file.file.path.clone()).ok_or_else(|| {
            Refused::Unfit(format!(
                "mirror set `{set}` has no mapping file of this name that is written by hand; it has: {}",
                called()
            ))
        });
    }
    match &*by_hand {
        [only] => return Ok(only.file.path.clone()),
        [] if all.is_empty() => {
            return Ok(RepoPath::new(&format!(
                "{}/{set}/{}",
                names.folder,
                names.start(set)
            )));
        }
        [] => {
            return Err(Refused::Unfit(format!(
                "a program writes the mapping files of mirror set `{set}`; promote the image, and it is \
                 mirrored"
            )));
        }
        _ => {}
    }
    let scored = by_hand.iter().map(|file| {
        let score = likeness(checkout, file, wanted, stream);
        (score, file)
    });
    let scored: Vec<_> = scored.collect();
    let best = scored
        .iter()
        .map(|(score, _)| *score)
        .max()
        .unwrap_or_default();
    let mut likest = scored.iter().filter(|(score, _)| *score == best);
    match (likest.next(), likest.next()) {
        (Some((score, file)), None) if *score > 0 => Ok(file.file.path.clone()),
        _ => Err(Refused::Unfit(format!(
            "mirror set `{set}` has several mapping files, and none of them has lines like this one \
             that the others have not; say with `--file` which: {}",
            called()
        ))),
    }
}

/// In how many ways the lines of a file are like the wanted one: by the image, the repository that it
/// goes to, and the tag.
fn likeness(checkout: &Checkout, file: &MirroredFile, wanted: &Mapping, stream: &Stream) -> usize {
    let registries = &checkout.conventions.registries;
    let to: &Destination = &wanted.destination;
    let tag = to.reference().tag.as_deref().or(stream.tag.as_deref());
    let (mut image, mut repository, mut same_tag) = (false, false, false);
    for own in file.lines().iter().flat_map(|line| &line.mappings) {
        let stored = stored_image(&own.source.reference.reference, registries);
        image |= stored.is_some_and(|(_, own)| {
            (own.namespace(), own.name()) == (&*stream.namespace, &*stream.name)
        });
        let own_to = &own.destination.reference.reference;
        repository |= own_to.same_repository(to.reference());
        same_tag |= tag.is_some() && own.tag() == tag;
    }
    usize::from(image) + usize::from(repository) + usize::from(same_tag)
}

/// Names in backticks, of many the first ones.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.len() {
        0..=MAX_LISTED => names.join(", "),
        count => format!(
            "{} and {} more",
            names[..MAX_LISTED].join(", "),
            count - MAX_LISTED
        ),
    }
}
