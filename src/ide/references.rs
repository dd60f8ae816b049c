//! Who uses what stands at a place.

use memchr::memmem;

use super::FilePosition;
use super::definition;
use super::entity::{self, Entity, entity_at};
use crate::checkout::Checkout;
use crate::finding::Place;
use crate::model::{File, FileKind, Statements};

/// The places that use the thing at `cursor`, in order of files; with its definitions, if wanted.
#[must_use]
pub fn references(cursor: &FilePosition<'_>, with_definitions: bool) -> Vec<Place> {
    let Some(at) = entity_at(cursor) else {
        return Vec::new();
    };
    let mut places = uses(cursor, &at.entity, &|_| true);
    if with_definitions {
        places.extend(definition::of(cursor, &at.entity));
    }
    places.sort();
    places.dedup();
    places
}

/// The places that use `entity`, as far as they are in files that are `wanted`; others may be among them.
pub(super) fn uses(
    cursor: &FilePosition<'_>,
    entity: &Entity<'_>,
    wanted: &dyn Fn(&File) -> bool,
) -> Vec<Place> {
    let checkout = cursor.checkout;
    match entity {
        Entity::Images(tags) => tags
            .iter()
            .flat_map(|tag| checkout.images().users(tag))
            .map(|image_use| image_use.place.clone())
            .collect(),
        Entity::Stream(namespace, name) => {
            let all = checkout.images().references();
            let of_stream = all.filter(|image_use| {
                image_use.target.namespace() == &**namespace && image_use.target.name() == &**name
            });
            of_stream.map(|image_use| image_use.place.clone()).collect()
        }
        Entity::Pipeline(name) => {
            let uses = definition::config(cursor).into_iter().flat_map(|c| &c.uses);
            uses.filter(|used| used.image() == Some(*name))
                .map(|used| Place::new(cursor.path, used.name.span))
                .collect()
        }
        Entity::Secret(name) => secret(checkout, name),
        Entity::Alias(name) => alias(checkout, name),
        Entity::Rule(rule) => in_texts(checkout, "mirrorlint:", wanted, entity::suppressed, rule),
        // What a job reads and what reads a mapping file is its definition already.
        Entity::Job(_) | Entity::MappingFile(_) => definition::of(cursor, entity),
        Entity::Step(step) => {
            let is_config = |file: &File| file.kind == FileKind::CiConfig && wanted(file);
            in_texts(checkout, "ref: ", is_config, entity::steps, step)
        }
    }
}

fn secret(checkout: &Checkout, name: &str) -> Vec<Place> {
    let volumes = checkout
        .jobs()
        .flat_map(|(file, job)| job.volumes().map(move |volume| (file, volume)));
    let secrets = volumes.filter_map(|(file, volume)| Some((file, volume.secret.as_ref()?)));
    let of_name = secrets.filter(|(_, secret)| &*secret.value == name);
    let places = of_name.map(|(file, secret)| Place::new(&file.path, secret.span));
    places.collect()
}

fn alias(checkout: &Checkout, name: &str) -> Vec<Place> {
    let mut places = Vec::new();
    for file in checkout.files() {
        if let Statements::Owners(owners) = &file.statements {
            let people = owners.people.iter();
            let named = people.filter(|person| person.value.to_lowercase() == name);
            places.extend(named.map(|person| Place::new(&file.path, person.span)));
        }
    }
    places
}

/// Where the texts of some files name `name`, as `read` finds names; each of those has
/// `mark` in it.
fn in_texts<'c, I>(
    checkout: &'c Checkout,
    mark: &str,
    is_one: impl Fn(&File) -> bool,
    read: impl Fn(&'c str) -> I,
    name: &str,
) -> Vec<Place>
where
    I: Iterator<Item = (&'c str, crate::syntax::span::Span)>,
{
    let finder = memmem::Finder::new(mark);
    let named = memmem::Finder::new(name);
    let mut places = Vec::new();
    for file in checkout.files().iter().filter(|file| is_one(file)) {
        let bytes = file.text.as_bytes();
        if finder.find(bytes).is_some() && named.find(bytes).is_some() {
            let found = read(&file.text).filter(|(word, _)| *word == name);
            places.extend(found.map(|(_, span)| Place::new(&file.path, span)));
        }
    }
    places
}
