//! Where what stands at a place is defined.

use super::FilePosition;
use super::entity::{Entity, entity_at};
use crate::checkout::images::Resolution;
use crate::finding::Place;
use crate::model::ci_operator::CiConfig;
use crate::syntax::span::Span;

/// How many places of a whole stream are given.
const MAX_PLACES: usize = 100;

/// What defines the thing at `cursor`: an image's providers, a secret's entry, an alias' entry, the
/// job that reads a mapping file; the strongest first.
#[must_use]
pub fn definition(cursor: &FilePosition<'_>) -> Option<(Span, Vec<Place>)> {
    let at = entity_at(cursor)?;
    let mut places = of(cursor, &at.entity);
    let mut seen = Vec::new();
    places.retain(|place| {
        let is_new = !seen.contains(place);
        seen.push(place.clone());
        is_new
    });
    places.truncate(MAX_PLACES);
    Some((at.span, places))
}

pub(super) fn of(cursor: &FilePosition<'_>, entity: &Entity<'_>) -> Vec<Place> {
    let checkout = cursor.checkout;
    match entity {
        Entity::Images(tags) => tags
            .iter()
            .flat_map(|tag| {
                let open = match checkout.images().resolve(tag) {
                    Resolution::Open(provider) => Some(provider),
                    _ => None,
                };
                let providers = checkout.images().providers(tag).iter().chain(open);
                providers.map(|provider| provider.place.clone())
            })
            .collect(),
        Entity::Stream(namespace, name) => {
            let stream = checkout.images().stream(namespace, name);
            let providers = stream
                .into_iter()
                .flat_map(|stream| stream.openers().chain(stream.tags.values().flatten()));
            providers.map(|provider| provider.place.clone()).collect()
        }
        Entity::Pipeline(name) => declared(cursor, name),
        Entity::Secret(name) => {
            let secrets = checkout.secrets().named(name);
            let places = secrets.iter().filter_map(|secret| secret.place.clone());
            places.collect()
        }
        Entity::Alias(name) => {
            let aliases = super::aliases(checkout).into_iter();
            let called = aliases.filter(|alias| alias.is_called(name));
            called.map(|alias| alias.place).collect()
        }
        Entity::Rule(_) => Vec::new(),
        Entity::Job(job) => {
            let files = job.files.iter().map(|&at| &checkout.mirroring().files[at]);
            let files = files.map(|file| Place::whole_file(&file.file.path));
            files.collect()
        }
        Entity::MappingFile(file) => {
            let readers = file.readers.iter();
            let selectors = readers.map(|reader| {
                let job = &checkout.mirroring().jobs[reader.job];
                job.place(job.selectors[reader.selector].span)
            });
            selectors.collect()
        }
        Entity::Step(step) => super::step_file(checkout, step)
            .map(|file| Place::whole_file(&file.path))
            .into_iter()
            .collect(),
    }
}

/// The config that a cursor is in.
pub(super) fn config<'c>(cursor: &FilePosition<'c>) -> Option<&'c CiConfig> {
    cursor.file()?.ci_config()
}

/// Where a config declares a name that it builds from.
fn declared(cursor: &FilePosition<'_>, name: &str) -> Vec<Place> {
    let Some(config) = config(cursor) else {
        return Vec::new();
    };
    let keys = config.references.iter().filter_map(|r| r.key.as_ref());
    let built = config.images.iter().filter_map(|image| image.to.as_ref());
    let declaring = keys.chain(built).filter(|text| &*text.value == name);
    declaring
        .map(|text| Place::new(cursor.path, text.span))
        .collect()
}
