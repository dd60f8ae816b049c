//! Supplemental mapping files: each speaks for one namespace, the one in its name.

use std::cell::LazyCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::destination_namespace::namespace;
use super::joined::joined_at;
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::{Draft, Fix};
use crate::model::mapping_file::Mapping;
use crate::syntax::likeness::{Effort, distance_within};
use crate::syntax::span::Span;
use crate::tree::RepoPath;

/// `supplemental-namespace`: a destination in another namespace. In a set of its own, which is any
/// but the usual one, the set's name is a namespace of the file too.
pub(super) fn supplemental_namespace(checkout: &Checkout, drafts: &mut Drafts) {
    let supplemental = &checkout.conventions.mapping_files.supplemental;
    let registry = checkout.conventions.registries.today();
    let effort = Effort::default();
    let mut namespaces = None;
    for file in &checkout.mirroring().files {
        let Some(named) = file.name().strip_prefix(&supplemental.prefix) else {
            continue;
        };
        let named = named.replace('_', "-");
        let own_set = file.set.as_deref().filter(|set| *set != supplemental.set);
        let lines = LazyCell::new(|| Lines::of(file, registry));
        for mapping in file.lines().iter().flat_map(|line| &line.mappings) {
            let found = namespace(mapping, registry);
            if found == Some(named.as_str()) || own_set.is_some() && own_set == found {
                continue;
            }
            let destination = &mapping.destination;
            let message = match found {
                Some(found) => {
                    format!("destination is in namespace `{found}`, in the file for `{named}`")
                }
                None => format!(
                    "destination `{}` is not in namespace `{named}` of `{registry}`",
                    destination.reference
                ),
            };
            // On a registry that is gone the namespace may be right, and there may be none at all.
            let path = &destination.reference.reference.repository;
            let is_refused =
                found.is_some() || !path.contains('/') || path.split('/').next() == Some(&named);
            let slip = found.filter(|found| {
                distance_within(found, &named, slip_in(&named), &effort).is_some()
                    && namespaces
                        .get_or_insert_with(|| Namespaces::of(checkout))
                        .is_slip(found, &named, &lines)
            });
            let fix = slip.and_then(|found| write(file, mapping, registry, found, &named));
            let advice = match fix {
                Some(_) => format!(
                    "nothing else is in `{}`: write `{named}`, or move the line to the file of its \
                     namespace",
                    slip.unwrap_or_default()
                ),
                None => "move the line to the file of its namespace".to_owned(),
            };
            drafts.push(
                Draft::new(file.place(destination.span), mapping.key(), message)
                    .help(format!(
                        "this file mirrors into `{registry}/{named}/…` only; {advice}"
                    ))
                    .maybe_fix(fix)
                    .follows_from(joined_at(&file.place(destination.span)))
                    .follows_from_any(
                        is_refused.then(|| super::refused(&file.place(destination.span))),
                    )
                    // A file that is called after another namespace says so in all its lines.
                    .one_of_many(format!(
                        "{} mirrors into {}",
                        file.file.path,
                        found.unwrap_or_default()
                    )),
            );
        }
    }
}

/// So many letters of a namespace may be a slip.
fn slip_in(namespace: &str) -> usize {
    const LONG: usize = 6;
    if namespace.len() < LONG { 1 } else { 2 }
}

/// The file that speaks of a namespace; nothing where several do.
type OnlyFile<'c> = Option<&'c RepoPath>;

/// Which namespaces somebody provides or names images of.
struct Namespaces<'c>(HashMap<&'c str, OnlyFile<'c>>);

impl<'c> Namespaces<'c> {
    fn of(checkout: &'c Checkout) -> Self {
        let images = checkout.images();
        let mut spoken_of: HashMap<&str, OnlyFile<'_>> = HashMap::new();
        let mut add = |namespace, path| match spoken_of.entry(namespace) {
            Entry::Vacant(vacant) => {
                vacant.insert(Some(path));
            }
            Entry::Occupied(mut other) => {
                if *other.get() != Some(path) {
                    other.insert(None);
                }
            }
        };
        for (namespace, _, stream) in images.streams() {
            for provider in stream.tags.values().flatten().chain(stream.openers()) {
                add(namespace, &provider.place.path);
            }
        }
        for (tag, named) in images.named() {
            for image_use in &named.users {
                add(tag.namespace(), &image_use.place.path);
            }
        }
        Self(spoken_of)
    }

    /// Whether a file other than this one speaks of the namespace.
    fn has_elsewhere(&self, namespace: &str, path: &RepoPath) -> bool {
        let files = self.0.get(namespace);
        files.is_some_and(|only| *only != Some(path))
    }

    /// Whether `found` is `named` misspelt, and not the other way round: nothing else is in `found`, and
    /// other files or more lines of this one are in `named`.
    fn is_slip(&self, found: &str, named: &str, lines: &Lines<'_>) -> bool {
        !self.has_elsewhere(found, lines.path)
            && (self.has_elsewhere(named, lines.path) || lines.count(named) > lines.count(found))
    }
}

/// How many lines of a file go to each namespace.
struct Lines<'c> {
    path: &'c RepoPath,
    counts: HashMap<&'c str, usize>,
}

impl<'c> Lines<'c> {
    fn of(file: &'c MirroredFile, registry: &str) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let mappings = file.lines().iter().flat_map(|line| &line.mappings);
        for namespace in mappings.filter_map(|mapping| namespace(mapping, registry)) {
            *counts.entry(namespace).or_default() += 1;
        }
        Self {
            path: &file.file.path,
            counts,
        }
    }

    fn count(&self, namespace: &str) -> usize {
        self.counts.get(namespace).copied().unwrap_or_default()
    }
}

/// Writes the namespace `right` where `found` stands in a destination. It is to be looked at: the
/// namespace may be new.
fn write(
    file: &MirroredFile,
    mapping: &Mapping,
    registry: &str,
    found: &str,
    right: &str,
) -> Option<Fix> {
    let span = mapping.destination.span;
    let before = format!("{registry}/");
    let at = file.file.slice(span).find(&format!("{before}{found}/"))?;
    let start = span.start as usize + at + before.len();
    Fix::alternative(file.place(Span::new(start, start + found.len())), right)
}
