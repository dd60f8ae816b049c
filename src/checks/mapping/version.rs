//! Versions of sources and destinations, which are usually the same.

use std::collections::BTreeMap;

use crate::checkout::Checkout;
use crate::checkout::images::{ResolutionKind, stored_image};
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::Draft;
use crate::model::mapping_file::Mapping;

/// So many destinations of the checkout whose version is that of the source make a habit. A set has
/// another if more than one of its destinations differs, and so many do not for each.
const COMMON: usize = 3;
const FOR_EACH_OUTLIER: usize = 4;

/// So many writers of a destination are looked at.
const MAX_WRITERS: usize = 16;

/// A mapping whose sides both carry a version.
struct Pair<'c> {
    mapping: &'c Mapping,
    source: Vec<&'c str>,
    destination: Vec<&'c str>,
}

/// `mapping-version-mismatch`: a source of one version and a destination of another.
pub(super) fn version_mismatch(checkout: &Checkout, drafts: &mut Drafts) {
    let mirroring = checkout.mirroring();
    let sets = mirroring.sets.values().map(|set| {
        let files = mirroring.files[set.files.clone()].iter();
        files.map(|file| (file, pairs(file))).collect::<Vec<_>>()
    });
    let sets: Vec<_> = sets.collect();
    let mut all = sets.iter().flatten().flat_map(|(_, pairs)| pairs);
    if all
        .by_ref()
        .filter(|pair| pair.agrees())
        .take(COMMON)
        .count()
        < COMMON
    {
        return;
    }
    for files in &sets {
        let all = || files.iter().flat_map(|(_, pairs)| pairs);
        let disagree = all().filter(|pair| !pair.agrees()).count();
        let agree = all().count() - disagree;
        if disagree == 0 || disagree > 1 && agree < disagree * FOR_EACH_OUTLIER {
            continue;
        }
        for (file, pairs) in files {
            of_file(checkout, file, pairs, drafts);
        }
    }
}

/// The mappings of a file whose sides both carry a version. A destination without a tag of its own has
/// the source's.
fn pairs(file: &MirroredFile) -> Vec<Pair<'_>> {
    let mappings = file.lines().iter().flat_map(|line| &line.mappings);
    let pairs = mappings.filter_map(|mapping| {
        mapping.destination.reference.reference.tag.as_ref()?;
        let pair = Pair {
            mapping,
            source: versions(behind(file.file.slice(mapping.source.span), 1)),
            destination: versions(behind(file.file.slice(mapping.destination.span), 2)),
        };
        (!pair.source.is_empty() && !pair.destination.is_empty()).then_some(pair)
    });
    pairs.collect()
}

/// What stands behind so many slashes.
fn behind(text: &str, slashes: usize) -> &str {
    text.splitn(slashes + 1, '/').last().unwrap_or_default()
}

impl Pair<'_> {
    fn agrees(&self) -> bool {
        self.any(is_same_version)
    }

    fn any(&self, like: fn(&str, &str) -> bool) -> bool {
        let sources = self.source.iter();
        let mut both = sources.flat_map(|one| self.destination.iter().map(move |two| (one, two)));
        both.any(|(one, two)| like(one, two))
    }
}

fn of_file(checkout: &Checkout, file: &MirroredFile, pairs: &[Pair<'_>], drafts: &mut Drafts) {
    // How many agree on each version.
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for version in pairs
        .iter()
        .filter(|pair| pair.agrees())
        .flat_map(|pair| &pair.source)
    {
        *counts.entry(version).or_default() += 1;
    }
    let with = |versions: &[&str]| -> usize {
        let counts = versions.iter().filter_map(|version| counts.get(version));
        counts.sum()
    };
    for line in pairs.chunk_by(|a, b| a.mapping.source.span == b.mapping.source.span) {
        let agrees = line.iter().any(Pair::agrees);
        for pair in line.iter().filter(|pair| !pair.agrees()) {
            let (like_source, like_destination) = (with(&pair.source), with(&pair.destination));
            // Other numbers altogether are versions of different things.
            if !pair.any(differ_in_one_number) {
                continue;
            }
            let source_differs = !agrees && (line.len() > 1 || like_destination > like_source);
            let mapping = pair.mapping;
            if is_written_twice(checkout, file, mapping)
                || source_differs && is_missing(checkout, mapping)
            {
                continue; // which is found already
            }
            let siblings = match source_differs {
                true => like_destination,
                false => like_source,
            };
            let writes_both = line.iter().any(|other| {
                let repository = |pair: &Pair<'_>| {
                    let destination = &pair.mapping.destination.reference.reference;
                    destination.repository_text()
                };
                other.agrees() && repository(other) == repository(pair)
            });
            let draft = match source_differs {
                true => of_source(file, pair, siblings),
                false => of_destination(file, pair, siblings, writes_both),
            };
            let draft = draft.follows_from(super::written_twice(&file.file.path, &mapping.key()));
            drafts.push(draft.explains(super::in_doubt(file, &pair.mapping.source)));
            if source_differs {
                break;
            }
        }
    }
}

