//! Where a file has the same thing.

use super::entity::{Entity, entity_at};
use super::rename::{image_in, local_name};
use super::{FilePosition, definition, references};
use crate::model::ci_operator::CiConfig;
use crate::syntax::span::Span;

/// A word that stands for the thing at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Highlight {
    /// The word.
    pub span: Span,
    /// Whether it defines the thing.
    pub defines: bool,
}

/// The words of the file that `cursor` is in which stand for the thing at the cursor, in order.
#[must_use]
pub fn highlights(cursor: &FilePosition<'_>) -> Vec<Highlight> {
    let config = definition::config(cursor);
    let local = config.and_then(|config| Some((config, local_name(config, cursor)?.0)));
    let mut found = match local {
        Some((config, name)) => of_name(cursor, config, name),
        None => of_entity(cursor),
    };
    found.sort();
    found.dedup_by_key(|highlight| highlight.span);
    found
}

/// A name within a config: what declares it, and what builds or runs from it.
fn of_name(cursor: &FilePosition<'_>, config: &CiConfig, name: &str) -> Vec<Highlight> {
    let keys = config.references.iter().filter_map(|r| r.key.as_ref());
    let built = config.images.iter().filter_map(|image| image.to.as_ref());
    let declaring = keys.chain(built).filter(|text| *text.value == *name);
    let declaring = declaring.map(|text| Highlight {
        span: text.span,
        defines: true,
    });
    let uses = config.uses.iter();
    let uses = uses.filter(|used| used.image() == Some(name));
    let uses = uses.filter_map(|used| {
        Some(Highlight {
            span: image_in(used, cursor.text)?,
            defines: false,
        })
    });
    declaring.chain(uses).collect()
}

fn of_entity(cursor: &FilePosition<'_>) -> Vec<Highlight> {
    let Some(at) = entity_at(cursor) else {
        return Vec::new();
    };
    let here = |places: Vec<crate::finding::Place>, defines| {
        let here = places.into_iter();
        let here = here.filter(|place| place.path == *cursor.path && !place.span.is_empty());
        here.map(move |place| Highlight {
            span: place.span,
            defines,
        })
    };
    let own = Highlight {
        span: at.span,
        defines: false,
    };
    let mut found: Vec<Highlight> = match &at.entity {
        Entity::Images(tags) => {
            let users = tags
                .iter()
                .flat_map(|tag| cursor.checkout.images().users(tag));
            let others = users.filter(|image_use| {
                image_use.place.path == *cursor.path && !image_use.place.span.covers(at.span)
            });
            let words = others.map(|image_use| Highlight {
                span: image_use.name,
                defines: false,
            });
            words.collect()
        }
        entity => {
            let is_this = |file: &crate::model::File| file.path == *cursor.path;
            here(references::uses(cursor, entity, &is_this), false).collect()
        }
    };
    let defined = here(definition::of(cursor, &at.entity), true);
    found.retain(|highlight| !highlight.span.covers(at.span) || highlight.span == at.span);
    found.extend(defined);
    if found.iter().all(|highlight| highlight.span != at.span) {
        found.push(own);
    }
    found
}
