//! Names within a ci-operator config.

use super::edited::Edits;
use super::subject::image_in;
use super::{RenameError, at};
use crate::checkout::Checkout;
use crate::finding::Place;
use crate::model::ci_operator::CiConfig;
use crate::model::{File, Statements, Text};
use crate::syntax::object_name::Grammar;
use crate::syntax::span::Span;
use crate::syntax::yaml::scalar_of;

/// What ci-operator adds to the name of an image for its variants.
const VARIANTS: [&str; 2] = ["-with-rpms", "-without-rpms"];

/// Renames what `declared` declares, and all that is built or run from it in the config.
pub(super) fn local(
    checkout: &Checkout,
    (file, config): (&File, &CiConfig),
    declared: &Text,
    new: &str,
    edits: &mut Edits,
) -> Result<(), RenameError> {
    let old = &*declared.value;
    if let Some(fault) = Grammar::Repository.fault(new) {
        return Err(RenameError::new(format!("the name `{new}` {fault}")));
    }
    if config.declares(new) {
        return Err(RenameError::new(format!(
            "the config imports or builds something else that is called `{new}`"
        )));
    }
    if let Some(original) = checkout.original(file.path.as_str()) {
        return Err(RenameError::new(format!(
            "the config is generated from {original}: rename it there"
        )));
    }
    if config.runs_registry_steps
        && let Some(place) = named_by_step(checkout, old)
    {
        return Err(RenameError::new(format!(
            "a step of the registry names `{old}`, and the config runs such steps: {}",
            at(checkout, &place)
        )));
    }
    let mut add = |span: Span, text: String| edits.add(Place::new(&file.path, span), text);
    add(declared.span, scalar_of(new));
    for used in &config.uses {
        let Some(image) = used.image() else {
            continue;
        };
        let variant = image.strip_prefix(old);
        let Some(variant) = variant.filter(|rest| rest.is_empty() || VARIANTS.contains(rest))
        else {
            continue;
        };
        // What is declared by itself under the name of a variant is something else.
        let is_declared = |text: &&Text| *text.value == *image;
        let keys = config.references.iter().filter_map(|r| r.key.as_ref());
        let built = config.images.iter().filter_map(|image| image.to.as_ref());
        if !variant.is_empty() && keys.chain(built).any(|text| is_declared(&text)) {
            continue;
        }
        let span = image_in(used, &file.text)
            .ok_or_else(|| unwritten(checkout, &Place::new(&file.path, used.name.span)))?;
        let text = match span == used.name.span {
            true => scalar_of(&format!("{new}{variant}")),
            false => format!("{new}{variant}"),
        };
        add(span, text);
    }
    let excluded = config.promotion.iter().flat_map(|target| &target.excluded);
    for name in excluded.filter(|name| *name.value == *old) {
        add(name.span, scalar_of(new));
    }
    Ok(())
}

/// The first step of the registry that runs from what is called `name`, or depends on it.
fn named_by_step(checkout: &Checkout, name: &str) -> Option<Place> {
    checkout.files().iter().find_map(|file| {
        let Statements::RegistryStep(step) = &file.statements else {
            return None;
        };
        let mut uses = step.uses.iter();
        let used = uses.find(|used| used.image() == Some(name))?;
        Some(Place::new(&file.path, used.name.span))
    })
}

/// That a name does not stand at a place in a form that could be replaced.
pub(super) fn unwritten(checkout: &Checkout, place: &Place) -> RenameError {
    RenameError::new(format!(
        "the name is not written out at {}",
        at(checkout, place)
    ))
}
