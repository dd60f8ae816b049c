//! Versions of sources and destinations, which are usually the same.

use crate::checkout::Checkout;
use crate::checkout::images::{ResolutionKind, stored_image};
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::Draft;
use crate::model::mapping_file::Mapping;
use crate::syntax::span::Span;

/// So many destinations of a set whose version is that of the source make a habit, and for each that
/// has another there must be so many.
const COMMON: usize = 3;
const FOR_EACH_OUTLIER: usize = 4;

/// A mapping whose sides both carry a version.
struct Pair<'c> {
    mapping: &'c Mapping,
    source: Vec<&'c str>,
    destination: Vec<&'c str>,
}

/// `mapping-version-mismatch`: a source of one version and a destination of another.
pub(super) fn version_mismatch(checkout: &Checkout, drafts: &mut Drafts) {
    for set in checkout.mirroring.sets.values() {
        let files = checkout.mirroring.files[set.files.clone()].iter();
        let files: Vec<_> = files.map(|file| (file, pairs(file))).collect();
        let all = || files.iter().flat_map(|(_, pairs)| pairs);
        let agree = all().filter(|pair| pair.agrees()).count();
        let disagree = all().count() - agree;
        if disagree == 0 || agree < COMMON || agree < disagree * FOR_EACH_OUTLIER {
            continue;
        }
        for (file, pairs) in &files {
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

    fn has(&self, side: &[&str], version: &str) -> bool {
        self.agrees() && side.iter().any(|own| is_same_version(own, version))
    }
}

fn of_file(checkout: &Checkout, file: &MirroredFile, pairs: &[Pair<'_>], drafts: &mut Drafts) {
    let with = |versions: &[&str]| {
        let agreeing = pairs.iter().filter(|pair| {
            let mut versions = versions.iter();
            versions.any(|version| pair.has(&pair.source, version))
        });
        agreeing.count()
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
            if is_written_twice(checkout, mapping)
                || source_differs && is_missing(checkout, mapping)
            {
                continue; // which is found already
            }
            let siblings = match source_differs {
                true => like_destination,
                false => like_source,
            };
            drafts.push(draft(file, pair, source_differs, siblings));
            if source_differs {
                break;
            }
        }
    }
}

/// Whether another mapping writes the destination.
fn is_written_twice(checkout: &Checkout, mapping: &Mapping) -> bool {
    let writers = checkout.mirroring.destinations.get(&mapping.key());
    writers.is_some_and(|writers| writers.len() > 1)
}

/// Whether nobody provides the source.
fn is_missing(checkout: &Checkout, mapping: &Mapping) -> bool {
    let reference = &mapping.source.reference.reference;
    let stored = stored_image(reference, &checkout.conventions.registries);
    stored
        .is_some_and(|(_, image)| checkout.images.resolve(&image).kind() == ResolutionKind::Missing)
}

fn draft(file: &MirroredFile, pair: &Pair<'_>, source_differs: bool, siblings: usize) -> Draft {
    let mapping = pair.mapping;
    let (source, destination) = (pair.source.join("`, `"), pair.destination.join("`, `"));
    let (span, message): (Span, String) = match source_differs {
        true => (
            mapping.source.span,
            format!("the source is of version `{source}`, the destination of `{destination}`"),
        ),
        false => (
            mapping.destination.span,
            format!("the destination is of version `{destination}`, the source of `{source}`"),
        ),
    };
    let others = match siblings {
        0 => "the two agree in nearly all lines of the set".to_owned(),
        1 => "another line of the file has it on both sides".to_owned(),
        count => format!("{count} others of the file have it on both sides"),
    };
    let right = match source_differs {
        true => &destination,
        false => &source,
    };
    let draft = Draft::new(file.place(span), mapping.to_string(), message);
    draft.explains(super::in_doubt(file, &mapping.source)).help(format!(
        "people who ask for the one version get the other; write `{right}` if that is meant: {others}"
    ))
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