/// Whether another mapping writes the destination, and that is found here: in one file the finding is at
/// the second.
fn is_written_twice(checkout: &Checkout, file: &MirroredFile, mapping: &Mapping) -> bool {
    let mirroring = checkout.mirroring();
    let writers = mirroring.destinations.get(&mapping.key());
    let writers = writers.into_iter().flatten().take(MAX_WRITERS);
    let mut others = writers.map(|&writer| mirroring.written_by(writer));
    others.any(|(other_file, other)| {
        let is_earlier = other.destination.span < mapping.destination.span;
        other_file.file.path != file.file.path || is_earlier
    })
}

/// Whether nobody provides the source, which no other line takes: that is a warning of its own.
fn is_missing(checkout: &Checkout, mapping: &Mapping) -> bool {
    let reference = &mapping.source.reference.reference;
    let stored = stored_image(reference, &checkout.conventions.registries);
    stored.is_some_and(|(_, image)| {
        let images = checkout.images();
        images.users(&image).len() <= 1 && images.resolve(&image).kind() == ResolutionKind::Missing
    })
}

/// A finding at the source, whose version `siblings` of the file do not have.
fn of_source(file: &MirroredFile, pair: &Pair<'_>, siblings: usize) -> Draft {
    let (source, destination) = (pair.source.join("`, `"), pair.destination.join("`, `"));
    let message =
        format!("the source is of version `{source}`, the destination of `{destination}`");
    let place = file.place(pair.mapping.source.span);
    Draft::new(place, pair.mapping.to_string(), message).help(format!(
        "people who ask for the one version get the other; write `{destination}` if that is meant: {}",
        others(siblings)
    ))
}

/// A finding at the destination. Where the line `writes_both` versions, the right one is written already.
fn of_destination(
    file: &MirroredFile,
    pair: &Pair<'_>,
    siblings: usize,
    writes_both: bool,
) -> Draft {
    let (source, destination) = (pair.source.join("`, `"), pair.destination.join("`, `"));
    let message =
        format!("the destination is of version `{destination}`, the source of `{source}`");
    let place = file.place(pair.mapping.destination.span);
    let next = match writes_both {
        true => format!("the line writes `{source}` too, so take this one away if it is not meant"),
        false => format!("write `{source}` if that is meant: {}", others(siblings)),
    };
    Draft::new(place, pair.mapping.to_string(), message).help(format!(
        "people who ask for the one version get the other; {next}"
    ))
}

fn others(siblings: usize) -> String {
    match siblings {
        0 => "the two agree in nearly all lines of the set".to_owned(),
        1 => "another line of the file has it on both sides".to_owned(),
        count => format!("{count} others of the file have it on both sides"),
    }
}

/// The numbers with dots between, such as `4.15` and `2.9.2`.
fn versions(text: &str) -> Vec<&str> {
    let is_of_number = |c: char| c.is_ascii_digit() || c == '.';
    let numbers = text.split(|c: char| !is_of_number(c));
    let numbers = numbers.map(|number| number.trim_matches('.'));
    let is_version = |number: &&str| number.split('.').count() > 1 && !number.contains("..");
    numbers.filter(is_version).collect()
}

/// Whether one is the other, or a patch of it.
fn is_same_version(one: &str, other: &str) -> bool {
    let mut parts = one.split('.').zip(other.split('.'));
    parts.all(|(a, b)| a == b)
}

fn differ_in_one_number(one: &str, other: &str) -> bool {
    let parts = one.split('.').zip(other.split('.'));
    parts.filter(|(a, b)| a != b).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers_with_dots() {
        assert_eq!(versions("ocp-4.15:rhel-8.6.x"), ["4.15", "8.6"]);
        assert_eq!(versions("openshift_origin-v3.11_cli"), ["3.11"]);
        assert_eq!(versions("x:latest-2"), [""; 0]);
        assert!(is_same_version("4.15", "4.15.0"));
        assert!(!is_same_version("4.1", "4.15"));
        assert!(differ_in_one_number("4.15", "4.51.0"));
        assert!(!differ_in_one_number("5.8", "1.16"));
    }
}
